"""The kind of an attribute: everything that depends on the type of its values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias

from labeling.errors import OpError
from labeling.schema.wording import shown

#: Looks a registry entry up: (registry, id) → name, or None where there is none.
Lookup: TypeAlias = Callable[[str, str], str | None]
#: How a value is given, on the page and in other tools.
Control: TypeAlias = Literal["select", "text", "checkbox", "date", "entry", "number"]
#: What two annotators' values are compared by: the value, or only whether there is one, where none is an answer too.
Comparison: TypeAlias = Literal["value", "presence"]
#: What lies between two values that differ, where that can be said.
Distance: TypeAlias = Literal["days", "difference"]
#: What a typed column or feature holds; names are the parts of a structure of strings.
Storage: TypeAlias = Literal["string", "strings", "boolean", "integer", "number"] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named, typed value on a span."""

    key: str
    title: str
    kind: Kind
    required: bool = False
    #: Attributes with which a span needs none although it is required.
    unless: tuple[str, ...] = ()
    guideline: str = ""
    #: Of a choice.
    options: tuple[Option, ...] = ()
    #: Of an entry: the registry's key.
    registry: str | None = None
    #: Of an entry: whether a span may have several.
    several: bool = False
    #: Of a date: which attribute takes the reading's kind (timex_type) and which what it was counted from (anchor).
    fills: dict[str, str] = field(default_factory=dict)
    #: Of a number: what it counts or measures, its bounds (inclusive), whether it must be whole.
    unit: str | None = None
    min: int | float | None = None
    max: int | float | None = None
    integer: bool = False

    @property
    def type(self) -> str:
        """The name of its kind."""
        return self.kind.name

    @property
    def where(self) -> str:
        """The attribute as a message names it."""
        return f"“{self.title}”"


class References(NamedTuple):
    """The parts of a label set that an attribute can refer to, as plain values: registries, and the label's attributes."""

    registries: Mapping[str, Any]
    attributes: Mapping[str, Any]


#: What is wrong with an attribute in a label set: the way to it from the attribute, and the reason.
Faults: TypeAlias = Iterator[tuple[tuple[str, ...], str]]


class Kind(ABC):
    """A sort of value; what has no default must be said of each."""

    #: Its name in label sets: `type: …`.
    name: ClassVar[str]
    #: The keys of an attribute that only this kind takes, each with what to tell another kind that has it.
    keys: ClassVar[Mapping[str, str]] = {}
    #: The Python types of its values; only kinds whose values are text share one.
    types: ClassVar[tuple[type, ...]] = (str,)
    control: ClassVar[Control]
    comparison: ClassVar[Comparison]
    distance: ClassVar[Distance | None] = None
    #: Whether values are people's own words: never compared word by word, and omitted from anonymous datasets.
    free: ClassVar[bool] = False
    #: Whether a label set lists all values, so that figures are given for each of them.
    lists_values: ClassVar[bool] = False
    #: Whether a value says who or when, which records are compared by and tables show of their parts.
    denotes: ClassVar[Literal["who", "when"] | None] = None
    #: The kinds whose values can become values of this one when a label set changes.
    sources: ClassVar[frozenset[str]] = frozenset()
    _made: ClassVar[dict[type[Kind], Kind]] = {}

    def __new__(cls) -> Self:
        """Return the only object of the class, also for a label set that is copied or sent to another process."""
        made = cls._made.setdefault(cls, super().__new__(cls))
        assert isinstance(made, cls)
        return made

    # In a label set.

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        """Yield the errors in an attribute of this kind that the JSON Schema doesn't find."""
        yield from ()

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of `Attribute` that depend on the kind."""
        return {}

    def settings(self, attribute: Attribute) -> dict[str, Any]:
        """Return the settings for the browser besides key, title, type, options, registry, fills and guideline."""
        return {}

    def default(self, value: Any) -> Any:
        """Return the value that a label set gives as a default; raises ValueError with the remedy."""
        if not isinstance(value, str):
            raise ValueError("write text")
        return value

    # A value.

    @abstractmethod
    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> Any:
        """Return the value as it is kept; raises OpError where it is none of this kind, or not of this attribute."""

    def recognizes(self, value: Any) -> bool:
        """Return whether a plain value has the shape of this kind, whatever the attribute."""
        return type(value) in self.types

    @abstractmethod
    def key(self, value: Any) -> str:
        """Return a value as it is compared: two with one key are equal."""

    def given(self, value: Any) -> Any:
        """Return a value that another tool's file gives in the form that `check` takes, if it can be one."""
        return value

    # In words and columns.

    def words(self, attribute: Attribute, value: Any) -> str:
        """Return a value as a sentence shows it."""
        return self.key(value)

    @abstractmethod
    def storage(self, attribute: Attribute) -> Storage:
        """Return the type of a column that holds the values as they are."""

    def columns(self) -> tuple[str, ...]:
        """Return the endings of the columns of a table for people, beside the first, which has none."""
        return ()

    def cells(self, value: Any, name: str | None) -> list[str]:
        """Return a value's cells in these columns; `name` is that of the registry entry, if it is one."""
        return [self.key(value)]

    # When the label set changes.

    def converts(self, before: Attribute, after: Attribute) -> bool:
        """Return whether values of another attribute, of any kind, can become values of this kind."""
        return before.type in (self.name, *self.sources) and before.registry == after.registry

    def changes(self, before: Attribute, after: Attribute) -> Iterator[str]:
        """Yield the changes for values of `before` that become values of `after`, as sentences about the attribute."""
        if before.type != after.type:
            yield f"becomes a {after.type}; annotators are asked about each value that can't"

    def converted(self, value: Any, before: Attribute, after: Attribute) -> Any:
        """Return the new value for an old one; raises OpError if there is none."""
        return value


def text_of(attribute: Attribute, value: Any) -> str:
    """Return a value that must be text; raises OpError."""
    if not isinstance(value, str) or not value.strip():
        raise OpError(f"{attribute.where} must be text, or null to clear it, not {shown(value)}")
    return value
