"""Annotated pictures and videos: the window's own overlay painted onto frames, without a window."""

from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from desktop.pipeline import FrameResult
from desktop.ui.overlay import paint_faces
from models.boxes import Image


class AnnotateError(Exception):
    """An annotated picture or video can not be written; the text says what to do."""


def annotate(result: FrameResult, *, four: bool) -> Image:
    """Return a copy of the frame with boxes, labels and confidence, BGR uint8 (height, width, 3)."""
    if QGuiApplication.instance() is None:
        raise RuntimeError("painting text needs a QGuiApplication")
    canvas = np.ascontiguousarray(result.frame.image).copy()
    height, width = canvas.shape[:2]
    image = QImage(canvas.data, width, height, canvas.strides[0], QImage.Format.Format_BGR888)
    with QPainter(image) as painter:
        paint_faces(painter, result, QRectF(0, 0, width, height), four=four)
    return canvas


def write_annotated_picture(result: FrameResult, path: Path, *, four: bool) -> None:
    """Write the annotated frame as a JPEG picture. Raises AnnotateError."""
    ok, encoded = cv2.imencode(".jpg", annotate(result, four=four), [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not ok:
        raise AnnotateError(f"{path} can not be written: the picture is too large for a JPEG.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise _not_writable(path, error) from error


class AnnotatedVideo:
    """Writes frames with their overlay into an MP4 that gets its name when it is complete."""

    def __init__(self, path: Path, fps: float | None, *, four: bool) -> None:
        self._path = path
        self._part = path.with_name(f".{path.stem}.part.mp4")
        self._fps = fps or 25.0
        self._four = four
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)

    def __enter__(self) -> Self:
        return self

    def add(self, result: FrameResult) -> None:
        """Append one frame; frames of another size than the first are fitted to it."""
        picture = annotate(result, four=self._four)
        if self._writer is None:
            self._size = (picture.shape[1], picture.shape[0])
            self._writer = cv2.VideoWriter(
                str(self._part), cv2.VideoWriter.fourcc(*"mp4v"), self._fps, self._size
            )
            if not self._writer.isOpened():
                raise AnnotateError(
                    f"{self._path} can not be written as a video of {self._size[0]}x{self._size[1]} pixels. "
                    "Is the folder writable and the disk not full? All else is written without --annotate."
                )
        if (picture.shape[1], picture.shape[0]) != self._size:
            picture = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA).astype(
                np.uint8, copy=False
            )
        self._writer.write(picture)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._writer is not None:
                self._writer.release()
                if kind is None:
                    self._part.replace(self._path)
        except OSError as problem:
            raise _not_writable(self._path, problem) from problem
        finally:
            self._part.unlink(missing_ok=True)


def _not_writable(path: Path, error: OSError) -> AnnotateError:
    reason = error.strerror or str(error)
    return AnnotateError(f"{path} can not be written: {reason}. Choose another folder with --out.")
