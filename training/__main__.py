"""`python -m training`: prepare, explore, train, export, evaluate, compare, register, promote and more."""

import sys
from typing import NoReturn

import typer

from training import data_commands, model_commands, registry_commands
from training.benchmark_command import benchmark
from training.compare_command import compare
from training.detector_command import face_detector
from training.errors import TrainingError
from training.face_check_command import face_check
from training.second_look_command import second_look

app = typer.Typer(
    help="The workshop: from pictures and votes to the model that Classmood runs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (
    data_commands.prepare,
    data_commands.explore,
    model_commands.train,
    model_commands.export,
    model_commands.evaluate,
    compare,
    registry_commands.register,
    registry_commands.promote,
    data_commands.averages,
):
    app.command()(command)
app.command("face-detector")(face_detector)
app.command("face-check")(face_check)
app.command("second-look")(second_look)
app.command()(benchmark)


def main() -> None:
    """Run the command line; a known error is one sentence and exit code 1."""
    try:
        app()
    except TrainingError as error:
        _fail(str(error))
    except ModuleNotFoundError as error:
        _fail(f"This needs {error.name}, which is in the workshop's own environment: make train-env.")


def _fail(words: str) -> NoReturn:
    typer.secho(f"error: {words}", err=True, fg="red")
    sys.exit(1)


if __name__ == "__main__":
    main()
