"""The words in which a sentence tells of a change of status: masks for names, verbs, and the phrases after them.

A sentence is masked first: a marked name or a word in capitals stands as ``⟦n⟧``, the marked name of a field that holds
a status as ``⟪n⟫``. So no pattern meets the words of a name. An event is a verb with a phrase that gives statuses:
"becomes ``a``", "moves through ``a`` to ``b``", "is put into the ``a`` state", "sets the status of the share to ``a``".
``outcome_frames`` tells under which condition an event is stated, ``outcomes`` what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.prose.names import STATE_MODIFIERS
from parsers.prose.status_patterns import COMMON, COMPOUND, FREE, NO_STATUS, PHRASE
from parsers.prose.words import VALUE, bare

_FLAGS = re.IGNORECASE | re.ASCII
_NAME = re.compile(rf"{PHRASE}|{NO_STATUS}{VALUE}|(?<![\w`])[a-z]+(?:State|Status)\b")
_FIELD = re.compile(r"[a-z][\w:.-]*?(?:status|state|Status|State)$|(?:status|state|Status|State)$")
_SHORTEST = 4
_NO_NAME = frozenset("TRUE FALSE NULL NONE HTTPS HTTP JSON YAML UUID POST PATCH DELETE HEAD VPCS ONLY".split())  # noqa: SIM905 -- a list of words reads better so
"""Words in capitals that are no status, unless they are marked."""

_MASK = r"⟦\d+⟧"
_FUNCTION = (
    r"an?|the|this|that|these|those|its|their|your|any|each|every|all|some|both|another|of|in|into|to|from|on|at|by|for|with|as|"
    r"and|or|but|if|when|while|whenever|until|unless|once|after|before|because|since|so|which|who|whose|where|is|are|was|were|"
    r"be|been|being|has|have|had|will|shall|must|should|may|might|can|could|would|cannot|not|then|it|they|you|we|only|during|"
    r"upon|than|also|now|immediately|automatically|afterwards?|otherwise|no|again|initially|causes?|makes?|lets?|just|never|status(?:es)?|states?"
)
_WORD = rf"(?!(?:{_FUNCTION})\b)[A-Za-z][\w'’/-]*"
_DETERMINER = r"(?:the|an?|this|that|these|those|its|their|your|any|each|every|all|both|another|some)"
NOUN_PHRASE = rf"(?:{_DETERMINER}\s+(?:of\s+the\s+)?)?(?:{_WORD}\s+){{0,4}}?{_WORD}"
STATE = (
    r"(?:⟪\d+⟫(?:\s+(?:attribute|field|parameter|property|value)\b)?|"
    rf"(?:\b(?:{'|'.join(sorted(STATE_MODIFIERS))})[ _])?\b(?:status|state)(?:es|s)?\b"
    r"(?:\s+(?:attribute|field|value)\b)?)"
)
"""The name of an attribute that holds a status."""
_VALUE = rf"(?:{_MASK}|(?<![\w-])(?:{COMMON}|(?-i:{COMPOUND}))(?![\w-]))"
_JOIN = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*/\s*)(?:in\s+)?(?:(?:the|an?)\s+)?"
_ANEW = r"(?!\s+(?:is|are|being|will|has|says|contains|describes|explains|gives|of)\b)"
"""What does not follow a joined value: in "becomes ``a`` and ``b`` being set" the second word begins a clause."""
VALUES = rf"(?:{_VALUE}(?:{_JOIN}{_VALUE}{_ANEW})*)"
_NAMED = rf"(?:{_VALUE}|(?<![\w-])(?-i:{FREE}|[A-Z][a-z]+(?:[A-Z][a-z]+)*)(?![\w-]))"
_NAMED_VALUES = rf"(?:{_NAMED}(?:{_JOIN}{_NAMED}{_ANEW})*)"

ADVERB = (
    r"(?:then|now|immediately|automatically|again|first|directly|subsequently|eventually|finally|later|also|initially|at\s+once|soon|"
    r"at\s+first|instead|temporarily|afterwards?|once\s+more|in\s+turn|itself)"
)
_ADVERBS = rf"(?:{ADVERB}\s+)*"
_ARTICLE = r"(?:(?:the|an?|either|one\s+of|its|initial|new|final)\s+)*"
_KEPT = r"(?:\s+(?:status|state)(?:es|s)?)?"
_FROM = rf"from\s+{_ARTICLE}(?:{STATE}\s+(?:of\s+)?)?(?P<before>{VALUES}){_KEPT},?\s+(?:and\s+)?"
_THROUGH = (
    rf"(?:through|via)\s+{_ARTICLE}(?:{STATE}\s+)?(?P<through>{VALUES}){_KEPT},?\s+(?:and\s+)?(?:(?:then|finally|before(?:\s+it)?)\s+)?"
    r"(?:(?:is|becoming|being|becomes|ends\s+in|reaching|reaches)\s+)?"
)
_TO = r"(?:(?:back|straight|over|directly|on|out|up|down|off|again)\s+)*(?:to\s+being|(?:in)?to|in|as|with|at)\s+"
_WORDS = (
    r"(?-i:(?:(?!(?:something|anything|nothing|everything|being|following|string|according)\b)[a-z]{3,}(?:ing|ed)|"
    r"[A-Z][a-z]{2,}(?:[A-Z][a-z]+)*))"
    r"(?=\s*(?:[.,;)]|$)|\s+(?:and|while|until|when|once|after|before|during|for|if|in)\b)"
)
"""A participle or a name at the end of a clause, a status if the subject is one: "the status changes to moving"."""
_COMPLEMENT = (
    rf"{_ARTICLE}(?:(?P<attribute>{STATE})\s+(?:of\s+|as\s+|set\s+to\s+|is\s+)?)?{_ARTICLE}"
    rf"(?:(?P<values>{VALUES})(?:\s+(?P<attribute2>{STATE}))?|(?P<words>(?(to){_WORDS}|(?-i:(?=[a-z])){_WORDS}))|(?P<values2>{_NAMED_VALUES})\s+(?P<attribute3>{STATE})(?!\s+(?:as|of|is|are|that|which|to)\b))"
)
_MOVES = (
    r"(?:chang|transition|go|mov|switch|return|revert|fall|progress|advanc|proceed|com|shift|drop|jump|pass|cycl|resolv)"
    r"(?:es|e|s|ing|ed)?"
)
_ENDS = (
    r"(?:(?:ends?|winds?|finish(?:es)?|completes?|settles?|lands?|starts?|begins?)(?:\s+(?:up|out|off|its\s+life))?\s+(?:in(?:to)?|as|with|at)|"
    r"(?:ends?|winds?)\s+up)"
)
_LASTS = r"(?:remains?|stays?|(?:is|be)\s+kept)(?:\s+(?:in|at))?"
_SHOWS = r"(?:shows?(?:\s+up)?|appears?)(?:\s+(?:as|in))?|reads?"
_SET = (
    r"(?:set|changed|moved|put|placed|marked|flagged|left|reset|restored|returned|transitioned|switched|updated|brought|reverted|"
    r"turned|promoted|rolled|taken|sent|advanced)"
)
_MADE = (
    r"(?:created|made|added|registered|submitted|launched|inserted|queued|scheduled|started|provisioned|stored|saved)"
)
_SETS = (
    r"(?:sets?|changes?|puts?|places?|moves?|marks?|flags?|transitions?|leaves?|returns?|brings?|updates?|resets?|switch(?:es)?|"
    r"reverts?|rolls?\s+back|rolling\s+back|turns?|takes?|sends?|restores?|promotes?|advances?|setting|changing|putting|placing|moving|marking|flagging|transitioning|leaving|"
    r"returning|bringing|updating|resetting|switching|reverting|turning)"
)
_GIVES = r"(?:returns?|receives?|yields?|responds?\s+with|answers?\s+with|gets?)"
_MAKES = r"(?:creates?|adds?|submits?|registers?|launch(?:es)?|starts?|inserts?)"
_OF = r"(?:\s+(?:of|for|in)\s+{})?"
_OBJECT = (
    rf"(?:(?:the\s+|an?\s+)?(?P<held>{STATE})\s+(?:of|for)\s+(?:(?:an?|the)\s+(?P<so>{_MASK})\s+)?(?P<of>{NOUN_PHRASE})(?:\s+of\s+{NOUN_PHRASE})?|"
    rf"(?:(?P<owned>{NOUN_PHRASE}?|(?:the\s+)?{_MASK})(?:['’]s?)?\s+|(?:the|its|their)\s+)??(?P<held2>{STATE})|"
    rf"(?P<thing>it|them|{NOUN_PHRASE})(?:\s+or\s+{NOUN_PHRASE})?)"
)
EVENT = re.compile(
    rf"(?<![\w-])(?:(?P<becomes>becom(?:es?|ing|e)|enter(?:s|ing)?|reach(?:es|ing)?|turns?|(?:gets?|given|assigned|receives?)(?=\s+(?:the|an?)\s))"
    rf"|(?P<moves>{_MOVES})(?=\s+(?:\w+\s+){{0,3}}?(?:from|through|via|to|into|in|as)\b)|(?P<ends>{_ENDS})|(?P<lasts>{_LASTS})|(?P<shows>{_SHOWS})"
    rf"|(?P<sets>{_SETS})\s+{_OBJECT}"
    rf"|(?P<gives>{_GIVES})\s+(?P<given>{NOUN_PHRASE})(?:\s+(?:object|resource))?(?:['’]s?)?,?(?:\s+(?:with|in|as|whose)|(?=\s+{STATE}\s+as\b))"
    rf"|(?P<makes>{_MAKES})\s+(?P<making>{NOUN_PHRASE})\s+(?:with|in|as)"
    rf"|(?P<set>{_SET})|(?P<made>{_MADE})|(?P<told>reported|shown|listed|displayed|returned)"
    rf"|(?P<initial>(?:with|and|has|have|at)\s+(?:an?|the|its)\s+initial)"
    rf"|(?P<undergoes>(?:undergoes|goes\s+through|passes\s+through|moves\s+through|transitions\s+through|cycles\s+through)(?:\s+the)?(?:\s+following)?\s+(?:states|statuses):?)"
    rf"|(?P<results>results?\s+in|resulting\s+in)|(?P<has>has|have)|(?P<is>(?:is|are|be)(?!\s+(?:given|assigned)\s+(?:the|an?)\s))(?:\s+still)?"
    rf")\s+{_ADVERBS}(?:{_FROM}{_ADVERBS})?(?:{_THROUGH})?(?P<to>{_TO})?{_COMPLEMENT}",
    _FLAGS,
)
"""A verb with the statuses that it leads to, or states."""
NEEDS_TO = ("moves", "sets", "set", "made", "told")
"""Verbs that count only with "to", "in" or the like, or with "from" or "through"."""
AUXILIARIES = re.compile(
    rf"(?:\b(?:will|shall|must|should|may|might|can|could|would|cannot|does|do|did|has|have|had|is|are|was|were|gets?|to|be|being|been|not|"
    rf"never|no\s+longer|already|still|usually|often|sometimes|{ADVERB})\s+)+$",
    _FLAGS,
)
"""What stands between a subject and its verb."""
_QUALIFIED = (
    rf"(?:,?\s+(?:(?:that|which)\s+(?:is|are|was|were)(?:\s+(?:currently|already|still))?(?:\s+in)?(?:\s+(?:the|an?))?|in(?:\s+(?:the|an?))?|"
    rf"with(?:\s+(?:the|an?))?\s+{STATE}(?:\s+of)?|whose\s+{STATE}\s+(?:is|was))(?:\s+{STATE})?\s+(?P<was>{VALUES})(?:\s+{STATE})?\s*,?)"
)
_RELATIVE = r"(?:\s+after\s+\w+ing|,?\s+(?:that|which|of|in|for|into|to|on|from|with|associated)\s+[^,⟦⟪]{1,60})"
_GIVEN = r"\s+(?:returned|shown|given|reported|displayed)\s+(?:by|in)\s+[^,;]{1,60}"
SUBJECT = re.compile(
    rf"(?<![\w$.-])(?:(?P<state>{STATE})\s+(?:of|for)\s+(?P<of>{NOUN_PHRASE}|{_MASK}){_RELATIVE}?"
    rf"|(?:(?P<owned>{NOUN_PHRASE}?|whose|(?:the\s+)?{_MASK})(?:['’]s?)?\s+)??(?P<state2>{STATE})(?:,\s+which|{_GIVEN})?"
    rf"|(?P<thing>it|they|this|which|{NOUN_PHRASE})(?:\s+(?:scheduled|submitted|marked|queued)\s+for\s+{_WORD})?){_QUALIFIED}?\s*$",
    _FLAGS,
)
"""The subject of a verb, at the end of the words before it; a qualification gives the status before the change."""
NEXT = re.compile(
    rf"^(?P<own>(?:[\s,]+(?:while|during|until|when|once|for|if|after|as\s+soon\s+as|within)\b[^;:⟦⟪]*?|\s+at\s+(?:once|first))?)"
    rf"(?P<joint>,?\s+(?:(?P<or>or(?:\s+else)?)|and|but|then|before)\b|(?=,?\s+(?:in)?to\s))(?P<front>(?:,?\s*(?:when|once|after|as\s+soon\s+as|if|on|upon|at|in)\b[^;:⟦⟪,]*,)?)"
    rf"(?:\s*,?\s+{ADVERB})*(?:\s+(?:is|be|becomes?|becoming|goes|moves?|returns?|reset|set|switches|comes|ends|changes|turns|returned|moved|put|changed|will|reverts?))*"
    rf"(?:\s+(?:back|up|again))?\s+(?:(?:to\s+being|(?:in)?to|in|as)\s+)?(?:(?:the|an?)\s+)?(?:{STATE}\s+)?(?P<values>{_VALUE}(?:\s+or\s+{_VALUE})?)"
    rf"(?:\s+(?:status|state)\b)?(?!\s+(?:is|are|will|was|were|being|says|contains|gives|shows|of)\b)",
    _FLAGS,
)
"""What tells, after the statuses of an event, of the next ones: "and then ``b``", "and, when done, back to ``b``"."""
AND_BACK = re.compile(
    r"^(?:\s+(?:state|status))?,?\s+and\s+(?:then\s+)?back(?:\s+again)?(?=\s*(?:[.,;]|$|once\b|when\b|after\b))", _FLAGS
)
"""A return to the status before: "changes from ``a`` to ``b`` and back"."""


@dataclass(frozen=True)
class Masked:
    """A sentence whose marked names are replaced, with the names in their order."""

    text: str
    names: tuple[str, ...]

    def named(self, text: str) -> tuple[str, ...]:
        """Return the statuses that a part of the masked text lists."""
        found = []
        for m in re.finditer(rf"(?P<mark>{_MASK})|(?<![\w-])[A-Za-z][\w-]*", text):
            if m["mark"] is not None:
                found.append(self.names[int(m[0][1:-1])])
            elif m[0].lower() not in ("and", "or", "in", "the", "a", "an"):
                found.append(m[0])
        return tuple(dict.fromkeys(found))

    def unmasked(self, text: str) -> str:
        """Return a part of the masked text with its names, the names of fields marked."""
        return re.sub(r"[⟦⟪](\d+)[⟧⟫]", lambda m: f"``{self.names[int(m[1])]}``", text)


def masked(text: str) -> Masked:
    """Return a sentence with masks instead of marked names and of words in capitals that can be a status."""
    names: list[str] = []

    def mask(m: re.Match[str]) -> str:
        word = bare(m[0])
        if word == m[0] and ((len(word) < _SHORTEST and "_" not in word) or word in _NO_NAME):
            return m[0]
        names.append(word)
        return f"⟪{len(names) - 1}⟫" if _FIELD.match(word) else f"⟦{len(names) - 1}⟧"

    return Masked(_NAME.sub(mask, text), tuple(names))
