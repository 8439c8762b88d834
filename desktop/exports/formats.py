"""One writer for each format of a table: CSV, Excel's workbook, Parquet."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.exports.errors import ExportError
from desktop.exports.parquet import write_table
from desktop.exports.tables import Row, Table, Value
from desktop.store.records import iso_utc

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

EXCEL_ROWS: Final = 1_048_576  # of one sheet
# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


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
    """Write a table as Parquet; times carry their zone, UTC."""
    with path.open("wb") as file:
        write_table(table, chunks, file)
