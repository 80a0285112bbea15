"""CoNLL columns: read by spaCy, read back up to what is named, and every error reported with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS, SAMPLE, lines
from spacy.training.converters import conll_ner_to_docs

from labeling.dataset.shapes import bio
from labeling.formats.conll import has_columns, read, write
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.language.tokens import sentences, tokens


def _written(path: Path, *written: dict[str, Any]) -> dict[str, int]:
    losses = Losses()
    write(written, path, NEWS, losses)
    return {loss["what"]: loss["times"] for loss in losses.as_values()}


def _expected(line: dict[str, Any]) -> set[tuple[int, int, str]]:
    """Return the words in the fragments of all spans that find room in a layer, cut at the ends of sentences."""
    held, cuts = tokens(line["text"]), sentences(line["text"])
    spans = line["annotations"][0]["spans"]
    left = [
        [span["id"] for span in bio(held, [each for each in spans if each["label"] == label])[1]]
        for label in NEWS.labels
    ]
    left_flat = [span["id"] for span in bio(held, spans)[1]]
    found = set()
    for span in spans:
        if span["id"] in left_flat and any(span["id"] in ids for ids in left):
            continue
        runs: list[list[tuple[int, int]]] = []
        for start, end in span["fragments"]:
            run = [token for token in held if token[0] < end and token[1] > start]
            if runs and run and runs[-1] and run[0] == runs[-1][-1]:
                runs[-1] += run[1:]  # two fragments within a token
            else:
                runs.append(run)
        for run in runs:
            for first, last in cuts:
                inside = [token for token in run if first <= token[0] < last]
                if inside:
                    found.add((inside[0][0], inside[-1][1], span["label"]))
    return found


def _check(path: Path, line: dict[str, Any]) -> None:
    lost = _written(path, line)
    found = [each for each in read(path) if isinstance(each, Marked)]
    if not line["annotations"]:
        assert not found
        assert lost["articles that no one has opened are lost: O means that someone looked"] == 1
        return
    (marked,) = found
    (annotation,) = marked.work.values()
    assert {(*span["fragments"][0], span["label"]) for span in annotation["spans"]} == _expected(line)
    text = marked.article.text
    assert len(text) == len(line["text"]) and text.split() == line["text"].split()
    told = "white space other than spaces, and line breaks between sentences, is written as its length"
    assert (text == line["text"]) == (told not in lost)


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_up_to_what_is_named(tmp_path: Path, name: str) -> None:
    _check(tmp_path / "a.conll", HARD[name])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_reading_is_the_inverse_of_writing_up_to_what_is_named(tmp_path: Path, line: dict[str, Any]) -> None:
    if tokens(line["text"]):
        _check(tmp_path / "a.conll", line)


def test_the_sample_gold_comes_back_and_what_is_lost_is_named(tmp_path: Path) -> None:
    lost = _written(tmp_path / "a.conll", *SAMPLE)
    found = list(read(tmp_path / "a.conll"))
    changed = 0
    for each, line in zip(found, SAMPLE, strict=True):
        assert isinstance(each, Marked)
        changed += each.article.text != line["text"]
        spans = {(*span["fragments"][0], span["label"]) for span in each.work["conll"]["spans"]}
        assert spans == _expected(line)
    assert lost["links are lost"] == sum(len(line["annotations"][0]["relations"]) for line in SAMPLE)
    assert lost["white space other than spaces, and line breaks between sentences, is written as its length"] == changed
    assert set(lost) == {
        "addresses (URL) of articles are lost",
        "attributes are lost",
        "fragments of a span become separate spans",
        "ids of spans and links are lost",
        "in the layers of tags, spans that share a token with a longer span of their label are lost",
        "in the one layer of tags, spans that share a token with a span longer than them are lost",
        "languages of articles are lost",
        "links are lost",
        "names of annotators are lost",
        "revision numbers are lost",
        "outlets of articles are lost",
        "publication dates of articles, with their basis, are lost",
        "annotators' corrections of the publication date are lost",
        "spans across several sentences are cut at sentence boundaries",
        "titles of articles are lost",
        "white space other than spaces, and line breaks between sentences, is written as its length",
    }


def test_spacy_reads_articles_sentences_and_the_last_column(tmp_path: Path) -> None:
    written = [line for line in [*HARD.values(), *SAMPLE] if line["annotations"]]
    _written(tmp_path / "a.conll", *written)
    docs = list(conll_ner_to_docs((tmp_path / "a.conll").read_text(encoding="utf-8"), no_print=True))
    assert len(docs) == len(written)
    for doc, line in zip(docs, written, strict=True):
        held = tokens(line["text"])
        assert [token.text for token in doc] == [line["text"][start:end] for start, end in held]
        assert len(list(doc.sents)) == len(sentences(line["text"]))
        spans = line["annotations"][0]["spans"]
        kept = [span for span in spans if span not in bio(held, spans)[1]]
        starts = {start for span in kept for start, _ in span["fragments"]}
        assert starts <= {held[entity.start][0] for entity in doc.ents}
        assert {entity.label_ for entity in doc.ents} == {span["label"] for span in kept}


#: Files of other tools: what is reported (line, part of the reason), and the spans as label and words.
REAL: dict[str, tuple[str, list[tuple[int | None, str]], list[str]]] = {
    "CoNLL-2003, with a column of chunks": (
        "-DOCSTART- -X- -X- O\n\nU.N. NNP I-NP I-ORG\nofficial NN I-NP O\nZoé NNP I-NP B-PER\nC. NNP I-NP I-PER\n",
        [
            (3, "no offsets"),
            (3, "column 3 has tags too, but only the last column is read"),
            (3, "“I-ORG” has no B- tag before it; it is read as the beginning of a span"),
        ],
        ["ORG U.N.", "PER Zoé C."],
    ),
    "GermEval 2014, with numbers of tokens and nested marks": (
        "#\tn-tv.de [2011]\n1\tZoé\tB-PER\tO\n2\tvon\tI-PER\tO\n3\tBonn\tI-PER\tB-LOC\n\n#\tb\n1\tSie\tO\tO\n",
        [(2, "no offsets")],
        ["PER Zoé von Bonn", "LOC Bonn"],
    ),
    "Universal NER, with who annotated each token": (
        "# sent_id = a b\n1\tZoé\tB-PER\t-\tann-1\n2\tleft\tO\t-\t-\n\n# sent_id = c d\n1\tBonn\tB-LOC\t-\t-\n",
        [(2, "no offsets"), (2, "the tags are in column 3; the columns after it are not read")],
        ["PER Zoé", "LOC Bonn"],
    ),
    "a column that says nothing comes last": ("A B-X -\nB O -\n", [(1, "no offsets"), (1, "column 2")], ["X A"]),
    "numbers that are tokens": ("1 B-X\n2 O\n\n1 B-X\n", [(1, "no offsets")], ["X 1", "X 1"]),
    "WebAnno TSV 1": (
        " # webanno.custom.Span | value\n#id=1\n#text=She said\n1-1\tShe\tPER\t\n",
        [(1, "this version of WebAnno TSV is not supported; export as WebAnno TSV 3")],
        [],
    ),
    "CoNLL-2012": (
        "#begin document (bc/a); part 000\nbc/a 0 0 She PRP (TOP(S* - - - a (PERSON) *\n#end document\n",
        [(2, "CoNLL-2011 and 2012")],
        [],
    ),
    "CoNLL-U without heads": (
        "# text = A\n1-2\tAn\t_\t_\t_\t_\t_\t_\t_\t_\n",
        [(2, "CoNLL-U has no spans")],
        [],
    ),
    "two columns, BIOES": (
        "She\tS-PER\nsaid\tO\n\nNew\tB-LOC\nYork\tI-LOC\nCity\tE-LOC\n",
        [(1, "no offsets")],
        ["PER She", "LOC New York City"],
    ),
    "BILOU, one after the other": (
        "A U-X\nB U-X\nC B-X\nD L-X\nE U-Y",
        [(1, "no offsets")],
        ["X A", "X B", "X C D", "Y E"],
    ),
    "a tag that is none": ("A B-X\nB x", [(1, "no offsets"), (2, "the tag “x” is none of O, B-")], ["X A"]),
    "tokens with a space, and faults that come again": (
        "#begin document (a)\nNew York\tI-LOC\nand\tx\nso\tx\n#end document\n",
        [
            (2, "no offsets"),
            (2, "“I-LOC” has no B- tag before it"),
            (3, "it is read as O (2 times in the file; this is the first)"),
        ],
        ["LOC New York"],
    ),
    "CRLF and blank lines with spaces": ("A B-X\r\n \r\nB O\r\n", [(1, "no offsets")], ["X A"]),
    "comments": ("# id = 7\nA B-X\nB O\n", [(2, "no offsets")], ["X A"]),
    "offsets": ("😀 0 1 O\nShe 2 5 B-X\n", [], ["X She"]),
    "offsets in UTF-16": ("😀 0 2 O\nShe 3 6 B-X\n", [(1, "the offsets count UTF-16 units")], ["X She"]),
    "offsets in bytes": ("😀 0 4 O\nShe 5 8 B-X\n", [(1, "the offsets count bytes of UTF-8")], ["X She"]),
    "offsets that are none": ("He 0 2 O\nShe 3 9 B-X\n", [(2, "the offsets 3–9 don't match “She”")], ["X She"]),
    "columns that are missing": (
        "-DOCSTART- O\n\nA B-X\nB\n\n-DOCSTART- O\n\nC B-X",
        [(4, "the line has 1 columns, but the first one has 2"), (8, "no offsets")],
        ["X C"],
    ),
    "CoNLL-U": ("1\tA\ta\tDET\tDT\t_\t2\tdet\t_\t_\n", [(1, "CoNLL-U has no spans")], []),
    "nothing": ("\n\n", [(None, "no tokens")], []),
}


@pytest.mark.parametrize("name", REAL)
def test_files_of_other_tools_are_read_and_their_errors_reported_with_the_line(tmp_path: Path, name: str) -> None:
    written, told, expected = REAL[name]
    path = tmp_path / "a.conll"
    path.write_bytes(written.encode())
    found = list(read(path))
    faults = [each for each in found if isinstance(each, Fault)]
    assert [fault.line for fault in faults] == [line for line, _ in told]
    assert all(reason in fault.reason for fault, (_, reason) in zip(faults, told, strict=True)), faults
    spans = [
        f"{span['label']} {each.article.text[slice(*span['fragments'][0])]}"
        for each in found
        if isinstance(each, Marked)
        for span in each.work["conll"]["spans"]
    ]
    assert spans == expected


def test_a_wrong_byte_leaves_out_its_article_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_bytes(b"-DOCSTART- O\n\ncaf\xe9 O\n\n-DOCSTART- O\n\nZo B-X\n")
    fault, marked, _ = read(path)
    assert isinstance(fault, Fault) and isinstance(marked, Marked)
    assert fault.line == 3 and "byte 0xE9 at offset 17 of the file is not UTF-8" in fault.reason
    assert (marked.article.text, marked.line) == ("Zo", 5)


def test_a_folder_without_such_files_is_reported(tmp_path: Path) -> None:
    (fault,) = read(tmp_path)
    assert isinstance(fault, Fault) and "there is no file ending in .conll" in fault.reason


def test_a_text_file_has_columns_if_each_line_ends_with_a_tag(tmp_path: Path) -> None:
    texts = {
        "Zoé B-PER\nleft O\n\n. O\n": True,
        "# a comment\n-DOCSTART- -X- O O\n\nZoé NNP B-PER\nleft VBD O\n": True,
        "Zoé left on Friday.\nShe went O\n": False,
        "Zoé\tPER\nleft\tO\n": False,
        "\n\n": False,
        "": False,
    }
    for number, (text, expected) in enumerate(texts.items()):
        path = tmp_path / f"{number}.txt"
        path.write_text(text, encoding="utf-8")
        assert has_columns(path) is expected, text
    assert not has_columns(tmp_path / "missing.txt")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["Ada B-PER", "said O", "- O", "# O", "# a comment", "", " ", "-DOCSTART- -X- O O", "a b c", "\ufeffx O"]
        ),
        max_size=20,
    )
)
def test_lines_are_read_alike_whether_sentences_are_read_whole_or_by_line(tmp_path: Path, held: list[str]) -> None:
    """Sentences are read whole only where lines end in LF."""
    found = []
    path = tmp_path / "a.conll"
    for end in ("\n", "\r\n"):
        path.write_bytes("".join(f"{line}{end}" for line in ["Oslo B-LOC", "", *held]).encode())
        found.append([*read(path)])
    assert found[0] == found[1]
