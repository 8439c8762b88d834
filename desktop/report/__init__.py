"""Reports of lessons and comparisons, as HTML or PDF.

`lesson_page`, or `compared` and `comparison_page`, give a page; `write_page` writes it, `page_html` and
`page_pdf` give it without a file.
"""

from desktop.report.html import page_html
from desktop.report.page import Page
from desktop.report.pdf import ensure_application, page_pdf
from desktop.report.reports import (
    ReportError,
    compared,
    comparison_page,
    language_for,
    lesson_page,
    write_page,
)

__all__ = [
    "Page",
    "ReportError",
    "compared",
    "comparison_page",
    "ensure_application",
    "language_for",
    "lesson_page",
    "page_html",
    "page_pdf",
    "write_page",
]
