"""What a dataset calls gold by majority has more than half of the votes, from the marks to the files; and a check finds what hasn't."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from conftest import op, tries
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import NEWS

from labeling.adjudication import steps
from labeling.annotation.article import make
from labeling.commands.main import main
from labeling.dataset.plan import Plan
from labeling.services.dataset_build import build, build_into, read_lines
from labeling.services.dataset_verify import Finding, faults_of_votes
from labeling.services.review import Reviewing
from labeling.store.project import Store

TEXTS = ("“We go,” said Ada Brekke on Friday. She left.", "“They stay,” Ole Lund said. No one asked him why.")
PLACES = ((0, 9), (1, 8), (0, 8), (10, 14), (15, 25), (19, 25))
ENTRIES = ("ada", "ole")

#: Per person and article: spans as (place, label, entry or flag), and whether spans in a row are linked.
works = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.sampled_from(PLACES), st.sampled_from(["quote", "quote", "speaker", "speaker", "cue"]), st.integers(0, 2)),
            max_size=3,
            unique_by=lambda each: each[:2],
        ),
        st.booleans(),
    ),
    min_size=2,
    max_size=2,
)  # fmt: skip


def marked_by(store: Store, who: str, article: str, text: str, work: tuple[Any, bool]) -> None:
    """Let someone mark spans in an article, link a quote with a speaker, and submit it; what doesn't fit is refused and stays out."""
    marks, linked = work
    made: list[dict[str, Any]] = [
        {"kind": "register", "registry": "source", "id": each, "name": each.title()} for each in ENTRIES
    ]
    by_label: dict[str, str] = {}
    for at, ((start, end), label, value) in enumerate(marks):
        given: dict[str, Any] = {}
        if label == "speaker" and value:
            given = {"who": ENTRIES[value - 1]}
        elif label == "quote" and value:
            given = {"borderline": True}
        part = {"start": start, "end": end, "quote": text[start:end]}
        made.append({"kind": "add", "id": f"{who}{at}", "label": label, "fragments": [part], "attributes": given})
        by_label[label] = f"{who}{at}"
    if linked and {"quote", "speaker"} <= by_label.keys():
        made.append(
            {"kind": "relate", "id": f"{who}r", "type": "said_by", "from": by_label["quote"], "to": by_label["speaker"]}
        )
    message = [op(number, **each) for number, each in enumerate([*made, {"kind": "submit"}], 1)]
    store.append(store.sign_in(who), article, secrets.token_hex(8), 0, message)


@settings(max_examples=tries(12), deadline=None)
@given(st.lists(works, min_size=2, max_size=6))
def test_in_a_dataset_what_is_gold_by_majority_has_more_than_half_of_those_who_submitted(
    tmp_path_factory: pytest.TempPathFactory, everyones: list[list[tuple[Any, bool]]]
) -> None:
    folder = tmp_path_factory.mktemp("votes")
    store = Store.create(folder / "project.db", NEWS)
    articles = [make(text, title=text[:9]) for text in TEXTS]
    list(store.add_articles(articles))
    for number, each in enumerate(everyones):
        for article, text, work in zip(articles, TEXTS, each, strict=True):
            marked_by(store, f"a{number}", article.id, text, work)
    policy = steps.load({"kind": "policy", "number": 1, "rule": "majority"})
    assert not Reviewing(store).append(store.sign_in("rita"), secrets.token_hex(8), [policy]).refused
    (place := folder / "out").mkdir()
    build_into(store, place, Plan(allow=("unsettled", "missing", "leak")), charts=False)
    submitted = {
        article.id: {each.annotator: each.values for each in held if each.status == "submitted"}
        for article, held in store.annotated()
    }
    for line in read_lines(place / "data" / "all.jsonl"):
        votes = submitted[line["id"]]
        for gold in line["annotations"]:
            at = {span["id"]: (span["label"], *map(tuple, span["fragments"])) for span in gold["spans"]}
            for span in gold["spans"]:
                if span["provenance"].get("rule") != "majority":
                    continue
                same = [
                    each
                    for values in votes.values()
                    for each in values["spans"]
                    if (each["label"], *map(tuple, each["fragments"])) == at[span["id"]]
                ]
                assert 2 * len(same) > len(votes)
                for name, value in span["attributes"].items():
                    # A value is a point of its own: who draws the span a little differently may give it, too.
                    assert 2 * sum(_gives(values, span, name, value) for values in votes.values()) > len(votes)
            for link in gold["relations"]:
                if link["provenance"].get("rule") == "majority":
                    assert 2 * len(link["provenance"]["votes"]) > len(votes)
    assert faults_of_votes(place) == []
    store.close()


def _gives(values: dict[str, Any], span: dict[str, Any], name: str, value: Any) -> bool:
    """Return whether someone gives a value to a span of the same label that overlaps the given one."""
    [[start, end]] = span["fragments"]
    return any(
        each["label"] == span["label"]
        and each["fragments"][0][0] < end
        and each["fragments"][0][1] > start
        and each["attributes"].get(name) == value
        for each in values["spans"]
    )


def test_a_check_finds_what_is_called_a_majority_and_is_none(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "project.db", NEWS)
    article = make(TEXTS[0], title="Gone")
    list(store.add_articles([article]))
    quote, speaker = ((0, 9), "quote", 0), ((15, 25), "speaker", 1)
    for who, marks in (("ana", [quote, speaker]), ("ben", [quote, speaker]), ("cyd", [])):
        marked_by(store, who, article.id, TEXTS[0], (marks, bool(marks)))
    policy = steps.load({"kind": "policy", "number": 1, "rule": "majority"})
    Reviewing(store).append(store.sign_in("rita"), secrets.token_hex(8), [policy])
    folder = build(store, tmp_path / "out", Plan(allow=("missing",))).path
    path = folder / "data" / "all.jsonl"
    assert faults_of_votes(folder) == []
    [line] = read_lines(path)
    [gold] = line["annotations"]
    assert {each["provenance"]["rule"] for each in (*gold["spans"], *gold["relations"])} == {"majority"}
    gold["spans"][0]["provenance"]["votes"].pop()
    gold["spans"][1]["provenance"]["support"]["values"]["who"] = 1
    gold["relations"][0]["provenance"]["votes"].pop()
    path.write_bytes(orjson.dumps(line) + b"\n")
    names = [gold["spans"][0]["id"], f"{gold['spans'][1]['id']}.who", gold["relations"][0]["id"]]
    assert faults_of_votes(folder) == [
        Finding("data/all.jsonl:1", f"{name} has 1 of 3 votes, which is no majority") for name in names
    ]
    said = CliRunner().invoke(main, ["export", "--check", str(folder), "-p", str(store.path)])
    assert said.exit_code == 1 and f"{names[0]} has 1 of 3 votes" in said.output
