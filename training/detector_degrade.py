"""What a poor camera and a full room do to a picture: light, blur, noise, JPEG, things before faces."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.boxes import Image
from training.detector_teacher import Boxes


@dataclass(frozen=True, slots=True)
class Degradation:
    """How often each harm is done; 0 for none."""

    covered: float = 0.12  # per face
    grey: float = 0.2
    light: float = 0.6
    tint: float = 0.3
    small: float = 0.15
    blur: float = 0.2
    noise: float = 0.25
    jpeg: float = 0.3


NONE = Degradation(covered=0, grey=0, light=0, tint=0, small=0, blur=0, noise=0, jpeg=0)


def cover_faces(image: Image, faces: Boxes, degradation: Degradation, rng: np.random.Generator) -> None:
    """Put a hand, mask or desk (a plain or striped patch) over up to four tenths of some faces, in place."""
    for x1, y1, x2, y2 in faces:
        if rng.random() >= degradation.covered:
            continue
        width, height = x2 - x1, y2 - y1
        share = rng.uniform(0.15, 0.4)
        match rng.integers(4):
            case 0:  # from below
                area = (x1 - width * 0.1, y2 - share * height, x2 + width * 0.1, y2 + height * 0.1)
            case 1:  # from above
                area = (x1 - width * 0.1, y1 - height * 0.1, x2 + width * 0.1, y1 + share * height * 0.8)
            case 2:  # from the left
                area = (x1 - width * 0.1, y1, x1 + share * width, y2)
            case _:
                area = (x2 - share * width, y1, x2 + width * 0.1, y2)
        left, top = (max(0, round(v)) for v in area[:2])
        right, bottom = (max(0, round(v)) for v in area[2:])
        patch = image[top:bottom, left:right]
        if patch.size == 0:
            continue
        if rng.random() < 0.5:
            patch[:] = rng.integers(0, 256, 3)
        else:  # another place of the same picture
            y = int(rng.integers(0, image.shape[0] - patch.shape[0] + 1))
            x = int(rng.integers(0, image.shape[1] - patch.shape[1] + 1))
            patch[:] = image[y : y + patch.shape[0], x : x + patch.shape[1]].copy()


def degrade(image: Image, degradation: Degradation, rng: np.random.Generator) -> Image:
    """Return the picture as a webcam might have given it."""
    height, width = image.shape[:2]
    if rng.random() < degradation.small:  # fewer pixels than it pretends to have
        ratio = rng.uniform(0.5, 0.9)
        small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    if rng.random() < degradation.blur:
        image = _blur(image, rng)
    image = _relight(image, degradation, rng)
    if rng.random() < degradation.grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8)
    if rng.random() < degradation.noise:
        strength = abs(rng.normal(0, 8))
        grain = rng.standard_normal((height, width, 1), np.float32) * strength
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if rng.random() < degradation.jpeg:
        quality = int(rng.integers(25, 90))
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert decoded is not None  # noqa: S101 - tells mypy
        image = decoded.astype(np.uint8, copy=False)
    return image


def _blur(image: Image, rng: np.random.Generator) -> Image:
    if rng.random() < 0.6:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6)).astype(np.uint8)
    length = int(rng.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    turn = rng.uniform(0, np.pi)
    reach = np.array([np.cos(turn), np.sin(turn)]) * middle
    cv2.line(
        kernel,
        (round(middle - reach[0]), round(middle - reach[1])),
        (round(middle + reach[0]), round(middle + reach[1])),
        1.0,
    )
    return cv2.filter2D(image, -1, kernel / kernel.sum()).astype(np.uint8)


def _relight(image: Image, degradation: Degradation, rng: np.random.Generator) -> Image:
    """Return the picture under another light: exposure, contrast, colour."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    curve = np.repeat(levels, 3, axis=1)
    if rng.random() < degradation.light:
        curve = curve ** np.exp(rng.normal(0, 0.35))
        contrast = np.exp(rng.normal(0, 0.2))
        curve = (curve - 0.5) * contrast + 0.5 + rng.normal(0, 0.06)
        if rng.random() < 0.2:  # a dim room
            curve = curve * rng.uniform(0.2, 0.7)
    if rng.random() < degradation.tint:
        curve = curve * np.exp(rng.normal(0, 0.12, 3))
    table = np.clip(curve * 255, 0, 255).astype(np.uint8)[:, None, :]
    return cv2.LUT(image, table).astype(np.uint8, copy=False)
