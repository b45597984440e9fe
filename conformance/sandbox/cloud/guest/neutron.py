"""Neutron in this process: the API, and threads that report for agents which do not exist."""

import importlib

from . import agents


def start(options):
    """Start the reporting threads, and return the application of the API."""
    application = importlib.import_module("neutron.wsgi.api").application
    agents.report(options.facts["computes"], options.facts["network_node"])
    return application
