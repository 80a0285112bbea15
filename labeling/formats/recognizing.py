"""Which tool wrote a JSON value, recognized by its keys: for a file that is given without its kind, or with another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labeling.errors import ArticleError

__all__ = ["OtherToolError", "Tool", "is_pair", "tool_of"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose files are recognized, by its name and format; the kind that reads them, or what to do."""

    name: str
    kind: str | None
    remedy: str = ""

    def __str__(self) -> str:
        """Return a clause with the remedy."""
        return f"it seems to be {self.name}; {self.what_to_do}"

    @property
    def what_to_do(self) -> str:
        """The remedy."""
        return self.remedy or f"import it with --kind {self.kind}"


class OtherToolError(ArticleError):
    """A file from another tool than the one that it is read as; the rest of it needn't be read."""


_AS_TRIPLES = (
    'write each text as a line {"text": …, "label": [[start, end, "label"], …]} and import it with --kind doccano'
)
_NOT_READ = (
    "SayWhen doesn't support this format; if the tool exports CoNLL columns, brat or UIMA XMI, use these "
    f"(docs/formats.md), otherwise {_AS_TRIPLES}"
)


def tool_of(value: object, kind: str | None = None) -> Tool | None:
    """Return the tool that a row of JSON seems to come from; None for a plain article and for anything unknown.

    Of several that it could be of, it is that of `kind`.

    >>> str(tool_of({"text": "Go.", "label": [[0, 2, "VERB"]]}))
    'it seems to be doccano JSONL; import it with --kind doccano'
    """
    if isinstance(value, list):
        return _SPACY_PAIRS if is_pair(value) else None
    if isinstance(value, dict) and not _IDENTIFYING.isdisjoint(value):
        likely = sorted(_TOOLS, key=lambda each: each[0].kind != kind) if kind else _TOOLS
        return next((tool for tool, fits in likely if fits(value)), None)
    return None


def is_pair(value: object) -> bool:
    """Return whether a value is a text with its entities, as spaCy was trained on before version 3."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], dict)
        and "entities" in value[1]
    )


def _first(row: dict[str, Any], name: str) -> Any:
    """Return the first value of a list, None where there is none."""
    values = row.get(name)
    return values[0] if isinstance(values, list) and values else None


def _has(value: object, *names: str) -> bool:
    return isinstance(value, dict) and all(name in value for name in names)


def _own(row: dict[str, Any]) -> bool:
    return str(row.get("format")).startswith("saywhen")


def _label_studio(row: dict[str, Any]) -> bool:
    whole = isinstance(row.get("data"), dict) and any(
        name in row for name in ("annotations", "completions", "predictions")
    )
    return whole or {"annotation_id", "annotator"} <= {*row} or {"completions", "task_path"} <= {*row}


def _doccano(row: dict[str, Any]) -> bool:
    if not isinstance(row.get("text", row.get("data")), str):
        return False
    triples = (_first(row, name) for name in ("label", "labels", "entities"))
    if any(isinstance(each, list) and len(each) == 3 and isinstance(each[2], str) for each in triples):
        return True
    given = (_first(row, "entities"), _first(row, "annotations"))
    return "Comments" in row or any(_has(each, "start_offset") or _has(each, "start", "label") for each in given)


def _prodigy(row: dict[str, Any]) -> bool:
    span = _first(row, "spans")
    places = _has(span, "start", "end", "label") or _has(span, "token_start", "label")
    return isinstance(row.get("text"), str) and (places or "_task_hash" in row or {"tokens", "answer"} <= {*row})


def _tagged_tokens(row: dict[str, Any]) -> bool:
    tags = any(isinstance(row.get(name), list) for name in ("ner_tags", "tags", "labels", "ner"))
    return isinstance(_first(row, "tokens"), str) and tags


#: Nothing is another tool's without one of these: of most rows of plain articles no more need be looked at.
_IDENTIFYING = frozenset(
    [
        "Comments",
        "_task_hash",
        "annotatable",
        "annotation_id",
        "annotations",
        "classes",
        "completions",
        "data",
        "document",
        "entities",
        "examples",
        "format",
        "label",
        "labelSets",
        "labels",
        "paragraphs",
        "predictions",
        "sentences",
        "spans",
        "tokens",
    ]
)
_SPACY_PAIRS = Tool("spaCy training data from before version 3", "spacy")
_TOOLS: tuple[tuple[Tool, Callable[[dict[str, Any]], bool]], ...] = (
    (Tool("SayWhen's own export", "jsonl", "import it with --with-work"), _own),
    (Tool("Label Studio's JSON", "labelstudio"), _label_studio),
    (Tool("doccano JSONL", "doccano"), _doccano),
    (Tool("Prodigy JSONL", "prodigy"), _prodigy),
    (
        Tool(
            "tokens with tags, as in Hugging Face datasets",
            None,
            "write them as CoNLL columns (a token and its tag per line, a blank line after each sentence) and import "
            "these with --kind conll",
        ),
        _tagged_tokens,
    ),
    (
        Tool(
            "spaCy's JSON from before version 3",
            None,
            "convert it to .spacy with “python -m spacy convert” and import that with --kind spacy",
        ),
        lambda row: _has(_first(row, "paragraphs"), "sentences"),
    ),
    (
        _SPACY_PAIRS,
        lambda row: (
            "classes" in row and any(map(is_pair, values if isinstance(values := row.get("annotations"), list) else ()))
        ),
    ),
    (
        Tool("tagtog's annotations, without their texts", None, _NOT_READ),
        lambda row: _has(row, "annotatable", "entities"),
    ),
    (Tool("LightTag's JSON", None, _NOT_READ), lambda row: _has(_first(row, "examples"), "content", "annotations")),
    (Tool("UBIAI's JSON", None, _NOT_READ), lambda row: _has(row, "document", "tokens") and "documentName" in row),
    (
        Tool("Datasaur's JSON", None, _NOT_READ),
        lambda row: _has(_first(row, "sentences"), "content", "labels") or _has(row, "labelSets", "sentences"),
    ),
)
