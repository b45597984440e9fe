"""Placement in this process."""

import importlib


def start(_options):
    """Return the application of the API."""
    return importlib.import_module("placement.wsgi.api").application
