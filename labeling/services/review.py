"""Reviewing a project: the queue of disagreements, an article's for the page, steps taken in, and gold.

Only work that has been handed in counts. Who marked what is hidden from a reviewer, and shuffled, until nothing of the
article is left to decide.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any, NamedTuple

from labeling.adjudication import (
    Content,
    Disagreement,
    Gold,
    Policy,
    Standing,
    clauses_of,
    gold,
)
from labeling.adjudication import patterns as makes
from labeling.adjudication import steps as acts
from labeling.adjudication.golden import State, golds
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation, annotation_of
from labeling.dataset import annotation_values, article_values
from labeling.errors import AccessError, NotThereError, OpError
from labeling.schema import Schema
from labeling.store.project import Store
from labeling.store.team import GOLD as HIDDEN
from labeling.store.unit import Unit
from labeling.store.work import StoredAnnotation

#: How many values that many articles have are kept at hand.
_SAME = 200_000
#: The annotator's name that gold goes by in an export.
GOLD = "gold"


class StepAnswer(NamedTuple):
    """What became of a reviewer's steps: confirmed up to this number, their revisions, and which were refused, and why."""

    confirmed: int
    revisions: dict[int, int]
    refused: list[dict[str, Any]]


class Work(NamedTuple):
    """What of an article counts in a review: the work handed in by annotator, and the sum of its revisions."""

    annotations: dict[str, Annotation]
    revision: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy makes of a project: articles, complete ones, spans by what is behind them, what is left to decide.

    `waiting` spans are agreed on and want more votes; of the articles they are in, `alone` were handed in by one only.
    """

    articles: int = 0
    complete: int = 0
    spans: dict[str, int] = field(default_factory=dict)
    disagreements: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    alone: int = 0
    pending: int = 0


#: The policies that the page tells of side by side.
POLICIES = (Policy(), Policy("majority"), Policy("votes", 2), Policy("votes", 1))
#: How a disagreement stands that is left for everybody.
_UNSETTLED = ("open", "conflict")
#: So many other places at most are offered for the same decision.
MOST_ALIKE = 50


class _Short(NamedTuple):
    """A disagreement in short, for the queue and the patterns: a large project has a hundred thousand of them."""

    id: str
    state: State
    value: float
    start: int
    end: int
    by: tuple[str, ...]
    contradicted: tuple[str, ...]
    sides: frozenset[str]
    pattern: makes.Pattern
    labels: tuple[str, ...]


class _Known(NamedTuple):
    """An article's questions as they were last worked out, and what they were worked out from."""

    of: tuple[Any, ...]
    rows: tuple[_Short, ...]
    #: How many spans want more votes than there can be.
    waiting: int

    def left(self, reviewer: str, own: bool) -> list[_Short]:
        """Return what is left for a reviewer, most valuable first."""
        left = [each for each in self.rows if _waits(each.state, each.by, each.contradicted, reviewer, own)]
        return sorted(left, key=lambda each: -each.value)


class _Outcomes(NamedTuple):
    """What policies make of an article, and what that was worked out from."""

    of: tuple[Any, ...]
    by: dict[Policy, _Outcome]


class _Outcome(NamedTuple):
    """What a policy makes of an article: how often each basis and each state, and how many spans wait for votes."""

    complete: bool
    spans: tuple[tuple[str, int], ...]
    disagreements: tuple[tuple[str, int], ...]
    waiting: int


class Reviewing:
    """The review of one project."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, _Known] = {}
        self._outcomes: dict[str, _Outcomes] = {}
        self._same: dict[Any, Any] = {}  # values that many articles have, once
        self._at_work = threading.Lock()  # what one request works out the next one finds
        self._folding = threading.Lock()
        self._steps: dict[str | None, list[acts.Taken]] = {}
        self._reviewed = acts.Reviewed(Policy(), {}, set())
        self._seen = 0

    # --- steps ------------------------------------------------------------------------------------------------------

    def log(self, article: str | None = None) -> list[acts.Taken]:
        """Return every step of the project, or those on an article, in order."""
        with self._store.reading() as project:
            return project.decisions.steps(article=article)

    def append(self, reviewer: str, client: str, message: Sequence[acts.Step]) -> StepAnswer:
        """Take a client's steps in, each once and in its order; returns after the commit.

        A step that does not fit what annotators have now is refused with its reason, and nothing of it is kept. Raises
        AccessError for a client id that belongs to somebody else.
        """
        refused: list[dict[str, Any]] = []

        with self._store.writing() as project:
            owner, confirmed = project.decisions.of_client(client)
            if owner not in (None, reviewer):
                raise AccessError("this client id belongs to somebody else; reload the page")
            taken = project.decisions.revisions(client, min((step.number for step in message), default=0))
            for step in sorted(message, key=lambda step: step.number):
                if step.number <= confirmed:
                    if step.number not in taken:  # the answer that said so was lost
                        refused.append({"number": step.number, "reason": "it was not taken; look at it again"})
                    continue
                confirmed = step.number
                try:
                    article, body = self._kept(project, reviewer, step)
                except (OpError, NotThereError) as fault:
                    refused.append({"number": step.number, "reason": str(fault)})
                    continue
                taken[step.number] = project.decisions.add(reviewer, article, client, step.number, body)
        revisions = {step.number: taken[step.number] for step in message if step.number in taken}
        return StepAnswer(confirmed, revisions, refused)

    def _kept(self, project: Unit, reviewer: str, step: acts.Step) -> tuple[str | None, dict[str, Any]]:
        """Return which article a step is on and what is kept of it; raises OpError or NotThereError."""
        if isinstance(step, acts.SetPolicy):
            return None, {"kind": "policy", "rule": step.rule, "votes": step.votes}
        if isinstance(step, acts.Undo):
            row = project.decisions.by(step.revision)
            if row is None or row[0] != reviewer:
                raise OpError(f"there is no step {step.revision} of yours to take back")
            return row[1], {"kind": "undo", "revision": step.revision}
        article, work = self.article(step.article), self.work(step.article)
        found = gold(work.annotations, self._store.schema, Policy())
        for each in found.standing if found else ():
            if each.disagreement.id == step.disagreement:
                lookup = project.registries.name
                return article.id, acts.kept(step, each.disagreement, article.text, self._store.schema, lookup)
        raise OpError("what annotators marked there has changed since; look at the article again")

    def reviewed(self) -> acts.Reviewed:
        """Return what all steps come to; only what is new is read."""
        with self._folding:
            with self._store.reading() as project:
                fresh = project.decisions.steps(after=self._seen)
            if not fresh:
                return self._reviewed
            for step in fresh:
                self._steps.setdefault(step.article, []).append(step)
            policy, made, undone = self._reviewed
            made = dict(made)
            for article in {step.article for step in fresh}:
                part = acts.fold(self._steps[article])
                undone = undone | part.undone
                if article is None:
                    policy = part.policy
                else:
                    made[article] = part.decisions.get(article, [])
            self._reviewed, self._seen = acts.Reviewed(policy, made, undone), fresh[-1].revision
            return self._reviewed

    # --- an article -------------------------------------------------------------------------------------------------

    def article(self, id: str) -> Article:
        """Return an article; raises NotThereError."""
        found = self._store.article(id)
        if found is None:
            raise NotThereError(f"there is no article {id}")
        return found

    def work(self, article: str) -> Work:
        """Return the work on an article that counts."""
        with self._store.reading() as project:
            return _work(project.annotations.submitted(article))

    def view(self, reviewer: str, id: str, *, own: bool = False) -> dict[str, Any]:
        """Return what the review page needs of an article; raises NotThereError.

        With `own`, what other reviewers decided is hidden where this one has not decided yet.
        """
        article, work, schema = self.article(id), self.work(id), self._store.schema
        reviewed = self.reviewed()
        made = reviewed.decisions.get(id, [])
        found = gold(work.annotations, schema, reviewed.policy, [decision for _, decision in made])
        standing = found.standing if found else []
        told = found is not None and not any(_left(each, reviewer, own) for each in standing)
        lanes = lanes_of(id, reviewer, work.annotations)
        revision = {(each.reviewer, each.disagreement): number for number, each in made}
        disputed = {
            mark.place
            for each in standing
            for number in each.disagreement.mentions
            for mark in each.disagreement.collation.mentions[number].marks.values()
        }
        disputed |= {mark.place for each in standing if each.content for mark in each.content.marks}
        quiet = annotation_values(found.annotation)["spans"] if found else []
        carried = {
            value
            for annotation in work.annotations.values()
            for span in annotation.spans.values()
            for value in span.attributes.values()
            if isinstance(value, str)
        }
        return {
            "article": {**article_values(article), "text": article.text},
            "policy": asdict(reviewed.policy),
            "waiting": found.waiting if found else 0,
            "lanes": [
                {
                    "lane": lane,
                    "name": name if told else None,
                    "comments": [
                        {
                            "flag": comment.flag,
                            "text": comment.text,
                            "at": _extent(work.annotations[name], comment.span),
                        }
                        for comment in work.annotations[name].comments.values()
                    ],
                }
                for name, lane in lanes.items()
            ],
            "agreed": [
                {**span, "provenance": found.spans[span["id"]].as_json() if told else None}
                for span in quiet
                if found and (span["label"], span["fragments"]) not in disputed
            ],
            "faults": [
                {"at": _extent(found.annotation, comment.span) or [], "text": comment.text}
                for comment in found.annotation.comments.values()
            ]
            if found
            else [],
            "disagreements": [self._question(each, lanes, reviewer, revision, article.text, own) for each in standing],
            "entries": {
                registry: {entry: name for entry, name in names.items() if entry in carried}
                for registry, names in self._store.registries().items()
            },
        }

    def _question(
        self,
        each: Standing,
        lanes: Mapping[str, str],
        reviewer: str,
        revision: Mapping[tuple[str, str], int],
        text: str,
        own: bool,
    ) -> dict[str, Any]:
        found, left = each.disagreement, _left(each, reviewer, own)
        hidden = own and left
        return {
            "id": found.id,
            "kinds": found.kinds,
            "state": each.state,
            "left": left,
            "start": found.start,
            "end": found.end,
            "value": round(found.value, 3),
            "pattern": makes.pattern(found, text)._asdict(),
            "versions": [
                {
                    "id": version.id,
                    "lanes": sorted(lanes[name] for name in version.by),
                    **version.content.as_json(),
                }
                for version in found.versions
            ],
            "takes": {take: content.as_json() for take, content in found.takes.items()},
            "preselected": preselected(found),
            "content": each.content.as_json() if each.content and not hidden else None,
            "decisions": [
                {
                    "reviewer": made.reviewer,
                    "own": made.reviewer == reviewer,
                    "took": made.took,
                    **made.content.as_json(),
                    "note": made.note,
                    "clause": made.clause,
                    "at": made.at,
                    "revision": revision[made.reviewer, made.disagreement],
                }
                for made in ([] if hidden else each.decisions)
            ],
        }

    # --- the queue --------------------------------------------------------------------------------------------------

    def queue(
        self, reviewer: str, *, own: bool = False, patience: float | None = None, most: int | None = None
    ) -> dict[str, Any]:
        """Return {"total", "open", "count", "articles", "pending", "waiting", "alone"}: articles with something left for the
        reviewer, worth most first.

        `count` is how many there are, of which `most` are listed. `waiting` tells in how many articles spans that nobody
        contests want more votes under the policy, and `alone` how many of these one annotator alone has handed in.

        With `own`, what others have decided is left for this reviewer too: a second opinion. With `patience`, in seconds,
        articles that have not been looked at by then are only counted, as pending; the next call goes on with them.
        """
        found: list[tuple[float, str, int, list[_Short]]] = []
        total = open = pending = 0
        alone = waiting = self._alone()
        for article, known in self._questions(patience):
            if known is None:
                pending += 1
                continue
            left = known.left(reviewer, own)
            total += len(known.rows)
            open += len(left)
            waiting += known.waiting > 0
            if left:
                found.append((-sum(each.value for each in left), article, len(known.rows), left))
        found.sort(key=lambda each: each[:2])
        listed = [
            {
                "id": article,
                "left": len(left),
                "of": count,
                "value": round(-value, 3),
                "questions": [each.id for each in left],
            }
            for value, article, count, left in found[:most]
        ]
        counts = {"total": total, "open": open, "count": len(found), "pending": pending}
        return {**counts, "waiting": waiting, "alone": alone, "articles": listed}

    def _alone(self) -> int:
        """Return how many articles wait for a second vote: handed in by one annotator alone, who marked something."""
        if self.reviewed().policy.needed(1) == 1:
            return 0
        with self._store.reading() as project:
            return len(project.annotations.alone(with_spans=True))

    def _questions(self, patience: float | None = None) -> list[tuple[str, _Known | None]]:
        """Return (article, its disagreements in short), working out only what has changed since the last time.

        What has changed and is not worked out when patience (seconds) ends has None for its disagreements.
        """
        listed: list[tuple[str, _Known | None]] = []
        with self._at_work:
            until = time.monotonic() + patience if patience is not None else inf
            schema, reviewed = self._store.schema, self.reviewed()
            for article, sign in self._signs():
                if " " not in sign:  # one alone
                    continue
                made = reviewed.decisions.get(article, [])
                of = (sign, schema.source, reviewed.policy, tuple(number for number, _ in made))
                known = self._known.get(article)
                if (known is None or known.of != of) and time.monotonic() > until:
                    listed.append((article, None))
                    continue
                if known is None or known.of != of:
                    found = gold(self.work(article).annotations, schema, reviewed.policy, [each for _, each in made])
                    text = self.article(article).text
                    rows = tuple(self._short(each, text) for each in found.standing) if found else ()
                    known = self._known[article] = _Known(of, rows, found.waiting if found else 0)
                listed.append((article, known))
        return listed

    def _short(self, each: Standing, text: str) -> _Short:
        found, one = each.disagreement, self._once
        sides = frozenset({makes.side(found, version.content, text) for version in found.versions} - {None})
        labels = {mark.label for version in found.versions for mark in version.content.marks}
        return _Short(
            found.id,
            each.state,
            one(found.value),
            found.start,
            found.end,
            one(tuple(made.reviewer for made in each.decisions)),
            one(tuple(_contradicted(each))),
            one(sides),
            one(makes.pattern(found, text)),
            one(tuple(sorted(labels))),
        )

    def _once(self, value: Any) -> Any:
        """Return the value that was here first of those that equal this one."""
        if len(self._same) > _SAME:  # most are of work that is no more so
            self._same.clear()
        return self._same.setdefault((type(value), value), value)

    def _signs(self) -> list[tuple[str, str]]:
        """Return every article that somebody has handed in, with what stands for the work on it, in queue order."""
        with self._store.reading() as project:
            return project.annotations.signs()

    def alike(
        self, reviewer: str, id: str, disagreement: str, *, patience: float | None = None
    ) -> list[dict[str, Any]]:
        """Return where else the reviewer's decision on a disagreement can be taken: same pattern, still open; MOST_ALIKE at most.

        With `patience`, in seconds, what has not been looked at by then is left out.
        Each is {"article", "title", "disagreement", "take", "version", "before", "words", "after"}.
        """
        reviewed = self.reviewed()
        made = next(
            (
                each
                for _, each in reviewed.decisions.get(id, [])
                if (each.reviewer, each.disagreement) == (reviewer, disagreement)
            ),
            None,
        )
        model = next((each for each in self._standing(id, reviewed) if each.disagreement.id == disagreement), None)
        if made is None or model is None:
            return []
        text = self.article(id).text
        wanted = makes.side(model.disagreement, made.content, text)
        key = makes.pattern(model.disagreement, text).key
        if wanted is None:
            return []
        listed: list[dict[str, Any]] = []
        for article, known in self._questions(patience):
            if known is None or not any(
                each.state == "open" and each.pattern.key == key and wanted in each.sides for each in known.rows
            ):
                continue
            if len(listed) >= MOST_ALIKE:
                break
            where = self.article(article)
            for each in self._standing(article, reviewed):
                found = each.disagreement
                if each.state != "open" or makes.pattern(found, where.text).key != key:
                    continue
                step = _taking(found, wanted, where.text)
                if step is not None:
                    listed.append({"article": article, "title": where.title, "disagreement": found.id, **step})
        return listed[:MOST_ALIKE]

    def _standing(self, article: str, reviewed: acts.Reviewed) -> list[Standing]:
        made = [each for _, each in reviewed.decisions.get(article, [])]
        found = gold(self.work(article).annotations, self._store.schema, reviewed.policy, made)
        return found.standing if found else []

    # --- the guideline ----------------------------------------------------------------------------------------------

    def patterns(self, examples: int = 5, *, patience: float | None = None) -> list[dict[str, Any]]:
        """Return the disagreements of the project by pattern, most frequent first, with examples and clauses.

        With `patience`, in seconds, what has not been looked at by then is left out.

        A pattern is {"key", "title", "label", "count", "open", "took", "clauses": [{"text", "used"}], "examples"}.
        """
        schema, reviewed = self._store.schema, self.reviewed()
        by_key: dict[str, dict[str, Any]] = {}
        clauses = clauses_of(schema)
        for article, known in self._questions(patience):
            for each in known.rows if known else ():
                group = by_key.setdefault(
                    each.pattern.key,
                    {**each.pattern._asdict(), "labels": set(), "count": 0, "open": 0, "took": Counter(),
                     "clauses": Counter(), "examples": []},
                )  # fmt: skip
                group["count"] += 1
                group["open"] += each.state == "open"
                group["labels"] |= set(each.labels)
                if len(group["examples"]) < examples:
                    words = _excerpt(self.article(article).text, each.start, each.end)
                    group["examples"].append({"article": article, **words, "disagreement": each.id})
                for _, made in reviewed.decisions.get(article, []):
                    if made.disagreement == each.id:
                        group["took"][made.took] += 1
                        if made.clause:
                            group["clauses"][made.clause] += 1
        return [
            {
                **group,
                "labels": sorted(group["labels"]),
                "took": dict(group["took"].most_common()),
                "clauses": [
                    {"text": clause.text, "label": clause.label, "used": group["clauses"][clause.text]}
                    for clause in clauses
                    if clause.label in group["labels"]
                ],
            }
            for group in sorted(by_key.values(), key=lambda group: (-group["count"], group["key"]))
        ]

    # --- gold -------------------------------------------------------------------------------------------------------

    def golds(self) -> Iterator[tuple[Article, Gold | None]]:
        """Yield every article in queue order with its gold, None where nobody has handed it in."""
        reviewed: acts.Reviewed | None = None
        for article, held in self._store.annotated():
            reviewed = reviewed or self.reviewed()  # after the snapshot has begun
            yield article, gold_of(article, held, self._store.schema, reviewed)

    def preview(self, policy: Policy, *, patience: float | None = None) -> Preview:
        """Return what a policy would make of the project, decisions as they are.

        With `patience`, in seconds, articles that have not been looked at by then are only counted, as pending.
        """
        articles = complete = waiting = alone = pending = 0
        spans, questions = Counter[str](), Counter[str]()
        with self._at_work:
            until = time.monotonic() + patience if patience is not None else inf
            schema, reviewed = self._store.schema, self.reviewed()
            for article, sign in self._signs():
                made = reviewed.decisions.get(article, [])
                of = (sign, schema.source, tuple(number for number, _ in made))
                known = self._outcomes.get(article)
                if known is None or known.of != of or policy not in known.by:
                    if time.monotonic() > until:
                        pending += 1
                        continue
                    asked = dict.fromkeys((policy, *POLICIES))
                    found = golds(self.work(article).annotations, schema, asked, [each for _, each in made])
                    by = {each: self._once(_outcome(made_of)) for each, made_of in zip(asked, found, strict=True)}
                    known = self._outcomes[article] = _Outcomes(of, by)
                one = known.by[policy]
                articles, complete, waiting = articles + 1, complete + one.complete, waiting + one.waiting
                alone += one.waiting > 0 and " " not in sign
                for total, counts in ((spans, one.spans), (questions, one.disagreements)):
                    for name, count in counts:
                        total[name] += count
        return Preview(articles, complete, dict(spans), dict(questions), waiting, alone, pending)


def gold_of(article: Article, held: Sequence[StoredAnnotation], schema: Schema, reviewed: acts.Reviewed) -> Gold | None:
    """Return the gold of an article from everybody's work on it and what reviewers did."""
    work = _work(each for each in held if _counts(each))
    made = [each for _, each in reviewed.decisions.get(article.id, [])]
    return gold(work.annotations, schema, reviewed.policy, made)


def _outcome(found: Gold) -> _Outcome:
    spans = Counter[str](behind.basis for behind in found.spans.values())
    questions = Counter[str](each.state for each in found.standing)
    return _Outcome(found.complete, tuple(sorted(spans.items())), tuple(sorted(questions.items())), found.waiting)


def gold_held(
    article: Article, held: Sequence[StoredAnnotation], schema: Schema, reviewed: acts.Reviewed
) -> list[StoredAnnotation]:
    """Return an article's gold as an annotator's work called «gold», for a dataset line; [] where nobody handed it in.

    Each span and link has its `provenance`. The revision grows with every op and decision that gold is made of.
    """
    found = gold_of(article, held, schema, reviewed)
    if found is None:
        return []
    values = annotation_values(found.annotation)
    for kind, behind in (("spans", found.spans), ("relations", found.relations)):
        for each in values[kind]:
            each["provenance"] = behind[each["id"]].as_json()
    revision = sum(each.revision for each in held if _counts(each))
    return [StoredAnnotation(GOLD, revision + len(reviewed.decisions.get(article.id, [])), values["status"], values)]


def preselected(found: Disagreement) -> dict[str, str] | None:
    """Return what more than half have at every point, as a take; None where there is no such majority."""
    content = found.by_votes(lambda asked: asked // 2 + 1)
    return _as_taken(found, content) if content is not None else None


def lanes_of(article: str, reviewer: str, work: Mapping[str, Annotation]) -> dict[str, str]:
    """Return a letter for each annotator: in an order that is the reviewer's own in each article, and stays."""

    def lot(name: str) -> str:
        return hashlib.sha256("\0".join((article, reviewer, name)).encode()).hexdigest()

    return {name: _letters(number) for number, name in enumerate(sorted(work, key=lot))}


def _letters(number: int) -> str:
    """Return A to Z, then AA, AB and so on, as spreadsheets count their columns."""
    return ("" if number < 26 else _letters(number // 26 - 1)) + chr(ord("A") + number % 26)


def _as_taken(found: Disagreement, content: Content) -> dict[str, str] | None:
    key = content.key(found.schema)
    for version in found.versions:
        if version.content.key(found.schema) == key:
            return {"take": "version", "version": version.id}
    return next(({"take": str(take)} for take, other in found.takes.items() if other.key(found.schema) == key), None)


def _taking(found: Disagreement, wanted: str, text: str) -> dict[str, Any] | None:
    """Return how to take the wanted side of a disagreement, and the words it is about; None where nobody has it."""
    for version in found.versions:
        if makes.side(found, version.content, text) == wanted:
            return {"take": "version", "version": version.id, **_around(found, version.content, text)}
    return None


def _around(found: Disagreement, content: Content, text: str, room: int = 40) -> dict[str, str]:
    """Return the words that would be marked, with some before and after; where none would be, those in question."""
    if content.marks:
        return _excerpt(text, content.marks[0].fragments[0][0], content.marks[0].fragments[-1][1], room)
    return _excerpt(text, found.start, found.end, room)


def _excerpt(text: str, start: int, end: int, room: int = 40) -> dict[str, str]:
    return {
        "before": text[max(0, start - room) : start],
        "words": text[start:end] if end - start <= 160 else f"{text[start : start + 90]} … {text[end - 60 : end]}",
        "after": text[end : end + room],
    }


def _left(each: Standing, reviewer: str, own: bool) -> bool:
    return _waits(each.state, [made.reviewer for made in each.decisions], _contradicted(each), reviewer, own)


def _waits(state: State, by: Sequence[str], contradicted: Sequence[str], reviewer: str, own: bool) -> bool:
    """Whether a disagreement waits for a reviewer: nobody has decided, or others have, and who is to be heard as well."""
    if state in _UNSETTLED:
        return True
    if reviewer in by:
        return reviewer in contradicted
    return state == "differing" or (own and state == "decided")


def _contradicted(each: Standing) -> list[str]:
    """Return who decided otherwise than another reviewer did after them."""
    schema = each.disagreement.schema
    made = [(decision.at, decision.content.key(schema), decision.reviewer) for decision in each.decisions]
    return [name for at, key, name in made if any(later > at and other != key for later, other, _ in made)]


def _counts(held: StoredAnnotation) -> bool:
    return held.status == "submitted" and held.annotator != HIDDEN


def _extent(annotation: Annotation, span: str | None) -> list[list[int]] | None:
    found = annotation.spans.get(span or "")
    return [list(part) for part in found.fragments] if found else None


def _work(held: Iterable[StoredAnnotation]) -> Work:
    found = list(held)
    return Work({each.annotator: annotation_of(each.values) for each in found}, sum(each.revision for each in found))


__all__ = ["GOLD", "Preview", "Reviewing", "StepAnswer", "Work", "gold_held", "gold_of", "lanes_of", "preselected"]
