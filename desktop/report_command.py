"""`classmood report`: one lesson as an HTML or PDF file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from desktop.console import fail, plain_errors, printable
from desktop.opening import DatabaseOption, opened_store
from desktop.paths import data_dir_for
from desktop.settings import load_settings


@plain_errors()
def report(
    session_id: Annotated[
        str, typer.Argument(metavar="SESSION", help="The session's id, or its first four or more characters.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="What to write: a name ending in .html or .pdf.")],
    language: Annotated[
        Literal["en", "uk"] | None, typer.Option(help="Language of the report. Default: as in the settings.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Folder of settings and database.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Write the report of one session: moods over time, segments, differences with their intervals.

    Exit code 1 where there is nothing to report: no second, no face, or too few of them.
    """
    # Qt paints the reports; no other command waits for it.
    from desktop.report import ReportError, language_for, lesson_page, write_page  # noqa: PLC0415
    from desktop.report.reports import check_out  # noqa: PLC0415

    settings = load_settings(data_dir_for(data_dir).settings)
    try:
        check_out(out)
        with opened_store(data_dir, database) as store:
            page = lesson_page(store, session_id, language or language_for(settings.view.language))
        write_page(page, out)
    except ReportError as error:
        fail(str(error))
    typer.echo(printable(str(out)))
    if page.nothing:  # the page says so too, and shows what was measured
        fail(page.nothing)
