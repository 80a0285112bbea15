"""The commands `saywhen accounts …`: who can sign in, links to join or to set a new password, and tokens for scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling.accounts.values import Account, LinkKind
from labeling.commands.actions import GuardedGroup
from labeling.commands.console import SETTINGS, with_project
from labeling.errors import AccessError
from labeling.web.location import PORT, PUBLIC_URL_VARIABLE, project_path

if TYPE_CHECKING:
    from labeling.services.accounts import Administration

_URL = click.option(
    "--url",
    envvar=PUBLIC_URL_VARIABLE,
    default=f"http://127.0.0.1:{PORT}",
    show_default=True,
    help=f"The address that people open in the browser; the link begins with it. Also set by ${PUBLIC_URL_VARIABLE}.",
)


@click.group(cls=GuardedGroup)
def accounts() -> None:
    """Manage who can sign in. After you add the first account, restart the server."""


@accounts.command("add")
@click.argument("name")
@with_project
@click.option("--email", required=True, help="The e-mail address to sign in with.")
@click.option(
    "--claim", metavar="NAME", help="Take over a name that already has work in the project; nothing is renamed."
)
@click.option("--annotate", "annotates", is_flag=True, help="Gets articles to annotate.")
@click.option("--review", "reviews", is_flag=True, help="Reviews other people's annotations.")
@click.option("--lead", "leads", is_flag=True, help="Leads the project and manages its people.")
@click.option("--administrator", is_flag=True, help="Can also manage leads and administrators.")
@_URL
@SETTINGS
def add(
    project: Path,
    name: str,
    email: str,
    claim: str | None,
    annotates: bool,
    reviews: bool,
    leads: bool,
    administrator: bool,
    url: str,
    settings: Path | None,
) -> None:
    """Add someone to the project, and create an invitation link, which works once, within 7 days.

    The link is sent by e-mail if the settings name a mail server, and printed otherwise.
    """
    account, secret = _administration(create=True).add(
        name, email, claim=claim, annotates=annotates, reviews=reviews, leads=leads, administrator=administrator
    )
    if secret:
        _deliver(account, LinkKind.INVITATION, url, secret, settings)
    else:
        click.echo(f"{account.name} has a password already and can sign in to this project.", err=True)


@accounts.command("list")
@with_project
def list_(project: Path) -> None:
    """List the accounts of the project, and the names in it that belong to no account."""
    managing = _administration()
    for account, annotator in managing.people():
        state = "" if account.active else "deactivated"
        if account.active and not account.has_password:
            state = "invited"
        role = "administrator" if account.administrator else ""
        parts = (account.email or "", account.name, f"works as {annotator}", role, state)
        click.echo("\t".join(part for part in parts if part))
    for name in managing.unclaimed():
        click.echo(f"no account: {name}", err=True)


@accounts.command("link")
@click.argument("email")
@with_project
@_URL
@SETTINGS
def link(project: Path, email: str, url: str, settings: Path | None) -> None:
    """Create a link to set a new password, which works once. Earlier links stop working.

    The link is sent by e-mail if the settings name a mail server, and printed otherwise.
    """
    managing = _administration()
    account = managing.by_email(email)
    secret, kind = managing.link(account.id)
    _deliver(account, kind, url, secret, settings)


@accounts.command("deactivate")
@click.argument("email")
@with_project
def deactivate(project: Path, email: str) -> None:
    """Keep someone from signing in, end their sessions and revoke their tokens. Their work is kept."""
    managing = _administration()
    managing.deactivate(managing.by_email(email).id)


@accounts.command("remove")
@click.argument("email")
@with_project
def take_out(project: Path, email: str) -> None:
    """Remove someone from the project. Their account, their other projects and their work are kept.

    If you add them again, they find their work. To erase a person, use: saywhen remove person.
    """
    managing = _administration()
    managing.take_out(managing.by_email(email).id)


@accounts.command("activate")
@click.argument("email")
@with_project
def activate(project: Path, email: str) -> None:
    """Let someone sign in again."""
    managing = _administration()
    managing.activate(managing.by_email(email).id)


@accounts.command("disable")
@with_project
def disable(project: Path) -> None:
    """Use the project without accounts again. First move accounts.db away.

    Anyone who can reach the server can then use any name.
    """
    from labeling.store.accounts.database import accounts_path
    from labeling.web.server import open_store

    if (file := accounts_path(project_path())).exists():
        raise AccessError(
            f"{file} is still there; move it to another folder first, with everyone's passwords and tokens"
        )
    with open_store().writing() as unit:
        unit.team.set_accounts(False)
    click.echo(f"{project} no longer has accounts; anyone who can reach the server can use any name.", err=True)


@accounts.command("token")
@click.argument("email")
@with_project
@click.option("--name", required=True, help="What the token is for, to recognize it in the list.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="What it may be used for: read, import, annotate, export. Repeatable.",
)
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 366), help="For how many days it is valid."
)
def token(project: Path, email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Create a token for scripts and print it. It is shown only once.

    The token acts as the person, and can do what both its scopes and the person's roles allow.
    """
    managing = _administration()
    click.echo(managing.add_token(managing.by_email(email).id, name, scopes, days * 86_400.0))


@accounts.command("log")
@with_project
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="How many lines.")
def log(project: Path, limit: int) -> None:
    """Print who signed in and who changed accounts, newest first."""
    for at, by, what, about, detail in _administration().log(limit):
        time = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
        click.echo("\t".join(part for part in (time, by, what, "" if about == by else about, detail) if part))


def _deliver(account: Account, kind: LinkKind, url: str, secret: str, settings: Path | None) -> None:
    """Send a link to its person if there is a mail server; print it otherwise, and if it can't be sent."""
    from labeling.services.accounts.mailing import passed_on
    from labeling.web.settings import read

    link = f"{url.rstrip('/')}/sign-in/link/{secret}"
    sent, why = passed_on(read(settings).mail, account, kind, link)
    if sent:
        click.echo(f"The link has been sent to {account.email}.", err=True)
        return
    click.echo(link)
    life = "7 days" if kind is LinkKind.INVITATION else "24 hours"
    click.echo(f"{f'{why} ' if why else ''}Give this link to {account.name}; it works once, within {life}.", err=True)


def _administration(*, create: bool = False) -> Administration:
    from labeling.services.accounts import Administration
    from labeling.store.accounts.database import AccountStore, accounts_path
    from labeling.web.server import open_store

    store = open_store()
    return Administration(AccountStore.open(accounts_path(project_path()), create=create), store)
