"""Random delays of requests, to test the suite on a cloud that is sometimes slow (`tests/steady`).

`SANDBOX_SLOW=50:5:7` in the environment delays one request in 50 by 5 s, chosen by a random generator with the seed 7.
Half of the delays come before the request is handled, the others after it, before its response is sent. Only the
greenthread of the delayed request sleeps.
"""

import random
from collections.abc import Callable

VARIABLE = "SANDBOX_SLOW"


class Slow:
    """WSGI middleware that delays some requests.

    Args:
        app: the delayed application.
        one_in: on average, one of so many requests is delayed.
        seconds: length of a delay, in seconds.
        seed: seed of the random generator.
        sleep: waits for some seconds.

    """

    def __init__(self, app, one_in: int, seconds: float, seed: int, sleep: Callable[[float], None]) -> None:
        self._app = app
        self._one_in = one_in
        self._seconds = seconds
        self._sleep = sleep
        self._random = random.Random(seed)

    def __call__(self, environ, start_response):
        """Answer one request, perhaps with a delay."""
        late = self._random.randrange(self._one_in) == 0
        before = self._random.random() < 0.5
        if late and before:
            self._sleep(self._seconds)
        answer = self._app(environ, start_response)
        if late and not before:
            self._sleep(self._seconds)
        return answer


def slowed(app, text: str | None, sleep: Callable[[float], None]):
    """Return an application with the delays that `text`, the value of `VARIABLE`, asks for; unchanged if it is None.

    Raises:
        ValueError: the value does not have the form `50:5:7`.

    """
    if text is None:
        return app
    try:
        one_in, seconds, seed = text.split(":")
        return Slow(app, max(1, int(one_in)), float(seconds), int(seed), sleep)
    except ValueError:
        raise ValueError(f"{VARIABLE}={text} is not of the form ONE_IN:SECONDS:SEED, such as 50:5:7") from None
