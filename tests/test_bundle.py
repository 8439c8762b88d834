"""The executable as a school gets it: copied, read-only, no Python, no network, no rights, no environment.

`make test-bundle` builds it and runs this; CLASSMOOD_BUNDLE names another folder.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop import __version__

pytestmark = pytest.mark.bundle
ROOT = Path(__file__).resolve().parent.parent
LINUX = sys.platform.startswith("linux")
NOBODY = 65534
PLACE = "Шкільні програми/7-Б клас & co/Classmood ☺"


@dataclass(frozen=True)
class Program:
    """The copied executable and how it is started."""

    file: Path
    home: Path
    environment: dict[str, str]
    prefix: tuple[str, ...] = ()

    def run(self, *arguments: str, code: int = 0, **more: str) -> str:
        """Run a command and return what it prints."""
        answer = subprocess.run(
            [*self.prefix, str(self.file), *arguments],
            cwd=self.home,
            env=self.environment | more,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert answer.returncode == code, (arguments, answer.stdout, answer.stderr)
        return answer.stdout


def built() -> Path:
    """Return the folder with the executable."""
    folder = Path(os.environ.get("CLASSMOOD_BUNDLE", ROOT / "dist" / "classmood"))
    assert folder.is_dir(), f"{folder} is not there: make bundle"
    return folder


@pytest.fixture(scope="module")
def display() -> Iterator[dict[str, str]]:
    """Return the environment of a screen: a virtual one on Linux."""
    if not LINUX:
        yield {}
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-ac", "-nolisten", "tcp", "-screen", "0", "1280x800x24"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        yield {"DISPLAY": f":{number}"}
        server.terminate()


@pytest.fixture(scope="module")
def program(display: dict[str, str]) -> Iterator[Program]:
    """Copy it to a strange place and forbid writing there; take away rights, network and environment."""
    folder = Path(tempfile.mkdtemp(prefix="classmood-bundle-"))
    folder.chmod(0o755)
    place = folder / PLACE
    shutil.copytree(built(), place, symlinks=True)
    home = folder / "home"
    home.mkdir()
    environment = display | {"HOME": str(home)}
    if sys.platform == "win32":
        kept = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
        environment |= {name: os.environ[name] for name in kept if name in os.environ}
    if LINUX:
        for path in (place, *place.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
    prefix: tuple[str, ...] = ()
    if LINUX and os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
        user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs")
        alone = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
        prefix = (*(("unshare", "--net") if alone.returncode == 0 else ()), *user)
    name = "classmood-console.exe" if sys.platform == "win32" else "classmood"
    yield Program(place / name, home, environment, prefix)
    for path in (place, *place.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def lesson(program: Program) -> dict[str, Any]:
    """Record eight seconds in the window, in the demo classroom; return the row of `sessions list`."""
    program.run("--source", "demo", "--accept-notice", "--record", "--run-seconds", "8")
    (session,) = json.loads(program.run("sessions", "list", "--json"))
    return dict(session)


def test_it_says_its_version(program: Program) -> None:
    assert program.run("--version").strip() == f"classmood {__version__}"


def test_a_lesson_is_recorded_and_read_back(program: Program, lesson: dict[str, Any]) -> None:
    shown = json.loads(program.run("sessions", "show", lesson["id"], "--json"))
    assert shown["finished"]
    assert shown["seconds"] >= 7
    assert shown["faces_mean"] > 1
    assert program.run("sessions", "show", lesson["id"])


def test_the_doctor_finds_nothing_broken(program: Program) -> None:
    answer = json.loads(program.run("doctor", "--json"))
    checks = {check["name"]: check for check in answer["checks"]}
    assert {name for name, check in checks.items() if check["status"] == "fail"} == set()
    assert checks["qt"]["status"] == "ok"
    assert checks["detector haar"]["status"] == checks["detector learned"]["status"] == "ok"


def test_a_longer_lesson_is_imported_and_reported(program: Program, lesson: dict[str, Any]) -> None:
    """A report needs thirty seconds with faces: the seconds recorded are repeated."""
    exported = program.home / "lesson-to-repeat.json"
    program.run("sessions", "export", lesson["id"], "--format", "json", "--out", str(exported))
    content = json.loads(exported.read_text(encoding="utf-8"))
    (session,) = content["sessions"]
    seconds = [interval for interval in session["intervals"] if interval["faces"]]
    repeated = [{**seconds[second % len(seconds)], "second": second} for second in range(40)]
    ended = (datetime.fromisoformat(session["started_at"]) + timedelta(seconds=40)).isoformat()
    session |= {"id": str(uuid.uuid4()), "ended_at": ended, "intervals": repeated}
    longer = program.home / "довший урок.json"
    longer.write_text(json.dumps(content), encoding="utf-8")
    program.run("sessions", "import", str(longer))
    page, sheet = program.home / "урок.html", program.home / "урок.pdf"
    for file in (page, sheet):
        program.run("report", session["id"], "--out", str(file))
    assert "<svg" in page.read_text(encoding="utf-8")
    assert sheet.read_bytes().startswith(b"%PDF-")
    assert sheet.stat().st_size > 10_000


@pytest.mark.parametrize("format", ["csv", "json", "xlsx", "parquet"])
def test_exports_are_written(program: Program, lesson: dict[str, Any], format: str) -> None:
    out = program.home / f"lesson.{format}"
    program.run("sessions", "export", lesson["id"], "--format", format, "--out", str(out))
    assert out.stat().st_size > 500


def test_pictures_and_videos_are_analysed(program: Program) -> None:
    face = next((ROOT / "assets" / "demo").glob("happy_*.png"))
    folder = program.home / "клас"
    folder.mkdir(exist_ok=True)
    shutil.copy(face, folder / "обличчя.png")
    out = program.home / "analysis"
    answer = json.loads(program.run("analyze", str(folder), "--out", str(out), "--annotate", "--json"))
    assert answer[0]["frames"] == 1
    assert any(out.iterdir())


def test_modern_pictures_are_read(program: Program) -> None:
    """AVIF and WebP, whose libraries are OpenCV's own."""
    import cv2
    import numpy as np

    grey = np.full((64, 64, 3), 128, np.uint8)
    out = program.home / "modern"
    for suffix in ("avif", "webp", "jp2"):
        picture = program.home / f"picture.{suffix}"
        picture.write_bytes(cv2.imencode(f".{suffix}", grey)[1].tobytes())
        answer = json.loads(program.run("analyze", str(picture), "--out", str(out), "--json"))
        assert answer[0]["frames"] == 1


def test_videos_are_read(program: Program) -> None:
    import cv2
    import numpy as np

    video = program.home / "відео.mp4"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), 5, (64, 64))
    for level in range(5):
        writer.write(np.full((64, 64, 3), 40 * level, np.uint8))
    writer.release()
    out = program.home / "video"
    answer = json.loads(program.run("analyze", str(video), "--out", str(out), "--annotate", "--json"))
    assert answer[0]["frames"] == 5


def test_an_old_database_is_brought_up_to_date(program: Program) -> None:
    """The migrations are read as files."""
    migrations = program.file.parent.rglob("v0001_*.py")
    assert next(migrations, None) is not None


def test_the_driver_of_a_school_server_is_there(program: Program) -> None:
    """Nobody listens there: the answer must come from the server's driver, not from a missing one."""
    unreachable = "postgresql+psycopg://classmood:secret@127.0.0.1:1/classmood"
    command = [*program.prefix, str(program.file), "sessions", "list", "--database", unreachable]
    answer = subprocess.run(
        command, env=program.environment, cwd=program.home, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "refused" in answer.stderr or "unreachable" in answer.stderr, answer.stderr
    assert "not installed" not in answer.stderr


def test_nothing_forbidden_is_inside() -> None:
    from bundle.contents import FORBIDDEN
    from bundle.modules import packages

    found = packages(built() / ("classmood.exe" if sys.platform == "win32" else "classmood"))
    assert {"desktop", "models", "PySide6", "cv2"} <= found
    assert found & set(FORBIDDEN) == set()


def test_there_is_one_qt_only() -> None:
    names = {file.name.lower() for file in built().rglob("*") if "qt" in file.name.lower()}
    assert not [name for name in names if "qt5" in name or "qml" in name or "quick" in name]


def test_all_that_is_read_as_a_file_is_there() -> None:
    internal = built() / "_internal"
    for pattern in ("assets/**/*", "models/weights/*", "desktop/store/migrations/**/*.py"):
        for file in ROOT.glob(pattern):
            if file.is_file() and file.suffix not in {".ts", ".pyc"}:
                assert (internal / file.relative_to(ROOT)).is_file(), file


def test_the_licences_of_what_is_inside_are_there() -> None:
    parts = {part["name"]: part for part in json.loads(licences().read_text(encoding="utf-8"))["parts"]}
    wanted = (
        "Classmood",
        "Qt",
        "numpy",
        "opencv-python-headless",
        "onnxruntime",
        "psycopg-binary",
        "pyinstaller",
    )
    for name in wanted:
        assert parts[name]["version"], name
        assert parts[name]["texts"], name
    assert any("libssl" in name or "openssl" in name for name in parts) or not LINUX


def licences() -> Path:
    return built() / "_internal" / "licences.json"


def test_the_bill_of_materials_is_valid() -> None:
    from bundle.sbom import bill
    from desktop.licences import read

    components = json.loads(bill(read(licences())))["components"]
    assert {"numpy", "Qt", "Python"} <= {component["name"] for component in components}


def test_the_source_is_there() -> None:
    (archive,) = (built() / "_internal").glob(f"classmood-{__version__}-source.tar.xz")
    assert archive.stat().st_size > 100_000


@pytest.mark.skipif(not LINUX, reason="Linux")
def test_it_weighs_what_it_may() -> None:
    from bundle.sizes import UNPACKED_LIMIT, sizes

    assert sum(sizes(built()).values()) <= UNPACKED_LIMIT


@pytest.mark.skipif(not LINUX, reason="Linux")
@pytest.mark.parametrize(
    ("tool", "file"),
    [
        (["desktop-file-validate"], "share/applications/classmood.desktop"),
        (["appstreamcli", "validate", "--no-net"], "share/metainfo/org.classmood.Classmood.metainfo.xml"),
    ],
)
def test_the_desktop_can_read_what_it_is_told(tool: Sequence[str], file: str) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is not installed")
    answer = subprocess.run([*tool, built() / file], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.skipif(not LINUX, reason="Linux")
def test_it_gets_into_the_menu_and_out_again(program: Program, tmp_path: Path) -> None:
    script = program.file.parent / "add-to-menu.sh"
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run(["sh", str(script)], env=environment, check=True, capture_output=True)
    entry = tmp_path / ".local/share/applications/classmood.desktop"
    assert f'Exec="{program.file}"' in entry.read_text(encoding="utf-8")
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(entry)], check=True)
    subprocess.run(["sh", str(script), "--remove"], env=environment, check=True, capture_output=True)
    assert not entry.exists()


@pytest.mark.skipif(not LINUX, reason="Linux")
def test_opencvs_algebra_is_right_with_numpys_openblas() -> None:
    """bundle/blas.c stands in for OpenCV's OpenBLAS: each of its functions is asked for something known."""
    (library,) = (built() / "_internal" / "opencv_python_headless.libs").glob("libopenblas*")
    environment = os.environ | {"LD_PRELOAD": str(library)}
    subprocess.run([sys.executable, str(ROOT / "bundle" / "algebra.py")], env=environment, check=True)


@pytest.mark.skipif(not LINUX, reason="Linux")
def test_every_library_can_be_loaded() -> None:
    """Also those that were stripped, replaced or left without one that they asked for."""
    internal = built() / "_internal"
    files = [str(file) for file in sorted(internal.rglob("*.so*")) if not file.is_symlink()]
    script = "import ctypes, os, sys\nfor file in sys.argv[1:]: ctypes.CDLL(file, os.RTLD_NOW)"
    environment = os.environ | {"LD_LIBRARY_PATH": str(internal)}
    answer = subprocess.run(
        [sys.executable, "-c", script, *files], env=environment, capture_output=True, text=True, check=False
    )
    assert len(files) > 100
    assert answer.returncode == 0, answer.stderr


def test_nobody_else_can_write_into_the_copy(program: Program) -> None:
    assert not LINUX or not program.file.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_IWUSR)
