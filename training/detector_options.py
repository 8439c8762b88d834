"""What the commands of the face detector and of its check share: where the pictures are, and reading them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from training.detector_data import Pictures, Sources, read_sources
from training.reading import read_faces

Scenes = Annotated[Path, typer.Option("--scenes", help="Folder of scenes, with and without faces.")]
Photos = Annotated[Path, typer.Option("--photos", help="Folder of portraits.")]
Pointing04 = Annotated[Path, typer.Option("--pointing04", help="Folder of Pointing'04.")]
TeacherFile = Annotated[Path, typer.Option("--teacher", help="YuNet's ONNX file.")]
Fer2013 = Annotated[Path | None, typer.Option("--fer2013", help="FER2013's CSV: its faces are pasted too.")]


def read_pictures(
    scenes: Path, photos: Path, pointing04: Path, teacher: Path, run: Path, fer2013: Path | None
) -> tuple[Pictures, Pictures]:
    """Return the pictures to learn from and those held out; the teacher's labels are remembered in `run`.

    Raises TrainingError as `read_sources` does.
    """
    faces = read_faces(fer2013, None) if fer2013 else None
    sources = Sources(scenes, photos, pointing04, teacher, run / "labels", faces)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        return read_sources(sources, _bars(bar))


def _bars(bar: Progress) -> Callable[[str, int, int], None]:
    """Return what shows the progress of one folder after the other."""
    tasks: dict[str, TaskID] = {}

    def show(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = bar.add_task(f"labels of {name}")
        bar.update(tasks[name], completed=done, total=total)

    return show
