"""Building a dataset: a folder with the data by split, the formats asked for, a card, and a manifest that proves it.

Everything is made from one reading of the project, in a folder beside, which gets its name when it is whole and on the
disk. The same work, plan and program give the same bytes.
"""

from labeling.services.dataset_build.build import Built, build, build_into
from labeling.services.dataset_build.files import MANIFEST, MANIFEST_FORMAT, listed, read_lines

__all__ = ["MANIFEST", "MANIFEST_FORMAT", "Built", "build", "build_into", "listed", "read_lines"]
