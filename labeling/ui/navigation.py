"""The pages, the menus that they are listed in, and who may open which."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from labeling.permissions import Action
from labeling.ui.pages import plain
from labeling.ui.signed_in import signed_in
from labeling.web.server import open_accounts, person_of

#: The menus of the navigation; a page without one is listed itself, before them.
PROJECT, TEAM = "Project", "Team"


class _Page(NamedTuple):
    """A page of the navigation: what someone must be permitted to do to see it, its function, and how it is listed."""

    action: Action
    #: The module of `labeling.ui` that has its function, loaded when someone opens it, for charts take long to load.
    module: str
    function: str
    title: str
    icon: str
    #: The last part of its address; the first page has none.
    url: str
    help: str
    menu: str = ""
    #: Whether it is of use only where people have accounts.
    accounts: bool = False

    def show(self) -> None:
        """Show the page."""
        getattr(import_module(f"labeling.ui.{self.module}"), self.function)()


#: All pages in the order of the navigation, but for the account page, whose title is the name of the person.
PAGES = (
    _Page(
        Action.CHANGE_OWN_WORK, "pages", "label", "Label", "format_ink_highlighter", "",
        "Mark quotes, speakers and dates, article by article.",
    ),
    _Page(Action.REVIEW, "pages", "review", "Review", "balance", "review", "Resolve annotators' disagreements."),
    _Page(
        Action.READ_STORIES, "stories_page", "stories_page", "Stories", "newspaper", "stories",
        "One event as several outlets report it: who said what, and when it is.",
    ),
    _Page(
        Action.READ_ENTRIES, "registries_page", "registries_page", "Registries", "contacts", "registries",
        "Rename, merge and split people, events and utterances.",
    ),
    _Page(
        Action.IMPORT_ARTICLES, "import_page", "import_articles", "Import", "upload_file", "import",
        "Import articles from files or from the web.", PROJECT,
    ),
    _Page(
        Action.CHANGE_LABEL_SET, "label_set_page", "label_set_page", "Label set", "palette", "label-set",
        "Labels, attributes and guidelines: edit or upload, check and save as a new version.", PROJECT,
    ),
    _Page(
        Action.LEARN_SUGGESTIONS, "suggestions_page", "suggestions_page", "Suggestions", "lightbulb", "suggestions",
        "Train suggestions, withhold them from some articles, and measure their effect.", PROJECT,
    ),
    _Page(
        Action.READ_STATISTICS, "stats_page", "stats_page", "Quotes and dates", "bar_chart", "stats",
        "Who is quoted, how often, how and by whom, and which dates are claimed.", PROJECT,
    ),
    _Page(
        Action.EXPORT, "export_page", "export_page", "Export", "download", "export",
        "Build a dataset, or export everything to one file.", PROJECT,
    ),
    _Page(
        Action.REMOVE, "removal_page", "removal_page", "Remove", "delete_forever", "remove",
        "Remove articles, people and registry entries for good.", PROJECT,
    ),
    _Page(
        Action.READ_TEAM, "overview_page", "overview_page", "Overview", "dashboard", "overview",
        "How far the project is, when it will be done, and what waits.", TEAM,
    ),
    _Page(
        Action.READ_TEAM, "team_page", "team_page", "Assignment", "group", "team",
        "Roles, and who gets which articles in which order.", TEAM,
    ),
    _Page(
        Action.SEE_HIDDEN_GOLD, "quality_page", "quality_page", "Quality", "fact_check", "quality",
        "Hidden gold, someone's mistakes one by one, and giving an article back.", TEAM,
    ),
    _Page(
        Action.READ_AGREEMENT, "agreement_page", "agreement", "Agreement", "handshake", "agreement",
        "How far annotators agree, and where they don't.", TEAM,
    ),
    _Page(
        Action.MANAGE_ACCOUNTS, "people_page", "people_page", "People", "manage_accounts", "people",
        "Who can sign in: invitations, roles and sessions.", TEAM, accounts=True,
    ),
    _Page(
        Action.READ_AUDIT, "audit_page", "audit_page", "Audit", "history", "audit",
        "Who did what, when and from where.", TEAM,
    ),
)  # fmt: skip


def pages_for(annotator: str) -> dict[str, list[StreamlitPage]]:
    """Return the pages that someone may open, by menu; under "" those that are listed themselves.

    A page that would be the only one of its menu is listed itself.
    """
    person, accounts = person_of(annotator), open_accounts() is not None
    if accounts and (asks := signed_in()) and asks.administrator:
        person = person.administering()
    account = _Page(
        Action.READ_OWN_WORK, *(("account_page", "account_page") if accounts else ("pages", "account")),
        plain(annotator), "person", "account",
        "Your progress, sessions and tokens" if accounts else "Your progress; switch user",
    )  # fmt: skip
    menus: dict[str, list[_Page]] = {"": []}
    for page in PAGES:
        if person.may(page.action) and (accounts or not page.accounts):
            menus.setdefault(page.menu, []).append(page)
    alone = {menu for menu, found in menus.items() if menu and len(found) == 1}
    menus[""] += [*(menus.pop(menu)[0] for menu in [*menus] if menu in alone), account]
    return {menu: [_listed(page) for page in found] for menu, found in menus.items()}


def _listed(page: _Page) -> StreamlitPage:
    show: Callable[[], None] = page.show
    return st.Page(
        show,
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=page.url or None,
        default=not page.url,
        help=page.help,
    )
