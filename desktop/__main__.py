"""`python -m desktop` is `classmood`."""

from desktop.cli import main

if __name__ == "__main__":
    main()
