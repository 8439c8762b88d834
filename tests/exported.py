"""The lesson that the tests of export and import write."""

from datetime import datetime, timedelta, timezone

from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore

STARTED = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=2)))
SHARES = (0.05, 0.05, 0.05, 0.5, 0.2, 0.1, 0.05)
HOSTILE = '=HYPERLINK("http://x","y")'
DETAILS = SessionDetails(HOSTILE, "7-Б", "@О. Коваль", '-2+3, "note"\nsecond line')
MARKERS = (Marker(2, "lecture"), Marker(4, "+quiz"))


def record(store: SessionStore, details: SessionDetails = DETAILS, seconds: int = 6) -> str:
    session_id = store.create(details, STARTED, "emotion-yolov8n 0.1.0", "demo").id
    intervals = [Interval(n, 9, 1, 5.0, 0.1, 0.5, SHARES) for n in range(seconds - 1)]
    store.append_all(session_id, [*intervals, Interval(seconds - 1, 0, 0, 0.0, 0.0, 0.0, None)])
    store.set_markers(session_id, MARKERS)
    store.finish(session_id, STARTED + timedelta(seconds=seconds))
    return session_id
