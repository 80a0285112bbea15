"""Work on an article as if someone had done it: the gold of the sample corpus, or any line of an export."""

from __future__ import annotations

import secrets
from typing import Any

from labeling.annotation import ops
from labeling.store.project import Store


def marked(store: Store, annotator: str, line: dict[str, Any], *, submit: bool = False) -> None:
    """Save the annotation in an export's line as the annotator's own work, and submit it if asked."""
    text, gold = line["text"], line["annotations"][0]
    steps = [
        {"kind": "register", "registry": registry, "id": id, "name": name}
        for registry, names in line["entries"].items()
        for id, name in names.items()
    ]
    for span in gold["spans"]:
        parts = [{"start": start, "end": end, "quote": text[start:end]} for start, end in span["fragments"]]
        steps.append({"kind": "add", **{key: span[key] for key in ("id", "label", "attributes")}, "fragments": parts})
    steps += [{"kind": "relate", **relation} for relation in gold["relations"]]
    if submit:
        steps.append({"kind": "submit"})
    message = [ops.load({"number": number, **step}) for number, step in enumerate(steps, 1)]
    answer = store.append(annotator, str(line["id"]), secrets.token_hex(8), 0, message)
    assert not answer.refused, answer.refused


def mark(
    store: Store,
    who: str,
    article: str,
    *marks: tuple[str, str],
    links: list[tuple[str, int, int]] | None = None,
    submit: bool = True,
) -> None:
    """Mark words with labels, each the first of its kind in the article, link them by their numbers, and submit it."""
    text = store.article(article).text  # type: ignore[union-attr]
    made: list[dict[str, Any]] = []
    for number, (words, label) in enumerate(marks):
        start = text.index(words)
        part = {"start": start, "end": start + len(words), "quote": words}
        made.append({"kind": "add", "id": f"{who}{number}", "label": label, "fragments": [part]})
    for number, (type, source, target) in enumerate(links or []):
        made.append(
            {"kind": "relate", "id": f"{who}r{number}", "type": type, "from": f"{who}{source}", "to": f"{who}{target}"}
        )
    if submit:
        made.append({"kind": "submit"})
    message = [ops.load({"number": number, **op}) for number, op in enumerate(made, 1)]
    answer = store.append(store.sign_in(who), article, secrets.token_hex(8), 0, message)
    assert not answer.refused, answer.refused
