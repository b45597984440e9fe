"""Tells under which condition a sentence states a change of status: after success, during the operation, on failure.

A condition is a clause or a phrase before the subject ("When the copy is complete,", "On failure") or after the
statuses ("while it is being copied", "if the copy fails"). A failure counts only if it is the operation's: "if the
copy fails", "if an error occurs"; a failure of another thing is a condition that the request does not bring about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.prose.failures import FAILS, ITSELF, fails, is_anothers_deed, names_the_operation
from parsers.prose.outcome_words import STATE, VALUES
from parsers.prose.rules import Scope
from parsers.prose.status_frames import given, makes
from specs.model import When

_FLAGS = re.IGNORECASE | re.ASCII
_BEGIN = (
    r"(?:if|when|whenever|while|once|after|as\s+soon\s+as|upon|following|during|throughout|on|for|in\s+case(?:\s+of)?|"
    r"in\s+the\s+(?:event|case)\s+of|at\s+the\s+end(?:\s+of)?|unless|until|before|where|as\s+long\s+as|within|in)"
)
_CONDITION = re.compile(
    rf"(?:^|[,(]\s*|\b(?:and|but|then|or)\s+)(?:(?:immediately|shortly|right|directly|soon|only|usually)\s+)?(?P<word>{_BEGIN})\s+(?P<rest>.*)$",
    _FLAGS,
)
_OTHERWISE = re.compile(
    r"(?:^|[,(]\s*|\b(?:and|or)\s+)(?:otherwise|or\s+else|if\s+not|if\s+(?:it|this)\s+(?:is|does)\s+not),?(?:\s+then)?\s*$",
    _FLAGS,
)
_INSIDE = re.compile(
    r"\b(?:if|when|whenever|while|once|after|as\s+soon\s+as|until|till|unless|before|because|since|so\s+that|whether|that|how|although|"
    r"though|where|even\s+if|even\s+when|in\s+case|as\s+long\s+as|provided(?:\s+that)?|only|except|than|like|what|which|who)$",
    _FLAGS,
)
"""A word before the subject that makes the statement a part of a condition, or of a question."""
_POLLED = re.compile(
    r"\b(?:poll\w*|call\w*|check\w*|monitor\w*|query\w*|track\w*|repeat\w*|(?:then|and)\s+wait)\b[^;]*\b(?:until|till)$",
    _FLAGS,
)
"""A look at the status that goes on until the outcome is there."""
_WATCHED = re.compile(r"\b(?:call|use)\b[^;,]*\bto\s+(?:verify|confirm)(?:\s+that)?$|\bwill\s+show\s+that$", _FLAGS)
"""What another call will show: "Use X to verify that", "Querying it will show that"."""
_USABLE = re.compile(
    r"\b(?:usable|ready|use|used|available|charged|billed|accessible)\b[^;]*\b(?:once|as\s+soon\s+as)$", _FLAGS
)
"""What is possible as soon as a thing that is made has its status."""
_OPEN = re.compile(r"\b(?:if|when|while|once|until|unless|before|that|whether)\b[^,;:]*\b(?:and|or)$", _FLAGS)
_SUCCEEDS = re.compile(
    r"\b(?:succe\w+|complet\w+|finish\w*|done|ends?|ended|over|accepted|ready|up|pass(?:es|ed)?|(?:has|have|is|are)\s+(?:been\s+)?\w+ed)\b",
    _FLAGS,
)
_UNDER_WAY = re.compile(
    r"\b(?:is|are)\s+(?:still\s+)?(?:being\s+\w+|under\s+way|in\s+progress|ongoing|running|taking\s+place|performed|going\s+on)\b|\bis\s+\w+ing\b",
    _FLAGS,
)
_STATUS = re.compile(
    rf"^(?:(?:the|an?|its|your)\s+)?(?P<noun>(?:[\w-]+\s+){{0,3}}?[\w-]+?)?(?:['’]s)?\s*(?:(?:{STATE})(?:\s+of\s+[\w\s-]+?)?\s+)?(?:is|was|are|has|had)\s+"
    rf"(?:(?:currently|already|still)\s+)?(?:in\s+|at\s+)?(?:the\s+|an?\s+|either\s+)*(?:{STATE}\s+(?:of\s+)?)?(?P<values>{VALUES})(?:\s+{STATE})?(?:\s+before\b.*)?,?\s*(?:then)?$",
    _FLAGS,
)
_ABOUT_IT = re.compile(
    r"(?:the|this|your|an?)\s+(?:request|operation|call|process|action|creation|deletion|update)\b", _FLAGS
)
_PASSING = re.compile(
    r"^(?:\s+(?:state|status))?,?\s+(?:until|while|during|throughout|temporarily|in\s+the\s+meantime|meanwhile|for\s+(?:the\s+(?!first)|some\s+|a\s+few\s+|a\s+(?:short|while|moment)|several\s+|as\s+long))\b",
    _FLAGS,
)
_AFTER = re.compile(
    r"^(?:\s+(?:state|status))?,?\s+(?:only\s+)?(?P<word>if|unless|when|whenever|once|after|as\s+soon\s+as|upon|on|provided|as\s+long\s+as|in\s+case|where)\b\s*(?P<rest>[^,;:(]*)",
    _FLAGS,
)
_AT_FIRST = re.compile(
    r"^(?:\s+(?:state|status))?,?\s+(?:initially|at\s+first|again|now|afterwards?|at\s+this\s+point|immediately|right\s+away|straight\s+away|at\s+once|once\s+more|in\s+the\s+end|at\s+the\s+end)\b",
    _FLAGS,
)
_RESULT = re.compile(
    r"^(?:As\s+a\s+result|Consequently|Therefore|Thus|At\s+this\s+point|Initially|At\s+first|Then|Finally|Eventually|Afterwards?|In\s+the\s+end|Immediately\s+after\b.*|In\s+the\s+(?:response|meantime))\b",
    _FLAGS,
)
_RESPONSE = re.compile(r"\b(?:response|answer|returns?|returned)\b", _FLAGS)
_NEW = re.compile(r"^(?:(?:the|an?|every|each|all|any|your|its)\s+)?(?:new|newly|just|resulting|freshly)\b", _FLAGS)


@dataclass(frozen=True)
class Frame:
    """The condition under which an event is stated.

    Attributes:
        kind: ``none``, ``done`` (after success, or after the request), ``during``, ``failed``, ``otherwise``, ``bound``
            (a condition that the request does not bring about) or ``inside`` (the event is a part of a condition).
        when: what the request gives, or None.
        before: the words, masked, for the status that the thing has before.
    """

    kind: str
    when: When | None = None
    before: str = ""


def before_it(text: str, unmasked: str, scope: Scope) -> Frame:
    """Return the condition that the words before a subject state.

    Args:
        text: the words from the last boundary to the subject, masked.
        unmasked: the same words with their marks.
        scope: the operation.
    """
    text = re.sub(r"\s*\b(?:the|its|their|an?|this)$", "", text.strip(), flags=_FLAGS)
    if _OTHERWISE.search(text) or re.match(r"(?:otherwise|or\s+else|if\s+not)\b", text, _FLAGS):
        return Frame("otherwise")
    if re.search(r"\b(?:in|during)\s+which$", text, _FLAGS):
        return Frame("during")
    if re.search(r"\breturns?\s+(?:\w+\s+){0,2}while$", text, _FLAGS):
        return Frame("during")
    watched = _POLLED.search(text) or _WATCHED.search(text)
    if watched or (_USABLE.search(text) and makes(scope.resource, scope)):
        return Frame("done")
    if _INSIDE.search(text) or _OPEN.search(text):
        return Frame("inside")
    if re.search(r",\s+or\s+(?:if|when)\b", text, _FLAGS):
        return Frame("bound")
    if (when := given(f"{unmasked.strip()} ".rstrip())) is not None:
        return Frame("none", when)
    m = _CONDITION.search(text)
    if m is None:
        return Frame("done" if _RESULT.match(text) else "none")
    word, rest = m["word"].lower(), re.sub(r",?\s*(?:the|an?)?$", "", m["rest"].strip())
    return _classified(re.sub(r"\s+", " ", word), rest, scope)


def _classified(word: str, rest: str, scope: Scope) -> Frame:
    """Return the kind of a condition by its first word and the words after it."""
    if word == "until":
        return Frame("during")
    if word in ("unless", "before", "where", "as long as", "whenever"):
        return Frame("bound")
    if fails(rest, scope):
        return Frame("failed")
    if FAILS.search(rest):
        return Frame("bound")
    if (before := _status_before(word, rest)) != "":
        return Frame("none", before=before)
    if word in ("during", "throughout", "while", "for", "in", "within"):
        return Frame(_of_a_time(word, rest))
    if is_anothers_deed(rest, scope):
        return Frame("bound")
    if word in ("once", "after", "as soon as", "upon", "following") or word.startswith("at the end"):
        return Frame("done")
    return Frame(_of_a_case(word, rest, scope))


def _status_before(word: str, rest: str) -> str:
    """Return the words for the status that a thing has before, of "if the share is in ``a`` state", or ""."""
    m = _STATUS.match(rest) if word in ("if", "when", "while") else None
    if m is None or _ABOUT_IT.match(rest) or (word == "while" and _UNDER_WAY.search(rest) and "⟦" not in rest):
        return ""
    return m["values"] if "⟦" in m["values"] or re.search(STATE, rest, _FLAGS) else ""


def _of_a_time(word: str, rest: str) -> str:
    """Return the kind of a phrase that tells of a time: the operation's own, or another."""
    if word in ("during", "throughout", "for", "within"):
        return "during"
    if word == "while":
        return "during" if _UNDER_WAY.search(rest) else "bound"
    if re.match(r"response\s+to\b", rest, _FLAGS):
        return "done"
    if re.match(r"which\b", rest):
        return "during"
    return "none" if _RESULT.match(f"in {rest}") else "bound"


def _of_a_case(word: str, rest: str, scope: Scope) -> str:
    """Return the kind of a condition with "if", "when" or "on": the operation's success, or another."""
    if word == "on":
        return "done" if _SUCCEEDS.search(rest) or re.match(r"success", rest, _FLAGS) else "none"
    if word.startswith("in ") or re.search(r"\bbefore\b", rest):
        return "bound"
    own = names_the_operation(rest, scope)
    if own and re.fullmatch(r"(?:it\s+is\s+|successfully\s+)?\w+(?:ed|en|wn),?(?:\s+it)?", rest):
        return "done"
    if re.match(r"called\s+(?:on|for|with)\b", rest):
        return "bound"
    if word == "when":
        done = own or _SUCCEEDS.search(rest) or re.match(r"(?:they|it)\s+(?:are|is),?$", rest, _FLAGS)
        return "done" if done and not re.match(r"(?:you\s+)?(?:set|specify|want)\b", rest) else "bound"
    if re.search(r"⟦\d+⟧.*\band\b", rest):
        return "bound"  # a value of the request, and the success: "if ``x`` is ``a`` and the call succeeds"
    done = re.search(r"\b(?:succe\w+|accepted|complet\w+|passe?d?s?)\b", rest, _FLAGS)
    of_it = own or ITSELF.match(rest) or "check" in rest
    return "done" if done and of_it and " not " not in f" {rest} " else "bound"


def after_it(text: str, scope: Scope) -> Frame:
    """Return the condition that the words after the statuses of an event state."""
    if _PASSING.match(text):
        return Frame("during")
    if _AT_FIRST.match(text):
        return Frame("done")
    if re.match(r"^(?:\s+(?:state|status))?,?\s+otherwise\s*(?:[.,;)]|$)", text, _FLAGS):
        return Frame("otherwise")
    if (m := _AFTER.match(text)) is None:
        return Frame("none")
    word, rest = re.sub(r"\s+", " ", m["word"].lower()), m["rest"].strip()
    if word in ("provided", "as long as", "in case", "where", "unless", "whenever"):
        return Frame("bound")
    return _classified(word, rest, scope)


def tells_of_the_result(before: str, subject: str, after: str, scope: Scope) -> bool:
    """True if a statement with "is" or "has" is one about the time after the request, by its words."""
    during = re.match(r"^(?:\s+(?:state|status))?,?\s+(?:during|while)\s+(?P<rest>[^,;:]*)", after, _FLAGS)
    return (
        (
            during is not None
            and (names_the_operation(during["rest"], scope) or _UNDER_WAY.search(during["rest"]) is not None)
        )
        or _RESULT.match(before.strip()) is not None
        or _RESPONSE.search(before) is not None
        or _NEW.match(subject) is not None
        or _AT_FIRST.match(after) is not None
        or re.match(r"^(?:\s+(?:state|status))?,?\s+until\b", after, _FLAGS) is not None
    )
