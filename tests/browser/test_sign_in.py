"""Accounts in a real browser: joining by a link, signing in and out, sessions and tokens, and pages that end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import BrowserContext, Page, expect
from signed_in import PASSWORD, Desk, make_desk

from labeling.annotation import article
from labeling.schema import Schema

from .conftest import complaints

MADE = article.make("“We will go,” said Zoé. “On Friday.”", title="One")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """A server with accounts and one article."""
    desk = make_desk(tmp_path_factory.mktemp("desk"), news)
    list(desk.store.add_articles([MADE]))
    yield desk
    desk.server.stop()


def sign_in(page: Page, desk: Desk, name: str, path: str = "/") -> None:
    """Open a page, sign in on the way to it, and wait until it is there."""
    if link := desk.links.pop(name, None):
        page.goto(f"{desk.server.url}/sign-in/link/{link}")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Save and sign in").click()
    else:
        page.goto(desk.server.url + path)
        page.get_by_label("E-mail").fill(f"{name.lower()}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    if page.url != desk.server.url + path:
        page.goto(desk.server.url + path)
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_someone_joins_by_a_link_labels_and_signs_out(window: Callable[..., BrowserContext], desk: Desk) -> None:
    page = window().new_page()
    with complaints(page) as found:
        page.goto(f"{desk.server.url}/sign-in/link/{desk.link('Ana')}")
        page.get_by_label("New password").fill("short-short-1")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Save and sign in").click()
        expect(page.locator('[data-sw="workspace"]')).to_contain_text("We will go")
        page.goto(f"{desk.server.url}/?annotator=Lea")
        expect(page.get_by_role("link", name="Ana", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Team", exact=True)).to_have_count(0)
        expect(page.locator('[data-sw="workspace"]')).to_contain_text("We will go")
        page.get_by_role("link", name="Ana", exact=True).click()
        expect(page.get_by_role("heading", name="Ana")).to_be_visible()
        # A page whose session has ended may still ask for something, its own scripts too: that it is refused is the point.
        signed_in = list(found)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(re.compile("/sign-in"))
        page.go_back()
        page.wait_for_url(re.compile("/sign-in"))
    assert [each for each in signed_in if "401" not in each and "WebSocket" not in each and "404" not in each] == []


def test_the_way_to_a_page_leads_through_the_sign_in_and_a_wrong_password_says_so(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page = window().new_page()
    sign_in(page, desk, "Lea")
    page.context.clear_cookies()
    page.goto(f"{desk.server.url}/team")
    page.get_by_label("E-mail").fill("lea@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The e-mail or the password is wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assignment")).to_be_visible()


def test_a_session_that_is_ended_elsewhere_ends_the_open_page(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    here, there = window().new_page(), window().new_page()
    sign_in(here, desk, "Rita", "/account")
    sign_in(there, desk, "Rita")
    here.reload()
    here.get_by_role("button", name="End all other sessions").click()
    expect(here.get_by_text("(this one)")).to_be_visible()
    there.wait_for_url(re.compile("/sign-in"), timeout=15_000)
    expect(here.get_by_role("button", name="End", exact=True)).to_have_count(0)


def test_a_deactivated_person_is_led_out_and_a_page_that_a_role_may_not_open_is_refused(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page = window().new_page()
    sign_in(page, desk, "Ben")
    answer = page.goto(f"{desk.server.url}/team")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_text("Only leads can see roles")).to_be_visible()
    page.goto(desk.server.url)
    expect(page.get_by_role("link", name="Ben", exact=True)).to_be_visible()
    desk.managing.deactivate(desk.id("Ben"))
    page.wait_for_url(re.compile("/sign-in"), timeout=15_000)
    desk.managing.activate(desk.id("Ben"))


@pytest.mark.nightly
def test_a_token_is_made_shown_once_and_revoked_and_a_password_is_changed(
    window: Callable[..., BrowserContext], tmp_path: Path, news: Schema
) -> None:
    desk = make_desk(tmp_path, news)
    try:
        page = window().new_page()
        sign_in(page, desk, "Ana", "/account")
        page.get_by_label("Name", exact=True).fill("Nightly")
        page.get_by_label("Scopes").click()
        page.get_by_role("option", name="read").click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Create token").click()
        code = page.locator("code")
        expect(code).to_contain_text("saywhen_")
        token = str(code.text_content())
        ask = desk.visitor()
        assert ask.get("/api/schema", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        page.reload()
        expect(page.get_by_text("Nightly: read")).to_be_visible()
        expect(page.locator("code")).to_have_count(0)
        page.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("Nightly: read")).to_have_count(0)
        assert ask.get("/api/schema", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        page.get_by_label("Old password").fill(PASSWORD)
        page.get_by_label("New password").fill("another good phrase")
        page.get_by_role("button", name="Change password").click()
        expect(page.get_by_text("Your password has been changed")).to_be_visible()
        form = {"email": "ana@example.org", "password": "another good phrase"}
        assert desk.visitor().post("/sign-in", data=form).status_code == 303
    finally:
        desk.server.stop()


def test_someone_signs_in_with_a_provider_and_comes_to_their_page(
    window: Callable[..., BrowserContext], tmp_path: Path, news: Schema
) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "secret").chmod(0o600)
    claims = {"email": "lea@example.org", "email_verified": True, "name": "Lea"}
    with run_server_in_thread(user_claims=[User(sub="lea-1", claims=claims)], require_nonce=True) as provider:
        (tmp_path / "server.toml").write_text(
            '[providers.newsroom]\ntitle = "Newsroom"\nclient_id = "saywhen"\nclient_secret_file = "secret"\n'
            f'discovery = "http://localhost:{provider.server_port}/.well-known/openid-configuration"\n'
        )
        desk = make_desk(tmp_path, news, options=["--settings", str(tmp_path / "server.toml")])
        try:
            page = window().new_page()
            page.goto(f"{desk.server.url}/team")
            page.get_by_role("link", name="Sign in with Newsroom").click()
            page.wait_for_url(re.compile(f"^http://localhost:{provider.server_port}/"))
            page.get_by_role("button", name="lea-1").click()
            expect(page.get_by_role("heading", name="Assignment")).to_be_visible()
            page.get_by_role("link", name="Lea", exact=True).click()
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url(re.compile("/sign-in"))
            expect(page.get_by_role("link", name="Sign in with Newsroom")).to_be_visible()
        finally:
            desk.server.stop()
