"""Translates the docstrings of the Python clients in a wheel into the dialect that is read, and may take a sample.

Their authors know nothing of the parser. Three kinds of clients are known: those whose methods name a path and a verb
(``resource_path = "/things"``, ``url = '/things'``), and those that a folder ``transports`` gives the paths of. An
operation is kept if it changes something and its text speaks of a status.

Usage: ``python -m tests.oracle.clients WHEEL TARGET [NUMBER]``. With a number, the sample has at most one operation of
a module, in the order of the hash of their names.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.oracle.described import Operation, page
from tests.oracle.pages import write_included

_CLIENT = re.compile(r"(?:services/\w+/client|\w+_client|[a-z]+(?:_[a-z]+)*_v\d+)\.py$")
_URI = re.compile(r"class _Base(?P<name>\w+):.*?'method': '(?P<method>\w+)', 'uri': '(?P<uri>[^']+)'", re.DOTALL)
_REFERENCE = re.compile(r"\[(?P<text>[^\]\[]+)\]\s*\[[^\]\[]*\]")
_STATUS = re.compile(
    r"\b(?:states?|status(?:es)?|lifecycle\w*)\b|(?-i:\b[A-Z]{4,}_[A-Z]+\b|``[A-Z]{4,}``)", re.IGNORECASE
)
_END = re.compile(r"^\s*(?:\.\. code-block|Args:|:param|:return|:raises|Returns:|\.\. _)", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\w+=(?P<path>[^}]+)\}")


def _path(uri: str) -> str:
    """Return a path with ids instead of patterns: ``/v1/{name=cars/*}:sell`` is ``/v1/cars/{car_id}/sell``."""
    uri = _TEMPLATE.sub(lambda m: m["path"], uri)
    uri = re.sub(r"(\w+?)s?/\*{1,2}", lambda m: f"{m[0].rpartition('/')[0]}/{{{m[1]}_id}}", uri)
    return uri.replace(":", "/")


def _prose(text: str) -> str:
    """Return the description of a docstring without its references; a name with capitals or marks is marked."""
    text = _END.split(text)[0]

    def marked(m: re.Match[str]) -> str:
        name = " ".join(m["text"].split()).strip("`")
        name = re.sub(r"^(?:\w+\.)+(?=[A-Z_]+$)", "", name)  # a value of an enumeration
        return f"``{name}``" if re.search(r"[A-Z_.]", name) and " " not in name else name

    text = _REFERENCE.sub(marked, text)
    return re.sub(r"\\ ?", "", re.sub(r":[a-z]+:`~?([^`]*)`", r"``\1``", text))


def operations(wheel: Path) -> Iterator[tuple[str, Operation]]:
    """Yield the module and the operation of each method that speaks of a status and changes something."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if not _CLIENT.search(name) or re.search(r"composite|test|_v\d+(?:alpha|beta)", name):
                continue
            folder = name.rpartition("/")[0]
            paths: dict[str, tuple[str, str]] = {}
            rest = f"{folder}/transports/rest_base.py"
            if rest in archive.namelist():
                source = ast.unparse(ast.parse(archive.read(rest).decode()))
                paths = {m["name"].lower(): (m["method"].upper(), _path(m["uri"])) for m in _URI.finditer(source)}
            for node in ast.walk(ast.parse(archive.read(name).decode())):
                if isinstance(node, ast.FunctionDef) and (told := _operation(node, paths)) is not None:
                    yield folder, told


def _operation(node: ast.FunctionDef, paths: dict[str, tuple[str, str]]) -> Operation | None:
    text = _prose(ast.get_docstring(node) or "")
    if not _STATUS.search(text):
        return None
    call = paths.get(node.name.replace("_", ""))
    if call is None:
        source = ast.unparse(node)
        method, path = (
            re.search(pattern, source)
            for pattern in (r"\bmethod ?= ?'([A-Z]+)'", r"(?:resource_path|url) = '(/[^']*)'")
        )
        if method is None or path is None:
            return None
        call = method[1], path[1]
    title = node.name.replace("_", " ").title()
    return None if call[0] in ("GET", "HEAD") else (title, *call, text, [])


def main() -> None:
    """Write the operations into a directory, a file for each module."""
    wheel, target, *number = sys.argv[1:]
    chosen = list(operations(Path(wheel)))
    if number:
        order = sorted(
            chosen, key=lambda one: hashlib.md5(f"{one[0]}{one[1][0]}".encode(), usedforsecurity=False).hexdigest()
        )
        first = dict(reversed(order))
        chosen = [one for one in order if first[one[0]] is one[1]][: int(number[0])]
    pages: dict[str, list[str]] = {}
    for module, told in sorted(chosen, key=lambda one: (one[0], one[1][0])):
        name = re.sub(r"\W", "-", "-".join(module.split("/")[-2:]))
        pages.setdefault(name, [f"{name}\n{'#' * len(name)}\n"]).append(page(told))
    write_included(target, pages)


if __name__ == "__main__":
    main()
