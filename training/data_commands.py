"""Commands about data: prepare, explore, averages."""

import json
from pathlib import Path
from typing import Annotated

import typer

from training.averages import AGREEMENT, make_averages, write_averages
from training.console import AsJson, Data, Votes, answer, bar, read
from training.data import TRAINING
from training.errors import TrainingError
from training.files import SHIPPED_MODEL, write_whole
from training.prepare import VALIDATION_SHARE
from training.prepare import prepare as prepare_faces
from training.prepared import save_prepared


def prepare(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The .npz file to write; the report goes beside it.")],
    votes: Votes = None,
    validation: Annotated[float, typer.Option(min=0.01, max=0.5, help="Share set aside.")] = VALIDATION_SHARE,
    seed: Annotated[int, typer.Option(min=0, help="Of the split.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Check, clean and split data: no copy of a test picture, however changed, is ever learned from."""
    if not out.name:
        raise TrainingError(f"{out} is a folder. Give the name of a file.")
    problems: list[str] = []
    faces = read(data, votes, problems)
    with bar("looking for copies") as progress:
        clean, report = prepare_faces(
            faces, validation_share=validation, seed=seed, problems=problems, progress=progress
        )
    save_prepared(out.with_suffix(".npz"), clean)
    summary = report.summary()
    write_whole(out.with_suffix(".json"), (json.dumps(summary, indent=2) + "\n").encode())
    answer({"out": str(out.with_suffix(".npz")), **summary}, as_json)


def explore(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The HTML file to write.")] = Path("faces.html"),
    votes: Votes = None,
    model: Annotated[
        Path, typer.Option("--model", help="ONNX file whose embeddings are drawn.")
    ] = SHIPPED_MODEL,
    as_json: AsJson = False,
) -> None:
    """Write the data report: classes, average faces, light, disagreement, PCA and t-SNE of embeddings."""
    from training.explore import explore as report_on  # noqa: PLC0415 - scikit-learn takes seconds

    faces = read(data, votes)
    with bar("drawing"):
        write_whole(out, report_on(faces, model).encode())
    answer({"out": str(out), "n": len(faces), "fingerprint": faces.fingerprint()}, as_json)


def averages(
    data: Data,
    votes: Annotated[Path, typer.Option("--votes", help="FER+ votes, same rows.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the pictures.")] = Path("assets/demo"),
    as_json: AsJson = False,
) -> None:
    """Make the average faces of the demo classroom from the Training rows."""
    faces = read(data, votes).of_usage(TRAINING)
    order = list(AGREEMENT)
    with bar("emotions") as progress:
        made = make_averages(faces, lambda emotion: progress(order.index(emotion) + 1, len(order)))
    write_averages(made, out)
    answer({average.file_name: average.count for average in made}, as_json)
