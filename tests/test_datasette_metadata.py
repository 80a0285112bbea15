"""The project file in Datasette itself: its views with what they say, and the same as the tables of stats."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from marking import marked

from labeling import sample, schema
from labeling.commands.main import main
from labeling.services import stats
from labeling.services.importing import import_files
from labeling.store.project import Store

LINES = [orjson.loads(line) for line in sample.gold_path().read_bytes().splitlines()]
VIEWS = ("quotes", "speakers", "claimed_dates", "event_dates", "progress")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.create(tmp_path_factory.mktemp("datasette") / "sample.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(import_files(store, [sample.articles_path()]))
    for name in ("ana", "ben"):
        store.sign_in(name)
    for line in LINES:
        marked(store, "ana", line, submit=True)
    return store


@pytest.fixture(scope="module")
def get(project: Store) -> Any:
    """What Datasette answers to a path."""
    from datasette.app import Datasette

    told = CliRunner().invoke(main, ["datasette-metadata", "-p", str(project.path)])
    served = Datasette([str(project.path)], metadata=json.loads(told.output))

    def answer(path: str) -> Any:
        found = asyncio.run(served.client.get(path))
        assert found.status_code == 200, found.text[:500]
        return found.json() if ".json" in path else found.text

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_there_with_a_description_of_it_and_only_of_columns_it_has(get: Any, view: str) -> None:
    said = get("/-/metadata.json")["databases"]["sample"]["tables"][view]
    assert said["description"].split(":")[0] in get(f"/sample/{view}")
    columns = get(f"/sample/{view}.json?_size=1")["columns"]
    assert set(said["columns"]) <= set(columns)


def test_every_table_that_is_described_is_there_and_no_plugin_is_needed(get: Any) -> None:
    held = get("/sample.json?_hidden=1")
    names = {each["name"] for each in held["tables"]} | {each["name"] for each in held["views"]}
    assert set(get("/-/metadata.json")["databases"]["sample"]["tables"]) <= names
    assert get("/-/plugins.json") == []


def test_views_say_what_the_tables_of_stats_say(get: Any, project: Store) -> None:
    found = stats.read(project, "ana")
    quotes = get("/sample/quotes.json?_shape=array&_size=max")
    assert sorted((row["article"], row["span"], row["text"]) for row in quotes) == sorted(
        zip(found.quotations["article"], found.quotations["span"], found.quotations["text"], strict=True)
    )
    spoken = {(row["article"], row["span"]): row["speakers"] for row in quotes if row["speakers"]}
    rows = found.speakers.join(found.quotations[["article", "span"]], on="quotation")
    rows = rows[rows["speaker"] != stats.NOBODY]
    assert set(spoken) == set(zip(rows["article"], rows["span"], strict=True))
    assert all(row["speaker"] in spoken[row["article"], row["span"]] for row in rows.to_dict("records"))
    claims = get("/sample/claimed_dates.json?_shape=array&_size=max")
    assert sorted(
        (row["article"], row["span"], row["value"] or stats.NOT_RESOLVED, row["event"] or "") for row in claims
    ) == sorted(zip(*(found.claims[name] for name in ("article", "span", "value", "event")), strict=True))
    assert {row["span"] for row in claims if not row["quote"]} >= set(
        found.claims[found.claims["by"] == "article"]["span"]
    )
    assert sum(row["claims"] for row in get("/sample/event_dates.json?_shape=array&_size=max")) == sum(
        bool(row["event"]) for row in claims
    )
    assert {row["annotator"]: row["submitted"] for row in get("/sample/progress.json?_shape=array")} == {
        "ana": 8,
        "ben": 0,
    }
