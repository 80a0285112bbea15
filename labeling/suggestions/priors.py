"""Weights by rule of thumb: where a ranker starts before it learns, and what it returns to where it has seen nothing."""

from __future__ import annotations

from collections.abc import Mapping

PRIORS: Mapping[str, Mapping[str, float]] = {
    "quotation": {
        "any": 0.6,
        "words 0": -3.0, "words 1": -1.5, "words 2": -0.8, "words 3": -0.2, "words 4-5": 0.5, "words 6-11": 1.5,
        "words 12-24": 2.5, "words 25+": 3.0,
        "title True": -1.2, "report True": 0.5, "nested True": -2.0, "alone True": 0.8, "ends with ,": 0.8, "behind =": -6.0, "mark '": -0.7, "mark ‘": -0.7,
    },
    "join": {
        "any": -2.5,
        "lead True own False": 1.0,
        "stops , ends , small True": 2.5,
        "stops , ends . small False": 1.0,
        "paragraphs 1": -2.0, "paragraphs 2": -6.0,
        "alone True lead True own False paragraphs 0": 2.5,
        "alone True lead False own False paragraphs 0": 2.0,
        "closed False paragraphs 1": 5.0,
    },
    "attribution": {
        "any": -3.0,
        "kind report": 2.0, "kind according": 3.0,
        "opening that": 2.0, "closing sentence": 1.0, "opening quote": 1.0, "opening next": 0.5, "opening to": 0.3,
        "form <quote phrase": 1.5, "form <phrase": 2.0, "form <touch": 1.0, "form <according": 1.0,
    },
    "speaker": {
        "q role lead": 3.0, "q after s0 lead": 0.5, "q before s0 lead": 0.5, "q role report": 0.8, "q last True": 1.2,
        "q before s-1 report": 0.5, "no one": -1.0,
        "l report role lead": 3.0, "l according role lead": 3.0, "l verb of lead before 0": 2.5,
        "l adjective of lead before 0": 2.5, "l noun of lead before 0": 1.5, "l verb of lead before 1": 1.0,
        "q verb of lead before 0": 2.0, "q adjective of lead before 0": 2.0, "q noun of lead before 0": 1.0,
        "kind other": -1.0, "role lead trailing": 0.5, "place 0 trailing True before s0": 2.0, "q after s1 report": -0.5,
    },
    "entity": {
        "same words": 4.0, "same last word": 3.0, "like last word": 1.5, "own name": 0.5, "pronoun last speaker": 1.5, "recent 0": 0.7,
        "other last word": -3.0, "registry": 0.3, "own": -0.2, "pronoun own": -4.0,
    },
    "claim": {"any": 0.8, "no reading": -2.0, "on the calendar": 1.0, "reference": -1.5, "duration": -1.5},
    "reading": {"first": 2.0, "rank 1": 0.5},
}  # fmt: skip
