"""Little drawn faces, one per emotion: a cue besides the colour, without any emoji font."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_LINE = 1.5  # on a face of 16 x 16


def _polyline(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _curve(start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*start))
    path.quadTo(QPointF(*middle), QPointF(*end))
    return path


def _mouth(emotion: str) -> QPainterPath:
    if emotion == "happy":
        return _curve((4.6, 9.6), (8, 14.2), (11.4, 9.6))
    if emotion in ("sad", "angry"):
        return _curve((4.9, 12.1), (8, 8.6), (11.1, 12.1))
    if emotion == "surprise":
        path = QPainterPath()
        path.addEllipse(QPointF(8, 10.9), 1.7, 1.9)
        return path
    if emotion == "fear":
        return _polyline((4.4, 11.4), (6.2, 10.0), (8, 11.4), (9.8, 10.0), (11.6, 11.4))
    if emotion == "disgust":
        return _polyline((4.9, 11.9), (11.1, 9.8))
    return _polyline((5, 11), (11, 11))


def paint_glyph(painter: QPainter, emotion: str | None, rect: QRectF, colour: QColor) -> None:
    """Draw the little face of `emotion` (None: a question mark for "unsure") into the square `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 16, rect.height() / 16)
    pen = QPen(colour, _LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 7, 7)
    if emotion is None:
        hook = QPainterPath(QPointF(5.9, 6.2))
        hook.cubicTo(QPointF(6.0, 3.4), QPointF(10.3, 3.5), QPointF(10.1, 6.2))
        hook.cubicTo(QPointF(10.0, 7.7), QPointF(8.0, 7.6), QPointF(8.0, 9.4))
        painter.drawPath(hook)
        painter.drawPoint(QPointF(8, 11.9))
    else:
        painter.drawPath(_mouth(emotion))
        if emotion == "angry":
            painter.drawPath(_polyline((4.4, 5.0), (6.6, 6.3)))
            painter.drawPath(_polyline((11.6, 5.0), (9.4, 6.3)))
        else:
            painter.drawPoint(QPointF(5.7, 6.1))
            painter.drawPoint(QPointF(10.3, 6.1))
    painter.restore()
