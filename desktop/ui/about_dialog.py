"""About: what the program is, its version, its licence, what it is built with."""

import platform

import cv2
import onnxruntime
from PySide6.QtCore import QEvent, Qt, qVersion
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import __version__
from desktop.ui.dialog_parts import fit, headline, paragraph
from desktop.ui.icons import Icons


class AboutDialog(QDialog):
    """A short page with one button."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(icons.app_icon().pixmap(64, 64))
        self._name = headline()
        self._name.setText("Classmood")
        self._version = paragraph("muted")
        self._words = paragraph()
        self._licence = paragraph("muted")
        self._built = paragraph("muted")
        self._close = QPushButton()
        self._close.clicked.connect(self.accept)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addWidget(self._version)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture)
        top.addLayout(head, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(14)
        layout.addLayout(top)
        for label in (self._words, self._licence, self._built):
            layout.addWidget(label)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("About Classmood"))
        self._version.setText(self.tr("Version {version}").format(version=__version__))
        self._words.setText(
            self.tr(
                "Shows a teacher how a class feels during a lesson, as class-level statistics of facial "
                "expressions. A label is a guess about an expression, not a feeling."
            )
        )
        self._licence.setText(
            self.tr("Free software under the GNU Affero General Public License, version 3 or later.")
        )
        built = f"Python {platform.python_version()}, Qt {qVersion()}, OpenCV {cv2.__version__}"
        built += f", ONNX Runtime {onnxruntime.__version__}"
        self._built.setText(self.tr("Built with {list}.").format(list=built))
        self._close.setText(self.tr("Close"))
        fit(self, 480)
