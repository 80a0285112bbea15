"""SayWhen: labeling who said what, and when.

`__all__` is the Python interface (see docs/python.md) and stays as it is from version to version; everything else is private.
Each name is loaded when it is first used, so that the command line starts without pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labeling import dates as dates
    from labeling.adjudication import Gold, Provenance
    from labeling.annotation.article import Article, Published
    from labeling.annotation.article import make as make_article
    from labeling.annotation.state import Annotation, Comment, Relation, Span
    from labeling.dataset.plan import Plan
    from labeling.errors import (
        ArticleError,
        DatasetError,
        DateError,
        MovedError,
        NotFoundError,
        RefusedError,
        SayWhenError,
        SchemaError,
        StoreError,
    )
    from labeling.project import AnnotatedArticle, Project, create, open, read_dataset
    from labeling.schema import Schema
    from labeling.services.dataset_build import Built
    from labeling.services.importing import Tally

__version__ = "0.1.0"

__all__ = [
    "AnnotatedArticle",
    "Annotation",
    "Article",
    "ArticleError",
    "Built",
    "Comment",
    "DatasetError",
    "DateError",
    "Gold",
    "MovedError",
    "NotFoundError",
    "Plan",
    "Project",
    "Provenance",
    "Published",
    "RefusedError",
    "Relation",
    "SayWhenError",
    "Schema",
    "SchemaError",
    "Span",
    "StoreError",
    "Tally",
    "__version__",
    "create",
    "dates",
    "make_article",
    "open",
    "read_dataset",
]

#: The module of each name, below this package.
_MODULES = {
    **dict.fromkeys(("AnnotatedArticle", "Project", "create", "open", "read_dataset"), "project"),
    **dict.fromkeys(("Article", "Published", "make_article"), "annotation.article"),
    **dict.fromkeys(("Annotation", "Comment", "Relation", "Span"), "annotation.state"),
    **dict.fromkeys(("Gold", "Provenance"), "adjudication"),
    "Built": "services.dataset_build",
    "Plan": "dataset.plan",
    "Schema": "schema",
    "Tally": "services.importing",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "dates":
        return import_module("labeling.dates")
    module = import_module(f"labeling.{_MODULES.get(name, 'errors')}")
    globals()[name] = found = getattr(module, {"make_article": "make"}.get(name, name))
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
