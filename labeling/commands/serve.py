"""The command that serves a project."""

from __future__ import annotations

import re
from pathlib import Path

import click

from labeling.commands.console import with_project
from labeling.web.location import PORT

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


def _origins(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as they stand in a header; raises BadParameter for anything else."""
    for origin in given:
        if not _ORIGIN.fullmatch(origin):
            raise click.BadParameter(f"{origin} is not an origin; write it as https://host.example, without a path")
    return given


@click.command()
@with_project
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; loopback only.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--allow-framing-by",
    "frames",
    multiple=True,
    metavar="ORIGIN",
    callback=_origins,
    help="Let pages of an origin, such as https://huggingface.co, show SayWhen in a frame. Repeatable; none by default.",
)
@click.option("--log-requests", is_flag=True, help="Write a line of JSON for each request to the standard error.")
def serve(project: Path, host: str, port: int, frames: tuple[str, ...], log_requests: bool) -> None:
    """Serve the app. If there is no project yet, create one with the sample corpus."""
    from labeling.web import server

    server.serve(host, port, frames=frames, log_requests=log_requests)
