"""Training pictures of the face detector: scenes, mosaics and pasted faces, composed anew for every step."""

from collections.abc import Sequence

import cv2
import numpy as np

from models.boxes import Box, Image
from training.detector_data import Picture, Pictures, paint_over
from training.detector_degrade import Degradation, cover_faces, degrade
from training.detector_teacher import Boxes, Matrix, move_box

WIDTH, HEIGHT = 320, 192  # of a composed picture
SMALLEST_FACE = 7.0  # pixels of height in the network's input; smaller ones are background
_LAYOUTS = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 3))  # columns, rows
_LAYOUT_SHARES = (0.5, 0.14, 0.18, 0.12, 0.06)


class Composer:
    """Makes training pictures; the same number always gives the same picture."""

    def __init__(self, pictures: Pictures, seed: int = 0, degradation: Degradation | None = None) -> None:
        """Compose from `pictures`; `degradation` says how bad the camera may be."""
        self._pictures = pictures
        self._seed = seed
        self._degradation = degradation or Degradation()
        self._pasted = (pictures.portraits, pictures.tiles or pictures.portraits, pictures.scenes)
        self._faceless = (pictures.empty, pictures.drawings or pictures.empty, pictures.scenes)

    def compose(self, number: int) -> tuple[Image, Boxes]:
        """Return picture `number`, BGR (192, 320, 3), and the boxes of its faces, xyxy in pixels."""
        rng = np.random.default_rng((self._seed, number))
        canvas = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        canvas[:] = rng.integers(0, 256, 3)
        boxes: list[Boxes] = []
        columns, rows = _LAYOUTS[rng.choice(len(_LAYOUTS), p=_LAYOUT_SHARES)]
        for row in range(rows):
            for column in range(columns):
                x1, x2 = column * WIDTH // columns, (column + 1) * WIDTH // columns
                y1, y2 = row * HEIGHT // rows, (row + 1) * HEIGHT // rows
                found = self._fill(canvas[y1:y2, x1:x2], rng, alone=columns == 1)
                boxes.append(found + np.array([x1, y1, x1, y1]))
        faces = np.concatenate(boxes)
        if rng.random() < 0.55:
            faces = self._paste(canvas, faces, rng)
        cover_faces(canvas, faces, self._degradation, rng)
        return degrade(canvas, self._degradation, rng), faces

    def _fill(self, cell: Image, rng: np.random.Generator, *, alone: bool) -> Boxes:
        """Fill a cell with one picture, turned and resized; return its faces in the cell."""
        kinds = (self._pictures.scenes, self._pictures.portraits, *self._faceless[:2])
        kind = kinds[rng.choice(4, p=(0.64, 0.12, 0.16, 0.08) if alone else (0.55, 0.25, 0.1, 0.1))]
        if rng.random() < 0.7:
            behind = self._faceless[int(rng.random() < 0.25)]
            _draw(cell, choose(behind, rng), rng, reach=(1.1, 1.6), angle=0.0)
        return _draw(cell, choose(kind, rng), rng, reach=(0.75, 1.6), angle=_angle(rng))

    def _paste(self, canvas: Image, faces: Boxes, rng: np.random.Generator) -> Boxes:
        """Paste some faces of any size, and as many patches without, where no face is hidden by them."""
        for _ in range(rng.integers(1, 9)):
            empty = rng.random() < 0.4
            if empty:
                picture = choose(self._faceless[rng.choice(3, p=(0.2, 0.4, 0.4))], rng)
                found = place_without_face(picture, rng)
                if found is None:
                    continue
                face = found
            else:
                picture = choose(self._pasted[rng.choice(3, p=(0.25, 0.3, 0.45))], rng)
                row = picture.faces[rng.integers(len(picture.faces))]
                reach = np.abs((picture.faces[:, :2] + picture.faces[:, 2:]) / 2 - (row[:2] + row[2:]) / 2)
                if (reach.max(axis=1) < 1.5 * (row[3] - row[1])).sum() > 1:
                    continue  # its neighbours would come along without a box
                face = (float(row[0]), float(row[1]), float(row[2]), float(row[3]))
            pasted = _paste_face(canvas, picture.image, face, faces, rng)
            if pasted is not None and not empty:
                faces = np.concatenate([faces, pasted])
        return faces


def _draw(
    cell: Image, picture: Picture, rng: np.random.Generator, *, reach: tuple[float, float], angle: float
) -> Boxes:
    """Draw `picture` into `cell`; `reach` is its size against the smallest that covers the cell."""
    cell_height, cell_width = cell.shape[:2]
    height, width = picture.image.shape[:2]
    cover = max(cell_width / width, cell_height / height)
    scale = cover * np.exp(rng.uniform(*np.log(reach)))
    middle = np.array([width / 2, height / 2])
    if len(picture.faces):  # zoom in on one of its faces, more or less
        face = picture.faces[rng.integers(len(picture.faces))]
        face_height = face[3] - face[1]
        wanted = np.exp(rng.uniform(np.log(8), np.log(min(140, 0.85 * cell_height))))
        scale = np.clip(wanted / face_height, scale * 0.6, max(scale, min(2.5, 4 * cover)))
        middle = (face[:2] + face[2:]) / 2
    matrix = cv2.getRotationMatrix2D((0, 0), angle, scale)
    if rng.random() < 0.5:
        matrix[:, 0] *= -1
    target = rng.uniform(0.2, 0.8, 2) * (cell_width, cell_height)
    slack = 0.5 * np.array([width, height]) * scale - 0.5 * np.array([cell_width, cell_height])
    shift = target - matrix[:, :2] @ middle
    centre = matrix[:, :2] @ (width / 2, height / 2) + shift - (cell_width / 2, cell_height / 2)
    room = np.maximum(slack, 0.15 * np.array([cell_width, cell_height]))
    matrix[:, 2] = shift + np.clip(centre, -room, room) - centre  # no more bare cell than need be
    image, drawn = _shrunk(picture.image, matrix, float(scale))
    cv2.warpAffine(
        image,
        drawn,
        (cell_width, cell_height),
        dst=cell,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    faces = [_clip(move_box(face, matrix, angle), cell) for face in picture.faces]
    return np.array([face for face in faces if face is not None], np.float64).reshape(-1, 4)


def _clip(box: tuple[float, float, float, float], cell: Image) -> tuple[float, float, float, float] | None:
    """Return the part of a face's box inside the cell; one that shows too little is painted over."""
    height, width = cell.shape[:2]
    x1, y1, x2, y2 = box
    inner = (max(x1, 0.0), max(y1, 0.0), min(x2, float(width)), min(y2, float(height)))
    if inner[2] <= inner[0] or inner[3] <= inner[1] or y2 - y1 < SMALLEST_FACE:
        return None
    seen = (inner[2] - inner[0]) * (inner[3] - inner[1]) / ((x2 - x1) * (y2 - y1))
    if seen >= 0.55:
        return inner
    if seen > 0.15:
        paint_over(cell, inner)
    return None


def place_without_face(picture: Picture, rng: np.random.Generator) -> Box | None:
    """Return a place of a face's shape in the picture, also of hands and clothes; None if a face is near."""
    height, width = picture.image.shape[:2]
    side = float(np.exp(rng.uniform(np.log(12), np.log(min(height, width) * 0.9))))
    x, y = rng.uniform(0, width - side), rng.uniform(0, height - side)
    reach = side * 0.6  # what is pasted is larger
    for x1, y1, x2, y2 in picture.faces:
        if x1 < x + side + reach and x2 > x - reach and y1 < y + side + reach and y2 > y - reach:
            return None
    return (x, y, x + side * 0.8, y + side)


def _paste_face(
    canvas: Image, image: Image, face: Box, faces: Boxes, rng: np.random.Generator
) -> Boxes | None:
    """Blend what lies around `face` into the canvas at a random place and size; return its new box."""
    x1, y1, x2, y2 = face
    largest = 26 if rng.random() < 0.5 else 80
    wanted = float(np.exp(rng.uniform(np.log(SMALLEST_FACE + 1), np.log(largest))))
    scale = min(wanted / (y2 - y1), 2.5)
    around = rng.uniform(1.15, 2.0)  # side of the patch, in heights of the face
    side = int(around * (y2 - y1) * scale)
    if side < 8 or side > HEIGHT:
        return None
    angle = _angle(rng)
    left, top = int(rng.integers(0, WIDTH - side + 1)), int(rng.integers(0, HEIGHT - side + 1))
    if (
        len(faces)
        and (
            (faces[:, 0] < left + side)
            & (faces[:, 2] > left)
            & (faces[:, 1] < top + side)
            & (faces[:, 3] > top)
        ).any()
    ):
        return None
    matrix: Matrix = cv2.getRotationMatrix2D(((x1 + x2) / 2, (y1 + y2) / 2), angle, scale)
    matrix[:, 2] += np.array([side - x1 - x2, side - y1 - y2]) / 2
    source, drawn = _shrunk(image, matrix, scale)
    patch = cv2.warpAffine(source, drawn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((side, side), np.float32)
    if rng.random() < 0.6:
        axes = (round(side * 0.47), round(side * 0.49))
        cv2.ellipse(mask, (side // 2, side // 2), axes, 0, 0, 360, 1.0, -1)
        blur = 2 * round(side * rng.uniform(0.02, 0.08)) + 1
        mask = cv2.GaussianBlur(mask, (blur, blur), 0).astype(np.float32, copy=False)
    else:
        mask[:] = 1
    there = canvas[top : top + side, left : left + side]
    there[:] = (there + (patch.astype(np.float32) - there) * mask[:, :, None]).astype(np.uint8)
    moved = np.array(move_box(face, matrix, angle)) + np.array([left, top, left, top])
    inside: Boxes = np.clip(moved, 0, np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])).reshape(1, 4)
    return inside


def _shrunk(image: Image, matrix: Matrix, scale: float) -> tuple[Image, Matrix]:
    """Return the picture, averaged to about its final size first if that is far smaller, and its matrix."""
    if scale >= 0.7:
        return image, matrix
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    adapted = matrix.copy()
    adapted[:, 0] *= width / small.shape[1]
    adapted[:, 1] *= height / small.shape[0]
    return small.astype(np.uint8, copy=False), adapted


def _angle(rng: np.random.Generator) -> float:
    """Return degrees: mostly upright heads, a third of them tilted up to 45 degrees."""
    return float(rng.uniform(-45, 45) if rng.random() < 0.35 else rng.normal(0, 7))


def choose(pictures: Sequence[Picture], rng: np.random.Generator) -> Picture:
    """Return any of the pictures."""
    return pictures[int(rng.integers(len(pictures)))]
