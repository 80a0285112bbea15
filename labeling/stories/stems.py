"""Words as quotes and events are compared by: without common ones, and without English endings."""

from __future__ import annotations

import re

_ENDINGS = re.compile(r"(?:'s|ing|ings|ed|es|s|ly|ment|ments|ation|ations|ion|ions|ity)$")
#: Words that are in quotes of any story.
COMMON = frozenset(
    ["a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "should", "so", "such", "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "us", "was", "we", "were", "what", "when", "which", "who", "will", "with", "would", "you", "your", "about", "into", "just", "more", "most", "only", "also", "very", "up", "out", "all", "any", "because", "before", "after", "i'm", "i'll", "we'll", "we're", "it's", "don't", "that's", "he's", "she's", "they're", "we've", "i've", "let", "said"]
)  # fmt: skip


def stem(word: str) -> str:
    """Return a folded word without its English ending; short words stay as they are."""
    return _ENDINGS.sub("", word) if len(word) > 5 else word
