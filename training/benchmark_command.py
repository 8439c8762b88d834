"""`python -m training benchmark`: how many times faster the application is than the article's loop."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from training.benchmark import ARTICLE, ArticleLoop, Side, application, compare_speed, read_frames
from training.console import AsJson, bar
from training.errors import TrainingError


def benchmark(
    video: Annotated[Path, typer.Option(help="Video or GIF of a class; it is scaled to --height lines.")],
    height: Annotated[int, typer.Option(min=90, max=4320, help="Lines of the frames.")] = 720,
    frames: Annotated[int, typer.Option(min=10, help="Of the video, at most.")] = 60,
    rounds: Annotated[int, typer.Option(min=1, help="In which everybody takes a turn.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.2, help="Of each turn.")] = 3.0,
    yunet: Annotated[Path | None, typer.Option(help="YuNet's ONNX file: it runs too.", exists=True)] = None,
    weights: Annotated[
        Path | None,
        typer.Option(help="The article's YOLOv8n-cls (.pt); random weights take as long.", exists=True),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the article's loop and the application in turns on the same frames, and print ratios.

    The article searches the full frame with the cascade (scale factor 1.1, five neighbours, 60 pixels at
    least) and gives the first face to ultralytics' predict. The application reads every face: as the window
    runs it, searched beside the frames and read 20 times a second, and with every frame searched and read.
    """
    if not video.is_file():
        raise TrainingError(f"There is no file {video}. Give a video with --video.")
    pictures = read_frames(video, height, frames)
    if len(pictures) < 2:
        raise TrainingError(f"{video} has one frame only. Give a video.")
    detectors = ["learned", "haar", *(["yunet"] if yunet else [])]
    sides = [Side(name, thorough) for name in detectors for thorough in (False, True)]
    measure = application(pictures, yunet)
    with bar("rounds") as progress:
        article = compare_speed(pictures, ArticleLoop(weights), sides, measure, (rounds, seconds), progress)
    width = pictures[0].shape[1]
    found = {
        "video": video.name,
        "size": [width, height],
        "frames": len(pictures),
        "rounds": rounds,
        "seconds": seconds,
        "weights": str(weights) if weights else "random",
        "results": [side.summary(article) for side in (article, *sides)],
    }
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    typer.echo(f"{video.name}, {width}x{height}, {rounds} rounds of {seconds:g} s each")
    _print([side.summary(article) for side in (article, *sides)])


def _print(results: list[dict[str, object]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("side", "frames a second", "times the article", "aim", "faces", "read"):
        table.add_column(name, justify="left" if name == "side" else "right")
    for each in results:
        name = str(each["detector"])
        way = "" if name == ARTICLE else ", every frame" if each["every_frame"] else ", as in the window"
        table.add_row(
            f"{name}{way}",
            f"{each['fps']:.1f}",
            f"{each['ratio']:.1f}",
            f"{each['aim']:.0f}" if each["aim"] else "",
            f"{each['faces_found']:.1f}",
            f"{each['faces_read']:.1f}",
        )
    Console(width=100).print(table)
