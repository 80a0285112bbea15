"""What became of suggestions: accepted, corrected or rejected, by which suggester, and which spans were made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from labeling.annotation import ops
from labeling.errors import OpError

Verdict: TypeAlias = Literal["accepted", "corrected", "rejected"]

#: The most suggestions of an article that can be judged; this bounds what a broken client can do.
MAX_JUDGMENTS = 20_000


@dataclass(slots=True)
class Judgment:
    """What became of a suggestion: which suggester and version made it, the verdict, and the spans made from it."""

    id: str
    suggester: str
    version: str
    verdict: Verdict
    spans: tuple[str, ...]


def judgment_of(values: dict[str, Any]) -> Judgment:
    """Return the judgment of plain values: the inverse of `judgment_values`."""
    return Judgment(values["id"], values["suggester"], values["version"], values["verdict"], tuple(values["spans"]))


def judgment_values(judgment: Judgment) -> dict[str, Any]:
    """Return a judgment as plain values."""
    return {
        "id": judgment.id,
        "suggester": judgment.suggester,
        "version": judgment.version,
        "verdict": judgment.verdict,
        "spans": judgment.spans,
    }


def judge(judgments: dict[str, Judgment], op: ops.Judge) -> None:
    """Record a verdict, or withdraw it; raises OpError if too many suggestions have been judged.

    It is no error to withdraw what another tab has withdrawn, or to name a span that is gone by now.
    """
    if op.verdict is None:
        judgments.pop(op.id, None)
    elif op.id not in judgments and len(judgments) >= MAX_JUDGMENTS:
        raise OpError(f"the article has {MAX_JUDGMENTS:,} judged suggestions, which is the limit")
    else:
        judgments[op.id] = Judgment(op.id, op.suggester, op.version, op.verdict, tuple(op.spans))
