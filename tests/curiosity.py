"""What a monkey remembers of the things that it saw, and which of them it presses next."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Final

Target = tuple[str, ...]  # the class of the window, of the widget, which one of those

LONGEST_WAY: Final = 5  # windows and menus that are opened one from the other
HOPES: Final = 25  # times that something is pressed for the sake of what was seen behind it


class Curiosity:
    """Prefers what was never pressed, then what leads there, then what was pressed least.

    How something is pressed is a number between 0 and 1, the way.
    """

    def __init__(self, dice: random.Random) -> None:
        self.pressed: Counter[Target] = Counter()
        self.seen: set[Target] = set()
        self._random = dice
        self._place: object = None  # where things were seen last
        self._last: tuple[Target, float] | None = None
        self._doors: dict[Target, tuple[Target, float]] = {}  # what was pressed before this was first seen

    @property
    def left(self) -> set[Target]:
        """What was seen and never pressed."""
        return self.seen - set(self.pressed)

    def see(self, place: object, targets: Sequence[Target]) -> None:
        """Remember what can be pressed in a window or menu, and what was pressed to come there."""
        if place is not self._place and self._last is not None and self._last[0] not in targets:
            for target in targets:
                self._doors.setdefault(target, self._last)
        self._place = place
        self.seen.update(targets)

    def press(self, target: Target, way: float) -> None:
        """Remember that this is pressed."""
        self.pressed[target] += 1
        self._last = target, way

    def choose(self, targets: Sequence[Target]) -> tuple[Target, float]:
        """Return what to press, and the way; often what curiosity says, else any."""
        chance, way = self._random.random(), self._random.random()
        if chance > 0.8:
            return self._random.choice(targets), way
        hopes = self._hopes()
        fresh = [target for target in targets if not self.pressed[target]]
        leading = [target for target in targets if target in hopes]
        if chance < 0.67 and fresh:
            return self._random.choice(fresh), way
        if chance < 0.67 and leading:
            target = self._random.choice(leading)
            return target, hopes[target]
        least = min(self.pressed[target] for target in targets)
        return self._random.choice([target for target in targets if self.pressed[target] == least]), way

    def _hopes(self) -> dict[Target, float]:
        """Return what leads to something that is left, and by which way it did."""
        hopes: dict[Target, float] = {}
        for target in self.left:
            door = self._doors.get(target)
            for _ in range(LONGEST_WAY):
                if door is None:
                    break
                if self.pressed[door[0]] < HOPES:
                    hopes[door[0]] = door[1]
                door = self._doors.get(door[0])
        return hopes
