"""Qt, loaded without what PySide6 would do to every import after it."""

import builtins
import importlib


def load_qt() -> None:
    """Import PySide6, and leave Python's own `__import__` in its place.

    PySide6 puts one in front that reads and keeps the source of every module imported from then on: it looks
    for `from __feature__ import`, which nothing here says. That is 27 MB and a tenth of a second.
    """
    plain = builtins.__import__
    importlib.import_module("PySide6.QtCore")
    builtins.__import__ = plain
