"""Bad label sets, ops and project files: each gives the error that names place and remedy, and nothing is written.

Bad imports have their tables in tests/formats, bad tokens and messages in test_api.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from conftest import TEXT, add, op

from labeling import schema
from labeling.annotation import ops
from labeling.errors import SchemaError, StoreError
from labeling.services.verify_project import verify
from labeling.store import pages
from labeling.store.project import Store

GOOD = """\
name: small
version: 1
registries:
  source: {title: People}
labels:
  quote:
    hotkey: q
    colour: "#336699"
    quotation: true
  speaker:
    hotkey: s
    colour: "#339966"
    overlap: none
    attributes:
      who: {type: registry, registry: source}
      role: {type: choice, options: [expert, official]}
relations:
  said_by: {from: quote, to: speaker, max: 1}
records:
  quote: {head: quote, parts: {speakers: said_by}}
flags:
  ask: {title: Ask}
"""


def test_the_small_label_set_that_the_bad_ones_are_made_of_is_sound() -> None:
    assert list(schema.check(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("name: small\n", "", 1, "has no “name”; add it"),
        ("version: 1\n", "", 1, "has no “version”; add it"),
        ("version: 1", "version: one", 2, "“version” is “one” but must be of type integer; use a whole number"),
        ("version: 1", "version: 0", 2, "“version” cannot be 0; use a whole number, at least 1"),
        ("version: 1", "version: 1.0", 2, "“version” is 1.0 but must be of type integer"),
        ("version: 1", "version: 9999999999999999999999", 2, "“version” cannot be 9999999999999999999999; use a whole number"),
        ("name: small", 'name: "small\\n"', 1, "“name” cannot be “small\n”; use lower-case letters"),
        ("hotkey: q", 'hotkey: "q\\n"', 7, "“hotkey” cannot be “q\n”; use one lower-case letter"),
        ("name: small", 'name: small\ntitle: "\\ud83d\\ude00"', 2, "contains a character that cannot be shown (U+D83D); write the character itself"),
        ("{title: People}", '{title: "\\0"}', 4, "contains a character that cannot be shown (U+0000)"),
        ("{title: People}", '{"\\ud800": x}', 4, "contains a character that cannot be shown (U+D800)"),
        ("name: small", "name: Small Set", 1, "“name” cannot be “Small Set”; use lower-case letters"),
        ("name: small", "name: small\nname: again", 2, "“name” occurs twice; keep one"),
        ("name: small", "name: small\ncolor: red", 2, "unknown key “color”; the label set takes"),
        ("    quotation: true", "    quotations: true", 9, "unknown key “quotations”; did you mean “quotation”?"),
        ("hotkey: q", "hotkey: Q", 7, "“hotkey” cannot be “Q”; use one lower-case letter"),
        ("hotkey: q", "hotkey: s", 11, "hotkey “s” is taken by “quote”; choose another letter"),
        ("hotkey: q", "hotkey: j", 7, "hotkey “j” is taken by the command next-mark; choose another letter"),
        ("records:", "keys: {nxt-mark: n}\nrecords:", 19, "there is no command “nxt-mark”; did you mean “next-mark”?"),
        ("records:", "keys: {next-mark: s}\nrecords:", 19, "key “s” is taken by “speaker”; choose another key"),
        ("max: 1}\nrecords:", "hotkey: l}\nkeys: {help: l}\nrecords:", 19, "key “l” is taken by “said_by”; choose another key"),
        ("records:", "keys:\n  undo: Ctrl+Z\n  next-mark: k\nrecords:", 21, "key “k” is taken by the command previous-mark"),
        ("records:", "keys: {next-mark: Shift+y, previous-mark: Shift+y}\nrecords:", 19, "key “Shift+y” is taken by the command next-mark"),
        ("records:", "keys: {word-right: ö, skip: Shift+Ö}\nrecords:", 19, "key “Shift+Ö” is taken by the command word-right"),
        ("records:", "keys: {next-mark: Esc}\nrecords:", 19, "key “Esc” is for leaving fields and lists; choose another key"),
        ("records:", "keys: {next-mark: Ctrl+T}\nrecords:", 19, "key “Ctrl+T” belongs to the browser; choose another key"),
        ("records:", "keys: {next-mark: Ctrl+Shift+n}\nrecords:", 19, "key “Ctrl+Shift+n” belongs to the browser"),
        ("records:", "keys: {next-mark: Ctrl+PgDn}\nrecords:", 19, "key “Ctrl+PgDn” belongs to the browser"),
        ("records:", "keys: {next-mark: Alt+←}\nrecords:", 19, "key “Alt+←” belongs to the browser"),
        ("records:", "keys: {next-mark: F5}\nrecords:", 19, "key “F5” belongs to the browser"),
        ("records:", "keys: {next-mark: Shift+Tab}\nrecords:", 19, "key “Shift+Tab” belongs to the browser"),
        ("records:", "keys: {next-mark: ' '}\nrecords:", 19, "key “ ” belongs to the browser"),
        ("records:", "keys: {next-mark: N}\nrecords:", 19, "key “N” may mean two keys; write n or Shift+N"),
        ("records:", "keys: {next-mark: Shift+1}\nrecords:", 19, "key “Shift+1” can't be matched; write the character"),
        ("records:", "keys: {next-mark: next}\nrecords:", 19, "key “next” is not a key; write it as the list of keys shows it"),
        ("records:", "keys: {next-mark: Ctrl+Ctrl+→}\nrecords:", 19, "key “Ctrl+Ctrl+→” is not a key"),
        ("records:", "keys: {word-right: Shift+n}\nrecords:", 19, "key “Shift+n” can't be used for a move, which selects with Shift"),
        ("records:", "keys: {word-right: .}\nrecords:", 19, "key “.” can't be used for a move"),
        ("records:", "keys: {submit: Shift+y}\nrecords:", 19, "key “Shift+y” is needed in fields, where submit works too"),
        ("records:", "keys: {next-mark: 7}\nrecords:", 19, "must be of type string; write a key as the list of keys shows it"),
        ('    colour: "#336699"\n', "", 6, "“quote” has no “colour”; add it"),
        ('colour: "#336699"', "colour: blue", 8, "“colour” cannot be “blue”; write a color as \"#rrggbb\""),
        ('colour: "#336699"', "colour: #336699", 8, "must be of type string; write a color as \"#rrggbb\", in quotes"),
        ("quotation: true", "quotation: sometimes", 9, "“quotation” is “sometimes” but must be of type boolean; write true or false"),
        ("overlap: none", "overlap: never", 13, "“overlap” cannot be “never”; it is one of any, nested, none"),
        ("  quote:\n    hotkey", "  Quote!:\n    hotkey", 6, "key “Quote!” in “labels” is not valid; use lower-case letters, digits and _"),
        ("type: choice, options: [expert, official]", "type: choice", 16, "choice “role” has no options; list them under options"),
        ("[expert, official]", "[expert, expert]", 16, "“options” cannot be ['expert', 'expert']; list the options, each once"),
        ("[expert, official]", "[expert, {key: expert, title: E}]", 16, "option “expert” of “role” occurs twice; keep one"),
        ("[expert, official]", "[expert, 7]", 16, "write an option as a key or as {key, title}"),
        ("type: registry, registry: source", "type: registry, registry: sources", 15, "there is no registry “sources”; did you mean “source”?"),
        ("type: registry, registry: source", "type: amount", 15, "“type” cannot be “amount”; it is one of choice, text, flag, date, registry, number"),
        ("type: choice, options: [expert, official]", "type: number, min: 5, max: 3", 16, "max 3 of “role” is below min 5; raise it or omit it"),
        ("type: choice, options: [expert, official]", "type: number, min: .inf", 16, "min of “role”: a number must be finite; give another one"),
        ("type: choice, options: [expert, official]", "type: number, max: .nan", 16, "max of “role”: a number must be finite; give another one"),
        ("type: choice, options: [expert, official]", "type: number, min: 1e3", 16, "“min” is “1e3” but must be of type number; write the smallest"),
        ("type: choice, options: [expert, official]", "type: number, max: 10000000000000000", 16, "a number has at most 15 digits; give a smaller one"),
        ("type: choice, options: [expert, official]", "type: number, max: 0.1234567891", 16, "9 of them after the point; round it"),
        ("type: choice, options: [expert, official]", "type: number, integer: true, min: 0.2, max: 0.8", 16, "there is no whole number from 0.2 to 0.8"),
        ("type: choice, options: [expert, official]", "type: number, integer: 1", 16, "must be of type boolean; write true if only whole numbers"),
        ("type: choice, options: [expert, official]", "type: number, unit: ''", 16, "name what a number counts or measures"),
        ("type: choice, options: [expert, official]", "type: text, unit: km", 16, "is of type text, which takes no unit; make it of type number"),
        ("type: choice, options: [expert, official]", "type: flag, min: 0", 16, "is of type flag, which takes no min; make it of type number"),
        ("type: choice, options: [expert, official]", "type: number, options: [a]", 16, "is of type number, which takes no options; make it a choice"),
        ("type: registry, registry: source", "type: text, registry: source", 15, "is of type text, which takes no registry"),
        ("type: choice, options: [expert, official]", "type: text, options: [a]", 16, "is of type text, which takes no options; make it a choice"),
        ("type: choice, options: [expert, official]", "type: date, fills: {anchor: from}", 16, "there is no attribute “from”; use one of who, role"),
        ("type: choice, options: [expert, official]", "type: date, fills: {anchor: who}", 16, "“who” is of type registry, and a date fills in choices only"),
        ("role: {type", "said_by: {type", 16, "“said_by” is also a relation, and a waiver could mean either; rename one of them"),
        ("type: registry, registry: source", "type: text, fills: {anchor: role}", 15, "is of type text, which can't fill in choices"),
        ("to: speaker", "to: speakers", 18, "there is no label “speakers”; did you mean “speaker”?"),
        ("from: quote", "from: [quote, date]", 18, "there is no label “date”; use one of quote, speaker"),
        ("max: 1", "min: 3, max: 2", 18, "max 2 is below min 3; raise it or omit it"),
        ("max: 1", "max: 0", 18, "“max” cannot be 0; use a whole number, at least 1"),
        ("head: quote", "head: quot", 20, "there is no label “quot”; did you mean “quote”?"),
        ("speakers: said_by", "speakers: says", 20, "there is no relation “says”"),
        ("ask: {title: Ask}", "Ask!: {title: Ask}", 22, "key “Ask!” in “flags” is not valid; use lower-case letters, digits and _"),
        ("ask: {title: Ask}", "ask: {titel: Ask}", 22, "unknown key “titel”; did you mean “title”?"),
        ("ask: {title: Ask}", "ask: Ask", 22, "“ask” is “Ask” but must be of type ['object', 'null']; give a flag a title"),
        ("flags:\n  ask: {title: Ask}", "flags: [ask]", 21, "must be of type object; give flags for comments by key"),
        ("name: small", "name: [small", 2, "is not YAML"),
        ("name: small", "name: &a small\ntitle: *a", None, "uses a YAML alias (*name); write the value out"),
        ("name: small", "name: !!python/object:os.system small", 1, "can't be read; put it in quotes"),
        ("name: small", "name: sm\x07all", None, "is not YAML"),
        ("name: small", "\tname: small", 1, "is not YAML"),
    ],
)  # fmt: skip
def test_a_bad_label_set_names_its_line_and_the_remedy(old: str, new: str, line: int | None, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(SchemaError) as fault:
        schema.parse(GOOD.replace(old, new, 1), file="small.yaml")
    assert reason in str(fault.value)
    assert fault.value.line == line
    assert str(fault.value).startswith("small.yaml" + (f":{line}: " if line else ": "))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty; start from the one that"),
        (b"- a\n- b\n", "must be of type object"),
        (b"name: \xff\n", "is not UTF-8 (byte 6); save it as UTF-8"),
        (b"x" * 300_000, "is larger than 262,144 bytes"),
        (b"a: " + b"[" * 5000, "is n"),
    ],
)
def test_a_file_that_is_no_label_set_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    with pytest.raises(SchemaError, match=r"bad\.yaml") as fault:
        schema.load(tmp_path / "bad.yaml")
    assert reason in str(fault.value)


QUOTE = TEXT[TEXT.index("“We") : TEXT.index("” said") + 1]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (add(3, "q1", "quote", "Zoé"), "span q1 already exists; a new span needs a new id"),
        (add(3, "x", "quote", QUOTE), "there is already a quote with the same boundaries"),
        (add(3, "x", "quotation", "Zoé"), "there is no label “quotation”; the label set has quote, cue, speaker, claimed_date"),
        (add(3, "x", "claimed_date", "On", "Friday"), "a date can't have several fragments in this label set; mark one stretch of text"),
        (op(3, "add", id="x", label="quote", fragments=[]), "a span needs at least one fragment"),
        (add(3, "x", "quote", (5, 5)), "fragment [5, 5) is empty or reversed; its end must come after its start"),
        (add(3, "x", "quote", (9, 5)), "fragment [9, 5) is empty or reversed"),
        (add(3, "x", "quote", (0, 9999)), "fragment [0, 9999) ends beyond the text, which has"),
        (add(3, "x", "quote", (5, 9), (9, 12)), "fragment [9, 12) touches the previous one"),
        (add(3, "x", "quote", (8, 9), (2, 3)), "fragment [2, 3) touches the previous one; sort the fragments"),
        (
            # What a client that counts UTF-16 units would send: every astral character before it shifts it by one.
            op(3, "add", id="x", label="quote", fragments=[{"start": 15, "end": 18, "quote": "We\u00a0"}]),
            "offsets count Unicode code points",
        ),
        (op(3, "change", id="nobody", label="cue"), "span nobody doesn't exist"),
        (op(3, "change", id="q1", label="nothing"), "there is no label “nothing”"),
        (op(3, "remove", id="nobody"), "span nobody doesn't exist"),
        (op(3, "set", id="nobody", name="note", value="x"), "span nobody doesn't exist"),
        (op(3, "set", id="q1", name="colour", value="x"), "a quote has no attribute “colour”; it has utterance, headline"),
        (op(3, "set", id="q1", name="colour", value=None), "a quote has no attribute “colour”"),
        (op(3, "set", id="q1", name="note", value=True), "“note” must be text, or null to clear it, not True"),
        (op(3, "set", id="q1", name="note", value="  "), "“note” must be text, or null to clear it"),
        (op(3, "set", id="q1", name="note", value="x" * 5000), "“note” has 5,000 characters, but the limit is 4,000; shorten it"),
        (op(3, "set", id="q1", name="borderline", value="yes"), "“borderline” is a flag: true, or null to clear it"),
        (op(3, "set", id="q1", name="utterance", value="u9"), "registry “utterance” has no entry “u9”; register it first"),
        (add(3, "x", "claimed_date", "Friday", modality="maybe"), "“modality” has no choice “maybe”; it has asserted"),
        (add(3, "x", "claimed_date", "Friday", value="2018-11-02"), "“date” must be a date, e.g. {\"edtf\": \"2018-11-08\"}"),
        (add(3, "x", "claimed_date", "Friday", value={"edtf": "2018-02-30"}), "“date”: "),
        (add(3, "x", "claimed_date", "Friday", value={"edtf": "2018", "mod": "LATE"}), "modifier “LATE” is unknown; TIMEX3 has"),
        (add(3, "x", "claimed_date", "Friday", value={"edtf": "2018", "day": "Friday"}), "unknown part “day”"),
        (add(3, "x", "claimed_date", "Friday", value={"edtf": "2018", "words": ""}), "words must be text of up to 200 characters"),
        (op(3, "waive", id="nobody", name="said_by", reason="x"), "span nobody doesn't exist"),
        (op(3, "waive", id="q1", name="note", reason="x"), "a quote does not require “note”; it requires said_by"),
        (op(3, "waive", id="q1", name="note", reason=None), "a quote does not require “note”; it requires said_by"),
        (op(3, "waive", id="s1", name="said_by", reason="x"), "a speaker does not require “said_by”; it requires who, linked"),
        (op(3, "relate", id="r", type="said_to", from_="q1", to="s1"), "there is no relation “said_to”; the label set has said_by"),
        (op(3, "relate", id="r", type="said_by", from_="q1", to="nobody"), "span nobody doesn't exist"),
        (op(3, "relate", id="r", type="said_by", from_="s1", to="s1"), "a span cannot be linked to itself by “said by”"),
        (op(3, "relate", id="r", type="said_by", from_="s1", to="q1"), "“said by” can't start at a speaker; it must start at a quote"),
        (op(3, "unrelate", id="r"), "relation r doesn't exist"),
        (op(3, "comment", id="c", span="nobody", text="x"), "span nobody doesn't exist"),
        (op(3, "comment", id="c", flag="later"), "there is no flag “later”; the label set has ask, unclear"),
        (op(3, "uncomment", id="c"), "comment c doesn't exist"),
        (op(3, "publish", value="yesterday", basis="inferred"), "publication date: "),
        (op(3, "publish", value="2018-11-04", basis="guessed"), "basis “guessed” of the publication date is unknown"),
        (op(3, "publish", value=None, basis="stated"), "has a basis (“stated”) but no value"),
        (op(3, "register", registry="people", id="e", name="E"), "there is no registry “people”; the label set has source"),
    ],
)  # fmt: skip
def test_a_bad_op_is_refused_with_the_reason_and_changes_nothing(store: Store, bad: ops.Op, reason: str) -> None:
    article = store.next("ana", None)
    assert article
    store.append("ana", article, "client-0", 0, [add(1, "q1", "quote", QUOTE), add(2, "s1", "speaker", "Zoé")])
    before = store.bundle("ana", article)["annotation"]
    answer = store.append("ana", article, "client-0", 2, [bad])
    assert [refusal["number"] for refusal in answer.refused] == [3]
    assert reason in answer.refused[0]["reason"]
    after = store.bundle("ana", article)["annotation"]
    assert after == {**before, "revision": 3}  # the refusal itself is on record
    assert [difference for _, _, difference, _ in verify(store)] == [None]


def _foreign(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE other (a)").connection.close()


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


def _damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:40960] = b"\x00\xff" * ((40960 - 8192) // 2)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.unlink(), "create one with: saywhen new"),
        (lambda path: path.write_bytes(b"not a database at all" * 500), "is not an SQLite file or is damaged"),
        (lambda path: (path.unlink(), _foreign(path)), "is an SQLite file but not a SayWhen project"),
        (lambda path: path.write_bytes(b""), "is an SQLite file but not a SayWhen project"),
        (_newer, "was made by a newer SayWhen (version 999 of the file); update SayWhen to open it"),
        (_damaged, "damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:30_000]), "damaged"),
    ],
)
@pytest.mark.parametrize("scanned", [pages.SCANNED, 0], ids=["small", "large"])
def test_a_file_that_is_no_sound_project_is_refused_and_left_as_it_was(
    store: Store, spoil, reason: str, scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SCANNED", scanned)
    path = store.path
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.connection().close()
    spoil(path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(StoreError) as fault:
        Store.open(path)
    assert reason in str(fault.value)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_a_large_file_is_opened_without_reading_it_whole_and_a_check_finds_its_damage(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.path
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    find = "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'annotation_status'"
    page, size = store.connection().execute(find).fetchone()
    store.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    for way in (Store.open, Store.open_read_only):
        with pytest.raises(StoreError, match="is damaged"):
            way(path)
    monkeypatch.setattr(pages, "SCANNED", path.stat().st_size - 1)
    for way in (Store.open_read_only, Store.open):
        with pytest.raises(StoreError, match="is damaged"):
            list(verify(way(path)))


def test_a_project_is_never_made_over_another_file(store: Store, news: schema.Schema) -> None:
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="already exists; open it, or choose another name"):
        Store.create(store.path, news)
    assert store.path.read_bytes() == before
