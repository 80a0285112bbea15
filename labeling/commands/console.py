"""The options that all commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from labeling import schema
from labeling.web.location import DEFAULT_PROJECT, PROJECT_VARIABLE, PUBLIC_URL_VARIABLE

PATH = click.Path(path_type=Path)


class _LabelSet(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A label set, by the path of its file or, for one that comes with SayWhen, by name."""

    name = "label set"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return schema.find(str(value))


LABEL_SET = _LabelSet()


#: Where people reach the server.
PUBLIC_URL = click.option(
    "--public-url",
    "url",
    envvar=PUBLIC_URL_VARIABLE,
    metavar="URL",
    help="The address that people open, such as https://desk.example or https://desk.example/saywhen; also set by "
    f"${PUBLIC_URL_VARIABLE}.",
)
#: The file with identity providers and the mail server.
SETTINGS = click.option(
    "--settings",
    type=PATH,
    envvar="SAYWHEN_SETTINGS",
    metavar="FILE",
    help="A TOML file with identity providers and the mail server (docs/accounts.md); also set by $SAYWHEN_SETTINGS.",
)


def by_option(
    what: str = "Your name, for the log.", *, parameter: str = "by"
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option --by: who does what the command does, by default whoever is signed in to the machine."""
    return click.option(
        "--by", parameter, metavar="NAME", default=lambda: os.environ.get("USER") or "command line", help=what
    )


def with_project(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --project to a command, and open that project for it."""

    @click.option(
        "-p",
        "--project",
        type=PATH,
        default=DEFAULT_PROJECT,
        envvar=PROJECT_VARIABLE,
        show_default=True,
        help=f"The project file; also set by ${PROJECT_VARIABLE}.",
    )
    @wraps(command)
    def of_project(project: Path, **options: Any) -> None:
        os.environ[PROJECT_VARIABLE] = str(project)
        command(project=project, **options)

    return of_project
