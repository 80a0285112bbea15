"""The documentation says what is: generated parts are fresh, examples run, links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import jsonschema
import pytest
import yaml
from command_line import invoke

from labeling import sample, schema
from labeling.formats.registry import FORMATS
from labeling.schema import shortcuts
from labeling.schema.kinds import KINDS
from labeling.services.importing import import_files
from labeling.store.project import Store
from labeling.ui import navigation

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, block)
        for page in PAGES
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    ]


def test_generated_parts_are_fresh() -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    import generate

    stale = [path.name for path, text in generate.generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"


def test_the_changelog_says_each_thing_once() -> None:
    """A merge can leave an item in two places."""
    items = re.split(r"\n(?=- |#|\n)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    begun = [item.strip()[:40] for item in items if item.strip().startswith("- ")]
    assert [each for each in begun if begun.count(each) > 1] == []


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the sample corpus."""
    store = Store.create(tmp_path_factory.mktemp("sampled") / "project.db", schema.load(schema.find(schema.DEFAULT)))
    list(import_files(store, [sample.articles_path()]))
    store.close()
    return store.path


@pytest.fixture
def desk(sampled: Path, tmp_path: Path) -> Path:
    """A folder with what the documentation takes for granted: two projects, label sets and articles."""
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("“Yes,” she said.")
    (tmp_path / "wire.jsonl").write_text('{"text": "Two."}\n')
    for name in ("project.db", "sample.db"):
        shutil.copy(sampled, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(("page", "block"), _blocks("sh"))
def test_commands_in_the_documentation_run(page: str, block: str, desk: Path) -> None:
    if block.startswith("saywhen new project.db"):
        for path in desk.glob("*.db"):
            path.unlink()
    for line in block.splitlines():
        words = shlex.split(line, comments=True)  # as a shell reads it, and with its patterns of files
        named = [sorted(map(str, desk.glob(word))) if "*" in word else [word] for word in words]
        if words:
            command, *arguments = chain.from_iterable(named)
            assert command == "saywhen"
            done = invoke(*arguments, folder=desk)
            assert done.exit_code == 0, (line, done.output)


@pytest.mark.slow
def test_a_block_of_the_documentation_runs_in_a_shell_as_a_person_copies_it(desk: Path) -> None:
    block = next(block for page, block in _blocks("sh") if page == "README.md")
    script = "set -e\n" + re.sub(r"^saywhen ", f'"{sys.executable}" -m labeling ', block, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-c", script], cwd=desk, capture_output=True, timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(("page", "block"), _blocks("json"))
def test_lines_in_the_documentation_have_the_published_shape(page: str, block: str) -> None:
    text = block.replace("f0e1…", "0" * 16)
    line = json.loads(re.sub(r'("(?:id|from|to|span)": )"…"', r'\1"0000000000000000"', text))
    shape = json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(shape).validate(line)


@pytest.mark.parametrize(("page", "block"), _blocks("yaml"))
def test_label_sets_in_the_documentation_are_sound(page: str, block: str) -> None:
    assert yaml.safe_load(block)
    assert list(schema.check(block)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_documentation_names_every_command_and_the_readme_the_two_first() -> None:
    from labeling.commands.main import main

    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"## saywhen {name}\n" in commands for name in main.commands)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.index("make run") < readme.index("make test")


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_documented_by_name(name: str) -> None:
    # The table is generated from the registry, which fails for a format without a section.
    assert f"| `{name}` | [{FORMATS[name].title}](" in _read("docs/formats.md")


@pytest.mark.parametrize("name", KINDS)
def test_every_attribute_kind_is_documented_with_the_keys_of_its_own(name: str) -> None:
    page = _read("docs/label-sets.md")
    assert re.search(rf"`{name}`|type: {name}\b", page)
    assert [key for key in KINDS[name].keys if not re.search(rf"\b{key}\b", page)] == []


def test_every_key_of_a_label_set_is_documented() -> None:
    page = _read("docs/label-sets.md")
    shape = schema.shape()
    parts = [shape, *(each for name, each in shape["$defs"].items() if "properties" in each)]
    keys = {key for part in parts for key in part["properties"]}
    assert sorted(key for key in keys if not re.search(rf"\b{re.escape(key)}\b", page)) == []


def test_every_route_is_documented() -> None:
    from labeling.web.api import build_api

    api = build_api(lambda: None, lambda: None, lambda: None, ROOT)  # type: ignore[arg-type,return-value]
    page = _read("docs/http.md")
    routes = [f"{method.upper()} /api{path}" for path, methods in api.openapi()["paths"].items() for method in methods]
    assert routes
    assert [route for route in routes if f"## {route}\n" not in page] == []


def test_every_parameter_of_a_route_and_every_field_of_a_body_is_described() -> None:
    from labeling.web.api import build_api

    api = build_api(lambda: None, lambda: None, lambda: None, ROOT).openapi()  # type: ignore[arg-type,return-value]
    shapes = api["components"]["schemas"]
    described: dict[str, str] = {}
    for path, methods in api["paths"].items():
        for method, route in methods.items():
            for each in route.get("parameters", ()):
                if each["in"] != "header":
                    described[f"{method} {path}: {each['name']}"] = each.get("description", "")
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = shapes[body["$ref"].rpartition("/")[2]]["properties"] if "$ref" in body else {}
            described |= {f"{method} {path}: {name}": field.get("description", "") for name, field in fields.items()}
    assert len(described) > 60
    assert [name for name, words in described.items() if not words] == []


def test_every_command_of_a_group_and_every_option_is_documented() -> None:
    from labeling.commands.main import main

    page = _read("docs/commands.md")
    missing = []
    for name, command in main.commands.items():
        inner = getattr(command, "commands", {})
        missing += [f"{name} {each}" for each in inner if f"### saywhen {name} {each}\n" not in page]
        for each in (command, *inner.values()):
            options = (option for parameter in each.params for option in parameter.opts if option.startswith("--"))
            missing += [f"{name} {option}" for option in options if option not in page]
    assert missing == []


@pytest.mark.parametrize("title", [page.title for page in navigation.PAGES])
def test_every_page_is_documented_and_opened_in_a_browser_test(title: str) -> None:
    prose = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "CHANGELOG.md")
    named = re.search(rf"\*\*{title}\*\*|the {title} page|“{title}”", prose, re.IGNORECASE)
    assert named, f"write about the page {title} in docs/"
    tests = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("test_*.py")}
    visits = [
        name
        for name, source in tests.items()
        if re.search(rf'visit\(\w+, "{title}"|name="{title}"|["/]{_url(title)}\b', source)
    ]
    assert visits, f"add to tests/browser/test_pages.py what people do on the page {title}"


def _url(title: str) -> str:
    return next(page.url for page in navigation.PAGES if page.title == title) or "(?!)"


def test_every_shortcut_is_documented_with_its_title() -> None:
    page = _read("docs/annotating.md").split("<!-- generated: keys -->")[1].split("<!-- end -->")[0]
    assert [each.command for each in shortcuts.COMMANDS.values() if f"| {each.title} |" not in page] == []


#: Pages that tell programmers where things are.
MAPS = (
    "CONTRIBUTING.md",
    "docs/architecture.md",
    *(f"docs/decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("*.md")),
)


@pytest.mark.parametrize("page", MAPS)
def test_files_and_folders_that_programmers_are_led_to_exist(page: str) -> None:
    named = re.findall(r"`([\w./-]+(?:\.(?:py|js|json|md|toml)|/))`", _read(page))
    homes = (ROOT, ROOT / "labeling", ROOT / "labeling" / "ui" / "component")
    lost = [name for name in named if "/" in name or name.endswith(".md")]
    assert [name for name in lost if not any((home / name).exists() for home in homes)] == []


def test_every_target_of_make_that_the_documentation_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _read("Makefile"), re.MULTILINE))
    named = {
        name
        for page in PAGES
        for name in re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert named - targets == set()
    assert {"run", "test", "bench", "docs", "pictures"} <= named


def test_every_decision_has_its_place_in_the_list_and_the_four_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert len(pages) >= 8
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert f"[{text.splitlines()[0].removeprefix('# ')}]({path.name})" in index
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "What it costs",
            "When to reconsider",
        ]


def test_the_architecture_has_every_layer() -> None:
    page = _read("docs/architecture.md")
    layers = {
        path.stem
        for path in (ROOT / "labeling").iterdir()
        if path.stem not in ("__init__", "__main__", "__pycache__", "py")
    }
    assert [layer for layer in sorted(layers) if f"`{layer}`" not in page and f"`{layer}/`" not in page] == []
