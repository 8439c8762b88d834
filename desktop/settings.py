"""Settings: one TOML file, validated; a wrong value is named with the file and what is allowed."""

import difflib
import time
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Literal

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tomlkit.exceptions import TOMLKitError

from desktop.paths import write_private
from desktop.registry import MODEL_URI
from models.errors import KnownError, os_reason

_MAX_BYTES = 1_000_000
_HEADER = "Settings of Classmood. Comments and order are kept when the program changes a value."


class SettingsError(KnownError):
    """The settings file can not be read or holds a wrong value; the text names file, key and remedy."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True, strict=True, allow_inf_nan=False)


class CameraSettings(_Section):
    """Which source the window opens, and how."""

    source: str = ""  # as for --source; empty: first camera, else the demo classroom
    width: int = Field(default=1280, ge=160, le=7680)
    height: int = Field(default=720, ge=120, le=4320)
    mirror: bool = True  # cameras only


class AnalysisSettings(_Section):
    """How faces are found and read."""

    detector: Literal["auto", "haar", "learned", "yunet"] = "auto"
    emotions: Literal[4, 7] = 7
    unsure_below: float = Field(default=0.40, ge=0, le=1)  # confidence, on the seven or four shown
    smoothing_s: float = Field(default=0.8, ge=0, le=10)  # time constant of the per-track smoothing, seconds
    quiet: bool = False  # few frames a second, for a computer that is to stay cool and silent


class ModelSettings(_Section):
    """Where the emotion model comes from."""

    registry: str = Field(default="", max_length=1000)  # address of an MLflow server; empty: built-in model
    name: str = Field(default="models:/emotion@champion", pattern=MODEL_URI.pattern)


class ViewSettings(_Section):
    """How the window looks."""

    language: Literal["system", "en", "uk"] = "system"
    theme: Literal["system", "light", "dark"] = "system"


class StorageSettings(_Section):
    """Where sessions are kept."""

    database: str = ""  # SQLAlchemy address; empty: classmood.db in the data folder


class ActivitySettings(_Section):
    """What the keys 1 to 5 mark: a kind of desktop.segments, or own words; "" marks nothing."""

    key_1: str = Field(default="lecture", max_length=100)
    key_2: str = Field(default="interactive", max_length=100)
    key_3: str = Field(default="quiz", max_length=100)
    key_4: str = Field(default="group work", max_length=100)
    key_5: str = Field(default="break", max_length=100)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the five in the order of their keys."""
        return (self.key_1, self.key_2, self.key_3, self.key_4, self.key_5)


class Settings(_Section):
    """Everything a user can set."""

    notice_accepted: bool = False
    camera: CameraSettings = CameraSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    model: ModelSettings = ModelSettings()
    view: ViewSettings = ViewSettings()
    storage: StorageSettings = StorageSettings()
    activities: ActivitySettings = ActivitySettings()


def load_settings(path: Path) -> Settings:
    """Return the settings in `path`, or the defaults if there is no such file.

    Raises SettingsError naming everything that is wrong in it.
    """
    text = _read(path)
    return Settings() if text is None else _parse(path, text)


def save_settings(path: Path, settings: Settings) -> None:
    """Write what differs from the file (a new file: from the defaults), leave the rest as a person wrote it.

    Raises SettingsError if it can not be written, and if the file there is damaged: it is never written over.
    """
    text = _read(path)
    if text is None:
        document, before = tomlkit.document(), Settings()
        document.add(tomlkit.comment(_HEADER))
    else:
        before = _parse(path, text)
        try:
            document = tomlkit.parse(text)
        except TOMLKitError as error:  # two readers that disagree: rather keep the file than guess
            raise SettingsError(
                "{path} can not be changed: {error}. Correct it, or move it away.", path=path, error=error
            ) from error
    if text is not None and settings == before:
        return
    _update(document, before.model_dump(), settings.model_dump())
    try:
        write_private(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise SettingsError(
            "The settings can not be saved in {path}: {reason}. Free space or let your user write there, "
            "or choose another folder with --data-dir.",
            path=path,
            reason=os_reason(error),
        ) from error


def set_aside(path: Path) -> Path:
    """Move a damaged settings file out of the way, so that defaults apply, and return where it is now."""
    aside = path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}.damaged")
    try:
        return path.rename(aside)
    except OSError as error:
        raise SettingsError(
            "{path} can not be moved to {aside}: {reason}.",
            path=path,
            aside=aside.name,
            reason=os_reason(error),
        ) from error


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(
            "The settings {path} can not be read: {reason}. Let your user read the file, or choose "
            "another folder with --data-dir.",
            path=path,
            reason=os_reason(error),
        ) from error
    if len(data) > _MAX_BYTES:
        raise SettingsError(
            "{path} is no settings file: more than {most:,} bytes. Move it away.",
            path=path,
            most=_MAX_BYTES,
        )
    try:
        return data.decode("utf-8-sig")  # Windows' Notepad may begin the file with a byte order mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            "{path}, line {line}: not UTF-8 text. Save it as UTF-8, or move it away.", path=path, line=line
        ) from error


def _parse(path: Path, text: str) -> Settings:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or a number of too many digits
        raise SettingsError(
            "{path} is not TOML: {error}. Correct it, or move it away.", path=path, error=error
        ) from error
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        wrong = [_wrong_value(dict(finding)) for finding in error.errors(include_url=False)]
        text = "\n  ".join([f"{path}: {len(wrong)} wrong", *wrong])
        raise SettingsError(text) from error


def _wrong_value(finding: Mapping[str, Any]) -> str:
    keys = tuple(str(key) for key in finding["loc"])
    name = ".".join(keys)
    if finding["type"] == "extra_forbidden":
        return f"{_shown(name)} is not a setting.{_suggestion(name)}"
    return f"{name} = {_shown(finding['input'])}: must be {_allowed(keys)}"


def _suggestion(name: str) -> str:
    section, _, key = name.rpartition(".")
    known: dict[str, list[str]] = {}
    for full in _known():
        known.setdefault(full.rpartition(".")[2], []).append(full)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.7)  # the section may be the wrong one
    if not near:
        return ""
    same_section = [full for full in known[near[0]] if full.startswith(f"{section}.")]
    return f" Did you mean {(same_section or known[near[0]])[0]}?"


def _known() -> list[str]:
    """Return the full names of all sections and keys."""
    names = []
    for section, value in Settings().model_dump().items():
        names.append(section)
        names.extend(f"{section}.{key}" for key in (value if isinstance(value, dict) else ()))
    return names


def _allowed(keys: tuple[str, ...]) -> str:
    schema = Settings.model_json_schema()
    field: dict[str, Any] = schema["properties"].get(keys[0], {})
    if "$ref" in field:
        section = schema["$defs"][field["$ref"].rpartition("/")[2]]
        if len(keys) == 1:
            return f"a section: [{keys[0]}]"
        field = section["properties"].get(keys[1], {})
    if "enum" in field:
        return "one of " + ", ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in field["enum"])
    kinds = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "string": "a text",
    }
    kind = kinds[field["type"]]
    if "maxLength" in field:
        return f"{kind} of at most {field['maxLength']} characters"
    return f"{kind} from {field['minimum']:g} to {field['maximum']:g}" if "minimum" in field else kind


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a number of more than 300 digits"
    text = ascii(value) if not isinstance(value, str) else f'"{value.encode("unicode_escape").decode()}"'
    return text if len(text) <= 60 else f"{text[:57]}..."


def _update(table: MutableMapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Set in `table` what differs between `before` and `after`, sections included."""
    for key, value in after.items():
        if value == before[key]:
            continue
        if isinstance(value, dict):
            if key not in table:
                table[key] = tomlkit.table()
            _update(table[key], before[key], value)
        else:
            table[key] = value
