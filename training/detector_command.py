"""`python -m training face-detector`: label, compose, train, export and judge our own face detector."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from models.association import SURE_SCORE
from models.detectors import FaceDetector, HaarDetector, YuNetDetector
from models.learned import LearnedDetector
from training.console import aside
from training.detector_data import Picture
from training.detector_evaluate import (
    as_marked,
    judge,
    judge_by_size,
    marked_pictures,
    video_frames,
    with_reference,
)
from training.detector_options import Fer2013, Photos, Pointing04, Scenes, TeacherFile, read_pictures

_VIDEOS = (".gif", ".mp4", ".mkv", ".avi", ".mov")


def face_detector(
    scenes: Scenes,
    photos: Photos,
    pointing04: Pointing04,
    teacher: TeacherFile,
    run: Annotated[Path, typer.Option(help="Folder of the run; a run that stopped there goes on.")],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")],
    fer2013: Fer2013 = None,
    test_videos: Annotated[Path | None, typer.Option(help="Folder of videos to judge on.")] = None,
    test_boxes: Annotated[Path | None, typer.Option(help="dlib's boxes.xml to judge on.")] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 40,
    pictures: Annotated[int, typer.Option(min=16, help="Composed for one epoch.")] = 3072,
    hours: Annotated[float | None, typer.Option(help="As many epochs as fit instead.")] = None,
    batch: Annotated[int, typer.Option(min=2)] = 16,
    learning_rate: Annotated[float, typer.Option(help="At the start; it falls along a cosine.")] = 0.003,
    seed: int = 0,
    start: Annotated[Path | None, typer.Option(help="Checkpoint to begin with.", exists=True)] = None,
    freeze: Annotated[int, typer.Option(min=0, help="First stages that keep their weights.")] = 0,
    image_size: Annotated[int, typer.Option(min=64, max=416, help="Longer side of the input.")] = 384,
    threshold: Annotated[float, typer.Option(min=0.01, max=0.99, help="Score that becomes 0.5.")] = 0.3,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "0.1.0",
    checked: Annotated[bool, typer.Option(help="Whether face_check.onnx beside OUT is to be used.")] = False,
    device: Annotated[str, typer.Option(help="cpu, or 0 for the first GPU.")] = "cpu",
    threads: Annotated[int, typer.Option(min=1, help="Threads on a CPU.")] = 2,
    workers: Annotated[int, typer.Option(min=0, help="Processes that compose pictures.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train the narrow YOLOv8 on YuNet's boxes, write its ONNX file, and judge it beside the others.

    The teacher's labels are remembered in RUN/labels. Choices are made on the held-out tenth; the test
    videos and boxes only judge it.
    """
    with aside():
        from training.detector import DetectorRecipe, train_detector  # noqa: PLC0415 - torch takes seconds
        from training.detector_export import export_detector  # noqa: PLC0415
        from training.network import say_on_stderr  # noqa: PLC0415

    learned_from, held_out = read_pictures(scenes, photos, pointing04, teacher, run, fer2013)
    recipe = DetectorRecipe(
        epochs=epochs,
        hours=hours,
        pictures=pictures,
        validation_pictures=min(pictures, 300),
        batch=batch,
        learning_rate=learning_rate,
        seed=seed,
        freeze=freeze,
    )
    with say_on_stderr():
        checkpoint = train_detector(
            learned_from, held_out, recipe, run, start=start, device=device, threads=threads, workers=workers
        )
    exported = export_detector(
        checkpoint, out, version=version, image_size=image_size, threshold=threshold, checked=checked
    )
    answer: dict[str, object] = {
        "exported": {**asdict(exported), "path": str(exported.path)},
        "recipe": asdict(recipe),
        "held_out": judge_held_out((*held_out.scenes, *held_out.empty), out),
    }
    if test_videos or test_boxes:
        answer["test"] = judge_test(test_videos, test_boxes, out, teacher)
    typer.echo(json.dumps(answer, indent=None if as_json else 2))


def judge_held_out(scenes: tuple[Picture, ...], model: Path) -> dict[str, object]:
    """Return recall and precision on scenes nobody learned from, and recall by the height of the face."""
    marked = as_marked(scenes)
    answer: dict[str, object] = {}
    detectors: tuple[FaceDetector, ...] = (LearnedDetector(model), HaarDetector())
    for detector in detectors:
        by_size = judge_by_size(marked, detector)
        answer[detector.name] = {**judge(marked, detector, SURE_SCORE).summary(), "recall_by_height": by_size}
    return answer


def judge_test(videos: Path | None, boxes: Path | None, model: Path, teacher: Path) -> dict[str, object]:
    """Return recall and precision against YuNet at full size on each video, and on boxes drawn by people."""
    detectors: tuple[FaceDetector, ...] = (LearnedDetector(model), HaarDetector())
    reference = YuNetDetector(teacher)
    answer: dict[str, object] = {}
    for path in sorted(videos.iterdir()) if videos else []:
        if path.suffix.lower() in _VIDEOS:
            frames = with_reference(video_frames(path), reference)
            answer[path.name] = {one.name: judge(frames, one, SURE_SCORE).summary() for one in detectors}
    if boxes:
        marked = marked_pictures(boxes)
        everyone: tuple[FaceDetector, ...] = (*detectors, reference)
        answer[boxes.name] = {one.name: judge(marked, one, SURE_SCORE).summary() for one in everyone}
    return answer
