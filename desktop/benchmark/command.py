"""`classmood benchmark`: how fast the program is on this computer, without a window."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from desktop.console import fail, plain_errors, printable, terminal
from desktop.paths import data_dir_for
from desktop.settings import load_settings

if TYPE_CHECKING:
    from desktop.benchmark.figures import Benchmark, Spread


@plain_errors()
def benchmark(
    source: Annotated[
        str,
        typer.Option(help="Video, camera number or name, stream, or demo: the demo classroom."),
    ] = "demo",
    detector: Annotated[
        Literal["auto", "haar", "learned", "yunet"] | None,
        typer.Option(help="How faces are found. Default: as in the settings."),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(min=1, max=3600, help="Measured at the source's pace; all else takes half."),
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", metavar="DIR", help="Folder of settings and models, instead of your own."),
    ] = None,
) -> None:
    """Measure speed and cost of the program on this computer; nothing is recorded.

    First at the source's pace, through the threads that the window uses; then on the same pictures as fast as
    the pipeline goes; then with every frame searched and every face read, which tells what all but the
    networks and the cascade costs. Close other programs for figures that can be compared.
    """
    from desktop.benchmark.figures import BenchmarkError  # noqa: PLC0415 - Qt and the networks take a while
    from desktop.benchmark.whole import run_benchmark  # noqa: PLC0415

    folder = data_dir_for(data_dir)
    settings = load_settings(folder.settings)
    if detector is not None:
        settings.analysis.detector = detector
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            measured = run_benchmark(
                settings, folder, source, seconds, _progress(bar, bar.add_task("", total=1))
            )
    except BenchmarkError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(measured.as_json(), indent=2, ensure_ascii=False))
    else:
        _print(measured)


def _progress(bar: Progress, task: TaskID) -> Callable[[str, float], None]:
    """Return what shows how far each part has come."""

    def show(part: str, share: float) -> None:
        bar.update(task, description=part, completed=share)

    return show


def _print(measured: "Benchmark") -> None:
    """Print what was measured, for people."""
    live, full_speed, overhead = measured.live, measured.full_speed, measured.overhead
    rate = "" if measured.source_fps is None else f", {measured.source_fps:.0f} frames a second"
    size = "x".join(map(str, measured.size))
    machine = measured.machine
    console = terminal()
    chosen = measured.detector
    found_by = chosen if chosen == live.detector else f"{live.detector} ({chosen})"
    console.print(Text(printable(f"{measured.source}, {size}{rate}; faces found by: {found_by}")))
    console.print(
        Text(
            f"{machine['processor']}, {machine['cores']} cores; {machine['system']}; "
            f"Python {machine['python']}, OpenCV {machine['opencv']}, ONNX Runtime {machine['onnxruntime']}\n"
        )
    )
    console.print(
        _table(
            f"At the source's pace, {live.seconds:.0f} s",
            [
                ("frames a second", f"{live.fps:.1f}"),
                ("of them analysed", f"{live.analysed_hz:.1f}"),
                ("faces a frame", f"{live.faces_mean:.1f}"),
                ("frames dropped", str(live.dropped)),
                ("from capture to the window", _times(live.latency)),
                ("processor", f"{live.cpu_cores:.2f} cores"),
                ("memory", f"{live.rss_mb:.0f} MB"),
                *((f"  {name}", _times(each)) for name, each in live.stages.items()),
            ],
        )
    )
    console.print(
        _table(
            "As fast as it goes",
            [("frames a second", f"{full_speed.fps:.1f}"), ("a frame", _times(full_speed.frame))],
        )
    )
    console.print(
        _table(
            "Every frame searched, every face in it read",
            [
                ("a frame (searched ahead in a second thread)", _times(overhead.frame)),
                ("networks and cascade alone", _times(overhead.bare)),
                ("overhead", f"{overhead.ratio:.2f} times the calls alone"),
                *((f"  {printable(cost.function)}", f"{cost.ms:.2f} ms") for cost in overhead.costs),
            ],
        )
    )


def _table(title: str, rows: list[tuple[str, str]]) -> Table:
    table = Table(f"[bold]{title}", "", box=None, pad_edge=False, header_style="")
    for name, value in rows:
        table.add_row(Text(name), Text(value))
    table.add_section()
    return table


def _times(spread: "Spread") -> str:
    return f"{spread.p50_ms:.1f} ms (p95: {spread.p95_ms:.1f} ms)"
