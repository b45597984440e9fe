"""Delays of the hypervisor's work, as of a slow cloud (`tests/benchmarks/slow_cloud.py`).

`SANDBOX_DELAYS=build=20,resize=30,image=15,other=4` in the environment delays each work of a kind by so many seconds.
Only the greenthread of the compute service that does the work sleeps. Work within other work is a part of it, and takes
no time of its own: the last part of a resize calls the function that builds a server.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar

VARIABLE = "SANDBOX_DELAYS"

WORK = {
    "build": ("spawn",),
    "resize": ("finish_migration",),
    "image": ("snapshot",),
    "other": ("pause", "unpause", "suspend", "resume", "rescue", "unrescue", "power_off", "power_on", "reboot"),
}
"""The functions of the driver that do the work of each kind."""


_WORKING: ContextVar[bool] = ContextVar("working", default=False)
"""Whether this greenthread is at work that was delayed."""


def read(text: str) -> dict[str, float]:
    """Return the seconds of each kind of work that the value of `VARIABLE` asks for.

    Raises:
        ValueError: the value does not have the form `build=20,resize=30,image=15,other=4`, or it names another kind.

    """
    try:
        given = {kind: float(seconds) for kind, seconds in (one.split("=") for one in text.split(","))}
    except ValueError:
        raise ValueError(f"{VARIABLE}={text} is not of the form KIND=SECONDS,..., such as build=20,other=4") from None
    for kind in given:
        if kind not in WORK:
            raise ValueError(f"{VARIABLE}={text} names {kind}, which is none of {', '.join(WORK)}")
    return given


def delay(driver: type, text: str | None, sleep: Callable[[float], None]) -> None:
    """Let the functions of a class of drivers sleep before their work, as `text` asks for; not at all if it is None.

    Args:
        driver: the class.
        text: the value of `VARIABLE`.
        sleep: waits for some seconds.

    Raises:
        ValueError: the value cannot be read.

    """
    for kind, seconds in read(text).items() if text is not None else ():
        for name in WORK[kind]:
            setattr(driver, name, _late(getattr(driver, name), seconds, sleep))


def _late(work, seconds: float, sleep: Callable[[float], None]):
    @functools.wraps(work)
    def late(*args, **kwargs):
        if _WORKING.get():
            return work(*args, **kwargs)
        token = _WORKING.set(True)
        try:
            sleep(seconds)
            return work(*args, **kwargs)
        finally:
            _WORKING.reset(token)

    return late
