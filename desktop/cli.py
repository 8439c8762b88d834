"""The command line `classmood`: bare it opens the window; every command has --help."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from desktop import compare_command, doctor, report_command, sessions
from desktop.benchmark.command import benchmark
from desktop.console import fail, plain_errors, printable
from desktop.paths import data_dir_for
from desktop.settings import load_settings
from desktop.window_command import DataDirOption, DetectorOption, ModelOption, prepare, window

cli = typer.Typer(
    name="classmood",
    help="How does a class feel during a lesson? Live emotion statistics from a webcam, class-level only.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
cli.add_typer(sessions.app, name="sessions")
cli.command("doctor")(doctor.doctor)
cli.command("report")(report_command.report)
cli.command("compare")(compare_command.compare)
cli.command("benchmark")(benchmark)

cli.callback()(window)


def main() -> None:
    """Run the command line."""
    prepare()
    cli()


@cli.command("analyze")
@plain_errors()
def analyze_command(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT...", help="Pictures, folders, videos or GIFs.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Also write the pictures or the video with boxes and labels.")
    ] = False,
    four: Annotated[bool, typer.Option("--four", help="Happy, neutral, sad and surprise only.")] = False,
    detector: DetectorOption = None,
    model: ModelOption = None,
    data_dir: DataDirOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Find and read the faces in files, without a window.

    For each INPUT this writes DIR/<stem>.jsonl, a line per frame; for videos also DIR/<stem>.csv, per second.
    """
    from desktop.analyze import AnalysisOptions, Analyzer
    from desktop.assembly import build_pipeline
    from desktop.emotion_model import with_model

    folder = data_dir_for(data_dir)
    stored = with_model(load_settings(folder.settings), model)
    settings = stored.analysis.model_copy(deep=True)
    settings.emotions = 4 if four else 7
    if detector is not None:
        settings.detector = detector
    pipeline = build_pipeline(settings, folder.models, live=False, model=stored.model)
    if pipeline.notice is not None:
        typer.echo(printable(f"note: {pipeline.notice}"), err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    terminal = Console(stderr=True)
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        options = AnalysisOptions(out, annotate=annotate, four=four)
        analyzer = Analyzer(pipeline, options, _progress(bar, bar.add_task("", total=None)))
        results, problems = analyzer.analyze_all(inputs)
    if as_json:
        typer.echo(json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False))
    else:
        for result in results:
            summary = f"{result.frames} frames, {result.faces_mean:.2f} faces a frame -> {result.files[0]}"
            typer.echo(printable(f"{result.source}: {summary}"))
    if problems:
        fail("\n".join(problems))


@cli.command("download")
@plain_errors()
def download_command(
    model: Annotated[Literal["yunet"], typer.Argument(help="The face detector whose model file is wanted.")],
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Take this file instead of downloading it.")
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Fetch the model file of an optional face detector, once; it is checked before it is used."""
    from models.detectors import install_yunet
    from models.downloads import DOWNLOADS, fetch

    folder = data_dir_for(data_dir)
    folder.create()
    path = fetch(DOWNLOADS[model], folder.models) if file is None else install_yunet(file, folder.models)
    typer.echo(
        printable(f"{model} is ready: {path}. Use it with --detector {model} or choose it in the window.")
    )


def _progress(bar: Progress, task: TaskID) -> Callable[[str, int, int | None], None]:
    """Return what shows the progress of one input after the other."""

    def show(name: str, done: int, total: int | None) -> None:
        bar.update(task, description=printable(name), completed=done, total=total)

    return show
