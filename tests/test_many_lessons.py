"""A school year of lessons: 1,000 of 45 minutes with 30 faces list in 0.3 seconds and compare in 3."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from desktop.report import compared, comparison_page, page_html
from desktop.report.kinds import KindComparison
from desktop.segments import KINDS, Marker
from desktop.statistics import Interval, SessionDetails
from desktop.store import SessionStore, rows, schema
from desktop.store.records import new_record
from models.errors import said

LESSONS, SECONDS = 1000, 45 * 60
SHARES = np.array([0.05, 0.01, 0.03, 0.22, 0.50, 0.12, 0.07])


def fill(store: SessionStore) -> None:
    """Store the lessons as a recorder would, many in one transaction."""
    start = datetime(2025, 9, 1, 8, tzinfo=UTC)
    rng = np.random.default_rng(1)
    for number in range(LESSONS):
        shares = rng.dirichlet(60 * SHARES, size=SECONDS).tolist()
        intervals = [Interval(s, 10, 0, 30.0, 0.1, 0.5, tuple(each)) for s, each in enumerate(shares)]
        details = SessionDetails(f"Course {number % 12}", f"{number % 20}-A", f"Teacher {number % 40}")
        began = start + timedelta(hours=6 * number)
        record = new_record(f"{number:08d}-0000-4000-8000-000000000000", details, began, "m 1", "Webcam")
        with store._database.writing(said("fill")) as connection:
            connection.execute(insert(schema.session_table).values(rows.session_row(record)))
            rows.add_intervals(connection, record.id, intervals)
            row = rows.session(connection, record.id)
            assert row is not None
            markers = [Marker(SECONDS * n // 5, KINDS[(n + number) % 5]) for n in range(5)]
            rows.replace_markers(connection, row, markers)
            rows.end_session(connection, row, began + timedelta(seconds=SECONDS))


@pytest.mark.chaos
def test_a_thousand_lessons_of_45_minutes_list_and_compare_in_time(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'year.db'}"
    with closing(SessionStore(address)) as store:
        fill(store)
    with closing(SessionStore(address)) as store:  # opened anew: nothing is remembered
        started = time.process_time()
        assert len(store.list()) == LESSONS
        assert time.process_time() - started < 0.3
        for what in ("teacher", "group", "course", "kind"):
            started = time.process_time()
            comparison = compared(store, what)
            page_html(comparison_page(comparison, "en"))
            assert time.process_time() - started < 3
        assert isinstance(comparison, KindComparison)
        assert len(comparison.differences) == 10
