"""What the program keeps in memory while a lesson lasts, and what it does not."""

import tracemalloc

from desktop.emotion_model import BUILT_IN
from models.emotion import EmotionClassifier


def test_the_networks_files_are_not_kept_beside_the_networks() -> None:
    EmotionClassifier(BUILT_IN)  # what is loaded once, with the first network, is not the question
    tracemalloc.start()
    try:
        classifier = EmotionClassifier(BUILT_IN)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert classifier.image_size > 0
    assert most > BUILT_IN.stat().st_size  # the file was read while somebody looked
    assert kept < BUILT_IN.stat().st_size / 10
