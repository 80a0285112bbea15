"""The wheel installs with pip into an empty environment and runs in an empty folder, with all that it needs."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from installed import Installed, install
from running import Server

from labeling import __version__, schema

pytestmark = pytest.mark.slow  # builds the wheel and an environment for it, and starts it again and again


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed"))


def test_the_wheel_holds_label_sets_sample_component_settings_and_types(installed: Installed) -> None:
    names = set(ZipFile(installed.wheel).namelist())
    for name in (
        "schemas/news.yaml", "schemas/label-set.schema.json", "schemas/saywhen-1.schema.json", "sample/gold.jsonl",
        "ui/component/workspace.js", "ui/component/article.css", "ui/.streamlit/config.toml", "py.typed",
    ):  # fmt: skip
        assert f"labeling/{name}" in names
    assert [name for name in names if name.startswith("tests") or name.endswith((".db", ".pyc"))] == []


def test_the_wheel_says_its_license_and_what_it_requires(installed: Installed) -> None:
    about = installed.metadata()
    assert (about["Name"], about["Version"]) == ("saywhen-labeling", __version__)
    assert about["License-Expression"] == "Apache-2.0"
    assert about.get_all("License-File") == ["LICENSE", "NOTICE"]
    assert set(about.get_all("Provides-Extra", [])) == {"bulk", "charts", "learn", "llm", "oidc", "spacy"}
    assert not [line for line in about.get_all("Requires-Dist", []) if "vl-convert" in line and "extra" not in line]


def test_an_environment_has_what_the_wheel_requires_and_nothing_of_the_tests(
    installed: Installed, tmp_path: Path
) -> None:
    code = "import importlib.util, labeling; print(labeling.__file__, *map(importlib.util.find_spec, ['pytest', 'spacy', 'vl_convert']))"
    home, *others = installed.run(installed.python, "-c", code, folder=tmp_path).split()
    assert Path(home).is_relative_to(installed.python.parents[1])
    assert others == ["None"] * 3


def test_every_module_of_the_wheel_can_be_imported(installed: Installed, tmp_path: Path) -> None:
    code = """
import importlib, pkgutil, labeling
names = [each.name for each in pkgutil.walk_packages(labeling.__path__, "labeling.")]
for name in names:
    if name not in ("labeling.__main__", "labeling.ui.main"):
        importlib.import_module(name)
print(len(names))
"""
    assert int(installed.run(installed.python, "-c", code, folder=tmp_path)) > 100


def test_command_and_module_are_the_same_program(installed: Installed, tmp_path: Path) -> None:
    for program in ([installed.saywhen], [installed.python, "-m", "labeling"]):
        assert installed.run(*program, "--version", folder=tmp_path) == f"saywhen, version {__version__}\n"
        assert installed.run(*program, "--help", folder=tmp_path).startswith("Usage: saywhen ")


def test_a_packaged_label_set_makes_a_project_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    for name, path in schema.packaged().items():
        said = installed.run(installed.saywhen, "new", f"{name}.db", "--schema", name, "--sample", folder=tmp_path)
        assert said == f"{name}.db: label set “{name}” version {schema.load(path).version}, 8 articles\n"


@pytest.mark.nightly
def test_a_dataset_is_built_in_an_empty_folder_and_says_what_draws_charts(installed: Installed, tmp_path: Path) -> None:
    installed.run(installed.saywhen, "new", "--sample", folder=tmp_path)
    gold = Path(schema.__file__).parents[1] / "sample" / "gold.jsonl"
    installed.run(installed.saywhen, "import", "--with-work", "--as", "gold=ana", gold, folder=tmp_path)
    folder = installed.run(installed.saywhen, "export", "--dataset", "--from", "ana", folder=tmp_path).strip()
    assert (tmp_path / folder / "README.md").is_file()
    assert not (tmp_path / folder / "charts").exists()


def test_the_installed_command_serves_an_empty_folder(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    server = Server(tmp_path / "project.db", [str(installed.saywhen)], tmp_path)
    server.start()
    server.stop()
    assert "created with the sample corpus" in server.log.read_text()
