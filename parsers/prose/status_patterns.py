"""The forms of English in which a clause states a status: words for statuses, and the patterns of clauses.

A value is marked, in capitals, or an ordinary word that names a status ("available", "in-use"); before "state" any
other word ("in the sunken state"). ``status_clauses`` finds the clauses of a sentence by ``FORMS``.
"""

from __future__ import annotations

import re

from parsers.prose.forms import form
from parsers.prose.names import STATE_MODIFIERS
from parsers.prose.words import NOUN, VALUE, VALUES

_FLAGS = re.IGNORECASE | re.ASCII
COMMON = (
    r"(?:active|inactive|available|unavailable|enabled|disabled|deactivated|activated|running|stopped|started|paused|"
    r"suspended|queued|shelved|locked|unlocked|failed|detached|attached|pending|completed?|error|in[-_]use|deleted|"
    r"deleting|creating|restoring|ready|idle|finished|cancell?ed|aborted|rejected|accepted|maintenance|offline|online|"
    r"degraded|healthy|succeeded|draft|published|allocated|unallocated|terminated|normal|abnormal|frozen|creating|updating|"
    r"upgrading|rebooting|restarting|resizing|migrating|reserved|provisioned|deployed|undeployed|protected|connected|"
    r"disconnected|mounted|unmounted|assigned|unassigned|expired|revoked|verified|unverified|approved|archived)"
)
COMPOUND = r"(?![a-z]+-to-|read-only\b|non-|pre-|so-called\b|well-|user-)[a-z]{2,}(?:[-_][a-z]+)+"
"""A word of several parts, as names of statuses are: "awaiting-transfer", "error_extending"."""
FREE = (
    rf"(?!(?:{'|'.join(sorted(STATE_MODIFIERS))}|same|current|desired|given|invalid|valid|correct|proper|right|wrong|"
    r"consistent|inconsistent|following|other|another|different|this|that|previous|initial|final|target|specified|expected|"
    r"unexpected|required|appropriate|certain|specific|particular|original|known|unknown|transitional|stable|unstable|"
    r"transient|terminal|intermediate|permanent|good|usable|unusable|suitable|compatible|steady|undefined|such|their|both|"
    r"either|neither|above|below|where|these|those|which|each|respective|corresponding|internal|default|possible|special|"
    r"resulting|updated|changed|supported|unsupported|allowed|acceptable|eligible|ineligible|incorrect|improper|whole|only)\b)[a-z]{4,}"
)
"""Any other word before "state" or "status", in lower case."""
NOT_FREE = r"(?:in[-_]use|maintenance)"
"""The words of ``COMMON`` that are no free ones, because of their form or as they tell what a status is of."""
NO_STATUS = r"(?!The\b|This\b|That\b|API\b|ID\b|UUID\b|URL\b|HTTP\b|JSON\b|NOT\b|MUST\b|SHOULD\b)"
PHRASE = r"(?:\*\*\w[\w-]*(?:\s[\w-]+){1,2}\*\*|\"[A-Z]\w*(?:\s[\w-]+){1,2}\")"
"""A marked status of several words: "**Scheduled deletion**"."""
_MARKED = rf"(?-i:{NO_STATUS}{VALUE}|{PHRASE})"
_WORD = rf"(?:{_MARKED}|(?<![\w`-])(?:{COMMON}|(?-i:{COMPOUND}))(?![\w`-]))"
NAMED = (
    rf"(?:{_MARKED}|(?<![\w`-])(?:{NOT_FREE}|(?-i:{COMPOUND}|{FREE}|{NO_STATUS}[A-Z][A-Za-z]+(?:-[A-Z][A-Za-z]+)*))"
    r"(?![\w`-]))"
)
"""A value before the word "status": there, any other word is one, and so is a word with a capital letter."""
_JOIN = (
    r"(?:\s*,\s*(?:and\s+|or\s+|nor\s+)?|\s+(?:and/or|and|or|nor)\s+|\s*/\s*)(?:in\s+)?"
    r"(?:(?:the|an?)\s+(?!(?-i:[A-Z]{2,3})\s+(?:can|cannot|will|is|are)\b))?(?!(?-i:[A-Z]{2,3})\s+(?:can|cannot|will)\b)"
)
_NEXT_CLAUSE = (
    r"(?!\s+(?:says|contains|describes|explains|gives|of|being|will|(?:is|are)\s+(?:set|cleared|updated|removed))\b)"
)
"""What does not follow a joined value: in "becomes ``a`` and ``b`` says why" the second word begins a clause."""
_VALUES = rf"{_WORD}(?:{_JOIN}{_WORD}{_NEXT_CLAUSE})*"
NAMED_VALUES = rf"{NAMED}(?:{_JOIN}{NAMED}{_NEXT_CLAUSE})*"
MODIFIED = rf"(?:(?:(?:{'|'.join(sorted(STATE_MODIFIERS))})[ _])?(?:status|state))(?:es|s)?"
_STATE = rf"(?:(?:``|\*\*)[\w:.-]*(?:status|state)(?:``|\*\*)(?:\s+(?:attribute|field|parameter|property))?|{MODIFIED})"
"""The name of an attribute that holds a status, by its words or marked as a field's name."""
_MODAL = (
    r"(?:must|has\s+to|have\s+to|needs?\s+to|should|shall|ought\s+to|(?:is|are)\s+(?:required|expected|supposed)\s+to)"
)
_ADVERB = r"(?:\s+(?:currently|already|first|always|also|still))?"
_BE = (
    rf"(?P<be>(?P<modal>{_MODAL}|can(?=\s*not\s+be))(?P<modal_not>\s*not)?{_ADVERB}\s+be|to\s+be|is|are|was|were|has|have|"
    r"(?<!may\s)(?<!can\s)(?<!must\s)(?<!will\s)(?<!would\s)(?<!could\s)(?<!might\s)(?<!should\s)(?<!not\s)(?<!to\s)"
    r"(?<!only\s)be(?=\s+(?:in|at)\s))"
)
_HAS = (
    rf"(?P<be>(?P<modal>{_MODAL}|can(?=\s*not\s+have))(?P<modal_not>\s*not)?{_ADVERB}\s+have|"
    r"(?:does|do)(?P<not3>\s+not)\s+have|has|have)"
)
_REACHES = (
    rf"(?P<be>(?P<modal>{_MODAL})\s+(?:have\s+)?reach(?:ed)?|(?:has\s+|have\s+)?reach(?:es|ed)?|"
    r"(?:has\s+|have\s+)entered)"
)
_NOT = r"(?:\s+(?P<not>not|neither|n't|other\s+than|anything\s+(?:other\s+than|but)))?"
_NOW = r"(?:\s+(?:currently|already|still|either|only|first))?"
_SET = (
    r"(?:\s+(?:(?:one|any)\s+of(?:\s+the\s+following)?(?:\s+(?:values|statuses|states))?\s*:?|among|set\s+to|equal\s+to|"
    r"either|both))?(?:\s+(?:the|an?))?"
)
_OWNER = rf"(?P<noun>{NOUN})"
_CHANGES = (
    r"(?:becom(?:es?|ing)|(?:(?P<modal>will|shall|should|must|needs?\s+to|is|gets|is\s+then)\s+)?(?:now\s+)?(?P<be>be(?:come)?\s+)?(?:"
    r"(?:changes?|transitions?|goes|go|moves?|turns?|switch(?:es)?|returns?|reverts?|changed|set|reset|updated|moved|"
    r"transitioned|switched)\s+(?:back\s+)?to)(?:\s+be)?)"
)
_ENTERS = (
    r"(?:(?P<modal>will|shall|should|must|is|gets)\s+)?(?P<be>be\s+)?(?:enters?|(?:goes|go|moves?|transitions?|returns?|switch(?:es)?|"
    r"reverts?|moved|put|placed|returned|brought|switched|transitioned|reset)\s+(?:back\s+)?(?:in)?to|(?:created|left|"
    r"stored|placed|put)\s+in)"
)
_SETS = (
    r"(?:(?<!to\s)(?:sets|changes|updates|moves|transitions|returns|resets|switches|places|puts|brings|reverts)|"
    r"\bwill\s+(?:set|change|update|move|transition|return|reset|switch|place|put|bring|revert))"
)
_ALONE = (
    r"(?:(?-i:active|inactive|available|in[-_]use|idle|normal|running)|(?-i:(?:``|\*\*)(?:ACTIVE|AVAILABLE|ERROR|RUNNING|STOPPED|SHUTOFF|PAUSED|IDLE|active|available|error|"
    r"running|stopped|paused|suspended|idle|in-use)(?:``|\*\*)|ACTIVE|AVAILABLE|ERROR|RUNNING|STOPPED|SHUTOFF|PAUSED|IDLE))"
)
"""A status that a clause may give without the word "status": "the volume must be available".

Participles count only if they are marked: "a stopped server" has the status SHUTOFF, and "stopped" may tell of a deed.
"""
ALONE = frozenset(
    "active inactive available in-use in_use idle normal running error stopped shutoff paused suspended".split()  # noqa: SIM905 -- a list of words reads better so
)
"""The words of ``_ALONE``, in lower case."""
_MARKED_ALONE = r"(?:``|\*\*)(?!TRUE\b|FALSE\b|NULL\b|NONE\b|HTTPS?\b)(?-i:[A-Z][A-Z_]{3,})(?:``|\*\*)"
"""Any marked word in capitals: a status, if the thing is one that the reference names."""
_ALONE = rf"(?:{_ALONE}|{_MARKED_ALONE})"
_ALONE_VALUES = rf"{_ALONE}(?:\s*,\s*(?:or\s+)?{_ALONE}|\s+(?:or|nor)\s+{_ALONE})*"
_ENDS = (
    r"(?=\s*(?:[.,;)]|$)|\s+(?:and\s+(?!in\b)|before|when|if|in\s+order|at\s+the\s+time|to\s+(?!the\b|a\b|all\b|any\b)\w+|"
    r"for\s+(?:this|the)\s+(?:operation|request|action|call)|for\s+(?:this|it|that)\s+to\b))"
)
_FOLLOWING = (
    rf"(?:(?:any|one|either|all)\s+of\s+)?(?:the\s+following|these)\s+(?P<attribute>{MODIFIED})\s*:\s*(?P<values>"
    rf"{_VALUES}(?=,\s+(?:the|an?|it)\b|\s+(?:for|when|if|before|in\s+order|can|to)\b)|[^:.;]+)"
)
FORMS = tuple(
    (kind, form(pattern, *cues))
    for kind, cues, pattern in (
        # The share is in any of the following statuses: a, b or c.
        ("is", (":",), rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+in\s+{_FOLLOWING}"),
        (
            "noun",
            (":",),
            rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+)?(?P<not2>not\s+)?in\s+{_FOLLOWING}",
        ),
        # The share must be switched off (status ``a``), the share is sinking (is in ``a`` state).
        (
            "is",
            ("(",),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+[a-z]+(?:\s[a-z]+)?\s+\((?:is\s+|that\s+is,?\s+|i\.e\.,?\s+)?"
            rf"(?:(?:in|with)\s+)?(?:the\s+|an?\s+)?(?:(?P<attribute>{_STATE})\s+(?:is\s+|of\s+|set\s+to\s+|=\s*)?(?P<values>{_VALUES})"
            rf"|(?P<values2>{NAMED_VALUES})\s+(?P<attribute2>{_STATE}))\)",
        ),
        # The share will be in the ``a`` state, it will have a status of ``a``, its status will be ``a``.
        (
            "change",
            ("will",),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+(?P<modal>will)(?P<modal_not>\s+not)?\s+(?:then\s+|now\s+)?(?:be\s+in|have)(?:\s+(?:the|an?))?"
            rf"\s+(?:(?P<attribute>{_STATE})\s+(?:of\s+|set\s+to\s+)?(?P<values>{_VALUES})|(?P<values2>{NAMED_VALUES})\s+(?P<attribute2>{_STATE})(?!\w))",
        ),
        (
            "change",
            ("will",),
            rf"(?<![\w`*])(?P<attribute>{_STATE})\s+of\s+{_OWNER}\s+(?P<modal>will)(?P<modal_not>\s+not)?\s+(?:then\s+|now\s+)?be{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "change",
            ("will",),
            rf"(?<![\w`*])(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+(?P<modal>will)(?P<modal_not>\s+not)?\s+(?:then\s+|now\s+)?be"
            rf"(?:\s+in)?{_SET}\s+(?P<values>{_VALUES})",
        ),
        # The share is created with the status ``a``; it remains in the ``a`` state.
        (
            "change",
            ("with",),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+(?:is|are|will\s+be|gets)\s+(?:created|made|added|registered)\s+with\s+(?:the\s+|an?\s+)?"
            rf"(?:initial\s+)?(?P<attribute>{_STATE})\s+(?:of\s+|set\s+to\s+)?(?P<values>{_VALUES})",
        ),
        (
            "change",
            ("remain", "stay"),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+(?:will\s+)?(?:remains?|stays?)\s+in{_SET}\s+(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})"
            r"(?=\s+until\b)",
        ),
        # The share status changes to ``a``, the share enters the ``a`` state.
        (
            "change",
            ("becom", "chang", "transition", "go", "mov", "turn", "switch", "revert", "set", "updat"),
            rf"\b(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+{_CHANGES}{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "change",
            ("becom", "chang", "transition", "go", "mov", "turn", "switch", "revert", "set", "updat"),
            rf"(?<![\w`*])(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?of\s+{_OWNER}\s+{_CHANGES}{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "change",
            (
                "enter",
                "go",
                "mov",
                "transition",
                "return",
                "switch",
                "revert",
                "put",
                "place",
                "brought",
                "reset",
                "created",
                "left",
                "stored",
            ),
            rf"\b{_OWNER}\s+{_ENTERS}{_SET}\s+(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})(?!\w)",
        ),
        # The service sets the status of the share to ``a``, sets the share's status to ``a``, its status to ``a``.
        (
            "sets",
            ("set", "chang", "updat", "mov", "transition", "return", "switch", "place", "put", "bring", "revert"),
            rf"\b{_SETS}\s+(?:the\s+)?(?P<attribute>{_STATE})\s+of\s+{_OWNER}\s+(?:back\s+)?to{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "sets",
            ("set", "chang", "updat", "mov", "transition", "return", "switch", "place", "put", "bring", "revert"),
            rf"\b{_SETS}\s+(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+(?:back\s+)?to{_SET}\s+(?P<values>{_VALUES})",
        ),
        # The service moves the share to the ``a`` state, puts it in ``a`` state.
        (
            "sets",
            (
                "set",
                "chang",
                "updat",
                "mov",
                "transition",
                "return",
                "switch",
                "place",
                "put",
                "bring",
                "revert",
                "leaves",
            ),
            rf"\b(?:{_SETS}\s+{_OWNER}\s+(?:back\s+)?(?:in)?to|(?:places|puts|leaves)\s+(?P<noun2>{NOUN})(?<!\sis)(?<!\sare)\s+in){_SET}\s+(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})(?!\w)",
        ),
        # The status of the share is ``a``.
        (
            "of",
            ("of",),
            rf"(?<![\w`*])(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?of\s+{_OWNER}\s+{_BE}{_NOT}{_NOW}{_SET}\s+(?P<values>{_VALUES})",
        ),
        # A share whose status is ``a``, a share with status ``a``, a share with an ``a`` status.
        (
            "noun",
            ("whose",),
            rf"\b{_OWNER}\s+whose\s+(?P<attribute>{_STATE})\s+(?:value\s+)?(?:is|are){_NOT}{_SET}"
            rf"\s+(?P<values>{_VALUES})",
        ),
        (
            "noun",
            ("with",),
            rf"\b{_OWNER}\s+with\s+(?:the\s+|an?\s+)?(?P<attribute>{_STATE})\s+(?:of\s+|set\s+to\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            ("with",),
            rf"\b{_OWNER}\s+with\s+(?:the\s+|an?\s+)?(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})(?!\w)(?!\s+(?:that|which|"
            r"equal|of|is)\b)",
        ),
        # The share must be in the ``a`` state.
        (
            "is",
            ("in", "at"),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+(?:in|at){_SET}\s+(?P<values>{NAMED_VALUES})"
            rf"\s+(?P<attribute>{_STATE})(?!\w)",
        ),
        # The share is in state ``a``, a share in state ``a``.
        (
            "is",
            ("in", "at"),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+(?:in|at)(?:\s+(?:the|an?))?\s+(?P<attribute>{_STATE})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            ("in",),
            rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+)?(?P<not2>not\s+)?in(?:\s+the)?\s+(?P<attribute>{MODIFIED})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            ("ha",),
            rf"\b{_OWNER}\s+(?:that|which)\s+(?:has|have)\s+(?:the\s+|an?\s+)?(?P<attribute>{MODIFIED})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            ("ha",),
            rf"\b{_OWNER}\s+(?:that|which)\s+(?:has|have)\s+(?:the\s+|an?\s+)(?P<values>{NAMED_VALUES})\s+(?P<attribute>{MODIFIED})\b",
        ),
        # The share status is ``a``, the share's status is ``a``, its status is ``a``.
        (
            "is",
            (),
            rf"(?<![\w`*])(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?{_BE}{_NOT}{_NOW}"
            rf"(?:\s+in)?{_SET}\s+(?P<values>{_VALUES})",
        ),
        # The share must have the ``a`` status, it has a status of ``a``.
        (
            "is",
            ("ha",),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_HAS}(?P<not>\s+neither)?\s+(?:(?:the|an?|(?:one\s+of\s+)?the\s+following|"
            rf"following)\s+)?(?P<attribute>{_STATE})\s*:?\s+(?:of\s+|set\s+to\s+)?(?:either\s+)?(?P<values>{_VALUES})",
        ),
        (
            "is",
            ("ha",),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_HAS}(?P<not>\s+neither)?\s+(?:(?:the|an?|either(?:\s+the|\s+an?)?)\s+)?"
            rf"(?P<values>{NAMED_VALUES})\s+(?P<attribute>{MODIFIED})\b",
        ),
        # The share reaches the ``a`` state, the share has reached an ``a`` status.
        (
            "is",
            ("reach", "entered"),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_REACHES}{_SET}\s+(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})(?!\w)",
        ),
        # The share is in any state other than ``a``.
        (
            "is",
            ("other", "except", "but"),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOW}\s+in\s+(?:any|an?)\s+(?:other\s+)?(?P<attribute>{MODIFIED})\s+"
            rf"(?P<not>other\s+than|except(?:\s+for)?|but){_SET}\s+(?P<values>{_VALUES})",
        ),
        # The share must be ``a`` (active, available, stopped, ...); it is no attribute, but the status.
        (
            "alone",
            (),
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)(?<!status)(?<!state)\s+{_BE}{_NOT}{_NOW}\s+(?:in\s+(?=``[A-Z]))?(?P<values>{_ALONE_VALUES}){_ENDS}(?P<attribute>)",
        ),
        # Shares that are not ``a``.
        (
            "noun",
            ("that", "which"),
            rf"\b{_OWNER}\s+(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+(?P<values>{_ALONE_VALUES})(?P<attribute>)(?=\s+(?:can|cannot|may|must|will)\b|\.?$)",
        ),
        # Shares that have already reached ``a``.
        (
            "noun",
            ("reach", "entered"),
            rf"\b{_OWNER}\s+(?:that|which)\s+(?:has|have)\s+(?:already\s+)?(?:reached|entered)(?:\s+the|\s+an?)?\s+(?P<values>{_VALUES})(?P<attribute>(?:\s+{_STATE})?)",
        ),
        # Wait for the share to become ``a``.
        (
            "is",
            ("wait",),
            rf"\bwait\s+for\s+{_OWNER}\s+to\s+(?:become|be|reach|enter)(?:\s+in)?(?:\s+(?:the|an?))?\s+(?P<values>{_VALUES})(?P<attribute>(?:\s+{_STATE})?)",
        ),
        # A share that is in ``a`` state, a share in ``a`` state.
        (
            "noun",
            ("in",),
            rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are|was|were){_NOT}{_NOW}(?:\s+previously)?\s+)?(?P<not2>not\s+)?(?P<only>only\s+)?(?:currently\s+)?in{_SET}"
            rf"\s+(?P<values>{NAMED_VALUES})\s+(?P<attribute>{_STATE})(?!\w)",
        ),
    )
)

AND_THEN = re.compile(
    r"^[^.;:,`]{0,60}?,?\s+and\s+(?:(?:then|finally|eventually|later|it|will|is)\s+)*(?:(?:switch(?:es)?|changes?|returns?|goes|go|"
    r"reverts?|transitions?|moves?|set|put|placed)\s+)?(?:back\s+)?(?:(?:in)?to\s+(?:the\s+|an?\s+)?|becomes?\s+)"
    rf"(?P<values>(?-i:{VALUES})|{COMMON}(?![\w-]))",
    _FLAGS,
)
"""What tells, after a change, of the status that follows it: "and switches back to ``a`` once it is complete"."""
OR_FAILED = re.compile(
    rf"^[^.;:,]{{0,60}}?,?\s+or\s+(?:else\s+)?(?:(?:in)?to\s+)?(?:the\s+)?(?P<values>(?-i:{VALUES}))\s+(?:(?:state|status)\s+)?(?:if|when|in\s+"
    r"case)\b[^.;]*?\bfail",
    _FLAGS,
)
"""What tells, after a change, of the status after a failure: "or ``a`` if the operation fails"."""
