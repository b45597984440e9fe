"""Keeps secrets out of the record.

A value is a secret by its name: that of a header, of a JSON member, of a parameter in a URL. From then on the value
itself is replaced wherever it comes back, because an error message may repeat the password that it refuses.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import quote

PLACEHOLDER = "***"

SHORTEST_KNOWN = 8
"""The least length of a value that is replaced everywhere. To replace every "abc" would falsify the record."""

_REMEMBERED = 512

_JSON = json.JSONEncoder(ensure_ascii=False)

_SCALARS = (str, int, float, type(None))

Spellings = dict[str, str]
"""The spellings of a secret, each with its form in JSON."""

_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-auth-token",
        "x-service-token",
        "x-storage-token",
        "x-subject-token",
    }
)
_NAMES = frozenset(
    {
        "access_key",
        "access_token",
        "admin_pass",
        "adminpass",
        "auth_key",
        "auth_token",
        "credential",
        "credentials",
        "passphrase",
        "passwd",
        "password",
        "private_key",
        "refresh_token",
        "secret",
        "secret_key",
        "token",
        "token_id",
        "user_data",
        "x-auth-token",
        "x-subject-token",
    }
)
_DESCRIBED = "token"
"""A member of this name may be an object that describes a token: the user, the project and the catalogue in it are no
secrets, and to replace their ids, names and addresses everywhere would falsify the record."""

_SECRET = "secret"  # noqa: S105 -- a name, and no secret

_ENDINGS = ("password", "passwd", "_secret", "_token", "private_key")

_WORD = r"(?:admin_?pass|password|passwd|private_key|user_data|secret|x-auth-token|x-subject-token|(?:\w+_)?token)"
_CUES: tuple[str, ...] = ("pass", "token", "secret", "private", "user_data")
"""Each text in which one of the patterns below could match holds one of these words, or a user in a URL."""

_CUES_OF_NAMES: tuple[str, ...] = (*_CUES, "credential", "access_key", "auth_key")
"""The same for the JSON of a value: without any of these there is no secret name and no such text in it."""

_USER = re.compile(r"://[^/]*@")

_BEYOND_ASCII = {cues: re.compile("|".join(cues), re.IGNORECASE) for cues in (_CUES, _CUES_OF_NAMES)}
"""The words as patterns: beyond ASCII, some letters are equal to others only for these."""

_PARAMETER = re.compile(rf"(?i)({_WORD}(?:=|%3[Dd]))(?!\*\*\*)((?:(?!%26)[^&\s\"'<>;#\\])+)")
_MEMBER = re.compile(
    rf"(?i)((?P<q>\\?[\"']){_WORD}(?P=q)\s*:\s*)(?P<v>\\?[\"'])(?!\*\*\*)((?:\\.|(?!(?P=v)).)*)((?P=v)|\Z)",
    re.DOTALL,
)
_PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)",
    re.DOTALL,
)
_USERINFO = re.compile(r"(?i)([a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+@")
_TOKEN_IN_PATH = re.compile(r"(/[\w-]*tokens/)[^/?#\s\"']+")


@lru_cache(maxsize=10_000)
def is_secret_name(name: str) -> bool:
    """Whether a JSON member of this name holds a secret. A prefix such as ``OS-EXT-SRV-ATTR:`` is ignored."""
    last = name.rpartition(":")[2].lower()
    return last in _NAMES or last.endswith(_ENDINGS)


@dataclass(frozen=True)
class _Written:
    """A JSON value and its text. One search in the whole text is much cheaper than one in each of its strings.

    Attributes:
        value: the value.
        whole: its text.
        may_name_any: False if no member of it has the name of a secret, and no text in it holds one by its form.
    """

    value: Any
    whole: str = ""
    may_name_any: bool = False

    @classmethod
    def of(cls, value: Any) -> _Written:
        """Write a value, which may hold values that are no JSON."""
        if value is None:
            return cls(None)
        try:
            whole = _JSON.encode(value)
        except TypeError:  # it holds something that is no JSON
            return cls(value, json.dumps(value, ensure_ascii=False, default=str), True)
        return cls(value, whole, _holds(whole, _CUES_OF_NAMES))


class Redactor:
    """Replaces secrets by PLACEHOLDER. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        # The spellings of each secret, made once: a run learns a thousand passwords, and each changes what is known.
        self._kept: dict[str, Spellings] = {}
        self._recent: OrderedDict[str, Spellings] = OrderedDict()
        self._known: tuple[str, ...] = ()
        self._dumped: tuple[tuple[str, str], ...] = ()

    def learn(self, secret: str, *, keep: bool = True) -> None:
        """Replace this value from now on, wherever it occurs.

        Args:
            secret: the value; it is ignored if it has fewer than SHORTEST_KNOWN characters.
            keep: True to keep it for good. Others are forgotten after some hundred new ones, because a run sets many
                passwords.
        """
        if len(secret) < SHORTEST_KNOWN or secret == PLACEHOLDER:
            return
        with self._lock:
            if secret in self._kept or (not keep and secret in self._recent):
                return
            spellings = {form: json.dumps(form, ensure_ascii=False)[1:-1] for form in _forms(secret)}
            if keep:
                self._kept[secret] = spellings
            else:
                self._recent[secret] = spellings
                if len(self._recent) > _REMEMBERED:
                    self._recent.popitem(last=False)
            dumped: Spellings = {}
            for known in (*self._kept.values(), *self._recent.values()):
                dumped |= known
            # The longest first, so that a secret that contains another one is replaced as a whole.
            self._known = tuple(sorted(dumped, key=len, reverse=True))
            self._dumped = tuple((form, dumped[form]) for form in self._known)

    def learn_from(self, value: Any) -> None:
        """Learn the secrets in a JSON value by the names of its members."""
        if isinstance(value, _SCALARS):  # most values are: they need no look at the slow types below
            return
        if isinstance(value, Mapping):
            for name, inner in value.items():
                if str(name).lower() == _DESCRIBED and isinstance(inner, Mapping):
                    self.learn_from(inner)
                    for leaf in (one for one in inner.values() if not isinstance(one, Mapping | list | tuple)):
                        self.learn_from({_SECRET: leaf})
                elif is_secret_name(str(name)):
                    for leaf in _leaves(inner):
                        self.learn(leaf, keep=False)
                elif not isinstance(inner, _SCALARS):
                    self.learn_from(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                if not isinstance(inner, _SCALARS):
                    self.learn_from(inner)

    def text(self, text: str) -> str:
        """A text without secrets."""
        return _text(text, self._known)

    def url(self, url: str) -> str:
        """A URL without secrets."""
        return self.text(url)

    def value(self, value: Any) -> Any:
        """A JSON value without secrets. It keeps its form: all members and elements, and null."""
        return self._without(_Written.of(value))

    def values(self, *values: Any) -> list[Any]:
        """JSON values without secrets. Those that one of them holds are learned before, and come in none of them."""
        written = [_Written.of(value) for value in values]
        for one in written:
            if one.may_name_any:
                self.learn_from(one.value)
        return [self._without(one) for one in written]

    def _without(self, one: _Written) -> Any:
        if one.value is None:  # the body of most requests
            return None
        known = tuple(secret for secret, dumped in self._dumped if dumped in one.whole)
        return _value(one.value, known) if known or one.may_name_any else json.loads(one.whole)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers without secrets."""
        # One search in all values is much cheaper than one in each of them: a run knows hundreds of secrets.
        shown = {name: PLACEHOLDER if name.lower() in _HEADERS else value for name, value in headers.items()}
        together = "\n".join(shown.values())
        known = _occurring(self._known, together)
        if not known and not _holds(together, _CUES):
            return shown
        return {name: value if value == PLACEHOLDER else _text(value, known) for name, value in shown.items()}


def _text(text: str, known: tuple[str, ...]) -> str:
    text = _by_value(text, known)
    if not _holds(text, _CUES):
        return text
    text = _PEM.sub(PLACEHOLDER, text)
    text = _MEMBER.sub(rf"\g<1>\g<v>{PLACEHOLDER}\g<v>", text)
    text = _PARAMETER.sub(rf"\g<1>{PLACEHOLDER}", text)
    text = _TOKEN_IN_PATH.sub(rf"\g<1>{PLACEHOLDER}", text)
    return _USERINFO.sub(rf"\g<1>{PLACEHOLDER}@", text)


def _holds(text: str, cues: tuple[str, ...]) -> bool:
    """Whether a text holds one of some words, or a user in a URL: a quick check, which nearly all texts fail."""
    if text.isascii():
        lowered = text.lower()  # to search for some words is ten times as fast as a pattern of them
        for cue in cues:  # as ``any`` would, in half the time
            if cue in lowered:
                return True
    elif _BEYOND_ASCII[cues].search(text) is not None:
        return True
    return _USER.search(text) is not None


def _occurring(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The secrets that a text holds, in the same order."""
    return tuple(secret for secret in known if secret in text)


def _by_value(text: str, known: tuple[str, ...]) -> str:
    for secret in known:
        if secret in text:
            text = text.replace(secret, PLACEHOLDER)
    return text


def _value(value: Any, known: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, Mapping):
        return {
            _by_value(str(name), known): _blank(inner) if is_secret_name(str(name)) else _value(inner, known)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_value(inner, known) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool) and str(value) in known:
        return PLACEHOLDER
    return value


def _forms(secret: str) -> set[str]:
    """The spellings of a secret: plain, in JSON, in a URL."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote(secret),
    }


def _leaves(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list | tuple):
        return [leaf for inner in value for leaf in _leaves(inner)]
    if value is None or isinstance(value, bool):
        return []
    return [str(value)]


def _blank(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _blank(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_blank(inner) for inner in value]
    return value if value is None or isinstance(value, bool) or value == "" else PLACEHOLDER


GIVEN = Redactor()
"""The secrets that the user gave to this process. They are masked in its messages, also before a client exists."""


def masked(text: str, secrets: Iterable[str]) -> str:
    """A message with some secrets masked, even short ones; each is replaced only if it stands as a word.

    This is for messages only: in a record, masking a short password such as "admin" would falsify answers.
    """
    for secret in sorted(set(secrets), key=len, reverse=True):
        for form in sorted(_forms(secret), key=len, reverse=True):
            if form:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", PLACEHOLDER, text)
    return text
