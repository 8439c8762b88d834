"""Export: the figures arrive in other programs, hostile texts stay texts, nothing is half done."""

import csv
import errno
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
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
from desktop.exports import FORMATS, ExportError, export_sessions
from desktop.exports.parquet import write_table
from desktop.exports.tables import TABLES, Column, Row, Table
from desktop.statistics import SessionDetails
from desktop.store import SessionStore, StoreError
from models.emotion import EMOTIONS, mood_index
from tests.exported import DETAILS, HOSTILE, SHARES, STARTED, record


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
