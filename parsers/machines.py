"""State machines of docutils whose states are made when they are entered.

docutils makes all fifteen states of a nested machine, with all their transitions, for each directive, list and cell.
Most machines enter two or three of them. In a large reference this is a third of docutils' time.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docutils.parsers.rst import states

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _States(dict[str, Any]):
    """The states of a machine by name; a state is made when it is looked up first."""

    def __init__(self, machine: Any, classes: Iterable[type]) -> None:
        super().__init__()
        self._machine = machine
        self._classes = {one.__name__: one for one in classes}

    def __missing__(self, name: str) -> Any:
        state = self[name] = self._classes[name](self._machine, self._machine.debug)
        if getattr(self._machine, "memo", None) is not None:  # the machine runs, and has initialised its other states
            state.runtime_init()
        return state


class Machine(states.NestedStateMachine):
    """A nested state machine whose states are made when they are entered."""

    def add_states(self, state_classes: Iterable[type]) -> None:
        """Take the classes of the states; docutils calls this once for each machine."""
        self.states = _States(self, state_classes)


@contextmanager
def lazily() -> Iterator[None]:
    """Let docutils nest such machines until the block ends; one thread at a time."""
    machine, cache = states.RSTState.nested_sm, states.RSTState.nested_sm_cache
    states.RSTState.nested_sm, states.RSTState.nested_sm_cache = Machine, []
    try:
        yield
    finally:
        states.RSTState.nested_sm, states.RSTState.nested_sm_cache = machine, cache
