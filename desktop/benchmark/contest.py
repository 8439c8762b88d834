"""The live pipeline and the thorough one, measured for whoever compares them with something else.

`python -m training benchmark` is told this module's name: application and workshop do not import each other.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from desktop.assembly import build_pipeline, quiet_opencv
from desktop.benchmark.figures import FullSpeed
from desktop.benchmark.pure import measure_full_speed
from desktop.settings import AnalysisSettings
from models.boxes import Image


def measure(
    detector: str, pictures: Sequence[Image], seconds: float, *, thorough: bool, models_dir: Path
) -> FullSpeed:
    """Return how fast the pipeline is on the pictures, after a warm-up.

    As the window runs it, or `thorough`: every frame searched and every face in it read. Raises ModelError.
    """
    quiet_opencv()
    analysis = AnalysisSettings.model_validate({"detector": detector})
    with closing(build_pipeline(analysis, models_dir, live=not thorough)) as pipeline:
        return measure_full_speed(pipeline, pictures, seconds, lambda _: None, file=thorough)
