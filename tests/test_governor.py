"""The governor on a made-up computer: it lowers the rate of analysis when need be, and raises it again."""

from collections.abc import Callable

from desktop.workers.governor import FORGIVEN_S, HOLD_S, Governor

FPS = 30.0


class Computer:
    """Analyses a camera's frames as `AnalysisWorker` does, in virtual time."""

    def __init__(self) -> None:
        self.governor = Governor()
        self.now = 0.0
        self.taken = 0  # index of the frame analysed last
        self.dropped = 0
        self.late = 0.0
        self.rates: list[float | None] = []

    def run(self, seconds: float, cost_s: float | Callable[[float | None], float], late: float = 0.0) -> None:
        """Go on for a while; an analysis takes `cost_s`, and `late` of the pictures find the window busy."""
        end = self.now + seconds
        while self.now < end:
            self.now += self.governor.rest_s(self.now)
            newest = int(self.now * FPS)
            if newest == self.taken:
                newest += 1
                self.now = newest / FPS
            self.dropped += newest - self.taken - 1
            self.late += late * (newest - self.taken)
            self.taken = newest
            started = self.now
            self.now += cost_s(self.governor.rate_hz) if callable(cost_s) else cost_s
            self.governor.note(started, self.now, self.dropped, round(self.late))
            self.rates.append(self.governor.rate_hz)


def test_a_computer_that_keeps_up_analyses_every_frame() -> None:
    computer = Computer()
    computer.run(60, 0.025)
    assert set(computer.rates) == {None}
    assert computer.dropped == 0


def test_a_slow_computer_analyses_as_often_as_it_can() -> None:
    computer = Computer()
    computer.run(6, 0.09)
    assert computer.governor.rate_hz == 10.0
    before = computer.dropped
    computer.run(10, 0.09)
    analysed = 10 * FPS - (computer.dropped - before)
    assert 95 <= analysed <= 103  # ten a second, evenly


def test_a_moment_of_work_elsewhere_changes_nothing() -> None:
    computer = Computer()
    computer.run(10, 0.01)
    computer.run(2, 0.2)
    computer.run(10, 0.01)
    assert set(computer.rates) == {None}


def test_the_rate_rises_again_step_by_step_when_there_is_time() -> None:
    computer = Computer()
    computer.run(10, 0.09)
    computer.run(60, 0.01)
    assert computer.governor.rate_hz is None
    steps = [rate for rate, before in zip(computer.rates[1:], computer.rates, strict=False) if rate != before]
    assert steps == [10.0, 15.0, 20.0, None]


def test_a_computer_that_gets_still_slower_is_asked_for_still_less() -> None:
    computer = Computer()
    computer.run(10, 0.09)
    computer.run(10, 0.3)
    assert computer.governor.rate_hz == 3.0
    computer.run(20, 2.0)
    assert computer.governor.rate_hz == 2.0  # no less


def test_a_rate_that_was_too_much_is_tried_less_and_less_often() -> None:
    def cost_s(rate_hz: float | None) -> float:
        return 0.05 if rate_hz is None else 0.02  # the picture needs what the analysis leaves

    computer = Computer()
    computer.run(400, cost_s)
    changes = [
        rate for rate, before in zip(computer.rates[1:], computer.rates, strict=False) if rate != before
    ]
    raised = changes.count(None)
    assert 1 <= raised <= 400 / (8 * HOLD_S)
    lowered_share = sum(rate is not None for rate in computer.rates) / len(computer.rates)
    assert lowered_share > 0.6


def test_a_raised_rate_that_lasts_is_forgotten() -> None:
    computer = Computer()
    computer.run(10, 0.09)
    computer.run(30 + FORGIVEN_S, 0.01)
    assert computer.governor.rate_hz is None
    computer.run(10, 0.09)
    computer.run(4 * HOLD_S, 0.01)
    assert computer.governor.rate_hz is None  # as soon as the first time


def test_a_window_that_can_not_paint_in_time_gets_the_processor() -> None:
    computer = Computer()
    computer.run(60, 0.02, late=0.5)
    assert computer.governor.rate_hz == 10.0  # and no less: it would not help the picture


def test_a_gap_in_the_picture_is_no_load() -> None:
    computer = Computer()
    for _ in range(20):
        computer.run(0.5, 0.01)
        computer.now += 10  # a camera that was unplugged
        computer.taken = int(computer.now * FPS)
    assert set(computer.rates) == {None}
