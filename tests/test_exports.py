"""Export and import: the figures arrive in other programs, hostile texts stay texts, nothing is half done."""

import csv
import errno
import json
import os
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import arro3.io
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import desktop.exports.formats
import desktop.exports.imports
import desktop.exports.parquet
import desktop.exports.writing
from desktop.exports import FORMATS, ExportError, ImportFileError, export_sessions, files_in, read_sessions
from desktop.exports.parquet import write_table
from desktop.exports.tables import TABLES, Column, Row, Table
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, StoreError
from models.emotion import EMOTIONS, mood_index
from tests.databases import ENGINES, empty_database

STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=2)))
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)
HOSTILE = '=HYPERLINK("http://x","y")'
DETAILS = SessionDetails(HOSTILE, "7-Б", "@О. Коваль", '-2+3, "note"\nsecond line')
MARKERS = (Marker(2, "lecture"), Marker(4, "+quiz"))


def record(store: SessionStore, details: SessionDetails = DETAILS, seconds: int = 6) -> str:
    session_id = store.create(details, STARTED, "emotion-yolov8n 0.1.0", "demo").id
    intervals = [Interval(n, 9, 1, 5.0, 0.1, 0.5, SHARES) for n in range(seconds - 1)]
    store.append_all(session_id, [*intervals, Interval(seconds - 1, 0, 0, 0.0, 0.0, 0.0, None)])
    store.set_markers(session_id, MARKERS)
    store.finish(session_id, STARTED + timedelta(seconds=seconds))
    return session_id


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    with closing(SessionStore(f"sqlite:///{tmp_path / 'here.db'}")) as opened:
        yield opened


@pytest.fixture
def session_id(store: SessionStore) -> str:
    return record(store)


def table_of_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# Tables


def test_csv_holds_every_second_and_beside_it_segments_and_sessions(
    store: SessionStore, session_id: str, tmp_path: Path
) -> None:
    files = export_sessions(store, [session_id], "csv", tmp_path / "out" / "lesson.csv")
    assert [file.name for file in files] == ["lesson-sessions.csv", "lesson-segments.csv", "lesson.csv"]
    sessions, segments, intervals = map(table_of_csv, files)
    assert [row["second"] for row in intervals] == ["0", "1", "2", "3", "4", "5"]
    assert intervals[1]["time"] == "2026-03-02T06:30:01Z"
    assert float(intervals[0]["happy"]) == 0.5
    assert float(intervals[0]["mood_index"]) == pytest.approx(mood_index(SHARES))
    assert [row["kind"] for row in intervals] == ["", "", "lecture", "lecture", "'+quiz", "'+quiz"]
    assert {intervals[5][emotion] for emotion in EMOTIONS} == {""}
    assert [(row["kind"], row["start_s"], row["end_s"], row["seconds"]) for row in segments] == [
        ("", "0", "2", "2"),
        ("lecture", "2", "4", "2"),
        ("'+quiz", "4", "6", "2"),
    ]
    assert segments[2]["coverage"] == "0.5"
    (session,) = sessions
    assert session["session_id"] == session_id
    assert session["started_at"] == "2026-03-02T06:30:00Z"
    assert session["finished"] == "true"
    assert session["group"] == "7-Б"
    assert float(session["happy"]) == pytest.approx(0.5)


def test_no_text_becomes_a_formula_in_a_spreadsheet(
    store: SessionStore, session_id: str, tmp_path: Path
) -> None:
    files = export_sessions(store, [session_id], "csv", tmp_path / "out")
    (session,) = table_of_csv(files[0])
    assert session["course"] == f"'{HOSTILE}"
    assert session["teacher"] == "'@О. Коваль"
    assert session["note"] == "'" + DETAILS.note
    with zipfile.ZipFile(export_sessions(store, [session_id], "xlsx", tmp_path / "out.xlsx")[0]) as book:
        for name in book.namelist():
            assert b"<f>" not in book.read(name)
            assert b"<hyperlink" not in book.read(name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=20), min_size=4, max_size=4))
def test_any_text_arrives_in_csv_as_it_is_but_for_the_guard(
    store: SessionStore, tmp_path: Path, texts: list[str]
) -> None:
    session_id = record(store, SessionDetails(*texts))
    (row,) = table_of_csv(export_sessions(store, [session_id], "csv", tmp_path / "t.csv")[0])
    kept = store.show(session_id).details
    for name in ("course", "group", "teacher", "note"):
        text = getattr(kept, name)
        assert row[name] in (text, f"'{text}")
        assert not row[name].startswith(("=", "+", "-", "@"))


def sheet(path: Path, number: int) -> list[list[str]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314
    return [["".join(cell.itertext()) for cell in row.iter(f"{space}c")] for row in root.iter(f"{space}row")]


def test_excel_gets_a_sheet_for_each_table(store: SessionStore, session_id: str, tmp_path: Path) -> None:
    (path,) = export_sessions(store, [session_id], "xlsx", tmp_path / "lesson.xlsx")
    with zipfile.ZipFile(path) as book:
        names = book.read("xl/workbook.xml").decode()
    for number, table in enumerate(TABLES, start=1):
        assert f'name="{table.name}"' in names
        heading, *rows = sheet(path, number)
        assert heading == [column.name for column in table.columns]
        assert len(rows) == (1, 3, 6)[number - 1]
    assert sheet(path, 1)[1][4] == HOSTILE
    days = float(sheet(path, 1)[1][1])  # since 1899-12-30
    assert abs(datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=days) - STARTED) < timedelta(seconds=0.01)


def test_an_excel_sheet_that_would_overflow_is_said(
    store: SessionStore, session_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop.exports.formats, "EXCEL_ROWS", 5)
    with pytest.raises(ExportError, match="csv or parquet"):
        export_sessions(store, [session_id], "xlsx", tmp_path / "out" / "lesson.xlsx")
    assert list((tmp_path / "out").iterdir()) == []


def test_parquet_keeps_types_and_the_time_zone(store: SessionStore, session_id: str, tmp_path: Path) -> None:
    files = export_sessions(store, [session_id, record(store)], "parquet", tmp_path / "lessons.parquet")
    for table, path in zip(TABLES, files, strict=True):
        read = arro3.io.read_parquet(path).read_all()
        assert read.column_names == [column.name for column in table.columns]
        assert read.num_rows == 2 * (1, 3, 6)[TABLES.index(table)]
    intervals = arro3.io.read_parquet(files[2]).read_all()
    assert intervals.column("happy").to_pylist() == [0.5, 0.5, 0.5, 0.5, 0.5, None] * 2
    assert intervals.column("time").to_pylist()[1] == STARTED + timedelta(seconds=1)
    assert intervals.column("kind").to_pylist()[4] == "+quiz"


def test_parquet_in_several_groups_of_rows_brings_back_every_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop.exports.parquet, "_GROUP_ROWS", 40)
    columns = (Column("t", "text"), Column("w", "whole"), Column("n", "number"), Column("f", "flag"))
    table = Table("any", (*columns, *(Column(f"time {n}", "time") for n in range(20))))
    rows: list[Row] = [
        (None if n % 3 else "ї" * n, n * 10**15, None if n % 7 else n / 3, n % 2 == 0, *([STARTED] * 20))
        for n in range(101)
    ]
    path = tmp_path / "any.parquet"
    with path.open("wb") as file:
        write_table(table, [rows[:39], rows[39:50], rows[50:], []], file)
    read = arro3.io.read_parquet(path).read_all()
    assert list(zip(*(read.column(c.name).to_pylist() for c in table.columns), strict=True)) == rows


@pytest.mark.parametrize("format", FORMATS)
def test_a_session_without_seconds_and_none_at_all_can_be_written(
    store: SessionStore, tmp_path: Path, format: Any
) -> None:
    empty = store.create(SessionDetails(), STARTED, "m", "demo").id
    assert export_sessions(store, [empty], format, tmp_path / f"one.{format}")
    assert export_sessions(store, [], format, tmp_path / f"none.{format}")


# Nothing half written


def forbid_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every write after the first kilobytes fail as on a full disk."""
    opened = Path.open

    def open_full(path: Path, mode: str = "r", **options: Any) -> Any:
        file = opened(path, mode, **options)
        if "w" not in mode:
            return file
        file.close()
        return opened(Path("/dev/full"), mode, **options)

    monkeypatch.setattr(Path, "open", open_full)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's full device")
@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_a_full_disk_leaves_the_old_files_and_no_half_ones(
    store: SessionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: Any
) -> None:
    session_id = record(store, seconds=3000)
    out = tmp_path / "out"
    out.mkdir()
    (out / f"t.{format}").write_text("old")
    forbid_writing(monkeypatch)
    with pytest.raises(ExportError, match=os.strerror(errno.ENOSPC)):
        export_sessions(store, [session_id], format, out / f"t.{format}")
    assert [file.name for file in out.iterdir()] == [f"t.{format}"]
    assert (out / f"t.{format}").read_text() == "old"


@pytest.mark.parametrize("format", FORMATS)
def test_a_database_that_fails_meanwhile_leaves_no_half_file(
    store: SessionStore, session_id: str, tmp_path: Path, format: Any
) -> None:
    out = tmp_path / "out"
    with pytest.raises(StoreError, match="not in"):
        export_sessions(store, [session_id, "gone"], format, out / f"t.{format}")
    assert not out.exists() or list(out.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_place_that_can_not_be_written_is_said(
    store: SessionStore, session_id: str, tmp_path: Path, format: Any
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / f"folder.{format}").mkdir()
    for out in (tmp_path / "file" / f"t.{format}", tmp_path / f"folder.{format}"):
        with pytest.raises(ExportError, match="Can not write"):
            export_sessions(store, [session_id], format, out)
    assert list((tmp_path / f"folder.{format}").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
@pytest.mark.parametrize("format", FORMATS)
def test_only_the_owner_may_read_an_export(
    store: SessionStore, session_id: str, tmp_path: Path, format: Any
) -> None:
    for file in export_sessions(store, [session_id], format, tmp_path / f"t.{format}"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


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
