"""The join that makes one file of the browser's modules: what it joins runs, what it can't join it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tools

from labeling.ui import component
from labeling.ui.component.join import JoinError, join

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "labeling" / "ui" / "component"

ORDER = {
    "main.js": 'import { sum } from "./sum.js";\nimport {\n  base,\n} from "./lib/base.js";\n\nexport default function mount() {\n'
    "  return sum(base, 1);\n}\n",
    "sum.js": '// adds\nimport { base } from "./lib/base.js"\nexport const sum = (a, b) => a + b * base\n',
    "lib/base.js": 'import { zero } from "../zero.js";\nexport let base = zero + 2;\nexport function* steps() {}\n'
    "export async function later() {}\nexport class Base {}\n(() => {})();\n",
    "zero.js": "export const zero = 0;",
}


def _join(modules: dict[str, str]) -> str:
    return join("main.js", modules.__getitem__)


def test_modules_are_joined_after_those_they_import_and_run() -> None:
    joined = _join(ORDER)
    assert joined.index("zero = 0") < joined.index("class Base") < joined.index("// adds") < joined.index("mount")
    assert _node(f"{joined}\nconsole.log(mount());") == "4"


# fmt: off
#: What is planted in main.js, beside other.js that exports `a` and `make`, and the line and reason of its refusal.
REFUSED = {
    "an alias": ('import { a as b } from "./other.js";', 1, "keeps the name"),
    "an alias after a name": ('import { make, a as b } from "./other.js";', 1, "keeps the name"),
    "an alias over lines": ('\nimport {\n  make,\n  a\n  as\n  b,\n} from "./other.js";', 2, "keeps the name"),
    "an alias after a comment": ('import { /* */ a /* } from */ as b } from "./other.js";', 1, "keeps the name"),
    "a name in quotes": ('import { "a" as b } from "./other.js";', 1, "keeps the name"),
    "a default import": ('import other from "./other.js";', 1, "this form of import"),
    "a default by its name": ('import { default as other } from "./other.js";', 1, "keeps the name"),
    "a default and names": ('import other, { a } from "./other.js";', 1, "this form of import"),
    "a namespace": ('import * as other from "./other.js";', 1, "this form of import"),
    "a namespace without spaces": ('import*as other from"./other.js";', 1, "this form of import"),
    "a default and a namespace": ('import other, * as all from "./other.js";', 1, "this form of import"),
    "an import for its effects": ('import "./other.js";', 1, "this form of import"),
    "an import in single quotes for its effects": ("import'./other.js'", 1, "this form of import"),
    "a deferred namespace": ('import defer * as other from "./other.js";', 1, "this form of import"),
    "a source import": ('import source a from "./other.js";', 1, "this form of import"),
    "attributes": ('import { a } from "./other.js" with { type: "json" };', 1, "nothing may follow"),
    "attributes on the next line": ('import { a } from "./other.js"\nwith { type: "json" };', 1, "nothing may follow"),
    "code after an import": ('import { a } from "./other.js"; a();', 1, "nothing may follow"),
    "an import after code": ('a(); import { b } from "./other.js";', 1, "doesn't export “b”"),
    "an import after a line separator": ('// \u2028import other from "./other.js";', 1, "this form of import"),
    "an import after a byte order mark": ('\ufeffimport other from "./other.js";', 1, "this form of import"),
    "an import after a number": ('1.\nimport other from "./other.js";', 2, "this form of import"),
    "an import after a regular expression": ('if (a) /"/.test(b);\nimport other from "./other.js"; /"/', 2, "this form"),
    "an import after a division": ('(a) / 2;\nimport other from "./other.js"; 1 / 2;', 2, "this form"),
    "an import after a template": ("`${`}`}`;\nimport other from './other.js';``", 2, "this form"),
    "an import after a string": ('"\\"";\nimport other from "./other.js"; "";', 2, "this form"),
    "a slash after a brace": ('{}\n/"/;\nimport other from "./other.js"; /"/;', 2, "use parentheses"),
    "a bare package": ('import { a } from "other";', 1, "only a file beside"),
    "an address": ('import { a } from "https://example.com/other.js";', 1, "only a file beside"),
    "a missing module": ('import { a } from "./missing.js";', 1, "there is no module missing.js"),
    "a name in escapes": ('\\u0069mport "./other.js";', 1, "can't read"),
    "a path in escapes": ('import { a } from "./\\u006fther.js";', 1, "there is no module"),
    "a name that isn't exported": ('import { a, own } from "./other.js";', 1, "other.js doesn't export “own”"),
    "a name of the importer": ('const b = 1;\nimport { b } from "./other.js";', 2, "doesn't export “b”"),
    "a name imported twice": ('import { a, a } from "./other.js";', 1, "“a” is imported twice"),
    "a name imported by two imports": ('import { a } from "./other.js";\nimport { a } from "./other.js";', 2, "twice"),
    "a dynamic import": ('const load = () => import("./other.js");', 1, "a dynamic import"),
    "a dynamic import in a template": ('const a2 = `${await import("./other.js")}`;', 1, "a dynamic import"),
    "a dynamic import with a comment": ('\nawait import /* */ ("./other.js");', 2, "a dynamic import"),
    "a dynamic deferred import": ('await import.defer("./other.js");', 1, "import.meta"),
    "import.meta": ("const here = import.meta.url;", 1, "import.meta"),
    "a default export of an imported module": ('import { c } from "./default.js";', 1, "only the entry"),
    "two default exports": ("export default 1;\nexport default 2;", 2, "two default exports"),
    "a list of exports": ("const b = 1;\nexport { b };", 2, "this form of export"),
    "exports renamed": ("const b = 1;\nexport { b as c };", 2, "this form of export"),
    "exports of another module": ('export { a } from "./other.js";', 1, "this form of export"),
    "all exports of another module": ('export * from "./other.js";', 1, "this form of export"),
    "another module as a namespace": ('export * as other from "./other.js";', 1, "this form of export"),
    "an exported pattern": ("export const { b, c } = {};", 1, "not a pattern"),
    "an exported list": ("export const [b, c] = [];", 1, "not a pattern"),
    "two names exported at once": ("export const b = 1,\n  c = 2;", 1, "one name"),
    "two names at once": ("let b, c;", 1, "one name"),
    "a top-level pattern": ("const { b } = {};", 1, "not a pattern"),
    "var": ("if (1) {\n  var b = 1;\n}", 2, "var"),
    "a function of two modules": ('import { a } from "./other.js";\nfunction make() {}', 2, "other.js"),
    "a class of two modules": ('import { a } from "./other.js";\n\nexport class make {}', 3, "other.js"),
    "a constant of two modules": ('import { a } from "./other.js";\nconst own = 1', 2, "other.js"),
    "a generator of two modules": ('import { a } from "./other.js";\nasync function* own() {}', 2, "other.js"),
    "a name that is declared twice": ("const b = 1;\nfunction b() {}", 2, "declared twice"),
    "a name that is imported and declared": ('import { a } from "./other.js";\nconst a = 1;', 2, "other.js"),
    "a module that imports itself": ('import { a } from "./main.js";', 1, "main.js → main.js"),
    "a comment without an end": ("\n/* never\n", 2, "the comment has no end"),
    "a string without an end": ('\nconst b = "never\n', 2, "the string has no end"),
    "a template without an end": ("\nconst b = `never ${1}\n", 2, "the template has no end"),
    "a bracket that isn't closed": ("function b() {", 1, "isn't closed"),
    "a bracket that closes nothing": ("\n}", 2, "has no opening bracket"),
    "a line for a shell": ("#!/usr/bin/env node\n", 1, "can't read"),
}
# fmt: on


@pytest.mark.parametrize("form", REFUSED)
def test_what_cannot_be_joined_is_refused_with_its_file_and_line(form: str) -> None:
    planted, line, reason = REFUSED[form]
    other = "export const a = 1;\nconst own = 2;\nexport function make() {}\n"
    default = "export const c = 1;\nexport default c;\n"
    with pytest.raises(JoinError) as refusal:
        _join({"main.js": planted, "other.js": other, "default.js": default})
    file = "default.js:2: " if "./default.js" in planted else f"main.js:{line}: "
    assert str(refusal.value).startswith(file)
    assert reason in str(refusal.value)


def test_a_circle_of_imports_is_refused_by_the_names_of_its_modules() -> None:
    modules = {
        "main.js": 'import { a } from "./a.js";',
        "a.js": 'import { b } from "./b.js";\nexport const a = 1;',
        "b.js": '\nimport { a } from "./a.js";\nexport const b = 1;',
    }
    with pytest.raises(JoinError, match=r"^b\.js:2: circular import: a\.js → b\.js → a\.js$"):
        _join(modules)


# fmt: off
#: What looks like an import or an export and is none.
TAKEN = {
    "a comment": '// import x from "./x.js"\n/* \nexport * from "./x.js" */',
    "a type": '/** @type {import("./x.js").X} */\nlet x;',
    "a string": "const x = \"import x from './x.js'\" + 'export default';",
    "a template": "const x = `\nimport x from './x.js';\n${`export default ${1}`}\nexport * from './x.js'`;",
    "a regular expression": 'const x = [/import "x"/, /[/"]/u, /\\/"/];\nconst y = 4 / 2; const z = "/";',
    "a regular expression after return": "const x = () => { return /`/; };",
    "a division": "const x = (1 + 2) / 3; const y = [1][0] / 2 / `3`; let z = 1; z++ / 2;",
    "a property": "const x = { import: 1, export: 2 }; x.import = x?.export; x.function = x.var;",
    "a local of the same name": "function x() { const y = 1, z = 2; return { y, z }; }\nfunction y() { function x() {} }",
    "a private name": "class X { #import = 1; get import_() { return this.#import; } }",
}
# fmt: on


@pytest.mark.parametrize("what", TAKEN)
def test_what_only_looks_like_an_import_or_an_export_is_kept(what: str) -> None:
    joined = _join({"main.js": TAKEN[what]})
    assert joined == TAKEN[what]
    _node(joined)


def test_the_component_consists_of_every_module_in_its_folder() -> None:
    read: list[str] = []

    def reading(name: str) -> str:
        read.append(name)
        return component.read_module(name)

    join(component.ENTRY, reading)
    assert sorted(read) == sorted(path.name for path in FOLDER.glob("*.js"))


def test_the_planner_of_the_effort_benchmark_is_joined_from_another_folder() -> None:
    joined = join("benchmarks/planner.js", lambda name: (ROOT / name).read_text(encoding="utf-8"))
    assert _node(f"{joined}\nconsole.log(typeof Planner);") == "function"


def test_the_style_consists_of_every_sheet_in_the_components_folder() -> None:
    assert sorted(component.STYLES) == sorted(path.stem for path in FOLDER.glob("*.css"))
    assert component.style().count("{") == component.style().count("}") > 100


#: Reads sources with TypeScript's parser: what each imports and exports, and which browser globals the joined names hide.
PARSER = """
import ts from "typescript";
import { readFileSync } from "node:fs";
const { joined, files } = JSON.parse(readFileSync(0, "utf8"));
const imports = [];
const exports = [];
const visit = (node) => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isMetaProperty(node)) imports.push(node.getText());
  if (node.kind === ts.SyntaxKind.ImportKeyword) imports.push(node.parent.getText());
  if (node.kind === ts.SyntaxKind.ExportKeyword || ts.isExportAssignment(node)) exports.push(node.parent.name?.text ?? "");
  ts.forEachChild(node, visit);
};
const source = ts.createSourceFile("joined.js", joined, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
visit(source);
const errors = source.parseDiagnostics.map(({ messageText }) => messageText);
const names = new Set(source.statements.flatMap((each) =>
  each.declarationList ? each.declarationList.declarations.map(({ name }) => name.text) : each.name ? [each.name.text] : []));
const program = ts.createProgram(files, { allowJs: true, noEmit: true, target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"] });
const checker = program.getTypeChecker();
const hidden = [];
const walk = (node) => {
  if (ts.isIdentifier(node) && names.has(node.text) && !(node.flags & ts.NodeFlags.JSDoc)) {
    const property = (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node;
    const found = property ? undefined : checker.getSymbolAtLocation(node)?.declarations ?? [];
    if (found?.some((each) => program.isSourceFileDefaultLibrary(each.getSourceFile()) && (ts.isSourceFile(each.parent) || ts.isVariableDeclarationList(each.parent))))
      hidden.push(`${node.getSourceFile().fileName.split("/").pop()}: ${node.text}`);
  }
  ts.forEachChild(node, walk);
};
for (const file of files) walk(program.getSourceFile(file));
console.log(JSON.stringify({ imports, exports, errors, hidden, names: names.size }));
"""


def test_the_joined_component_has_no_import_one_export_and_hides_no_global_that_a_module_uses() -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.js"))
    found = json.loads(_node(PARSER, json.dumps({"joined": component.script(), "files": files})))
    assert found.pop("names") > 100
    assert found == {"imports": [], "exports": ["mount"], "errors": [], "hidden": []}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_no_module_puts_markup_into_the_page_as_a_string(path: Path) -> None:
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
        assert name not in path.read_text(encoding="utf-8")


def _node(module: str, given: str = "") -> str:
    with TemporaryDirectory(dir=ROOT / "tests" / "js", prefix=".joined-") as folder:  # where “typescript” is found
        path = Path(folder) / "module.mjs"
        path.write_text(module, encoding="utf-8")
        run = subprocess.run([*tools.node(), str(path)], input=given, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
