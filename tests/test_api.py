"""The HTTP API, over real connections to a real server."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from conftest import op
from itsdangerous import URLSafeTimedSerializer
from running import Server

from labeling import sample
from labeling.assignment import Member
from labeling.language import LANGUAGES, propose
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.store.values import Answer, Save
from labeling.web.access import Access
from labeling.web.routes import articles


@pytest.fixture(scope="module")
def server(serve) -> Server:
    return serve()


@pytest.fixture(scope="module")
def project(server: Server) -> Store:
    store = Store.open(server.project)
    for name in ("ana", "ben"):
        store.sign_in(name)
    return store


@pytest.fixture(scope="module")
def token(server: Server, project: Store) -> str:
    return Access(server.project, project.id).token("ana")[0]


@pytest.fixture
def client(server: Server, token: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/api", headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def _add(number: int, text: str, start: int, end: int, label: str = "quote") -> dict:
    return {
        "number": number, "kind": "add", "id": f"s{number}", "label": label,
        "fragments": [{"start": start, "end": end, "quote": text[start:end]}],
    }  # fmt: skip


@pytest.mark.slow
def test_the_queue_brings_an_article_with_everything_the_page_needs(client: httpx.Client) -> None:
    bundle = client.get("/next").json()
    assert set(bundle) == {"article", "annotation", "entries", "version", "candidates", "returned"}
    assert {"id", "title", "outlet", "url", "language", "published", "text", "position"} == set(bundle["article"])
    assert bundle["annotation"] == {
        "revision": 0, "status": "new", "skip_reason": None, "published": None, "spans": [], "relations": [], "comments": [],
    }  # fmt: skip
    after = client.get("/next", params={"after": bundle["article"]["id"]}).json()
    assert after["article"]["position"] == 2
    assert client.get("/previous", params={"before": after["article"]["id"]}).json() == bundle
    assert client.get(f"/articles/{bundle['article']['id']}").json() == bundle


def test_an_article_comes_with_the_stretches_that_could_be_marked_in_code_points(client: httpx.Client) -> None:
    bundle = client.get("/next").json()
    text, candidates = bundle["article"]["text"], bundle["candidates"]
    lists = ("quotations", "clauses", "cues", "phrases", "names", "dates")
    assert set(candidates) == {"version", "language", "rules", "lexicon", "sentences", *lists}
    assert (candidates["language"], candidates["rules"]) == ("en", "en")
    assert "she" in candidates["lexicon"]["pronouns"]
    found = propose(text, LANGUAGES["en"])
    assert candidates["sentences"] == [list(sentence) for sentence in found.sentences]
    for name in lists:
        assert [each[:2] for each in candidates[name]] == [[each.start, each.end] for each in getattr(found, name)]
    assert all(text[start:end] for start, end, *_ in candidates["quotations"])
    cue = next(each for each in candidates["cues"] if "speaker" in each[2])
    assert cue[2]["speaker"] in [each[:2] for each in candidates["phrases"]]


def test_a_save_is_answered_with_the_ops_in_server_order(client: httpx.Client) -> None:
    article = client.get("/next").json()["article"]
    before = datetime.now(UTC).replace(microsecond=0)
    url, ops = f"/articles/{article['id']}/ops", [_add(1, article["text"], 0, 3), _add(2, article["text"], 4, 9)]
    answer = client.post(url, json={"client": "client-api-1", "revision": 0, "ops": ops}).json()
    assert (answer["confirmed"], answer["refused"], answer["revision"]) == (2, [], 2)
    assert [(op["client"], op["number"], op["revision"]) for op in answer["ops"]] == [
        ("client-api-1", 1, 1), ("client-api-1", 2, 2),
    ]  # fmt: skip
    assert client.get(f"/articles/{article['id']}/ops").json()["ops"] == answer["ops"]
    times = [datetime.fromisoformat(op["at"]) for op in answer["ops"]]
    assert all(before <= time <= datetime.now(UTC) for time in times)
    assert client.get("/progress").json()["open"] == 1
    assert client.get("/session").json()["marks"] == 2


def _token_of(server: Server, project: Store, **change: object) -> str:
    key = server.project.with_name(f".{server.project.name}.key").read_text()
    serializer = URLSafeTimedSerializer(
        change.get("key", key),
        salt=change.get("salt", f"annotator:{project.id}"),  # type: ignore[arg-type]
    )
    return str(serializer.dumps(change.get("name", "ana")))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "not signed in: send the header Authorization: Bearer TOKEN"),
        ("", "not signed in"),
        ("Bearer", "not signed in"),
        ("Basic YW5hOmFuYQ==", "not signed in"),
        ("Bearer ana", "not valid; sign in again"),
        ("Bearer ana.ana.ana", "not valid; sign in again"),
        ("Bearer " + "x" * 5000, "not valid; sign in again"),
        ({"key": "0" * 64}, "not valid; sign in again"),
        ({"salt": "annotator:another project"}, "not valid; sign in again"),
        ({"salt": None}, "not valid; sign in again"),
    ],
)
def test_without_a_sound_token_nothing_is_reported(server: Server, project: Store, header, reason: str) -> None:
    if isinstance(header, dict):
        salt = header.get("salt", "") or f"download:{project.id}"
        header = f"Bearer {_token_of(server, project, **({**header, 'salt': salt} if 'salt' in header else header))}"
    for path in ("/progress", "/next", "/articles/x", "/registry/source", "/schema", "/dates?words=today"):
        answer = httpx.get(f"{server.url}/api{path}", headers={"Authorization": header} if header is not None else {})
        assert answer.status_code == 401
        assert reason in answer.json()["error"]


def test_a_token_that_was_changed_in_one_character_is_refused(server: Server, token: str) -> None:
    for at in range(0, len(token), 7):
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert httpx.get(f"{server.url}/api/progress", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_token_expires(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    access = Access(tmp_path / "p.db", "id")
    token, expires = access.token("ana")
    assert 3500 < expires - time.time() <= 3600
    assert access.annotator(token) == "ana"
    later = time.time() + 3602
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Exception, match="this sign-in has expired; sign in again: reload the page"):
        access.annotator(token)


def test_a_token_holds_though_the_clock_was_put_back_a_little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    access = Access(tmp_path / "p.db", "id")
    now, (token, _) = time.time(), access.token("ana")
    monkeypatch.setattr(time, "time", lambda: now - 60)
    assert access.annotator(token) == "ana"
    monkeypatch.setattr(time, "time", lambda: now - 4000)
    with pytest.raises(Exception, match="this sign-in has expired; sign in again: reload the page"):
        access.annotator(token)


def test_a_sound_token_is_renewed(client: httpx.Client) -> None:
    renewed = client.post("/token").json()
    assert renewed["expires"] > time.time() + 3500
    assert client.get("/progress", headers={"Authorization": f"Bearer {renewed['token']}"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "nothing was saved"),
        ("{", "nothing was saved"),
        ("[]", "nothing was saved"),
        ({"revision": 0, "ops": []}, "client: Field required"),
        ({"client": "short", "revision": 0, "ops": []}, "client: "),
        ({"client": "client-bad-1", "revision": -1, "ops": []}, "revision: "),
        ({"client": "client-bad-1", "revision": "0", "ops": []}, "revision: "),
        ({"client": "client-bad-1", "revision": 2**63, "ops": []}, "revision: "),
        ({"client": "client-bad-1", "revision": float("nan"), "ops": []}, "revision: "),
        ('{"client": "client-bad-1", "revision": 0, "ops": ' + "[" * 100_000, "recursion limit exceeded"),
        ('{"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "skip", "reason": "\\ud800"}]}', "Invalid JSON"),
        ({"client": "client-bad-1", "revision": 0, "ops": [], "annotator": "ben"}, "annotator: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1}]}, "ops.0: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "destroy"}]}, "ops.0: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 0, "kind": "submit"}]}, "ops.0.submit.number: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1.5, "kind": "submit"}]}, "ops.0.submit.number: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "remove", "id": "a b"}]}, "ops.0.remove.id: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "remove", "id": "x" * 65}]}, "ops.0.remove.id: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "change", "id": "a"}]}, "a change needs a label or fragments"),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "waive", "id": "a", "name": "said_by"}]}, "ops.0.waive.reason: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "waive", "id": "a", "name": "said_by", "reason": " "}]}, "ops.0.waive.reason"),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "waive", "id": "a", "name": "said_by", "reason": "x" * 501}]}, "ops.0.waive.reason"),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "comment", "id": "c"}]}, "a comment needs text or a flag"),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "comment", "id": "c", "text": " "}]}, "a comment needs text or a flag"),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "comment", "id": "c", "text": "x" * 5001}]}, "ops.0.comment.text: "),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": 1, "kind": "comment", "id": "c", "flag": "Ask"}]}, "ops.0.comment.flag: "),
        (
            {"client": "client-bad-1", "revision": 0, "ops": [
                {"number": 1, "kind": "submit"},
                {"number": 2, "kind": "add", "id": "a", "label": "quote", "fragments": [{"start": -1, "end": 2, "quote": "x"}]},
            ]},
            "ops.1.add.fragments.0.start: ",
        ),
        ({"client": "client-bad-1", "revision": 0, "ops": [{"number": n, "kind": "submit"} for n in range(1, 2002)]}, "ops: "),
    ],
)  # fmt: skip
def test_a_malformed_message_names_its_fault_and_nothing_is_taken(client: httpx.Client, body, reason: str) -> None:
    article = client.get("/next").json()["article"]["id"]
    before = client.get(f"/articles/{article}/ops").json()
    content = body if isinstance(body, str) else json.dumps(body)
    answer = client.post(f"/articles/{article}/ops", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert reason in answer.json()["error"]
    assert client.get(f"/articles/{article}/ops").json() == before


def test_many_ops_are_committed_beside_the_event_loop_and_few_on_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = store.next("ana", None)
    assert article
    threads: list[int] = []
    append_all = store.append_all

    def noting(saves: Sequence[Save]) -> list[Answer | Exception]:
        threads.append(threading.get_ident())
        return append_all(saves)

    def save(client: str, count: int) -> Save:
        message = [
            op(n, "register", registry="source", id=f"{client}-{n}", name=f"{client} {n}") for n in range(1, count + 1)
        ]
        return Save("ana", article, client, 0, message)

    async def saved() -> list[Answer]:
        saves = articles._Saves(lambda: store)
        return [await saves(save("client-few", 3)), await saves(save("client-many", articles._MANY))]

    monkeypatch.setattr(store, "append_all", noting)
    few, many = asyncio.run(saved())
    assert (few.confirmed, few.refused, many.confirmed, many.refused) == (3, [], articles._MANY, [])
    assert threads[0] == threading.get_ident() != threads[1]


def test_a_message_that_is_too_large_is_refused_unread(client: httpx.Client) -> None:
    answer = client.post("/articles/x/ops", content=b"x" * 8_000_001)
    assert (answer.status_code, "larger than 8,000,000 bytes or has no Content-Length" in answer.json()["error"]) == (
        413,
        True,
    )
    unsized = client.post("/articles/x/ops", content=(chunk for chunk in [b"x"]))
    assert unsized.status_code == 413


def test_an_article_that_is_not_there_is_named(client: httpx.Client) -> None:
    for answer in (
        client.get("/articles/nowhere"),
        client.get("/articles/nowhere/ops"),
        client.post("/articles/nowhere/ops", json={"client": "client-api-9", "revision": 0, "ops": [{"number": 1, "kind": "submit"}]}),
    ):  # fmt: skip
        assert answer.status_code == 404
        assert "no article nowhere" in answer.json()["error"]


def test_the_queue_is_searched_and_filtered(client: httpx.Client) -> None:
    every = client.get("/articles").json()
    assert (every["total"], len(every["rows"])) == (8, 8)
    assert set(every["rows"][0]) == {"id", "position", "title", "outlet", "published", "status", "flags", "snippet"}
    facets = client.get("/facets").json()
    assert sum(facets["statuses"].values()) == 8
    outlet, count = next(iter(facets["outlets"].items()))
    assert client.get("/articles", params={"outlet": outlet}).json()["total"] == count
    found = client.get("/articles", params={"q": "skerrow bri", "limit": 1}).json()
    shown = found["rows"][0]["snippet"]
    assert found["total"] > 1
    assert {shown["text"][start:end].lower() for start, end in shown["ranges"]} <= {"skerrow", "bri"}
    assert len(shown["ranges"]) > 1


@pytest.mark.parametrize(
    ("query", "code", "reason"),
    [
        ({"q": "x" * 201}, 422, "q: "),
        ({"status": "done"}, 422, "status: "),
        ({"limit": "0"}, 422, "limit: "),
        ({"limit": "201"}, 422, "limit: "),
        ({"limit": "many"}, 422, "limit: "),
        ({"offset": "-1"}, 422, "offset: "),
        ({"from": "yesterday"}, 422, "“yesterday” is not a day, month or year; write it as 2018-11-04"),
        ({"to": "2018-02-30"}, 422, "2018-02"),
        ({"flag": "later"}, 404, "there is no flag “later”; the label set has ask, unclear"),
    ],
)
def test_a_wrong_filter_is_named(client: httpx.Client, query: dict, code: int, reason: str) -> None:
    answer = client.get("/articles", params=query)
    assert (answer.status_code, reason in answer.json()["error"]) == (code, True), answer.text


def test_dates_are_read_in_words(client: httpx.Client) -> None:
    answer = client.get("/dates", params={"words": "Thursday or Friday", "against": "2019-01-15"}).json()
    assert "[2019-01-17,2019-01-18]" in [reading["edtf"] for reading in answer["readings"]]
    assert answer["error"] is None
    german = client.get("/dates", params={"words": "nächsten Montag", "against": "2019-01-15", "language": "de"}).json()
    assert [reading["edtf"] for reading in german["readings"]] == ["2019-01-21"]
    french = client.get("/dates", params={"words": "lundi", "against": "2019-01-15", "language": "fr"}).json()
    assert french["readings"] == []
    assert french["error"].endswith("; words are read in English and German only so far")
    led = {"words": "spring", "against": "2019-01-15", "before": "It has been shut since "}
    assert client.get("/dates", params=led).json()["lead"] == "since"
    assert client.get("/dates", params={**led, "language": "de"}).json()["lead"] == ""
    unread = client.get("/dates", params={"words": "soonish, maybe", "against": "2019-01-15"}).json()
    assert unread["readings"] == []
    assert "soonish" in unread["error"]


def test_another_host_name_is_not_answered(server: Server, token: str) -> None:
    """A page of another site that points its own name at this machine gets nothing (DNS rebinding)."""
    for path in ("/", "/api/progress", "/_stcore/health"):
        answer = httpx.get(f"{server.url}{path}", headers={"Host": "evil.example", "Authorization": f"Bearer {token}"})
        assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:9", "null", ""])
def test_a_page_from_elsewhere_is_not_answered_not_even_one_of_this_machine(
    server: Server, token: str, origin: str
) -> None:
    """Another program's page on another port could else open Streamlit's socket and sign in under any name."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    for path, headers in (("/_stcore/stream", upgrade), ("/_stcore/health", {}), ("/api/progress", {})):
        sent = {**headers, "Authorization": f"Bearer {token}", "Origin": origin}
        assert httpx.get(f"{server.url}{path}", headers=sent).status_code == 403
    own = {"Authorization": f"Bearer {token}", "Origin": server.url}
    assert httpx.get(f"{server.url}/api/progress", headers=own).status_code == 200


def test_the_api_describes_itself(server: Server) -> None:
    paths = httpx.get(f"{server.url}/api/openapi.json").json()["paths"]
    assert {"/next", "/previous", "/progress", "/articles/{article}/ops", "/dates", "/token"} <= set(paths)


def test_an_export_is_downloaded_with_a_ticket_for_it_and_for_nothing_else(server: Server, project: Store) -> None:
    from labeling.services.export import write_export

    access = Access(server.project, project.id)
    path = write_export(project, server.project.parent / "exports")
    url = f"{server.url}/api/exports"
    assert httpx.get(f"{url}/{path.name}", params={"ticket": access.ticket(path.name)}).content == path.read_bytes()
    for name, ticket in (
        (path.name, "x"),
        (path.name, access.ticket("other.jsonl")),
        (path.name, access.token("ana")[0]),
        ("..%2Fproject.db", access.ticket("../project.db")),
        ("gone.jsonl", access.ticket("gone.jsonl")),
    ):
        assert httpx.get(f"{url}/{name}", params={"ticket": ticket}).status_code in (400, 401, 404)


@pytest.mark.slow
def test_an_export_that_cannot_be_written_is_the_servers_fault_and_an_article_that_is_not_there_is_not(serve) -> None:
    server = serve()
    store = Store.open(server.project)
    token = Access(server.project, store.id).token(store.sign_in("ana"))[0]
    (server.project.parent / "exports").write_text("a file where the folder should be")
    with httpx.Client(base_url=f"{server.url}/api", headers={"Authorization": f"Bearer {token}"}) as client:
        answer = client.post("/exports")
        assert answer.status_code == 503
        assert "can't write the export to" in answer.json()["error"]
        for answer in (
            client.get("/articles/x"),
            client.post("/articles/x/ops", json={"client": "client-api-9", "revision": 0, "ops": []}),
        ):
            assert answer.status_code == 404
            assert "there is no article x in " in answer.json()["error"]


@pytest.mark.slow
def test_a_script_imports_and_exports_what_a_page_would(serve) -> None:
    server = serve()
    store = Store.open(server.project)
    store.sign_in("ana")
    headers = {"Authorization": f"Bearer {Access(server.project, store.id).token('ana')[0]}"}
    rows = b'{"text": "One."}\n{"text": ""}\n{"text": "One."}\n'
    with httpx.Client(base_url=f"{server.url}/api", headers=headers) as client:
        told = client.post("/import", params={"name": "rows.jsonl", "dry_run": True}, content=rows).json()
        assert (told["new"], len(told["known"]), store.count()) == (1, 1, 8)
        done = client.post("/import", params={"name": "../rows.jsonl"}, content=rows).json()
        assert (done["new"], [known["source"] for known in done["known"]]) == (1, ["rows.jsonl:3"])
        assert [(fault["file"], fault["line"]) for fault in done["faults"]] == [("rows.jsonl", 2)]
        assert store.count() == 9
        work = {"name": "a.jsonl", "with_work": True, "as": "A=ben", "map": ["cue=quote"]}
        line = sample.gold_path().read_bytes().splitlines()[0].replace(b'"annotator":"gold"', b'"annotator":"A"')
        told = client.post("/import", params=work, content=line).json()
        assert (told["work"], told["withheld"], store.log("ben", json.loads(line)["id"])) == ({}, True, [])
        done = client.post("/import", params={**work, "map": []}, content=line).json()
        assert (done["work"], done["faults"], done["new"]) == ({"ben": 1}, [], 0)
        assert [fate for fate in verify(store) if fate.difference] == []
        assert client.post("/import", params={"name": "a", "kind": "xml"}, content=b"x").status_code == 422
        written = client.post("/exports", params={"shape": "articles"}).json()
        lines = httpx.get(server.url + written["url"]).text.splitlines()
        assert [json.loads(line)["format"] for line in lines] == ["saywhen/1"] * 9
        assert client.post("/exports", params={"shape": "pages"}).status_code == 422
        with store.writing() as unit:
            unit.team.set_members([Member("ana", leads=True)], "ana")
        ben = {"Authorization": f"Bearer {Access(server.project, store.id).token('ben')[0]}"}
        assert client.post("/import", params=work, headers=ben, content=line).status_code == 403
    assert httpx.post(f"{server.url}/api/import?name=a.txt", content=b"x").status_code == 401


@pytest.mark.slow
def test_what_was_acknowledged_survives_sigkill(serve) -> None:
    """Saves go on while the server is killed and started again, twice; each is there, once and in order."""
    server = serve()
    store = Store.open(server.project)
    store.sign_in("ana")
    token = Access(server.project, store.id).token("ana")[0]
    article = store.bundle("ana", store.next("ana", None))["article"]
    url = f"{server.url}/api/articles/{article['id']}/ops"
    ops = [_add(number, article["text"], number, number + 2) for number in range(1, 51)]

    def kill_twice() -> None:
        for _ in range(2):
            time.sleep(0.15)
            server.kill()
            server.start()

    confirmed = revision = 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        killing = pool.submit(kill_twice)
        sent = 1
        while confirmed < 50:
            try:
                message = {"client": "client-kill-1", "revision": revision, "ops": ops[confirmed:sent]}
                answer = httpx.post(url, json=message, headers={"Authorization": f"Bearer {token}"}, timeout=5).json()
                assert answer["confirmed"] >= confirmed
                confirmed, revision = answer["confirmed"], answer["revision"]
                sent = min(50, confirmed + 1)
                time.sleep(0.005)
            except httpx.TransportError:
                time.sleep(0.05)
        killing.result()
    log = Store.open(server.project).log("ana", article["id"])
    assert [op["number"] for op in log] == list(range(1, 51))
    assert [difference for _, _, difference, _ in verify(Store.open(server.project))] == [None]


def test_while_another_process_writes_a_save_waits_and_reading_does_not(
    server: Server, project: Store, client: httpx.Client
) -> None:
    article = client.get("/next").json()["article"]
    holder = project.connection()
    holder.execute("BEGIN IMMEDIATE")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        message = {"client": "client-wait-1", "revision": 0, "ops": [_add(1, article["text"], 20, 25, "speaker")]}
        saving = pool.submit(client.post, f"/articles/{article['id']}/ops", json=message, timeout=20)
        time.sleep(0.2)
        assert client.get("/progress").status_code == 200
        assert not saving.done()
        holder.execute("COMMIT")
        assert saving.result().json()["confirmed"] == 1


def test_an_import_is_listed_and_undone_as_a_whole_unless_someone_has_worked_on_it(
    client: httpx.Client, project: Store
) -> None:
    body = b"".join(json.dumps({"text": f"Undone text {n}.", "title": f"U{n}"}).encode() + b"\n" for n in range(3))
    before = project.count()
    assert client.post("/import", params={"name": "u.jsonl"}, content=body).json()["new"] == 3
    first = client.get("/imports").json()["imports"][0]
    assert (first["by"], first["files"], first["articles"], first["undone_at"]) == ("ana", ["u.jsonl"], 3, None)
    preview = client.post(f"/imports/{first['id']}/undo", params={"dry_run": True})
    assert (preview.status_code, preview.json(), project.count()) == (
        200,
        {"articles": 3, "annotations": 0},
        before + 3,
    )
    found = client.get("/articles", params={"q": "Undone text 1"}).json()["rows"][0]["id"]
    message = {"client": "client-undone", "revision": 0, "ops": [{"number": 1, "kind": "submit"}]}
    assert client.post(f"/articles/{found}/ops", json=message).status_code == 200
    refused = client.post(f"/imports/{first['id']}/undo")
    assert (refused.status_code, project.count()) == (422, before + 3)
    assert "one of its articles has been worked on: “U1” (submitted by ana)" in refused.json()["error"]
    assert client.post("/import", params={"name": "v.jsonl"}, content=b'{"text": "Gone again."}').json()["new"] == 1
    last = client.get("/imports").json()["imports"][0]["id"]
    undone = client.post(f"/imports/{last}/undo")
    assert undone.json()["told"] == ["Removed: 1 article, 0 annotations, 0 registry entries."]
    assert client.post(f"/imports/{last}/undo").status_code == 404
    assert client.post("/imports/999/undo").status_code == 404
    assert not [verdict for verdict in verify(project) if verdict.difference]
