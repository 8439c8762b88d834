"""Settings dialog, themes and languages: what is chosen is used at once and comes back."""

import itertools
import math
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.ui import words
from desktop.ui.notice_dialog import NoticeDialog
from desktop.ui.palette import DARK, LIGHT, ON_DARK, ON_LIGHT, Theme
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.settings_page import Column
from models.downloads import DownloadableModel
from models.errors import ModelError
from tests.fake_engine import make_camera, make_interval
from tests.fake_ui import OFFSCREEN, Desk

pytestmark = OFFSCREEN
Matrix = tuple[tuple[float, ...], ...]
_Buttons = QDialogButtonBox.StandardButton


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def dialog_for(desk: Desk, qtbot: QtBot, settings: Settings) -> SettingsDialog:
    dialog = SettingsDialog(settings, desk.parts)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    return dialog


def applied(dialog: SettingsDialog, qtbot: QtBot) -> Settings:
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        dialog.buttons.button(_Buttons.Apply).click()
    assert changed.args is not None
    settings = changed.args[0]
    assert isinstance(settings, Settings)
    return settings


def test_what_is_not_touched_stays_to_the_digit(desk: Desk, qtbot: QtBot) -> None:
    settings = Settings.model_validate(
        {
            "notice_accepted": True,
            "camera": {"source": "rtsp://camera/1", "width": 800, "height": 600, "mirror": False},
            "analysis": {"detector": "yunet", "emotions": 4, "unsure_below": 0.437, "smoothing_s": 1.23},
            "view": {"language": "uk", "theme": "dark"},
            "storage": {"database": "postgresql+psycopg://teacher@host/lessons"},
            "activities": {"key_1": "QUIZ", "key_2": "", "key_3": "Дослід"},
        }
    )
    assert applied(dialog_for(desk, qtbot, settings), qtbot) == settings
    assert applied(dialog_for(desk, qtbot, Settings()), qtbot) == Settings()


def test_a_page_is_made_when_it_is_looked_at(desk: Desk, qtbot: QtBot) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    assert [type(page).__name__ for page in dialog.findChildren(Column)] == ["CameraPage"]
    for row, name in enumerate(("CameraPage", "AnalysisPage", "ActivitiesPage", "ViewPage", "StoragePage")):
        dialog.list.setCurrentRow(row)
        shown = [page for page in dialog.findChildren(Column) if page.isVisibleTo(dialog)]
        assert [type(page).__name__ for page in shown] == [name]


def test_every_control_reaches_the_settings(desk: Desk, qtbot: QtBot) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    dialog.show_cameras([make_camera(0, "HD Webcam")])
    dialog.camera.source.setCurrentText("HD Webcam")
    dialog.camera.resolution.setCurrentText("640х480")  # with the Cyrillic letter
    dialog.camera.mirror.setChecked(False)
    dialog.analysis.detectors["yunet"].click()
    dialog.analysis.emotions.setCurrentIndex(1)
    dialog.analysis.unsure.setValue(55)
    dialog.analysis.smoothing.setValue(2.5)
    dialog.analysis.quiet.click()
    dialog.view.language.setCurrentIndex(dialog.view.language.findData("uk"))
    dialog.view.theme.setCurrentIndex(dialog.view.theme.findData("dark"))
    dialog.storage.database.setText("sqlite:////srv/lessons.db")
    dialog.activities.fields[0].setEditText(" Experiment ")
    dialog.activities.fields[1].setCurrentIndex(3)
    dialog.activities.fields[4].setEditText("")
    changed = applied(dialog, qtbot)
    assert changed.camera.model_dump() == {
        "source": "HD Webcam",
        "width": 640,
        "height": 480,
        "mirror": False,
    }
    assert changed.analysis.model_dump() == {
        "detector": "yunet",
        "emotions": 4,
        "unsure_below": 0.55,
        "smoothing_s": 2.5,
        "quiet": True,
    }
    assert changed.view.model_dump() == {"language": "uk", "theme": "dark"}
    assert changed.storage.database == "sqlite:////srv/lessons.db"
    assert changed.activities.names == ("Experiment", "group work", "quiz", "group work", "")


@pytest.mark.parametrize("text", ["", "wide", "1280", "1x1", "99999 x 99999", "-640 x 480"])
def test_a_wrong_resolution_is_named_and_not_applied(desk: Desk, qtbot: QtBot, text: str) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    dialog.camera.resolution.setCurrentText(text)
    assert "Resolution" in dialog.problem_label.text()
    assert not dialog.buttons.button(_Buttons.Ok).isEnabled()
    assert not dialog.apply()


@pytest.mark.parametrize("text", ["lessons", "sqlite://", "://", "http:/"])
def test_a_wrong_database_is_named_and_not_applied(desk: Desk, qtbot: QtBot, text: str) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    dialog.storage.database.setText(text)
    assert "Database" in dialog.problem_label.text()
    assert not dialog.apply()
    dialog.storage.database.clear()
    assert dialog.problem_label.text() == ""
    assert dialog.apply()


def test_the_data_folder_is_shown(desk: Desk, qtbot: QtBot) -> None:
    assert dialog_for(desk, qtbot, Settings()).storage.folder.text() == str(Path("data"))


def test_every_detector_comes_with_a_sentence_on_when_to_choose_it(desk: Desk, qtbot: QtBot) -> None:
    names = Settings.model_json_schema()["$defs"]["AnalysisSettings"]["properties"]["detector"]["enum"]
    assert set(words.DETECTORS) == set(names)
    hints = [words.detector_hint(name) for name in names]
    assert len(set(hints)) == len(names)
    assert all(len(hint) > 20 for hint in hints)
    dialog = dialog_for(desk, qtbot, Settings())
    assert set(hints) <= {label.text() for label in dialog.analysis.findChildren(QLabel)}


def test_settings_from_the_dialog_are_used_at_once(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    desk.window.commands.settings.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SettingsDialog)
    dialog.view.language.setCurrentIndex(dialog.view.language.findData("uk"))
    dialog.view.theme.setCurrentIndex(dialog.view.theme.findData("dark"))
    dialog.analysis.emotions.setCurrentIndex(1)
    dialog.buttons.button(_Buttons.Ok).click()
    workspace = desk.window.workspace
    qtbot.waitUntil(lambda: workspace.session.start_button.text() == "Почати сеанс")
    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    assert [name for name, _ in workspace.now.bars.rows()] == ["happy", "surprise", "neutral", "sad"]
    assert desk.changes[-1].view.theme == "dark"
    assert ("open_source", "0") in desk.engine.calls
    assert desk.engine.names().count("open_source") == 1  # nothing of the camera was changed


# Themes


def test_the_theme_key_switches_at_once_and_is_remembered(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    light = desk.window.grab().toImage()
    desk.window.commands.theme.trigger()
    qtbot.waitUntil(desk.window.updatesEnabled)  # before that there is nothing to grab
    dark = desk.window.grab().toImage()
    middle = light.rect().center()
    assert light.pixelColor(middle).lightness() > 180
    assert dark.pixelColor(middle).lightness() < 80
    desk.window.commands.theme.trigger()
    assert [change.view.theme for change in desk.changes] == ["dark", "light"]


def test_windows_take_a_theme_in_turn_the_one_in_use_first(desk: Desk, qtbot: QtBot) -> None:
    desk.themes.apply("light")
    painted: list[QWidget] = []

    class Window(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            painted.append(self)

    windows = [Window() for _ in range(4)]
    for window in windows:
        qtbot.addWidget(window)
        window.show()
    windows[2].activateWindow()
    qtbot.waitUntil(windows[2].isActiveWindow)
    qtbot.waitUntil(lambda: len(painted) >= len(windows))
    painted.clear()
    desk.themes.apply("dark")
    assert not painted
    windows.pop().close()
    qtbot.waitUntil(lambda: len(painted) == len(windows))
    assert painted[0] is windows[2]


def test_an_icon_is_drawn_once_in_each_colour(desk: Desk) -> None:
    icons = desk.parts.icons
    black = icons.icon("menu", "#000000", "#888888")
    assert icons.icon("menu", QColor("black"), "#888888").cacheKey() == black.cacheKey()
    for other in (icons.icon("menu", "#FFFFFF", "#888888"), icons.icon("menu", "#000000"), icons.app_icon()):
        assert other.cacheKey() != black.cacheKey()


def test_system_follows_the_system(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.themes.apply("system")
    assert desk.themes.theme is LIGHT
    monkeypatch.setattr(
        "PySide6.QtGui.QStyleHints.colorScheme", lambda _hints: Qt.ColorScheme.Dark, raising=True
    )
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert desk.themes.theme is DARK
    desk.themes.apply("light")
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert desk.themes.theme is LIGHT


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""

    def luminance(name: str) -> float:
        colour = QColor(name)
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_is_legible_on_everything_it_stands_on(theme: Theme) -> None:
    for ground in (theme.window, theme.surface, theme.hover, theme.danger_surface, theme.warning_surface):
        assert contrast(theme.text, ground) >= 7
    for ground in (theme.window, theme.surface):
        for ink in (theme.muted, theme.danger):
            assert contrast(ink, ground) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5


# Machado et al. 2009 at full severity, on linear RGB
DEUTERANOPIA = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
PROTANOPIA = ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052))


@pytest.mark.parametrize("colours", [ON_LIGHT, ON_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_emotions_stay_apart_for_colour_blind_eyes(vision: Matrix, colours: dict[str, str]) -> None:
    seen = {}
    for emotion, name in colours.items():
        colour = QColor(name)
        linear = [c**2.2 for c in (colour.redF(), colour.greenF(), colour.blueF())]
        mixed = [sum(f * c for f, c in zip(row, linear, strict=True)) for row in vision]
        seen[emotion] = [255 * max(0.0, min(1.0, c)) ** (1 / 2.2) for c in mixed]
    for first, second in itertools.combinations(seen, 2):
        assert math.dist(seen[first], seen[second]) > 45, (first, second)


# Languages


def test_the_language_switches_while_a_session_runs(desk: Desk, qtbot: QtBot) -> None:
    desk.show(qtbot)
    desk.open_camera()
    workspace = desk.window.workspace
    workspace.session.fields["course"].setText("Physics")
    workspace.session.start_button.click()
    desk.engine.interval_ready.emit(make_interval(0))
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: workspace.session.stop_button.text() == "Завершити")
    assert "радість" in workspace.now.bars.accessibleDescription()
    assert workspace.status.faces_label.text() == "6 облич"
    assert desk.window.commands.quit.text() == "Вийти"
    desk.languages.apply("en")
    qtbot.waitUntil(lambda: workspace.session.stop_button.text() == "Stop")


def test_numbers_have_the_right_plural_in_both_languages(desk: Desk) -> None:
    said = [words.faces(n) for n in (0, 1, 2, 5)]
    assert said == ["0 faces", "1 face", "2 faces", "5 faces"]
    desk.languages.apply("uk")
    said = [words.faces(n) for n in (0, 1, 2, 5, 11, 21, 22, 111)]
    assert said == [
        "0 облич", "1 обличчя", "2 обличчя", "5 облич", "11 облич", "21 обличчя", "22 обличчя", "111 облич",
    ]  # fmt: skip


def test_numbers_are_written_as_the_language_does(desk: Desk) -> None:
    assert words.signed(0.321) == "+0.32"
    assert words.signed(-0.004) == "0.00"
    desk.languages.apply("uk")
    assert words.signed(-0.321) == "\u22120,32"
    assert QLocale().decimalPoint() == ","


def test_durations_read_like_a_clock() -> None:
    assert [words.duration(s) for s in (-1, 0, 59.9, 60, 3599, 3600, 36_000)] == [
        "0:00", "0:00", "0:59", "1:00", "59:59", "1:00:00", "10:00:00",
    ]  # fmt: skip


def test_an_unknown_system_language_becomes_english(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.languages.apply("uk")
    monkeypatch.setattr(desk.languages, "_system", QLocale("ja_JP"))
    desk.languages.apply("system")
    assert desk.languages.language == "en"


def test_qts_own_buttons_speak_ukrainian_too(desk: Desk, qtbot: QtBot) -> None:
    desk.languages.apply("uk")
    box = QDialogButtonBox(_Buttons.Cancel)
    qtbot.addWidget(box)
    assert box.button(_Buttons.Cancel).text().replace("&", "") == "Скасувати"


# The notice


def test_the_notice_is_accepted_only_after_it_was_read(desk: Desk, qtbot: QtBot) -> None:
    dialog = NoticeDialog(desk.parts.icons)
    qtbot.addWidget(dialog)
    assert not dialog.accept_button.isEnabled()
    dialog.read_box.click()
    with qtbot.waitSignal(dialog.accepted):
        dialog.accept_button.click()


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_notice_names_the_law_and_what_a_label_is(desk: Desk, qtbot: QtBot, language: str) -> None:
    desk.languages.apply(language)
    dialog = NoticeDialog(desk.parts.icons)
    qtbot.addWidget(dialog)
    said = dialog.text()
    assert "5(1)(f)" in said
    assert "2025" in said
    assert ("not a feeling" if language == "en" else "не про почуття") in said


def test_the_whole_notice_is_visible(desk: Desk, qtbot: QtBot) -> None:
    for language in ("en", "uk"):
        desk.languages.apply(language)
        dialog = NoticeDialog(desk.parts.icons)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        for label in dialog.labels():
            assert label.height() >= label.heightForWidth(label.width())
        QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
        dialog.close()


def test_activities_are_offered_in_the_language_in_use_and_kept_in_one(desk: Desk, qtbot: QtBot) -> None:
    desk.languages.apply("uk")
    dialog = dialog_for(desk, qtbot, Settings())
    assert dialog.activities.fields[2].currentText() == "Вікторина"
    dialog.activities.fields[0].setEditText("вікторина")
    assert applied(dialog, qtbot).activities.names == ("quiz", "interactive", "quiz", "group work", "break")
    desk.languages.apply("en")
    qtbot.waitUntil(lambda: dialog.activities.fields[0].currentText() == "Quiz")


def test_the_model_file_of_yunet_is_fetched_when_asked_for(desk: Desk, qtbot: QtBot) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    row = dialog.analysis.model_row
    assert row.state.text() == "Its model file is not here yet."
    desk.languages.apply("uk")
    qtbot.waitUntil(lambda: "(0,3 " in row.download_button.text())  # as the language writes numbers
    desk.languages.apply("en")
    qtbot.waitUntil(lambda: row.download_button.text() == "Download (0.3 MB)")

    def fail(model: DownloadableModel, folder: Path) -> Path:
        raise ModelError("The network is down. Try again.")

    desk.fetch = fail
    row.download_button.click()
    assert not row.download_button.isEnabled()
    qtbot.waitUntil(lambda: row.state.text() == "The network is down. Try again.")
    desk.fetch = lambda model, folder: folder / model.file_name
    with qtbot.waitSignal(dialog.model_arrived):
        row.download_button.click()
    assert row.state.text() == "Its model file is here."
    assert row.download_button.isHidden()


def test_a_file_that_is_no_model_is_refused_in_words(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_for(desk, qtbot, Settings())
    row = dialog.analysis.model_row
    desk.prompts.path = tmp_path / "other.onnx"
    desk.prompts.path.write_bytes(b"no model")
    row.file_button.click()
    qtbot.waitUntil(lambda: row.state.property("role") == "error")
    assert "other.onnx" in row.state.text()
    assert not row.file_button.isHidden()
