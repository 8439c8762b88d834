"""Messages above the picture: what goes wrong is said in the window's language until it is over."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from desktop.capture.frame import CaptureError
from desktop.statistics import SessionDetails
from desktop.store import Waiting
from models.errors import said
from tests.fake_engine import CAMERA_INFO, make_face, make_result
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def phase(desk: Desk) -> str:
    return desk.engine.session.phase


def test_a_database_that_fails_is_said_until_it_works_again(desk: Desk) -> None:
    desk.engine.start_session(SessionDetails())
    desk.engine.storage_failed.emit("The disk is full.")
    assert "The disk is full." in desk.window.workspace.banners.text("storage")
    assert desk.window.workspace.status.storage_label.text() == "Not saved"
    desk.engine.storage_recovered.emit()
    assert desk.window.workspace.banners.text("storage") == ""
    assert desk.window.workspace.status.storage_label.text() == "Saving the session"


def test_sessions_that_wait_for_the_server_are_counted_until_they_are_handed_over(desk: Desk) -> None:
    banners = desk.window.workspace.banners
    desk.engine.waiting_changed.emit(Waiting(2, said("The server {name} is away.", name="school")))
    assert "kept on this computer" in banners.text("waiting")
    assert "2 sessions wait." in banners.text("waiting")
    assert "The server school is away." in banners.text("waiting")
    desk.engine.waiting_changed.emit(Waiting(0))
    assert banners.text("waiting") == ""


def test_messages_follow_the_language(desk: Desk, qtbot: QtBot) -> None:
    banners, placeholder = desk.window.workspace.banners, desk.window.workspace.stage.placeholder
    full = said("the disk is full")
    desk.engine.storage_failed.emit(
        said("The folder {folder} can not be read: {reason}.", folder="a", reason=full)
    )
    desk.window.show_problem(said("{name} gives no picture.", name="HD Webcam"))
    desk.window.open_source("a.mp4")
    error = CaptureError(
        "The file {path} can not be read: {reason}.", path="a.mp4", reason=said("Permission denied")
    )
    desk.engine.source_failed.emit(error.sentence)
    assert placeholder.detail == "The file a.mp4 can not be read: Permission denied." == str(error)
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: placeholder.detail == "Не вдалося прочитати файл a.mp4: немає дозволу.")
    qtbot.waitUntil(lambda: banners.text("problem") == "HD Webcam не дає зображення.")
    assert "Не вдалося прочитати теку a: на диску немає місця." in banners.text("storage")


def test_a_model_that_fails_is_said_until_one_loads(desk: Desk) -> None:
    desk.engine.model_failed.emit("emotion.onnx is damaged.")
    assert "emotion.onnx is damaged." in desk.window.workspace.banners.text("model")
    desk.engine.model_loaded.emit()
    assert desk.window.workspace.banners.text("model") == ""


def test_a_message_that_was_closed_stays_closed_until_something_else_happens(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.show(qtbot)
    banners = desk.window.workspace.banners
    desk.engine.storage_failed.emit("The disk is full.")
    banners.findChildren(QAbstractButton)[0].click()
    assert not banners.isVisible()
    desk.engine.storage_failed.emit("The disk is full.")  # the next attempt failed as well
    assert not banners.isVisible()
    desk.engine.storage_recovered.emit()
    desk.engine.storage_failed.emit("The disk is full.")
    assert banners.isVisible()


def test_a_problem_from_elsewhere_is_said(desk: Desk) -> None:
    desk.window.show_problem(said("settings.toml can not be written."))
    assert "settings.toml" in desk.window.workspace.banners.text("problem")


def test_a_session_is_paused_when_its_file_ends_and_can_be_ended_or_go_on(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.window.open_source("lesson.mp4")
    desk.engine.source_opened.emit(CAMERA_INFO)
    desk.engine.start_session(SessionDetails())
    desk.engine.source_ended.emit()
    banners, card = desk.window.workspace.banners, desk.window.workspace.session
    assert phase(desk) == "paused"
    assert "the session is paused" in banners.text("ended")
    assert not card.pause_button.isEnabled()  # there is nothing to record
    desk.window.commands.pause.trigger()
    assert phase(desk) == "paused"
    desk.window.open_source("more.mp4")
    desk.engine.source_opened.emit(CAMERA_INFO)
    card.pause_button.click()
    assert phase(desk) == "recording"
    assert banners.text("ended") == ""
    desk.engine.source_ended.emit()
    next(b for b in banners.findChildren(QPushButton) if b.text() == "End the session").click()
    assert phase(desk) == "idle"
    assert banners.text("ended") == ""


def test_an_unplugged_camera_dims_the_picture_until_it_is_back(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.engine.start_session(SessionDetails())
    desk.engine.give(make_result(make_face(1, (100, 100, 300, 300), "happy"), colour=200))
    desk.engine.source_lost.emit("HD Webcam was unplugged.")
    banners, view = desk.window.workspace.banners, desk.window.workspace.stage.view
    assert "the gap is marked" in banners.text("source")
    assert "HD Webcam was unplugged." in banners.text("source")
    middle = view.picture_rect().center().toPoint()
    assert view.grab().toImage().pixelColor(middle * view.devicePixelRatio()).red() < 120
    desk.engine.source_recovered.emit(CAMERA_INFO)
    assert banners.text("source") == ""
    assert desk.engine.state.phase == "recording"
