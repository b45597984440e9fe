"""Bodies and queries of requests for something that does not exist."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.cloud.errors import CloudError
from conformance.engine.model.binding import Binding
from conformance.engine.model.content import Content
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.subject import Subject


@dataclass(frozen=True)
class Plain:
    """Gives values to the bindings of a request whose target does not exist.

    Things that the request only reads are real, so that nothing else is wrong with it; all others are invented.
    """

    context: RunContext
    subject: Subject

    def of(self, body: Any, real: bool = False) -> Any:
        """A copy of a body with such a value for each binding.

        Args:
            body: a body with Bindings in it.
            real: True to make elements of collections real as well, since the sender has a token and may be asked for
                them.
        """
        if isinstance(body, Binding):
            return self._value(body, real)
        if isinstance(body, dict):
            return {self.of(key, real): self.of(value, real) for key, value in body.items()}
        if isinstance(body, Content):
            return replace(body, value=self.of(body.value, real))
        return [self.of(value, real) for value in body] if isinstance(body, list) else body

    def _value(self, binding: Binding, real: bool) -> Any:
        if binding.relation == "any" and self.context.service.is_only_read(binding.resource):
            return self.subject.bindings.filled(binding)
        if binding.plain is not None:
            return binding.plain
        if real and binding.resource.startswith("/"):
            with contextlib.suppress(Unavailable, CloudError):
                return self.subject.bindings.filled(binding)
        return self.context.service.plain(binding.resource, binding.attribute)
