"""The commands for backups."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling.commands.console import PATH, with_project
from labeling.quantities import many

if TYPE_CHECKING:
    from labeling.store.copies import Contents, Missing


def _tick(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}: {done:,} of {of:,} …", nl=False, err=True)


def _done() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


@click.command()
@click.argument("file", type=PATH, required=False)
@with_project
def backup(file: Path | None, project: Path) -> None:
    """Back up the project, its key and the server's accounts, even while people work.

    Without FILE, the backup is saved in the folder backups next to the project, with the time in its name. It is
    checked after it is written. Existing files are never overwritten.
    """
    from labeling.services.backup import back_up
    from labeling.web.server import open_store

    path, held = back_up(open_store(), file, tick=_tick)
    _done()
    click.echo(f"{path}: {_described(held)}")


@click.command()
@click.argument("file", type=PATH)
@with_project
@click.option("--accounts", is_flag=True, help="Also replace the server's accounts with those of the backup.")
def restore(file: Path, project: Path, accounts: bool) -> None:
    """Replace the project with a backup.

    Stop the server first. The backup is checked before anything changes, and stays where it is. The replaced project
    file is kept next to the project, with the time in its name. If the server has no accounts, those of the backup are restored.
    """
    from labeling.services.backup import restore as put_back
    from labeling.store.accounts.copies import accounts_copy

    done = put_back(file, project, accounts=accounts, tick=_tick)
    _done()
    click.echo(f"Restored {project}: {_described(done.contents)}")
    if done.differ:
        click.echo(
            f"{many(done.differ, 'annotation differs from its', 'annotations differ from their')} log; run: saywhen check --mend",
            err=True,
        )
    if done.accounts:
        people, before = done.accounts
        click.echo(f"Restored {many(people, 'account')}. Everyone has to sign in again.")
        if before:
            click.echo(f"The previous accounts file is now {before}.")
    elif accounts_copy(file).exists():
        click.echo("The server's accounts were left as they are; to restore those of the backup, add --accounts.")
    if done.aside:
        if done.missing is None:
            click.echo("The previous project file can't be read, so it can't be compared with the backup.")
        else:
            click.echo(_loss(done.missing))
        click.echo(f"The previous project file is now {done.aside}.")


def _loss(lost: Missing) -> str:
    if lost.other_project:
        return "The previous project file was a different project."
    if not lost.edits and not lost.articles:
        return "The backup has every edit and article of the previous project file."
    return (
        f"Newer than the backup, and not in it: {many(lost.edits, 'edit')} by {many(lost.people, 'person', 'people')} "
        f"in {many(lost.annotations, 'annotation')}, and {many(lost.articles, 'article')}."
    )


def _described(held: Contents) -> str:
    newest = held.newest
    words = f"{many(held.articles, 'article')}, {many(held.people, 'person', 'people')}, {many(held.edits, 'edit')}"
    if newest is None:
        return words
    return f"{words}; last edit {newest.at[:19].replace('T', ' ')} UTC, by {newest.annotator} on “{newest.article}”"
