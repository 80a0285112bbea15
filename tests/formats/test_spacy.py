"""DocBin is read and trained from by spaCy itself, with spans on its tokens, and comes back as it was written."""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, TEXTS, hard, line_read, lines
from spacy.cli.debug_data import debug_data
from spacy.cli.init_config import fill_config
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Corpus

from labeling.errors import StoreError
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.spacy import read, write

SEVERAL = "work of all but the first annotator of an article is lost"
MOVED = "spans that don't begin and end at a spaCy token are widened"


def _written(path: Path, *written: dict[str, Any]) -> tuple[Path, list[str]]:
    losses = Losses()
    write(written, path, NEWS, losses)
    return path, [loss["what"] for loss in losses.as_values()]


def _of_first(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with the first annotator's work only, and the entries that it uses."""
    annotations = line["annotations"][:1]
    spans = annotations[0]["spans"] if annotations else []
    used = {value for span in spans for value in span["attributes"].values() if isinstance(value, str)}
    entries = {
        registry: {id: name for id, name in names.items() if id in used} for registry, names in line["entries"].items()
    }
    return {
        **line,
        "annotations": annotations,
        "entries": {registry: names for registry, names in entries.items() if names},
    }


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("language", [None, "en"])
def test_a_hard_article_comes_back_with_its_first_annotator(tmp_path: Path, name: str, language: str | None) -> None:
    line = {**HARD[name], "language": language}
    path, told = _written(tmp_path / "a.spacy", line)
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert line_read(marked) == _of_first(line)
    assert any(what.startswith(SEVERAL) for what in told) == (len(line["annotations"]) > 1)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    path, told = _written(tmp_path / "a.spacy", line)
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert line_read(marked) == line
    assert all(what.startswith(MOVED) for what in told)


def test_the_sample_comes_back_with_its_waivers_and_fits_spacys_tokens(tmp_path: Path) -> None:
    path, told = _written(tmp_path / "a.spacy", *SAMPLE)
    assert told == []
    for marked, line in zip(read(path), SAMPLE, strict=True):
        assert isinstance(marked, Marked)
        assert line_read(marked)["annotations"][0] == {**line["annotations"][0], "revision": 1}


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (_written(tmp_path / name, *HARD.values())[0].read_bytes() for name in ("a.spacy", "b.spacy"))
    assert one == two


def test_a_span_that_ends_inside_a_token_is_reported_and_comes_back_exactly(tmp_path: Path) -> None:
    line = hard("inside", "Reuters reported it.")
    line["annotations"] = line["annotations"][:1]
    (span,) = [span for span in line["annotations"][0]["spans"] if span["id"] == "s3"]
    span["fragments"], span["text"] = [[2, 5]], "ute"
    line["annotations"][0]["spans"], line["annotations"][0]["relations"] = [span], []
    losses = Losses()
    write([line], tmp_path / "a.spacy", NEWS, losses)
    (loss,) = losses.as_values()
    assert loss["what"].startswith(MOVED)
    assert (loss["times"], loss["places"]) == (1, [f"{line['id']}, span s3"])
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(spacy.blank("en").vocab)
    assert [each.text for each in doc.spans["sc"]] == ["Reuters"]
    (marked,) = read(tmp_path / "a.spacy")
    assert isinstance(marked, Marked)
    assert marked.work["ana"]["spans"][0]["fragments"] == [[2, 5]]


# --- what spaCy makes of it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HARD)
def test_spacy_finds_each_span_where_it_is(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    path, told = _written(tmp_path / "a.spacy", line)
    assert not any(what.startswith(MOVED) for what in told)
    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)
    assert doc.text == line["text"]
    spans = line["annotations"][0]["spans"] if line["annotations"] else []
    expected = [
        (span["id"], span["label"], line["text"][start:end]) for span in spans for start, end in span["fragments"]
    ]
    assert sorted((span.id_, span.label_, span.text) for span in doc.spans["sc"]) == sorted(expected)
    for label in NEWS.labels:
        assert {span.id_ for span in doc.spans[label]} == {span["id"] for span in spans if span["label"] == label}
    entries = {span.kb_id_ for span in doc.spans["speaker"] if span.kb_id_}
    assert entries == ({"p1"} if spans else set())
    assert doc.user_data["saywhen"]["title"] == line["title"]


@pytest.mark.parametrize("language", ["en", "de", "zh", "ar", "ja", "th", "xx", "zz", "pt-BR", None])
def test_every_language_has_tokens_that_make_up_the_text(tmp_path: Path, language: str | None) -> None:
    path, _ = _written(tmp_path / "a.spacy", *({**hard("x", text), "language": language} for text in TEXTS.values()))
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    assert [doc.text for doc in docs] == list(TEXTS.values())


CONFIG = """
[nlp]
lang = "en"
pipeline = ["tok2vec", "spancat"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 16
depth = 1
embed_size = 200
window_size = 1
maxout_pieces = 2
subword_features = true

[components.spancat]
factory = "spancat"

[components.spancat.model]
@architectures = "spacy.SpanCategorizer.v1"

[components.spancat.model.reducer]
@layers = "spacy.mean_max_reducer.v1"
hidden_size = 16

[components.spancat.model.scorer]
@layers = "spacy.LinearLogistic.v1"

[components.spancat.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16

[components.spancat.suggester]
@misc = "spacy.ngram_suggester.v1"
sizes = [1, 2, 3]

[paths]
train = null
dev = null

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.dev}

[training]
max_steps = 4
eval_frequency = 2
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
"""


@pytest.mark.slow
def test_spacy_finds_the_file_fit_to_train_a_span_categorizer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = _written(tmp_path / "train.spacy", *SAMPLE)
    nlp = spacy.blank("en")
    examples = list(Corpus(path)(nlp))
    assert len(examples) == len(SAMPLE)
    for example, line in zip(examples, SAMPLE, strict=True):
        # None is lost between the file's tokens and those of the pipeline that learns.
        fragments = sum(len(span["fragments"]) for span in line["annotations"][0]["spans"])
        assert len(example.get_aligned_spans_y2x(example.reference.spans["sc"], allow_overlap=True)) == fragments
    (tmp_path / "base.cfg").write_text(CONFIG, encoding="utf-8")
    fill_config(tmp_path / "config.cfg", tmp_path / "base.cfg", silent=True)
    paths = {"paths.train": str(path), "paths.dev": str(path)}
    with pytest.raises(SystemExit):  # it ends so: eight articles are few
        debug_data(tmp_path / "config.cfg", config_overrides=paths)
    counted = dict(re.findall(r"^(\w+) .* (\d+)$", capsys.readouterr().out, re.MULTILINE))
    spans = [span for line in SAMPLE for span in line["annotations"][0]["spans"]]
    assert {label: int(counted[label]) for label in NEWS.labels} == Counter(
        span["label"] for span in spans for _ in span["fragments"]
    )


# --- docs of other origin ---------------------------------------------------------------------------------------------


def _foreign(path: Path, *docs: Doc) -> Path:
    DocBin(store_user_data=True, docs=docs).to_disk(path)
    return path


def test_who_said_what_a_text_is_has_not_looked_for_spans(tmp_path: Path) -> None:
    for cats, work in (({"news": 1.0}, []), ({}, ["spacy"])):
        doc = spacy.blank("en").make_doc("We go.")
        doc.cats = cats
        *_, marked = read(_foreign(tmp_path / "a.spacy", doc))
        assert isinstance(marked, Marked) and [*marked.work] == work


def test_docs_of_other_origin_give_their_entities_and_all_their_groups(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    doc = nlp.make_doc("😀 Zoé Café said: “We go.”\nOn Friday.")
    doc.ents = [Span(doc, 1, 3, label="PERSON", kb_id="Q1")]
    doc.spans["sc"] = [Span(doc, 5, 10, label="quote"), Span(doc, 1, 3, label="PERSON", kb_id="Q1")]
    doc.spans["mine"] = [Span(doc, 6, 7, label="quote"), Span(doc, 5, 10, label="quote")]
    doc.cats = {"news": 1.0}
    doc.user_data[("._.", "x", None, None)] = 1
    fault, marked = read(_foreign(tmp_path / "a.spacy", doc))
    assert isinstance(fault, Fault) and isinstance(marked, Marked)
    assert "categories (news) are ignored" in fault.reason
    assert fault.line == 1
    text = marked.article.text
    spans = marked.work["spacy"]["spans"]
    found = [(span["label"], text[slice(*span["fragments"][0])], span["attributes"]) for span in spans]
    assert found == [
        ("quote", "“We go.”", {}),
        ("PERSON", "Zoé Café", {"kb_id": "Q1"}),
        ("quote", "We", {}),
    ]
    assert len({span["id"] for span in spans}) == 3


def test_a_doc_with_crlf_and_a_byte_order_mark_keeps_its_spans(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    doc = nlp.make_doc("\ufeffOne\r\ntwo said\r\nthree.\r\n")
    found = [token for token in doc if token.text == "said"]
    doc.ents = [Span(doc, found[0].i, found[0].i + 1, label="CUE")]
    (marked,) = read(_foreign(tmp_path / "a.spacy", doc))
    assert isinstance(marked, Marked)
    (span,) = marked.work["spacy"]["spans"]
    assert marked.article.text[slice(*span["fragments"][0])] == "said"


def test_an_empty_doc_is_a_fault_and_the_next_is_read(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    fault, marked = read(_foreign(tmp_path / "a.spacy", nlp.make_doc(""), nlp.make_doc("One.")))
    assert isinstance(fault, Fault) and isinstance(marked, Marked)
    assert (fault.line, fault.reason) == (1, "the text is empty; add a text or remove the row")


def test_a_span_that_was_corrected_in_spacy_comes_back_corrected(tmp_path: Path) -> None:
    path, _ = _written(tmp_path / "a.spacy", HARD["plain"])
    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    for name, group in doc.spans.items():
        doc.spans[name] = [Span(doc, 0, 3, label="quote", span_id="s2") if span.id_ == "s2" else span for span in group]
    (marked,) = read(_foreign(path, doc))
    assert isinstance(marked, Marked)
    spans = {span["id"]: span for span in marked.work["ana"]["spans"]}
    assert spans["s2"]["fragments"] == [[0, 6]]
    assert spans["s3"]["attributes"] == {"who": "p1", "anonymous": True}
    assert len(marked.work["ana"]["relations"]) == 4


def test_an_empty_file_of_docs_can_be_written_and_read(tmp_path: Path) -> None:
    path, told = _written(tmp_path / "a.spacy")
    assert (list(read(path)), told) == ([], [])


UNSOUND = {
    "empty": b"",
    "text": b"hello",
    "JSON": json.dumps([{"text": "a"}]).encode(),
    "compressed nothing": zlib.compress(b""),
    "compressed something": zlib.compress(b"\x81\xa1a\x01"),
    "cut": None,
}


@pytest.mark.parametrize("name", UNSOUND)
def test_what_is_no_docbin_is_a_fault(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.spacy"
    content = UNSOUND[name]
    path.write_bytes(_written(path, HARD["plain"])[0].read_bytes()[:-50] if content is None else content)
    (fault,) = read(path)
    assert isinstance(fault, Fault)
    assert "not a valid spaCy DocBin" in fault.reason


def test_without_spacy_the_remedy_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = _written(tmp_path / "a.spacy", HARD["plain"])
    for name in [name for name in sys.modules if name.partition(".")[0] == "spacy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(StoreError, match="pip install 'saywhen-labeling\\[spacy\\]'"):
        write([], tmp_path / "b.spacy", NEWS, Losses())
    (fault,) = read(path)
    assert isinstance(fault, Fault)
    assert "pip install" in fault.reason
