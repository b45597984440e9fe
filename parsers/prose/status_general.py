"""The general rule for statuses: what a clause about a status means, by the words around the clause.

It reads the sentences of which no other rule has made a fact. Read: "The share must be in the available state"; "can be
deleted only when its status is ``a``"; "the car and the shop are in ``a`` state", of both; "cannot be changed while the
share is in ``a`` state" (a refusal), "unless the status is ``a``" (a need); "If the share is not in ``a`` state, a 409
is returned"; "Only shares in ``a`` state can be moved"; "Applies a patch that is in the Available state"; "Once the
copy is complete, the status becomes ``a``"; "If ``x`` is ``b``, the share enters the ``a`` state". Not read: a clause
of a thing that neither the path, nor the title, nor the known nouns name; a clause under a further condition; one about
a field of the request; one that only explains or reports; and the outcome of a failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers.document import Block, OperationSource
from parsers.prose.clauses import some, version_clauses, version_range, without_versions
from parsers.prose.codes import codes_in
from parsers.prose.rules import Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_clauses import Clause, clauses_of, cleared, imperative
from parsers.prose.words import DETERMINER, attribute, bare, normalised, singular
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE
_REFUSED = re.compile(
    r"\b(?:cannot|can\s+not|can't|do\s+not\s+(?:call|use|perform|send)|could\s+not|may\s+not|must\s+not|should\s+not|will\s+not\s+be|not\s+(?:be\s+)?(?:"
    r"allowed|possible|permitted|supported|accepted)|fails?|failed\s+with|rejects?|rejected|refused|prohibited|unavailable|not\s+available|impossible|"
    r"forbidden|disallowed|denied|error\s+(?:is|will\s+be)|(?:results?|returns?|respond\w*)\s+(?:in\s+|with\s+)?an?\s+"
    r"(?:\w+\s+){0,2}error)\b|(?<![\d.])4\d\d(?!\d)",
    _FLAGS,
)
_ONLY_IF = re.compile(
    r"(?:\bonly\s+(?:be\s+\w+\s+|\w+\s+)?(?:if|when|while|for|on|after|once|from|in)|\bonly\b[^,;]*?\b(?:if|when|while|"
    r"whenever)|\bas\s+long\s+as|\bso\s+long\s+as|\bprovided(?:\s+that)?|\bproviding(?:\s+that)?|\bon\s+condition\s+that|"
    r"\brequires?(?:\s+that)?|\b(?:required|necessary|mandatory|essential|important)\s+that|\bensure(?:\s+that)?|\bmake\s+sure(?:\s+that)?)\s*$",
    _FLAGS,
)
_HAPPENS_ONLY = re.compile(
    r"\b(?:is|are)\s+(?!allowed|permitted|supported|accepted|granted|authori[sz]ed|enabled)\w+ed\s+only\s+(?:if|when|after|once)$",
    _FLAGS,
)
"""A report of an outcome, "the tasks are stopped only when": no condition of the request."""
_ONLY_THOSE = re.compile(
    r"(?:^|[,;]\s*|\bthat\s+)only$|\b(?:can|may|must|could)\s+(?:be\s+)?only\s+(?:be\s+)?\w+(?:\s+\w+)?(?:\s+(?:for|on|"
    r"to|from|in|with|by))?$|\b(?:can|may)\s+(?:be\s+)?\w+\s+(?:\w+\s+)?only(?:\s+(?:for|on|to|from|in|with|by))?$|\bonly\s+"
    r"(?:available|allowed|possible|supported|valid|permitted|applicable|applies|works?)\s+(?:for|on|to|with)$",
    _FLAGS,
)
_NOT_UNTIL = re.compile(r"\b(?:unless|until|before|except\s+(?:if|when|while))$", _FLAGS)
_IF = re.compile(r"\b(?:if|when|while|whenever|where|once|as\s+soon\s+as|in\s+case|as)$", _FLAGS)
_DONE = re.compile(
    r"^(?:(?:After|Once|When|As\s+soon\s+as|Upon|On)\b[^,]*\b(?:complet\w+|success\w*|succeed\w*|finish\w*|done|accepted|"
    r"ends?|created|deleted|updated|returned)\b[^,]*,|If\b[^,]*\b(?:success\w*|succeed\w*)\b[^,]*,|After\s[^,]+,|"
    r"(?:Initially|Finally|Then|Eventually|In\s+the\s+end),?\s)",
    _FLAGS,
)
_SUBJECT = re.compile(
    r"^(?P<noun>(?:An?|The|This|Each|Every)\s+(?:[\w'/-]+\s+){1,4}?)(?:can|cannot|must|may|is|are)\b", _FLAGS
)
_BOUND = re.compile(
    r"^(?:If|When|Unless|While|Where|In\s+case|For(?!\b[^,]*\sto\s+(?:succeed|work|be)\b))\b",
    _FLAGS,
)
_AFTER_FAILURE = re.compile(r"^(?:In\s+(?:the\s+)?case\s+of|On|Upon|After)\s+(?:an?\s+)?(?:failure|error)\b", _FLAGS)
_IF_VALUE = re.compile(
    r"^(?:If|When)\s+(?:the\s+)?(?:value\s+of\s+)?(?:the\s+)?(?:``|\*\*)(?P<field>[\w:.-]+)(?:``|\*\*)\s+(?:(?:parameter|attribute|flag|"
    r"field|option)\s+)?(?:is|was)\s+(?:set\s+to\s+)?(?:``|\*\*)(?P<value>[\w.-]+)(?:``|\*\*),\s*$",
    _FLAGS,
)
_SPECIFIED = re.compile(
    r"^(?:If|When)\s+(?:the\s+)?``(?P<field>[\w:.-]+)``\s+(?:(?:parameter|attribute|flag|field|option)\s+)?(?:is|was)\s+(?:"
    r"specified|given|set|present|provided|used|included),\s*$",
    _FLAGS,
)
_LEAD = re.compile(r"^[A-Z][a-z]+(?:\s+[a-z]+){0,3}$")
_RELATIVE = re.compile(r"\b(?:that|which)\s+(?:is|are)\b|\bwhose\b", _FLAGS)
_SHOWING = re.compile(
    r"^(?:Lists?|Shows?|Gets?|Returns?|Retrieves?|Displays?|Quer(?:y|ies)|Views?|Finds?|Checks?|Filters?|Indicates?|The|An?|"
    r"This|These|It|If|When|For|Note|In|You|Number|Specifies|Whether)\b"
)
_EXPLAINS = re.compile(
    r"\b(?:means|indicates|for\s+example|e\.g\.|such\s+as|defaults?\s+to|by\s+default|may\s+also|can\s+also|possible"
    r"\s+values?|valid\s+values?|might|does\s+not\s+(?:affect|matter)|regardless|even\s+(?:if|when))\b",
    _FLAGS,
)


_MAKES = re.compile(
    r"^(?:Creat|Add|Put|Plac|Set|Leav|Register|Import|Launch|Build|Return|Bring|Reset|Switch|Allocat|Provision)",
    _FLAGS,
)
_ARTICLE = re.compile(r"(?:(?:^|\s+)(?:the\s+)?(?:current\s+)?value\s+of)?(?:(?:^|\s+)(?:the|its|their|an?))?$", _FLAGS)
_MAY = re.compile(r"\s+(?:can|may|will|is|are|could)\b(?!\s+not)", _FLAGS)
_OPERATION = re.compile(r"\b(?:operation|API|call|method|action|request|command|function|interface)s?\s*$", _FLAGS)
_HEAD = re.compile(r"\b(?:the|an?)\s+(?P<head>[a-z][\w-]*(?:\s+[a-z][\w-]*){0,2})\s+of$", _FLAGS)
_NO_HEAD = re.compile(
    r"\b(?:one|any|all|each|both|none|status|state|value|type|kind|name|id|list|number|details?|case|rest|size|part|set|use|"
    r"copy|instance|content|owner|creation|deletion|removal|\w+ing|\w+tion)$",
    _FLAGS,
)
_TOGETHER = re.compile(
    r"(?:^|\b(?:if|when|while|unless|until)\s+)(?:both\s+)?(?P<first>(?:the|an?|its)\s+[\w-]+(?:\s+[\w-]+)?)\s+and$",
    _FLAGS,
)


def _compound(words: list[str], scope: Scope) -> str | None:
    """Return the last two or three words if the title or the path names them together."""
    if scope.source is None:
        return None
    path = re.sub(r"[{}/_-]+", " ", scope.source.path)
    told = " ".join(singular(word) for word in re.findall(r"[a-z]+", f"{path} . {scope.source.title}".lower()))
    for length in (3, 2):
        name = " ".join(singular(word) for word in words[-length:])
        if len(words) >= length and re.search(rf"\b{name}\b", told):
            return name
    return None


def _owner(phrase: str, scope: Scope) -> str | None:
    """Return the thing that a phrase names: a known one, the path's, or one that the path or a title names."""
    words = re.findall(r"[a-z]+", re.sub(rf"^{DETERMINER}\s+", "", phrase, flags=_FLAGS).lower())
    if not words or words[-1] in ("it", "they", "its", "their", "the", "this", "resource", "object"):
        return scope.resource
    if (short := scope.abbreviated(phrase)) is not None:
        return short
    known = scope.named(phrase) if scope.owner(phrase) is not None else None
    longer = _compound(re.findall(r"\b[a-z]+\b", re.sub(rf"^{DETERMINER}\s+", "", phrase)), scope)
    if longer is not None and (known is None or len(longer.split()) > len(known.split())):
        return longer
    if known is not None or scope.source is None:
        return known
    told = re.findall(r"[a-z]+", f"{scope.source.path} {scope.source.title} {scope.context.title}".lower())
    last = singular(words[-1])
    return last if last in {singular(word) for word in told} and len(last) > 3 else None


def _condition(clause: Clause, owner: str, line: int, *, becomes: bool = False, **extra: object) -> Condition:
    name = clause.shown_by or attribute(clause.attribute)
    name = None if name in ("status", "state") else name
    names, as_written = normalised(clause.values) if name is None else (clause.values, ())
    values = {"becomes" if becomes else "any_of": names}
    return Condition("status", owner, line, attribute=name, as_written=as_written, **values, **extra)  # type: ignore[arg-type]  # the names are those of fields of Condition


def _meaning(clause: Clause, before: str, text: str, sentence: Sentence) -> str | None:
    """Tell what a clause says: ``needed``, ``refused``, ``becomes``, or None if it is none of these."""
    before, after = before.rstrip(" *`"), text[clause.end :]
    after_done = (sentence.block.block or "").endswith("postconditions") or _DONE.match(text) is not None
    main = f"{before} | {after}"
    refusing = _REFUSED.search(main) is not None
    bound = _BOUND.match(before) is not None and "," in before and not _given(before)
    if clause.form == "change":
        return _outcome(clause, before, sentence, bound=bound, done=after_done)
    if bound and not after_done:
        return None
    if _NOT_UNTIL.search(before):
        return "needed" if refusing and not clause.negated else None
    if _ONLY_IF.search(before):
        return None if clause.negated or after_done or _HAPPENS_ONLY.search(before) else "needed"
    if _IF.search(before):
        return ("needed" if clause.negated else "refused") if refusing and not after_done else None
    if clause.form == "noun":
        return _of_a_noun(clause, before, text, sentence, refusing=refusing and _BOUND.match(text) is None)
    if clause.modal and not after_done:
        needed = "needed" if not _BOUND.match(before) or _given(before) else None
        return "refused" if clause.negated else needed
    if after_done and not clause.negated and clause.form == "is":
        return "becomes"
    return None


def _of_a_noun(clause: Clause, before: str, text: str, sentence: Sentence, *, refusing: bool) -> str | None:
    """Return the facts of a clause that describes a noun: "only cars in ``a`` state", "no car in ``a`` state can"."""
    after = text[clause.end :]
    if clause.owner.lower().startswith("no "):
        return "refused" if not clause.negated and _MAY.match(after) else None
    if not clause.negated and (clause.modal == "only" or _ONLY_THOSE.search(before)):
        return "needed"
    if refusing:
        return "needed" if clause.negated else "refused"
    lead = sentence.first and sentence.block.kind in ("paragraph", "title") and not sentence.block.section
    related = _RELATIVE.search(text[clause.start : clause.end]) is not None or (
        imperative(sentence.text) != sentence.text and not _MAKES.match(before)
    )
    told = lead and related and after.strip(" .") == ""
    purpose = told and _LEAD.match(before) and not _SHOWING.match(before)
    return "needed" if purpose and not clause.negated else None


def _outcome(clause: Clause, before: str, sentence: Sentence, *, bound: bool, done: bool) -> str | None:
    """Tell whether a clause about a change says which status the operation leads to."""
    if clause.negated or _IF.search(before) or _NOT_UNTIL.search(before) or _REFUSED.search(before):
        return None
    told = (
        clause.modal is not None
        or _given(before) is not None
        or (sentence.block.kind == "paragraph" and not sentence.block.section)
    )
    return "becomes" if done or (told and not bound and (not _BOUND.match(before) or _given(before))) else None


def _given(before: str) -> When | None:
    """Return the facts of a clause in front about the request: that it gives a field, or a field's value."""
    if m := _SPECIFIED.match(before):
        return When(present=(m["field"],))
    if m := _IF_VALUE.match(before):
        value = {"true": True, "false": False}.get(m["value"].lower(), m["value"])
        return When(request=((m["field"], value),))
    return None


def _owners(clause: Clause, text: str, scope: Scope) -> tuple[tuple[str | None, ...], str]:
    """Return the things that a clause is about, and the words before them.

    They are two if they are joined ("the car and the shop are"), and the head of "the hook of the car is".
    """
    before = _ARTICLE.sub("", text[: clause.start].rstrip())
    subject = _SUBJECT.match(text) if clause.owner.lower() in ("", "it", "its", "they", "their") else None
    if subject and subject.end() < clause.start:
        operation = _OPERATION.search(subject["noun"]) is not None
        return (scope.resource if operation else _owner(subject["noun"], scope),), before
    if re.search(r"\bboth\b", f"{before} {clause.owner}", _FLAGS) and not _TOGETHER.search(before):
        return (), before
    if clause.form == "is" and (m := _HEAD.search(before)) and not _NO_HEAD.search(m["head"]):
        return (_owner(m["head"], scope),), before[: m.start()]
    one = _owner(clause.owner, scope)
    plural = clause.form == "is" and re.search(r"\b(?:are|must|have|should|need)\b", text[clause.start : clause.end])
    first = _TOGETHER.search(before) if plural else None
    if first is None:
        return (one,), before
    other = _owner(first["first"], scope)
    return () if other is None else (other, one), before[: first.start("first")]


def _general(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2, C1: what the clauses of a sentence say of statuses."""
    text = cleared(without_versions(sentence.text))
    text = imperative(text)
    if scope.source is None or _EXPLAINS.search(text) or len(version_clauses(sentence.text)) > 1:
        return None
    if sentence.block.block == "troubleshooting" or sentence.block.kind == "cell" or _AFTER_FAILURE.match(text):
        return None
    facts = [fact for clause in clauses_of(text) for fact in _facts(clause, text, sentence, scope)]
    return Reading(tuple(facts)) if facts else None


def _causes(clause: Clause, owner: str, scope: Scope) -> Iterator[Cause]:
    """Yield the reasons of a refusal: the status, or each value of another attribute."""
    name = attribute(clause.attribute)
    if name is None:
        yield Cause(resource=owner, status=normalised(clause.values)[0])
        return
    for value in clause.values:
        yield Cause(resource=None if owner == scope.resource else owner, has=((name, value),))


def _is_requested(clause: Clause, scope: Scope) -> bool:
    """True if a clause is about a field of the request: "the ``status`` field must be one of ``a``, ``b``"."""
    if clause.owner.lower() not in ("", "the", "this") or clause.attribute[:1] not in "`*" or scope.source is None:
        return False
    rows = {row.parameter.name.split(".")[-1] for row in scope.source.rows if row.section == "request"}
    return bare(clause.attribute) in rows


def _facts(clause: Clause, text: str, sentence: Sentence, scope: Scope) -> Iterator[Pre | Post | Refused]:
    """Yield the facts of one clause of a sentence."""
    owners, before = _owners(clause, text, scope)
    meaning = _meaning(clause, before, text, sentence)
    if meaning is None or not clause.values:
        return
    low, high = version_range(sentence.text) or (None, None)
    found = [code for code in codes_in(sentence.text) if code >= 400]
    code = found[0] if len(found) == 1 else None
    given = _given(text[: clause.start])
    when = some(replace(given or When(), min=low, max=high))
    for owner in owners:
        if owner is None or _is_requested(clause, scope):
            continue
        if meaning == "needed":
            yield Pre(_condition(clause, owner, sentence.line, code=code, when=when))
        elif meaning == "becomes":
            yield Post(_condition(clause, owner, sentence.line, becomes=True, when=when))
        elif given is None:
            for cause in _causes(clause, owner, scope):
                yield Refused(Refusal(cause, code, sentence.line, low, high))


def read_title(source: OperationSource, scope: Scope) -> tuple[Pre, ...]:
    """Return the needs that an operation's title states: "Applies a patch that is in the Available state"."""
    block = Block(source.title, source.line, "title")
    reading = _general(Sentence(source.title, block, 0), scope) if "stat" in source.title else None
    return tuple(fact for fact in reading.facts if isinstance(fact, Pre)) if reading else ()


RULES = (Rule("status-in-general", "B2", _general, ("stat",)),)
