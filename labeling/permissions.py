"""Permissions: one table of actions and roles, which routes, pages and commands ask.

The store says which roles someone has (`store.team`); it doesn't check who asks.

Annotators work blind: they see no one's work but their own. `is_blind` is that rule, and `may` obeys it for every action
that shows work, whatever else the table allows. A review also hides who labeled what until the article is resolved,
from leads too; that depends on the article and not on roles (`services.review.view`).

Roles and actions are independent of how people sign in. A further role is a member of `Role` and a column of the
table; a token that may do less than its owner is a set of actions that `may` is asked for first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from labeling.errors import NotAllowedError


class Role(Enum):
    """A role in a project; its value is a plural noun. A person can have several roles."""

    VISITOR = "people who have not signed in"
    #: Everyone who signs in, assigned to articles or not.
    ANNOTATOR = "annotators"
    REVIEWER = "reviewers"
    LEAD = "leads"
    #: Everyone in a project where no one leads yet: with nothing assigned and no gold hidden, there is nothing to protect.
    FOUNDER = "everyone, before there is a lead"
    #: Everyone where anyone may import: in a project without accounts, and in others if a lead has allowed it.
    IMPORTER = "everyone, where anyone may import"
    #: Who manages the accounts of a server, whatever they do in a project; there is none without accounts.
    ADMINISTRATOR = "administrators of the server"
    #: Whoever can open the project file, and so runs commands on it.
    OPERATOR = "people at the command line"


class Action(Enum):
    """An action, as a verb with its object; its value completes “they can …”."""

    DOWNLOAD_EXPORT = "download an export by its link"

    STAY_SIGNED_IN = "stay signed in"
    READ_OWN_WORK = "read their queue and their own work"
    CHANGE_OWN_WORK = "annotate and submit the articles in their queue"
    READ_LABEL_SET = "read the label set"
    READ_REGISTRIES = "search the registries"
    READ_DATES = "interpret dates in words"
    IMPORT_ARTICLES = "import articles"
    FETCH_ARTICLES = "fetch articles from the web"

    READ_SUBMITTED_BEFORE_OWN = "read others' submitted work before submitting their own"
    READ_SUBMITTED_AFTER_OWN = "read others' submitted work after submitting their own"
    REVIEW = "see disagreements"
    RESOLVE = "resolve disagreements and set the policy for gold"

    READ_UNSUBMITTED = "read others' work in progress"
    SEE_HIDDEN_GOLD = "see hidden gold"
    READ_TEAM = "see roles, progress and quality"
    SET_ROLES = "set roles"
    MANAGE_ACCOUNTS = "manage accounts"
    ASSIGN = "assign, move and remove articles"
    HIDE_GOLD = "hide gold"
    IMPORT_WORK = "import people's work"
    UNDO_IMPORT = "undo imports"
    READ_AUDIT = "see the audit log"
    REMOVE = "remove articles, people and registry entries for good"
    DESCRIBE_ARTICLES = "set titles and publication dates"
    READ_AGREEMENT = "see agreement figures"
    READ_STATISTICS = "see statistics on quotes and dates"
    EXPORT = "export work and build datasets"
    LEARN_SUGGESTIONS = "compute, learn and measure suggestions"
    READ_SPLITS = "see the splits"
    CHANGE_SPLITS = "change the splits"
    READ_STORIES = "see the stories"
    CHANGE_STORIES = "propose, merge, split and name stories"
    READ_ENTRIES = "see registry entries and where they are mentioned"
    CHANGE_ENTRIES = "rename, merge, split and import registry entries"
    CHANGE_LABEL_SET = "change the label set"

    CREATE_PROJECT = "create and archive projects"
    SERVE = "serve a project"
    ISSUE_TOKENS = "issue a token for any name"
    REPAIR = "check and repair a project"
    BACK_UP = "back up a project"
    RESTORE = "restore a project"


# Each of these sets holds the one before it.
_OPERATORS = frozenset({Role.OPERATOR})
_LEADS = _OPERATORS | {Role.LEAD, Role.FOUNDER}
_MANAGERS = _LEADS | {Role.ADMINISTRATOR}
_REVIEWERS = _LEADS | {Role.REVIEWER}
_ANNOTATORS = _REVIEWERS | {Role.ANNOTATOR}
_VISITORS = _ANNOTATORS | {Role.VISITOR}

#: Who may do what.
TABLE: dict[Action, frozenset[Role]] = {
    Action.DOWNLOAD_EXPORT: _VISITORS,  # the link is signed, holds for minutes, and is made for those who may export
    Action.STAY_SIGNED_IN: _ANNOTATORS,
    Action.READ_OWN_WORK: _ANNOTATORS,
    Action.CHANGE_OWN_WORK: _ANNOTATORS,
    Action.READ_LABEL_SET: _ANNOTATORS,
    Action.READ_REGISTRIES: _ANNOTATORS,
    Action.READ_DATES: _ANNOTATORS,
    Action.IMPORT_ARTICLES: _LEADS | {Role.IMPORTER},
    Action.FETCH_ARTICLES: _LEADS,
    Action.READ_SUBMITTED_BEFORE_OWN: _REVIEWERS,
    Action.READ_SUBMITTED_AFTER_OWN: _REVIEWERS,
    Action.REVIEW: _REVIEWERS,
    Action.RESOLVE: _REVIEWERS,
    Action.READ_UNSUBMITTED: _LEADS,
    Action.SEE_HIDDEN_GOLD: _LEADS,
    Action.READ_TEAM: _LEADS,
    Action.SET_ROLES: _LEADS,
    Action.MANAGE_ACCOUNTS: _MANAGERS,
    Action.ASSIGN: _LEADS,
    Action.HIDE_GOLD: _LEADS,
    Action.IMPORT_WORK: _LEADS,
    Action.UNDO_IMPORT: _LEADS,
    Action.READ_AUDIT: _MANAGERS,
    Action.REMOVE: _LEADS,
    Action.DESCRIBE_ARTICLES: _LEADS,
    Action.READ_AGREEMENT: _LEADS,
    Action.READ_STATISTICS: _LEADS,
    Action.EXPORT: _LEADS,
    Action.LEARN_SUGGESTIONS: _LEADS,
    Action.READ_SPLITS: _LEADS,
    Action.CHANGE_SPLITS: _LEADS,
    Action.READ_STORIES: _REVIEWERS,
    Action.CHANGE_STORIES: _REVIEWERS,
    Action.READ_ENTRIES: _REVIEWERS,
    Action.CHANGE_ENTRIES: _REVIEWERS,
    Action.CHANGE_LABEL_SET: _LEADS,
    Action.CREATE_PROJECT: _OPERATORS | {Role.ADMINISTRATOR},
    Action.SERVE: _OPERATORS,
    Action.ISSUE_TOKENS: _OPERATORS,
    Action.REPAIR: _OPERATORS,
    Action.BACK_UP: _OPERATORS,
    Action.RESTORE: _OPERATORS,
}

_SUBMITTED = frozenset({Action.READ_SUBMITTED_BEFORE_OWN, Action.READ_SUBMITTED_AFTER_OWN})
_EVERYTHING = _SUBMITTED | {Action.READ_UNSUBMITTED, Action.SEE_HIDDEN_GOLD}

#: What an action shows of others' work, as the actions of reading it. What is not named here shows no one's work but
#: one's own: its routes and queries ask for work by the id of whoever asks.
SHOWS: dict[Action, frozenset[Action]] = {
    Action.REVIEW: _SUBMITTED,
    Action.RESOLVE: _SUBMITTED,
    Action.READ_TEAM: _EVERYTHING,
    Action.ASSIGN: _EVERYTHING,  # a plan gives away hidden gold: everyone but its author gets those articles
    Action.HIDE_GOLD: _EVERYTHING,
    Action.IMPORT_WORK: _EVERYTHING,  # the answer says which of it the project already has
    Action.DESCRIBE_ARTICLES: _EVERYTHING,  # a refusal says whose values are counted from a date
    Action.REMOVE: _EVERYTHING,  # the preview counts what everyone did
    Action.UNDO_IMPORT: _EVERYTHING,  # a refusal says who has worked on what
    Action.READ_AGREEMENT: _EVERYTHING - {Action.SEE_HIDDEN_GOLD},
    Action.READ_STATISTICS: _EVERYTHING - {Action.SEE_HIDDEN_GOLD},
    Action.EXPORT: _EVERYTHING,
    Action.LEARN_SUGGESTIONS: _EVERYTHING - {Action.SEE_HIDDEN_GOLD},
    Action.READ_SPLITS: _EVERYTHING,  # articles are grouped by what is labeled in them
    Action.CHANGE_SPLITS: _EVERYTHING,
    Action.READ_STORIES: _SUBMITTED,
    Action.CHANGE_STORIES: _SUBMITTED,
    Action.READ_ENTRIES: _SUBMITTED,
    Action.CHANGE_ENTRIES: _SUBMITTED,
}


#: What someone must be permitted to do to open a page, by the last part of its address; the first page has none.
PAGE_ACTIONS: dict[str, Action] = {
    "": Action.CHANGE_OWN_WORK,
    "import": Action.IMPORT_ARTICLES,
    "review": Action.REVIEW,
    "overview": Action.READ_TEAM,
    "team": Action.READ_TEAM,
    "quality": Action.SEE_HIDDEN_GOLD,
    "label-set": Action.CHANGE_LABEL_SET,
    "suggestions": Action.LEARN_SUGGESTIONS,
    "people": Action.MANAGE_ACCOUNTS,
    "audit": Action.READ_AUDIT,
    "remove": Action.REMOVE,
    "agreement": Action.READ_AGREEMENT,
    "stats": Action.READ_STATISTICS,
    "stories": Action.READ_STORIES,
    "registries": Action.READ_ENTRIES,
    "export": Action.EXPORT,
    "account": Action.READ_OWN_WORK,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who asks: the id that their work is stored under, and their roles in the project.

    Nothing here depends on the name that others see: the id is the name that their work is stored under.
    """

    id: str
    roles: frozenset[Role]

    def may(self, action: Action) -> bool:
        """Return whether one of the person's roles allows an action."""
        return may(self.roles, action)

    def require(self, action: Action) -> None:
        """Raise NotAllowedError unless one of their roles allows an action."""
        if not self.may(action):
            raise NotAllowedError(refusal(action))

    def proven(self) -> Person:
        """Return the same person where people prove who they are: no one is a founder there, not even before there is a lead."""
        return Person(self.id, self.roles - {Role.FOUNDER})

    def administering(self) -> Person:
        """Return the same person as an administrator of the server."""
        return Person(self.id, self.roles | {Role.ADMINISTRATOR})


def roles(
    *, reviews: bool, leads: bool, led: bool, assigned: bool, gold_hidden: bool, all_import: bool = False
) -> frozenset[Role]:
    """Return the roles of someone who has signed in.

    `reviews` and `leads` say what they do in the project, `led` whether anyone leads it, `assigned` whether articles are
    assigned to people, `gold_hidden` whether gold is hidden in it, and `all_import` whether anyone may import articles.
    """
    found = {Role.ANNOTATOR}
    if reviews:
        found.add(Role.REVIEWER)
    if leads:
        found.add(Role.LEAD)
    if not (led or assigned or gold_hidden):
        found.add(Role.FOUNDER)
    if all_import:
        found.add(Role.IMPORTER)
    return frozenset(found)


def may(roles: Collection[Role], action: Action) -> bool:
    """Return whether these roles allow an action: by the table, and by the rule of blind annotation."""
    return _allowed(roles, action) and not is_blind(roles, action)


def is_blind(roles: Collection[Role], action: Action) -> bool:
    """Return whether an action would show others' work that these roles may not read: the rule of blind annotation.

    Agreement means something only if annotators decide without knowing what others decided. So annotators are blind to
    all work but their own, before and after they submit it; reviewers see what others have submitted; leads see
    everything. Hidden gold is a lead's alone: to everyone else its articles look like any other.
    """
    return not all(_allowed(roles, shown) for shown in SHOWS.get(action, ()))


def refusal(action: Action) -> str:
    """Return why someone is refused an action, and who can change that."""
    allowed = [role.value for role in (Role.ANNOTATOR, Role.REVIEWER, Role.LEAD) if may({role}, action)]
    if not allowed:
        return f"only {Role.OPERATOR.value} can {action.value}"
    return f"only {' and '.join(allowed)} can {action.value}; a lead can change your role"


def _allowed(roles: Collection[Role], action: Action) -> bool:
    return not TABLE[action].isdisjoint(roles)
