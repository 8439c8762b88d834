"""A page as one self-contained HTML file, through Jinja2: no script, no request, all text escaped."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desktop.paths import ASSETS
from desktop.report.page import Page

_TEMPLATES = ASSETS / "templates"
_TITLE_LIMIT = 120  # characters of a browser's tab


def page_html(page: Page) -> str:
    """Return the page as HTML."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment().get_template("report.html.j2").render(page=page, style=style)


@cache
def environment() -> Environment:
    """Return what reads the templates; PDF uses the same."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shortened"] = _shortened
    return made


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE_LIMIT else text[: _TITLE_LIMIT - 1] + "…"
