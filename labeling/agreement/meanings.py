"""The meaning of each agreement figure, and when it misleads, in a sentence each."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A figure's title, what it says, and when it misleads."""

    title: str
    means: str
    misleads: str


_RATIO = "A few long spans count no more than a few short ones, and the figure isn't corrected for chance."

#: The figures that are distances, in days or in an attribute's unit: no share, and the smaller the better.
DISTANCES = ("days apart", "difference")
#: By the name of the figure, without the label or attribute after the dot.
MEANINGS = {
    "exact": Meaning(
        "Exact F1",
        "The share of spans with exactly the same text and label.",
        "A difference of one comma makes two correct spans wrong: compare it with the overlap F1.",
    ),
    "unlabelled": Meaning(
        "Exact F1, any label",
        "The share of spans with exactly the same text, whatever the label.",
        "It can be high although every label differs.",
    ),
    "envelope": Meaning(
        "Exact F1, envelope",
        "The share of spans with the same label that start and end at the same place, whatever lies between their fragments.",
        "It can be high although people disagree about what a span skips.",
    ),
    "overlap": Meaning(
        "Overlap F1",
        "The share of spans that overlap a span of the other annotator with the same label, if only by a character; matched one to one.",
        "A span of a whole paragraph counts as a full match for a span of one word in it.",
    ),
    "half": Meaning(
        "Half-overlap F1",
        "Like overlap F1, but a match must share at least half of the text that the two spans cover together.",
        "The threshold of one half is a convention; spans just below it don't count at all.",
    ),
    "soft": Meaning(
        "Soft-IoU F1",
        "Like overlap F1, but each match is weighted by its overlap share.",
        "Long spans hide an inexact boundary that short spans would show.",
    ),
    "detection": Meaning(
        "Detection", "The share of spans that the other annotator found too, whatever the label or boundaries.", _RATIO
    ),
    "boundary": Meaning(
        "Boundary, exact",
        "The share of spans found by both that have the same boundaries.",
        "It ignores spans that only one annotator found.",
    ),
    "boundary share": Meaning(
        "Boundary, overlap share",
        "For spans found by both, the average share of the covered text that both cover.",
        "For the same mistake, long spans score higher than short ones.",
    ),
    "label": Meaning(
        "Label",
        "The share of spans found by both that have the same label.",
        "It is always high if most spans have the same label: see its α.",
    ),
    "label α": Meaning(
        "Label α",
        "Agreement on the label of spans found by both, corrected for chance: 0 is chance, 1 is perfect.",
        "It is low if nearly all spans have one label, even when people hardly disagree.",
    ),
    "label κ": Meaning(
        "Label κ",
        "Cohen's κ of the label of spans found by both, for comparison with older papers: 0 is chance, 1 is perfect.",
        "It rises if the annotators prefer different labels, so prefer α.",
    ),
    "label π": Meaning(
        "Label π",
        "Scott's π of the label of spans found by both, for comparison with older papers: 0 is chance, 1 is perfect.",
        "For few spans it is a little lower than α.",
    ),
    "attribute": Meaning(
        "Attribute",
        "Of the spans of one label to which both gave a value, the share with the same value; for notes, whether there is one.",
        "It is always high if most spans have the same value: see its α.",
    ),
    "attribute α": Meaning(
        "Attribute α",
        "Agreement on the value, corrected for chance: 0 is chance, 1 is perfect.",
        "It covers only the spans counted by coverage, and is undefined if the values don't vary.",
    ),
    "attribute κ": Meaning(
        "Attribute κ",
        "Cohen's κ of the value, for comparison with older papers: 0 is chance, 1 is perfect.",
        "It rises if the annotators prefer different values, so prefer α.",
    ),
    "attribute π": Meaning(
        "Attribute π",
        "Scott's π of the value, for comparison with older papers: 0 is chance, 1 is perfect.",
        "For few spans it is a little lower than α.",
    ),
    "coverage": Meaning(
        "Coverage",
        "Of the spans found by both to which at least one gave a value, the share to which both did.",
        "If coverage is low, the attribute's figures describe the easy cases only.",
    ),
    "date": Meaning(
        "Date value",
        "Of the dates to which both gave a value, the share with the same EDTF value and modifier.",
        "A difference of a day counts as much as one of a year: see days apart.",
    ),
    "granularity": Meaning(
        "Date granularity",
        "Of the dates to which both gave a value, the share with the same precision: both a day, or both a month.",
        "Both may give a day, but not the same day.",
    ),
    "days apart": Meaning(
        "Days apart",
        "The median number of days between the starts and ends of two values.",
        "It is 0 whenever more than half of the values are equal; for open intervals, only the closed end counts.",
    ),
    "number α": Meaning(
        "Number α",
        "Agreement on the number, corrected for chance, where a small difference counts less than a large one "
        "(interval α): 0 is chance, 1 is perfect.",
        "A number far from all others makes every other difference look small; the figure is undefined if the numbers don't vary.",
    ),
    "difference": Meaning(
        "Difference",
        "The median difference between the two numbers, in the attribute's unit.",
        "It is 0 whenever more than half of the numbers are equal, however far apart the others are.",
    ),
    "relation": Meaning(
        "Relation F1",
        "The share of links that both made between aligned spans.",
        "A span that only one annotator found lowers this figure through its links: see the figure given both ends.",
    ),
    "relation given ends": Meaning(
        "Relation, given both ends",
        "Of the links whose two spans both found, the share that both made.",
        "It can be high although few spans were found by both; read it together with detection.",
    ),
    "record": Meaning(
        "Whole record",
        "The share of records that agree completely: text, links, who and when.",
        "This is the strictest figure: one mistake in five places fails the record. Its parts show where.",
    ),
    "record head": Meaning("Record found", "The share of records whose main span both found.", _RATIO),
    "record extent": Meaning(
        "Record's text",
        "Of the records found by both, the share with exactly the same text.",
        "It ignores the links.",
    ),
    "record part": Meaning(
        "Record's links",
        "Of the records found by both, the share with the same aligned spans in this part.",
        "Records without such links count as agreement if neither annotator made any.",
    ),
    "record entities": Meaning(
        "Who",
        "Of the records whose links are all the same, the share with the same people and other registry entries.",
        "Entries are compared by id: a person who was entered twice counts as two.",
    ),
    "record dates": Meaning(
        "When",
        "Of the records whose links are all the same, the share with the same date values.",
        "Records without a date count as agreement.",
    ),
    "uα": Meaning(
        "uα",
        "Agreement on which text is marked, and with which label, corrected for chance.",
        "Nested spans are flattened first, so a missing inner span doesn't show. See the share lost to flattening.",
    ),
    "|uα": Meaning(
        "uα, marked or not",
        "Like uα, but only whether text is marked, whatever the label.",
        "It hides nesting and all differences between labels.",
    ),
    "cuα": Meaning(
        "cuα",
        "Agreement on the label of text that both marked, by length, corrected for chance.",
        "Long spans weigh more; spans that only one annotator marked don't count.",
    ),
    "(k)uα": Meaning(
        "(k)uα",
        "Like cuα, for one label against all others.",
        "It is based on little text if the label is rare or its spans are short.",
    ),
    "lost": Meaning(
        "Lost to flattening",
        "The share of spans that a longer span hides or cuts when uα is computed.",
        "These spans are missing from uα only; γ and F1 include them.",
    ),
    "α_U": Meaning(
        "α_U of 1995",
        "Agreement on where the spans of each label lie, corrected for chance, for comparison with older papers: 0 is chance, 1 is perfect.",
        "Its author replaced it with uα. A long span weighs by the square of its length; nested spans of one label are omitted.",
    ),
    "α_U omitted": Meaning(
        "Omitted from α_U",
        "The share of spans of a label that α_U can't be computed for in their article: spans of it overlap or have several fragments.",
        "These spans are missing from α_U only.",
    ),
    "γ": Meaning(
        "γ",
        "Agreement on position and label together, compared with shuffled work; includes nested and crossing spans.",
        "It relies on random shuffles, so its last digit depends on the seed; articles without spans are ignored.",
    ),
    "γₖ": Meaning(
        "γₖ",
        "Of the spans that γ aligns, agreement on this label against all others, close spans weighing more, compared with shuffled work.",
        "It ignores spans that only one annotator marked; for a label that chance rarely aligns with others, a few mistakes make it negative.",
    ),
}


def kind(figure: str) -> str:
    """Return the kind of a figure, without its label, attribute, link or part: a key of MEANINGS."""
    name = figure.partition(".")[0]
    return "record part" if name.startswith("record part ") else name


def meaning(figure: str) -> Meaning:
    """Return the meaning of a figure by its full name, e.g. `coverage.speaker.who`; raises KeyError for no figure."""
    return MEANINGS[kind(figure)]
