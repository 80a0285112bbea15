"""The plan of a dataset: whose work, which shape and formats, and the problems to accept."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from labeling.dataset.refusals import KINDS, Kind
from labeling.errors import DatasetError

Shape = Literal["articles", "sentences", "paragraphs", "records", "tokens"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a dataset.

    `source` is “gold”, “all” for everyone's votes, or an annotator's name; `submitted` omits what is not submitted
    (of gold: what is not resolved). `shape` is that of the JSONL, `formats` (of `formats.registry`) are written beside it; `splits`
    names the project's splits to follow. `texts` off writes lines without text; `allow` accepts kinds of problems. Raises DatasetError for options that don't go together.
    """

    source: str = "gold"
    submitted: bool = False
    shape: Shape = "articles"
    formats: tuple[str, ...] = ()
    splits: str | None = None
    anonymous: bool = False
    texts: bool = True
    allow: tuple[Kind, ...] = ()
    title: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        for kind, names, known in (
            ("shape", [self.shape], SHAPES),
            ("problem to accept", self.allow, KINDS),
        ):
            if unknown := [name for name in names if name not in known]:
                raise DatasetError(f"there is no {kind} “{unknown[0]}”; use one of {', '.join(known)}")
        if not self.texts and (self.shape != "articles" or self.formats):
            raise DatasetError("without texts, only articles as JSONL can be written; every other shape includes text")
        if self.formats and self.shape in ("records", "tokens"):
            raise DatasetError(
                f"formats are made from articles, sentences or paragraphs, not from {self.shape}; csv and conll make "
                "records and tokens themselves"
            )

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain values, which `of_json` takes."""
        return asdict(self)

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> Plan:
        """Return the plan of plain values; raises DatasetError."""
        try:
            return TypeAdapter(cls).validate_python(values)
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise DatasetError(
                f"this is not a valid plan of a dataset: {place or 'it'}: {first['msg'].removeprefix('Value error, ')}"
            ) from None

    def command(self) -> str:
        """Return the command that builds such a dataset."""
        parts = ["saywhen", "export", "--dataset"]
        if self.source != "gold":
            parts += ["--from", self.source]
        for name, on in (
            ("submitted", self.submitted),
            ("anonymous", self.anonymous),
            ("without-texts", not self.texts),
        ):
            parts += [f"--{name}"] if on else []
        if self.shape != "articles":
            parts += ["--shape", self.shape]
        for name, values in (("format", self.formats), ("allow", self.allow)):
            parts += [part for value in values for part in (f"--{name}", value)]
        for name, value in (("splits", self.splits), ("title", self.title), ("licence", self.licence)):
            parts += [f"--{name}", value] if value else []
        return shlex.join(parts)
