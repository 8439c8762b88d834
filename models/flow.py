"""Median Flow: where boxes went between two pictures, by pyramidal Lucas-Kanade, and how alike they look.

Kalal, Mikolajczyk, Matas 2010, "Forward-Backward Error: Automatic Detection of Tracking Failures".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Image

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Looks = npt.NDArray[np.float32]  # (n, PATCH * PATCH)

LONG_SIDE = 320  # pixels; a quarter of the work of 640, and a face moves half as many pixels per frame
POINTS = 200  # over all boxes, so that the time of a frame is bounded
WINDOW = 9  # pixels around each point
LEVELS = 2
PATCH = 12  # side of the patches that are compared
SEARCH_REACH = 0.45  # heights, to either side
IN_FRONT = 0.2  # by so much more a face must look like itself than one that it overlaps
MIN_SIDE = 16  # smaller pictures hold no face
GROWTH_SD = 0.004  # by how much a face's size usually changes from picture to picture
POINT_SD = 0.1  # reduced pixels: how far off a point is that was followed


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """A grey picture, reduced for flow; boxes are given in pixels of the picture it was made from."""

    image: Image
    scale: float  # reduced pixels per original pixel
    size: tuple[int, int]  # (width, height) of the original

    @staticmethod
    def of(grey: Image) -> "FlowPicture":
        """Reduce `grey`, (height, width)."""
        height, width = grey.shape
        scale = min(1.0, LONG_SIDE / max(height, width))
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        return FlowPicture(grey, scale, (width, height))


def median_flow(
    before: FlowPicture, after: FlowPicture, boxes: Array, likeness: Array | None = None
) -> tuple[Array, Flags]:
    """Return where `boxes`, (n, 4) centre x, centre y, width, height, went, and whether to trust it.

    Where two boxes overlap, a point counts only for the face in front, which is the one that looks clearly
    more like itself by `likeness` (n,); for nobody if that is not known. A box without enough points that
    lead there and back again is returned where it was.
    """
    count = len(boxes)
    if count == 0 or min(before.image.shape) < MIN_SIDE:
        return boxes.copy(), np.zeros(count, np.bool_)
    scaled = boxes * before.scale
    offsets = _grid(max(2, min(5, int((POINTS / count) ** 0.5))))
    start = scaled[:, None, :2] + offsets[None] * scaled[:, None, 2:]  # (n, k, 2)
    usable = ~_inside_others(start, scaled, np.zeros(count) if likeness is None else likeness)
    end, found = _lucas_kanade(before.image, after.image, start, start, LEVELS)
    step = end - start
    middle = _masked_median(step, usable & found)
    back, found_back = _lucas_kanade(after.image, before.image, end, end - middle[:, None], 0)
    height = scaled[:, 3:4]
    astray = back - start
    returned = np.hypot(astray[:, :, 0], astray[:, :, 1]) < np.maximum(0.5, 0.05 * height)
    good = usable & found & found_back & returned
    middle = _masked_median(step, good)
    good &= np.abs(step - middle[:, None]).max(axis=2) < np.maximum(1.0, 0.12 * height)
    enough = good.sum(axis=1) >= np.maximum(3, 0.3 * offsets.shape[0])
    move = _masked_median(step, good)
    moved = scaled.copy()
    moved[:, :2] += move
    moved[:, 2:] *= _growth(start, end, good)[:, None]
    moved[~enough] = scaled[~enough]
    return moved / after.scale, enough


def flow_through(pictures: Sequence[FlowPicture], boxes: Array) -> tuple[Array, Flags]:
    """Return where `boxes` went from the first picture to the last through all others, as `median_flow`."""
    trusted = np.ones(len(boxes), np.bool_)
    for before, after in pairwise(pictures):
        boxes, found = median_flow(before, after, boxes)
        trusted &= found
    return boxes, trusted


def no_looks() -> Looks:
    """Return the patches of no box at all."""
    return np.zeros((0, PATCH * PATCH), np.float32)


def patches(picture: FlowPicture, boxes: Array) -> Looks:
    """Return what is in each box (n, 4) as a patch of mean 0 and length 1, (n, PATCH * PATCH)."""
    count = len(boxes)
    if count == 0:
        return no_looks()
    ramp = _ramp()
    scaled = boxes * picture.scale
    maps = np.empty((2, count, PATCH, PATCH), np.float32)  # x and y of every point
    maps[0] = (scaled[:, 0:1] + ramp * scaled[:, 2:3] - 0.5)[:, None, :]
    maps[1] = (scaled[:, 1:2] + ramp * scaled[:, 3:4] - 0.5)[:, :, None]
    map_x, map_y = maps.reshape(2, count * PATCH, PATCH)
    sampled = cv2.remap(picture.image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    flat = sampled.reshape(count, -1).astype(np.float32)
    flat -= np.add.reduce(flat, axis=1, keepdims=True) / np.float32(PATCH * PATCH)
    length = np.sqrt(np.einsum("np,np->n", flat, flat))
    flat /= np.maximum(length, 1e-3)[:, None]
    return flat


def search(picture: FlowPicture, boxes: Array, looks: Looks) -> tuple[Array, Array]:
    """Return the place around each box (n, 4) that looks most like `looks`, and how alike it is, (n,)."""
    shifts = np.linspace(-SEARCH_REACH, SEARCH_REACH, 7)
    offsets = np.stack(np.meshgrid(shifts, shifts), axis=-1).reshape(-1, 2)
    places = np.repeat(boxes[:, None], len(offsets), axis=1)  # (n, 49, 4)
    places[:, :, :2] += offsets * boxes[:, None, 3:4]
    found = patches(picture, places.reshape(-1, 4)).reshape(len(boxes), len(offsets), PATCH * PATCH)
    alike = np.einsum("nkp,np->nk", found, looks)
    best = alike.argmax(axis=1)
    rows = np.arange(len(boxes))
    return places[rows, best], alike[rows, best].astype(np.float64)


def likeness(a: Looks, b: Looks) -> Array:
    """Return the correlation of the patches row by row, (n,), -1..1."""
    return np.asarray((a * b).sum(axis=1), np.float64)


def _lucas_kanade(
    before: Image, after: Image, points: Array, guess: Array, levels: int
) -> tuple[Array, Flags]:
    """Return where `points` (n, k, 2) went, looking around `guess` first, and whether they were found."""
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points.reshape(-1, 1, 2).astype(np.float32),
        guess.reshape(-1, 1, 2).astype(np.float32),
        winSize=(WINDOW, WINDOW),
        maxLevel=levels,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 8, 0.03),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return moved.reshape(points.shape).astype(np.float64), status.reshape(points.shape[:2]) == 1


def _inside_others(points: Array, boxes: Array, likeness: Array) -> Flags:
    """Return for every point (n, k) whether a box holds it that is not behind its own."""
    count = len(boxes)
    if count == 1:
        return np.zeros(points.shape[:2], np.bool_)
    centres, sizes = boxes[:, :2], boxes[:, 2:]
    reach = (0.6 * sizes[:, None] + sizes[None] + WINDOW) / 2
    near = (np.abs(centres[:, None] - centres[None]) < reach).all(axis=2)
    if near.sum() <= count:  # each only to itself
        return np.zeros(points.shape[:2], np.bool_)
    offset = np.abs(points[:, :, None, :] - boxes[None, None, :, :2])  # (n, k, m, 2)
    half = boxes[None, None, :, 2:] / 2 + WINDOW / 2
    inside: Flags = np.logical_and(offset[..., 0] < half[..., 0], offset[..., 1] < half[..., 1])
    inside &= (likeness[:, None] < likeness[None, :] + IN_FRONT)[:, None, :]
    inside[np.arange(count), :, np.arange(count)] = False
    return np.asarray(inside.any(axis=2), np.bool_)


def _masked_median(values: Array, mask: Flags) -> Array:
    """Return the median over axis 1 of (n, k, 2) where `mask` (n, k) holds; 0 where it never does."""
    ordered = np.sort(np.where(mask[:, :, None], values, np.inf), axis=1)
    count = mask.sum(axis=1)
    rows = np.arange(len(values))
    low = ordered[rows, np.maximum((count - 1) // 2, 0)]
    high = ordered[rows, np.minimum(count // 2, values.shape[1] - 1)]
    return np.where(count[:, None] > 0, (low + high) / 2, 0.0)


def _growth(start: Array, end: Array, good: Flags) -> Array:
    """Return by what factor the good points spread, 0.8..1.25.

    It is the least-squares scale, drawn towards 1 by what is known of faces (maximum a posteriori): the
    points of a face of a dozen pixels tell little, and its size would walk at random between searches.
    """
    weight = good[:, :, None]
    total = np.maximum(good.sum(axis=1), 1)[:, None, None]
    a = (start - (start * weight).sum(axis=1, keepdims=True) / total) * weight
    b = (end - (end * weight).sum(axis=1, keepdims=True) / total) * weight
    spread = (a * a).sum(axis=(1, 2))
    excess = (a * b).sum(axis=(1, 2)) - spread
    return np.asarray(np.clip(1 + excess / (spread + (POINT_SD / GROWTH_SD) ** 2), 0.8, 1.25), np.float64)


@cache
def _ramp() -> Array:
    """Return where the points of a patch lie in a box, (PATCH,), in box sizes from its centre."""
    return np.asarray((np.arange(PATCH) + 0.5) / PATCH - 0.5, np.float64)


@cache
def _grid(side: int) -> Array:
    """Return side x side points over the inner 60 % of a box, (side * side, 2), in box sizes."""
    ramp = np.linspace(-0.3, 0.3, side)
    return np.stack(np.meshgrid(ramp, ramp), axis=-1).reshape(-1, 2)
