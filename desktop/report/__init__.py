"""Reports of lessons and comparisons, as HTML or PDF.

The window calls `lesson_page` or `comparison_page` for a page of figures, then `write_page`; `page_html` and
`page_pdf` give the same without a file.
"""

from desktop.report.html import page_html
from desktop.report.page import Page
from desktop.report.pdf import ensure_application, page_pdf
from desktop.report.reports import ReportError, language_for, lesson_page, write_page

__all__ = [
    "Page",
    "ReportError",
    "ensure_application",
    "language_for",
    "lesson_page",
    "page_html",
    "page_pdf",
    "write_page",
]
