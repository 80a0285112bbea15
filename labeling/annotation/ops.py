"""Operations: the only thing that changes an annotation, as typed values.

A client numbers its operations 1, 2, 3 …; `number` and the client's id together identify one permanently.
Offsets are half-open Unicode code points of the article's text.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

#: Ids are made by clients (UUIDv7 by ours) or by files that are imported.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
#: How long a refused op can be to be stored whole, in characters of JSON.
REFUSED_WHOLE = 2_000

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
#: Why something is omitted. Kept as it was written, so that both sides hold the same.
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
Number = Annotated[int, Field(ge=1, le=2**53, strict=True)]
Offset = Annotated[int, Field(ge=0, le=2**31, strict=True)]
#: A number of JSON that is no infinity; whether it is one of an attribute's its kind says.
Amount: TypeAlias = (
    Annotated[int, Field(strict=True, gt=-(10**15), lt=10**15)]
    | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)
#: An attribute's value: text, choice or registry entry; flag; date; number; several entries (see `schema.kinds`); None unsets.
Value: TypeAlias = str | bool | Amount | dict[str, Any] | list[str] | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, validate_by_name=True)


class Fragment(_Strict):
    """A range `[start, end)` of the text and its words, which prove that both sides mean the same."""

    start: Offset
    end: Offset
    quote: str


class _Op(_Strict):
    number: Number


class Add(_Op):
    """Add a span."""

    kind: Literal["add"]
    id: Id
    label: Key
    fragments: list[Fragment]
    attributes: dict[Key, Value] = {}


class Change(_Op):
    """Change a span's label, its fragments, or both."""

    kind: Literal["change"]
    id: Id
    label: Key | None = None
    fragments: list[Fragment] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Change:
        if self.label is None and self.fragments is None:
            raise ValueError("a change needs a label or fragments")
        return self


class Set(_Op):
    """Set an attribute of a span; null clears it."""

    kind: Literal["set"]
    id: Id
    name: Key
    value: Value


class Waive(_Op):
    """Waive a required attribute or relation of a span, by its key, with a reason; null withdraws the waiver."""

    kind: Literal["waive"]
    id: Id
    name: Key
    reason: Reason | None


class Remove(_Op):
    """Remove a span with its attributes, waivers, comments and relations."""

    kind: Literal["remove"]
    id: Id


class Relate(_Op):
    """Link two spans."""

    kind: Literal["relate"]
    id: Id
    type: Key
    source: Id = Field(alias="from")
    target: Id = Field(alias="to")


class Unrelate(_Op):
    """Remove a link."""

    kind: Literal["unrelate"]
    id: Id


class Comment(_Op):
    """Comment on a span, or on the article (no span), with text, a flag, or both; the same id again replaces the comment."""

    kind: Literal["comment"]
    id: Id
    span: Id | None = None
    flag: Key | None = None
    text: Annotated[str, StringConstraints(max_length=5000)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Comment:
        if self.flag is None and not self.text.strip():
            raise ValueError("a comment needs text or a flag")
        return self


class Uncomment(_Op):
    """Remove a comment."""

    kind: Literal["uncomment"]
    id: Id


class Judge(_Op):
    """Record the outcome of a suggestion, replacing an earlier one; a verdict of null withdraws it.

    `spans` are the ids of the spans made from it, none if it was rejected; a correction names them too.
    """

    kind: Literal["judge"]
    id: Id
    suggester: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/ -]{0,63}$")]
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}$")]
    verdict: Literal["accepted", "corrected", "rejected"] | None
    spans: Annotated[list[Id], Field(max_length=50)] = []


class Publish(_Op):
    """Set this annotator's publication date of the article; null returns to the imported one."""

    kind: Literal["publish"]
    value: str | None
    basis: str | None


class Register(_Op):
    """Create a registry entry; repeating the same id and name changes nothing."""

    kind: Literal["register"]
    registry: Key
    id: Id
    name: Name


class Submit(_Op):
    """Submit the article."""

    kind: Literal["submit"]


class Reopen(_Op):
    """Reopen a submitted or skipped article."""

    kind: Literal["reopen"]


class Skip(_Op):
    """Skip the article, with a reason if there is one."""

    kind: Literal["skip"]
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


class Migrate(_Op):
    """The label set has changed from version `since` to `version`; `state` is the resulting annotation, if it changed.

    Made by the project alone (see `migration`), never by a client. `state` is the whole annotation as
    `dataset.annotation_values` gives it, so that replaying the log doesn't depend on how a migration works today.
    """

    kind: Literal["migrate"]
    since: int
    version: int
    state: dict[str, Any] | None = None


Op: TypeAlias = Annotated[
    Add
    | Change
    | Set
    | Waive
    | Remove
    | Relate
    | Unrelate
    | Comment
    | Uncomment
    | Judge
    | Publish
    | Register
    | Submit
    | Reopen
    | Skip,
    Field(discriminator="kind"),
]

#: What a log may hold: what people did, and changes of the label set.
Logged: TypeAlias = Annotated[
    Add
    | Change
    | Set
    | Waive
    | Remove
    | Relate
    | Unrelate
    | Comment
    | Uncomment
    | Judge
    | Publish
    | Register
    | Submit
    | Reopen
    | Skip
    | Migrate,
    Field(discriminator="kind"),
]

_LOGGED: TypeAdapter[Logged] = TypeAdapter(Logged)
_ADAPTER: TypeAdapter[Op] = TypeAdapter(Op)
_MESSAGE: TypeAdapter[list[Op]] = TypeAdapter(list[Op])
# An import loads each op of many articles: the adapter's own wrapper takes as long as the validation.
_VALIDATE = _ADAPTER.validator.validate_python
#: What of an op is stored next to its JSON.
_STORED_BESIDE = {"number"}


def load(values: dict[str, Any]) -> Op:
    """Return an op made from plain values; raises pydantic.ValidationError, which names each invalid field."""
    op: Op = _VALIDATE(values)
    return op


def load_logged(values: dict[str, Any]) -> Logged:
    """Return an op made from the plain values of a log; raises pydantic.ValidationError."""
    return _LOGGED.validate_python(values)


def to_json(op: Logged) -> str:
    """Return the op as stored in the log: JSON without `number`, which is stored next to it."""
    # The model's own wrapper around this takes half as long again as the writing, and ops are written at each save.
    return op.__pydantic_serializer__.to_json(op, exclude=_STORED_BESIDE, exclude_unset=True).decode()


def to_json_of_refused(op: Logged) -> str:
    """Return a refused op as stored in the log: as any op, or if that is long, its kind, its id and how long it was.

    `omitted` is the length in characters.
    """
    body = to_json(op)
    if len(body) <= REFUSED_WHOLE:
        return body
    about = {name: value for name in ("kind", "id") if (value := getattr(op, name, None)) is not None}
    return orjson.dumps({**about, "omitted": len(body)}).decode()


def load_message(raw: bytes) -> list[Op]:
    """Return the ops that `dump_message` wrote; raises pydantic.ValidationError."""
    return _MESSAGE.validate_json(raw)


def dump_message(message: list[Op]) -> bytes:
    """Return ops with their numbers as one JSON array."""
    return _MESSAGE.dump_json(message, exclude_unset=True)
