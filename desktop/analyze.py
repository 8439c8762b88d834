"""`classmood analyze`: pictures, folders and videos without a window, through the same pipeline."""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TextIO

from PySide6.QtGui import QGuiApplication

from desktop.annotate import AnnotatedVideo, AnnotateError, write_annotated_picture
from desktop.capture.frame import CaptureError, Frame, Source, SourceInfo
from desktop.capture.images import list_pictures
from desktop.capture.sources import open_source
from desktop.pipeline import Face, FrameResult, Pipeline
from desktop.statistics import Interval, IntervalAccumulator
from models.emotion import EMOTIONS, Classification

Progress = Callable[[str, int, int | None], None]  # input, frames done, frames in all if that is known

MISSING_S = 0.5  # a video that ends so much before its stated end, and ...
MISSING_SHARE = 0.05  # ... misses such a share of its length, broke off; containers round and guess


class AnalyzeError(Exception):
    """The results can not be written; the text says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What the user asked for."""

    out: Path
    annotate: bool = False
    four: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """What became of one input."""

    source: str
    frames: int
    faces_mean: float  # faces per frame
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()  # what of it could not be read


class Analyzer:
    """Runs inputs through one pipeline; the files it writes get their names when they are whole."""

    def __init__(self, pipeline: Pipeline, options: AnalysisOptions, progress: Progress) -> None:
        """Prepare to write. With `annotate` this starts Qt off screen, which paints the labels' text."""
        self._pipeline = pipeline
        self._options = options
        self._progress = progress
        if options.annotate and QGuiApplication.instance() is None:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
            self._application = QGuiApplication([])

    def analyze_all(self, paths: Sequence[Path]) -> tuple[list[Analysis], list[str]]:
        """Analyse every input; what failed is described in the second result, and the others go on."""
        results: list[Analysis] = []
        problems: list[str] = []
        for path, stem in zip(paths, unique_stems(paths), strict=True):
            try:
                result = self.analyze(path, stem)
            except (CaptureError, AnalyzeError, AnnotateError) as error:
                problems.append(str(error))
                continue
            results.append(result)
            problems += result.problems
        return results, problems

    def analyze(self, path: Path, stem: str) -> Analysis:
        """Analyse one picture, folder or video into `<stem>.jsonl` and what goes with it.

        Raises CaptureError if it can not be read, AnalyzeError or AnnotateError if nothing can be written.
        """
        if path.is_dir():
            return self._analyze_pictures(path.resolve().name, list_pictures(path), stem)
        if not path.exists():
            raise CaptureError(
                f"There is no file or folder {path}. Check the spelling and the folder it is in."
            )
        with closing(_open(path)) as source:
            if source.info.kind == "images":
                return self._analyze_pictures(path.name, [path], stem)
            return self._analyze_video(path.name, source, stem)

    def _analyze_pictures(self, name: str, paths: Sequence[Path], stem: str) -> Analysis:
        """Each picture stands alone; one of a folder that can not be read is named and the others go on."""
        alone = len(paths) == 1 and paths[0].name == name
        out = self._options.out
        names = [stem] if alone else [f"{stem}/{own}" for own in unique_stems(paths)]
        files = [out / f"{stem}.jsonl"]
        problems: list[str] = []
        frames = faces = 0
        with _whole_file(files[0]) as lines:
            for number, (path, own) in enumerate(zip(paths, names, strict=True), start=1):
                try:
                    frame = _only_frame(path)
                except CaptureError as error:
                    problems.append(str(error))
                    continue
                result = self._pipeline.process_still(Frame(frames, 0.0, frame.image))
                lines.write(self._line(result, path.name))
                if self._options.annotate:
                    files.append(out / f"{own}_annotated.jpg")
                    write_annotated_picture(result, files[-1], four=self._options.four)
                frames += 1
                faces += len(result.faces)
                self._progress(name, number, len(paths))
            if not frames:
                raise CaptureError(
                    problems[0] if alone else f"No picture in {name} can be read. {problems[0]}"
                )
        return Analysis(name, frames, faces / frames, tuple(map(str, files)), tuple(problems))

    def _analyze_video(self, name: str, source: Source, stem: str) -> Analysis:
        out = self._options.out
        files = [out / f"{stem}.jsonl", out / f"{stem}.csv"]
        seconds = IntervalAccumulator()
        frames = faces = 0
        ended_s = 0.0
        self._pipeline.reset()
        with ExitStack() as stack:
            lines = stack.enter_context(_whole_file(files[0]))
            rows = csv.writer(stack.enter_context(_whole_file(files[1])), lineterminator="\n")
            rows.writerow(["second", "frames", "faces", *EMOTIONS])
            annotated = None
            if self._options.annotate:
                files.append(out / f"{stem}_annotated.mp4")
                video = AnnotatedVideo(files[-1], source.info.fps, four=self._options.four)
                annotated = stack.enter_context(video)
            results = self._pipeline.process_all(iter(source.read, None))
            stack.enter_context(closing(results))
            for result in results:
                lines.write(self._line(result, name))
                rows.writerows(map(_row, seconds.add(result, result.frame.timestamp, brightness=0.0)))
                if annotated is not None:
                    annotated.add(result)
                frames += 1
                faces += len(result.faces)
                ended_s = result.frame.timestamp
                self._progress(name, frames, source.info.frame_count)
            if not frames:
                raise CaptureError(f"{name} holds no picture that can be read. Is the file complete?")
            rows.writerows(map(_row, seconds.finish()))
        problems = _broken_off(source.info, frames, ended_s)
        return Analysis(name, frames, faces / frames, tuple(map(str, files)), problems)

    def _line(self, result: FrameResult, source: str) -> str:
        faces = [self._face(face, face.classification) for face in result.faces if face.classification]
        line = {
            "source": source,
            "frame": result.frame.index,
            "time_s": round(result.frame.timestamp, 3),
            "faces": faces,
        }
        return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"

    def _face(self, face: Face, classification: Classification) -> dict[str, object]:
        shown = classification.four() if self._options.four else classification
        return {
            "track": face.track_id,
            "box": [round(value, 1) for value in face.box],
            "score": round(face.score, 4),
            "label": "unsure" if face.unsure else shown.label,
            "confidence": round(shown.confidence, 4),
            "probabilities": {
                n: round(p, 4) for n, p in zip(shown.emotions, shown.probabilities, strict=True)
            },
        }


def unique_stems(paths: Sequence[Path]) -> list[str]:
    """Return a file name without ending for each input; inputs that share one keep their endings.

    Names that differ in case only are alike: Windows and macOS store them as one file.
    """
    stems = [path.resolve().name if path.is_dir() else path.stem for path in paths]
    counts = Counter(stem.casefold() for stem in stems)
    taken: set[str] = set()
    unique = []
    for path, stem in zip(paths, stems, strict=True):
        wanted = stem if counts[stem.casefold()] == 1 else path.resolve().name
        numbered = (f"{wanted}-{number}" for number in count(2))
        name = next(name for name in chain((wanted,), numbered) if name.casefold() not in taken)
        taken.add(name.casefold())
        unique.append(name)
    return unique


def _broken_off(info: SourceInfo, frames: int, ended_s: float) -> tuple[str, ...]:
    """Return what to say of a video that ended long before the end that its container states."""
    if info.frame_count is None or not info.fps or frames >= info.frame_count:
        return ()
    stated_s = info.frame_count / info.fps
    if stated_s - ended_s < max(MISSING_S, MISSING_SHARE * stated_s):
        return ()
    return (
        f"{info.name} breaks off after {ended_s:.1f} of {stated_s:.1f} seconds: it is damaged or was not "
        "copied whole. The results hold what could be read; copy it again from where it came.",
    )


def _open(path: Path) -> Source:
    return open_source(str(path.absolute()), width=1280, height=720)  # the size is for cameras only


def _only_frame(path: Path) -> Frame:
    with closing(_open(path)) as source:
        frame = source.read()
    if frame is None:
        raise CaptureError(f"{path.name} holds no picture.")
    return frame


def _row(interval: Interval) -> list[object]:
    shares = (
        [""] * len(EMOTIONS) if interval.shares is None else [f"{share:.4f}" for share in interval.shares]
    )
    return [interval.second, interval.frames, f"{interval.faces:.2f}", *shares]


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that gets its name only when the block ends without an error."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AnalyzeError(
            f"{path} can not be written: {reason}. Choose another folder with --out."
        ) from error
    finally:
        if part.exists():
            part.unlink()
