"""Whether a run can see a request of an operation accepted at all, beside which a situation is the cause of a refusal.

A request that is never accepted is refused in every status. So its refusal in one of them keeps no promise about that
status: what a service alone may do is refused to everybody else, whatever the status is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.engine.execute.barriers import barrier
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.provision.context import RunContext

OF_A_SITUATION = frozenset({"error/409", "precondition"})
"""The kinds of requirements whose cases send a sound request in a situation in which it must be refused."""

HIDDEN = 404
"""The code for a thing that does not exist, which is the whole situation then."""

NO_CASE = "no case sends a request of the operation that is to be accepted, so the situation may not be the cause"


@dataclass
class Acceptable:
    """Tells of operations whether this run can see one of their requests accepted. Safe to use from many threads.

    Attributes:
        context: the objects that all lanes share.
        cases: all cases of the suite.
    """

    context: RunContext
    cases: tuple[Case, ...]
    _known: dict[str, str | None] = field(default_factory=dict)

    def missing(self, case: Case, evidence: Evidence, judgement: Judgement, accepted: bool) -> str | None:
        """The reason why a refusal does not show that the situation of its case is the cause; None if it may.

        Args:
            case: the case; kinds of promises that are not about a situation have None.
            evidence: the evidence of its trial.
            judgement: the judgement on it.
            accepted: True if a request of the operation was accepted in the run.
        """
        status = judgement.status or evidence.status or 0
        if judgement.verdict != "pass" or case.requirement.kind not in OF_A_SITUATION or accepted:
            return None
        if not 400 <= status < 500 or status == HIDDEN:
            return None
        return self.barred(case.operation.id) or (None if self._sound(case.operation.id) else NO_CASE)

    def barred(self, operation: str) -> str | None:
        """The reason why this run makes no trial of an operation that is to be accepted; None if it makes one.

        It is known without a request, so that all processes of a run say the same.
        """
        if operation not in self._known:
            problems = [barrier(self.context, one.trial) for one in self._sound(operation)]
            reasons = [problem.reason for problem in problems if problem is not None]
            self._known[operation] = reasons[0] if reasons and len(reasons) == len(problems) else None
        return self._known[operation]

    def _sound(self, operation: str) -> Iterable[Case]:
        """The cases of an operation whose request must be accepted."""
        return [one for one in self.cases if one.operation.id == operation and one.trial.outcome.accepted is True]
