"""The executable's icon for Windows, macOS and Linux from one SVG: `python -m bundle.icons SVG DIR`."""

import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICO_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 128, 256)  # pixels; what Windows shows at 100 to 250 %
ICNS_SIZES: Final = (16, 32, 64, 128, 256, 512, 1024)
PNG_SIZE: Final = 256


def drawn(svg: Path, size: int) -> Image.Image:
    """Return the picture at a size, drawn for it: small ones are not shrunk large ones."""
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        QSvgRenderer(str(svg)).render(painter)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stub wants the format as bytes
    return Image.open(BytesIO(buffer.data().data()))


def write_icons(svg: Path, folder: Path) -> dict[str, Path]:
    """Write classmood.ico, .icns and .png and return them by suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {suffix: folder / f"{svg.stem}.{suffix}" for suffix in ("ico", "icns", "png")}
    pictures = {size: drawn(svg, size) for size in {*ICO_SIZES, *ICNS_SIZES, PNG_SIZE}}
    icons = [pictures[size] for size in ICO_SIZES]
    sizes = [(size, size) for size in ICO_SIZES]
    icons[-1].save(files["ico"], sizes=sizes, append_images=icons[:-1])
    largest, *smaller = [pictures[size] for size in reversed(ICNS_SIZES)]
    largest.save(files["icns"], append_images=smaller)
    pictures[PNG_SIZE].save(files["png"], optimize=True)
    return files


if __name__ == "__main__":
    application = QGuiApplication(["icons", "-platform", "offscreen"])
    write_icons(Path(sys.argv[1]), Path(sys.argv[2]))
