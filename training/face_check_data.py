"""Places for the face check to learn from: what the face detector proposes in composed and real pictures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.boxes import Box, Image, iou_matrix
from models.face_check import cut_place
from models.learned import PROPOSED, LearnedDetector
from training.detector_compose import WIDTH, Composer
from training.detector_data import Picture, Pictures
from training.detector_degrade import Degradation, degrade
from training.detector_evaluate import SAME
from training.detector_teacher import Boxes
from training.face_check_stencils import print_stencils

_UNCLEAR = 0.25  # a place that shares so much with a face, and less than SAME, is not learned from
_MOST = 40  # proposals of one picture
_SIDES = (256, 320, 384, 416)  # of the detector's input for a scene
_MILD = Degradation(covered=0.08, grey=0.15, small=0.12, blur=0.15, noise=0.2, jpeg=0.25)
_ANYWHERE = 2  # places of a picture that nobody proposed
_TELLABLE = 24.0  # pixels in the detector's input: nobody tells a smaller print from a face

_NOTHING: Boxes = np.zeros((0, 4))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pictures are made: composed ones, and some with faces printed on things."""

    composed: int
    printed: int


@dataclass(frozen=True, slots=True)
class Look:
    """A picture with its faces, the prints in it that are none, and the side of the detector's input."""

    image: Image
    faces: Boxes
    side: int
    prints: Boxes = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Places:
    """Cut-out places, BGR (n, 32, 32, 3), the detector's scores of them, and whether they hold a face."""

    images: Image
    scores: npt.NDArray[np.float32]  # -1 where the detector did not propose the place
    faces: npt.NDArray[np.bool_]
    heights: npt.NDArray[np.float32]  # of the places' boxes in their pictures, pixels


def gather(
    pictures: Pictures,
    detector: Path,
    counts: Counts,
    seed: int,
    progress: Callable[[int, int], None],
    *,
    learn: bool,
) -> Places:
    """Return the places that `detector` proposes in pictures made for it and in those they are made of.

    To `learn` from, places around faces and prints and anywhere are added, and unclear ones left out, prints
    too small to tell from faces among them; without, they are what the application will meet. Raises
    ModelError if the detector can not be run.
    """
    rng = np.random.default_rng(seed)
    finder = LearnedDetector(detector, PROPOSED, checked=False)
    images: list[Image] = []
    scores: list[float] = []
    faces: list[bool] = []
    heights: list[float] = []
    total = count_looks(pictures, counts)
    for done, look in enumerate(looks(pictures, counts, seed, rng), 1):
        found = finder.detect(look.image, look.side)[:_MOST]
        places, sure = [one.box for one in found], [one.score for one in found]
        if learn:
            places += [_beside(face, rng) for face in look.faces if rng.random() < 0.5]
            places += [_beside(stencil, rng) for stencil in look.prints]
            places += [_anywhere(look.image, rng) for _ in range(_ANYWHERE) if rng.random() < 0.25]
            sure += [-1.0] * (len(places) - len(sure))
        shares = most_shared(places, look.faces)
        unclear = is_unclear(shares) | _too_small(places, look)
        for place, score, shared, doubtful in zip(places, sure, shares, unclear, strict=True):
            if not (learn and doubtful):
                images.append(cut_place(look.image, place))
                scores.append(score)
                faces.append(bool(shared >= SAME))
                heights.append(place[3] - place[1])
        progress(done, total)
    return Places(
        np.stack(images),
        np.array(scores, np.float32),
        np.array(faces, np.bool_),
        np.array(heights, np.float32),
    )


def count_looks(pictures: Pictures, counts: Counts) -> int:
    """Return how many pictures `looks` yields."""
    real = (pictures.scenes, pictures.empty, pictures.drawings, pictures.portraits[::3])
    return counts.composed + counts.printed + sum(map(len, real))


def looks(pictures: Pictures, counts: Counts, seed: int, rng: np.random.Generator) -> Iterator[Look]:
    """Yield what the detector looks at, small and large."""
    composer = Composer(pictures, seed, _MILD)
    for number in range(counts.composed):
        yield Look(*composer.compose(number), WIDTH)
    for number in range(counts.printed):
        image, faces, stencils = print_stencils(pictures, seed, number)
        yield Look(degrade(image, _MILD, rng), faces, int(rng.choice(_SIDES)), stencils)
    parts: tuple[tuple[Sequence[Picture], Callable[[], float]], ...] = (
        ((*pictures.scenes, *pictures.empty), lambda: rng.choice(_SIDES)),
        (pictures.drawings, lambda: rng.uniform(100, 300)),
        (pictures.portraits[::3], lambda: rng.uniform(50, 220)),
    )
    for some, side in parts:
        for picture in some:
            yield Look(picture.image, picture.faces, int(side()))


def _too_small(places: Sequence[Box], look: Look) -> npt.NDArray[np.bool_]:
    """Return which places lie on a print that the detector sees in too few pixels."""
    zoom = look.side / max(look.image.shape[:2])
    heights = np.array([y2 - y1 for _, y1, _, y2 in places]) * zoom
    small: npt.NDArray[np.bool_] = (most_shared(places, look.prints) > 0) & (heights < _TELLABLE)
    return small


def _beside(face: Sequence[float] | npt.NDArray[np.float64], rng: np.random.Generator) -> Box:
    """Return a box a little beside a face's."""
    x1, y1, x2, y2 = (float(value) for value in face)
    size = float(np.exp(rng.normal(0, 0.1))) / 2
    x = (x1 + x2) / 2 + float(rng.normal(0, 0.06)) * (x2 - x1)
    y = (y1 + y2) / 2 + float(rng.normal(0, 0.06)) * (y2 - y1)
    return (x - (x2 - x1) * size, y - (y2 - y1) * size, x + (x2 - x1) * size, y + (y2 - y1) * size)


def _anywhere(image: Image, rng: np.random.Generator) -> Box:
    """Return a box of a face's shape anywhere."""
    height = float(np.exp(rng.uniform(np.log(8), np.log(100))))
    x, y = float(rng.uniform(0, image.shape[1])), float(rng.uniform(0, image.shape[0]))
    return (x - height * 0.4, y - height / 2, x + height * 0.4, y + height / 2)


def is_unclear(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return of places that share so much with a face whether they are neither it nor beside it."""
    unclear: npt.NDArray[np.bool_] = (shares >= _UNCLEAR) & (shares < SAME)
    return unclear


def most_shared(places: Sequence[Box], faces: Boxes) -> npt.NDArray[np.float64]:
    """Return for every place the largest intersection over union with a face."""
    if not places or not len(faces):
        return np.zeros(len(places))
    shared: npt.NDArray[np.float64] = iou_matrix(np.array(places, np.float64), faces).max(axis=1)
    return shared


def by_threshold(
    scores: npt.NDArray[np.float32], faces: npt.NDArray[np.bool_]
) -> dict[str, tuple[float, float]]:
    """Return by threshold the share of the proposed faces that stay, and of what stays that is a face."""
    answer = {}
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        stays = scores >= threshold
        right = int((stays & faces).sum())
        answer[f"{threshold:.1f}"] = (
            round(right / max(1, int(faces.sum())), 4),
            round(right / max(1, int(stays.sum())), 4),
        )
    return answer
