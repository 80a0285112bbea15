"""The wire copies of a story as HTML: one column for an article and its copies, and what each outlet cut or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from labeling.quantities import many
from labeling.stories.copies import Copy, TextChange
from labeling.stories.story import Column, Story

#: A column of the table, and those of the copies of its article, which it stands for.
FoldedColumn = tuple[Column, list[Column]]


def folded(story: Story) -> list[FoldedColumn]:
    """Return the columns of a story's articles, without those of copies, each with the columns of its copies."""
    of = {copy.article: copy.of for copy in story.copies}
    return [
        (column, [other for other in story.columns if of.get(other.article) == column.article])
        for column in story.columns
        if column.article not in of
    ]


def copies_html(story: Story, outlets: Mapping[str, str], address: Callable[[str, int], str]) -> str:
    """Return which outlets copied which, each with what it cut, added and changed; empty if none did."""
    if not story.copies:
        return ""
    items = "".join(_copy(copy, outlets, address) for copy in story.copies)
    return f'<section aria-labelledby="sw-copies"><h2 id="sw-copies">Copies</h2>{items}</section>'


def _copy(copy: Copy, outlets: Mapping[str, str], address: Callable[[str, int], str]) -> str:
    link = f'<a href="{escape(address(copy.article, 0))}">{escape(outlets[copy.article])}</a>'
    about = many(len(copy.changes), "change") if copy.changes else "word for word"
    changes = "".join(f"<li>{_change(each)}</li>" for each in copy.changes)
    return (
        f'<details class="sw-single"><summary>{link} copies {escape(outlets[copy.of])}: {about}</summary>'
        f'<ul class="sw-changes">{changes}</ul></details>'
    )


def _change(change: TextChange) -> str:
    cut = f'<del dir="auto">{escape(change.before)}</del>' if change.before else ""
    added = f'<ins dir="auto">{escape(change.after)}</ins>' if change.after else ""
    return f'<span class="sw-about">{change.kind}</span> {" ".join(each for each in (cut, added) if each)}'
