"""What can go wrong with files that sessions are written to or read from."""

from desktop.store import StoreError


class ExportError(StoreError):
    """Sessions can not be written to a file; the text says what happened, why, and what to do."""


class ImportFileError(StoreError):
    """A file is not an export of Classmood's, damaged, or newer; the text says which and what to do."""
