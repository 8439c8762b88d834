"""The log names nobody: home folders, passwords, words of a lesson and values in messages are taken out."""

import json
from pathlib import Path

import pytest

from desktop.logs import Redaction, trace_of


@pytest.fixture
def redact() -> Redaction:
    return Redaction(Path("/home/olena"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/home/olena/Videos/8b.mp4 is damaged", "~/Videos/8b.mp4 is damaged"),
        ("file '/home/olena'", "file '~'"),
        ("/home/olena-2/x", "~/x"),  # somebody else's home is nobody's business either
        (r"C:\Users\Olena K\x", r"~ K\x"),
        ("/Users/olena/x", "~/x"),
        ("/media/olena/STICK/db", "/media/*/STICK/db"),
        ("rtsp://olena:secret@10.0.0.7/live", "rtsp://10.0.0.7/live"),
        ("postgresql://olena:secret@db/school", "postgresql://db/school"),
        ("/opt/classmood/desktop/app.py", "/opt/classmood/desktop/app.py"),
    ],
)
def test_home_folders_and_passwords_are_taken_out(redact: Redaction, text: str, said: str) -> None:
    assert redact(text) == said


def test_what_the_teacher_typed_is_hidden(redact: Redaction) -> None:
    redact.hide("Фізика", "O'Neil (a.b)*", "8", "first line\nsecond line")
    assert redact("фізика: Фізика-2, Фізиками") == "(hidden): (hidden)-2, Фізиками"
    assert "Neil" not in redact("course O'Neil (a.b)* ended")
    assert redact("8 faces in 8 s") == "8 faces in 8 s"  # too short to be told from anything else
    assert "line" not in redact("note='first line\\nsecond line'")
    assert "second" not in redact("second line")


def test_a_home_that_is_the_root_takes_no_slash_out() -> None:
    assert Redaction(Path("/"))("/usr/lib/x") == "/usr/lib/x"


def test_values_in_messages_are_taken_out_and_names_of_the_program_are_kept() -> None:
    names = json.loads('["Anna", "Schmidt"]')
    try:
        int(" ".join(names))
    except ValueError as error:
        assert trace_of(error).endswith("ValueError: invalid literal for int() with base 10: '...'")
    values = {"course": "Physics"}
    try:
        getattr(values, "lesson")  # noqa: B009
    except AttributeError as error:
        assert "'dict' object has no attribute 'lesson'" in trace_of(error)
    try:
        raise RuntimeError("can't use 'Anna' and \"Bob\"")
    except RuntimeError as error:
        last = trace_of(error).splitlines()[-1]
    assert last == "RuntimeError: can't use 'Anna' and \"Bob\""  # the program's own words
