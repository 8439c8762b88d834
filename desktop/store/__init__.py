"""Sessions on disk: class-level intervals in SQLite, or in any database that SQLAlchemy can talk to."""

from desktop.statistics import DETAIL_LIMITS
from desktop.store.claims import Claims, may_continue
from desktop.store.erasing import delete_for_good, erase_everything
from desktop.store.errors import StoreError, UnknownSessionError
from desktop.store.handover import HandoverStore, Waiting, hand_over, recording_store_for, waiting_store_for
from desktop.store.records import Merged, SessionRecord, StoredSession
from desktop.store.store import SessionStore, store_for

__all__ = [
    "DETAIL_LIMITS",
    "Claims",
    "HandoverStore",
    "Merged",
    "SessionRecord",
    "SessionStore",
    "StoreError",
    "StoredSession",
    "UnknownSessionError",
    "Waiting",
    "delete_for_good",
    "erase_everything",
    "hand_over",
    "may_continue",
    "recording_store_for",
    "store_for",
    "waiting_store_for",
]
