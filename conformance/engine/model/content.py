"""A request body that is not plain JSON: another media type, or a text that is sent as it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Content:
    """A body with its media type.

    Attributes:
        media_type: the value of the header Content-Type.
        value: a JSON value, in which Bindings may stand until the request is sent; or the text itself.
    """

    media_type: str
    value: Any

    @property
    def data(self) -> bytes:
        """The bytes to send."""
        return (self.value if isinstance(self.value, str) else json.dumps(self.value)).encode()
