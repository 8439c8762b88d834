"""`python -m training face-check`: a second network that looks at what the face detector proposes."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from models.face_check import FaceCheck
from training.console import AsJson, bar
from training.detector_options import Fer2013, Photos, Pointing04, Scenes, TeacherFile, read_pictures
from training.face_check_data import Counts, by_threshold, gather


def face_check(
    scenes: Scenes,
    photos: Photos,
    pointing04: Pointing04,
    teacher: TeacherFile,
    run: Annotated[Path, typer.Option(help="Folder of the detector's run: the teacher's labels are there.")],
    detector: Annotated[Path, typer.Option(help="The face detector whose proposals are looked at.")],
    out: Annotated[Path, typer.Option(help="The ONNX file to write: face_check.onnx beside the detector.")],
    fer2013: Fer2013 = None,
    composed: Annotated[int, typer.Option(min=1, help="Pictures composed to learn from.")] = 2600,
    printed: Annotated[int, typer.Option(min=0, help="The same with faces printed on things.")] = 3000,
    held_out: Annotated[int, typer.Option(min=1, help="Pictures composed to judge on.")] = 500,
    held_out_printed: Annotated[int, typer.Option(min=0, help="The same with printed faces.")] = 300,
    steps: Annotated[int, typer.Option(min=1, help="Batches of 128 places.")] = 6000,
    threshold: Annotated[float, typer.Option(min=0.01, max=0.99, help="Chance that becomes 0.5.")] = 0.47,
    seed: int = 0,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "0.1.0",
    as_json: AsJson = False,
) -> None:
    """Gather what the detector proposes, learn which of it are faces, and write the check's ONNX file.

    How much either opinion counts is fitted on the held-out tenth, and recall and precision there are printed
    for every threshold.
    """
    from training.face_check import (  # noqa: PLC0415 - torch takes seconds
        CheckRecipe,
        export_check,
        train_check,
        weigh,
    )

    parts = read_pictures(scenes, photos, pointing04, teacher, run, fer2013)
    with bar("places") as show:
        learned_from = gather(parts[0], detector, Counts(composed, printed), 100 + seed, show, learn=True)
        counts = Counts(held_out, held_out_printed)
        judged_on = gather(parts[1], detector, counts, seed, show, learn=False)
    recipe = CheckRecipe(steps=steps, seed=seed)
    with bar("steps") as show:
        network = train_check(learned_from, recipe, lambda done: show(done, steps))
    weights = weigh(network, judged_on)
    exported = export_check(network, weights, out, version=version, threshold=threshold)
    chances = FaceCheck(out).judge(judged_on.images, judged_on.scores)
    answer = {
        "exported": {**asdict(exported), "path": str(out)},
        "recipe": asdict(recipe),
        "places": {"learned_from": len(learned_from.faces), "held_out": len(judged_on.faces)},
        "weights": [round(float(weight), 3) for weight in weights],
        "held_out": {
            "detector alone": by_threshold(judged_on.scores, judged_on.faces),
            "checked": by_threshold(chances, judged_on.faces),
        },
    }
    typer.echo(json.dumps(answer, indent=None if as_json else 2))
