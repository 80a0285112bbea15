"""The shape of the house: the core is pure, imports point one way, files name nothing they must not."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: The folders of `labeling/`, from the ground up: a module imports from its own folder and from those before it.
LAYERS = [
    "errors", "quantities", "audit", "permissions", "accounts", "extras", "dates", "language", "schema", "annotation", "suggestions", "agreement", "adjudication", "dataset", "stories", "registries", "formats",
    "assignment", "charts", "sample", "store", "services", "project", "web", "ui", "commands", "__main__",
]  # fmt: skip
#: Layers that do no input or output; formats read files, charts start the program that draws.
PURE = {
    "errors",
    "quantities",
    "audit",
    "permissions",
    "accounts",
    "dates",
    "language",
    "schema",
    "annotation",
    "suggestions",
    "agreement",
    "adjudication",
    "dataset",
    "stories",
    "registries",
    "assignment",
}
_CIRCLE = {"dates.one": "two", "dates.two": "three", "dates.three": "one"}
#: Libraries that belong to some layers only.
OWNERS = {"streamlit": {"ui", "web"}, "sqlite3": {"store"}, "sqlite_utils": {"store"}}
#: What does input and output, says the time or draws lots. The label set is read from a file by `schema.load`.
IMPURE = {
    "streamlit",
    "sqlite3",
    "sqlite_utils",
    "fastapi",
    "starlette",
    "uvicorn",
    "time",
    "random",
    "secrets",
    "socket",
    "os",
    "subprocess",
    "click",
    "pandas",
    "requests",
    "urllib",
}  # fmt: skip


@cache
def _modules() -> dict[str, frozenset[str]]:
    """Return our modules by their dotted name below `labeling`, a folder by its own, and what each imports."""
    house = ROOT / "labeling"
    return {
        ".".join(path.relative_to(house).with_suffix("").parts).removesuffix(".__init__"): _imports(
            path.read_text("utf-8")
        )
        for path in sorted(house.rglob("*.py"))
    }


@cache
def _parsed(source: str) -> ast.Module:
    """Return the tree of a module; several tests look at each."""
    return ast.parse(source)


def _imports(source: str) -> frozenset[str]:
    """Return what a module imports, dotted, wherever in it the import stands: modules, and names out of modules."""
    found: set[str] = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written with their whole name, so that this test sees where they point"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def _arrows(modules: dict[str, frozenset[str]]) -> dict[str, set[str]]:
    """Return the modules that each module imports, of those that there are."""
    arrows: dict[str, set[str]] = {}
    for own, imports in modules.items():
        arrows[own] = set()
        for name in imports:
            inside = name.removeprefix("labeling.") if name.startswith("labeling.") else ""
            while inside and inside not in modules:
                inside = inside.rpartition(".")[0]
            if inside and inside != own:
                arrows[own].add(inside)
    return arrows


def _upward(arrows: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the imports that point from a layer to one above it."""
    rank = {layer: at for at, layer in enumerate(LAYERS)}
    return [
        (own, other)
        for own, others in arrows.items()
        for other in sorted(others)
        if own != "__init__" and rank[other.partition(".")[0]] > rank[own.partition(".")[0]]
    ]


def _circle(arrows: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, if there are any."""
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module not in done:
            for other in sorted(arrows[module]):
                if found := walk(other, [*way, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in arrows if (found := walk(module, []))), [])


def test_each_folder_is_a_layer() -> None:
    assert {name.partition(".")[0] for name in _modules()} - {"__init__"} == set(LAYERS)


def test_imports_point_downward_and_never_in_a_circle() -> None:
    arrows = _arrows(_modules())
    assert _upward(arrows) == []
    assert _circle(arrows) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("schema.model", "from labeling.annotation.ops import Op"),
        ("dates.edtf", "import labeling.web.api"),
        ("store.project", "def late():\n    from labeling import services"),
        ("annotation.ops", "from labeling.ui import pages"),
    ],
)
def test_a_planted_upward_import_is_found(module: str, line: str) -> None:
    planted = {**_modules(), module: _modules()[module] | _imports(line)}
    assert [own for own, _ in _upward(_arrows(planted))] == [module]


def test_a_circle_inside_a_layer_is_found() -> None:
    modules = {
        name: _imports(f"def late():\n    from labeling.dates import {other}") for name, other in _CIRCLE.items()
    }
    assert _circle(_arrows(modules)) == [*_CIRCLE, "dates.one"]


@pytest.mark.parametrize("layer", sorted(PURE))
def test_the_core_does_no_input_or_output(layer: str) -> None:
    modules = {name: _libraries(imports) for name, imports in _modules().items() if name.partition(".")[0] == layer}
    assert modules
    assert {name: libraries & IMPURE for name, libraries in modules.items() if libraries & IMPURE} == {}


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_a_library_stays_in_its_layers(library: str) -> None:
    users = {name.partition(".")[0] for name, imports in _modules().items() if library in _libraries(imports)}
    assert users and users <= OWNERS[library]


def _libraries(imports: frozenset[str]) -> set[str]:
    return {name.split(".")[0] for name in imports}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Put together here, so that this file does not name them either.
    folders = [f"/{name}/" for name in ("root", "work", "farm")]
    forbidden = re.compile("|".join([*folders, "python" + "hosted", "npm" + "js", "pypi" + r"\.org"]))
    named = [
        path.relative_to(ROOT)
        for path in _tracked()
        if path.suffix not in (".png", ".jpg") and forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_locked_requirements_pin_one_version_each_and_name_no_host() -> None:
    for path in sorted(ROOT.glob("requirements*.txt")):
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        assert lines
        assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+", line)] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


#: Modules that may be longer than `_MOST_LINES`, each with the reason.
_LONG = {
    "labeling/store/migrations.py": "migrations are appended, never edited or divided",
}
_MOST_LINES = 400


def _long(files: dict[str, int]) -> list[str]:
    """Return the modules with more lines than there may be."""
    return sorted(name for name, lines in files.items() if lines > _MOST_LINES and name not in _LONG)


def test_no_module_is_longer_than_a_reader_can_keep_in_mind() -> None:
    house = ROOT / "labeling"
    files = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in house.rglob("*")
        if path.suffix in (".py", ".js")
    }
    assert _long(files) == []
    assert [name for name in _LONG if files.get(name, 0) <= _MOST_LINES] == [], (
        "an exception that is not needed any more"
    )


def test_a_module_that_is_too_long_is_named() -> None:
    assert _long({"labeling/one.py": 401, "labeling/two.js": 400, "labeling/store/migrations.py": 900}) == [
        "labeling/one.py"
    ]


#: Functions that may be longer than `_MOST_FUNCTION_LINES`, each with the reason.
_LONG_FUNCTIONS = {
    "labeling/store/migrations.py:m001_project": "the first tables, which no later change may edit",
}
_MOST_FUNCTION_LINES = 80


def _long_functions(sources: dict[str, str]) -> list[str]:
    """Return the functions of these modules that are longer than they may be, without decorators."""
    return sorted(
        f"{path}:{node.name}"
        for path, source in sources.items()
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > _MOST_FUNCTION_LINES
    )


@cache
def _sources() -> dict[str, str]:
    """Return the source of each of our Python modules, by its path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted((ROOT / "labeling").rglob("*.py"))
    }


def test_no_function_is_longer_than_a_screen_or_two() -> None:
    assert _long_functions(_sources()) == sorted(_LONG_FUNCTIONS), "divide it, or name it above with the reason"


def test_a_function_that_is_too_long_is_named() -> None:
    lines = "    pass\n"
    source = f"def fits():\n{lines * 79}\nclass It:\n  async def long(self):\n{lines * 80}"
    assert _long_functions({"labeling/one.py": source}) == ["labeling/one.py:long"]


#: Public classes that share a name, each with the reason. (A noun of the store's contract has the name of what implements it.)
_NAMESAKES = {
    "ClassedWords": "a paragraph's words by the classes of English, and by those of German",
    "ContentClause": "what is said in English, and in German",
    "Cue": "a cue of English, and one of German, whose verbs come apart",
    "Comment": "the op that comments, and the comment that it leaves in the state",
    "Project": "the project as notebooks see it, and what the store's contract says that one answers",
}
_CONTRACT = "labeling/store/contract"


def _namesakes(sources: dict[str, str]) -> dict[str, list[str]]:
    """Return the public classes that several modules define, by name, but for a contract's and its implementation's."""
    homes: dict[str, list[str]] = {}
    for path, source in sources.items():
        for node in _parsed(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path)
    return {
        name: paths
        for name, paths in homes.items()
        if len(paths) > 1
        and not (
            len(paths) == 2
            and any(path.startswith(_CONTRACT) for path in paths)
            and all(path.startswith("labeling/store/") for path in paths)
        )
    }


def test_no_class_name_stands_for_two_things() -> None:
    assert sorted(_namesakes(_sources())) == sorted(_NAMESAKES), "rename one, or name them above with the reason"


def test_two_classes_with_one_name_are_found() -> None:
    one, other = "class Noun: ...\nclass _Own: ...", "class Noun: ...\nclass _Own: ..."
    assert _namesakes({"labeling/dates/one.py": one, "labeling/schema/two.py": other}) == {
        "Noun": ["labeling/dates/one.py", "labeling/schema/two.py"]
    }
    assert _namesakes({_CONTRACT: one, "labeling/store/two.py": other}) == {}


#: Names of public functions that several modules of a folder define, each with what is the same about them.
_SAME_ROLES = {
    ("agreement", "alpha"): "a coefficient alpha from counts",
    ("agreement", "count"): "an article's contribution to the figures of the module",
    ("agreement", "read"): "an annotator's spans, prepared for `count`",
    ("commands", "show"): "a command that shows what its group is about",
    ("commands", "token"): "a command that prints a token: of a project, and of its accounts",
    ("dates", "direction"): "which way a date points, in a language",
    ("formats", "read"): "the reader of a format",
    ("formats", "write"): "the writer of a format",
    ("language", "cues"): "the cues of a language",
    ("language", "dates"): "the date expressions of a language",
    ("language", "kind_of"): "what a noun phrase of a language is",
    ("language", "lead"): "the word that a date of a language hangs on",
    ("language", "name_of"): "the full name in a noun phrase of a language",
    ("language", "names"): "the proper names of a language",
    ("language", "speaker_of"): "who speaks at a cue of a language",
    ("language", "propose"): "what a language proposes in a paragraph, and all of them in an article",
    ("schema", "parse"): "a value read from text: a number, and a label set",
    ("suggestions", "features"): "what a model knows of a candidate",
    ("services", "silent"): "what hears of progress and shows nothing",
    ("services", "state"): "a key for the state of what is cached",
}


def _shared_functions(sources: dict[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return the modules of each public function that several modules of a folder of `labeling/` define, by folder and name."""
    homes: dict[tuple[str, str], list[str]] = {}
    for path, source in sources.items():
        folder = path.split("/")[1]
        for node in _parsed(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                homes.setdefault((folder, node.name), []).append(path)
    return {key: paths for key, paths in homes.items() if len(paths) > 1}


def test_no_function_name_stands_for_two_things_in_a_folder() -> None:
    found = _shared_functions(_sources())
    assert sorted(found.keys() - _SAME_ROLES.keys()) == [], "rename one, or say above what is the same about them"
    assert sorted(_SAME_ROLES.keys() - found.keys()) == [], "no longer shared"


def test_two_functions_with_one_name_in_a_folder_are_found() -> None:
    one = "def keep(): ...\ndef _own(): ..."
    assert _shared_functions(
        {"labeling/store/one.py": one, "labeling/store/below/two.py": one, "labeling/ui/it.py": one}
    ) == {("store", "keep"): ["labeling/store/one.py", "labeling/store/below/two.py"]}
