"""Writes Parquet: plain encoding and Gzip, nothing else. pyarrow takes 170 MB and arro3 35 for the same.

The format: https://parquet.apache.org/docs/file-format/; its headers are in Thrift's compact protocol:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

import gzip
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final, cast

import numpy as np

from desktop.exports.tables import Column, Kind, Row, Table, Value

_MAGIC: Final = b"PAR1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_GROUP_ROWS: Final = 20_000
_GZIP_LEVEL: Final = 6

# Numbers of the format's enumerations.
_OPTIONAL, _DATA_PAGE, _PLAIN, _RLE, _GZIP = 1, 0, 0, 3, 2
_BOOLEAN, _INT64, _DOUBLE, _BYTE_ARRAY = 0, 2, 5, 6
_UTF8, _TIMESTAMP_MICROS = 0, 10  # of readers from before logical types
_TYPES: Final[dict[Kind, int]] = {
    "flag": _BOOLEAN,
    "whole": _INT64,
    "time": _INT64,
    "number": _DOUBLE,
    "text": _BYTE_ARRAY,
}
_TRUE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 5, 6, 8, 9, 12  # Thrift's types

_Field = tuple[int, int, bytes]  # number, type, encoded value


def write_table(table: Table, chunks: Iterable[Sequence[Row]], file: BinaryIO) -> None:
    """Write a table in row groups as its rows come; times carry their zone, UTC. Raises OSError."""
    place = file.write(_MAGIC)
    groups: list[bytes] = []
    total = 0
    for rows in _groups(chunks):
        columns: list[bytes] = []
        raw_bytes = 0
        for column, values in zip(table.columns, zip(*rows, strict=True), strict=True):
            page, raw_size = _page(column.kind, values)
            columns.append(_column_chunk(column, len(rows), place, raw_size, len(page)))
            raw_bytes += raw_size
            place += file.write(page)
        groups.append(_fields(_list(1, _STRUCT, columns), _int(2, raw_bytes, _I64), _int(3, len(rows), _I64)))
        total += len(rows)
    footer = _fields(
        _int(1, 2),  # version
        _list(2, _STRUCT, [_fields(_text(4, "table"), _int(5, len(table.columns))), *_schema(table)]),
        _int(3, total, _I64),
        _list(4, _STRUCT, groups),
        _text(6, "Classmood"),
    )
    file.write(footer + struct.pack("<I", len(footer)) + _MAGIC)


def _groups(chunks: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
    """Yield the rows of the chunks in groups: few large ones, and never all of them at once."""
    rows: list[Row] = []
    for chunk in chunks:
        rows.extend(chunk)
        if len(rows) >= _GROUP_ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _schema(table: Table) -> Iterator[bytes]:
    for column in table.columns:
        fields = [_int(1, _TYPES[column.kind]), _int(3, _OPTIONAL), _text(4, column.name)]
        if column.kind == "text":
            fields += [_int(6, _UTF8), _record(10, _record(1))]
        elif column.kind == "time":
            microseconds = _record(2, _record(2))
            fields += [_int(6, _TIMESTAMP_MICROS), _record(10, _record(8, (1, _TRUE, b""), microseconds))]
        yield _fields(*fields)


def _column_chunk(column: Column, rows: int, place: int, raw_size: int, size: int) -> bytes:
    described = _record(
        3,
        _int(1, _TYPES[column.kind]),
        _list(2, _I32, [_zigzag(_PLAIN), _zigzag(_RLE)]),
        _list(3, _BINARY, [_counted(column.name)]),
        _int(4, _GZIP),
        _int(5, rows, _I64),
        _int(6, raw_size, _I64),
        _int(7, size, _I64),
        _int(9, place, _I64),
    )
    return _fields(_int(2, place, _I64), described)


def _page(kind: Kind, values: Sequence[Value]) -> tuple[bytes, int]:
    """Return a column's page with its header, and the size that both would have without compression."""
    there = np.packbits([value is not None for value in values], bitorder="little").tobytes()
    levels = _varint(len(there) << 1 | 1) + there  # which values are there: one run of bits
    raw = struct.pack("<I", len(levels)) + levels + _plain(kind, [v for v in values if v is not None])
    packed = gzip.compress(raw, _GZIP_LEVEL, mtime=0)
    described = _record(5, _int(1, len(values)), _int(2, _PLAIN), _int(3, _RLE), _int(4, _RLE))
    header = _fields(_int(1, _DATA_PAGE), _int(2, len(raw)), _int(3, len(packed)), described)
    return header + packed, len(header) + len(raw)


def _plain(kind: Kind, values: Sequence[Value]) -> bytes:
    match kind:
        case "flag":
            return np.packbits(np.array(values, bool), bitorder="little").tobytes()
        case "whole":
            return np.array(values, "<i8").tobytes()
        case "number":
            return np.array(values, "<f8").tobytes()
        case "time":
            moments = cast("Sequence[datetime]", values)
            return np.array([(m - _EPOCH) // timedelta(microseconds=1) for m in moments], "<i8").tobytes()
        case "text":
            texts = [str(value).encode() for value in values]
            return b"".join(struct.pack("<I", len(text)) + text for text in texts)


def _fields(*fields: _Field) -> bytes:
    """Return a Thrift struct. Numbers of fields grow by less than 16 here."""
    parts = []
    last = 0
    for number, kind, value in fields:
        parts.append(bytes([number - last << 4 | kind]) + value)
        last = number
    return b"".join(parts) + b"\0"


def _record(number: int, *fields: _Field) -> _Field:
    return number, _STRUCT, _fields(*fields)


def _int(number: int, value: int, kind: int = _I32) -> _Field:
    return number, kind, _zigzag(value)


def _text(number: int, text: str) -> _Field:
    return number, _BINARY, _counted(text)


def _list(number: int, kind: int, items: Sequence[bytes]) -> _Field:
    few = len(items) < 15
    head = bytes([len(items) << 4 | kind]) if few else bytes([0xF0 | kind]) + _varint(len(items))
    return number, _LIST, head + b"".join(items)


def _counted(text: str) -> bytes:
    content = text.encode()
    return _varint(len(content)) + content


def _zigzag(value: int) -> bytes:
    return _varint(value << 1)  # nothing here is negative


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
