#!/bin/sh
# Puts Classmood into the menu of this user's desktop, from the folder that it lies in. "add-to-menu.sh --remove" takes it out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/classmood.desktop
icon=$data/icons/hicolor/scalable/apps/classmood.svg
if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$icon"
  exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
cp "$here/share/icons/hicolor/scalable/apps/classmood.svg" "$icon"
# A path in Exec stands in quotes, with "%" doubled and backslashes before quotes and the like, which are doubled again.
program=$(printf %s "$here/classmood" | sed 's/\\/\\\\\\\\/g; s/["`$]/\\\\&/g; s/%/%%/g')
while IFS= read -r line; do
  case $line in
    Exec=*) printf 'Exec="%s"\n' "$program" ;;
    TryExec=*) ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$here/share/applications/classmood.desktop" >"$entry"
echo "$entry"
