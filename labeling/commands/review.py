"""The commands `saywhen review …`: disagreements, decisions, the policy, patterns."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
import pydantic

from labeling.commands.actions import GuardedGroup
from labeling.commands.console import with_project
from labeling.errors import OpError
from labeling.quantities import many

if TYPE_CHECKING:
    from labeling.adjudication.policy import Rule
    from labeling.services.review import Reviewing


@click.group(cls=GuardedGroup)
def review() -> None:
    """Review annotators' disagreements: the policy, the queue, decisions, patterns."""


_REVIEWER = click.option("--as", "reviewer", required=True, metavar="NAME", help="The reviewer.")


@review.command("list")
@with_project
@_REVIEWER
@click.option(
    "--own", is_flag=True, help="Include disagreements that others have decided and you haven't (second opinion)."
)
def review_list(project: Path, reviewer: str, own: bool) -> None:
    """List the unresolved disagreements, the most valuable first.

    Prints one line per disagreement: article, id, kinds, pattern, the text in question and, once there are decisions to
    learn from, a suggestion with how often such suggestions were right.
    """
    found = _reviewing().queue(reviewer, own=own)
    for article in found["articles"]:
        view = _reviewing().view(reviewer, article["id"], own=own)
        questions = {each["id"]: each for each in view["disagreements"]}
        for id in article["questions"]:
            each = questions[id]
            words = " ".join(view["article"]["text"][each["start"] : each["end"]].split())
            cells = [article["id"], id, " ".join(each["kinds"]), each["pattern"]["title"], words[:100]]
            click.echo("\t".join([*cells, *_suggestion(each["suggested"])]))
    click.echo(f"{found['open']:,} of {found['total']:,} disagreements left", err=True)
    if found["suggestions"]["seen"]:
        click.echo(
            f"{found['suggestions']['right']:,} of {found['suggestions']['seen']:,} suggestions right so far", err=True
        )
    _report_waiting(found["waiting"], found["alone"])


@review.command("show")
@click.argument("article")
@with_project
@_REVIEWER
@click.option("--own", is_flag=True, help="Hide others' decisions where you haven't decided yet.")
def review_show(article: str, project: Path, reviewer: str, own: bool) -> None:
    """Print an article's disagreements with all versions, as JSON."""
    click.echo(orjson.dumps(_reviewing().view(reviewer, article, own=own), option=orjson.OPT_INDENT_2).decode())


@review.command("take")
@click.argument("article")
@click.argument("disagreement")
@click.argument("what")
@with_project
@_REVIEWER
@click.option("--note", default="", help="The reason.")
@click.option("--clause", default="", help="The guideline clause it is based on, word for word.")
def review_take(
    article: str, disagreement: str, what: str, project: Path, reviewer: str, note: str, clause: str
) -> None:
    """Resolve a disagreement. WHAT is most, union, core, mixed, crossed, none, or the id of a version (see: saywhen review show)."""
    take = (
        {"take": what}
        if what in ("most", "union", "core", "mixed", "crossed", "none")
        else {"take": "version", "version": what}
    )
    step = {"kind": "decide", "article": article, "disagreement": disagreement, "note": note, "clause": clause, **take}
    click.echo(f"step {_step(reviewer, step)}")


@review.command("undo")
@click.argument("revision", type=click.IntRange(1))
@with_project
@_REVIEWER
def review_undo(revision: int, project: Path, reviewer: str) -> None:
    """Undo one of your steps, given by its revision. To redo it, undo the new step."""
    click.echo(f"step {_step(reviewer, {'kind': 'undo', 'revision': revision})}")


@review.command("policy")
@with_project
@click.option(
    "--rule", type=click.Choice(["all", "majority", "points", "votes"]), help="The rule for gold without a decision."
)
@click.option("--votes", type=click.IntRange(1), help="How many votes are enough, for the rule votes.  [default: 2]")
@click.option(
    "--as",
    "reviewer",
    metavar="NAME",
    help="Set the policy under this name. Without --as, the policy is only previewed.",
)
def review_policy(project: Path, rule: Rule | None, votes: int | None, reviewer: str | None) -> None:
    """Preview a policy, or set it.

    all: what all annotators of an article agree on exactly. majority: each span (label and boundaries together), value and
    link that more than half of them have. points: the same, but presence, label, boundaries, values and links are
    decided one by one, by more than half of those who marked them. votes: what at least N annotators have, if no
    alternative has as many; N is given by --votes.
    """
    from labeling.adjudication import Policy

    if votes is not None and rule not in (None, "votes"):
        raise click.UsageError(f"--votes needs --rule votes, not --rule {rule}")
    rule = rule or ("votes" if votes is not None else None)
    now = _reviewing().reviewed().policy
    policy = Policy(rule, (votes or 2) if rule == "votes" else 1) if rule else now
    if rule and reviewer:
        step = _step(reviewer, {"kind": "policy", "rule": policy.rule, "votes": policy.votes})
        click.echo(f"step {step}: gold is {policy.describe()}")
    else:
        click.echo(f"gold {'would be' if policy != now else 'is'} {policy.describe()}")
    made = _reviewing().preview(policy)
    click.echo(
        f"{many(made.articles, 'article')} submitted, {made.complete:,} resolved; {many(made.waiting, 'span needs', 'spans need')} more votes"
    )
    for title, counts in (("spans", made.spans), ("disagreements", made.disagreements)):
        click.echo(f"{title}: " + (", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "none"))
    _report_waiting(made.alone, made.alone)


def _suggestion(suggested: dict[str, Any] | None) -> list[str]:
    """Return a suggestion with its record as a cell, [] where there is none."""
    if suggested is None:
        return []
    record = f"{suggested['right']:,} of {suggested['seen']:,} so far" if suggested["seen"] else "no record yet"
    return [f"suggested: {suggested['title']}, {record}"]


def _report_waiting(waiting: int, alone: int) -> None:
    """Explain what to do about spans with too few votes."""
    if alone:
        click.echo(
            f"{_articles(alone)} {'has' if alone == 1 else 'have'} only one annotator, who has no one to agree with: assign a "
            "second annotator (saywhen assign plan --each 2), or accept one vote (saywhen review policy --votes 1 "
            "--as NAME)",
            err=True,
        )
    if waiting > alone:
        click.echo(f"{_articles(waiting - alone)} with spans that don't have enough votes", err=True)


def _articles(count: int) -> str:
    return many(count, "article")


@review.command("patterns")
@with_project
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with examples and guideline clauses.")
def review_patterns(project: Path, as_json: bool) -> None:
    """Count disagreements by pattern, to find where the guidelines need to say more."""
    found = _reviewing().patterns()
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for each in found:
        words = " ".join(f"…{each['examples'][0]['before']}[{each['examples'][0]['words']}]".split())
        click.echo(f"{each['count']:5,} ({each['open']:,} open)  {each['title']}: {words[:110]}")


def _reviewing() -> Reviewing:
    from labeling.services.review import Reviewing
    from labeling.web.server import open_store

    return Reviewing(open_store())


def _step(reviewer: str, values: dict[str, Any]) -> int:
    """Save a step in a person's name and return its revision; raises OpError if it is refused."""
    from labeling.adjudication import steps
    from labeling.web.server import open_store

    name = open_store().sign_in(reviewer)
    try:
        step = steps.load({"number": 1, **values})
    except pydantic.ValidationError as fault:
        first = fault.errors()[0]
        raise OpError(f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}") from None
    answer = _reviewing().append(name, f"cli-{secrets.token_hex(12)}", [step])
    if answer.refused:
        raise OpError(answer.refused[0]["reason"])
    return answer.revisions[1]
