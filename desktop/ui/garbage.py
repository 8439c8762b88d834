"""Python's garbage collector, kept on the GUI thread and between two events."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


class GarbageCollection(QObject):
    """Collects instead of Python, as long as it runs.

    Left alone, Python collects wherever an allocation comes to its threshold: on a worker thread, or in a
    `changeEvent` in the middle of Qt's restyling. Widgets that are garbage are destroyed there, and Qt
    crashes on the pointers to them that it still holds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)

    def start(self) -> None:
        """Take over; what exists now is kept for good, so that a collection is quick."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect as it likes again."""
        self._timer.stop()
        gc.enable()

    def collect_if_due(self) -> None:
        """Collect the generations that Python would have collected."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
