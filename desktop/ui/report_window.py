"""The window of a report: shows it, saves it as PDF or web page, prints it, opens it in the browser."""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTemporaryDir, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.report import Page, write_page
from desktop.report.pdf import draw_page
from desktop.store import SessionStore
from desktop.ui.banners import Banners
from desktop.ui.dialog_parts import push_button, scaled
from desktop.ui.parts import WindowParts
from desktop.ui.plain import plain_label
from desktop.ui.report_view import ReportView
from models.errors import Sentence

MakePage = Callable[[SessionStore, str], Page]  # store and language; called on the library's thread


class ReportWindow(QDialog):
    """Has its page made in the background, in the language of the window."""

    def __init__(
        self, parts: WindowParts, make_page: MakePage, parent: QWidget | None = None, *, about: str = ""
    ) -> None:
        """Show a page, perhaps of one session `about`, which may wait for its server."""
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._parts = parts
        self._make_page = make_page
        self._about = about
        self._language = ""
        self._asked = 0  # answers to earlier questions are not shown
        self._page: Page | None = None
        self._folder = QTemporaryDir()  # what the browser shows; gone with this window
        self.banners = Banners(parts.icons)
        self.view = ReportView()
        self.state = plain_label()
        self.state.setProperty("role", "muted")
        self.save_button = push_button("primary", self._on_save)
        self.print_button = push_button("", self._on_print)
        self.browser_button = push_button("", self._on_browser)
        for key, button in (
            (QKeySequence.StandardKey.Save, self.save_button),
            (QKeySequence.StandardKey.Print, self.print_button),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.state, 1)
        for button in (self.browser_button, self.print_button, self.save_button):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(self.banners)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self.resize(scaled(self, 900), scaled(self, 700))
        self._retranslate()
        self.refresh()

    @property
    def page(self) -> Page | None:
        """Return what is shown; None until it is made."""
        return self._page

    def refresh(self) -> None:
        """Make the page again."""
        self._asked += 1
        self._language = language = self._parts.languages.language
        asked, make_page = self._asked, self._make_page
        self._show_state()

        def on_made(page: Page) -> None:
            if asked == self._asked:
                self._show(page)

        self._parts.library.ask(
            self, lambda store: make_page(store, language), on_made, self._on_failed, about=self._about
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            if self._language != self._parts.languages.language:
                self.refresh()
        super().changeEvent(event)

    def _show(self, page: Page) -> None:
        self._page = page
        self.banners.clear("report")
        self.view.show_page(page)
        self.setWindowTitle(page.title)
        self._show_state()

    def _on_failed(self, words: Sentence) -> None:
        self.banners.say("report", "error", words)
        self.state.clear()

    def _on_save(self) -> None:
        page = self._page
        if page is None:
            return
        out = self._parts.prompts.report_target(self, file_name_for(page.title))
        if out is not None:
            saved = self.tr("Saved as {file}").format(file=out)
            self._write(page, out, lambda: self.banners.say("saved", "info", saved))

    def _on_print(self) -> None:
        page = self._page
        if page is None:
            return
        printer = self._parts.prompts.printer(self)
        if printer is not None:
            printer.setDocName(page.title)
            self._parts.library.do(self, lambda: draw_page(page, printer), lambda _: None, self._on_failed)

    def _on_browser(self) -> None:
        if self._page is None:
            return
        out = Path(self._folder.path()) / "report.html"
        self._write(self._page, out, lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(out))))

    def _write(self, page: Page, out: Path, then: Callable[[], object]) -> None:
        self._parts.library.do(self, lambda: write_page(page, out), lambda _: then(), self._on_failed)

    def _show_state(self) -> None:
        for button in (self.save_button, self.print_button, self.browser_button):
            button.setEnabled(self._page is not None)
        self.state.setText("" if self._page is not None else self.tr("The report is being made\u2026"))

    def _retranslate(self) -> None:
        if self._page is None:
            self.setWindowTitle(self.tr("Report"))
        self.view.setAccessibleName(self.tr("Report"))
        self.save_button.setText(self.tr("Save\u2026"))
        self.save_button.setToolTip(self.tr("Save as PDF or as a web page (Ctrl+S)"))
        self.print_button.setText(self.tr("Print\u2026"))
        self.print_button.setToolTip(self.tr("Print on paper (Ctrl+P)"))
        self.browser_button.setText(self.tr("Open in browser"))
        self.browser_button.setToolTip(self.tr("Show the report as a web page"))
        self._show_state()


def file_name_for(title: str) -> str:
    """Return a name that every system takes."""
    return re.sub(r"[^\w -]+", " ", title).strip()[:60].strip() or "report"
