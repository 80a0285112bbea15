"""What a person reads uses one word for each thing: no retired word and no guillemet, in strings, docs, docstrings and comments."""

from __future__ import annotations

import functools
import io
import re
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import strings
from javascript import tokens

#: Retired words, each with the word to use instead.
RETIRED = {
    r"hand(s|ed|ing)? (it |them |this |an article |articles )?in": "submit",
    r"hands? over|hand(ed|ing) over": "reassign",
    r"(held|holds?|holding) \w+ against|held against": "compare with",
    r"there already|already there": "duplicate, or: already exists",
    r"left out": "not imported, excluded, omitted",
    r"told|tell(s|ing)?(?! you\b| (\w+ )?apart\b)": "show, list, report, say",
    r"(some|no|any|every)body": "someone, no one, anyone, everyone; or a person, people",
    r"tak(e|es|en|ing) (it |them )?in|took (it |them )?in": "import, accept",
    r"(bring|brings|bringing|brought) (it |them )?in": "import",
    r"(give|gives|given|giving|gave) out": "assign",
    r"kept (ready|at hand)|keeps? (\w+ )?(ready|at hand)": "cache",
    r"settl(e|es|ed|ing)|unsettled": "resolve, resolved, unresolved",
    r"(annotators?|people|they|two|what (\w+ )+)(differ|differs) in": "disagree on",
    r"who (this|that|it|he|she|somebody) is": "entity, entry",
    r"faults?": "error",
    r"begun|also begun": "started, in progress",
    r"anew": "again, newly",
    r"meant alike": "aligned",
    r"(a|the|this|that|each|every|no|one|its|active|new|same|selected|other|any|which|next|previous|first|last) mark": "span",
    r"(?<!quotation )(?<!question )(?<!exclamation )(?<!vowel )(?<!punctuation )marks(?= (are|were|that|of|in|or|and|on|with|per|by|an)\b|[.,;:)]|$)":
        "spans, or: quotation marks",
    r"waits? for (a|the|its) \w+ (vote|one)": "needs a second annotator",
    r"in sight": "visible",
    r"is wanting|lacking": "missing",
    r"at hand": "active, available",
    r"worked out": "computed, derived",
    r"gone on": "continued",
}  # fmt: skip
_RETIRED = {
    re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE): better for pattern, better in RETIRED.items()
}
#: All of them at once: most strings have none.
_ANY_RETIRED = re.compile(rf"(?<![\w-])(?:{'|'.join(RETIRED)})(?![\w-])", re.IGNORECASE)
_GUILLEMET = re.compile("[«»]")
#: British spellings; ours are American. Keys, values and options that have one keep it.
_BRITISH = re.compile(
    r"(?:(?:col|behavi|neighb|hon|fav|lab|rum|hum)our|(?:label|cancel|travel|model|signal|total)l(?:ed|ing)\b"
    r"|licence|centre|\bgrey|programme(?:s\b|\b)|judgement|catalogue|artefact|whilst\b"
    r"|(?:organ|recogn|normal|capital|token|anonym|maxim|minim|optim|summar|serial|initial|custom|general|random|util"
    r"|special|standard|categor|author|synchron|visual|real|final|character|priorit)is(?:e[ds]?|ing|ations?)\b"
    r"|analys(?:ed?|ing)\b|emphasis(?:e[ds]?|ing)\b)",
    re.IGNORECASE,
)

#: Strings that may have a retired word or a guillemet: file (or folder), a part of the string, and the reason.
ALLOWED: list[tuple[str, str, str]] = [
    ("schemas/news.yaml", "*told*", "an example of a cue"),
    ("labeling/dataset/refusals.py", "unsettled", "a value of the option --allow"),
    ("labeling/dataset/anonymous.py", "left out", "a value in dataset files"),
    ("labeling/formats/__init__.py", "Fault", "the name of a class"),
    ("labeling/store/migrations.py", "AS told", "SQL"),
    ("benchmarks/material.py", "|", "words that stories are made of"),
    ("schemas/news.yaml", "cancelled", "an option of the label set, which work holds"),
    ("labeling/store/datasette_metadata.py", "cancelled", "an option of the label set"),
    ("docs/stories.md", "*cancelled*", "an option of the label set"),
    ("labeling/services/label_set_draft.py", "colour:", "a key of label sets"),
]

#: All that people read, by area: a pattern of its files, and one of them.
AREAS = {
    "docs": (r"docs/(?!http|strings)[\w-]+\.md|docs/decisions/.*\.md", "docs/annotating.md"),
    "repository": (r"README\.md|CONTRIBUTING\.md|SECURITY\.md|CHANGELOG\.md", "README.md"),
    "label sets": (r"schemas/.*|labeling/schema/commands\.json", "schemas/news.yaml"),
    "pages": (r"labeling/ui/[\w/]+\.py", "labeling/ui/pages.py"),
    "JavaScript": (r"labeling/ui/.*\.(js|css)", "labeling/ui/component/card.js"),
    "command line": (r"labeling/(commands/\w+|__main__)\.py", "labeling/commands/main.py"),
    "services": (r"labeling/services/.*\.py", "labeling/services/backup.py"),
    "HTTP": (r"labeling/web/.*\.py|docs/http\.md", "labeling/web/server.py"),
    "formats": (r"labeling/formats/.*\.py", "labeling/formats/csv.py"),
    "dataset": (r"labeling/dataset/.*\.py", "labeling/dataset/plan.py"),
    "store": (r"labeling/store/.*\.py", "labeling/store/team.py"),
    "schema": (r"labeling/schema/.*\.py", "labeling/schema/model.py"),
    "annotation": (r"labeling/annotation/.*\.py", "labeling/annotation/state.py"),
    "agreement": (r"labeling/agreement/.*\.py", "labeling/agreement/gamma.py"),
    "adjudication": (r"labeling/adjudication/.*\.py", "labeling/adjudication/policy.py"),
    "accounts": (r"labeling/accounts/.*\.py", "labeling/accounts/passwords.py"),
    "registries": (r"labeling/registries/.*\.py", "labeling/registries/changes.py"),
    "stories": (r"labeling/stories/.*\.py", "labeling/stories/claims.py"),
    "suggestions": (r"labeling/suggestions/.*\.py", "labeling/suggestions/suggesting.py"),
    "dates": (r"labeling/dates/.*\.py", "labeling/dates/edtf.py"),
    "other parts of the core": (r"app\.py|labeling/(\w+|(charts|language|sample)/.*)\.py", "labeling/errors.py"),
    "tests": (r"tests/.*\.py", "tests/tools.py"),
    "tools": (r"(benchmarks|docs|examples)/.*\.(py|js)", "benchmarks/material.py"),
}


@functools.cache
def of(area: str) -> list[strings.String]:
    """Return the strings of an area; of tests, the docstrings: their strings are data."""
    if area == "tests":
        return [string for path in sorted((ROOT / "tests").rglob("*.py")) for string in of_file(path)]
    files, _ = AREAS[area]
    return [string for string in _all() if re.fullmatch(files, string.file)]


@functools.cache
def _all() -> list[strings.String]:
    return strings.strings()  # type: ignore[no-any-return]


def of_file(path: Path) -> list[strings.String]:
    """Return the docstrings of a module of tests."""
    found = strings.of_text(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    return [string for string in found if string.kind == "docstring"]


def objections(string: strings.String) -> list[str]:
    """Return what is to be said against a string: the words to replace, each with a better one."""
    text = string.text
    if string.kind in ("docs", "docstring"):
        text = re.sub(r"`[^`]*`", "`…`", text)
    if string.kind == "docstring":
        text = re.sub(r"“[^”]*”", "“…”", text)  # an example
    if any(string.file.startswith(file) and part in string.text for file, part, _ in ALLOWED):
        return []
    found = []
    if _ANY_RETIRED.search(text):
        found = [f"“{match.group()}” → {better}" for word, better in _RETIRED.items() if (match := word.search(text))]
    found += [f"“{_word_around(text, match.start())}” → the American spelling" for match in _BRITISH.finditer(text)]
    return found + ["guillemets → “ ”"] * bool(_GUILLEMET.search(text))


def _word_around(text: str, at: int) -> str:
    """Return the word that has the letter at an offset."""
    return next(word.group() for word in re.finditer(r"\w+", text) if word.start() <= at < word.end())


@pytest.mark.parametrize("area", AREAS)
def test_an_area_is_written_in_plain_english(area: str) -> None:
    read = of(area)
    assert read
    found = [
        f"{string.file}:{string.line}: {objection}: {string.shown[:160]}"
        for string in read
        for objection in objections(string)
    ]
    assert found == [], "\n" + "\n".join(found)


#: Something that a person reads, with a retired word, by the suffix of the file.
PLANTED = {
    "py": 'def planted() -> None:\n    """Return what nobody has handed in."""\n    raise ValueError("the fault is told")\n',
    "js": '/** What nobody has handed in. */\nexport const planted = "Nobody has it yet.";\n',
    "md": "Nobody has handed it in.\n",
    "yaml": "# Nobody has handed it in.\n",
}


@pytest.mark.parametrize("area", AREAS)
def test_a_retired_word_planted_in_an_area_is_found(area: str) -> None:
    files, name = AREAS[area]
    assert re.fullmatch(files, name)
    text = (ROOT / name).read_text(encoding="utf-8") + "\n" + PLANTED[name.rpartition(".")[2]]
    lines = {string.line for string in strings.of_text(name, text) if objections(string)}
    assert len(lines) >= PLANTED[name.rpartition(".")[2]].lower().count("nobody")
    assert min(lines) > text[: text.index(PLANTED[name.rpartition(".")[2]])].count("\n")


def test_every_module_belongs_to_an_area() -> None:
    files = {string.file for string in _all()}
    assert [file for file in files if not any(re.fullmatch(pattern, file) for pattern, _ in AREAS.values())] == []


#: Single words in the browser component that only programs read.
KEYS = {"anew", "fault"}


def single_words(text: str) -> list[str]:
    """Return the strings of JavaScript that are one word in small letters, which `strings` takes for keys."""
    return [words for kind, _, words in tokens(text) if kind == "string" and re.fullmatch(r"[a-z]+", words)]


def test_no_single_word_on_a_page_is_retired() -> None:
    files = sorted((ROOT / "labeling" / "ui" / "component").glob("*.js"))
    found = {
        f"{path.name}: {word}"
        for path in files
        for word in single_words(path.read_text(encoding="utf-8"))
        if word not in KEYS and any(pattern.fullmatch(word) for pattern in _RETIRED)
    }
    assert found == set()


def test_a_planted_single_word_is_found() -> None:
    assert single_words('const STATUSES = { open: "begun" };') == ["begun"]


#: Comments with guillemets that are examples of another language, by file.
OTHER_LANGUAGES = {"labeling/language/tokens.py": "„so“ and »so«"}


def comments(path: Path) -> list[tuple[int, str]]:
    """Return the comments of a Python or JavaScript file, each with its line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        return [(text.count("\n", 0, at) + 1, words) for kind, at, words in tokens(text) if kind == "comment"]
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in read if token.type == tokenize.COMMENT]


def test_no_comment_has_a_guillemet_but_as_an_example_of_another_language() -> None:
    files = [
        path for folder in ("labeling", "tests", "benchmarks", "docs", "examples") for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js") and "node_modules" not in path.parts
    ]  # fmt: skip
    found = [
        f"{name}:{line}: {words}"
        for path in files
        if _GUILLEMET.search(path.read_text(encoding="utf-8"))
        for line, words in comments(path)
        if _GUILLEMET.search(words)
        and OTHER_LANGUAGES.get(name := path.relative_to(ROOT).as_posix(), "\0") not in words
    ]
    assert found == []
    assert any(
        OTHER_LANGUAGES["labeling/language/tokens.py"] in words
        for _, words in comments(ROOT / "labeling/language/tokens.py")
    )


@pytest.mark.parametrize(
    "planted",
    [
        "1 article handed in", "Hand it in", "held against gold", "3 there already", "2 are left out", "The reason is told.",
        "It tells the line", "Somebody has it", "Nobody was asked", "articles are taken in", "to take them in", "given out",
        "It is kept ready", "unsettled disagreements", "until it is settled", "what annotators differ in", "who this is",
        "every fault with its line", "what was begun", "the next mark", "of the marks in the text", "«quoted»",
    ],
)  # fmt: skip
def test_a_planted_retired_word_is_found(planted: str) -> None:
    assert objections(strings.String("labeling/ui/a.py", 1, "page", planted))


@pytest.mark.parametrize(
    "fine",
    [
        "Submit the article", "quotation marks of the quote",
        "This tells you more", "a question mark", "Mark the quote", "marks the quote", "the default value", "Leave the field empty",
    ],
)  # fmt: skip
def test_a_plain_sentence_is_not_objected_to(fine: str) -> None:
    assert objections(strings.String("labeling/ui/a.py", 1, "page", fine)) == []


@pytest.mark.parametrize(
    ("british", "american"),
    [("Each label has its own colour.", "color"), ("It is labelled.", "labeled"), ("A licence is recognised.", "license"), ("a neighbour", "neighbor")],
)  # fmt: skip
def test_a_british_spelling_is_found_and_the_american_one_is_not(british: str, american: str) -> None:
    found = objections(strings.String("docs/x.md", 1, "docs", british))
    assert found
    assert all(each.endswith("the American spelling") for each in found)
    assert not objections(
        strings.String("docs/x.md", 1, "docs", f"Each {american} is organized in an hour, in four rows.")
    )
