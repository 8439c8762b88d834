"""`classmood compare`: two or more lessons, or all of them by teacher, group, course or kind of segment."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from desktop.console import fail, plain_errors, printable, terminal
from desktop.opening import DatabaseOption, opened_store
from desktop.paths import data_dir_for
from desktop.settings import load_settings


@plain_errors()
def compare(
    sessions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SESSION SESSION ...]", help="Sessions, by their ids or the beginnings of them."
        ),
    ] = None,
    by: Annotated[
        Literal["teacher", "group", "course", "kind"] | None,
        typer.Option("--by", help="Compare all lessons by this; kind: kinds of segments in the same lesson."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name ending in .html or .pdf.")
    ] = None,
    language: Annotated[
        Literal["en", "uk"] | None, typer.Option(help="Language of the page. Default: as in the settings.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Folder of settings and database.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Compare two lessons, or more of them over time, with 95 % intervals."""
    # Qt paints the pages; no other command waits for it.
    from desktop.report import ReportError, compared, comparison_page, language_for, write_page  # noqa: PLC0415
    from desktop.report.comparison_text import comparison_json, comparison_text  # noqa: PLC0415
    from desktop.report.reports import check_out  # noqa: PLC0415

    chosen = sessions or []
    if (by is None) == (not chosen) or len(chosen) == 1:
        raise typer.BadParameter("Give two or more sessions, or --by teacher, group, course or kind.")
    settings = load_settings(data_dir_for(data_dir).settings)
    try:
        if out is not None:
            check_out(out)
        with opened_store(data_dir, database) as store:
            result = compared(store, by or tuple(chosen))
        if out is not None:
            write_page(comparison_page(result, language or language_for(settings.view.language)), out)
    except ReportError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(comparison_json(result), indent=2))
    elif out is None:
        text = comparison_text(result)
        if text.rows:
            _print(text.header, text.rows)
        for line in text.notes:
            typer.echo(line)
    else:
        typer.echo(printable(str(out)))


def _print(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(
            name,
            justify="right" if number else "left",
            no_wrap=True,
            overflow="ellipsis" if number == 0 else "fold",
        )
    for row in rows:
        table.add_row(*(Text(printable(text)) for text in row))
    terminal().print(table)
