"""About: what the program is, its version and model, its licence and source, where it must not be used."""

import platform
import sys

import cv2
import onnxruntime
from PySide6.QtCore import QEvent, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import __version__
from desktop.licences import models, source_address, source_archive
from desktop.paths import ASSETS
from desktop.ui.dialog_parts import button_row, card, fit, follow_look, headline, paragraph, topic_rows
from desktop.ui.licences_dialog import LicencesDialog
from desktop.ui.parts import WindowParts

_TOPICS = (("info", ""), ("warning", "danger"), ("open", ""))


class AboutDialog(QDialog):
    """A page with a way to the licences and to the source."""

    def __init__(self, parts: WindowParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts
        self._archive = source_archive()
        picture = QLabel()
        picture.setPixmap(parts.icons.app_icon().pixmap(64, 64))
        self._name = headline()
        self._name.setText("Classmood")
        self.version = paragraph()
        self.models = paragraph("muted")
        self._pictures = [QLabel() for _ in _TOPICS]
        self._titles = [paragraph("title") for _ in _TOPICS]
        self.texts = [paragraph() for _ in _TOPICS]
        self.built = paragraph("muted")
        for label in (self.version, self.models, self.texts[2], self.built):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.licences_button, self.copy_button = QPushButton(), QPushButton()
        self.source_button, self._close = QPushButton(), QPushButton()
        self.licences_button.clicked.connect(lambda: LicencesDialog(parts, self).open())
        self.copy_button.clicked.connect(self._on_copy)
        self.source_button.clicked.connect(self._on_source)
        self.source_button.setVisible(bool(self._archive or source_address()))
        self._close.clicked.connect(self.accept)
        self._close.setDefault(True)
        self._lay_out(picture)
        self._restyle()
        self._retranslate()
        self._close.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and language."""
        follow_look(event, self._restyle, self._retranslate)
        super().changeEvent(event)

    def _lay_out(self, picture: QLabel) -> None:
        head = QVBoxLayout()
        head.setSpacing(3)
        for label in (self._name, self.version, self.models):
            head.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(head, 1)
        topics = topic_rows(self._pictures, self._titles, self.texts)
        buttons = (self.licences_button, self.source_button, self.copy_button, None, self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(top)
        layout.addWidget(card(topics, spacing=14, side=18, upper=16))
        layout.addWidget(self.built)
        layout.addLayout(button_row(*buttons))

    def _restyle(self) -> None:
        palette = self.palette()
        for picture, (name, kind) in zip(self._pictures, _TOPICS, strict=True):
            role = QPalette.ColorRole.BrightText if kind == "danger" else QPalette.ColorRole.Highlight
            picture.setPixmap(self._parts.icons.icon(name, palette.color(role)).pixmap(22, 22))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("About Classmood"))
        self.version.setText(self.tr("Version {version}").format(version=__version__))
        named = ", ".join(f"{name} {version}" for name, version in models())
        self.models.setText(self.tr("Models: {names}").format(names=named))
        titles = (self.tr("What it is"), self.tr("Where it is prohibited"), self.tr("Licence and source"))
        texts = (
            self.tr(
                "Shows a teacher how a class feels during a lesson, as class-level statistics of facial "
                "expressions. A label is a guess about an expression, not a feeling."
            ),
            self.tr(
                "In the European Union, emotion recognition in schools and at workplaces is prohibited by "
                "Article 5(1)(f) of the AI Act, with or without consent, medical or safety reasons aside. "
                "Use Classmood only where it is allowed."
            ),
            self.tr(
                "Free software under the GNU Affero General Public License, version 3 or later: you may use, "
                "study, change and pass it on under the same terms. It comes without any warranty."
            )
            + " "
            + self._source_words(),
        )
        for label, words in zip([*self._titles, *self.texts], [*titles, *texts], strict=True):
            label.setText(words)
        self.built.setText(self.tr("Built with {list}.").format(list=_built_with()))
        self.licences_button.setText(self.tr("Licences\u2026"))
        self.source_button.setText(self.tr("Source code"))
        self.copy_button.setText(self.tr("Copy versions"))
        self._close.setText(self.tr("Close"))
        fit(self, 620)

    def _source_words(self) -> str:
        """Say where the source of this very version is: the licence asks for that."""
        if self._archive is not None:
            words = self.tr("The complete source code of this version lies beside the program, in {file}.")
            return words.format(file=self._archive.name)
        if source_address():
            words = self.tr("The source code of this version, {version}, is published at {address}")
            return words.format(version=__version__, address=source_address())
        if not getattr(sys, "frozen", False):
            words = self.tr("You are running it from its source code, in {folder}")
            return words.format(folder=ASSETS.parent)
        return self.tr("Whoever gave you this program gives you its complete source code when you ask.")

    def _on_copy(self) -> None:
        named = ", ".join(f"{name} {version}" for name, version in models())
        lines = (f"Classmood {__version__}", named, _built_with(), platform.platform())
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText(self.tr("Copied"))

    def _on_source(self) -> None:
        url = QUrl(source_address())
        if self._archive is not None:
            url = QUrl.fromLocalFile(str(self._archive.parent))
        QDesktopServices.openUrl(url)


def _built_with() -> str:
    built = f"Python {platform.python_version()}, Qt {qVersion()}, OpenCV {cv2.__version__}"
    return f"{built}, ONNX Runtime {onnxruntime.__version__}"
