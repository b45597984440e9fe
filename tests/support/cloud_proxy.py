"""Proxies in front of all services of a cloud: they count the requests of a client, and can break the answers to it.

The addresses in the answers become those of the proxies, so that a client that begins at the proxy of the identity
service finds the others in its catalogue. The requests of the services to one another do not come through here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.fault_proxy import Fault, FaultProxy, Heard, fault_proxy


@dataclass(frozen=True)
class CloudProxy:
    """The proxies of one cloud.

    Attributes:
        proxies: type of a service -> the proxy in front of it.
        renamed: the address of each service, such as ``127.0.0.1:8774``, and that of its proxy.
    """

    proxies: Mapping[str, FaultProxy]
    renamed: Mapping[str, str]

    def url(self, address: str) -> str:
        """Return an address of the cloud, or a text with addresses, with those of the proxies."""
        for old, new in self.renamed.items():
            address = address.replace(old, new)
        return address

    def clouds_file(self, path: Path, directory: Path) -> Path:
        """Write a copy of a file clouds.yaml whose addresses are those of the proxies, and return its path."""
        written = directory / "clouds.yaml"
        written.write_text(self.url(path.read_text("utf-8")), "utf-8")
        return written

    def break_in(self, service: str | None, fault: Fault | None = None) -> None:
        """From now on break the answers of one service in one way; those of all others come through whole."""
        for type_, proxy in self.proxies.items():
            proxy.fault = fault if type_ == service else None

    def forget(self) -> None:
        """Begin to count anew."""
        for proxy in self.proxies.values():
            proxy.heard.clear()
            proxy.answered.clear()

    def answered(self, service: str) -> list[tuple[Heard, int]]:
        """Return the answered requests to a service since the last `forget`, with their status codes."""
        return list(self.proxies[service].answered)

    def requests(self) -> Counter[str]:
        """Return the number of requests to each service since the last `forget`."""
        return Counter({type_: len(proxy.heard) for type_, proxy in self.proxies.items()})

    def made(self, service: str, path: str) -> int:
        """Return how many POSTs to a path (the end of it) were accepted."""
        return sum(
            heard.method == "POST" and urlsplit(heard.path).path.endswith(path) and status < 300
            for heard, status in self.answered(service)
        )


@contextmanager
def cloud_proxy(urls: Mapping[str, str]) -> Iterator[CloudProxy]:
    """Listen in front of the services of a cloud.

    Args:
        urls: type of a service -> its URL in the catalogue.
    """
    with ExitStack() as stack:
        hosts = {type_: urlsplit(url).netloc for type_, url in urls.items()}
        proxies = {type_: stack.enter_context(fault_proxy(host)) for type_, host in hosts.items()}
        renamed = {hosts[type_]: urlsplit(proxy.url).netloc for type_, proxy in proxies.items()}
        for proxy in proxies.values():
            proxy.renamed = renamed
        yield CloudProxy(proxies, renamed)


def without(heard: Heard, *names: str) -> Heard:
    """Return a request without some parameters of its query."""
    path, _, query = heard.path.partition("?")
    kept = [part for part in query.split("&") if part and part.split("=")[0] not in names]
    return replace(heard, path=f"{path}?{'&'.join(kept)}" if kept else path)
