"""Parameters of several routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

ArticleId = Annotated[str, Path(description="id of the article")]
PersonName = Annotated[str, Path(description="the person's name")]
DryRun = Annotated[bool, Query(description="show what would happen, but save nothing")]
