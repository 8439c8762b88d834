"""From stored sessions to pages, and from pages to files."""

from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QLocale

from desktop.paths import WEIGHTS
from desktop.report.accuracy import measured_accuracy
from desktop.report.bootstrap import Bootstrap
from desktop.report.comparison import (
    By,
    Comparison,
    Estimates,
    GroupComparison,
    KindComparison,
    LessonPair,
    by_detail,
    by_kind,
    two_lessons,
)
from desktop.report.comparison_page import ComparisonPage
from desktop.report.html import page_html
from desktop.report.lesson import Lesson, lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.page import Page
from desktop.report.pdf import ensure_application, page_pdf
from desktop.report.speech import LANGUAGES, Speech
from desktop.store import SessionStore
from desktop.store.kinds import kind_shares
from models.errors import KnownError, os_reason

SUFFIXES: Final = (".html", ".pdf")


class ReportError(KnownError):
    """A report can not be made or written; the text says what happened, why, and what to do."""


def language_for(choice: str) -> str:
    """Return "en" or "uk" for a setting that may also be "system"."""
    code = QLocale.system().name().split("_")[0] if choice == "system" else choice
    return code if code in LANGUAGES else "en"


def compared(store: SessionStore, what: By | Literal["kind"] | tuple[str, str]) -> Comparison:
    """Compare all lessons by a detail or by kind of segment, or two sessions.

    Raises StoreError, and ReportError for a session compared with itself.
    """
    if isinstance(what, tuple):
        first, second = (_lesson(store, session_id) for session_id in what)
        if first.record.id == second.record.id:
            raise ReportError("These are one and the same session: give two different ones.")
        if second.record.started_at < first.record.started_at:
            first, second = second, first
        return two_lessons(first, second)
    if what == "kind":
        return by_kind(kind_shares(store), _Within(store))
    return by_detail(store.list(), what)


def comparison_page(comparison: Comparison, language: str) -> Page:
    """Return a comparison as a page."""
    pages = ComparisonPage(Speech(language))
    match comparison:
        case LessonPair():
            return pages.pair(comparison)
        case KindComparison():
            return pages.kinds(comparison)
        case GroupComparison():
            return pages.groups(comparison)


class _Within:
    """The difference of two kinds within one session; each session is read once."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._found: dict[str, Bootstrap] = {}

    def __call__(self, session_id: str, kind: str, other: str) -> Estimates | None:
        if session_id not in self._found:
            self._found[session_id] = _lesson(self._store, session_id).bootstrap
        return self._found[session_id].difference(kind, other).estimates


def _lesson(store: SessionStore, session_id: str) -> Lesson:
    record = store.show(session_id)
    return lesson(record, store.intervals(record.id), store.markers(record.id))


def lesson_page(store: SessionStore, session_id: str, language: str) -> Page:
    """Return the report of one session, by its id or the beginning of it. Raises StoreError."""
    return LessonPage(Speech(language), measured_accuracy(WEIGHTS)).page(_lesson(store, session_id))


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
