"""What the tests of the store record."""

from datetime import datetime, timedelta, timezone

from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore

STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=2)))
DETAILS = SessionDetails("Physics", "7-Б", "О. Коваль", "first lesson\nafter the holidays")
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)


def second(number: int, faces: float = 5.0) -> Interval:
    return Interval(number, 9, 1, faces, 0.1, 0.5, SHARES if faces else None)


def begin(store: SessionStore, details: SessionDetails = DETAILS) -> str:
    return store.create(details, STARTED, "emotion-yolov8n 0.1.0", "demo").id
