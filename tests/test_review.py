"""Reviewing a project: from annotators' work in the file to gold in an export, with a real file and the real API."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import orjson
import pytest
from click.testing import CliRunner
from marking import mark, marked

from labeling import adjudication, sample, schema
from labeling.adjudication import Policy, steps
from labeling.annotation import ops
from labeling.annotation import state as annotation
from labeling.annotation.article import make
from labeling.commands.main import main
from labeling.dataset import annotation_values, article_line
from labeling.services.export import lines
from labeling.services.review import Reviewing, gold_held, lanes_of
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
TEXT = "“We go home,” Minister Ada Brekke said on Friday. “Not yet,” said Ilko Vranar in Lissen."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path / "review.db", NEWS)
    list(store.add_articles([make(TEXT, title="Home"), make(TEXT + " Again.", title="Again")]))
    return store


def ids(store: Store) -> list[str]:
    return [id for (id,) in store.connection().execute("SELECT id FROM article ORDER BY position")]


def take(store: Store, article: str, disagreement: str, **how: Any) -> int:
    reviewing, reviewer = Reviewing(store), store.sign_in(how.pop("reviewer", "rita"))
    step = steps.load({"kind": "decide", "number": 1, "article": article, "disagreement": disagreement, **how})
    answer = reviewing.append(reviewer, secrets.token_hex(8), [step])
    assert not answer.refused, answer.refused
    return answer.revisions[1]


def questions(store: Store, article: str, reviewer: str = "rita", **how: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Reviewing(store).view(reviewer, article, **how)["disagreements"]
    return found


QUOTE, SHORT, CUE, SPEAKER, TITLED = (
    ("“We go home,”", "quote"),
    ("We go home,", "quote"),
    ("said", "cue"),
    ("Ada Brekke", "speaker"),
    ("Minister Ada Brekke", "speaker"),
)
LINKS = [("said_by", 0, 1), ("cued_by", 0, 2)]


@pytest.fixture
def differing(store: Store) -> str:
    """Two who disagree on quotation marks and the speaker's title, on the first article; returns its id."""
    mark(store, "ana", ids(store)[0], QUOTE, TITLED, CUE, links=LINKS)
    mark(store, "ben", ids(store)[0], SHORT, SPEAKER, CUE, links=LINKS)
    return ids(store)[0]


def exported(store: Store, **how: bool) -> list[dict[str, Any]]:
    return [orjson.loads(line) for _, line in lines(store, gold=True, **how)]


def test_what_is_decided_is_gold_in_an_export_that_fits_its_schema_and_tells_what_it_rests_on(
    store: Store, differing: str
) -> None:
    quote, speaker = questions(store, differing)
    assert quote["kinds"] == speaker["kinds"] == ("boundary",)
    take(store, differing, quote["id"], take="union", note="marks in", clause=adjudication.clauses_of(NEWS)[1].text)
    assert exported(store)[0]["annotations"][0]["status"] == "open"
    assert [line["annotations"] for line in exported(store, submitted=True)] == [[], []]
    take(store, differing, speaker["id"], take="core")
    line, untouched = exported(store)
    shape = json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text())
    jsonschema.Draft202012Validator(shape).validate(line)
    (gold,) = line["annotations"]
    assert gold["annotator"] == "gold" and gold["status"] == "submitted" and line["selection"] == "gold"
    assert [(span["text"], span["label"]) for span in gold["spans"]] == [QUOTE, SPEAKER, CUE]
    behind = {span["text"]: span["provenance"] for span in gold["spans"]}
    assert behind["said"] == {"basis": "agreement", "votes": ["ana", "ben"], "asked": ["ana", "ben"]}
    assert behind["“We go home,”"]["reviewer"] == "rita" and behind["“We go home,”"]["votes"] == ["ana"]
    assert behind["“We go home,”"]["note"] == "marks in" and "clause" in behind["“We go home,”"]
    assert {link["provenance"]["basis"] for link in gold["relations"]} == {"agreement"}
    assert len(gold["records"]) == 1 and untouched["annotations"] == []
    assert [each["record"]["text"] for each in (orjson.loads(line) for _, line in lines(store, "records", gold=True))]


def test_gold_rebuilt_from_the_logs_is_byte_identical_to_gold_exported(store: Store, differing: str) -> None:
    other = ids(store)[1]
    for who in ("ana", "ben", "cyd"):
        mark(store, who, other, QUOTE, CUE)
    mark(store, "cyd", differing, QUOTE, ("on Friday", "claimed_date"))
    first, *rest = questions(store, differing)
    take(store, differing, first["id"], take="none")
    for each in rest:
        take(store, differing, each["id"], **(each["preselected"] or {"take": "none"}))
    rebuilt = []
    reviewed = steps.fold(Reviewing(store).log())
    for article, held in store.annotated():
        replayed = []
        for each in held:
            log = [
                ops.load({key: value for key, value in op.items() if key not in ("client", "at", "revision")})
                for op in store.log(each.annotator, article.id)
            ]
            state = annotation.replay(log, article.text, NEWS, lambda registry, id: None)
            replayed.append(replace(each, _state=annotation_values(state), ready=None))
        gold = [(each.annotator, each.revision, each.values) for each in gold_held(article, replayed, NEWS, reviewed)]
        rebuilt.append(
            orjson.dumps(
                article_line(article, gold, NEWS, store.registries(), "gold"), option=orjson.OPT_APPEND_NEWLINE
            )
        )
    assert rebuilt == [line for _, line in lines(store, gold=True)]


def test_steps_are_never_changed_and_each_is_taken_once(store: Store, differing: str) -> None:
    reviewing = Reviewing(store)
    each = questions(store, differing)[0]
    step = steps.load({"kind": "decide", "number": 1, "article": differing, "disagreement": each["id"], "take": "none"})
    store.sign_in("rita")
    once = reviewing.append("rita", "client-one", [step])
    assert reviewing.append("rita", "client-one", [step]).revisions == once.revisions
    assert len(reviewing.log()) == 1
    for statement in ("UPDATE review SET at = ''", "DELETE FROM review"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection().execute(statement)


def test_a_refusal_whose_answer_was_lost_is_reported_again(store: Store, differing: str) -> None:
    quote = questions(store, differing)[0]
    decide = {"kind": "decide", "article": differing, "take": "none"}
    message = [
        steps.load({**decide, "number": 1, "disagreement": "0" * 16}),
        steps.load({**decide, "number": 2, "disagreement": quote["id"]}),
    ]
    reviewing, client = Reviewing(store), secrets.token_hex(8)
    first, again = (reviewing.append(store.sign_in("rita"), client, message) for _ in range(2))
    for answer in (first, again):
        assert [each["number"] for each in answer.refused] == [1] and set(answer.revisions) == {2}
    assert first.revisions == again.revisions


def test_undo_is_a_step_and_can_be_undone(store: Store, differing: str) -> None:
    each = questions(store, differing)[0]
    made = take(store, differing, each["id"], take="none")
    reviewing = Reviewing(store)

    def undo(revision: int) -> int:
        return reviewing.append(
            "rita", secrets.token_hex(8), [steps.load({"kind": "undo", "number": 1, "revision": revision})]
        ).revisions[1]

    back = undo(made)
    assert questions(store, differing)[0]["state"] == "open"
    undo(back)
    assert questions(store, differing)[0]["state"] == "decided"
    sam = store.sign_in("sam")
    refused = reviewing.append(
        sam, secrets.token_hex(8), [steps.load({"kind": "undo", "number": 1, "revision": made})]
    ).refused
    assert "no step" in refused[0]["reason"]


def test_when_an_annotator_changes_the_work_only_what_it_touches_comes_back(store: Store, differing: str) -> None:
    quote, speaker = questions(store, differing)
    for each in (quote, speaker):
        take(store, differing, each["id"], take="union")
    part = {"start": 0, "end": 12, "quote": TEXT[0:12]}
    store.append(
        "ben",
        differing,
        secrets.token_hex(8),
        0,
        [ops.load({"kind": "change", "number": 1, "id": "ben0", "fragments": [part]})],
    )
    assert [each["state"] for each in questions(store, differing)] == ["open", "decided"]
    step = steps.load(
        {"kind": "decide", "number": 1, "article": differing, "disagreement": quote["id"], "take": "none"}
    )
    assert "have changed" in Reviewing(store).append("rita", secrets.token_hex(8), [step]).refused[0]["reason"]


def test_a_renamed_label_reopens_no_decision(store: Store, differing: str) -> None:
    quote, speaker = questions(store, differing)
    take(store, differing, quote["id"], take="union", note="marks in")
    take(store, differing, speaker["id"], take="core")
    take(store, differing, speaker["id"], take="union", reviewer="sam")
    before = exported(store)[0]["annotations"][0]
    renamed = NEWS.source.replace("version: 1\n", "version: 2\n", 1)
    for old, new in (("  speaker:\n", "  source:\n"), ("to: speaker", "to: source"), ("to: [speaker", "to: [source")):
        renamed = renamed.replace(old, new)
    renamed = renamed.replace("from: speaker", "from: source").replace("from: [speaker", "from: [source")
    changes = "\nchanges:\n  from: 1\n  labels: {speaker: source}\n"
    store.migrate(schema.parse(renamed + changes))
    found = questions(store, differing)
    assert [each["state"] for each in found] == ["decided", "differing"]
    assert found[1]["id"] != speaker["id"]
    assert [(made["reviewer"], made["took"]) for made in found[1]["decisions"]] == [("rita", "core"), ("sam", "union")]
    after = exported(store)[0]["annotations"][0]
    assert [(span["text"], span["provenance"]) for span in after["spans"]] == [
        (span["text"], span["provenance"]) for span in before["spans"]
    ]
    assert {span["label"] for span in after["spans"]} == {"quote", "source", "cue"}
    assert len(after["relations"]) == len(before["relations"]) == 2
    # A decision that was carried over can be taken back like any other.
    own = found[1]["decisions"][0]["revision"]
    Reviewing(store).append("rita", secrets.token_hex(8), [steps.load({"kind": "undo", "number": 1, "revision": own})])
    assert [made["reviewer"] for made in questions(store, differing)[1]["decisions"]] == ["sam"]


def test_a_decision_that_the_new_label_set_cannot_hold_is_asked_again(store: Store, differing: str) -> None:
    quote, speaker = questions(store, differing)
    drawn = {"label": "cue", "fragments": [{"start": 14, "end": 22, "quote": TEXT[14:22]}]}
    take(store, differing, speaker["id"], take="anew", spans=[drawn])
    take(store, differing, quote["id"], take="union")
    cues = "changes:\n  from: 1\n  labels: {cue: null}\n  relations: {cued_by: null}\n"
    text = NEWS.source.replace("version: 1\n", "version: 2\n", 1).replace("cues: cued_by, ", "")
    start, end = text.index("  cue:\n"), text.index("  speaker:\n")
    text = text[:start] + text[end:]
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  cued_by:"))
    store.migrate(schema.parse(f"{text}\n{cues}"))
    assert [each["state"] for each in questions(store, differing)] == ["decided", "open"]


def test_what_is_drawn_again_is_checked_against_text_and_label_set(store: Store, differing: str) -> None:
    quote = questions(store, differing)[0]
    good = {"label": "quote", "fragments": [{"start": 1, "end": 3, "quote": "We"}]}
    bad = {"label": "quote", "fragments": [{"start": 1, "end": 3, "quote": "Me"}]}
    speaker = {"label": "speaker", "fragments": [[23, 33]]}
    assert TEXT[23:33] == "Ada Brekke"
    step = {"kind": "decide", "number": 1, "article": differing, "disagreement": quote["id"], "take": "anew"}
    refused = (
        Reviewing(store)
        .append(store.sign_in("rita"), secrets.token_hex(8), [steps.load({**step, "spans": [bad]})])
        .refused
    )
    assert "not “Me”" in refused[0]["reason"]
    link = {"type": "cued_by", "from": {"label": "quote", "fragments": [[1, 3]]}, "to": speaker}
    refused = (
        Reviewing(store)
        .append("rita", secrets.token_hex(8), [steps.load({**step, "spans": [good], "links": [link]})])
        .refused
    )
    assert "can't link a speaker here" in refused[0]["reason"]
    take(store, differing, quote["id"], take="anew", spans=[good])
    assert exported(store)[0]["annotations"][0]["spans"][0]["text"] == "We"
    waived = {**good, "waivers": {"said_by": "nobody is named"}}
    take(store, differing, quote["id"], take="anew", spans=[waived])
    assert questions(store, differing)[0]["content"]["spans"][0]["waivers"] == waived["waivers"]


def test_names_are_hidden_until_nothing_is_left_and_the_lanes_stay_where_they_are(store: Store, differing: str) -> None:
    view = Reviewing(store).view("rita", differing)
    assert {lane["name"] for lane in view["lanes"]} == {None}
    assert b"ana" not in orjson.dumps(view["disagreements"]) and b"ben" not in orjson.dumps(view)
    for each in view["disagreements"]:
        take(store, differing, each["id"], take="core")
    told = Reviewing(store).view("rita", differing)
    assert {lane["name"] for lane in told["lanes"]} == {"ana", "ben"}
    work = Reviewing(store).work(differing).annotations
    orders = {tuple(lanes_of(article, "rita", work)) for article in (f"{number:016x}" for number in range(20))}
    assert len(orders) == 2
    many = lanes_of(differing, "rita", {str(number): annotation.Annotation() for number in range(30)})
    assert list(many.values())[24:28] == ["Y", "Z", "AA", "AB"]


def test_a_second_reviewer_decides_beside_the_first_and_does_not_see_what_was_decided(
    store: Store, differing: str
) -> None:
    quote = questions(store, differing)[0]
    take(store, differing, quote["id"], take="union")
    assert Reviewing(store).queue("sam")["open"] == 1
    assert Reviewing(store).queue("sam", own=True)["open"] == 2
    seen = questions(store, differing, "sam", own=True)[0]
    assert seen["left"] and not seen["decisions"] and seen["content"] is None
    take(store, differing, quote["id"], take="core", reviewer="sam")
    both = questions(store, differing, "sam", own=True)[0]
    assert both["state"] == "differing" and [made["took"] for made in both["decisions"]] == ["union", "core"]
    assert not both["left"]


def test_who_was_contradicted_is_asked_again_until_reviewers_agree(store: Store, differing: str) -> None:
    def asked() -> list[str]:
        return [name for name in ("rita", "sam", "tom") if questions(store, differing, name)[0]["left"]]

    quote = questions(store, differing)[0]
    take(store, differing, quote["id"], take="union")
    assert asked() == []
    take(store, differing, quote["id"], take="core", reviewer="sam")
    assert asked() == ["rita", "tom"]
    assert Reviewing(store).queue("rita")["open"] == 2 and Reviewing(store).queue("sam")["open"] == 1
    take(store, differing, quote["id"], take="union")  # rita insists
    assert asked() == ["sam", "tom"]
    take(store, differing, quote["id"], take="union", reviewer="tom")
    assert asked() == ["sam"]
    take(store, differing, quote["id"], take="union", reviewer="sam")
    assert asked() == [] and questions(store, differing)[0]["state"] == "decided"


def test_what_gold_lacks_is_shown_on_the_page_and_in_the_export(store: Store) -> None:
    (article, _) = ids(store)
    for who in ("ana", "ben"):
        mark(store, who, article, QUOTE)
    lacks = "Quote lacks “said by”"
    assert Reviewing(store).view("rita", article)["faults"] == [{"at": [[0, 13]], "text": lacks}]
    (gold,) = exported(store)[0]["annotations"]
    assert [comment["text"] for comment in gold["comments"]] == [lacks] and gold["status"] == "submitted"


def test_the_queue_gives_articles_worth_most_first_and_follows_every_change(store: Store, differing: str) -> None:
    reviewing = Reviewing(store)
    for who in ("ana", "ben"):
        mark(store, who, ids(store)[1], *([QUOTE] if who == "ana" else []), CUE)
    queue = reviewing.queue("rita")
    assert queue["open"] == queue["total"] == 3
    values = [article["value"] for article in queue["articles"]]
    assert values == sorted(values, reverse=True)
    take(store, differing, questions(store, differing)[0]["id"], take="none")
    hasty = reviewing.queue("rita", patience=-1)
    assert (hasty["pending"], hasty["open"]) == (1, 1)
    assert reviewing.queue("rita")["open"] == 2
    assert reviewing.queue("rita", patience=-1)["pending"] == 0


def test_what_is_not_looked_at_yet_is_counted_and_what_was_is_found_again(store: Store, differing: str) -> None:
    reviewing = Reviewing(store)
    mark(store, "ana", ids(store)[1], QUOTE)
    hasty = reviewing.preview(Policy("majority"), patience=-1)
    assert (hasty.pending, hasty.articles) == (2, 0)
    assert reviewing.patterns(patience=-1) == [] and reviewing.alike("rita", differing, "0" * 16, patience=-1) == []
    whole = reviewing.preview(Policy("majority"))
    assert (whole.pending, whole.articles, whole.disagreements) == (0, 2, {"open": 2})
    assert reviewing.preview(Policy(), patience=-1).pending == 0  # the page's policies are computed together
    assert reviewing.preview(Policy("votes", 3), patience=-1).pending == 2
    take(store, differing, questions(store, differing)[0]["id"], take="none")
    assert reviewing.preview(Policy(), patience=-1).pending == 1
    assert reviewing.preview(Policy()).disagreements == {"decided": 1, "open": 1}
    queue = reviewing.queue("rita", most=0)
    assert queue.pop("articles") == [] and queue == {
        "total": 2, "open": 1, "count": 1, "pending": 0, "waiting": 1, "alone": 1,
            "suggestions": {"right": 0, "seen": 0},
    }  # fmt: skip


def test_the_queue_and_the_policies_tell_what_waits_for_a_second_vote(store: Store) -> None:
    one, two = ids(store)
    mark(store, "ana", one, QUOTE, CUE)
    mark(store, "ana", two)  # who looked and found nothing leaves nothing to wait
    reviewing = Reviewing(store)
    assert (reviewing.queue("rita")["waiting"], reviewing.queue("rita")["alone"]) == (1, 1)
    under = {policy: reviewing.preview(policy) for policy in (Policy(), Policy("votes", 1))}
    assert [(each.complete, each.waiting, each.alone) for each in under.values()] == [(1, 2, 1), (2, 0, 0)]
    mark(store, "ben", one, QUOTE, CUE)
    assert (reviewing.queue("rita")["waiting"], reviewing.queue("rita")["alone"]) == (0, 0)
    reviewing.append(
        store.sign_in("rita"), "client-one", [steps.load({"kind": "policy", "number": 1, "rule": "votes", "votes": 3})]
    )
    assert (reviewing.queue("rita")["waiting"], reviewing.queue("rita")["alone"]) == (1, 0)
    assert reviewing.preview(Policy("votes", 3)).alone == 0


def test_a_policy_under_which_one_alone_waits_says_so_by_command(store: Store) -> None:
    mark(store, "ana", ids(store)[0], QUOTE, CUE)
    from labeling.web import server

    server.forget()
    run = lambda *words: CliRunner().invoke(main, ["review", *words, "--project", str(store.path)])  # noqa: E731
    for words in (("policy",), ("list", "--as", "rita")):
        assert "1 article has only one annotator, who has no one to agree with" in run(*words).output
    assert "only one annotator" not in run("policy", "--votes", "1").output
    server.forget()


def test_steps_that_others_take_are_found_by_a_review_that_goes_on(store: Store, differing: str) -> None:
    reviewing = Reviewing(store)
    quote, speaker = questions(store, differing)
    for each in (quote, speaker):
        made = take(store, differing, each["id"], take="none")  # over another connection's review
        assert reviewing.reviewed() == steps.fold(reviewing.log())
    for step in ({"kind": "undo", "revision": made}, {"kind": "policy", "rule": "majority"}):
        Reviewing(store).append("rita", secrets.token_hex(8), [steps.load({"number": 1, **step})])
        assert reviewing.reviewed() == steps.fold(reviewing.log())


def test_the_same_decision_is_offered_where_the_pattern_is_the_same(store: Store, differing: str) -> None:
    other = ids(store)[1]
    mark(store, "ana", other, QUOTE)
    mark(store, "ben", other, SHORT)
    quote = questions(store, differing)[0]
    assert "quotation marks" in quote["pattern"]["title"]
    take(store, differing, quote["id"], take="union")
    (found,) = Reviewing(store).alike("rita", differing, quote["id"])
    assert found["article"] == other and found["words"] == QUOTE[0]
    take(store, other, found["disagreement"], take=found["take"], version=found["version"], note="as in the other")
    assert exported(store)[1]["annotations"][0]["spans"][0]["text"] == QUOTE[0]
    assert not Reviewing(store).alike("rita", differing, quote["id"])


def test_patterns_are_counted_with_examples_and_the_clauses_they_fall_under(store: Store, differing: str) -> None:
    found = {each["title"]: each for each in Reviewing(store).patterns()}
    marks = found["quote: quotation marks in or out"]
    assert marks["count"] == marks["open"] == 1
    assert any("mark the quote with its quotation marks" in clause["text"] for clause in marks["clauses"])
    assert found["speaker: title or words before the name in or out"]["examples"][0]["words"] == TITLED[0]


def test_a_policy_is_previewed_set_and_taken_back_by_command(store: Store, differing: str) -> None:
    mark(store, "cyd", differing, QUOTE, TITLED, CUE, links=LINKS)
    run: Callable[..., Any] = lambda *words: CliRunner().invoke(main, ["review", *words, "--project", str(store.path)])  # noqa: E731
    from labeling.web import server

    server.forget()
    told = run("policy", "--rule", "majority").output
    assert "gold would be what more than half of the annotators agree on" in told and "disagreements: 2 rule" in told
    assert Reviewing(store).reviewed().policy.rule == "all"
    assert "step 1" in run("policy", "--rule", "majority", "--as", "rita").output
    assert exported(store)[0]["annotations"][0]["spans"][0]["provenance"]["rule"] == "majority"
    assert run("undo", "1", "--as", "rita").exit_code == 0
    assert Reviewing(store).reviewed().policy.rule == "all"
    listed = run("list", "--as", "rita").output
    assert listed.count(differing) == 2
    assert run("take", differing, questions(store, differing)[0]["id"], "most", "--as", "rita").exit_code == 0
    assert json.loads(run("show", differing, "--as", "rita").output)["disagreements"][0]["state"] == "decided"
    assert "open)" in run("patterns").output
    assert json.loads(run("patterns", "--json").output)
    server.forget()


@pytest.fixture
def http(store: Store) -> Callable[..., Any]:
    access = Access(store.path, store.id)
    api = build_api(lambda: store, lambda: store, lambda: access, store.path.parent / "exports")
    token = access.token(store.sign_in("rita"))[0]

    def ask(method: str, path: str, **how: Any) -> Any:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **how)

        answer = asyncio.run(asked())
        return answer.status_code, answer.json()

    return ask


def test_the_page_can_do_all_of_it_over_http(store: Store, differing: str, http: Callable[..., Any]) -> None:
    assert http("GET", "/review")[1]["open"] == 2
    view = http("GET", f"/review/articles/{differing}")[1]
    step = {
        "kind": "decide",
        "number": 1,
        "article": differing,
        "disagreement": view["disagreements"][0]["id"],
        "take": "union",
    }
    code, answer = http("POST", "/review/steps", json={"client": "client-one", "steps": [step], "article": differing})
    assert code == 200 and answer["confirmed"] == 1 and not answer["refused"]
    assert answer["review"]["disagreements"][0]["state"] == "decided"
    assert http("GET", f"/review/alike?article={differing}&disagreement={step['disagreement']}")[1] == {"found": []}
    assert http("GET", "/review/policy?rule=majority")[1]["now"]["rule"] == "all"
    assert len(http("GET", "/review/patterns")[1]["patterns"]) == 2
    assert http("POST", "/review/steps", json={"client": "client-one", "steps": [{"kind": "nonsense"}]})[0] == 422
    assert http("GET", "/review/articles/0000000000000000")[0] == 404
    assert http("POST", "/exports?gold=true")[1]["name"].startswith("review-articles-gold-news-v1-")


def test_the_sample_corpus_goes_from_two_annotators_to_gold_and_comes_out_as_it_was_marked(tmp_path: Path) -> None:
    from labeling.services.importing import import_files

    store = Store.create(tmp_path / "sample.db", NEWS)
    list(import_files(store, [sample.articles_path()]))
    gold = [json.loads(line) for line in sample.gold_path().read_text(encoding="utf-8").splitlines()]
    for line in gold:
        for who in ("ana", "ben"):
            marked(store, store.sign_in(who), line)
            store.append(who, line["id"], secrets.token_hex(8), 0, [ops.load({"kind": "submit", "number": 1})])
    for line, made in zip(
        sorted(gold, key=lambda each: each["id"]), sorted(exported(store), key=lambda each: each["id"]), strict=True
    ):
        one, two = line["annotations"][0], made["annotations"][0]
        place = {span["id"]: (span["label"], str(span["fragments"])) for work in (one, two) for span in work["spans"]}
        assert sorted(
            (*place[span["id"]], json.dumps(span["attributes"], sort_keys=True)) for span in one["spans"]
        ) == sorted((*place[span["id"]], json.dumps(span["attributes"], sort_keys=True)) for span in two["spans"])
        ends = [
            sorted((link["type"], place[link["from"]], place[link["to"]]) for link in work["relations"])
            for work in (one, two)
        ]
        assert ends[0] == ends[1]
