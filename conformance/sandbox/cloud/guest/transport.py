"""Changes to the in-process transport of oslo.messaging (`fake://`): listeners wake at once, unheard messages go.

Without the changes, each listener looks for messages 20 times a second, so that each message takes up to 50 ms, and an
idle service still uses the processor; and messages to a server that does not exist, such as an agent, stay for ever.
"""

import threading
import time

from oslo_messaging._drivers import impl_fake

UNHEARD = 100
"""Largest number of messages that are kept for a server that has never asked for any."""
LONGEST = 1.0
"""Seconds after which a listener looks for messages without having been woken."""


class Bell:
    """Replaces the module `time` in the transport: its `sleep` ends when a message comes.

    Each thread remembers the number of messages at its last call, so that it misses none.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0
        self._seen = threading.local()

    time = staticmethod(time.time)

    def ring(self) -> None:
        """Wake all sleeping threads."""
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
    """Apply these changes to the transport of this process."""
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
