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
        self._drawn: dict[tuple[str, str, str], QIcon] = {}  # by name and colours

    def icon(self, name: str, colour: QColor | str, disabled: QColor | str | None = None) -> QIcon:
        """Return an icon in `colour`, sharp at the usual sizes on any screen."""
        key = (name, QColor(colour).name(), "" if disabled is None else QColor(disabled).name())
        icon = self._drawn.get(key)
        if icon is None:
            icon = self._drawn[key] = self._draw(*key)
        return icon

    def app_icon(self) -> QIcon:
        """Return the program's own icon."""
        icon = QIcon()
        source = (self._folder / "classmood.svg").read_text(encoding="utf-8")
        renderer = _renderer(source, "#000000")
        for size in (16, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(_rendered(renderer, size))
        return icon

    def _draw(self, name: str, colour: str, disabled: str) -> QIcon:
        icon = QIcon()
        source = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            if tint:
                renderer = _renderer(source, tint)
                for size in _SIZES:
                    icon.addPixmap(_rendered(renderer, size), mode)
        return icon


def _renderer(source: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


def _rendered(renderer: QSvgRenderer, size: int) -> QPixmap:
    image = QImage(QSize(size, size), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        renderer.render(painter, QRectF(0, 0, size, size))
    return QPixmap.fromImage(image)
