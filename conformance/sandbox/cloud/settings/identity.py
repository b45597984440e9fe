"""The configuration of Keystone."""

from __future__ import annotations

from conformance.sandbox.cloud.layout import Layout
from conformance.sandbox.cloud.settings.common import Sections


def sections(layout: Layout) -> Sections:
    """Return the sections that only Keystone has."""
    tokens = layout.files("keystone", "fernet")
    return {
        "token": {"provider": "fernet"},
        "fernet_tokens": {"key_repository": tokens},
        "fernet_receipts": {"key_repository": tokens},
        "credential": {"key_repository": layout.files("keystone", "credential")},
        # The fewest possible rounds: this cloud's passwords protect nothing, and each log-in would take 0.2 s.
        "identity": {"password_hash_algorithm": "bcrypt", "password_hash_rounds": 4},
        # Without a cache a request takes a hundred transactions. Values are pickled, so that none is changed in place.
        "cache": {"enabled": True, "backend": "dogpile.cache.memory_pickle"},
    }
