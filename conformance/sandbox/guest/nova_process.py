"""Nova's functional test case, run as a server: API, conductor, scheduler, compute services and Placement."""

import datetime
import warnings

from . import compat, driver, lasting, settings
from .baremetal import BareMetal
from .changes import Changes
from .identity import Identity
from .image import ImageStore
from .network_extras import Network
from .volume import VolumeStore

import eventlet  # isort: skip  (Nova patches first)
from nova import context as nova_context
from nova import objects, rpc, test
from nova.tests import fixtures as nova_fixtures
from nova.tests.functional import fixtures as functional_fixtures
from oslo_config import cfg

# Number of records of retired services: enough to delete one at every microversion of the operation, twice.
RETIRED = 24
LONG_AGO = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


class NovaProcess(test.TestCase):
    """The services of one Nova. `setUp` starts them; only the end of the process stops them.

    Args:
        count: number of compute services.
        auth_uri: address of the identity service for the header `WWW-Authenticate`.
        changes: the differences from the ordinary sandbox.

    """

    REQUIRES_LOCKING = True

    def __init__(self, count: int, auth_uri: str, changes: Changes) -> None:
        super().__init__("runTest")
        self._changes = changes
        self._count = count
        self._auth_uri = auth_uri
        self.identity = Identity()

    def runTest(self):  # noqa: N802
        """Do nothing: the test case is only a container."""

    def option(self, group: str | None, name: str, value: object) -> bool:
        """Set a configuration option; return False if this release does not have it."""
        try:
            self.flags(group=group, **{name: value})
        except (cfg.NoSuchOptError, cfg.NoSuchGroupError):
            return False
        return True

    def setUp(self):
        """Start all services; an exception of a service's start is passed on."""
        lasting.install()
        super().setUp()
        projects = list(self.identity.projects.values())
        self.placement = self.useFixture(functional_fixtures.PlacementFixture())
        self.images = ImageStore(self._changes.images)
        self.images.install(self)
        self.network = Network(projects, self._changes.floating_pool, self._changes.floating_ips)
        self.network.install(self)
        # Without the stand-in, Nova's own client looks for the service in the catalogue, which names none.
        if self._changes.block_storage:
            VolumeStore(projects, self.images, self.reimaged, self._changes.volumes).install(self)
        if self._changes.bare_metal:
            BareMetal().install(self)
        shares = getattr(nova_fixtures, "ManilaFixture", None)
        if shares is not None:  # shares came with 31.0.0
            self.useFixture(shares())
        driver.install(self.images)
        for group, name, value in (*settings.all_options(), *self._changes.options):
            self.option(group, name, value)
        # The address of Keystone. Without it, a request without a token is answered 500 instead of 401.
        self.option("keystone_authtoken", "www_authenticate_uri", self._auth_uri)
        policy = self.useFixture(nova_fixtures.RealPolicyFixture())
        if self._changes.readers_only:
            # By default every token may use these rules. Here a reader's role is needed, as a provider may choose.
            rules = {f"os_compute_api:{rule}": "role:reader" for rule in settings.READERS_ONLY}
            policy.set_rules(rules, overwrite=False)
        self.identity.install(self)
        self._remove_unusable_flavors()
        if not self._changes.local_disks:
            self._remove_disks()
        self.start_service("conductor")
        self.start_service("scheduler")
        for number in range(1, self._count + 1):
            self._start_compute(f"host{number}")
        self._add_retired_services()
        self.app = compat.Loader().load_app("osapi_compute")
        # The fixtures turn deprecation warnings of libraries into errors, which would be responses 500 here.
        # They also make a legacy notification without a versioned twin an error, which no deployment does.
        rpc.LegacyValidatingNotifier.fatal = False
        warnings.resetwarnings()
        warnings.simplefilter("ignore")

    def _remove_unusable_flavors(self) -> None:
        """Remove the flavor whose NUMA topology fits no host of the fake driver: every server with it fails."""
        for flavor in objects.FlavorList.get_all(nova_context.get_admin_context()):
            if flavor.extra_specs:
                flavor.destroy()

    def _remove_disks(self) -> None:
        """Give every flavor a twin without disks in its place."""
        context = nova_context.get_admin_context()
        for flavor in objects.FlavorList.get_all(context):
            kept = {name: flavor[name] for name in ("flavorid", "name", "vcpus", "memory_mb", "rxtx_factor")}
            flavor.destroy()
            twin = objects.Flavor(context, **kept, root_gb=0, ephemeral_gb=0, swap=0, disabled=False, is_public=True)
            twin.create()

    def _add_retired_services(self) -> None:
        """Add records of retired services, such as remain after a host was removed from the cloud."""
        context = nova_context.get_admin_context()
        with nova_context.target_cell(context, self.cell_mappings["cell1"]) as cell:
            for number in range(1, RETIRED + 1):
                record = {"host": f"retired{number}", "binary": "nova-scheduler", "topic": "scheduler"}
                service = objects.Service(cell, report_count=0, **record)
                service.create()
                service.report_count, service.last_seen_up = 1, LONG_AGO
                service.save()

    def restart(self, host: str) -> None:
        """Restart the compute service of a host; its servers survive."""
        self.computes[host] = self.restart_compute_service(self.computes[host])

    def reimaged(self, server_id: str, volume_id: str) -> None:
        """Tell the compute service of a server, after a moment, that its volume has a new image."""
        eventlet.spawn_after(0.2, self._send_event, server_id, "volume-reimaged", volume_id)

    def _send_event(self, server_id: str, name: str, tag: str) -> None:
        context = nova_context.get_admin_context()
        mapping = objects.InstanceMapping.get_by_instance_uuid(context, server_id)
        with nova_context.target_cell(context, mapping.cell_mapping) as cell:
            server = objects.Instance.get_by_uuid(cell, server_id)
            event = objects.InstanceExternalEvent(instance_uuid=server_id, name=name, status="completed", tag=tag)
            self.computes[server.host].manager.external_instance_event(cell, [server], [event])
