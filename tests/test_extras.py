"""What is optional is named by the extra that brings it, wherever it is missing."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from lines import SAMPLE
from marking import marked
from packaging.requirements import Requirement
from streamlit.testing.v1 import AppTest

from labeling import extras
from labeling.charts import vega
from labeling.errors import MissingExtraError
from labeling.web import location, server

ROOT = Path(__file__).parent.parent
OPTIONAL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


def test_each_extra_of_the_package_is_known_and_installed_for_the_tests() -> None:
    assert set(get_args(extras.Extra)) == OPTIONAL.keys()
    assert all(map(extras.installed, OPTIONAL))


def test_the_command_for_an_extra_is_one_that_pip_understands() -> None:
    for extra in OPTIONAL:
        wanted = Requirement(extras.command(extra).removeprefix("pip install ").strip("'"))
        assert (wanted.name, wanted.extras) == ("saywhen-labeling", {extra})


def test_what_is_missing_names_its_extra_also_from_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(MissingExtraError) as caught:
        vega.png(vega.dates({"all": {"2019-02": 1}}))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.extra == "charts"
    assert str(again) == (
        "a chart as PNG needs the chart renderer; install it with: pip install 'saywhen-labeling[charts]'"
    )


@pytest.mark.parametrize("there", [True, False])
def test_the_page_of_quotes_and_dates_offers_png_or_says_once_what_brings_it(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(tmp_path / "project.db"))
    server.forget()
    server.ensure_project(tmp_path / "project.db")
    store = server.open_store()
    store.sign_in("ana")
    marked(store, "ana", SAMPLE[0], submit=True)
    monkeypatch.setattr(extras, "installed", lambda extra: there)
    page = AppTest.from_string(
        """
import streamlit as st
st.session_state.setdefault("annotator", "ana")
from labeling.ui.stats_page import stats_page
stats_page()
""",
        default_timeout=60,
    ).run()
    assert not page.exception
    labels = [each.proto.label for each in page.get("download_button")]
    assert "CSV" in labels
    assert ("PNG" in labels) is there
    said = " ".join(str(each.value) for each in page.markdown).count("pip install 'saywhen-labeling[charts]'")
    assert said == (0 if there else 1)
