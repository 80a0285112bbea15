"""The sample corpus holds what makes real articles hard, and its gold stands."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from labeling import dataset, sample, schema
from labeling.annotation import article, ops, requirements
from labeling.annotation import state as annotation

Line = dict[str, Any]
Span = dict[str, Any]

WIRE, GAZETTE, VELTA, BLOG = "Northern Wire", "Hallam Harbour Gazette", "VELTA", "Tidewrack"
SOUTHLINE, KESNA, PLATEAU, PORTAL = "Southline Press", "Kesmar National Agency", "The Evening Plateau", "Worldglance"
BRIDGE, OBSERVATORY = {WIRE, GAZETTE, VELTA, BLOG}, {SOUTHLINE, KESNA, PLATEAU, PORTAL}


def _rows(path: Any) -> list[Line]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(row) for row in file]


IMPORTS = _rows(sample.articles_path())
GOLD = _rows(sample.gold_path())
BY_OUTLET: dict[str, Line] = {line["outlet"]: line for line in GOLD}
NAMES: dict[str, dict[str, str]] = {
    registry: {id: name for line in GOLD for id, name in line["entries"][registry].items()}
    for registry in ("source", "event", "utterance")
}
#: Words in quotation marks that no one says: two programs and a word that is only mentioned.
NO_QUOTES = [(WIRE, '"The Sunday Table"'), (PORTAL, "“Noise Floor”"), (BLOG, "“fixed”")]
#: What begins the part of a page that is no article.
TAIL = re.compile("^You may also like…", re.MULTILINE)
each_article = pytest.mark.parametrize("line", GOLD, ids=lambda line: line["outlet"])


def work(line: Line) -> Line:
    """Return the one annotation of an article."""
    one: Line
    (one,) = line["annotations"]
    return one


def spans(line: Line, label: str | None = None) -> list[Span]:
    """Return the spans of an article, or those of a label."""
    return [span for span in work(line)["spans"] if label in (None, span["label"])]


def linked(line: Line, relation: str, source: Span) -> list[Span]:
    """Return the spans that a span is linked to."""
    by_id = {span["id"]: span for span in spans(line)}
    return [by_id[r["to"]] for r in work(line)["relations"] if r["type"] == relation and r["from"] == source["id"]]


def everywhere(label: str) -> Iterator[tuple[Line, Span]]:
    """Yield every span of a label with its article."""
    for line in GOLD:
        for span in spans(line, label):
            yield line, span


def flagged(label: str, name: str) -> set[str]:
    """Return the outlets with a span that has the flag."""
    return {line["outlet"] for line, span in everywhere(label) if span["attributes"].get(name) is True}


def covers(outer: Span, inner: Span) -> bool:
    """Return whether a span lies in one fragment of another."""
    (start, _), (_, end) = inner["fragments"][0], inner["fragments"][-1]
    return outer is not inner and any(s <= start and end <= e for s, e in outer["fragments"])


def sentence(line: Line, span: Span) -> int:
    """Return where the sentence of a span begins."""
    ends = re.finditer(r"[.!?…][”\"’']?\s|\n", line["text"][: span["fragments"][0][0]])
    return max((end.end() for end in ends), default=0)


def published(line: Line) -> str:
    """Return the right publication date."""
    value: str = (work(line)["published"] or line["published"])["value"]
    return value


def values(line: Line) -> Iterator[tuple[Span, dict[str, str]]]:
    """Yield the dates of an article that have a value."""
    for span in spans(line, "claimed_date"):
        if "value" in span["attributes"]:
            yield span, span["attributes"]["value"]


def days(edtf: str) -> list[date]:
    """Return the full days that a value names."""
    return [date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", edtf)]


# --- what the corpus is -----------------------------------------------------------------------------------------------


def test_eight_articles_of_eight_outlets_are_loaded() -> None:
    assert [line["outlet"] for line in GOLD] == [row["outlet"] for row in IMPORTS]
    assert set(BY_OUTLET) == BRIDGE | OBSERVATORY
    assert len(GOLD) == 8


def test_two_stories_of_four_outlets_share_events_and_nothing_between_them() -> None:
    for one, two in combinations(GOLD, 2):
        for registry in ("event", "utterance", "source"):
            common = set(one["entries"][registry]) & set(two["entries"][registry])
            same_story = {one["outlet"], two["outlet"]} <= BRIDGE or {one["outlet"], two["outlet"]} <= OBSERVATORY
            assert bool(common) is same_story, (one["outlet"], two["outlet"], registry, common)


@each_article
def test_an_article_has_300_to_600_words(line: Line) -> None:
    assert 300 <= len(line["text"].split()) <= 600


def test_every_address_is_one_that_cannot_exist() -> None:
    hosts = [urlsplit(row["url"]) for row in IMPORTS]
    assert all(url.scheme == "https" and (url.hostname or "").endswith(".example") for url in hosts)
    assert len({url.hostname for url in hosts}) == 8


@pytest.mark.parametrize(("row", "line"), list(zip(IMPORTS, GOLD, strict=True)), ids=list(BY_OUTLET))
def test_gold_holds_the_imported_article_unchanged(row: Line, line: Line) -> None:
    assert {key: line[key] for key in ("text", "title", "outlet", "url", "language")} == {
        key: row[key] for key in ("text", "title", "outlet", "url", "language")
    }
    assert line["published"] == (
        {"value": row["published"], "basis": row["published_basis"]} if row["published"] else None
    )
    assert line["id"] == hashlib.sha256(row["text"].encode()).hexdigest()[:16]
    assert article.make(**row).text == row["text"], "normalizing changes the text, so the offsets would not hold"


# --- the gold stands --------------------------------------------------------------------------------------------------


@each_article
def test_offsets_find_the_words_of_each_span(line: Line) -> None:
    for span in spans(line):
        assert span["text"] == " … ".join(line["text"][start:end] for start, end in span["fragments"])
        assert all(line["text"][start:end].strip() == line["text"][start:end] != "" for start, end in span["fragments"])


@each_article
def test_a_span_begins_and_ends_between_words(line: Line) -> None:
    text = line["text"]
    for span in spans(line):
        for start, end in span["fragments"]:
            assert not (text[:start][-1:] + text[start]).isalnum() or start == 0, span["text"]
            assert not (text[end - 1] + text[end : end + 1]).isalnum() or end == len(text), span["text"]


@each_article
def test_gold_is_what_the_exporter_writes_when_its_ops_are_replayed(line: Line, news: schema.Schema) -> None:
    gold, row = work(line), next(row for row in IMPORTS if row["outlet"] == line["outlet"])
    steps: list[Line] = [{"kind": "publish", **gold["published"]}] if gold["published"] else []
    for span in gold["spans"]:
        parts = [{"start": s, "end": e, "quote": line["text"][s:e]} for s, e in span["fragments"]]
        steps.append({"kind": "add", **{key: span[key] for key in ("id", "label", "attributes")}, "fragments": parts})
    steps += [{"kind": "relate", **relation} for relation in gold["relations"]]
    steps.append({"kind": "submit"})
    log = [ops.load({"number": number, **step}) for number, step in enumerate(steps, 1)]

    state = annotation.replay(log, line["text"], news, lambda registry, id: line["entries"][registry].get(id))

    assert list(requirements.missing(state, news)) == []
    held = [("gold", gold["revision"], dataset.annotation_values(state))]
    written = dataset.article_line(article.make(**row), held, news, line["entries"])
    assert json.loads(json.dumps(written)) == line


@each_article
def test_the_entries_are_those_that_are_used(line: Line) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for label, name, registry in (
        ("quote", "utterance", "utterance"),
        ("speaker", "who", "source"),
        ("claimed_date", "event", "event"),
    ):
        for span in spans(line, label):
            if name in span["attributes"]:
                used[registry].add(span["attributes"][name])
    assert used == {registry: set(entries) for registry, entries in line["entries"].items()}


def test_an_entry_has_one_name_in_all_articles_and_no_two_entries_share_one() -> None:
    for registry, names in NAMES.items():
        for line in GOLD:
            assert line["entries"][registry].items() <= names.items()
        assert len(set(names.values())) == len(names)


@each_article
def test_every_quote_has_a_speaker_and_an_utterance_and_every_speaker_and_cue_a_quote(line: Line) -> None:
    for quote in spans(line, "quote"):
        assert linked(line, "said_by", quote), quote["text"]
        assert quote["attributes"]["utterance"] in NAMES["utterance"]
    ends = {relation["to"] for relation in work(line)["relations"]}
    idle = [span["text"] for span in spans(line, "speaker") + spans(line, "cue") if span["id"] not in ends]
    assert idle == []
    assert all("who" in span["attributes"] for span in spans(line, "speaker"))


@each_article
def test_quotation_marks_stand_inside_the_quote(line: Line) -> None:
    for quote in spans(line, "quote"):
        for start, end in quote["fragments"]:
            before, after = line["text"][:start][-1:], line["text"][end : end + 1]
            assert before not in tuple("“‘«") and after not in tuple('”»"'), quote["text"]


@each_article
def test_every_double_mark_of_an_article_belongs_to_a_quote_but_for_titles(line: Line) -> None:
    body = TAIL.split(line["text"])[0]
    left = {at for at, letter in enumerate(body) if letter in '“”«»"'}
    for quote in spans(line, "quote"):
        left -= {at for start, end in quote["fragments"] for at in range(start, end)}
    for words in (words for outlet, words in NO_QUOTES if outlet == line["outlet"]):
        left -= set(range(body.index(words), body.index(words) + len(words)))
    assert not left, [body[at : at + 20] for at in sorted(left)]


@each_article
def test_an_indirect_quote_ends_before_the_full_stop(line: Line) -> None:
    kinds = {record["id"]: record["type"] for record in work(line)["records"] if record["name"] == "quote"}
    for quote in spans(line, "quote"):
        if kinds[quote["id"]] == "indirect" and not re.search("[”’'\"]$", quote["text"]):
            assert quote["text"][-1].isalnum(), quote["text"]


@each_article
def test_every_date_has_a_value_or_a_reason_for_having_none(line: Line) -> None:
    for span in spans(line, "claimed_date"):
        has = [name for name in ("value", "unresolvable", "mention") if span["attributes"].get(name)]
        assert len(has) == 1, (span["text"], has)
        if has != ["mention"]:
            assert {"event", "modality", "timex_type"} <= set(span["attributes"]), span["text"]


@each_article
def test_a_date_is_claimed_in_the_innermost_quote_around_it(line: Line) -> None:
    for span in spans(line, "claimed_date"):
        around = [
            quote for quote in spans(line, "quote") if covers(quote, span) or quote["fragments"] == span["fragments"]
        ]
        innermost = min(around, key=lambda quote: sum(end - start for start, end in quote["fragments"]), default=None)
        claimed = linked(line, "claimed_in", span)
        if not span["attributes"].get("mention"):
            assert claimed == ([innermost] if innermost else []), span["text"]


@each_article
def test_a_relative_date_says_what_it_was_read_against(line: Line) -> None:
    for span, value in values(line):
        anchor = span["attributes"]["anchor"]
        if anchor == "publication":
            assert value["against"] == published(line), span["text"]
        if anchor == "explicit":
            assert "against" not in value and re.search(r"\b\d{4}\b", span["text"]), span["text"]
        if anchor == "utterance":
            assert value["against"] < published(line), span["text"]
        if anchor == "other_date":
            (other,) = linked(line, "anchored_to", span)
            assert value["against"] in other["attributes"]["value"]["edtf"], span["text"]


@each_article
def test_a_weekday_and_a_day_of_the_month_agree_with_the_calendar(line: Line) -> None:
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    checked = 0
    for span, value in values(line):
        if value.get("mod") == "APPROX":
            continue
        for name in re.findall("|".join(names), span["text"]):
            checked += 1
            assert names.index(name) in {day.weekday() for day in days(value["edtf"])}, (span["text"], value)
        if found := re.search(r"\b(\d{1,2})(?:th)?\b", span["text"]):
            checked += 1
            assert int(found[1]) in {day.day for day in days(value["edtf"])}, (span["text"], value)
    assert checked >= 3


# --- the same words, the same event -----------------------------------------------------------------------------------


def told(utterance: str) -> dict[str, set[str]]:
    """Return the words in which each outlet has an utterance."""
    words: dict[str, set[str]] = defaultdict(set)
    for line, quote in everywhere("quote"):
        if quote["attributes"]["utterance"] == utterance:
            words[line["outlet"]].add(quote["text"])
    return words


@pytest.mark.parametrize(
    ("utterance", "outlets"),
    [
        ("utt-brekke-no-return", BRIDGE),
        ("utt-vranar-doctors", {WIRE, VELTA, BLOG}),
        ("utt-vranar-one-lane", {WIRE, VELTA}),
        ("utt-brekke-own-eyes", {WIRE, VELTA}),
        ("utt-source-tolls", {WIRE, VELTA}),
        ("utt-osmond-boat", {GAZETTE, BLOG}),
        ("utt-derwani-sky", OBSERVATORY),
        ("utt-vollan-last-page", OBSERVATORY),
        ("utt-derwani-first-light", {SOUTHLINE, KESNA}),
        ("utt-marandakis-glass", {SOUTHLINE, PORTAL}),
        ("utt-derwani-signing-day", {KESNA, PLATEAU, PORTAL}),
    ],
)
def test_one_utterance_comes_in_other_words_from_each_outlet(utterance: str, outlets: set[str]) -> None:
    words = told(utterance)
    assert set(words) == outlets
    assert not any(words[one] & words[two] for one, two in combinations(words, 2))


def test_translations_of_a_direct_quote_are_direct_quotes_too() -> None:
    kinds = {
        (line["outlet"], record["attributes"]["utterance"]): record["type"]
        for line in GOLD
        for record in work(line)["records"]
        if record["name"] == "quote"
    }
    assert kinds[WIRE, "utt-brekke-no-return"] == kinds[VELTA, "utt-brekke-no-return"] == "direct"
    assert kinds[SOUTHLINE, "utt-vollan-last-page"] == kinds[KESNA, "utt-vollan-last-page"] == "direct"
    assert kinds[PORTAL, "utt-vollan-last-page"] == "direct"
    assert kinds[PLATEAU, "utt-vollan-last-page"] == "mixed"


def test_the_main_speakers_are_the_same_entries_in_all_articles_of_a_story() -> None:
    for who, outlets in (("src-brekke", BRIDGE), ("src-derwani", OBSERVATORY), ("src-vollan", OBSERVATORY)):
        assert {line["outlet"] for line, span in everywhere("speaker") if span["attributes"]["who"] == who} == outlets


def claims(event: str) -> dict[str, set[str]]:
    """Return the values that each outlet claims for an event."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in GOLD:
        for span, value in values(line):
            if span["attributes"]["event"] == event:
                found[line["outlet"]].add(value["edtf"])
    return found


@pytest.mark.parametrize(
    ("event", "outlets"), [("evt-talks", BRIDGE), ("evt-signing", OBSERVATORY)], ids=["bridge", "observatory"]
)
def test_the_day_of_the_meeting_is_another_in_and_between_all_outlets(event: str, outlets: set[str]) -> None:
    found = claims(event)
    assert set(found) == outlets
    assert all(len(dates) >= 2 for dates in found.values())
    assert len({frozenset(dates) for dates in found.values()}) == len(outlets)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            "evt-brekke-interview",
            {
                WIRE: {"2024-03-10"},
                GAZETTE: {"2024-03-09/2024-03-10"},
                VELTA: {"2024-03-09"},
                BLOG: {"2024-03-10"},
            },
        ),
        ("evt-closure", {WIRE: {"2024-02-03"}, VELTA: {"2024-02-02"}}),
        ("evt-bridge-opening", {WIRE: {"1998"}, VELTA: {"1997-23"}}),
        (
            "evt-lease-end",
            {SOUTHLINE: {"2023-12-31"}, KESNA: {"2024-01-01"}, PLATEAU: {"2023-12-31"}, PORTAL: {"2023-12-31"}},
        ),
        (
            "evt-first-signing",
            {SOUTHLINE: {"2023-09-10"}, KESNA: {"2023-09"}, PLATEAU: {"2023-09-10"}, PORTAL: {"2023-08"}},
        ),
    ],
)
def test_outlets_contradict_each_other_on_a_plain_date(event: str, expected: dict[str, set[str]]) -> None:
    assert claims(event) == expected


@pytest.mark.parametrize(
    ("outlet", "one", "two"),
    [
        (WIRE, "Thursday and Friday", "Wednesday"),
        (GAZETTE, "Thursday or Friday", "mid-week"),
        (GAZETTE, "midnight on Sunday", "Monday"),
        (VELTA, "13\u00a0March", "14\u00a0March"),
        (BLOG, "next month", "the 13th"),
        (SOUTHLINE, "Thursday or Friday", "mid-week"),
        (KESNA, "Wednesday, November 22", "Thursday or Friday"),
        (PLATEAU, "today", "Monday"),
        (PORTAL, "Thursday", "next week"),
    ],
)
def test_two_dates_of_one_event_contradict_each_other_in_one_sentence(outlet: str, one: str, two: str) -> None:
    line = BY_OUTLET[outlet]
    pairs = [
        (first, second)
        for first, second in combinations([span for span, _ in values(line)], 2)
        if {first["text"], second["text"]} == {one, two}
        and sentence(line, first) == sentence(line, second)
        and first["attributes"]["event"] == second["attributes"]["event"]
        and first["attributes"]["value"]["edtf"] != second["attributes"]["value"]["edtf"]
    ]
    assert pairs


# --- quotes and speakers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", [WIRE, GAZETTE, BLOG, SOUTHLINE, KESNA, PLATEAU])
def test_a_quote_cut_in_two_has_its_cue_in_the_gap(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    cut = [quote for quote in spans(line, "quote") if len(quote["fragments"]) == 2 and quote["text"][0] in '“"']
    assert cut
    for quote in cut:
        gap = quote["fragments"][0][1], quote["fragments"][1][0]
        cues = linked(line, "cued_by", quote)
        assert any(gap[0] <= cue["fragments"][0][0] and cue["fragments"][-1][1] <= gap[1] for cue in cues)


@pytest.mark.parametrize("outlet", [GAZETTE, SOUTHLINE])
def test_a_cue_cuts_one_sentence_of_a_quote_in_two(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    halves = [[line["text"][s:e] for s, e in quote["fragments"]] for quote in spans(line, "quote")]
    assert any(len(parts) == 2 and parts[0].endswith(",”") and parts[1][1].islower() for parts in halves)


def test_an_indirect_quote_is_cut_in_two_by_the_writer() -> None:
    cut = [span for span in spans(BY_OUTLET[WIRE], "quote") if len(span["fragments"]) == 2 and '"' not in span["text"]]
    assert [span["text"] for span in cut] == [
        "its members would tie up the Solvane … from Monday unless night crews were doubled"
    ]


@pytest.mark.parametrize("outlet", [GAZETTE, PLATEAU])
def test_a_quote_over_two_paragraphs_repeats_the_opening_mark_and_closes_once(outlet: str) -> None:
    (quote,) = [quote for quote in spans(BY_OUTLET[outlet], "quote") if "\n" in quote["text"]]
    assert re.fullmatch(r"“[^“”]+\n\n“[^“”]+”", quote["text"])
    assert len(quote["fragments"]) == 1


@pytest.mark.parametrize("outlet", [GAZETTE, BLOG, KESNA, PLATEAU])
def test_a_quote_in_a_quote_has_another_speaker(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    nested = [
        (outer, inner) for outer in spans(line, "quote") for inner in spans(line, "quote") if covers(outer, inner)
    ]
    assert any(inner["text"][0] in "‘'" for _, inner in nested)
    for outer, inner in nested:
        speakers = [{s["attributes"]["who"] for s in linked(line, "said_by", quote)} for quote in (outer, inner)]
        assert not speakers[0] & speakers[1]
        assert all(covers(outer, span) for span in linked(line, "said_by", inner) + linked(line, "cued_by", inner))


def test_unnamed_sources_speak_in_every_article() -> None:
    assert flagged("speaker", "anonymous") == BRIDGE | OBSERVATORY


def test_several_people_speak_with_one_voice() -> None:
    assert flagged("speaker", "plural") == BRIDGE | OBSERVATORY
    named = {span["text"] for _, span in everywhere("speaker") if span["attributes"].keys() == {"who", "plural"}}
    assert {"The mayor and the headmistress", "Brekke and Velland’s deputy premier, Ilko Vra\u0301nar"} <= named


@pytest.mark.parametrize(
    ("outlet", "relation", "mention", "cited"),
    [
        (WIRE, "said_by", "VELTA", VELTA),
        (VELTA, "said_by", "the newspaper Hallam Harbour Gazette", GAZETTE),
        (VELTA, "relayed_by", "Radio Skerrow", "Radio Skerrow"),
        (BLOG, "said_by", "Northern Wire", WIRE),
        (BLOG, "relayed_by", "VELTA", VELTA),
        (BLOG, "relayed_by", "the Gazette", GAZETTE),
        (SOUTHLINE, "relayed_by", "The state agency KESNA", KESNA),
        (PLATEAU, "said_by", "Southline Press", SOUTHLINE),
        (PORTAL, "relayed_by", "the KESNA agency", KESNA),
        (PORTAL, "relayed_by", "Southline Press", SOUTHLINE),
    ],
)
def test_an_outlet_cites_another(outlet: str, relation: str, mention: str, cited: str) -> None:
    line = BY_OUTLET[outlet]
    ends = [span for quote in spans(line, "quote") for span in linked(line, relation, quote)]
    assert (mention, cited) in {(span["text"], NAMES["source"][span["attributes"]["who"]]) for span in ends}


def test_an_outlet_names_its_own_unnamed_source() -> None:
    found = {
        (line["outlet"], said["text"], origin["text"])
        for line, quote in everywhere("quote")
        for said in linked(line, "said_by", quote)
        for origin in linked(line, "originates_from", quote)
        if origin["attributes"].get("anonymous")
    }
    assert found == {
        (WIRE, "VELTA", "a government source"),
        (VELTA, "the newspaper Hallam Harbour Gazette", "its sources in the port"),
        (KESNA, "the newspaper Al-Mirqab (المرقب)", "a source close to the file"),
    }


def test_a_headline_inside_the_text_holds_an_indirect_quote_with_a_date() -> None:
    (line,) = [line for line in GOLD if line["title"] is None]
    assert line["outlet"] == PORTAL
    assert flagged("quote", "headline") == {PORTAL}
    (quote,) = [quote for quote in spans(line, "quote") if quote["attributes"].get("headline")]
    assert not set(quote["text"]) & set("“”‘’\"'")
    headline = line["text"].split("\n\n")[1]
    assert headline == f"{quote['text']}, Kesmar minister says"
    assert [span["text"] for span in spans(line, "claimed_date") if covers(quote, span)] == ["this week"]


def test_no_other_article_repeats_its_title() -> None:
    assert all(line["title"] and line["title"] not in line["text"] for line in GOLD if line["outlet"] != PORTAL)


@pytest.mark.parametrize(("outlet", "words"), NO_QUOTES)
def test_words_in_marks_that_are_no_quote_are_not_annotated(outlet: str, words: str) -> None:
    line = BY_OUTLET[outlet]
    start = line["text"].index(words)
    assert not [span for span in spans(line) for s, e in span["fragments"] if s < start + len(words) and start < e]


@pytest.mark.parametrize(
    ("outlet", "marker", "trap"),
    [
        (WIRE, "(Reporting by", "night desk"),
        (VELTA, "© VELTA", "daily digest"),
        (BLOG, "You may also like…", "14 March, 9.02"),
        (BLOG, "3 comments", "“fixed term” is what they gave"),
        (KESNA, "S.K./19:40", "Tomorrow"),
        (PORTAL, "You may also like…", "“It blinked first”, scientist says"),
        (PORTAL, "Share: ", "every Friday"),
    ],
)
def test_the_tail_of_a_page_is_not_annotated_although_it_tempts(outlet: str, marker: str, trap: str) -> None:
    line = BY_OUTLET[outlet]
    end = line["text"].index(marker)
    assert trap in line["text"][end:]
    assert max(span["fragments"][-1][1] for span in spans(line)) <= end


def test_what_stands_above_an_article_is_not_annotated() -> None:
    for outlet, above in ((WIRE, "March 12 (Northern Wire) - "), (PORTAL, "Home / Science / Big telescopes")):
        line = BY_OUTLET[outlet]
        assert min(span["fragments"][0][0] for span in spans(line)) >= line["text"].index(above) + len(above)


# --- characters -------------------------------------------------------------------------------------------------------


def test_marks_are_curly_straight_and_angled() -> None:
    first = {(line["outlet"], quote["text"][0]) for line, quote in everywhere("quote")}
    assert {
        (WIRE, '"'),
        (KESNA, '"'),
        (KESNA, "'"),
        (VELTA, "“"),
        (VELTA, "«"),
        (GAZETTE, "“"),
        (GAZETTE, "‘"),
    } <= first
    assert '"' not in BY_OUTLET[GAZETTE]["text"] and "“" not in BY_OUTLET[WIRE]["text"]


@pytest.mark.parametrize("outlet", [VELTA, PORTAL])
def test_a_quotation_is_opened_and_never_closed(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    (quote,) = [quote for quote in spans(line, "quote") if quote["text"].count("“") > quote["text"].count("”")]
    assert quote["text"][0] == "“"
    (record,) = [record for record in work(line)["records"] if record["id"] == quote["id"]]
    assert record["type"] == "direct"


@pytest.mark.parametrize(
    ("character", "label", "outlet"),
    [
        ("\u00a0", "claimed_date", GAZETTE),
        ("\u00a0", "claimed_date", VELTA),
        ("\u202f", "quote", VELTA),
        ("\u202f", "claimed_date", PLATEAU),
    ],
)
def test_no_break_spaces_stand_inside_marked_spans(character: str, label: str, outlet: str) -> None:
    assert any(character in span["text"].strip() for span in spans(BY_OUTLET[outlet], label))


@pytest.mark.parametrize("outlet", [BLOG, PORTAL])
def test_emoji_move_utf16_offsets_away_from_code_points(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    shifts = {
        len(line["text"][: s["fragments"][0][0]].encode("utf-16-le")) // 2 - s["fragments"][0][0] for s in spans(line)
    }
    assert max(shifts) >= 3
    assert any(ord(letter) > 0xFFFF for quote in spans(line, "quote") for letter in quote["text"])


def test_a_sequence_joined_by_zwj_stands_before_and_inside_marked_spans() -> None:
    joined = re.compile("[\U0001f300-\U0001faff][\U0001f3fb-\U0001f3ff]?\u200d")
    blog, portal = BY_OUTLET[BLOG], BY_OUTLET[PORTAL]
    first = joined.search(blog["text"])
    assert first and any(span["fragments"][0][0] > first.end() for span in spans(blog))
    assert any(joined.search(quote["text"]) for quote in spans(portal, "quote"))


@pytest.mark.parametrize(
    ("outlet", "script", "right_to_left"),
    [(GAZETTE, "GEORGIAN", False), (PLATEAU, "GREEK", False), (KESNA, "ARABIC", True)],
)
def test_a_name_is_written_in_its_own_script(outlet: str, script: str, right_to_left: bool) -> None:
    names = [span["text"] for span in spans(BY_OUTLET[outlet], "speaker")]
    letters = [letter for name in names for letter in name if unicodedata.name(letter, "").startswith(script)]
    assert len(letters) > 8
    assert all((unicodedata.bidirectional(letter) in ("R", "AL")) is right_to_left for letter in letters)


@pytest.mark.parametrize(("outlet", "name"), [(GAZETTE, "Vra\u0301nar"), (PORTAL, "Zoe\u0308 Quillon")])
def test_a_combining_mark_stands_in_a_name_and_is_kept(outlet: str, name: str) -> None:
    (span,) = [span for span in spans(BY_OUTLET[outlet], "speaker") if name in span["text"]]
    assert unicodedata.normalize("NFC", name) not in span["text"]
    assert unicodedata.normalize("NFC", name) in NAMES["source"][span["attributes"]["who"]]


# --- dates ------------------------------------------------------------------------------------------------------------


def test_one_publication_date_is_missing_and_one_is_wrong_and_gold_puts_them_right() -> None:
    corrected = {
        line["outlet"]: (line["published"], work(line)["published"]) for line in GOLD if work(line)["published"]
    }
    assert corrected == {
        BLOG: (None, {"value": "2024-03-14", "basis": "inferred"}),
        VELTA: ({"value": "2024-12-03", "basis": "metadata"}, {"value": "2024-03-12", "basis": "stated"}),
    }
    assert "12\u00a0March\u00a02024" in BY_OUTLET[VELTA]["text"].splitlines()[0]


def test_the_inferred_publication_date_is_the_only_day_that_fits_the_text() -> None:
    found = {span["text"]: value["edtf"] for span, value in values(BY_OUTLET[BLOG])}
    day = date.fromisoformat(published(BY_OUTLET[BLOG]))
    start, end = days(found["forty days"])
    assert (start, end, (end - start).days) == (date(2024, 2, 3), day, 40)
    assert found["today and tomorrow"] == f"{{{day},{day + timedelta(1)}}}"
    assert found["late on Wednesday"] == str(day - timedelta(1))


@pytest.mark.parametrize(
    ("outlet", "words", "edtf", "mod"),
    [
        (WIRE, "the end of this week", "2024-03-14/2024-03-17", "END"),
        (WIRE, "last Friday", "2024-03-08", None),
        (WIRE, "a day sooner", "2024-03-13", None),
        (WIRE, "tomorrow morning", "2024-03-12", None),
        (WIRE, "mid-February", "2024-02-15~/2024-03-12", "SINCE"),
        (GAZETTE, "A fortnight ago", "2024-02-28~", "APPROX"),
        (GAZETTE, "Thursday or Friday", "[2024-03-14,2024-03-15]", None),
        (GAZETTE, "mid-week", "2024-03-12/2024-03-14", "MID"),
        (GAZETTE, "next month", "2024-04", "ON_OR_AFTER"),
        (VELTA, "yesterday", "2024-03-11", None),
        (VELTA, "the close of the week", "2024-03-14/2024-03-17", "END"),
        (VELTA, "the last decade of February", "2024-02-21/2024-02-29", "END"),
        (BLOG, "next month", "2024-04", None),
        (BLOG, "this summer", "2024-22", None),
        (SOUTHLINE, "spring", "2023-03/2023-11", "SINCE"),
        (SOUTHLINE, "mid-week", "2023-11-21/2023-11-23", "MID"),
        (SOUTHLINE, "last week", "2023-11-13/2023-11-19", None),
        (SOUTHLINE, "next year", "2024", None),
        (KESNA, "two days ago", "2023-11-17", None),
        (KESNA, "the day after the signing", "2023-11-23", None),
        (KESNA, "early in the new year", "2024-01/2024-03", "START"),
        (PLATEAU, "the end of the week", "2023-11-23/2023-11-26", "END"),
        (PORTAL, "the weekend", "2023-11-25/2023-11-26", "BEFORE"),
        (PORTAL, "next week", "2023-11-27/2023-12-03", None),
        (PORTAL, "next month", "2023-12", None),
    ],
)
def test_a_relative_date_has_its_value(outlet: str, words: str, edtf: str, mod: str | None) -> None:
    found = {(value["edtf"], value.get("mod")) for span, value in values(BY_OUTLET[outlet]) if span["text"] == words}
    assert found == {(edtf, mod)}


@pytest.mark.parametrize(("outlet", "weekday"), [(GAZETTE, "Wednesday"), (PLATEAU, "Wednesday"), (SOUTHLINE, "Monday")])
def test_a_weekday_equal_to_the_publication_weekday_is_that_day(outlet: str, weekday: str) -> None:
    line = BY_OUTLET[outlet]
    assert date.fromisoformat(published(line)).strftime("%A") == weekday
    assert published(line) in {value["edtf"] for span, value in values(line) if span["text"] == weekday}


@pytest.mark.parametrize("outlet", [SOUTHLINE, PLATEAU, PORTAL])
def test_spring_is_counted_from_by_since(outlet: str) -> None:
    line = BY_OUTLET[outlet]
    (start,) = [span["fragments"][0][0] for span in spans(line, "claimed_date") if span["text"] == "spring"]
    assert line["text"][:start].endswith("since ")


@pytest.mark.parametrize("outlet", [WIRE, VELTA, PORTAL])
def test_earlier_is_a_mention_that_claims_nothing(outlet: str) -> None:
    (span,) = [span for span in spans(BY_OUTLET[outlet], "claimed_date") if span["text"].lower() == "earlier"]
    assert span["attributes"]["mention"] is True
    assert not {"value", "event", "modality"} & set(span["attributes"])


@pytest.mark.parametrize(
    ("outlet", "words", "modality"),
    [
        (WIRE, "last Friday", "cancelled"),
        (BLOG, "today and tomorrow", "cancelled"),
        (PORTAL, "August", "cancelled"),
        (WIRE, "Monday", "planned"),
        (VELTA, "1\u00a0May", "planned"),
        (VELTA, "the present month", "hoped"),
        (SOUTHLINE, "Thursday or Friday", "hoped"),
        (PLATEAU, "next month", "hoped"),
        (WIRE, "this year", "unlikely"),
        (BLOG, "this summer", "unlikely"),
        (SOUTHLINE, "2025", "unlikely"),
        (KESNA, "the end of November", "unlikely"),
        (PORTAL, "next week", "likely"),
        (BLOG, "the first days of April", "likely"),
    ],
)
def test_what_is_claimed_need_not_be_so(outlet: str, words: str, modality: str) -> None:
    found = {s["attributes"]["modality"] for s in spans(BY_OUTLET[outlet], "claimed_date") if s["text"] == words}
    assert modality in found


@pytest.mark.parametrize("name", ["modality", "timex_type", "anchor"])
def test_every_choice_that_the_label_set_offers_for_dates_occurs(name: str, news: schema.Schema) -> None:
    offered = {option.key for option in news.attribute("claimed_date", name).options}
    assert {span["attributes"].get(name) for _, span in everywhere("claimed_date")} - {None} == offered


def test_every_relation_and_attribute_of_the_label_set_occurs(news: schema.Schema) -> None:
    relations = {relation["type"] for line in GOLD for relation in work(line)["relations"]}
    assert relations == set(news.relations)
    used = {(span["label"], name) for line in GOLD for span in spans(line) for name in span["attributes"]}
    assert used == {(key, name) for key, label in news.labels.items() for name in label.attributes} - {
        ("claimed_date", "borderline")
    }


@pytest.mark.parametrize(
    ("outlet", "words", "known"),
    [
        (VELTA, "two days", {"edtf": "2024-03-13/2024-03-14", "timex3": "P2D"}),
        (BLOG, "forty days", {"edtf": "2024-02-03/2024-03-14", "timex3": "P40D"}),
        (PLATEAU, "eight months", {"edtf": "2023-03/2023-11", "timex3": "P8M"}),
        (SOUTHLINE, "two days", None),
        (KESNA, "three weeks", None),
    ],
)
def test_a_duration_is_dated_where_the_text_allows_it(outlet: str, words: str, known: dict[str, str] | None) -> None:
    (span,) = [span for span in spans(BY_OUTLET[outlet], "claimed_date") if span["text"] == words]
    assert span["attributes"]["timex_type"] == "DURATION"
    if known is None:
        assert span["attributes"]["unresolvable"]
    else:
        assert known.items() <= span["attributes"]["value"].items()


def test_a_plain_duration_claims_nothing() -> None:
    (span,) = [span for span in spans(BY_OUTLET[WIRE], "claimed_date") if span["text"] == "two hours"]
    assert span["attributes"] == {"timex_type": "DURATION", "mention": True}
