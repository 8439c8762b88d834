"""Builds the parts that window and command line share: pipelines from settings and the data folder."""

import os
from pathlib import Path

import cv2

from desktop.emotion_model import EmotionModels
from desktop.pipeline import Pipeline, ReadingRule
from desktop.scanning import BackgroundScanner, ImmediateScanner
from desktop.settings import AnalysisSettings, ModelSettings
from models.choosing import open_detector
from models.tracker import FaceTracker

READING_PERIOD_S = 0.05  # with 0.1, the labels of small faces depended on the moment (docs/performance.md)


def build_pipeline(
    analysis: AnalysisSettings,
    models_dir: Path,
    *,
    live: bool,
    model: ModelSettings | None = None,
    emotion_models: EmotionModels | None = None,
) -> Pipeline:
    """Load detector and classifier. Live, the search runs beside the frames; else it precedes each frame.

    `model` says where the classifier comes from, `emotion_models` opens it. Raises ModelError if a model file
    is missing, damaged or foreign.
    """
    detector = open_detector(analysis.detector, models_dir=models_dir, live=live)
    emotion = (emotion_models or EmotionModels(models_dir)).open(model or ModelSettings())
    rule = ReadingRule(
        emotions=analysis.emotions,
        unsure_below=analysis.unsure_below,
        smoothing_s=analysis.smoothing_s,
        period_s=READING_PERIOD_S if live else 0.0,
    )
    scanner = BackgroundScanner(detector) if live else ImmediateScanner(detector)
    pipeline = Pipeline(scanner, FaceTracker(), emotion.classifier, detector.crop, rule)
    pipeline.notice = emotion.notice
    return pipeline


def quiet_opencv() -> None:
    """Keep OpenCV to one thread of its own and its Qt 5 away from ours."""
    cv2.setNumThreads(1)
    folder = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")
    if Path(cv2.__file__).parent in Path(folder).parents:
        del os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]
