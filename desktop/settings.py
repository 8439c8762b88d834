"""Settings: one TOML file, validated; a wrong value is named with the file and what is allowed."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SettingsError(Exception):
    """The settings file can not be read or holds a wrong value; the text names file, key and remedy."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class CameraSettings(_Section):
    """Which source the window opens, and how."""

    source: str = ""  # as for --source; empty: first camera, else the demo classroom
    width: int = Field(default=1280, ge=160, le=7680)
    height: int = Field(default=720, ge=120, le=4320)
    mirror: bool = True  # cameras only


class AnalysisSettings(_Section):
    """How faces are found and read."""

    detector: Literal["haar", "yunet"] = "haar"
    emotions: Literal[4, 7] = 7
    unsure_below: float = Field(default=0.40, ge=0, le=1)  # confidence, on the seven or four shown
    smoothing_s: float = Field(default=0.8, ge=0, le=10)  # time constant of the per-track smoothing, seconds


class ViewSettings(_Section):
    """How the window looks."""

    language: Literal["system", "en", "uk"] = "system"
    theme: Literal["system", "light", "dark"] = "system"


class StorageSettings(_Section):
    """Where sessions are kept."""

    database: str = ""  # SQLAlchemy address; empty: classmood.db in the data folder


class Settings(_Section):
    """Everything a user can set."""

    notice_accepted: bool = False
    camera: CameraSettings = CameraSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    view: ViewSettings = ViewSettings()
    storage: StorageSettings = StorageSettings()
