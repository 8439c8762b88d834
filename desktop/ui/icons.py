"""Icons: our own SVG files, drawn in any colour."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 20, 24, 40, 48, 96)  # the usual ones, and twice the pixels of most


class Icons:
    """Loads `assets/icons/<name>.svg`; `currentColor` in the file becomes the colour asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def icon(self, name: str, colour: QColor | str, disabled: QColor | str | None = None) -> QIcon:
        """Return an icon in `colour`, sharp at the usual sizes on any screen."""
        icon = QIcon()
        source = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        states = [(QIcon.Mode.Normal, colour)]
        if disabled is not None:
            states.append((QIcon.Mode.Disabled, disabled))
        for mode, tint in states:
            for size in _SIZES:
                icon.addPixmap(self._render(source, tint, size), mode)
        return icon

    def app_icon(self) -> QIcon:
        """Return the program's own icon."""
        icon = QIcon()
        source = (self._folder / "classmood.svg").read_text(encoding="utf-8")
        for size in (16, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(self._render(source, "#000000", size))
        return icon

    @staticmethod
    def _render(source: str, colour: QColor | str, size: int) -> QPixmap:
        tinted = source.replace("currentColor", QColor(colour).name())
        renderer = QSvgRenderer(QByteArray(tinted.encode()))
        image = QImage(QSize(size, size), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            renderer.render(painter, QRectF(0, 0, size, size))
        return QPixmap.fromImage(image)
