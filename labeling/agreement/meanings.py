"""What each figure of agreement means, and when it misleads, in one plain sentence each."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A figure's title, what it says, and when it misleads."""

    title: str
    means: str
    misleads: str


_RATIO = "A few long spans count no more than a few short ones, and agreement by chance is not taken off."

#: By the name of the figure, without the label or attribute after the dot.
MEANINGS = {
    "exact": Meaning(
        "Exact F1",
        "Of the spans both marked, the share with the same words and the same label.",
        "One comma more or less makes two right spans wrong: read it beside the overlap F1.",
    ),
    "unlabelled": Meaning(
        "Exact F1, any label",
        "The share of extents that both marked, whatever the label.",
        "High while every label differs.",
    ),
    "overlap": Meaning(
        "Overlap F1",
        "The share of spans that share a character with one of the other's of the same label, one to one.",
        "A whole paragraph against one word counts in full.",
    ),
    "half": Meaning(
        "Half-overlap F1",
        "As the overlap F1, for spans that share at least half of what either covers.",
        "The half is a convention; spans just below it count for nothing.",
    ),
    "soft": Meaning(
        "Soft-IoU F1",
        "As the overlap F1, each match weighing its overlap share.",
        "Long spans hide a sloppy end that short ones show.",
    ),
    "detection": Meaning("Detection", "The share of spans that the other saw too, whatever its label or ends.", _RATIO),
    "boundary": Meaning(
        "Boundary, exact",
        "Of the spans both saw, the share with the same ends.",
        "Says nothing of spans that only one saw.",
    ),
    "boundary share": Meaning(
        "Boundary, overlap share",
        "Of the spans both saw, how much of what either covers both cover, on average.",
        "Long spans come out better than short ones for the same slip.",
    ),
    "label": Meaning(
        "Label",
        "Of the spans both saw, the share with the same label.",
        "High by itself where one label is most of them: see its α.",
    ),
    "label α": Meaning(
        "Label α",
        "Agreement on the label of the spans both saw, above what chance gives: 0 is chance, 1 is full.",
        "Low where nearly all have one label, though hardly anybody differs.",
    ),
    "attribute": Meaning(
        "Attribute",
        "Of the spans of one label to which both gave a value, the share with the same; of notes, whether there is one.",
        "High by itself where one value is most of them: see its α.",
    ),
    "attribute α": Meaning(
        "Attribute α",
        "Agreement on the value above what chance gives: 0 is chance, 1 is full.",
        "Only of the spans counted in its coverage; undefined where nothing varies.",
    ),
    "coverage": Meaning(
        "Coverage",
        "Of the spans both saw and one gave a value to, the share to which both gave one.",
        "Low coverage makes the attribute's figures those of the easy cases.",
    ),
    "date": Meaning(
        "Date value",
        "Of the dates both gave, the share with the same EDTF value and modifier.",
        "A day's difference counts as much as a year's: see the days apart.",
    ),
    "granularity": Meaning(
        "Date granularity",
        "Of the dates both gave, the share that is equally fine: both a day, both a month.",
        "Both may name a day, and not the same.",
    ),
    "days apart": Meaning(
        "Days apart",
        "The median of how many days the ends of two values lie apart.",
        "0 as soon as more than half are equal; values with open ends count by the other end only.",
    ),
    "relation": Meaning(
        "Relation F1",
        "The share of links that both drew between the spans meant alike.",
        "A span that only one saw takes its links with it: see the accuracy given both ends.",
    ),
    "relation given ends": Meaning(
        "Relation, given both ends",
        "Of the links whose two ends both saw, the share that both drew.",
        "High where few ends are shared; read it with the detection.",
    ),
    "record": Meaning(
        "Whole record",
        "The share of records that are the same in all: words, links, who, and when.",
        "The hardest figure: one slip in five places fails it. Its parts say where.",
    ),
    "record head": Meaning("Record seen", "The share of records whose head both saw.", _RATIO),
    "record extent": Meaning(
        "Record's words",
        "Of the records both saw, the share with exactly the same words.",
        "Says nothing of its links.",
    ),
    "record part": Meaning(
        "Record's links",
        "Of the records both saw, the share with the same spans (meant alike) in this part.",
        "Agreement that there is none counts too.",
    ),
    "record entities": Meaning(
        "Who",
        "Of the records with all the same links, the share that names the same people and entries.",
        "Entries are compared by their id: one person entered twice counts as two.",
    ),
    "record dates": Meaning(
        "When",
        "Of the records with all the same links, the share with the same date values.",
        "Records without a date count as agreed.",
    ),
    "uα": Meaning(
        "uα",
        "Agreement on every stretch of text, marked or not and as what, above what chance gives.",
        "Nested spans are flattened first: a missing inner span does not show. Look at the share lost.",
    ),
    "|uα": Meaning(
        "uα, marked or not",
        "The same for marked or not, whatever the label.",
        "Hides nesting, and every difference of labels.",
    ),
    "cuα": Meaning(
        "cuα",
        "Agreement on the label, above chance, by length of text that both marked.",
        "Long spans weigh more; spans that only one marked do not count.",
    ),
    "(k)uα": Meaning(
        "(k)uα",
        "The same for one label against all others.",
        "Rests on little text where the label is rare or short.",
    ),
    "lost": Meaning(
        "Lost to flattening",
        "The share of spans that a longer one hides or cuts when uα is computed.",
        "What is lost is lost from uα only; γ and F1 have it.",
    ),
    "γ": Meaning(
        "γ",
        "Agreement on place and label together, above what shuffled work gives; nested and crossing spans count.",
        "Made by shuffling, so its last digit depends on the seed; articles nobody marked do not enter it.",
    ),
}


def kind(figure: str) -> str:
    """Return what a figure is one of, without the label, attribute, link or part it is of: a key of MEANINGS."""
    name = figure.partition(".")[0]
    return "record part" if name.startswith("record part ") else name


def meaning(figure: str) -> Meaning:
    """Return the meaning of a figure by its full name, e.g. `coverage.speaker.who`; raises KeyError for no figure."""
    return MEANINGS[kind(figure)]
