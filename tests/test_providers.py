"""Signing in with an identity provider: what claims mean, and a real provider on this machine from the first click to the last."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import forked
import httpx
import pytest
from conftest import op
from hypothesis import given
from hypothesis import strategies as st
from oidc_provider_mock import User, run_server_in_thread
from running import Server
from signed_in import PAGE, PASSWORD, Desk, make_desk

from labeling.accounts.providers import Provider, vouched
from labeling.annotation import article
from labeling.assignment import Member
from labeling.audit import Event
from labeling.errors import AccessError, NotAllowedError, StoreError
from labeling.schema import Schema
from labeling.services.accounts import Administration, ProviderSignIn, SignIn
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store
from labeling.web import launch
from labeling.web.reach import Reach
from labeling.web.settings import Settings, read

DISCOVERY = "https://id.example/.well-known/openid-configuration"
PROVIDER = Provider("newsroom", "Newsroom", DISCOVERY, "client", "secret")
CLAIMS = {"iss": "https://id.example", "sub": "1", "email": "Ana@example.org", "email_verified": True, "name": "Ana"}


# --- what claims mean -------------------------------------------------------------------------------------------------


def test_a_verified_address_counts_and_any_other_does_not() -> None:
    assert vouched(PROVIDER, CLAIMS).email == "ana@example.org"
    for wrong in (False, "false", None, 1, "yes"):
        assert vouched(PROVIDER, {**CLAIMS, "email_verified": wrong}).email is None
    assert vouched(replace(PROVIDER, trust_email=True), {**CLAIMS, "email_verified": None}).email == "ana@example.org"
    assert vouched(PROVIDER, {**CLAIMS, "email": "no address"}).email is None


@pytest.mark.parametrize(
    "email",
    ["ana@evil.example", "ana@example.org.evil.example", "ana@evilexample.org", "ana@example.org@evil.example", None],
)
def test_only_addresses_of_the_domains_are_accepted(email: str | None) -> None:
    strict = replace(PROVIDER, domains=frozenset({"example.org"}))
    assert vouched(strict, CLAIMS).email == "ana@example.org"
    with pytest.raises(NotAllowedError, match=r"only accepts e-mail addresses of example\.org"):
        vouched(strict, {**CLAIMS, "email": email})
    with pytest.raises(NotAllowedError, match="gave none that it has verified"):
        vouched(strict, {**CLAIMS, "email_verified": False})


def test_a_claim_that_is_required_must_have_its_value() -> None:
    strict = replace(PROVIDER, require={"hd": "example.org"})
    assert vouched(strict, {**CLAIMS, "hd": "example.org"}).subject == "1"
    for other in ({}, {"hd": "evil.example"}, {"hd": ["evil.example"]}):
        with pytest.raises(NotAllowedError, match="whose “hd” is"):
            vouched(strict, {**CLAIMS, **other})


@pytest.mark.parametrize("missing", ["iss", "sub"])
def test_claims_without_issuer_or_subject_are_no_one(missing: str) -> None:
    for value in (None, "", 5):
        with pytest.raises(AccessError, match="didn't say who you are"):
            vouched(PROVIDER, {**CLAIMS, missing: value})


def test_groups_give_roles_wherever_the_claim_stands() -> None:
    roles = {"leads": frozenset({"lead", "annotator"}), "desk": frozenset({"annotator"})}
    by_group = replace(PROVIDER, roles=roles)
    assert vouched(by_group, {**CLAIMS, "groups": ["leads", "others"]}).roles == {"lead", "annotator"}
    assert vouched(by_group, {**CLAIMS, "groups": "desk"}).roles == {"annotator"}
    assert vouched(by_group, CLAIMS).roles == frozenset()
    assert vouched(PROVIDER, {**CLAIMS, "groups": ["leads"]}).roles is None
    nested = replace(by_group, groups="realm_access.roles")
    assert vouched(nested, {**CLAIMS, "realm_access": {"roles": ["leads"]}}).roles == {"lead", "annotator"}
    assert vouched(nested, {**CLAIMS, "realm_access": ["leads"]}).roles == frozenset()


def test_groups_give_roles_in_the_projects_that_name_them() -> None:
    desk, leads = {"desk": frozenset({"annotator"})}, {"leads": frozenset({"lead", "reviewer"})}
    several = replace(PROVIDER, projects={"bridge": desk, "strike": {**desk, **leads}})
    assert vouched(several, {**CLAIMS, "groups": ["desk", "leads"]}).projects == {
        "bridge": {"annotator"},
        "strike": {"annotator", "lead", "reviewer"},
    }
    assert vouched(several, CLAIMS).projects == {"bridge": frozenset(), "strike": frozenset()}
    assert vouched(several, {**CLAIMS, "groups": ["desk"]}).roles is None
    assert vouched(PROVIDER, {**CLAIMS, "groups": ["desk"]}).projects == {}


@given(
    st.dictionaries(
        st.sampled_from([*CLAIMS, "groups", "hd"]), st.one_of(st.none(), st.text(), st.lists(st.text()), st.integers())
    )
)
def test_no_claims_make_the_reading_fail(claims: Mapping[str, Any]) -> None:
    strict = replace(PROVIDER, domains=frozenset({"example.org"}), roles={"a": frozenset({"lead"})})
    for provider in (PROVIDER, strict):
        try:
            found = vouched(provider, claims)
        except (AccessError, NotAllowedError):
            continue
        assert found.issuer
        assert found.subject
        assert found.name


# --- the settings file ------------------------------------------------------------------------------------------------


SETTINGS = f"""
[providers.newsroom]
title = "Newsroom"
discovery = "{DISCOVERY}"
client_id = "saywhen"
client_secret_env = "NEWSROOM_SECRET"
domains = ["Example.org"]
admit = true
[providers.newsroom.roles]
desk-leads = ["lead", "annotator"]
[providers.newsroom.projects.bridge]
bridge-team = ["reviewer"]
"""


def test_settings_are_read_with_secrets_from_the_environment_or_a_private_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSROOM_SECRET", "very-secret")
    file = tmp_path / "server.toml"
    file.write_text(SETTINGS)
    [provider] = read(file).providers
    assert (provider.key, provider.client_secret, provider.admit) == ("newsroom", "very-secret", True)
    assert provider.domains == {"example.org"}
    assert provider.roles == {"desk-leads": {"lead", "annotator"}}
    assert provider.projects == {"bridge": {"bridge-team": {"reviewer"}}}
    assert "very-secret" not in repr(provider)
    secret = tmp_path / "secret"
    secret.write_text("from a file\n")
    secret.chmod(0o600)
    file.write_text(SETTINGS.replace('_env = "NEWSROOM_SECRET"', '_file = "secret"'))
    assert read(file).providers[0].client_secret == "from a file"
    secret.chmod(0o640)
    with pytest.raises(StoreError, match=r"client_secret_file can be read by others.*chmod 600"):
        read(file)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('_env = "NEWSROOM_SECRET"', ' = "x"', r"client_secret is not a setting; put it into client_secret_env or"),
        ("NEWSROOM_SECRET", "UNSET_SECRET", "UNSET_SECRET, which is not set"),
        ("client_id", "client", "client is not a setting"),
        ('client_id = "saywhen"\n', "", "client_id is missing"),
        ("https://id", "http://id", "must begin with https://"),
        ("/.well-known/openid-configuration", "", "must end with /.well-known"),
        ('domains = ["Example.org"]\n', "", "admit needs domains"),
        ('["lead", "annotator"]', '["owner"]', "has no role 'owner'; the roles are annotator, reviewer, lead"),
        ('["lead", "annotator"]', '"lead"', r"roles\.desk-leads must be a list, not 'lead'"),
        ('["reviewer"]', '["owner"]', r"projects\.bridge\.bridge-team has no role 'owner'"),
        ("admit = true", 'admit = "yes"', "admit must be true or false"),
        ("providers.newsroom]", "providers.News_Room]", "lowercase letters"),
        ("[providers.newsroom.roles]", "[extra]", "extra is not a setting"),
        ("title = ", "title ", "can't read the settings"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(
    old: str, new: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSROOM_SECRET", "x")
    assert old in SETTINGS
    (tmp_path / "server.toml").write_text(SETTINGS.replace(old, new))
    with pytest.raises(StoreError, match=rf"server\.toml: .*{why}|{why}"):
        read(tmp_path / "server.toml")


def test_the_server_does_not_start_with_wrong_settings(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text("[provider.x]")
    done = forked.run("serve", "--project", tmp_path / "p.db", "--settings", tmp_path / "server.toml")
    assert done.returncode == 1
    assert b"provider is not a setting" in done.stderr
    assert not (tmp_path / "p.db").exists()


# --- several projects -------------------------------------------------------------------------------------------------


class Folder:
    """Two projects with one accounts file: Lea leads both, and groups give roles in “bridge”, whose gold is hidden."""

    def __init__(self, folder: Path, label_set: Schema) -> None:
        self.stores = {name: Store.create(folder / f"{name}.db", label_set) for name in ("bridge", "strike")}
        self.accounts = AccountStore.open(folder / "accounts.db", create=True)
        for store in self.stores.values():
            Administration(self.accounts, store).add("Lea", "lea@example.org", leads=True)
        self.provider = replace(
            PROVIDER,
            projects={"bridge": {"desk": frozenset({"annotator"}), "chiefs": frozenset({"lead"})}, "gone": {}},
        )

    def sign_in(self, name: str, *groups: str, admit: bool = False) -> str:
        """Sign someone in with their groups, and return the secret of the session."""
        door = ProviderSignIn(self.accounts, None, project_named=self.stores.get)
        email = f"{name.lower()}@example.org"
        claims = {**CLAIMS, "sub": name, "name": name, "email": email, "groups": list(groups)}
        return door.sign_in(replace(self.provider, admit=admit), claims, address="", agent="")

    def does(self, project: str, name: str) -> Member:
        """Return what someone does in a project."""
        with self.stores[project].reading() as unit:
            return next(each for each in unit.team.members() if each.name == name)

    def asks(self, project: str, secret: str) -> str | None:
        """Return the name under which someone with a session works in a project, None if they don't belong to it."""
        found = SignIn(self.accounts, self.stores[project].id).of_session(secret)
        assert found is not None
        return found.annotator


@pytest.fixture
def folder(tmp_path: Path, news: Schema) -> Folder:
    return Folder(tmp_path, news)


def test_groups_let_someone_into_a_project_out_of_it_and_in_again_with_their_work(folder: Folder) -> None:
    ana = folder.sign_in("Ana", "desk", admit=True)
    assert (folder.asks("bridge", ana), folder.asks("strike", ana)) == ("Ana", None)
    assert folder.does("bridge", "Ana") == Member("Ana", annotates=True)
    in_strike = Administration(folder.accounts, folder.stores["strike"])
    account, _ = in_strike.add("Ana S.", "ana@example.org", reviews=True)
    in_bridge = Administration(folder.accounts, folder.stores["bridge"])
    token = in_bridge.add_token(account.id, "nightly", ["read"])

    assert folder.asks("bridge", folder.sign_in("Ana", "others")) is None
    assert folder.asks("bridge", ana) is None, "sessions that began before are out, too"
    assert folder.does("bridge", "Ana") == Member("Ana")
    assert folder.asks("strike", ana) == "Ana S.", "groups mean nothing there"
    assert in_bridge.unclaimed() == [], "no one else gets their name"
    again = folder.sign_in("Ana", "desk", "chiefs")
    assert folder.asks("bridge", again) == "Ana"
    assert folder.does("bridge", "Ana") == Member("Ana", annotates=True, leads=True)
    assert SignIn(folder.accounts, folder.stores["bridge"].id).of_token(token) is None


def test_a_group_gives_a_name_of_ones_own_in_a_project_where_someone_else_has_it(folder: Folder) -> None:
    folder.stores["bridge"].sign_in("Ben")
    assert folder.asks("bridge", folder.sign_in("Ben", "desk", admit=True)) == "Ben 2"


def test_the_last_lead_of_hidden_gold_is_not_let_in_without_the_role(folder: Folder) -> None:
    bridge = folder.stores["bridge"]
    made = article.make("“We will go,” said Zoé.")
    list(bridge.add_articles([made]))
    bridge.append("Lea", made.id, "client-lea", 0, [op(1, "submit")])
    with bridge.writing() as unit:
        unit.hidden_gold.hide([made.id], "Lea", "Lea")
    with pytest.raises(
        NotAllowedError, match="don't make you a lead of bridge any more, but its hidden gold needs a lead"
    ):
        folder.sign_in("Lea", "others")
    # What one project refuses keeps no one from their roles in the others.
    folder.provider = replace(folder.provider, projects={**folder.provider.projects, "strike": {"others": frozenset({"annotator"})}})  # fmt: skip
    with pytest.raises(NotAllowedError, match="bridge"):
        folder.sign_in("Lea", "others")
    assert folder.does("bridge", "Lea") == Member("Lea", leads=True)
    assert folder.does("strike", "Lea") == Member("Lea", annotates=True)
    with folder.accounts.reading() as accounts:
        noted = accounts.audit.of_project(bridge.id)
    assert [each.what for each in noted].count(Event.REFUSED_ROLES.value) == 2
    assert folder.asks("bridge", folder.sign_in("Lea", "chiefs")) == "Lea"


def test_a_folder_is_not_served_with_roles_that_name_no_project(folder: Folder) -> None:
    by_group = replace(PROVIDER, roles={"desk": frozenset({"annotator"})})
    manner = launch.Manner(settings=Settings((by_group,)))
    with pytest.raises(StoreError, match=r"name it: \[providers.newsroom.projects.NAME\]"):
        launch.serve_folder(folder.accounts.path.parent, Reach("127.0.0.1"), 0, manner)


# --- a real provider --------------------------------------------------------------------------------------------------

USERS = [
    User(sub="lea-1", claims={"email": "lea@example.org", "email_verified": True, "name": "Lea"}),
    User(sub="ana-1", claims={"email": "ana@example.org", "email_verified": True, "name": "Ana"}),
    User(
        sub="nora-1",
        claims={"email": "nora@example.org", "email_verified": True, "name": "Nora", "groups": ["desk-reviewers"]},
    ),
    User(
        sub="pia-1",
        claims={"email": "pia@example.org", "email_verified": True, "name": "Pia", "groups": ["desk", "chiefs"]},
    ),
    User(sub="ben-1", claims={"email": "ben@example.org", "email_verified": False, "name": "Ben"}),
    User(sub="ben-2", claims={"email": "ben@example.org", "email_verified": True, "name": "Ben"}),
    User(sub="ben-3", claims={"email": "ben@example.org", "email_verified": True, "name": "Other Ben"}),
    User(sub="mallory", claims={"email": "mallory@evil.example", "email_verified": True, "name": "Mallory"}),
    User(sub="twin", claims={"email": "twin@example.org", "email_verified": True, "name": "Ana"}),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider that knows some people and insists on a nonce: its address."""
    with run_server_in_thread(user_claims=USERS, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, news: Schema, provider: str) -> Iterator[Desk]:
    """A server with accounts where people sign in by two ways at that provider, and by a third that is down."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "secret").write_text("secret")
    (folder / "secret").chmod(0o600)
    common = f'discovery = "{provider}/.well-known/openid-configuration"\nclient_id = "saywhen"\nclient_secret_file = "secret"\n'
    (folder / "server.toml").write_text(
        f'[providers.newsroom]\ntitle = "Newsroom"\n{common}domains = ["example.org"]\n'
        f'[providers.guests]\ntitle = "Guests <b>"\n{common}domains = ["example.org"]\nadmit = true\n'
        f'[providers.groups]\n{common}[providers.groups.roles]\ndesk-reviewers = ["reviewer"]\n'
        '[providers.gone]\ndiscovery = "http://127.0.0.1:9/.well-known/openid-configuration"\n'
        'client_id = "x"\nclient_secret_file = "secret"\n'
    )
    desk = make_desk(folder, news, options=["--settings", str(folder / "server.toml")])
    yield desk
    desk.server.stop()


def at_the_provider(client: httpx.Client, key: str, sub: str, target: str = "/") -> str:
    """Go to a provider, sign in there as someone, and return the address that it sends the browser back to."""
    there = client.get(f"/account/with/{key}", params={"next": target})
    assert there.status_code == 302, there.text
    with httpx.Client(trust_env=False) as outside:
        back = outside.post(there.headers["location"], data={"sub": sub})
    assert back.status_code in (302, 303), back.text
    return back.headers["location"]


def sign_in(desk: Desk, key: str, sub: str, target: str = "/") -> tuple[httpx.Client, httpx.Response]:
    """Sign in with a provider in a browser of one's own."""
    client = desk.visitor()
    return client, client.get(at_the_provider(client, key, sub, target))


def test_the_sign_in_page_lists_the_providers(desk: Desk) -> None:
    page = desk.visitor().get("/sign-in?next=%2Fteam").text
    assert re.findall(r'href="(/account/with/[^"]+)">Sign in with ([^<]+)<', page) == [
        ("/account/with/newsroom?next=%2Fteam", "Newsroom"),
        ("/account/with/guests?next=%2Fteam", "Guests &lt;b&gt;"),
        ("/account/with/groups?next=%2Fteam", "Groups"),
        ("/account/with/gone?next=%2Fteam", "Gone"),
    ]


def test_an_invited_person_signs_in_and_comes_to_the_page_they_asked_for(desk: Desk) -> None:
    client, answer = sign_in(desk, "newsroom", "lea-1", "/team")
    assert (answer.status_code, answer.headers["location"]) == (303, "/team")
    assert f"{desk.cookie}=" in answer.headers["set-cookie"]
    assert client.get("/team", headers=PAGE).status_code == 200
    assert [line[2] for line in desk.managing.log(2)] == ["signed in", "linked with a provider"]


def test_the_way_there_has_a_challenge_a_nonce_and_a_state_that_are_new_each_time(desk: Desk) -> None:
    asked = []
    for _ in range(2):
        answer = desk.visitor().get("/account/with/newsroom")
        asked.append(parse_qs(urlsplit(answer.headers["location"]).query))
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/account" in cookie
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["redirect_uri"] == [f"{desk.server.url}/account/callback/newsroom"]
    for name in ("code_challenge", "nonce", "state"):
        assert len(asked[0][name][0]) >= 20
        assert asked[0][name] != asked[1][name]


def test_a_callback_that_is_replayed_or_belongs_to_another_browser_is_400(desk: Desk) -> None:
    client = desk.visitor()
    back = at_the_provider(client, "newsroom", "lea-1")
    before = dict(client.cookies)
    assert desk.visitor().get(back).status_code == 400
    assert client.get(back).status_code == 303
    replayed = client.get(back)
    assert replayed.status_code == 400
    assert "Sign in again" in replayed.text
    assert "set-cookie" not in replayed.headers or desk.cookie not in replayed.headers["set-cookie"]
    with_old_cookies = desk.visitor()
    with_old_cookies.cookies.update(before)
    assert with_old_cookies.get(back).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=x",
        "state=x",
        "code=x&state=x",
        "error=access_denied&error_description=<b>no</b>",
        "code=%00&state=%ff",
    ],
)
def test_a_callback_that_no_one_asked_for_is_400_with_a_page(desk: Desk, query: str) -> None:
    answer = desk.visitor().get(f"/account/callback/newsroom?{query}")
    assert answer.status_code == 400
    assert "Sign-in wasn&#x27;t completed" in answer.text
    assert "<b>" not in answer.text


def test_a_callback_of_one_provider_does_not_end_the_way_to_another(desk: Desk) -> None:
    client = desk.visitor()
    back = at_the_provider(client, "newsroom", "lea-1")
    assert client.get(back.replace("/newsroom?", "/guests?")).status_code == 400


@pytest.mark.parametrize(
    ("key", "sub", "why"),
    [
        ("newsroom", "mallory", "only accepts e-mail addresses of example.org; yours is mallory@evil.example"),
        ("guests", "mallory", "only accepts e-mail addresses of example.org"),
        ("newsroom", "nora-1", "There is no account for nora@example.org; ask a lead to add you"),
        ("groups", "ben-1", "which gave no verified e-mail"),
        ("newsroom", "ben-1", "gave none that it has verified"),
    ],
)
def test_who_is_not_accepted_is_refused_with_the_reason(desk: Desk, key: str, sub: str, why: str) -> None:
    client, answer = sign_in(desk, key, sub)
    assert answer.status_code == 403
    assert why in answer.text
    assert client.get("/", headers=PAGE).status_code == 303


def test_an_address_that_now_is_another_persons_does_not_open_the_account(desk: Desk) -> None:
    assert sign_in(desk, "newsroom", "ben-2")[1].status_code == 303
    answer = sign_in(desk, "newsroom", "ben-3")[1]
    assert answer.status_code == 403
    assert "belongs to another person at Newsroom" in answer.text


def test_a_deactivated_person_is_refused_and_their_session_is_over(desk: Desk) -> None:
    client, answer = sign_in(desk, "newsroom", "ana-1")
    assert answer.status_code == 303
    assert client.get("/", headers=PAGE).status_code == 200
    desk.managing.deactivate(desk.id("Ana"))
    try:
        assert client.get("/", headers=PAGE).status_code == 303
        again = sign_in(desk, "newsroom", "ana-1")[1]
        assert again.status_code == 403
        assert "Your account has been deactivated" in again.text
    finally:
        desk.managing.activate(desk.id("Ana"))


def test_someone_new_of_the_domain_is_admitted_as_an_annotator_under_a_name_of_their_own(desk: Desk) -> None:
    client, answer = sign_in(desk, "guests", "twin")
    assert answer.status_code == 303
    assert client.get("/", headers=PAGE).status_code == 200
    assert client.get("/team", headers=PAGE).status_code == 403
    names = {account.email: annotator for account, annotator in desk.managing.people()}
    assert (names["ana@example.org"], names["twin@example.org"]) == ("Ana", "Ana 2")
    assert sign_in(desk, "guests", "twin")[1].status_code == 303
    assert len(desk.managing.people()) == len(names)


def test_groups_set_roles_at_each_sign_in(desk: Desk) -> None:
    desk.managing.add("Nora", "nora@example.org", leads=True)
    client, answer = sign_in(desk, "groups", "nora-1")
    assert answer.status_code == 303
    assert client.get("/review", headers=PAGE).status_code == 200
    assert client.get("/team", headers=PAGE).status_code == 403
    with desk.store.reading() as project:
        [nora] = [each for each in project.team.members() if each.name == "Nora"]
    assert (nora.annotates, nora.reviews, nora.leads) == (False, True, False)


def test_passwords_still_sign_in(desk: Desk) -> None:
    desk.signed_in("Rita")
    form = {"email": "rita@example.org", "password": PASSWORD}
    assert desk.visitor().post("/sign-in", data=form).status_code == 303


def test_a_provider_that_is_down_or_unknown_is_said(desk: Desk) -> None:
    answer = desk.visitor().get("/account/with/gone")
    assert answer.status_code == 502
    assert "Gone can&#x27;t be reached" in answer.text
    assert desk.visitor().get("/account/with/nowhere").status_code == 404
    assert desk.visitor().get("/account/callback/nowhere?code=1").status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/account/with/newsroom"]
)
def test_a_provider_never_leads_to_another_site(desk: Desk, target: str) -> None:
    assert sign_in(desk, "newsroom", "lea-1", target)[1].headers["location"] == "/"


class _Nonsense(BaseHTTPRequestHandler):
    """Answers everything with the same text."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>not a provider</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.slow
def test_an_address_that_is_no_provider_is_said(tmp_path: Path, news: Schema) -> None:
    with HTTPServer(("127.0.0.1", 0), _Nonsense) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "secret").write_text("s")
        (tmp_path / "secret").chmod(0o600)
        (tmp_path / "server.toml").write_text(
            f'[providers.odd]\ndiscovery = "http://127.0.0.1:{server.server_port}/.well-known/openid-configuration"\n'
            'client_id = "x"\nclient_secret_file = "secret"\n'
        )
        desk = make_desk(tmp_path, news, options=["--settings", str(tmp_path / "server.toml")])
        try:
            assert desk.visitor().get("/account/with/odd").status_code == 502
        finally:
            desk.server.stop()
            server.shutdown()


def test_two_who_are_admitted_at_once_are_two(desk: Desk) -> None:
    door = ProviderSignIn(desk.accounts, desk.store)
    open_to_all = replace(PROVIDER, admit=True)
    for number in range(3):
        claims = {**CLAIMS, "sub": f"new-{number}", "email": f"new-{number}@example.org", "name": "Kim"}
        assert door.sign_in(open_to_all, claims, address="", agent="")
    assert {"Kim", "Kim 2", "Kim 3"} <= {annotator for _, annotator in desk.managing.people()}


@pytest.mark.slow
def test_the_groups_at_a_running_provider_give_roles_in_two_projects_of_a_folder(
    tmp_path: Path, news: Schema, provider: str
) -> None:
    stores = {name: Store.create(tmp_path / f"{name}.db", news) for name in ("bridge", "strike", "ferry")}
    accounts = AccountStore.open(tmp_path / "accounts.db", create=True)
    for store in stores.values():
        Administration(accounts, store).add("Lea", "lea@example.org", leads=True)
    settings = tmp_path / "settings" / "server.toml"
    settings.parent.mkdir()
    (settings.parent / "secret").write_text("secret")
    (settings.parent / "secret").chmod(0o600)
    settings.write_text(
        f'[providers.newsroom]\ndiscovery = "{provider}/.well-known/openid-configuration"\nclient_id = "saywhen"\n'
        'client_secret_file = "secret"\ndomains = ["example.org"]\nadmit = true\n'
        '[providers.newsroom.projects.bridge]\ndesk = ["annotator"]\n'
        '[providers.newsroom.projects.strike]\nchiefs = ["reviewer", "lead"]\n'
        '[providers.newsroom.projects.ferry]\nothers = ["annotator"]\n'
    )
    server = Server(tmp_path, options=["--settings", str(settings)])
    server.start()
    try:
        origin = "/".join(server.url.split("/")[:3])
        with httpx.Client(base_url=server.url, headers={"Origin": origin}, timeout=30, trust_env=False) as client:
            answer = client.get(at_the_provider(client, "newsroom", "pia-1"))
            assert answer.status_code == 303, answer.text
            home = client.get("/", headers=PAGE).text
            assert "bridge" in home and "strike" in home and "ferry" not in home
            # An annotator can't open the page of assignments, a lead can; who doesn't belong to a project can't open it.
            opened = [client.get(f"/{name}/team", headers=PAGE).status_code for name in ("bridge", "strike", "ferry")]
            assert opened[:2] == [403, 200] and opened[2] in (403, 404)
    finally:
        server.stop()
    for name, does in (("bridge", Member("Pia", annotates=True)), ("strike", Member("Pia", reviews=True, leads=True))):
        with stores[name].reading() as unit:
            assert does in unit.team.members()
