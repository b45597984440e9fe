"""Rules for sentences that promise nothing testable: leads, advice, references, examples, definitions.

Each rule is a form of words. A form that cannot hold a promise ("Ensure you meet the preconditions") reads all its
sentences. Every other form reads a sentence only if it holds no mark of a promise: a code, a version, a size, an
obligation, a refusal, a status, a role, a lock, a required value. So no promise is lost here: a sentence with a mark
and without a rule of its own is unread.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.prose.clauses import version_clauses, without_versions
from parsers.prose.forms import Cued, form
from parsers.prose.rules import NOTHING, Read, Reading, Rule, Scope
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII

_MARKS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "version",
        (),
        r"(?<![\w./-])v?\d{1,2}\.\d{1,3}(?![\w.]*\d)|\bmicroversion\s*(?:<|>|=|\d)|\b(?:since|as\s+of|"
        r"until|prior\s+to)\s+(?:micro)?version\b",
    ),
    (
        "code",
        (),
        r"(?<![\w.:/-])[1-5]\d\d(?![\w.:-]*\d)\b(?=\s*(?:is|will|error|response|status|conflict|\)|``|HTTP|-|"
        r"$))|\bHTTP\s+\d",
    ),
    (
        "size",
        ("max", "min", "least", "most", "up", "more", "longer", "less", "limited", "exceed", "non-empty"),
        r"\b(?:max(?:imum)?|min(?:imum)?|at\s+least|at\s+most|up\s+to|(?:no|not)\s+(?:more|longer|"
        r"less)\s+than|limited\s+to|exceed\w*)\b[^.]*\d|\bnon-empty\b",
    ),
    (
        "obligation",
        ("must", "mandatory", "shall", "require", "should", "not", "can't"),
        r"\b(?:must|mandatory|shall|required|requires|parameter\s+should|cannot|can't|can\s+not|"
        r"may\s+not|\*\*MUST\*\*)\b",
    ),
    (
        "restriction",
        ("only", "not", "longer"),
        r"\bonly\b[^.]*\b(?:supported|supports|may\s+be)\b|\bnot\s+accept\w*\b|"
        r"\bonly\s+(?:be|if|when|valid|allowed|available|supported|returned|visible|permitted|possible|for|by|"
        r"applicable)\b|"
        r"\bnot\s+(?:be\s+|an?\s+)?(?:allowed|supported|valid|permitted|accepted|possible|available|returned|"
        r"included)\b|"
        r"\bno\s+longer\s+(?:be\s+)?(?:accepted|supported|possible|allowed|available|returned|valid|required)\b",
    ),
    (
        "refusal",
        ("fail", "error", "reject", "refus", "denied", "forbidden", "invalid", "ignored", "raise"),
        r"\b(?:fail(?:s|ed|ure)?|errors?|reject\w*|refus\w*|denied|forbidden|invalid|ignored|raise[sd]?)\b",
    ),
    (
        "status",
        ("``", "_", "stat", "becom", "chang"),
        r"(?-i:``[A-Z][A-Z_]{3,}``)|\b(?:status|state)\s+(?:\w+\s+){0,3}(?:``\w+``|(?-i:\b[A-Z][A-Z_]{3,}\b))|"
        r"(?-i:\b[A-Z]{4,}(?:_[A-Z]+)*)\s+(?:status|state)\b|``[\w-]+``\s+(?:status|state)\b|(?-i:\b"
        r"(?!LC_)[A-Z]{4,}_[A-Z_]+\b(?!``))|"
        r"\b(?:becomes?|changes?\s+(?:its|the)\s+(?:status|state))\b",
    ),
    ("lifecycle", ("deprecat", "superseded", "removed"), r"\bdeprecat\w*|\bsuperseded\b|\bremoved\s+in\b"),
    (
        "role",
        ("admin", "polic", "privilege", "permission", "owner"),
        r"\badmin(?:istrat\w+)?s?\b|\bpolic(?:y|ies)\b|\bprivileges?\b|(?<!get )\bpermissions?\b|\bowners?\b",
    ),
    ("lock", ("lock",), r"\block(?:ed|s)?\b"),
    (
        "value",
        ("none", "null", "valid", "possible", "allowed", "supported", "one", "default"),
        r"``None``|\bnull\b|\b(?:valid|possible|allowed|supported)\s+\w*\s*(?:values?|types?)\b|\bone\s+of\b|"
        r"\bdefaults?\s+(?:is|to|value)\b",
    ),
    ("format", ("uuid", "iso", "base64", "unique"), r"\bUUIDs?\s+format|\bISO\s*8601|\bbase64\b|\bunique\b"),
    (
        "output",
        ("only", "missing", "omitted", "sorted", "empty"),
        r"\bonly\b[^.]*\bwill\s+be\s+returned\b|"
        r"\b(?:is|are|will\s+be)\s+(?:always\s+|also\s+)?(?:missing|omitted|sorted|empty)\b",
    ),
)
_MARK = {name: form(pattern, *cues) for name, cues, pattern in _MARKS}
_MARKED = Cued((item, item[1].cues) for item in _MARK.items())


@lru_cache(maxsize=4096)
def marks(text: str) -> frozenset[str]:
    """Return the names of the marks of a promise that a sentence holds."""
    bare = without_versions(text)
    found = {name for name, mark in _MARKED.within(bare.lower()) if mark.pattern.search(bare)}
    if bare != text and _MARK["version"].search(text):
        found.add("version")
    return frozenset(found)


def _always(pattern: str, flags: int = _FLAGS) -> Read:
    """Make the reader of a form that never promises anything, even if its sentences hold marks of a promise."""
    known = re.compile(pattern, flags)

    def read(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
        return NOTHING if known.search(sentence.text) else None

    return read


def _unmarked(pattern: str, *harmless: str) -> Read:
    """Make the reader of a form that promises nothing if it holds no mark of a promise other than the harmless ones."""
    known = re.compile(pattern, _FLAGS)
    allowed = frozenset(harmless)

    def read(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
        return NOTHING if known.search(sentence.text) and marks(sentence.text) <= allowed else None

    return read


def _heading(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E6: titles and bold headings name the text below them; versions in them are read with the samples."""
    return NOTHING if sentence.block.kind == "heading" else None


def _purpose(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """The lead, with the operation's purpose: "Resets the administrative password"; without any condition."""
    if sentence.block.block is not None or sentence.block.kind != "paragraph":
        return None
    call = _THIS_CALL.match(sentence.text)
    if call is not None and _UNDER_A_CONDITION.search(sentence.text):
        return None
    text = sentence.text[call.end() :].capitalize() if call is not None else sentence.text
    lead = re.match(r"^(?:Also,\s+)?[A-Za-z][a-z-]+(?:s|es)?\b\s+(?!is\b|are\b|of\b)", text)
    harmless = {"role", "refusal", "value", "lock", "format", "lifecycle"}
    if lead is None or not _VERB.match(text) or re.search(r"\bonly\b|\bnot\b", text):
        return None
    return NOTHING if marks(text) <= harmless else None


_THIS_CALL = re.compile(r"^This\s+(?:operation|API|call|action|method)\s+will\s+(?=[a-z]+\s)")
_UNDER_A_CONDITION = re.compile(r"\b(?:if|when|unless|once|after|before|until|fail|return|result)\b", _FLAGS)


_VERB = re.compile(
    r"^(?:Also,\s+)?(?i:(?:Re)?(?:Accepts?|Activates?|Adds?|Adopts?|Allocates?|Allows?|Assigns?|Associates?|Attaches|"
    r"Attach|Bulk-|Cancels?|Changes?|"
    r"Checks?|Clears?|Clones?|Completes?|Confirms?|Copy|Copies|Creates?|Deactivates?|Deletes?|Deploys?|Detaches|"
    r"Detach|Determines?|Disables?|"
    r"Disassociates?|Displays?|Downloads?|Enables?|Encode|Evacuates?|Exports?|Extends?|Fails?|Failover|Fetch|Finds?|"
    r"Forces?|Freezes?|Gets?|"
    r"Grants?|Imports?|Initiates?|Initiali\w+|Injects?|Launch\w*|Limit|Lists?|Locks?|Manages?|Migrates?|Modif\w+|Moves?|Pauses?|"
    r"Permits?|Pings?|Promotes?|"
    r"Provisions?|Puts?|Queries|Query|Reboots?|Rebuilds?|Removes?|Renames?|Replaces?|Requests?|Resets?|Resizes?|"
    r"Restores?|Resumes?|Retrieves?|"
    r"Returns?|Reverts?|Revokes?|Runs?|Searches|Search|Sends?|Sets?|Shares?|Shows?|Shrinks?|Starts?|Stops?|Suspends?|"
    r"Tests?|Transfers?|Triggers?|"
    r"Unlocks?|Unpauses?|Unsets?|Unmanages?|Unshelves?|Updates?|Uploads?|Upgrades?|Validates?|Verif\w+|Views?|"
    r"Includes?))\b"
)


def _filter(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E4: an item that only names a parameter and its first version; its table row says the same."""
    if sentence.block.kind not in ("item", "term"):
        return None
    item = r"^``[\w:.-]+``\s*(?:\((?:New\s+in|Added\s+in|Since)\s+(?:micro)?version\s+[\d.]+\))?\.?$"
    return NOTHING if re.match(item, sentence.text, _FLAGS) else None


def _behaviour(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E5: a change at a version, in free words. The spec format has no field for it, and only a person can test it."""
    if not version_clauses(sentence.text) and not re.search(r"\b[Mm]icroversion\s+\d+\.\d+\b", sentence.text):
        return None
    return NOTHING if marks(sentence.text) <= {"version"} else None


def _sample(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A body or a URL in running text: it begins and ends like JSON or a path, and is not a sentence."""
    text = sentence.text.strip("` ")
    return (
        NOTHING
        if re.match(r"^(?:\{.*\}|\[.*\]|/[\w/{}.-]*)\s*(?:\([^)]*\))?$", text) or text in ("or", "and")
        else None
    )


RULES: tuple[Rule, ...] = (
    Rule("heading", "E6", _heading),
    Rule("sample-in-text", "boilerplate", _sample),
    Rule("dual-of-postcondition", "D1", _always(
        r"^If\s+(?:the\s+)?[\w' -]*?\bstatus\s+(?:does\s+not|remains|has\s+not)\b.*\bfailed\b")),
    Rule("ensure-and-retry", "D2", _always(
        r"^(?:Validation\s+errors\s+require\s+that\s+you\s+correct\b|Ensure\b|Then,?\s+investigate\b|"
        r"Investigate\b|If\s+the\s+(?:request|operation)\s+fails\s+again,\s+"
        r"(?:investigate|review)\b|If\s+you\s+meant\s+to\b[^,]*,\s+run\s+the\s+request\s+again\b)")),
    Rule("keep-polling", "H1", _always(
        r"^After\s+you\s+make\s+this\s+request,\s+you\s+typically\s+must\s+keep\s+polling\b|\basynchronous\s+API\b|"
        r"^This\s+operation\s+is\s+asynchronous\b|\brepeatedly\s+to\s+determine\s+whether\b|^You\s+may\s+also\s+"
        r"monitor\b|"
        r"^(?:If|When)\s+the\s+status(?:es)?\s+(?:is|are)\s+(?:``\w+``(?:\s+or\s+)?)+,\s+(?:issue|use)\b|"
        r"^To\s+confirm\s+the\s+\w+,\s+check\b|"
        r"^When\s+the\s+[\w ]+\s+status\s+changes\s+to\s+``\w+``,\s+the\s+[\w ]+\s+is\s+successfully\b|"
        r"\b(?:process|operation)\s+is\s+(?:asynchronous|performed\s+asynchronously)\b")),
    Rule("specify-action", "boilerplate", _always(
        r"^You\s+will\s+specify\b[^.]*\bin\s+the\s+body\b|"
        r"^(?:Specify|Include|Set|Add)\s+the\s+(?:``[^`]+``\s+)?(?:action\b|.*\bin\s+the\s+(?:create\s+)?request\s+"
        r"body\b)")),
    Rule("cross-reference", "boilerplate", _always(
        r"^(?:See(?:\s+also)?\b|For\s+(?:more\s+)?(?:information|details|general\s+information)\b|Refer\s+to\b|"
        r"Please\s+(?:refer|see)\b|For\s+an?\s+(?:more\s+)?\w+\s+(?:overview|discussion|description)\b|"
        r"Relationship:|More\s+details\s+can\s+be\s+found\b)")),
    Rule("example", "boilerplate", _always(r"^(?:For\s+example\b|An?\s+example\b|This\s+example\b|"
    r"The\s+following\s+example\b|e\.g\.|Example|"
    r"``(?:GET|POST|PUT|PATCH|DELETE)\s[^`]+``\s+would\b)")),
    Rule("purpose", "boilerplate", _purpose),
    Rule("named-filter", "E4", _filter),
    Rule("how-to", "boilerplate", _unmarked(
        r"^(?:To\s+\w+|Specify|Set|Use|Add|Pass|Provide|Encode|Limit|Make|If\s+you\s+(?:want|would\s+like|wish)\s+"
        r"to)\b",
        "value", "role", "format", "lifecycle", "output")),
    Rule("capability", "boilerplate", _unmarked(
        r"^(?:You|Users?|Admin\w*(?:\s+users?)?|Operators|Clients?)\s+can\s+(?!only\b|not\b|see\b)",
        "role", "lock", "value", "format", "refusal")),
    Rule("behaviour-at-version", "E5", _behaviour),
    Rule("depends-on-deployment", "B7", _always(
        r"\bonly\s+(?:supported|implemented|applicable|for)\s+(?:\w+\s+){0,3}(?:by|for|when\s+using|with|the)\b.*\b"
        r"drivers?\b|"
        r"^It\s+is\s+available\s+when\s+``\w+``[^.]*\s+(?:is|are)\s+available\s+on\s+(?:the\s+)?cloud\s+side\b|"
        r"\bis\s+dependent\s+on\s+the\s+``\w+``\s+configuration\s+option\b|\b(?:currently\s+)?only\s+for\s+the\b.*\b"
        r"driver\b")),
    Rule("extent-of-details", "boilerplate", _always(
        r"^(?:The\s+)?(?:extended\s+status|server\s+usage)\s+information\s+appears\s+in\b|^(?:Includes|For\s+each"
        r"\s+\w+,\s+shows)\b.*\bdetails\b")),
    Rule("provider-decides", "boilerplate", _always(
        r"\bprovider\s+determines\b|\bthe\s+cloud\s+administrator\b|\bmust\s+meet\s+the\s+\w+\s+requirements\s+set\s+"
        r"by\b|\babsolute\s+limit\b")),
    Rule("what-null-does", "J5", _always(r"^If\s+(?:you\s+specify|this\s+param\w*\s+is)\s+``(?:null|None)``")),
    Rule("transient-condition", "B7", _always(r"\bcannot\s+be\s+loaded\s+due\s+to\s+a\s+transient\s+condition\b")),
    Rule("filters-introduced", "E4", _always(r"\bwhitelist\s+(?:for\s+[\w -]+\s+)?(?:includes|is\s+different)\b")),
    Rule("policy-rule-named", "F5", _always(r"\bcan\s+be\s+configured\s+using\s+the\s+``[\w:]+``\s+policy\s+rule\b")),
    Rule("possibility", "boilerplate", _unmarked(r"\bmight\b|\bno\s+guarantee\b", "status", "refusal", "output")),
    Rule("history", "boilerplate", _unmarked(r"^The\s+net\s+result\s+was\b|\boriginally\b", "obligation")),
    Rule("failure-of-the-service", "B7", _always(r"^If\s+the\s+request\s+fails\s+due\s+to\s+an\s+error\s+on\b")),
    Rule("visible-to-all", "F3", _always(r"\bauthorizes\s+all\s+users\s+to\s+view\b")),
    Rule("typical", "boilerplate", _unmarked(r"\btypically\b", "version", "size", "role")),
    Rule("other-service", "boilerplate", _always(r"^If\s+you\s+want\s+to\b.*\byou\s+must\s+use\s+the\b.*\bservice\b")),
    Rule("not-globally-unique", "boilerplate", _always(r"\bis\s+not\s+globally\s+unique\b")),
)  # fmt: skip
