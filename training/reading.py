"""Reading faces: FER2013's CSV (plain or .xz) with FER+'s votes, folders of pictures, prepared data."""

import csv
import lzma
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from models.emotion import EMOTIONS, FACE_SIZE
from training.data import FER2013_EMOTIONS, USAGES, VOTE_COLUMNS, FaceSet, Votes
from training.errors import TrainingError
from training.folders import read_folder
from training.prepared import SUFFIX, load_prepared

_PIXELS = FACE_SIZE * FACE_SIZE
_SHOWN = 80  # characters of a header that is none
_DIGITS_AND_BLANKS = b"0123456789 \t"
_LABEL_OF_CODE = {str(code): EMOTIONS.index(name) for code, name in enumerate(FER2013_EMOTIONS)}


def read_faces(path: Path, votes_path: Path | None = None, problems: list[str] | None = None) -> FaceSet:
    """Return all faces of a CSV, a folder with one sub-folder per class, or a file of `prepare`.

    A CSV is joined row by row with a FER+ votes file. Raises TrainingError naming the file, and the line of
    the first row that is not as it should be; given `problems`, such rows and pictures are left out and
    noted there.
    """
    if path.suffix == SUFFIX:
        faces = load_prepared(path)
    elif path.is_dir():
        faces = read_folder(path, problems)
    else:
        return _read_csv(path, votes_path, problems)
    if votes_path is not None:
        raise TrainingError(f"Votes belong to a CSV; {path} is none. Leave --votes out.")
    return faces


def _read_csv(path: Path, votes_path: Path | None, problems: list[str] | None) -> FaceSet:
    faces: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    usages: list[str | None] = []  # of all rows, None for a broken one
    for line, cells in _whole_rows(path, ("emotion", "pixels", "Usage"), problems):
        try:
            emotion, pixels, usage = cells
            if emotion not in _LABEL_OF_CODE:
                raise TrainingError(f"{path}, line {line}: unknown class {emotion!r}; FER2013 has 0 to 6.")
            if usage.strip() not in USAGES:
                raise TrainingError(
                    f"{path}, line {line}: unknown usage {usage[:40]!r}; FER2013 has {', '.join(USAGES)}. "
                    "The file may be cut short: get a whole copy."
                )
            face = _parse_pixels(pixels, f"{path}, line {line}")
        except TrainingError as error:
            _note(problems, error)
            usages.append(None)
        except ValueError:  # a row of another length, noted already
            usages.append(None)
        else:
            faces.append(face)
            labels.append(_LABEL_OF_CODE[emotion])
            usages.append(usage.strip())
    if not faces:
        if problems:
            raise TrainingError(
                f"{path} holds no whole row. The first of {len(usages)} broken ones: {problems[0]}"
            )
        raise TrainingError(f"{path} has a header but no rows. Get a whole copy of the file.")
    votes = None if votes_path is None else _read_votes(votes_path, usages, path)
    pictures = np.stack(faces).reshape(-1, FACE_SIZE, FACE_SIZE)
    return FaceSet(
        pictures, np.array(labels), np.array([usage for usage in usages if usage is not None]), votes
    )


def _read_votes(path: Path, usages: list[str | None], faces_path: Path) -> Votes:
    """Return the votes of the rows that are whole, those whose usage is known."""
    votes: list[list[int]] = []
    line = count = 0
    for line, (usage, *cells) in _whole_rows(path, ("Usage", *VOTE_COLUMNS), None):
        expected = usages[count] if count < len(usages) else None
        count += 1
        if expected is None:
            continue
        if usage.strip() != expected:
            raise TrainingError(
                f"{path}, line {line}: usage {usage!r}, but the same row of {faces_path} has "
                f"{expected!r}. The two files must have the same rows in the same order."
            )
        if not all(cell.strip().isdecimal() and int(cell) <= 255 for cell in cells):
            raise TrainingError(f"{path}, line {line}: votes must be whole numbers, not {cells}.")
        votes.append([int(cell) for cell in cells])
    if count != len(usages):
        raise TrainingError(
            f"{path} has {count} rows, but {faces_path} has {len(usages)}. "
            "The two files must have the same rows in the same order."
        )
    return np.array(votes, np.uint8)


def _parse_pixels(text: str, where: str) -> npt.NDArray[np.uint8]:
    if rest := text.encode("ascii", "replace").translate(None, _DIGITS_AND_BLANKS):
        raise TrainingError(f"{where}: {rest[:20].decode()!r} among the pixels, whole numbers are expected.")
    values = np.fromstring(text, dtype=np.int64, sep=" ")
    if values.size != _PIXELS:
        raise TrainingError(
            f"{where}: {values.size} pixels instead of {_PIXELS} ({FACE_SIZE}x{FACE_SIZE}). "
            "The file may be cut short: get a whole copy."
        )
    if values.min() < 0 or values.max() > 255:
        raise TrainingError(f"{where}: pixel {values.max()} is out of range, 0 to 255 is expected.")
    return values.astype(np.uint8)


def _note(problems: list[str] | None, error: TrainingError) -> None:
    if problems is None:
        raise error
    problems.append(str(error))


def _whole_rows(
    path: Path, columns: tuple[str, ...], problems: list[str] | None
) -> Iterator[tuple[int, list[str]]]:
    """Give a CSV's rows, plain or .xz, as (line, cells of `columns`); no cells for a row noted as broken."""
    with _open_text(path) as file:
        yield from _rows(path, csv.reader(file), columns, problems)


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a damaged quote makes one cell of the whole file
    try:
        with (
            lzma.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".xz"
            else path.open(encoding="utf-8-sig", newline="")  # Excel begins files with a mark
        ) as file:
            yield file
    except FileNotFoundError:
        raise TrainingError(f"{path} is not there. Check the path.") from None
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} can not be read ({error}). Get a whole copy of the file.") from error


def _rows(
    path: Path, lines: Iterable[list[str]], columns: tuple[str, ...], problems: list[str] | None
) -> Iterator[tuple[int, list[str]]]:
    numbered = enumerate(lines, start=1)
    _, titles = next(numbered, (1, list[str]()))
    names = [name.strip() for name in titles]
    if missing := [name for name in columns if name not in names]:
        header = ",".join(names)
        shown = header if len(header) <= _SHOWN else f"{header[:_SHOWN]}..."
        raise TrainingError(f"{path}, line 1: no column {missing[0]!r}; the header is {shown!r}.")
    places = [names.index(name) for name in columns]
    for line, cells in numbered:
        if not cells:  # an empty line, as some programs leave at the end
            continue
        if len(cells) == len(names):
            yield line, [cells[place] for place in places]
            continue
        error = TrainingError(
            f"{path}, line {line}: {len(cells)} columns instead of {len(names)}. "
            "The file may be cut short: get a whole copy."
        )
        _note(problems, error)
        yield line, []
