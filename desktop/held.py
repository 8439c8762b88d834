"""What is to be logged before there is a log: kept, and told once somebody listens."""

import logging
import sys
from types import TracebackType

_Uncaught = tuple[type[BaseException], BaseException, TracebackType | None]


class HeldBack:
    """Keeps log records and uncaught errors of the first moments from the terminal, which is not for them."""

    def __init__(self) -> None:
        self._errors: list[_Uncaught] = []
        self._log = _Records()
        logging.getLogger().addHandler(self._log)
        sys.excepthook = self._on_error

    def tell_log(self) -> None:
        """Let go of the records: from now on the log hears everything itself."""
        root = logging.getLogger()
        root.removeHandler(self._log)
        records, self._log.records = self._log.records, []
        for record in records:
            root.handle(record)

    def tell_errors(self) -> None:
        """Let go of the errors: from now on somebody else hears of them."""
        if sys.excepthook == self._on_error:
            sys.excepthook = sys.__excepthook__
        errors, self._errors = self._errors, []
        for error in errors:
            sys.excepthook(*error)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._errors.append((kind, error, trace))


class _Records(logging.Handler):
    """A handler that only collects."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)
