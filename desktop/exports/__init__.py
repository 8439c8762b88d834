"""Sessions in files of other programs (CSV, Excel, Parquet), and as JSON that another Classmood reads."""

from desktop.exports.errors import ExportError, ImportFileError
from desktop.exports.imports import files_in, read_sessions
from desktop.exports.writing import FORMATS, Format, export_sessions

__all__ = [
    "FORMATS",
    "ExportError",
    "Format",
    "ImportFileError",
    "export_sessions",
    "files_in",
    "read_sessions",
]
