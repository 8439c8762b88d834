"""Follows faces over frames and keeps their ids: flow on every frame, association whenever a scan is done.

Motion is SORT's Kalman filter driven by Median Flow between scans, association is ByteTrack's; see `motion`,
`flow` and `association`. Times are seconds throughout, never frames.
"""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.association import (
    ALIKE,
    ALIKE_AGAIN,
    SURE_SCORE,
    Pairs,
    Scan,
    associate,
    corners,
    covered,
    without_doubt,
)
from models.boxes import Box, Detection, Image
from models.evidence import LONGEST_S, Evidence
from models.flow import (
    Array,
    Flags,
    FlowPicture,
    flow_through,
    likeness,
    median_flow,
    no_looks,
    patches,
    search,
)
from models.motion import BoxFilters

UNSUPPORTED_S = 1.2  # neither flow nor scan knows where the face is
UNSEEN_S = 2.0  # flow goes on, but scans do not see a face there any more
UNSEEN_SCANS = 3  # so many scans must have missed it: a slow scanner is no reason to give up
TENTATIVE_SCANS = 3  # misses in a row that end a track which was never confirmed ...
TENTATIVE_S = 0.5  # ... if they took so long: with every frame searched they are over in no time
VISIBLE_S = 0.4  # a face unsupported for longer is kept in mind but not shown
MEMORY_S = 3.0  # how late a scan may come
MEMORY_PICTURES = 90
CATCH_UP_STEPS = 8  # pictures between a late scan and now that flow goes through
GAP_S = 2.0  # a jump of the clock this long, or back by it: another scene
MAX_TRACKS = 256
MAX_SEARCHED = 16  # lost faces looked for in one picture


@dataclass(frozen=True, slots=True)
class Track:
    """One followed face as it stands in the newest picture."""

    id: int  # lives in memory only
    box: Box  # pixels of the grey picture
    score: float  # of the last detection
    confirmed: bool  # seen often enough to be shown
    supported: bool  # found again in this very picture: worth classifying
    visible: bool  # supported now or a moment ago


@dataclass(slots=True)
class _Life:
    """What is known of a track besides its motion."""

    id: int
    score: float
    seen_s: float  # time of the last picture in which a scan saw it
    supported_s: float  # time of the last picture in which flow or a scan knew where it was
    confirmed: bool
    evidence: Evidence
    misses: int = 0  # scans in a row
    times: deque[float] = field(default_factory=deque)
    path: deque[Array] = field(default_factory=deque)  # boxes by flow alone, without corrections


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Where the detections of an earlier picture are now."""

    boxes: Array  # (n, 4)
    known: Flags  # (n,), else the box is where it was
    velocity: Array  # (n, 2) pixels per second


class FaceTracker:
    """Tracks of one moving picture. Used by one thread; the same input gives the same ids."""

    def __init__(self) -> None:
        self._next_id = 1
        self.reset()

    def reset(self) -> None:
        """Forget everything but the ids used so far: the next picture comes from somewhere else."""
        self._lives: list[_Life] = []
        self._filters = BoxFilters()
        self._looks = no_looks()  # of every track, when it was last detected
        self._likeness: Array = np.zeros(0)  # of every track now, to that
        self._pictures: deque[tuple[float, FlowPicture]] = deque(maxlen=MEMORY_PICTURES)
        self._now = self._since = 0.0
        self._searched_s = -math.inf  # time of the last picture that was searched

    @property
    def tracks(self) -> list[Track]:
        """Return all tracks in the newest picture, the tentative ones too."""
        boxes = corners(self._filters.boxes).tolist()
        return [
            Track(
                life.id,
                (x1, y1, x2, y2),
                life.score,
                life.confirmed,
                supported=life.supported_s >= self._now,
                visible=self._now - life.supported_s <= VISIBLE_S,
            )
            for life, (x1, y1, x2, y2) in zip(self._lives, boxes, strict=True)
        ]

    def follow(self, grey: Image, timestamp: float) -> list[Track]:
        """Move all tracks to the picture `grey` (height, width), taken at `timestamp` seconds."""
        picture = FlowPicture.of(grey)
        step_s = timestamp - self._now
        if not self._pictures or self._pictures[-1][1].size != picture.size or abs(step_s) > GAP_S:
            self.reset()
            self._now = self._since = timestamp
            self._pictures.append((timestamp, picture))
            return []
        before = self._pictures[-1][1]
        lost = [row for row in range(len(self._lives)) if self._adrift(row)]
        self._now = max(self._now, timestamp)
        self._pictures.append((self._now, picture))
        if self._lives:
            moved, trusted = median_flow(before, picture, self._filters.boxes, self._likeness)
            self._likeness = likeness(patches(picture, moved), self._looks)
            trusted &= self._likeness > ALIKE
            if lost:
                self._find_again(lost, moved, trusted, max(0.0, step_s))
            self._filters.predict(max(0.0, step_s), moved, trusted)
            for life, known in zip(self._lives, trusted.tolist(), strict=True):
                if known:
                    life.supported_s = self._now
            self._bury()
            self._remember()
        return self.tracks

    def _find_again(self, lost: list[int], moved: Array, trusted: Flags, step_s: float) -> None:
        """Look for the faces `lost` around where they should be; flow alone does not make them found."""
        trusted[lost] = False
        lost = lost[:MAX_SEARCHED]
        boxes = self._filters.boxes
        places, alike = search(self._pictures[-1][1], boxes[lost], self._looks[lost])
        for row, place, likely in zip(lost, places, alike.tolist(), strict=True):
            if likely > ALIKE_AGAIN and not covered(place, np.delete(boxes, row, axis=0)):
                moved[row], trusted[row], self._likeness[row] = place, True, likely
                boxes[row, :2] = place[:2] - self._filters.velocity[row] * step_s  # it did not leap there

    def correct(self, detections: Sequence[Detection], grey: Image, timestamp: float) -> None:
        """Take in what a scan found in the earlier picture `grey` of `timestamp`.

        It is compared with where the tracks were then, and its corrections are carried to now. A scan of a
        picture from before the last reset, or of another size, is ignored.
        """
        if not self._pictures:
            self.follow(grey, timestamp)
        picture = FlowPicture.of(grey)
        if picture.size != self._pictures[-1][1].size or not self._since <= timestamp <= self._now:
            return
        scan = Scan.of(detections, picture, timestamp)
        then = self._boxes_at(timestamp)
        confirmed = np.array([life.confirmed for life in self._lives], np.bool_)
        lost = np.array([life.supported_s < timestamp for life in self._lives], np.bool_)
        pairs = associate(then, confirmed, lost, self._looks, scan)
        new = self._unknown(pairs, then, scan)
        others = np.delete(then, [row for row, _ in pairs], axis=0)
        ahead = self._ahead(scan, others, needed=bool(new) or any(self._adrift(row) for row, _ in pairs))
        step_s = min(max(0.0, timestamp - self._searched_s), LONGEST_S)
        self._searched_s = timestamp
        self._note(pairs, scan, step_s)
        self._adjust(pairs, then, scan, ahead)
        self._start(new, scan, ahead, step_s)
        self._bury()

    def _adrift(self, row: int) -> bool:
        """Return whether nothing knows where this track is in the newest picture."""
        return self._lives[row].supported_s < self._now

    def _unknown(self, pairs: Pairs, then: Array, scan: Scan) -> list[int]:
        """Return the sure detections that are no known face nor another frame around one, best first."""
        matched = {column for _, column in pairs}
        new: list[int] = []
        for column in map(int, np.argsort(-scan.scores, kind="stable")):
            if column in matched or scan.scores[column] < SURE_SCORE:
                continue
            faces = np.vstack([then, scan.boxes[new]])
            if not covered(scan.boxes[column], faces) and len(self._lives) + len(new) < MAX_TRACKS:
                new.append(column)
        return new

    def _ahead(self, scan: Scan, others: Array, *, needed: bool) -> _Ahead:
        """Return where all detections went until now, `others` being the tracks that may stand in the way."""
        found = scan.boxes
        if not needed:
            return _Ahead(found, np.zeros(len(found), np.bool_), np.zeros((len(found), 2)))
        later = [picture for time_s, picture in self._pictures if time_s > scan.timestamp]
        stride = max(1, -(-len(later) // CATCH_UP_STEPS))
        moved, known = flow_through([scan.picture, *later[::-stride][::-1]], np.vstack([found, others]))
        moved, known = moved[: len(found)], known[: len(found)]
        newest = self._pictures[-1][1]
        known &= likeness(patches(newest, moved), scan.looks) > ALIKE
        moved = np.where(known[:, None], moved, found)
        age_s = self._now - scan.timestamp
        return _Ahead(
            moved, known, (moved - found)[:, :2] / age_s if age_s > 0 else np.zeros((len(found), 2))
        )

    def _note(self, pairs: Pairs, scan: Scan, step_s: float) -> None:
        """Note which tracks were seen and which were missed."""
        scores = {row: float(scan.scores[column]) for row, column in pairs}
        for row, life in enumerate(self._lives):
            score = scores.get(row)
            if score is not None:
                life.misses = 0
                life.score = score
                life.seen_s = max(life.seen_s, scan.timestamp)
            elif life.times[0] <= scan.timestamp:
                life.misses += 1
            else:
                continue  # it came up after the picture that was searched
            life.evidence.add(score, step_s)
            life.confirmed |= life.evidence.suffices

    def _adjust(self, pairs: Pairs, then: Array, scan: Scan, ahead: _Ahead) -> None:
        """Correct the boxes of the tracks that were seen, unless it may have been somebody else in front."""
        pairs = without_doubt(pairs, then, self._looks, scan)
        if not pairs:
            return
        rows = np.array([row for row, _ in pairs], np.intp)
        columns = np.array([column for _, column in pairs], np.intp)
        measured = (
            scan.boxes[columns] + self._filters.boxes[rows] - then[rows]
        )  # what flow did since the scan
        measured[:, 2:] = np.maximum(measured[:, 2:], 2.0)
        again = ahead.known[columns] & np.array([self._adrift(row) for row, _ in pairs])
        measured[again] = ahead.boxes[columns[again]]  # the track lost its flow, the detected face has some
        self._filters.correct(rows, measured)
        self._filters.velocity[rows[again]] = ahead.velocity[columns[again]]
        self._looks[rows] = scan.looks[columns]
        for row, is_known in zip(rows.tolist(), again.tolist(), strict=True):
            life = self._lives[row]
            life.supported_s = max(life.supported_s, self._now if is_known else scan.timestamp)

    def _start(self, new: list[int], scan: Scan, ahead: _Ahead, step_s: float) -> None:
        """Start a track for each of the detections `new`."""
        self._looks = np.vstack([self._looks, scan.looks[new]])
        self._likeness = np.append(self._likeness, np.ones(len(new)))
        self._filters.add(ahead.boxes[new], ahead.velocity[new])
        for column in new:
            score = float(scan.scores[column])
            evidence = Evidence()
            evidence.add(score, step_s)
            self._lives.append(
                _Life(
                    self._next_id,
                    score,
                    seen_s=scan.timestamp,
                    supported_s=self._now if ahead.known[column] else scan.timestamp,
                    confirmed=evidence.suffices,
                    evidence=evidence,
                    times=deque([scan.timestamp, self._now]),
                    path=deque([scan.boxes[column], ahead.boxes[column]]),
                )
            )
            self._next_id += 1

    def _boxes_at(self, timestamp: float) -> Array:
        """Return where the tracks were at an earlier moment, as far as is known today, (n, 4)."""
        boxes = self._filters.correction.copy()
        for row, life in enumerate(self._lives):
            boxes[row] += life.path[max(0, bisect_right(life.times, timestamp) - 1)]
        boxes[:, 2:] = np.maximum(boxes[:, 2:], 1.0)
        return boxes

    def _remember(self) -> None:
        path = self._filters.boxes - self._filters.correction
        for life, box in zip(self._lives, path, strict=True):
            life.times.append(self._now)
            life.path.append(box)
            while life.times[0] < self._now - MEMORY_S:
                life.times.popleft()
                life.path.popleft()

    def _bury(self) -> None:
        """Drop the tracks that have come to their end."""
        if not self._lives:
            return
        width, height = self._pictures[-1][1].size
        x, y, w, h = self._filters.boxes.T
        alive = (x > 0) & (y > 0) & (x < width) & (y < height)
        alive &= (w > 3) & (h > 3) & (w < 2 * width) & (h < 2 * height)
        alive &= np.array([self._lives_on(life) for life in self._lives])
        if not alive.all():
            self._filters.keep(alive)
            self._looks = self._looks[alive]
            self._likeness = self._likeness[alive]
            self._lives = [life for life, on in zip(self._lives, alive.tolist(), strict=True) if on]

    def _lives_on(self, life: _Life) -> bool:
        unseen_s = self._now - life.seen_s
        if not life.confirmed and life.misses >= TENTATIVE_SCANS and unseen_s >= TENTATIVE_S:
            return False
        if self._now - max(life.supported_s, life.seen_s) > UNSUPPORTED_S:
            return False
        if life.confirmed and life.misses >= UNSEEN_SCANS and life.evidence.wanes:
            return False
        return life.misses < UNSEEN_SCANS or unseen_s <= UNSEEN_S
