# requires: SayWhen itself (run it from a clone)
"""A table of claimed dates, and a baseline: each date's words read against the day of publication, compared with the dataset.

saywhen export --dataset --to datasets
python examples/dates.py datasets/NAME
"""

from __future__ import annotations

from collections import Counter

from reading import Line, annotation, divided, saywhen

WIDTH = 24


def claimed(line: Line) -> list[tuple[str, str, str | None]]:
    """Return the (words, value, value read) of an article's dates that say when."""
    work = annotation(line)
    published = (work["published"] or line["published"] or {}).get("value")
    rows = []
    for span in work["spans"]:
        if (value := (span["attributes"].get("value") or {}).get("edtf")) and span["label"] == "claimed_date":
            start = span["fragments"][0][0]
            before = line["text"][max(0, start - 200) : start].rpartition(". ")[2]
            rows.append((span["text"], value, read(span["text"], published, line["language"] or "en", before)))
    return rows


def read(words: str, published: str | None, language: str, before: str) -> str | None:
    """Return the value that SayWhen offers first, or None; a table of the most frequent values would know no new story."""
    try:
        return next(
            (each.edtf for each in saywhen.dates.read(words, published, language=language, before=before) if each.edtf),
            None,
        )
    except saywhen.DateError:
        return None


def fineness(value: str | None) -> str | None:
    """Return how fine a value is: a day, a month …"""
    return saywhen.dates.granularity(saywhen.dates.parse(value)) if value else None


train, test = divided()
usual = Counter(fineness(value) for line in train for _, value, _ in claimed(line)).most_common(1)[0][0]
rows = [row for line in test for row in claimed(line)]
print(f"{'words':{WIDTH}}  {'claimed':{WIDTH}}  read")
for words, value, found in rows[:12]:
    print(f"{' '.join(words.split())[:WIDTH]:{WIDTH}}  {value[:WIDTH]:{WIDTH}}  {found or '—'}")
exact = sum(value == found for _, value, found in rows)
fine = sum(fineness(value) == fineness(found) for _, value, found in rows)
always = sum(fineness(value) == usual for _, value, _ in rows)
print(f"… {len(rows)} dates in test, {sum(found is not None for _, _, found in rows)} of them read")
print(f"value exact      {exact / len(rows):.2f}")
print(
    f"granularity      {fine / len(rows):.2f}  (always saying “{usual}”, learned from train: {always / len(rows):.2f})"
)
