"""What goes into the executable: the rules of bundle/, on lists and libraries made here."""

import plistlib
import re
import struct
import subprocess
from pathlib import Path

import pytest

from bundle import contents, icu, linux, sizes, windows
from desktop import __version__

ROOT = Path(__file__).resolve().parents[1]


def test_what_is_read_as_a_file_goes_in_and_sources_of_translations_stay_out() -> None:
    files = {f"{folder}/{Path(file).name}" for file, folder in contents.data_files(ROOT, Path("/cascades"))}
    assert {
        "assets/icons/classmood.svg",
        "assets/translations/classmood_uk.qm",
        "models/weights/emotion.onnx",
        "desktop/store/migrations/env.py",
        "cv2/data/haarcascade_frontalface_alt2.xml",
    } <= files
    assert not [file for file in files if file.endswith((".ts", ".pyc"))]


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\imageformats\\qtiff.dll", False),
        ("PySide6\\plugins\\imageformats\\qsvg.dll", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/translations/qtbase_uk.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt/translations/qt_help_uk.qm", False),
        ("assets/translations/classmood_uk.qm", True),
        ("psycopg-3.3.9.dist-info/METADATA", False),
    ],
)
def test_of_what_hooks_collect_only_what_is_used_stays(place: str, kept: bool) -> None:
    assert bool(contents.wanted([(place, "", "BINARY")])) == kept


@pytest.mark.parametrize(
    ("module", "kept"),
    [
        ("jinja2.tests", True),
        ("numpy.lib.tests.test_io", False),
        ("pygments.lexers._mapping", True),
        ("pygments.lexers.cobol", False),
        ("sqlalchemy.dialects.mysql", False),
        ("sqlalchemy.dialects.sqlite.base", True),
    ],
)
def test_modules_that_only_other_programs_need_stay_out(module: str, kept: bool) -> None:
    assert bool(contents.wanted_modules([(module, "", "PYMODULE")])) == kept


def test_a_library_stays_only_while_something_that_stays_asks_for_it() -> None:
    needs = {
        "qxcb": {"libQtX.so.6"},
        "libQtX.so.6": {"libxcb.so.1", "libc.so.6"},
        "libssl": {"libcrypto.so.3"},
    }
    entries = [
        ("PySide6/Qt/plugins/platforms/qxcb.so", "/qxcb", "BINARY"),
        ("PySide6/Qt/lib/libQtX.so.6", "/libQtX.so.6", "BINARY"),
        ("libQtX.so.6", "PySide6/Qt/lib/libQtX.so.6", "SYMLINK"),
        ("libxcb.so.1", "/libxcb", "BINARY"),
        ("libgtk.so.3", "/libgtk", "BINARY"),
        ("libpython3.11.so.1.0", "/libpython", "BINARY"),
        ("assets/note.txt", "/note", "DATA"),
    ]
    kept = {entry[0] for entry in linux.reachable(entries, lambda file: needs.get(file.name, set()))}
    assert kept == {entry[0] for entry in entries} - {"libgtk.so.3"}


def test_psycopg_takes_pythons_openssl_where_there_is_one() -> None:
    entries = [
        ("psycopg_binary.libs/libpq-1.so.5", "/libpq", "BINARY"),
        ("psycopg_binary.libs/libssl-6a9b.so.3", "/own", "BINARY"),
        ("libssl.so.3", "/system", "BINARY"),
    ]
    shared = linux.one_openssl(entries)
    assert shared[1] == ("psycopg_binary.libs/libssl-6a9b.so.3", "../libssl.so.3", "SYMLINK")
    assert linux.one_openssl(entries[:2]) == entries[:2]
    needs = {"/ext": {"libpq-1.so.5"}, "/libpq": {"libssl-6a9b.so.3"}}
    kept = linux.reachable(
        [("pq.so", "/ext", "EXTENSION"), *shared], lambda file: needs.get(str(file), set())
    )
    assert len(kept) == 4  # all of them


def icu_library(names: list[str]) -> bytes:
    """Return a library with ICU's data of these items, as genccode writes it."""
    head = (
        struct.pack("<HBB", 32, 0xDA, 0x27) + struct.pack("<HHBBBB", 20, 0, 0, 0, 2, 0) + b"CmnD" + bytes(16)
    )
    table_size = 4 + 8 * len(names)
    texts = [name.encode() + b"\0" for name in names]
    start = table_size + len(b"".join(texts))
    start += -start % 16
    table = struct.pack("<I", len(names))
    for number in range(len(names)):
        place = table_size + len(b"".join(texts[:number]))
        table += struct.pack("<II", place, start + 16 * number)
    items = b"".join(f"item {number:02}".encode().ljust(16, b"\0") for number in range(len(names)))
    return b"\x7fELF" + bytes(60) + head + (table + b"".join(texts)).ljust(start, b"\0") + items


def test_unicode_data_keep_the_languages_of_the_program_and_what_all_need() -> None:
    names = ["coll/de.res", "coll/root.res", "coll/uk.res", "euc-jp.cnv", "nfc.nrm", "supplementalData.res"]
    symbol, data = icu.trimmed(icu_library([f"icudt73l/{name}" for name in names]))
    assert symbol == "icudt73_dat"
    again, _ = icu.trimmed(b"\x7fELF" + bytes(60) + data)
    assert again == symbol
    kept = re.findall(rb"icudt73l/([\w./]+)", data)
    assert kept == [b"coll/root.res", b"coll/uk.res", b"nfc.nrm", b"supplementalData.res"]
    assert re.findall(rb"item (\d\d)", data) == [b"01", b"02", b"04", b"05"]


def test_a_library_without_unicode_data_is_refused() -> None:
    with pytest.raises(icu.IcuError, match="no ICU data"):
        icu.trimmed(b"\x7fELF" + bytes(200))


def test_the_largest_parts_are_named_and_add_up(tmp_path: Path) -> None:
    for place, size in (("classmood", 10), ("_internal/cv2/cv2.so", 70), ("_internal/libxcb.so.1", 5)):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(size))
    (tmp_path / "_internal" / "link.so").symlink_to("libxcb.so.1")
    found = sizes.sizes(tmp_path)
    assert next(iter(found)) == "OpenCV"
    assert sum(found.values()) == 85
    assert sizes.main(tmp_path, None) == 0


def test_windows_is_told_the_version() -> None:
    text = windows.version_resource("classmood-console", "1.2.3")
    assert "filevers=(1, 2, 3, 0)" in text
    assert "classmood-console.exe" in text
    compile(text, "version", "eval")


def test_macos_is_asked_for_the_camera() -> None:
    with (ROOT / "bundle" / "macos.plist").open("rb") as file:
        assert plistlib.load(file)["com.apple.security.device.camera"] is True
    assert "NSCameraUsageDescription" in (ROOT / "build.spec").read_text(encoding="utf-8")


def test_what_linux_is_told_names_the_same_program() -> None:
    share = ROOT / "bundle" / "linux_files" / "share"
    entry = (share / "applications" / "classmood.desktop").read_text(encoding="utf-8")
    about = (share / "metainfo" / "org.classmood.Classmood.metainfo.xml").read_text(encoding="utf-8")
    assert "Icon=classmood\n" in entry
    assert '<launchable type="desktop-id">classmood.desktop</launchable>' in about
    assert f'<release version="{__version__}"' in about


def test_the_menu_entry_survives_a_place_full_of_signs(tmp_path: Path) -> None:
    place = tmp_path / 'a "b" $c `d` 50% \\ é'
    subprocess.run(["cp", "-r", ROOT / "bundle" / "linux_files", place], check=True)
    icon = place / "share/icons/hicolor/scalable/apps/classmood.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text("<svg/>")
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", place / "add-to-menu.sh"], env=environment, check=True, capture_output=True)
    entry = (tmp_path / ".local/share/applications/classmood.desktop").read_text(encoding="utf-8")
    (line,) = re.findall(r'^Exec="(.*)"$', entry, re.MULTILINE)
    assert "TryExec" not in entry
    read = line.replace(r"\\", "\\")  # first as any text of a desktop entry, then as an argument in quotes
    assert re.sub(r'\\([\\"`$])', r"\1", read).replace("%%", "%") == f"{place}/classmood"
