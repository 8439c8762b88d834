"""Figures as SVG: confusion matrix, reliability diagram, ROC curves, curves of a training run."""

from collections.abc import Mapping, Sequence

import drawsvg
import numpy as np

from models.emotion import EMOTIONS
from training.data import NO_LABEL
from training.evaluate import Evaluation
from training.metrics import confusion, reliability, roc, thinned

COLOURS = ("#c0392b", "#7d6608", "#6c3483", "#d68910", "#616a6b", "#2471a3", "#117a65")  # of EMOTIONS
_SIDE, _MARGIN = 360, 70
_INK, _GRID, _BAR = "#222", "#ddd", "#2471a3"
_FONT = "sans-serif"


def evaluation_figures(evaluation: Evaluation) -> dict[str, str]:
    """Return the SVG files of an evaluation by name."""
    rows = evaluation.labels != NO_LABEL
    probabilities, labels = evaluation.probabilities[rows], evaluation.labels[rows]
    guesses = probabilities.argmax(axis=1)
    curves = {
        name: thinned(roc(probabilities[:, index], labels == index))
        for index, name in enumerate(EMOTIONS)
        if 0 < (labels == index).sum() < len(labels)
    }
    return {
        "confusion": confusion_matrix(confusion(guesses, labels)),
        "reliability": reliability_diagram(reliability(probabilities.max(axis=1), guesses == labels)),
        "roc": line_chart(curves, "false alarms", "found", (0, 1), (0, 1)),
    }


def confusion_matrix(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]], columns: str = "guess") -> str:
    """Return the matrix with shares of each label's row as shade and counts as text."""
    cell = _SIDE / len(EMOTIONS)
    drawing = _blank()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row, label in enumerate(EMOTIONS):
        y = 10 + row * cell
        drawing.append(_text(label, _MARGIN - 6, y + cell / 2, anchor="end"))
        drawing.append(_text(label, _MARGIN + (row + 0.5) * cell, _SIDE + 24, anchor="middle"))
        for column in range(len(EMOTIONS)):
            part = float(shares[row, column])
            x = _MARGIN + column * cell
            shade = drawsvg.Rectangle(x, y, cell - 1, cell - 1, fill=_BAR, fill_opacity=round(part, 3))
            drawing.append(shade)
            ink = "white" if part > 0.5 else _INK
            drawing.append(_text(str(counts[row, column]), x + cell / 2, y + cell / 2, "middle", ink))
    drawing.append(_text(columns, _MARGIN + _SIDE / 2, _SIDE + 44, "middle"))
    return _svg(drawing)


def reliability_diagram(bins: Sequence[dict[str, float]]) -> str:
    """Return accuracy over confidence; honest confidence lies on the diagonal."""
    points = np.array([[one["confidence"], one["accuracy"]] for one in bins])
    diagonal = np.array([[0.0, 0.0], [1.0, 1.0]])
    return line_chart({"model": points, "honest": diagonal}, "confidence", "accuracy", (0, 1), (0, 1))


def line_chart(
    curves: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
    x_name: str,
    y_name: str,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> str:
    """Return curves of (x, y) points with a legend; a curve named after an emotion has its colour."""
    drawing = _blank()
    for step in range(6):
        share = step / 5
        x, y = _MARGIN + share * _SIDE, 10 + (1 - share) * _SIDE
        drawing.append(drawsvg.Line(_MARGIN, y, _MARGIN + _SIDE, y, stroke=_GRID))
        drawing.append(drawsvg.Line(x, 10, x, 10 + _SIDE, stroke=_GRID))
        drawing.append(_text(_number(_between(y_range, share)), _MARGIN - 6, y, "end"))
        drawing.append(_text(_number(_between(x_range, share)), x, _SIDE + 24, "middle"))
    for place, (name, points) in enumerate(curves.items()):
        colour = COLOURS[EMOTIONS.index(name) if name in EMOTIONS else 5 - 5 * (place % 2)]
        path = drawsvg.Path(stroke=colour, fill="none", stroke_width=2)
        for number, (x, y) in enumerate(points):
            where = (
                round(_MARGIN + _SIDE * (x - x_range[0]) / (x_range[1] - x_range[0]), 2),
                round(10 + _SIDE * (1 - (y - y_range[0]) / (y_range[1] - y_range[0])), 2),
            )
            (path.L if number else path.M)(*where)
        drawing.append(path)
        drawing.append(_text(name, _MARGIN + _SIDE - 8, _SIDE - 12 * len(curves) + 14 * place, "end", colour))
    drawing.append(_text(x_name, _MARGIN + _SIDE / 2, _SIDE + 44, "middle"))
    drawing.append(_text(y_name, 4, 24, "start"))
    return _svg(drawing)


def bar_chart(names: Sequence[str], groups: Mapping[str, Sequence[float]]) -> str:
    """Return bars side by side for every name, one of each group."""
    drawing = _blank()
    top = max(max(values, default=0) for values in groups.values()) or 1
    cell = _SIDE / len(names)
    width = 0.8 * cell / len(groups)
    for place, (group, values) in enumerate(groups.items()):
        colour = COLOURS[(5 - 2 * place) % len(COLOURS)]
        for number, value in enumerate(values):
            height = _SIDE * value / top
            x = _MARGIN + number * cell + place * width
            drawing.append(drawsvg.Rectangle(x, 10 + _SIDE - height, width, height, fill=colour))
        drawing.append(_text(group, _MARGIN + _SIDE - 8, 20 + 14 * place, "end", colour))
    step = 1 + len(names) // 12  # more names would run into each other
    for number, name in list(enumerate(names))[::step]:
        drawing.append(_text(name, _MARGIN + (number + 0.4) * cell, _SIDE + 24, "middle"))
    for share in (0, 0.5, 1):
        drawing.append(_text(_number(top * share), _MARGIN - 6, 10 + (1 - share) * _SIDE, "end"))
    return _svg(drawing)


def scatter(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], emotions: Sequence[str]) -> str:
    """Return points in the colours of their emotions."""
    drawing = _blank()
    low, high = points.min(axis=0), points.max(axis=0)
    for (x, y), emotion in zip((points - low) / np.maximum(high - low, 1e-9), emotions, strict=True):
        colour = COLOURS[EMOTIONS.index(emotion)]
        where = round(_MARGIN + float(x) * _SIDE, 1), round(10 + float(y) * _SIDE, 1)
        drawing.append(drawsvg.Circle(*where, 2, fill=colour, fill_opacity=0.6))
    for place, emotion in enumerate(EMOTIONS):
        drawing.append(_text(emotion, 4, 20 + 14 * place, "start", COLOURS[place]))
    return _svg(drawing)


def run_figures(epochs: Sequence[dict[str, float]]) -> dict[str, str]:
    """Return the curves of a run: losses and validation accuracy after each epoch."""
    if len(epochs) < 2:
        return {}
    numbers = [one["epoch"] for one in epochs]
    span = (numbers[0], numbers[-1])
    losses = {
        name: np.array([[one["epoch"], one[key]] for one in epochs])
        for name, key in (("learned", "train/loss"), ("validation", "val/loss"))
        if key in epochs[0]
    }
    top = max(float(points[:, 1].max()) for points in losses.values()) if losses else 1.0
    accuracy = {"validation": np.array([[one["epoch"], one["metrics/accuracy"]] for one in epochs])}
    return {
        "loss": line_chart(losses, "epoch", "loss", span, (0, top)),
        "accuracy": line_chart(accuracy, "epoch", "accuracy", span, (0, 1)),
    }


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + share * (ends[1] - ends[0])


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 or value == 0 else f"{value:.2g}"


def _blank() -> drawsvg.Drawing:
    drawing = drawsvg.Drawing(_SIDE + _MARGIN + 20, _SIDE + 56)
    drawing.append(drawsvg.Rectangle(0, 0, "100%", "100%", fill="white"))
    return drawing


def _text(words: str, x: float, y: float, anchor: str = "start", colour: str = _INK) -> drawsvg.Text:
    return drawsvg.Text(
        words, 11, x, y, text_anchor=anchor, dominant_baseline="middle", fill=colour, font_family=_FONT
    )


def _svg(drawing: drawsvg.Drawing) -> str:
    text: str = drawing.as_svg()
    return text
