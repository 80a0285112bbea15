"""The commands `saywhen assign …`: the team, assignments, hidden gold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling.commands.actions import GuardedGroup
from labeling.commands.console import by_option, with_project
from labeling.quantities import many

if TYPE_CHECKING:
    from labeling.assignment import AssignmentPlan, StoryRule

_BY = by_option()
_DRY = click.option("--dry-run", is_flag=True, help="Show what would happen, but save nothing.")
_YES = click.option("-y", "--yes", is_flag=True, help="Don't ask for confirmation.")


class Share(click.ParamType[float]):
    """A share of articles: 20, “20 %” or 0.2. Numbers below one without a percent sign are fractions."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share as a number from 0 to 1."""
        if isinstance(value, float):
            return value
        words = str(value).strip().removesuffix("%").strip()
        try:
            number = float(words)
        except ValueError:
            self.fail(f"“{value}” is not a percentage; write a number such as 20", param, ctx)
        if not 0 <= number <= 100:
            self.fail(f"“{value}” is out of range; write a percentage from 0 to 100", param, ctx)
        return number if number < 1 and "%" not in str(value) else number / 100


@click.group(cls=GuardedGroup)
def assign() -> None:
    """Choose who annotates, reviews and leads; assign articles; hide gold.

    Until something is assigned, every article is in everyone's queue. Changes are shown before they are made.
    """


@assign.command("team")
@click.argument("names", nargs=-1)
@with_project
@click.option("--annotate/--no-annotate", default=None, help="They get articles to annotate.")
@click.option("--review/--no-review", default=None, help="They review other people's annotations.")
@click.option("--lead/--no-lead", default=None, help="They see everyone's work and assign articles.")
@_BY
def set_team(
    names: tuple[str, ...], project: Path, annotate: bool | None, review: bool | None, lead: bool | None, by: str
) -> None:
    """Set roles, or show them. New names are added to the project."""
    from labeling.assignment import Member
    from labeling.web.server import open_store

    store = open_store()
    if names:
        named = [store.sign_in(name) for name in names]
        with store.reading() as unit:
            there = {member.name: member for member in unit.team.members()}
        wanted = []
        for name in named:
            old = there.get(name, Member(name))
            wanted.append(Member(name, *(
                before if now is None else now
                for before, now in ((old.annotates, annotate), (old.reviews, review), (old.leads, lead))
            )))  # fmt: skip
        with store.writing() as unit:
            unit.team.set_members(wanted, by)
    with store.reading() as unit:
        _show_people(unit.team.people())


@assign.command()
@with_project
def show(project: Path) -> None:
    """Show the team, with everyone's roles and progress."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        wanted = unit.team.policy()
    if wanted is None:
        click.echo("Nothing is assigned: every article is in everyone's queue.")
    else:
        click.echo(f"{wanted.each} annotators for {wanted.share:.0%} of the articles, one for the rest.")
    with store.reading() as unit:
        _show_people(unit.team.people())


@assign.command()
@with_project
@click.option("--each", type=click.IntRange(1), help="Annotators per article.  [default: as before, or 1]")
@click.option(
    "--share",
    type=Share(),
    help="The percentage of articles that get this many; the rest get one.  [default: as before, or 100]",
)
@click.option(
    "--stories",
    type=click.Choice(["ignore", "together", "apart"]),
    help="Assign the articles of a story to the same people, one after another (together), or each to different people, so that no "
    "one sees two versions (apart).  [default: as before, or ignore]",
)
@_DRY
@_YES
@_BY
def plan(
    project: Path, each: int | None, share: float | None, stories: StoryRule | None, dry_run: bool, yes: bool, by: str
) -> None:
    """Assign the articles evenly, with the given number of annotators each. Articles in progress stay where they are.

    Run it again after an import, or when the team grows, to assign new articles and rebalance unstarted ones.
    """
    from labeling.assignment import AssignmentPolicy
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        before = unit.team.policy() or AssignmentPolicy()
    wanted = AssignmentPolicy(
        before.each if each is None else each, before.share if share is None else share, stories or before.stories
    )
    with store.reading() as unit:
        found = unit.assignments.propose(wanted)
    _show_plan(found)
    with store.reading() as unit:
        changes = bool(found.given or found.taken or unit.team.policy() != wanted)
    if _go_on(dry_run, yes, changes):
        with store.writing() as unit:
            unit.assignments.carry_out(wanted, found, by)
        click.echo("Done.")
        with store.reading() as unit:
            members = unit.team.members()
        if not any(member.leads for member in members):
            click.echo("The project has no lead, so no page shows the team or exports: saywhen assign team NAME --lead")


@assign.command()
@click.argument("name")
@click.argument("articles", nargs=-1)
@with_project
@click.option(
    "--to",
    "targets",
    metavar="NAME",
    multiple=True,
    required=True,
    help="Who gets the articles; repeat it to share them.",
)
@click.option(
    "--begun",
    "in_progress",
    is_flag=True,
    help="Include articles in progress. Existing work is kept; the next annotator starts afresh.",
)
@_DRY
@_YES
@_BY
def move(
    name: str, articles: tuple[str, ...], project: Path, targets: tuple[str, ...], in_progress: bool, dry_run: bool, yes: bool,
    by: str,
) -> None:  # fmt: skip
    """Reassign a person's unsubmitted articles, all or those given by id."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        given, left = unit.assignments.propose_move(name, targets, articles or None, in_progress=in_progress)
    click.echo(f"{many(len(given), 'article')} of {name} would be reassigned to {', '.join(targets)}.")
    if left:
        click.echo(
            f"{len(left):,} stay, because all the people you chose already have them: "
            f"{' '.join(left[:5])}{' …' * (len(left) > 5)}"
        )
    if _go_on(dry_run, yes, bool(given)):
        taken = [(article, name) for article, _ in given]
        with store.writing() as unit:
            moved = unit.assignments.reassign(given, taken, by, in_progress=in_progress)
        _done(moved, len(taken))


@assign.command()
@click.argument("name")
@click.argument("articles", nargs=-1)
@with_project
@click.option("--begun", "in_progress", is_flag=True, help="Include articles in progress. Existing work is kept.")
@_DRY
@_YES
@_BY
def drop(
    name: str, articles: tuple[str, ...], project: Path, in_progress: bool, dry_run: bool, yes: bool, by: str
) -> None:
    """Remove unsubmitted articles, all or those given by id, from a person's queue."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        taken = unit.assignments.propose_drop(name, articles or None, in_progress=in_progress)
    click.echo(f"{many(len(taken), 'article')} would be removed from the queue of {name}.")
    if _go_on(dry_run, yes, bool(taken)):
        with store.writing() as unit:
            moved = unit.assignments.reassign((), taken, by, in_progress=in_progress)
        _done(moved, len(taken))


@assign.command("order")
@click.argument("order", type=click.Choice(["import", "teaching"]))
@with_project
@click.option(
    "--random",
    type=Share(),
    default="20",
    show_default=True,
    help="With “teaching”: the percentage of articles to draw at random, so that figures stay representative.",
)
def set_order(order: str, project: Path, random: float) -> None:
    """Order unstarted articles as imported, or by how much suggestions would learn from labels in them.

    Articles in progress keep their places. Run it again after an import or a training. docs/leading.md explains the order.
    """
    from labeling.services.suggestions.next_articles import reorder
    from labeling.web.server import open_store

    moved = reorder(open_store(), order, random)
    click.echo(f"{many(moved, 'unstarted article was', 'unstarted articles were')} moved in someone's queue.")


@assign.command("imports")
@click.argument("who", type=click.Choice(["leads", "everyone"]), required=False)
@with_project
@_BY
def set_imports(who: str | None, project: Path, by: str) -> None:
    """Set who can import articles on the pages and over HTTP, or show it. Without accounts, everyone can."""
    from labeling.web.server import open_store

    store = open_store()
    if who:
        with store.writing() as unit:
            unit.team.set_all_import(who == "everyone", by)
    with store.reading() as unit:
        click.echo("Everyone can import articles." if unit.team.all_import() else "Only leads can import articles.")


@assign.command()
@click.argument("source")
@click.argument("articles", nargs=-1)
@with_project
@_DRY
@_BY
def gold(source: str, articles: tuple[str, ...], project: Path, dry_run: bool, by: str) -> None:
    """Add hidden gold: a file in SayWhen's export format, or a NAME and ids of articles that this person has submitted.

    The next “assign plan” adds these articles to everyone's queue.
    """
    from labeling.services.hidden_gold import import_gold
    from labeling.web.server import open_store

    store = open_store()
    if articles:
        with store.reading() as unit:
            known = len({*articles} & unit.team.hidden().keys())
        new = len({*articles}) - known
        if dry_run:
            with store.reading() as unit:
                unit.hidden_gold.require_hidable(articles, source)
        else:
            with store.writing() as unit:
                unit.hidden_gold.hide(articles, source, by)
    else:
        found, known = import_gold(store, Path(source), by, dry_run=dry_run)
        new = len(found) - known
    hidden = (
        many(new, "article would be", "articles would be")
        if dry_run
        else many(new, "article is now", "articles are now")
    )
    click.echo(f"{hidden} hidden gold; {known:,} already were. To add them to people's queues: saywhen assign plan")


@assign.command()
@with_project
def quality(project: Path) -> None:
    """Compare everyone's submitted work with hidden gold: F1, precision and recall of spans."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        found = unit.hidden_gold.quality(store.schema)
    if not found:
        click.echo("No one has hidden gold in their queue; see: saywhen assign gold --help")
        return
    columns = ("exact", "overlap", "precision", "recall")
    print_table(
        ["name", "done", *columns],
        [
            [
                row["annotator"],
                f"{row['done']} of {row['of']}",
                *("–" if row[key] is None else f"{row[key]:.2f}" for key in columns),
            ]
            for row in found
        ],
    )


def _show_people(people: Sequence[dict[str, object]]) -> None:
    columns = ("articles", "new", "open", "submitted", "skipped", "hidden")
    print_table(
        ["name", "does", *columns],
        [
            [
                str(one["name"]),
                ", ".join(what for what in ("annotates", "reviews", "leads") if one[what]) or "–",
                *(f"{one[key]:,}" for key in columns),
            ]
            for one in people
        ],
    )


def _show_plan(found: AssignmentPlan) -> None:
    overlap = ", ".join(f"{articles:,} with {number}" for number, articles in sorted(found.overlap().items()))
    click.echo(f"Articles by number of annotators: {overlap}.")
    click.echo(f"{len(found.given):,} would be added, {len(found.taken):,} removed.")
    new: dict[str, list[int]] = {}
    for at, pairs in enumerate((found.given, found.taken)):
        for _, name in pairs:
            new.setdefault(name, [0, 0])[at] += 1
    loads = found.loads()
    print_table(
        ["name", "articles", "given", "taken"],
        [
            [name, f"{loads[name]:,}", *(f"{number:,}" for number in new.get(name, (0, 0)))]
            for name in sorted({*loads, *new})
        ],
    )


def _go_on(dry_run: bool, yes: bool, anything: bool) -> bool:
    if not anything:
        click.echo("There is nothing to change.")
    return anything and not dry_run and (yes or click.confirm("Continue?", abort=True))


def _done(moved: int, proposed: int) -> None:
    less = (
        f" {many(proposed - moved, 'article was', 'articles were')} started in the meantime and will not be moved."
        if moved < proposed
        else ""
    )
    click.echo(f"Done.{less}")


def print_table(head: list[str], body: list[list[str]]) -> None:
    """Print a table with every column but the first right-aligned."""
    widths = [max(len(row[at]) for row in [head, *body]) for at in range(len(head))]
    for row in [head, *body]:
        cells = [
            cell.ljust(width) if at < 1 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
