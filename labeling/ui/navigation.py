"""The pages, and who may open which."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from labeling.permissions import Action
from labeling.ui import pages
from labeling.ui.import_page import import_articles
from labeling.ui.signed_in import signed_in
from labeling.ui.team_page import team_page
from labeling.web.server import open_accounts, person_of


def _agreement() -> None:
    from labeling.ui.agreement_page import agreement  # here, for its charts take long to load

    agreement()


def _export() -> None:
    from labeling.ui.export_page import export_page  # likewise

    export_page()


def _account() -> None:
    if open_accounts() is None:
        pages.account()
        return
    from labeling.ui.account_page import account_page

    account_page()


def _overview() -> None:
    from labeling.ui.overview_page import overview_page  # likewise

    overview_page()


def _quality() -> None:
    from labeling.ui.quality_page import quality_page  # likewise

    quality_page()


def _label_set() -> None:
    from labeling.ui.label_set_page import label_set_page  # likewise

    label_set_page()


def _people() -> None:
    from labeling.ui.people_page import people_page  # likewise

    people_page()


def _stats() -> None:
    from labeling.ui.stats_page import stats_page  # likewise

    stats_page()


def _stories() -> None:
    from labeling.ui.stories_page import stories_page  # likewise

    stories_page()


class _Page(NamedTuple):
    """A page of the navigation: what someone must be permitted to do to see it, its function, and how it is listed."""

    action: Action
    show: Callable[[], None]
    title: str
    icon: str
    #: The last part of its address; the first page has none.
    url: str
    help: str
    #: Whether it is of use only where people have accounts.
    accounts: bool = False


#: All pages in the order of the navigation, but for the account page, whose title is the name of the person.
PAGES = (
    _Page(
        Action.CHANGE_OWN_WORK, pages.label, "Label", "format_ink_highlighter", "",
        "Mark quotes, speakers and dates, article by article.",
    ),
    _Page(
        Action.IMPORT_ARTICLES, import_articles, "Import", "upload_file", "import",
        "Import articles from text, JSONL, CSV or HTML files.",
    ),
    _Page(Action.REVIEW, pages.review, "Review", "balance", "review", "Resolve annotators' disagreements."),
    _Page(
        Action.READ_TEAM, _overview, "Overview", "dashboard", "overview",
        "How far the project is, when it will be done, and what waits.",
    ),
    _Page(Action.READ_TEAM, team_page, "Team", "group", "team", "Who annotates what, hidden gold, and the label set."),
    _Page(
        Action.SEE_HIDDEN_GOLD, _quality, "Quality", "fact_check", "quality",
        "Hidden gold, someone's mistakes one by one, and giving an article back.",
    ),
    _Page(
        Action.CHANGE_LABEL_SET, _label_set, "Label set", "palette", "label-set",
        "Labels, attributes and guidelines: edit, check and save as a new version.",
    ),
    _Page(
        Action.MANAGE_ACCOUNTS, _people, "People", "manage_accounts", "people",
        "Who can sign in: invitations, roles and sessions.", accounts=True,
    ),
    _Page(
        Action.READ_AGREEMENT, _agreement, "Agreement", "handshake", "agreement",
        "How far annotators agree, and where they don't.",
    ),
    _Page(
        Action.READ_STATISTICS, _stats, "Quotes and dates", "bar_chart", "stats",
        "Who is quoted, how often, how and by whom, and which dates are claimed.",
    ),
    _Page(
        Action.READ_STORIES, _stories, "Stories", "newspaper", "stories",
        "One event as several outlets report it: who said what, and when it is.",
    ),
    _Page(
        Action.EXPORT, _export, "Export", "download", "export", "Build a dataset, or export everything to one file.",
    ),
)  # fmt: skip


def pages_for(annotator: str) -> list[StreamlitPage]:
    """Return the pages that someone may open."""
    person, accounts = person_of(annotator), open_accounts() is not None
    if accounts and (asks := signed_in()) and asks.administrator:
        person = person.administering()
    account = _Page(
        Action.READ_OWN_WORK, _account, pages.plain(annotator), "person", "account",
        "Your progress, sessions and tokens" if accounts else "Your progress; switch user",
    )  # fmt: skip
    return [
        st.Page(
            page.show,
            title=page.title,
            icon=f":material/{page.icon}:",
            url_path=page.url or None,
            default=not page.url,
            help=page.help,
        )
        for page in (*PAGES, account)
        if person.may(page.action) and (accounts or not page.accounts)
    ]
