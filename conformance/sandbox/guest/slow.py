"""Requests that are late at random, to try the suite on a cloud that is slow now and then (`tests/steady`).

`SANDBOX_SLOW=50:5:7` in the environment makes one request in 50 late by 5 s, chosen by a generator with the seed 7.
Half of them are held back before they are handled; the others have been handled when their answer is held back. Nothing
else waits: only the greenthread of that request sleeps.
"""

import random
from collections.abc import Callable

VARIABLE = "SANDBOX_SLOW"


class Slow:
    """WSGI middleware that lets some requests wait.

    Args:
        app: what answers.
        one_in: how many requests there are for one that is late, on average.
        seconds: by how much it is late.
        seed: of the generator that chooses.
        sleep: waits some seconds.

    """

    def __init__(self, app, one_in: int, seconds: float, seed: int, sleep: Callable[[float], None]) -> None:
        self._app = app
        self._one_in = one_in
        self._seconds = seconds
        self._sleep = sleep
        self._random = random.Random(seed)

    def __call__(self, environ, start_response):
        """Answer one request, late or not."""
        late = self._random.randrange(self._one_in) == 0
        before = self._random.random() < 0.5
        if late and before:
            self._sleep(self._seconds)
        answer = self._app(environ, start_response)
        if late and not before:
            self._sleep(self._seconds)
        return answer


def slowed(app, text: str | None, sleep: Callable[[float], None]):
    """Return an application as the value of `VARIABLE` wants it; as it is where that is None.

    Raises:
        ValueError: the value is not of the form `50:5:7`.

    """
    if text is None:
        return app
    try:
        one_in, seconds, seed = text.split(":")
        return Slow(app, max(1, int(one_in)), float(seconds), int(seed), sleep)
    except ValueError:
        raise ValueError(f"{VARIABLE}={text} is not of the form ONE_IN:SECONDS:SEED, such as 50:5:7") from None
