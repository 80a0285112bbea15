"""All annotated formats by their names."""

from __future__ import annotations

from labeling.formats import (
    brat,
    conll,
    csv,
    doccano,
    labelstudio,
    parquet,
    prodigy,
    saywhen,
    spacy,
    timeml,
    webannotation,
    xmi,
)
from labeling.formats.marked import Format

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        brat.FORMAT,
        conll.FORMAT,
        csv.FORMAT,
        doccano.FORMAT,
        labelstudio.FORMAT,
        parquet.FORMAT,
        prodigy.FORMAT,
        saywhen.FORMAT,
        spacy.FORMAT,
        timeml.FORMAT,
        webannotation.FORMAT,
        xmi.FORMAT,
    )
}
