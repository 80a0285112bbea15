"""An article's title and publication date, set or changed after its import."""

from __future__ import annotations

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError, NotFoundError
from labeling.formats.publication_date import is_ambiguous, published_day
from labeling.store.contract import Store


def day_of(written: str) -> str:
    """Return a publication date as people type it, in EDTF; raises ArticleError for an ambiguous one."""
    found = published_day(written)
    if is_ambiguous(found):
        raise ArticleError(f"the publication date “{written}” is ambiguous; write it as 2026-04-03")
    return found


def describe(store: Store, id: str, *, title: str | None = None, published: str | None = None, by: str) -> Article:
    """Set an article's title or publication date, whichever is given, and return the article as it is now.

    The date counts as stated. Raises NotFoundError for an unknown article, ArticleError for a date that is none, and where
    values of annotators are counted from the date that the article has.
    """
    with store.writing() as project:
        before = project.articles.get(id)
        if before is None:
            raise NotFoundError(f"there is no article {id}")
        old, new = before.published, before.published
        if published is not None:
            new = article.make_published(day_of(published), "stated")
        if old and old.value and new != old and (counted := project.articles.counted_from(id, old.value)):
            whose = ", ".join(f"{name} ({count:,})" for name, count in counted)
            raise ArticleError(
                f"values are counted from the publication date {old.value}, by {whose}; the annotators correct it in the article"
            )
        renamed = article.make(before.text, title=title).title if title is not None else before.title
        project.articles.describe(id, renamed, new, by)
        found = project.articles.get(id)
    assert found
    return found
