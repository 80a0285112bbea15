"""What the routes answer with."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response


class Json(Response):
    """An answer in JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the content as bytes."""
        return orjson.dumps(content)
