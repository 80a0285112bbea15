"""The card of a dataset: Markdown with the front matter that the Hugging Face hub reads, every number counted from the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from statistics import median_low
from typing import Any

import yaml

from labeling.dataset import FORMAT, RECORD_FORMAT
from labeling.dataset.card_sources import has_detection, sources, suggestions, unresolved
from labeling.dataset.counts import Counts, merged
from labeling.dataset.markdown import listed, plain, table
from labeling.dataset.refusals import REMEDIES
from labeling.dataset.shapes import TOKENS_FORMAT
from labeling.dataset.splits import Splits
from labeling.dataset.standoff import STANDOFF_FORMAT
from labeling.quantities import many
from labeling.schema import Schema
from labeling.schema.kinds import NUMBER

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
    title = plan["title"] or _title(plan, whole, schema)
    parts = [
        _front_matter(about, whole, schema, title),
        f"# {plain(title)}\n",
        *_what(about, whole, schema, charts),
        *_splits(about, counts, splits),
        *_labels(about, counts, whole, schema, charts),
        *sources(about, whole, agreement),
        *suggestions(whole),
        *_limits(about, agreement),
        *_use(about, plan),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _title(plan: Mapping[str, Any], whole: Counts, schema: Schema) -> str:
    what = "Who said what, and when" if len(_topics(whole, schema)) == 2 else schema.name
    return f"{what}: {_source(plan)}"


def _topics(whole: Counts, schema: Schema) -> list[str]:
    """Return the tags of the Hugging Face hub for the contents of the files."""
    heads = {schema.records[name].head for name in whole.records}
    labels = [schema.labels[key] for key in {*whole.spans, *heads}]
    topics = {
        "quotation-attribution": any(label.quotation for label in labels),
        "temporal-expressions": any(label.date for label in labels),
    }
    return [topic for topic, found in topics.items() if found]


def _front_matter(about: Mapping[str, Any], whole: Counts, schema: Schema, title: str) -> str:
    plan = about["plan"]
    parquet = "parquet" in plan["formats"]
    values: dict[str, Any] = {"pretty_name": title}
    if languages := sorted(language for language in whole.languages if language):
        values["language"] = languages
    values |= {
        "license": plan["licence"] or "unknown",
        **({"task_categories": ["token-classification"]} if whole.spans else {}),
        "size_categories": [next((name for most, name in _SIZES if whole.lines < most), "n>1M")],
        "tags": [*_topics(whole, schema), "saywhen"],
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
            f"{many(whole.articles, 'article')} of {many(len([name for name in whole.outlets if name]), 'outlet')}"
            if whole.outlets
            else f"{many(whole.articles, 'article')}"
        )
        + f", annotated with the label set “{plain(schema.name)}”, version {schema.version}: "
        f"{plain(', '.join(label.title.lower() for label in schema.labels.values()))}."
    )
    yield _whose(about, whole) + "\n"
    if removed := about.get("removed"):
        yield _removed(removed) + "\n"
    months = sorted(month for month in whole.months if month)
    rows = [
        ("Shape", plan["shape"]),
        ("Lines", f"{whole.lines:,}"),
        ("Characters", f"{whole.characters:,}" if whole.characters else ""),
        ("Tokens", f"{whole.tokens:,}" if whole.tokens else ""),
        ("Languages", listed(whole.languages)),
        ("Outlets", listed(whole.outlets)),
        ("Published", f"{months[0]} to {months[-1]}" if months else ""),
        ("Without a publication date", f"{whole.months['']:,}" if whole.months[""] else ""),
        ("Texts", "" if plan["texts"] else "not included; anyone who has them can restore them (see “Use”)"),
        ("License", plan["licence"] or "not given: ask the person who gave you the dataset before you share it"),
    ]
    yield from table(["", ""], [row for row in rows if row[1]])
    if whole.outlets and charts:
        yield "![Articles by outlet and split](charts/outlets.png)\n"
        yield "![Articles by month of publication](charts/months.png)\n"


def _whose(about: Mapping[str, Any], whole: Counts) -> str:
    """Return the paragraph on whose work the annotations are."""
    if review := about.get("review"):
        policy = review["policy"]
        return (
            "The annotations are **gold**, made from the work submitted on each article. The project’s policy is "
            f"“{policy['rule']}”: it accepts {policy['accepts']}."
        )
    if about["plan"]["source"] != "all":
        return "The annotations are **one annotator’s work**."
    unresolved = ", with disagreements unresolved" if len(whole.annotators) > 1 else ""
    return f"The annotations are **all annotators’ work**{unresolved}: one annotation per article and person."


def _removed(removed: Mapping[str, Any]) -> str:
    """Return the sentence on what was removed from the project since the dataset before this one."""
    kinds = (("article", ""), ("person", "people’s names"), ("entry", "registry entries"))
    names = {"article": "article", "person": "person’s name", "entry": "registry entry"}
    found = [many(removed[kind], names[kind], plural) for kind, plural in kinds if kind in removed]
    return (
        f"Since the previous dataset (built on {removed['since']}), these were removed from the project for good: "
        f"{', '.join(found)}. Don’t use earlier versions any more."
    )


def _splits(about: Mapping[str, Any], counts: Mapping[str, Counts], splits: Splits | None) -> Iterator[str]:
    yield "## Splits\n"
    if splits is None:
        yield (
            "There are no splits: all articles are in one file. Create splits with `--splits`, not line by line, since "
            "articles can share text.\n"
        )
        return
    recipe = splits.recipe
    total = sum(each.articles for each in counts.values()) or 1
    yield from table(
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
        cuts = ", ".join(f"{plain(split)} from {day}" for split, day in recipe.cuts.items())
        how = f"Each group goes to the split of its latest publication date ({cuts})"
    else:
        how = (
            f"A hash of its name and the seed “{plain(recipe.seed)}” chooses the split of a group, as far as the "
            "shares allow"
        )
        how += f", balanced over {recipe.stratify}" if recipe.stratify else ""
    asked = (f"the same {each}" for each in recipe.by if each != "date")
    together = ", ".join(("near-duplicates", "the same quotations", "the same utterances", "the same story", *asked))
    if empty := [split for split in recipe.shares if split not in counts]:
        yield f"No article of this dataset is in {' or '.join(map(plain, empty))}.\n"
    leaks = about["allowed"].get("leak", 0)
    but = ", but for the ties below" if leaks else ""
    yield (
        f"Articles that belong together are in one split{but}: {together}. {many(len(splits.groups), 'group')} of more "
        f"than one article. {how}; placed articles never move."
    )
    if aside := about["set aside"]:
        yield f"{many(len(aside), 'annotated article')} set aside and in no split (listed in manifest.json)."
    yield (
        f"**Leakage check: {many(leaks, 'tie')} across splits; this was explicitly accepted.**\n"
        if leaks
        else f"**Leakage check: passed.** None of {many(len(splits.ties), 'tie')} between the articles crosses "
        "splits, according to the files as written.\n"
    )


def _labels(
    about: Mapping[str, Any], counts: Mapping[str, Counts], whole: Counts, schema: Schema, charts: bool
) -> Iterator[str]:
    yield "## Labels\n"
    columns = {**counts, "all": whole} if len(counts) > 1 else counts
    if whole.spans:
        yield from table(
            ["label", *columns, "what it is"],
            [
                (
                    f"`{label.key}`",
                    *(f"{each.spans[label.key]:,}" for each in columns.values()),
                    plain(_sentence(label.guideline or "") or label.title),
                )
                for label in schema.labels.values()
            ],
        )
        if charts:
            yield "![Spans by label and split](charts/spans.png)\n"
    facts = [
        (whole.nested, "Spans nested within another one"),
        (whole.fragmented, "Spans of more than one fragment"),
        *_without_spans(about, whole),
    ]
    yield from (f"- {words}: {number:,}" for number, words in facts if number)
    if whole.attributes:
        yield "\nAttributes, and the number of spans of their label that have them:\n"
        yield from table(
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
        yield f"Registry entries: {', '.join(f'{plain(name)} {len(ids):,}' for name, ids in named.items())}.\n"
    yield "The complete label set with its guidelines is in `schema.yaml`.\n"


def _without_spans(about: Mapping[str, Any], whole: Counts) -> Iterator[tuple[int, str]]:
    """Yield how many articles or annotations have no spans, and what is known about why."""
    if review := about.get("review"):
        yield whole.without_spans, "Articles without gold spans"
        yield review["articles"]["nothing marked"], "Articles in which no annotator marked anything"
        return
    yield len(whole.statuses.get("open", ())), "Annotations in progress"
    yield len(whole.statuses.get("skipped", ())), "Annotations of an article that the annotator skipped"
    submitted = whole.statuses.get("submitted", set()) - whole.marked
    yield len(submitted), "Annotations submitted without a span"
    if not whole.statuses:
        yield whole.without_spans, "Annotations without spans"


def number_table(counts: Counts, schema: Schema) -> Iterator[str]:
    """Yield a table of number attributes: the smallest value, the median, the largest value and the unit."""
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
        rows.append((f"`{label}`", f"`{name}`", plain(unit), *shown))
    yield "\nValues of number attributes (the median of an even count is the lower of the two middle values):\n"
    yield from table(["label", "attribute", "unit", "smallest", "median", "largest"], rows)


def _limits(about: Mapping[str, Any], agreement: Mapping[str, Any] | None) -> Iterator[str]:
    yield "## Known limits\n"
    for kind, times in about["allowed"].items():
        yield f"- **Accepted: {times:,} × {kind}** – {REMEDIES[kind].split(':')[0]}."
    if review := about.get("review"):
        yield from unresolved(review)
    work = about["work"]
    if work["imported"] < work["annotations"] or work["edited after import"]:
        yield (
            "- SayWhen suggests spans and values, and annotators accept or change each one. This may bias them towards "
            "the suggestions."
        )
    yield (
        "- Text without spans may still contain something that annotators "
        f"missed{': see detection above' if has_detection(agreement) else ''}."
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
        f"The data are in {'`data/`, one file per split' if 'splits' in about['project'] else '`data/all.jsonl`'}"
        f"{f'; other formats: {others}' if others else ''}.\n"
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
