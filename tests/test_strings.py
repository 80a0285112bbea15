"""The list of what a person reads is complete: a planted string of every class is found, with its line."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
import tools

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))
_SPEC = importlib.util.spec_from_file_location("strings", ROOT / "docs" / "strings.py")
assert _SPEC and _SPEC.loader
strings = importlib.util.module_from_spec(_SPEC)
sys.modules["strings"] = strings
_SPEC.loader.exec_module(strings)

#: Path, source with one planted string, its kind, and the string as listed.
PLANTED = {
    "title of a page": ("labeling/ui/a.py", 'st.title("Articles")', "page", "Articles"),
    "label of a control, single word": ("labeling/ui/a.py", 'box.selectbox("outlet", names)', "page", "outlet"),
    "help of a control": ("labeling/ui/a.py", 'st.toggle("On", help="whatever")', "page", "whatever"),
    "string kept in a variable": ("labeling/ui/a.py", 'WORDS = "two words"', "page", "two words"),
    "column heading": ("labeling/ui/a.py", 'rows = [{"Reason": 1}]', "page", "Reason"),
    "default of a parameter": ("labeling/ui/a.py", 'def f(x="by default"): pass', "page", "by default"),
    "error": ("labeling/store/a.py", 'raise StoreError("locked")', "error", "locked"),
    "error of the standard library": ("labeling/store/a.py", 'raise ValueError(f"{x} is wrong")', "error", "{…} is wrong"),
    "error made but not raised": ("labeling/store/a.py", 'x = ArticleError("empty")', "error", "empty"),
    "error within a word list": ("labeling/language/english/a.py", 'raise ValueError("no word")', "error", "no word"),
    "warning": ("labeling/formats/a.py", 'warnings.warn("lossy")', "message", "lossy"),
    "loss": ("labeling/formats/a.py", 'LOSSES = {"x": ("links are lost",)}', "message", "links are lost"),
    "f-string": ("labeling/store/a.py", 'note = f"{n:,} articles of {total}"', "message", "{…} articles of {…}"),
    "string within an f-string": (
        "labeling/store/a.py", """note = f"{'nothing to do' if x else y}!" """, "message", "nothing to do",
    ),
    "added strings": ("labeling/store/a.py", 'note = "all of " + name', "message", "all of {…}"),
    "argument of a machine's call's call": (
        "labeling/store/a.py", 'open(say("this file"))', "message", "this file",
    ),
    "text that a method is called on": ("labeling/store/a.py", 'x = "{} of {}".format(a, b)', "message", "{} of {}"),
    "printed word": ("labeling/commands/a.py", 'click.echo("done")', "message", "done"),
    "help of an option": ("labeling/commands/a.py", 'click.option("--by", help="Who.")', "help", "Who."),
    "question": ("labeling/commands/a.py", 'click.confirm("Go on?")', "help", "Go on?"),
    "help of a command": ("labeling/commands/a.py", '@group.command("x")\ndef f():\n    """Do it."""', "help", "Do it."),
    "summary of a route": ("labeling/web/routes/a.py", '@api.get("/x", summary="Ask")\ndef f(): pass', "http", "Ask"),
    "description of a field": ("labeling/web/routes/a.py", 'x = Field(description="why")', "http", "why"),
    "description in an annotation": (
        "labeling/web/routes/a.py", 'class A:\n    x: Annotated[str, Field(description="why")]', "http", "why",
    ),
    "description of a parameter": (
        "labeling/web/routes/a.py", 'def f(x: Annotated[str, Query(description="which one")]) -> None: ...', "http", "which one",
    ),
    "docstring of a module": ("labeling/store/a.py", '"""All of it."""', "docstring", "All of it."),
    "docstring of a class": ("labeling/store/a.py", 'class A:\n    """A thing."""', "docstring", "A thing."),
    "docstring of a method": (
        "labeling/store/a.py", 'class A:\n    def f(self):\n        """Do it."""', "docstring", "Do it.",
    ),
    "JavaScript, double quotes": ("labeling/ui/component/a.js", 'say("two words")', "script", "two words"),
    "JavaScript, single quotes": ("labeling/ui/component/a.js", "say('two words')", "script", "two words"),
    "JavaScript, template": ("labeling/ui/component/a.js", "say(`${n} words`)", "script", "{…} words"),
    "JavaScript, within a template": (
        "labeling/ui/component/a.js", "say(`${n ? `${n} of ${m}` : 'no articles'}`)", "script", "no articles",
    ),
    "JavaScript, a word as title": ("labeling/ui/component/a.js", 'make("a", { title: "undo" })', "script", "undo"),
    "JavaScript, after a pattern with quotes": (
        "labeling/ui/component/a.js", """x = /["'`]/.test(y) ? "two words" : z""", "script", "two words",
    ),
    "JavaScript, a comment that documents": ("labeling/ui/component/a.js", "/** Two words. */", "docstring", "Two words."),
    "CSS": ("labeling/ui/component/a.css", 'a::after { content: "new"; }', "script", "new"),
    "paragraph": ("docs/a.md", "One line\nand another.", "docs", "One line and another."),
    "heading": ("docs/a.md", "## Word", "docs", "Word"),
    "item of a list": ("docs/a.md", "Before:\n- the item", "docs", "- the item"),
    "row of a table": ("docs/a.md", "| a | b |", "docs", "| a | b |"),
    "comment in an example": ("docs/a.md", "```sh\nsaywhen  # in the shell\n```", "docs", "in the shell"),
    "label of a label set": ("schemas/a.yaml", "labels:\n  quote:\n    title: Quote", "label set", "Quote"),
    "guidelines of a label set": ("schemas/a.yaml", "guidelines: |\n  Do it.", "label set", "Do it."),
    "title of a command": ("labeling/a.json", '[{"keys": ["x"], "title": "remove it"}]', "label set", "remove it"),
    "description in a JSON Schema": ("schemas/a.json", '{"a": {"description": "Do \\"it\\"."}}', "label set", 'Do "it".'),
    "comment in a label set": ("schemas/a.yaml", "a: b\n# Do it.", "label set", "Do it."),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_string_of_every_class_is_listed_once_with_its_line(case: str) -> None:
    name, source, kind, text = PLANTED[case]
    found = strings.of_text(name, "\n\n" + source if not name.endswith(".yaml") else source)
    same = [(string.kind, string.shown) for string in found if string.shown == text]
    assert same == [(kind, text)]
    line = next(string.line for string in found if string.shown == text)
    shown = ("\n\n" + source if not name.endswith(".yaml") else source).splitlines()
    first = text.replace("{…}", "").split()[0]
    assert any(first in row for row in shown[line - 1 : line + 1])


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("labeling/store/a.py", 'run("SELECT id FROM op WHERE number = ?")'),
        ("labeling/store/a.py", 're.compile("Two words")'),
        ("labeling/store/a.py", 'x = row["Name"]'),
        ("labeling/store/a.py", 'def f(x: "Two Words") -> "Other Words": pass'),
        ("labeling/language/english/a.py", 'TITLES = "mr mrs ms"'),
        ("labeling/ui/component/a.js", 'make("i", { class: "sw-mark sw-active" })'),
        ("labeling/ui/component/a.js", "// two words"),
        ("docs/a.md", "```sh\nsaywhen serve\n```"),
    ],
)
def test_what_only_the_program_reads_is_not_listed(name: str, source: str) -> None:
    assert strings.of_text(name, source) == []


def test_every_file_of_the_repository_that_has_words_for_people_is_read() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    wanted = {
        name
        for name in tracked
        if name.endswith((".py", ".js", ".css", ".md", ".yaml", ".json"))
        and name not in ("package.json", "package-lock.json", "jsconfig.json")
        and not name.startswith(("tests/", "exports/", "deploy/", "."))
    }
    assert wanted <= {path.relative_to(ROOT).as_posix() for path in strings._files(ROOT)}


_TYPESCRIPT = """
import fs from "fs";
import ts from "ROOT/node_modules/typescript/lib/typescript.js";
for (const name of process.argv.slice(1)) {
  const source = ts.createSourceFile(name, fs.readFileSync(name, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found = [];
  const walk = (node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node)) found.push(node.head.text + node.templateSpans.map((span) => "{…}" + span.literal.text).join(""));
    ts.forEachChild(node, walk);
  };
  walk(source);
  console.log(JSON.stringify(found));
}
"""


def test_the_strings_of_every_javascript_module_are_those_that_typescript_finds() -> None:
    modules = sorted([*ROOT.glob("labeling/ui/component/**/*.js"), *ROOT.glob("tests/js/*.js")])
    command = [
        *tools.node(),
        "--input-type=module",
        "--eval",
        _TYPESCRIPT.replace("ROOT", str(ROOT)),
        *map(str, modules),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    for module, found in zip(modules, done.stdout.strip().split("\n"), strict=True):
        mine = [text for kind, _, text in strings.tokens(module.read_text(encoding="utf-8")) if kind == "string"]
        assert sorted(mine) == sorted(json.loads(found)), module.name


def test_what_changed_is_paired_with_what_it_was() -> None:
    def listed(*lines: str) -> list[object]:
        return strings.of_text("labeling/commands/a.py", "\n".join(f"print({line!r})" for line in lines))

    old = listed("1 article was taken in", "the same as ever", "gone for good")
    new = listed("the same as ever", "1 article was imported", "quite another thing")
    pairs = {(a and a.shown, b and b.shown) for a, b in strings.changes(old, new)}
    assert ("1 article was taken in", "1 article was imported") in pairs
    assert all("the same as ever" not in pair for pair in pairs)
    assert len([pair for pair in pairs if pair[0]]) == 2
    assert len([pair for pair in pairs if pair[1]]) == 2
