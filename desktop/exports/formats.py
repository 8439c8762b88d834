"""One writer for each format of a table: CSV, Excel's workbook, Parquet."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from desktop.exports.errors import ExportError
from desktop.exports.tables import Column, Row, Table, Value
from desktop.store import StoreError
from desktop.store.records import iso_utc

if TYPE_CHECKING:
    from arro3.core import Array, DataType
    from typing_extensions import Buffer
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

EXCEL_ROWS: Final = 1_048_576  # of one sheet
# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write_csv(table: Table, chunks: Iterator[list[Row]], path: Path) -> None:
    """Write a table as CSV: UTF-8 with byte order mark (else Excel guesses wrong), commas, CRLF."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        for chunk in chunks:
            writer.writerows([_csv_value(value) for value in row] for row in chunk)


def _csv_value(value: Value) -> str | int | float:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return iso_utc(value)
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
    return value


def write_excel(tables: Sequence[Table], chunks: Callable[[Table], Iterator[list[Row]]], path: Path) -> None:
    """Write tables as the sheets of one workbook; texts are never formulas or links."""
    import xlsxwriter  # noqa: PLC0415  # needed by this format only
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    try:
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            bold = book.add_format({"bold": True})
            time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for table in tables:
                sheet = book.add_worksheet(table.name)
                sheet.freeze_panes(1, 1)
                for number, column in enumerate(table.columns):
                    sheet.set_column(number, number, 20 if column.kind in ("time", "text") else 12)
                    sheet.write_string(0, number, column.name, bold)
                _write_excel_rows(sheet, chunks(table), time)
    except FileCreateError as error:  # around the OSError
        raise ExportError(
            "Can not write the Excel file: {error}. Free some space, then try again.", error=error
        ) from error


def _write_excel_rows(sheet: "Worksheet", chunks: Iterator[list[Row]], time: "Format") -> None:
    for line, row in enumerate(chain.from_iterable(chunks), start=1):
        if line >= EXCEL_ROWS:
            raise ExportError(
                "An Excel sheet holds {most:,} rows, these sessions have more. Export fewer of "
                "them, or choose --format csv or parquet.",
                most=EXCEL_ROWS,
            )
        _write_excel_row(sheet, line, row, time)


def _write_excel_row(sheet: "Worksheet", line: int, row: Row, time: "Format") -> None:
    for number, value in enumerate(row):
        match value:
            case None:
                pass
            case bool():
                sheet.write_boolean(line, number, value)
            case datetime():
                sheet.write_datetime(line, number, value.astimezone(UTC).replace(tzinfo=None), time)
            case str():
                sheet.write_string(line, number, value)
            case _:
                sheet.write_number(line, number, value)


def write_parquet(table: Table, chunks: Iterator[list[Row]], path: Path) -> None:
    """Write a table as Parquet, compressed with Zstandard; times carry their zone, UTC."""
    try:
        from arro3.core import Field, RecordBatch, RecordBatchReader, Schema  # noqa: PLC0415  # this format only
        from arro3.io import write_parquet as write  # noqa: PLC0415
    except ImportError as error:
        raise ExportError(
            "Parquet files need arro3, which is not installed here. Install it with pip install arro3-core "
            "arro3-io, or choose --format csv or xlsx."
        ) from error
    schema = Schema([Field(column.name, _arrow_type(column)) for column in table.columns])
    failures: list[StoreError | OSError] = []

    def batches() -> Iterator[RecordBatch]:
        try:
            for chunk in chunks:
                columns = zip(table.columns, zip(*chunk, strict=True), strict=True) if chunk else ()
                arrays = [_arrow_array(column, values) for column, values in columns]
                if arrays:
                    yield RecordBatch.from_arrays(arrays, schema=schema)
        except StoreError as error:
            failures.append(error)

    with path.open("wb") as file:
        reader = RecordBatchReader.from_batches(schema, batches())
        write(reader, cast("IO[bytes]", _SteadyFile(file, failures)), compression="zstd(3)")
        if failures:
            raise failures[0]


class _SteadyFile(io.RawIOBase):
    """A file that keeps its failures to itself: arro3 aborts with a panic where a write fails."""

    def __init__(self, file: IO[bytes], failures: list[StoreError | OSError]) -> None:
        super().__init__()
        self._file = file
        self._failures = failures

    def write(self, data: "Buffer") -> int:
        """Write, or remember why that failed."""
        if not self._failures:
            try:
                self._file.write(data)
            except OSError as error:
                self._failures.append(error)
        return memoryview(data).nbytes


def _arrow_type(column: Column) -> "DataType":
    from arro3.core import DataType  # noqa: PLC0415

    types = {
        "text": DataType.utf8(),
        "whole": DataType.int64(),
        "number": DataType.float64(),
        "time": DataType.timestamp("us", tz="UTC"),
        "flag": DataType.bool(),
    }
    return types[column.kind]


def _arrow_array(column: Column, values: Sequence[Value]) -> "Array":
    from arro3.core import Array, DataType  # noqa: PLC0415

    if column.kind != "time":
        return Array(values, _arrow_type(column))
    micros = [
        (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else None
        for value in values
    ]
    return Array(micros, DataType.int64()).cast(_arrow_type(column))
