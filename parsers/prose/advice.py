"""Rules for sentences about the reference, its reader or the deployment, none of which an API can show.

Each form is closed: "Not all compute back ends support this" tells nothing of a particular cloud; "It is
recommended to name no shop" advises the reader; "The URL should never be hard coded in applications" is about the
client; "This does not take overcommit into account" says how a number is meant; "This section describes boats" is
about the document. None reads a sentence with a code, with "must", "only", "if", "cannot" or a default.
"""

from __future__ import annotations

import re

from parsers.prose.rules import NOTHING, Read, Reading, Rule, Scope
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII
_RULED = re.compile(
    r"\b(?:must|shall|only|if|when|unless|cannot|can't|can\s+not|may\s+not|required|requires|default\w*|fail\w*|reject\w*|"
    r"ignored|error|allowed|permitted|forbidden|null|empty)\b|(?<![\d.])[1-5]\d\d(?!\d|\.\d)",
    _FLAGS,
)
_FORMS: tuple[tuple[str, str], ...] = (
    (
        "varies-with-deployment",
        r"^(?:Not\s+all|Some)\s+(?:[\w-]+\s+){0,3}?(?:back\s*-?ends?|drivers?|hypervisors?|providers?|clouds?|deployments?|"
        r"plug-?ins?)\b",
    ),
    ("recommendation", r"^(?:It\s+is|We)\s+(?:strongly\s+|highly\s+)?recommend(?:ed)?\s+(?:to|that)\b"),
    (
        "place-of-the-service",
        r"\bcan\s+be\s+extracted\s+from\s+the\s+(?:Identity\s+token|service\s+catalog)\b|"
        r"^This\s+``service\s+url``\s+will\s+be\s+the\s+root\s+url\b|\bURL\s+should\s+never\s+be\s+hard\s+coded\b|"
        r"^It\s+should\s+always\s+be\s+discovered\s+from\s+the\s+Identity\s+token\b",
    ),
    (
        "provider-decides",
        r"\bautomatically\s+set\s+to\s+a\s+value\s+determined\s+by\s+the\s+\w+\s+provider\b",
    ),
    (
        "future",
        r"^(?:They|It|This\s+\w+)\s+will\s+(?:probably\s+)?be\s+(?:deprecated\s+and\s+)?removed\s+in\s+the\s+"
        r"future\.?$|^The\s+ability\s+to\s+[^,]+\s+is\s+now\s+deprecated,\s+and\s+will\s+be\s+removed\s+"
        r"in\s+(?:an?\s+)?sub\w+\s+release\.?$",
    ),
    (
        "introduced",
        r"^(?:Starting\s+with\s+the\s+[\d.]+\s+\(\w+\)\s+release,\s+)?An?\s+[\w ]+?\s+(?:is|was)\s+introduced\s+"
        r"(?:in\s+the\s+[\w ]+?(?:release|API\s+v[\d.]+)\b[^,;]*|to\s+allow\s+[^,;]+)\.?$",
    ),
    (
        "sense-of-a-number",
        r"^This\s+does\s+not\s+take\s+[^,]+\s+into\s+account\s+so\s+(?:this\s+value|there)\s+may\s+be\b",
    ),
    (
        "about-the-document",
        r"^This\s+(?:section|document|page|chapter|guide)\s+(?:contains|describes|lists|covers|documents)\b|"
        r"^As\s+such,\s+for\s+the\s+rest\s+of\s+this\s+document\b|^This\s+is\s+just\s+an\s+example\b|"
        r"^The\s+response\s+will\s+look\s+like\b|^Possible\s+values\s+are\s+(?:listed|described)\s+(?:in|above|below)\b|"
        r"^The\s+possible\s+(?:status\s+)?values\s+for\s+[\w ]+\s+are\s+(?:presented|listed|given)\s+in\s+the\s+"
        r"following\s+table\.?$|^The\s+(?:HTML\s+version|files)\s+(?:of|for)\s+the\s+[\w ]+\s+reference\s|"
        r"^Corresponding\s+to\s+(?:\w+\s+)?API\s+v[\d.]+\s+release\.?$",
    ),
)


def _form(pattern: str) -> Read:
    form = re.compile(pattern, _FLAGS)

    def read(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
        return NOTHING if form.search(sentence.text) and not ruled(sentence.text) else None

    return read


def ruled(text: str) -> bool:
    """True if a sentence holds a word that binds the service or its caller; words inside of a literal do not count."""
    return _RULED.search(re.sub(r"``[^`]*``", "", text)) is not None


_VERSION_IS = re.compile(r"^version\s+[\d.]+\s+is\s+(?:CURRENT|SUPPORTED|DEPRECATED|EXPERIMENTAL|DELETED)\.?$")
_CHANGES = re.compile(r"\bchanges$")


def _older_release(sentence: Sentence, scope: Scope) -> Reading | None:
    """A version of the API in the history of releases; the newest of them, the first one, is the reference's own."""
    heading = sentence.block.block or ""
    if not _VERSION_IS.match(sentence.text) or not _CHANGES.search(heading):
        return None
    newest = next((b.block for b in scope.context.blocks if b.block and _CHANGES.search(b.block)), heading)
    return NOTHING if heading != newest else None


RULES = (
    Rule("version-of-an-older-release", "history", _older_release, ("version",)),
    *(Rule(name, "plain", _form(pattern)) for name, pattern in _FORMS),
)
_COMPILED = tuple(re.compile(pattern, _FLAGS) for _, pattern in _FORMS)


def is_advice(text: str) -> bool:
    """True if a sentence of a parameter's description has one of the forms."""
    return not ruled(text) and any(form.search(text) for form in _COMPILED)
