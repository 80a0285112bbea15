"""Whatever is lost, late or done at once: every tab, the server, the export and the replay of the log end in the same."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import forked
import httpx
import orjson
import pytest
import tools
from conftest import TEXT, tries
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from running import ROOT, Server

from labeling import schema
from labeling.annotation import article, ops, requirements
from labeling.annotation import state as annotation
from labeling.dataset import annotation_values
from labeling.schema import Schema
from labeling.services.export import write_export
from labeling.store.project import Store
from labeling.web.access import Access

pytestmark = pytest.mark.slow

#: How many scenarios are played; more of them for a long hunt.
SCENARIOS = int(os.environ.get("SAYWHEN_SCENARIOS", tries(40)))
STEPS = 60

#: What happens in a scenario, the likelier the oftener it stands here. The first is what a failing scenario is reduced to.
DECK = (
    ["focus", "tick", "mail"] + ["mail", "carry", "deliver", "tick"] * 3 + ["lose", "late", "busy"] * 2 + ["expired"]
    + ["undo"] * 5 + ["redo"] * 3 + ["add"] * 9 + ["relabel", "set"] * 4 + ["remove", "reshape"] * 3 + ["link"] * 7
    + ["relate"] + ["unrelate", "waive", "comment", "register", "parts"] * 2 + ["uncomment", "publish", "judge", "finish", "wrong"]
    + ["tab", "reload"] * 2 + ["close", "unmount", "hide", "online"]
)  # fmt: skip
ACTION = st.tuples(st.sampled_from(DECK), st.integers(0, 4), st.integers(0, 255), st.integers(0, 255))
ACTIONS = st.lists(ACTION, min_size=STEPS, max_size=STEPS)


class World:
    """A project on a real server, and a process with the page's own modules that plays scenarios against it."""

    def __init__(self, server: Server, label_set: Schema) -> None:
        self.server = server
        self.store = Store.create(server.project, label_set)
        [added] = self.store.add_articles([article.make(TEXT, title="One")])
        self.article = added.article.id
        self._access: Access | None = None
        self._numbers = itertools.count(1)
        self._browser = subprocess.Popen(
            [*tools.node(), str(ROOT / "tests" / "js" / "world.js")],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        #: What everyone's work is to look like in the export.
        self.ended: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        """End the process."""
        self._browser.communicate()

    def play(self, actions: list[tuple[Any, ...]]) -> tuple[str, dict[str, Any]]:
        """Let a newcomer's tabs go through a scenario; return the newcomer's name and what the tabs ended in."""
        self._access = self._access or Access(self.store.path, self.store.id)
        name = self.store.sign_in(f"ana-{next(self._numbers)}")
        scenario = {
            "url": f"{self.server.url}/api",
            "token": self._access.token(name)[0],
            "project": self.store.id,
            "annotator": name,
            "article": self.article,
            "text": TEXT,
            "schema": self.store.schema.as_json(),
            "actions": actions,
        }
        answer = self._report(scenario)
        while "please" in answer:
            {"kill": self.server.kill, "start": self.server.start}[answer["please"]]()
            answer = self._report({})
        assert "error" not in answer, answer["error"]
        return name, answer

    def _report(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._browser.stdin and self._browser.stdout
        self._browser.stdin.write(json.dumps(message) + "\n")
        self._browser.stdin.flush()
        return json.loads(self._browser.stdout.readline())

    def bundle(self, name: str) -> dict[str, Any]:
        """Return what the server has of someone's work."""
        assert self._access
        headers = {"Authorization": f"Bearer {self._access.token(name)[0]}"}
        return httpx.get(f"{self.server.url}/api/articles/{self.article}", headers=headers).raise_for_status().json()


def plain(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state without the order in which things came, which is no part of it."""
    state = {"comments": [], "skip_reason": None, **state}
    by_id = {key: sorted(state[key], key=lambda each: each["id"]) for key in ("spans", "relations", "comments")}
    return {key: by_id.get(key, state[key]) for key in (*by_id, "status", "skip_reason", "published")}


def bodies(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ops as they were made, without what the log says of them."""
    return [{key: op[key] for key in op if key not in ("client", "number", "at", "revision", "refused")} for op in log]


def check(world: World, name: str, ended: dict[str, Any]) -> None:
    """Hold what tabs ended in against the server, its log, and what was done in the tabs."""
    bundle = world.bundle(name)
    server = plain(bundle["annotation"])
    log = world.store.log(name, world.article)
    accepted = [
        ops.load({**body, "number": number})
        for number, body in enumerate(bodies([op for op in log if "refused" not in op]), 1)
    ]
    names = world.store.registries()
    replayed = annotation.replay(
        accepted, TEXT, world.store.schema, lambda registry, id: names.get(registry, {}).get(id)
    )
    assert server == plain(json.loads(orjson.dumps(annotation_values(replayed)))), "the server has what its log says"
    reasons = requirements.waived(replayed, world.store.schema)
    spans = [
        {**{key: span[key] for key in span if key != "waivers"}, **({"waived": reasons[span["id"]]} if span["id"] in reasons else {})}
        for span in server["spans"]
    ]  # fmt: skip
    world.ended[name] = {**server, "spans": spans}

    for page in ended["pages"]:
        assert plain(page["base"]) == server, f"page {page['number']} is told what the server has"
        assert plain(page["shown"]) == server, f"page {page['number']} shows what the server has"
        assert page["saving"] == {
            "name": "saved", "kept": 0, "revision": bundle["annotation"]["revision"], "message": "",
        }  # fmt: skip
        for registry, entries in page["entries"].items():
            assert entries.items() <= names[registry].items()
    assert ended["left"] == [], "nothing is kept that the server has"

    by_client: dict[str, list[dict[str, Any]]] = {client["client"]: [] for client in ended["clients"]}
    assert [op["revision"] for op in log] == list(range(1, len(log) + 1))
    for op in log:
        by_client[op["client"]].append(op)
    for client in ended["clients"]:
        found = by_client[client["client"]]
        assert [op["number"] for op in found] == list(range(1, len(found) + 1)), "numbers without a gap"
        assert bodies(found) == json.loads(json.dumps(client["made"])), "every op is in the log, once, in order"
    refused = {op["refused"] for op in log if "refused" in op}
    for page in ended["pages"]:
        mine = [op["refused"] for op in by_client[page["client"]] if "refused" in op]
        assert [reason for reason in page["told"] if reason in refused] == mine, "told once, in the tab it was done in"
        assert len(page["told"]) == len(mine) + page["wrong"], "what is malformed is told, too"


def strict(news: Schema) -> Schema:
    """The default label set with more that it refuses."""
    text = news.source
    for asked in ("{type: text, title: note}", "{type: registry, registry: event"):
        text = text.replace(asked, asked.replace("{type", "{required: true, type"))
    text = text.replace("overlap: any", "overlap: nested", 1)
    return schema.parse(text.replace("from: quote, to: cue", "from: quote, to: cue, max: 2"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[World]:
    """One server and one process for all scenarios."""
    world = World(Server(tmp_path_factory.mktemp("world") / "project.db"), strict(news))
    world.server.start()
    yield world
    world.close()
    world.server.stop()


_HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(max_examples=SCENARIOS, deadline=None, suppress_health_check=_HEALTH)
@given(actions=ACTIONS)
def test_tabs_server_and_log_end_in_the_same(world: World, actions: list[tuple[str, int, int, int]]) -> None:
    check(world, *world.play(actions))


@settings(max_examples=3, deadline=None, suppress_health_check=_HEALTH, phases=[Phase.generate])
@given(before=ACTIONS, down=st.lists(ACTION, min_size=10, max_size=10), after=ACTIONS)
def test_tabs_server_and_log_end_in_the_same_though_the_server_is_killed(
    world: World, before: list[tuple[Any, ...]], down: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    actions = [*before[:30], ("kill", 0, 0, 0), *down, ("start", 0, 0, 0), *after[:30]]
    check(world, *world.play(actions))


def mark(id: str, label: str, words: str) -> dict[str, Any]:
    """Return an op that marks words of the text."""
    start = TEXT.index(words)
    part = {"start": start, "end": start + len(words), "quote": words}
    return {"kind": "add", "id": id, "label": label, "fragments": [part]}


def moved(id: str, words: str) -> dict[str, Any]:
    """Return an op that moves a span to other words."""
    return {"kind": "change", "id": id, "fragments": mark(id, "", words)["fragments"]}


def linked(id: str, type: str, source: str, target: str) -> dict[str, Any]:
    """Return an op that links two spans."""
    return {"kind": "relate", "id": id, "type": type, "from": source, "to": target}


THERE = [
    mark("q1", "quote", "“We will\u00a0go,”"), mark("q2", "quote", "“On Friday.”"), mark("s1", "speaker", "Zoé"),
    mark("d1", "claimed_date", "Friday"), mark("c1", "cue", "said"), linked("r1", "cued_by", "q1", "c1"),
]  # fmt: skip
REMOVED = {"kind": "remove", "id": "s1"}
GONE = "span s1 doesn't exist"
#: What one tab does, what another does that has not heard of it, and what the second one gets back.
CLASHES = {
    "moved, and removed elsewhere": (REMOVED, moved("s1", "Zoé Cafe"), GONE),
    "given a value, and removed elsewhere": (REMOVED, {"kind": "set", "id": "s1", "name": "plural", "value": True}, GONE),
    "given another label, and removed elsewhere": (REMOVED, {"kind": "change", "id": "s1", "label": "cue"}, GONE),
    "waived something, and removed elsewhere": (REMOVED, {"kind": "waive", "id": "s1", "name": "who", "reason": "he"}, GONE),
    "commented on, and removed elsewhere": (REMOVED, {"kind": "comment", "id": "c", "span": "s1", "text": "Who?"}, GONE),
    "linked to, and removed elsewhere": (REMOVED, linked("r2", "said_by", "q1", "s1"), GONE),
    "removed twice": (REMOVED, REMOVED, GONE),
    "unlinked twice": ({"kind": "unrelate", "id": "r1"},) * 2 + ("relation r1 doesn't exist",),
    "unlinked, and its end removed elsewhere": (
        {"kind": "remove", "id": "c1"}, {"kind": "unrelate", "id": "r1"}, "relation r1 doesn't exist",
    ),
    "linked to, and given another label elsewhere": (
        {"kind": "change", "id": "s1", "label": "cue"}, linked("r2", "said_by", "q1", "s1"),
        "“said by” can't end at a cue; it must end at a speaker",
    ),
    "given a value that its label elsewhere does not have": (
        {"kind": "change", "id": "d1", "label": "cue"}, {"kind": "set", "id": "d1", "name": "modality", "value": "hoped"},
        "a cue has no attribute “modality”; it has none",
    ),
    "linked more often than may be": (
        linked("r2", "claimed_in", "d1", "q1"), linked("r3", "claimed_in", "d1", "q2"),
        "a claimed_date can have at most 1 “claimed in”; remove the other link first",
    ),
    "linked twice": (
        linked("r2", "said_by", "q1", "s1"), linked("r3", "said_by", "q1", "s1"),
        "these two spans are already linked by “said by”",
    ),
    "marked twice": (
        mark("s2", "speaker", "新华社"), mark("s3", "speaker", "新华社"), "there is already a speaker with the same boundaries",
    ),
    "marked across a mark elsewhere": (
        mark("q3", "quote", "Zoé Cafe"), mark("q4", "quote", "said Zoé"),
        "a quote can't cross another in this label set; the other one starts at 26",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "first answer lost"])
@pytest.mark.parametrize("clash", CLASHES)
def test_what_cannot_be_merged_is_reported_and_nothing_else_is_lost(world: World, clash: str, lost: bool) -> None:
    first, second, reason = CLASHES[clash]
    mail = [("mail", 0, 0, 0)] * 3
    actions = [
        ("ops", 0, THERE, 0), *mail, ("focus", 2, 0, 0), *mail,
        ("ops", 0, [first], 0), ("ops", 2, [mark("b", "cue", "told"), second, mark("a", "cue", "us")], 0),
        *([("carry", 0, 0, 0), ("carry", 0, 0, 0), ("lose", 0, 1, 0)] if lost else []),
    ]  # fmt: skip
    name, ended = world.play(actions)
    check(world, name, ended)
    assert [(page["number"], page["told"]) for page in ended["pages"] if page["told"]] == [(2, [reason])]
    log = world.store.log(name, world.article)
    assert [op for op in log if "refused" in op] == [{**log[len(THERE) + 2], "refused": reason}]
    assert {"a", "b"} <= {span["id"] for span in world.bundle(name)["annotation"]["spans"]}


def test_the_export_and_the_check_of_the_log_agree_with_what_the_tabs_ended_in(world: World, tmp_path: Path) -> None:
    if not world.ended:
        check(world, *world.play([("ops", 0, THERE, 0)]))
    [line] = write_export(world.store, tmp_path).read_bytes().splitlines()
    exported = {each["annotator"]: each for each in orjson.loads(line)["annotations"]}
    for name, state in world.ended.items():
        if state["status"] == "new":
            assert name not in exported
            continue
        found = plain(exported[name])
        for span in found["spans"]:
            del span["text"]
        assert found == state
    done = forked.run("check", "--project", world.server.project)
    assert done.returncode == 0, done.stderr.decode()
