"""Nova in this process: the API, the conductor, the scheduler, and a compute service for each host."""

import importlib


def start(options):
    """Start the workers, and return the application of the API."""
    application = importlib.import_module("nova.wsgi.osapi_compute").application
    import os_vif
    from nova import objects, service
    from nova.compute import manager
    from nova.compute import rpcapi as compute
    from nova.conductor import rpcapi as conductor
    from nova.scheduler import rpcapi as scheduler

    from . import hypervisor

    os_vif.initialize()
    objects.Service.enable_min_version_cache()
    # Nova reads the identity of a host from a file, and these hosts share one folder.
    manager.ComputeManager._ensure_existing_node_identity = lambda _self, _service: None
    hypervisor.install()
    service.Service.create(binary="nova-conductor", topic=conductor.RPC_TOPIC).start()
    service.Service.create(binary="nova-scheduler", topic=scheduler.RPC_TOPIC).start()
    for host in options.facts["computes"]:
        service.Service.create(
            binary="nova-compute", host=host, topic=compute.RPC_TOPIC, topic_alt=compute.RPC_TOPIC_ALT
        ).start()
    return application
