"""The same picture more than once: exact copies, and copies that were cut, scaled, lit or mirrored anew."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.emotion import FACE_SIZE
from training.data import Faces, Labels

ALIKE = 0.93  # cosine of two perceptual hashes from which pictures are compared pixel by pixel
SAME = 0.75  # correlation of their details from which they are copies: just above it, 34 of 40 pairs were

_COEFFICIENTS = 10  # lowest frequencies along each side that make the hash
_BLOCK = 1024  # rows compared at a time
_MARGIN = 4  # pixels by which a copy may be shifted
_Float = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Copies:
    """Which pictures are copies of each other."""

    pairs: Labels  # (n, 2), rows of near duplicates, exact ones among them
    exact: Labels  # (n,), for every picture the first row that is identical with it
    groups: Labels  # (n,), for every picture the smallest row that near duplicates lead to


def find_copies(faces: Faces, progress: Callable[[int, int], object] | None = None) -> Copies:
    """Return all copies; `progress` is called with (done, all) pictures."""
    exact = identical(faces)
    firsts = np.flatnonzero(exact == np.arange(len(faces)))
    different = faces[firsts]
    details: dict[int, _Float] = {}
    found = [
        (firsts[one], firsts[other])
        for one, other, mirrored in _candidates(different, progress)
        if _alike(different, details, one, other, mirrored=mirrored) >= SAME
    ]
    copies = np.flatnonzero(exact != np.arange(len(faces)))
    pairs = np.array([*found, *zip(exact[copies], copies, strict=True)], np.int64).reshape(-1, 2)
    return Copies(pairs, exact, _connected(len(faces), pairs))


def identical(faces: Faces) -> Labels:
    """Return for every picture the row of the first picture identical with it."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(face.tobytes(), row) for row, face in enumerate(faces)], np.int64)


def perceptual_hashes(faces: Faces) -> tuple[_Float, _Float]:
    """Return the low frequencies of pictures and of their mirror images, (n, 100), each of length 1.

    Brightness is left out and light from one side counts half: they are what differs between copies.
    """
    steps = np.arange(FACE_SIZE)
    cosines = np.cos(np.pi * (2 * steps + 1) * np.arange(_COEFFICIENTS)[:, None] / (2 * FACE_SIZE))
    cosines = cosines.astype(np.float32)
    hashes = cosines @ faces.astype(np.float32) @ cosines.T
    hashes[:, 0, 0] = 0
    hashes[:, 0, 1] *= 0.5
    mirrored = hashes * np.where(np.arange(_COEFFICIENTS) % 2, -1, 1).astype(np.float32)
    length = np.maximum(np.linalg.norm(hashes, axis=(1, 2), keepdims=True), 1e-6)
    return (hashes / length).reshape(len(faces), -1), (mirrored / length).reshape(len(faces), -1)


def _candidates(faces: Faces, progress: Callable[[int, int], object] | None) -> list[tuple[int, int, bool]]:
    """Return pairs of rows (one < other, other mirrored) whose hashes are alike."""
    hashes, mirrored = perceptual_hashes(faces)
    found: list[tuple[int, int, bool]] = []
    for start in range(0, len(faces), _BLOCK):
        rows = hashes[start : start + _BLOCK]
        for flip, others in ((False, hashes), (True, mirrored)):
            ones, later = np.nonzero(rows @ others[start:].T > ALIKE)
            found += [
                (start + one, start + other, flip)
                for one, other in zip(ones.tolist(), later.tolist(), strict=True)
                if other > one
            ]
        if progress is not None:
            progress(min(start + _BLOCK, len(faces)), len(faces))
    return found


def _alike(faces: Faces, details: dict[int, _Float], one: int, other: int, *, mirrored: bool) -> float:
    """Return the correlation of two pictures' details at the shift where they fit best."""
    for row in (one, other):
        if row not in details:
            details[row] = _details(faces[row])
    inner = details[other][:, ::-1] if mirrored else details[other]
    inner = np.ascontiguousarray(inner[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN])
    return float(cv2.matchTemplate(details[one], inner, cv2.TM_CCOEFF_NORMED).max())


def _details(face: npt.NDArray[np.uint8]) -> _Float:
    """Return the edges and lines of a picture, without light and shade."""
    grey = face.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 3), np.float32)


def _connected(count: int, pairs: Labels) -> Labels:
    """Return for every row the smallest row that the pairs connect it with."""
    parents = list(range(count))

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    for one, other in pairs.tolist():
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return np.array([root(row) for row in range(count)], np.int64)
