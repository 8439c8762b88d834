"""What goes into the executable beside the code that imports show, and what stays out."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

Entry = tuple[str, str, str]  # PyInstaller's: place in the bundle, file on this disk, kind

# Imported by name only: SQLAlchemy's databases and drivers, what exports and updates import when they run.
HIDDEN: Final = (
    "alembic",
    "filelock",
    "lap",
    "psycopg",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "xlsxwriter",
)

WORKSHOP: Final = ("torch", "torchvision", "ultralytics", "mlflow", "sklearn", "onnx", "training")
# Looked for in the finished bundle: the workshop, tests and tools, a second Qt, another window toolkit.
FORBIDDEN: Final = (
    *WORKSHOP,
    *("tests", "pytest", "_pytest", "hypothesis", "mypy", "ruff", "pip", "setuptools", "PyInstaller"),
    *("PIL", "cyclonedx", "tkinter", "PyQt5", "PyQt6", "matplotlib", "pandas", "scipy", "IPython"),
)
EXCLUDED: Final = (
    *FORBIDDEN,
    *("PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml", "PySide6.QtQuick"),
    *("PySide6.QtTest", "PySide6.QtDBus"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "readline", "lib2to3", "pydoc_data", "curses"),
)

CASCADES: Final = ("haarcascade_frontalface_alt2.xml",)  # what models/detectors.py asks for

# Of what the hooks of PyInstaller collect, by place in the bundle.
UNUSED_FILES: Final = (
    "PySide6/Qt/qml/*",
    "PySide6/Qt/plugins/egldeviceintegrations/*",  # screens without X11 or Wayland
    "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/platforms/libq[elv]*",
    "PySide6/Qt/plugins/platforms/libqminimal*",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so",  # GTK's own dialogs: 30 MB of libraries
    "PySide6/Qt/plugins/wayland-graphics-integration-client/*",  # for OpenGL, which no window of ours uses
    "PySide6/Qt/plugins/xcbglintegrations/*",
    "PySide6/plugins/generic/*",  # Windows has plugins right below PySide6
    "PySide6/plugins/qmltooling/*",
    "PySide6/opengl32sw.dll",  # OpenGL without a graphics card, 20 MB
    "*opencv_videoio_ffmpeg*_gpu*",
    "numpy/_core/_*tests.*",
    "numpy/_core/_simd.*",  # for tests of it
    "python3*/lib-dynload/_codecs_*",  # Chinese, Japanese and Korean encodings from before Unicode
    "*.dist-info/RECORD",
    "*.dist-info/METADATA",
    "*.dist-info/WHEEL",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
)
# Modules of Python that only other programs of their packages need: all languages that Pygments can colour.
UNUSED_MODULES: Final = re.compile(
    r"pygments\.(lexers|styles|formatters)\.(?!_mapping$)|(alembic|sqlalchemy)\.testing\b|numpy\..*\btests\b|"
    r"sqlalchemy\.dialects\.(mssql|mysql|oracle)\b|alembic\.ddl\.(mssql|mysql|oracle)$"
)
KEPT_IMAGE_FORMATS: Final = ("svg", "jpeg", "ico", "gif")
LANGUAGES: Final = ("en", "uk")


def data_files(root: Path, cascades: Path) -> list[tuple[str, str]]:
    """Return the files that are read as files: (file, folder in the bundle)."""
    patterns = ("assets/**/*", "models/weights/*", "desktop/store/migrations/**/*.py")
    found = sorted({file for pattern in patterns for file in root.glob(pattern) if file.is_file()})
    ours = [
        (str(file), file.parent.relative_to(root).as_posix())
        for file in found
        if file.suffix not in {".ts", ".pyc"}
    ]
    return ours + [(str(cascades / name), "cv2/data") for name in CASCADES]


def wanted(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries without what nothing here uses."""
    return [entry for entry in entries if not _unused(entry[0].replace("\\", "/"))]


def wanted_modules(entries: Iterable[Entry]) -> list[Entry]:
    """Return the modules of Python without what nothing here uses."""
    return [entry for entry in entries if not UNUSED_MODULES.match(entry[0])]


def _unused(place: str) -> bool:
    if any(fnmatchcase(place, pattern) for pattern in UNUSED_FILES):
        return True
    name = place.rsplit("/", 1)[-1]
    if "/translations/" in place and name.endswith(".qm") and "PySide6" in place:
        return not (name.startswith("qtbase_") and name[7:-3] in LANGUAGES)
    if "/plugins/imageformats/" in place:
        return not any(name.removeprefix("lib").startswith(f"q{kind}.") for kind in KEPT_IMAGE_FORMATS)
    return False
