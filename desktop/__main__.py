"""`classmood` and `python -m desktop`: starts, or says which system libraries are missing."""

import sys

from desktop.libraries import install_line, missing_libraries


def main() -> None:
    """Run the command line. Exits with 1 and a sentence where OpenCV or Qt can not be loaded."""
    try:
        from desktop.cli import main as run  # noqa: PLC0415  (it loads the libraries that may be missing)
    except ImportError as error:
        missing = missing_libraries()
        if not missing:
            raise
        sys.exit(f"classmood: this computer lacks system libraries ({error}).\n  {install_line(missing)}")
    run()


if __name__ == "__main__":
    main()
