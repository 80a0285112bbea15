"""The card of a dataset: Markdown with the front matter that the Hugging Face hub reads, every number counted from the files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from statistics import median_low
from typing import Any

import yaml

from labeling.agreement.meanings import meaning
from labeling.dataset import FORMAT, RECORD_FORMAT
from labeling.dataset.counts import Counts, merged
from labeling.dataset.refusals import REMEDIES
from labeling.dataset.shapes import TOKENS_FORMAT
from labeling.dataset.splits import Splits
from labeling.dataset.standoff import STANDOFF_FORMAT
from labeling.schema import Schema
from labeling.schema.kinds import NUMBER

#: The figures of agreement that a card tells; the rest is in agreement.json.
_FIGURES = ("detection", "exact", "overlap", "soft", "label α", "date", "relation given ends", "record")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
#: What the lines of a shape are called, and what their offsets count.
_HALF_OPEN = "Offsets are half-open `[start, end)` in Unicode code points of"
_WINDOWS = FORMAT, f"{_HALF_OPEN} `text`, which is the window’s own; `window` is its position in the article."
_LINES = {
    "articles": (FORMAT, f"{_HALF_OPEN} `text`."),
    "sentences": _WINDOWS,
    "paragraphs": _WINDOWS,
    "records": (RECORD_FORMAT, "Records have text and values, but no offsets."),
    "tokens": (TOKENS_FORMAT, "`starts` and `ends` are half-open, in Unicode code points of the article’s text."),
    "without texts": (STANDOFF_FORMAT, f"{_HALF_OPEN} the text that was removed."),
}
_SENTENCE = re.compile(r".*?[.!?](?=\s+\W*[^\Wa-z\d_]|$)")
_BASES = {
    "agreement": "all annotators agree exactly",
    "rule": "resolved by the policy",
    "decision": "decided by a reviewer",
}


def card(
    about: Mapping[str, Any],
    counts: Mapping[str, Counts],
    schema: Schema,
    agreement: Mapping[str, Any] | None,
    splits: Splits | None,
    *,
    charts: bool = True,
) -> str:
    """Return the card of a dataset from its manifest, its counts by split, its label set and how annotators agreed.

    `charts` says whether it shows the charts beside it, in `charts/`.
    """
    plan, whole = about["plan"], merged(counts.values())
    title = plan["title"] or f"Who said what, and when: {_source(plan)}"
    parts = [
        _front_matter(about, whole, title),
        f"# {_plain(title)}\n",
        *_what(about, whole, schema, charts),
        *_splits(about, counts, splits),
        *_labels(about, counts, whole, schema, charts),
        *_people(plan, whole, agreement),
        *_limits(about, plan, agreement),
        *_use(about, plan),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _front_matter(about: Mapping[str, Any], whole: Counts, title: str) -> str:
    plan = about["plan"]
    parquet = "parquet" in plan["formats"]
    values: dict[str, Any] = {"pretty_name": title}
    if languages := sorted(language for language in whole.languages if language):
        values["language"] = languages
    values |= {
        "license": plan["licence"] or "unknown",
        "task_categories": ["token-classification"],
        "size_categories": [next((name for most, name in _SIZES if whole.lines < most), "n>1M")],
        "tags": ["quotation-attribution", "temporal-expressions", "saywhen"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"parquet/{split}.parquet" if parquet else f"data/{split}.jsonl"}
                    for split in about["splits"]
                ],
            }
        ],
    }
    return f"---\n{yaml.safe_dump(values, allow_unicode=True, sort_keys=False)}---\n"


def _what(about: Mapping[str, Any], whole: Counts, schema: Schema, charts: bool) -> Iterator[str]:
    plan = about["plan"]
    yield (
        (
            f"{_many(whole.articles, 'article')} of {_many(len([name for name in whole.outlets if name]), 'outlet')}"
            if whole.outlets
            else f"{_many(whole.articles, 'article')}"
        )
        + f", annotated with the label set “{_plain(schema.name)}”, version {schema.version}: "
        f"{_plain(', '.join(label.title.lower() for label in schema.labels.values()))}."
    )
    yield {
        "gold": "The annotations are **gold**: what annotators agree on, what the project’s policy resolves, and what "
        "reviewers decided.",
        "all": "The annotations are **all annotators’ work**, with disagreements unresolved: one annotation per article "
        "and person.",
    }.get(plan["source"], "The annotations are **one annotator’s work**.") + "\n"
    months = sorted(month for month in whole.months if month)
    rows = [
        ("Shape", plan["shape"]),
        ("Lines", f"{whole.lines:,}"),
        ("Characters", f"{whole.characters:,}" if whole.characters else ""),
        ("Tokens", f"{whole.tokens:,}" if whole.tokens else ""),
        ("Languages", _listed(whole.languages)),
        ("Outlets", _listed(whole.outlets)),
        ("Published", f"{months[0]} to {months[-1]}" if months else ""),
        ("Without a publication date", f"{whole.months['']:,}" if whole.months[""] else ""),
        ("Texts", "" if plan["texts"] else "not included; anyone who has them can restore them (see “Use”)"),
        ("Licence", plan["licence"] or "not given: ask the person who gave you the dataset before you share it"),
    ]
    yield from _table(["", ""], [row for row in rows if row[1]])
    if whole.outlets and charts:
        yield "![Articles by outlet and split](charts/outlets.png)\n"
        yield "![Articles by month of publication](charts/months.png)\n"


def _splits(about: Mapping[str, Any], counts: Mapping[str, Counts], splits: Splits | None) -> Iterator[str]:
    yield "## Splits\n"
    if splits is None:
        yield (
            "There are no splits: all articles are in one file. Create splits with `--splits`, not by lines, since "
            "articles share text.\n"
        )
        return
    recipe = splits.recipe
    total = sum(each.articles for each in counts.values()) or 1
    yield from _table(
        ["split", "articles", "share", "target", "annotations", "lines"],
        [
            (
                split,
                f"{each.articles:,}",
                f"{each.articles / total:.0%}",
                f"{recipe.shares.get(split, 0):.0%}",
                f"{each.annotations:,}",
                f"{each.lines:,}",
            )
            for split, each in counts.items()
        ],
    )
    if recipe.cuts:
        cuts = ", ".join(f"{_plain(split)} from {day}" for split, day in recipe.cuts.items())
        how = f"A group goes where its latest publication date belongs ({cuts})"
    else:
        how = (
            f"A hash of its name and the seed “{_plain(recipe.seed)}” chooses the split of a group, as far as the "
            "shares allow"
        )
        how += f", balanced over {recipe.stratify}" if recipe.stratify else ""
    asked = (f"the same {each}" for each in recipe.by if each != "date")
    together = ", ".join(("near-duplicates", "the same quotations", "the same utterances", *asked))
    if empty := [split for split in recipe.shares if split not in counts]:
        yield f"{' and '.join(map(_plain, empty))} is empty: groups are placed whole, and there are few of them.\n"
    yield (
        f"Articles that belong together are in one split: {together}. {_many(len(splits.groups), 'group')} of more "
        f"than one article. {how}; placed articles never move."
    )
    if splits.aside:
        yield f"{_many(len(splits.aside), 'annotated article')} set aside and in no split (listed in manifest.json)."
    leaks = about["allowed"].get("leak", 0)
    yield (
        f"**Leakage check: {leaks:,} ties cross splits; this was explicitly accepted.**\n"
        if leaks
        else f"**Leakage check: passed.** None of {_many(len(splits.ties), 'tie')} between the articles crosses "
        "splits, according to the files as written.\n"
    )


def _labels(
    about: Mapping[str, Any], counts: Mapping[str, Counts], whole: Counts, schema: Schema, charts: bool
) -> Iterator[str]:
    yield "## Labels\n"
    columns = {**counts, "all": whole} if len(counts) > 1 else counts
    if whole.spans:
        yield from _table(
            ["label", *columns, "what it is"],
            [
                (
                    f"`{label.key}`",
                    *(f"{each.spans[label.key]:,}" for each in columns.values()),
                    _plain(_sentence(label.guideline or "") or label.title),
                )
                for label in schema.labels.values()
            ],
        )
        if charts:
            yield "![Spans by label and split](charts/spans.png)\n"
    gold = about["plan"]["source"] == "gold"
    nothing = "someone looked and found nothing"
    if gold and "unsettled" in about["allowed"]:
        nothing += ", or the spans have unresolved disagreements"
    facts = [
        (whole.nested, "spans are nested within another one"),
        (whole.fragmented, "spans have more than one fragment"),
        (whole.without_spans, f"{'articles' if gold else 'annotations'} have no spans: {nothing}"),
    ]
    yield from (f"- {number:,} {words}" for number, words in facts if number)
    if whole.attributes:
        yield "\nAttributes, and the number of spans of their label that have them:\n"
        yield from _table(
            ["label", "attribute", "spans", "share"],
            [
                (f"`{label}`", f"`{name}`", f"{number:,}", f"{number / whole.spans[label]:.0%}")
                for (label, name), number in sorted(whole.attributes.items())
            ],
        )
    yield from number_table(whole, schema)
    for title, found in (("Relations", whole.relations), ("Records", whole.records), ("Quotations", whole.types)):
        if found:
            yield f"{title}: {', '.join(f'{name} {number:,}' for name, number in sorted(found.items()))}.\n"
    if whole.entries:
        named = {schema.registries.get(key, key): ids for key, ids in sorted(whole.entries.items())}
        yield f"Registry entries: {', '.join(f'{_plain(name)} {len(ids):,}' for name, ids in named.items())}.\n"
    yield "The complete label set with its guidelines is in `schema.yaml`.\n"


def number_table(counts: Counts, schema: Schema) -> Iterator[str]:
    """Yield what numbers there are: the smallest, the median and the largest of each attribute, and its unit."""
    given: dict[tuple[str, str], list[tuple[int | float, int]]] = {}
    for (label, name, number), times in sorted(counts.numbers.items()):
        given.setdefault((label, name), []).append((number, times))
    if not given:
        return
    rows = []
    for (label, name), numbers in given.items():
        every = [number for number, times in numbers for _ in range(times)]
        unit = schema.labels[label].attributes[name].unit or ""
        shown = [NUMBER.key(each) for each in (every[0], median_low(every), every[-1])]
        rows.append((f"`{label}`", f"`{name}`", _plain(unit), *shown))
    yield "\nNumbers (of an even count, the lower middle is the median):\n"
    yield from _table(["label", "attribute", "unit", "smallest", "median", "largest"], rows)


def _people(plan: Mapping[str, Any], whole: Counts, agreement: Mapping[str, Any] | None) -> Iterator[str]:
    yield "## Annotators and agreement\n"
    nobody = {"gold"} if plan["source"] == "gold" else set[str]()
    replaced = " (pseudonyms)" if plan["anonymous"] else ""
    for people, noun in (({*whole.annotators, *whole.asked} - nobody, "annotator"), (whole.reviewers, "reviewer")):
        if people:
            yield f"{_many(len(people), noun)}: {', '.join(map(_plain, sorted(people)))}{replaced}.\n"
    if whole.basis:
        total = sum(whole.basis.values())
        yield "What gold spans are based on:\n"
        yield from _table(
            ["", "spans", "share"],
            [
                (_BASES.get(name, name), f"{number:,}", f"{number / total:.0%}")
                for name, number in sorted(whole.basis.items())
            ],
        )
    if agreement is None:
        yield "No article was annotated by two people, so **agreement is not known**.\n"
        return
    figures = agreement["figures"]
    yield (
        "Over all submitted work in the project, not only what is in these files: "
        f"{_many(len(agreement['annotators']), 'annotator')} shared {_many(agreement['articles'], 'article')}; "
        "figures are means over pairs, pooled over articles, with 95 % bootstrap intervals over articles:\n"
    )
    rows = []
    for name in (agreement["chance"], *_FIGURES):
        each = figures.get(name)
        if each and each["value"] is not None:
            between = f"{each['low']:.2f} to {each['high']:.2f}" if each.get("low") is not None else ""
            rows.append((meaning(name).title, f"{each['value']:.2f}", between, meaning(name).means))
    yield from _table(["figure", "", "95 %", "meaning"], rows)
    if agreement["warning"]:
        yield f"{agreement['warning']}\n"
    yield "`agreement.json` has all figures, by label, pair, outlet and month.\n"


def _limits(about: Mapping[str, Any], plan: Mapping[str, Any], agreement: Mapping[str, Any] | None) -> Iterator[str]:
    yield "## Known limits\n"
    allowed = about["allowed"]
    for kind, times in allowed.items():
        yield f"- **Accepted: {times:,} × {kind}** – {REMEDIES[kind].split(':')[0]}."
    if plan["source"] == "gold" and "unsettled" not in allowed:
        yield "- Every disagreement between annotators of these articles is resolved."
    yield (
        "- The program made suggestions, which people accepted or changed one by one; the spans and values it "
        "suggested may be favoured."
    )
    yield (
        "- Text without spans may still contain something that annotators "
        f"missed{': see detection above' if agreement else ''}."
    )
    for name, losses in about["losses"].items():
        yield f"- In {name}:"
        yield from (f"  - {loss['what']} ({loss['times']:,})" for loss in losses)
    yield ""


def _use(about: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[str]:
    format, offsets = _LINES[plan["shape"] if plan["texts"] else "without texts"]
    yield "## Use\n"
    yield f"{offsets} The format is `{format}`.\n"
    others = ", ".join(f"`{name}/`" for name in plan["formats"])
    yield (
        f"The data are in `data/`, one file per split{f'; the same in other formats: {others}' if others else ''}.\n"
    )
    if not plan["texts"]:
        yield (
            "The texts are not included. If you have them, restore them:\n\n```sh\nsaywhen hydrate DATASET --texts "
            "FOLDER\n```\n"
        )
    yield (
        f"Made by SayWhen {about['program']['version']} from revision {about['project']['revision']} "
        f"with\n\n```sh\n{about['command']}\n```\n\n`saywhen export --check DATASET` compares the files with "
        "`manifest.json` and the project they are from.\n"
    )


def _sentence(words: str) -> str:
    """Return the first sentence of a guideline, over line breaks."""
    first = " ".join(words.strip().split("\n\n")[0].split())
    found = _SENTENCE.match(first)
    return found[0] if found else first


def _source(plan: Mapping[str, Any]) -> str:
    return {"gold": "gold", "all": "all annotations"}.get(plan["source"], "one annotator")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _listed(found: Mapping[str, int], most: int = 8) -> str:
    """Return names with their numbers, the most frequent first; nothing where none has a name."""
    named = sorted(((name, number) for name, number in found.items() if name), key=lambda each: (-each[1], each[0]))
    told = [f"{_plain(name)} {number:,}" for name, number in named[:most]]
    return ", ".join(told + ([f"{len(named) - most:,} more"] if len(named) > most else []))


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _plain(words: str) -> str:
    """Return words so that Markdown shows them as they are: names of outlets and people are not ours."""
    return re.sub(r"([\\`*_{}\[\]<>#])", r"\\\1", " ".join(words.split()))
