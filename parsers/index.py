"""Finding and fetching a source distribution: unearth asks the indexes, and this module turns problems into errors."""

from __future__ import annotations

import logging
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import httpx2
from packaging.version import Version
from unearth import HashMismatchError, Link, Package, PackageFinder, UnpackError
from unearth.auth import MultiDomainBasicAuth
from unearth.collector import SUPPORTED_CONTENT_TYPES, is_secure_origin
from unearth.fetchers import PyPIClient

from parsers.errors import HostileError, NetworkError, NotFoundError

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from unearth.fetchers import Fetcher

    from parsers.pipconfig import PipConfig

MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
_SUFFIXES = (".tar.gz", ".tgz")
_SUMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_NEAR = 5
# unearth warns of pages that it skips. Here they are errors, so its warnings are not printed.
logging.getLogger("unearth").addHandler(logging.NullHandler())


class Indexes:
    """All places in which pip would look for a file. A context manager, because it keeps connections open."""

    def __init__(self, config: PipConfig) -> None:
        self._config = config
        verify = _certificates(config)
        try:
            self._client = _Client(
                trusted_hosts=config.trusted_hosts,
                verify=verify,
                proxy=config.proxy,
                timeout=httpx2.Timeout(config.timeout, connect=10),
                follow_redirects=True,
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise NetworkError(
                f"no package index can be used ({error})", mend="correct pip's proxy and trusted hosts"
            ) from None
        # Credentials come from the address of an index, from netrc, or from a keyring; there is no prompt for them.
        self._client.auth = MultiDomainBasicAuth(prompting=False, index_urls=config.indexes)
        self._fetcher = cast("Fetcher", self._client)  # by its annotations, unearth's client is none

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def find(self, requirement: Requirement) -> Package:
        """Return the source distribution of the newest release that satisfies the requirement.

        A withdrawn ("yanked") release is used only if there is no other, and so is a pre-release unless it is named.

        Raises:
            NotFoundError: no index has such a release with a source distribution.
            NetworkError: an index could not be reached, and no other has the release.

        """
        pinned = len(requirement.specifier) == 1 and next(iter(requirement.specifier)).operator in ("==", "===")
        known: dict[Version, Package] = {}
        problems: list[str] = []
        places = self._finders()
        for finder in places:
            try:
                for package in self._packages(finder, requirement.name):
                    known.setdefault(Version(str(package.version)), package)
            except NetworkError as error:
                problems.append(error.what)
            found = _choose(requirement, known)
            if found is not None and pinned:
                return found
        found = _choose(requirement, known)
        if found is not None:
            return found
        if problems:
            what = "no package index could be reached"
            if len(problems) < len(places):
                what = "a package index could not be reached, and the others do not have the release"
            raise NetworkError(
                f"{what}: {'; '.join(problems)}",
                where=str(requirement),
                mend="check the network and pip's index-url, or give a directory instead",
            )
        raise NotFoundError(
            f"there is no such release; {_near(requirement, known)}",
            where=str(requirement),
            mend="correct the version, or the indexes in pip's configuration",
        )

    def download(self, package: Package) -> bytes:
        """Fetch a source distribution and check its checksum.

        Raises:
            NetworkError: the file cannot be fetched.
            HostileError: the file is too large, or does not have the index's checksum.

        """
        link = package.link
        promised = link.hash_option or {}
        # unearth accepts a file if any checksum agrees, so it is given only the strongest one.
        strongest = next(({name: promised[name]} for name in _SUMS if name in promised), {})
        finder = PackageFinder(self._fetcher)
        try:
            if link.is_file:
                _limit(link, link.file_path.stat().st_size)
            with tempfile.TemporaryDirectory() as scratch:
                return finder.download(link, scratch, strongest, _limit).read_bytes()
        except HashMismatchError as error:
            raise HostileError(
                f"the file does not have the {next(iter(error.actual))} checksum that the index gives",
                where=link.redacted,
                mend="try again; if the error stays, do not trust the index",
            ) from None
        except (UnpackError, httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NetworkError(
                f"the source distribution cannot be fetched ({type(error).__name__})",
                where=link.redacted,
                mend="try again",
            ) from None

    def _finders(self) -> list[PackageFinder]:
        """Return a finder for each place, so that a failing place does not hide the files of another one."""
        options: dict[str, Any] = {"no_binary": [":all:"], "ignore_compatibility": True}
        links, indexes = self._config.find_links, self._config.indexes
        return [
            *(PackageFinder(self._fetcher, find_links=[_address(link)], **options) for link in links),
            *(PackageFinder(self._fetcher, index_urls=[_address(index)], **options) for index in indexes),
        ]

    def _packages(self, finder: PackageFinder, name: str) -> Iterator[Package]:
        address = Link(finder.sources[0]["url"])
        if not is_secure_origin(self._fetcher, address):
            raise NetworkError(f"{address.redacted} is not https, and its host is not one of pip's trusted hosts")
        try:
            for package in finder.find_all_packages(name, allow_yanked=True):
                if package.link.filename.endswith(_SUFFIXES):
                    yield package
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise NetworkError(f"{address.redacted} returns an invalid page ({type(error).__name__})") from None


class _Client(PyPIClient):
    """A client that raises an error for an unexpected response, which unearth would take for a page without links."""

    def get(self, url: httpx2.URL | str, **options: Any) -> httpx2.Response:
        shown = Link(str(url)).redacted
        try:
            page = super().get(url, **options)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NetworkError(f"{shown} does not answer ({type(error).__name__})") from None
        if page.status_code in (404, 410):  # the index does not have the package
            return page
        _accepted(page, shown)
        kind = page.headers.get("Content-Type", "no type")
        if not kind.lower().startswith(SUPPORTED_CONTENT_TYPES):
            raise NetworkError(f"{shown} returns {kind}, which is not a page of a package index")
        return page

    @contextmanager
    def get_stream(self, url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[httpx2.Response]:
        with super().get_stream(url, headers=headers) as file:
            _accepted(file, Link(url).redacted)
            yield file


def _accepted(answer: httpx2.Response, shown: str) -> None:
    if not answer.is_success:
        raise NetworkError(
            f"{shown} returns status {answer.status_code}",
            mend="check pip's index-url and its credentials, or try again",
        )


def _certificates(config: PipConfig) -> ssl.SSLContext | bool:
    """Return the certificates for TLS: those in pip's configuration, or the default ones."""
    authorities, own = config.certificate, config.client_certificate
    if not authorities and not own:
        return True
    try:
        folder = authorities is not None and Path(authorities).is_dir()
        context = ssl.create_default_context(
            cafile=None if folder else authorities, capath=authorities if folder else None
        )
        if own:
            context.load_cert_chain(own)
    except OSError as error:
        raise NetworkError(
            f"pip's certificates cannot be read ({error})",
            where=" and ".join(path for path in (authorities, own) if path),
            mend="correct pip's options cert and client-cert",
        ) from None
    return context


def _address(place: str) -> str:
    """Return a place as an address; pip accepts plain paths too."""
    return place if "://" in place else Path(place.removeprefix("file:")).expanduser().absolute().as_uri()


def _limit(link: Link, completed: int, total: int | None = None) -> None:
    """Refuse a file as soon as it exceeds the size limit of an archive."""
    if max(completed, total or 0) > MAX_ARCHIVE_BYTES:
        raise HostileError(f"the file is larger than {MAX_ARCHIVE_BYTES:,} bytes", where=link.redacted, mend="check it")


def _choose(requirement: Requirement, known: dict[Version, Package]) -> Package | None:
    versions = sorted(requirement.specifier.filter(known), reverse=True)
    fresh = [version for version in versions if not known[version].link.is_yanked]
    return known[(fresh or versions)[0]] if versions else None


def _near(requirement: Requirement, known: dict[Version, Package]) -> str:
    """Name the releases nearest to the requested one."""
    if not known:
        return f"the indexes have no source distribution of {requirement.name}"
    ordered = sorted(known)
    asked = next((spec.version.rstrip(".*") for spec in requirement.specifier), "")
    try:
        place = next((n for n, version in enumerate(ordered) if version > Version(asked)), len(ordered))
    except ValueError:
        place = len(ordered)
    start = max(0, min(place - _NEAR // 2 - 1, len(ordered) - _NEAR))
    near = ", ".join(map(str, ordered[start : start + _NEAR]))
    return f"the nearest releases are {near} ({len(ordered)} in all)"
