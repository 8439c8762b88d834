"""Commands about one model: train, export, evaluate."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from training.console import AsJson, Data, Device, Threads, Votes, answer, aside, bar, passing_bar, read
from training.data import PUBLIC_TEST
from training.evaluate import BLURS, LIGHTS, SIZES, Conditions, evaluate_file
from training.files import write_whole
from training.recipe import BASE, load_recipe


def train(
    data: Data,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; a run that stopped there goes on.")],
    votes: Votes = None,
    recipe: Annotated[
        str, typer.Option(help="Name of a recipe (training/recipes), or a TOML file of your own.")
    ] = BASE,
    labels: Annotated[str | None, typer.Option(help="fer+ or fer2013, instead of the recipe's.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    patience: Annotated[int | None, typer.Option(help="Epochs without a better figure; 0: never.")] = None,
    batch: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(help="ONNX file whose opinion is mixed into the labels; may be given repeatedly."),
    ] = None,
    device: Device = "cpu",
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Train a recipe; every choice is made on the validation rows."""
    with aside():
        from training.network import say_on_stderr  # noqa: PLC0415 - torch takes seconds, evaluate has none
        from training.targets import split_data  # noqa: PLC0415
        from training.train import Machine  # noqa: PLC0415
        from training.train import train as run_training  # noqa: PLC0415

    chosen = load_recipe(
        recipe,
        labels=labels,
        epochs=epochs,
        patience=patience,
        batch=batch,
        seed=seed,
        teachers=[str(path) for path in teacher] if teacher else None,
    )
    with passing_bar("looking for copies") as progress:
        faces = split_data(read(data, votes), progress)
    with say_on_stderr(), passing_bar("what teachers say") as progress:
        best = run_training(faces, chosen, run, Machine(device, threads), progress)
    answer({"checkpoint": str(best), "recipe": chosen.model_dump()}, as_json)


def export(
    data: Data,
    run: Annotated[Path, typer.Option("--run", help="Folder that `train` has written.")],
    out: Annotated[Path, typer.Option("--out", help="The ONNX file to write.")],
    votes: Votes = None,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "0.1.0",
    as_json: AsJson = False,
) -> None:
    """Export a run's best epoch to ONNX, calibrated on the validation rows."""
    with aside():
        from training.runs import export_run  # noqa: PLC0415 - as above
        from training.targets import split_data  # noqa: PLC0415

    with passing_bar("looking for copies") as progress:
        faces = split_data(read(data, votes), progress)
    exported = export_run(run, faces, out, version)
    answer({**asdict(exported), "path": str(exported.path)}, as_json)


def evaluate(
    data: Data,
    model: Annotated[Path, typer.Option("--model", help="The ONNX file to judge.")],
    votes: Votes = None,
    usage: Annotated[
        str, typer.Option(help="Training, Validation (prepared data), PublicTest or PrivateTest.")
    ] = PUBLIC_TEST,
    sizes: Annotated[bool, typer.Option("--sizes", help="Also faces of 48, 32, 24 and 16 pixels.")] = False,
    conditions: Annotated[
        bool, typer.Option("--conditions", help="Also small, blurred and dark faces.")
    ] = False,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Also write the figures to this file, for reports.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for everything: evaluation.json and its figures as SVG."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge an ONNX file on FER2013's labels and on the majority of the FER+ votes; needs no torch."""
    faces = read(data, votes).of_usage(usage)
    every = conditions or out is not None
    asked = Conditions(SIZES if sizes or every else (), BLURS if every else (), LIGHTS if every else ())
    with bar("faces") as progress:
        evaluation = evaluate_file(model, faces, asked, progress)
    source = data.resolve().name if data.is_dir() else "FER2013"
    told = {"model": model.name, "data": f"{source} {usage}", "usage": usage, **evaluation.figures}
    if figures is not None:
        write_whole(figures, (json.dumps(told, indent=2) + "\n").encode())
    if out is not None:
        from training.figures import evaluation_figures  # noqa: PLC0415 - only drawn when asked for

        write_whole(out / "evaluation.json", (json.dumps(told, indent=2) + "\n").encode())
        for name, drawing in evaluation_figures(evaluation).items():
            write_whole(out / f"{name}.svg", drawing.encode())
    answer(told, as_json)
