"""From data as it comes to data that can be learned from: checked, cleaned, split without a leak."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS
from training.data import NO_LABEL, PUBLIC_TEST, TRAINING, VALIDATION, FaceSet, Labels, majority
from training.duplicates import Copies, find_copies
from training.errors import TrainingError

VALIDATION_SHARE = 0.1
_BLANK = 2.0  # standard deviation of grey values below which a picture shows nothing
_SHOWN = 20  # broken rows that are named one by one


@dataclass(slots=True)
class Report:
    """What `prepare` found and did; numbers are rows."""

    rows: dict[str, int]  # by usage, as they came
    broken: int = 0
    broken_rows: list[str] = field(default_factory=list)  # the first of them, in words
    blank: int = 0
    identical_within: int = 0  # copies beside the first, of the same usage
    identical_across: int = 0  # whose first is of another usage
    near_within: int = 0  # pairs
    near_across: int = 0
    test_rows_seen: int = 0  # of the test rows, those with a copy in Training as it came
    label_disagreements: int = 0  # pairs of copies with different labels
    votes_against_label: int = 0  # rows whose FER+ majority is another emotion
    votes_without_emotion: int = 0  # rows whose FER+ majority is contempt, unknown or not a face
    dropped: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)  # by usage
    fingerprint: str = ""

    def summary(self) -> dict[str, object]:
        """Return it as a dictionary."""
        return asdict(self)


def prepare(
    faces: FaceSet,
    *,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
    problems: list[str] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> tuple[FaceSet, Report]:
    """Return the faces to work with, split into Training, Validation and tests, and what was found.

    Dropped are blank pictures, identical copies beside the first, and every row of Training that a test
    picture is a near duplicate of, directly or by others in between. Near duplicates stay on one side of the
    split. Data without test rows gets some, as many as for the validation; test rows are never changed
    apart from blank ones. Raises TrainingError if too little is left.
    """
    problems = problems or []
    report = Report(_counts(faces.usages), len(problems), problems[:_SHOWN])
    blank = faces.faces.std(axis=(1, 2)) < _BLANK
    report.blank = int(blank.sum())
    shown = faces.select(~blank)
    if not len(shown):
        raise TrainingError("No picture is left: all are blank.")
    copies = find_copies(shown.faces, progress)
    _describe(shown, copies, report)
    usages = shown.usages.astype("U16")
    if not _is_test(usages).any():
        usages = np.where(_some_of_each(shown, copies, validation_share, seed), PUBLIC_TEST, usages)
    test = _is_test(usages)
    seen = ~test & np.isin(copies.groups, copies.groups[test])
    again = ~test & ~seen & (copies.exact != np.arange(len(shown)))
    keep = ~(seen | again)
    report.dropped = {
        "blank": report.blank,
        "copy of a test picture": int(seen.sum()),
        "copy": int(again.sum()),
    }
    clean = shown.with_usages(usages).select(keep)
    if not (clean.usages == TRAINING).any():
        raise TrainingError(
            "Nothing is left to learn from: every picture is blank or a copy of a test picture."
        )
    if not (clean.usages == VALIDATION).any():
        clean = set_validation_aside(clean, copies.groups[keep], validation_share, seed)
    report.kept = _counts(clean.usages)
    report.fingerprint = clean.fingerprint()
    return clean, report


def set_validation_aside(faces: FaceSet, groups: Labels, share: float, seed: int) -> FaceSet:
    """Return the faces with a share of Training's groups, stratified by emotion, as Validation."""
    training = faces.usages == TRAINING
    chosen = _chosen_groups(stratum(faces)[training], groups[training], share, seed)
    validation = training & np.isin(groups, chosen)
    if not validation.any() or (validation == training).all():
        raise TrainingError(f"{training.sum()} faces are too few to set {share:.0%} of each class aside.")
    return faces.with_usages(np.where(validation, VALIDATION, faces.usages.astype("U16")))


def stratum(faces: FaceSet) -> Labels:
    """Return what the split keeps in proportion: the FER+ majority where there is one, else the label."""
    if faces.votes is None:
        return faces.labels
    voted = majority(faces.votes)
    return np.where(voted == NO_LABEL, len(EMOTIONS) + faces.labels, voted)


def _chosen_groups(labels: Labels, groups: Labels, share: float, seed: int) -> Labels:
    """Return groups that hold about a share of each label."""
    rng = np.random.default_rng(seed)
    chosen: list[int] = []
    for label in np.unique(labels):
        members = np.unique(groups[labels == label])
        chosen += rng.permutation(members)[: round(len(members) * share)].tolist()
    return np.array(chosen, np.int64)


def _some_of_each(faces: FaceSet, copies: Copies, share: float, seed: int) -> npt.NDArray[np.bool_]:
    chosen = _chosen_groups(stratum(faces), copies.groups, share, seed + 1)
    return np.asarray(np.isin(copies.groups, chosen))


def _describe(faces: FaceSet, copies: Copies, report: Report) -> None:
    """Count copies and contradictions."""
    test = _is_test(faces.usages)
    rows = np.flatnonzero(copies.exact != np.arange(len(faces)))
    across = faces.usages[rows] != faces.usages[copies.exact[rows]]
    report.identical_within, report.identical_across = int((~across).sum()), int(across.sum())
    ones, others = copies.pairs.T
    apart = faces.usages[ones] != faces.usages[others]
    report.near_within, report.near_across = int((~apart).sum()), int(apart.sum())
    report.test_rows_seen = int((test & np.isin(copies.groups, copies.groups[~test])).sum())
    report.label_disagreements = int((faces.labels[ones] != faces.labels[others]).sum())
    if faces.votes is not None:
        voted = majority(faces.votes)
        report.votes_without_emotion = int((voted == NO_LABEL).sum())
        report.votes_against_label = int(((voted != NO_LABEL) & (voted != faces.labels)).sum())


def _is_test(usages: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    return ~np.isin(usages, [TRAINING, VALIDATION])


def _counts(usages: npt.NDArray[np.str_]) -> dict[str, int]:
    return dict(sorted(Counter(usages.tolist()).items()))
