"""Parquet for Hugging Face `datasets`, pandas, DuckDB: a row for each annotator's work on an article, in typed columns.

The features stand in the file's metadata as `datasets` writes them, so that `load_dataset` finds every type in a file
whose columns happen to be empty too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from labeling.annotation.article import Article
from labeling.dataset import FORMAT as LINE_FORMAT
from labeling.dataset import quotation_type
from labeling.dataset.line_losses import all_annotations
from labeling.errors import ArticleError
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import Fault, Source, row_article
from labeling.formats.recognizing import tool_of
from labeling.formats.saywhen import taken
from labeling.schema import Attribute, Schema
from labeling.schema.kinds import Storage, entry_ids

if TYPE_CHECKING:  # it takes a third of a second to load, and most starts do without
    import pyarrow as pa
    import pyarrow.parquet as pq

# A row group is what a consumer reads at once: some megabytes of text, or as many rows.
_GROUP_CHARACTERS = 4_000_000
_GROUP_ROWS = 1_000
_BATCH = 64

_SAID = ("rule", "reviewer", "took", "at", "note", "clause")
_OF_ARTICLE = ("id", "title", "outlet", "url", "language", "published", "text", "selection")
#: What stands in our files only.
_OURS = {"annotator", "spans", "relations", "entries", "text", "id"}


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a row for each annotator's work, and one without an annotator for an article without work; nothing is lost.

    Memory is bounded by a row group, and the same lines give the same bytes under the same version of pyarrow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = _attribute_names(schema)
    first = next(given := iter(lines), None)
    lines = given if first is None else chain((first,), given)
    columns = _columns(schema, names, windows=first is not None and "window" in first)
    with pq.ParquetWriter(target, columns, compression="zstd") as writer:
        for group in _groups(row for line in lines for row in _rows(line, schema, names, losses)):
            writer.write_table(pa.Table.from_pylist(group, columns), row_group_size=len(group))


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in portions that make a row group."""
    group: list[dict[str, Any]] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += len(row["text"])
        if characters >= _GROUP_CHARACTERS or len(group) >= _GROUP_ROWS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _attribute_names(schema: Schema) -> dict[tuple[str, str], str]:
    """Return the field of each (label, attribute): the attribute's name, or `label.name` where labels type it differently."""
    types: dict[str, set[Storage]] = {}
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            types.setdefault(attribute.key, set()).add(attribute.kind.storage(attribute))
    return {
        (label.key, key): key if len(types[key]) == 1 else f"{label.key}.{key}"
        for label in schema.labels.values()
        for key in label.attributes
    }


def _columns(schema: Schema, names: dict[tuple[str, str], str], *, windows: bool) -> pa.Schema:
    """Return the columns for a label set, with the features that `datasets` reads; windows say where they stood."""
    import pyarrow as pa

    string = pa.string()

    def strings(*names: str) -> list[tuple[str, pa.DataType]]:
        return [(name, string) for name in names]

    published = pa.struct(strings("value", "basis"))
    count = pa.int32()
    support = [("present", count), ("label", count), ("ends", count)]
    support.append(("values", pa.list_(pa.struct([("name", string), ("count", count)]))))
    provenance = pa.struct(
        [
            *[("basis", string), ("votes", pa.list_(string)), ("asked", pa.list_(string))],
            *[("support", pa.struct(support)), *strings(*_SAID)],
        ]
    )
    attributes = {name: _type(schema.labels[label].attributes[key]) for (label, key), name in sorted(names.items())}
    span = [
        *strings("id", "label", "text"),
        ("fragments", pa.list_(pa.list_(pa.int32()))),
        # Parquet has no struct without fields.
        *([("attributes", pa.struct(attributes.items()))] if attributes else []),
        ("quotation", string),
        ("waived", pa.list_(pa.struct(strings("what", "reason")))),
        ("provenance", provenance),
    ]
    window = [*strings("article"), ("number", pa.int32()), *strings("unit"), ("start", pa.int32()), ("end", pa.int32())]
    columns = pa.schema(
        [
            *[(name, published if name == "published" else string) for name in _OF_ARTICLE],
            *([("window", pa.struct(window))] if windows else []),
            *strings("annotator"),
            ("revision", pa.int64()),
            *strings("status", "skip_reason"),
            ("published_corrected", published),
            ("spans", pa.list_(pa.struct(span))),
            ("relations", pa.list_(pa.struct([*strings("id", "type", "from", "to"), ("provenance", provenance)]))),
            ("comments", pa.list_(pa.struct(strings("id", "span", "flag", "text")))),
            ("entries", pa.list_(pa.struct(strings("registry", "id", "name")))),
        ]
    )
    features = {field.name: _feature(field.type) for field in columns}
    ours = {"format": LINE_FORMAT, "schema": {"name": schema.name, "version": schema.version}}
    return columns.with_metadata(
        {"huggingface": json.dumps({"info": {"features": features}}), "saywhen": json.dumps(ours)}
    )


def _type(attribute: Attribute) -> pa.DataType:
    """Return the type of an attribute's values."""
    import pyarrow as pa

    match attribute.kind.storage(attribute):
        case "string":
            return pa.string()
        case "strings":
            return pa.list_(pa.string())
        case "boolean":
            return pa.bool_()
        case "integer":
            return pa.int64()
        case "number":
            return pa.float64()
        case tuple(parts):
            return pa.struct([(part, pa.string()) for part in parts])
        case other:
            assert_never(other)


def _feature(type: pa.DataType) -> Any:
    """Return a type as `datasets` writes it; a list in the way that its versions before 4 know too."""
    import pyarrow as pa

    if pa.types.is_struct(type):
        return {field.name: _feature(field.type) for field in type}
    if pa.types.is_list(type):
        return [_feature(type.value_type)]
    return {"dtype": str(type), "_type": "Value"}


def _rows(line: Line, schema: Schema, names: dict[tuple[str, str], str], losses: Losses) -> Iterator[dict[str, Any]]:
    """Yield the rows of an article."""
    about = {name: line[name] for name in _OF_ARTICLE} | {"window": line.get("window")}
    about["entries"] = [
        {"registry": registry, "id": id, "name": name}
        for registry, entries in line["entries"].items()
        for id, name in entries.items()
    ]
    if not line["annotations"]:
        yield about
    for annotation in all_annotations(line, losses, ("judgments",)):
        yield {
            **about,
            **{name: annotation[name] for name in ("annotator", "revision", "status", "skip_reason")},
            "published_corrected": annotation["published"],
            "spans": [_span(span, line, schema, names, losses) for span in annotation["spans"]],
            "relations": annotation["relations"],
            "comments": annotation["comments"],
        }


def _span(
    span: dict[str, Any], line: Line, schema: Schema, names: dict[tuple[str, str], str], losses: Losses
) -> dict[str, Any]:
    label, id = span["label"], span["id"]
    row: dict[str, Any] = {"id": id, "label": label, "text": span["text"], "fragments": span["fragments"]}
    row["attributes"] = attributes = {}
    for key, value in span["attributes"].items():
        if name := names.get((label, key)):
            several = label in schema.labels and schema.labels[label].attributes[key].several
            attributes[name] = entry_ids(value) if several else value
        else:
            losses.add("attributes that the label set does not have are lost", f"{line['id']}, span {id}")
    if (known := schema.labels.get(label)) and known.quotation:
        row["quotation"] = quotation_type(line["text"], span["fragments"])
    if waived := span.get("waived"):
        row["waived"] = [{"what": what, "reason": reason} for what, reason in waived.items()]
    row["provenance"] = provenance = span.get("provenance")
    if provenance and (support := provenance.get("support")):
        pairs = [{"name": name, "count": count} for name, count in support["values"].items()]
        row["provenance"] = {**provenance, "support": {**support, "values": pairs}}
    return row


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a Parquet file: with everyone's work if SayWhen wrote it, else from a column of texts.

    The line of what is yielded is the number of its first row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as stream, pq.ParquetFile(stream) as file:
            names = set(file.schema_arrow.names)
            yield from _ours(path, file) if names >= _OURS else _others(path, file)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as fault:  # the last of damaged text
        # Arrow says OSError of bytes that it cannot make sense of too, but without a number.
        if isinstance(fault, OSError) and fault.errno is not None:
            reason = f"can't read it ({fault.strerror}); check the name and your permissions"
        else:
            reason = f"it is not a valid Parquet file ({_first_line(fault)}); write or copy it again"
        yield Fault(str(path), None, reason)


def _numbered(file: pq.ParquetFile) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row with its number, from 1."""
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        for row in batch.to_pylist():
            number += 1
            yield number, row


def _ours(path: Path, file: pq.ParquetFile) -> Iterator[Marked | Fault]:
    for _, group in groupby(_numbered(file), lambda numbered: numbered[1]["id"]):
        rows = list(group)
        number = rows[0][0]
        try:
            yield taken(_line([row for _, row in rows]), str(path), number)
        except ArticleError as fault:
            yield Fault(str(path), number, str(fault))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            reason = f"the row is not one of SayWhen's ({type(fault).__name__}: {fault}); export it again"
            yield Fault(str(path), number, reason)


def _line(rows: list[dict[str, Any]]) -> Line:
    """Return the line of an article's rows, as far as a reader looks at it."""
    first = rows[0]
    entries: dict[str, dict[str, str]] = {}
    for entry in first["entries"] or ():
        entries.setdefault(entry["registry"], {})[entry["id"]] = entry["name"]
    annotations = []
    for row in rows:
        if row["text"] != first["text"]:
            raise ArticleError(f"the rows of article {first['id']} have different texts; export it again")
        if row["annotator"] is None:
            continue
        annotations.append(
            {
                **{name: row[name] for name in ("annotator", "status", "skip_reason")},
                "published": row["published_corrected"],
                "spans": [_span_read(span) for span in row["spans"]],
                "relations": [{name: link[name] for name in ("id", "type", "from", "to")} for link in row["relations"]],
                "comments": row["comments"],
            }
        )
    return {
        **{name: first[name] for name in _OF_ARTICLE if name != "selection"},
        "format": LINE_FORMAT,
        "annotations": annotations,
        "entries": entries,
    }


def _span_read(row: dict[str, Any]) -> dict[str, Any]:
    span = {name: row[name] for name in ("id", "label", "text", "fragments")}
    span["attributes"] = {
        name.rpartition(".")[2]: _as_ours(value)
        for name, value in (row.get("attributes") or {}).items()
        if value is not None
    }
    if row.get("waived"):
        span["waived"] = {each["what"]: each["reason"] for each in row["waived"]}
    return span


def _as_ours(value: Any) -> Any:
    """Return a value as we hold it: a date without the parts that it does not have, and one entry by itself."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return {key: part for key, part in value.items() if part is not None} if isinstance(value, dict) else value


def _others(path: Path, file: pq.ParquetFile) -> Iterator[Article | Fault]:
    """Yield the articles of a file that is not ours; what may be work in it is named."""
    import pyarrow as pa

    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        reason = (
            f"the columns {', '.join(nested)} are not in SayWhen's form; only text and metadata are imported. If "
            "they are annotations, convert them to one of the formats in docs/formats.md"
        )
        row = next((row for _, row in _numbered(file)), {})
        if tool := tool_of(row):
            first = "write the rows as lines of JSON, then " if tool.kind else ""
            reason = (
                f"the columns {', '.join(nested)} are ignored: they seem to be {tool.name}; {first}{tool.what_to_do}"
            )
        yield Fault(str(path), None, reason)
        if tool and not isinstance(row.get("text"), str):
            return
    with path.open("rb") as stream:
        source = Source(str(path), path.name, stream)
        for number, row in _numbered(file):
            try:
                yield row_article({name.strip().lower(): _plain(value) for name, value in row.items()}, source, number)
            except ArticleError as fault:
                yield Fault(str(path), number, str(fault))


def _plain(value: Any) -> Any:
    """Return a value as JSON would hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float | list | dict) else str(value)


def _first_line(fault: BaseException) -> str:
    return str(fault).strip().split("\n")[0].rstrip(".")[:200]


FORMAT = Format("parquet", "Parquet (Hugging Face datasets)", ".parquet", write, read, several=True)
