"""What a recipe learns from: its rows, its labels, the opinion of its teachers; the article's copies."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from models.emotion import EMOTIONS, FOUR_EMOTIONS, EmotionClassifier
from models.errors import ModelError
from training.augment import copies_of
from training.data import (
    NO_LABEL,
    TRAINING,
    VALIDATION,
    Faces,
    FaceSet,
    Targets,
    majority,
    one_hot,
    soft_targets,
)
from training.errors import TrainingError
from training.evaluate import predict
from training.prepare import VALIDATION_SHARE, prepare
from training.recipe import Recipe

Sides = tuple[tuple[Faces, Targets], tuple[Faces, Targets]]  # to learn from and to choose by
_FOUR = [EMOTIONS.index(name) for name in FOUR_EMOTIONS]


def split_data(faces: FaceSet, progress: Callable[[int, int], object] | None = None) -> FaceSet:
    """Return the faces clean and split; those that `prepare` has written are already.

    `progress` is called with (done, all) faces that were looked at for copies.
    """
    return faces if (faces.usages == VALIDATION).any() else prepare(faces, progress=progress)[0]


def labelled(faces: FaceSet, recipe: Recipe) -> tuple[FaceSet, Targets]:
    """Return the faces that a recipe learns from, with their targets.

    Votes become shares over our emotions, with FER2013's label as further taggers; faces whose majority is
    contempt, unknown or not a face are left out. Without votes the label counts.
    """
    if recipe.labels == "fer+" and faces.votes is not None:
        faces = faces.select(majority(faces.votes) != NO_LABEL)
        assert faces.votes is not None  # noqa: S101 - tells mypy
        targets = soft_targets(faces.votes, faces.labels, label_votes=recipe.label_votes)
    else:
        targets = one_hot(faces.labels)
    if recipe.emotions == len(FOUR_EMOTIONS):
        kept = np.isin(targets.argmax(axis=1), _FOUR)
        faces, targets = faces.select(kept), targets[kept]
    if not len(faces):
        raise TrainingError("No face is left that the recipe could learn from.")
    return faces, targets


def sides(
    faces: FaceSet,
    recipe: Recipe,
    teachers: Sequence[Path] = (),
    progress: Callable[[int, int], object] | None = None,
) -> Sides:
    """Return (faces, targets) to learn from and to choose by, from faces that are clean and split.

    `teachers` are the ONNX files of the recipe's teachers; `progress` is called with (done, all) faces that
    they looked at. Raises TrainingError if too little is left.
    """
    learned, targets = labelled(faces.of_usage(TRAINING), recipe)
    if len(np.unique(targets.argmax(axis=1))) < 2:
        raise TrainingError("All training faces have the same emotion; at least two are needed.")
    chosen_by, chosen_targets = labelled(faces.of_usage(VALIDATION), recipe)
    if teachers:
        opinion = _opinion(teachers, learned.faces, recipe.teacher_temperature, progress)
        targets = (1 - recipe.teacher_share) * targets + recipe.teacher_share * opinion
    found = (learned.faces, targets), (chosen_by.faces, chosen_targets)
    return _with_copies(found, recipe) if recipe.copies_before_split else found


def _opinion(
    teachers: Sequence[Path],
    faces: Faces,
    temperature: float,
    progress: Callable[[int, int], object] | None,
) -> Targets:
    """Return the mean of what the teachers say of faces and their mirror images, softened."""
    total = np.zeros((len(faces), len(EMOTIONS)), np.float32)
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number
        if progress is not None:
            progress(done, 2 * len(teachers) * len(faces))

    for path in teachers:
        try:
            teacher = EmotionClassifier(path)
        except ModelError as error:
            raise TrainingError(f"A teacher can not be used: {error}") from error
        for view in (faces, np.ascontiguousarray(faces[:, :, ::-1])):
            softened = predict(teacher, view, count) ** (1 / temperature)
            total += softened / softened.sum(axis=1, keepdims=True)
    opinion: Targets = total / np.float32(2 * len(teachers))
    return opinion


def _with_copies(found: Sides, recipe: Recipe) -> Sides:
    """Return the article's data: every picture and changed copies of it.

    With the leak all of them are shared out anew, so that copies of one picture come to both sides.
    """
    augmentation = recipe.augmentation
    if augmentation is None:
        raise TrainingError("copies_before_split needs an augmentation to change the copies with.")
    faces = [part[0] for part in found] if recipe.leak else [found[0][0]]
    targets = [part[1] for part in found] if recipe.leak else [found[0][1]]
    pictures = np.concatenate(faces)
    copies = copies_of(pictures, recipe.copies_before_split, augmentation, recipe.seed)
    everything = np.concatenate([pictures, *copies])
    labels = np.concatenate([np.concatenate(targets)] * (1 + recipe.copies_before_split))
    if not recipe.leak:
        return (everything, labels), found[1]
    order = np.random.default_rng(recipe.seed).permutation(len(everything))
    validation, learned = np.split(order, [round(len(order) * VALIDATION_SHARE)])
    return (everything[learned], labels[learned]), (everything[validation], labels[validation])
