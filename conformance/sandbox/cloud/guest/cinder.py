"""Cinder in this process: the API, the scheduler, a volume service for each back end, and the backup service."""

import importlib
import sys
import threading
from pathlib import Path


def start(options):
    """Start the workers, and return the application of the API."""
    sys.argv += ["--config-file", str(Path(options.etc, "cinder.conf"))]
    # The modules of the commands define options that the application reads.
    volume = importlib.import_module("cinder.cmd.volume")
    backup = importlib.import_module("cinder.cmd.backup")
    application = importlib.import_module("cinder.wsgi.api").application
    from cinder import service, utils
    from cinder.volume import volume_utils
    from oslo_config import cfg

    for command in (volume, backup):
        command.LOG = command.logging.getLogger(command.__name__)
    _ask_nothing_of_root(cfg.CONF, utils, volume_utils)
    _report_for_itself(service.Service)
    for name in cfg.CONF.enabled_backends:
        volume._launch_service(_Launcher, name)
    semaphore = utils.semaphore_factory(cfg.CONF.backup_max_operations, 1)
    backup._launch_backup_process(_Launcher, 0, semaphore)
    _Launcher.launch_service(service.Service.create(binary="cinder-scheduler"))
    return application


class _Launcher:
    """Replaces the launcher of processes: it starts a service in this process."""

    @staticmethod
    def launch_service(service) -> None:
        service.start()


def _ask_nothing_of_root(conf, utils, volume_utils) -> None:
    """Replace the functions that run os-brick as root: the properties of this host, and the helper for commands."""
    properties = {"host": conf.host, "ip": conf.my_ip, "platform": "x86_64", "os_type": "linux", "multipath": False}
    volume_utils.brick_get_connector_properties = lambda *_args, **_kwargs: dict(properties)
    utils.get_root_helper = lambda: "env"


def _report_for_itself(service) -> None:
    """Let each service of this process report its own state.

    The id in a service's reports is an attribute of its class, so all would report for the last one.
    """
    lock, report = threading.Lock(), service.report_state

    def report_state(self):
        with lock:
            type(self).service_id = self.origin_service_id
            report(self)

    service.report_state = report_state
