"""Lists every string that a person reads, with its file and line.

    python docs/strings.py                  file, line, kind and text, separated by tabs
    python docs/strings.py labeling/ui      only the files below a folder
    python docs/strings.py --against REV    what each string was at a Git revision, and what it is now

Python is read with `ast`, JavaScript and CSS with a tokenizer, Markdown by paragraph, label sets as YAML. A string is listed
unless there is a reason to leave it out (it has no words, or it is SQL or a pattern), so that a new kind of message can't be
forgotten; see `tests/test_strings.py`.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from changes import changes
from javascript import HOLE, tokens
from prose import reads_as_prose

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class String:
    """A string that a person reads: where it is, what kind it is, and the function, section or key it belongs to."""

    file: str
    line: int
    kind: str
    text: str
    place: str = ""

    @property
    def shown(self) -> str:
        """The text on one line."""
        return re.sub(r"\s+", " ", self.text).strip()


def strings(root: Path = ROOT, below: str = "") -> list[String]:
    """Return every string that a person reads, in the order of files and lines."""
    found: list[String] = []
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if name.startswith(below):
            found += of_text(name, path.read_text(encoding="utf-8"))
    return found


def at_revision(revision: str) -> list[String]:
    """Return the strings of a Git revision."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        return strings(Path(folder))


def of_text(name: str, text: str) -> list[String]:
    """Return the strings of one file, given its path (which says what it is) and its text."""
    suffix = name.rpartition(".")[2]
    reader = {"py": _python, "js": _javascript, "css": _css, "md": _markdown, "yaml": _label_set, "json": _json}[suffix]
    return sorted(reader(name, text), key=lambda string: string.line)


def _files(root: Path) -> Iterator[Path]:
    for pattern in ("*.md", "docs/**/*.md", "docs/*.py", "schemas/*.yaml", "schemas/*.json", "labeling/**/*.json", "labeling/**/*.md", "labeling/**/*.yaml",
                    "labeling/**/*.py", "labeling/**/*.js", "labeling/**/*.css", "*.py", "examples/*.py",
                    "benchmarks/*.py", "benchmarks/*.js"):  # fmt: skip
        yield from sorted(path for path in root.glob(pattern) if "node_modules" not in path.parts)


# Python

#: Calls whose strings are read by the machine only.
_MACHINE = re.compile(
    r"^(re\.\w+|_?re|regex\.\w+|.*\.(execute|executescript|executemany|query|strftime|strptime|encode|decode|open|"
    r"read_text|write_text|getLogger|import_module|startswith|endswith|removeprefix|removesuffix|split|rsplit|partition|"
    r"rpartition|translate|count_where)|open|TypeVar|NewType|cast|namedtuple|getattr|setattr|hasattr|Path|frozenset\.__new__)$"
)
#: Calls that show each string given to them, also one of a single word.
_SHOWN = re.compile(
    r"^(st(\.sidebar)?\.\w+|click\.(echo|prompt|confirm|secho)|print|warn|warnings\.warn|count|plural|.*\.(echo|fail|write|button|title|caption|"
    r"toggle|selectbox|text_input|metric|header|subheader|radio|checkbox|column_config\.\w+))$"
)
_SHOWN_ARGUMENTS = {"help", "label", "title", "text", "placeholder", "caption", "summary", "description"}
_ERROR = re.compile(r"(Error|Exception|Refused|Refusal|Problem|Fault|Loss|Warning)$")
#: Files whose strings are words of a language to look for, not to show; what they raise is listed all the same.
_WORD_LISTS = re.compile(
    r"^labeling/(language/|dates/english/|dataset/folded_words\.py|dates/(grammar|tense|periods)\.py)"
)


class _Python(ast.NodeVisitor):
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[String] = []
        self.places: list[str] = []
        self.shown = False
        self.kinds = [_area_kind(name)]
        self.data = bool(_WORD_LISTS.match(name))

    def add(self, node: ast.AST, text: str, kind: str | None = None) -> None:
        self.found.append(String(self.name, node.lineno, kind or self.kinds[-1], text, ".".join(self.places)))  # type: ignore[attr-defined]

    def visit_Module(self, node: ast.Module) -> None:
        self.document(node)
        self.body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.places.append(node.name)
        self.document(node)
        self.body(node)
        self.places.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.places.append(node.name)
        command = any("command" in (name := ast.unparse(each)) or "group" in name for each in node.decorator_list)
        self.document(node, "help" if command else "docstring")
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        notes = [each.annotation for each in every if each.annotation and "Annotated" in ast.unparse(each.annotation)]
        for given in [*notes, *node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(given)
        self.body(node)
        self.places.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 (ast's name)

    def document(
        self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, kind: str = "docstring"
    ) -> None:
        if ast.get_docstring(node, clean=False) is not None:
            self.add(node.body[0], ast.get_docstring(node) or "", kind)

    def body(self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        start = 1 if ast.get_docstring(node, clean=False) is not None else 0
        for each in node.body[start:]:
            self.visit(each)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if "Annotated" in ast.unparse(node.annotation):
            self.visit(node.annotation)
        if node.value:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.kinds.append("error")
        self.generic_visit(node)
        self.kinds.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        if _MACHINE.match(name):
            for each in node.args:  # what such a call is made on or of may itself be shown
                if isinstance(each, ast.Call):
                    self.visit(each)
            if isinstance(node.func, ast.Attribute):
                self.visit(node.func.value)
            return
        if isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)
        kind = self.kinds[-1]
        if _ERROR.search(name):
            kind = "error"
        elif name.startswith("click.") and name != "click.echo":
            kind = "help"
        elif kind == "message" and name.startswith(("st.", "st_")):
            kind = "page"
        self.kinds.append(kind)
        before = self.shown
        for argument in node.args:
            self.shown = bool(_SHOWN.match(name) or _ERROR.search(name))
            self.visit(argument)
        for keyword in node.keywords:
            self.shown = keyword.arg in _SHOWN_ARGUMENTS
            if keyword.arg in ("summary", "description") and not name.startswith("click"):
                self.kinds.append("http")
                self.visit(keyword.value)
                self.kinds.pop()
            else:
                self.visit(keyword.value)
        self.shown = before
        self.kinds.pop()

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.consider(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.consider(node, _flat(node))
        self.holes(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        text = _flat(node)
        if isinstance(node.op, ast.Add) and text.replace(HOLE, ""):
            self.consider(node, text)
            self.holes(node)
        else:
            self.generic_visit(node)

    def holes(self, node: ast.AST) -> None:
        """Visit the expressions within a string, for strings of their own."""
        if isinstance(node, ast.JoinedStr):
            for each in node.values:
                if isinstance(each, ast.FormattedValue):
                    self.visit(each.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            self.holes(node.left)
            self.holes(node.right)
        elif not isinstance(node, ast.Constant):
            self.visit(node)

    def consider(self, node: ast.expr, text: str) -> None:
        if self.data and self.kinds[-1] != "error":
            return
        if reads_as_prose(text) or (self.shown and re.search(r"[^\W\d_]{2}", text.replace(HOLE, ""))):
            self.add(node, text)


def _flat(node: ast.AST) -> str:
    """Return a string expression as text, with a hole for each value."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else HOLE
    if isinstance(node, ast.JoinedStr):
        return "".join(_flat(each) for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _flat(node.left) + _flat(node.right)
    return HOLE


def _area_kind(name: str) -> str:
    if name.startswith("labeling/ui/"):
        return "page"
    if "/routes/" in name or name.endswith("api.py"):
        return "http"
    return "message"


def _python(name: str, text: str) -> list[String]:
    visitor = _Python(name)
    visitor.visit(ast.parse(text))
    return visitor.found


# JavaScript and CSS

_CODE_WORD = re.compile(
    r"^(Escape|Enter|Tab|Delete|Backspace|Home|End|Arrow\w+|Page\w+|Control|Shift|Alt|Meta|Ctrl|AltGraph|Insert|Space)$"
)


#: A tag of JSDoc with its type, and the name of what it is about.
_TYPE = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
_JSDOC = re.compile(rf"@(?:(?:param|property|typedef)(?: {_TYPE})?(?: \[?[\w.$]+\]?)?|\w+(?: {_TYPE})?)")


def _javascript(name: str, text: str) -> list[String]:
    found = []
    for kind, at, value in tokens(text):
        line = text.count("\n", 0, at) + 1
        if kind == "comment":
            words = re.sub(r"^\s*\*+ ?", "", _JSDOC.sub("", value), flags=re.MULTILINE).strip()
            if value.startswith("*") and len(words.split()) > 1:
                found.append(String(name, line, "docstring", words))
        elif (
            reads_as_prose(value)
            or re.search(r"(title|text|label|placeholder|say|hint)[\"']?(:|\() ?$", text[:at][-20:])
        ) and not (_CODE_WORD.match(value) or _is_code(value)):
            found.append(String(name, line, "script", value))
    return found


def _is_code(value: str) -> bool:
    """Return whether a JavaScript string is a class name, a selector or an attribute rather than words."""
    return bool(
        re.fullmatch(
            r"(\.?(sw-[\w-]*|\{…\}|\.)\s*)+|[#.\[].*|use strict|M ?\{…\}.*|.*\bsw-\w.*|[a-z]+ \{…\}px.*|(\{…\}(px|%|em)?[ ,]*)+",
            value.strip(),
        )
    )


def _css(name: str, text: str) -> list[String]:
    clean = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)
    return [
        String(name, clean.count("\n", 0, found.start()) + 1, "script", found.group(1))
        for found in re.finditer(r'content: *"((?:[^"\\]|\\.)*)"', clean)
        if re.search(r"[^\W\d_]{2}", found.group(1))
    ]


# Documentation and label sets


def _markdown(name: str, text: str) -> list[String]:
    found: list[String] = []
    heading, fence, block = "", False, []  # type: ignore[var-annotated]

    def close() -> None:
        if block:
            found.append(String(name, block[0][0], "docs", "\n".join(line for _, line in block), heading))
        block.clear()

    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            close()
            fence = not fence
        elif fence:
            if comment := re.search(r"(?:^|\s)# (.+)", line):
                found.append(String(name, number, "docs", comment.group(1), heading))
        elif not line.strip() or line.startswith("<!--"):
            close()
        elif line.startswith("#"):
            close()
            heading = line.lstrip("#").strip()
            found.append(String(name, number, "docs", heading, heading))
        else:
            if re.match(r"\s*([-*]|\d+\.) |\|", line):
                close()
            block.append((number, line.strip()))
    close()
    return found


#: Keys of a label set whose values are for the program.
_LABEL_SET_DATA = {"name", "hotkey", "color", "colour", "from", "to", "type", "derive", "registry", "key", "format"}


def _label_set(name: str, text: str) -> list[String]:
    found: list[String] = []

    def walk(node: yaml.Node, key: str, place: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key_node, value in node.value:
                walk(value, key_node.value, f"{place}.{key_node.value}".strip("."))
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                walk(value, key, place)
        elif isinstance(node, yaml.ScalarNode) and key not in _LABEL_SET_DATA and re.search(r"[^\W\d_]{2}", node.value):
            found.append(String(name, node.start_mark.line + 1, "label set", node.value, place))

    walk(yaml.compose(text, Loader=yaml.SafeLoader), "", "")
    for number, line in enumerate(text.splitlines(), 1):
        if comment := re.match(r"\s*# ?(.*\w.*)", line):
            found.append(String(name, number, "label set", comment.group(1)))
    return found


def _json(name: str, text: str) -> list[String]:
    """The titles and descriptions of a JSON file; what they describe is their place."""
    return [
        String(name, text.count("\n", 0, found.start()) + 1, "label set", json.loads(found.group(2)), found.group(1))
        for found in re.finditer(r'"(title|description|group)": *("(?:[^"\\]|\\.)*")', text)
    ]


def main() -> None:
    """Print the list, or what changed."""
    parser = argparse.ArgumentParser(description="List every string that a person reads.")
    parser.add_argument("below", nargs="?", default="", help="only files whose path begins so")
    parser.add_argument("--against", metavar="REV", help="show what each string was at a Git revision")
    given = parser.parse_args()
    if not given.against:
        for string in strings(below=given.below):
            print(string.file, string.line, string.kind, string.shown, sep="\t")
        return
    for old, new in changes(at_revision(given.against), strings()):
        where = new or old
        if where and where.file.startswith(given.below):
            print(
                f"- `{where.file}:{where.line}` {old.shown if old else '(new)'}\n  → {new.shown if new else '(gone)'}"
            )


if __name__ == "__main__":
    sys.exit(main())
