"""Sessions on disk: class-level intervals in SQLite, or in any database that SQLAlchemy can talk to."""

from desktop.store.errors import StoreError, UnknownSessionError
from desktop.store.records import DETAIL_LIMITS, SessionRecord
from desktop.store.store import SessionStore, store_for

__all__ = ["DETAIL_LIMITS", "SessionRecord", "SessionStore", "StoreError", "UnknownSessionError", "store_for"]
