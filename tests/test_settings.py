"""Settings and data folder: wrong values are named, what a person wrote is kept, nothing is half written."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.paths import DataDir, DataDirError, data_dir_for, default_data_dir, write_private
from desktop.settings import (
    AnalysisSettings,
    CameraSettings,
    Settings,
    SettingsError,
    StorageSettings,
    ViewSettings,
    load_settings,
    save_settings,
    set_aside,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def complaint(path: Path, text: str | bytes) -> str:
    """Return what is said of a file with this content, and see that saving does not write over it."""
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    with pytest.raises(SettingsError):
        save_settings(path, Settings(notice_accepted=True))
    assert path.read_bytes() == data
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_without_a_file_the_defaults_apply_and_no_file_appears(path: Path) -> None:
    assert load_settings(path) == Settings()
    assert not path.exists()


def test_every_wrong_value_is_named_with_what_is_allowed(path: Path) -> None:
    said = complaint(
        path,
        """
        notice_accepted = "yes"
        [camera]
        width = 99999
        height = 1.5
        mirror = 1
        source = 5
        [analysis]
        detector = "Haar"
        emotions = 5
        smoothing_s = nan
        """,
    )
    for line in (
        'notice_accepted = "yes": must be true or false',
        "camera.width = 99999: must be a whole number from 160 to 7680",
        "camera.height = 1.5: must be a whole number",
        "camera.mirror = 1: must be true or false",
        "camera.source = 5: must be a text",
        'analysis.detector = "Haar": must be one of "auto", "haar", "learned", "yunet"',
        "analysis.emotions = 5: must be one of 4, 7",
        "analysis.smoothing_s = nan: must be a number from 0 to 10",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("notice_acepted = true", "notice_accepted"),
        ("[view]\ntheem = 'dark'", "view.theme"),
        ("[view]\nwidth = 640", "camera.width"),
        ("[camra]\nwidth = 640", "camera"),
    ],
)
def test_an_unknown_key_gets_a_suggestion(path: Path, text: str, meant: str) -> None:
    assert complaint(path, text).endswith(f"Did you mean {meant}?")


def test_an_unknown_key_like_no_other_gets_none(path: Path) -> None:
    assert complaint(path, "zzz = 1").endswith("is not a setting.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[view]\n[camera\nwidth = 1", "line 2"),
        ("a = 1\na = 2", "not TOML"),
        (b"# ok\n\xff\xfe", "line 2: not UTF-8"),
        ("x = " + "[" * 5000, "not TOML"),
        ("x" * 1_100_000, "no settings file"),
        ("camera = 3", "must be a section"),
        ("[[camera]]\nwidth = 640", "must be a section"),
    ],
)
def test_a_damaged_file_is_said_and_never_written_over(path: Path, text: str | bytes, words: str) -> None:
    assert words in complaint(path, text)


def test_hostile_keys_and_values_are_shown_escaped_and_short(path: Path) -> None:
    said = complaint(path, '"\\u001b[31m\\u202e" = 1\n[view]\nlanguage = "' + "x" * 5000 + '"')
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert len(said) < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=200), st.text("[]{}=\".,#ax1'\n\\ue", max_size=80).map(str.encode)))
def test_any_bytes_are_settings_or_our_own_error(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        before = load_settings(path)
        save_settings(path, before)
    except SettingsError:
        assert path.read_bytes() == data
    else:
        assert load_settings(path) == before


ANY_SETTINGS = st.builds(
    Settings,
    notice_accepted=st.booleans(),
    camera=st.builds(
        CameraSettings,
        source=st.text(st.characters(codec="utf-8"), max_size=20),
        width=st.integers(160, 7680),
        mirror=st.booleans(),
    ),
    analysis=st.builds(
        AnalysisSettings,
        detector=st.sampled_from(["auto", "haar", "learned", "yunet"]),
        emotions=st.sampled_from([4, 7]),
        unsure_below=st.floats(0, 1),
    ),
    view=st.builds(ViewSettings, language=st.sampled_from(["system", "en", "uk"])),
    storage=st.builds(StorageSettings, database=st.text(st.characters(codec="utf-8"), max_size=20)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ANY_SETTINGS, second=ANY_SETTINGS)
def test_what_is_saved_is_what_is_loaded(path: Path, first: Settings, second: Settings) -> None:
    path.unlink(missing_ok=True)
    for values in (first, second, first):
        save_settings(path, values)
        assert load_settings(path) == values


def test_comments_order_and_untouched_values_are_kept(path: Path) -> None:
    path.write_text(
        "# mine\n[view]   # how it looks\ntheme = 'dark' # at night\n\n"
        "# the good one\n[camera]\nwidth = 640 # px\n"
    )
    values = load_settings(path)
    values.view.theme = "light"
    values.notice_accepted = True
    values.analysis.emotions = 4
    save_settings(path, values)
    text = path.read_text()
    assert load_settings(path) == values
    for kept in ("# mine", "[view]   # how it looks", "# at night", "# the good one", "width = 640 # px"):
        assert kept in text
    assert text.index("[view]") < text.index("[camera]")
    assert "height" not in text  # defaults are not frozen into the file


def test_nothing_changed_leaves_the_file_alone(path: Path) -> None:
    path.write_text("[camera]\nwidth=640")
    before = path.stat().st_mtime_ns
    save_settings(path, load_settings(path))
    assert path.stat().st_mtime_ns == before


def test_windows_line_ends_and_byte_order_mark_are_read(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf[camera]\r\nwidth = 640\r\n")
    assert load_settings(path).camera.width == 640


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_only_the_owner_may_read_the_file_because_it_may_hold_a_password(path: Path) -> None:
    save_settings(path, Settings(notice_accepted=True))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_linked_settings_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "classmood.toml"
    real.parent.mkdir()
    real.write_text("[camera]\nwidth = 640\n")
    path.symlink_to(real)
    save_settings(path, Settings(notice_accepted=True))
    assert path.is_symlink()
    assert load_settings(real).notice_accepted


def test_a_write_that_fails_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(path, Settings(notice_accepted=True))

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(SettingsError, match="No space left"):
        save_settings(path, Settings())
    monkeypatch.undo()
    assert load_settings(path).notice_accepted
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_damaged_file_can_be_set_aside(path: Path) -> None:
    path.write_text("[camera")
    aside = set_aside(path)
    assert aside.read_text() == "[camera"
    assert load_settings(path) == Settings()
    with pytest.raises(SettingsError, match="can not be moved"):
        set_aside(path)


def test_settings_in_a_place_that_can_not_be_read_or_written_are_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can not be read"):
        load_settings(tmp_path)
    with pytest.raises(SettingsError, match="can not be saved"):
        save_settings(tmp_path / "missing" / "settings.toml", Settings(notice_accepted=True))


# The data folder


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_new_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "deep" / "folder")
    data_dir.create()
    for folder in (data_dir.root, data_dir.logs, data_dir.models):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in data_dir.root.iterdir()) == ["logs", "models"]


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_folder_that_is_shared_already_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    DataDir(tmp_path).create()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_data_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataDirError, match=r"can not be written.*--data-dir"):
        DataDir(tmp_path / "file" / "data").create()


def test_a_chosen_folder_wins_over_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_dir_for(None).root == default_data_dir()
    monkeypatch.chdir(tmp_path)
    assert data_dir_for(Path("here")).database == tmp_path / "here" / "classmood.db"
    assert data_dir_for(Path("~/here")).root == Path.home() / "here"


def test_a_private_file_replaces_the_old_one_at_once(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_private(target, b"one")
    write_private(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 5000, "-" + "9" * 400])
def test_a_number_without_end_is_said(path: Path, number: str) -> None:
    assert len(complaint(path, f"[camera]\nwidth = {number}\n")) < 500
