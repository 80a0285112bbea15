"""Adjudication: how many decisions a reviewer has to make, and how many keys each takes, against counting by position.

Four annotators' work is simulated from gold (see `annotators`), or read from files. A scripted reviewer who knows the truth
resolves one disagreement after the other, as the review page does, and the preselection learns from it.

`--votes` is a JSONL file as `saywhen export` writes it, of which these keys are read:

    {"id": …, "text": …, "annotations": [{"annotator": …, "status": "submitted",
     "spans": [{"id", "label", "fragments": [[start, end], …], "attributes": {…}}],
     "relations": [{"id", "type", "from", "to"}]}, …]}

`status` may be omitted; who “skipped” an article does not count. The truth is the annotation by “gold” or, with
`--consensus`, the first annotation of the article with the same `id` in that file. `--label-set` is the label set (YAML) of
both; the news label set if omitted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from benchmarks.annotators import NAMES, simulated
from benchmarks.figures import Figure, Goal
from benchmarks.material import Bench
from labeling import sample, schema
from labeling.adjudication import Content, Decision, Disagreement, Policy, collate, disagreements, gold
from labeling.adjudication.collation import Collation, Mark, mark_of, values
from labeling.adjudication.golden import gold_by_policy
from labeling.adjudication.preselection import Preselection, lesson_of, met_by
from labeling.agreement.linear_assignment import assign
from labeling.agreement.matching import similarity
from labeling.agreement.units import Unit
from labeling.annotation.state import Annotation, annotation_of
from labeling.schema import Schema

TRUTH = "gold"


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of a file of votes, or of four simulated annotators of the gold file."""
    works, truths, texts, what = _material(bench)
    label_set = schema.load(bench.label_set or schema.SCHEMAS / "news.yaml")
    tally: Counter[str] = Counter()
    seconds = 0.0
    for work, truth in zip(works, truths, strict=True):
        tally["by position"] += by_position(work, label_set)
        started = time.perf_counter()
        tally["found"] += len(disagreements(work, label_set))
        seconds += time.perf_counter() - started
        tally += settle(work, truth, label_set)
        tally["articles"] += 1
    decisions, differences = tally["decisions"], tally["by position"]
    found = [
        Figure("decisions an article", decisions / tally["articles"], "", note=what),
        Figure("differences by exact position an article", differences / tally["articles"], ""),
        Figure(
            "fewer decisions than differences by position", 100 * (1 - decisions / differences), "%", Goal("least", 35)
        ),
    ]
    if tally["known"]:
        found += [
            Figure("actions a decision", tally["actions"] / decisions, "", Goal("most", 1.3)),
            Figure("  resolved by the preselected majority", 100 * tally["preselected"] / decisions, "%"),
            Figure("  resolved by one key", 100 * tally["one key"] / decisions, "%"),
            Figure("  of gold's spans as in the truth", 100 * tally["right"] / max(1, tally["spans"]), "%"),
        ]
    if not bench.votes:
        pairs = sum((settle({name: work[name] for name in two}, truth, label_set) for work, truth in zip(works, truths, strict=True)
                     for two in (NAMES[:2], NAMES[2:])), Counter[str]())  # fmt: skip
        found.append(Figure("  actions a decision with two annotators each", pairs["actions"] / pairs["decisions"], ""))
    found += by_rule(works, label_set)
    found += _learning(works, truths, texts, label_set)
    return [*found, Figure("disagreements of an article", 1000 * seconds / tally["articles"], "ms")]


def _material(bench: Bench) -> tuple[list[dict[str, Annotation]], list[Annotation | None], list[str], str]:
    path: Path = bench.votes or bench.gold or sample.gold_path()
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    if not bench.votes:
        works = [{name: simulated(line, name) for name in NAMES} for line in lines]
        truths = [annotation_of(line["annotations"][0]) for line in lines]
        return works, truths, [line["text"] for line in lines], f"{len(NAMES)} simulated annotators"  # type: ignore[return-value]
    decided = _consensus(bench.consensus) if bench.consensus else {}
    kept: list[tuple[dict[str, Annotation], Annotation | None, str]] = []
    for line in lines:
        held = {each["annotator"]: _annotation(each) for each in line["annotations"] if each.get("status") != "skipped"}
        truth = held.pop(TRUTH, None)
        if len(held) > 1:
            kept.append((held, decided.get(line["id"], truth), line["text"]))
    what = f"{path.name}, {len(kept)} articles"
    return [each[0] for each in kept], [each[1] for each in kept], [each[2] for each in kept], what


def _annotation(values: dict[str, Any]) -> Annotation:
    return annotation_of({"published": None, "comments": [], "skip_reason": None, "status": "submitted", **values})


def _consensus(path: Path) -> dict[str, Annotation]:
    """Return what was decided, by article, from an export with one annotation per article."""
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    return {line["id"]: _annotation(line["annotations"][0]) for line in lines if line["annotations"]}


def _learning(
    works: list[dict[str, Annotation]], truths: list[Annotation | None], texts: list[str], label_set: Schema
) -> list[Figure]:
    """Return how often the preselection is right, each time asked before it learns, beside the best fixed answer by kind."""
    learned = Preselection()
    asked, suggested, right = Counter[str](), Counter[str](), Counter[str]()
    fixed: dict[str, Counter[str]] = {}
    for work, truth, text in zip(works, truths, texts, strict=True):
        if truth is None:
            continue
        stands = _stands(collate(work), truth)
        for question in disagreements(work, label_set):
            wanted, kind = _Wanted(question, truth, stands), str(question.kinds[0])
            asked[kind] += 1
            lesson = lesson_of(question, text)
            met = met_by(question, lesson, wanted.content())
            right_now = lesson.options[met] if met is not None else ()
            if (choice := learned.suggested(lesson)) is not None:
                suggested[kind] += 1
                right[kind] += choice in right_now
            fixed.setdefault(kind, Counter()).update(right_now)
            learned.learn(lesson, met, choice)
    if not asked:
        return []
    best = {kind: max(hits.values(), default=0) for kind, hits in fixed.items()}
    total = asked.total()
    figures = [
        Figure("learned preselection right", 100 * right.total() / total, "%", note=f"of {total} decisions"),
        Figure("  the best fixed answer for each kind", 100 * sum(best.values()) / total, "%", note="known afterwards"),
    ]
    for kind, count in asked.most_common():
        answer = max(sorted(fixed[kind]), key=fixed[kind].__getitem__, default="none")
        note = f"of {count}, {suggested[kind]} suggested; best fixed answer “{answer}” {100 * best[kind] / count:.0f} %"
        figures.append(Figure(f"  {kind}", 100 * right[kind] / count, "%", note=note))
    return figures


def by_rule(works: Iterable[Mapping[str, Annotation]], label_set: Schema) -> list[Figure]:
    """Return what stays open and what a rule makes gold: a majority of all annotators, and point by point of those who marked it.

    Point by point is how “majority” was once counted.
    """
    rules = ("majority", "points")
    tally: Counter[tuple[str, str]] = Counter()
    for work in works:
        made = dict(zip(rules, gold_by_policy(work, label_set, map(Policy, rules)), strict=True))
        for rule, found in made.items():
            tally[rule, "questions"] += sum(each.state in ("open", "conflict") for each in found.standing)
            for things, provenance in (("spans", found.spans), ("links", found.relations)):
                ruled = [each for each in provenance.values() if each.basis == "rule"]
                tally[rule, things] += len(ruled)
                tally[rule, "weak"] += sum(2 * len(each.votes) <= len(each.asked) for each in ruled)
        strong = {
            id
            for id, each in made["points"].spans.items()
            if each.basis == "rule" and 2 * len(each.votes) > len(each.asked)
        }
        tally["points", "strong"] += len(strong)
        tally["majority", "kept"] += len(strong & made["majority"].spans.keys())
    figures = []
    for rule in rules:
        note = f"spans by rule: {tally[rule, 'spans']}, links: {tally[rule, 'links']}, without a majority: {tally[rule, 'weak']}"
        figures.append(Figure(f"questions left under “{rule}”", tally[rule, "questions"], "", note=note))
    kept, strong_ones = tally["majority", "kept"], tally["points", "strong"]
    note = f"of {strong_ones} spans by “points” that have a majority"
    return [*figures, Figure("  gold under both", kept, "", note=note)]


def by_position(work: Mapping[str, Annotation], label_set: Schema) -> int:
    """Return the differences as counted by exact position: extents, and pairs of extents, that not all have the same."""
    spans: dict[Any, list[Any]] = {}
    links: dict[Any, list[Any]] = {}
    for annotation in work.values():
        by_extent: dict[Any, list[Any]] = {}
        for span in annotation.spans.values():
            by_extent.setdefault(span.fragments, []).append(
                (span.label, values(span.label, span.attributes, label_set))
            )
        for extent, here in by_extent.items():
            spans.setdefault(extent, []).append(sorted(here))
        by_ends: dict[Any, list[str]] = {}
        for link in annotation.relations.values():
            ends = annotation.spans[link.source].fragments, annotation.spans[link.target].fragments
            by_ends.setdefault(ends, []).append(link.type)
        for ends, types in by_ends.items():
            links.setdefault(ends, []).append(sorted(types))
    return sum(
        len(held) < len(work) or any(each != held[0] for each in held) for held in [*spans.values(), *links.values()]
    )


def settle(work: Mapping[str, Annotation], truth: Annotation | None, label_set: Schema) -> Counter[str]:
    """Resolve an article as a reviewer would: what is worth most first, until nothing is left; return what it took."""
    tally: Counter[str] = Counter()
    made: list[Decision] = []
    stands = _stands(collate(work), truth) if truth else {}
    while True:
        found = gold(work, label_set, Policy(), made)
        assert found is not None
        left = [each.disagreement for each in found.standing if each.state == "open"]
        if not left:
            break
        question = max(left, key=lambda each: each.value)
        content = question.by_votes(Policy("majority"))
        actions = 1
        if truth is not None:
            wanted = _Wanted(question, truth, stands)
            tally["known"] += 1
            if content is not None and wanted.is_met(content):
                tally["preselected"] += 1
            else:
                offered = [*(version.content for version in question.versions), *question.takes.values()]
                right = next((each for each in offered if wanted.is_met(each)), None)
                content = right or wanted.content()
                actions = 1 if right else wanted.steps(offered)
            tally["one key"] += actions == 1
        made.append(Decision("script", question.id, "anew", content or question.versions[0].content, ""))
        tally["decisions"] += 1
        tally["actions"] += actions
    if truth is not None:
        places = {(span.label, span.fragments) for span in truth.spans.values()}
        tally["spans"] = len(found.annotation.spans)
        tally["right"] = sum((span.label, span.fragments) in places for span in found.annotation.spans.values())
    return tally


class _Wanted:
    """What the truth has where a disagreement is."""

    def __init__(self, question: Disagreement, truth: Annotation, stands: Mapping[int, str]) -> None:
        self.question = question
        self.marks = {number: mark_of(truth.spans[stands[number]]) for number in question.mentions if number in stands}
        drawn = {(link.type, link.source, link.target) for link in truth.relations.values()}
        self.ties = {
            tie for tie in question.ties if (tie.type, stands.get(tie.source), stands.get(tie.target)) in drawn
        }

    def content(self) -> Content:
        return self.question.built(self.marks, self.ties)

    def is_met(self, content: Content) -> bool:
        return content.key(self.question.schema) == self.content().key(self.question.schema)

    def steps(self, offered: list[Content]) -> int:
        """Return the keys it takes from the nearest of what is offered: draw, label, value by value, links, and take it."""
        return 2 + min(self._apart(each) for each in offered)

    def _apart(self, content: Content) -> int:
        wanted, given = self.content(), {mark.place: mark for mark in content.marks}
        steps = len([place for place in given if place not in {mark.place for mark in wanted.marks}])
        for mark in wanted.marks:
            steps += 2 if mark.place not in given else len(self._values(mark) ^ self._values(given[mark.place]))
        return steps + len(set(wanted.links) ^ set(content.links))

    def _values(self, mark: Mark) -> set[tuple[str, str]]:
        return set(values(mark.label, mark.attributes, self.question.schema))


def _stands(collation: Collation, truth: Annotation) -> dict[int, str]:
    """Return which true span stands for each mention, the most alike in all."""
    spans = truth.in_order()
    alike = [
        [max(similarity(_unit(mark), _unit(mark_of(span))) for mark in mention.marks.values()) for span in spans]
        for mention in collation.mentions
    ]
    return {row: spans[column].id for row, column in assign(alike)} if spans else {}


def _unit(mark: Mark) -> Unit:
    return Unit(mark.fragments[0][0], mark.fragments[-1][1], mark.fragments, mark.label, "")
