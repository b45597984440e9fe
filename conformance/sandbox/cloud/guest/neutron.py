"""Neutron in this process: the API, and threads that report for agents which do not exist."""

import importlib

from . import agents


def start(options):
    """Start the reporting threads, and return the application of the API."""
    application = importlib.import_module("neutron.wsgi.api").application
    _let_networks_be_scheduled()
    agents.report(options.facts["computes"], options.facts["network_node"])
    return application


def _let_networks_be_scheduled() -> None:
    """Give the plugin the scheduler of networks, which Neutron leaves out if no process listens to agents.

    Without it, a request that gives a network to a DHCP agent ends in an exception. Networks are given to no agent by
    themselves, since the settings say so.
    """
    from neutron_lib.plugins import directory
    from oslo_config import cfg
    from oslo_utils import importutils

    directory.get_plugin().network_scheduler = importutils.import_object(cfg.CONF.network_scheduler_driver)
