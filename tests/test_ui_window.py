"""The main window on a fake engine: what a teacher sees and does."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.capture.frame import SourceInfo
from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.ui.status_strip import StatusStrip
from models.errors import said
from tests.fake_engine import CAMERA_INFO, make_camera, make_face, make_interval, make_result
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


# Sessions


def test_a_session_can_start_only_with_a_picture(desk: Desk) -> None:
    card = desk.window.workspace.session
    assert not card.start_button.isEnabled()
    desk.open_camera()
    assert card.start_button.isEnabled()
    desk.engine.source_failed.emit("The camera is busy.")
    assert not card.start_button.isEnabled()


def test_start_hands_over_what_was_typed(desk: Desk, qtbot: QtBot) -> None:
    desk.open_camera()
    card = desk.window.workspace.session
    for name, text in (("course", " Фізика "), ("group", "8-Б"), ("teacher", "О. Коваль"), ("note", "😀")):
        card.fields[name].setText(text)
    card.start_button.click()
    details = SessionDetails("Фізика", "8-Б", "О. Коваль", "😀")
    assert ("start_session", details) in desk.engine.calls


def test_the_buttons_follow_the_session(desk: Desk) -> None:
    desk.open_camera()
    card = desk.window.workspace.session
    assert [b.isHidden() for b in (card.start_button, card.pause_button, card.stop_button)] == [0, 1, 1]
    card.start_button.click()
    assert [b.isHidden() for b in (card.start_button, card.pause_button, card.stop_button)] == [1, 0, 0]
    assert card.pause_button.text() == "Pause"
    card.pause_button.click()
    assert card.pause_button.text() == "Resume"
    card.pause_button.click()
    assert card.pause_button.text() == "Pause"
    card.stop_button.click()
    assert [b.isHidden() for b in (card.start_button, card.pause_button, card.stop_button)] == [0, 1, 1]
    assert desk.engine.names()[-4:] == ["start_session", "pause_session", "resume_session", "stop_session"]


def test_keys_start_pause_and_stop(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.window.activateWindow()
    for key in (Qt.Key.Key_R, Qt.Key.Key_P, Qt.Key.Key_P, Qt.Key.Key_R):
        QTest.keyClick(desk.window, key, Qt.KeyboardModifier.ControlModifier)
    assert desk.engine.names()[-4:] == ["start_session", "pause_session", "resume_session", "stop_session"]


def test_the_start_key_does_nothing_without_a_picture(desk: Desk) -> None:
    desk.press(desk.window.commands.start_stop)
    assert "start_session" not in desk.engine.names()


# Sources


def test_cameras_are_listed_by_name_and_open_by_name(desk: Desk) -> None:
    desk.engine.cameras_ready.emit([make_camera(0, "HD Webcam"), make_camera(2, "Logitech C920")])
    assert desk.window.sources.camera_names() == ["HD Webcam", "Logitech C920"]
    choose(desk.window.sources, "Logitech C920")
    assert desk.engine.calls[-1] == ("open_source", "Logitech C920")
    assert desk.changes[-1].camera.source == "Logitech C920"


def test_two_cameras_of_one_name_are_told_apart(desk: Desk) -> None:
    desk.engine.cameras_ready.emit([make_camera(0, "HD Webcam"), make_camera(2, "HD Webcam")])
    actions = [a for a in desk.window.sources.actions() if a.text() == "HD Webcam"]
    specs = []
    for action in actions:
        action.trigger()
        specs.append(desk.engine.calls[-1])
    assert specs == [("open_source", "camera:0"), ("open_source", "camera:2")]


def test_no_camera_is_said_in_the_menu(desk: Desk) -> None:
    desk.engine.cameras_ready.emit([])
    assert "No camera found" in [a.text() for a in desk.window.sources.actions()]
    desk.press(desk.window.commands.refresh)
    assert "Looking for cameras…" in [a.text() for a in desk.window.sources.actions()]
    assert desk.engine.names()[-1] == "find_cameras"


def test_files_folders_streams_and_the_demo_open(desk: Desk) -> None:
    commands = desk.window.commands
    desk.prompts.path, desk.prompts.address = Path("урок.mp4"), "rtsp://camera/1"
    for action, spec in (
        (commands.open_file, "урок.mp4"),
        (commands.open_folder, "урок.mp4"),
        (commands.open_stream, "rtsp://camera/1"),
        (commands.demo, "demo"),
    ):
        desk.press(action)
        assert desk.engine.calls[-1] == ("open_source", spec)
    assert desk.changes == []  # a file is for now, not for every start


def test_a_cancelled_question_changes_nothing(desk: Desk) -> None:
    desk.press(desk.window.commands.open_file)
    assert desk.prompts.asked == ["file"]
    assert "open_source" not in desk.engine.names()


def test_resolution_and_mirror_open_the_camera_again(desk: Desk) -> None:
    desk.open_camera()
    desk.window.sources.resolution_chosen.emit(1920, 1080)
    assert desk.changes[-1].camera.width == 1920
    assert desk.engine.names()[-2:] == ["apply_settings", "open_source"]
    desk.engine.source_opened.emit(CAMERA_INFO)
    desk.press(desk.window.commands.mirror)
    assert desk.changes[-1].camera.mirror is False
    assert desk.engine.calls[-1] == ("open_source", "0")


def test_a_camera_that_did_not_open_is_tried_again_with_another_size(desk: Desk) -> None:
    desk.window.open_source("0")
    desk.engine.source_failed.emit(said("{name} gives no picture.", name="HD Webcam"))
    desk.window.sources.resolution_chosen.emit(640, 480)
    assert desk.engine.calls[-1] == ("open_source", "0")


def test_another_detector_is_applied_without_opening_the_camera_again(desk: Desk) -> None:
    desk.open_camera()
    desk.engine.calls.clear()
    desk.window.header.detector_chosen.emit("yunet")
    assert desk.engine.names() == ["apply_settings"]
    assert desk.changes[-1].analysis.detector == "yunet"


def test_mirroring_is_offered_for_cameras_only(desk: Desk) -> None:
    mirror = desk.window.commands.mirror
    desk.open_camera()
    assert mirror.isEnabled() and mirror.isChecked()
    desk.window.open_source("lesson.mp4")
    desk.engine.source_opened.emit(replace(CAMERA_INFO, name="lesson.mp4", kind="video", live=False))
    assert not mirror.isEnabled() and not mirror.isChecked()
    desk.window.sources.resolution_chosen.emit(640, 480)
    assert desk.engine.calls[-1][0] != "open_source"  # a file that plays does not begin anew
    desk.open_camera()
    assert mirror.isEnabled() and mirror.isChecked()


# The picture


def test_the_newest_result_is_on_show(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    result = make_result(make_face(1, (100, 100, 300, 300), "happy"), colour=200)
    desk.engine.give(result)
    view = desk.window.workspace.stage.view
    assert view.result is result
    assert desk.window.workspace.stage.placeholder.isHidden()
    middle = view.picture_rect().center().toPoint()
    assert view.grab().toImage().pixelColor(middle * view.devicePixelRatio()).red() == 200


def test_a_result_of_the_source_before_is_not_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.window.open_source("lesson.mp4")
    desk.engine.give(make_result())
    assert desk.window.workspace.stage.view.result is None
    assert desk.window.workspace.stage.placeholder.mode == "opening"


def test_a_source_that_fails_says_what_to_do_and_offers_the_demo(desk: Desk) -> None:
    desk.window.open_source("3")
    desk.engine.source_failed.emit("There is no camera 3. Plug one in.")
    placeholder = desk.window.workspace.stage.placeholder
    assert "Plug one in" in placeholder.detail
    placeholder.retry_button.click()
    assert desk.engine.calls[-1] == ("open_source", "3")
    desk.engine.source_failed.emit("There is no camera 3. Plug one in.")
    placeholder.demo_button.click()
    assert desk.engine.calls[-1] == ("open_source", "demo")


@pytest.mark.parametrize("width", [640, 1800])
def test_the_whole_sentence_of_a_failure_is_visible(desk: Desk, qtbot: QtBot, width: int) -> None:
    desk.show(qtbot)
    placeholder = desk.window.workspace.stage.placeholder
    placeholder.show_mode("failed", "damaged.mp4 can not be played. " * 8)
    placeholder.resize(width, 500)
    QApplication.processEvents()
    (words,) = (label for label in placeholder.findChildren(QLabel) if label.text().startswith("damaged"))
    assert words.height() >= words.heightForWidth(words.width())


def test_the_end_of_a_file_is_said_and_can_be_played_again(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.window.open_source("lesson.mp4")
    desk.engine.source_opened.emit(CAMERA_INFO)
    desk.engine.source_ended.emit()
    desk.engine.give(make_result(make_face(1, (100, 100, 300, 300), "happy")))  # was still being analysed
    placeholder = desk.window.workspace.stage.placeholder
    assert placeholder.mode == "ended" and not placeholder.isHidden()
    placeholder.retry_button.click()
    assert desk.engine.calls[-1] == ("open_source", "lesson.mp4")


@pytest.mark.parametrize("size", [(1, 1), (4000, 30), (30, 4000), (7680, 4320)])
def test_any_size_of_picture_is_shown_whole(desk: Desk, qtbot: QtBot, size: tuple[int, int]) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.engine.give(make_result(make_face(1, (0, 0, 1, 1), "sad"), width=size[0], height=size[1]))
    view = desk.window.workspace.stage.view
    view.grab()
    assert view.rect().toRectF().adjusted(-1, -1, 1, 1).contains(view.picture_rect())


# Figures


def test_shares_faces_and_mood_follow_the_intervals(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    for second in range(5):
        desk.engine.interval_ready.emit(make_interval(second))
    workspace = desk.window.workspace
    assert dict(workspace.now.bars.rows())["happy"] == pytest.approx(0.45)
    assert "happy 45" in workspace.now.bars.accessibleDescription()
    assert workspace.mood.chart.seconds == (0, 1, 2, 3, 4)
    desk.engine.interval_ready.emit(make_interval(5, None))
    assert dict(workspace.now.bars.rows())["happy"] is None


def test_the_chart_starts_anew_when_the_seconds_do(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    for second in (40, 41, 42, 0, 1):
        desk.engine.interval_ready.emit(make_interval(second))
    assert desk.window.workspace.mood.chart.seconds == (0, 1)


def test_the_chart_keeps_no_more_than_it_shows(desk: Desk) -> None:
    chart = desk.window.workspace.mood.chart
    for second in range(5000):
        chart.add(make_interval(second))
    chart.redraw()
    assert len(chart.seconds) == 600


def test_figures_of_the_picture_are_in_the_strip(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.engine.give(make_result(width=640, height=480))
    desk.window.live.set_resting(True)
    desk.window.live.set_resting(False)
    status = desk.window.workspace.status
    assert "HD Webcam" in status.source_label.text()
    assert "640×480" in status.source_label.text()
    assert status.rate_label.text() == "30 frames/s"
    assert status.latency_label.text() == "38 ms"
    assert status.dropped_label.text() == "3 dropped"
    assert status.faces_label.text() == "6 faces"
    assert not status.pace_label.isVisible()


def test_the_strip_says_when_fewer_frames_are_read(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    status = desk.window.workspace.status
    calm = desk.engine.stats
    status.show_stats(replace(calm, pace="slow", analysed_hz=9.8), None)
    assert status.pace_label.isVisible()
    assert status.pace_label.text() == "Computer too slow: 10 readings a second"
    assert status.pace_label.property("state") == "warn"
    status.show_stats(replace(calm, pace="quiet", analysed_hz=5.0), None)
    assert status.pace_label.text() == "Quiet: 5 readings a second"
    status.show_stats(calm, None)
    assert not status.pace_label.isVisible()


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_window_stays_narrow_enough_for_a_small_screen(desk: Desk, language: str) -> None:
    settings = desk.window.settings
    settings.view.language = language  # type: ignore[assignment]  # validated on assignment
    desk.window.preferences.use(settings)
    desk.open_camera()
    slow = replace(desk.engine.stats, pace="slow", analysed_hz=15, dropped=12345)
    status = desk.window.workspace.status
    status.show_source(SourceInfo(f"{'lesson ' * 20}.mp4", "video", False, 30.0, (1280, 720), None))
    status.show_storage(recording=True, error="")
    status.show_stats(slow, (1280, 720))
    assert desk.window.minimumSizeHint().width() <= 1024


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_narrow_strip_leaves_out_figures_and_never_trouble(desk: Desk, qtbot: QtBot, language: str) -> None:
    settings = desk.window.settings
    settings.view.language = language  # type: ignore[assignment]  # validated on assignment
    desk.window.preferences.use(settings)
    window = QWidget()
    qtbot.addWidget(window)
    status = StatusStrip(window)
    window.show()
    status.show_source(SourceInfo(f"{'lesson ' * 20}.mp4", "video", False, 30.0, (1280, 720), None))
    status.show_storage(recording=True, error="")
    slow = replace(desk.engine.stats, pace="slow", analysed_hz=15, dropped=12345)
    status.show_stats(slow, (1280, 720))
    figures = (status.faces_label, status.rate_label, status.latency_label, status.dropped_label)
    labels = (status.pace_label, status.storage_label, *figures)
    for width, whole in ((1600, True), (800, False), (1600, True)):
        status.resize(width, 30)
        QApplication.processEvents()  # the layout follows
        shown = [label for label in labels if label.isVisible()]
        assert {status.pace_label, status.storage_label} <= set(shown)
        assert (len(shown) == len(labels)) == whole
        assert all(label.width() >= label.sizeHint().width() for label in shown)
        assert status.source_label.text().endswith("1280×720")
        assert status.source_label.sizeHint().width() <= status.source_label.width()
    assert f"{'lesson ' * 20}.mp4" in status.source_label.toolTip()


def test_the_header_says_which_detector_was_chosen(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    button = desk.window.header.detector_button
    assert button.text() == "Automatic"
    desk.engine.stats = replace(desk.engine.stats, detector="learned")
    desk.window.live.set_resting(True)
    desk.window.live.set_resting(False)
    assert button.text() == "Automatic: Own network"
    desk.window.header.detector_chosen.emit("haar")
    assert button.text() == "Cascade (Haar)"  # what the user chose, whatever found the newest faces


def test_quiet_is_a_command_of_menu_and_keyboard(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    quiet = desk.window.commands.quiet
    assert quiet in desk.window.header.main_menu.actions()
    quiet.trigger()
    assert desk.window.settings.analysis.quiet
    name, applied = desk.engine.calls[-1]
    assert name == "apply_settings"
    assert isinstance(applied, Settings)
    assert applied.analysis.quiet
    quiet.trigger()
    assert not desk.window.settings.analysis.quiet


def test_a_second_told_twice_is_drawn_once(desk: Desk) -> None:
    chart = desk.window.workspace.mood.chart
    for second in (3, 4, 4, 5):
        chart.add(make_interval(second))
    chart.redraw()
    assert chart.seconds == (3, 4, 5)


# Rest and end


def test_hidden_and_minimised_windows_rest(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    assert desk.engine.calls[-1] == ("set_hidden", False)
    desk.open_camera()
    desk.window.hide()
    assert desk.engine.calls[-1] == ("set_hidden", True)
    desk.engine.give(make_result())
    assert desk.window.workspace.stage.view.result is None
    assert desk.engine.result is None  # taken, so that nothing piles up
    desk.engine.interval_ready.emit(make_interval(0))
    desk.window.show()
    assert desk.engine.calls[-1] == ("set_hidden", False)
    assert desk.window.workspace.mood.chart.seconds == (0,)


def test_closing_without_a_session_asks_nothing_and_stops_the_engine(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    with qtbot.waitSignal(desk.window.closed_for_good) as closed:
        assert desk.window.close()
    assert closed.args == [0]
    assert desk.prompts.asked == []
    assert desk.engine.names()[-1] == "shutdown"


def test_closing_during_a_session_asks_and_keeps_recording_if_told_so(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.engine.start_session(SessionDetails())
    desk.prompts.close = False
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert desk.prompts.asked == ["close"]
    assert "stop_session" not in desk.engine.names()
    desk.prompts.close = True
    assert desk.window.close()
    assert "stop_session" in desk.engine.names()
    assert desk.engine.names()[-1] == "shutdown"


def test_closing_without_asking_saves_the_session(desk: Desk) -> None:
    desk.engine.start_session(SessionDetails())
    desk.window.close_without_asking()
    assert desk.prompts.asked == []
    assert "stop_session" in desk.engine.names()
    assert desk.engine.names()[-1] == "shutdown"


# The notice


def unaccepted() -> Settings:
    settings = Settings()
    settings.view.language, settings.view.theme = "en", "light"
    return settings


@pytest.mark.parametrize("spec", ["", "0", "lesson.mp4", "rtsp://camera/1", "demolition.mp4"])
def test_the_notice_is_asked_once_before_anything_opens(qtbot: QtBot, spec: str) -> None:
    desk = Desk(qtbot, unaccepted())
    desk.prompts.notice = False
    assert not desk.window.open_source(spec)
    assert "open_source" not in desk.engine.names()
    desk.prompts.notice = True
    assert desk.window.open_source(spec)
    assert desk.changes[-1].notice_accepted
    assert desk.window.open_source(spec)
    assert desk.prompts.asked == ["notice", "notice"]


@pytest.mark.parametrize("spec", ["demo", "demo:7"])
def test_the_demo_classroom_shows_nobody_and_asks_nothing(qtbot: QtBot, spec: str) -> None:
    desk = Desk(qtbot, unaccepted())
    assert desk.window.open_source(spec)
    assert desk.prompts.asked == []
    assert desk.changes == []


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()
