"""The People page in a real browser: a lead invites, gives names to accounts, changes roles, and ends access."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from signed_in import PAGE, PASSWORD, Desk, make_desk

from labeling.annotation import article
from labeling.schema import Schema

from .test_accessibility import AXE, broken
from .test_sign_in import sign_in

MADE = article.make("“We will go,” said Zoé. “On Friday.”", title="One")


@pytest.fixture
def desk(tmp_path: Path, news: Schema):  # type: ignore[no-untyped-def]
    """A server with accounts, and a name in the project that no account has: old hand."""
    desk = make_desk(tmp_path, news)
    list(desk.store.add_articles([MADE]))
    desk.store.sign_in("old hand")
    yield desk
    desk.server.stop()


def manage(page: Page, desk: Desk, name: str) -> None:
    """Open what can be changed of someone."""
    page.locator(f".st-key-manage-{desk.id(name)} button").click()
    expect(page.get_by_role("button", name="Close")).to_be_visible()


def test_a_lead_invites_someone_who_takes_over_a_name_and_its_work(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    context = window()
    context.add_init_script(path=AXE)
    page = context.new_page()
    sign_in(page, desk, "Lea", "/people")
    assert broken(page) == []
    expect(page.get_by_text("Names in this project without an account: old hand")).to_be_visible()
    form = page.get_by_test_id("stForm")
    form.get_by_label("Name").fill("Zed Hand")
    form.get_by_label("E-mail").fill("zed@example.org")
    form.get_by_role("combobox").click()
    page.get_by_role("option", name="old hand").click()
    form.get_by_text("Reviews").click()
    form.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Zed Hand was added. Send Zed Hand this link")).to_be_visible()
    link = str(page.locator("code").text_content())
    assert link.startswith(f"{desk.server.url}/sign-in/link/")
    expect(page.get_by_text("Reviewer; never signed in")).to_have_count(2)  # Rita, too
    page.reload()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.locator("code")).to_have_count(0)
    theirs = window().new_page()
    theirs.goto(link)
    theirs.get_by_label("New password").fill(PASSWORD)
    theirs.get_by_role("button", name="Save and sign in").click()
    expect(theirs.get_by_role("link", name="Review", exact=True)).to_be_visible()
    expect(theirs.get_by_role("button", name="Team", exact=True)).to_have_count(0)
    expect(theirs.get_by_role("link", name="old hand")).to_be_visible()


@pytest.mark.nightly
def test_a_lead_changes_a_name_and_roles_and_ends_and_restores_access(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page, theirs = window().new_page(), window().new_page()
    sign_in(theirs, desk, "Ana")
    sign_in(page, desk, "Lea", "/people")
    manage(page, desk, "Ana")
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_label("Name").first.fill("Ana Costa")
    page.get_by_text("Reviews").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved Ana Costa.")).to_be_visible()
    expect(page.get_by_text("Reviewer, annotator")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Ana Costa can't sign in any more.")).to_be_visible()
    theirs.wait_for_url(re.compile("/sign-in"), timeout=15_000)
    page.get_by_role("button", name="Reactivate").click()
    expect(page.get_by_text("Ana Costa can sign in again.")).to_be_visible()
    page.get_by_role("button", name="Create a link to set a password").click()
    expect(page.get_by_text("Send Ana Costa this link; it works once, within 24 hours.")).to_be_visible()


def test_no_one_but_leads_and_administrators_opens_the_page(window: Callable[..., BrowserContext], desk: Desk) -> None:
    client = desk.signed_in("Ben")
    assert client.get("/people", headers=PAGE).status_code == 403
    desk.managing.set_administrator(desk.id("Ben"), True)
    assert client.get("/people", headers=PAGE).status_code == 200
    assert client.get("/team", headers=PAGE).status_code == 403
    page = window().new_page()
    desk.links.pop("Ben", None)
    sign_in(page, desk, "Ben", "/people")
    manage(page, desk, "Lea")
    page.get_by_text("Administers the server").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Administrator, lead")).to_be_visible()
