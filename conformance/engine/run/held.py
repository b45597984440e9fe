"""Results that wait for a later answer of the run, without which they would prove nothing.

A refusal proves that an operation keeps its promise only if the route of the operation is there. The trials of a run
show most routes by accepted requests, but refusals are tried first. So a result waits as long as an accepted answer may
still come, and no further request is sent for it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.execute.controls import Controls, Harmless
    from conformance.engine.model.case import Case
    from conformance.engine.model.evidence import Evidence, Judgement
    from conformance.engine.model.trial import Trial
    from specs.model import Operation


@dataclass(frozen=True, eq=False)
class Unsettled:
    """A case with its evidence, the judgement that does not count yet, and the seconds of its trial."""

    case: Case
    evidence: Evidence
    judgement: Judgement
    seconds: float

    @property
    def operation(self) -> Operation:
        """The operation that the request of its trial names."""
        return self.case.trial.request.operation


@dataclass
class Held:
    """The results that wait, and the trials that they may wait for. Safe to use from many threads.

    Attributes:
        controls: tells which routes the answers of the run have shown.
    """

    controls: Controls
    _waiting: dict[str, list[tuple[int, Unsettled]]] = field(default_factory=lambda: defaultdict(list))
    _count: int = 0
    _coming: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, trials: Iterable[Trial]) -> None:
        """Note the trials of the run. Those of them that may be accepted are waited for."""
        with self._lock:
            for trial in trials:
                if trial.outcome.accepted is not False:
                    self._coming[trial.request.operation.id].add(trial.key)

    def tried(self, trial: Trial) -> bool:
        """Note that a trial was made. Returns whether results may have waited for it."""
        with self._lock:
            coming = self._coming[trial.request.operation.id]
            expected = trial.key in coming
            coming.discard(trial.key)
            return expected

    def hollow(self, result: Unsettled, harmless: Harmless) -> str | None:
        """The reason why a pass or a fail has no control; None if the judgement stands.

        A pass needs an answer that shows the route of the operation. A fail needs an answer from some route of the
        API: a missing operation breaks its promise, but not at the address of a different service.

        Args:
            result: the case and its judgement.
            harmless: sends a request that changes nothing, if no trial is left that may be accepted.
        """
        verdict, operation = result.judgement.verdict, result.operation
        if verdict not in ("pass", "fail"):
            return None
        with self._lock:
            sends = None if self._coming[operation.id] else harmless
        if verdict == "pass":
            return self.controls.missing(operation, sends)
        return self.controls.nowhere(operation, sends)

    def comes(self, operation: Operation) -> bool:
        """Whether a trial of an operation is still to be made whose request may be accepted."""
        with self._lock:
            return bool(self._coming[operation.id])

    def hold(self, result: Unsettled) -> None:
        """Let a result wait."""
        with self._lock:
            self._count += 1
            self._waiting[result.operation.id].append((self._count, result))

    def take(self, operation: Operation | None = None) -> list[Unsettled]:
        """Take the results that wait for an answer to an operation; None at the end of the run, for all of them."""
        with self._lock:
            if operation is not None:
                return [one for _, one in self._waiting.pop(operation.id, ())]
            self._coming.clear()  # nothing comes any more, even of trials that a defect of this suite has ended
            left = sorted((one for waiting in self._waiting.values() for one in waiting), key=itemgetter(0))
            self._waiting.clear()
            return [one for _, one in left]
