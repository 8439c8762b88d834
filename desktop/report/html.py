"""A page as one self-contained HTML file, through Jinja2: no script, no request, all text escaped."""

import re
from functools import cache
from typing import TYPE_CHECKING

from desktop.paths import ASSETS
from desktop.report.page import Page

if TYPE_CHECKING:  # 3 MB of memory: loaded with the first page
    from jinja2 import Environment

_TEMPLATES = ASSETS / "templates"
# No part of a page: control characters, and those that turn the direction of all that follows. The isolates
# that a page itself puts around names stay.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_TITLE_LIMIT = 120  # characters of a browser's tab


def page_html(page: Page) -> str:
    """Return the page as HTML."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment().get_template("report.html.j2").render(page=page, style=style)


@cache
def environment() -> "Environment":
    """Return what reads the templates; PDF uses the same."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shortened"] = _shortened
    return made


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE_LIMIT else text[: _TITLE_LIMIT - 1] + "…"


def _harmless(value: object) -> object:
    from markupsafe import Markup  # noqa: PLC0415

    return _STEERING.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value
