"""The commands `saywhen remove …`: remove articles, people and registry entries for good, leaving tombstones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from labeling.commands.actions import GuardedGroup
from labeling.commands.console import by_option, with_project

if TYPE_CHECKING:
    from labeling.services.removal import Removal, Remover


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option(
                "--reason",
                required=True,
                metavar="WORDS",
                help="The reason. It is stored permanently, so don't name anyone in it.",
            ),
            click.option("--delete-exports", is_flag=True, help="Also delete the exports that contain it."),
            click.option("--dry-run", is_flag=True, help="Show what would be removed, but remove nothing."),
            click.option("-y", "--yes", is_flag=True, help="Don't ask for confirmation."),
            _BY,
        )
    ):
        command = option(command)
    return command


_BY = by_option()


@click.group(cls=GuardedGroup)
def remove() -> None:
    """Remove articles, people and registry entries for good, with everything derived from them.

    A tombstone records the id, the time, the reason and who removed it, but no text and no name of a removed person.
    """


@remove.command("article")
@click.argument("articles", nargs=-1, metavar="[ID]...")
@click.option(
    "--import", "import_", type=int, metavar="N", help="All articles of an import; see: saywhen import --list"
)
@with_project
@_options
def article(project: Path, articles: tuple[str, ...], import_: int | None, **options: Any) -> None:
    """Remove articles with everyone's work on them, decisions, places in splits, and suggestions.

    They aren't imported again until you allow it with “saywhen remove allow”.
    """
    if bool(articles) == (import_ is not None):
        raise click.UsageError("name the articles to remove by their ids, or use --import")
    remover = _remover()
    ids = list(articles) if import_ is None else remover.articles_of_import(import_)
    _carry_out(lambda **given: remover.articles(ids, **given), **options)


@remove.command("person")
@click.argument("name")
@click.option("--with-work", is_flag=True, help="Also remove their annotations and decisions.")
@with_project
@_options
def person(project: Path, name: str, *, with_work: bool, **options: Any) -> None:
    """Remove a person: replace their name with a pseudonym everywhere.

    Their account is erased, unless it belongs to other projects. Their work stays under the pseudonym unless you add --with-work.
    """
    _carry_out(lambda **given: _remover().person(name, with_work=with_work, **given), **options)


@remove.command("entry")
@click.argument("registry")
@click.argument("entry", metavar="ID_OR_NAME")
@with_project
@_options
def entry(project: Path, registry: str, entry: str, **options: Any) -> None:
    """Remove the name of a registry entry. Work that refers to it keeps a nameless reference."""
    _carry_out(lambda **given: _remover().entry(registry, entry, **given), **options)


@remove.command("list")
@with_project
def list_removed(project: Path) -> None:
    """List removals, oldest first: number, time, kind, id, by whom, reason, and who allowed it again."""
    from labeling.services.removal import removals
    from labeling.web.server import open_store

    for each in removals(open_store()):
        lifted = f"allowed again {each.lifted_at[:16]} by {each.lifted_by}" if each.lifted_at else ""
        parts = (str(each.id), each.at[:16], each.kind, each.subject, each.by, each.reason, lifted)
        click.echo("\t".join(part for part in parts if part))


@remove.command("allow")
@click.argument("number", type=int)
@with_project
@_BY
def allow(project: Path, number: int, by: str) -> None:
    """Allow a removed article or entry to be imported or created again, by its NUMBER in “saywhen remove list”.

    This doesn't restore anything.
    """
    from labeling.services.removal import allow_again
    from labeling.web.server import open_store

    found = allow_again(open_store(), number, by)
    click.echo(
        f"The {found.kind} {found.subject} can be {'imported' if found.kind == 'article' else 'created'} again.",
        err=True,
    )


@remove.command("sweep")
@with_project
def sweep(project: Path) -> None:
    """Overwrite remnants of deleted data in the project file. Stop the server first if the file is large.

    You only need this if a removal asks for it.
    """
    left = _remover().sweep()
    for words in left:
        click.echo(words, err=True)
    raise SystemExit(1 if left else 0)


def _carry_out(
    removal: Callable[..., Removal], *, reason: str, by: str, dry_run: bool, yes: bool, delete_exports: bool
) -> None:
    """Show a preview, ask for confirmation, and remove it."""
    from labeling.services.removal import in_words

    if dry_run or not yes:
        for words in in_words(removal(reason=reason, by=by, dry_run=True), done=False):
            click.echo(words, err=True)
        if dry_run:
            return
        click.confirm("Remove this for good?", abort=True, err=True)
    for words in in_words(removal(reason=reason, by=by, delete_exports=delete_exports)):
        click.echo(words)


def _remover() -> Remover:
    from labeling.services.removal import Remover
    from labeling.web.location import exports_path
    from labeling.web.server import open_accounts, open_store

    return Remover(open_store(), exports_path(), open_accounts())
