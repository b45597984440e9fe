"""The ids of a record, taken apart: of a requirement, of a case and of a deviation.

The forms are those of the format. Whoever reads a record takes ids apart here, not by hand:

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
        kind: such as ``normal`` or ``error``; empty where the id has none.
        detail: such as ``202`` or ``400/name/too-long``; empty where there is none.
    """

    operation: str
    kind: str
    detail: str

    @classmethod
    def parse(cls, text: str, operation: str | None = None) -> RequirementId:
        """Take an id apart.

        Args:
            text: the id.
            operation: the operation's id where it is known; else it is the part before the first slash. An id that
                does not begin with it (a rule of the framework, which belongs to no operation) has the kind first.
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
        """Take an id apart.

        Raises:
            ValueError: it is not of the form.
        """
        requirement, _, rest = text.partition("!")
        class_, mark, observed = rest.partition("!")
        if not mark or class_ not in ("contradiction", "omission"):
            form = "<requirement>!<contradiction or omission>!<observed>"
            raise ValueError(f"{text!r} is not the id of a deviation: {form}")
        return cls(requirement, cast("DeviationClass", class_), observed)


def case_detail(case: str, requirement: str) -> str:
    """Give what tells a case from the others of its requirement; empty where the case has the requirement's own id.

    Raises:
        ValueError: the case is not one of the requirement.
    """
    rest = case.removeprefix(requirement)
    if case.startswith(requirement):
        if not rest:
            return ""
        if rest.startswith("[") and rest.endswith("]"):
            return rest[1:-1]
    raise ValueError(f"{case!r} is not a case of {requirement!r}: <requirement> or <requirement>[<detail>]")
