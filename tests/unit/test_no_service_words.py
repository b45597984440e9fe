"""No source of these packages names a service or a thing of one: what must be known of a service is data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import ROOT

PACKAGES = ("reports", "conformance/engine", "conformance/plugin", "conformance/stestr")
"""The folders that are read, with all below them."""

SUFFIXES = (".py", ".j2", ".js", ".css")
"""What is read of them: comments and docstrings as well."""

SERVICES = """
barbican cinder compute cyborg designate glance ironic keystone magnum manila masakari neutron nova octavia placement
swift trove watcher zaqar zun
"""

THINGS = """
aggregate baremetal console evacuate flavor flavour hypervisor image instance keypair libvirt migration network
offloaded quota rebuild rescue rescued resize resized server shelve shelved shutoff snapshot subnet tenant
unshelve vm volume
"""

WORDS = frozenset((SERVICES + THINGS).split())

MEANT = {
    "quota": "conformance/engine",  # a kind of condition in the spec format
    "snapshot": "conformance/engine/execute",  # a view of things before and after a refusal
    "instance": "conformance/engine/api/strictness.py",  # the part of a document that a schema refuses
    "network": "conformance/engine/cloud/guard.py",  # of addresses, by the library ipaddress
    "server": "conformance/plugin",  # in the name of the option --max-servers
}
"""Words that mean something else below a path."""

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def service_words(text: str) -> list[str]:
    """The words of the list that a text holds: whole words and parts of identifiers, also in the plural."""
    parts = (part.lower() for part in _PARTS.findall(text))
    return [part for part in parts if part in WORDS or part.removesuffix("s") in WORDS]


def sources(package: str) -> list[Path]:
    """The files that are read of a package."""
    return sorted(path for path in (ROOT / package).rglob("*") if path.suffix in SUFFIXES)


@pytest.mark.parametrize("path", [path.relative_to(ROOT) for package in PACKAGES for path in sources(package)], ids=str)
def test_no_source_names_a_service_or_a_thing_of_one(path: Path) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    meant = [word for word, below in MEANT.items() if str(path).startswith(below)]
    found = [
        f"{path}:{at}: {word}"
        for at, line in enumerate(lines, 1)
        for word in service_words(line)
        if word.removesuffix("s") not in meant
    ]
    assert found == []


def test_every_package_is_there() -> None:
    assert [package for package in PACKAGES if not sources(package)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# the servers of a project", ["servers"]),
        ("servers_made = 3", ["servers"]),
        ("class ServerView:", ["server"]),
        ("MAX_SERVERS", ["servers"]),
        ('NovaAPI = "nova 34"', ["nova", "nova"]),
        ("imageRef and image_id", ["image", "image"]),
        ("isinstance(value, str)", []),
        ("serverless, imagery, computed, instantaneous", []),
        ("a resource in a state", []),
    ],
)
def test_words_and_parts_of_identifiers_are_found(text: str, found: list[str]) -> None:
    assert service_words(text) == found
