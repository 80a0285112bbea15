"""What the rules for German find: speakers, content clauses, names and dates."""

from __future__ import annotations

import pytest

from labeling.dates import read
from labeling.language import LANGUAGES, Candidates, propose

GERMAN = LANGUAGES["de"]


def _words(text: str, listed: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in listed]


def _found(text: str) -> Candidates:
    return propose(text, GERMAN, leads=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("„Wir gehen“, sagte Anna Brook am Montag in Berlin.", "Anna Brook"),
        ("„Wir gehen“, sagte am Montag in Berlin die Ministerin.", "die Ministerin"),
        ("Anna Brook sagte: „Wir gehen.“", "Anna Brook"),
        ("In der Stadt sagte er der Zeitung: „Ja.“", "er"),
        ("Dem Sender sagte die Ministerin, sie werde gehen.", "die Ministerin"),
        ("Die Polizei teilte am 3. März mit, dass alles gut sei.", "Die Polizei"),
        ("Am Montag teilte die Polizei mit, dass alles gut sei.", "die Polizei"),
        ("Der Innenminister, Nicolas Vell, hat am Freitag gesagt, er werde gehen.", "Der Innenminister, Nicolas Vell"),
        ("Anna Brook, die Chefin des Hafens, sagte, die Brücke sei zu.", "Anna Brook"),
        ("Laut Außenministerin Anna Brook ist alles gut.", "Außenministerin Anna Brook"),
        ("Nach Angaben der Polizei brannte es.", "der Polizei"),
        ("Der Polizei zufolge brannte es.", "Der Polizei"),
        ("„Wir gehen“, so Tomas von der Vell.", "Tomas von der Vell"),
        ("Wie die Zeitung „Der Bote“ berichtete, ist alles zu.", "die Zeitung „Der Bote“"),
        ("Diese bestätigte, dass alles zu sei.", "Diese"),
        ("Der 39-Jährige gab an, er sei müde.", "Der 39-Jährige"),
    ],
)
def test_a_german_cue_knows_who_speaks(text: str, expected: str) -> None:
    found = _found(text)
    cue = next(cue for cue in found.cues if not cue.features["quoted"])
    assert cue.features["speaker"] and text[slice(*cue.features["speaker"])] == expected


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("Die Polizei teilte am Montag mit, dass alles gut sei.", ["teilte", "mit"]),
        ("Er hat am Montag gesagt, er werde gehen.", ["hat", "gesagt"]),
        ("Er fügte hinzu, er werde gehen.", []),
        ("Sie sagte, er werde gehen.", []),
    ],
)
def test_a_german_verb_and_its_particle_are_the_fragments_of_one_cue(text: str, fragments: list[str]) -> None:
    [cue] = _found(text).cues
    assert _words(text, cue.features["fragments"] or []) == fragments


def test_a_verb_whose_particle_is_missing_is_no_german_cue() -> None:
    assert _found("Die Polizei teilte das Gelände in zwei Hälften und stellte Zäune auf.").cues == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Er sagte, dass die Brücke zu sei, während andere widersprachen.", ["dass die Brücke zu sei"]),
        ("Er sagte, die Brücke sei zu.", ["die Brücke sei zu"]),
        ("Sie drohte am Montag damit, die Brücke zu schließen.", ["die Brücke zu schließen"]),
        ("Die Brücke ist zu, sagte er.", ["Die Brücke ist zu"]),
        ("Wie die Polizei mitteilte, ist die Brücke zu.", ["ist die Brücke zu"]),
        ("Laut Polizei ist die Brücke zu.", ["ist die Brücke zu"]),
        ("Er sagte „Wir gehen“ und ging.", []),
        ("Er sagte nichts, weil er müde gewesen sei.", []),
    ],
)
def test_german_content_is_found_by_its_conjunction_mood_and_place(text: str, content: list[str]) -> None:
    assert _words(text, [each.stretch for each in _found(text).clauses]) == content


def test_german_names_are_without_titles_and_roles_and_pronouns_and_outlets_are_known() -> None:
    text = "Außenministerin Dr. Anna Brook traf Tomas von der Vell. Der Fernsehsender und sie sagten nichts."
    found = _found(text)
    assert _words(text, [name.stretch for name in found.names]) == ["Anna Brook", "Tomas von der Vell"]
    kinds = {text[each.start : each.end]: each.features["kind"] for each in found.phrases}
    assert (kinds["Der Fernsehsender"], kinds["sie"]) == ("outlet", "pronoun")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Am Montag kam er.", ["Montag"]),
        ("Am 3. März und am 3.3.2021 kam er.", ["3. März", "3.3.2021"]),
        ("Vergangenen Freitag kam er, gestern ging er.", ["Vergangenen Freitag", "gestern"]),
        ("Sie öffnet Mitte Mai oder Anfang 2022.", ["Mitte Mai", "Anfang 2022"]),
        ("Das war in den neunziger Jahren und in den 1990er-Jahren.", ["den neunziger Jahren", "den 1990er-Jahren"]),
        ("Heute, morgen und vorgestern.", ["Heute", "morgen", "vorgestern"]),
        ("Er kam vor drei Tagen.", ["vor drei Tagen"]),
        ("Es brannte in der Nacht zum Dienstag.", ["der Nacht zum Dienstag"]),
        ("Sie bauen im vierten Quartal 2020.", ["vierten Quartal 2020"]),
        ("Zu Ostern und am Karfreitag ruht alles.", ["Ostern", "Karfreitag"]),
        ("Montagabend um 18 Uhr kam er.", ["Montagabend um 18 Uhr"]),
        ("Am Freitag kam er, am Wochenende ging er.", ["Freitag", "Wochenende"]),
        ("Das war bereits vor fünf Jahren.", ["vor fünf Jahren"]),
        ("Der Maibaum und 3.000 Montagsdemos.", []),
    ],
)
def test_german_date_expressions_are_found_whole(text: str, expected: list[str]) -> None:
    assert _words(text, [date.stretch for date in _found(text).dates]) == expected


#: Published on Thursday, 20 May 2021.
VALUES = [
    ("Montag", "2021-05-17"),
    ("3. März", "2021-03-03"),
    ("3. März 2020", "2020-03-03"),
    ("3.4.2021", "2021-04-03"),
    ("3.4.", "2021-04-03"),
    ("Montag, dem 3. Mai", "2021-05-03"),
    ("17./18. Mai 2020", "2020-05-17/2020-05-18"),
    ("17. bis 19. Mai", "2021-05-17/2021-05-19"),
    ("vergangenen Freitag", "2021-05-14"),
    ("kommenden Montag", "2021-05-24"),
    ("vergangene Woche", "2021-05-10/2021-05-16"),
    ("Mitte Mai", "2021-05-11/2021-05-20"),
    ("Ende der Woche", "2021-05-20/2021-05-23"),
    ("Anfang 2022", "2022-01/2022-04"),
    ("den neunziger Jahren", "199X"),
    ("den 1990er-Jahren", "199X"),
    ("Mitte der neunziger Jahre", "1994/1996"),
    ("heute", "2021-05-20"),
    ("gestern", "2021-05-19"),
    ("morgen", "2021-05-21"),
    ("vorgestern", "2021-05-18"),
    ("vor drei Tagen", "2021-05-17"),
    ("der Nacht zum Dienstag", "2021-05-17"),
    ("Montagabend", "2021-05-17"),
    ("gestern um 18 Uhr", "2021-05-19T18:00"),
    ("vierten Quartal", "2021-10/2021-12"),
    ("4. Quartal 2020", "2020-10/2020-12"),
    ("Ostern", "2021-04-04"),
    ("März vergangenen Jahres", "2020-03"),
    ("Frühjahr 2015", "2015-21"),
    ("19. Jahrhundert", "18XX"),
    ("1998 bis 2004", "1998/2004"),
    ("Vorjahr", "2020"),
    ("heuer", "2021"),
    ("seit 2010", "2010/2021"),
    ("zwei Wochen", None),
    ("next Friday", "2021-05-28"),
]


@pytest.mark.parametrize(("words", "value"), VALUES)
def test_german_dates_have_values(words: str, value: str | None) -> None:
    assert read(words, "2021-05-20", language="de-AT")[0].edtf == value


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("Sie wird am ", "2021-05-24"),
        ("Sie wurde am ", "2021-05-17"),
        ("Geschlossen bis ", "2021-05-24"),
        ("", "2021-05-17"),
    ],
)
def test_a_german_verb_says_which_monday_is_meant(before: str, value: str) -> None:
    assert read("Montag", "2021-05-20", language="de", before=before)[0].edtf == value


def test_seit_before_a_german_date_is_a_part_of_what_it_says() -> None:
    assert (GERMAN.lead("Sie ist seit "), GERMAN.lead("Sie ist seitlich ")) == ("seit", "")
