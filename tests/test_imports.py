"""Import: a session comes back as it was; of what is not ours nothing is stored."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import desktop.exports.formats
import desktop.exports.imports
import desktop.exports.parquet
import desktop.exports.writing
from desktop.exports import ExportError, ImportFileError, export_sessions, files_in, read_sessions
from desktop.segments import Marker
from desktop.statistics import Interval
from desktop.store import SessionStore, StoreError
from models.emotion import EMOTIONS
from tests.databases import ENGINES, empty_database
from tests.exported import DETAILS, MARKERS, SHARES, STARTED, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with closing(SessionStore(f"sqlite:///{tmp_path / 'here.db'}")) as opened:
        yield opened


@pytest.fixture
def session_id(store: SessionStore) -> str:
    return record(store)


# There and back again


@pytest.fixture(params=ENGINES)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SessionStore]:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with empty_database(request.param, folder) as address, closing(SessionStore(address)) as opened:
        yield opened


def test_a_session_comes_back_on_another_machine_and_is_not_doubled(
    store: SessionStore, elsewhere: SessionStore, session_id: str, tmp_path: Path
) -> None:
    interrupted = store.create(DETAILS, STARTED, "m", "demo").id
    store.append(interrupted, Interval(7, 9, 0, 5.0, 0.1, 0.5, SHARES))
    (path,) = export_sessions(store, [session_id, interrupted], "json", tmp_path / "both.json")
    for turn in range(3):
        merged = [elsewhere.merge(session) for session in read_sessions(path)]
        assert [one.new for one in merged] == [turn == 0] * 2
        assert [one.seconds for one in merged] == ([6, 1] if turn == 0 else [0, 0])
        for one in (session_id, interrupted):
            assert elsewhere.load(one) == store.load(one)


def test_a_folder_of_files_comes_back(
    store: SessionStore, elsewhere: SessionStore, session_id: str, tmp_path: Path
) -> None:
    other = record(store)
    files = export_sessions(store, [session_id, other], "json", tmp_path / "out")
    assert len(files) == 2
    assert sorted(files_in([tmp_path / "out"])) == sorted(files)
    for path in files:
        for session in read_sessions(path):
            elsewhere.merge(session)
    assert {one.id for one in elsewhere.list()} == {session_id, other}
    with pytest.raises(ImportFileError, match=r"no \.json file"):
        list(files_in([tmp_path / "elsewhere"]))


def test_a_later_export_completes_what_an_earlier_one_brought(
    store: SessionStore, elsewhere: SessionStore, tmp_path: Path
) -> None:
    session_id = store.create(DETAILS, STARTED, "m", "demo").id
    store.append(session_id, Interval(0, 9, 0, 5.0, 0.1, 0.5, SHARES))
    for turn in ("early", "late"):
        (path,) = export_sessions(store, [session_id], "json", tmp_path / f"{turn}.json")
        for session in read_sessions(path):
            elsewhere.merge(session)
        assert elsewhere.load(session_id) == store.load(session_id)
        store.append(session_id, Interval(1, 9, 0, 0.0, 0.0, 0.5, None))
        store.set_markers(session_id, MARKERS)
        store.finish(session_id, STARTED + timedelta(seconds=2))
    for session in read_sessions(tmp_path / "early.json"):
        elsewhere.merge(session)
    assert elsewhere.load(session_id) == store.load(session_id)


def test_markers_corrected_here_are_not_overwritten_by_an_import(
    store: SessionStore, session_id: str, tmp_path: Path
) -> None:
    (path,) = export_sessions(store, [session_id], "json", tmp_path / "t.json")
    store.set_markers(session_id, [Marker(1, "break")])
    for session in read_sessions(path):
        store.merge(session)
    assert store.markers(session_id) == (Marker(1, "break"),)


def test_an_export_that_could_not_be_imported_is_not_written(
    store: SessionStore, session_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop.exports.writing, "JSON_BYTES", 2000)
    with pytest.raises(ExportError, match="Give --out a folder"):
        export_sessions(store, [session_id, record(store)], "json", tmp_path / "out" / "t.json")
    assert list((tmp_path / "out").iterdir()) == []


# Files that are not ours


Edit = Callable[[dict[str, Any]], object]


def changed(key: str, value: object) -> Edit:
    return lambda document: document["sessions"][0].update({key: value})


def changed_interval(key: str, value: object) -> Edit:
    return lambda document: document["sessions"][0]["intervals"][0].update({key: value})


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda document: document.update(version=2), "newer Classmood"),
        (lambda document: document.update(version="1"), "version"),
        (lambda document: document.update(format="other"), "format"),
        (lambda document: document.pop("sessions"), "sessions"),
        (changed("id", "../../etc/passwd"), "id"),
        (changed("id", 7), "id"),
        (changed("started_at", "yesterday"), "started_at"),
        (changed("started_at", "2026-03-02T08:30:00"), "started_at"),
        (changed("started_at", "0001-01-01T00:00:00Z"), "not of our days"),
        (changed("started_at", "9999-12-31T23:59:59Z"), "not of our days"),
        (changed("ended_at", None), "needs its end"),
        (changed("note", None), "note"),
        (changed("markers", [{"second": -1, "kind": "x"}]), "markers.0.second"),
        (changed("markers", [{"second": 1, "kind": "x"}] * 10_001), "markers"),
        (changed("intervals", {}), "intervals"),
        (changed_interval("second", 1), "comes twice"),
        (changed_interval("second", 2**31), "second"),
        (changed_interval("second", True), "second"),
        (changed_interval("frames", -1), "frames"),
        (changed_interval("faces", 1e308), "faces"),
        (changed_interval("faces", "many"), "faces"),
        (changed_interval("unsure", 1.5), "unsure"),
        (changed_interval("shares", {"happy": 1}), "angry"),
        (changed_interval("shares", dict.fromkeys(EMOTIONS, 1.0)), "sum up to 1"),
        (changed_interval("shares", {**dict.fromkeys(EMOTIONS), "happy": 1.0}), "null"),
    ],
)
def test_wrong_values_are_named_and_nothing_is_imported(
    store: SessionStore, session_id: str, tmp_path: Path, edit: Edit, words: str
) -> None:
    (path,) = export_sessions(store, [session_id, record(store)], "json", tmp_path / "t.json")
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document))
    with pytest.raises(ImportFileError, match=words) as caught:
        read_sessions(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"frames": ', b'"frames": -', r"sessions\.1\.intervals\.0\.frames"),
        (b"}]}", b"}]", "Invalid JSON"),
        (b'"id": "', b'"id": "x', r"sessions\.1\.id"),
        (b'{"id"', b',{"id"', "Invalid JSON"),
        (b'{"id"', b'null, {"id"', "sessions"),
        (b"\n]}", b"", "Invalid JSON"),
        (b"\n]}", b",\n]}", "Invalid JSON"),
    ],
)
def test_damage_in_one_session_of_several_is_named(
    store: SessionStore, session_id: str, tmp_path: Path, old: bytes, new: bytes, words: str
) -> None:
    (path,) = export_sessions(store, [session_id, record(store)], "json", tmp_path / "t.json")
    first, *rest = path.read_bytes().rpartition(b'\n{"id"')
    path.write_bytes(first + b"".join(rest).replace(old, new, 1))
    with pytest.raises(ImportFileError, match=words):
        read_sessions(path)


def test_an_export_that_another_program_laid_out_anew_is_read(
    store: SessionStore, session_id: str, tmp_path: Path
) -> None:
    (path,) = export_sessions(store, [session_id, record(store)], "json", tmp_path / "t.json")
    sessions = read_sessions(path)
    assert len(sessions) == 2
    for indent in (None, 1):
        path.write_text(json.dumps(json.loads(path.read_bytes()), indent=indent))
        assert read_sessions(path) == sessions


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe\x00",
        b'{"format": "classmood-sessions", "version": 1, "sessions": [NaN]}',
        b"[" * 200_000,
        b'{"version": ' + b"9" * 100_000 + b"}",
        b"PK\x03\x04" * 1000,
    ],
)
def test_a_file_that_is_no_export_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(data)
    with pytest.raises(ImportFileError, match="not an export"):
        read_sessions(path)


def test_what_can_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, words in ((tmp_path / "missing.json", "can not be read"), (tmp_path, "not a file")):
        with pytest.raises(ImportFileError, match=words):
            read_sessions(path)
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe.json")
        with pytest.raises(ImportFileError, match="not a file"):
            read_sessions(tmp_path / "pipe.json")
    monkeypatch.setattr(desktop.exports.imports, "JSON_BYTES", 10)
    (tmp_path / "large.json").write_bytes(b" " * 11)
    with pytest.raises(ImportFileError, match="larger than"):
        read_sessions(tmp_path / "large.json")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 6), st.binary(max_size=6)), max_size=4))
def test_any_damage_ends_in_our_own_error_or_in_sound_sessions(
    tmp_path: Path, cuts: list[tuple[int, int, bytes]]
) -> None:
    sound = tmp_path / "sound.json"
    if not sound.exists():
        with closing(SessionStore(f"sqlite:///{tmp_path / 'sound.db'}")) as store:
            export_sessions(store, [record(store)], "json", sound)
    data = bytearray(sound.read_bytes())
    for position, length, junk in cuts:
        start = position % len(data)
        data[start : start + length] = junk
    damaged = tmp_path / "damaged.json"
    damaged.write_bytes(data)
    try:
        sessions = read_sessions(damaged)
    except ImportFileError:
        return
    target = tmp_path / "target.db"
    with closing(SessionStore(f"sqlite:///{target}")) as store:
        for session in sessions:
            store.merge(session)
            store.load(session.record.id)


def test_hostile_texts_of_an_import_are_only_text(
    store: SessionStore, session_id: str, elsewhere: SessionStore, tmp_path: Path
) -> None:
    (path,) = export_sessions(store, [session_id], "json", tmp_path / "t.json")
    document = json.loads(path.read_bytes())
    hostile = "'); DROP TABLE session; --\0\ud800 ../../x {0} %s"
    document["sessions"][0] |= {
        "note": hostile + "y" * 100_000,
        "source": "rtsp://u:secret@h/",
        "course": hostile,
    }
    document["sessions"][0]["markers"] = [{"second": 0, "kind": hostile}]
    path.write_text(json.dumps(document))
    try:
        sessions = read_sessions(path)
    except ImportFileError:  # half a surrogate pair is no text
        path.write_text(json.dumps(document).replace("\\ud800", ""))
        sessions = read_sessions(path)
    (merged,) = [elsewhere.merge(session) for session in sessions]
    stored = elsewhere.load(merged.session_id)
    assert stored.record.details.course.startswith("'); DROP TABLE session; --")
    assert stored.record.source == "rtsp://h/"
    assert len(stored.record.details.note) == 10_000


def test_an_import_that_fails_in_the_middle_stores_nothing_of_the_session(
    store: SessionStore, session_id: str, tmp_path: Path
) -> None:
    (path,) = export_sessions(store, [session_id], "json", tmp_path / "t.json")
    (session,) = read_sessions(path)
    target = tmp_path / "target.db"
    with closing(SessionStore(f"sqlite:///{target}")) as other:
        other.check()
        with closing(sqlite3.connect(target)) as connection:
            connection.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON summary BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        with pytest.raises(StoreError, match="refused"):
            other.merge(session)
        assert other.list() == ()
        assert other.intervals(session_id) == ()
