"""Short forms of the tests that break things, for `make test`, and their long forms, for `make chaos`."""

import random
from collections.abc import Iterator

import pytest

CHAOS = pytest.mark.chaos


def times(*, short: int, long: int, name: str = "times") -> pytest.MarkDecorator:
    """Run a test with `times=short` in `make test` and with `times=long` in `make chaos`."""
    return pytest.mark.parametrize(name, [short, pytest.param(long, marks=CHAOS)])


def report(figures: str) -> None:
    """Say what came out, for docs/reliability.md: `make chaos` shows it."""
    print(figures)  # noqa: T201


def seeded(times: int, seed: int = 7) -> Iterator[random.Random]:
    """Yield a source of randomness for each trial, the same ones in every run."""
    for trial in range(times):
        yield random.Random(f"{seed}-{trial}")
