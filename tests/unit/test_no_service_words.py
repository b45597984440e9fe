"""No source of these packages names a service or a thing of one: what must be known of a service is data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import ROOT

PACKAGES = ("conformance/engine", "conformance/plugin", "reports")
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

MEANT_OTHERWISE = {
    "network": "what lies between this suite and a cloud",
    "quota": "a kind of condition of the spec format",
    "snapshot": "what was seen of a resource before a request",
}
"""Words of the list that have another meaning in the engine and the plugin."""

FIXED = re.compile(r"max[_-]servers|\berror\.instance\b", re.IGNORECASE)
"""What bears such a word and may: an option whose name the design fixes, and an attribute of jsonschema."""

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def service_words(text: str) -> list[str]:
    """The words of the list that a text holds: whole words and parts of identifiers, also in the plural."""
    parts = (part.lower() for part in _PARTS.findall(FIXED.sub("", text)))
    return [part for part in parts if part in WORDS or part.removesuffix("s") in WORDS]


def sources(package: str) -> list[Path]:
    """The files that are read of a package."""
    return sorted(path for path in (ROOT / package).rglob("*") if path.suffix in SUFFIXES)


@pytest.mark.parametrize("path", [path.relative_to(ROOT) for package in PACKAGES for path in sources(package)], ids=str)
def test_no_source_names_a_service_or_a_thing_of_one(path: Path) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    allowed = MEANT_OTHERWISE if path.parts[0] == "conformance" else {}
    found = [
        f"{path}:{at}: {word}"
        for at, line in enumerate(lines, 1)
        for word in service_words(line)
        if word.removesuffix("s") not in allowed
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
        ("MIN_SERVERS", ["servers"]),
        ("--max-servers, max_servers and MAX_SERVERS", []),
        ("error.instance of an instance", ["instance"]),
        ('NovaAPI = "nova 34"', ["nova", "nova"]),
        ("imageRef and image_id", ["image", "image"]),
        ("isinstance(value, str)", []),
        ("serverless, imagery, computed, instantaneous", []),
        ("a resource in a state", []),
    ],
)
def test_words_and_parts_of_identifiers_are_found(text: str, found: list[str]) -> None:
    assert service_words(text) == found
