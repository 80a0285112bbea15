"""Sources of suggestions: a built-in ranker or a plugged-in suggester; both return the suggestions for an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from labeling.annotation.article import Article
from labeling.errors import SayWhenError, SuggestionError, UnansweredError
from labeling.schema import Schema
from labeling.services.suggestions.computing import suggestions_for
from labeling.services.suggestions.rankers import default_ranker
from labeling.services.suggestions.suggesters.finding import suggester_named, told
from labeling.suggestions.checking import checked
from labeling.suggestions.entities import EMPTY, Registry
from labeling.suggestions.proposals import (
    Example,
    ProposedRecord,
    Suggester,
    SuggesterContext,
    as_suggestion,
    completed,
)
from labeling.suggestions.ranker import Ranker


class Made(NamedTuple):
    """The suggestions for an article, what was dropped of them, and why there are none if there was no answer."""

    article: str
    body: list[dict[str, Any]]
    dropped: Counter[str]
    unanswered: str = ""


class SuggestionSource(Protocol):
    """Returns the suggestions for an article, with a name and a version; can be sent to other processes."""

    @property
    def name(self) -> str:
        """The name that is stored with each suggestion."""
        ...

    @property
    def version(self) -> str:
        """The version that is stored with each suggestion."""
        ...

    @property
    def concurrency(self) -> str:
        """How articles may be processed at once: “processes”, “threads” or “none”."""
        ...

    def of(self, article: Article, published: str | None = None) -> Made:
        """Return the suggestions for an article; raises SuggestionError if the suggester fails."""
        ...

    def report(self) -> str:
        """Return what has been used so far, in words; "" if that isn't counted."""
        ...


@dataclass
class RankerSource:
    """A built-in ranker."""

    ranker: Ranker
    label_set: Schema
    registry: Registry = EMPTY
    concurrency: str = "processes"

    @property
    def name(self) -> str:
        """The ranker's name."""
        return self.ranker.name

    @property
    def version(self) -> str:
        """The ranker's version."""
        return self.ranker.version

    def of(self, article: Article, published: str | None = None) -> Made:
        """Return what the ranker suggests for an article."""
        return Made(
            article.id, suggestions_for(article, self.label_set, self.ranker, self.registry, published), Counter()
        )

    def report(self) -> str:
        """Return nothing: a ranker has no costs."""
        return ""


@dataclass
class PluggedSource:
    """A plugged-in suggester, by its name on the command line; its output is checked.

    Another process makes it again from its name.
    """

    spec: str
    context: SuggesterContext
    names: Mapping[str, str] = field(default_factory=dict)
    #: The examples that the suggester was shown: it can't be measured by them.
    examples: tuple[Example, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """Return what makes the same suggester in another process: the examples themselves in place of the project."""
        context = replace(self.context, examples=GivenExamples(self.examples))
        return {"spec": self.spec, "context": context, "names": self.names, "examples": self.examples}

    @cached_property
    def suggester(self) -> Suggester:
        """The suggester; raises NotFoundError, MissingExtraError or SuggestionError if it can't be made."""

        def remembered(most: int) -> Sequence[Example]:
            self.examples = tuple(self.context.examples(most))
            return self.examples

        return suggester_named(self.spec, replace(self.context, examples=remembered))

    @property
    def name(self) -> str:
        """The suggester's name."""
        return self.suggester.name

    @property
    def version(self) -> str:
        """The suggester's version."""
        return self.suggester.version

    @property
    def concurrency(self) -> str:
        """How articles may be processed at once: “processes”, “threads” or “none”."""
        return str(getattr(self.suggester, "concurrency", "processes"))

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {name.casefold(): id for id, name in self.names.items()}

    def of(self, article: Article, published: str | None = None) -> Made:
        """Return what the suggester gives for an article, checked.

        Raises SuggestionError, which names the suggester and the article, if it fails. Without an answer for this article
        only, `unanswered` says why.
        """
        label_set = self.context.label_set
        try:
            given = [*self.suggester.suggest(article)]
        except UnansweredError as fault:
            return Made(article.id, [], Counter(), str(fault) or "no answer")
        except Exception as fault:
            reason = str(fault) if isinstance(fault, SayWhenError) else told(fault)
            raise SuggestionError(
                f"suggester {self.spec} failed at article {article.id}: {reason}; its suggestions for other "
                "articles are stored, and labeling isn't affected"
            ) from None
        own: dict[str, dict[str, Any]] = {}
        if any(isinstance(each, ProposedRecord) and each.complete for each in given):
            ours = suggestions_for(article, label_set, default_ranker(), Registry(self.names), published)
            own = {each["id"]: each for each in ours}
        plain: list[Any] = []
        for each in given:
            try:
                if isinstance(each, ProposedRecord):
                    made = as_suggestion(each, label_set, self._ids, self.name)
                    each = completed(made, own) if each.complete else made
            except (TypeError, ValueError, AttributeError, KeyError):
                plain.append(None)  # not what a proposal may hold: counted as dropped
                continue
            plain.append(each)
        return Made(article.id, *checked(plain, article.text, label_set))

    def report(self) -> str:
        """Return what the suggester says a run has cost."""
        report = getattr(self.suggester, "report", None)
        return str(report())[:200] if callable(report) else ""


@dataclass(frozen=True)
class GivenExamples:
    """Returns examples that were collected earlier."""

    known: tuple[Example, ...]

    def __call__(self, most: int) -> Sequence[Example]:
        """Return the first of them, `most` at most."""
        return self.known[:most]
