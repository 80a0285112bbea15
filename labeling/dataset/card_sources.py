"""The card's section on where the annotations are from: annotators, review, questions, and how far annotators agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labeling.agreement.meanings import meaning
from labeling.dataset.counts import Counts
from labeling.dataset.markdown import plain, table
from labeling.quantities import many

#: The figures of agreement on a card; the rest is in agreement.json.
_FIGURES = ("detection", "exact", "overlap", "soft", "label α", "date", "relation given ends", "record")
_BASES = {
    "agreement": "all annotators agree exactly",
    "alone": "one annotator’s work, with no one to compare it with",
    "rule": "resolved by the policy",
    "decision": "decided by a reviewer",
}
#: What became of questions that are answered, in the order of a card.
_ANSWERED = {
    "rule": "resolved by the policy",
    "decided": "decided by a reviewer",
    "differing": "decided by reviewers who disagree, where the first decision stands",
    "closed": "closed because what they depend on was rejected",
}


def sources(about: Mapping[str, Any], whole: Counts, agreement: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the section of a card on where its annotations are from."""
    yield "## Annotators and agreement\n"
    review = about.get("review")
    yield from _people(about["plan"], review or {"annotators": sorted(whole.annotators), "reviewers": []})
    yield from _imports(about["work"])
    if review:
        yield from _review(review, whole)
    yield from _agreement(agreement)


def unresolved(review: Mapping[str, Any]) -> Iterator[str]:
    """Yield the unresolved parts as items of the list of known limits."""
    questions = review["questions"]
    if left := questions.get("open", 0):
        their = "Its" if left == 1 else "Their"
        yield f"- **{many(left, 'question')} still open.** {their} unresolved points are not in the files."
    if broken := questions.get("conflict", 0):
        yield f"- Questions that must be decided again, because the decision breaks the rules of the label set: {broken:,}."
    if few := review["too few votes"]:
        yield f"- Spans omitted because the policy asks for more votes than there are: {few:,}."
    if questions and not (left or broken):
        yield "- Every question is answered."


def _people(plan: Mapping[str, Any], people: Mapping[str, Any]) -> Iterator[str]:
    replaced = " (pseudonyms)" if plan["anonymous"] else ""
    for names, noun in ((people["annotators"], "annotator"), (people["reviewers"], "reviewer")):
        if names:
            yield f"{many(len(names), noun)}: {', '.join(map(plain, names))}{replaced}.\n"


def _imports(work: Mapping[str, int]) -> Iterator[str]:
    if not (imported := work["imported"]):
        return
    sentence = f"{imported:,} of the {many(work['annotations'], 'annotation')} behind this dataset "
    sentence += f"{'was' if imported == 1 else 'were'} imported; how they were made is not recorded here."
    if edited := work["edited after import"]:
        sentence += f" {edited:,} of these {'was' if edited == 1 else 'were'} edited after the import."
    yield sentence + "\n"


def _review(review: Mapping[str, Any], whole: Counts) -> Iterator[str]:
    articles, questions, twice = review["articles"], review["questions"], review["reviewed twice"]
    if len(review["annotators"]) == 1 and not review["reviewers"]:
        yield "**One annotator, not reviewed.**\n"
    if alone := articles["by one annotator"]:
        yield f"Articles submitted by one annotator only: {alone:,} of {articles['all']:,}.\n"
    if total := sum(questions.values()):
        parts = [f"{questions[name]:,} {words}" for name, words in _ANSWERED.items() if questions.get(name)]
        answered = f": {', '.join(parts)}" if parts else ""
        yield f"Annotators disagree in {many(total, 'place')}, each of which is a question{answered}.\n"
    elif alone < articles["all"]:
        yield "Annotators who submitted the same article don’t disagree anywhere.\n"
    if asked := twice["questions"]:
        yield f"Reviewers agree in {twice['alike']:,} of the {many(asked, 'question')} that two or more decided.\n"
    if whole.basis:
        total = sum(whole.basis.values())
        yield "What gold spans are based on:\n"
        yield from table(
            ["", "spans", "share"],
            [
                (_BASES[name] + (f", “{rule}”" if rule else ""), f"{number:,}", f"{number / total:.0%}")
                for (name, rule), number in sorted(whole.basis.items())
            ],
        )


def _agreement(agreement: Mapping[str, Any] | None) -> Iterator[str]:
    if agreement is None:
        yield "No article was submitted by two annotators, so **agreement is not known**.\n"
        return
    figures = agreement["figures"]
    rows = []
    for name in (agreement["chance"], *_FIGURES):
        each = figures.get(name)
        if each and each["value"] is not None:
            between = f"{each['low']:.2f} to {each['high']:.2f}" if each.get("low") is not None else ""
            rows.append((meaning(name).title, f"{each['value']:.2f}", between, meaning(name).means))
    intervals = ", with 95 % bootstrap intervals over articles" if any(row[2] for row in rows) else ""
    yield (
        "Over all submitted work in the project, not only what is in these files: "
        f"{many(len(agreement['annotators']), 'annotator')} shared {many(agreement['articles'], 'article')}; "
        f"figures are means over pairs, pooled over articles{intervals}:\n"
    )
    yield from table(["figure", "", "95 %", "meaning"], rows)
    if agreement["warning"]:
        yield f"{agreement['warning']}\n"
    yield "`agreement.json` has all figures, by label, pair, outlet and month.\n"


def has_detection(agreement: Mapping[str, Any] | None) -> bool:
    """Return whether the card shows the share of one annotator's spans that another one finds."""
    found = agreement and agreement["figures"].get("detection")
    return bool(found and found["value"] is not None)


def suggestions(whole: Counts) -> Iterator[str]:
    """Yield the section on suggestions; nothing if the files hold no outcome of one."""
    if not whole.judgments:
        return
    yield "## Suggestions\n"
    yield (
        f"In {len(whole.judged):,} of {many(whole.annotations, 'annotation')}, annotators accepted, corrected or rejected "
        "suggestions:\n"
    )
    made = sorted({(suggester, version) for suggester, version, _ in whole.judgments})
    verdicts = ("accepted", "corrected", "rejected")
    yield from table(
        ["suggester", "version", *verdicts],
        [
            (plain(name), plain(version), *(f"{whole.judgments[name, version, each]:,}" for each in verdicts))
            for name, version in made
        ],
    )
    if any(name == "planted" for name, _ in made):
        yield (
            "The suggestions in the row “planted” were wrong on purpose, to measure how many of them annotators accept. "
            "What was marked from them was removed when the article was submitted.\n"
        )
    spans = sum(whole.spans.values())
    if spans:
        yield (
            f"{len(whole.suggested):,} of {many(spans, 'span')} ({len(whole.suggested) / spans:.0%}) were made from "
            "suggestions; annotators added the others. What was suggested may have influenced what they marked, so don’t "
            "evaluate the same suggester with these annotations.\n"
        )
    if len(whole.judged) < whole.annotations:
        yield (
            "In the other annotations, no suggestion was accepted, corrected or rejected. The files don’t say whether "
            "suggestions were shown.\n"
        )
