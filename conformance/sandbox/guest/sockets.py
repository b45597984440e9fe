"""Listening sockets. Imports nothing of Nova, so that a taken port is noticed before Nova's long imports."""

import socket

HOST = "127.0.0.1"
_BACKLOG = 256


class StartError(Exception):
    """The sandbox cannot start. The message is one sentence with the reason."""


def listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback address; port 0 takes a free one.

    SO_REUSEPORT is not set: with it, two sandboxes on one port would answer in turn.

    Raises:
        StartError: the port is taken, or is not a valid port number.

    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port whose last owner has just ended counts as free; one with a listening process does not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(
            f"cannot listen on {HOST}:{port}: {reason}; choose another port, or 0 for a free one"
        ) from None
    return listener
