"""Our Parquet read back by another program: every kind of value, every gap, however the rows come."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import arro3.io
import pytest
from arro3.core import DataType
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import desktop.exports.parquet
from desktop.exports.parquet import write_table
from desktop.exports.tables import Column, Kind, Row, Table, Value

KINDS: tuple[Kind, ...] = ("text", "whole", "number", "time", "flag")
TYPES: dict[Kind, DataType] = {
    "text": DataType.utf8(),
    "whole": DataType.int64(),
    "number": DataType.float64(),
    "time": DataType.timestamp("us", tz="UTC"),
    "flag": DataType.bool(),
}
ANY = Table("any", tuple(Column(f"{kind}, ім'я ☺", kind) for kind in KINDS))
LOCAL = timezone(timedelta(hours=5, minutes=45))
STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=2)))

VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "whole": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(),
    "time": st.datetimes(
        datetime(1677, 10, 1), datetime(2262, 4, 1), timezones=st.sampled_from([UTC, LOCAL])
    ),
    "flag": st.booleans(),
}
ROW = st.tuples(*(st.none() | VALUES[kind] for kind in KINDS))
CHUNKS = st.lists(st.lists(ROW, max_size=20), max_size=6)


def read_back(table: Table, chunks: Sequence[Sequence[Row]], path: Path) -> list[Row]:
    """Write rows, let arro3 read them, check the columns' names and types, and return the rows."""
    with path.open("wb") as file:
        write_table(table, chunks, file)
    read = arro3.io.read_parquet(path).read_all()
    assert read.num_rows == sum(map(len, chunks))
    assert read.schema.names == [column.name for column in table.columns]
    assert read.schema.types == [TYPES[column.kind] for column in table.columns]
    columns = [read.column(column.name).to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


def alike(found: Value, written: Value) -> bool:
    if isinstance(written, float) and math.isnan(written):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(written, datetime):
        return found == written and isinstance(found, datetime) and found.utcoffset() == timedelta(0)
    return type(found) is type(written) and found == written


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=CHUNKS, group_rows=st.integers(1, 30))
@example(chunks=[], group_rows=1)
@example(chunks=[[], []], group_rows=1)
@example(chunks=[[(None,) * 5] * 17], group_rows=9)
@example(chunks=[[("", 0, 0.0, datetime(1970, 1, 1, tzinfo=UTC), False)] * 8, [(None,) * 5]], group_rows=20)
@example(
    chunks=[[("0\0☺\U0001f600", -1, -0.0, datetime(1969, 12, 31, 23, 59, 59, 1, UTC), True)]], group_rows=1
)
def test_every_value_comes_back_and_nothing_stays_nothing(
    tmp_path: Path, chunks: list[list[Row]], group_rows: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desktop.exports.parquet, "_GROUP_ROWS", group_rows)
        read = read_back(ANY, chunks, tmp_path / "any.parquet")
    for found, written in zip(read, [row for chunk in chunks for row in chunk], strict=True):
        assert all(map(alike, found, written)), (found, written)


def test_many_columns_and_groups_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From fifteen columns or groups on, the format's lists have another head."""
    monkeypatch.setattr(desktop.exports.parquet, "_GROUP_ROWS", 40)
    columns = (Column("t", "text"), Column("w", "whole"), Column("n", "number"), Column("f", "flag"))
    table = Table("any", (*columns, *(Column(f"time {n}", "time") for n in range(20))))
    rows: list[Row] = [
        (None if n % 3 else "ї" * n, n * 10**12, None if n % 7 else n / 3, n % 2 == 0, *([STARTED] * 20))
        for n in range(1001)
    ]
    chunks = [rows[:39], rows[39:50], [], *(rows[at : at + 40] for at in range(50, 1001, 40)), []]
    assert read_back(table, chunks, tmp_path / "any.parquet") == rows


def test_a_school_year_in_one_file(tmp_path: Path) -> None:
    """As many seconds as twenty lessons have, in groups of the usual size."""
    lesson: list[Row] = [(None if n % 5 else "quiz", n, n / 7, STARTED, n % 2 == 0) for n in range(5400)]
    assert read_back(ANY, [lesson] * 20, tmp_path / "year.parquet") == lesson * 20
