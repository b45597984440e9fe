"""Translates OpenAPI descriptions, and the docstrings of a client made of one, into the dialect that is read.

Their authors know nothing of the parser. Each operation becomes a section with its summary, its method and path, the
text of its description, and the descriptions of its error codes as a list. Tables, headings and blocks of code are left
out. An operation whose text and codes speak of no status at all is kept, too: it may be misread.

Usage: ``python -m tests.oracle.described FILE TARGET``, with a JSON or YAML file, or the Python module of a client.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.oracle.pages import write_included

_METHODS = ("get", "post", "put", "patch", "delete", "head")
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\([^)\s]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_SPAN = re.compile(r"(?<!`)`(?P<text>[^`\n]+)`(?!`)")
_BULLET = re.compile(r"^(?P<indent>\s*)(?:[-*+]|\d+[.)])\s+")

Operation = tuple[str, str, str, str, list[tuple[str, str]]]
"""Title, method, path, description, and the error codes with their descriptions."""


def prose(text: str) -> list[str]:
    """Return Markdown as paragraphs and lists of restructured text."""
    text = _TAG.sub("", _LINK.sub(lambda m: m["text"], _FENCED.sub("", textwrap.dedent(text))))
    text = re.sub(r"\*\*|__", "", text).replace("|", "/").replace("\\", "")
    text = _SPAN.sub(lambda m: f"``{m['text'].strip()}``", text)
    kept: list[str] = []
    for line in text.split("\n"):
        if line.lstrip().startswith("#") or set(line.strip()) & set("=-") == set(line.strip()) != set():
            continue
        if m := _BULLET.match(line):
            kept += ["", f"- {line[m.end() :].strip()}"]
        elif kept and kept[-1].startswith(("- ", "  ")) and line.strip():
            kept.append(f"  {line.strip()}")
        else:
            kept.append(line.strip())
    return kept


def _resolved(node: Any, directory: Path, whole: Any, depth: int = 0) -> Any:
    """Return a node, or the node that its reference names, in this document or in another file."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and depth < 5:
        file, _, pointer = node["$ref"].partition("#")
        if file:
            path = directory / file
            if not path.is_file():
                return {}
            whole, directory = _loaded(path), path.parent
        node, depth = whole, depth + 1
        for part in filter(None, pointer.split("/")):
            name = part.replace("~1", "/").replace("~0", "~")
            node = node.get(name, {}) if isinstance(node, dict) else {}
    return node


def _loaded(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)


def of_openapi(file: Path) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI description."""
    whole = _loaded(file)
    for path, item in whole["paths"].items():
        for method, node in _resolved(item, file.parent, whole).items():
            if method not in _METHODS:
                continue
            operation = _resolved(node, file.parent, whole)
            reference = node.get("$ref", "").partition("#")[0]
            directory = (file.parent / reference).parent if reference else file.parent
            codes = []
            for code, answer in (operation.get("responses") or {}).items():
                told = _resolved(answer, directory, whole).get("description") or ""
                if str(code).startswith("4"):
                    codes.append((str(code), " ".join(prose(told)).strip()))
            title = operation.get("summary") or operation.get("operationId") or path
            described = operation.get("description") or ""
            yield title, method.upper(), path, described if isinstance(described, str) else "", codes


def of_client(file: Path) -> Iterator[Operation]:
    """Yield the operations of a client: methods that prepare a request, with the text of their docstrings."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        source = ast.unparse(node)
        method, path = re.search(r"method='([A-Z]+)'", source), re.search(r"url = '(/[^']*)'", source)
        told = ast.get_docstring(node) or ""
        if method is None or path is None:
            continue
        title, _, rest = told.partition("\n")
        yield title.rstrip("."), method[1], path[1], re.split(r"^:(?:param|return)", rest, flags=re.MULTILINE)[0], []


def page(operation: Operation) -> str:
    """Return the section of an operation."""
    title, method, path, described, codes = operation
    title = re.sub(r"[`*\s]+", " ", title).strip()
    listed = [f"- {code} - {told}\n" for code, told in codes if len(told.split()) > 2]
    lines = [
        title,
        "=" * max(len(title), 4),
        "",
        f".. rest_method:: {method} {path}",
        "",
        *prose(described),
        "",
        *listed,
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the operations of a description into a directory, a file for each first part of a path."""
    file, target = Path(sys.argv[1]), sys.argv[2]
    pages: dict[str, list[str]] = {}
    for operation in of_client(file) if file.suffix == ".py" else of_openapi(file):
        parts = [part for part in operation[2].split("/") if part and "{" not in part and not re.match(r"v\d", part)]
        name = re.sub(r"\W", "-", parts[0] if parts else "root")
        pages.setdefault(name, [f"{name}\n{'#' * len(name)}\n"]).append(page(operation))
    write_included(target, pages)


if __name__ == "__main__":
    main()
