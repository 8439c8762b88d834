"""`classmood` and `python -m desktop`: starts, or says in a sentence why it can not."""

import gc
import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

from desktop.arguments import asked_window
from desktop.imports import load_qt
from desktop.libraries import give_back, install_line, missing_libraries
from desktop.memory import keep_little

if TYPE_CHECKING:
    from desktop.early import EarlyWindow


def main() -> None:
    """Run the command line. No error ends in a traceback: the log has it, the user a sentence."""
    multiprocessing.freeze_support()  # the executable may be started anew as a worker
    keep_little()
    give_back(os.environ, frozen=getattr(sys, "frozen", False))
    try:
        early = _early_window()
        if early is not None:
            from desktop.window_command import run_window_alone  # noqa: PLC0415  (loaded by now)

            run_window_alone(early)
        else:
            from desktop.cli import main as run  # noqa: PLC0415  (much, and slowly)

            run()
    except ImportError as error:
        _end(_missing(error) or _logged(error))
    except Exception as error:  # noqa: BLE001  (the last one who can say something)
        _end(_logged(error))


def _early_window() -> "EarlyWindow | None":
    """Show the window if it is asked for, and load what it needs while it stands there."""
    asked = asked_window(sys.argv[1:])
    if asked is None:
        return None
    gc.disable()  # there is no garbage yet, and looking for it takes time
    load_qt()
    from desktop.early import early_window  # noqa: PLC0415  (after Qt)

    early = early_window(asked)
    if early is not None:
        early.load(("desktop.app", "desktop.window_command"))
    gc.enable()
    return early


def _missing(error: ImportError) -> str:
    """Return which system libraries OpenCV or Qt lack here; nothing if none does."""
    missing = missing_libraries() if sys.platform.startswith("linux") else []
    return f"this computer lacks system libraries ({error}).\n  {install_line(missing)}" if missing else ""


def _logged(error: Exception) -> str:
    from desktop.crash import last_words  # noqa: PLC0415

    return last_words(error, sys.argv[1:])


def _end(sentence: str) -> None:
    from desktop.alert import say  # noqa: PLC0415

    say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main()
