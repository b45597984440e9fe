"""The in-process transport of oslo.messaging (`fake://`), made to wake up at once and to forget what nobody hears.

As it comes, each listener looks for messages 20 times a second, so that each hop takes up to 50 ms and an idle service
is never at rest; and messages to a server that does not exist, such as an agent, stay for ever.
"""

import threading
import time

from oslo_messaging._drivers import impl_fake

UNHEARD = 100
"""Messages that are kept for a server that has never asked for any."""
LONGEST = 1.0
"""Seconds until a listener looks without having been woken."""


class Bell:
    """Stands for the module `time` in the transport: its `sleep` ends when a message comes.

    Each thread knows how many messages there had been when it looked last, so that none is slept through.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0
        self._seen = threading.local()

    time = staticmethod(time.time)

    def ring(self) -> None:
        """Wake all who sleep."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def sleep(self, _seconds: float) -> None:
        """Wait for a message that has come since this thread's last call."""
        with self._condition:
            if self._rung == getattr(self._seen, "count", -1):
                self._condition.wait(LONGEST)
            self._seen.count = self._rung


def install() -> None:
    """Let the transport of this process behave so."""
    bell = Bell()
    impl_fake.time = bell
    exchange = impl_fake.FakeExchange
    deliver, poll = exchange.deliver_message, exchange.poll
    heard = set()

    def polled(self, target, pool):
        heard.add((target.topic, target.server))
        return poll(self, target, pool)

    def delivered(self, topic, *args, **kwargs):
        deliver(self, topic, *args, **kwargs)
        with self._queues_lock:
            for (one, server), queue in self._server_queues.items():
                if one == topic and (one, server) not in heard:
                    del queue[:-UNHEARD]
            for (one, _pool), queue in self._topic_queues.items():
                if one == topic and (one, None) not in heard:
                    del queue[:-UNHEARD]
        bell.ring()

    exchange.deliver_message, exchange.poll = delivered, polled
