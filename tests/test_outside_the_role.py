"""The API under arbitrary requests, as each role: no internal error, and nothing that the role may not see or do."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from conftest import TEXT, tries
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from starlette.types import ASGIApp, Receive, Scope, Send
from test_blind import FOUR, ONE, THREE, TWO, make, others, secret
from test_permissions import ROUTES

from labeling.accounts.values import SignedIn
from labeling.web.access import Access
from labeling.web.api import build_api
from labeling.web.scope import KEY

#: Who asks in each role, and how that role stands in the table of routes. The administrator has no role in the project.
WHO = {
    "annotator": ("zed", "a"),
    "reviewer": ("vera", "r"),
    "lead": ("lea", "l"),
    "administrator": ("root", "a"),
    "nobody": ("", ""),
}
#: What leads alone may do where people have accounts, though without them everyone may.
LEADS_ONLY = {"POST /import", "GET /exports/{name}"}
#: What shows that a project isn't as it was, or was asked for the work of others.
PLANTED = [secret("ben", TWO), secret("ana", FOUR), secret("hidden gold", THREE)]
#: Ids of what is there.
KNOWN = {"article": ONE, "name": "zed", "registry": "source", "entry": secret("ben", TWO), "id": 1, "story": "s1"}


class _SignedIn:
    """The API behind a session, as `Identity` puts it there."""

    def __init__(self, api: ASGIApp) -> None:
        self._api = api
        self.asks: SignedIn | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._api({**scope, KEY: self.asks} if scope["type"] == "http" else scope, receive, send)


class Desk:
    """The API of a project with accounts, asked as one role."""

    def __init__(self, folder: Path, role: str) -> None:
        self.store = make(folder)
        with self.store.writing() as unit:
            unit.team.set_accounts(True)
            unit.team.newcomer("root")
        access = Access(self.store.path, self.store.id)
        self.api = build_api(lambda: self.store, lambda: self.store, lambda: access, folder / "exports", accounts=True)
        door = _SignedIn(self.api)
        self.name, self.letter = WHO[role]
        if self.name:
            door.asks = SignedIn(1, 1, self.name, role == "administrator", self.name)
        self.headers = {"Authorization": f"Bearer {access.token(self.name)[0]}"} if self.name else {}
        self.client = TestClient(door, raise_server_exceptions=False)

    def allowed(self, route: str) -> bool:
        """Whether the role is let through to a route."""
        return self.letter != "" and self.letter in ("l" if route in LEADS_ONLY else ROUTES[route])


@cache
def requests() -> list[tuple[Any, st.SearchStrategy[Any]]]:
    """Return the operations that the API describes, each with requests to it: valid ones and others."""
    described = build_api(_no_project, _no_project, _no_project, Path()).openapi()
    found = [each.ok() for each in schemathesis.openapi.from_dict(described).get_all_operations()]
    return [(each, st.one_of(*(each.as_strategy(generation_mode=mode) for mode in GenerationMode))) for each in found]


def _no_project() -> Any:
    raise AssertionError("describing the API opens no project")


def ask_at_random(desk: Desk, examples: int) -> int:
    """Ask every route with arbitrary requests, some with ids that exist, and return how many routes there are."""
    before = others(desk.store, desk.name)
    for operation, cases in requests():
        _ask_route(desk, operation, cases, examples)
    if desk.letter in ("a", ""):
        assert others(desk.store, desk.name) == before
    return len(requests())


def _ask_route(desk: Desk, operation: Any, cases: st.SearchStrategy[Any], examples: int) -> None:
    route = f"{operation.method.upper()} {operation.path}"

    @seed(17)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=cases)
    def answered(case: Any) -> None:
        for real in (False, True):
            ask(case, real)

    def ask(case: Any, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = {name: KNOWN.get(name, value) for name, value in case.path_parameters.items()}
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {
            name: value
            for name, value in sent["headers"].items()
            if name.lower() not in ("authorization", "x-schemathesis-testcaseid") and str(value).isascii()
        }
        parts = {name: sent[name] for name in ("params", "json", "data") if sent.get(name) is not None}
        answer = desk.client.request(sent["method"], sent["url"], headers={**headers, **desk.headers}, **parts)
        assert answer.status_code < 500, (route, answer.status_code, answer.text[:300], sent)
        if not desk.allowed(route):
            assert answer.status_code >= 400, (route, answer.text[:300], sent)
        if desk.letter in ("a", ""):
            asked = sent["url"] + repr(parts)
            assert not [words for words in PLANTED if words in answer.text and words not in asked], (route, sent)

    answered()


@pytest.mark.slow
@pytest.mark.parametrize("role", WHO)
def test_arbitrary_requests_end_in_no_error_of_the_server_and_nothing_outside_the_role(
    role: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, role)
    with desk.client:
        assert ask_at_random(desk, tries(8)) >= len({route.removesuffix(" with work") for route in ROUTES}) - 1


# --- ops --------------------------------------------------------------------------------------------------------------

_IDS = ["a", "b", "c", "q", "s", "l", secret("ben", TWO), secret("ana", ONE), "", "x" * 65, "é"]
_LABELS = ["quote", "speaker", "date", "cue", "nothing", ""]
_VALUES: list[Any] = [
    None,
    True,
    "",
    "a",
    secret("ben", TWO),
    ["a", "b"],
    [],
    {"edtf": "2024"},
    {"value": 3},
    7,
    1e300,
    "\ud83d",
]


def random_op(draw: random.Random, number: int) -> dict[str, Any]:
    """Return an op that may be accepted, refused, or malformed."""
    kind = draw.choice(
        ["add", "add", "change", "set", "waive", "remove", "relate", "unrelate", "comment", "uncomment", "judge", "publish",
         "register", "submit", "reopen", "skip", "migrate", "none"]
    )  # fmt: skip

    def fragments() -> list[dict[str, Any]]:
        found = []
        for _ in range(draw.choice([0, 1, 1, 1, 2])):
            start = draw.randrange(-1, len(TEXT) + 3)
            end = start + draw.randrange(-1, 20)
            quote = TEXT[max(start, 0) : max(end, 0)] if draw.random() < 0.9 else "other words"
            found.append({"start": start, "end": end, "quote": quote})
        return found

    def attributes() -> dict[str, Any]:
        names = ["who", "note", "value", "certainty", "modality", "nothing"]
        return {draw.choice(names): draw.choice(_VALUES) for _ in range(draw.randrange(3))}

    id, other = draw.choice(_IDS), draw.choice(_IDS)
    values: dict[str, Any] = {
        "add": {"label": draw.choice(_LABELS), "fragments": fragments(), "attributes": attributes()},
        "change": {"label": draw.choice([*_LABELS, None]), "fragments": draw.choice([None, fragments()])},
        "set": {"name": draw.choice(["who", "note", "value", "nothing"]), "value": draw.choice(_VALUES)},
        "waive": {"name": draw.choice(["who", "said_by"]), "reason": draw.choice([None, "", "unclear"])},
        "relate": {"type": draw.choice(["said_by", "cued_by", "nothing"]), "from": other, "to": draw.choice(_IDS)},
        "comment": {"text": draw.choice(["", "Hm.", "x" * 5001]), "flag": draw.choice([None, "ask", "no"]), "span": None},
        "judge": {
            "suggester": "rules", "version": "1", "verdict": draw.choice(["accepted", "rejected", None, "no"]), "spans": [other],
        },
        "publish": {"value": draw.choice([None, "2024", "Friday"]), "basis": draw.choice([None, "stated", "no"])},
        "register": {"registry": draw.choice(["source", "no"]), "name": draw.choice(["", "Kim", "Renamed"])},
        "skip": {"reason": draw.choice(["", "no"])},
        "migrate": {"since": 1, "version": 2, "state": {}},
    }.get(kind, {})  # fmt: skip
    about = {} if kind in ("submit", "reopen", "skip", "publish", "migrate") else {"id": id}
    return {"number": number, "kind": kind, **about, **values}


def send_at_random(desk: Desk, count: int) -> dict[int, int]:
    """Send as many random ops as an annotator, and return how often each status was answered."""
    draw, before, sent, answers = random.Random(16), others(desk.store, desk.name), 0, {}
    numbers: dict[tuple[str, str], int] = {}
    while sent < count:
        # Two of the articles aren't theirs, and one isn't there.
        article = draw.choice([ONE, ONE, ONE, THREE, FOUR, TWO, secret("ben", TWO)])
        client = f"client-{article[:8]}-{draw.randrange(4)}"
        number = numbers.get((article, client), 0)
        # Most messages are well-formed, as a malformed op has the whole message refused.
        wanted = draw.choice([1, 1, 1, 5, 20])
        message = [random_op(draw, number + at) for at in range(1, wanted + 1)]
        body = {"client": client, "revision": draw.choice([0, 0, 1, 10**6]), "ops": message}
        answer = desk.client.post(
            f"/articles/{article}/ops",
            content=_json(body),
            headers={**desk.headers, "Content-Type": "application/json"},
        )
        sent += wanted
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
        assert answer.status_code in (200, 404, 413, 422), (answer.status_code, answer.text[:300], body)
        assert article not in (TWO, secret("ben", TWO)) or answer.status_code != 200, article
        if answer.status_code == 200:
            numbers[article, client] = max(number, answer.json()["confirmed"])
            assert not [words for words in PLANTED if words in answer.text and words not in _IDS]
    assert others(desk.store, desk.name) == before
    return answers


def _json(body: dict[str, Any]) -> bytes:
    import json

    return json.dumps(body).encode("utf-8", "surrogatepass")


@pytest.mark.slow
def test_random_ops_of_an_annotator_change_nothing_but_their_own_work(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "annotator")
    with desk.client:
        answers = send_at_random(desk, 1_500)
    assert min(answers[200], answers[404], answers[422]) > 10


@pytest.mark.nightly
def test_a_hundred_thousand_random_ops_of_an_annotator_change_nothing_but_their_own_work(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "annotator")
    with desk.client:
        send_at_random(desk, 100_000)
