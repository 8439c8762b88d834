"""The live picture with its overlay, letterboxed, or words for when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:  # loaded after the window is on the screen
    from desktop.pipeline import FrameResult
    from desktop.ui.picture import Canvas

_CORNER = 11.0  # radius of the stage's rounded corners


class VideoView(QWidget):
    """Paints the newest result: its picture, then the boxes found in that very picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: FrameResult | None = None
        self._canvas: Canvas | None = None
        self._image: QImage | None = None  # of _result, at most about as large as it is painted
        self._painted_width = 0.0  # device pixels that the picture covered last
        self._four = False
        self._scale = 1.0
        self._presenting = False
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(280, 160)

    @property
    def result(self) -> FrameResult | None:
        """Return the result on show."""
        return self._result

    def show_result(self, result: FrameResult | None) -> None:
        """Show a newer result, or nothing; the one before is forgotten."""
        self._result = result
        self._image = None
        self.update()

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view."""
        self._four = four
        self.update()

    def set_presenting(self, presenting: bool) -> None:
        """Use large type and a black stage without corners, or not."""
        self._presenting = presenting
        self._scale = 1.25 if presenting else 1.0
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim a picture that is not live any more, and take its labels away."""
        self._stale = stale
        self.update()

    def frame_size(self) -> tuple[int, int] | None:
        """Return width and height of the picture on show."""
        if self._result is None:
            return None
        rows, columns = self._result.frame.image.shape[:2]
        return columns, rows

    def sizeHint(self) -> QSize:
        """Return a size that fits a small screen."""
        return QSize(800, 450)

    def picture_rect(self) -> QRectF:
        """Return where the picture is painted, in the widget's coordinates; empty without a picture."""
        if self._result is None:
            return QRectF()
        rows, columns = self._result.frame.image.shape[:2]
        size = QSizeF(columns, rows).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        return QRectF(corner, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint stage, picture and overlay."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_stage(painter, event.rect())
            if self._result is not None:
                self._paint_result(painter, self._result)

    def _paint_result(self, painter: QPainter, result: FrameResult) -> None:
        from desktop.ui.overlay import paint_faces  # noqa: PLC0415  (NumPy; here with the first result)
        from desktop.ui.picture import Canvas  # noqa: PLC0415  (OpenCV)

        target = self.picture_rect()
        wanted = target.width() * self.devicePixelRatioF()
        if self._image is None or wanted > self._painted_width * 1.01:
            self._canvas = self._canvas or Canvas()
            self._image = self._canvas.show(result.frame.image, round(wanted))
            self._painted_width = wanted
        painter.drawImage(target, self._image)
        if self._stale:
            painter.fillRect(target, QColor(0, 0, 0, 140))
        else:
            paint_faces(painter, result, target, four=self._four, scale=self._scale)

    def _paint_stage(self, painter: QPainter, dirty: QRect) -> None:
        if self._presenting and self._result is not None:
            painter.fillRect(dirty, Qt.GlobalColor.black)
            return
        painter.fillRect(dirty, self.palette().color(QPalette.ColorRole.Window))
        stage = QPainterPath()
        stage.addRoundedRect(QRectF(self.rect()), _CORNER, _CORNER)
        painter.fillPath(stage, self.palette().color(QPalette.ColorRole.Dark))
        painter.setClipPath(stage)
