"""Average faces for the demo classroom: means of many aligned pictures of one emotion, nobody's portrait."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.boxes import Image
from models.emotion import EMOTIONS, FACE_SIZE
from training.data import Faces, FaceSet, majority
from training.errors import TrainingError

SIDE = 192  # of the averages, in pixels
FEWEST = 100  # pictures behind one average
MOST = 160  # the most alike of a cluster; more of them only blur
AGREEMENT = {  # share of the ten taggers that must agree on an emotion; sure ones are rarer among the sad
    "angry": 0.6,
    "happy": 0.9,
    "neutral": 0.8,
    "sad": 0.6,
    "surprise": 0.7,
}  # of fear and disgust too few different pictures are agreed on: their averages read as something else
VARIANTS = {"angry": 4, "happy": 7, "neutral": 7, "sad": 5, "surprise": 6}

_POOL = 1800  # pictures of one emotion that are aligned; the alignment takes a few ms each
_STEPS = ((cv2.MOTION_EUCLIDEAN, 9), (cv2.MOTION_AFFINE, 5))  # motion, smoothing
_KEPT = 0.6  # share of an emotion's pictures that are used: those that the alignment fits best
_ALIKE = 0.55  # mean correlation below which an average is only a blur
_SAME = 0.75  # correlation of the details of two pictures above which they are copies
_LOST = 0.3  # a map that fits less is forgotten
_Float = npt.NDArray[np.float32]
_Warps = npt.NDArray[np.float32]  # (n, 2, 3): from the reference's pixels to the picture's


@dataclass(frozen=True, slots=True)
class Average:
    """One average face and how many pictures are in it."""

    emotion: str
    variant: int
    count: int
    image: Image  # grey, (192, 192)

    @property
    def file_name(self) -> str:
        """Name of its file, as the demo classroom looks for it."""
        return f"{self.emotion}_{self.variant}.png"


def make_averages(faces: FaceSet, progress: Callable[[str], object], seed: int = 0) -> list[Average]:
    """Return the averages of all emotions that enough pictures agree on.

    `progress` is called with each emotion's name when it is done. Raises TrainingError without votes.
    """
    if faces.votes is None:
        raise TrainingError("Averages need the FER+ votes, which say how sure an emotion is: give --votes.")
    labels = majority(faces.votes)
    agreement = faces.votes.max(axis=1) / np.maximum(faces.votes.sum(axis=1), 1)
    averages: list[Average] = []
    for emotion, sure in AGREEMENT.items():
        index = EMOTIONS.index(emotion)
        rows = np.flatnonzero((labels == index) & (agreement >= sure - 1e-6))
        rows = rows[np.argsort(-agreement[rows], kind="stable")][: 2 * _POOL]
        rows = rows[distinct(faces.faces[rows])][:_POOL]
        if len(rows) >= FEWEST:
            averages += _averages_of(emotion, faces.faces[rows], VARIANTS[emotion], seed)
        progress(emotion)
    if not averages:
        raise TrainingError(f"No emotion has {FEWEST} pictures that the taggers agree on.")
    return averages


def write_averages(averages: list[Average], out: Path) -> None:
    """Write the pictures, faces.json with their counts, and README.md into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for average in averages:
        _, data = cv2.imencode(".png", average.image)
        (out / average.file_name).write_bytes(data.tobytes())
    about = {}
    for average in averages:
        fields = asdict(average)
        del fields["image"]
        about[average.file_name] = fields
    (out / "faces.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    (out / "README.md").write_text(_readme(averages), encoding="utf-8")


def align(faces: Faces, reference: _Float, warps: _Warps) -> tuple[_Warps, _Float]:
    """Return the affine maps that lay each face on `reference`, and how their details correlate, -1..1.

    Enhanced correlation coefficient, which light does not disturb (Evangelidis and Psarakis 2008), from
    coarse to fine, started from `warps`; a face keeps the map that fitted best.
    """
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-4)
    mask = _oval(FACE_SIZE)
    inside = mask > 0
    goal = _details(reference)

    def fit(face: Image, warp: _Float) -> float:
        return float((_details(_warp(face, warp, FACE_SIZE)) * goal)[inside].mean())

    found, fits = warps.copy(), np.empty(len(faces), np.float32)
    for row, face in enumerate(faces):
        details = _details(face.astype(np.float32))
        fits[row] = fit(face, found[row])
        warp = np.eye(2, 3, dtype=np.float32) if fits[row] < _LOST else found[row]
        for motion, smoothing in _STEPS:
            start = warp.copy()
            try:
                _, moved = cv2.findTransformECC(goal, details, start, motion, criteria, mask, smoothing)
            except cv2.error:  # does not converge
                continue
            warp = np.asarray(moved, np.float32)
            if _is_moderate(warp) and (better := fit(face, warp)) > fits[row]:
                found[row], fits[row] = warp, better
    return found, fits


def distinct(faces: Faces, warps: _Warps | None = None) -> npt.NDArray[np.int64]:
    """Return the rows that are left when of copies of a picture, mirrored ones too, only the first stays.

    FER2013 holds many a picture several times, up to 10 times; a mean must not show one person ten times.
    """
    if len(faces) == 0:
        return np.arange(0)
    if warps is None:
        warps = np.tile(np.eye(2, 3, dtype=np.float32), (len(faces), 1, 1))
    inside = _oval(FACE_SIZE) > 0
    aligned = [_details(_warp(face, warp, FACE_SIZE)) for face, warp in zip(faces, warps, strict=True)]
    looks = _unit_rows(np.stack([details[inside] for details in aligned]))
    mirrored = _unit_rows(np.stack([details[:, ::-1][inside] for details in aligned]))
    same = np.maximum(looks @ looks.T, looks @ mirrored.T) >= _SAME
    kept = np.zeros(len(faces), bool)
    for row, copies in enumerate(same):
        kept[row] = not (copies & kept).any()
    return np.flatnonzero(kept)


def mean_face(faces: Faces, warps: _Warps, side: int) -> _Float:
    """Return the mean of the aligned faces, each brought to mean 0 and deviation 1 before, (side, side)."""
    total = np.zeros((side, side), np.float32)
    for face, warp in zip(faces, warps, strict=True):
        total += _standardised(_warp(face, warp, side))
    return (total / max(len(faces), 1)).astype(np.float32)


def _averages_of(emotion: str, faces: Faces, variants: int, seed: int) -> list[Average]:
    warps = np.tile(np.eye(2, 3, dtype=np.float32), (len(faces), 1, 1))
    reference = _mirrored(mean_face(faces, warps, FACE_SIZE))  # upright and frontal to begin with
    fits = np.ones(len(faces), np.float32)
    for _ in range(3):
        warps, fits = align(faces, reference, warps)
        good = fits >= np.quantile(fits, 0.3)
        reference = _mirrored(mean_face(faces[good], warps[good], FACE_SIZE))
    order = np.argsort(-fits, kind="stable")
    order = order[distinct(faces[order], warps[order])]  # copies cut out differently show now
    if len(order) < FEWEST:
        return []
    keep = order[: max(round(len(order) * _KEPT), FEWEST)]
    groups = _cluster(faces[keep], warps[keep], variants, seed)
    pictures = [_sharpest(faces[keep[group]], warps[keep[group]]) for group in groups]
    pictures.sort(key=lambda picture: -picture[0])
    clear = [picture for picture in pictures[:variants] if picture[0] >= _ALIKE] or pictures[:1]
    clear.sort(key=lambda picture: -_surround(picture[2]))
    return [Average(emotion, variant, count, image) for variant, (_, count, image) in enumerate(clear)]


def _sharpest(faces: Faces, warps: _Warps) -> tuple[float, int, Image]:
    """Return the mean of the faces most alike: (their mean correlation with it, how many, the picture)."""
    best = np.arange(len(faces))
    fits = np.zeros(len(faces), np.float32)
    for _ in range(2):
        reference = mean_face(faces[best], warps[best], FACE_SIZE)
        warps, fits = align(faces, reference, warps)
        best = np.argsort(-fits, kind="stable")[: min(MOST, max(FEWEST, round(0.8 * len(faces))))]
    return float(fits[best].mean()), len(best), _finish(mean_face(faces[best], warps[best], SIDE))


def _surround(image: Image) -> float:
    """Return the mean grey around a face: variants are numbered from light to dark hair and background."""
    return float(image[_oval(len(image)) == 0].mean())


def _cluster(faces: Faces, warps: _Warps, variants: int, seed: int) -> list[npt.NDArray[np.int64]]:
    """Return rows of faces that look alike: groups of FEWEST or more, best a few more than `variants`."""
    side = 24
    inside = _oval(side) > 0
    looks = np.stack(
        [_standardised(_warp(face, warp, side))[inside] for face, warp in zip(faces, warps, strict=True)]
    )
    centred = looks - looks.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    points = (centred @ directions[:, -12:]).astype(np.float32)  # the principal components
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-4)
    best: list[npt.NDArray[np.int64]] = [np.arange(len(faces))]
    for count in range(2, len(faces) // FEWEST + 1):
        cv2.setRNGSeed(seed)
        _, labels, _ = cv2.kmeans(points, count, np.empty(0, np.int32), criteria, 10, cv2.KMEANS_PP_CENTERS)
        groups = [np.flatnonzero(labels[:, 0] == group) for group in range(count)]
        groups = [group for group in groups if len(group) >= FEWEST]  # a smaller one holds what fits nowhere
        if len(groups) > len(best):
            best = groups
        if len(best) >= variants + 2:
            break
    return best


def _warp(face: Image, warp: npt.NDArray[np.float32], side: int) -> _Float:
    step = FACE_SIZE / side
    to_reference = np.array([[step, 0, step / 2 - 0.5], [0, step, step / 2 - 0.5], [0, 0, 1]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    matrix = warp.astype(np.float64) @ to_reference
    moved = cv2.warpAffine(
        face.astype(np.float32), matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def _mirrored(mean: _Float) -> _Float:
    return np.ascontiguousarray((mean + mean[:, ::-1]) / 2)


def _standardised(image: _Float) -> _Float:
    inside = image[_oval(len(image)) > 0]
    return np.asarray((image - inside.mean()) / max(float(inside.std()), 1e-3), np.float32)


def _details(image: _Float) -> _Float:
    """Return eyes, brows and mouth without the slow change of light over a face."""
    return _standardised(image - cv2.GaussianBlur(image, (0, 0), len(image) / 12))


def _is_moderate(warp: _Float) -> bool:
    """Return whether a map neither mirrors nor stretches, turns or moves a face far."""
    stretch = np.linalg.svd(warp[:, :2], compute_uv=False)
    return bool(np.linalg.det(warp[:, :2]) > 0 and stretch[1] > 0.7 and stretch[0] < 1.4)


def _unit_rows(rows: _Float) -> _Float:
    centred = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-6), np.float32)


@cache
def _oval(side: int) -> Image:
    mask = np.zeros((side, side), np.uint8)
    axes = (round(side * 0.4), round(side * 0.48))
    cv2.ellipse(mask, (side // 2, round(side * 0.52)), axes, 0, 0, 360, 255, -1)
    return mask


def _finish(mean: _Float) -> Image:
    """Return a mean as a picture: a little sharper, with the light and contrast of a photograph."""
    fine = (
        mean
        + 0.8 * (mean - cv2.GaussianBlur(mean, (0, 0), 3))
        + 0.5 * (mean - cv2.GaussianBlur(mean, (0, 0), 8))
    )
    return np.clip(_standardised(fine) * 48 + 132, 0, 255).astype(np.uint8)


def _readme(averages: list[Average]) -> str:
    rows = "\n".join(
        f"| `{average.file_name}` | {average.emotion} | {average.count} |" for average in averages
    )
    return (
        "# Faces of the demo classroom\n\n"
        f"Average faces: each is the mean of at least {FEWEST} aligned pictures of one emotion out of\n"
        "FER2013's Training rows, chosen by the FER+ votes; of copies of a picture only one is in it.\n"
        "Nobody in particular is shown. Made by `python -m training averages`; `faces.json` says the same\n"
        "as this table. Variants are numbered from light to dark surroundings. Fear and disgust are not\n"
        "here: too few different pictures are agreed on, and their averages read as something else.\n\n"
        f"| file | emotion | pictures in the mean |\n| --- | --- | --- |\n{rows}\n"
    )
