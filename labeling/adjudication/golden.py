"""Gold: what annotators agree on, what a rule resolves and what reviewers decided, as one annotation. Never stored.

A decision holds as long as the disagreement it was made on is there, with the same versions to choose from, and as long
as the clause of the guideline it was made under still reads the same. So a change reopens what it touches, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from labeling.adjudication.collation import Collation, Mark, MentionLink, Place, collate, merged, values
from labeling.adjudication.content import Content, Link
from labeling.adjudication.disagreements import Disagreement, found_in
from labeling.adjudication.policy import Policy, clauses_of
from labeling.adjudication.provenance import Basis, Decision, Provenance, Support
from labeling.adjudication.publication import conflicting_dates, published
from labeling.agreement.linear_assignment import assign
from labeling.agreement.matching import similarity
from labeling.agreement.units import Unit
from labeling.annotation.article import Published
from labeling.annotation.requirements import conflict_of, missing
from labeling.annotation.state import Annotation, Comment, Relation, Span
from labeling.schema import Schema

#: How a disagreement stands: no one has decided; a rule, a reviewer or the rejection of what it hangs on has resolved it;
#: reviewers differ, and the first one's decision stands until they agree; or what was decided cannot stand beside what
#: else is gold, by the rules of the label set, and is to be decided again.
State = Literal["open", "rule", "decided", "differing", "closed", "conflict"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A disagreement with its state and the valid decisions on it, the first reviewer's first.

    `part` is the part of an open one that is gold already: what all agree on exactly, and what the policy resolves.
    """

    disagreement: Disagreement
    state: State
    decisions: tuple[Decision, ...] = ()
    content: Content | None = None
    part: Content | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """The resolved annotation of an article, the provenance of each span and link, and the standing of each disagreement.

    `waiting` counts the mentions that all who were asked agree on, and that the policy wants more votes for. `breaks` says by
    span what no annotator could have marked so; that, and what is required and not there, its comments say as well.
    """

    annotation: Annotation
    spans: dict[str, Provenance]
    relations: dict[str, Provenance]
    standing: list[Standing] = field(default_factory=list)
    waiting: int = 0
    breaks: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True if nothing is left to resolve and nothing breaks the label set."""
        return not (self.waiting or self.breaks or any(each.state in ("open", "conflict") for each in self.standing))


def gold(
    work: Mapping[str, Annotation], schema: Schema, policy: Policy, decisions: Sequence[Decision] = ()
) -> Gold | None:
    """Return the gold of an article, given the work of those who did it, by their names; None where no one did.

    `decisions` are those on this article, each reviewer's latest on each disagreement, by when the reviewer first decided
    on it. The result does not depend on the order of the annotators.
    """
    return next(gold_by_policy(work, schema, [policy], decisions)) if work else None


def gold_by_policy(
    work: Mapping[str, Annotation], schema: Schema, policies: Iterable[Policy], decisions: Sequence[Decision] = ()
) -> Iterator[Gold]:
    """Yield the gold of an article that someone did under each of several policies; the work is laid side by side once."""
    collation = collate(work)
    found = found_in(collation, schema)
    for policy in policies:
        yield _resolved(work, collation, found, schema, policy, decisions)


def _resolved(
    work: Mapping[str, Annotation],
    collation: Collation,
    found: Sequence[Disagreement],
    schema: Schema,
    policy: Policy,
    decisions: Sequence[Decision],
) -> Gold:
    unruly: set[str] = set()
    while True:
        made = _Resolving(collation, found, schema, policy, decisions, unruly).gold(published(work.values()))
        for words in conflicting_dates(work.values(), made.annotation.published):
            key = _id("c", words)
            made.annotation.comments[key] = Comment(key, None, None, words)
        broken = {each.disagreement.id for each in made.standing if each.state == "conflict" and not each.decisions}
        if broken <= unruly:
            return made
        unruly |= broken  # a rule does not resolve what would break the label set


class _Resolving:
    """The resolution of each mention of a collation: a span, nothing, or undecided."""

    def __init__(
        self,
        collation: Collation,
        found: Sequence[Disagreement],
        schema: Schema,
        policy: Policy,
        decisions: Sequence[Decision],
        unruly: Collection[str],
    ) -> None:
        self.collation, self.schema, self.policy = collation, schema, policy
        self.marks: dict[int, Mark | None] = {}
        self.extra: list[tuple[Mark, Provenance]] = []
        self.behind: dict[int, Provenance] = {}
        self.links: list[tuple[Link, Provenance]] = []
        self.at = collation.at()
        self.standing: list[Standing] = []
        self.waiting = 0
        self.decided: set[int] = set()
        self.ruled: dict[MentionLink, bool] = {}
        self.sources: dict[int, set[int]] = {}
        for tie in collation.ties:
            self.sources.setdefault(tie.target, set()).add(tie.source)
        clauses = {clause.text for clause in clauses_of(schema)} if decisions else set[str]()
        holding: dict[str, list[Decision]] = {}
        for decision in decisions:
            held = all(fits(mark, schema) for mark in decision.content.marks)
            if held and (not decision.clause or decision.clause in clauses):
                holding.setdefault(decision.disagreement, []).append(decision)
        disputed = {number for each in found for number in each.mentions}
        # What is not disputed, all have exactly alike.
        agreed = Provenance("agreement", collation.names, collation.names)
        for number, mention in enumerate(collation.mentions):
            if number in disputed:
                continue
            if len(mention.marks) >= policy.needed(len(collation.names)):
                self.marks[number], self.behind[number] = merged(mention.marks.values()), agreed
            else:
                self.waiting += 1
        undecided = []
        for each in found:
            made = tuple(holding.get(each.id, ()))
            if made:
                same = len({decision.content.key(schema) for decision in made}) == 1
                self._take(each, made[0].content, "decided" if same else "differing", made)
            elif each.id not in unruly and (content := each.by_votes(policy)) is not None:
                self._take(each, content, "rule", ())
                self.ruled |= each.verdict(policy).ties.items()
            else:
                undecided.append(each)
        while closed := [each for each in undecided if self._hangs_on_nothing(each)]:
            for each in closed:
                self._take(each, Content(), "closed", ())
                undecided.remove(each)
        for each in undecided:
            self._take_part(each, each.id in unruly)
        self.standing.sort(key=lambda each: (each.disagreement.start, each.disagreement.end, each.disagreement.id))

    def _take(self, each: Disagreement, content: Content, state: State, made: tuple[Decision, ...]) -> None:
        self.standing.append(Standing(each, state, made, content))
        decision = made[0] if made else None
        where = self._places(each, content.marks)
        self.decided |= set(each.mentions) if made else set()
        for number in each.mentions:
            self.marks[number] = None
        for at, mark in enumerate(content.marks):
            behind = self._behind(each.mentions, mark, self.policy, decision)
            if (number := where.get(at, -1)) >= 0:
                self.marks[number], self.behind[number] = mark, behind
            else:
                self.extra.append((mark, behind))
        self._link(each, content, decision)

    def _take_part(self, each: Disagreement, agreed_only: bool) -> None:
        """Accept the parts of an open disagreement that all agree on exactly and, if allowed, those that the policy resolves."""
        policy = Policy() if agreed_only else self.policy
        found = each.verdict(policy)
        content = each.standing(found)
        self.standing.append(Standing(each, "open", part=content))
        for number, mark in found.marks.items():
            if mark is not None:
                self.marks[number], self.behind[number] = mark, self._behind([number], mark, policy, None)
        self._link(each, content, None)
        self.ruled |= found.ties.items()

    def _link(self, each: Disagreement, content: Content, decision: Decision | None) -> None:
        for link in content.links:
            ends = link.type, self.at.get(link.source), self.at.get(link.target)
            drawn = (tie.drawn for tie in each.ties if ends == (tie.type, tie.source, tie.target))
            votes = tuple(sorted(frozenset().union(*drawn)))
            basis: Basis = "decision" if decision else "rule"
            policy = None if decision else self.policy
            self.links.append((link, Provenance(basis, votes, self.collation.names, policy, decision)))

    def _behind(self, mentions: Iterable[int], mark: Mark, policy: Policy, decision: Decision | None) -> Provenance:
        """Return the provenance of a span accepted for one of several mentions, by this policy or decision."""
        names = self.collation.names
        given = [each for number in mentions for each in self.collation.mentions[number].marks.items()]
        alike = {name for name, each in given if each.key(self.schema) == mark.key(self.schema)}
        held = {
            name: dict(values(each.label, each.attributes, self.schema))
            for name, each in given
            if each.label == mark.label
        }
        support = Support(
            len({name for name, _ in given}),
            len(held),
            len({name for name, each in given if each.fragments == mark.fragments}),
            {
                name: sum(each.get(name) == value for each in held.values())
                for name, value in values(mark.label, mark.attributes, self.schema)
            },
        )
        votes = tuple(sorted({name for name, each in given if each.place == mark.place}))
        if len(alike) == len(names) or (decision is None and policy == Policy()):
            return Provenance("agreement", votes, names)
        if decision:
            return Provenance("decision", votes, names, None, decision, support)
        return Provenance("rule", votes, names, policy, None, support)

    def _places(self, each: Disagreement, marks: Sequence[Mark]) -> dict[int, int]:
        """Return the mention that each span is accepted for, by number, so that links stay on it."""
        alike = [
            [
                max(
                    # What is the only one in the place of the only one is meant by it, wherever it was drawn.
                    [similarity(_unit(mark), _unit(given)) for given in self.collation.mentions[number].marks.values()]
                    + ([0.01] if len(marks) == len(each.mentions) == 1 else [])
                )
                for number in each.mentions
            ]
            for mark in marks
        ]
        return {row: each.mentions[column] for row, column in assign(alike)}

    def _hangs_on_nothing(self, each: Disagreement) -> bool:
        """Return whether everything in question would be linked only to rejected spans."""
        if not each.about_spans:
            return False
        for number in each.mentions:
            sources = self.sources.get(number, set()) - set(each.mentions)
            if not self.collation.missed_by_someone(number) or not sources:
                return False
            if any(source not in self.marks or self.marks[source] is not None for source in sources):
                return False
        return True

    def gold(self, published: Published | None) -> Gold:
        annotation = Annotation(published=published)
        behind: dict[str, Provenance] = {}
        relations: dict[str, tuple[Relation, Provenance]] = {}
        ids: dict[int, str] = {}
        breaks: dict[str, str] = {}

        def add(mark: Mark, provenance: Provenance) -> str:
            id = _id("g", mark.place)
            if id in annotation.spans:
                there = annotation.spans[id]
                if values(there.label, there.attributes, self.schema) != mark.key(self.schema)[2]:
                    breaks[id] = f"the same {mark.label} was resolved twice, with different values; keep only one"
            else:
                annotation.spans[id] = Span(id, mark.label, mark.fragments, dict(mark.attributes), dict(mark.waivers))
                behind[id] = provenance
            return id

        for number, mark in sorted(self.marks.items()):
            if mark is not None:
                ids[number] = add(mark, self.behind[number])
        for mark, provenance in self.extra:
            add(mark, provenance)
        for tie in self.collation.ties:
            if not tie.contested and tie.source in ids and tie.target in ids and (behind_tie := self._behind_tie(tie)):
                self._relate(annotation, relations, (tie.type, ids[tie.source], ids[tie.target]), behind_tie)
        for link, source in self.links:
            ends = [self._end(place, ids, annotation) for place in (link.source, link.target)]
            if ends[0] is not None and ends[1] is not None:
                self._relate(annotation, relations, (link.type, ends[0], ends[1]), source)
        kept = self._within_bounds(relations, breaks)
        annotation.relations = {id: relations[id][0] for id in kept}
        annotation.spans = {span.id: span for span in annotation.in_order()}
        breaks |= self._clashes(annotation)
        if breaks:
            for at, each in enumerate(self.standing):
                content = each.content or each.part or Content()
                touched = {_id("g", mark.place) for mark in content.marks}
                touched |= {end for link in content.links if (end := self._end(link.source, ids, annotation))}
                if not touched.isdisjoint(breaks):
                    self.standing[at] = replace(each, state="conflict")
        for id, words in (*breaks.items(), *missing(annotation, self.schema)):
            key = _id("c", (id, words))
            annotation.comments[key] = Comment(key, id, None, words)
        made = Gold(
            annotation,
            {id: behind[id] for id in annotation.spans},
            {id: relations[id][1] for id in kept},
            self.standing,
            self.waiting,
            {id: words for id, words in breaks.items() if id in annotation.spans},
        )
        annotation.status = "submitted" if made.complete else "open"
        return made

    def _behind_tie(self, tie: MentionLink) -> Provenance | None:
        """Return the provenance of a link that everyone who marked both ends drew; None if it is not gold."""
        votes, names = tuple(sorted(tie.drawn)), self.collation.names
        if votes == names or (not self.decided.isdisjoint((tie.source, tie.target)) and tie not in self.ruled):
            return Provenance("agreement", votes, tuple(sorted(tie.asked)))
        stands = self.ruled.get(tie, self.policy.rule == "points")
        return Provenance("rule", votes, names, self.policy) if stands else None

    def _end(self, place: Place, ids: Mapping[int, str], annotation: Annotation) -> str | None:
        """Return the gold span at a link's end: one drawn exactly there, or the one accepted for the mention there."""
        drawn = _id("g", place)
        if drawn in annotation.spans:
            return drawn
        return ids.get(self.at.get(place, -1))

    def _relate(
        self,
        annotation: Annotation,
        relations: dict[str, tuple[Relation, Provenance]],
        link: tuple[str, str, str],
        behind: Provenance,
    ) -> None:
        type, source, target = link
        kind = self.schema.relations.get(type)
        fits = kind and (
            annotation.spans[source].label in kind.sources and annotation.spans[target].label in kind.targets
        )
        if fits and source != target:
            relations.setdefault(id := _id("r", link), (Relation(id, type, source, target), behind))

    def _within_bounds(self, relations: Mapping[str, tuple[Relation, Provenance]], breaks: dict[str, str]) -> list[str]:
        """Return the ids of the links; if a span has more than it may, those decided and those with the most votes.

        Where these are no better founded than what is omitted, that is reported in `breaks`, by the span.
        """

        def weight(id: str) -> tuple[bool, int]:
            behind = relations[id][1]
            return behind.basis != "decision", -len(behind.votes)

        kept: dict[tuple[str, str], list[str]] = {}
        for id in sorted(relations, key=lambda id: (*weight(id), id)):
            link = relations[id][0]
            kind = self.schema.relations[link.type]
            there = kept.setdefault((link.type, link.source), [])
            if kind.max is None or len(there) < kind.max:
                there.append(id)
            elif weight(id) == weight(there[-1]):
                breaks[link.source] = f"only {kind.max} “{kind.title}” is allowed, but another one has as many votes"
        return sorted(id for there in kept.values() for id in there)

    def _clashes(self, annotation: Annotation) -> dict[str, str]:
        """Return, by span, the rule of the label set that it breaks beside the others."""
        found: dict[str, str] = {}
        by_label: dict[str, dict[str, Span]] = {}
        for span in annotation.spans.values():
            label = self.schema.labels[span.label]
            if label.overlap != "any" or not label.fragments:
                by_label.setdefault(span.label, {})[span.id] = span
        for spans in by_label.values():
            alone = Annotation(spans=spans)
            found |= {id: words for id, span in spans.items() if (words := conflict_of(alone, span, self.schema))}
        return found


def fits(mark: Mark, schema: Schema) -> bool:
    """Return whether the label set still has the span's label and accepts its values."""
    return mark.label in schema.labels and all(
        schema.accepts(mark.label, name, value, lambda *_: "") for name, value in mark.attributes.items()
    )


def _unit(mark: Mark) -> Unit:
    return Unit(mark.fragments[0][0], mark.fragments[-1][1], mark.fragments, mark.label, "")


def _id(kind: str, values: Any) -> str:
    return kind + hashlib.sha256(orjson.dumps(values)).hexdigest()[:16]
