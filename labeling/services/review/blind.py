"""What a reviewer may not see yet: articles that they annotate themselves and have not submitted."""

from __future__ import annotations

from labeling.errors import NotAllowedError
from labeling.permissions import Role
from labeling.store.contract import Project, Store


def hidden_from(project: Project, reviewer: str) -> frozenset[str]:
    """Return the articles whose work is hidden from a reviewer: those in their own queue, until they have submitted them.

    That is so for reviewers who also annotate. Leads see everyone's work anyway, and so does everyone before there is a lead.
    """
    does = next((member for member in project.team.members() if member.name == reviewer), None)
    if does is None or not (does.annotates and does.reviews) or Role.LEAD in project.team.person(reviewer).roles:
        return frozenset()
    return project.annotations.unsubmitted(reviewer)


def hidden(store: Store, reviewer: str | None) -> frozenset[str]:
    """Return the same, in a unit of its own; nothing is hidden from no one in particular (None)."""
    if reviewer is None:
        return frozenset()
    with store.reading() as project:
        return hidden_from(project, reviewer)


def require_seen(article: str, hidden: frozenset[str]) -> None:
    """Raise NotAllowedError for an article that is hidden."""
    if article in hidden:
        raise NotAllowedError(f"submit your own work on article {article} first; then you can review it")
