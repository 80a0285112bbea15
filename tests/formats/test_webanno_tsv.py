"""WebAnno TSV 3: what INCEpTION exports as text is read with its stacked spans, slots, relations and chains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labeling.formats import Fault
from labeling.formats.marked import Marked
from labeling.formats.registry import FORMATS

HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Event|kind|ROLE_webanno.custom.Event:parts_webanno.custom.EventPartsLink|de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity
#T_SP=webanno.custom.Mark|
#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceRelation|referenceType
#T_RL=webanno.custom.Tie|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity


"""
#: Columns: identifier, value, kind, slot, target, mark, chain link, chain type, tie, base.
ROWS = [
    "#Text=Ana Brook 😀 told Ben_2",
    "1-1 0-3 Ana *[1]|* PER[1]|GIVEN _ _ _ _ *->1-1 pr[1] _ _",
    "1-2 4-9 Brook *[1] PER[1] _ _ _ _ *->1-1 pr[1] _ _",
    "1-3 10-12 😀 _ _ _ _ _ *[7] _ _ _ _",
    "1-4 13-17 told _ _ say teller;* 1-1[1];1-5 * _ _ _ _",
    "1-5 18-23 Ben_2 * PER _ _ _ _ _ _ knows 1-1[1_0]",
    "",
    "#Text=He left.",
    "2-1 25-27 He _ _ _ _ _ _ *->1-2 pr[1] _ _",
    "2-2 28-32 left _ _ _ _ _ _ _ _ _ _",
    "2-3 32-33 . _ _ _ _ _ _ _ _ _ _",
]


def read(folder: Path, rows: list[str] = ROWS, head: str = HEAD) -> tuple[Marked, list[Fault]]:
    lines = [row if row.startswith("#") else "\t".join(row.split(" ")) for row in rows]
    (folder / "a.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    found = [*FORMATS["conll"].read(folder / "a.tsv")]  # type: ignore[misc]
    [marked] = [each for each in found if isinstance(each, Marked)]
    return marked, [each for each in found if isinstance(each, Fault)]


def spans(marked: Marked) -> dict[str, tuple[str, str, dict[str, Any]]]:
    [work] = marked.work.values()
    text = marked.article.text
    return {
        span["id"]: (span["label"], " … ".join(text[a:b] for a, b in span["fragments"]), span["attributes"])
        for span in work["spans"]
    }


def links(marked: Marked) -> set[tuple[str, str, str]]:
    [work] = marked.work.values()
    words = {id: words for id, (_, words, _) in spans(marked).items()}
    return {(each["type"], words[each["from"]], words[each["to"]]) for each in work["relations"]}


def test_spans_keep_their_words_features_and_stacking(tmp_path: Path) -> None:
    marked, faults = read(tmp_path)
    assert faults == []
    assert marked.article.text == "Ana Brook 😀 told Ben_2\n\nHe left."
    assert sorted((label, words) for label, words, _ in spans(marked).values()) == [
        ("Coreference", "Ana Brook"), ("Coreference", "He"), ("Event", "told"), ("GIVEN", "Ana"), ("Mark", "told"),
        ("Mark", "😀"), ("PER", "Ana Brook"), ("PER", "Ben_2"),
    ]  # fmt: skip
    assert [each for label, _, each in spans(marked).values() if label == "Event"] == [{"kind": "say"}]
    assert {each["referenceType"] for label, _, each in spans(marked).values() if label == "Coreference"} == {"pr"}


def test_slots_relations_and_chains_become_links(tmp_path: Path) -> None:
    marked, _ = read(tmp_path)
    assert links(marked) == {
        ("teller", "told", "Ana Brook"), ("parts", "told", "Ben_2"), ("knows", "Ana Brook", "Ben_2"),
        ("coreference", "Ana Brook", "He"),
    }  # fmt: skip


def test_what_is_escaped_is_read_as_it_is_meant(tmp_path: Path) -> None:
    head = "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Mark|note\n\n"
    marked, faults = read(tmp_path, ["#Text=Well so", r"1-1 0-4 Well a\|b\[1\]", "1-2 5-7 so _"], head)
    assert faults == []
    assert [each for _, _, each in spans(marked).values()] == [{"note": "a|b[1]"}]


def test_a_link_to_what_is_no_span_is_a_loss_that_names_its_token(tmp_path: Path) -> None:
    rows = [row.replace("1-1[1];1-5", "1-1[1];2-2") for row in ROWS]
    _, [fault] = read(tmp_path, rows)
    assert not fault.is_note and "of 1-4 with 2-2" in fault.reason and fault.line == 13


def test_layers_that_programs_fill_are_noted_once(tmp_path: Path) -> None:
    head = "#FORMAT=WebAnno TSV 3.2\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n\n"
    marked, [note] = read(tmp_path, ["#Text=Well so", "1-1 0-4 Well UH", "1-2 5-7 so RB"], head)
    assert note.is_note and "POS of DKPro Core is ignored" in note.reason and not spans(marked)


def test_a_folder_of_inception_is_read_with_each_annotators_file(tmp_path: Path) -> None:
    from labeling.services.importing import read_work

    (tmp_path / "doc.txt").mkdir()
    read(tmp_path / "doc.txt")
    assert [each.file.endswith("a.tsv") for each in read_work([tmp_path], "conll") if isinstance(each, Marked)] == [
        True
    ]


def test_a_slot_whose_host_says_no_role_is_named_after_the_slot(tmp_path: Path) -> None:
    head = (
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:links_webanno.custom.LinksLink"
        "|webanno.custom.Mark\n#T_SP=webanno.custom.Mark|\n\n"
    )
    marked, faults = read(tmp_path, ["#Text=Well so", "1-1 0-4 Well _ 1-2 _", "1-2 5-7 so _ _ *"], head)
    assert faults == []
    assert links(marked) == {("links", "Well", "so")}
