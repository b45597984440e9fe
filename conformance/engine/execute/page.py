"""Reads one page of a list from an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.engine.api.response_fields import identity
from conformance.engine.cloud.exchange import Answer
from conformance.engine.model.listing import Listing, Page


def page_of(answer: Answer, plan: Listing) -> Page:
    """The page that an answer lists."""
    body: Any = answer.json if answer.ok else None
    links: list[Any] = []
    if isinstance(body, Mapping):
        links = [v for key, v in body.items() if str(key).endswith("links") and isinstance(v, list)]
    for key in plan.array:
        body = body.get(key) if isinstance(body, Mapping) else None
    listed = tuple(_unwrapped(element) for element in body) if isinstance(body, list) else ()
    names = tuple(identity(element, plan.name) if plan.name else None for element in listed)
    hrefs = [
        link["href"] for group in links for link in group if isinstance(link, Mapping) and link.get("rel") == "next"
    ]
    return Page(answer.status, listed, names, next((h for h in hrefs if isinstance(h, str)), None))


def _unwrapped(element: Any) -> Any:
    if isinstance(element, Mapping) and len(element) == 1:
        (inner,) = element.values()
        if isinstance(inner, Mapping):
            return inner
    return element
