"""The Python interface: what docs/python.md promises of `import labeling`."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import labeling as saywhen
from labeling import sample
from labeling.dataset import annotation_values
from labeling.services import stats
from labeling.store.project import Store

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
#: The methods that return frames, by their headings on the page.
FRAMES = ("quotes", "speakers", "dates", "disagreements", "agreement")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample project and its gold as the work of ana, and with a copy that ben works on too."""
    folder = tmp_path_factory.mktemp("made")
    with saywhen.create(folder / "sample.db") as project:
        project.import_annotations(sample.gold_path(), names={"gold": "ana"})
    shutil.copy(folder / "sample.db", folder / "disputed.db")
    with saywhen.open(folder / "disputed.db", write=True) as project:
        project.import_annotations([*(_by_ben(*work) for work in project.annotations("ana"))])
    assert {path.name for path in folder.glob("*.db*")} == {"sample.db", "disputed.db"}, "closed, without a journal"
    return folder


@pytest.fixture
def path(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample project with its gold as the work of ana, in the folder that we are in."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(made / "sample.db", tmp_path))


@pytest.fixture
def project(path: Path) -> Iterator[saywhen.Project]:
    with saywhen.open(path) as project:
        yield project


@pytest.fixture
def disputed(made: Path, path: Path) -> Iterator[saywhen.Project]:
    """The sample with the work of ben too, who omits each article's last quote and calls one date another."""
    with saywhen.open(shutil.copy(made / "disputed.db", path)) as project:
        yield project


def _by_ben(
    article: saywhen.Article, _: str, made: saywhen.Annotation
) -> tuple[saywhen.Article, str, saywhen.Annotation]:
    last = [span.id for span in made.in_order() if span.label == "quote"][-1]
    linked = {last, *(link.target for link in made.relations.values() if link.source == last)}
    linked -= {link.target for link in made.relations.values() if link.source != last}
    linked -= {link.source for link in made.relations.values() if link.source != last}
    made.relations = {
        id: link for id, link in made.relations.items() if not {link.source, link.target} & (linked | {last})
    }
    made.spans = {id: span for id, span in made.spans.items() if id not in linked | {last}}
    return article, "ben", made


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_examples_on_the_page_run(path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), names)
    assert "8 articles by 8 outlets" in printed.getvalue()
    assert re.search(r"8 articles, \d\d quotes", printed.getvalue())


def _documented(heading: str) -> dict[str, str]:
    """Return the columns in the table under a heading, or before all headings, with their types."""
    part = PAGE.partition(heading)[2].split("\n#")[0]
    return dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", part, re.MULTILINE))


def _types(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(kind) for name, kind in frame.dtypes.items()}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_the_columns_on_the_page_with_their_types(disputed: saywhen.Project, name: str) -> None:
    shared = _documented("The first three data frames have these columns:") if name in FRAMES[:3] else {}
    documented = {**shared, **_documented(f"### `{name}`")}
    frame = getattr(disputed, name)()
    assert len(frame) and documented == _types(frame)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_without_rows_has_the_same_columns(tmp_path: Path, disputed: saywhen.Project, name: str) -> None:
    with saywhen.create(tmp_path / "empty.db") as empty:
        frame = getattr(empty, name)()
    assert frame.empty or name == "agreement"
    assert _types(frame) == _types(getattr(disputed, name)())


def test_every_public_name_is_there_and_on_the_page() -> None:
    assert all(getattr(saywhen, name) is not None for name in saywhen.__all__)
    assert set(saywhen.__all__) <= set(dir(saywhen))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = saywhen.nothing
    methods = {name for name in vars(saywhen.Project) if not name.startswith("_")}
    assert [name for name in methods if f"{name}" not in PAGE] == []


@pytest.mark.slow
def test_importing_the_package_and_starting_the_command_line_load_no_pandas() -> None:
    code = """import sys, labeling
assert not [name for name in sys.modules if name.startswith("labeling.") or name in ("numpy", "pandas")]
import labeling.commands.main
assert "pandas" not in sys.modules and "labeling.project" not in sys.modules"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


# --- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["quotes", "speakers", "dates"])
def test_offsets_in_frames_are_code_points_of_the_articles_text(project: saywhen.Project, name: str) -> None:
    frame = getattr(project, name)()
    assert len(frame) > 8
    for row in frame.itertuples():
        text = project.article(row.article).text
        assert row.text == " … ".join(text[start:end] for start, end in row.fragments)
        assert (row.start, row.end) == (row.fragments[0][0], row.fragments[-1][1])


def test_frames_count_what_the_statistics_count(project: saywhen.Project) -> None:
    counted = stats.read(Store.open_read_only(project.path))
    quotes, speakers, dates = project.quotes(), project.speakers(), project.dates()
    assert quotes["type"].value_counts().to_dict() == counted.quotations["kind"].astype("str").value_counts().to_dict()
    assert quotes["speaker"].isna().sum() == (counted.speakers["speaker"] == stats.NOBODY).sum()
    assert len(speakers) == (counted.speakers["speaker"] != stats.NOBODY).sum()
    claims = dates[~dates["claims_nothing"]]
    assert claims["value"].dropna().tolist() == [
        value for value in counted.claims["value"].astype("str") if value != stats.NOT_RESOLVED
    ]
    assert (claims["quote"].notna() == (counted.claims["by"] == "quote").to_numpy()).all()


def test_a_quote_has_its_cue_its_speaker_and_its_dates(project: saywhen.Project) -> None:
    quotes = project.quotes().set_index(["article", "span"])
    dates = project.dates()
    assert quotes["cue"].notna().sum() > 20 and quotes["speaker_id"].notna().sum() > 20
    inside = dates[dates["quote"].notna()]
    assert len(inside) > 3
    for row in inside.itertuples():
        quote = quotes.loc[(row.article, row.quote)]
        assert pd.isna(row.claimant) == pd.isna(quote["speaker"]) and (
            pd.isna(row.claimant) or row.claimant == quote["speaker"]
        )


def test_the_days_of_a_date_are_those_that_its_value_can_mean(project: saywhen.Project) -> None:
    for row in project.dates().itertuples():
        first, last = (None, None) if pd.isna(row.value) else saywhen.dates.bounds(saywhen.dates.parse(row.value))
        assert (
            None if pd.isna(row.first_day) else row.first_day.date(),
            None if pd.isna(row.last_day) else row.last_day.date(),
        ) == (first, last)


def test_gold_tells_what_stands_behind_each_span(disputed: saywhen.Project) -> None:
    everyone, gold = disputed.quotes(in_progress=True), disputed.quotes("gold", in_progress=True)
    assert set(gold["annotator"]) == {"gold"} and set(gold["basis"]) == {"agreement"}
    assert set(gold["votes"]) == {2} == set(gold["asked"])
    assert everyone["basis"].isna().all() and everyone["votes"].isna().all()
    assert len(disputed.quotes("gold")) < len(gold), "articles with unresolved disagreements have no finished gold"


def test_a_disagreement_says_who_has_what(disputed: saywhen.Project) -> None:
    found = disputed.disagreements()
    assert set(found["state"]) == {"open"} and not found["resolved"].any()
    assert found["gold"].isna().all() and found["decided"].isna().all()
    for row in found.itertuples():
        text = disputed.article(row.article).text
        assert row.text == text[row.start : row.end]
        has = {name: version["spans"] for version in row.versions for name in version["annotators"]}
        assert set(has) == {"ana", "ben"} and has["ana"] and not has["ben"]
        assert all(span["text"] == text[span["fragments"][0][0] : span["fragments"][-1][1]]
                   for span in has["ana"] if len(span["fragments"]) == 1)  # fmt: skip


def test_agreement_is_of_all_pairs_and_of_each(disputed: saywhen.Project) -> None:
    figures = disputed.agreement(chance=False)
    exact = figures[figures["figure"] == "exact"]
    assert len(exact) == 2 and exact["value"].nunique() == 1
    assert 0.5 < exact["value"].iloc[0] < 1
    assert exact[["one", "two"]].iloc[1].tolist() == ["ana", "ben"]


# --- work -------------------------------------------------------------------------------------------------------------


def test_work_that_is_read_from_one_project_and_imported_into_another_is_the_same(
    project: saywhen.Project, tmp_path: Path
) -> None:
    work = [*project.annotations()]
    assert {name for _, name, _ in work} == {"ana"} and len(work) == len(project) == 8
    with saywhen.create(tmp_path / "other.db") as other:
        assert other.import_annotations(work, entries=project.entries).work["ana"] == 8
        assert [annotation_values(each) for _, _, each in other.annotations()] == [
            annotation_values(each) for _, _, each in work
        ]
        assert other.entries == project.entries
        assert [*other.records()] == [*project.records()]


def test_an_entry_is_given_by_its_id_or_its_name(project: saywhen.Project, path: Path) -> None:
    article = next(project.articles())
    id, name = next(iter(project.entries["source"].items()))
    spans = [
        saywhen.Span(f"s{number}", "speaker", ((number, number + 1),), {"who": who})
        for number, who in enumerate((id, name, "Someone New"))
    ]
    with saywhen.open(path, write=True) as writable:
        writable.import_annotations([(article, "eva", saywhen.Annotation(spans={span.id: span for span in spans}))])
        ((_, _, made),) = writable.annotations("eva")
        given = [span.attributes["who"] for span in made.in_order()]
        assert given[:2] == [id, id] and writable.entries["source"][given[2]] == "Someone New"
        assert made.status == "submitted"


def test_work_at_fault_is_refused_whole_with_every_reason(project: saywhen.Project, path: Path) -> None:
    article = next(project.articles())
    wrong = {label: saywhen.Annotation(spans={"s": saywhen.Span("s", label, ((0, 3),))}) for label in ("quote", "quip")}
    work = [(article, f"by {label}", each) for label, each in wrong.items()]
    with saywhen.open(path, write=True) as writable:
        with pytest.raises(saywhen.ArticleError, match=r"(?s)nothing was imported.*there is no label “quip”"):
            writable.import_annotations(work)
        assert writable.annotators == ["ana"]
        writable.import_annotations(work, anyway=True)
        assert writable.annotators == ["ana", "by quote"]


def test_gold_is_complete_unless_work_in_progress_is_asked_for(disputed: saywhen.Project) -> None:
    assert [*disputed.gold()] == [] and len([*disputed.gold(in_progress=True)]) == 8
    assert {name for _, name, _ in disputed.annotations("gold", in_progress=True)} == {"gold"}


def test_only_submitted_work_counts_unless_work_in_progress_is_asked_for(project: saywhen.Project, path: Path) -> None:
    article = next(project.articles())
    begun = saywhen.Annotation(spans={"q": saywhen.Span("q", "quote", ((0, 5),))}, status="open")
    with saywhen.open(path, write=True) as writable:
        writable.import_annotations([(article, "eva", begun)])
        for read in (
            writable.quotes,
            lambda *whose, **how: [*writable.annotations(*whose, **how)],
            lambda *whose, **how: [*writable.records(*whose, **how)],
        ):
            assert (len(read("eva")), len(read("eva", in_progress=True))) == (0, 1)


@pytest.mark.parametrize("read", [*FRAMES[:3], "annotations", "records"])
def test_an_unknown_annotator_is_reported(project: saywhen.Project, read: str) -> None:
    with pytest.raises(saywhen.NotFoundError, match="“zoe”"):
        [*getattr(project, read)("zoe")]


def test_a_project_that_is_open_to_read_refuses_to_be_written(project: saywhen.Project) -> None:
    for write in (project.import_articles, project.import_annotations):
        with pytest.raises(saywhen.StoreError, match=r"sample\.db is open to read only; open it to write"):
            write([])
    with pytest.raises(saywhen.NotFoundError, match="there is no article x"):
        project.article("x")


def test_articles_are_imported_from_files_and_values(path: Path, tmp_path: Path) -> None:
    with saywhen.create(tmp_path / "other.db", "polnear") as other:
        assert other.label_set.name == "polnear"
        assert other.import_articles(sample.articles_path()).new == 8
        made = saywhen.make_article("One more.", outlet="Here")
        assert other.import_articles([made]).new == 1
        assert other.import_articles([made]).known == [("One more.", "")]
        assert other.import_articles([]).new == 0
        assert len(other) == 9 and [*other.articles()][-1].outlet == "Here"


def test_a_dataset_is_built_of_a_project_that_is_open_to_read(project: saywhen.Project, tmp_path: Path) -> None:
    built = project.build_dataset(tmp_path / "datasets", saywhen.Plan(source="ana"))
    ((split, lines),) = saywhen.read_dataset(built.path).items()
    assert split == "all" and [line["id"] for line in lines] == [article.id for article in project.articles()]
    with pytest.raises(saywhen.DatasetError, match="is not a dataset"):
        saywhen.read_dataset(tmp_path)


def test_many_articles_are_read_without_holding_their_texts(tmp_path: Path) -> None:
    size = 20_000
    with saywhen.create(tmp_path / "large.db") as large:
        large.import_articles(saywhen.make_article(f"{number} " + "x" * size) for number in range(500))
        tracemalloc.start()
        try:
            assert sum(len(article.text) > size for article in large.articles()) == 500
            assert tracemalloc.get_traced_memory()[1] < 100 * size
        finally:
            tracemalloc.stop()
