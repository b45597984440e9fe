"""Divides the lanes of a run on a slow cloud into pieces, which threads take in the order of a schedule.

Each trial whose request takes the cloud long is a piece. The others of a lane that need the same status are one piece:
they take little time, and share looks. Between two pieces lie transitions, or a new resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from conformance.engine.model.setup import UnderWay
from conformance.engine.provision.durations import Durations, way_of
from conformance.engine.run.schedule import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence

    from conformance.engine.derive.state_graph import Edge
    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext
    from conformance.engine.provision.subject import Subject
    from conformance.engine.run.jobs import Job

TRIAL = 0.3
"""The seconds of a trial that does not wait for the cloud to do anything."""


class Standing(NamedTuple):
    """How a resource stands, or has to stand for a piece.

    Attributes:
        kind: the kind of the resource.
        status: its status.
        environment: its variant; empty for the usual one.
        altered: whether optional fields were set; for a piece, whether they may have been.
        before: the status before the trial that has left it so, if a request may lead back there instead of to its
            usual end; otherwise empty.
    """

    kind: str
    status: str
    environment: str = ""
    altered: bool = False
    before: str = ""

    def as_seen(self) -> Standing:
        """The standing as far as the resource shows it."""
        return self._replace(before="")


@dataclass(eq=False)
class Piece(Work):
    """Trials that follow each other on one resource.

    Attributes:
        jobs: the trials with their cases, in order.
        needs: how the resource has to stand; None if they need none.
        about: the context of their operations.
    """

    jobs: tuple[Job, ...]
    needs: Standing | None
    about: RunContext

    def left(self, standing: object) -> Hashable | None:
        """How it leaves a resource that stood so. One that stays in its status may still go back to where it was."""
        if not isinstance(standing, Standing) or not standing.before:
            return self.leaves  # as nearly always, and this is asked very often
        leaves, needs = self.leaves, self.needs
        if isinstance(leaves, Standing) and needs is not None and needs.status == leaves.status == standing.status:
            return leaves._replace(before=standing.before)
        return leaves


class Pieces:
    """Divides lanes, and tells the transitions between two pieces.

    Args:
        context: the objects that all lanes share.
        deviating: gives the ids of cases that are expected to fail: each is tried again, on a new resource.
    """

    def __init__(self, context: RunContext, deviating: Callable[[], Collection[str]] = frozenset) -> None:
        self._context = context
        self._deviating = deviating
        self._ways: dict[tuple[str, ...], float | None] = {}
        self.durations = Durations.in_run(context.waits, context.service)

    def of(self, lane: Sequence[Job]) -> list[Piece]:
        """The pieces of a lane, in the order of their first trials."""
        groups: dict[object, list[Job]] = {}
        for job in lane:
            situation = job.trial.situation
            under_way = tuple(one.status for one in job.trial.setups(UnderWay))
            like = (situation.state, situation.environment, under_way, alters(job.trial))
            groups.setdefault(job.trial.key if self._alone(job.trial) else like, []).append(job)
        return [self._piece(jobs) for jobs in groups.values()]

    def _alone(self, trial: Trial) -> bool:
        """Whether a trial is a piece by itself."""
        return moves(trial) or (trial.outcome.accepted is True and self.durations.is_long(trial.operation.id))

    def _piece(self, jobs: Sequence[Job]) -> Piece:
        trial = jobs[0].trial
        about, state = self._context.about(trial.operation), trial.situation.state
        seconds = self._took(jobs)
        if state is None:
            return Piece(seconds, None, tuple(jobs), None, about)
        kind, environment, altered = about.service.resource, trial.situation.environment, alters(trial)
        after = trial.outcome.leads_to[0] if moves(trial) else state
        lasts = after in about.service.under_test.stable_statuses and not trial.setups(UnderWay)
        back = any(edge.source == after and state in edge.targets[1:] for edge in about.graph.into(state))
        leaves = Standing(kind, after, environment, altered, state if back else "") if lasts else None
        return Piece(seconds, leaves, tuple(jobs), Standing(kind, state, environment, altered), about)

    def learn(self, pieces: Iterable[Piece]) -> None:
        """Reckon the seconds of pieces, and those between them, by what the run has seen until now."""
        self._ways.clear()
        for piece in pieces:
            piece.seconds = self._took(piece.jobs)

    def _took(self, jobs: Iterable[Job]) -> float:
        return sum(map(self._seconds, jobs))

    def _seconds(self, job: Job) -> float:
        """The seconds of a trial: those of its request, and of a second one where the first is expected to fail."""
        trial, seconds = job.trial, TRIAL
        if self._alone(trial):
            seconds += self.durations.of(trial.operation.id)
        if job.ids.isdisjoint(self._deviating()) or trial.situation.state is None:
            return seconds
        return 2 * seconds + self.durations.new

    def between(self, standing: Standing | None, piece: Piece) -> tuple[float, bool]:
        """The seconds from a standing to that which a piece needs, and whether they make a new resource."""
        needs, initial = piece.needs, piece.about.service.under_test.initial_status
        if needs is None:
            return 0.0, False
        anew = self.durations.new + (self._way(Standing(needs.kind, initial), piece) or 0.0)
        fits = standing is not None and (standing.kind, standing.environment) == (needs.kind, needs.environment)
        if standing is None or not fits or (standing.altered and not needs.altered):
            return anew, True
        seconds = self._way(standing, piece)
        return (anew, True) if seconds is None or seconds > anew else (seconds, False)

    def _way(self, standing: Standing, piece: Piece) -> float | None:
        """The seconds of the way from a standing to the status that a piece needs; None if there is none."""
        if piece.needs is None:
            return 0.0
        wanted = piece.needs.status
        key = standing.kind, standing.status, standing.before, wanted
        if key not in self._ways:
            self._ways[key] = min(map(self._length, self._ways_of(standing, wanted, piece.about)), default=None)
        return self._ways[key]

    def _length(self, way: Sequence[Edge]) -> float:
        return self.durations.sum(edge.operation.id for edge in way)

    def _ways_of(self, standing: Standing, wanted: str, about: RunContext) -> Iterator[list[Edge]]:
        """Yield the ways from a standing to a status. An operation that may lead back to the status before does so.

        It takes as long as the way there by its usual end: a service may undo what has been done first, and bring the
        resource back into the status of before from there.
        """
        before, roles = standing.before, about.role_names
        back = [one for one in about.graph.into(before) if one.source == standing.status and one.role in roles]
        further = way_of(about, before, wanted, (), about.spending) if back else None
        if further is not None:
            undoing = min(back, key=lambda edge: (edge.operation.id in about.spending, edge.cost))
            again = way_of(about, undoing.targets[0], before, (), about.spending) or []
            yield [undoing, *again, *further]
        if (way := way_of(about, standing.status, wanted, back, about.spending)) is not None:
            yield way


def moves(trial: Trial) -> bool:
    """Whether a trial is expected to bring its resource into another status."""
    outcome = trial.outcome
    return bool(outcome.accepted and outcome.leads_to and outcome.leads_to[0] != trial.situation.state)


def alters(trial: Trial) -> bool:
    """Whether a resource may have other optional fields after a trial."""
    return trial.request.uses_optional_fields and trial.outcome.accepted is not False


def standing_of(subject: Subject) -> Standing | None:
    """How the resource of a lane stands; None if there is none, or if it serves no other trial."""
    status = subject.status
    if status is None or subject.must_replace or subject.under_way:
        return None
    return Standing(subject.context.service.resource, status, subject.environment, subject.altered)
