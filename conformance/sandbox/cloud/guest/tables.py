"""Makes the tables of a service and the content that it needs to start, with the service's own code."""

import importlib
import sys
from pathlib import Path


def run(options) -> None:
    """Make the tables of the service that the command line names."""
    globals()[f"_{options.service}"](options.etc, options.facts)


def _command(module: str, etc: str, name: str, *words: str):
    """Import the module of a command, and set a command line that names the configuration."""
    sys.argv[1:] = ["--config-file", str(Path(etc, name)), *words]
    return importlib.import_module(module)


def _keystone(etc, facts) -> None:
    from keystone import server
    from keystone.cmd import bootstrap
    from keystone.common import fernet_utils
    from keystone.common.sql import upgrades
    from keystone.credential.providers.fernet.core import MAX_ACTIVE_KEYS
    from keystone.server.flask.core import CONF

    server.configure(config_files=[str(Path(etc, "keystone.conf"))])
    upgrades.offline_sync_database_to_version()
    for section, active in (
        ("fernet_tokens", CONF.fernet_tokens.max_active_keys),
        ("credential", MAX_ACTIVE_KEYS),
    ):
        keys = fernet_utils.FernetUtils(CONF[section].key_repository, active, section)
        keys.create_key_directory()
        keys.initialize_key_repository()
    first = bootstrap.Bootstrapper()
    for name, value in facts.items():
        setattr(first, name, value)
    first.bootstrap()


def _placement(etc, _facts) -> None:
    _ended_well(_command("placement.cmd.manage", etc, "placement.conf", "db", "sync").main)


def _glance(etc, facts) -> None:
    manage = _command("glance.cmd.manage", etc, "glance-api.conf", "db_sync")
    manage.main()
    manage.DbCommands().load_metadefs(facts["metadefs"])


def _cinder(etc, _facts) -> None:
    _ended_well(_command("cinder.cmd.manage", etc, "cinder.conf", "db", "sync").main)


def _nova(etc, facts) -> None:
    manage = _command("nova.cmd.manage", etc, "nova.conf")
    from nova import config, objects

    config.parse_args(sys.argv)
    objects.register_all()
    cells = manage.CellV2Commands()
    for done in (
        manage.ApiDbCommands().sync(),
        cells.map_cell0(database_connection=facts["cell0"]),
        manage.DbCommands().sync(),
        cells.create_cell(name="cell1", transport_url="fake://", database_connection=facts["cell1"]),
    ):
        if done:
            sys.exit(f"a step of nova-manage ended with {done}")


def _neutron(etc, _facts) -> None:
    """Make the tables from the models.

    The migrations cannot be used: they alter constraints, which SQLite cannot do. The rows that they insert, the rules
    of each new security group, are inserted here.
    """
    plugins = str(Path(etc, "plugins", "ml2", "ml2_conf.ini"))
    config = _command("neutron.common.config", etc, "neutron.conf", "--config-file", plugins)
    config.register_common_config_options()
    config.init(sys.argv[1:])
    from neutron.db.migration.models import head
    from neutron_lib import context
    from neutron_lib.db import api

    admin = context.get_admin_context()
    with api.CONTEXT_WRITER.using(admin) as session:
        head.get_metadata().create_all(session.connection())
    from neutron.objects import securitygroup_default_rules

    for direction in ("egress", "ingress"):
        inwards = direction == "ingress"
        for version in ("IPv4", "IPv6"):
            securitygroup_default_rules.SecurityGroupDefaultRule(
                admin,
                direction=direction,
                ethertype=version,
                # The default group lets in all traffic between its members; no other group lets anything in.
                remote_group_id="PARENT" if inwards else None,
                used_in_default_sg=True,
                used_in_non_default_sg=not inwards,
                description=f"Legacy default SG rule for {direction} traffic",
            ).create()
    sys.argv += ["stamp", "heads"]
    _ended_well(importlib.import_module("neutron.db.migration.cli").main)


def _ended_well(main) -> None:
    """Run a command, and return if its exit status is 0."""
    try:
        status = main()
    except SystemExit as end:
        status = end.code
    if status:
        sys.exit(status)
