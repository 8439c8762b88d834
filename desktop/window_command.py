"""The window's own command line: its options, and the start without all the other commands' libraries."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from desktop import __version__
from desktop.assembly import quiet_opencv
from desktop.console import fail, plain_errors, tolerate_any_text
from desktop.imports import load_qt
from desktop.opening import DatabaseOption
from desktop.paths import data_dir_for

if TYPE_CHECKING:  # Qt: no command needs it
    from desktop.early import EarlyWindow

DataDirOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", metavar="DIR", help="Folder of settings, sessions and logs, instead of your own."
    ),
]
DetectorOption = Annotated[
    Literal["auto", "haar", "learned", "yunet"] | None,
    typer.Option("--detector", help="How faces are found. Default: as in the settings."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Emotion model of the settings' MLflow registry, such as models:/emotion@champion.",
    ),
]


def run_window_alone(early: "EarlyWindow") -> None:
    """Bring a window to life that is on the screen already; nothing else was asked for."""
    alone = typer.Typer(name="classmood", add_completion=False, pretty_exceptions_enable=False)
    alone.command()(window)
    prepare()
    alone(obj=early)


def prepare() -> None:
    """Do what every command needs."""
    tolerate_any_text()
    quiet_opencv()


def _hand_on(context: typer.Context, command: str) -> None:
    """Let the options before a command count for it; end with wrong usage where it does not take one."""
    group = context.command
    assert isinstance(group, TyperGroup)  # noqa: S101  # for the type checker
    given = {
        parameter.opts[0]: context.params[parameter.name]
        for parameter in group.params
        if parameter.name in context.params and _was_typed(context, parameter.name)
    }
    try:
        context.default_map = {command: _as_defaults(group.commands[command], given)}
    except LookupError as error:
        context.fail(f'{error.args[0]} is an option of the window: the command "{command}" does not take it.')


def _was_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _as_defaults(command: object, given: Mapping[str, object]) -> dict[str, object]:
    """Return `given`, values by option, as a command's defaults by parameter, or a group's by command.

    Raises LookupError with the option that a command does not have.
    """
    if isinstance(command, TyperGroup):
        return {name: _as_defaults(member, given) for name, member in command.commands.items()}
    assert isinstance(command, TyperCommand)  # noqa: S101  # for the type checker
    names = {option: parameter.name for parameter in command.params for option in parameter.opts}
    return {names[option]: value for option, value in given.items()}


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"classmood {__version__}")
        raise typer.Exit


@plain_errors()
def window(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option(
            help="Camera number or part of its name, video, picture, folder of pictures, rtsp:// or http:// "
            "address, or demo. Default: as in the settings."
        ),
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Start a file anew when it ends.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Start a session at once.")] = False,
    run_seconds: Annotated[
        float | None, typer.Option(min=1, help="End the session and the program after so many seconds.")
    ] = None,
    fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Start in presentation mode.")] = False,
    accept_notice: Annotated[
        bool, typer.Option("--accept-notice", help="Leave out the first-start notice in this run (kiosks).")
    ] = False,
    detector: DetectorOption = None,
    model: ModelOption = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    version: Annotated[  # noqa: ARG001  # it is printed before anything else
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Open the window, unless a command is given."""
    if context.invoked_subcommand is not None:
        _hand_on(context, context.invoked_subcommand)
        return
    load_qt()
    from desktop.app import WindowOptions, run_window  # noqa: PLC0415  (no other command needs Qt)
    from desktop.screen import StartError  # noqa: PLC0415

    options = WindowOptions(
        data_dir=data_dir_for(data_dir),
        source=source,
        loop=loop,
        record=record,
        run_seconds=run_seconds,
        fullscreen=fullscreen,
        accept_notice=accept_notice,
        detector=detector,
        model=model,
        database=database,
    )
    try:
        code = run_window(options, context.obj)
    except StartError as error:
        fail(str(error))
    raise typer.Exit(code)
