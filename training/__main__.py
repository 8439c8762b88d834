"""`python -m training`: train, export, evaluate, averages."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from training.averages import AGREEMENT, make_averages, write_averages
from training.data import FaceSet, read_faces
from training.detector_command import face_detector
from training.errors import TrainingError
from training.evaluate import SIZES, evaluate_file

app = typer.Typer(
    help="The workshop: from FER2013 pictures and FER+ votes to the model that Classmood runs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("face-detector")(face_detector)
Data = Annotated[Path, typer.Option("--data", help="FER2013 in its own format, plain CSV or .xz.")]
Votes = Annotated[Path | None, typer.Option("--votes", help="FER+ votes (fer2013new.csv), same rows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def train(
    data: Data,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; a run that stopped there goes on.")],
    votes: Votes = None,
    epochs: Annotated[int, typer.Option(min=1)] = 60,
    batch: Annotated[int, typer.Option(min=2)] = 128,
    seed: int = 0,
    device: Annotated[str, typer.Option(help="cpu, or 0 for the first GPU.")] = "cpu",
    threads: Annotated[int, typer.Option(min=1, help="Threads on a CPU.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Train YOLOv8n-cls from scratch; every choice is made on a tenth of the Training rows."""
    from training import train as training  # noqa: PLC0415 - torch takes seconds, evaluate does without

    recipe = training.Recipe(epochs=epochs, batch=batch, seed=seed)
    best = training.train(_read(data, votes), recipe, run, device=device, threads=threads)
    _print({"checkpoint": str(best), "recipe": asdict(recipe)}, as_json)


@app.command()
def export(
    data: Data,
    run: Annotated[Path, typer.Option("--run", help="Folder that `train` has written.")],
    out: Annotated[Path, typer.Option("--out", help="The ONNX file to write.")],
    votes: Votes = None,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "0.1.0",
    as_json: AsJson = False,
) -> None:
    """Export a run's best epoch to ONNX, calibrated on the run's own validation split."""
    from training.export import export as export_checkpoint  # noqa: PLC0415 - as above
    from training.train import read_recipe, split_for_training  # noqa: PLC0415

    recipe = read_recipe(run)
    _, validation = split_for_training(_read(data, votes), recipe)
    exported = export_checkpoint(run / "weights" / "best.pt", out, version=version, calibration=validation)
    _print({**asdict(exported), "path": str(exported.path)}, as_json)


@app.command()
def evaluate(
    data: Data,
    model: Annotated[Path, typer.Option("--model", help="The ONNX file to judge.")],
    votes: Votes = None,
    usage: Annotated[str, typer.Option(help="Training, PublicTest or PrivateTest.")] = "PublicTest",
    sizes: Annotated[bool, typer.Option("--sizes", help="Also faces of 48, 32, 24 and 16 pixels.")] = False,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", help="Also write the figures to this file, for reports."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge an ONNX file on FER2013's labels and on the majority of the FER+ votes; needs no torch."""
    faces = _read(data, votes).of_usage(usage)
    with _bar("faces") as (advance, start):
        start(len(faces))
        answer = evaluate_file(model, faces, sizes=SIZES if sizes else (), progress=advance)
    told = {"model": model.name, "data": f"FER2013 {usage}", "usage": usage, **answer}
    if figures is not None:
        figures.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    _print(told, as_json)


@app.command()
def averages(
    data: Data,
    votes: Annotated[Path, typer.Option("--votes", help="FER+ votes, same rows.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the pictures.")] = Path("assets/demo"),
    as_json: AsJson = False,
) -> None:
    """Make the average faces of the demo classroom from the Training rows."""
    faces = _read(data, votes).of_usage("Training")
    with _bar("emotions") as (advance, start):
        start(len(AGREEMENT))
        order = list(AGREEMENT)
        made = make_averages(faces, lambda emotion: advance(order.index(emotion) + 1, len(order)))
    write_averages(made, out)
    _print({average.file_name: average.count for average in made}, as_json)


def main() -> None:
    """Run the command line; a known error is one sentence and exit code 1."""
    try:
        app()
    except TrainingError as error:
        typer.secho(f"error: {error}", err=True, fg="red")
        sys.exit(1)


def _read(data: Path, votes: Path | None) -> FaceSet:
    with Console(stderr=True).status(f"reading {data}"):
        return read_faces(data, votes)


@contextmanager
def _bar(what: str) -> Iterator[tuple[Callable[[int, int], None], Callable[[int], None]]]:
    """Show a progress bar on standard error; gives (advance to done of total, start with a total)."""
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(what)
        yield (
            lambda done, total: progress.update(task, completed=done, total=total),
            lambda total: progress.update(task, total=total),
        )


def _print(answer: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer))
        return
    for key, value in answer.items():
        typer.echo(f"{key:26} {value}")


if __name__ == "__main__":
    main()
