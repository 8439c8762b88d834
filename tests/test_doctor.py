"""`classmood doctor`: each thing that can be missing is named with what to do about it."""

import json
import re
import socket
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desktop import sessions
from desktop.capture.cameras import Camera
from desktop.doctor import (
    Check,
    check_cameras,
    check_data_dir,
    check_database,
    check_detector,
    check_model,
    check_qt,
    check_settings,
    check_test_face,
    doctor,
    report,
    run_checks,
)
from desktop.libraries import PACKAGES
from desktop.paths import DataDir
from desktop.settings import Settings, StorageSettings, load_settings
from desktop.statistics import SessionDetails
from desktop.store import SessionStore, store_for, waiting_store_for
from desktop.store.schema import REVISION
from models.errors import ModelError

DISPLAY = {"DISPLAY": ":0"}
GIGABYTE = 1_000_000_000


def version() -> str:
    return "6.11.3"


def unusable() -> str:
    raise ModelError("emotion.onnx is truncated. Install Classmood again.")


def unusable_count() -> int:
    raise ModelError("face.onnx is truncated. Install Classmood again.")


def run(data_dir: Path, *arguments: str) -> tuple[int, str]:
    cli = typer.Typer()
    cli.command()(doctor)
    outcome = CliRunner().invoke(cli, [*arguments, "--data-dir", str(data_dir)])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    return outcome.exit_code, outcome.stdout


def test_missing_system_libraries_are_named_with_the_line_that_installs_them() -> None:
    def load(library: str) -> None:
        if library in ("libxcb-cursor.so.0", "libEGL.so.1"):
            raise OSError(f"{library}: cannot open shared object file")

    check = check_qt(load, version, "linux", DISPLAY)
    assert check.status == "fail"
    assert "libxcb-cursor.so.0" in check.detail
    assert check.remedy.endswith("sudo apt install libegl1 libxcb-cursor0")


def test_other_systems_bring_their_libraries_along() -> None:
    def load(library: str) -> None:
        raise OSError(library)

    assert check_qt(load, version, "win32", {}) == Check("qt", "ok", "Qt 6.11.3")
    assert check_qt(load, version, "darwin", {}).status == "ok"


def test_qt_that_does_not_load_is_said() -> None:
    def broken() -> str:
        raise ImportError("DLL load failed while importing QtWidgets")

    check = check_qt(str, broken, "win32", {})
    assert check.status == "fail"
    assert "DLL load failed" in check.detail


def test_no_display_is_a_hint_because_analyze_needs_none() -> None:
    assert check_qt(str, version, "linux", {}).status == "warn"
    assert check_qt(str, version, "linux", {"WAYLAND_DISPLAY": "wayland-0"}).status == "ok"
    assert check_qt(str, version, "linux", DISPLAY).status == "ok"


def test_make_installs_the_libraries_that_the_doctor_asks_for() -> None:
    script = (Path(__file__).parents[1] / ".ci" / "system-packages").read_text()
    listed = re.search(r"for package in (.*?) \"\$@\"", script, re.DOTALL)
    assert listed is not None
    assert set(listed[1].replace("\\", " ").split()) == set(PACKAGES.values())


def test_cameras_are_listed_and_none_is_only_a_hint() -> None:
    check = check_cameras(lambda: [Camera(0, "HD Webcam", "usb", 200), Camera(2, "Dokument", "usb", 200)])
    assert check == Check("cameras", "ok", "0: HD Webcam, 2: Dokument")
    check = check_cameras(list)
    assert check.status == "warn"
    assert "--source demo" in check.remedy


def test_only_the_chosen_detector_must_load() -> None:
    assert check_detector("haar", True, object).status == "ok"
    assert check_detector("yunet", False, unusable).status == "warn"
    check = check_detector("yunet", True, unusable)
    assert check.status == "fail"
    assert "Install Classmood again" in check.remedy


def test_a_model_that_does_not_load_fails() -> None:
    assert check_model(lambda: "emotion-yolov8n 0.1.0").detail == "emotion-yolov8n 0.1.0"
    assert check_model(unusable) == Check(
        "model",
        "fail",
        "the emotion classifier does not load",
        "emotion.onnx is truncated. Install Classmood again.",
    )


def test_a_search_that_finds_no_test_face_fails() -> None:
    assert check_test_face(lambda: 8).status == "ok"
    nothing = check_test_face(lambda: 0)
    assert nothing.status == "fail"
    assert "settings" in nothing.remedy
    assert "Install Classmood again" in check_test_face(unusable_count).remedy


def test_wrong_settings_fail(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert check_settings(lambda: load_settings(path)).status == "ok"
    path.write_text("[camera]\nwidth = 1")
    check = check_settings(lambda: load_settings(path))
    assert check.status == "fail"
    assert "camera.width" in check.detail


@pytest.mark.parametrize(("free", "status"), [(GIGABYTE, "ok"), (100_000_000, "warn"), (1_000, "fail")])
def test_room_on_the_disk(tmp_path: Path, free: int, status: str) -> None:
    check = check_data_dir(DataDir(tmp_path / "not" / "yet"), lambda _: free)
    assert check.status == status
    assert bool(check.remedy) == (status != "ok")
    assert not (tmp_path / "not").exists()


def test_a_data_folder_that_can_not_be_written_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check = check_data_dir(DataDir(tmp_path / "file" / "data"), lambda _: GIGABYTE)
    assert check.status == "fail"
    assert "--data-dir" in check.remedy


def test_the_database_is_looked_at_and_left_alone(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)

    def open_store() -> SessionStore:
        return store_for(Settings(), data_dir)

    assert check_database(open_store).status == "ok"
    assert not data_dir.database.exists()
    with sqlite3.connect(data_dir.database) as connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")
    connection.close()
    check = check_database(open_store)
    assert check.status == "fail"
    assert "another program" in check.remedy
    data_dir.database.write_text("Dear diary, " * 500)
    assert check_database(open_store).status == "fail"


def test_the_database_says_its_version_and_an_old_one_is_left_as_it_is(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    with closing(store_for(Settings(), data_dir)) as store:
        store.create(SessionDetails(), datetime.now(UTC), "m", "demo")
    check = check_database(lambda: store_for(Settings(), data_dir))
    assert check.detail.endswith(f"answers, version {REVISION}, 1 session")
    with closing(sqlite3.connect(data_dir.database)) as connection:
        connection.execute("DROP TABLE kind_summary")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
        connection.commit()
    check = check_database(lambda: store_for(Settings(), data_dir))
    assert check.detail.endswith("answers, version 0002")
    assert REVISION in check.remedy
    with closing(sqlite3.connect(data_dir.database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


def test_a_server_that_does_not_answer_and_what_waits_for_it_are_said(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"postgresql+psycopg://c:secret@127.0.0.1:{taken.getsockname()[1]}/classmood"
        waiting = waiting_store_for(Settings(storage=StorageSettings(database=address)), DataDir(tmp_path))
        assert waiting is not None
        with closing(waiting):
            waiting.create(SessionDetails(), datetime.now(UTC), "m", "demo")
        code, out = run(tmp_path, "--json", "--database", address)
        listed = CliRunner().invoke(
            sessions.app, ["list", "--data-dir", str(tmp_path), "--database", address]
        )
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert code == 1
    assert checks["database"]["status"] == "fail"
    assert "127.0.0.1" in checks["database"]["remedy"]
    assert checks["waiting sessions"]["status"] == "warn"
    assert checks["waiting sessions"]["detail"].startswith("1 in ")
    assert listed.exit_code == 1
    assert "wait on this computer: 1" in listed.stderr
    assert "secret" not in out + listed.output


def test_an_address_without_driver_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    check = check_database(lambda: SessionStore("postgresql+psycopg://localhost/classmood"))
    assert check.status == "fail"
    assert "pip install" in check.remedy


def test_exit_code_1_only_if_something_needed_fails(capsys: pytest.CaptureFixture[str]) -> None:
    report([Check("cameras", "warn", "none", "Plug one in.")], as_json=True)
    assert json.loads(capsys.readouterr().out)["ok"] is True
    with pytest.raises(typer.Exit) as stopped:
        report([Check("model", "fail", "gone\x1b[31m", "Install again.")], as_json=False)
    assert stopped.value.exit_code == 1
    shown = capsys.readouterr().out
    assert "Install again." in shown
    assert "\x1b[31m" not in shown


def test_this_computer_is_checked_without_a_change(tmp_path: Path) -> None:
    code, out = run(tmp_path, "--json")
    shown = json.loads(out)
    names = [check["name"] for check in shown["checks"]]
    expected = [
        "qt",
        "cameras",
        "detector haar",
        "detector learned",
        "detector yunet",
        "model",
        "test face",
        "settings",
        "data folder",
        "database",
        "waiting sessions",
    ]
    assert names == expected
    assert all(check["remedy"] for check in shown["checks"] if check["status"] != "ok")
    assert code == (0 if shown["ok"] else 1)
    assert list(tmp_path.iterdir()) == []


def test_damaged_settings_and_database_are_both_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[camera")
    (tmp_path / "classmood.db").write_text("Dear diary, " * 500)
    failed = [check.name for check in run_checks(DataDir(tmp_path)) if check.status == "fail"]
    assert {"settings", "database"} <= set(failed)
    assert run(tmp_path)[0] == 1
