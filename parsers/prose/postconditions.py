"""Rules for final and transient statuses (C1-C5): the status of a resource after the operation.

A statement is one of a few clauses: "its status changes to ``A``", "the image status is ``A``", "shows a status of
``A`` and a migration status of ``b``", "shows an ``A`` status", "returns to the original status". The beginning of a
sentence decides which of them it may hold: "After you successfully ...", "If the operation succeeds", "A successfully
resized server", "Starts a stopped server and ...". A sentence about an operation under way ("A reverting resize
operation shows ...") names transient statuses. "If the request fails again, the status should be ``A``" names the
status after a failure.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.prose.clauses import environment, some, version_clauses
from parsers.prose.failures import fails
from parsers.prose.names import LASTING, STATUS_NAMES
from parsers.prose.rules import Failure, Post, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_patterns import AND_THEN
from parsers.prose.words import ATTRIBUTE, NOUN, VALUES, attribute, normalised, noun, values
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_TO = (
    r"(?:changes?|will\s+change|transitions?|will\s+transition|returns?|will\s+return|goes|will\s+go|moves?|switches)"
    r"\s+(?:back\s+)?to"
)
_IS = r"(?:is|will\s+be|becomes|will\s+become|should\s+be|is\s+set\s+to|will\s+be\s+set\s+to|shows)"
_WHOSE = rf"(?:(?:its|their)\s+|(?:(?P<noun>{NOUN}?)(?:'s)?\s+)??)(?P<attribute>{ATTRIBUTE})"

_CHANGES = re.compile(rf"\b{_WHOSE}\s+(?:{_TO}|{_IS})\s+(?:either\s+|in\s+)?(?:the\s+)?{_LIST}", _FLAGS)
_HAS = re.compile(
    rf"(?:(?P<noun>{NOUN})\s+)?\b(?:has|shows?|have|should\s+have)\s+(?:an?\s+|the\s+)?(?P<attribute>{ATTRIBUTE})\s+"
    rf"(?:of\s+)?{_LIST}",
    _FLAGS,
)
_SHOWS = re.compile(rf"\bshows?\s+(?:an?\s+|the\s+)?{_LIST}\s+(?P<attribute>{ATTRIBUTE})", _FLAGS)
_AND_OF = re.compile(
    rf"\band\s+(?:an?\s+|the\s+)?(?:(?P<noun>(?!successfully)[a-z]+)\s+)?(?P<attribute>{ATTRIBUTE})\s+of\s+{_LIST}",
    _FLAGS,
)
_AND_VALUE = re.compile(rf"\band\s+(?:an?\s+)?{_LIST}\s+(?P<noun>[a-z]+)\s+(?P<attribute>{ATTRIBUTE})", _FLAGS)
_SETS = re.compile(
    rf"\b(?:changes?|sets|moves|puts|transitions)\s+(?:(?:its|the)\s+|(?:the\s+)?(?P<noun>{NOUN}?)(?:'s)?\s+)??"
    rf"(?<!from\s)(?P<attribute>{ATTRIBUTE})\s+to\s+{_LIST}",
    _FLAGS,
)
_BACK = re.compile(
    rf"\b(?:{_WHOSE})\s+(?:will\s+)?(?:returns?|goes|go|reverts?|is\s+restored)\s+(?:back\s+)?to\s+(?:the|its)\s+"
    rf"(?:original|previous|prior|former)\s+(?:value|status|state)(?:\s+of\s+{_LIST})?",
    _FLAGS,
)
_AFTER = re.compile(r"^(?:After|Once|When)\s+(?:you\s+)?successfully\s+(?P<what>.+?),\s", _FLAGS)
_SUCCESS = re.compile(
    r"^(?:If|When|Once|Upon|On|After)\s+(?:the\s+)?(?:\w+\s+){0,3}?(?:succe\w+|successful\w*|completion|"
    r"completed?s?)\b[^,]*,",
    _FLAGS,
)
_FAILED = re.compile(
    r"^(?:If|When|On|Upon|In\s+case\s+of)\s+(?:the\s+|a\s+)?(?:\w+\s+){0,2}?(?:fail\w*|error)\b[^,]*,", _FLAGS
)
_IF_IT_FAILS = re.compile(r"[;,]\s*(?:(?:and|or|but)\s+)?(?:if|when)\s+[^,;]*\bfail\w*\b[^,;]*,", _FLAGS)
_DONE = re.compile(r"^An?\s+successful(?:ly)?\s+(?P<what>.+?)\s+shows\b", _FLAGS)
_DOING = re.compile(r"^An?\s+(?P<what>\w+ing\s+.+?)\s+shows\b", _FLAGS)
_LEAD = re.compile(r"^(?P<verb>[A-Z][a-z]+(?:-[a-z]+)?s)\b(?P<rest>.*)$")
_SEEN = re.compile(
    rf"^(?:With\s+(?:correct|the\s+correct|appropriate)\s+(?:permissions?|access),\s*)?you\s+can\s+see\s+(?:the\s+)?"
    rf"(?:(?P<noun>{NOUN})\s+)?(?P<attribute>{ATTRIBUTE})(?:\s+of\s+(?P<of>{NOUN}))?\s+(?:as|is)\s+{_LIST}",
    _FLAGS,
)
_IN_STATE = re.compile(
    rf"\b(?P<noun>{NOUN})\s+(?:is\s+(?:returned|created|placed)|will\s+be|starts|is\s+put)\s+in(?:to)?\s+(?:the\s+|"
    rf"an?\s+)?{_LIST}\s+"
    rf"(?P<attribute>{ATTRIBUTE})",
    _FLAGS,
)
_REPORTED = re.compile(
    rf"^In\s+the\s+response,\s*(?:the\s+)?(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})\s+is\s+{_LIST}", _FLAGS
)
_RETURNED = re.compile(
    rf"^This\s+(?:operation|call|method)\s+returns\s+the\s+(?:\w+\s+)?(?P<noun>{NOUN}?)\s+(?:object\s+)?with\s+"
    rf"(?:the\s+|an?\s+)?{_LIST}\s+"
    rf"(?P<attribute>{ATTRIBUTE})",
    _FLAGS,
)
_CONFIRMED = re.compile(
    rf"^To\s+confirm\s+the\s+\w+,\s+check\s+that\s+(?:the\s+)?(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})(?:es|s)?\s+"
    rf"(?:is|are)\s+{_LIST}",
    _FLAGS,
)
_REMAINS = re.compile(
    rf"^If\s+(?:the\s+)?(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})\s+remains\b.*?\bor\s+becomes\s+{_LIST},?\s*the"
    rf"\s+\w+(?:\s+\w+)?\s+failed",
    _FLAGS,
)


def _status(
    scope: Scope, sentence: Sentence, phrase: str | None, name: str | None, default: str | None = None
) -> Condition:
    """Make a status condition without values: "migration status" names a resource, "power status" an attribute."""
    resource = scope.named(phrase) if phrase and noun(phrase) else (default or scope.resource)
    return Condition("status", resource, sentence.line, attribute=attribute(name) if name else None)


def _with(base: Condition, names: tuple[str, ...], *, transient: bool = False, when: When | None = None) -> Condition:
    """Return the condition with its values, which are statuses of the documented vocabulary."""
    known, as_written = normalised(names) if base.attribute is None else (names, ())
    return replace(
        base,
        becomes=() if transient else known,
        transient=known if transient else (),
        as_written=as_written,
        when=when,
    )


def _names(m: re.Match[str]) -> tuple[str, ...]:
    return tuple(v.text for v in values(m["values"])) if m["values"] else ()


def _in_progress(name: str) -> bool:
    """True if a status names an operation under way: ``deleting``, ``resize_reverting``."""
    return name.lower().endswith("ing") and name.lower() not in LASTING


def _clauses(
    sentence: Sentence, scope: Scope, text: str, default: str | None = None
) -> list[tuple[Condition, tuple[str, ...]]]:
    """Return every statement of a status in a text: the condition without its values, and the values."""
    found: list[tuple[int, Condition, tuple[str, ...]]] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_BACK, _SHOWS, _HAS, _AND_OF, _AND_VALUE, _CHANGES):
        for m in pattern.finditer(text):
            start = m.start("attribute")
            if any(a <= start < b for a, b in taken):
                continue
            taken.append((min(start, m.start("values") if m["values"] else start), m.end()))
            phrase = m.groupdict().get("noun")
            base = _status(scope, sentence, phrase, m["attribute"], default)
            if pattern is _BACK:
                base = Condition("status", base.resource, base.line, attribute=base.attribute, unchanged=True)
            found.append((m.start(), base, _names(m)))
    return [(base, names) for _, base, names in sorted(found, key=lambda f: f[0])]


def _after_success(sentence: Sentence, scope: Scope) -> Reading | None:
    """C1, C4: "After you successfully stop a server, its status changes to ``A`` and the image status is ``b``"."""
    m = _AFTER.match(sentence.text) or _SUCCESS.match(sentence.text)
    if m is None or version_clauses(sentence.text) or re.search(r"\bbefore\b", m[0]):
        return None
    what = m.groupdict().get("what")
    default = scope.named(what, anywhere=True) if what else None
    told = sentence.text[m.end() :]
    fails = _IF_IT_FAILS.search(told)
    found = _clauses(sentence, scope, told[: fails.start()] if fails else told, default)
    facts = [Post(_with(b, n, transient=bool(n) and all(map(_in_progress, n)))) for b, n in found]
    failed = _clauses(sentence, scope, told[fails.end() :], default) if fails and found else []
    lost = [Failure(base.resource, base.attribute, names, sentence.line) for base, names in failed if names]
    return Reading((*facts, *lost)) if found else None


def _shown(sentence: Sentence, scope: Scope) -> Reading | None:
    """C3, C5: "A successfully resized server shows ..."; of an operation under way, "A reverting operation shows"."""
    done, doing = _DONE.match(sentence.text), _DOING.match(sentence.text)
    if done is None and doing is None:
        return None
    m = done or doing
    assert m is not None  # noqa: S101 (one of the two matched)
    default = scope.named(m["what"])
    found = _clauses(sentence, scope, sentence.text[m.end("what") :], default)
    return Reading(tuple(Post(_with(base, names, transient=not done)) for base, names in found)) if found else None


def _lead(sentence: Sentence, scope: Scope) -> Reading | None:
    """C2: a lead sentence, "Stops a running server and changes its status to ``A``", or "Changes status to ``A``"."""
    lead = _LEAD.match(sentence.text)
    if lead is None or sentence.block.section:
        return None
    m = _SETS.search(sentence.text)
    if m is None or version_clauses(sentence.text):
        return None
    if re.search(r"\b(?:status|state)\s+of\b", m[0], _FLAGS) and not re.search("stat(?:e|us)", m["attribute"], _FLAGS):
        return None  # the marked name is that of the thing
    base = _status(scope, sentence, m["noun"], m["attribute"])
    return Reading((Post(_with(base, _names(m))),))


def _seen(sentence: Sentence, scope: Scope) -> Reading | None:
    """C5: "With permissions, you can see the volume status as ``a``": final, unless the status is a transient one."""
    m = _SEEN.match(sentence.text)
    if m is None:
        return None
    base = _status(scope, sentence, m["of"] or m["noun"], m["attribute"])
    names = _names(m)
    return Reading((Post(_with(base, names, transient=all(map(_in_progress, names)))),))


def _placed(sentence: Sentence, scope: Scope) -> Reading | None:
    """C5: "The new allocation is returned in the ``a`` state"; C1: "In the response, the pool status is ``A``".

    C1, too: "To confirm the update, check that the pool status is ``A``".
    """
    if m := _REPORTED.match(sentence.text) or _RETURNED.match(sentence.text) or _CONFIRMED.match(sentence.text):
        return Reading((Post(_with(_status(scope, sentence, m["noun"], m["attribute"]), _names(m))),))
    m = _IN_STATE.search(sentence.text)
    another = m is not None and re.match(r"\s+by\s+(?:calling|using)\s+(?!this\b)", sentence.text[m.end() :], _FLAGS)
    if m is None or another or not noun(m["noun"]) or sentence.text.startswith(("If", "When")):
        return None
    names = _names(m)
    base = _status(scope, sentence, m["noun"], m["attribute"])
    if then := AND_THEN.match(sentence.text[m.end() :]):
        final = _with(base, tuple(value.text for value in values(then["values"])))
        return Reading((Post(replace(final, transient=_with(base, names).becomes)),))
    return Reading((Post(_with(base, names, transient=all(map(_in_progress, names)))),))


_BEFORE = re.compile(
    rf"^If\s+(?:the\s+)?(?P<noun>{NOUN})\s+(?:was|is)\s+in\s+(?:the\s+)?(?P<attribute>{ATTRIBUTE})\s+"
    rf"(?P<before>(?-i:{VALUES}))\s+before\b.*?"
    rf"\bin\s+(?:the\s+)?(?:status|state)\s+(?P<then>(?-i:{VALUES}))\s+after\b.*?\botherwise\b.*?\bbe\s+"
    rf"(?P<else>(?-i:{VALUES}))"
    rf"(?P<tail>.*)$",
    _FLAGS,
)
_OR_FAILED = re.compile(rf"\bor\s+(?P<values>(?-i:{VALUES}))\s+if\b.*\bfail", _FLAGS)


def _depending_on_before(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "If it was in status ``A`` before, it will be in ``A`` after, otherwise ``B``, or ``C`` if ... failed"."""
    m = _BEFORE.match(sentence.text)
    if m is None:
        return None
    base = _status(scope, sentence, m["noun"], m["attribute"])
    earlier = normalised(tuple(v.text for v in values(m["before"])))[0]
    then = _with(base, tuple(v.text for v in values(m["then"])), when=When(status=earlier))
    otherwise = _with(base, tuple(v.text for v in values(m["else"])[:1]))
    failed = _OR_FAILED.search(sentence.text[m.start("else") :])
    if failed:
        names = normalised(tuple(v.text for v in values(failed["values"])))[0]
        return Reading((Post(then), Post(_failing(otherwise, names))))
    return Reading((Post(then), Post(otherwise)))


def _failing(base: Condition, names: tuple[str, ...]) -> Condition:
    return Condition(
        base.kind,
        base.resource,
        base.line,
        base.attribute,
        becomes=base.becomes,
        on_failure=names,
        as_written=base.as_written,
    )


def _after_failure(sentence: Sentence, scope: Scope) -> Reading | None:
    """Statuses after a failure: "If it fails again, the server status should be ``A`` and a job status of ``b``"."""
    if m := _REMAINS.match(sentence.text):
        base = _status(scope, sentence, m["noun"], m["attribute"])
        return Reading((Failure(base.resource, base.attribute, _names(m), sentence.line),))
    m = _FAILED.match(sentence.text)
    if m is None or not fails(re.sub(r"^(?:If|When|On|Upon|In\s+case\s+of)\s+|,$", "", m[0], flags=_FLAGS), scope):
        return None
    found = _clauses(sentence, scope, sentence.text[m.end() :])
    facts = tuple(Failure(b.resource, b.attribute, n, sentence.line) for b, n in found if n)
    return Reading(facts) if facts else None


_IF_CONFIGURED = re.compile(r"^If\s+(?P<if>[^,]+),\s*(?P<then>.+)$", _FLAGS)


def _if_configured(sentence: Sentence, scope: Scope) -> Reading | None:
    """C5, C8: "If you boot from volumes or set the ``x`` option, the service ... changes the status to ``A``"."""
    m = _IF_CONFIGURED.match(sentence.text)
    sets = _SETS.search(m["then"]) if m else None
    if m is None or sets is None:
        return None
    traits = [environment(part) for part in re.split(r"\bor\b", m["if"])]
    if not all(traits):
        return None
    base = _status(scope, sentence, sets["noun"], sets["attribute"])
    return Reading(tuple(Post(_with(base, _names(sets), when=some(When(environment=t)))) for t in traits))


_REMAINS_SO = re.compile(
    rf"\b(?P<noun>{NOUN})\s+(?:will\s+remain|remains|will\s+be)\s+(?P<word>[a-z]+)\s+(?:on|until|after)\b", _FLAGS
)


def _remains(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "From version 2.95, the server will remain stopped on ...": "stopped" is another name of a status."""
    m = _REMAINS_SO.search(sentence.text)
    status = STATUS_NAMES.get(m["word"].upper()) if m else None
    clauses = version_clauses(sentence.text)
    if m is None or status is None or len(clauses) != 1 or noun(m["noun"]) is None:
        return None
    when = When(min=clauses[0][0], max=clauses[0][1])
    base = Condition(
        "status", scope.named(m["noun"]), sentence.line, becomes=(status,), as_written=(m["word"],), when=when
    )
    return Reading((Post(base),))


RULES = (
    Rule("remains-in-status", "C4", _remains, ("remain", "will be")),
    Rule("depending-on-status-before", "C4", _depending_on_before, ("before",)),
    Rule("status-if-configured", "C8", _if_configured, ("if",)),
    Rule("status-after-success", "C1", _after_success, ("success", "succe", "complet")),
    Rule("status-shown", "C3", _shown, ("shows",)),
    Rule("status-in-lead-sentence", "C2", _lead, ("stat",)),
    Rule("status-seen", "C5", _seen, ("see",)),
    Rule("status-placed", "C5", _placed, ("stat",)),
    Rule("status-after-failure", "D1", _after_failure, ("fail", "error")),
)
