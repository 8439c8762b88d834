"""Builds the parts that window and command line share: pipelines from settings and the data folder."""

import os
from pathlib import Path

import cv2

from desktop.paths import WEIGHTS
from desktop.pipeline import Pipeline, ReadingRule
from desktop.scanning import BackgroundScanner, ImmediateScanner
from desktop.settings import AnalysisSettings
from models.detectors import create_detector
from models.emotion import EmotionClassifier
from models.errors import ModelError
from models.tracker import FaceTracker

EMOTION_MODEL = WEIGHTS / "emotion.onnx"


def build_pipeline(analysis: AnalysisSettings, models_dir: Path, *, live: bool) -> Pipeline:
    """Load detector and classifier. Live, the search runs beside the frames; else it precedes each frame.

    Raises ModelError if a model file is missing, damaged or foreign.
    """
    detector = create_detector(analysis.detector, models_dir=models_dir)
    classifier = EmotionClassifier(EMOTION_MODEL)
    rule = ReadingRule(
        emotions=analysis.emotions,
        unsure_below=analysis.unsure_below,
        smoothing_s=analysis.smoothing_s,
        period_s=0.1 if live else 0.0,
    )
    scanner = BackgroundScanner(detector) if live else ImmediateScanner(detector)
    return Pipeline(scanner, FaceTracker(), classifier, detector.crop, rule)


def model_name() -> str:
    """Return name and version of the shipped classifier, "" if it can not be loaded."""
    try:
        classifier = EmotionClassifier(EMOTION_MODEL)
    except ModelError:
        return ""
    return f"{classifier.name} {classifier.version}"


def quiet_opencv() -> None:
    """Keep OpenCV to one thread of its own and its Qt 5 away from ours."""
    cv2.setNumThreads(1)
    folder = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")
    if Path(cv2.__file__).parent in Path(folder).parents:
        del os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]
