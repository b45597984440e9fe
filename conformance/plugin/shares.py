"""The services of a run: one share for each, tried one after another, and the services that the cloud lacks.

The services of a run are tried in the order of the arguments, and each has given its resources back before the next one
begins. So they do not compete for the limits of the project, and no service takes the changes of another for those of a
stranger. Under pytest-xdist and stestr the last lanes of a service may still run when the next one begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.engine.api.load import load_service
from conformance.engine.model.case import Case
from conformance.engine.run.session import known_wishes
from conformance.plugin.reference import Reference
from conformance.plugin.share import Lacking, Share
from conformance.plugin.trouble import Trouble


@dataclass(frozen=True)
class Shares:
    """The shares of one process in a run, one for each service that the cloud has.

    Attributes:
        every: the shares, in the order in which they are tried; at least one.
        lacking: the references of the services that the cloud lacks, and the reason in one sentence.
    """

    every: tuple[Share, ...]
    lacking: Sequence[tuple[Reference, str]] = field(default_factory=tuple)

    def __iter__(self) -> Iterator[Share]:
        return iter(self.every)

    @property
    def first(self) -> Share:
        """The share that is tried first."""
        return self.every[0]

    @property
    def several(self) -> bool:
        """True if the run is of several services, of which the cloud may lack some."""
        return len(self.every) + len(self.lacking) > 1

    @property
    def cases(self) -> list[Case]:
        """The cases of all services, selected or not."""
        return [case for share in self.every for case in share.suite.cases]

    @property
    def trouble(self) -> str | None:
        """The reason why the run cannot start or go on, in one sentence; None if it can."""
        return next((said(share, share.trouble) for share in self.every if share.trouble), None)

    @property
    def lost(self) -> str | None:
        """The reason why the cloud is lost, in one sentence; None if it is not."""
        return next((lost for share in self.every if (lost := share.lost)), None)

    @property
    def stopped(self) -> bool:
        """True if a share was stopped or has a trouble, so that no other service may begin."""
        return any(share.trouble or share.session.context.stopping.is_set() for share in self.every)

    def stop(self) -> None:
        """Start no further case of any service, and end all waiting."""
        for share in self.every:
            share.stop()

    def of(self, service: str | None) -> Share | None:
        """The share of a service, or the only one; None if the cloud lacks the service."""
        return next((share for share in self.every if share.service == service), None)


def said(share: Share, text: str | None) -> str:
    """A sentence about a share, after its service if the run is of several."""
    return f"{share.service}: {text}" if share.service else str(text)


UNDESCRIBED = (
    "this suite has no description of the service, so it was tried by its reference alone: a refusal contradicts "
    "nothing, and proves a promise only beside an accepted request (`Describe another service` in the documentation)"
)
"""The sentence on a service without a description."""


def undescribed(share: Share) -> list[str]:
    """Return the sentence on a service without a description; nothing for a described one."""
    return [] if share.session.context.service.described else [UNDESCRIBED]


def open_each(
    references: Sequence[Reference], lacking: Mapping[str, str], open_one: Callable[[Reference, str | None], Share]
) -> Shares:
    """Open the share of each service.

    Args:
        references: the references of the run.
        lacking: service -> the reason why the cloud is already known not to have it.
        open_one: opens the share of a reference; its second argument is the prefix of the names of all resources of
            the run, or None for the first share, which makes it up.

    Raises:
        Trouble: a share cannot be opened, or the cloud lacks all services. The shares that were open are closed.
    """
    opened: list[Share] = []
    missing: list[tuple[Reference, str]] = []
    try:
        for reference in references:
            if reference.service in lacking:
                missing.append((reference, lacking[reference.service]))
                continue
            try:
                opened.append(open_one(reference, opened[0].session.journal.prefix if opened else None))
            except Lacking as error:
                if len(references) == 1:
                    raise
                missing.append((reference, str(error)))
            except Trouble as trouble:
                raise Trouble(f"{reference.service}: {trouble}" if len(references) > 1 else str(trouble)) from None
        if not opened:
            raise Trouble("; ".join(why for _, why in missing))
    except BaseException:
        for share in opened:
            share.session.close()
        raise
    return Shares(tuple(opened), tuple(missing))


def check_wishes(given: Iterable[str], references: Sequence[Reference]) -> None:
    """Make sure that each kind of ``--use`` is known by the description of some service of the run. Raises Trouble."""
    known = [name for one in references for name in known_wishes(load_service(one.service).profile)]
    for kind in given:
        if kind.replace("_", "-") not in known:
            raise Trouble(f"--use {kind}=... cannot be used: --use knows {', '.join(known) or 'nothing here'}")
