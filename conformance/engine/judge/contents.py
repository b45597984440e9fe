"""Expectations about headers and bodies of successful responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from conformance.engine.api.response_fields import NAMED, Place, values_at
from conformance.engine.api.types import is_of_type, type_name
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, left_out, silent, undecided
from conformance.engine.model.expectation import Expectation


def _not_successful(evidence: Evidence) -> Judgement | None:
    if evidence.accepted:
        return None
    return undecided(
        evidence.status, f"the request was answered {evidence.status}, so there is no such response to judge"
    )


@dataclass(frozen=True)
class EmptyBody(Expectation):
    """A successful response without content."""

    expected = "no content in the response body"

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other:
            return other
        if evidence.body in (None, ""):
            return holds("empty")
        return broken("content", f"the body holds {type_name(evidence.body)} content")


@dataclass(frozen=True)
class FieldShown(Expectation):
    """A documented field: present where required, of the documented type.

    Attributes:
        name: the name of the row.
        place: the place of the field in the body.
        type: the documented type, or None.
        required: True if the field must be present.
        nullable: True if the reference or a sample allows null.
        enum: the documented values; empty if there are none.
        wrapped: True if no row describes the object around the field, so that a missing object breaks this promise.
        identifies: True if the field is the id of the resource that the request names.
        open: True if another case judges whether the request is accepted; a refusal then shows nothing.
    """

    name: str
    place: Place
    type: str | None
    required: bool
    nullable: bool
    enum: tuple[Any, ...] = ()
    wrapped: bool = False
    identifies: bool = False
    open: bool = False

    @property
    def expected(self) -> str:
        kind = (self.type or "any type") + (" or null" if self.nullable else "")
        return f"{self.name}: {kind}" + ("" if self.required else ", where present")

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other and self.open:
            return _inapplicable(f"the request was answered {evidence.status} in this situation")
        if other:
            return other
        if evidence.body in (None, "") and not self.required:
            return self._unseen()
        values, parents = values_at(evidence.body, self.place)
        if not parents:
            if len(self.place) == 1:
                return broken("no object", f"the body is {type_name(evidence.body)}, so {self.name} is missing")
            if self.required and self.wrapped and values_at(evidence.body, self.place[:1]) in (([], 0), ([], 1)):
                return broken("missing", f"{self.place[0]}, which holds {self.name}, is missing from the response")
            above = ".".join(self.place[:-1])
            return _inapplicable(f"the response shows no {above} that could hold {self.name}")
        if self.required and len(values) < parents:
            return broken("missing", f"{self.name} is missing from the response")
        for value in values:
            trouble = self._trouble(value, evidence)
            if trouble:
                return trouble
        return holds(type_name(values[0])) if values else self._unseen()

    def _unseen(self) -> Judgement:
        """Return the verdict on a field that the response need not show: nothing is known of its type."""
        return _inapplicable(f"the response does not show {self.name}, which the reference allows")

    def _trouble(self, value: Any, evidence: Evidence) -> Judgement | None:
        """Return the verdict on a value that is present, if it has a fault."""
        if value is None:
            if not self.nullable and self.type not in (None, "none"):
                return broken("null", f"{self.name} is null, documented as {self.type}")
        elif self.type and not is_of_type(value, self.type):
            return broken(type_name(value), f"{self.name} is of type {type_name(value)}, documented as {self.type}")
        elif self.enum and any(one not in self.enum for one in (value if isinstance(value, list) else [value])):
            return broken("value", f"{self.name} has a value outside the documented ones: {value!r:.60}")
        elif self.identifies and _another(value, evidence):
            return broken("another", f"{self.name} is that of another resource than the request names")
        return None


def _another(value: Any, evidence: Evidence) -> bool:
    """Return whether an id is not that of the resource shown before, or of the resource in the request."""
    if evidence.before is not None:
        return bool(value != evidence.before.get("id", value))
    return bool(evidence.exchanges) and str(value) not in evidence.exchanges[0].request.url


def _inapplicable(reason: str) -> Judgement:
    return Judgement("inapplicable", "not shown", reason)


@dataclass(frozen=True)
class HiddenFrom(Expectation):
    """A field that the reference shows to another role only. An answer without it proves nothing, as it may lack it.

    Attributes:
        role: the role to which the field is not shown.
        default_policy: True if the cloud is known to keep the documented defaults; a shown field is an omission then.
    """

    name: str
    place: Place
    role: str
    default_policy: bool

    @property
    def expected(self) -> str:
        return f"{self.name} is not shown to the role {self.role}"

    def judge(self, evidence: Evidence) -> Judgement:
        role = evidence.role or self.role
        if not evidence.accepted or role != self.role or not values_at(evidence.body, self.place)[0]:
            return _inapplicable(f"no answer shows {self.name} to the role {self.role}")
        reason = f"{self.name} is shown to the role {self.role}, although the reference names another role for it"
        if self.default_policy:
            return left_out("shown", reason)
        return silent("shown", reason, {"field": self.name, "role": self.role})


@dataclass(frozen=True)
class FieldAbsent(Expectation):
    """A documented field outside its microversions."""

    name: str
    place: Place
    bound: str

    @property
    def expected(self) -> str:
        return f"{self.name} absent ({self.bound})"

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other:
            return other
        values, parents = values_at(evidence.body, self.place)
        if values:
            return broken("present", f"{self.name} is in the response although it exists only {self.bound}")
        listed = any(mark in self.place[:-1] for mark in ("[]", NAMED)) and evidence.body not in (None, "")
        if listed and not parents:  # an empty list shows nothing of the fields of its elements
            return _inapplicable(f"the response shows no object that could hold {self.name}")
        return holds("absent")


@dataclass(frozen=True)
class DocumentedKeys(Expectation):
    """No object of the answer has a key that neither the table nor a sample has; such a key is an omission.

    ``known``: the documented keys of an object, by its place.
    """

    known: tuple[tuple[Place, frozenset[str]], ...]

    expected = "no key that neither the table nor a sample has"

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other:
            return other
        seen: set[Place] = set()
        strange: set[str] = set()
        for place, keys in self.known:
            objects = values_at(evidence.body, place)[0] if place else [evidence.body]
            for one in objects:
                if isinstance(one, dict):
                    seen.add(place)
                    strange |= {".".join((*place, key)) for key in one if key not in keys}
        if not seen:
            return _inapplicable("the response shows no object whose keys are documented")
        if not strange and seen == {()} and self._lists_nothing(evidence.body):
            return _inapplicable("the list is empty, so no element shows its keys")
        if not strange:
            return holds("documented keys")
        names = " ".join(sorted(strange))
        return left_out(names, f"the response has keys that neither the table nor a sample has: {names}")

    def _lists_nothing(self, body: Any) -> bool:
        """Whether an answer is a list of objects that has none now."""
        return any(values_at(body, place[:1])[0] == [[]] for place, _ in self.known if place[1:] == ("[]",))


@dataclass(frozen=True)
class HeaderShown(Expectation):
    """A documented response header, with the form of its value if one is known."""

    name: str
    required: bool
    form: str | None = None

    @property
    def expected(self) -> str:
        return f"header {self.name}" + ("" if self.required else ", where present")

    def judge(self, evidence: Evidence) -> Judgement:
        return _not_successful(evidence) or self.shown(evidence)

    def shown(self, evidence: Evidence) -> Judgement:
        """Return the verdict on the header of an answer, whether or not it accepts the request."""
        value = evidence.headers.get(self.name.lower())
        if value is None:
            if self.required:
                return broken("missing", f"the header {self.name} is missing")
            return holds("absent")
        if self.form and not re.fullmatch(self.form, value):
            return broken("form", f"the header {self.name} has another form than documented: {value:.80}")
        return holds("present")


@dataclass(frozen=True)
class OfMediaType(Expectation):
    """The media type of a successful response that has a body, whatever its parameters."""

    name: str

    @property
    def expected(self) -> str:
        return f"a body of the media type {self.name}"

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other:
            return other
        if evidence.body in (None, ""):
            return _inapplicable("the response has no body")
        told = evidence.headers.get("content-type", "").partition(";")[0].strip().lower()
        if told == self.name:
            return holds(told)
        return broken(told or "missing", f"the body is of the media type {told or 'that no header names'}")


@dataclass(frozen=True)
class OfRefusal(Expectation):
    """A header of every answer, in the answer to a request that must be refused."""

    promised: HeaderShown

    @property
    def expected(self) -> str:
        return f"{self.promised.expected}, when the request is refused"

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.accepted or evidence.status is None:
            return _inapplicable("the request was not refused, which another case judges")
        return self.promised.shown(evidence)


@dataclass(frozen=True)
class HeaderAbsent(Expectation):
    """A documented response header outside its microversions."""

    name: str
    bound: str

    @property
    def expected(self) -> str:
        return f"header {self.name} absent ({self.bound})"

    def judge(self, evidence: Evidence) -> Judgement:
        other = _not_successful(evidence)
        if other:
            return other
        if self.name.lower() in evidence.headers:
            return broken("present", f"the header {self.name} is there although it exists only {self.bound}")
        return holds("absent")


@dataclass(frozen=True)
class ErrorBody(Expectation):
    """The body of an error, in the form of the service.

    The default is an object with one key, whose value holds the code and a message. Source: the form of faults in the
    API guides; the name of the key is only a comment.

    Attributes:
        listed: the key of the list whose first element describes the error; None if the only key of the body does.
        code: the field that repeats the status code; None if none does.
        fields: the other required fields.
    """

    listed: str | None = None
    code: str | None = "code"
    fields: tuple[str, ...] = ("message",)

    @property
    def expected(self) -> str:
        return f"an error body with {self._named}"

    @property
    def _named(self) -> str:
        return " and ".join((*((self.code,) if self.code else ()), *self.fields))

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.status is None or evidence.status < 400:
            return _inapplicable("the request was not refused, so there is no error body")
        if evidence.trial.request.operation.method == "HEAD":
            return _inapplicable("an answer to HEAD has no body")
        body = evidence.body
        if not isinstance(body, dict) or not body:
            return broken(type_name(body), "the error has no JSON object as its body")
        inner = next(iter(body.values())) if self.listed is None else body.get(self.listed)
        if self.listed is not None:
            inner = inner[0] if isinstance(inner, list) and inner else None
        for name in self.fields:
            if not isinstance(inner, dict) or name not in inner:
                return broken(f"no {name}", f"the error body has no object with a {name}")
        if self.code is None:
            return holds(self._named)
        told = inner.get(self.code) if isinstance(inner, dict) else None
        if told != evidence.status:
            return broken(self.code, f"the error body says {self.code} {told!r}, the answer was {evidence.status}")
        return holds(self._named)
