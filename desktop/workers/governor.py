"""The governor: how often a computer that is too slow for every frame analyses one."""

import math

STEPS_HZ = (20.0, 15.0, 10.0, 7.5, 5.0, 3.0, 2.0)
WINDOW_S = 1.0  # over which the load is looked at
FEWEST = 4  # frames in it
PATIENCE = 3  # windows in a row that are too much
ENOUGH = 0.8  # share of the frames that must be analysed where all should be
ROOM = 0.7  # share of the time that the next rate may take
LATE = 0.3  # share of pictures that come while the window still paints: then it needs the processor
PICTURE_FLOOR_HZ = 10.0  # for the picture's sake the analysis is lowered no further
HOLD_S = 5.0  # before a rate is raised; doubled whenever that was too much
LONGEST_HOLD_S = 80.0
FORGIVEN_S = 60.0  # a raised rate that lasted so long was right


class Governor:
    """Lowers the rate of analysis when the computer can not keep up, and raises it again when it can.

    Told of every analysed frame by one thread, on a clock in seconds; `rate_hz` may be read by another.
    """

    def __init__(self) -> None:
        self.rate_hz: float | None = None  # None: every frame
        self._next = 0.0  # when the next frame is due at that rate
        self._bad = 0  # windows in a row
        self._calm_since: float | None = None
        self._raised_at = -math.inf
        self._hold_s = HOLD_S
        self._begin(0.0, 0, 0)

    @property
    def lowered(self) -> bool:
        """Return whether some frames are left out on purpose."""
        return self.rate_hz is not None

    def rest_s(self, now: float) -> float:
        """Return how long to wait before the next frame is analysed."""
        if self.rate_hz is None:
            return 0.0
        return min(max(0.0, self._next - now), 1 / self.rate_hz)

    def note(self, started: float, ended: float, dropped: int, late: int) -> None:
        """Note one analysis. So far `dropped` frames found it busy, and `late` pictures the window."""
        if self.rate_hz is not None:
            self._next = max(self._next, started - 1 / self.rate_hz) + 1 / self.rate_hz
        if not self._taken or started - self._started > 3 * WINDOW_S:  # the first, or after a gap
            self._begin(started, dropped, late)
        self._taken += 1
        self._busy_s += ended - started
        length_s = ended - self._started
        offered = self._taken + dropped - self._dropped
        if length_s >= WINDOW_S and offered >= FEWEST:
            self._judge(ended, length_s, offered, (late - self._late) / offered)
            self._begin(ended, dropped, late)

    def _begin(self, now: float, dropped: int, late: int) -> None:
        self._started, self._dropped, self._late = now, dropped, late
        self._taken = 0
        self._busy_s = 0.0

    def _judge(self, now: float, length_s: float, offered: int, late: float) -> None:
        cost_s = self._busy_s / self._taken
        behind = self._taken < ENOUGH * offered
        too_much = behind if self.rate_hz is None else cost_s * self.rate_hz > 1
        too_much |= late > LATE and (self.rate_hz or math.inf) > PICTURE_FLOOR_HZ
        self._bad = self._bad + 1 if too_much else 0
        if self._bad >= PATIENCE:
            self._lower(now, self._taken / length_s)
        elif not too_much and self.rate_hz is not None:
            self._raise_in_time(now, cost_s, offered / length_s, late)

    def _lower(self, now: float, achieved_hz: float) -> None:
        if now - self._raised_at < FORGIVEN_S:
            self._hold_s = min(2 * self._hold_s, LONGEST_HOLD_S)
        else:
            self._hold_s = HOLD_S
        most = min(achieved_hz * 1.01, (self.rate_hz or math.inf) - 0.1)
        self.rate_hz = next((step for step in STEPS_HZ if step <= most), STEPS_HZ[-1])
        self._bad = 0
        self._calm_since = None

    def _raise_in_time(self, now: float, cost_s: float, offered_hz: float, late: float) -> None:
        """Raise the rate by a step after some time in which the next one would have been no trouble."""
        rate = self.rate_hz or math.inf
        above = [step for step in STEPS_HZ if rate < step < 0.9 * offered_hz]
        if cost_s * (above[-1] if above else offered_hz) > ROOM or late > LATE / 2:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= self._hold_s:
            self.rate_hz = above[-1] if above else None
            self._raised_at = now
            self._calm_since = None
