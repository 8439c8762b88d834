"""Reports for tests: lessons, their figures, and what to look for in a page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import numpy as np

from desktop.capture.demo_script import DemoScript
from desktop.report.lesson import Lesson, lesson
from desktop.report.lesson_page import LessonPage
from desktop.report.page import Figure, Page, Points, Table
from desktop.report.speech import Speech
from desktop.segments import Marker
from desktop.statistics import Interval, SessionDetails, summarize
from desktop.store import SessionRecord, SessionStore
from models.emotion import EMOTIONS

START = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
MODEL = "emotion-yolov8n 0.1.0"
HOSTILE = (
    "<script>alert(1)</script> Robert'); DROP TABLE session;-- \u202egnippilf\u202c \x07 {{ 7 * 7 }} & \"'"
)
PHYSICS = SessionDetails("Physics", "9-B", "O. Kovalenko", "The new tasks")


def calm_lesson(seconds: int, *, seed: int = 0, faces: float = 12.0) -> list[Interval]:
    """Return a lesson in which nothing happens."""
    shares = np.random.default_rng(seed).dirichlet(np.array([4, 1, 2, 15, 40, 9, 6]), size=seconds)
    return [
        Interval(second, 10, 1, faces, 0.1, 0.5, tuple(each) if faces else None)
        for second, each in enumerate(shares.tolist())
    ]


def demo_lesson(seed: int = 3) -> tuple[list[Interval], list[Marker], DemoScript]:
    """Return the demo classroom's lesson as a classifier with an eye of its own would have seen it."""
    script = DemoScript(seed)
    rng = np.random.default_rng(seed)
    intervals = []
    for second in range(int(script.length_s)):
        truth = np.array(script.truth(second))
        seen = np.clip(truth + rng.normal(0, 0.03, len(EMOTIONS)), 0, None)
        faces = float(np.clip(8 + rng.normal(0, 0.5), 1, 9))
        intervals.append(Interval(second, 10, 1, faces, 0.1, 0.5, tuple((seen / seen.sum()).tolist())))
    return intervals, [Marker(int(part.start_s), part.kind) for part in script.segments], script


def figures(
    intervals: Sequence[Interval],
    markers: Sequence[Marker] = (),
    details: SessionDetails = PHYSICS,
    *,
    finished: bool = True,
    source: str = "Webcam",
) -> Lesson:
    end = START + timedelta(seconds=len(intervals))
    record = SessionRecord(
        "0b6c1f9e-8a52-4c7e-9d5b-2f6b8a1c0e11",
        START,
        end,
        finished,
        details,
        MODEL,
        source,
        summarize(intervals),
    )
    return lesson(record, intervals, markers)


def page_of(data: Lesson, language: str = "en") -> Page:
    return LessonPage(Speech(language), None).page(data)


def sentences(page: Page) -> list[str]:
    return [item for block in page.blocks if isinstance(block, Points) for item in block.items]


def svgs(page: Page) -> list[str]:
    return [block.svg for block in page.blocks if isinstance(block, Figure)]


def tables(page: Page) -> list[Table]:
    return [block for block in page.blocks if isinstance(block, Table)]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(html)
    return parser


def stored(
    store: SessionStore,
    intervals: Sequence[Interval],
    markers: Sequence[Marker] = (),
    details: SessionDetails = PHYSICS,
) -> str:
    record = store.create(details, START, MODEL, "Webcam")
    store.append_all(record.id, intervals)
    store.set_markers(record.id, markers)
    store.finish(record.id, START + timedelta(seconds=len(intervals)))
    return record.id
