"""Rules for the forms of sentences that promise nothing: definitions, purposes, contents, labels, advice, history.

A form reads a sentence only if it holds no mark of a promise (``boilerplate.marks``) and tells of no event: no
condition, no negation, no consequence, no time. "A share is a mountable file system" is a definition; "All snapshots
are deleted when the stack is deleted" tells of an event, and stays unread if no rule reads it. There is no rule for
what is left over.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.prose.advice import is_advice
from parsers.prose.boilerplate import marks
from parsers.prose.effects import on_traffic
from parsers.prose.meanings import without_force
from parsers.prose.rules import NOTHING, Read, Reading, Rule, Scope
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII
_EVENT = re.compile(
    r"\b(?:if|when|whenever|(?:each|every)\s+time|while|unless|until|once|after|before|otherwise|"
    r"except|will|would|shall|won't|not|no\s+longer|never|none|"
    r"without|neither|nor|instead\s+of|regardless|always|by\s+default|automatically|n't|can't|ignored|excludes?|omits?|"
    r"(?:is|are|be|gets?|been)\s+(?:\w+ly\s+)?(?:deleted|removed|created|returned|updated|changed|reset|restored|"
    r"replaced|purged|terminated|"
    r"stopped|started|released|discarded|kept|preserved|assumed|applied|propagated|converted|overwritten))\b|\w+n't\b",
    _FLAGS,
)
_NAME = r"(?:``[^`]+``|`[^`]+`|\*{1,2}[^*]+\*{1,2}|\"[^\"]+\"|'[^']+')"
_BE = (
    r"(?:is|are|was|were|has|have|contains?|represents?|defines?|describes?|provides?|consists?|holds?|"
    r"specif(?:y|ies)|lists?|identif(?:y|ies)|"
    r"indicates?|means?|refers?|enables?|supports?|lets?|gives?|groups?|includes?|adds?|extends?|uses?|stores?|"
    r"shows?|displays?|belongs?|"
    r"accepts?|corresponds?|maps?|depends?|exposes?|introduces?|presents?|determines?|controls?|records?|"
    r"implements?|acts?|serves?|requests?|"
    r"tells?|offers?|assigns?|associates?|connects?|permits?|manages?|helps?|comes?|exists?|works?|differs?|"
    r"var(?:y|ies)|applies|apply|"
    r"allows?|creates?|returns?|enumerates?|enhances?|operates?|follows?|behaves?|needs?|reflects?|affects?|"
    r"stands?|takes?|generates?|fetch(?:es)?|polls?|covers?|publish(?:es)?|computes?|spans?|tracks?|mirrors?|"
    r"compares?|resolves?|reports?|handles?|configures?|monitors?|conveys?|express(?:es)?|separates?|obtains?)"
)
_SUBJECT = (
    r"(?:(?:Note(?:\s+that|:)?\s+)?(?:\(|In\s+[^,]+,\s+|For\s+[^,]+,\s+|Currently,?\s+|However,\s+|"
    r"Typically,\s+|Also,\s+|Additionally,\s+)?)"
)
_PURPOSE = re.compile(
    r"^(?:[A-Z][a-z-]+(?:s|es)|[A-Z][a-z]+)(?:(?:,|\s+or|,?\s+and|,\s+or)\s+[a-z-]+)*,?\s+(?:information"
    r"\s+(?:for|about)\b|details\b|"
    r"(?:the|an?|all|any|one|this|that|these|its|their|several|multiple|many|some|existing|new)\b|[a-z-]+(?:s|es)?\b)"
)
_VERBS = re.compile(
    r"^(?:Lists?|Shows?|Creates?|Updates?|Deletes?|Sets?|Unsets?|Gets?|Retrieves?|Returns?|Adds?|Removes?|"
    r"Assigns?|Unassigns?|Grants?|"
    r"Revokes?|Checks?|Validates?|Registers?|Unregisters?|Generates?|Imports?|Exports?|Resets?|Enables?|"
    r"Disables?|Manages?|Unmanages?|"
    r"Associates?|Disassociates?|Attach(?:es)?|Detach(?:es)?|Shelves?|Unshelves?|Starts?|Stops?|Mounts?|Queries|"
    r"Query|Explicitly|Obtains?|"
    r"Authenticates?|Terminates?|Reserves?|Unreserves?|Uses?|Gives?|Provides?|Specifies|Defines?|Describes?|"
    r"Introduces?|Introduced|Added|"
    r"Adding|Addition|Include[sd]?|Support|Supports|Registers?|Identifies|Indicates|Contains|Represents|"
    r"Displays?|Renames?|Requests?|Extends?|"
    r"Scales?|Recovers?|Aborts?|Cancels?|Performs?|Initiates?|Triggers?|Exposes?|Accepts?|Establishes|Maps?|Bulk|"
    r"Refreshes|Registers|Calls?|"
    r"Consider|Schedule|Filters?|Filtering|Sorts?|Return|Read|Write|Runs?|Replaces?|Modif(?:y|ies)|Moves?|"
    r"Clears?|Unlocks?|Locks?|Finds?)\b"
)
_FORMS: tuple[tuple[str, str], ...] = (
    ("contents-of-a-page", r"^(?:tocdepth|maxdepth|orphan)\b"),
    (
        "definition",
        rf"^{_SUBJECT}(?:(?:An?|The|Each|Every|Some|Most|All|Any|These|This|That|Those|Both|Its|Their|It|They|"
        rf"There|One|Two|Three|Four|You|"
        rf"Other|Such|Many|Several)\b|[A-Z][\w'/.-]*|{_NAME})(?:\s+(?:[\w'/.()-]+|\(?{_NAME}\)?),?){{0,14}}?"
        rf"\s+(?:also\s+|only\s+|typically\s+|"
        rf"currently\s+|mainly\s+|commonly\s+|now\s+)?{_BE}\b",
    ),
    ("named-thing", rf"^{_NAME}\s*(?::|=|--?|–|is|are|was|\()"),
    ("named-thing-alone", rf"^{_NAME}\.?$"),
    ("glossary", r"^\*[^*]+:?\*:?\s"),
    ("introduction-of-a-list", r":$"),
    (
        "possibility-of-the-user",
        r"\b(?:You|Users?|Clients?|Operators?|Administrators?|Projects?|Tenants?|One|It|This|They|These|[Tt]hat|"
        r"[a-z]+s?)\s+(?:can|may|could|might)\b",
    ),
    (
        "means-of-access",
        r"\b(?:is|are)\s+(?:done|managed|exposed|available)\s+(?:through|via|under)\s+the\s+``[^`]+``\s+(?:resources?|endpoints?)\.?$",
    ),
    (
        "possible",
        r"^(?:It\s+is|It's)\s+(?:also\s+)?(?:possible|recommended|expected|useful|important|up\s+to|worth|common|"
        r"necessary)\b",
    ),
    ("there-is", r"^There(?:'s|\s+(?:is|are|exists?))\b"),
    (
        "advice",
        r"^(?:You|Users?|Clients?|One|It|They|Operators?|This|These|The\s+\w+)\s+should\b|^(?:Consult|Issue|Make"
        r"\s+sure|Read|See|Consider|Note|"
        r"Please|Remember|Clone|Click|Visit|Take|Try|Choose|Create|Send|Install|Run|Check|Look|Think|Let|Here|"
        r"Keep|Submit|Supply|Poll)\b",
    ),
    ("address", r"^(?:\*\*)?(?:``)?(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b"),
    ("remark", r"^\(.*\)\.?$"),
    (
        "history",
        r"^(?:Added|Addition|Introduc\w+|Support|Adds|Include[sd]?|Chang\w+|Renam\w+|Expos\w+|Allow\w*|Improv\w+|"
        r"Extend\w*|Report\w*|Enabl\w+)\b",
    ),
)


@lru_cache(maxsize=4096)
def tells_of_event(text: str) -> bool:
    """True if a sentence states a condition, a negation, a consequence or a time."""
    return _EVENT.search(re.sub(r"``[^`]*``", "", text)) is not None


_OF_ROLES = re.compile(
    r"\bonly\s+(?:the\s+)?(?:cloud\s+)?(?:admin\w*|owners?|users?|members?|projects?)\b|\badmin\w*(?:\s+users?)?\s+only\b",
    _FLAGS,
)
"""A restriction to a role: no mark of its own, since a role is harmless elsewhere."""


def _plain(text: str) -> bool:
    text = without_force(text)
    return _OF_ROLES.search(text) is None and not tells_of_event(text) and marks(text) <= {"role", "lifecycle", "lock"}


def _form(pattern: str) -> Read:
    form = re.compile(pattern)

    def read(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
        return NOTHING if form.search(sentence.text) and _plain(sentence.text) else None

    return read


def _purpose(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """The purpose of an operation, a filter or a version: "Lists, shows and deletes volumes", "Assigns a role to"."""
    text = sentence.text
    return NOTHING if _VERBS.match(text) and _PURPOSE.match(text) and _plain(text) else None


_QUERY_PARAMETERS = re.compile(r"^(?:Standard|Pagination|Sorting)\s+query\s+parameters\s+are\s+supported\b", _FLAGS)
_YOU_CAN = re.compile(
    r"^(?:If|When|After|Once|While)\s+(?:you|users?|the\s+user|a\s+user)\s+(?:\w+\s+)?(?:want|wish|prefer|would"
    r"\s+like|need|obtain|create|have|request|"
    r"add|set\s+up|use)s?\b[^,]*,\s+(?:(?:then\s+)?(?:you|they)\s+(?:can|may|could)\b|use\b|see\b)",
    _FLAGS,
)


def _you_can(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """What a user may do for a purpose: "After you create a share group, you can create a share from it"."""
    text = sentence.text
    return NOTHING if _YOU_CAN.match(text) and not marks(text) and re.search(r"\bnot\b|n't\b", text) is None else None


_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|might|must|shall|should|will|would|"
    r"exists?|returns?|fails?|"
    r"remains?|becomes?|requires?)\b",
    _FLAGS,
)
_LABEL = 12
"""Largest number of words of a label."""


def _label(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """Words without a verb: "API versions", "Bad request", "Number of shares.", "Read and write (RW) access."."""
    text = sentence.text
    short = len(text.split()) <= _LABEL and _AUXILIARY.search(re.sub(r"``[^`]*``", "", text)) is None
    return NOTHING if short and _plain(text) else None


def _query_parameters(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """B7: whether a deployment supports paging or sorting; the rows of the table say which parameters these are."""
    return NOTHING if _QUERY_PARAMETERS.match(sentence.text) else None


RULES = (
    Rule("query-parameters", "B7", _query_parameters, ("query parameters",)),
    *(Rule(name, "plain", _form(pattern)) for name, pattern in _FORMS),
    Rule("purpose-in-a-list", "plain", _purpose),
    Rule("label", "plain", _label),
    Rule("what-a-user-may-do", "plain", _you_can),
)


_OF_TIMES = re.compile(r"^The\s+``±hh:mm``\s+value\b|^If\s+you\s+omit\s+the\s+time\s+zone\b")
"""Sentences about a format that ``constraints`` reads: the one for a date with a time."""
_TRUTH = re.compile(r"\bvalid\s+(?:boolean\s+)?values?\b(?:[^.]*\b[Tt]rue\b[^.]*\b[Ff]alse\b)?[^.]*\.?$", _FLAGS)
_CONDITIONAL = re.compile(
    r"^(?:If|When|Whenever|(?:Each|Every)\s+time|Unless|Until|Once|After|Before|By\s+default|Only|Not)\b"
)

_OF_NAMES = frozenset({"role", "lifecycle"})
"""Marks of words that the name of a thing may hold: a policy, an owner, a deprecated field."""
_ABOUT_ANSWER = re.compile(r"\bresponse\s+(?:excludes?|omits?|includes?|contains?|shows?|does|will)\b", _FLAGS)
"""A promise about the answer, where a parameter's first sentence would give its meaning."""
_QUOTED_ALONE = re.compile(r"^[\"'][\w.]+[\"']\.?$")
"""The end of an example that a period divided: the sentence before it ends with "e.g."."""
_RULED = re.compile(r"\bonly\b|\badmin|\ballow|\bpermission", _FLAGS)


def without_promise(text: str, *, first: bool = False, boolean: bool = False) -> bool:
    """True if a sentence of a parameter's description promises nothing beside what the table says.

    Args:
        text: the sentence.
        first: True for the first sentence of a description, which tells what the parameter means: "The time when the
            volume was created" tells of an event, and promises none.
        boolean: True for a parameter of the type boolean, whose values need not be listed.
    """
    text = without_force(text)
    if text.startswith(("For example", "Example", "e.g.", "See ")):
        return True
    named = marks(text)
    ruled = _RULED.search(text) is not None
    means = (
        first
        and not _CONDITIONAL.match(text)
        and _ABOUT_ANSWER.search(text) is None
        and not (named - (set() if ruled else _OF_NAMES))
    )
    return (
        means
        or _QUOTED_ALONE.match(text) is not None
        or (boolean and _TRUTH.search(text) is not None)
        or _plain(text)
        or _OF_TIMES.match(text) is not None
        or on_traffic(text)
        or is_advice(text)  # the last, because its many forms take long
    )
