"""`classmood sessions`: what people and programs see, and that hostile texts stay texts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desktop import sessions
from desktop.console import printable
from desktop.paths import DataDir
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, store_for
from models.emotion import EMOTIONS

STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)
ISSUE_KEYS = {
    "id",
    "started_at",
    "ended_at",
    "seconds",
    "faces_mean",
    "shares",
    "course",
    "group",
    "teacher",
    "note",
    "model",
}


def record(store: SessionStore, details: SessionDetails, seconds: int = 75) -> str:
    session_id = store.create(details, STARTED, "emotion-yolov8n 0.1.0", "demo").id
    store.append_all(session_id, [Interval(n, 9, 0, 6.0, 0.1, 0.5, SHARES) for n in range(seconds)])
    store.finish(session_id, STARTED + timedelta(seconds=seconds))
    return session_id


def run(data_dir: Path, *arguments: str, answer: str | None = None) -> tuple[int, str, str]:
    cli = typer.Typer()
    cli.add_typer(sessions.app, name="sessions")
    outcome = CliRunner().invoke(cli, ["sessions", *arguments, "--data-dir", str(data_dir)], input=answer)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    return outcome.exit_code, outcome.stdout, outcome.stderr


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    opened = store_for(Settings(), DataDir(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def session_id(store: SessionStore) -> str:
    return record(store, SessionDetails("Physics", "7-Б", "О. Коваль", "two\nlines"))


def test_list_as_json_is_an_array_with_the_documented_keys(tmp_path: Path, session_id: str) -> None:
    code, out, _ = run(tmp_path, "list", "--json")
    (shown,) = json.loads(out)
    assert code == 0
    assert shown.keys() >= ISSUE_KEYS
    assert shown["id"] == session_id
    assert shown["seconds"] == 75
    assert shown["faces_mean"] == 6.0
    assert list(shown["shares"]) == list(EMOTIONS)
    assert sum(shown["shares"].values()) == pytest.approx(1)
    assert shown["group"] == "7-Б"
    assert datetime.fromisoformat(shown["ended_at"]) == STARTED + timedelta(seconds=75)


def test_a_folder_without_sessions_lists_none(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path / "new", "list", "--json")[1]) == []
    code, out, _ = run(tmp_path / "new", "list")
    assert code == 0
    assert "No session" in out
    assert not (tmp_path / "new").exists()


def test_a_mood_that_rounds_to_nothing_is_no_minus(tmp_path: Path, store: SessionStore) -> None:
    nearly = (0.101, 0.0, 0.0, 0.1, 0.799, 0.0, 0.0)  # a mood index of -0.001
    session_id = store.create(SessionDetails(), STARTED, "m", "demo").id
    store.append_all(session_id, [Interval(n, 9, 0, 6.0, 0.1, 0.5, nearly) for n in range(75)])
    store.finish(session_id, STARTED + timedelta(seconds=75))
    outs = [run(tmp_path, "list")[1], run(tmp_path, "show", session_id)[1]]
    assert all("+0.00" in out and "-0.00" not in out for out in outs)


def test_list_shows_people_what_they_look_for(tmp_path: Path, session_id: str, store: SessionStore) -> None:
    store.create(SessionDetails("Chemistry"), STARTED, "m", "demo")
    code, out, _ = run(tmp_path, "list")
    assert code == 0
    for word in (session_id[:8], "Physics", "7-Б", "О. Коваль", "1:15", "6.0", "Chemistry", "0:00*"):
        assert word in out
    assert "* not finished" in out


def test_show_by_the_beginning_of_the_id(tmp_path: Path, session_id: str) -> None:
    code, out, _ = run(tmp_path, "show", session_id[:6])
    assert code == 0
    for word in (session_id, "Physics", "lines", "happy", "50.0%", "unsure"):
        assert word in out
    shown = json.loads(run(tmp_path, "show", session_id[:6], "--json")[1])
    assert shown.keys() >= ISSUE_KEYS
    assert "intervals" not in shown


def test_show_gives_every_second_when_asked(tmp_path: Path, session_id: str) -> None:
    shown = json.loads(run(tmp_path, "show", session_id, "--json", "--intervals")[1])
    assert [interval["second"] for interval in shown["intervals"]] == list(range(75))
    assert shown["intervals"][0]["shares"]["happy"] == 0.5
    assert run(tmp_path, "show", session_id, "--intervals")[0] == 2


def test_delete_asks_and_no_keeps_the_session(tmp_path: Path, session_id: str, store: SessionStore) -> None:
    code, out, _ = run(tmp_path, "delete", session_id, answer="n\n")
    assert code == 1
    assert "Physics" in out
    assert len(store.list()) == 1
    assert run(tmp_path, "delete", session_id, answer="")[0] == 1  # nobody there to answer
    assert len(store.list()) == 1
    assert run(tmp_path, "delete", session_id, answer="y\n")[0] == 0
    assert store.list() == ()


def test_delete_as_json_needs_yes(tmp_path: Path, session_id: str, store: SessionStore) -> None:
    assert run(tmp_path, "delete", session_id, "--json")[0] == 2
    code, out, _ = run(tmp_path, "delete", session_id, "--json", "--yes")
    assert code == 0
    assert json.loads(out) == {"deleted": session_id}
    assert store.list() == ()


def test_export_and_import_on_another_machine(tmp_path: Path, session_id: str, store: SessionStore) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for chosen in ([session_id[:6]], ["--all"]):
        code, printed, _ = run(tmp_path, "export", *chosen, "--format", "json", "--out", str(out), "--json")
        (file,) = json.loads(printed)["files"]
        assert (code, json.loads(printed)["sessions"]) == (0, 1)
    for new in (True, False):
        code, printed, _ = run(elsewhere, "import", file, str(out), "--json")
        assert code == 0
        assert [one["new"] for one in json.loads(printed)] == [new, False]
    assert run(elsewhere, "import", file)[1] == "0 imported, 1 already here.\n"
    assert json.loads(run(elsewhere, "show", session_id, "--json")[1]) == store.show(session_id).as_json()


def test_export_names_the_files_it_wrote(tmp_path: Path, session_id: str) -> None:
    code, out, _ = run(
        tmp_path, "export", session_id, "--format", "csv", "--out", str(tmp_path / "lesson.csv")
    )
    assert code == 0
    assert all(Path(name).is_file() for name in out.splitlines())
    assert len(out.splitlines()) == 3


def test_export_needs_one_session_or_all(tmp_path: Path, session_id: str) -> None:
    tail = ["--format", "csv", "--out", str(tmp_path / "t.csv")]
    assert run(tmp_path, "export", *tail)[0] == 2
    assert run(tmp_path, "export", session_id, "--all", *tail)[0] == 2
    assert run(tmp_path, "export", session_id, "--format", "pdf", "--out", "t")[0] == 2
    assert run(tmp_path, "export", session_id, "--format", "csv")[0] == 2
    code, _, error = run(tmp_path, "export", "zzzz", *tail)
    assert (code, "There is no session" in error) == (1, True)


def test_of_several_files_none_is_imported_if_one_is_damaged(
    tmp_path: Path, session_id: str, store: SessionStore
) -> None:
    run(tmp_path, "export", session_id, "--format", "json", "--out", str(tmp_path / "sound.json"))
    (tmp_path / "damaged.json").write_text("{\x1b[31m")
    files = [str(tmp_path / name) for name in ("sound.json", "damaged.json")]
    code, out, error = run(tmp_path / "elsewhere", "import", *files)
    assert (code, out) == (1, "")
    assert error.startswith("classmood: ")
    assert "damaged.json is not an export" in error
    assert "\x1b" not in error
    assert json.loads(run(tmp_path / "elsewhere", "list", "--json")[1]) == []


@pytest.mark.parametrize("command", ["show", "delete"])
def test_an_unknown_session_is_a_sentence_and_exit_1(tmp_path: Path, session_id: str, command: str) -> None:
    code, out, error = run(tmp_path, command, "zzzz\x1b[31m")
    assert code == 1
    assert out == ""
    assert error.startswith("classmood: There is no session")
    assert error.count("\n") == 1
    assert "\x1b" not in error


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    for arguments in (["show"], ["list", "--bogus"], ["bogus"]):
        assert run(tmp_path, *arguments)[0] == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("classmood.db", "Dear diary, " * 500, "not a database"),
        ("settings.toml", "[camera", "not TOML"),
        ("settings.toml", "[storage]\ndatabase = 'nonsense'", "address"),
    ],
)
def test_damaged_files_are_a_sentence_and_exit_1(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    code, out, error = run(tmp_path, "list", "--json")
    assert (code, out) == (1, "")
    assert error.startswith("classmood: ")
    assert words in error
    assert "Traceback" not in error


def test_hostile_texts_reach_the_terminal_as_text(tmp_path: Path, store: SessionStore) -> None:
    hostile = "\x1b]0;owned\x07 \u202eevil \x9b31m [red]x[/red] {0} %s </script>"
    session_id = record(store, SessionDetails(hostile, hostile, hostile, hostile + "\r\n\x08 end"))
    for arguments in (["list"], ["show", session_id], ["list", "--json"], ["show", session_id, "--json"]):
        code, out, _ = run(tmp_path, *arguments)
        assert code == 0
        assert not set(out) & set("\x1b\x07\x9b\u202e\x08\r")
        assert "[red]x[/red]" in out
        assert "evil" in out


def test_joined_emoji_and_ukrainian_are_not_escaped() -> None:
    text = "Іспит з фізики 👩\u200d🏫 їжак’s"
    assert printable(text) == text
    assert printable("a\nb", lines=True) == "a\nb"
    assert printable("a\nb\ud800") == "a\\nb\\ud800"
