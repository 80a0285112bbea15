"""The command `saywhen audit`: who did what, when and from where."""

from __future__ import annotations

from pathlib import Path

import click

from labeling.audit import EventKind
from labeling.commands.console import with_project


@click.command()
@with_project
@click.option("--who", default="", metavar="NAME", help="Only events by or about this person.")
@click.option("--kind", type=click.Choice([kind.value for kind in EventKind]), help="Only events of this kind.")
@click.option("--from", "first", default="", metavar="DAY", help="Only events on or after this day (UTC).")
@click.option("--to", "last", default="", metavar="DAY", help="Only events on or before this day (UTC).")
def audit(project: Path, who: str, kind: str | None, first: str, last: str) -> None:
    """Print the audit log as JSONL, oldest first: sign-ins, exports, roles, imports, removals and so on.

    It has the events of the project and, with accounts, those of its people on the server.
    """
    from labeling.services.audit_trail import chosen, jsonl, trail
    from labeling.web.server import open_accounts, open_store

    found = trail(open_store(), open_accounts())
    for line in jsonl(chosen(found, who=who, kind=EventKind(kind) if kind else None, first=first, last=last)):
        click.echo(line, nl=False)
