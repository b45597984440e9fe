"""Translates the service models of another kind of cloud into the dialect that is read, and takes a sample of them.

The models are JSON files in a wheel, a file a service; the text about an operation is HTML. Their authors know nothing
of the parser, so that their sentences show how well the grammar reads prose that no rule was written for. An operation
without a path of its own gets one of its name ("DeleteThing" is ``/things/{thing_id}``). The sample is of every second
service, and of the operations whose text speaks of a status, in the order of the hash of their names.

Usage: ``python -m tests.oracle.modelled WHEEL TARGET [FIRST LAST]``, with the places of the sample (0 to 130).
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.oracle.pages import write_included

_MODEL = re.compile(r"[\w-]+/data/(?P<service>[\w-]+)/(?P<version>[\d-]+)/service-2\.json(?:\.gz)?$")
_TAG = re.compile(r"<[^>]+>")
_CODE = re.compile(r"<code>\s*(?P<text>.*?)\s*</code>")
_MARKED = re.compile(r"<(?P<tag>b|i|em|strong)>\s*(?P<text>.*?)\s*</(?P=tag)>")
_BLOCK = re.compile(r"(<(?:/?p|/?li|/?ul|/?ol|/?note|/?important|br\s*/?|/?dd|/?dt|/?dl|/?h\d)[^>]*>)")
_OF_A_STATUS = re.compile(
    r"\b(?:in|with|its|whose|the|an?|from|to)\s+(?:\S+\s+){0,4}(?:state|status)(?:es|s)?\b|\b(?:state|status)(?:es)?\s+(?:is|"
    r"must|of|to|are|should|change|becomes)|(?:must|only|cannot|can't|unless|until)\b[^.]{0,80}\b(?:available|active|running|"
    r"stopped|paused|enabled|disabled|in-use)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MAKING, _OF_ITSELF = ("Create", "List"), ("Create", "List", "Delete", "Get", "Describe", "Update", "Modify")


def _literal(m: re.Match[str]) -> str:
    text = _TAG.sub("", m["text"]).strip()
    return f"``{text}``" if text else ""


def _prose(text: str) -> str:
    """Return the paragraphs and list items of a text in HTML."""
    lines: list[str] = []
    item = False
    text = _CODE.sub(_literal, re.sub(r"\s+", " ", text))
    for part in _BLOCK.split(_MARKED.sub(lambda m: _TAG.sub("", m["text"]), text)):
        plain = html.unescape(_TAG.sub("", part)).strip().translate(dict.fromkeys(map(ord, "\\*|")))
        if part.startswith("<"):
            item = part.startswith("<li") or (item and not part.startswith("</li"))
        elif plain:
            lines += [f"- {plain}"] if item else ["", plain]
            lines.append("")
            item = False
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _path(parts: list[str], path: str) -> str:
    """Return the path of an operation, or one made of its name."""
    path = re.sub(r"\?.*", "", path).replace("+}", "}")
    if path != "/":
        return path
    noun = [word.lower() for word in parts[1:]] or ["service"]
    things = "-".join(noun) + ("" if noun[-1].endswith("s") else "s")
    own = f"/{things}" if parts[0] in _MAKING else f"/{things}/{{{'_'.join(noun)}_id}}"
    return own if parts[0] in _OF_ITSELF else f"{own}/{parts[0].lower()}"


def operations(wheel: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the service, the title and the page of each operation of every second service that speaks of a status."""
    with zipfile.ZipFile(wheel) as archive:
        newest: dict[str, tuple[str, str]] = {}
        for name in archive.namelist():
            if m := _MODEL.match(name):
                newest[m["service"]] = max(newest.get(m["service"], ("", "")), (m["version"], name))
        for service in sorted(newest)[1::2]:
            data = archive.read(newest[service][1])
            model = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
            for name, operation in sorted(model["operations"].items()):
                text = operation.get("documentation") or ""
                if not _OF_A_STATUS.search(_TAG.sub("", text)):
                    continue
                parts, call = _WORDS.findall(name), operation.get("http", {})
                title = " ".join(parts)
                head = [title, "=" * len(title), "", f".. rest_method:: {call.get('method', 'POST')} "]
                head[-1] += _path(parts, call.get("requestUri", "/"))
                page = "\n".join([*head, "", _prose(text), "", "Normal response codes: 200"])
                yield service, title, page


def main() -> None:
    """Write the sample into a directory."""
    wheel, target, *places = sys.argv[1:]
    first, last = map(int, places or ("0", "130"))
    chosen = sorted(
        operations(Path(wheel)),
        key=lambda one: hashlib.md5("/".join(one[:2]).encode(), usedforsecurity=False).hexdigest(),
    )
    files: dict[str, list[str]] = {}
    for service, _, page in sorted(chosen[first:last]):
        files.setdefault(service, [service + "\n" + "#" * len(service) + "\n"]).append(f"{page}\n\n")
    write_included(target, files)


if __name__ == "__main__":
    main()
