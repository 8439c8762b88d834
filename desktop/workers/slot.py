"""Latest-wins slot: how frames cross threads without ever queueing."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds the newest item only; an item replaced before it was taken is dropped and counted."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._item: T | None = None
        self._dropped = 0
        self._closed = False

    def put(self, item: T) -> bool:
        """Store `item`; return True if the slot was empty, so that the taker must be told."""
        with self._condition:
            was_empty = self._item is None
            if not was_empty:
                self._dropped += 1
            self._item = item
            self._condition.notify()
            return was_empty

    def take(self, timeout_s: float = 0.0) -> T | None:
        """Return the newest item once, waiting up to `timeout_s` for it; None if there is none or closed."""
        with self._condition:
            if self._item is None and timeout_s > 0 and not self._closed:
                self._condition.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return item

    def clear(self) -> None:
        """Forget a waiting item without counting it as dropped."""
        with self._condition:
            self._item = None

    def close(self) -> None:
        """Wake a waiting taker for good."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def wait_closed(self, timeout_s: float) -> None:
        """Rest for `timeout_s` unless the slot is closed meanwhile."""
        with self._condition:
            if timeout_s > 0:
                self._condition.wait_for(lambda: self._closed, timeout_s)

    @property
    def dropped(self) -> int:
        """Number of items replaced before they were taken."""
        with self._condition:
            return self._dropped
