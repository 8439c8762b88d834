"""The engine and its database: another one is opened when the settings name it, what waits is passed on."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.statistics import SessionDetails
from desktop.store import Waiting
from desktop.workers import recorder
from desktop.workers.engine import Engine
from tests.fakes import FakeCamera, FakeParts


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    monkeypatch.setattr(recorder, "RETRY_S", 0.02)
    parts = FakeParts()
    parts.cameras["cam"] = FakeCamera()
    return parts


@pytest.fixture
def engine(qtbot: QtBot, parts: FakeParts) -> Iterator[Engine]:
    engine = Engine(parts, Settings())
    engine.start()
    yield engine
    engine.shutdown()


def record(qtbot: QtBot, engine: Engine) -> None:
    with qtbot.waitSignal(engine.session_saved, timeout=5000):
        engine.start_session(SessionDetails("Physics"))
        engine.stop_session()


def test_the_next_session_goes_to_the_database_that_was_chosen(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    record(qtbot, engine)
    changed = Settings()
    changed.storage.database = "sqlite:////school.db"
    qtbot.waitUntil(lambda: not engine.unsaved)
    with qtbot.waitSignal(engine.waiting_changed) as waiting:
        engine.apply_settings(changed)
    assert waiting.args == [Waiting(0)]
    record(qtbot, engine)
    record(qtbot, engine)
    assert parts.opened_for == ["", "sqlite:////school.db"]


def test_what_waits_for_the_server_is_told(qtbot: QtBot, engine: Engine, parts: FakeParts) -> None:
    record(qtbot, engine)
    with qtbot.waitSignal(engine.waiting_changed) as waiting:
        parts.on_waiting(Waiting(2))
    assert waiting.args == [Waiting(2)]
