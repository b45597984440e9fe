"""Spare things: made before anybody needed them, and given to the next who needs one of their kind.

The first resource of a run shows from which things of the cloud all others are made. A cloud may take half a minute for
it. So while the first one is waited for, the others are requested already, from the same things of the cloud. Where
the first one is ready soon, none is requested ahead.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.engine.cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.engine.cloud.made import Made
    from conformance.engine.cloud.roles import Role

EAGER = 1.0
"""The seconds after which others are requested beside a first thing that is not ready yet."""

AT_ONCE = 4
"""The most of them that are requested at a time: a cloud takes a part of a second, or more, to accept each."""


@dataclass
class Spares:
    """The spare things of a run. Safe to use from many threads."""

    _ready: list[Made] = field(default_factory=list)
    _building: list[Made] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, made: Made, ready: bool) -> None:
        """Add a thing. ``ready``: False if it is still to be waited for."""
        with self._lock:
            (self._ready if ready else self._building).append(made)

    def take(self, kind: str, role: Role) -> tuple[Made, bool] | None:
        """Take a thing of a kind that a role has made, and whether it is ready; None if there is no such thing."""
        with self._lock:
            for things in (self._ready, self._building):
                for made in things:
                    if (made.kind, made.role) == (kind, role):
                        things.remove(made)
                        return made, things is self._ready
            return None

    def count(self, kind: str, role: Role) -> int:
        """The number of things of a kind that a role has made."""
        with self._lock:
            return sum((made.kind, made.role) == (kind, role) for made in (*self._ready, *self._building))

    def forget(self) -> list[Made]:
        """Forget all things, since they are removed now. Return those that nobody has waited for."""
        with self._lock:
            self._ready.clear()
            building, self._building = self._building, []
            return building


@contextlib.contextmanager
def ahead(make: Callable[[], Made], count: Callable[[], int], spares: Spares, eager: float = EAGER) -> Iterator[None]:
    """Have others made, if the block, in which the first one is waited for, lasts long.

    Args:
        make: requests a thing, and does not wait until it is ready.
        count: tells how many to request; it is asked once, when the block has lasted long enough.
        spares: the spare things, to which they are added.
        eager: the seconds after which the block lasts long.
    """
    ended = threading.Event()

    def one() -> None:
        if not ended.is_set():
            try:
                spares.add(make(), ready=False)
            except (CloudError, OSError):  # whoever needs one makes it, and says why it cannot
                ended.set()

    def work() -> None:
        if ended.wait(eager):
            return
        with contextlib.suppress(CloudError, OSError), ThreadPoolExecutor(AT_ONCE, "ahead") as pool:
            for _ in range(count()):
                pool.submit(one)

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
