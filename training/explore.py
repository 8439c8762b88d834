"""The data report that a person reads: one HTML page with its figures inside."""

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from models.emotion import EMOTIONS, FACE_SIZE, to_network_input
from training.data import NO_LABEL, Faces, FaceSet, Labels, majority
from training.errors import TrainingError
from training.evaluate import open_classifier
from training.figures import bar_chart, confusion_matrix, scatter
from training.metrics import confusion

FEWEST = 200  # pictures behind one average face: nobody can be recognised in it
SAMPLE = 2000  # faces whose embeddings are drawn
_BATCH = 128
_Points = npt.NDArray[np.float64]


def explore(faces: FaceSet, model: Path, seed: int = 0) -> str:
    """Return the report on faces as HTML; embeddings are those of the ONNX file `model`.

    Raises TrainingError if the model can not be used.
    """
    voted = None if faces.votes is None else majority(faces.votes)
    labels = faces.labels if voted is None else voted
    parts = [
        ("Emotions in each part of the data", _counts(faces, labels)),
        ("Average faces", _averages(faces.faces, labels)),
        ("Brightness and contrast", _light(faces)),
    ]
    if voted is not None:
        parts.append(("Where the taggers contradict FER2013's label", _disagreement(faces.labels, voted)))
    parts.append(("What the network makes of them", _embedded(faces, labels, model, seed)))
    body = "".join(f"<section><h2>{html.escape(title)}</h2>{content}</section>" for title, content in parts)
    style = (
        "body{font:15px sans-serif;max-width:70rem;margin:2rem auto;color:#222}"
        "table{border-collapse:collapse}"
        "td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}"
        "figure{display:inline-block;margin:.5rem}figcaption{text-align:center}"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Faces</title>'
        f"<style>{style}</style></head><body><h1>Faces to learn from</h1>"
        f"<p>{len(faces)} faces, fingerprint {faces.fingerprint()}.</p>{body}</body></html>\n"
    )


def embeddings(faces: Faces, model: Path) -> _Points:
    """Return what the network's last layer sees of faces, (n, features)."""
    side = open_classifier(model).image_size
    graph = onnx.load(str(model))
    last = [node for node in graph.graph.node if node.op_type in ("Gemm", "MatMul")]
    if not last:
        raise TrainingError(f"{model} has no last layer whose input could be drawn.")
    graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(last[-1].input[0]))
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found = [
        session.run([last[-1].input[0]], {"images": to_network_input(list(part), side)})[0]
        for part in np.array_split(faces, max(1, -(-len(faces) // _BATCH)))
    ]
    return np.concatenate(found).reshape(len(faces), -1).astype(np.float64)


def _counts(faces: FaceSet, labels: Labels) -> str:
    usages = sorted(set(faces.usages.tolist()))
    rows = {}
    for usage in usages:
        known = labels[(faces.usages == usage) & (labels != NO_LABEL)]
        rows[usage] = dict(zip(EMOTIONS, np.bincount(known, minlength=len(EMOTIONS)).tolist(), strict=True))
    drawn = {usage: [float(value) for value in row.values()] for usage, row in rows.items()}
    left_out = int((labels == NO_LABEL).sum())
    note = f"<p>{left_out} faces have no majority among the seven.</p>" if left_out else ""
    counted = "FER2013's labels" if faces.votes is None else "the majority of the taggers' votes"
    words = f"<p>Here and below an emotion is that of {counted}.</p>"
    return words + _table(rows) + bar_chart(EMOTIONS, drawn) + note


def _averages(faces: Faces, labels: Labels) -> str:
    shown = []
    for index, name in enumerate(EMOTIONS):
        chosen = faces[labels == index]
        if len(chosen) < FEWEST:
            shown.append(f"<p>{name}: fewer than {FEWEST} faces, no average is drawn.</p>")
            continue
        mean = chosen.mean(axis=0)
        stretched = np.clip((mean - mean.min()) * 255 / max(float(np.ptp(mean)), 1), 0, 255).astype(np.uint8)
        large = cv2.resize(stretched, (3 * FACE_SIZE, 3 * FACE_SIZE), interpolation=cv2.INTER_CUBIC)
        picture = base64.b64encode(cv2.imencode(".png", large)[1].tobytes()).decode()
        caption = f"<figcaption>{name}, mean of {len(chosen)}</figcaption>"
        shown.append(f'<figure><img alt="" src="data:image/png;base64,{picture}">{caption}</figure>')
    return "".join(shown)


def _light(faces: FaceSet) -> str:
    shown = []
    usages = sorted(set(faces.usages.tolist()))
    for title, values, top in (
        ("brightness", faces.faces.mean(axis=(1, 2)), 256),
        ("contrast", faces.faces.std(axis=(1, 2)), 128),
    ):
        edges = np.linspace(0, top, 17)
        shares = {}
        for usage in usages:
            counts = np.histogram(values[faces.usages == usage], edges)[0]
            shares[usage] = (100 * counts / max(counts.sum(), 1)).tolist()
        chart = bar_chart([f"{edge:.0f}" for edge in edges[:-1]], shares)
        shown.append(f"<figure>{chart}<figcaption>{title}, % of faces</figcaption></figure>")
    return "".join(shown)


def _disagreement(labels: Labels, voted: Labels) -> str:
    rows = voted != NO_LABEL
    against = int((labels[rows] != voted[rows]).sum())
    share = against / max(int(rows.sum()), 1)
    words = (
        f"<p>In {against} of {rows.sum()} faces ({share:.0%}) the majority of the taggers chose another "
        "emotion. Rows: FER2013's label; columns: the taggers' majority.</p>"
    )
    return words + confusion_matrix(confusion(voted[rows], labels[rows]), "majority")


def _embedded(faces: FaceSet, labels: Labels, model: Path, seed: int) -> str:
    known = np.flatnonzero(labels != NO_LABEL)
    chosen = np.random.default_rng(seed).permutation(known)[:SAMPLE]
    if len(chosen) < 2:
        return f"<p>{len(chosen)} faces with an emotion: too few to be drawn.</p>"
    points = embeddings(faces.faces[chosen], model)
    count = min(50, *points.shape)
    analysis = PCA(count, random_state=seed)
    reduced = analysis.fit_transform(points)
    drawn = {"PCA": reduced[:, :2]}
    if len(chosen) > 30:
        drawn["t-SNE"] = TSNE(perplexity=min(30, len(chosen) / 4), random_state=seed).fit_transform(reduced)
    explained = analysis.explained_variance_ratio_[:2].sum()
    words = f"<p>{len(chosen)} faces by chance; two axes of the PCA hold {explained:.0%} of the variance.</p>"
    names = [EMOTIONS[label] for label in labels[chosen]]
    figures = "".join(
        f"<figure>{scatter(where, names)}<figcaption>{title}</figcaption></figure>"
        for title, where in drawn.items()
    )
    return words + figures


def _table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    titles: Sequence[str] = list(next(iter(rows.values())))
    head = "".join(f"<th>{html.escape(title)}</th>" for title in ("", *titles))
    lines = "".join(
        f"<tr><th>{html.escape(name)}</th>{''.join(f'<td>{row[title]}</td>' for title in titles)}</tr>"
        for name, row in rows.items()
    )
    return f"<table><tr>{head}</tr>{lines}</table>"
