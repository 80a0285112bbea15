"""Datasets: lines built from annotations, as pure functions."""

from __future__ import annotations

from labeling.dataset.lines import (
    DERIVATION,
    FORMAT,
    RECORD_FORMAT,
    QuotationType,
    Selection,
    annotation_part,
    annotation_values,
    article_line,
    article_values,
    joined_line,
    published_values,
    quotation_type,
    record_lines,
    records,
    span_text,
)

__all__ = [
    "DERIVATION",
    "FORMAT",
    "RECORD_FORMAT",
    "QuotationType",
    "Selection",
    "annotation_part",
    "annotation_values",
    "article_line",
    "article_values",
    "joined_line",
    "published_values",
    "quotation_type",
    "record_lines",
    "records",
    "span_text",
]
