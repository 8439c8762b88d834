"""From stored sessions to pages, and from pages to files."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale

from desktop.paths import WEIGHTS
from desktop.report.accuracy import measured_accuracy
from desktop.report.html import page_html
from desktop.report.lesson import lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.page import Page
from desktop.report.pdf import ensure_application, page_pdf
from desktop.report.speech import LANGUAGES, Speech
from desktop.store import SessionStore

SUFFIXES: Final = (".html", ".pdf")


class ReportError(Exception):
    """A report can not be made or written; the text says what happened, why, and what to do."""


def language_for(choice: str) -> str:
    """Return "en" or "uk" for a setting that may also be "system"."""
    code = QLocale.system().name().split("_")[0] if choice == "system" else choice
    return code if code in LANGUAGES else "en"


def lesson_page(store: SessionStore, session_id: str, language: str) -> Page:
    """Return the report of one session, by its id or the beginning of it. Raises StoreError."""
    record = store.show(session_id)
    figures = lesson(record, store.intervals(record.id), store.markers(record.id))
    return LessonPage(Speech(language), measured_accuracy(WEIGHTS)).page(figures)


def check_out(out: Path) -> None:
    """Raise ReportError unless the file's name says what to write."""
    if out.suffix.lower() not in SUFFIXES:
        raise ReportError(f"{out} does not say what to write: give a name that ends in .html or .pdf.")


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
            f"The report can not be written to {out}: {error.strerror or error}. Choose a folder that is "
            f"there and "
            "that you may write to."
        ) from error
