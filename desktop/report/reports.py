"""From stored sessions to pages, and from pages to files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QLocale

from desktop.paths import WEIGHTS
from desktop.report.accuracy import measured_accuracy
from desktop.report.bootstrap import Bootstrap
from desktop.report.comparison import ChosenLesson, Comparison, chosen_lessons, two_lessons
from desktop.report.comparison_page import ComparisonPage
from desktop.report.estimates import Estimate, Estimates
from desktop.report.groups import By, by_detail
from desktop.report.html import page_html
from desktop.report.kinds import by_kind
from desktop.report.lesson import Lesson, lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.page import Page
from desktop.report.pdf import ensure_application, page_pdf
from desktop.report.speech import LANGUAGES, Speech
from desktop.store import SessionRecord, SessionStore
from models.errors import KnownError, os_reason

SUFFIXES: Final = (".html", ".pdf")
MOST_LOOKED_INTO: Final = 20  # chosen lessons that each get an interval of their own: about a second each


class ReportError(KnownError):
    """A report can not be made or written; the text says what happened, why, and what to do."""


def language_for(choice: str) -> str:
    """Return "en" or "uk" for a setting that may also be "system"."""
    code = QLocale.system().name().split("_")[0] if choice == "system" else choice
    return code if code in LANGUAGES else "en"


def compared(store: SessionStore, what: By | Literal["kind"] | tuple[str, ...]) -> Comparison:
    """Compare all lessons by a detail or by kind of segment, or two or more sessions, by their ids.

    Raises StoreError, and ReportError for fewer than two different sessions.
    """
    if what == "kind":
        return by_kind(store.kind_shares(), _Within(store))
    if not isinstance(what, tuple):
        return by_detail(store.list(), what)
    records = _chosen(store, what)
    if len(records) < 2 or len(records) < len(what):
        raise ReportError("These are one and the same session: give different ones.")
    if len(records) == 2:
        first, second = sorted(records.values(), key=lambda record: (record.started_at, record.id))
        return two_lessons(_lesson(store, first), _lesson(store, second))
    within = _Within(store)
    looked_into = len(records) <= MOST_LOOKED_INTO
    lessons = [
        ChosenLesson(record, within.mood(record.id) if looked_into else None) for record in records.values()
    ]
    kinds = [each for each in store.kind_shares() if each.session_id in records]
    return chosen_lessons(lessons, by_kind(kinds, within))


def comparison_page(comparison: Comparison, language: str) -> Page:
    """Return a comparison as a page."""
    return ComparisonPage(Speech(language)).page(comparison)


def _chosen(store: SessionStore, ids: Sequence[str]) -> dict[str, SessionRecord]:
    """Return the sessions of these ids, or beginnings of ids; many are read at once."""
    known = {record.id: record for record in store.list()} if len(ids) > MOST_LOOKED_INTO else {}
    records = (known.get(session_id) or store.show(session_id) for session_id in ids)
    return {record.id: record for record in records}


class _Within:
    """The difference of two kinds within one session; each session is read once."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._found: dict[str, Bootstrap] = {}

    def __call__(self, session_id: str, kind: str, other: str) -> Estimates | None:
        return self._bootstrap(session_id).difference(kind, other).estimates

    def mood(self, session_id: str) -> Estimate | None:
        """Return the mood index of a whole session; None without enough data."""
        estimates = self._bootstrap(session_id).lesson
        return None if estimates is None else estimates["mood"]

    def _bootstrap(self, session_id: str) -> Bootstrap:
        if session_id not in self._found:
            self._found[session_id] = _lesson(self._store, self._store.show(session_id)).bootstrap
        return self._found[session_id]


def _lesson(store: SessionStore, record: SessionRecord) -> Lesson:
    return lesson(record, store.intervals(record.id), store.markers(record.id))


def lesson_page(store: SessionStore, session_id: str, language: str) -> Page:
    """Return the report of one session, by its id or the beginning of it. Raises StoreError."""
    return LessonPage(Speech(language), measured_accuracy(WEIGHTS)).page(
        _lesson(store, store.show(session_id))
    )


def check_out(out: Path) -> None:
    """Raise ReportError unless the file's name says what to write."""
    if out.suffix.lower() not in SUFFIXES:
        raise ReportError(
            "{out} does not say what to write: give a name that ends in .html or .pdf.", out=out
        )


def write_page(page: Page, out: Path) -> None:
    """Write the page as HTML or PDF, as the file's name says; an old file is replaced at once or not at all.

    Raises ReportError if the file can not be written. For PDF see `page_pdf`.
    """
    check_out(out)
    if out.suffix.lower() == ".pdf":
        ensure_application()
        content = page_pdf(page)
    else:
        content = page_html(page).encode("utf-8", "replace")
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReportError(
            "The report can not be written to {out}: {reason}. Choose a folder that is there and that you "
            "may write to.",
            out=out,
            reason=os_reason(error),
        ) from error
