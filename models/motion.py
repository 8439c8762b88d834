"""Constant-velocity Kalman filters for many boxes at once, driven by flow where there is flow.

SORT (Bewley et al. 2016) with time in seconds. The same noise holds along x and y, in heights of the box, so
the covariance of a box is four numbers and the whole bank a few short NumPy lines.
"""

import numpy as np
import numpy.typing as npt

from models.flow import Array, Flags

DETECTION = 0.08**2  # variance of a detector's box, squared heights
DETECTION_SIZE = 0.10**2
FLOW_DRIFT = 0.06**2  # per second of flow
SIZE_DRIFT = 0.06**2
ACCELERATION = 1.5**2  # how abruptly a head moves: heights per second, squared, per second
FLOW_NOISE = 0.06  # heights, of one step: what it says of the velocity
VELOCITY_AT_START = 1.0**2
DAMPING_S = 1.0  # an unseen face slows down


class BoxFilters:
    """The filtered boxes of all tracks, row by row: centre x, centre y, width, height."""

    def __init__(self) -> None:
        self.boxes: Array = np.zeros((0, 4))
        self.velocity: Array = np.zeros((0, 2))  # of the centre, pixels per second
        self.correction: Array = np.zeros(
            (0, 4)
        )  # sum of what detections changed: boxes - correction is flow alone
        self._variance: Array = np.zeros((0, 4))  # position, position-velocity, velocity, size

    def __len__(self) -> int:
        return len(self.boxes)

    def add(self, boxes: Array, velocity: Array) -> None:
        """Start filters at `boxes` (m, 4) with velocities (m, 2)."""
        start = np.array([DETECTION, 0.0, VELOCITY_AT_START, DETECTION_SIZE])
        self.boxes = np.vstack([self.boxes, boxes])
        self.velocity = np.vstack([self.velocity, velocity])
        self.correction = np.vstack([self.correction, np.zeros_like(boxes)])
        self._variance = np.vstack([self._variance, np.tile(start, (len(boxes), 1))])

    def keep(self, kept: Flags) -> None:
        """Drop the filters where `kept` (n,) is False."""
        self.boxes = self.boxes[kept]
        self.velocity = self.velocity[kept]
        self.correction = self.correction[kept]
        self._variance = self._variance[kept]

    def predict(self, step_s: float, moved: Array, trusted: Flags) -> None:
        """Go on by `step_s`: to `moved` (n, 4) where flow can be trusted, else by the velocity."""
        position, cross, speed, size = self._variance.T
        coasting = ~trusted
        step = moved[:, :2] - self.boxes[:, :2]
        self.velocity[coasting] *= np.exp(-step_s / DAMPING_S)
        self.boxes[coasting, :2] += self.velocity[coasting] * step_s
        self.boxes[trusted] = moved[trusted]
        position += np.where(
            trusted,
            FLOW_DRIFT * step_s,
            2 * cross * step_s + speed * step_s**2 + ACCELERATION * step_s**3 / 3,
        )
        cross += np.where(trusted, 0.0, speed * step_s + ACCELERATION * step_s**2 / 2)
        speed += ACCELERATION * step_s
        size += SIZE_DRIFT * step_s
        if step_s > 0:
            gain = np.where(trusted, speed / (speed + (FLOW_NOISE / step_s) ** 2), 0.0)
            self.velocity += gain[:, None] * (step / step_s - self.velocity)
            speed *= 1 - gain
            cross *= 1 - gain

    def correct(self, index: npt.NDArray[np.intp], measured: Array) -> None:
        """Draw the filters `index` towards the boxes `measured` (m, 4) of the same moment."""
        position, cross, speed, size = self._variance[index].T
        error = measured - self.boxes[index]
        total = position + DETECTION
        gains = np.repeat(np.stack([position / total, size / (size + DETECTION_SIZE)], axis=1), 2, axis=1)
        change = gains * error
        self.boxes[index] += change
        self.correction[index] += change
        self.velocity[index] += (cross / total)[:, None] * error[:, :2]
        kept = DETECTION / total
        self._variance[index] = np.stack(
            [position * kept, cross * kept, speed - cross**2 / total, size * (1 - gains[:, 3])], axis=1
        )
