"""A reader of dataset cards that holds each sentence against the dataset's files, counted again; it fails for one it doesn't know."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

Check = Callable[["Files", "re.Match[str]"], bool]
Row = Callable[["Files", list[str]], bool]


class Files:
    """What a dataset's files hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.schema = yaml.safe_load((folder / "schema.yaml").read_text(encoding="utf-8"))
        agreement = folder / "agreement.json"
        self.agreement = json.loads(agreement.read_text(encoding="utf-8")) if agreement.exists() else None
        self.splits = {
            path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
            for path in sorted((folder / "data").glob("*.jsonl"))
        }
        self.plan = self.manifest["plan"]
        self.review = self.manifest.get("review")
        self.lines = [line for lines in self.splits.values() for line in lines]
        self.works = [(line, each) for line in self.lines for each in line.get("annotations", [])]
        self.spans = [span for _, each in self.works for span in each["spans"]]
        if self.plan["shape"] == "tokens":
            self.spans = [
                {"label": tag[2:], "attributes": {}, "fragments": [[0, 1]]}
                for line in self.lines
                for tag in line["tags"]
                if tag[0] == "B"
            ]

    @staticmethod
    def article(line: dict[str, Any]) -> str:
        if "article" in line:
            return str(line["article"]["id"])
        return str(line.get("window", {}).get("article", line.get("id")))

    def about(self) -> dict[str, dict[str, Any]]:
        """Return the metadata of each article, of shapes whose lines have it."""
        found: dict[str, dict[str, Any]] = {}
        for line in self.lines:
            if self.plan["shape"] != "tokens":
                found.setdefault(self.article(line), {**line, **line.get("article", {})})
        return found

    def articles(self) -> set[str]:
        return {self.article(line) for line in self.lines}

    def annotators(self) -> set[str]:
        if self.review:
            return set(self.review["annotators"])
        return {each["annotator"] for _, each in self.works} | {
            line["annotator"] for line in self.lines if "annotator" in line
        }

    def looked(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return by article and annotator whether there is a span, and how the work stands."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for line in self.lines:
            for each in line.get("annotations", [line]):
                known = found.setdefault((self.article(line), each["annotator"]), {"marked": False, "status": None})
                known["status"] = each.get("status")
                marked = (
                    bool(each["spans"])
                    if "spans" in each
                    else "record" in line or any(tag != "O" for tag in line["tags"])
                )
                known["marked"] = known["marked"] or marked
        return found

    def records(self) -> list[dict[str, Any]]:
        if self.plan["shape"] == "records":
            return [line["record"] for line in self.lines]
        return [record for _, each in self.works for record in each.get("records", [])]

    def topics(self) -> set[str]:
        heads = {self.schema["records"][record["name"]]["head"] for record in self.records()}
        labels = [self.schema["labels"][key] for key in {span["label"] for span in self.spans} | heads]
        kinds = {attribute["type"] for label in labels for attribute in (label.get("attributes") or {}).values()}
        found = {"quotation-attribution"} if any(label.get("quotation") for label in labels) else set()
        return found | ({"temporal-expressions"} if "date" in kinds else set())

    def statuses(self, status: str, *, unmarked: bool = False) -> int:
        return sum(each["status"] == status and not (unmarked and each["marked"]) for each in self.looked().values())


def number(words: str) -> int:
    return int(words.replace(",", ""))


def names(words: str) -> list[str]:
    return words.replace("\\", "").split(", ")


def counted(words: str) -> dict[str, int]:
    return {name: number(value) for name, value in (each.rsplit(" ", 1) for each in names(words))}


def nested(files: Files) -> int:
    """Count the spans that lie within another one of the same annotation, of equal ones all but one."""
    total = 0
    for _, each in files.works:
        ends = [(span["fragments"][0][0], span["fragments"][-1][1]) for span in each["spans"]]
        for at, (start, end) in enumerate(ends):
            total += any(
                other[0] <= start and end <= other[1] and (other != (start, end) or number < at)
                for number, other in enumerate(ends)
                if number != at
            )
    return total


def _question_words(files: Files, told: str) -> bool:
    states = {
        "resolved by the policy": "rule",
        "decided by a reviewer": "decided",
        "decided by reviewers who disagree, where the first decision stands": "differing",
        "closed because what they depend on was rejected": "closed",
    }
    found = re.findall(r"(\d[\d,]*) (.+?)(?=, \d|$)", told)
    answered = {name: times for name, times in files.review["questions"].items() if name in states.values()}
    return {states[words]: number(times) for times, words in found} == answered


def _suggested(files: Files) -> bool:
    work = files.manifest["work"]
    return bool(work["annotations"] > work["imported"] or work["edited after import"])


def _judged(files: Files) -> list[dict[str, Any]]:
    """Return the outcomes of suggestions, one for each."""
    return [each for _, work in files.works for each in work.get("judgments", [])]


def _made(files: Files) -> int:
    """Count the spans that were made from suggestions."""
    return sum(
        span["id"] in {id for each in work.get("judgments", []) for id in each["spans"]}
        for _, work in files.works
        for span in work["spans"]
    )


def _outcomes(files: Files, row: list[str]) -> bool:
    times = Counter(each["verdict"] for each in _judged(files) if [each["suggester"], each["version"]] == row[:2])
    return [times[each] for each in ("accepted", "corrected", "rejected")] == [*map(number, row[2:])]


def _detection(files: Files) -> bool:
    return bool(files.agreement and files.agreement["figures"].get("detection", {}).get("value") is not None)


def _shape_sentence(files: Files, start: str) -> bool:
    keys = {key for line in files.lines for key in line}
    return {
        "Offsets are half-open `[start, end)` in Unicode code points of `text`.": "text" in keys
        and "window" not in keys,
        "Offsets are half-open `[start, end)` in Unicode code points of `text`, which is the window’s own; `window` is its "
        "position in the article.": "window" in keys,
        "Records have text and values, but no offsets.": "record" in keys,
        "`starts` and `ends` are half-open, in Unicode code points of the article’s text.": "starts" in keys,
        "Offsets are half-open `[start, end)` in Unicode code points of the text that was removed.": "text" not in keys
        and "text_length" in keys,
    }[start]


#: Each sentence that a card can have, and what must hold in the files where it stands there.
SENTENCES: list[tuple[str, Check]] = [
    (r"([\d,]+) articles?(?: of ([\d,]+) outlets?)?, annotated with the label set “([^”]+)”, version (\d+): (.+)\.$",
     lambda files, m: number(m[1]) == len(files.articles())
     and (m[2] is None or number(m[2]) == len({about["outlet"] for about in files.about().values()} - {None}))
     and m[3].replace("\\", "") == files.schema["name"]
     and {line["schema"]["version"] for line in files.lines if "schema" in line} <= {int(m[4])}
     and files.manifest["project"]["schema"]["version"] == int(m[4])
     and names(m[5]) == [(label["title"]).lower() for label in files.schema["labels"].values()]),
    (r"The annotations are \*\*gold\*\*, made from the work submitted on each article\. The project’s policy is “(.+?)”: it "
     r"accepts (.+)\.$",
     lambda files, m: files.review["policy"] == {"rule": m[1], "accepts": m[2]}
     and {line["selection"].split("-")[0] for line in files.lines} <= {"gold"}),
    (r"The annotations are \*\*all annotators’ work\*\*(, with disagreements unresolved)?: one annotation per article and person\.",
     lambda files, m: files.review is None and bool(m[1]) == (len(files.annotators()) > 1)),
    (r"The annotations are \*\*one annotator’s work\*\*\.", lambda files, m: len(files.annotators()) == 1),
    (r"!\[Articles by outlet and split\]\(charts/outlets\.png\)", lambda files, m: (files.folder / "charts/outlets.png").exists()),
    (r"!\[Articles by month of publication\]\(charts/months\.png\)", lambda files, m: (files.folder / "charts/months.png").exists()),
    (r"!\[Spans by label and split\]\(charts/spans\.png\)", lambda files, m: (files.folder / "charts/spans.png").exists()),
    (r"There are no splits: all articles are in one file\. Create splits with `--splits`, not line by line, since articles can "
     r"share text\.", lambda files, m: list(files.splits) == ["all"] and "splits" not in files.manifest["project"]),
    (r"No article of this dataset is in (.+)\.$",
     lambda files, m: set(m[1].split(" or ")) == set(files.manifest["project"]["splits"]["shares"]) - set(files.splits)),
    (r"Articles that belong together are in one split(, but for the ties below)?: near-duplicates, the same quotations, the "
     r"same utterances, the same story(?:, the same (outlet|speaker))?\. ([\d,]+) groups? of more than one article\.",
     lambda files, m: bool(m[1]) == ("leak" in files.manifest["allowed"])
     and (m[2] is None or m[2] in files.manifest["project"]["splits"]["by"])),
    (r"A hash of its name and the seed “(.+?)” chooses the split of a group, as far as the shares allow(?:, balanced over "
     r"(\w+))?; placed articles never move\.",
     lambda files, m: files.manifest["project"]["splits"]["seed"] == m[1]
     and files.manifest["project"]["splits"]["stratify"] == m[2]),
    (r"([\d,]+) annotated articles? set aside and in no split \(listed in manifest\.json\)\.",
     lambda files, m: number(m[1]) == len(files.manifest["set aside"])
     and files.articles().isdisjoint(files.manifest["set aside"])),
    (r"\*\*Leakage check: passed\.\*\* None of [\d,]+ ties? between the articles crosses splits, according to the files as "
     r"written\.", lambda files, m: "leak" not in files.manifest["allowed"]),
    (r"- Spans nested within another one: ([\d,]+)$", lambda files, m: number(m[1]) == nested(files)),
    (r"- Spans of more than one fragment: ([\d,]+)$",
     lambda files, m: number(m[1]) == sum(len(span["fragments"]) > 1 for span in files.spans)),
    (r"- Articles without gold spans: ([\d,]+)$",
     lambda files, m: number(m[1]) == sum(not each["marked"] for each in files.looked().values())),
    (r"- Articles in which no annotator marked anything: ([\d,]+)$",
     lambda files, m: number(m[1]) == files.review["articles"]["nothing marked"]),
    (r"- Annotations in progress: ([\d,]+)$", lambda files, m: number(m[1]) == files.statuses("open")),
    (r"- Annotations of an article that the annotator skipped: ([\d,]+)$",
     lambda files, m: number(m[1]) == files.statuses("skipped")),
    (r"- Annotations submitted without a span: ([\d,]+)$",
     lambda files, m: number(m[1]) == files.statuses("submitted", unmarked=True)),
    (r"- Annotations without spans: ([\d,]+)$",
     lambda files, m: number(m[1]) == sum(not each["marked"] for each in files.looked().values())),
    (r"Attributes, and the number of spans of their label that have them:$",
     lambda files, m: any(span["attributes"] for span in files.spans)),
    (r"Relations: (.+)\.$",
     lambda files, m: counted(m[1]) == Counter(link["type"] for _, each in files.works for link in each["relations"])),
    (r"Records: (.+)\.$", lambda files, m: counted(m[1]) == Counter(record["name"] for record in files.records())),
    (r"Quotations: (.+)\.$",
     lambda files, m: counted(m[1]) == Counter(record["type"] for record in files.records() if "type" in record)),
    (r"Registry entries: (.+)\.$",
     lambda files, m: sorted(counted(m[1]).values())
     == sorted(len({id for line in files.lines for id in line["entries"].get(registry, {})})
               for registry in {key for line in files.lines for key in line["entries"]})),
    (r"The complete label set with its guidelines is in `schema\.yaml`\.",
     lambda files, m: bool(files.schema["labels"])),
    (r"([\d,]+) annotators?: (.+?)( \(pseudonyms\))?\.$",
     lambda files, m: names(m[2]) == sorted(files.annotators()) and number(m[1]) == len(files.annotators())
     and bool(m[3]) == files.plan["anonymous"]),
    (r"([\d,]+) reviewers?: (.+?)( \(pseudonyms\))?\.$",
     lambda files, m: names(m[2]) == files.review["reviewers"] and number(m[1]) == len(files.review["reviewers"])
     and {each["provenance"]["reviewer"] for each in files.spans if "reviewer" in each.get("provenance", {})}
     <= set(files.review["reviewers"])),
    (r"([\d,]+) of the ([\d,]+) annotations? behind this dataset (?:was|were) imported; how they were made is not recorded "
     r"here\.( ([\d,]+) of these (?:was|were) edited after the import\.)?",
     lambda files, m: files.manifest["work"]
     == {"imported": number(m[1]), "annotations": number(m[2]), "edited after import": number(m[4] or "0")}
     and number(m[1]) > 0),
    (r"\*\*One annotator, not reviewed\.\*\*",
     lambda files, m: len(files.review["annotators"]) == 1 and not files.review["reviewers"]),
    (r"Articles submitted by one annotator only: ([\d,]+) of ([\d,]+)\.",
     lambda files, m: [number(m[1]), number(m[2])]
     == [files.review["articles"]["by one annotator"], files.review["articles"]["all"]]),
    (r"Annotators disagree in ([\d,]+) places?, each of which is a question(?:: (.+))?\.$",
     lambda files, m: number(m[1]) == sum(files.review["questions"].values()) and _question_words(files, m[2] or "")),
    (r"Annotators who submitted the same article don’t disagree anywhere\.",
     lambda files, m: not files.review["questions"]
     and files.review["articles"]["by one annotator"] < files.review["articles"]["all"]),
    (r"Reviewers agree in ([\d,]+) of the ([\d,]+) questions? that two or more decided\.",
     lambda files, m: files.review["reviewed twice"] == {"questions": number(m[2]), "alike": number(m[1])}),
    (r"In ([\d,]+) of ([\d,]+) annotations?, annotators accepted, corrected or rejected suggestions:$",
     lambda files, m: number(m[1]) == sum(bool(work.get("judgments")) for _, work in files.works) > 0
     and number(m[2]) == len(files.looked())),
    (r"([\d,]+) of ([\d,]+) spans? \((\d+%)\) were made from suggestions; annotators added the others\. What was suggested may "
     r"have influenced what they marked, so don’t evaluate the same suggester with these annotations\.",
     lambda files, m: (number(m[1]), number(m[2])) == (_made(files), len(files.spans))
     and m[3] == f"{_made(files) / len(files.spans):.0%}"),
    (r"In the other annotations, no suggestion was accepted, corrected or rejected\. The files don’t say whether suggestions were "
     r"shown\.", lambda files, m: any(not work.get("judgments") for _, work in files.works)),
    (r"What gold spans are based on:$", lambda files, m: any("provenance" in span for span in files.spans)),
    (r"No article was submitted by two annotators, so \*\*agreement is not known\*\*\.",
     lambda files, m: files.agreement is None
     and all(sum(each["status"] == "submitted" for each in line.get("annotations", [])) < 2 for line in files.lines)),
    (r"Over all submitted work in the project, not only what is in these files: ([\d,]+) annotators? shared ([\d,]+) articles?; "
     r"figures are means over pairs, pooled over articles(, with 95 % bootstrap intervals over articles)?:$",
     lambda files, m: number(m[1]) == len(files.agreement["annotators"]) and number(m[2]) == files.agreement["articles"]),
    (r"`agreement\.json` has all figures, by label, pair, outlet and month\.", lambda files, m: files.agreement is not None),
    (r"With only one article there is no interval\.",
     lambda files, m: files.agreement["articles"] == 1
     and all(each.get("low") is None for each in files.agreement["figures"].values())),
    (r"With only (\d+) articles? .+$", lambda files, m: int(m[1]) == files.agreement["articles"]),
    (r"- \*\*Accepted: ([\d,]+) × (\w+)\*\* – .+\.$", lambda files, m: files.manifest["allowed"][m[2]] == number(m[1])),
    (r"- \*\*([\d,]+) questions? still open\.\*\* (?:Its|Their) unresolved points are not in the files\.",
     lambda files, m: files.review["questions"]["open"] == number(m[1])),
    (r"- Questions that must be decided again, because the decision breaks the rules of the label set: ([\d,]+)\.",
     lambda files, m: files.review["questions"]["conflict"] == number(m[1])),
    (r"- Spans omitted because the policy asks for more votes than there are: ([\d,]+)\.",
     lambda files, m: files.review["too few votes"] == number(m[1]) > 0),
    (r"- Every question is answered\.",
     lambda files, m: bool(files.review["questions"]) and not {"open", "conflict"} & set(files.review["questions"])),
    (r"- SayWhen suggests spans and values, and annotators accept or change each one\. This may bias them towards the suggestions\.",
     lambda files, m: _suggested(files)),
    (r"- Text without spans may still contain something that annotators missed(: see detection above)?\.",
     lambda files, m: bool(m[1]) == _detection(files)),
    (r"- In ([\w ]+):$", lambda files, m: m[1] in files.manifest["losses"]),
    (r"- (.+) \(([\d,]+)\)$",
     lambda files, m: (m[1], number(m[2]))
     in {(loss["what"], loss["times"]) for losses in files.manifest["losses"].values() for loss in losses}),
    (r"(.+?) The format is `(saywhen[\w/-]+)`\.$",
     lambda files, m: {line["format"] for line in files.lines} <= {m[2]}
     and (not files.lines or _shape_sentence(files, m[1]))),
    (r"The data are in (`data/`, one file per split|`data/all\.jsonl`)(?:; other formats: (.+))?\.$",
     lambda files, m: (list(files.splits) == ["all"]) == ("all" in m[1])
     and sorted(names(m[2].replace("`", "").replace("/", ""))) == sorted(files.plan["formats"]) if m[2]
     else not files.plan["formats"]),
    (r"The texts are not included\. If you have them, restore them:$",
     lambda files, m: not any("text" in line for line in files.lines)),
    (r"saywhen hydrate DATASET --texts FOLDER$", lambda files, m: not files.plan["texts"]),
    (r"Made by SayWhen (\S+) from revision (\w+) with$",
     lambda files, m: (m[1], m[2]) == (files.manifest["program"]["version"], files.manifest["project"]["revision"])),
    (r"(saywhen export .+)$", lambda files, m: files.manifest["command"] == m[1]),
    (r"`saywhen export --check DATASET` compares the files with `manifest\.json` and the project they are from\.",
     lambda files, m: True),
]  # fmt: skip


def _basis(files: Files, row: list[str]) -> bool:
    def rests(span: dict[str, Any]) -> str:
        behind = span["provenance"]
        if behind["basis"] == "rule":
            return f"resolved by the policy, “{behind['rule']}”"
        if behind["basis"] == "decision":
            return "decided by a reviewer"
        if len(behind["asked"]) == 1:
            return "one annotator’s work, with no one to compare it with"
        return "all annotators agree exactly" if behind["votes"] == behind["asked"] else "not all agree"

    times = Counter(map(rests, files.spans))
    return (times[row[0]], f"{times[row[0]] / len(files.spans):.0%}") == (number(row[1]), row[2])


def _facts(files: Files, row: list[str]) -> bool:
    abouts = list(files.about().values())
    dates = [
        next((each["published"] for each in line.get("annotations", []) if each["published"]), line["published"])
        for line in abouts
    ]
    months = sorted(date["value"][:7] for date in dates if date)
    unlisted = {"not given: ask the person who gave you the dataset before you share it": None}
    return {
        "Shape": lambda: row[1] == files.plan["shape"],
        "Lines": lambda: number(row[1]) == len(files.lines),
        "Characters": lambda: (
            number(row[1]) == sum(len(line["text"]) if "text" in line else line["text_length"] for line in files.lines)
        ),
        "Tokens": lambda: number(row[1]) == sum(len(line["tokens"]) for line in files.lines),
        "Languages": lambda: counted(row[1]) == Counter(line["language"] for line in abouts if line["language"]),
        "Outlets": lambda: counted(row[1]) == Counter(line["outlet"] for line in abouts if line["outlet"]),
        "Published": lambda: row[1] == f"{months[0]} to {months[-1]}",
        "Without a publication date": lambda: number(row[1]) == sum(not date for date in dates),
        "Texts": lambda: not any("text" in line for line in files.lines),
        "License": lambda: unlisted.get(row[1], row[1]) == files.plan["licence"],
    }[row[0]]()


def _labels(files: Files, row: list[str]) -> bool:
    times = [
        sum(
            span["label"] == row[0].strip("`")
            for line in lines
            for each in line.get("annotations", [])
            for span in each["spans"]
        )
        if files.plan["shape"] != "tokens"
        else sum(tag == f"B-{row[0].strip('`')}" for line in lines for tag in line["tags"])
        for lines in (files.splits[split] for split in files.manifest["splits"])
    ]
    expected = [*times, sum(times)] if len(times) > 1 else times
    return [number(cell) for cell in row[1:-1]] == expected


def _attributes(files: Files, row: list[str]) -> bool:
    spans = [span for span in files.spans if span["label"] == row[0].strip("`")]
    having = sum(row[1].strip("`") in span["attributes"] for span in spans)
    return (having, f"{having / len(spans):.0%}") == (number(row[2]), row[3])


def _split(files: Files, row: list[str]) -> bool:
    lines = files.splits[row[0]]
    held = {files.article(line) for line in lines}
    asked = {(article, name) for article, name in files.looked() if article in held}
    target = files.manifest["project"]["splits"]["shares"][row[0]]
    return row[1:] == [
        str(len(held)), f"{len(held) / len(files.articles()):.0%}", f"{target:.0%}", str(len(asked)), str(len(lines)),
    ]  # fmt: skip


def _figure(files: Files, row: list[str]) -> bool:
    return any(
        each["value"] is not None and f"{each['value']:.2f}" == row[1] for each in files.agreement["figures"].values()
    )


TABLES: dict[tuple[str, ...], Row] = {
    ("", ""): _facts,
    ("", "spans", "share"): _basis,
    ("suggester", "version", "accepted", "corrected", "rejected"): _outcomes,
    ("split", "articles", "share", "target", "annotations", "lines"): _split,
    ("label", "attribute", "spans", "share"): _attributes,
    ("figure", "", "95 %", "meaning"): _figure,
}
HEADINGS = {"## Splits", "## Labels", "## Annotators and agreement", "## Suggestions", "## Known limits", "## Use"}


def untrue(folder: Path) -> Iterator[str]:
    """Yield the sentences, rows and keys of a dataset's card that its files don't bear out, or that no check knows."""
    files = Files(folder)
    _, front, body = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    yield from _front(files, yaml.safe_load(front))
    head: tuple[str, ...] | None = None
    for line in filter(None, map(str.strip, body.splitlines())):
        if line.startswith("|"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if head is None:
                head = tuple(cells)
            elif set(line) != {"|", "-"}:
                label = head[:1] == ("label",) and head[-1] == "what it is"
                check = _labels if label else TABLES.get(head)
                if check is None or not check(files, cells):
                    yield line
            continue
        head = None
        if line.startswith("# "):
            both = files.topics() == {"quotation-attribution", "temporal-expressions"}
            if "Who said what, and when" in line and not both and not files.plan["title"]:
                yield line
        elif line not in HEADINGS and not line.startswith("```"):
            yield from _sentences(files, line)


def _sentences(files: Files, line: str) -> Iterator[str]:
    while line:
        found = next(((m, check) for words, check in SENTENCES if (m := re.match(words, line))), None)
        if found is None or not found[1](files, found[0]):
            yield line
            return
        line = line[found[0].end() :].strip()


def _front(files: Files, front: dict[str, Any]) -> Iterator[str]:
    for key, value in front.items():
        match key:
            case "pretty_name":
                true = not files.plan["title"] or value == files.plan["title"]
            case "language":
                true = set(value) == {line["language"] for line in files.about().values()} - {None}
            case "license":
                true = value == (files.plan["licence"] or "unknown")
            case "task_categories":
                true = value == ["token-classification"] and bool(files.spans)
            case "size_categories":
                true = value == ["n<1K"] and len(files.lines) < 1000
            case "tags":
                true = set(value) == files.topics() | {"saywhen"}
            case "configs":
                paths = [each["path"] for each in value[0]["data_files"]]
                true = all((files.folder / path).exists() for path in paths) and len(paths) == len(files.splits)
            case _:
                true = False
        if not true:
            yield f"{key}: {value}"
