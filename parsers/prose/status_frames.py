"""Tells what a clause about a status says, by the words around it: a need, a refusal or an outcome.

Frames of needs: "only if", "as long as", "unless", "must"; of refusals: "cannot ... while", "fails if"; of outcomes: a
change that no condition binds, or after "Once ... is complete,". A condition in front ("If ...,") binds what follows,
unless it is about the very request: "When you create a rule, the gateway must be ...".
"""

from __future__ import annotations

import re

from parsers.prose.failures import fails, is_anothers_deed
from parsers.prose.rules import Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_clauses import Clause, imperative
from specs.model import When

_FLAGS = re.IGNORECASE | re.ASCII
_REFUSED = re.compile(
    r"\b(?:(?:cannot|can\s+not|could\s+not|may\s+not|must\s+not|should\s+not)(?!\s+(?:expect|rely|wait|see|assume|guarantee)\b)|(?:^|[,;]\s+|please\s+)do\s+not\s+(?:call|use|perform|send)|will\s+not\s+be(?!\s+(?:included|returned|shown|listed|displayed|affected)\b)|not\s+(?:be\s+)?(?:"
    r"allowed|possible|permitted|supported|accepted)|fails?|failed\s+with|rejects?|rejected|refused|prohibited|unavailable|not\s+available|impossible|"
    r"forbidden|disallowed|denied|(?<!no\s)(?:error|exception)\s+(?:is|will\s+be)|(?:results?|returns?|respond\w*|causes?|receives?|gets?)\s+"
    r"(?:in\s+|with\s+)?an?\s+(?:\w+\s+){0,2}(?:error|exception)|can\s+no\s+longer|no\s+(?!\d)[\w-]+(?:\s+[\w-]+){0,3}\s+(?:is|are|can\s+be)\s+(?:allowed|possible|permitted|accepted)|(?:does|do|will)\s+not\s+(?:work|succeed|allow|permit|support)|"
    r"throws?\s+an?|returns?\s+(?:an?\s+)?(?:``\w+(?:Exception|Error|Fault|Conflict)``|``(?-i:[A-Z]+_[A-Z_]+)``|(?-i:[A-Z]+_[A-Z_]+)\b))\b|(?<![\d.])4\d\d(?!\d)",
    _FLAGS,
)
_ONLY_IF = re.compile(
    r"(?:\bonly\s+(?:be\s+\w+\s+|\w+\s+)?(?:if|when|while|for|on|after|once|from|in)|\bonly\b[^,;]*?\b(?:if|when|while|"
    r"whenever)|\bas\s+long\s+as|\bso\s+long\s+as|\bprovided(?:\s+that)?|\bproviding(?:\s+that)?|\bon\s+condition\s+that|"
    r"\brequires?(?:\s+that)?|\b(?:required|necessary|mandatory|essential|important)\s+that|\bensure(?:\s+that)?|\bmake\s+sure(?:\s+that)?)\s*$",
    _FLAGS,
)
_PROVIDED = re.compile(r"(?:as|so)\s+long\s+as|provid|on\s+condition", _FLAGS)
_POSSIBLE = re.compile(
    r"\b(?:can|may|could|able|possible|allowed|permitted|valid|works?|succeeds?|supported|accepted|answered|honou?red|must|(?:is|are)\s+only)\b",
    _FLAGS,
)
"""What is possible: of "It runs at once, provided that ..." the opposite is a later time, and no refusal."""
_HAPPENS_ONLY = re.compile(
    r"\bonly\s+(?:affect|apply|take\s+effect|return|show|include|display|contain|list|create|generate|appear|happen|occur|apply|be\s+(?:returned|shown|included|displayed|"
    r"listed|generated|populated|set|visible|present))s?\b|\b(?:returns?|shows?|includes?|displays?|contains?|lists?|appears?|"
    r"goes|moves|changes|becomes|enters)\b[^,;]*\bonly\s+(?:if|when|after|once)$|"
    r"\b(?:is|are)\s+(?!allowed|permitted|supported|accepted|granted|authori[sz]ed|enabled)\w+ed\s+only\s+(?:if|when|after|once)$",
    _FLAGS,
)
"""A report of an outcome, "the tasks are stopped only when": no condition of the request."""
_ONLY_THOSE = re.compile(
    r"(?:^|[,;]\s*|\bthat\s+)only$|\b(?:can|may|must|could)\s+(?:be\s+)?only\s+(?:be\s+)?\w+(?:\s+\w+){0,2}?(?:\s+(?:for|on|"
    r"to|from|in|with|by))?$|\b(?:can|may)\s+(?:be\s+)?\w+\s+(?:\w+\s+)?only(?:\s+(?:for|on|to|from|in|with|by))?$|\bonly\s+"
    r"(?:available|allowed|possible|supported|valid|permitted|applicable|applies|works?)\s+(?:for|on|to|with)$|\bonly\s+(?:allowed|possible|permitted)\s+to\s+\w+$",
    _FLAGS,
)
_FRONT = re.compile(r"^(?:Once|After|When|If|As\s+soon\s+as)\s+(?P<clause>[^,]*),", _FLAGS)
_READING = re.compile(r"(?:Describe|List|Search|Query|Count|Retrieve|Show|Get)\b")
_BY_ANOTHER = re.compile(r"\s+(?:state\s+|status\s+)?by\s+(?:calling|using)\s+(?!this\b)", _FLAGS)
"""The deed of another call: "is put into the ``a`` state by calling SellCar"."""
_NO_OUTCOME = re.compile(r"\b(?:has|have|with)$|^(?:After|Once|When)\b.*,\s+or\s+if\b|\bwhen\s+called\s+on\b", _FLAGS)
"""A thing that has its state set so, one of two conditions, and a call on some things only."""
_APPLIED_TO = re.compile(
    r"^(?:[A-Z][a-z]+[A-Z]\w+|``\w+``|This\s+\w+|It)\s+can\s+be\s+(?:applied|called|performed|used|invoked|executed)\s+(?:to|on|for|with)$"
)
"""What a call is for: "SellCar can be applied to cars in ``a`` state"."""
_DONE_TO = re.compile(
    r"\b(?:can|may)\s+be\s+\w+\s+(?:for|on|to|with)$|^(?:You|Users?)\s+(?:can|may)\s+[a-z]+\s+(?:(?:an?|the)\s+(?:[\w-]+\s+){1,4}(?:for|of|from|on|to))?$",
    _FLAGS,
)
_PREREQUISITE = re.compile(r"^(?:Pre-?requisites?|Pre-?conditions?|Requirements?)\s*:$", _FLAGS)
_NOT_UNTIL = re.compile(r"\b(?:unless|until|before|wait\s+for|except\s+(?:if|when|while))$", _FLAGS)
_AFTER = re.compile(r"\b(?:after|since|until|before|so\s+that|whether|(?<!during\s)which|that|how|to|by)$", _FLAGS)
_NEEDS_TO_BE = re.compile(r"\b(?:requires?|needs?|expects?)$", _FLAGS)
_REPORTS = re.compile(
    r"\b(?:check|see|verify|(?<!health\s)(?<!\ba\s)(?<!\bthe\s)monitor|determine|know|find\s+out|poll)\b[^.;]*$", _FLAGS
)
"""A look at a status that a user may take: "check whether its status is"."""
_OTHERWISE = re.compile(r"\b(?:otherwise|or\s+else)\b.*", _FLAGS)
_ABOUT_THE_CALL = re.compile(
    r"\b(?:API|operation|interface|call|calls|called|request|method|command|you|users?)\b|4\d\d", _FLAGS
)
_IS_SET = re.compile(r"\b(?:is|are)\s+(?:set|equal)\s+to\b", _FLAGS)
_ONLY_THEN = re.compile(r"\s+(?:only\s+(?:if|when)|if|unless)\b", _FLAGS)
_IF = re.compile(r"\b(?:if|when|while|whenever|where|once|as\s+soon\s+as|in\s+case|as)$", _FLAGS)
_DONE = re.compile(
    r"^(?:(?:After|Once|When|As\s+soon\s+as|Upon|On)\b[^,]*\b(?:complet\w+|success\w*|succeed\w*|finish\w*|done|accepted|"
    r"ends?|created|deleted|updated|returned)\b[^,]*,|If\b[^,]*\b(?:success\w*|succeed\w*)\b[^,]*,|After\s[^,]+,|"
    r"(?:Initially|Finally|Then|Eventually|In\s+the\s+end),?\s|(?:The|An?|Each)\s+(?:newly[- ]created|new)\s)",
    _FLAGS,
)
_DURING = re.compile(r"^(?:During|For\s+the\s+duration\s+of|While\b[^,]*\b(?:is|are)\s+being)\b[^,]*,", _FLAGS)
"""A clause in front that tells of the time of the operation itself: "While the share is being moved,"."""
_FAILING = re.compile(
    r"(?:\b(?:if|when|in\s+case)\s+(?P<clause>[^,;]*\b(?:fail\w*|unsuccessful\w*|not\s+success\w*)\b[^,;]*)|\b(?:on|upon|after|in\s+case\s+of)\s+(?:an?\s+|any\s+)?"
    r"(?:failure|error)|[,;.]\s*(?:otherwise|or\s+else))(?:,|\s)*(?:then\s+)?$",
    _FLAGS,
)
_IF_FAILED = re.compile(
    r"^\s*(?:(?:state|status)\s*)?,?\s*(?:if|when|in\s+case|on|upon|after)\s+(?P<clause>[^.;,]*\b(?:fail\w*|unsuccessful\w*)[^.;,]*)",
    _FLAGS,
)
_WAIT = re.compile(r"\bwait\s+(?:until|for|till)$", _FLAGS)
_BEFORE_IT = re.compile(
    r"\bbefore\s+(?:(?:you|it)\s+)?(?:can\s+|try\s+to\s+|call\w*\s+this|(?:using|making|issuing|sending|performing)\s+this|be\s+)*(?P<verb>[a-z]+)",
    _FLAGS,
)
_ACCEPTED = re.compile(r"^(?:If|When|Once)\s+the\s+(?:request|call|operation)\s+is\s+accepted,", _FLAGS)
_AT_FIRST = re.compile(r"^\s*(?:initially|at\s+first)\b", _FLAGS)
_OR_ANOTHER = re.compile(r"\b(?P<if>if|when|while|unless)\s+(?:an?|the|its)\s+[\w-]+(?:\s[\w-]+){0,2}\s+or$", _FLAGS)
"""A thing before the one of the clause: "if the source share or"."""
_SHOWN = re.compile(r"\bshows?\s+(?:that|how)$", _FLAGS)
_LATER = re.compile(r"^(?:Then|Afterwards?|Later|Finally|Eventually|After\s+that|At\s+that\s+(?:time|point))\b", _FLAGS)
_ENDS = re.compile(
    r"\b(?:once|after|when|as\s+soon\s+as)\b[^,;]*\b(?:complet\w+|success\w*|succeed\w*|finish\w*|done|ends?)\b", _FLAGS
)
_IN_A_CASE = re.compile(
    r"^(?:Otherwise|Instead|Alternatively|In\s+(?:[\w-]+\s+){1,4}(?:scenarios?|modes?|cases?|situations?))\b", _FLAGS
)
_OTHER_CASE = re.compile(r"^(?:Otherwise|Instead|Alternatively)\b", _FLAGS)
_BOUND = re.compile(
    r"^(?:Otherwise|Instead|Alternatively|In\s+(?:this|that|these|those|such|other|any\s+other)\s+(?:cases?|situations?|scenarios?)|In\s+(?:the\s+|an?\s+)?[\w-]+(?:\s+[\w-]+){0,3}\s+(?:scenarios?|modes?|cases?)\b|During\s+(?:this|that)\s+time|If|When|Unless|While|Where|In\s+case|For(?!\b[^,]*\sto\s+(?:succeed|work|be)\b))\b",
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
_PERFORMED = re.compile(
    r"^(?:If|When|Before|After|Once)\s+(?:you\s+(?:are\s+)?|an?\s+(?:user|administrator)\s+)?(?:want\s+to\s+|try\s+to\s+|successfully\s+)?"
    r"(?P<verb>[a-z]{3,})\b[^,]*,",
    _FLAGS,
)
"""A clause in front about the very request: "When you are creating a rule,"."""
_TOGETHER_WITH = re.compile(
    r"^(?P<frame>.*\b(?:only\s+(?:\w+\s+)?(?:if|when|while)|that|unless|until|make\s+sure|ensure))\s+[^;:]*?\b(?:is|are|has\s+been|"
    r"have\s+been|must\s+be)\b[^;:]*?,?\s+and$",
    _FLAGS,
)
"""A condition that is one of several: "only when ``a`` is ``b`` and ..."."""
_AND_IS = re.compile(r"\s+and\s+(?:is|has|are|have)\b", _FLAGS)
_AND_MORE = re.compile(r"^\s*,?\s+and\s+(?:the|it|its|has|is|you|does|no)\b", _FLAGS)
_ANY_CALL = frozenset(("initiat", "perform", "call", "invok", "execut", "start", "us", "mad"))
_MAKING = re.compile(r"^(?:Creat|Add|Register|Import|Allocat|Launch|Order|Purchas|Apply|Invit|Submit|Issu)", _FLAGS)
_MAY_IF = re.compile(
    r"^(?:(?:the|an?|this|any)\s+)?(?:[\w-]+\s+){1,4}can\s+be\s+(?P<verb>\w+ed)\s+(?:if|when|while)$|"
    r"^You\s+can\s+(?P<verb2>[a-z]+)\s+(?:the|an?|this|any)\s+(?:[\w-]+\s+){1,4}(?:if|when|while)$",
    _FLAGS,
)
_LEAD = re.compile(r"^[A-Z][a-z]+(?:\s+[a-z]+){0,3}$")
_RELATIVE = re.compile(r"\b(?:that|which)\s+(?:is|are|was|were)\b|\bwhose\b", _FLAGS)
_SHOWING = re.compile(
    r"^(?:Lists?|Shows?|Gets?|Returns?|Retrieves?|Displays?|Quer(?:y|ies)|Views?|Finds?|Checks?|Filters?|Indicates?|The|An?|"
    r"This|These|It|If|When|For|Note|In|You|Number|Specifies|Whether)\b"
)
_EXPLAINS = re.compile(
    r"\b(?:means|indicates|for\s+example|e\.g\.|such\s+as|defaults?\s+to|by\s+default|may\s+also|can\s+also|possible"
    r"\s+values?|valid\s+values?|might|does\s+not\s+(?:affect|matter)|regardless|even\s+(?:if|when)|more\s+than\s+(?:\d+|one)|at\s+a\s+time|at\s+the\s+"
    r"same\s+time|there\s+(?:can|may)\s+(?:only\s+)?be|best\s+practice|counts?\s+toward|only\s+[\w\s]+\bother\s+than)\b",
    _FLAGS,
)
_MAKES = re.compile(
    r"^(?:Creat|Add|Put|Plac|Set|Leav|Register|Import|Launch|Build|Return|Bring|Reset|Switch|Allocat|Provision)",
    _FLAGS,
)
_MAY = re.compile(r"\s+(?:can|may|will|is|are|could)\b(?!\s+not)", _FLAGS)


def meaning(clause: Clause, before: str, text: str, sentence: Sentence, scope: Scope) -> str | None:
    """Tell what a clause says: ``needed``, ``refused``, ``becomes``, or None if it is none of these."""
    before, after = _OR_ANOTHER.sub(lambda m: m["if"], before.rstrip(" *`")), text[clause.end :]
    request = given(before) is not None or _performs(before, scope) or during(text)
    bound = _BOUND.match(before) is not None and not request
    done = (sentence.block.block or "").endswith("postconditions") or _tells_of_the_end(text, after)
    if clause.form == "change" and not (_IS_SET.search(text[clause.start : clause.end]) and _framed(before)):
        done = done or (request and given(before) is None)
        return _outcome(clause, before, after, sentence, scope, bound=bound, done=done)
    if (bound and "," in before and not done) or _REPORTS.search(before):
        return None
    before = joined["frame"] if (joined := _TOGETHER_WITH.match(before)) else before
    refusing = _REFUSED.search(f"{before} | {_OTHERWISE.sub('', after)}") is not None
    if reads(scope) and clause.modal is None and not _ABOUT_THE_CALL.search(text):
        return None
    if _PREREQUISITE.match(before) and clause.form in ("is", "noun") and not done:
        return None if clause.negated else "needed"
    if _NOT_UNTIL.search(before):
        refusing = _before_it(after, scope) if _WAIT.search(before) else refusing
        return "needed" if refusing and not clause.negated else None
    if clause.modal == "to be":
        return "needed" if _NEEDS_TO_BE.search(before) and not clause.negated and not done else None
    if _ONLY_IF.search(before):
        return "needed" if not clause.negated and not done and _is_a_need(before, after) else None
    if may := _MAY_IF.match(before):
        return "needed" if _is_the_operation(may, scope) and not clause.negated else None
    if _IF.search(before):
        refusing = refusing and re.match(r"If\b.*\b(?:is|are|has|have)\b.*\bwhen$", before, _FLAGS) is None
        refusing = refusing and not done and (clause.negated or _AND_MORE.match(after) is None)
        return ("needed" if clause.negated else "refused") if refusing else None
    if clause.form == "noun":
        return _of_a_noun(
            clause, before, text, sentence, scope, refusing=refusing and not done and not _BOUND.match(text)
        )
    if clause.modal and not done:
        needed = "needed" if not bound else None
        return "refused" if clause.negated else needed
    done = done and re.match(r"(?:If|When)\b[^,]*\bbefore\b", before, _FLAGS) is None
    after_it = done and not _AFTER.search(before) and not _BOUND.search(before[-6:])
    return "becomes" if after_it and not clause.negated and clause.form == "is" else None


def _starts(before: str, scope: Scope) -> bool:
    """True if a lead begins with the first verb of the title: "Sell a car", of "Sell Car"."""
    title = re.findall(r"[A-Za-z]{3,}", scope.source.title) if scope.source is not None else []
    first = re.match(r"(?P<verb>[A-Z][a-z]+)(?:\s|$)", before)
    return bool(title) and first is not None and _stem(first["verb"]) == _stem(title[0])


def _is_a_need(before: str, after: str) -> bool:
    """True if the words before "only if" or "provided that" tell of what is possible, not of how soon it happens."""
    m = _ONLY_IF.search(before)
    later = m is not None and _PROVIDED.match(m[0]) and not _POSSIBLE.search(f"{before} {after}")
    return not later and _HAPPENS_ONLY.search(before) is None


def _of_a_noun(
    clause: Clause, before: str, text: str, sentence: Sentence, scope: Scope, *, refusing: bool
) -> str | None:
    """Return the facts of a clause that describes a noun: "only cars in ``a`` state", "no car in ``a`` state can"."""
    after = text[clause.end :]
    if clause.owner.lower().startswith("no "):
        return "refused" if not clause.negated and _MAY.match(after) else None
    only = after.strip().startswith("only") and _DONE_TO.search(before) is not None
    only = only or _APPLIED_TO.search(before) is not None
    if not clause.negated and (only or clause.modal == "only" or _ONLY_THOSE.search(before)):
        return "needed"
    if refusing:
        return "needed" if clause.negated else "refused"
    lead = sentence.first and sentence.block.kind in ("paragraph", "title") and not sentence.block.section
    such = re.search(r"\bin\s+the\s", text[clause.start : clause.end]) is not None and _starts(before, scope)
    of_its_own = imperative(sentence.text) != sentence.text or such
    related = _RELATIVE.search(text[clause.start : clause.end]) is not None or (of_its_own and not _MAKES.match(before))
    told = lead and related and (after.strip(" .") == "" or _AND_IS.match(after) is not None)
    purpose = told and _LEAD.match(before) and not _SHOWING.match(before)
    return "needed" if purpose and not clause.negated else None


def _outcome(
    clause: Clause, before: str, after: str, sentence: Sentence, scope: Scope, *, bound: bool, done: bool
) -> str | None:
    """Tell whether a clause about a change says which status the operation leads to, or its failure."""
    if not clause.negated and (m := _FAILING.search(before) or _IF_FAILED.match(after)) is not None:
        return "fails" if m["clause"] is None or fails(m["clause"], scope) else None
    if reads(scope) or _ONLY_THEN.match(after) or _OTHER_CASE.match(before):
        return None
    front = _FRONT.match(before)
    if front is not None and (is_anothers_deed(front["clause"], scope) or re.search(r"\bbefore\b", front["clause"])):
        return None
    if _BY_ANOTHER.match(after) or _NO_OUTCOME.search(before):
        return None
    frames = (_IF, _NOT_UNTIL, _AFTER, _REFUSED)
    if clause.negated or (any(frame.search(before) for frame in frames) and not _SHOWN.search(before)):
        return None
    told = (
        clause.modal is not None
        or given(before) is not None
        or (sentence.block.kind == "paragraph" and not sentence.block.section)
    )
    return "becomes" if done or (told and not bound) else None


def _tells_of_the_end(text: str, after: str) -> bool:
    """True if a sentence is about the time after the request: "If it is accepted,", "... initially"."""
    return any(m is not None for m in (_DONE.match(text), _ACCEPTED.match(text), _AT_FIRST.match(after)))


def during(text: str) -> bool:
    """True if a sentence begins by telling of the time of the operation: "While the share is being moved,"."""
    return _DURING.match(text) is not None


def ends(text: str) -> bool:
    """True if a sentence tells of the end of the operation: "Once the copy is complete,", "when it has finished"."""
    return any(m is not None for m in (_DONE.match(text), _ENDS.search(text), _LATER.match(text)))


def _before_it(after: str, scope: Scope) -> bool:
    """True if a clause is followed by "before" and the operation, by the verb of its title or as "this operation"."""
    m = _BEFORE_IT.search(after)
    return m is not None and (
        _is_the_operation(m, scope)
        or re.search(r"\bthis\s+(?:operation|call|request|action|API)\b", after, _FLAGS) is not None
    )


def _framed(before: str) -> bool:
    """True if the words before a clause make it a condition: "only if", "unless", "if"."""
    return any(frame.search(before) for frame in (_ONLY_IF, _NOT_UNTIL, _IF))


def reads(scope: Scope) -> bool:
    """True for an operation that only reads; what is shown of a thing depends on its status, not the answer's code."""
    if scope.source is None:
        return False
    return scope.source.method in ("GET", "HEAD") or _READING.match(scope.source.title) is not None


def _performs(before: str, scope: Scope) -> bool:
    """True if the clause in front is about the very request, by a verb of the title: "When you create a rule,"."""
    m = _PERFORMED.match(before)
    return m is not None and _is_the_operation(m, scope)


def performed(verb: str, scope: Scope) -> bool:
    """True if a verb is one of the operation's title."""
    titles = re.findall(r"[A-Za-z]{3,}", scope.source.title) if scope.source is not None else []
    return _stem(verb) in map(_stem, titles)


def _is_the_operation(m: re.Match[str], scope: Scope) -> bool:
    """True if the verb that a pattern has found is one of the operation's title."""
    verb = next(word for name, word in m.groupdict().items() if name.startswith("verb") and word)
    stem = _stem(verb)
    own = stem in _ANY_CALL and re.match(
        r"(?:the|this)\s+(?:\w+\s+)?(?:process|operation|request|call|action)\b", m[0], _FLAGS
    )
    return bool(own) or performed(verb, scope)


def _stem(word: str) -> str:
    """Return a verb without its ending: created, creating and creates are ``creat``."""
    return re.sub(r"([b-df-hj-np-tv-z])\1$", r"\1", re.sub(r"(?:ed|ing|es|e|s)$", "", word.lower()))


def in_a_case(text: str) -> bool:
    """True if a sentence begins by telling of one case only: "In the two-way scenario,", "Otherwise,"."""
    return _IN_A_CASE.match(text) is not None


def makes(owner: str, scope: Scope) -> bool:
    """True if the operation makes a thing: before the request it has no status."""
    source = scope.source
    if source is None or source.method != "POST" or owner != scope.resource:
        return False
    return source.path.rstrip("/").endswith("s") and _MAKING.match(source.title) is not None


def given(before: str) -> When | None:
    """Return the facts of a clause in front about the request: that it gives a field, or a field's value."""
    if m := _SPECIFIED.match(before):
        return When(present=(m["field"],))
    if m := _IF_VALUE.match(before):
        value = {"true": True, "false": False}.get(m["value"].lower(), m["value"])
        return When(request=((m["field"], value),))
    return None


def explains(text: str) -> bool:
    """True if a sentence only explains, or is about a failure."""
    return only_explains(text) or _AFTER_FAILURE.match(text) is not None


def only_explains(text: str) -> bool:
    """True if a sentence only explains."""
    return _EXPLAINS.search(text) is not None
