"""Reads the clause that gives the reason of a refusal ("the share is not found", "it is still used by a cluster").

A clause has one of a few forms; each form gives a part of ``specs.refusals.Cause``. A clause of another form has no
reading, so that the sentence around it stays unread: a cause is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from parsers.prose.cause_names import FRONT, NAME, SPECIFIED, THE, WORDS, names_of
from parsers.prose.cause_uses import USES
from parsers.prose.words import VALUES, bare, normalised, noun, values
from specs.refusals import Cause

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"

_AFTERTHOUGHT = re.compile(
    r",?\s+(?:in\s+(?:your|the|this)\s+(?:\w+\s+)?(?:cloud|deployment|service|request)|perhaps\b.*|to\s+prevent\b.*|"
    r"for\s+an?\s+.*\brequest|which\b.*|because\b.*|since\b.*|such\s+as\b.*|\([^()]*\))$",
    _FLAGS,
)


Read = Callable[[re.Match[str]], Cause | None]


def _of(field: str) -> Read:
    """Make a reader that puts the names of the group ``n`` into a field of the cause."""
    return lambda m: _named(field, m["n"])


def _missing(m: re.Match[str]) -> Cause | None:
    """A thing that is not there; "no hosts are found with the given host name" is about the name."""
    given = m.groupdict().get("by")
    names = names_of(given) if given else names_of(m["n"])
    return Cause(missing=names) if names else None


def _named(field: str, phrase: str) -> Cause | None:
    names = names_of(phrase)
    return Cause(**{field: names}) if names else None  # type: ignore[arg-type]  # the names are those of fields of Cause


def _pair(m: re.Match[str]) -> Cause | None:
    given, left_out = names_of(m["a"]), names_of(m["b"])
    return Cause(present=given, absent=left_out) if given and left_out else None


def _together(m: re.Match[str]) -> Cause | None:
    names = names_of(m["n"] or m["n2"])
    return Cause(present=names) if len(names) > 1 else None


_OF_STATUS = re.compile(r"\b(?:status|state|mode|type|role|phase)[*`]*(?:\s+of\s+[\w\s-]+)?$", _FLAGS)


def _in_status(m: re.Match[str]) -> Cause | None:
    owner = noun(m["n"]) or (names_of(m["n"]) or ("status",))[0]
    known = normalised(tuple(value.text for value in values(m["values"])))[0]
    # Of "its status is ``a``", ``status_general`` reads whose status it is.
    return Cause(resource=owner, status=known) if known and not _OF_STATUS.search(owner) else None


def _has_become(m: re.Match[str]) -> Cause | None:
    """A status that a perfect tells of: "the ticket has expired"."""
    names = names_of(m["n"])
    return Cause(resource=names[0].split()[-1], status=(m["status"].lower(),)) if len(names) == 1 else None


def _in_status_and_no_mode(m: re.Match[str]) -> Cause | None:
    """A status together with a mode that the thing is not in: "the car is ``a`` and not in the sleep mode"."""
    found = _in_status(m)
    return None if found is None else replace(found, has_not=((bare(m["mode"]), True),))


def _described(m: re.Match[str]) -> Cause | None:
    """A thing with a property: "an enabled domain", "a protected namespace"."""
    owner = noun(m["n"]) or (names_of(m["n"]) or (None,))[0]
    return Cause(resource=owner, has=((m["word"].lower(), True),)) if owner else None


def _unlike(m: re.Match[str]) -> Cause | None:
    fields, found = names_of(m["n"]), values(m["values"])
    if len(fields) != 1 or len(found) != 1 or _OF_STATUS.search(fields[0]):
        return None
    if m["of"]:  # "the notification type is not ``a``"
        return Cause(resource=fields[0], has_not=((m["of"].lower(), found[0].text),))
    return Cause(has_not=((fields[0], found[0].text),))


def _like(m: re.Match[str]) -> Cause | None:
    fields, found = names_of(m["n"]), values(m["values"])
    return Cause(has=((fields[0], found[0].text),)) if len(fields) == 1 and len(found) == 1 else None


def _ascending(m: re.Match[str]) -> Cause | None:
    return Cause(ascending=(bare(m["a"]), bare(m["b"])))


def _fixed(**parts: object) -> Read:
    cause = Cause(**parts)  # type: ignore[arg-type]  # the names are those of fields of Cause
    return lambda m: cause  # noqa: ARG005 -- it is called with the match


_DEPLOYMENT = re.compile(
    r"\b(?:drivers?|back-?\s*ends?|extensions?|plug-?ins?|cloud|deployment|hypervisors?|services?|process|stores?)\b",
    _FLAGS,
)


def _trait(m: re.Match[str]) -> Cause | None:
    """Something that the deployment does not have; named if the clause names a part of a deployment."""
    words = re.sub(r"[^a-z0-9]+", "-", FRONT.sub("", m["n"]).lower()).strip("-")
    if _OF_STATUS.search(m.string[: m.end("n")]):  # "the status is not available" is about a status
        return None
    return Cause(environment=words if _DEPLOYMENT.search(m["n"]) and len(words.split("-")) <= 6 else "not-supported")


_FORMS: tuple[tuple[str, Read], ...] = (
    # The caller.
    (
        r"(?:you|the\s+user|users?|the\s+caller|the\s+requester)\s+(?:is|are)\s+not\s+an?\s+(?:cloud"
        r"\s+)?admin\w*(?:\s+user)?"
        r"|non-admin\w*\s+users?\s+specif\w+\s+.+|.*\bwith\s+a\s+non-admin\s+token|it\s+is\s+not"
        r"\s+(?:project_)?admin\w*",
        _fixed(lacks=("admin",)),
    ),
    (
        rf"(?:you|the\s+user|users?)\s+(?:is|are)\s+not\s+(?:the\s+|an?\s+)?(?P<r>owner|\w+\s+member)(?:\s+of"
        rf"\s+{WORDS})?"
        rf"|a\s+user\s+who\s+is\s+not\s+an?\s+(?P<r2>\w+\s+member)\s+makes\s+this\s+call"
        rf"|(?:(?:you|the\s+user)\s+(?:(?:are|is)\s+not\s+an\s+administrative\s+user|(?:do|does)\s+not\s+have\s+"
        rf"(?:the\s+|an\s+)?administrative\s+role)\s+and\s+)?(?P<o>{THE}{WORDS})\s+(?:does\s+not\s+belong|is\s+not\s+"
        r"visible)\s+to\s+(?:your|the(?:\s+user's)?)\s+(?:project|tenant|account)(?:\s+account)?(?:\s+for\s+the\s+user)?",
        lambda m: Cause(lacks=("owner" if m["o"] else (m["r"] or m["r2"]).lower(),)),
    ),
    (
        r"(?:the\s+user|the\s+\w+|you)\s+(?:(?:does|do)\s+not\s+have\s+(?:the\s+)?(?:permissions?|rights?|"
        r"privileges?)\b.*|cannot\s+access\s+.*)",
        _fixed(lacks=("permission",)),
    ),
    (
        r"(?:invalid|incorrect)\s+credentials\s+(?:are|were)\s+provided|the\s+operation\s+is\s+not\s+authorized",
        _fixed(lacks=("token",)),
    ),
    # Locks and quotas.
    (
        rf"{THE}{WORDS}\s+is\s+locked(?:\s+even\s+if\s+.*)?|{WORDS}\s+(?:has\s+)?locked\s+{THE}{WORDS}(?:\s+for"
        r"\s+\w+)?",
        _fixed(locked=True),
    ),
    (
        rf"{THE}{WORDS}\s+does\s+not\s+have\s+(?:sufficient|enough)\s+(?P<n>{WORDS})\s+quota|{THE}(?P<n2>{WORDS})"
        r"\s+quota\s+(?:is|would\s+be|has\s+been)\s+exceeded",
        lambda m: _named("quota", m["n"] or m["n2"]),
    ),
    # Values that are held already.
    (
        rf"(?:{THE}|another\s+){WORDS}\s+with\s+(?:the\s+|that\s+|this\s+)?(?:same\s+)?(?P<f>{WORDS})\s+(?:is"
        rf"\s+)?already\s+(?:present|exists?)"
        rf"(?:\s+.*)?|another\s+{WORDS}\s+exists\s+with\s+the\s+(?:provided|same|given)\s+(?P<f2>{WORDS}(?:"
        rf"\s+or\s+{WORDS})?)",
        lambda m: _named("taken", m["f"] or m["f2"]),
    ),
    (
        rf"(?P<n>{THE}{WORDS})\s+(?:already\s+exists?|(?:is|has\s+been)\s+already\s+(?:assigned|taken|in\s+use|"
        rf"registered))",
        _of("taken"),
    ),
    (rf"you\s+specify\s+(?P<n>{THE}{WORDS})\s+that\s+has\s+already\s+been\s+(?:assigned|taken)", _of("taken")),
    (
        rf"{THE}{WORDS}\s+(?:is|are)\s+already\s+(?:associated|bound)\s+(?:with|to)\s+another\s+(?P<n>{WORDS})",
        _of("used_by"),
    ),
    (
        rf"(?:any\s+)?(?P<n>{WORDS}?)(?:\s+allocated\s+from\s+.+?)?\s+(?:is|are)\s+still\s+(?:allocated|in\s+use)",
        _of("used_by"),
    ),
    (r"(?:the|this)\s+[a-z]+\s+has\s+(?P<n>[a-z]{3,}s)", _of("used_by")),
    (r"it\s+has\s+(?P<n>[a-z ]{3,}?)\s+(?:created|exported|created/exported|attached|associated)\s+.*", _of("used_by")),
    (rf"(?P<n>{THE}{WORDS})\s+is\s+already\s+a\s+(?:member|part)\s+.*", _of("taken")),
    (r"(?:create\s+|creating\s+)?an?\s+already\s+existing\s+(?P<n>[\w -]+)", _of("taken")),
    (rf"{THE}specified\s+(?P<n>{NAME})\s+already\s+maps\s+.*", _of("taken")),
    (
        rf"(?:a\s+|the\s+)?(?:user\s+tries\s+to\s+)?(?:update|change|rename)\s+(?P<n>{WORDS})\s+which\s+is"
        rf"\s+already\s+assigned\s+to\s+{WORDS}",
        _of("taken"),
    ),
    (
        rf"(?:a\s+specified\s+|the\s+specified\s+|the\s+)?(?P<n>{WORDS})\s+is\s+the\s+same\s+as\s+the\s+current"
        rf"\s+(?:one|value)(?:\s+of\s+{THE}{WORDS})?",
        _of("unchanged"),
    ),
    # Things that are not there.
    (
        rf"no\s+(?P<n>{WORDS})\s+(?:(?:is|are|was|were)\s+found|exists?)\s+(?:with|for|by)"
        rf"\s+(?P<by>{THE}(?:given\s+|specified\s+)?{WORDS})",
        _missing,
    ),
    (rf"(?:{WORDS}\s+specified\s+by\s+)?(?P<by>{NAME})\s+(?:is|was|can)\s+not\s+(?:be\s+)?found", _missing),
    (rf"there\s+(?:is|are)\s+no\s+(?P<n>{WORDS})(?:\s+in\s+.+)?", _missing),
    (rf"no\s+(?P<n>{WORDS})\s+(?:(?:is|are|was|were)\s+(?:found|available)|exists?)", _missing),
    (
        rf"(?P<n>{THE}{WORDS}(?:\s*,\s*{WORDS})*(?:\s*,?\s+(?:or|and)\s+{THE}{WORDS}){{0,2}}?)(?:\s+(?:for|"
        rf"of)\s+(?:any\s+of\s+)?the\s+(?:specified\s+)?\w+|\s+specified\s+in\s+"
        r".+)?\s+(?:(?:is|are|was|were)\s+not\s+(?:found|recogni[sz]ed|known)|(?:does|do)\s+not\s+(?:already"
        r"\s+)?exist|(?:cannot|could\s+not|can\s+not)\s+be\s+"
        r"found)(?:\s+with\s+.*|\s+or\s+(?:is|are)\s+not\s+visible\s+to\s+you)?",
        _missing,
    ),
    (
        rf"(?P<n>{THE}(?:specified\s+|given\s+)?{WORDS})\s+does\s+not\s+represent\s+an?\s+(?:valid\s+)?{WORDS}",
        _missing,
    ),
    (rf"(?P<n>{THE}{WORDS})\s+is\s+not\s+valid\s+in\s+your\s+cloud", _missing),
    (
        rf"(?:you\s+)?(?:specify|specifies|use|provide|give)\s+an?\s+(?:incorrect|non-?existent|unknown|"
        rf"non-?existing)\s+(?P<n>{WORDS})"
        rf"|(?:an?\s+)?(?:unknown|non-?existent)\s+(?P<n2>{WORDS})",
        lambda m: _named("missing", m["n"] or m["n2"]),
    ),
    (rf"(?P<n>{THE}{WORDS})\s+not\s+found(?:\s+(?:for|with|by|in)\s+.+)?", _missing),
    (
        rf"{THE}{WORDS}\s+(?:do(?:es)?\s+not|do(?:es)?n't|cannot|can\s+not|can't)\s+find\s+(?P<n>{THE}{WORDS})",
        _missing,
    ),
    # What still uses the thing.
    *USES,
    (rf"(?:any\s+)?(?P<n>{WORDS})\s+(?:(?:is|are)\s+)?(?:still\s+)?using\s+(?:this|it)\b.*", _of("used_by")),
    (
        rf"(?:it|.*\bthat|{THE}{WORDS})\s+(?:is|are)\s+(?:still\s+|currently\s+|already\s+)?(?:used|in\s+use|"
        rf"referenced|attached|associated|bound|assigned)"
        rf"\s*(?:by|to|with|in|on)\s+(?P<n>(?:{THE})?{WORDS}(?:\s*,?\s+(?:or|and)\s+{WORDS})*?)(?:\(s\))?(?:"
        rf"\s+currently)?",
        _of("used_by"),
    ),
    (
        r"(?:(?:(?!\bor\s+(?:if|user)\b).)*\s)?\w+(?:\s+from\s+the\s+[\w ]+?)?\s+has\s+any\s+usage"
        r"\s+in\s+the\s+(?P<n>\w+)\s+table\b.*",
        _of("used_by"),
    ),
    (rf"{THE}{WORDS}\s+is\s+not\s+empty", _fixed(has=(("empty", False),))),
    (rf"(?:.*\b)?(?:is\s+)?still\s+hosting\s+(?P<n>{WORDS})", _of("used_by")),
    (
        rf"there\s+(?:exists?|are|is)\s+(?!no\b|not\b)(?P<n>(?:{THE})?{WORDS})\s+(?:for|against|of|in(?!\s+progress)|on|with)\s+.+",
        _of("used_by"),
    ),
    (
        r"(?!(?:the|an?|this)\s+(?:request|body|header|query|URL|URI)\b)"
        r"(?:it|(?:the|an?|any)\s+[a-z ]+?)\s+(?:(?:still\s+)?(?:contains|holds)\s+(?:any\s+)?|(?:still\s+has|"
        r"has\s+(?:any|associated|existing|child|dependent|"
        r"attached|one\s+or\s+more))\s+(?:associated\s+|existing\s+|child\s+|dependent\s+|attached"
        r"\s+)?)(?P<n>[a-z][a-z -]*?)(?:\s+(?:created|exported|"
        r"created/exported|associated)\s+.*)?",
        _of("used_by"),
    ),
    (rf"(?:.*\b)?is\s+involved\s+in\s+(?:in-progress\s+)?(?P<n>{WORDS})", _of("used_by")),
    # Fields that need or exclude each other.
    (
        rf"(?:you\s+(?:request|specify|give|use)\s+)?(?P<a>{THE}(?:specific\s+)?{WORDS})(?:\s+is"
        rf"\s+{SPECIFIED})?\s+without\s+(?:specifying\s+|giving\s+)?"
        rf"(?P<b>{THE}{WORDS})",
        _pair,
    ),
    (
        rf"both\s+(?P<n>{WORDS}\s+and\s+{WORDS})\s+are\s+{SPECIFIED}|you\s+specify\s+both\s+(?P<n2>{WORDS}"
        rf"\s+and\s+{WORDS})",
        _together,
    ),
    (rf"(?P<n>{NAME})\s+(?:is|was)\s+{SPECIFIED}(?:\s+in\s+the\s+request(?:\s+body)?)?", _of("present")),
    (
        rf"{THE}(?:client|caller|user|request|body|header)\s+(?:does\s+not|doesn't)\s+(?:include|contain|specify|give|"
        rf"provide|send|have)\s+{THE}(?:``(?P<h>[A-Z][\w-]*):\s[^`]*``\s+header|(?P<n>{NAME})(?:\s+\w+)?)",
        lambda m: Cause(absent=(m["h"],)) if m["h"] else _named("absent", m["n"]),
    ),
    (rf"(?P<n>{NAME})\s+(?:is|was)\s+(?:not\s+{SPECIFIED}|omitted|missing|left\s+out)", _of("absent")),
    # Values that are not permitted.
    (
        rf"(?:{WORDS}\s+contains\s+)?(?:an?\s+)?(?:invalid|malformed|incorrect|wrong|unsupported|unknown\s+or"
        rf"\s+unsupported)\s+(?P<n>{WORDS})(?:\s+(?:is|are|was)\s+"
        rf"{SPECIFIED}(?:\s+in\s+the\s+(?P<p>{NAME})\s+parameter)?)?",
        lambda m: _named("invalid", m["p"] or m["n"]),
    ),
    (
        rf"(?P<n>{THE}{WORDS})\s+(?:is|are)\s+(?:not\s+(?:a\s+|an\s+)?(?:valid|accepted|allowed|permitted|"
        rf"supported)(?:\s+(?:value|one|{WORDS}))?|"
        r"invalid|malformed|out\s+of\s+range|not\s+prefixed\s+with\s+.*)",
        _of("invalid"),
    ),
    (rf"(?P<n>{THE}{WORDS})\s+(?:cannot|can\s+not|could\s+not)\s+be\s+(?:parsed|decoded|understood)", _of("invalid")),
    (
        rf"(?:the\s+)?(?P<n>{NAME})\s+(?:header|field|parameter)\s+is\s+(?:present|{SPECIFIED})\s+and\s+.+?\s+(?:does|do)"
        r"\s+not\s+match\s+.+",
        _of("invalid"),
    ),
    (rf"(?P<n>{THE}{WORDS})\s+(?:does\s+not|doesn't)\s+match\s+.+", _of("invalid")),
    (r"(?:the\s+)?request\s+(?:body\s+)?is\s+malformed.*|unparsable\s+JSON.*", _fixed(invalid=("body",))),
    (
        r"(?:the\s+)?(?:(?:API|service|operation|server)\s+cannot\s+fulfill\s+the\s+(?:corresponding\s+)?request|"
        r"request\s+fails)\s+(?:due\s+to|because\s+of)\s+(?:insufficient|incorrect|invalid|missing)\s+data(?:\s+or\s+"
        r"data\s+that\s+is\s+not\s+valid)?",
        _fixed(invalid=("body",)),
    ),
    (
        r"(?:it|the\s+\w+)\s+(?:does\s+not|doesn't)\s+(?:contain|include|have)\s+all\s+(?:of\s+)?the\s+(?:necessary|"
        r"required)\s+(?:fields|parameters|attributes)",
        _fixed(invalid=("body",)),
    ),
    (r"(?:the\s+)?request\s+is\s+missing\s+(?:a\s+)?required\s+parameters?", _fixed(invalid=("body",))),
    # What the deployment lacks.
    (rf"(?P<n>{THE}{WORDS})\s+does\s+not\s+support\b.*", _trait),
    (
        rf"(?P<n>{THE}{WORDS})\s+is\s+(?:not\s+(?:available|enabled|loaded|implemented|configured)|"
        rf"disabled)(?:\s+in\s+your\s+cloud)?",
        _trait,
    ),
    # The thing's own status and fields.
    (
        rf"(?P<n>{THE}{WORDS})\s+(?:(?:has|have)\s+(?:been\s+|already\s+)*|is\s+|are\s+)(?P<status>expired|revoked|terminated)",
        _has_become,
    ),
    (
        rf"(?P<n>{THE}{WORDS})(?:'s\s+|\s+)(?:status\s+)?(?:is|are)\s+(?:in\s+)?(?:an?\s+|the\s+)?{_LIST}(?:"
        rf"\s+(?:status|state|statuses|states))?",
        _in_status,
    ),
    (
        rf"(?:(?:it|{THE}{WORDS})\s+has\s+.+?\s+and\s+|(?:the\s+)?[a-z]+\s+(?=the\b))?"
        rf"(?P<n>the\s+[a-z ]+?)\s+is\s+{_LIST}"
        r"\s+and\s+(?:is\s+)?not\s+in\s+(?:the\s+|an?\s+)?(?P<mode>``\w+``|\w+)\s+mode",
        _in_status_and_no_mode,
    ),
    (
        rf"(?P<n>{THE}{WORDS}?|{NAME})(?:\s+(?:attribute|parameter|property|field))?(?:\s+(?P<of>type|kind))?"
        rf"\s+(?:is|are)\s+not\s+(?:set\s+to\s+)?{_LIST}",
        _unlike,
    ),
    (rf"(?P<n>{NAME})\s+(?:attribute\s+|parameter\s+)?(?:is|are)\s+(?:set\s+to\s+)?{_LIST}", _like),
    (
        rf"\w+\s+(?:(?:an?|the)\s+[a-z ]+?\s+from\s+)?an?\s+(?P<word>enabled|protected|public|shared|deactivated|"
        rf"encrypted)\s+(?P<n>{WORDS})",
        _described,
    ),
)
_COMPILED = tuple((re.compile(rf"^(?:{pattern})$", _FLAGS), read) for pattern, read in _FORMS)
_OR = re.compile(r",?\s+or\s+(?:if\s+|when\s+)?", _FLAGS)


LONGEST = 320
"""The largest number of characters of a clause that is read; a longer one stays unread."""
_MOST = 4
"""The largest number of places at which a clause with "or" is divided."""


def cause_of(clause: str) -> Cause | None:
    """Return the cause that a clause states; None if its form is not known, or it is too long to be a cause."""
    text = clause.strip(" ,.:;")
    if len(text) > LONGEST:
        return None
    for candidate in dict.fromkeys((text, _AFTERTHOUGHT.sub("", text))):
        for pattern, read in _COMPILED:
            m = pattern.match(candidate)
            if m is not None and (found := read(m)) is not None:
                return found
    return None


def causes_of(clause: str) -> tuple[tuple[Cause, ...], bool]:
    """Return the causes that a clause states: one, or two that "or" joins. The second value is True if that is all."""
    whole = cause_of(clause)
    if whole is not None:
        return (whole,), True
    part: tuple[Cause, ...] = ()
    for m in islice(_OR.finditer(clause), _MOST):
        both = (cause_of(clause[: m.start()]), cause_of(clause[m.end() :]))
        found = tuple(cause for cause in both if cause is not None)
        if len(found) == len(both):
            return found, True
        part = part or found
    return part, False
