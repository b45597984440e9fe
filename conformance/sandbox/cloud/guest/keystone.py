"""Keystone in this process."""

import importlib

from . import bounded_cache


def start(_options):
    """Return the application of the API."""
    bounded_cache.install()
    return importlib.import_module("keystone.wsgi.api").application
