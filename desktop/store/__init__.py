"""Sessions on disk: class-level intervals in SQLite, or in any database that SQLAlchemy can talk to."""

from desktop.store.errors import StoreError, UnknownSessionError
from desktop.store.records import DETAIL_LIMITS, Merged, SessionRecord, StoredSession
from desktop.store.store import SessionStore, store_for

__all__ = [
    "DETAIL_LIMITS",
    "Merged",
    "SessionRecord",
    "SessionStore",
    "StoreError",
    "StoredSession",
    "UnknownSessionError",
    "store_for",
]
