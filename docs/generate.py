"""Writes the parts of the documentation that are taken from the program: commands, HTTP API, keys, formats, permissions.

`make docs` writes them, and a test checks that the committed files are up to date.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tools

from labeling import schema
from labeling.commands.main import main as cli
from labeling.formats.registry import FORMATS
from labeling.permissions import Action, Role, may

_KEYS = """\
import { Keymap } from "./labeling/ui/component/keymap.js";
import { Schema } from "./labeling/ui/component/schema.js";
const schema = new Schema(JSON.parse(process.argv[1]));
console.log(JSON.stringify(new Keymap(schema).describe(schema)));
"""


def commands() -> str:
    """Return the command reference, from the program's own help."""
    parts = [
        "# Commands",
        "",
        "This page lists all commands and their options, as `saywhen COMMAND --help` prints them (`make docs` writes it).",
        "",
        _help(cli, "saywhen"),
    ]
    for name, command in cli.commands.items():
        parts += ["", f"## saywhen {name}", "", _help(command, f"saywhen {name}")]
        for inner, part in getattr(command, "commands", {}).items():
            parts += ["", f"### saywhen {name} {inner}", "", _help(part, f"saywhen {name} {inner}")]
    return "\n".join(parts) + "\n"


def http() -> str:
    """Return the HTTP reference, from the OpenAPI description."""
    from labeling.web.api import build_api

    api = build_api(lambda: None, lambda: None, lambda: None, ROOT).openapi()  # type: ignore[arg-type,return-value]
    parts = [
        "# HTTP API",
        "",
        api["info"]["description"].strip(),
        "",
        "`make docs` writes this page from the API's OpenAPI description, which a running server returns as `/api/openapi.json`.",
    ]
    for path, methods in api["paths"].items():
        for method, route in methods.items():
            parts += ["", f"## {method.upper()} /api{path}", "", route["summary"] + "."]
            rows = [
                f"| `{each['name']}` | {each['in']} | {'required' if each['required'] else 'optional'} | {each['description']} |"
                for each in route.get("parameters", ())
                if each["in"] != "header"
            ]
            if rows:
                parts += ["", "| parameter | in | | |", "|---|---|---|---|", *rows]
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in body:
                shape = api["components"]["schemas"][body["$ref"].rpartition("/")[2]]
                parts += ["", "| field of the body | |", "|---|---|"]
                parts += [f"| `{name}` | {_field(value)} |" for name, value in shape["properties"].items()]
    steps = ("Decide", "Undo", "SetPolicy")
    for title, lead, mine in (
        ("Operations", "These are the kinds of `ops` in `POST /api/articles/{article}/ops`", False),
        ("Steps", "These are the kinds of `steps` in `POST /api/review/steps`", True),
    ):
        parts += ["", f"## {title}", "", f"{lead}. Each also has a `number`, which the client counts from 1.", ""]
        parts += ["| kind | | fields |", "|---|---|---|"]
        for name, shape in api["components"]["schemas"].items():
            kind = shape.get("properties", {}).get("kind", {}).get("const")
            if kind and (name in steps) == mine:
                fields = ", ".join(f"`{field}`" for field in shape["properties"] if field not in ("kind", "number"))
                parts.append(f"| `{kind}` | {shape['description'].splitlines()[0]} | {fields or '—'} |")
    return "\n".join(parts) + "\n"


def keys() -> str:
    """Return the table of keys of the default label set, from the browser component's own keymap."""
    news = schema.load(schema.SCHEMAS / "news.yaml").as_json()
    command = [*tools.node(), "--input-type=module", "--eval", _KEYS, json.dumps(news)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    parts = ["| key | |", "|---|---|"]
    for group in json.loads(done.stdout):
        parts.append(f"| **{group['group']}** | |")
        parts += [f"| {_key(each['key'])} | {each['title']} |" for each in group["keys"]]
    return "\n".join(parts)


def formats() -> str:
    """Return the table of annotated formats, from the registry; raises LookupError for one without a section of its own."""
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    parts = ["| name | format | file | writes | reads |", "|---|---|---|---|---|"]
    for each in FORMATS.values():
        if each.name == "jsonl":
            section = "data-format.md"
        else:
            word = each.title.split()[0]
            found = next((heading for heading in headings if heading.startswith(word)), None)
            if found is None:
                raise LookupError(
                    f"docs/formats.md has no section that starts with “{word}”, for the format {each.name}"
                )
            section = f"#{re.sub(r'[^a-z0-9 -]', '', found.lower()).replace(' ', '-')}"
        file = f"`{each.suffix}`" if each.suffix else "folder"
        needs = f", with the extra `{each.extra}`" if each.extra else ""
        parts.append(
            f"| `{each.name}` | [{each.title}]({section}) | {file} | yes{needs} | {'yes' if each.read else 'no'}{needs if each.read else ''} |"
        )
    return "\n".join(parts)


def permissions() -> str:
    """Return the table of what each role can see and do, but for what only commands do."""
    roles = {"annotator": Role.ANNOTATOR, "reviewer": Role.REVIEWER, "lead": Role.LEAD, "no lead yet": Role.FOUNDER}
    parts = [f"| | {' | '.join(roles)} |", "|---|" + ":---:|" * len(roles)]
    for action in Action:
        ticks = ["✓" if may({role}, action) else "" for role in roles.values()]
        if any(ticks):
            parts.append(f"| {action.value} | {' | '.join(ticks)} |")
    return "\n".join(parts)


def generated() -> dict[Path, str]:
    """Return every file with generated parts and its text as it should be."""
    return {
        ROOT / "docs" / "commands.md": commands(),
        ROOT / "docs" / "http.md": http(),
        ROOT / "docs" / "annotating.md": _filled("annotating.md", "keys", keys()),
        ROOT / "docs" / "formats.md": _filled("formats.md", "formats", formats()),
        ROOT / "docs" / "leading.md": _filled("leading.md", "permissions", permissions()),
    }


def _filled(page: str, part: str, content: str) -> str:
    """Return a page with its generated part replaced."""
    head, rest = (ROOT / "docs" / page).read_text(encoding="utf-8").split(f"<!-- generated: {part} -->\n")
    return f"{head}<!-- generated: {part} -->\n{content}\n{rest[rest.index('<!-- end -->') :]}"


def _help(command: click.Command, name: str) -> str:
    # A fixed width, so that the text does not depend on the terminal.
    settings = {**cli.context_settings, "max_content_width": 100}
    context = click.Context(command, info_name=name, terminal_width=100, **settings)
    return f"```text\n{command.get_help(context)}\n```"


def _field(value: dict[str, Any]) -> str:
    return str(value["description"])


def _key(shown: str) -> str:
    return f"`{shown}`" if "`" not in shown else f"`` {shown} ``"


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
