"""A figure with its goal and its yardstick, and the table they make."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at most or at least a bound, or at most so many times its yardstick."""

    kind: Literal["most", "least", "times"]
    bound: float

    def text(self, unit: str) -> str:
        """Return the goal in words."""
        if self.kind == "times":
            return f"≤ {self.bound:g}×"
        return f"{'≤' if self.kind == 'most' else '≥'} {self.bound:,g} {unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `raw` is the same work done bare, or by a peer, in the same unit."""

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    note: str = ""
    raw: float | None = None
    beside: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times worse than the yardstick it is, if there is one."""
        if not self.raw or not self.value:
            return None
        return self.raw / self.value if self.unit.endswith("/s") else self.value / self.raw

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        if self.goal.kind == "times":
            return self.ratio is not None and self.ratio <= self.goal.bound
        return self.value <= self.goal.bound if self.goal.kind == "most" else self.value >= self.goal.bound

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        return (
            self.name,
            self.goal.text(self.unit) if self.goal else "",
            shown(self.value, self.unit) + (f"  {self.note}" if self.note else ""),
            " ".join(part for part in (shown(self.raw, self.unit) if self.raw else "", self.beside) if part),
            f"{self.ratio:.1f}×" if self.ratio else "",
            "missed" if self.met is False else "",
        )

    def as_json(self) -> dict[str, object]:
        """Return the figure as plain values."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def shown(value: float, unit: str) -> str:
    """Return a value with its unit, to three digits.

    >>> shown(12.345, "ms"), shown(9712.3, "/s")
    ('12.3 ms', '9,712 /s')
    """
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def median(times: Sequence[float]) -> float:
    """Return the median of times in seconds, in milliseconds."""
    return statistics.median(times) * 1000


def slow(times: Sequence[float]) -> str:
    """Return a note that names the 95th percentile of times in seconds."""
    return f"p95 {shown(sorted(times)[int(len(times) * 0.95)] * 1000, 'ms')}"


def table(parts: dict[str, list[Figure]]) -> str:
    """Return the figures as aligned text, part by part."""
    head = ("figure", "goal", "measured", "raw limit or peer", "ratio", "")
    rows = [figure.cells() for figures in parts.values() for figure in figures]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if column == 4 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(aligned).rstrip()

    text = [line(head)]
    for part, figures in parts.items():
        text += [f"── {part} ".ljust(sum(widths[:5]) + 8, "─"), *(line(figure.cells()) for figure in figures)]
    return "\n".join(text)
