"""The rules and data of each language, and the candidates that they find in an article.

Everything that knows a language is in this package: the label page, the command line and importers ask it. See
docs/languages.md for how to add one.
"""

from labeling.language.model import Candidate, Candidates, Language, Paragraph, Proposals
from labeling.language.proposing import RULES, propose
from labeling.language.registry import LANGUAGES, ArticleLanguage, for_article

__all__ = [
    "LANGUAGES",
    "RULES",
    "ArticleLanguage",
    "Candidate",
    "Candidates",
    "Language",
    "Paragraph",
    "Proposals",
    "for_article",
    "propose",
]
