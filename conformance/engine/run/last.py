"""The last word on a case that has waited for an answer until the end of the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.engine.run.doubt import unproved
from conformance.engine.run.judging import result_of

if TYPE_CHECKING:
    from conformance.engine.execute.executor import Executor
    from conformance.engine.run.causes import Causes
    from conformance.engine.run.held import Held, Unsettled
    from specs.record.model import Result


def at_last(one: Unsettled, held: Held, causes: Causes, executor: Executor) -> Result:
    """The result of a held case, by all answers of the run, or by a last request.

    Args:
        one: the case and its judgement so far.
        held: tells whether the judgement stands.
        causes: tells whether a refusal has the cause that the case asks for.
        executor: makes the last requests for the operation of the case.
    """
    case, operation, guard = one.case, one.case.operation, executor.context.cloud.guard
    evidence, judgement = causes.seek(case, one.evidence, one.judgement, executor)
    why = held.hollow(replace(one, evidence=evidence, judgement=judgement), executor.harmless)
    forbidden = None if held.controls.answered(operation) else guard.forbids(operation.method, operation.path)
    decided = judgement if why is None else unproved(case, judgement, why, forbidden)
    if (reason := causes.missing(case, evidence, decided)) is not None:
        decided = causes.undecided(case, decided, reason)
    return result_of(case, evidence, decided, one.seconds)
