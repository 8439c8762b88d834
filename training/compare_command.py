"""The command `compare`: all recipes in one table, trained where that was not done before."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.console import AsJson, Data, Device, Threads, Votes, answer, aside, bar, passing_bar, read
from training.files import SHIPPED_MODEL, write_whole
from training.recipe import load_recipe, recipe_names

RESULTS = Path(__file__).parent / "results"


def compare(
    data: Data,
    runs: Annotated[Path, typer.Option("--runs", help="Folder of the runs, one a recipe.")] = Path("runs"),
    votes: Votes = None,
    recipe: Annotated[
        list[str] | None, typer.Option(help="Only this recipe, and those it needs; may be given repeatedly.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="For all recipes, instead of their own.")] = None,
    keypoints: Annotated[
        Path | None, typer.Option("--keypoints", help="YuNet's ONNX file: adds the keypoint baselines.")
    ] = None,
    train: Annotated[bool, typer.Option("--train/--no-train", help="Train what is missing.")] = True,
    out: Annotated[Path, typer.Option("--out", help="Folder of compare.json and compare.md.")] = RESULTS,
    device: Device = "cpu",
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Put all recipes into one table: accuracy on PublicTest, parameters, milliseconds on one thread.

    One that was stopped goes on where it was; the table is written after every recipe.
    """
    with aside():
        from training import compare as comparing  # noqa: PLC0415 - torch takes seconds
        from training.network import say_on_stderr  # noqa: PLC0415
        from training.targets import split_data  # noqa: PLC0415
        from training.train import Machine, is_finished  # noqa: PLC0415

    names = comparing.in_order(recipe or recipe_names())
    with passing_bar("looking for copies") as progress:
        faces = split_data(read(data, votes), progress)
    rows = comparing.read_rows(out / "compare.json", faces.fingerprint())

    def add(row: comparing.Row) -> None:
        rows[:] = comparing.merged(rows, row)
        comparing.write_rows(out, rows, faces.fingerprint())

    with bar("the shipped model") as progress:
        add(comparing.judge("models/weights", SHIPPED_MODEL, faces, "FER+", progress))
    if keypoints is not None:
        from training.keypoints import keypoint_rows, landmark_features  # noqa: PLC0415

        known = runs / f"keypoints-{faces.fingerprint()}.npy"
        if not known.exists():
            with bar("landmarks") as progress:
                features = landmark_features(faces.faces, keypoints, progress)
            content = io.BytesIO()
            np.save(content, features, allow_pickle=False)
            write_whole(known, content.getvalue())
        with bar("keypoint baselines"):
            baselines = keypoint_rows(faces, np.load(known, allow_pickle=False))
        for row in baselines:
            add(row)
    for name in names:
        if train or is_finished(comparing.run_folder(runs, name)):
            machine = Machine(device, threads) if train else None
            chosen = load_recipe(name, epochs=epochs)
            with say_on_stderr():
                add(comparing.compare_recipe(name, chosen, faces, runs, machine))
    answer({row.name: asdict(row) for row in rows}, as_json)
    if not as_json:
        typer.echo("\n" + comparing.table(rows))
