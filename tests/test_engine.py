"""The engine as the window sees it: sources, sessions, faults, and threads that end."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.capture.clock import Clock
from desktop.capture.frame import Frame
from desktop.pipeline import FrameResult
from desktop.segments import Marker
from desktop.settings import AnalysisSettings, Settings
from desktop.statistics import SessionDetails
from desktop.workers import analysis, capture, recorder, source_keeper
from desktop.workers.engine import Engine
from models.errors import ModelError
from tests.fakes import FakeCamera, FakeParts, FakePipeline

DETAILS = SessionDetails(course="Physics", group="9a", teacher="Kovalenko", note="")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    monkeypatch.setattr(capture, "RETRY_S", 0.02)
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


def opened(qtbot: QtBot, engine: Engine, spec: str = "cam") -> None:
    with qtbot.waitSignal(engine.source_opened, timeout=5000):
        engine.open_source(spec)


def test_the_picture_arrives_with_its_faces(qtbot: QtBot, engine: Engine) -> None:
    with qtbot.waitSignal(engine.result_ready, timeout=5000):
        engine.open_source("cam")
    result = engine.take_result()
    assert result is not None
    assert len(result.faces) == 1
    assert engine.live_stats().faces == 1


def test_a_result_is_never_handed_out_twice(qtbot: QtBot, engine: Engine) -> None:
    with qtbot.waitSignal(engine.result_ready, timeout=5000):
        engine.open_source("cam")
    taken = [engine.take_result() for _ in range(3)]
    indices = [id(result) for result in taken if result is not None]
    assert len(indices) == len(set(indices))


def test_a_source_that_is_not_there_is_reported(qtbot: QtBot, engine: Engine) -> None:
    with qtbot.waitSignal(engine.source_failed, timeout=5000) as failed:
        engine.open_source("nowhere")
    assert "no camera nowhere" in str(failed.args[0])


def test_an_unplugged_camera_is_reported_and_found_again(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    opened(qtbot, engine)
    old = parts.cameras["cam"]
    with qtbot.waitSignal(engine.source_lost, timeout=5000) as lost:
        old.unplug()
    assert "unplugged" in str(lost.args[0])
    assert old.closed.wait(5)
    with qtbot.waitSignal(engine.source_recovered, timeout=5000):
        parts.cameras[old.info.identity] = FakeCamera()
    with qtbot.waitSignal(engine.result_ready, timeout=5000):
        engine.take_result()
    assert parts.opened[-1] == old.info.identity  # by identity, for its index may have changed


def test_a_camera_that_hangs_is_reported_and_opened_by_another_thread(
    qtbot: QtBot, engine: Engine, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_keeper, "HUNG_AFTER_S", 0.2)
    opened(qtbot, engine)
    hanging = parts.cameras["cam"]
    with qtbot.waitSignal(engine.source_lost, timeout=5000) as lost:
        hanging.silent = True
    assert "no picture" in str(lost.args[0])
    with qtbot.waitSignal(engine.source_recovered, timeout=5000):
        parts.cameras[hanging.info.identity] = FakeCamera()
    hanging.silent = False
    assert hanging.closed.wait(5)  # as soon as its driver lets go


def test_the_end_of_a_file_is_told(qtbot: QtBot, engine: Engine, parts: FakeParts) -> None:
    parts.cameras["film"] = FakeCamera("film", live=False)
    opened(qtbot, engine, "film")
    with qtbot.waitSignal(engine.source_ended, timeout=5000):
        parts.cameras["film"].end()


def test_another_source_replaces_the_first(qtbot: QtBot, engine: Engine, parts: FakeParts) -> None:
    parts.cameras["second"] = FakeCamera("Second camera")
    opened(qtbot, engine)
    with qtbot.waitSignal(engine.source_opened, timeout=5000) as second:
        engine.open_source("second")
    assert second.args[0].name == "Second camera"
    assert parts.cameras["cam"].closed.is_set()  # given back before the next one was opened


def test_late_words_of_the_source_before_are_not_passed_on(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    parts.cameras["second"] = FakeCamera("Second camera")
    names: list[str] = []
    engine.source_opened.connect(lambda info: names.append(info.name))
    engine.open_source("cam")
    assert parts.cameras["cam"].was_read.wait(5)  # its "opened" waits for an event loop that does not run yet
    engine.open_source("second")
    qtbot.waitUntil(lambda: bool(names), timeout=5000)
    assert names == ["Second camera"]


def test_a_session_is_stored_second_by_second_and_ended(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    opened(qtbot, engine)
    engine.start_session(DETAILS)
    session_id = engine.session.session_id
    assert session_id is not None
    qtbot.waitUntil(lambda: len(parts.store.intervals) >= 1, timeout=5000)
    assert session_id not in parts.store.ended  # written while the lesson runs
    engine.stop_session()
    qtbot.waitUntil(lambda: session_id in parts.store.ended, timeout=5000)
    assert parts.store.created[session_id] == (DETAILS, "fake 1.0", "Fake camera")
    first = parts.store.intervals[0][1]
    assert first.faces == pytest.approx(1)
    assert first.shares is not None
    assert first.shares[3] == pytest.approx(0.9)
    assert engine.session.phase == "idle"


def test_pause_and_resume_are_announced(qtbot: QtBot, engine: Engine) -> None:
    opened(qtbot, engine)
    phases: list[str] = []
    engine.session_changed.connect(lambda state: phases.append(state.phase))
    engine.start_session(DETAILS)
    engine.pause_session()
    assert engine.session.details == DETAILS
    engine.resume_session()
    engine.stop_session()
    assert phases == ["recording", "paused", "recording", "idle"]


def test_a_full_disk_is_told_once_and_nothing_is_lost(qtbot: QtBot, engine: Engine, parts: FakeParts) -> None:
    opened(qtbot, engine)
    parts.store.refuses = True
    with qtbot.waitSignal(engine.storage_failed, timeout=5000) as failed:
        engine.start_session(DETAILS)
    assert "disk is full" in str(failed.args[0])
    parts.store.refused.clear()
    qtbot.waitUntil(parts.store.refused.is_set, timeout=5000)
    engine.stop_session()
    with qtbot.waitSignal(engine.storage_recovered, timeout=5000):
        parts.store.refuses = False
    qtbot.waitUntil(lambda: bool(parts.store.ended), timeout=5000)
    assert list(parts.store.created) == list(parts.store.ended)
    seconds = [interval.second for _, interval in parts.store.intervals]
    assert seconds == sorted(set(seconds))


def test_a_database_that_is_replaced_in_mid_lesson_gets_all_of_it(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    opened(qtbot, engine)
    engine.start_session(DETAILS)
    qtbot.waitUntil(lambda: len(parts.store.intervals) >= 1, timeout=5000)
    parts.store.created.clear()
    parts.store.intervals.clear()
    qtbot.waitUntil(lambda: len(parts.store.intervals) >= 2, timeout=5000)
    assert [interval.second for _, interval in parts.store.intervals][:2] == [0, 1]
    assert engine.session.session_id in parts.store.created


def test_markers_are_stored_and_taken_back(qtbot: QtBot, parts: FakeParts) -> None:
    now = [100.0]
    engine = Engine(parts, Settings(), clock=Clock(now=lambda: now[0]))
    engine.start()
    try:
        engine.add_marker("quiz")
        assert not engine.markers  # nothing to mark without a session
        engine.start_session(DETAILS)
        session_id = engine.session.session_id
        assert session_id is not None
        for seconds, kind in ((3.2, "lecture"), (4.9, "lecture"), (60.5, "quiz"), (60.9, "Дослід")):
            now[0] = 100.0 + seconds
            engine.add_marker(kind)
        assert engine.markers == (Marker(3, "lecture"), Marker(60, "Дослід"))
        with qtbot.waitSignal(engine.markers_changed, timeout=5000) as changed:
            engine.undo_marker()
        assert changed.args == [(Marker(3, "lecture"), Marker(60, "quiz"))]
        with qtbot.waitSignal(engine.session_saved, timeout=5000) as saved:
            engine.stop_session()
        assert saved.args == [session_id]
        assert parts.store.markers[session_id] == (Marker(3, "lecture"), Marker(60, "quiz"))
        assert not engine.markers
        engine.undo_marker()
        assert not engine.markers  # nor of the session before
    finally:
        engine.shutdown()


def test_markers_survive_a_full_disk_and_a_database_that_is_replaced(
    qtbot: QtBot, engine: Engine, parts: FakeParts
) -> None:
    opened(qtbot, engine)
    parts.store.refuses = True
    engine.start_session(DETAILS)
    session_id = engine.session.session_id
    assert session_id is not None
    engine.add_marker("quiz")
    qtbot.waitUntil(parts.store.refused.is_set, timeout=5000)
    parts.store.refuses = False
    qtbot.waitUntil(lambda: session_id in parts.store.markers, timeout=5000)
    parts.store.markers.clear()
    parts.store.created.clear()
    qtbot.waitUntil(lambda: session_id in parts.store.markers, timeout=5000)
    assert [marker.kind for marker in parts.store.markers[session_id]] == ["quiz"]


def test_closing_the_program_saves_the_session(qtbot: QtBot, parts: FakeParts) -> None:
    engine = Engine(parts, Settings())
    engine.start()
    opened(qtbot, engine)
    with qtbot.waitSignal(engine.result_ready, timeout=5000):
        engine.start_session(DETAILS)
    assert engine.shutdown() == 0
    assert len(parts.store.ended) == 1
    assert all(pipeline.closed for pipeline in parts.pipelines)


def test_what_could_not_be_saved_at_the_end_is_counted(qtbot: QtBot, parts: FakeParts) -> None:
    engine = Engine(parts, Settings())
    engine.start()
    parts.store.refuses = True
    engine.start_session(DETAILS)
    assert engine.shutdown() >= 2  # the session and its end


def test_without_a_usable_model_the_picture_goes_on(qtbot: QtBot, parts: FakeParts) -> None:
    parts.model_error = ModelError("The emotion model is damaged. Install Classmood again.")
    engine = Engine(parts, Settings())
    try:
        with qtbot.waitSignal(engine.model_failed, timeout=5000) as failed:
            engine.start()
        assert "damaged" in str(failed.args[0])
        with qtbot.waitSignal(engine.result_ready, timeout=5000):
            engine.open_source("cam")
        result = engine.take_result()
        assert result is not None
        assert result.faces == ()
    finally:
        engine.shutdown()


class StumblingPipeline(FakePipeline):
    """Fails with its second frame."""

    frames = 0

    def process(self, frame: Frame) -> FrameResult:
        self.frames += 1
        if self.frames == 2:
            raise ZeroDivisionError("a picture that nobody thought of")
        return super().process(frame)


def test_an_unexpected_error_of_the_analysis_costs_faces_and_not_the_lesson(
    qtbot: QtBot, engine: Engine, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "RETRY_S", 0.5)
    built: list[FakePipeline] = []

    def build(_: Settings) -> FakePipeline:
        built.append(FakePipeline() if built else StumblingPipeline())
        return built[-1]

    monkeypatch.setattr(parts, "build_pipeline", build)
    engine.reload_models()
    with qtbot.waitSignal(engine.model_failed, timeout=5000):
        opened(qtbot, engine)
    results: list[FrameResult | None] = []
    engine.result_ready.connect(lambda: results.append(engine.take_result()))
    with qtbot.waitSignal(engine.model_loaded, timeout=5000):
        engine.take_result()
    assert any(result is not None and result.faces == () for result in results)  # the picture goes on
    engine.start_session(DETAILS)
    qtbot.waitUntil(lambda: any(interval.faces for _, interval in parts.store.intervals), timeout=5000)
    assert built[0].closed


@pytest.mark.parametrize(
    ("settings", "loads"),
    [
        (Settings(analysis=AnalysisSettings(emotions=4)), 2),
        (Settings(notice_accepted=True), 1),
    ],
)
def test_networks_are_loaded_anew_only_when_the_analysis_changed(
    qtbot: QtBot, engine: Engine, parts: FakeParts, settings: Settings, loads: int
) -> None:
    opened(qtbot, engine)
    qtbot.waitUntil(lambda: len(parts.pipelines) == 1, timeout=5000)
    engine.apply_settings(settings)
    results: list[Callable[[], object]] = []
    for _ in range(3):  # the worker looks at its orders between two frames
        with qtbot.waitSignal(engine.result_ready, timeout=5000):
            results.append(engine.take_result)
            engine.take_result()
    assert len(parts.pipelines) == loads
