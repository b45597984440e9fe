"""The purposes of the requests of a run: the keys of ``totals.purposes`` in ``run.json``."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a request serves."""

    TRIAL = "trial"
    """It is itself under test, or is sent again because its first outcome was a failure."""

    LOOKING = "looking"
    """It reads a view once: before a request, after it, as its control, or to find the things of the cloud."""

    POLLING = "polling"
    """It reads a view again, until the view shows that a thing has settled."""

    MAKING = "making"
    """It makes or changes a thing that a trial needs, or brings one into a status."""

    REMOVING = "removing"
    """It removes a thing of the run, or prepares its removal."""
