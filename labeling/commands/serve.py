"""The command that serves a project."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import click

from labeling.commands.console import PATH, PUBLIC_URL, SETTINGS, with_project
from labeling.errors import AccessError
from labeling.web.location import PORT, PROJECT_VARIABLE, PUBLIC_URL_VARIABLE, public_url

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")

#: Headers that browsers send, or that mean something else.
_STANDARD = {"authorization", "cookie", "host", "origin", "x-forwarded-for", "x-forwarded-proto"}


def _origins(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as they stand in a header; raises BadParameter for anything else."""
    for origin in given:
        if not _ORIGIN.fullmatch(origin):
            raise click.BadParameter(f"{origin} is not an origin; write it as https://host.example, without a path")
    return given


def _networks(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of proxies; raises BadParameter."""
    from labeling.web.reach import network

    try:
        return tuple(map(network, given))
    except AccessError as fault:
        raise click.BadParameter(str(fault)) from None


def _header(ctx: click.Context, param: click.Parameter, given: str) -> str:
    """Return the name of a header in lower case; raises BadParameter for one that can't name a person."""
    name = given.strip().lower()
    if given and (not re.fullmatch(r"[a-z0-9-]+", name) or name in _STANDARD):
        raise click.BadParameter(f"{given} can't be used; name a header such as X-Forwarded-Email or Remote-Email")
    return name


def _schedule(folder: Path | None, interval: str, keep: str) -> Any:
    """Return the schedule of backups, None if none are to be made."""
    from labeling.services.scheduled_backup import Schedule, read_interval, read_keep

    return None if folder is None else Schedule(folder.absolute(), read_interval(interval), read_keep(keep))


@click.command()
@click.argument("served", metavar="[PROJECT|FOLDER]", type=PATH, required=False)
@with_project
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on, such as 0.0.0.0 for all interfaces. Other machines need accounts and TLS to connect.",
)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@PUBLIC_URL
@click.option(
    "--tls-cert", type=PATH, metavar="FILE", help="A certificate with its chain (PEM), for TLS without a proxy."
)
@click.option("--tls-key", type=PATH, metavar="FILE", help="The private key of the certificate (PEM).")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    callback=_networks,
    help="The address or network of a proxy in front of the server. Only its requests are answered, and its X-Forwarded "
    "headers are trusted. Repeatable.",
)
@click.option(
    "--proxy-header",
    "header",
    default="",
    metavar="NAME",
    callback=_header,
    help="The header in which the trusted proxy sends the signed-in person's e-mail address, such as X-Forwarded-Email.",
)
@click.option("--insecure", is_flag=True, help="Accept a public address without TLS. Others can then read passwords.")
@click.option(
    "--allow-framing-by",
    "frames",
    multiple=True,
    metavar="ORIGIN",
    callback=_origins,
    help="Let pages of an origin, such as https://huggingface.co, show SayWhen in a frame. Repeatable; none by default.",
)
@SETTINGS
@click.option("--webhook", metavar="URL", help="Notify this address of submissions, reviews and exports.")
@click.option(
    "--webhook-secret", "secret", type=PATH, metavar="FILE", help="The file with the secret that signs notifications."
)
@click.option(
    "--backup-to",
    "folder",
    type=PATH,
    metavar="FOLDER",
    help="Back up each project and the accounts to this folder on a schedule, and delete old backups. Use another disk if possible.",
)
@click.option(
    "--backup-every",
    "interval",
    default="6h",
    show_default=True,
    metavar="TIME",
    help="How often to back up, such as 30m, 6h, 1d or 1w.",
)
@click.option(
    "--keep",
    default="24h,7d,4w",
    show_default=True,
    metavar="TIMES",
    help="Which backups to keep. By default, the newest one for each of the last 24 hours, 7 days and 4 weeks.",
)
@click.option("--log-requests", is_flag=True, help="Write a line of JSON for each request to standard error.")
def serve(
    served: Path | None,
    project: Path,
    host: str,
    port: int,
    url: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    **options: Any,
) -> None:
    """Serve the app. If there is no project yet, create one with the sample corpus.

    With a folder, serve all projects in it; people choose one on the first page, and administrators create new ones there.
    """
    from labeling.web import launch
    from labeling.web.reach import Reach, certificate
    from labeling.web.settings import read
    from labeling.web.webhook import read_secret, require_url

    webhook, secret = options["webhook"], options["secret"]
    if (webhook is None) != (secret is None):
        raise click.UsageError("--webhook and --webhook-secret belong together; give both or neither")
    hook = (require_url(webhook), read_secret(secret)) if webhook else None
    os.environ[PUBLIC_URL_VARIABLE] = url or ""
    certified = certificate(tls_cert, tls_key)
    reach = Reach(host, public_url(), options["proxies"], certified, options["insecure"], options["header"])
    backups = _schedule(options["folder"], options["interval"], options["keep"])
    manner = launch.Manner(options["frames"], options["log_requests"], read(options["settings"]), hook, backups)
    if served is not None and served.is_dir():
        del os.environ[PROJECT_VARIABLE]
        launch.serve_folder(served, reach, port, manner)
        return
    if served is not None:
        os.environ[PROJECT_VARIABLE] = str(served)
    launch.serve(reach, port, manner)
