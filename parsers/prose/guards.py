"""Rules for the needs of a request before it is accepted, and for the known contents of its answer (A8, B2, C6).

Read: "If the ``shut`` attribute of the shop is ``true``, you must first set it to ``false``", "The ``shut`` attribute
of the shop cannot be ``true``", "The body of the request must be a JSON document", "This method requires that a
``colour`` be supplied", "A car can be sold only while the shop is powered on", in a removal "The API immediately
purges all data" and "You cannot recover it", and a sentence that repeats the table of an answer. Not read:
a guard that the sentence ties to more than one field, and a body of another form than JSON.
"""

from __future__ import annotations

import re

from parsers.prose.owners import owner_of
from parsers.prose.rules import NOTHING, Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_frames import performed
from parsers.prose.status_patterns import ALONE, COMMON
from parsers.prose.words import bare, last_noun, normalised, noun
from specs.model import Condition
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_FIELD = r"``(?P<field>[\w:.-]+)``\s+(?:attribute|property|field|flag)"
_OF = r"(?:\s+of\s+(?:the|this)\s+(?P<noun>[a-z][a-z ]*?))?"
_FIRST = re.compile(
    rf"\bif\s+the\s+{_FIELD}{_OF}\s+is\s+(?:set\s+to\s+)?``(?P<value>[\w.-]+)``,\s+(?:then\s+)?you\s+must\s+first\b",
    _FLAGS,
)
_NEVER = re.compile(rf"^The\s+{_FIELD}{_OF}\s+(?:cannot|must\s+not)\s+be\s+``(?P<value>[\w.-]+)``\.?$", _FLAGS)
_JSON = re.compile(
    r"^The\s+(?:HTTP\s+)?(?:request\s+)?body(?:\s+of\s+the\s+\w+\s+request|\s+of\s+the\s+request)?\s+must\s+be\s+"
    r"(?:an?\s+)?(?:valid\s+|parse?able\s+)?JSON\b",
    _FLAGS,
)
_REQUIRES = re.compile(
    r"^This\s+(?:method|operation|call|request|API)\s+requires\s+that\s+(?:an?|the)\s+``(?P<field>[\w:.-]+)``\s+be\s+"
    r"(?:supplied|given|provided|specified)(?:\s+in\s+the\s+request(?:\s+body)?)?\.?$",
    _FLAGS,
)
_POWERED = re.compile(
    r"^An?\s+[\w ]+?\s+(?:can|may)\s+be\s+\w+\s+only\s+(?:while|when|if)\s+(?P<noun>(?:an?|the|its)\s+[\w ]+?)"
    r"(?:\s+associated\s+with\s+[\w ]+?)?\s+is\s+powered\s+(?P<power>on|off)\.?$",
    _FLAGS,
)


def _guarded(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a field whose value forbids the operation."""
    m = _FIRST.search(sentence.text) or _NEVER.match(sentence.text)
    if m is None or scope.source is None:
        return None
    owner = noun(m["noun"]) or m["noun"] if m["noun"] else None
    resource = None if owner in (None, scope.resource) else owner
    cause = Cause(resource=resource, has=((m["field"], m["value"]),))
    return Reading((Refused(Refusal(cause, None, sentence.line)),))


def _body(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a body that is no JSON is refused; so is one without the field that the operation needs."""
    if scope.source is None:
        return None
    if _JSON.match(sentence.text):
        return Reading((Refused(Refusal(Cause(invalid=("body",)), None, sentence.line)),))
    if (m := _REQUIRES.match(sentence.text)) is not None:
        return Reading((Refused(Refusal(Cause(absent=(m["field"],)), None, sentence.line)),))
    return None


def _power(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: the power state of a thing that the operation needs."""
    m = _POWERED.match(sentence.text)
    owner = last_noun(m["noun"]) if m is not None else None
    if m is None or owner is None or scope.source is None:
        return None
    power = f"power {m['power'].lower()}"
    return Reading((Pre(Condition("status", owner, sentence.line, attribute="power_state", any_of=(power,))),))


_IN_A_STATUS = re.compile(
    rf"^(?:An?\s+|The\s+)?(?P<value>(?:``|\*\*){COMMON}(?:``|\*\*)|(?:{'|'.join(sorted(ALONE))}))\s+"
    r"(?P<noun>[a-z][a-z -]*?)\s+(?:cannot|can\s+not|can't|must\s+not|may\s+not)\s+be\s+"
    r"(?P<verb>[a-z]+)(?:\s+(?:with|by|using|through)\s+this\s+\w+)?\.?$",
    _FLAGS,
)


def _in_a_status(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a thing in a status that cannot be the operation's: "The ``active`` car cannot be sold"."""
    m = _IN_A_STATUS.match(sentence.text)
    owner = owner_of(m["noun"], scope, another=False) if m is not None else None
    if m is None or owner is None or not f" {scope.resource}".endswith(f" {owner}") or not performed(m["verb"], scope):
        return None
    cause = Cause(resource=owner, status=normalised((bare(m["value"]),))[0])
    return Reading((Refused(Refusal(cause, None, sentence.line)),))


_PURGED = re.compile(
    r"^The\s+API\s+immediately\s+purges\s+(?:any\s+and\s+all|all)\b|^You\s+(?:cannot|can\s+not)\s+recover\s+it\.?$",
    _FLAGS,
)


def _purged(sentence: Sentence, scope: Scope) -> Reading | None:
    """C6: a removal leaves nothing."""
    if scope.source is None or scope.source.method != "DELETE" or not _PURGED.match(sentence.text):
        return None
    return Reading((Post(Condition("effect", scope.resource, sentence.line, effect="deleted")),))


_WITH_ID = re.compile(
    r"\b(?:returns|contains)\s+a\s+(?:response\s+)?object,?\s+(?:that|which)\s+contains\s+an?\s+(?:unique\s+)?ID"
    r"(?:\s+and\s+the\s+(?P<more>status)\b[^,]*)?\.?$",
    _FLAGS,
)


def _as_in_the_table(sentence: Sentence, scope: Scope) -> Reading | None:
    """K2: an answer that holds an id, or a status, if its table says the same; the rows have their own cases."""
    m = _WITH_ID.search(sentence.text)
    if m is None or scope.source is None:
        return None
    shown = {row.parameter.name.split(".")[-1] for row in scope.source.rows if row.section == "response"}
    status = m["more"] is None or any(name.endswith("status") for name in shown)
    return NOTHING if "id" in shown and status else None


_WILL_SHOW = re.compile(
    r"^By\s+default,?\s+this\s+(?:query|call|operation)\s+(?:will\s+return|returns)\s+the\s+(?P<names>[\w\s,]+?)"
    r"\s+for\s+each\s+[\w ]+\.?$",
    _FLAGS,
)
_WILL_NEED = re.compile(r"^This\s+(?:method|operation|call)\s+requires\s+an?\s+(?P<names>[\w\s,]+?)\.*$", _FLAGS)


_LINKS = re.compile(
    r"^Links\s+to\s+more\s+specific\s+information\s+will\s+be\s+provided\s+for\s+each\s+(?:major\s+)?API\s+version,\s+as\s+well\s+"
    r"as\s+information\s+about\s+supported\s+min\s+and\s+max\s+microversions\.?$",
    _FLAGS,
)
_OF_A_VERSION = frozenset({"links", "min_version", "version"})


def _rows_named(text: str, names: frozenset[str]) -> bool:
    """True if each thing that a text lists is one of the rows with these names: "power state" is ``power_state``."""
    said = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text.lower().strip()) if part]
    for part in said:
        words = re.sub(r"^(?:an?|the)\s+", "", part).split()
        forms = {"_".join(words), "_".join(words[:-1]), "-".join(words)}
        if not words or not forms & names:
            return False
    return bool(said)


def _of_rows(sentence: Sentence, scope: Scope) -> Reading | None:
    """K2: a list of the fields that an answer shows, or that a request needs, if the table names each of them too."""
    if scope.source is None:
        return None
    shown, needed = (
        frozenset(
            row.parameter.name.split(".")[-1].lower()
            for row in scope.source.rows
            if row.section == section and (row.parameter.required or section == "response")
        )
        for section in ("response", "request")
    )
    if _LINKS.match(sentence.text):
        return NOTHING if shown >= _OF_A_VERSION else None
    if (m := _WILL_SHOW.match(sentence.text)) is not None:
        return NOTHING if _rows_named(m["names"], shown) else None
    m = _WILL_NEED.match(sentence.text)
    return NOTHING if m is not None and _rows_named(m["names"], needed) else None


RULES = (
    Rule("guarded-by-a-field", "A8", _guarded, ("``",)),
    Rule("body-that-is-needed", "A8", _body, ("body", "requires that")),
    Rule("power-that-is-needed", "B2", _power, ("powered",)),
    Rule("thing-in-a-status", "A8", _in_a_status, ("not ", "cannot", "can't")),
    Rule("purged-by-a-removal", "C6", _purged, ("purges", "recover")),
    Rule("answer-as-in-its-table", "K2", _as_in_the_table, ("object",)),
    Rule("fields-as-in-the-table", "K2", _of_rows, ("this", "links")),
)
