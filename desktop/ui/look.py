"""What the settings say of the window's first look; they are checked after it is shown."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """As in `desktop.settings`, where the defaults and all that is allowed stand."""

    language: str = "system"
    theme: str = "system"
    detector: str = "auto"
    four: bool = False


def read_look(file: Path) -> Look:
    """Return what the settings file says; a file that can not be read, or a wrong value, says nothing."""
    try:
        with file.open("rb") as opened:
            values = tomllib.loads(opened.read(_MAX_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return Look()
    plain = Look()
    view, analysis = values.get("view"), values.get("analysis")
    view = view if isinstance(view, dict) else {}
    analysis = analysis if isinstance(analysis, dict) else {}
    return Look(
        language=str(view.get("language", plain.language)),
        theme=str(view.get("theme", plain.theme)),
        detector=str(analysis.get("detector", plain.detector)),
        four=analysis.get("emotions") == 4,
    )
