"""The scope of credentials: a token of a project may be refused where one of the whole system would be let in.

oslo.policy has the words for that. Some services pass them on as a refusal, others as a failure of their own (500).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.fields import texts

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer, Ask

_WORDS = re.compile(
    r"requires? a scope of \[\W*(?P<wanted>[\w', ]+?)\W*\],? request was made with (?P<had>\w+) scope", re.IGNORECASE
)

FAILED = 500
"""The lowest code of a service that has failed."""

LEAST = 4
"""So many operations must have failed, and no other have answered a role, to speak of the role."""

ADVICE = "`system_scope: all` in the `auth` of a cloud in clouds.yaml, instead of a project, gives system scope"


def scope_lacking(body: Any) -> tuple[str, str] | None:
    """The scope that a request lacked, and the one that it had, by the words of its refusal; None if they tell none."""
    found = next((m for text in texts(body) if (m := _WORDS.search(text.replace("\\", "")))), None)
    return None if found is None else (found["wanted"].replace("'", ""), found["had"])


def hints(answers: Iterable[tuple[Ask, Answer]]) -> Iterator[str]:
    """One sentence for each role whose credentials seem to have the wrong scope, by the first answers to operations."""
    lacks: dict[str, tuple[str, tuple[str, str]]] = {}
    codes: dict[str, dict[str, int]] = {}
    for ask, answer in answers:
        role, asked = str(ask.role), f"{ask.method} {ask.path}"
        scope = scope_lacking(answer.json) if not answer.ok else None
        if scope is not None:
            lacks.setdefault(role, (asked, scope))
        codes.setdefault(role, {}).setdefault(ask.operation, answer.status)
    for role, first in sorted(codes.items()):
        if role in lacks:
            asked, (wanted, had) = lacks[role]
            yield (
                f"{asked} and its like want {wanted} scope, and the credentials of the role {role} have {had} scope: "
                f"{ADVICE}"
            )
        elif len(first) >= LEAST and all(code >= FAILED for code in first.values()):
            yield (
                f"every operation answers the role {role} with a failure of the service "
                f"({', '.join(map(str, sorted(set(first.values()))))}): see whether the service works, and whether it "
                f"wants system scope: {ADVICE}"
            )
