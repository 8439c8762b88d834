"""Kinds of segments over many lessons, each lesson compared with itself.

The mean of these differences carries Student's t over lessons. Where there are too few lessons for that, the
intervals within each lesson (moving-block bootstrap) are put together by the method of variance estimates
recovery (Zou and Donner 2008, doi:10.1002/sim.3095); these hold for the lessons at hand only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from desktop.report.estimates import (
    MIN_SECONDS,
    OUTCOMES,
    Estimates,
    Figures,
    between,
    figures_of,
    means,
    pooled,
)
from desktop.segments import UNMARKED
from desktop.store.kinds import KindShares

MIN_PAIRED: Final = 5  # lessons that have both kinds, for an interval between lessons
_MOST_KINDS: Final = 200  # teachers' own words may be many
_MOST_PAIRS: Final = 200
_MOST_LOOKED_INTO: Final = 10  # lessons that a bootstrap is run in, for pairs that few lessons have

Within = Callable[[str, str, str], Estimates | None]  # session, kind, other -> as its own bootstrap has it


@dataclass(frozen=True, slots=True)
class KindMean:
    """One kind of segment over all lessons that have it."""

    kind: str
    lessons: int
    means: Figures
    estimates: Estimates | None  # None below MIN_LESSONS


@dataclass(frozen=True, slots=True)
class KindDifference:
    """One kind minus another, each lesson compared with itself."""

    kind: str
    other: str
    lessons: int  # that have both
    means: Figures
    estimates: Estimates | None  # None: not enough data
    between_lessons: bool  # False: the interval holds for these lessons only


@dataclass(frozen=True, slots=True)
class KindComparison:
    """Kinds of segments over lessons."""

    lessons: int
    kinds: tuple[KindMean, ...]
    differences: tuple[KindDifference, ...]


def by_kind(shares: Iterable[KindShares], within: Within) -> KindComparison:
    """Return the kinds compared over lessons; `within` is asked for pairs that fewer than MIN_PAIRED have."""
    sessions: dict[str, dict[str, Figures]] = {}
    for each in shares:
        if each.kind != UNMARKED and each.shares is not None and each.seconds >= MIN_SECONDS:
            sessions.setdefault(each.session_id, {})[each.kind] = figures_of(each.shares)
    counted = Counter(kind for kinds in sessions.values() for kind in kinds)
    order = sorted(counted, key=lambda kind: (-counted[kind], kind))
    place = {kind: number for number, kind in enumerate(order)}
    both: dict[tuple[str, str], list[str]] = {}  # session ids
    for session_id, kinds in sessions.items():
        for other, kind in combinations(sorted(kinds, key=place.__getitem__), 2):
            both.setdefault((other, kind), []).append(session_id)
    ranked = sorted(both, key=lambda pair: (-len(both[pair]), place[pair[0]], place[pair[1]]))
    often = [pair for pair in ranked if len(both[pair]) >= MIN_PAIRED]
    rare: list[tuple[str, str]] = []
    looked_into: set[str] = set()
    for pair in ranked[len(often) :]:
        if len(looked_into.union(both[pair])) <= _MOST_LOOKED_INTO:
            rare.append(pair)
            looked_into.update(both[pair])
    return KindComparison(
        lessons=len(sessions),
        kinds=tuple(
            _mean(kind, [kinds[kind] for kinds in sessions.values() if kind in kinds])
            for kind in order[:_MOST_KINDS]
        ),
        differences=tuple(
            _difference(kind, other, sorted(both[other, kind]), sessions, within)
            for other, kind in [*often, *rare][:_MOST_PAIRS]
        ),
    )


def _mean(kind: str, figures: Sequence[Figures]) -> KindMean:
    return KindMean(kind, len(figures), means(figures), between(figures))


def _difference(
    kind: str,
    other: str,
    both: Sequence[str],
    sessions: Mapping[str, Mapping[str, Figures]],
    within: Within,
) -> KindDifference:
    differences = [
        {name: sessions[i][kind][name] - sessions[i][other][name] for name in OUTCOMES} for i in both
    ]
    if len(both) >= MIN_PAIRED:
        mean, estimates = means(differences), between(differences)
        return KindDifference(kind, other, len(both), mean, estimates, between_lessons=True)
    inside = [within(session_id, kind, other) for session_id in both]
    known = [estimates for estimates in inside if estimates is not None]
    together = pooled(known) if len(known) == len(both) else None
    return KindDifference(kind, other, len(both), means(differences), together, between_lessons=False)
