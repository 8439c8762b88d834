"""What the commands share: their options, progress bars, printing."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from training.data import FaceSet
from training.reading import read_faces

Data = Annotated[
    Path,
    typer.Option("--data", help="FER2013's CSV (plain or .xz), a folder per class, or what `prepare` wrote."),
]
Votes = Annotated[Path | None, typer.Option("--votes", help="FER+ votes (fer2013new.csv) of a CSV's rows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Device = Annotated[str, typer.Option(help="cpu, or 0 for the first GPU.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads on a CPU.")]


def read(data: Path, votes: Path | None, problems: list[str] | None = None) -> FaceSet:
    """Read the data, saying so on standard error."""
    with Console(stderr=True).status(f"reading {data}"):
        return read_faces(data, votes, problems)


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error; gives what to call with (done, all)."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def aside() -> Iterator[None]:
    """Send what libraries print, while they are imported too, to standard error: the other is for results."""
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def passing_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what to call with (done, all): the bar is there from the first call until all is done."""
    with ExitStack() as shown:
        calls: list[Callable[[int, int], None]] = []

        def show(done: int, total: int) -> None:
            if not calls:
                calls.append(shown.enter_context(bar(what)))
            calls[0](done, total)
            if done >= total:
                shown.close()
                calls.clear()

        yield show


def answer(values: Mapping[str, object], as_json: bool) -> None:
    """Print a command's result."""
    if as_json:
        typer.echo(json.dumps(values))
        return
    for key, value in values.items():
        typer.echo(f"{key:26} {value}")
