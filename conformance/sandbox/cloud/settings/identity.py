"""The configuration of Keystone."""

from __future__ import annotations

from conformance.sandbox.cloud.layout import Layout
from conformance.sandbox.cloud.settings.common import Sections


def sections(layout: Layout) -> Sections:
    """Return what Keystone has of its own."""
    tokens = layout.files("keystone", "fernet")
    return {
        "token": {"provider": "fernet"},
        "fernet_tokens": {"key_repository": tokens},
        "fernet_receipts": {"key_repository": tokens},
        "credential": {"key_repository": layout.files("keystone", "credential")},
        # The fewest rounds there are: the passwords of this cloud protect nothing, and each log-in would cost 0.2 s.
        "identity": {"password_hash_algorithm": "bcrypt", "password_hash_rounds": 4},
        # Without a cache every request is a hundred transactions. Values are pickled: nobody changes one in place.
        "cache": {"enabled": True, "backend": "dogpile.cache.memory_pickle"},
    }
