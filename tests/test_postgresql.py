"""The commands on a real PostgreSQL: the same words as with a file, and what waits here goes there first."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desktop import sessions
from desktop.opening import with_database
from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, waiting_store_for
from tests.databases import ENGINES, empty_database

STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as made:
        yield made


def record(store: SessionStore) -> str:
    session_id = store.create(SessionDetails("Physics", "7-Б", "О. Коваль"), STARTED, "m", "demo").id
    store.append_all(session_id, [Interval(n, 9, 0, 6.0, 0.1, 0.5, SHARES) for n in range(75)])
    store.set_markers(session_id, [Marker(10, "quiz")])
    store.finish(session_id, STARTED + timedelta(seconds=75))
    return session_id


def run(data_dir: Path, *arguments: str) -> tuple[int, str, str]:
    cli = typer.Typer()
    cli.add_typer(sessions.app, name="sessions")
    outcome = CliRunner().invoke(cli, ["sessions", *arguments, "--data-dir", str(data_dir)])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_the_commands_work_on_any_database(address: str, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with closing(SessionStore(address)) as store:
        session_id = record(store)
    on = ("--database", address)
    (listed,) = json.loads(run(data_dir, "list", "--json", *on)[1])
    assert (listed["id"], listed["seconds"], listed["group"]) == (session_id, 75, "7-Б")
    assert run(data_dir, "show", session_id[:8], *on)[0] == 0
    out = str(tmp_path / "t.json")
    assert run(data_dir, "export", session_id, "--format", "json", "--out", out, *on)[0] == 0
    assert json.loads(run(data_dir, "delete", session_id, "--yes", "--json", *on)[1])["deleted"] == session_id
    assert run(data_dir, "import", out, *on)[1] == "1 imported, 0 already here.\n"
    assert json.loads(run(data_dir, "list", "--json", *on)[1]) == [listed]
    assert json.loads(run(data_dir, "list", "--json")[1]) == []  # the settings' own database


@pytest.mark.parametrize("wrong", ["nonsense", "sqlite://", "postgresql://u:secret@127.0.0.1:1/x"])
def test_a_database_that_can_not_be_used_is_a_sentence_and_exit_1(tmp_path: Path, wrong: str) -> None:
    code, out, error = run(tmp_path, "list", "--database", wrong)
    assert (code, out) == (1, "")
    assert error.startswith("classmood: ")
    assert "secret" not in error
    assert error.count("\n") == 1


def test_what_waits_here_is_handed_over_by_the_next_command(tmp_path: Path) -> None:
    with empty_database("postgresql", tmp_path) as address:
        waiting = waiting_store_for(with_database(Settings(), address), DataDir(tmp_path))
        assert waiting is not None
        with closing(waiting):
            session_id = record(waiting)
            (listed,) = json.loads(run(tmp_path, "list", "--json", "--database", address)[1])
            assert listed["id"] == session_id
            assert waiting.list() == ()


def test_a_server_that_is_away_leads_to_what_waits_here(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    away = f"postgresql://u:secret@127.0.0.1:{port}/x"
    waiting = waiting_store_for(with_database(Settings(), away), DataDir(tmp_path))
    assert waiting is not None
    with closing(waiting):
        session_id = record(waiting)
        code, _, error = run(tmp_path, "list", "--database", away)
        assert code == 1
        assert "Sessions that wait on this computer: 1" in error
        here = error.rpartition('--database "')[2].partition('"')[0]
        (listed,) = json.loads(run(tmp_path, "list", "--json", "--database", here)[1])
        assert listed["id"] == session_id
