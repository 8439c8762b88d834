"""The report's languages: texts from the program's own translations, numbers, dates and durations.

A report may speak another language than the window, and is written without any window: so each `Speech` loads
its own translation file and installs nothing.
"""

import re
from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QLocale, QTranslator

from desktop.paths import ASSETS
from desktop.segments import UNMARKED

LANGUAGES: Final = ("en", "uk")
MINUS: Final = "\u2212"
NARROW: Final = "\u00a0"  # a space that does not break

_KINDS: Final = {  # the window's words
    UNMARKED: "Not marked",
    "lecture": "Lecture",
    "interactive": "Interactive",
    "quiz": "Quiz",
    "group work": "Group work",
    "break": "Break",
}


def isolated(words: str) -> str:
    """Return foreign words so that their writing direction does not reach what stands around them."""
    return f"\u2068{words}\u2069"


class Speech:
    """One language. An unknown one is English."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._locale = QLocale("uk_UA" if self.language == "uk" else "en_GB")
        self._translator = QTranslator()
        self._translator.load(f"classmood_{self.language}", str(ASSETS / "translations"))

    def translate(self, context: str, text: str, count: int = -1) -> str:
        """Return `text` in this language; %n becomes `count`, in the plural form that goes with it."""
        found = self._translator.translate(context, text, "", count) or text
        found = re.sub(" %(?!n)", f"{NARROW}%", found)
        return found.replace("%n", self.whole(count)) if count >= 0 else found

    def emotion(self, emotion: str) -> str:
        """Return the word for an emotion; the window has the same."""
        return self.translate("Words", emotion)

    def kind(self, kind: str) -> str:
        """Return the word for a kind of segment; the teacher's own words stay as they are."""
        return self.translate("Words", _KINDS[kind]) if kind in _KINDS else kind

    def whole(self, value: int) -> str:
        """Return 5400 as "5,400"."""
        return self._locale.toString(value)

    def number(self, value: float, decimals: int = 2) -> str:
        """Return a number that has no sign unless it is negative."""
        text = self._locale.toString(abs(float(value)), "f", decimals)
        return MINUS + text if round(value, decimals) < 0 else text

    def signed(self, value: float, decimals: int = 2) -> str:
        """Return a number with its sign: "+0.32"; zero has none."""
        return ("+" if round(value, decimals) > 0 else "") + self.number(value, decimals)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return a share of 0..1 as "87 %"."""
        return f"{self.number(share * 100, decimals)}{NARROW}%"

    def date(self, moment: datetime) -> str:
        """Return "22 November 2026" in the moment's own time zone."""
        return self._locale.toString(QDate(moment.year, moment.month, moment.day), "d MMMM yyyy")

    @staticmethod
    def clock(seconds: float) -> str:
        """Return "4:05", or "1:04:05" from an hour on."""
        whole = max(0, int(seconds))
        hours, minutes = divmod(whole // 60, 60)
        return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


class Speaker:
    """What has texts: `tr` translates in the context of its class, as pyside6-lupdate collects them."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def tr(self, text: str, comment: str = "", count: int = -1) -> str:  # noqa: ARG002  (the form that lupdate reads)
        """Return `text` in the report's language."""
        return self.speech.translate(type(self).__name__, text, count)
