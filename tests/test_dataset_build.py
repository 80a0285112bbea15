"""A dataset stands there whole, says what it is, is made again byte for byte, and is refused where it must be."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import rendering
import yaml
from click.testing import CliRunner
from conftest import op
from lines import NEWS, SAMPLE
from marking import marked

from labeling import extras, sample, schema
from labeling.annotation import article
from labeling.assignment import Member
from labeling.commands.main import main
from labeling.dataset.plan import Plan
from labeling.dataset.splits import Recipe, shares_of
from labeling.errors import DatasetError, MissingExtraError, RefusedError
from labeling.formats.registry import FORMATS
from labeling.services import agreement_cache
from labeling.services import splits as splitting
from labeling.services.dataset_build import MANIFEST, build, listed, read_lines
from labeling.services.dataset_verify import Finding, faults_of_files, faults_of_project, hydrate, manifest
from labeling.store.project import Store
from labeling.web.access import Access

SHAPE = jsonschema.Draft202012Validator(json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text()))


def project(path: Path, people: tuple[str, ...] = ("ana", "ben")) -> Store:
    """The sample corpus, marked alike and submitted by two annotators."""
    store = Store.create(path, NEWS)
    list(
        store.add_articles(
            article.make(
                line["text"],
                title=line["title"],
                outlet=line["outlet"],
                language=line["language"],
                published=(line["published"] or {}).get("value"),
            )
            for line in SAMPLE
        )
    )
    for name in people:
        store.sign_in(name)
        for line in SAMPLE:
            marked(store, name, line)
            store.append(name, line["id"], f"in-{name}-{line['id']}", 0, [op(1, "submit")])
    return store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("project") / "sample.db"
    store = project(path)
    agreement_cache.count(store)  # kept in the file, so that no copy of it counts again
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    """A copy of the project of its own."""
    return Store.open(shutil.copy(made, tmp_path / "sample.db"))


def differ(store: Store) -> str:
    """Let ben take a speaker's link away in one article and submit it again; return its id."""
    line = SAMPLE[0]
    (link, *_) = (each for each in line["annotations"][0]["relations"] if each["type"] == "said_by")
    store.append("ben", line["id"], "differ-1", 0, [op(1, "reopen"), op(2, "unrelate", id=link["id"]), op(3, "submit")])
    return str(line["id"])


def front(folder: Path) -> dict[str, Any]:
    """Return the front matter of a dataset's card."""
    return dict(yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1]))


@pytest.mark.slow
def test_a_dataset_of_gold_holds_what_the_sample_says(store: Store, tmp_path: Path) -> None:
    built = build(store, tmp_path / "out", Plan())
    written = list(read_lines(built.path / "data" / "all.jsonl"))
    assert [line["id"] for line in written] == [line["id"] for line in SAMPLE]
    for line, gold in zip(written, SAMPLE, strict=True):
        (found,), (expected,) = line["annotations"], gold["annotations"]
        assert {(span["label"], span["text"]) for span in found["spans"]} == {
            (span["label"], span["text"]) for span in expected["spans"]
        }
    assert sorted(path.name for path in built.path.iterdir()) == [
        "README.md", "agreement.json", "charts", "data", "manifest.json", "schema.yaml",
    ]  # fmt: skip
    assert list((tmp_path / "out").iterdir()) == [built.path]


@pytest.mark.slow
def test_the_same_work_gives_the_same_bytes(store: Store, tmp_path: Path) -> None:
    plan = Plan(formats=("prodigy", "parquet", "brat"), splits="default", anonymous=True, licence="cc-by-4.0")
    with rendering.in_a_process_of_its_own():
        one, two = (build(store, tmp_path / name, plan).path for name in ("one", "two"))
        assert listed(one) == listed(two)
        assert (one / MANIFEST).read_bytes() == (two / MANIFEST).read_bytes()
        assert faults_of_files(one) == []
        assert faults_of_project(one, store) == []


@pytest.mark.slow
def test_no_group_straddles_splits_and_the_card_says_what_was_checked(store: Store, tmp_path: Path) -> None:
    built = build(store, tmp_path / "out", Plan(splits="default"))
    where = {line["id"]: split for split in built.counts for line in read_lines(built.path / "data" / f"{split}.jsonl")}
    stories = [{where[line["id"]] for line in SAMPLE[:4]}, {where[line["id"]] for line in SAMPLE[4:]}]
    assert [len(splits) for splits in stories] == [1, 1]
    card = (built.path / "README.md").read_text(encoding="utf-8")
    assert "Leakage check: passed" in card
    assert {each["split"] for each in front(built.path)["configs"][0]["data_files"]} == set(where.values())


@pytest.mark.slow
def test_what_annotators_differ_in_is_refused_until_it_is_named(store: Store, tmp_path: Path) -> None:
    differing = differ(store)
    with pytest.raises(DatasetError, match="unsettled") as refused:
        build(store, tmp_path / "out", Plan())
    assert differing in str(refused.value) and "--allow unsettled" in str(refused.value)
    assert list((tmp_path / "out").iterdir()) == []
    kinds = ("unsettled", "missing")
    built = build(store, tmp_path / "out", Plan(allow=kinds))
    assert built.allowed["unsettled"] == 1
    assert "Accepted: 1 × unsettled" in (built.path / "README.md").read_text(encoding="utf-8")
    left = build(store, tmp_path / "out", Plan(submitted=True))
    assert differing not in {line["id"] for line in read_lines(left.path / "data" / "all.jsonl")}
    assert left.counts["all"].articles == len(SAMPLE) - 1


@pytest.mark.slow
def test_the_dataset_of_who_works_alone_is_built_and_says_that_it_has_one_annotator_and_was_not_reviewed(
    tmp_path: Path,
) -> None:
    store = project(tmp_path / "alone.db", ("ana",))
    built = build(store, tmp_path / "out", Plan())
    assert built.counts["all"].articles == len(SAMPLE) and not built.allowed
    assert built.counts["all"].spans.total() == sum(len(line["annotations"][0]["spans"]) for line in SAMPLE)
    assert "**One annotator, not reviewed.**" in (built.path / "README.md").read_text(encoding="utf-8")
    said = CliRunner().invoke(main, ["export", "-p", str(store.path), "--dataset", "--to", str(tmp_path / "said")])
    assert said.exit_code == 0 and "one annotator, not reviewed" in said.output, said.output


@pytest.mark.slow
def test_an_article_of_one_of_several_annotators_is_refused_for_what_it_is_until_one_vote_is_enough(
    tmp_path: Path,
) -> None:
    store = project(tmp_path / "alone.db", ("ana",))
    store.sign_in("ben")
    marked(store, "ben", SAMPLE[0])
    store.append("ben", SAMPLE[0]["id"], "in-ben", 0, [op(1, "submit")])
    with pytest.raises(DatasetError, match=rf"{len(SAMPLE) - 1} × unsettled.*--votes 1 --as NAME") as refused:
        build(store, tmp_path / "out", Plan())
    assert f"{SAMPLE[1]['id']}: only one annotator has marked it" in str(refused.value)
    assert build(store, tmp_path / "out", Plan(submitted=True)).counts["all"].articles == 1
    said = CliRunner().invoke(main, ["review", "policy", "-p", str(store.path), "--votes", "1", "--as", "ana"])
    assert "what has 1 vote or more" in said.output
    said = CliRunner().invoke(main, ["review", "policy", "-p", str(store.path), "--rule", "all", "--votes", "1"])
    assert said.exit_code == 2 and "--votes needs --rule votes" in said.output
    built = build(store, tmp_path / "out", Plan())
    assert built.counts["all"].articles == len(SAMPLE) and not built.allowed


def test_what_is_refused_in_another_process_is_reported_in_this_one() -> None:
    there = RefusedError("refused: too bad", [("text", "a1", "why")])
    here = pickle.loads(pickle.dumps(there))
    assert (str(here), here.reasons) == ("refused: too bad", [("text", "a1", "why")]) == (str(there), there.reasons)


def test_a_missing_requirement_is_refused_with_its_place(store: Store, tmp_path: Path) -> None:
    differ(store)
    with pytest.raises(DatasetError, match=r"missing: .*--allow missing\n  \w{16}: .*said by.*ben"):
        build(store, tmp_path / "out", Plan(source="ben"))
    assert build(store, tmp_path / "out", Plan(source="ana")).counts["all"].annotators == {"ana"}


def test_every_number_of_the_card_is_that_of_the_files(store: Store, tmp_path: Path) -> None:
    built = build(store, tmp_path / "out", Plan())
    card = (built.path / "README.md").read_text(encoding="utf-8")
    written = list(read_lines(built.path / "data" / "all.jsonl"))
    spans = [span for line in written for each in line["annotations"] for span in each["spans"]]
    for label in NEWS.labels:
        number = sum(span["label"] == label for span in spans)
        assert f"| `{label}` | {number:,} | {NEWS.labels[label].guideline[:30]}" in card
    assert f"| Characters | {sum(len(line['text']) for line in written):,} |" in card
    assert f"| all annotators agree exactly | {len(spans):,} | 100% |" in card
    assert "2 annotators shared 8 articles" in card


@pytest.mark.slow
def test_a_card_tells_the_dates_of_publication_as_they_were_corrected(tmp_path: Path) -> None:
    store = project(tmp_path / "dates.db", ("ana",))
    id = next(line["id"] for line in SAMPLE if not line["annotations"][0]["published"])
    dated = op(2, "publish", value="2001-05-04", basis="stated")
    store.append("ana", id, "later", 0, [op(1, "reopen"), dated, op(3, "submit")])
    for shape in ("articles", "sentences", "records"):
        built = build(store, tmp_path / "out", Plan(source="ana", shape=shape))  # type: ignore[arg-type]
        assert "| Published | 2001-05 to " in (built.path / "README.md").read_text(encoding="utf-8")


def test_a_card_of_gold_does_not_say_that_nothing_was_found_where_something_is_unresolved(tmp_path: Path) -> None:
    store = project(tmp_path / "alone.db", ("ana",))
    asked = ["review", "policy", "-p", str(store.path), "--rule", "votes", "--votes", "2", "--as", "ana"]
    assert CliRunner().invoke(main, asked).exit_code == 0
    built = build(store, tmp_path / "out", Plan(allow=("unsettled",)))
    card = (built.path / "README.md").read_text(encoding="utf-8")
    spans = sum(len(line["annotations"][0]["spans"]) for line in SAMPLE)
    assert "- Articles without gold spans: 8\n" in card and "no annotator marked anything" not in card
    assert f"- Spans omitted because the policy asks for more votes than there are: {spans}." in card


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(), "Unicode code points of `text`. The format is `saywhen/1`."),
        (Plan(shape="paragraphs"), "the window’s own; `window` is its position in the article. The format is `saywhen/1`"),
        (Plan(shape="records"), "no offsets. The format is `saywhen-record/1`."),
        (Plan(shape="tokens"), "of the article’s text. The format is `saywhen-tokens/1`."),
        (Plan(texts=False), "of the text that was removed. The format is `saywhen-standoff/1`."),
    ],
)  # fmt: skip
def test_a_card_says_what_its_lines_are_and_what_offsets_count(
    store: Store, tmp_path: Path, plan: Plan, said: str
) -> None:
    built = build(store, tmp_path / "out", plan)
    assert said in (built.path / "README.md").read_text(encoding="utf-8")
    assert {line["format"] for line in read_lines(built.path / "data" / "all.jsonl")} == {said.split("`")[-2]}


@pytest.mark.slow
def test_a_card_says_how_splits_were_really_made(store: Store, tmp_path: Path) -> None:
    for name, recipe, said in (
        ("days", Recipe(shares_of("60/40"), by=("date",)), "Each group goes to the split of its latest publication date (test from 2"),
        ("even", Recipe(shares_of("50/50"), by=("outlet",), stratify="language"), "the same outlet. 2 groups of more than one article. A hash of its name and the seed “0” chooses the split of a group, as far as the shares allow, balanced over language;"),
    ):  # fmt: skip
        splitting.splits(store, name, recipe, place=True)
        card = (build(store, tmp_path / "out", Plan(splits=name)).path / "README.md").read_text(encoding="utf-8")
        assert said in card and "utterances, date" not in card


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["sentences", "paragraphs", "records", "tokens"])
def test_every_shape_is_written_and_what_it_loses_is_reported(store: Store, tmp_path: Path, shape: Any) -> None:
    built = build(store, tmp_path / "out", Plan(shape=shape))
    assert built.counts["all"].articles == len(SAMPLE)
    assert built.counts["all"].lines == sum(1 for _ in read_lines(built.path / "data" / "all.jsonl"))
    card = (built.path / "README.md").read_text(encoding="utf-8")
    for loss in built.losses.get("the dataset", []):
        assert f"{loss['what']} ({loss['times']:,})" in card
    assert built.losses["the dataset"]
    for line in read_lines(built.path / "data" / "all.jsonl"):
        SHAPE.validate(line)


@pytest.mark.slow
def test_every_format_is_written_and_one_that_holds_one_annotator_has_a_file_for_each(
    store: Store, tmp_path: Path
) -> None:
    names = tuple(name for name in FORMATS if name != "jsonl")
    gold, votes = (
        build(store, tmp_path / source, Plan(source=source, formats=names)).path for source in ("gold", "all")
    )
    for name in names:
        assert (gold / name / f"all{FORMATS[name].suffix}").exists(), name
        whose = [""] if FORMATS[name].several else [".1-ana", ".2-ben"]
        assert all((votes / name / f"all{who}{FORMATS[name].suffix}").exists() for who in whose), name
    assert faults_of_files(votes) == []


@pytest.mark.slow
def test_texts_that_were_omitted_are_put_back_byte_for_byte(store: Store, tmp_path: Path) -> None:
    whole = build(store, tmp_path / "whole", Plan()).path
    bare = build(store, tmp_path / "bare", Plan(texts=False)).path
    words = SAMPLE[0]["text"][200:260]
    assert not [path for path in bare.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
    for line in read_lines(bare / "data" / "all.jsonl"):
        SHAPE.validate(line)
    target = tmp_path / "again"
    assert list(hydrate(bare, [sample.articles_path()], target)) == []
    assert (target / "all.jsonl").read_bytes() == (whole / "data" / "all.jsonl").read_bytes()


def test_a_text_that_is_not_there_is_named_and_nothing_is_written(store: Store, tmp_path: Path) -> None:
    bare = build(store, tmp_path / "bare", Plan(texts=False)).path
    (tmp_path / "one.txt").write_text(SAMPLE[0]["text"], encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xff")
    faults = []
    with pytest.raises(DatasetError, match="7 of 8 texts were not found"):
        faults += hydrate(bare, [tmp_path / "one.txt"], tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_no_one_is_named_in_an_anonymous_dataset(store: Store, tmp_path: Path) -> None:
    built = build(store, tmp_path / "out", Plan(source="all", anonymous=True, formats=("prodigy",)))
    for path in built.path.rglob("*"):
        if path.is_file() and path.suffix != ".png":
            assert not {b'"ana"', b'"ben"', b"ana,", b"ben,"} & set(path.read_bytes().split()), path
            assert b'"annotator":"ana"' not in path.read_bytes()
    assert all(name.startswith("annotator-") for name in built.counts["all"].annotators)


def test_a_changed_a_missing_and_a_strange_file_are_found(store: Store, tmp_path: Path) -> None:
    folder = build(store, tmp_path / "out", Plan()).path
    (folder / "schema.yaml").unlink()
    (folder / "stray.txt").write_text("x")
    data = folder / "data" / "all.jsonl"
    data.write_bytes(data.read_bytes().replace(b"said", b"sayd", 1))
    assert faults_of_files(folder) == [
        Finding("data/all.jsonl", "was changed after the export: its checksum differs"),
        Finding("schema.yaml", "is missing"),
        Finding("stray.txt", "is not in the manifest"),
    ]


def test_work_that_went_on_is_reported_by_article(store: Store, tmp_path: Path) -> None:
    folder = build(store, tmp_path / "out", Plan(source="ben", allow=("missing",))).path
    differing = differ(store)
    found = {finding.file: finding.what for finding in faults_of_project(folder, store)}
    assert found["data/all.jsonl"] == f"the project has different work on {differing}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is not a dataset"),
        (b"{", "is not a valid manifest"),
        (b"[]", "is not a valid manifest"),
        (b'{"format": "saywhen-dataset/1", "files": []}', "is not a valid manifest"),
        (b'{"format": "saywhen-dataset/9"}', "has the format “saywhen-dataset/9”"),
        (
            b'{"format": "saywhen-dataset/1", "program": {"name": "saywhen", "version": "0"}, "plan": {}, "project": {}, "splits": {}, "files": [{"path": "../x", "bytes": 1, "sha256": ""}]}',
            "outside",
        ),
        (
            b'{"format": "saywhen-dataset/1", "program": {"name": "saywhen", "version": "0"}, "plan": {}, "project": {}, "splits": {}, "files": [{"path": "/x", "bytes": 1, "sha256": ""}]}',
            "outside",
        ),
        (
            b'{"format": "saywhen-dataset/1", "program": {"name": "saywhen", "version": "0"}, "plan": {}, "project": {}, "splits": {"../x": 1}, "files": []}',
            "a split with an invalid name",
        ),
    ],
)
def test_a_manifest_that_cannot_be_believed_is_one_clear_error(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(DatasetError, match=reason):
        manifest(tmp_path)


def test_what_a_manifest_says_is_proved_too(store: Store, tmp_path: Path) -> None:
    folder = build(store, tmp_path / "out", Plan()).path
    about = {**manifest(folder), "command": "rm -rf ~", "allowed": {"leak": 3}, "losses": {"brat": []}}
    (folder / MANIFEST).write_text(json.dumps(about))
    assert [finding.what.split("”")[0] for finding in faults_of_project(folder, store)] == [
        f"has a different “{key}" for key in ("allowed", "command", "losses")
    ]


def test_who_asks_for_one_annotators_work_without_names_names_no_one(store: Store, tmp_path: Path) -> None:
    folder = build(store, tmp_path / "out", Plan(source="ana", anonymous=True)).path
    assert "ana" not in folder.name
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".png":
            assert not re.search(rb"\bana\b", path.read_bytes()), path
    assert faults_of_project(folder, store) == []


def _without(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "installed", lambda asked: asked != extra)


def test_without_the_chart_renderer_a_card_has_no_charts_and_the_command_says_once_what_brings_them(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without("charts", monkeypatch)
    built = build(store, tmp_path / "out", Plan())
    assert not built.charts
    assert not (built.path / "charts").exists()
    assert "charts/" not in (built.path / "README.md").read_text(encoding="utf-8")
    assert faults_of_files(built.path) == faults_of_project(built.path, store) == []
    options = ["export", "--project", str(store.path), "--dataset", "--to", str(tmp_path / "again")]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    assert done.stderr.count("pip install 'saywhen-labeling[charts]'") == 1


@pytest.mark.slow
def test_a_dataset_without_charts_is_proved_where_they_could_be_drawn_and_one_with_charts_names_what_it_lacks(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = build(store, tmp_path / "out", Plan())
    assert drawn.charts
    assert (drawn.path / "charts" / "spans.png").is_file()
    with monkeypatch.context() as patched:
        _without("charts", patched)
        plain = build(store, tmp_path / "out", Plan()).path
        with pytest.raises(MissingExtraError, match="pip install 'saywhen-labeling\\[charts\\]'"):
            faults_of_project(drawn.path, store)
    assert faults_of_project(plain, store) == []


def test_a_format_that_needs_what_is_not_installed_is_refused_before_anything_is_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without("spacy", monkeypatch)
    begun: list[str] = []
    with pytest.raises(MissingExtraError, match=r"the format spacy needs spaCy.*saywhen-labeling\[spacy\]"):
        build(store, tmp_path / "out", Plan(formats=("spacy",)), tick=lambda what, done, total: begun.append(what))
    assert begun == []
    assert not any((tmp_path / "out").iterdir())


def test_hidden_gold_is_no_ones_vote(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.team.set_members([Member("ana", leads=True)], "ana")
    hidden = json.dumps(SAMPLE[0]).replace(
        f'"annotator": "{SAMPLE[0]["annotations"][0]["annotator"]}"', '"annotator": "gold"'
    )
    (tmp_path / "gold.jsonl").write_text(hidden)
    done = CliRunner().invoke(
        main, ["import", "--project", str(store.path), "--with-work", str(tmp_path / "gold.jsonl")]
    )
    assert done.exit_code == 0, done.output
    assert "hidden gold" in {name for (name,) in store.connection().execute("SELECT annotator FROM annotation")}
    for anonymous in (False, True):
        built = build(store, tmp_path / "out", Plan(source="all", anonymous=anonymous))
        assert len(built.counts["all"].annotators) == 2


def test_a_refused_dataset_places_no_article_and_splits_that_no_one_made_are_named(
    store: Store, tmp_path: Path
) -> None:
    def placed() -> int:
        return int(store.connection().execute("SELECT count(*) FROM placement").fetchone()[0])

    differ(store)
    with pytest.raises(DatasetError, match="unsettled"):
        build(store, tmp_path / "out", Plan(splits="default"))
    assert placed() == 0
    with pytest.raises(DatasetError, match=r"no splits named “typo”; use one of default, or create them with"):
        build(store, tmp_path / "out", Plan(splits="typo"))
    build(store, tmp_path / "out", Plan(splits="default", submitted=True), by="ana")
    assert placed() == len(SAMPLE)


@pytest.mark.slow
def test_a_dataset_places_what_it_holds_and_its_shares_are_counted_over_that(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "pool.db", NEWS)
    pool = [article.make(f"Story number {number}, of {number * number} lines.") for number in range(60)]
    list(store.add_articles(pool))
    store.sign_in("ana")
    for each in pool[:20]:
        store.append("ana", each.id, f"in-{each.id}", 0, [op(1, "submit")])
    plan = Plan(source="ana", splits="default")
    built = build(store, tmp_path / "out", plan)
    assert built.aside == 0 and all(
        abs(built.counts[split].articles - share * 20) <= 1 for split, share in splitting.USUAL.shares.items()
    )
    placed = splitting.splits(store, "default").placements.keys() - splitting.splits(store, "default").new
    assert placed == {each.id for each in pool[:20]}
    assert faults_of_project(built.path, store) == []
    for each in pool[20:40]:
        store.append("ana", each.id, f"in-{each.id}", 0, [op(1, "submit")])
    again = build(store, tmp_path / "out", plan)
    assert all(abs(again.counts[split].articles - share * 40) <= 2 for split, share in splitting.USUAL.shares.items())
    assert all(counts.ids <= again.counts[split].ids for split, counts in built.counts.items())


def test_what_is_omitted_because_it_is_not_resolved_is_counted(store: Store, tmp_path: Path) -> None:
    differ(store)
    built = build(store, tmp_path / "out", Plan(submitted=True))
    (loss,) = built.losses["the dataset"]
    assert (loss["what"], loss["times"]) == ("articles with unresolved disagreements are not in the dataset", 1)


def test_a_text_that_was_changed_behind_the_projects_back_is_refused(store: Store, tmp_path: Path) -> None:
    for (name,) in store.connection().execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.connection().execute(f"DROP TRIGGER {name}")
    store.connection().execute("UPDATE article SET text = replace(text, 'a', 'e') WHERE id = ?", (SAMPLE[0]["id"],))
    with pytest.raises(DatasetError, match=r"text: [\s\S]*its hash differs"):
        build(store, tmp_path / "out", Plan(submitted=True, allow=("unsettled", "missing")))


#: What is done to a dataset without texts, and what hydrate says.
BROKEN = {
    "no data": (lambda folder: (folder / "data" / "all.jsonl").unlink(), "No such file"),
    "no schema": (lambda folder: (folder / "schema.yaml").unlink(), "No such file"),
    "no JSON": (lambda folder: _rewrite(folder, b"{\n"), "is not a line of a dataset"),
    "a list": (lambda folder: _rewrite(folder, b"[]\n"), "is not a line of a dataset"),
    "no hash": (lambda folder: _change(folder, lambda line: line.pop("text_sha256")), "was changed after the export"),
    "no links": (
        lambda folder: _change(folder, lambda line: line["annotations"][0].pop("relations")),
        "was changed after",
    ),
    "a stray link": (
        lambda folder: _change(folder, lambda line: line["annotations"][0]["relations"][0].update({"from": "zz"})),
        "was changed after the export",
    ),
    "a list of splits": (lambda folder: _manifest(folder, splits=[1]), "is not a valid manifest"),
    "a path that is none": (lambda folder: _manifest(folder, files=[{"path": 3}]), "is not a valid manifest"),
}


@pytest.fixture(scope="module")
def bare(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset without texts."""
    place = tmp_path_factory.mktemp("bare")
    return build(Store.open(shutil.copy(made, place / "sample.db")), place / "out", Plan(texts=False)).path


@pytest.mark.parametrize("name", BROKEN)
def test_a_dataset_that_cannot_be_believed_is_not_filled_and_nothing_is_written(
    bare: Path, tmp_path: Path, name: str
) -> None:
    harm, reason = BROKEN[name]
    folder = Path(shutil.copytree(bare, tmp_path / "bare"))
    harm(folder)
    with pytest.raises(DatasetError, match=reason):
        list(hydrate(folder, [sample.articles_path()], tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def _rewrite(folder: Path, content: bytes) -> None:
    (folder / "data" / "all.jsonl").write_bytes(content)


def _change(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    written = list(read_lines(folder / "data" / "all.jsonl"))
    change(written[0])
    _rewrite(folder, "".join(f"{json.dumps(line)}\n" for line in written).encode())


def _manifest(folder: Path, **values: object) -> None:
    (folder / MANIFEST).write_text(json.dumps({**manifest(folder), **values}))


def test_what_a_killed_build_left_is_removed_a_day_later(store: Store, tmp_path: Path) -> None:
    dead = tmp_path / "out" / ".p-gold-articles-news-v1-20200101T000000Z.0123abcd"
    (dead / "data").mkdir(parents=True)
    (dead / "data" / "all.jsonl").write_text("x")
    os.utime(dead, (0, 0))
    built = build(store, tmp_path / "out", Plan(shape="records"))
    assert list((tmp_path / "out").iterdir()) == [built.path]


def test_a_dataset_that_is_stopped_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "writing brat":
            raise StoppedError

    with pytest.raises(StoppedError):
        build(store, tmp_path / "out", Plan(formats=("brat",)), tick=stop)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_the_command_builds_proves_and_fills(store: Store, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, [*words], catch_exceptions=False)

    of = ["--project", str(store.path)]
    done = run("export", *of, "--dataset", "--without-texts", "--splits", "--to", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    folder = Path(done.stdout.splitlines()[-1])
    assert manifest(folder)["command"] == "saywhen export --dataset --without-texts --splits default"
    checked = run("export", *of, "--check", str(folder))
    assert (checked.exit_code, checked.stdout) == (
        0, "All files match the manifest.\nThe project produces the same bytes.\n",
    )  # fmt: skip
    filled = run("hydrate", str(folder), "--texts", str(sample.articles_path()))
    assert filled.exit_code == 0 and Path(filled.stdout.strip()).is_dir()
    (folder / "README.md").write_text("")
    assert run("export", *of, "--check", str(folder)).exit_code == 1


def test_options_of_a_dataset_are_refused_for_a_file(store: Store, tmp_path: Path) -> None:
    for words in (["--format", "brat"], ["--shape", "tokens"], ["--from", "ana"], ["--splits"], ["--allow", "missing"]):
        done = CliRunner().invoke(main, ["export", "--project", str(store.path), *words])
        assert done.exit_code and "needs --dataset" in done.output + str(done.exception)


LOAD = """
import json, sys
import datasets
print(json.dumps({folder: {name: sorted({row["id"] for row in split}) for name, split in datasets.load_dataset(folder).items()}
                  for folder in sys.argv[1:]}))
"""


@pytest.mark.slow
def test_the_hubs_library_loads_the_folder_by_its_card(store: Store, tmp_path: Path) -> None:
    folders = [
        build(store, tmp_path / "out", Plan(formats=formats, splits="default")).path for formats in ((), ("parquet",))
    ]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *map(str, folders)], env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    for folder in folders:
        assert json.loads(done.stdout)[str(folder)] == {
            split: sorted(line["id"] for line in read_lines(folder / "data" / f"{split}.jsonl"))
            for split in manifest(folder)["splits"]
        }


@pytest.mark.slow
def test_a_dataset_comes_over_http_as_a_zip_and_is_for_leads(made: Path, serve: Any, tmp_path: Path) -> None:
    server = serve(Path(shutil.copy(made, tmp_path / "sample.db")))
    store = Store.open(server.project)
    with store.writing() as unit:
        unit.team.set_members([Member("ana", leads=True)], "ana")
    access = Access(server.project, store.id)
    lead, other = ({"Authorization": f"Bearer {access.token(name)[0]}"} for name in ("ana", "ben"))
    url = f"{server.url}/api/datasets"
    wanted = {"formats": ["brat"], "splits": "default", "anonymous": True}
    assert httpx.post(url, json=wanted, headers=other).status_code == 403
    told = httpx.post(url, json=wanted, headers=lead, timeout=60).json()
    assert sum(told["splits"].values()) == len(SAMPLE)
    packed = httpx.get(server.url + told["url"]).content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert faults_of_files(tmp_path / "unpacked" / told["name"]) == []
    for bad in (
        {"shape": "pages"},
        {"formats": ["word"]},
        {"texts": False, "shape": "tokens"},
        {"source": "zoé"},
        {"x": 1},
    ):
        assert httpx.post(url, json=bad, headers=lead, timeout=60).status_code == 422
    differ(store)
    refused = httpx.post(url, json={}, headers=lead, timeout=60)
    assert refused.status_code == 422 and "unsettled" in refused.json()["error"]
