"""The reasons why no answer came, as sentences."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from conformance.engine.cloud.bounds import Unreadable
from specs.text import one_line


def never_sent(error: Exception) -> bool:
    """Whether there was no connection, so that the endpoint has not seen the request."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def sentence(error: Exception, url: str, timeout: float) -> str:
    """The reason why a request to a URL was not answered within ``timeout`` seconds. Control characters are escaped."""
    host = urlsplit(url).netloc.rpartition("@")[2] or url
    root = root_of(error)
    if isinstance(root, Unreadable):
        return f"{host} {root}"
    if isinstance(root, http.client.LineTooLong) or type(root) is http.client.HTTPException:
        return f"{host} sent headers that are too many or too long ({_text(root)})"
    if isinstance(root, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {host} is not trusted ({one_line(root.verify_message or str(root))}): name the file "
            "of its authority in REQUESTS_CA_BUNDLE, or as cacert in clouds.yaml"
        )
    match error:
        case requests.ConnectTimeout():
            return f"{host} did not take the connection within {timeout:g} s"
        case requests.Timeout():
            return f"{host} did not answer within {timeout:g} s"
        case requests.exceptions.SSLError():
            return f"{host} could not be trusted: {_text(root)}"
        case requests.exceptions.ProxyError():
            return f"the proxy on the way to {host} did not work: {_text(root)}"
        case requests.ConnectionError():
            if never_sent(error):
                return f"no connection to {host}: {_text(root)}"
            return f"{host} broke the connection before it had answered: {_text(root)}"
        case requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError():
            return f"{host} broke off in the middle of its answer: {_text(root)}"
    return f"{url} cannot be asked: {_text(root)}"


def root_of(error: BaseException) -> BaseException:
    """The innermost cause of an error."""
    seen: BaseException = error
    for _ in range(8):
        if isinstance(seen, Unreadable):
            break
        inner = getattr(seen, "reason", None) or next(
            (arg for arg in seen.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            inner = seen.__cause__ or seen.__context__
        if inner is None or inner is seen:
            break
        seen = inner
    return seen


def _text(error: BaseException) -> str:
    """The message of an error, without memory addresses and class names."""
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    return one_line(str(error).strip()) or type(error).__name__
