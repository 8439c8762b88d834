"""A monkey that presses buttons, menus and keys at random."""

import logging
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from PySide6.QtCore import (
    QCoreApplication,
    QEventLoop,
    QObject,
    QPoint,
    QPointF,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QWheelEvent, QWindow
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from tests.curiosity import Curiosity, Target

log = logging.getLogger(__name__)

PRESSABLE: Final = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
KEYS: Final = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Menu),
    *(Qt.Key(Qt.Key.Key_F1 + n) for n in range(12)),
    *(Qt.Key(Qt.Key.Key_0 + n) for n in range(10)),
    *(Qt.Key(Qt.Key.Key_A + n) for n in range(26)),
)
MODIFIERS: Final = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)
TEXTS: Final = (
    "Physics",
    "9-А",
    "'; DROP TABLE sessions; --",
    "<img src=x onerror=alert(1)>",
    "%s%n{0}{name}",
    "\u202eabc\u202c\u200b",
    "👩‍🏫 урок",
    "x" * 3000,
    "12:34",
    "-1",
    "",
)
LONGEST_IN_A_DIALOG: Final = 15  # steps
PAUSE_MS: Final = 4  # between two steps
FEW: Final = 3  # things to press: a window where there is nothing to do


class Monkey(QObject):
    """Takes so many steps in whatever windows there are; the same seed throws the same dice."""

    def __init__(self, seed: int, folder: Path, between: Callable[[], None]) -> None:
        """Choose files in `folder`; call `between` before each step."""
        super().__init__()
        self.doing = "nothing yet"
        self.taken = 0
        self._random = random.Random(seed)
        self.curiosity = Curiosity(self._random)
        self._folder = folder
        self._between = between
        self._steps = 0
        self._over = False
        self._failed: Callable[[], bool] = lambda: False
        self._loop = QEventLoop()
        self._acting: list[QWidget | None] = []  # dialogs and menus in which steps have not returned
        self._dialog: QWidget | None = None
        self._in_dialog = 0

    def play(self, steps: int, failed: Callable[[], bool]) -> None:
        """Take the steps in an event loop of its own, fewer if it `failed`; dialogs are closed at the end."""
        self._steps = steps
        self._failed = failed
        self._next()
        self._loop.exec()

    def _next(self) -> None:
        QTimer.singleShot(PAUSE_MS, self, self._step)

    def _step(self) -> None:
        if self._over:
            return
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        front = popup or modal
        self._next()  # first: what is done now may wait for a dialog, in which the monkey goes on
        if self._acting and (front is None or front in self._acting):
            return  # the step before is not over
        if self.taken < self._steps and not self._failed():
            self.taken += 1
            self._acting.append(front)
            self._act(front, modal)
            self._acting.pop()
        elif front is not None:
            front.close()
        else:
            self._over = True
            self._loop.quit()

    def _act(self, front: QWidget | None, modal: QWidget | None) -> None:
        if front is None:
            self._between()
        window = front or self._window()
        if window is None or not window.isVisible():
            return
        if self._bored(modal):
            self._note("gives up", window)
            window.close()
        elif isinstance(window, QMenu):
            self._in_menu(window)
        elif isinstance(window, QFileDialog):
            self._in_file_dialog(window)
        elif isinstance(window, QPrintDialog) and self._random.random() < 0.8:
            self._key(window, self._random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        else:
            self._in_window(window)

    def _window(self) -> QWidget | None:
        windows = [
            each for each in QApplication.topLevelWidgets() if each.isVisible() and each.windowHandle()
        ]
        return self._random.choice(windows) if windows else None

    def _bored(self, modal: QWidget | None) -> bool:
        self._in_dialog = self._in_dialog + 1 if modal is self._dialog and modal is not None else 0
        self._dialog = modal
        return self._in_dialog > LONGEST_IN_A_DIALOG

    def _note(self, what: str, window: QWidget, detail: str = "") -> None:
        self.doing = f"step {self.taken}: {what} in {type(window).__name__} {detail}"
        log.info("%s", self.doing)

    def _in_menu(self, menu: QMenu) -> None:
        actions = [each for each in menu.actions() if each.isVisible() and not each.isSeparator()]
        if not actions or self._random.random() < 0.1:
            self._key(menu, self._random.choice((Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return)))
            return
        keys: dict[Target, QAction] = {(type(menu).__name__, "action", _name(each)): each for each in actions}
        self.curiosity.see(menu, [key for key, action in keys.items() if action.isEnabled()])
        key, way = self.curiosity.choose(list(keys))
        self._press(menu, menu, menu.actionGeometry(keys[key]).center(), key, way)

    def _in_file_dialog(self, dialog: QFileDialog) -> None:
        line = dialog.findChild(QLineEdit)
        if line is None or self._random.random() < 0.2:
            self._note("cancels", dialog)
            dialog.reject()
            return
        saving = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        files = sorted(each for each in self._folder.iterdir() if each.is_file() or saving)
        names = [*map(str, files), str(self._folder), str(self._folder / "not there.gif")]
        if saving:
            names += [
                str(self._folder / f"out {n}{self._random.choice(('.html', '.pdf', ''))}") for n in range(3)
            ]
        name = self._random.choice(names)
        self._note("chooses", dialog, name)
        line.setText(name)
        self._key(dialog, Qt.Key.Key_Return)

    def _in_window(self, window: QWidget) -> None:
        chance = self._random.random()
        if chance < 0.62:
            self._click(window)
        elif chance < 0.74:
            self._key(window, self._random.choice(KEYS), self._random.choice(MODIFIERS))
        elif chance < 0.84:
            self._shortcut(window)
        elif chance < 0.92:
            self._type(window)
        elif chance < 0.97:
            self._turn_wheel(window)
        else:
            self._change_window(window)

    def _click(self, window: QWidget) -> None:
        targets: dict[Target, QWidget] = {}
        counted: Counter[str] = Counter()
        for each in window.findChildren(QWidget):
            kind = type(each).__name__
            counted[kind] += 1
            ours = type(each).__module__.startswith("desktop.ui")
            pressable = isinstance(each, PRESSABLE) or (ours and not isinstance(each, QMenu))
            within_reach = each.isEnabled() and each.window() is window and not each.visibleRegion().isEmpty()
            if pressable and within_reach:
                targets[type(window).__name__, kind, str(counted[kind])] = each
        self.curiosity.see(window, list(targets))
        if len(targets) < FEW and self._random.random() < 0.5:  # out of presentation mode by a key
            self._key(window, Qt.Key.Key_Escape)
            return
        if not targets:
            return
        key, way = self.curiosity.choose(list(targets))
        target = targets[key]
        area = target.visibleRegion().boundingRect()
        self._press(window, target, self._point_in(area.topLeft(), area.bottomRight()), key, way)

    def _point_in(self, first: QPoint, last: QPoint) -> QPoint:
        return QPoint(
            self._random.randint(first.x(), max(first.x(), last.x())),
            self._random.randint(first.y(), max(first.y(), last.y())),
        )

    def _press(self, window: QWidget, target: QWidget, at: QPoint, key: Target, way: float) -> None:
        handle = window.windowHandle()
        point = target.mapTo(window, at)
        if handle is None or not QRect(QPoint(0, 0), handle.size()).contains(point):
            return  # the screen is smaller than the window
        self.curiosity.press(key, way)
        self._note("presses", window, f"{key} at {at.toTuple()}")
        if way < 0.8 or isinstance(target, QAbstractButton):
            self._click_at(handle, Qt.MouseButton.LeftButton, point, point)
        elif way < 0.87:
            QTest.mouseDClick(handle, Qt.MouseButton.LeftButton, pos=point)
        elif way < 0.92:
            self._click_at(handle, Qt.MouseButton.RightButton, point, point)
        else:
            end = self._point_in(QPoint(0, 0), QPoint(handle.width() - 1, handle.height() - 1))
            self._click_at(handle, Qt.MouseButton.LeftButton, point, end)

    def _click_at(self, handle: QWindow, button: Qt.MouseButton, first: QPoint, last: QPoint) -> None:
        """Press, move and release; the press may have destroyed the window."""
        with _Life(handle) as life:
            QTest.mousePress(handle, button, pos=first)
            if first != last and life.lasts:
                QTest.mouseMove(handle, (first + last) / 2)
            if first != last and life.lasts:
                QTest.mouseMove(handle, last)
            if life.lasts:
                QTest.mouseRelease(handle, button, pos=last)

    def _key(
        self,
        window: QWidget,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self._note("hits", window, f"{modifiers} {key}")
        handle = window.windowHandle()
        if handle is not None:
            self._strike(handle, key, modifiers)

    def _strike(self, handle: QWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        with _Life(handle) as life:
            QTest.keyPress(handle, key, modifiers)
            if life.lasts:
                QTest.keyRelease(handle, key, modifiers)

    def _shortcut(self, window: QWidget) -> None:
        found = {_name(action): action.shortcut() for action in window.findChildren(QAction)}
        found |= {each.key().toString(): each.key() for each in window.findChildren(QShortcut)}
        keys: dict[Target, QKeySequence] = {
            ("shortcut", name): sequence for name, sequence in found.items() if not sequence.isEmpty()
        }
        if not keys:
            return
        self.curiosity.see(window, list(keys))
        key, way = self.curiosity.choose(list(keys))
        self.curiosity.press(key, way)
        combination = keys[key][0]  # type: ignore[index]  # PySide6's stubs do not know it
        self._key(window, combination.key(), combination.keyboardModifiers())

    def _type(self, window: QWidget) -> None:
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not window:
            return
        text = self._random.choice(TEXTS)
        self._note("types", window, f"{text[:20]!r} in {type(focus).__name__}")
        if isinstance(focus, QLineEdit):
            focus.insert(text)
        elif isinstance(focus, QPlainTextEdit):
            focus.insertPlainText(text)

    def _turn_wheel(self, window: QWidget) -> None:
        at = self._point_in(QPoint(0, 0), QPoint(window.width() - 1, window.height() - 1))
        target = window.childAt(at) or window
        self._note("turns the wheel", window, type(target).__name__)
        event = QWheelEvent(
            QPointF(target.mapFrom(window, at)),
            QPointF(window.mapToGlobal(at)),
            QPoint(),
            QPoint(0, self._random.choice((-120, 120))),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QCoreApplication.sendEvent(target, event)

    def _change_window(self, window: QWidget) -> None:
        way = self._random.choice(("resize", "minimise", "maximise", "normal"))
        self._note(way, window)
        if way == "resize":
            window.resize(self._random.randint(300, 1900), self._random.randint(200, 1100))
        elif way == "minimise" and window.parent() is None:
            window.showMinimized()
            QTimer.singleShot(50, window, window.showNormal)
        elif way == "maximise":
            window.showMaximized()
        else:
            window.showNormal()


class _Life:
    """Knows whether a window is still there: QTest would go on with one that is not."""

    def __init__(self, handle: QWindow) -> None:
        self.lasts = True
        self._handle = handle

    def __enter__(self) -> Self:
        self._connection = self._handle.destroyed.connect(self._end)
        return self

    def __exit__(self, *_: object) -> None:
        if self.lasts:
            QObject.disconnect(self._connection)

    def _end(self) -> None:
        self.lasts = False


def _name(action: QAction) -> str:
    return action.objectName() or action.text().replace("&", "")
