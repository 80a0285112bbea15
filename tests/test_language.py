"""What a language's rules find in articles: table tests, each text with its caret at “|”, and figures on marked articles."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lines import SAMPLE, TEXTS

from labeling.language import LANGUAGES, Candidate, Candidates, for_article, propose
from labeling.language.detection import detect
from labeling.language.tokens import Stretch
from labeling.services.candidates import candidates_json, with_candidates

ENGLISH = LANGUAGES["en"]
REAL = Path(__file__).parent.parent.parent / "shared" / "articles"


def candidates(text: str) -> Candidates:
    return propose(text, for_article(text).rules)


def quote_at(found: Candidates, point: int) -> Stretch | None:
    """Return what the key of a quote takes: the innermost quotation, or the clause that it is a part of; else a clause."""
    quotations = [each for each in found.quotations if each.start <= point <= each.end]
    if quotations:
        return quotations[-1].features["within"] or quotations[-1].stretch
    clauses = [each.stretch for each in found.clauses if each.start <= point <= each.end]
    return min(clauses, key=lambda each: each[1] - each[0], default=None)


def at(listed: list[Candidate], point: int) -> Stretch | None:
    around = [each.stretch for each in listed if each.start <= point <= each.end]
    return around[-1] if around else None


def phrase_at(found: Candidates, point: int) -> Stretch | None:
    return at(found.phrases, point)


def date_at(found: Candidates, point: int) -> Stretch | None:
    return at(found.dates, point)


def cue_at(found: Candidates, point: int) -> Stretch | None:
    return at(found.cues, point)


#: What the key of each label takes at a caret.
TAKES = {
    "quote": quote_at,
    "speaker": phrase_at,
    "claimed_date": date_at,
    "cue": cue_at,
}

AROUND: list[tuple[str, str, str | None]] = [
    ("quote", 'He said "we w|ill go" and left', '"we will go"'),
    ("quote", "He “sa|id ‘no’ at once,” she", "“said ‘no’ at once,”"),
    ("quote", "“It |goes on", "“It goes on"),
    ("quote", "none |here", None),
    ("quote", "“It began.\n\n“It| ended,” she said.", "“It began.\n\n“It ended,”"),
    ("quote", "“Then he told us, ‘Don’t |go there,’ and left,” she said", "‘Don’t go there,’"),
    ("quote", "“They came! “|, explained the mayor.", "“They came! “"),
    (
        "quote",
        "The mayor said on Monday that the| bridge would close, while others disagreed.",
        "that the bridge would close",
    ),
    ("quote", "The mayor told the council the| bridge would close.", "the bridge would close"),
    ("quote", "The bridge will| close, the mayor said.", "The bridge will close"),
    ("quote", "She has threatened to| close the bridge.", "to close the bridge"),
    ("quote", "The mayor said she would not come “without| a date”.", "she would not come “without a date”"),
    ("quote", "The mayor| said the bridge would close.", None),
    ("quote", "市长周一表示，这座桥|将关闭。", "这座桥将关闭"),
    ("speaker", "then US Secret|ary of State Mike Pompeo said", "US Secretary of State Mike Pompeo"),
    ("speaker", "T|rump and Kim met", "Trump"),
    ("speaker", "Brook and| Vell said", "Brook and Vell"),
    ("speaker", "and |she said", "she"),
    ("speaker", "while a senior rail official from| the port said", "a senior rail official from the port"),
    ("speaker", "said the port’s| director, Anna Brook.", "the port’s director, Anna Brook"),
    ("speaker", "said Anna Brook, the director|.", "the director"),
    ("speaker", "On Sunday Anna |Brook said", "Anna Brook"),
    ("speaker", "Two| of the port’s pilots told us", "Two of the port’s pilots"),
    ("speaker", "as Anna Br|ook’s answer showed", "Anna Brook"),
    ("speaker", "multiple diplomatic| sources said", "multiple diplomatic sources"),
    ("speaker", "the |Sailors' Union said", "the Sailors' Union"),
    ("speaker", "美国国务|卿蓬佩奥周日表示", "美国国务卿蓬佩奥"),
    ("cue", "he has just |declared that", "has just declared"),
    ("cue", "was quoted as| saying that", "was quoted as saying"),
    ("cue", "according| to the mayor", "according to"),
    ("cue", "no |word", None),
    ("claimed_date", "is scheduled for |Thursday and Friday, while", "Thursday and Friday"),
    ("claimed_date", "in New York at the| end of this week to", "the end of this week"),
    ("claimed_date", "on July| 7, 2018.", "July 7, 2018"),
    ("claimed_date", "talks on January| 17-18,” the", "January 17-18"),
    ("claimed_date", "take place early| next year.", "early next year"),
    ("claimed_date", "in |June, she", "June"),
    ("claimed_date", "since mid-|February", "mid-February"),
    ("claimed_date", "a |fortnight ago", "a fortnight ago"),
    ("claimed_date", "at seven on Tuesday |evening", "seven on Tuesday evening"),
    ("claimed_date", "the first Saturday| in February", "the first Saturday in February"),
    ("claimed_date", "2 February of the| current year", "2 February of the current year"),
    ("claimed_date", "it may |end", None),
    ("claimed_date", "将于2018年11月|8日举行", "2018年11月8日"),
    ("claimed_date", "no d|ate here", None),
    # Abbreviations end no sentence, no clause and no name.
    ("quote", "The mayor said Gen. Vell of St. Ives| would arrive at 9 a.m. in No. 5.", "Gen. Vell of St. Ives would arrive at 9 a.m. in No. 5"),
    ("quote", "She said the U.S. Navy| would leave.", "the U.S. Navy would leave"),
    ("quote", "The bridge of J. P. Vell will| close, the mayor said.", "The bridge of J. P. Vell will close"),
    ("speaker", "a senior E.U.| envoy said", "a senior E.U. envoy"),
    ("speaker", "as Gen. To|mas Vell said", "Gen. Tomas Vell"),
    ("speaker", "while U.S. President Anna |Brook said", "U.S. President Anna Brook"),
    ("claimed_date", "at 9.30 a.m.| on Monday the", "9.30 a.m. on Monday"),
    # What says how or when is neither a clause nor a date.
    ("quote", "In the same |vein, the mayor added that all was well.", None),
    ("quote", "For the time |being, officials said, the bridge was shut.", None),
    ("claimed_date", "For the time| being, officials said", None),
    ("claimed_date", "and then| left", None),
    ("claimed_date", "a months-|long strike", "months-long"),
    ("claimed_date", "the day after| the signing, she", "the day after the signing"),
    # Typewriters' quotation marks, and marks that open in one language and close in another.
    ("quote", "''We w|ill go,'' she said.", "''We will go,''"),
    ("quote", "``We w|ill go,'' she said.", "``We will go,''"),
    ("quote", "He said: ''I don't know the members' |names.''", "''I don't know the members' names.''"),
    ("quote", "»Wir gehen |jetzt«, sagte sie.", "»Wir gehen jetzt«"),
    ("quote", "« Nous partons| », dit-elle.", "« Nous partons »"),
    ("quote", "„Wir gehen |jetzt“, sagte sie.", "„Wir gehen jetzt“"),
    ("quote", "「来週|会う」と述べた。", "「来週会う」"),
    ("quote", "She thanked ‘all the mem|bers’ and left.", "‘all the members’"),
    ("quote", "She said ‘the members’ talks en|ded’ and left.", "‘the members’ talks ended’"),
    ("quote", "“He said «we g|o» now.”", "«we go»"),
    # A mark that closes opens nothing where it stands by mistake.
    ("quote", "The bridge” is| shut. He left.", None),
    ("quote", "The bridge” is shut. “We g|o,” he said.", "“We go,”"),
    ("quote", "Die Brücke» ist| zu.", None),
    ("quote", "Er sagte: »Wir g|ehen.« Dann ging er.", "»Wir gehen.«"),
    ("quote", "»Wir g|ehen.« Dann ging er.", "»Wir gehen.«"),
    ("quote", "„Er rief ‚N|ein‘ laut“, sagte sie.", "‚Nein‘"),
    ("quote", "‚Wir g|ehen‘, sagte er.", "‚Wir gehen‘"),
    ("quote", "Er sagte: »Sie rief ›N|ein‹ laut.«", "›Nein‹"),
    ("quote", '„Wir g|ehen", sagte er. Er ging nicht.', '„Wir gehen"'),
    ("quote", '„Sie rief "N|ein" laut“, sagte er.', '"Nein"'),
    # German, by its own rules.
    ("quote", "Der Minister erklärte auf der Insel, die Brücke| sei geschlossen und nicht sicher.", "die Brücke sei geschlossen und nicht sicher"),
    ("quote", "Die Brücke ist| nicht mit dem Zug zu erreichen, so der Sprecher des Ministeriums.", "Die Brücke ist nicht mit dem Zug zu erreichen"),
    ("speaker", "Das sagte die Spre|cherin des Ministeriums am Montag, und sie ist nicht müde.", "die Sprecherin des Ministeriums"),
    ("cue", "Die Polizei te|ilte mit, dass die Brücke nicht mehr sicher ist.", "teilte mit"),
    ("claimed_date", "Die Brücke wird bis Mitte| Mai 2022 nicht öffnen, und der Hafen ist zu.", "Mitte Mai 2022"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "expected"), AROUND)
def test_the_candidate_at_the_caret(label: str, text: str, expected: str | None) -> None:
    point = text.index("|")
    text = text.replace("|", "")
    found = TAKES[label](candidates(text), point)
    assert (found and text[slice(*found)]) == expected


def test_a_caret_anywhere_in_a_noun_phrase_finds_all_of_it() -> None:
    text = "said the union’s secretary, Dov Marrick."
    phrases = propose(text, ENGLISH).phrases
    inside = [match.start() for match in re.finditer(r"[\w’]+|,", text)][1:]
    assert {at(phrases, point) for point in inside} == {(5, len(text) - 1)}


def hits(articles: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Count for each label the spans that its key takes exactly, or their first part, with the caret at their first word."""
    counts: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    for article in articles:
        text = article["text"]
        found = propose(text, for_article(text, article.get("language")).rules)
        for span in article["spans"]:
            start, end = span["fragments"][0]
            taken = TAKES[span["label"]](found, start)
            if taken is None and span["label"] in ("speaker", "cue"):  # the page takes the word
                word = re.compile(r"[\w'’-]+").match(text, start)
                taken = word and word.span()
            counts[span["label"]] += 1
            exact[span["label"]] += taken == (start, end)
    return {label: (exact[label], counts[label]) for label in counts}


def test_most_spans_of_the_sample_corpus_are_candidates() -> None:
    articles = [
        {"text": line["text"], "language": line["language"], "spans": line["annotations"][0]["spans"]}
        for line in SAMPLE
    ]
    found = hits(articles)
    floors = {"quote": 91, "speaker": 110, "claimed_date": 132, "cue": 90}
    assert {label: count for label, (count, _) in found.items() if count < floors[label]} == {}, found


@pytest.mark.skipif(not REAL.exists(), reason="there are no shared articles here")
def test_most_spans_of_real_articles_are_candidates() -> None:
    articles = [
        {
            "text": (REAL / file["file"]).read_bytes().decode(),
            "spans": [
                {
                    "label": "claimed_date" if span["label"] == "date" else span["label"],
                    "fragments": span.get("fragments") or [[span["start"], span["end"]]],
                }
                for span in file["spans"]
            ],
        }
        for file in json.loads((REAL / "gold.json").read_text("utf-8"))["files"]
    ]
    found = hits(articles)
    floors = {"quote": 41, "speaker": 43, "claimed_date": 43}
    assert {label: count for label, (count, _) in found.items() if count < floors[label]} == {}, found


#: A text, and who speaks at its first cue outside of quotation marks.
SPEAKERS = [
    ("“We know,” said Anna Brook.", "Anna Brook"),
    ("Tomas Vell, a pilot, told the harbour board: “We know.”", "Tomas Vell"),
    ("“We know,” the mayor said. “You do not.”", "the mayor"),
    ("The mayor had left. “We know,” Anna Brook told the paper.", "Anna Brook"),
    ("The Harbour Times quoted the mayor as saying that all was well.", "the mayor"),
    ("“We know,” the mayor told Reuters.", "the mayor"),
    ("Reuters reported that the bridge had closed.", "Reuters"),
    ("According to Gen. Tomas Vell, all is well.", "Gen. Tomas Vell"),
    ("Anna Brook, an adviser to the prime minister, said the port would open.", "Anna Brook"),
    ("Anna Brook, who leads the union of pilots, said the port would open.", "Anna Brook"),
    ("The World Health Organisation (WHO) recommends that the port should open.", "The World Health Organisation"),
    ("The poster mistakenly claimed that the port was shut.", "The poster"),
    ("It was announced by the mayor that the port would open.", "the mayor"),
    ("“We know,” an aide to Anna Brook was quoted as saying.", "an aide"),
    ("In a letter to the council the mayor said that all was well.", "the mayor"),
]


@pytest.mark.parametrize(("text", "expected"), SPEAKERS)
def test_a_cue_knows_who_speaks(text: str, expected: str) -> None:
    found = propose(text, ENGLISH)
    cue = next(cue for cue in found.cues if not any(each.start <= cue.start < each.end for each in found.quotations))
    assert text[slice(*cue.features["speaker"])] == expected


@pytest.mark.parametrize(
    ("before", "lead"),
    [
        ("closed since ", "since"),
        ("Since ", "since"),
        ("has been shut for ", "for"),
        ("will be shut for ", ""),
        ("has left. Shut for ", ""),
        ("before ", ""),
        ("insince ", ""),
        ("since the ", ""),
    ],
)
def test_since_or_for_before_a_date_is_a_part_of_what_it_says(before: str, lead: str) -> None:
    assert ENGLISH.lead(before) == lead


def test_joined_cues_and_participles_have_the_speaker_of_the_cue_before() -> None:
    text = "The mayor told Anna Brook that all was well and said that Tomas Vell was wrong, adding that he knew."
    speakers = {text[cue.start : cue.end]: text[slice(*cue.features["speaker"])] for cue in propose(text, ENGLISH).cues}
    assert {cue: speakers[cue] for cue in ("told", "said", "adding")} == dict.fromkeys(
        ("told", "said", "adding"), "The mayor"
    )


def test_names_are_runs_of_capitalized_words_without_titles_and_where_one_begins_is_not_guessed() -> None:
    text = (
        "Professor Anna Brook and Dr. Tomas van der Vell met the Bishop of Lund Ines Okoro.\n\nIlko Vránar’s aide "
        "left with Deputy Transport Minister Ada Brekke and a senior E.U. envoy."
    )
    assert _names(text) == ["Anna Brook", "Tomas van der Vell", "Ilko Vránar", "Ada Brekke"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Minister of Transport Ines Okoro left.", ["Ines Okoro"]),
        ("The Secretary of Foreign Affairs Ines Okoro left.", ["Ines Okoro"]),
        ("The head of Security Council Staff left.", []),
        ("The University of Justice Hall burned.", []),
        ("The news agency, Velta, said so.", ["Velta"]),
        ("The mayor, Velta and others left.", []),
    ],
)
def test_a_name_begins_behind_an_office_and_one_word_is_a_name_where_it_explains_a_role(
    text: str, names: list[str]
) -> None:
    assert _names(text) == names


def _names(text: str) -> list[str]:
    return [text[name.start : name.end] for name in propose(text, ENGLISH).names]


@pytest.mark.parametrize(
    ("words", "kind"),
    [("She", "pronoun"), ("Anna Brook", "name"), ("The mayor", "role"), ("The Harbour Times", "outlet"), ("The bridge", "other")],
)  # fmt: skip
def test_a_noun_phrase_knows_its_kind(words: str, kind: str) -> None:
    [phrase] = propose(f"{words} burned.", ENGLISH).phrases[:1]
    assert (phrase.end, phrase.features["kind"]) == (len(words), kind)


@pytest.mark.parametrize(
    ("words", "new"),
    [("A senior envoy", True), ("Two pilots", True), ("One of them", False), ("The envoy", False), ("Both ministers", False), ("She", False)],
)  # fmt: skip
def test_a_noun_phrase_knows_whether_it_mentions_someone_for_the_first_time(words: str, new: bool) -> None:
    phrases = propose(f"{words} said that the bridge is closed.", ENGLISH).phrases
    assert phrases[0].features["new"] is new


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("The science minister, Salma Derwani, said.", []),
        ("Tomas Vell, the ferryman, said.", []),
        ("VELTA, the state news agency, reported.", []),
        ("The bridge is closed, Tomas Vell said.", ["The bridge is closed"]),
        ("The bridge is closed, the agency, Velta, cited an aide as saying.", ["The bridge is closed"]),
        ("The bridge is closed, Tomas Vell, the ferryman, said.", ["The bridge is closed"]),
        ("The bridge is closed, the Veltan state-run agency, Velta, reported.", ["The bridge is closed"]),
        ("The science minister, Salma Derwani, will sign, he said.", ["The science minister, Salma Derwani, will sign"]),
    ],
)  # fmt: skip
def test_what_only_names_who_speaks_is_no_content(text: str, content: list[str]) -> None:
    assert [text[each.start : each.end] for each in propose(text, ENGLISH).clauses] == content


@pytest.mark.parametrize(
    ("text", "cue", "fragments"),
    [
        ("The paper quoted an aide as saying that it is over.", "saying", ["quoted", "as saying"]),
        ("The paper cites the chair, D. Vell, as having told reporters that it is over.", "having told", ["cites", "as having told"]),
        ("The ministry has just declared that it is over.", "has just declared", ["has", "declared"]),
        ("The ministry has never declared that it is over.", "has never declared", []),
        ("The ministry declared that it is over.", "declared", []),
        ("As saying goes, the paper quoted an aide.", "saying", []),
    ],
)  # fmt: skip
def test_a_cue_leaves_out_who_is_quoted_and_adverbs_but_no_negation(text: str, cue: str, fragments: list[str]) -> None:
    [found] = [each for each in propose(text, ENGLISH).cues if text[each.start : each.end] == cue]
    assert [text[start:end] for start, end in found.features["fragments"] or []] == fragments


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Anna Brook", "Anna Brook"),
        ("Deputy Transport Minister Ada Brekke", "Ada Brekke"),
        ("The union's secretary, Dov Marrick", "Dov Marrick"),
        ("The Secretary of State Dov Marrick", "Dov Marrick"),
        ("An aide of the Secretary of State Dov Marrick", None),
        ("The state news agency, Velta", "Velta"),
        ("The head of the Directorate of Bridges, Oriel Danko", "Oriel Danko"),
        ("Professor Natela Tsulauri (ნათელა წულაური)", "Natela Tsulauri"),
        ("Brook", None),
        ("The son of the late President Anna Brook", None),
        ("Anna Brook’s aide", None),
        ("Brook and the deputy premier, Ilko Vránar", None),
        ("She", None),
    ],
)
def test_a_noun_phrase_has_the_full_name_of_the_one_it_means_and_nobody_elses(words: str, name: str | None) -> None:
    text = f"{words} said that the bridge is closed."
    [phrase] = propose(text, ENGLISH).phrases[:1]
    found = phrase.features["name"]
    assert (text[slice(*phrase.stretch)], found and text[slice(*found)]) == (words, name)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("The mayor said that the bridge is closed and it will not open.", "en"),
        ("Der Minister sagte am Montag, dass die Brücke nicht mehr sicher ist.", "de"),
        ("Le ministre a déclaré lundi que les travaux sont finis pour cette année.", "fr"),
        ("El alcalde dijo que el puente está cerrado y que los barcos no pasan.", "es"),
        ("Министр сказал, что мост закрыт.", "und-Cyrl"),
        ("وأضاف الوزير: «لن نقبل أي شروط» في مقابلة.", "und-Arab"),
        ("폼페이오 장관은 일요일에 말했다.", "ko"),
        ("新华社周日报道说，部长将在纽约会见朝鲜官员。", "zh"),
        ("外相は日曜日、「来週会う」と述べた。", "ja"),
        ("“We go.”", "en"),
        ("De la Cruz met Mme de Villiers in Los Angeles.", "en"),
        ("12 : 30", "en"),
    ],
)
def test_a_language_is_known_by_its_script_or_its_common_words(text: str, tag: str) -> None:
    assert detect(text) == tag


@pytest.mark.parametrize(
    ("tag", "rules"),
    [("en", "en"), ("en-GB", "en"), ("zh-Hant", "zh"), ("de-AT", "de"), ("fr", None), (None, "en"), ("und", "en")],
)
def test_the_tag_of_an_article_decides_before_its_words(tag: str | None, rules: str | None) -> None:
    found = for_article("The bridge is closed.", tag).rules
    assert (found and found.tag) == rules


def test_a_language_without_rules_is_not_guessed_at_in_english() -> None:
    text = "Le ministre a dit en mai 2018 : « Nous partons. » Et Anna Brook est dans la ville avec les autres."
    found = candidates(text)
    assert (found.language, found.cues, found.dates, found.clauses) == (None, [], [], [])
    assert [text[each.start : each.end] for each in found.quotations] == ["« Nous partons. »"]
    assert [text[name.start : name.end] for name in found.names] == ["Et Anna Brook"]


def test_the_label_page_is_told_which_rules_were_used() -> None:
    french = json.loads(candidates_json("Il a dit : « Non. » Et les autres sont dans la ville.", None))
    assert (french["language"], french["rules"], french["quotations"]) == ("fr", None, [[11, 19, {"closed": True}]])
    english = json.loads(candidates_json("He left.", "en-GB"))
    assert (english["language"], english["rules"], english["sentences"]) == ("en-GB", "en", [[0, 8]])
    assert english["phrases"] == [[0, 2, {"kind": "pronoun", "doubt": 1}]]
    assert with_candidates({"article": None}) == {"article": None}


ANY = st.text(st.sampled_from("abC1.'’‘`\"“”«»!?, \n\t\u00a0é新ー。」ا\u200d💡") | st.characters(exclude_categories=["Cs"]))  # fmt: skip
PIECES = st.lists(
    st.sampled_from(
        [
            "“",
            "”",
            "‘",
            "’",
            "'",
            "''",
            "``",
            '"',
            ",",
            ".",
            ":",
            ";",
            "\n",
            "the",
            "The",
            "mayor",
            "Anna",
            "Brook",
            "said",
            "told",
            "that",
            "to",
            "of",
            "and",
            "Reuters",
            "Gen.",
            "U.S.",
            "on",
            "Monday",
            "5",
            "9",
            "a.m.",
            "will",
            "has",
            "been",
            "according",
            "as",
            "saying",
            "union’s",
            "who",
            "(",
            ")",
            "—",
            "she",
            "说",
            "市长",
            "“We",
            "“we",
            "go,”",
            "go.”",
        ]
    ),
    max_size=40,
).map(" ".join)


@example("说0 .", LANGUAGES["zh"])
@example("说0 “", LANGUAGES["zh"])
@given(ANY | PIECES | st.sampled_from(sorted(TEXTS.values())), st.sampled_from([None, *LANGUAGES.values()]))
def test_candidates_of_any_text_are_words_of_it_in_reading_order(text: str, language: Any) -> None:
    found = propose(text, language)
    for name in ("quotations", "clauses", "cues", "phrases", "names", "dates"):
        listed = getattr(found, name)
        assert [each.start for each in listed] == sorted(each.start for each in listed), name
        for each in listed:
            assert 0 <= each.start < each.end <= len(text), name
            words = text[each.start : each.end]
            assert words == words.strip(), (name, words)
    starts = {cue.stretch for cue in found.cues}
    phrases = {phrase.stretch for phrase in found.phrases}
    assert all(clause.features["cue"] in starts for clause in found.clauses if clause.features["cue"])
    assert all(cue.features["speaker"] in phrases for cue in found.cues if cue.features["speaker"])
    within = {each.features["within"] for each in found.quotations if each.features["within"]}
    assert within <= {clause.stretch for clause in found.clauses}
