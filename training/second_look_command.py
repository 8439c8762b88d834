"""`python -m training second-look`: what the constants of the second look rest on."""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.face_check import FaceCheck
from models.learned import CHECK_FILE, FACE_MODEL
from training.console import AsJson, bar
from training.detector_options import Fer2013, Photos, Pointing04, Scenes, TeacherFile, read_pictures
from training.face_check_data import Counts, gather


def second_look(
    scenes: Scenes,
    photos: Photos,
    pointing04: Pointing04,
    teacher: TeacherFile,
    run: Annotated[Path, typer.Option(help="Folder of the detector's run: the teacher's labels are there.")],
    detector: Annotated[Path, typer.Option(help="The face detector, its check beside it.")] = FACE_MODEL,
    fer2013: Fer2013 = None,
    composed: Annotated[int, typer.Option(min=1, help="Held-out pictures composed to judge on.")] = 400,
    printed: Annotated[int, typer.Option(min=0, help="The same with faces printed on things.")] = 250,
    seed: int = 0,
    as_json: AsJson = False,
) -> None:
    """Weigh the cascade's votes and the check's opinion, and count what doubt of large places brings.

    Both on held-out pictures of `face-check`. The constants stand in models/detectors.py and
    models/face_check.py.
    """
    from training.second_look import (  # noqa: PLC0415 - scikit-learn is in the workshop's environment alone
        by_height,
        gather_finds,
        passes,
        weigh_votes,
    )

    check = detector.with_name(CHECK_FILE)
    _, held_out = read_pictures(scenes, photos, pointing04, teacher, run, fer2013)
    counts = Counts(composed, printed)
    with bar("the cascade's finds") as show:
        finds = gather_finds(held_out, check, counts, seed, show)
    with bar("places") as show:
        places = gather(held_out, detector, counts, seed, show, learn=False)
    weights = weigh_votes(finds)
    answer = {
        "cascade": {
            "finds": len(finds.votes),
            "faces": int(finds.faces.sum()),
            "weights": {name: round(weight, 3) for name, weight in weights.items()},
            "faces and others that pass": passes(finds, weights),
        },
        "doubt": by_height(FaceCheck(check).judge(places.images, places.scores), places),
    }
    typer.echo(json.dumps(answer, indent=None if as_json else 2))
