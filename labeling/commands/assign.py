"""The commands `saywhen assign …`: who is in the team, who gets which article, hidden gold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling.commands.actions import Group
from labeling.commands.console import with_project

if TYPE_CHECKING:
    from labeling.assignment import AssignmentPlan

_BY = click.option(
    "--by", metavar="NAME", default=lambda: os.environ.get("USER") or "command line", help="Who says so."
)
_DRY = click.option("--dry-run", is_flag=True, help="Tell what would happen, and write nothing.")
_YES = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


class Share(click.ParamType[float]):
    """A share of articles: 20, «20 %» or 0.2; what is less than one and has no sign is no percentage."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share as a number from 0 to 1."""
        if isinstance(value, float):
            return value
        words = str(value).strip().removesuffix("%").strip()
        try:
            number = float(words)
        except ValueError:
            self.fail(f"“{value}” is no share; write it in percent, as 20", param, ctx)
        if not 0 <= number <= 100:
            self.fail(f"“{value}” lies outside 0 to 100 percent", param, ctx)
        return number if number < 1 and "%" not in str(value) else number / 100


@click.group(cls=Group)
def assign() -> None:
    """Say who annotates which article, who reviews, and where gold is hidden.

    Without any of it every article is in everybody's queue. Changes are shown before they are made.
    """


@assign.command("team")
@click.argument("names", nargs=-1)
@with_project
@click.option("--annotate/--no-annotate", default=None, help="They get articles to annotate.")
@click.option("--review/--no-review", default=None, help="They review what others annotated.")
@click.option("--lead/--no-lead", default=None, help="They see everybody's work and assign it.")
@_BY
def set_team(
    names: tuple[str, ...], project: Path, annotate: bool | None, review: bool | None, lead: bool | None, by: str
) -> None:
    """Say what people do, or show who does what; who is not known yet is made known."""
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
    """Show the team: what each does, and how far they are."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        wanted = unit.team.policy()
    if wanted is None:
        click.echo("Nothing is assigned: every article is in everybody's queue.")
    else:
        click.echo(f"{wanted.each} annotators for {wanted.share:.0%} of the articles, one for the rest.")
    with store.reading() as unit:
        _show_people(unit.team.people())


@assign.command()
@with_project
@click.option("--each", type=click.IntRange(1), help="How many annotators an article gets.  [default: as before, or 1]")
@click.option(
    "--share", type=Share(), help="For how many of the articles; the rest get one.  [default: as before, or 100]"
)
@_DRY
@_YES
@_BY
def plan(project: Path, each: int | None, share: float | None, dry_run: bool, yes: bool, by: str) -> None:
    """Give out the articles: evenly, each to as many as asked for; what has begun stays where it is.

    Again after an import, or with more people, it gives out what is new and levels what has not begun.
    """
    from labeling.assignment import Policy
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        before = unit.team.policy() or Policy()
    wanted = Policy(before.each if each is None else each, before.share if share is None else share)
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
            click.echo("Nobody leads, so no page shows the team or exports: saywhen assign team NAME --lead")


@assign.command()
@click.argument("name")
@click.argument("articles", nargs=-1)
@with_project
@click.option("--to", "targets", metavar="NAME", multiple=True, required=True, help="Who gets it; several share it.")
@click.option(
    "--begun", is_flag=True, help="Also what has begun; what was marked stays on record, whoever gets it starts anew."
)
@_DRY
@_YES
@_BY
def move(
    name: str, articles: tuple[str, ...], project: Path, targets: tuple[str, ...], begun: bool, dry_run: bool, yes: bool,
    by: str,
) -> None:  # fmt: skip
    """Hand somebody's articles, all or those named by id, over to others; what is handed in stays."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        given, left = unit.assignments.propose_move(name, targets, articles or None, begun=begun)
    click.echo(f"{len(given):,} articles of {name} would go to {', '.join(targets)}.")
    if left:
        click.echo(
            f"{len(left):,} stay, for all of these have them already: {' '.join(left[:5])}{' …' * (len(left) > 5)}"
        )
    if _go_on(dry_run, yes, bool(given)):
        taken = [(article, name) for article, _ in given]
        with store.writing() as unit:
            moved = unit.assignments.hand_over(given, taken, by, begun=begun)
        _done(moved, len(taken))


@assign.command()
@click.argument("name")
@click.argument("articles", nargs=-1)
@with_project
@click.option("--begun", is_flag=True, help="Also what has begun; what was marked stays on record.")
@_DRY
@_YES
@_BY
def drop(name: str, articles: tuple[str, ...], project: Path, begun: bool, dry_run: bool, yes: bool, by: str) -> None:
    """Take articles, all or those named by id, out of somebody's queue; what is handed in stays."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        taken = unit.assignments.propose_drop(name, articles or None, begun=begun)
    click.echo(f"{len(taken):,} articles would leave the queue of {name}.")
    if _go_on(dry_run, yes, bool(taken)):
        with store.writing() as unit:
            moved = unit.assignments.hand_over((), taken, by, begun=begun)
        _done(moved, len(taken))


@assign.command()
@click.argument("source")
@click.argument("articles", nargs=-1)
@with_project
@_DRY
@_BY
def gold(source: str, articles: tuple[str, ...], project: Path, dry_run: bool, by: str) -> None:
    """Name hidden gold: a file of our export format, or a NAME and the ids of articles that they have handed in.

    The next «assign plan» slips it into everybody's queue.
    """
    from labeling.services.hidden_gold import take_in_gold
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
        found, known = take_in_gold(store, Path(source), by, dry_run=dry_run)
        new = len(found) - known
    would = "would be" if dry_run else "are now"
    click.echo(
        f"{new:,} articles {would} hidden gold, {known:,} were. They reach people's queues by: saywhen assign plan"
    )


@assign.command()
@with_project
def quality(project: Path) -> None:
    """Show everybody's work on hidden gold against it: articles handed in, and F1, precision and recall of spans."""
    from labeling.web.server import open_store

    store = open_store()
    with store.reading() as unit:
        found = unit.hidden_gold.quality(store.schema)
    if not found:
        click.echo("There is no hidden gold in anybody's queue; see: saywhen assign gold --help")
        return
    columns = ("exact", "overlap", "precision", "recall")
    _table(
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
    _table(
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
    click.echo(f"{len(found.given):,} would be given out, {len(found.taken):,} taken back.")
    new: dict[str, list[int]] = {}
    for at, pairs in enumerate((found.given, found.taken)):
        for _, name in pairs:
            new.setdefault(name, [0, 0])[at] += 1
    loads = found.loads()
    _table(
        ["name", "articles", "given", "taken"],
        [
            [name, f"{loads[name]:,}", *(f"{number:,}" for number in new.get(name, (0, 0)))]
            for name in sorted({*loads, *new})
        ],
    )


def _go_on(dry_run: bool, yes: bool, anything: bool) -> bool:
    if not anything:
        click.echo("There is nothing to change.")
    return anything and not dry_run and (yes or click.confirm("Go on?", abort=True))


def _done(moved: int, proposed: int) -> None:
    less = f" {proposed - moved:,} have been worked on meanwhile and stay." if moved < proposed else ""
    click.echo(f"Done.{less}")


def _table(head: list[str], body: list[list[str]]) -> None:
    widths = [max(len(row[at]) for row in [head, *body]) for at in range(len(head))]
    for row in [head, *body]:
        cells = [
            cell.ljust(width) if at < 1 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
