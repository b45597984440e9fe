"""Values that nobody has used before: names in a form, random texts, and made-up values of a kind."""

from __future__ import annotations

import re
import secrets
import uuid

from conformance.engine.api.given import MadeUp
from conformance.engine.cloud.names import in_capitals


def random_text() -> str:
    """A random text that nobody can guess."""
    return secrets.token_urlsafe(12)


def spelled(name: str, form: str) -> str:
    """A name in the form of its attribute: if the form has ``{}``, the name in capitals stands there."""
    return form.format(in_capitals(name)) if "{}" in form else name


def made_up(rule: MadeUp) -> str | int:
    """A value in the form of a rule."""
    made = rule.form.replace("{uuid}", str(uuid.uuid4())).replace("{token}", random_text())
    made = re.sub(r"\{byte\}", lambda _: str(secrets.randbelow(256)), made)
    made = re.sub(r"\{hex\}", lambda _: f"{secrets.randbelow(256):02x}", made)
    made = re.sub(r"\{thousand\}", lambda _: str(1_000 + secrets.randbelow(9_000)), made)
    return int(made) if rule.number else made
