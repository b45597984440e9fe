"""The general rule for statuses: what a clause about a status means, by the words around the clause.

It reads the sentences of which no other rule has made a fact. Read: "The share must be in the available state"; "can be
deleted only when its status is ``a``"; "cannot be changed while the share is in ``a`` state" (a refusal), "unless the
status is ``a``" (a need); "If the share is not in ``a`` state, a 409 is returned"; "Only shares in ``a`` state can be
moved"; "Applies a patch that is in the Available state"; "Once the copy is complete, the status becomes ``a``". Not
read: a clause of a thing that neither the path, nor the title, nor the known nouns name; a clause under a further
condition, and one that only explains or reports.
"""

from __future__ import annotations

import re

from parsers.document import Block, OperationSource
from parsers.prose.clauses import some, version_clauses, version_range, without_versions
from parsers.prose.codes import codes_in
from parsers.prose.rules import Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_clauses import Clause, clauses_of
from parsers.prose.words import DETERMINER, attribute, normalised, singular
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE
_REFUSED = re.compile(
    r"\b(?:cannot|can\s+not|can't|could\s+not|may\s+not|must\s+not|should\s+not|will\s+not\s+be|not\s+(?:be\s+)?(?:"
    r"allowed|possible|permitted|supported|accepted)|fails?|failed\s+with|rejects?|rejected|refused|prohibited|"
    r"forbidden|disallowed|denied|error\s+(?:is|will\s+be)|(?:results?|returns?|respond\w*)\s+(?:in\s+|with\s+)?an?\s+"
    r"(?:\w+\s+){0,2}error)\b|(?<![\d.])4\d\d(?!\d)",
    _FLAGS,
)
_ONLY_IF = re.compile(
    r"(?:\bonly\s+(?:be\s+\w+\s+|\w+\s+)?(?:if|when|while|for|on|after|once|from|in)|\bonly\b[^,;]*?\b(?:if|when|while|"
    r"whenever)|\bas\s+long\s+as|\bso\s+long\s+as|\bprovided(?:\s+that)?|\bproviding(?:\s+that)?|\bon\s+condition\s+that|"
    r"\brequires?(?:\s+that)?|\bensure(?:\s+that)?|\bmake\s+sure(?:\s+that)?)\s*$",
    _FLAGS,
)
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
_BOUND = re.compile(r"^(?:If|When|Unless|While|Where|In\s+case|For)\b", _FLAGS)
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


def _owner(phrase: str, scope: Scope) -> str | None:
    """Return the thing that a phrase names: a known one, the path's, or one that the path or a title names."""
    words = re.findall(r"[a-z]+", re.sub(rf"^{DETERMINER}\s+", "", phrase, flags=_FLAGS).lower())
    if not words or words[-1] in ("it", "they", "its", "their", "resource", "object"):
        return scope.resource
    if scope.owner(phrase) is not None:
        return scope.named(phrase)
    if scope.source is None:
        return None
    told = re.findall(r"[a-z]+", f"{scope.source.path} {scope.source.title} {scope.context.title}".lower())
    last = singular(words[-1])
    return last if last in {singular(word) for word in told} and len(last) > 3 else None


def _condition(clause: Clause, owner: str, line: int, *, becomes: bool = False, **extra: object) -> Condition:
    name = attribute(clause.attribute)
    names, as_written = normalised(clause.values) if name is None else (clause.values, ())
    values = {"becomes" if becomes else "any_of": names}
    return Condition("status", owner, line, attribute=name, as_written=as_written, **values, **extra)  # type: ignore[arg-type]  # the names are those of fields of Condition


def _meaning(clause: Clause, text: str, sentence: Sentence) -> str | None:
    """Tell what a clause says: ``needed``, ``refused``, ``becomes``, or None if it is none of these."""
    before, after = text[: clause.start].rstrip(" *`"), text[clause.end :]
    after_done = (sentence.block.block or "").endswith("postconditions") or _DONE.match(text) is not None
    main = f"{before} | {after}"
    refusing = _REFUSED.search(main) is not None
    bound = _BOUND.match(before) is not None and "," in before and _SPECIFIED.match(before) is None
    if clause.form == "change":
        return _outcome(clause, before, sentence, bound=bound, done=after_done)
    if bound and not after_done:
        return None
    if _NOT_UNTIL.search(before):
        return "needed" if refusing and not clause.negated else None
    if _ONLY_IF.search(before):
        return None if clause.negated or after_done else "needed"
    if _IF.search(before):
        return ("needed" if clause.negated else "refused") if refusing and not after_done else None
    if clause.form == "noun":
        if _ONLY_THOSE.search(before) and not clause.negated:
            return "needed"
        if refusing and not _BOUND.match(text):
            return "needed" if clause.negated else "refused"
        lead = sentence.first and sentence.block.kind in ("paragraph", "title") and not sentence.block.section
        told = lead and _RELATIVE.search(text[clause.start : clause.end]) is not None and after.strip(" .") == ""
        purpose = told and _LEAD.match(before) and not _SHOWING.match(before)
        return "needed" if purpose and not clause.negated else None
    if clause.modal and not after_done:
        if clause.negated:
            return "refused"
        return "needed" if not _BOUND.match(before) or _SPECIFIED.match(before) else None
    if after_done and not clause.negated and clause.form == "is":
        return "becomes"
    return None


def _outcome(clause: Clause, before: str, sentence: Sentence, *, bound: bool, done: bool) -> str | None:
    """Tell whether a clause about a change says which status the operation leads to."""
    if clause.negated or _IF.search(before) or _NOT_UNTIL.search(before) or _REFUSED.search(before):
        return None
    told = clause.modal is not None or (sentence.block.kind == "paragraph" and not sentence.block.section)
    return "becomes" if done or (told and not bound and not _BOUND.match(before)) else None


def _general(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2, C1: what the clauses of a sentence say of statuses."""
    text = without_versions(sentence.text)
    if scope.source is None or _EXPLAINS.search(text) or len(version_clauses(sentence.text)) > 1:
        return None
    if sentence.block.block == "troubleshooting" or sentence.block.kind == "cell":
        return None
    low, high = version_range(sentence.text) or (None, None)
    found = [code for code in codes_in(sentence.text) if code >= 400]
    code = found[0] if len(found) == 1 else None
    facts: list[Pre | Post | Refused] = []
    for clause in clauses_of(text):
        subject = _SUBJECT.match(text) if clause.owner.lower() in ("", "it", "its") else None
        meaning = _meaning(clause, text, sentence)
        owner = _owner(subject["noun"] if subject and subject.end() < clause.start else clause.owner, scope)
        if meaning is None or owner is None:
            continue
        given = _SPECIFIED.match(text[: clause.start])
        when = some(When(min=low, max=high, present=(given["field"],) if given else ()))
        if meaning == "needed":
            facts.append(Pre(_condition(clause, owner, sentence.line, code=code, when=when)))
        elif meaning == "becomes":
            facts.append(Post(_condition(clause, owner, sentence.line, becomes=True, when=when)))
        elif given is None:
            cause = Cause(resource=owner, status=normalised(clause.values)[0])
            facts.append(Refused(Refusal(cause, code, sentence.line, low, high)))
    return Reading(tuple(facts)) if facts else None


def read_title(source: OperationSource, scope: Scope) -> tuple[Pre, ...]:
    """Return the needs that an operation's title states: "Applies a patch that is in the Available state"."""
    block = Block(source.title, source.line, "title")
    reading = _general(Sentence(source.title, block, 0), scope) if "stat" in source.title else None
    return tuple(fact for fact in reading.facts if isinstance(fact, Pre)) if reading else ()


RULES = (Rule("status-in-general", "B2", _general, ("stat",)),)
