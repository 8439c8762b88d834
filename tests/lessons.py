"""Lessons for tests: what was recorded, without a camera; stored as a recorder would store it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from desktop.paths import DataDir
from desktop.segments import Marker
from desktop.settings import Settings
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, store_for

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SHARES = np.array([0.05, 0.01, 0.03, 0.22, 0.50, 0.12, 0.07])
HAPPIER = np.array([-0.02, 0, -0.01, 0.10, -0.05, -0.03, 0.01])


def shares_with(lift: float) -> tuple[float, ...]:
    """Return shares whose mood index is 0.16 higher for every 1 of lift."""
    return tuple((SHARES + lift * HAPPIER).tolist())


def lesson_of(seed: int, lifts: Sequence[float], seconds: int = 120) -> list[Interval]:
    """Return a lesson of parts of `seconds` with a lift each."""
    rng = np.random.default_rng(seed)
    parts = [rng.dirichlet(60 * (SHARES + lift * HAPPIER), size=seconds) for lift in lifts]
    return [
        Interval(second, 10, 0, 12.0, 0.1, 0.5, tuple(each))
        for second, each in enumerate(np.concatenate(parts).tolist())
    ]


def stored(
    store: SessionStore,
    intervals: Sequence[Interval],
    markers: Sequence[Marker] = (),
    details: SessionDetails | None = None,
    day: float = 0,
) -> str:
    started = START + timedelta(days=day)
    record = store.create(
        details or SessionDetails("Physics", "9-B", "O. Kovalenko"), started, "m 1", "Webcam"
    )
    store.append_all(record.id, intervals)
    store.set_markers(record.id, markers)
    store.finish(record.id, started + timedelta(seconds=len(intervals)))
    return record.id


@contextmanager
def opened(folder: Path) -> Iterator[SessionStore]:
    """Open the store of a data folder that is made."""
    DataDir(folder).create()
    with closing(store_for(Settings(), DataDir(folder))) as made:
        yield made
