"""Rules for uses that a sentence forbids without a clause of its own, and for things of another owner (A8).

Read, of a removal, an action, or within preconditions: "The car cannot have any passengers", "You cannot already have a
picture of the car", "The car must not be locked, belong to a fleet or have passengers", "A car can be sold only if it
has no passengers", "You must remove all passengers before selling a car", "Before you can sell a car, you must first
remove its passengers", "You cannot sell a car that is used by a fleet", "You cannot sell a car that does not belong to
your project". Not read: a number of uses ("more than one passenger"), a recommendation outside of preconditions,
and a thing that is not the operation's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.prose.cause_names import THE, WORDS
from parsers.prose.cause_uses import KIND, unused_by, uses_of
from parsers.prose.clauses import version_clauses
from parsers.prose.codes import codes_in
from parsers.prose.owners import owner_of
from parsers.prose.rules import Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence, plain
from parsers.prose.status_frames import performed, reads
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_NOT = r"(?:cannot|can\s+not|can't|must\s+not|may\s+not)"
_HOLDS = (
    r"(?:(?:already\s+|currently\s+|still\s+)?(?:have|contain|hold|own|belong\s+to|be\s+(?:an?\s+)?(?:part|member)\s+of|"
    r"be\s+(?:attached|connected|bound|assigned|linked)\s+to))"
)
_USE = rf"(?P<n>(?:any\s+|an?\s+|the\s+)?{KIND}{WORDS}(?:\s+(?:or|and)\s+(?:any\s+|an?\s+)?{KIND}{WORDS})?)"
_NEVER_HELD = re.compile(
    rf"^(?P<subject>(?:(?:An?|The|This|Your)\s+)?[A-Za-z][\w -]*?)\s+{_NOT}\s+{_HOLDS}\s+{_USE}?"
    r"(?:\s+(?:of|on|for)\s+(?P<of>(?:the|this|your)\s+[\w -]+?))?\.*$",
    _FLAGS,
)
_ONE_OF_SEVERAL = re.compile(r"\bmust\s+not\s+(?P<list>[^.;:]*(?:,|\s+or\s+|\s+and\s+)[^.;:]*)\.?$", _FLAGS)
_JOINED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", _FLAGS)
_ONE_HELD = re.compile(rf"{_HOLDS}\s+{_USE}$", _FLAGS)
_ONLY_UNUSED = re.compile(
    r"^(?:(?P<who>You|Users?|(?:An?|The)\s+(?:administrator|user|owner)s?|Administrators?)\s+(?:can|may)\s+(?:only\s+)?"
    r"(?P<verb>[a-z]+)\s+(?P<thing>(?:the|an?|this)\s+[^,]+?)|"
    r"(?P<thing2>(?:An?|The|This)\s+[\w -]+?)\s+(?:can|may)\s+(?:only\s+)?be\s+(?P<verb2>[a-z]+))\s+"
    r"(?:only\s+)?(?:if|when|while|as\s+long\s+as|provided(?:\s+that)?)\s+(?P<clause>.+)$",
    _FLAGS,
)
_BEFORE = re.compile(
    r"^(?:(?:You|Users?|Administrators?)\s+(?P<modal>must|should|have\s+to|need\s+to)\s+(?:first\s+)?|(?:Please\s+|First,?\s+)?(?=remove|delete|detach|disassociate))"
    rf"(?:remove|delete|detach|disassociate|unassign|release|destroy|terminate)\s+(?:all\s+(?:of\s+)?)?(?P<n>(?:{THE})?{KIND}{WORDS}"
    rf"(?:\s*,?\s+(?:and|or)\s+(?:{THE})?{KIND}{WORDS})?)\s+(?:from\s+.+?\s+)?before\s+(?:(?:attempting|trying)\s+to\s+|you\s+(?:can\s+)?)?"
    r"(?P<verb>[a-z]+)\s+(?P<thing>(?:the|an?|this)\s+[\w -]+?|it)\.?$",
    _FLAGS,
)
_REMOVES = (
    r"(?:(?:detach\s+or\s+|remove\s+or\s+)?"
    r"(?:remove|delete|detach|disassociate|unassign|deregister|release|destroy|terminate))"
)
_ALL = r"(?:(?:all\s+(?:of\s+)?|any\s+|every\s+|each\s+)?(?:the\s+|its\s+|your\s+|existing\s+)*)"
_ONE = r"[A-Za-z][\w-]*(?:\s+[\w-]+){0,3}?"
_EACH = rf"{_ONE}(?:\s*\(\w+\))?"
_THEM = rf"{_ALL}{KIND}(?P<n>{_ONE}(?:\s+(?:and|or)\s+{_ONE})?)"
_TAIL = (
    r"(?:\s+(?:that|which|in|within|from|for|of|on|created|attached|associated|assigned|linked|referencing|contained|using|"
    r"belonging|based|built|made|running)\s[^.;]*?)?"
)
_A = r"(?:an?|the|this|your|any)"
_FIRST = re.compile(
    r"^Before\s+(?:(?:you\s+(?:can\s+)?|(?:attempting|trying)\s+to\s+)?(?P<verb>[a-z]+)\s+"
    rf"(?P<thing>{_A}\s+[\w -]+?)|(?P<thing2>{_A}\s+[\w -]+?)\s+(?:can\s+be|is)\s+(?P<verb2>[a-z]+)|"
    r"(?P<alone>deleting|deletion|removal)),"
    rf"\s+(?:(?:you\s+(?:must|have\s+to|need\s+to)\s+)?(?:first\s+)?{_REMOVES}\s+{_THEM}{_TAIL}(?:,\s+(?:using|by|with)\s[^.]*)?|"
    rf"(?:all|any)\s+(?:of\s+)?(?:the\s+)?{_THEM.replace('<n>', '<n2>')}{_TAIL}\s+(?:must|have\s+to|need\s+to)\s+"
    r"(?:first\s+)?be\s+(?:deleted|removed|detached|disassociated))\.?$",
    _FLAGS,
)
_LAST = re.compile(
    rf"^You\s+(?:must|have\s+to|need\s+to)\s+(?:first\s+)?{_REMOVES}\s+{_THEM}{_TAIL}\s+before\s+(?:(?:attempting|trying)\s+to\s+|"
    r"you\s+(?:can\s+)?)?(?P<verb>[a-z]+)\s+(?P<thing>(?:an?|the|this|your|any)\s+[\w -]+?|it)\.?$",
    _FLAGS,
)
_AT_FIRST = re.compile(
    rf"^(?:You|Users?)\s+(?:must|have\s+to|need\s+to)\s+(?:first\s+{_REMOVES}\s+{_THEM}{_TAIL}|"
    rf"{_REMOVES}\s+{_THEM.replace('<n>', '<n2>')}{_TAIL}\s+first)\.?$",
    _FLAGS,
)
_FROM_ALL = re.compile(
    r"^(?:Before\s+you\s+[^,]+,\s+)?you\s+must\s+(?P<first>first\s+)?(?:detach|disassociate|remove|unassign)\s+"
    r"(?P<thing>(?:the|this|your)\s+[\w -]+?)\s+from\s+"
    rf"(?:all\s+|any\s+|every\s+|its\s+|the\s+)?(?P<n>{_EACH}(?:,?\s+(?:and\s+|or\s+)?(?<=[,dr]\s){_EACH})*)"
    r"(?(first)|\s+before\s+you\s+(?:can\s+)?[a-z]+\s+(?:it|(?:the|this)\s+[\w -]+?))\.?$",
    _FLAGS,
)
_MUST_GO = re.compile(
    rf"^All\s+(?:of\s+)?(?:the\s+)?{KIND}(?P<n>{_ONE})\s+"
    r"(?:associated|linked|connected|attached|that\s+belong)\s+(?:with|to)\s+"
    r"(?P<thing>(?:the|this|your)\s+[\w -]+?)\s+(?:must|need\s+to|have\s+to)\s+be\s+"
    r"(?:deleted|removed|detached|disassociated)\b",
    _FLAGS,
)
_IF_YOU_HAVE = re.compile(
    rf"^If\s+you\s+have\s+(?:any\s+)?{KIND}(?P<n>{_ONE}(?:\s+(?:and|or)\s+{_ONE})?)\s+"
    r"(?:attached|associated|connected)\s+(?:to|with)\s+"
    rf"(?P<thing>(?:the|this|your)\s+[\w -]+?),\s+you\s+must\s+{_REMOVES}\s+them\s+first\.?$",
    _FLAGS,
)
_REMOVALS = (_FROM_ALL, _AT_FIRST, _MUST_GO, _IF_YOU_HAVE)
_WHAT_HOLDS = re.compile(
    rf"^(?:You|Users?)\s+{_NOT}\s+(?P<verb>[a-z]+)\s+(?P<thing>(?:an?|the|any)\s+[\w -]+?)\s+(?:that|which)\s+"
    r"(?:(?:still\s+)?(?:contains?|has|have|holds?)\s+"
    rf"(?:any\s+|one\s+or\s+more\s+)?{KIND}(?P<n>{_ONE})|(?:an?|any|another)\s+(?P<n2>{_ONE})\s+(?:still\s+)?(?:references?|uses?|depends?\s+on))\.?$",
    _FLAGS,
)
_WHAT_IS = re.compile(
    rf"^(?:You|Users?)\s+{_NOT}\s+(?P<verb>[a-z]+)\s+(?P<thing>[^,]+?)\s+(?:that|which)(?:'s|\s+(?:is|are))\s+(?:still\s+|currently\s+)?"
    r"(?:being\s+)?(?:used|referenced|included|associated|attached|assigned|bound|contained|in\s+use)\s+(?:by|in|with|to)\s+"
    rf"(?:one\s+or\s+more\s+|any\s+|another\s+|other\s+|an?\s+)?{KIND}(?!this\b|that\b|the\b|your\b)(?P<n>{_ONE})\.*$",
    _FLAGS,
)
_ANOTHERS = re.compile(
    rf"^(?:You|Users?)\s+{_NOT}\s+[^,]+?\s+(?:that|which)\s+(?:(?:does|do)(?:\s+not|n't)\s+belong\s+to\s+(?:you|your\s+(?:own\s+)?"
    r"(?:project|tenant|account))|(?:is|are)\s+not\s+(?:yours|owned\s+by\s+(?:you|your\s+(?:project|tenant)))|you\s+do\s+not\s+own)\.*$",
    _FLAGS,
)
_PRECONDITIONS = re.compile(r"\W*pre-?(?:conditions?|requisites?)\W*$", _FLAGS)


def listed_as_need(sentence: Sentence, scope: Scope) -> bool:
    """True if a sentence stands in a list of preconditions, below a heading or below a paragraph of this one word."""
    if sentence.block.block in ("preconditions", "precondition"):
        return True
    parent = sentence.block.parent
    blocks = scope.source.blocks if scope.source is not None else ()
    lead = blocks[parent] if parent is not None and parent < len(blocks) else None
    return lead is not None and _PRECONDITIONS.match(plain(lead.text)) is not None


def _takes_hold(sentence: Sentence, scope: Scope) -> bool:
    """True if the operation is done to a thing that is there already, or the sentence is one of its preconditions."""
    if scope.source is None or reads(scope) or version_clauses(sentence.text):
        return False
    done = scope.source.method == "DELETE" or scope.source.path.rstrip("/").endswith("/action")
    return done or listed_as_need(sentence, scope)


def _is_own(phrase: str | None, scope: Scope) -> bool:
    """True if a phrase means the thing that the operation is about, perhaps by the last word of its name."""
    owner = owner_of(re.sub(r"\s+itself$", "", phrase), scope) if phrase else None
    return owner is not None and (f" {scope.resource}".endswith(f" {owner}") or owner.endswith(f" {scope.resource}"))


def _refused(names: Iterator[str] | tuple[str, ...], sentence: Sentence) -> Reading | None:
    found = [code for code in codes_in(sentence.text) if code >= 400]
    code = found[0] if len(found) == 1 else None
    facts = tuple(Refused(Refusal(Cause(used_by=(name,)), code, sentence.line)) for name in names)
    return Reading(facts) if facts else None


def _never_held(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: what the thing must not have, or must not be a part of."""
    if not _takes_hold(sentence, scope):
        return None
    if (m := _NEVER_HELD.match(sentence.text)) is not None:
        you = m["subject"].lower() == "you"
        own = _is_own(m["of"] if you else m["subject"], scope) or (listed_as_need(sentence, scope) and not you)
        if m["n"] and own:
            return _refused(uses_of(_bare(m["n"])), sentence)
    if (m := _ONE_OF_SEVERAL.search(sentence.text)) is None:
        return None
    parts = (_ONE_HELD.match(part) for part in _JOINED.split(m["list"]))
    return _refused(tuple(name for part in parts if part for name in uses_of(_bare(part["n"]))), sentence)


def _bare(phrase: str) -> str:
    """Return a phrase without the word before it that is no part of a name: "any dependent seats" are seats."""
    return re.sub(rf"^(?:(?:any|an?|the)\s+)?{KIND}", "", phrase, flags=_FLAGS)


def _only_unused(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: what a thing must be free of for the operation."""
    m = _ONLY_UNUSED.match(sentence.text) if scope.source is not None and not reads(scope) else None
    if m is None or version_clauses(sentence.text):
        return None
    own = performed(m["verb"] or m["verb2"], scope) or _is_own(
        re.split(r"\s+from\b", m["thing"] or m["thing2"])[0], scope
    )
    return _refused(unused_by(m["clause"]), sentence) if own else None


def _gone_before(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: what must be removed before the operation; "should" says so within preconditions alone. Or what uses it."""
    if scope.source is None or reads(scope):
        return None
    text = sentence.text.replace("\u2019", "'")
    if (m := next(filter(None, (form.match(text) for form in _REMOVALS)), None)) is not None:
        return _of_a_removal(m, sentence, scope)
    m = _FIRST.match(text) or _LAST.match(text) or _WHAT_IS.match(text) or _WHAT_HOLDS.match(text)
    if m is not None and not version_clauses(text):
        part = m.groupdict()
        verb, thing = (part.get(name) or part.get(f"{name}2") for name in ("verb", "thing"))
        own = part.get("alone") or (performed(verb or "", scope) and (thing == "it" or _is_own(thing, scope)))
        itself = m.re in (_FIRST, _LAST) and _is_own(part["n"], scope)  # "detach the policy from all users"
        return _refused(uses_of(part["n"] or part.get("n2") or ""), sentence) if own and not itself else None
    m = _BEFORE.match(text)
    if m is None or version_clauses(sentence.text) or (m["modal"] == "should" and not listed_as_need(sentence, scope)):
        return None
    if not performed(m["verb"], scope):
        return None
    return _refused(uses_of(re.sub(rf"^(?:(?:{THE})?{KIND})", "", m["n"], flags=_FLAGS)), sentence)


def _of_a_removal(m: re.Match[str], sentence: Sentence, scope: Scope) -> Reading | None:
    """Return what must be removed first, if the operation removes its own thing: other operations have other needs."""
    removes = scope.source is not None and re.match(rf"(?:Force-?)?{_REMOVES}", scope.source.title, _FLAGS)
    part = m.groupdict()
    if not removes or version_clauses(sentence.text) or (part.get("thing") and not _is_own(part["thing"], scope)):
        return None
    names = part["n"] or part.get("n2") or ""
    itself = not part.get("thing") and re.search(r"\b(?:and|or)\b", names) is None and _is_own(names, scope)
    return None if itself else _refused(uses_of(re.sub(r"\s*\(\w+\)", "", names)), sentence)


def _anothers(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a thing of another project."""
    if scope.source is None or version_clauses(sentence.text) or not _ANOTHERS.match(sentence.text):
        return None
    return Reading((Refused(Refusal(Cause(lacks=("owner",)), None, sentence.line)),))


RULES = (
    Rule("never-held", "A8", _never_held, ("not ", "cannot", "can't")),
    Rule("only-unused", "A8", _only_unused, (" no ", "not ")),
    Rule("gone-before-the-operation", "A8", _gone_before, ("before", "that", "which", "first", "must be", "to be")),
    Rule("of-another-owner", "A8", _anothers, ("belong", "own", "yours")),
)
