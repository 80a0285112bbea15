"""The registry entries of stories as clusters of mentions, in the formats that coreference scorers read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labeling.dataset import annotation_part, article_values
from labeling.errors import NotFoundError, StoreError
from labeling.formats.coreference import ClusterMention, MentioningArticle, conll_2012, corefud
from labeling.formats.marked import Losses
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.services.stories import groups, lines_of_articles
from labeling.store.contract import Store


def export_clusters(store: Store, folder: Path, annotator: str | None = None) -> tuple[dict[str, int], Losses]:
    """Write each registry's clusters to a new folder and return the number of mentions by file, and what was lost.

    Gold counts or, of an article without gold, the submitted work of one annotator; or that of the given `annotator`. Every
    registry has a file in CoNLL-2012 columns and one in CorefUD; `clusters.tsv` says which entry has which number. Raises
    StoreError where the folder exists, NotFoundError for an annotator without submitted work.
    """
    schema = store.schema
    with store.reading() as project:
        order = project.articles.ids()
    story_of = {article: id for id, story in groups(store).items() for article in story.articles}
    ids = sorted(order, key=lambda id: story_of.get(id, "~"))
    lines = _lines_of(store, ids, annotator) if annotator else lines_of_articles(store, ids)
    if annotator and not lines:
        raise NotFoundError(f"{annotator} hasn't submitted any articles; check the name")
    try:
        folder.mkdir(parents=True)
    except OSError as fault:
        raise StoreError(f"can't write to {folder}: {fault.strerror}; name a folder that doesn't exist yet") from None
    losses, written = Losses(), {}
    with (folder / "clusters.tsv").open("w", encoding="utf-8", newline="") as index:
        index.write("registry\tcluster\tentry\tname\n")
        for registry in schema.registries:
            numbers: dict[str, int] = {}
            articles = [_mentioning(line, registry, schema, numbers, story_of) for line in lines]
            if not numbers:
                continue
            names = store.registries().get(registry, {})
            index.writelines(
                f"{registry}\t{number}\t{id}\t{' '.join(names.get(id, id).split())}\n" for id, number in numbers.items()
            )
            count = sum(len(article.mentions) for article in articles)
            for suffix, made in (
                ("conll", conll_2012(articles, losses)),
                ("conllu", corefud(articles, registry, losses)),
            ):
                name = f"{registry}.{suffix}"
                with (folder / name).open("w", encoding="utf-8", newline="") as file:
                    file.writelines(f"{row}\n" for row in made)
                written[name] = count
    return written, losses


def _lines_of(store: Store, articles: Sequence[str], annotator: str) -> list[dict[str, Any]]:
    """Return the lines of articles that someone has submitted, with their work."""
    made, schema = [], store.schema
    with store.reading() as project:
        for id in articles:
            article = project.articles.get(id)
            held = [each for each in project.annotations.submitted(id) if each.annotator == annotator]
            if article and held:
                work = {"annotator": annotator, **annotation_part(held[0].values, article.text, schema)[0]}
                made.append({**article_values(article), "text": article.text, "annotations": [work]})
    return made


def _mentioning(
    line: dict[str, Any], registry: str, schema: Schema, numbers: dict[str, int], story_of: dict[str, str]
) -> MentioningArticle:
    """Return an article with the mentions of a registry's entries; `numbers` gets a number for each new entry."""
    mentions = []
    for annotation in line["annotations"]:
        for span in annotation["spans"]:
            for name, of in schema.registries_by_label[span["label"]]:
                if of == registry:
                    fragments = tuple((start, end) for start, end in span["fragments"])
                    for id in entry_ids(span["attributes"].get(name)):
                        mentions.append(ClusterMention(fragments, numbers.setdefault(id, len(numbers) + 1)))
    return MentioningArticle(line["id"], story_of.get(line["id"], line["id"]), line["text"], mentions)
