"""`classmood doctor`: does everything that the program needs work here, and what to do where it does not."""

import ctypes
import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from desktop.assembly import build_pipeline
from desktop.capture.cameras import Camera, list_cameras
from desktop.console import plain_errors, printable, terminal
from desktop.emotion_model import BUILT_IN
from desktop.libraries import install_line, missing_libraries
from desktop.opening import DatabaseOption, waiting_sessions, with_database
from desktop.paths import DataDir, data_dir_for
from desktop.self_check import LOW_SPACE, NO_SPACE, find_test_faces
from desktop.settings import Settings, SettingsError, load_settings
from desktop.store import SessionStore, StoreError, store_for
from desktop.store.schema import REVISION
from models.detectors import create_detector
from models.emotion import EmotionClassifier
from models.errors import ModelError

Status = Literal["ok", "warn", "fail"]  # warn: works with a limit; fail: the program can not work like this


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing that the program needs."""

    name: str
    status: Status
    detail: str
    remedy: str = ""  # what to do; empty if all is well


def check_qt(
    load_library: Callable[[str], object],
    import_qt: Callable[[], str],
    platform: str,
    environment: Mapping[str, str],
) -> Check:
    """Check that the window's libraries load. `import_qt` returns Qt's version or raises ImportError."""
    if platform == "linux":
        missing = missing_libraries(load_library)
        if missing:
            return Check(
                "qt",
                "fail",
                f"system libraries are missing: {', '.join(missing)}",
                f"On Debian or Ubuntu: {install_line(missing)}",
            )
    try:
        version = import_qt()
    except ImportError as error:
        return Check("qt", "fail", f"Qt can not be loaded: {error}", "Install PySide6-Essentials again.")
    shown = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if platform == "linux" and not shown:
        return Check(
            "qt",
            "warn",
            f"Qt {version} loads, but there is no display",
            'Start from a desktop, or use "classmood analyze", which needs no window.',
        )
    return Check("qt", "ok", f"Qt {version}")


def check_cameras(find: Callable[[], Sequence[Camera]]) -> Check:
    """Check that a camera is plugged in; without one there is still the demo classroom."""
    cameras = find()
    if not cameras:
        return Check(
            "cameras", "warn", "no camera was found", "Plug one in, or use --source demo, a file or a stream."
        )
    return Check("cameras", "ok", ", ".join(f"{camera.index}: {camera.name}" for camera in cameras))


def check_detector(name: str, chosen: bool, load: Callable[[], object]) -> Check:
    """Check that a face detector loads; only the one that the settings choose must.

    With "auto" that is the cascade, which takes over where nothing else loads.
    """
    try:
        load()
    except ModelError as error:
        return Check(f"detector {name}", "fail" if chosen else "warn", "not usable", str(error))
    return Check(f"detector {name}", "ok", "loads" + (", needed by the settings" if chosen else ""))


def check_model(load: Callable[[], str]) -> Check:
    """Check that the emotion classifier loads. `load` returns its name and version."""
    try:
        return Check("model", "ok", load())
    except ModelError as error:
        return Check("model", "fail", "the emotion classifier does not load", str(error))


def check_test_face(count: Callable[[], int]) -> Check:
    """Check that faces are found and read. `count` says how many in a picture of the demo classroom."""
    try:
        faces = count()
    except ModelError as error:
        return Check("test face", "fail", "can not be searched", str(error))
    if not faces:
        return Check(
            "test face",
            "fail",
            "no face is found in a picture of the demo classroom",
            "Choose another face detector in the settings, or install Classmood again.",
        )
    return Check("test face", "ok", f"{faces} faces found and read in a picture of the demo classroom")


def check_settings(load: Callable[[], Settings]) -> Check:
    """Check that the settings can be read."""
    try:
        load()
    except SettingsError as error:
        return Check(
            "settings", "fail", str(error), "Correct the file, or move it away: then defaults apply."
        )
    return Check("settings", "ok", "valid")


def check_data_dir(data_dir: DataDir, free_bytes: Callable[[Path], int]) -> Check:
    """Check that the data folder can be written, or created, and that its disk has room."""
    folder = data_dir.root
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Check(
            "data folder",
            "fail",
            f"{data_dir.root} can not be written",
            "Let your user write there, or choose another folder with --data-dir.",
        )
    free = free_bytes(folder)
    detail = f"{data_dir.root}, {free / 1e9:.1f} GB free"
    if free < LOW_SPACE:
        remedy = "Free some space, or choose a folder on another disk with --data-dir."
        return Check("data folder", "fail" if free < NO_SPACE else "warn", detail, remedy)
    return Check("data folder", "ok", detail)


def check_database(open_store: Callable[[], SessionStore]) -> Check:
    """Check that the database answers, is sound and can be written; one that is not there yet is well."""
    try:
        store = open_store()
    except StoreError as error:
        return Check("database", "fail", "not usable", str(error))
    try:
        version = store.version()
        if version is None:
            return Check("database", "ok", f"{store.place}, created with the first session")
        if version != REVISION:
            return Check(
                "database",
                "ok",
                f"{store.place} answers, version {version}",
                f"The next session brings it to version {REVISION}; of a file a copy is kept.",
            )
        store.check()
        count = len(store.list())
        held = "1 session" if count == 1 else f"{count} sessions"
        return Check("database", "ok", f"{store.place} answers, version {version}, {held}")
    except StoreError as error:
        return Check("database", "fail", "not usable", str(error))
    finally:
        store.close()


def check_waiting(count_waiting: Callable[[], tuple[int, str]]) -> Check:
    """Check whether sessions wait on this computer for a server. `count_waiting`: how many, and where."""
    try:
        count, place = count_waiting()
    except StoreError as error:
        return Check("waiting sessions", "fail", "can not be read", str(error))
    if not count:
        return Check("waiting sessions", "ok", "none")
    return Check(
        "waiting sessions",
        "warn",
        f"{count} in {place}",
        "They are handed over as soon as the database answers; nothing is lost meanwhile.",
    )


def run_checks(data_dir: DataDir, database: str | None = None) -> list[Check]:
    """Check everything on this computer; nothing is changed, and only a database that is a server is asked.

    `database` is looked at instead of the one that the settings name.
    """
    try:
        settings = load_settings(data_dir.settings)
    except SettingsError:  # named by its own check below
        settings = Settings()
    settings = with_database(settings, database)
    setting = settings.analysis.detector
    chosen = "haar" if setting == "auto" else setting

    def detector(name: str) -> Check:
        return check_detector(name, name == chosen, lambda: create_detector(name, models_dir=data_dir.models))

    def count_test_faces() -> int:
        return find_test_faces(lambda: build_pipeline(settings.analysis, data_dir.models, live=False))

    return [
        check_qt(ctypes.CDLL, _import_qt, sys.platform, os.environ),
        check_cameras(list_cameras),
        detector("haar"),
        detector("learned"),
        detector("yunet"),
        check_model(_load_model),
        check_test_face(count_test_faces),
        check_settings(lambda: load_settings(data_dir.settings)),
        check_data_dir(data_dir, lambda folder: shutil.disk_usage(folder).free),
        check_database(lambda: store_for(settings, data_dir)),
        check_waiting(lambda: waiting_sessions(settings, data_dir)),
    ]


@plain_errors()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Look at this data folder.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Check what Classmood needs, and say what to do where something is missing."""
    report(run_checks(data_dir_for(data_dir), database), as_json=as_json)


def report(checks: Sequence[Check], *, as_json: bool) -> None:
    """Print the checks; exit code 1 if something fails that the program can not work without."""
    works = all(check.status != "fail" for check in checks)
    if as_json:
        typer.echo(json.dumps({"ok": works, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        _print(checks)
    if not works:
        raise typer.Exit(1)


def _print(checks: Sequence[Check]) -> None:
    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        words = "\n".join(filter(None, (check.detail, check.remedy)))
        table.add_row(
            Text(check.status, styles[check.status]), Text(check.name), Text(printable(words, lines=True))
        )
    terminal().print(table)


def _import_qt() -> str:
    """Return Qt's version after loading what the window uses."""
    importlib.import_module("PySide6.QtWidgets")
    return str(importlib.import_module("PySide6.QtCore").qVersion())


def _load_model() -> str:
    classifier = EmotionClassifier(BUILT_IN)
    return f"{classifier.name} {classifier.version}"
