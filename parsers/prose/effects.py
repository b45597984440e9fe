"""Rules for effects that an API can show (C6): a resource is created, deleted, or no longer listed.

Read, within postconditions: "A snapshot image will be created in ...", "The shelved image is deleted from ...", "The
ports attached to the server ... are deleted", "The share does not appear in the list of shares". Not read: events on
a compute or storage node (C7), which no API shows, and possible later events ("If that image is used ...").
"""

from __future__ import annotations

import re

from parsers.prose.clauses import environment, some
from parsers.prose.rules import NOTHING, Post, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import NOUN, noun
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII
_NODE = re.compile(
    r"\b(?:compute|storage)\s+(?:nodes?|hosts?|back\s*ends?|systems?)\b|\bhypervisor\b|\bback\s+end\b|"
    r"\bOpenStack\s+[\w ]+?\s+manages\b",
    _FLAGS,
)
_CASE = re.compile(r"^In\s+the\s+(?P<trait>(?:volume|image)-backed)\s+\w+\s+case,\s*", _FLAGS)
_DONE = re.compile(
    rf"^(?P<noun>{NOUN}(?:\s+of\s+[\w ]+?)?)(?P<rest>(?:\s+attached\s+to\s+[^,]+)?(?:,[^,]*(?:,[^,]*)?,)?)\s+"
    r"(?:will\s+(?P<not>not\s+)?be|(?:is|are)(?:\s+(?P<not2>not))?)\s+(?:automatically\s+|also\s+)?(?P<done>created|"
    r"deleted|removed|purged)\b",
    _FLAGS,
)
_UNLISTED = re.compile(rf"^(?P<noun>{NOUN})\s+(?:does|will)\s+not\s+appear\s+in\s+the\s+list\b", _FLAGS)
_LISTED_AGAIN = re.compile(rf"^(?P<noun>{NOUN})\s+(?:appears|will\s+appear)\s+in\s+the\s+list\b", _FLAGS)
_BY_API = re.compile(
    rf"^The\s+(?:API|service|operation)\s+(?P<done>creates|deletes|removes)\s+(?P<noun>{NOUN})\s+(?:from|in)\b", _FLAGS
)
_INDEX = re.compile(r"\b(?:index|list|database|catalog)\b", _FLAGS)
_POST = "postcondition"


def _in_postconditions(sentence: Sentence) -> bool:
    return _POST in (sentence.block.block or "")


def _effect(sentence: Sentence, scope: Scope) -> Reading | None:
    """C6: something is created, deleted, or left out of a list."""
    if not _in_postconditions(sentence):
        return None
    text = sentence.text
    if m := _UNLISTED.match(text):
        return Reading((Post(Condition("effect", scope.named(m["noun"]), sentence.line, effect="unlisted")),))
    if m := _LISTED_AGAIN.match(text):
        return Reading((Post(Condition("effect", scope.named(m["noun"]), sentence.line, effect="listed")),))
    if (m := _BY_API.match(text)) and noun(m["noun"]):
        effect = "created" if m["done"].lower() == "creates" else "deleted"
        return Reading((Post(Condition("effect", scope.named(m["noun"]), sentence.line, effect=effect)),))
    case = _CASE.match(text)
    rest = text[case.end() :] if case else text
    m = _DONE.match(rest)
    if m is None or (_NODE.search(text) and not _INDEX.search(text)):
        return None
    phrase = re.split(r"\s+of\s+", m["noun"])[0]
    if noun(phrase) is None:
        return None
    done = {"removed": "deleted", "purged": "deleted"}.get(m["done"].lower(), m["done"].lower())
    effect = f"not {done}" if m["not"] or m["not2"] else done
    when = some(When(environment=case["trait"].lower())) if case else None
    return Reading((Post(Condition("effect", scope.named(phrase), sentence.line, effect=effect, when=when)),))


def _on_a_node(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """C7: an event on a node, which cannot be seen through the API."""
    if not (
        _in_postconditions(sentence) or sentence.block.block == "troubleshooting" or "You can also see" in sentence.text
    ):
        return None
    return NOTHING if _NODE.search(sentence.text) else None


_TRAFFIC = re.compile(
    r"\bconnections\s+to\s+backend\b|\brequest\s+to\s+the\s+backend\b|\breceives?\s+(?:new\s+)?(?:traffic|connections)\b|"
    r"\bnot\s+receive\s+new\s+(?:connections|requests)\b|\bfuture\s+requests\s+to\s+the\s+same\s+\w+\b",
    _FLAGS,
)
_OF_THE_API = re.compile(
    r"\b(?:must|cannot|can't|required?|valid|default\w*|allowed|reject\w*|fail\w*|error)\b|(?<![\d.])[1-5]\d\d(?!\d|\.\d)",
    _FLAGS,
)


def on_traffic(text: str) -> bool:
    """True if a sentence is about the traffic that a service forwards: its own answers do not show it."""
    return _TRAFFIC.search(text) is not None and _OF_THE_API.search(re.sub(r"``[^`]*``", "", text)) is None


def _on_traffic(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """C7: an event on the way of forwarded traffic, which cannot be seen through the API."""
    return NOTHING if on_traffic(sentence.text) else None


_IF_CONFIGURED = re.compile(
    r"^If\s+(?:the\s+cloud\s+has\s+configured|you\s+(?:set|configure)|the\s+operator)\b", _FLAGS
)


def _depends_on_option(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """C8: an effect of a configuration option of the cloud: no API shows the option, so nothing is promised."""
    return NOTHING if _IF_CONFIGURED.match(sentence.text) and environment(sentence.text) else None


RULES = (
    Rule("effect-in-postconditions", "C6", _effect, ("create", "delete", "remove", "purge", "appear")),
    Rule("effect-on-a-node", "C7", _on_a_node, ("node", "host", "hypervisor", "back", "storage", "openstack")),
    Rule("effect-on-traffic", "C7", _on_traffic, ("traffic", "connections", "requests", "backend")),
    Rule("depends-on-option", "C8", _depends_on_option, ("if",)),
)
