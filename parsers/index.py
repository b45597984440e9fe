"""Finding a release's source distribution on simple indexes (PEP 691 as JSON, PEP 503 as pages, directories)."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

import requests
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename

from parsers.errors import HostileError, NetworkError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement
    from packaging.version import Version

    from parsers.pipconfig import PipConfig

MAX_ARCHIVE_BYTES = 200 * 1024 * 1024
_MAX_PAGE_BYTES = 32 * 1024 * 1024
_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_NEAR = 5


@dataclass(frozen=True)
class Archive:
    """A source distribution somewhere: ``url`` (``file:`` too), and the SHA-256 that the index promises."""

    name: str
    version: Version
    url: str
    sha256: str | None = None
    yanked: bool = False


class Indexes:
    """All places that pip would look in."""

    def __init__(self, config: PipConfig) -> None:
        self.config = config
        self.problems: list[str] = []
        self._session: requests.Session | None = None

    def find(self, requirement: Requirement) -> Archive:
        """Return the newest release that the requirement takes.

        Raises:
            NotFoundError: no index knows such a release, or only without a source distribution.
            NetworkError: an index could not be asked, and no other had it.

        """
        pinned = len(requirement.specifier) == 1 and next(iter(requirement.specifier)).operator in ("==", "===")
        known: dict[Version, Archive] = {}
        for place in self._places():
            for archive in self._archives(place, requirement.name):
                known.setdefault(archive.version, archive)
            found = self._choose(requirement, known)
            if found is not None and pinned:
                return found
        found = self._choose(requirement, known)
        if found is not None:
            return found
        if self.problems:
            raise NetworkError(
                f"no index could be asked: {'; '.join(self.problems)}",
                where=str(requirement),
                mend="check the network and pip's index-url, or name a directory instead",
            )
        raise NotFoundError(
            f"no such release; {_near(requirement, known)}",
            where=str(requirement),
            mend="correct the version, or the indexes that pip is configured for",
        )

    def download(self, archive: Archive) -> bytes:
        """Fetch an archive and check its sum.

        Raises:
            NetworkError: it cannot be fetched.
            HostileError: it is too large, or not what the index promised.

        """
        data = self._bytes(archive.url, MAX_ARCHIVE_BYTES, accept="*/*")
        if data is None:
            raise NetworkError("the index names a file that is not there", where=archive.url, mend="try again later")
        if archive.sha256 and hashlib.sha256(data).hexdigest() != archive.sha256:
            raise HostileError(
                "the file is not the one that the index promised (its SHA-256 differs)",
                where=archive.url,
                mend="try again; if it stays so, do not trust the index",
            )
        return data

    def _choose(self, requirement: Requirement, known: dict[Version, Archive]) -> Archive | None:
        versions = sorted(requirement.specifier.filter(known), reverse=True)
        if not versions:
            return None
        fresh = [version for version in versions if not known[version].yanked]
        return known[(fresh or versions)[0]]

    def _places(self) -> Iterator[tuple[str, bool]]:
        for link in self.config.find_links:
            yield link, False
        for url in self.config.indexes:
            yield url, True

    def _archives(self, place: tuple[str, bool], name: str) -> list[Archive]:
        url, is_index = place
        wanted = canonicalize_name(name)
        local = _local(url)
        if local is not None:
            return _in_directory(local / wanted if is_index else local, wanted)
        address = f"{url}/{wanted}/" if is_index else url
        try:
            response = self._get(address, _ACCEPT, stream=False)
        except NetworkError as error:
            self.problems.append(error.what)
            return []
        if response is None:
            return []
        if response.headers.get("Content-Type", "").startswith(_JSON):
            try:
                files = response.json().get("files", [])
                return [found for file in files if (found := _from_json(file, response.url, wanted)) is not None]
            except (ValueError, AttributeError, TypeError):
                self.problems.append(f"{_shown(address)} answers with broken JSON")
                return []
        return _from_page(response.text, response.url, wanted)

    def _bytes(self, url: str, limit: int, *, accept: str) -> bytes | None:
        local = _local(url)
        if local is not None:
            try:
                if local.stat().st_size > limit:
                    raise HostileError(f"the file is larger than {limit:,} bytes", where=str(local), mend="check it")
                return local.read_bytes()
            except OSError:
                return None
        response = self._get(url, accept, stream=True)
        if response is None:
            return None
        data = bytearray()
        try:
            for chunk in response.iter_content(1 << 20):
                data += chunk
                if len(data) > limit:
                    raise HostileError(f"the file is larger than {limit:,} bytes", where=_shown(url), mend="check it")
        except requests.RequestException as error:
            raise NetworkError(
                f"{_shown(url)} broke off ({type(error).__name__})", where=None, mend="try again"
            ) from None
        return bytes(data)

    def _get(self, url: str, accept: str, *, stream: bool) -> requests.Response | None:
        """Ask for an address; None where there is nothing (404)."""
        session = self._open()
        host = urlsplit(url).hostname or ""
        verify: Any = False if host in self.config.trusted_hosts else self.config.certificate or True
        try:
            response = session.get(
                url, headers={"Accept": accept}, stream=stream, verify=verify, timeout=(10, self.config.timeout)
            )
        except requests.RequestException as error:
            raise NetworkError(
                f"{_shown(url)} does not answer ({type(error).__name__})", mend="check the network and pip's index-url"
            ) from None
        except (ValueError, OSError) as error:
            raise NetworkError(
                f"{_shown(url)} cannot be asked ({error})", mend="check the network and pip's index-url"
            ) from None
        if response.status_code in (404, 410):
            return None
        if not response.ok:
            raise NetworkError(
                f"{_shown(url)} answers {response.status_code}", mend="check pip's index-url and its credentials"
            )
        return response

    def _open(self) -> requests.Session:
        if self._session is None:
            session = requests.Session()
            session.mount("https://", requests.adapters.HTTPAdapter(max_retries=2))
            session.mount("http://", requests.adapters.HTTPAdapter(max_retries=2))
            if self.config.proxy:
                session.proxies = {"http": self.config.proxy, "https": self.config.proxy}
            session.cert = self.config.client_certificate
            self._session = session
        return self._session


def _near(requirement: Requirement, known: dict[Version, Archive]) -> str:
    """Say which releases there are near the one that was asked for."""
    if not known:
        return f"the indexes have no source distribution of {requirement.name}"
    ordered = sorted(known)
    asked = next((spec.version.rstrip(".*") for spec in requirement.specifier), "")
    try:
        from packaging.version import Version

        place = next((n for n, version in enumerate(ordered) if version > Version(asked)), len(ordered))
    except ValueError:
        place = len(ordered)
    start = max(0, min(place - _NEAR // 2 - 1, len(ordered) - _NEAR))
    near = ", ".join(map(str, ordered[start : start + _NEAR]))
    return f"near it are {near} ({len(ordered)} in all)"


def _local(url: str) -> Path | None:
    """Return the path that a ``file:`` address or a plain path names."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    if not parts.scheme or len(parts.scheme) == 1:
        return Path(url).expanduser()
    return None


def _shown(url: str) -> str:
    """An address without the credentials in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], fragment="").geturl()


def _archive(filename: str, url: str, wanted: str, sha256: str | None, *, yanked: bool = False) -> Archive | None:
    if not filename.endswith((".tar.gz", ".tgz")):
        return None
    try:
        name, version = parse_sdist_filename(filename)
    except InvalidSdistFilename:
        return None
    return Archive(name, version, url, sha256, yanked) if name == wanted else None


def _in_directory(directory: Path, wanted: str) -> list[Archive]:
    page = directory / "index.html"
    if page.is_file() and page.stat().st_size < _MAX_PAGE_BYTES:
        return _from_page(page.read_text("utf-8", "replace"), f"{directory.resolve().as_uri()}/", wanted)
    if not directory.is_dir():
        return []
    found = (_archive(path.name, path.resolve().as_uri(), wanted, None) for path in sorted(directory.iterdir()))
    return [archive for archive in found if archive is not None]


def _from_json(file: dict[str, Any], base: str, wanted: str) -> Archive | None:
    return _archive(
        str(file["filename"]),
        urljoin(base, str(file["url"])),
        wanted,
        (file.get("hashes") or {}).get("sha256"),
        yanked=bool(file.get("yanked")),
    )


def _from_page(text: str, base: str, wanted: str) -> list[Archive]:
    parser = _Links()
    parser.feed(text)
    found = []
    for href, yanked in parser.links:
        url, fragment = urldefrag(urljoin(base, href))
        sha256 = fragment[7:] if fragment.startswith("sha256=") else None
        filename = posixpath.basename(unquote(urlsplit(url).path))
        archive = _archive(filename, url, wanted, sha256, yanked=yanked)
        if archive is not None:
            found.append(archive)
    return found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.links.append((str(values["href"]), "data-yanked" in values))
