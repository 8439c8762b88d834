"""`classmood sessions list|show|delete|export|import`: stored sessions on the command line."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from desktop.console import plain_errors, printable, terminal
from desktop.exports import Format, export_sessions, files_in, read_sessions
from desktop.opening import DatabaseOption, opened_store, waiting_hint, with_database
from desktop.paths import DataDir, data_dir_for
from desktop.settings import load_settings
from desktop.store import Claims, SessionRecord, SessionStore, delete_for_good, erase_everything
from desktop.store.records import interval_json
from models.emotion import EMOTIONS

app = typer.Typer(help="List, show, delete, export and import recorded sessions.", no_args_is_help=True)

_NOT_FINISHED = "not finished: still being recorded, or interrupted"

DataDirOption = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Folder of settings and database, instead of your own."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SessionArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The session's id, or its first four or more characters.")
]


@app.command("list")
@plain_errors()
def list_sessions(
    as_json: JsonOption = False, data_dir: DataDirOption = None, database: DatabaseOption = None
) -> None:
    """List all sessions, newest first."""
    with opened_store(data_dir, database) as store:
        records = store.list()
        if as_json:
            _print_json([record.as_json() for record in records])
        elif not records:
            typer.echo(printable(f"No session is recorded in {store.place}."))
        else:
            _print_list(records)
    folder = data_dir_for(data_dir)
    waiting = waiting_hint(with_database(load_settings(folder.settings), database), folder)
    if waiting:  # also beside JSON, which stays what it is
        typer.echo(printable(waiting), err=True)


@app.command("show")
@plain_errors()
def show_session(
    session_id: SessionArgument,
    as_json: JsonOption = False,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="With --json: every second as well.")
    ] = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one session."""
    if intervals and not as_json:
        raise typer.BadParameter("--intervals needs --json.", param_hint="--intervals")
    with opened_store(data_dir, database) as store:
        record = store.show(session_id)
        if not as_json:
            _print_session(record)
            return
        shown = record.as_json()
        if intervals:
            shown["intervals"] = [interval_json(interval) for interval in store.intervals(record.id)]
        _print_json(shown)


@app.command("delete")
@plain_errors()
def delete_session(
    session_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The session's id, or its first four or more characters."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All sessions, with the copies, what waits for a server, and logs.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    """Delete one session, or everything, for good."""
    if as_json and not yes:
        raise typer.BadParameter("--json can not ask: add --yes.", param_hint="--json")
    if (session_id is None) != everything:
        raise typer.BadParameter("name one session, or all with --all.", param_hint="ID")
    with opened_store(data_dir, database) as store:
        if session_id is None:
            _delete_everything(store, data_dir_for(data_dir), yes=yes, as_json=as_json)
            return
        record = store.show(session_id)
        if not yes:
            _print_session(record)
            typer.confirm("Delete this session for good?", abort=True)
        delete_for_good(store, Claims(data_dir_for(data_dir).root), record.id)
        if as_json:
            _print_json({"deleted": record.id})
        else:
            typer.echo(f"Deleted {record.id}.")


def _delete_everything(store: SessionStore, folder: DataDir, *, yes: bool, as_json: bool) -> None:
    if not yes:
        typer.confirm(printable(f"Delete all sessions in {store.place} for good?"), abort=True)
    deleted = erase_everything(store, folder)
    if as_json:
        _print_json({"deleted": deleted})
    else:
        typer.echo(f"Deleted everything: {deleted} sessions.")


@app.command("export")
@plain_errors()
def export(
    format_: Annotated[
        Format, typer.Option("--format", help="For spreadsheets, pandas, or another Classmood.")
    ],
    out: Annotated[Path, typer.Option(metavar="PATH", help="File or folder; see docs/export.md.")],
    session_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The session's id, or its first four or more characters."),
    ] = None,
    all_sessions: Annotated[bool, typer.Option("--all", help="All sessions.")] = False,
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write sessions to files: a row a session, a segment and a second."""
    if (session_id is None) != all_sessions:
        raise typer.BadParameter("name one session, or all with --all.", param_hint="ID")
    with opened_store(data_dir, database) as store:
        records = store.list() if session_id is None else (store.show(session_id),)
        files = export_sessions(store, [record.id for record in records], format_, out)
    if as_json:
        _print_json({"sessions": len(records), "files": [str(file) for file in files]})
    else:
        for file in files:
            typer.echo(printable(str(file)))


@app.command("import")
@plain_errors()
def import_sessions(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON files or folders of them, or databases.")
    ],
    as_json: JsonOption = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    """Bring back sessions from JSON files or databases; those already here are not doubled."""
    paths = list(files_in(files))
    for path in paths:
        read_sessions(path)  # all are sound before the first one is stored
    data_dir_for(data_dir).create()
    with opened_store(data_dir, database) as store:
        merged = [store.merge(session) for path in paths for session in read_sessions(path)]
    if as_json:
        _print_json([{"id": one.session_id, "new": one.new, "seconds": one.seconds} for one in merged])
    else:
        new, known = sum(one.new for one in merged), sum(not one.new for one in merged)
        typer.echo(f"{new} imported, {known} already here.")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))  # ASCII only: no terminal and no code page can fail on it


def _print_list(records: tuple[SessionRecord, ...]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Id", "Started", "Length"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Course", "Group", "Teacher"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for heading in ("Faces", "Mood"):
        table.add_column(heading, justify="right", no_wrap=True)
    for record in records:
        details = record.details
        texts = (_short_id(record, records), _when(record), _length(record))
        names = (details.course, details.group, details.teacher)
        table.add_row(
            *map(Text, texts),
            *(Text(printable(name)) for name in names),
            Text(f"{record.summary.faces_mean:.1f}"),
            Text(_mood(record)),
        )
    terminal().print(table)
    if not all(record.finished for record in records):
        typer.echo(f"* {_NOT_FINISHED}")


def _print_session(record: SessionRecord) -> None:
    summary = record.summary
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    length = _length(record) + ("" if record.finished else f" {_NOT_FINISHED}")
    rows = {
        "Id": record.id,
        "Started": _when(record),
        "Length": length,
        "Course": printable(record.details.course),
        "Group": printable(record.details.group),
        "Teacher": printable(record.details.teacher),
        "Note": printable(record.details.note, lines=True),
        "Source": printable(record.source),
        "Model": printable(record.model),
        "Faces": f"{summary.faces_mean:.1f} on average, in {summary.coverage:.0%} of the seconds",
        "Mood index": _mood(record),
    }
    if summary.shares is not None:
        rows |= {emotion: f"{share:6.1%}" for emotion, share in zip(EMOTIONS, summary.shares, strict=True)}
        rows["unsure"] = f"{summary.unsure:6.1%} of the labels"
    for name, value in rows.items():
        table.add_row(Text(name), Text(value))
    terminal().print(table)


def _short_id(record: SessionRecord, records: tuple[SessionRecord, ...]) -> str:
    """Return the first 8 characters of the id, or all of it where these do not tell it from another."""
    short = record.id[:8]
    return short if sum(other.id.startswith(short) for other in records) == 1 else record.id


def _when(record: SessionRecord) -> str:
    return f"{record.started_at.astimezone():%Y-%m-%d %H:%M}"


def _length(record: SessionRecord) -> str:
    minutes, seconds = divmod(record.summary.seconds, 60)
    return f"{minutes}:{seconds:02d}" + ("" if record.finished else "*")


def _mood(record: SessionRecord) -> str:
    index = record.summary.mood_index
    return "-" if index is None else f"{index:+z.2f}"
