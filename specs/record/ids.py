"""Parsers of the ids in a record: ids of requirements, of cases and of deviations.

All readers of a record use these functions to take ids apart. The forms are those of the format:

- requirement: ``<operation>/<kind>[/<detail>]``, such as ``widgets.spin/error/404``;
- case: the id of its requirement, or that and ``[<detail>]``;
- deviation: ``<requirement>!<class>!<observed>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from specs.record.model import DeviationClass


@dataclass(frozen=True)
class RequirementId:
    """The parts of the id of a requirement.

    Attributes:
        kind: such as ``normal`` or ``error``; empty if the id has none.
        detail: such as ``202`` or ``400/name/too-long``; empty if the id has none.
    """

    operation: str
    kind: str
    detail: str

    @classmethod
    def parse(cls, text: str, operation: str | None = None) -> RequirementId:
        """Return the parts of an id.

        Args:
            text: the id.
            operation: id of the operation; None takes the part before the first slash. An id that does not begin with
                it (a rule of the framework, which belongs to no operation) begins with the kind.
        """
        if operation is None:
            operation, _, rest = text.partition("/")
        else:
            rest = text.removeprefix(f"{operation}/")
        kind, _, detail = rest.partition("/")
        return cls(operation, kind, detail)


@dataclass(frozen=True)
class DeviationId:
    """The parts of the id of a deviation, which ``Deviation.of`` makes."""

    requirement: str
    class_: DeviationClass
    observed: str

    @classmethod
    def parse(cls, text: str) -> DeviationId:
        """Return the parts of an id.

        Raises:
            ValueError: the id does not have the form of a deviation's.
        """
        requirement, _, rest = text.partition("!")
        class_, mark, observed = rest.partition("!")
        if not mark or class_ not in ("contradiction", "omission"):
            form = "<requirement>!<contradiction or omission>!<observed>"
            raise ValueError(f"{text!r} is not the id of a deviation: {form}")
        return cls(requirement, cast("DeviationClass", class_), observed)


def case_detail(case: str, requirement: str) -> str:
    """Return the detail of a case's id: the text in brackets after the requirement's id; empty if there is none.

    Raises:
        ValueError: the case does not belong to the requirement.
    """
    rest = case.removeprefix(requirement)
    if case.startswith(requirement):
        if not rest:
            return ""
        if rest.startswith("[") and rest.endswith("]"):
            return rest[1:-1]
    raise ValueError(f"{case!r} is not a case of {requirement!r}: <requirement> or <requirement>[<detail>]")
