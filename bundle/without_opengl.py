"""Runs in the executable before the program: pyqtgraph wants Qt's OpenGL, 10 MB, which nothing here uses."""

import sys
from types import ModuleType


class QOpenGLWidget:
    """Only derived from, and asked whether a widget is one."""


for name in ("QtOpenGL", "QtOpenGLWidgets"):
    module = ModuleType(f"PySide6.{name}")
    module.QOpenGLWidget = QOpenGLWidget  # type: ignore[attr-defined]  # a module takes any
    sys.modules[module.__name__] = module
