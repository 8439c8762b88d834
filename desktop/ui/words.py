"""Words that several widgets say: emotions, numbers, durations, in the language in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale, QObject

from desktop.segments import UNMARKED, clean_kind
from models.errors import KnownError, Sentence

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.capture.frame import SourceInfo

_EMOTIONS = {
    "angry": QT_TRANSLATE_NOOP("Words", "angry"),
    "disgust": QT_TRANSLATE_NOOP("Words", "disgust"),
    "fear": QT_TRANSLATE_NOOP("Words", "fear"),
    "happy": QT_TRANSLATE_NOOP("Words", "happy"),
    "neutral": QT_TRANSLATE_NOOP("Words", "neutral"),
    "sad": QT_TRANSLATE_NOOP("Words", "sad"),
    "surprise": QT_TRANSLATE_NOOP("Words", "surprise"),
}
_DETECTORS = {
    "auto": (
        QT_TRANSLATE_NOOP("Words", "Automatic"),
        QT_TRANSLATE_NOOP(
            "Words",
            "For every class, unless you know better. Uses the best of the three that this computer keeps up "
            "with, and the window says which.",
        ),
    ),
    "haar": (
        QT_TRANSLATE_NOOP("Words", "Cascade (Haar)"),
        QT_TRANSLATE_NOOP("Words", "For a class that faces the camera. Needs nothing else."),
    ),
    "learned": (
        QT_TRANSLATE_NOOP("Words", "Own network"),
        QT_TRANSLATE_NOOP("Words", "For tilted, turned or small faces, and quick. Needs nothing else."),
    ),
    "yunet": (
        QT_TRANSLATE_NOOP("Words", "YuNet"),
        QT_TRANSLATE_NOOP(
            "Words", "For small, turned or tilted faces. Needs a model file that the program can download."
        ),
    ),
}
_ACTIVITIES = {
    UNMARKED: QT_TRANSLATE_NOOP("Words", "Not marked"),
    "lecture": QT_TRANSLATE_NOOP("Words", "Lecture"),
    "interactive": QT_TRANSLATE_NOOP("Words", "Interactive"),
    "quiz": QT_TRANSLATE_NOOP("Words", "Quiz"),
    "group work": QT_TRANSLATE_NOOP("Words", "Group work"),
    "break": QT_TRANSLATE_NOOP("Words", "Break"),
}
DETECTORS = tuple(_DETECTORS)


def told(message: Sentence | str) -> str:
    """Return what an error says, in the language in use; words that are no sentence stay as they are."""
    if isinstance(message, str):
        return message
    template = QCoreApplication.translate("", message.template)
    values = {name: _value(value) for name, value in message.values.items()}
    return template.format(**values) if values else template


def _value(value: object) -> object:
    if isinstance(value, KnownError):
        return told(value.sentence)
    return told(value) if isinstance(value, Sentence) else value


def emotion_name(emotion: str) -> str:
    """Return the word for an emotion."""
    return QCoreApplication.translate("Words", str(_EMOTIONS[emotion]))


def source_name(source: SourceInfo) -> str:
    """Return a source's own name, that of the demo classroom in the language in use."""
    return QCoreApplication.translate("Words", "Demo classroom") if source.kind == "demo" else source.name


def activity_name(kind: str) -> str:
    """Return the word for a kind of segment; the teacher's own words stay as they are."""
    known = _ACTIVITIES.get(kind)
    return kind if known is None else QCoreApplication.translate("Words", str(known))


def activity_kind(name: str) -> str:
    """Return the kind that a name stands for in the language in use; own words stay as they are."""
    text = clean_kind(name)
    named = {activity_name(kind).casefold(): kind for kind in _ACTIVITIES}
    return named.get(text.casefold(), text)


def shortened(text: str, characters: int = 24) -> str:
    """Return a name that may be long, in so many characters."""
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "\u2026"


def unsure() -> str:
    """Return the word for a face whose expression could be anything."""
    return QCoreApplication.translate("Words", "unsure")


def percent(share: float) -> str:
    """Return a share of 0..1 as "87 %", with a space that does not break."""
    return f"{round(share * 100)}\u00a0%"


def signed(value: float) -> str:
    """Return a mood index with its sign, "+0.32", in the decimals of the language."""
    number = QLocale().toString(abs(value), "f", 2)
    if round(value, 2) == 0:
        return number
    return ("+" if value > 0 else "\u2212") + number


def duration(seconds: float) -> str:
    """Return "4:05", or "1:04:05" from an hour on."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def parse_duration(text: str) -> int | None:
    """Return the seconds of "4:05", "1:04:05" or "245"; None if it is none of these."""
    parts = text.strip().split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


def faces(count: int) -> str:
    """Return "1 face", "6 faces"."""
    return _Plurals().faces(count)


class _Plurals(QObject):
    """Words with a number: pyside6-lupdate sees the number only in `tr` of a class."""

    def faces(self, count: int) -> str:
        return self.tr("%n face(s)", "", count)


def detector_name(detector: str) -> str:
    """Return the name of a face detector for people."""
    return QCoreApplication.translate("Words", str(_DETECTORS[detector][0]))


def detector_hint(detector: str) -> str:
    """Return one sentence on when to choose it."""
    return QCoreApplication.translate("Words", str(_DETECTORS[detector][1]))
