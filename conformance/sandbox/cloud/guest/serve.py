"""A whole service in this process: its workers, and its API behind a WSGI server."""

import importlib
import socket
import time
import warnings

THREADS = 16
"""Number of requests that are handled at a time."""
LARGEST_BODY = 64 * 1024**3


def run(options) -> None:
    """Start the service, and answer requests until the parent has ended.

    Args:
        options: `service`, `etc`, `socket` and `facts` of the command line.

    """
    started = time.monotonic()
    if options.service == "nova":
        # Nova refuses to run on threads once eventlet has been imported, so this import comes first.
        from nova import monkey_patch

        monkey_patch.patch(backend="threading")
    from oslo_service import backend

    # This comes before any code that reads the default, which is eventlet.
    backend.init_backend(backend.BackendType.THREADING)
    import waitress

    from . import sqlite, token_cache, transport

    sqlite.install()
    transport.install()
    application = importlib.import_module(f"{__package__}.{options.service}").start(options)
    listener = socket.socket(fileno=options.socket)
    # Some services turn the warnings of libraries on again.
    warnings.simplefilter("ignore")
    print(f"ready after {time.monotonic() - started:.1f} s, {time.process_time():.1f} s of processor", flush=True)
    waitress.serve(
        token_cache.TokenCache(application),
        sockets=[listener],
        threads=THREADS,
        connection_limit=1000,
        max_request_body_size=LARGEST_BODY,
        ident=None,
    )
