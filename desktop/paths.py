"""Where files live: what ships with the program, and the user's data folder."""

from pathlib import Path

from platformdirs import user_data_path

_ROOT = Path(__file__).resolve().parent.parent  # the checkout, site-packages, or the bundle
ASSETS = _ROOT / "assets"
WEIGHTS = _ROOT / "models" / "weights"


def default_data_dir() -> Path:
    """Return the folder for settings, database, logs and downloaded models of this user."""
    return user_data_path("classmood", appauthor=False)
