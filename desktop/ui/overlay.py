"""The overlay: boxes and labels of one result, painted over the picture of that same result.

A pure function of painter, result and place: the window and `classmood analyze --annotate` share it.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop.pipeline import Face, FrameResult
from desktop.ui.glyphs import paint_glyph
from desktop.ui.label_layout import Rect, place_labels
from desktop.ui.palette import HALO, LABEL_BACKGROUND, LABEL_TEXT, UNSURE_COLOUR, emotion_colour
from desktop.ui.words import emotion_name, percent, unsure
from models.emotion import FOUR_EMOTIONS, Classification

_SUREST = 0.99  # a guess about an expression is never said to be certain


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is painted for one face."""

    box: QRectF
    emotion: str | None  # None: unsure
    text: str  # empty: no label yet
    colour: QColor


def shown(classification: Classification, four: bool) -> Classification:
    """Return the classification in the view asked for."""
    return classification.four() if four and classification.emotions != FOUR_EMOTIONS else classification


def label_text(face: Face, four: bool) -> str:
    """Return the words at a face: "happy 87 %", "unsure", or nothing before it was classified."""
    if face.classification is None:
        return ""
    if face.unsure:
        return unsure()
    view = shown(face.classification, four)
    return f"{emotion_name(view.label)} {percent(min(view.confidence, _SUREST))}"


def font_height(target: QRectF, scale: float) -> float:
    """Return the type's height in pixels: it grows with the picture and stays legible on a small one."""
    return max(11.0, min(target.height() / 34, target.width() / 46)) * scale


def paint_faces(
    painter: QPainter, result: FrameResult, target: QRectF, *, four: bool = False, scale: float = 1.0
) -> None:
    """Mark every face of `result` on its picture, which has been painted into `target`.

    `four` shows the four-emotion view; a `scale` above 1 enlarges type and lines, for a projector.
    Text needs a QGuiApplication.
    """
    if not result.faces or target.isEmpty():
        return
    marks = [_mark(face, result, target, four) for face in sorted(result.faces, key=lambda f: f.track_id)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(target)
    font = QFont(painter.font())
    height = font_height(target, scale)
    font.setPixelSize(round(height))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    for mark in marks:
        _paint_box(painter, mark, height)
    labelled = [mark for mark in marks if mark.text]
    metrics = QFontMetricsF(font)
    sizes = [label_size(metrics, mark.text) for mark in labelled]
    bounds = (target.left(), target.top(), target.right(), target.bottom())
    places = place_labels([_rect(mark.box) for mark in labelled], sizes, bounds)
    for mark, place in zip(labelled, places, strict=True):
        _paint_label(painter, mark, place, metrics)
    painter.restore()


def label_size(metrics: QFontMetricsF, text: str) -> tuple[float, float]:
    """Return width and height of a label: glyph, text, and room around them."""
    height = metrics.height() * 1.24
    return height + metrics.horizontalAdvance(text) + height * 0.38, height


def _mark(face: Face, result: FrameResult, target: QRectF, four: bool) -> _Mark:
    rows, columns = result.frame.image.shape[:2]
    x, y = target.width() / columns, target.height() / rows
    left, top, right, bottom = face.box
    box = QRectF(QPointF(left * x, top * y), QPointF(right * x, bottom * y)).translated(target.topLeft())
    text = label_text(face, four)
    if face.classification is None or face.unsure:
        return _Mark(box, None, text, QColor(UNSURE_COLOUR))
    emotion = shown(face.classification, four).label
    return _Mark(box, emotion, text, emotion_colour(emotion, LABEL_BACKGROUND))


def _rect(box: QRectF) -> Rect:
    return box.left(), box.top(), box.right(), box.bottom()


def _paint_box(painter: QPainter, mark: _Mark, height: float) -> None:
    line = max(1.6, height / 8)
    radius = min(mark.box.width(), mark.box.height()) * 0.12
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(HALO, line * 2))
    painter.drawRoundedRect(mark.box, radius, radius)
    pen = QPen(mark.colour, line)
    if mark.emotion is None:
        pen.setDashPattern([3.0, 2.5])
    painter.setPen(pen)
    painter.drawRoundedRect(mark.box, radius, radius)


def _paint_label(painter: QPainter, mark: _Mark, place: Rect, metrics: QFontMetricsF) -> None:
    left, top, right, bottom = place
    rect = QRectF(QPointF(left, top), QPointF(right, bottom))
    radius = rect.height() * 0.3
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LABEL_BACKGROUND)
    painter.drawRoundedRect(rect, radius, radius)
    side = rect.height() * 0.68
    inset = (rect.height() - side) / 2
    paint_glyph(painter, mark.emotion, QRectF(left + inset, top + inset, side, side), mark.colour)
    painter.setPen(LABEL_TEXT)
    words = rect.adjusted(rect.height(), 0, -inset, 0)
    text = metrics.elidedText(mark.text, Qt.TextElideMode.ElideRight, words.width() + 1)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
