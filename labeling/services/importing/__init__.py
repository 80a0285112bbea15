"""Importing: files and uploads become articles of a project, with people's work on them if they bring it; each row's outcome is reported.

Articles go in as they are read. Work goes in when all of it has been read and checked: what the label set does not have,
and all else that is invalid, is reported before anything is written.
"""

from labeling.services.importing.intake import Tick, import_files, import_rows, import_uploads, import_work
from labeling.services.importing.reading import format_of, formats_with_work, read_work
from labeling.services.importing.repeated_faults import RepeatedFaults
from labeling.services.importing.tally import (
    DroppedName,
    ImportedArticle,
    NothingWritten,
    RowOutcome,
    Tally,
    Variant,
    WorkSummary,
)
from labeling.services.importing.terms import Terms, pairs, renamed
from labeling.services.importing.undoing import imports, require_undoable, undo_import, undone_in_words

__all__ = [
    "DroppedName",
    "ImportedArticle",
    "NothingWritten",
    "RepeatedFaults",
    "RowOutcome",
    "Tally",
    "Terms",
    "Tick",
    "Variant",
    "WorkSummary",
    "format_of",
    "formats_with_work",
    "import_files",
    "import_rows",
    "import_uploads",
    "import_work",
    "imports",
    "pairs",
    "read_work",
    "renamed",
    "require_undoable",
    "undo_import",
    "undone_in_words",
]  # fmt: skip
