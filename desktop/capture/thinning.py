"""Which frames of a source are wanted when a few a second will do."""

LONGEST_STEP_S = 0.05  # to the next frame, as far as that is foreseen


class Thinning:
    """Picks frames at an even rate. One thread asks; `rate_hz` may be set by another."""

    def __init__(self, rate_hz: float | None = None) -> None:
        self.rate_hz = rate_hz  # None: every frame
        self._due = float("-inf")

    def wants(self, now: float, fps: float | None) -> bool:
        """Return whether the frame that comes next is wanted; it was not waited for yet."""
        rate_hz = self.rate_hz
        if rate_hz is None:
            return True
        period_s = 1 / rate_hz
        coming = now + min(1 / fps if fps else LONGEST_STEP_S, LONGEST_STEP_S)
        if self._due > coming + period_s:
            self._due = coming  # the clock was set back, or the rate raised
        if coming < self._due:
            return False
        self._due = max(self._due, coming - period_s / 2) + period_s
        return True
