"""The judge of long runs notices what grows and what gets slower; ten minutes of a full class."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import CHAOS
from tests.program import ROOT, environment
from tests.soak import Sample, judge

MINUTES = 10
STEADY = Sample(0.0, 300.0, 200.0, 7, 19, 24.5, 20.0, 3, 20.0, 0.5)

Drift = Callable[[Sample, float], Sample]  # a sample as it would be so many hours after the start


def run(drift: Drift, minutes: int = 90) -> tuple[str, ...]:
    """Return what the judge has against a run that drifts."""
    samples = [
        drift(replace(STEADY, elapsed_s=float(seconds)), seconds / 3600)
        for seconds in range(10, minutes * 60, 10)
    ]
    return judge(samples).problems


def test_a_steady_run_has_no_problem() -> None:
    assert run(lambda sample, _: sample) == ()
    assert run(lambda sample, hours: replace(sample, rss_mb=300 + 4 * hours)) == ()


def test_what_the_first_minute_takes_does_not_count() -> None:
    assert run(lambda sample, hours: replace(sample, rss_mb=300 if hours > 1 / 60 else 200)) == ()


@pytest.mark.parametrize(
    ("drift", "says"),
    [
        (lambda sample, hours: replace(sample, rss_mb=300 + 9 * hours), "memory"),
        (lambda sample, hours: replace(sample, threads=7 + int(2 * hours)), "threads"),
        (lambda sample, hours: replace(sample, handles=19 + int(30 * hours)), "open files"),
        (lambda sample, hours: replace(sample, fps=24.5 - 4 * hours), "frame rate"),
        (lambda sample, hours: replace(sample, latency_ms=20 + 5 * hours), "latency"),
    ],
)
def test_what_grows_or_gets_slower_is_named(drift: Drift, says: str) -> None:
    (problem,) = run(drift)
    assert says in problem


def test_a_leak_shows_in_ten_minutes() -> None:
    assert run(lambda sample, hours: replace(sample, rss_mb=300 + 120 * hours), minutes=10)
    one_picture = 2.7
    assert not run(
        lambda sample, hours: replace(sample, rss_mb=300 + one_picture * (hours > 0.05)), minutes=10
    )


@CHAOS
def test_ten_minutes_with_twenty_faces_leave_everything_as_it_was(tmp_path: Path) -> None:
    ended = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-m", "tests.soak", "--minutes", str(MINUTES), "--out", str(tmp_path / "soak")],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=MINUTES * 60 + 120,
        check=False,
    )
    sys.stdout.write(ended.stdout)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["problems"] == []
