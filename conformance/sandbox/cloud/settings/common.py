"""The configuration that all services share: log, database, messages, and checks of tokens."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.sandbox.cloud.layout import BY_NAME, DOMAIN, REGION, SERVICE_PROJECT, Layout

Sections = Mapping[str, Mapping[str, object]]
"""Section -> option -> value."""

TOKEN_CACHE = "sandbox.token_cache"  # noqa: S105 - a name
"""The key of a WSGI environment under which the guest puts the cache of checked tokens."""
TOKEN_SECONDS = 10
"""Seconds for which a checked token is not checked again with Keystone; short, so that revoked tokens are refused."""
RPC_THREADS = 16
"""Largest number of threads of each server of the in-process transport: its executor starts one for each message."""


def common(layout: Layout, service: str) -> dict[str, dict[str, object]]:
    """Return the sections of every service."""
    return {
        "DEFAULT": {
            "log_file": layout.log(service),
            "use_stderr": False,
            "transport_url": "fake://",
            "executor_thread_pool_size": RPC_THREADS,
            "rpc_response_timeout": 60,
        },
        "database": database(layout, service),
        "oslo_concurrency": {"lock_path": layout.root / "lock" / service},
        # There is no listener: in the in-process transport the notifications would pile up.
        "oslo_messaging_notifications": {"driver": "noop"},
    }


def database(layout: Layout, name: str) -> dict[str, object]:
    """Return the options that name a database."""
    return {
        "connection": f"sqlite:///{layout.database(name)}",
        # The database need not survive a crash of this machine.
        "sqlite_synchronous": False,
        # A connection to a file need not be renewed.
        "connection_recycle_time": -1,
    }


def credentials(layout: Layout, user: str) -> dict[str, object]:
    """Return the options with which a service gets a token of its own."""
    return {
        "auth_type": "password",
        "auth_url": layout.url("keystone"),
        "username": user,
        "password": layout.password,
        "user_domain_id": DOMAIN,
        "project_name": SERVICE_PROJECT,
        "project_domain_id": DOMAIN,
        "region_name": REGION,
    }


def token_checks(layout: Layout, service: str, type_: str | None = None) -> dict[str, object]:
    """Return the options of `[keystone_authtoken]`; the type is needed for a service beside the six."""
    return {
        **credentials(layout, service),
        "www_authenticate_uri": layout.url("keystone"),
        "service_type": type_ or BY_NAME[service].type,
        "service_token_roles": "service",
        "service_token_roles_required": True,
        "cache": TOKEN_CACHE,
        "token_cache_time": TOKEN_SECONDS,
    }


def service_user(layout: Layout, user: str) -> dict[str, object]:
    """Return the options of `[service_user]`: the service's own token is sent together with the user's."""
    return {**credentials(layout, user), "send_service_user_token": True}


def merged(base: Sections, over: Sections) -> dict[str, dict[str, object]]:
    """Return sections with the options of both; an option of `over` takes precedence."""
    return {name: {**base.get(name, {}), **over.get(name, {})} for name in (*base, *(n for n in over if n not in base))}
