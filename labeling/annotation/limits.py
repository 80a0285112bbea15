"""Limits of what can be saved on an article, so that no one's work holds up everyone else's.

They are checked when an op is saved or imported: what is in a log already stays valid.
"""

from __future__ import annotations

from labeling.annotation import ops
from labeling.errors import OpError

#: The most fragments of a span.
MAX_FRAGMENTS = 50
#: The most ops of one annotator on an article, refused ones too.
MAX_LOGGED = 200_000
#: The most bytes of these ops in the log, as JSON.
MAX_LOGGED_BYTES = 30_000_000
#: The ops that are always possible: they end work on an article or go back to it.
_STATUS = ("submit", "skip", "reopen")


def require_within(op: ops.Op, revision: int = 0, size: int = 0) -> None:
    """Raise OpError for a span with too many fragments, and for an edit after too many or too long others.

    `revision` is how many ops of the annotator on the article there are, `size` how many bytes these take up in the log.
    """
    fragments = op.fragments if op.kind in ("add", "change") else None
    if fragments and len(fragments) > MAX_FRAGMENTS:
        raise OpError(
            f"the span has {len(fragments):,} fragments, but the limit is {MAX_FRAGMENTS}; divide it into several spans"
        )
    if revision >= MAX_LOGGED and op.kind not in _STATUS:
        raise OpError(f"you have made {revision:,} edits on this article, which is the limit; submit it as it is")
    if size >= MAX_LOGGED_BYTES and op.kind not in _STATUS:
        raise OpError(
            f"your edits on this article take up {size:,} bytes, but the limit is {MAX_LOGGED_BYTES:,}; submit it as it is"
        )
