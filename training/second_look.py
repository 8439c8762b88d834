"""How much the face check weighs beside the cascade, and how sure it must be of what is large."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.boxes import Image
from models.detectors import HaarDetector, joined_logit, second_opinions
from models.face_check import FaceCheck, doubted, logit
from training.detector_data import Pictures
from training.detector_evaluate import SAME
from training.errors import TrainingError
from training.face_check_data import Counts, Places, count_looks, is_unclear, looks, most_shared

AMOUNTS = (0.0, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0)  # logits of doubt
BANDS = ((0, 64), (64, 80), (80, 100), (100, 128), (128, 160), (160, 10_000))  # pixels of a box's height
LOWERED = (0.0, 0.5, 1.0, 1.5)  # logits by which the fitted constant may be less
_LONGEST_SIDE = 640  # pixels of a picture that the cascade searches

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Finds:
    """What the cascade finds: logits (n,) by votes, the check's (n,), the largest share with a face (n,)."""

    votes: Array
    opinions: Array
    shares: Array

    @property
    def faces(self) -> Rows:
        """Return which finds are faces."""
        found: Rows = self.shares >= SAME
        return found

    @property
    def clear(self) -> Rows:
        """Return which finds are a face or no face; the others are not judged."""
        return ~is_unclear(self.shares)


def gather_finds(
    pictures: Pictures, check_file: Path, counts: Counts, seed: int, progress: Callable[[int, int], None]
) -> Finds:
    """Return what the cascade finds in pictures made as for the check, the held-out ones.

    Raises ModelError if the check can not be run and TrainingError if nothing is found.
    """
    check, cascade = FaceCheck(check_file), HaarDetector(checked=False)
    votes: list[float] = []
    parts: list[tuple[Array, Array]] = []
    total = count_looks(pictures, counts)
    for done, look in enumerate(looks(pictures, counts, seed, np.random.default_rng(seed)), 1):
        image, zoom = _reduced(look.image)
        if found := cascade.detect(image):
            votes += [one.score for one in found]
            shares = most_shared([one.box for one in found], look.faces * zoom)
            parts.append((second_opinions(check, image, found), shares))
        progress(done, total)
    if not parts:
        raise TrainingError("The cascade finds nothing in these pictures. Give more of them.")
    opinions, all_shares = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Finds(logit(np.array(votes)), opinions, all_shares)


def weigh_votes(finds: Finds) -> dict[str, float]:
    """Return how much votes, check and a constant weigh, by logistic regression on what is clear.

    Raises TrainingError if all finds are faces, or none.
    """
    known = finds.faces[finds.clear]
    if known.all() or not known.any():
        raise TrainingError(
            f"Of {known.size} finds {known.sum()} are faces: some must be, and some not. Give more pictures."
        )
    columns = np.stack([finds.votes, finds.opinions], axis=1)[finds.clear]
    fit = LogisticRegression(C=10.0).fit(columns, known)
    votes, check = (float(weight) for weight in fit.coef_[0])
    return {"votes": votes, "check": check, "constant": float(fit.intercept_[0])}


def passes(finds: Finds, weights: dict[str, float]) -> dict[str, tuple[int, int]]:
    """Return how many faces and how many others pass, by who decides."""
    fitted = weights["votes"] * finds.votes + weights["check"] * finds.opinions + weights["constant"]
    deciding = {"votes alone": finds.votes, "in use": joined_logit(finds.votes, finds.opinions)}
    deciding |= {f"fitted, {less:.1f} less": fitted - less for less in LOWERED}
    answer = {}
    for name, logits in deciding.items():
        surely = (logits >= 0) & finds.clear
        answer[name] = (int((surely & finds.faces).sum()), int((surely & ~finds.faces).sum()))
    return answer


def by_height(scores: npt.NDArray[np.float32], places: Places) -> dict[str, dict[str, dict[str, float]]]:
    """Return by amount of doubt and height recall and precision of what the check takes for faces.

    `scores` are the check's of held-out places, as `FaceCheck.judge` gives them.
    """
    bands = {_name(low, high): (places.heights >= low) & (places.heights < high) for low, high in BANDS}
    bands |= {"80 and more": places.heights >= 80, "all": np.ones(len(places.faces), np.bool_)}
    answer = {}
    for most in AMOUNTS:
        taken = doubted(scores, places.heights, most) >= 0.5
        answer[f"{most:.2f}"] = {
            name: _figures(taken[rows], places.faces[rows]) for name, rows in bands.items()
        }
    return answer


def _figures(taken: Rows, faces: Rows) -> dict[str, float]:
    right = int((taken & faces).sum())
    return {
        "places": len(faces),
        "recall": round(right / max(1, int(faces.sum())), 4),
        "precision": round(right / max(1, int(taken.sum())), 4),
    }


def _name(low: int, high: int) -> str:
    return f"{low} to {high}" if high < BANDS[-1][1] else f"{low} and more"


def _reduced(image: Image) -> tuple[Image, float]:
    """Return the picture at the size of the window's search, and by how much it is smaller."""
    zoom = min(1.0, _LONGEST_SIDE / max(image.shape[:2]))
    if zoom == 1.0:
        return image, zoom
    smaller = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    return smaller.astype(np.uint8, copy=False), zoom
