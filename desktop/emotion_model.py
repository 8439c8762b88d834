"""Which emotion model is run: the built-in one, or the one of a registry that the user configured."""

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from desktop.paths import WEIGHTS
from desktop.registry import MODEL_URI, RegistryError, fetch_registered, kept_model
from desktop.settings import ModelSettings, Settings, SettingsError
from models.emotion import EmotionClassifier
from models.errors import ModelError, Sentence, said

log = logging.getLogger(__name__)

BUILT_IN = WEIGHTS / "emotion.onnx"


@dataclass(frozen=True, slots=True)
class EmotionModel:
    """A classifier that is ready, and what the user should know about where it comes from."""

    classifier: EmotionClassifier
    notice: Sentence | None = None


def with_model(settings: Settings, name: str | None) -> Settings:
    """Return the settings with the registry's model that --model names.

    Raises SettingsError if that is no such name, or if the settings have no registry.
    """
    if name is None:
        return settings
    if MODEL_URI.fullmatch(name) is None:
        raise SettingsError(
            "{name} names no model of a registry. Give for example models:/emotion@champion.", name=repr(name)
        )
    if not settings.model.registry:
        raise SettingsError(
            "{name} is a model of a registry, and the settings name none. Write its address into the "
            'settings file, in section [model]: registry = "http://SERVER:5000".',
            name=name,
        )
    changed = settings.model_copy(deep=True)
    changed.model.name = name
    return changed


class EmotionModels:
    """Opens emotion models and remembers the last one: the registry is asked once for each setting."""

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._asked: ModelSettings | None = None
        self._opened: EmotionModel | None = None
        self._lock = Lock()  # whoever wants to know the name waits until the registry has answered

    def open(self, settings: ModelSettings) -> EmotionModel:
        """Return the model that the settings name; raises ModelError if not even the built-in one opens."""
        with self._lock:
            if self._opened is None or settings != self._asked:
                self._opened = open_emotion_model(settings, self._models_dir)
                self._asked = settings.model_copy()
            return self._opened

    def name(self, settings: ModelSettings) -> str:
        """Return name and version of the model that `open` returns; "" if none can be opened."""
        try:
            classifier = self.open(settings).classifier
        except ModelError:
            return ""
        return f"{classifier.name} {classifier.version}"


def open_emotion_model(settings: ModelSettings, models_dir: Path) -> EmotionModel:
    """Open the registry's model, else the one that was fetched last, else the built-in one, with a notice.

    Raises ModelError if the built-in one can not be opened.
    """
    if not settings.registry:
        return EmotionModel(EmotionClassifier(BUILT_IN))
    folder = models_dir / "registry"
    try:
        model = fetch_registered(settings.registry, settings.name, folder)
        classifier = EmotionClassifier(model.path)
    except (RegistryError, ModelError) as error:
        log.warning("%s", error)
        return _without_registry(settings, folder, error.sentence)
    log.info("%s of %s: version %s", settings.name, settings.registry, model.version)
    return EmotionModel(classifier)


def _without_registry(settings: ModelSettings, folder: Path, reason: Sentence) -> EmotionModel:
    kept = kept_model(settings.registry, settings.name, folder)
    if kept is not None:
        try:
            classifier = EmotionClassifier(kept.path)
        except ModelError as error:
            log.warning("%s", error)
        else:
            notice = said(
                "The registry's model of an earlier day is used (version {version}). {reason}",
                version=kept.version,
                reason=reason,
            )
            return EmotionModel(classifier, notice)
    notice = said("The built-in model is used instead of the registry's. {reason}", reason=reason)
    return EmotionModel(EmotionClassifier(BUILT_IN), notice)
