"""The command that shows an article's details and sets its title and publication date."""

from __future__ import annotations

from pathlib import Path

import click

from labeling.commands.console import by_option, with_project


@click.command("article")
@click.argument("id", metavar="ARTICLE")
@with_project
@click.option("--title", metavar="TITLE", help="Set the title.")
@click.option("--published", metavar="DATE", help="Set the publication date, such as 2026-04-03 or “3 April 2026”.")
@by_option()
def article_(id: str, project: Path, title: str | None, published: str | None, by: str) -> None:
    """Show an article's title, outlet and publication date, or set its title or date.

    Values of dates are then counted from the new publication date. It can't be changed once annotators' values are counted from it.
    """
    from labeling.errors import NotFoundError
    from labeling.services.article_details import describe
    from labeling.web.server import open_store

    store = open_store()
    if title is None and published is None:
        found = store.article(id)
        if found is None:
            raise NotFoundError(f"there is no article {id}")
    else:
        found = describe(store, id, title=title, published=published, by=by)
    click.echo(f"title: {found.title or 'none'}")
    click.echo(f"outlet: {found.outlet or 'none'}")
    click.echo(f"published: {(found.published and found.published.value) or 'unknown'}")
    click.echo(f"from: {found.source}")
