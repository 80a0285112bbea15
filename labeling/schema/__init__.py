"""A label set: labels with their attributes, relations, registries and records, read from YAML and checked.

The shape is `schemas/label-set.schema.json` (JSON Schema, also for editors); what a shape cannot say is checked here.
Every message names its line and its remedy.
"""

from labeling.schema.faults import SCHEMAS, shape
from labeling.schema.kinds import Attribute, Lookup
from labeling.schema.model import (
    LINES,
    Changes,
    Flag,
    Label,
    Place,
    RecordType,
    RelationType,
    Schema,
)
from labeling.schema.packaged import DEFAULT, find, packaged
from labeling.schema.reading import check, decoded, line_of, load, parse, read, stored

__all__ = [
    "DEFAULT", "LINES", "SCHEMAS", "Attribute", "Changes", "Flag", "Label", "Lookup", "Place", "RecordType", "RelationType", "Schema",
    "check", "decoded", "find", "line_of", "load", "packaged", "parse", "read", "shape", "stored",
]  # fmt: skip
