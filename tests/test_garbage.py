"""Widgets are destroyed on the GUI thread and between two events, whoever let go of them."""

import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt, QThread
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.crash import CrashGuard, CrashReport
from desktop.logs import Redaction
from desktop.paths import ASSETS
from desktop.ui.garbage import GarbageCollection
from desktop.ui.theme import ThemeController
from desktop.workers.errands import Errands

Threads = list[int]  # their idents


def remember_end(widget: QWidget, fates: Threads) -> None:
    """Write down on which thread a widget is destroyed."""
    widget.destroyed.connect(lambda: fates.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)


class Window(QWidget):
    """Is garbage as soon as nobody knows it: it holds itself."""

    def __init__(self, fates: Threads) -> None:
        super().__init__()
        self.itself = self
        self.label = QLabel("text", self)
        remember_end(self, fates)
        self.ensurePolished()
        self.label.ensurePolished()


class Greedy(QLabel):
    """Allocates while Qt restyles it, as a widget does that draws its icons anew."""

    restyled = 0

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            allocate()
            self.restyled += 1
        super().changeEvent(event)


def allocate() -> None:
    """Cross the thresholds of all generations."""
    kept: list[list[object]] = []
    for _ in range(200_000):
        kept.append([kept])


@pytest.fixture
def collection(qapp: QApplication) -> Iterator[GarbageCollection]:
    collection = GarbageCollection()
    collection.start()
    yield collection
    collection.stop()


def test_a_restyle_meets_no_widget_that_dies(
    qapp: QApplication, qtbot: QtBot, collection: GarbageCollection
) -> None:
    fates: Threads = []
    themes = ThemeController(qapp, ASSETS)
    themes.apply("light")
    greedy = Greedy("text")
    qtbot.addWidget(greedy)
    greedy.ensurePolished()
    for _ in range(20):
        Window(fates)
    themes.apply("dark")
    themes.apply("light")
    assert greedy.restyled
    assert not fates
    collection.collect_if_due()
    assert len(fates) == 20


def test_a_worker_destroys_no_widget(qtbot: QtBot, collection: GarbageCollection) -> None:
    fates: Threads = []
    Window(fates)
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert not fates
    qtbot.waitUntil(lambda: bool(fates))
    assert fates == [threading.main_thread().ident]


def test_who_asks_for_an_errand_is_let_go_on_its_own_thread(qtbot: QtBot) -> None:
    class Asker(QWidget):
        def hear(self, _: object) -> None:
            heard.append(1)

    heard: list[object] = []
    fates: Threads = []
    errands = Errands(())
    asker = Asker()
    remember_end(asker, fates)
    errands.do(asker, lambda: 1, asker.hear, asker.hear)
    del asker
    qtbot.waitUntil(lambda: bool(heard))
    errands.do(errands, lambda: 1, heard.append, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 2)
    errands.shut_down()
    assert fates == [threading.main_thread().ident]


def test_no_thread_of_the_past_keeps_what_errors_were_told_to(qtbot: QtBot) -> None:
    class Worker(QThread):
        def run(self) -> None:
            names.append(threading.current_thread().name)  # as logging does, and whoever starts a thread

    def tell(_report: CrashReport) -> None:
        """Stand for the program's own, behind which is its window."""

    names: list[str] = []
    guard = CrashGuard(Redaction(), tell)
    guard.install()
    worker = Worker()
    worker.start()
    assert worker.wait(5000)
    guard.uninstall()
    assert names[0] in [thread.name for thread in threading.enumerate()] or sys.version_info >= (3, 13)
    kept = weakref.ref(tell)
    del tell, guard
    assert kept() is None
