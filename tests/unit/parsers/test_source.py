"""Where a release comes from: pip's indexes and settings, and files of a release on disk."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import ssl
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from packaging.requirements import Requirement
from reference_files import write
from unearth import Link, Package

from parsers.errors import DocumentError, HostileError, NetworkError, NotFoundError
from parsers.index import Indexes
from parsers.pipconfig import PipConfig, read_pip_config
from parsers.source import fetch, open_source


def _archive(top: Path, name: str = "things-1.2.3") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(top, name)
    return buffer.getvalue()


@dataclass
class _Index:
    """A package index on this machine."""

    files: dict[str, bytes] = field(default_factory=dict)
    form: str = "json"
    status: int = 200
    wrong_sums: bool = False
    kind: str | None = None
    authorization: str | None = None
    listed: list[str] = field(default_factory=list)
    yanked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    server: ThreadingHTTPServer = field(init=False)

    def page(self, name: str) -> tuple[str, bytes]:
        sums = {n: "0" * 64 if self.wrong_sums else hashlib.sha256(d).hexdigest() for n, d in self.files.items()}
        sums |= dict.fromkeys(self.listed, "0" * 64)
        mine = [n for n in sums if n.startswith(name)]
        if self.form == "json":
            files = [
                {
                    "filename": n,
                    "url": f"../../files/{n}",
                    "hashes": {"sha256": sums[n]},
                    "yanked": n in self.yanked,
                }
                for n in mine
            ]
            return "application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode()
        if self.form == "broken":
            return "application/vnd.pypi.simple.v1+json", b"{"
        links = "".join(f'<a href="../../files/{n}#sha256={sums[n]}">{n}</a>' for n in mine)
        return "text/html", f"<html>{links}</html>".encode()


@pytest.fixture
def index() -> Iterator[_Index]:
    held = _Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append(self.path)
            parts = self.path.strip("/").split("/")
            if held.authorization is not None and self.headers["Authorization"] != held.authorization:
                self.send_error(401)
                return
            if held.status != 200:
                self.send_error(held.status)
                return
            if parts[0] == "moved":
                self.send_response(302)
                self.send_header("Location", self.path.replace("/moved", "/simple"))
                self.end_headers()
                return
            if parts[0] == "files" and parts[1] in held.files:
                kind, content = "application/octet-stream", held.files[parts[1]]
            elif parts[0] == "simple" and any(name.startswith(parts[1]) for name in held.files):
                kind, content = held.page(parts[1])
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", held.kind or kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    held.server = server
    held.url = f"http://127.0.0.1:{server.server_port}/simple"
    yield held
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's pip, nor of its cache."""
    import os

    for name in [name for name in os.environ if name.startswith("PIP_") or name == "REQUESTS_CA_BUNDLE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_release_is_fetched_checked_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index, form: str
) -> None:
    index.files["things-1.2.3.tar.gz"] = _archive(write(tmp_path / "r"))
    index.form = form
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    layout, _ = open_source("things==1.2.3")
    assert (layout.package, layout.version, layout.top) == ("things", "1.2.3", "api-ref/source")
    assert index.asked == ["/simple/things/", "/files/things-1.2.3.tar.gz"]
    index.status = 500  # asked no more
    assert open_source("things==1.2.3")[0].root.directory == layout.root.directory


def test_an_index_on_disk_and_links_to_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _archive(write(tmp_path / "r"))
    for place in ("simple/things", "wheels"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "things-1.2.3.tar.gz").write_bytes(data)
    (tmp_path / "simple/things/index.html").write_text('<a href="things-1.2.3.tar.gz">things</a>')
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    assert fetch("things").name == "things-1.2.3"
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path / "other"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(NotFoundError):
        fetch("things")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    assert fetch("things>=1,<2").name == "things-1.2.3"


def test_an_unknown_release_names_its_neighbours(monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    index.files = {f"things-{n}.0.0.tar.gz": b"" for n in range(1, 20)}
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(NotFoundError) as caught:
        fetch("things==7.5")
    assert str(caught.value) == (
        "things==7.5: there is no such release; the nearest releases are 5.0.0, 6.0.0, 7.0.0, 8.0.0, 9.0.0 (19 in "
        "all); correct the version, or the indexes in pip's configuration."
    )
    with pytest.raises(NotFoundError, match="the indexes have no source distribution of nothing"):
        fetch("nothing==1")


def test_no_network_is_said_so(monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(NetworkError) as caught:
        fetch("things==1")
    assert str(caught.value) == (
        "things==1: no package index could be reached: http://***@127.0.0.1:9/simple/things/ does not answer "
        "(ConnectError); check the network and pip's index-url, or give a directory instead."
    )
    index.status = 503
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(NetworkError, match="returns status 503"):
        fetch("things==1")


@pytest.mark.parametrize("place", ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"])
def test_one_place_that_fails_does_not_hide_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index, place: str
) -> None:
    index.files["things-1.2.3.tar.gz"] = _archive(write(tmp_path / "r"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv(place, f"{index.url}/things/" if "LINKS" in place else index.url)
    assert fetch("things==1.2.3").name == "things-1.2.3"
    with pytest.raises(
        NetworkError, match=r"a package index could not be reached, and the others do not have the release: http"
    ):
        fetch("things==7")


def test_an_index_that_moved_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    index.files["things-1.2.3.tar.gz"] = _archive(write(tmp_path / "r"))
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("/simple", "/moved"))
    assert fetch("things==1.2.3").name == "things-1.2.3"


@pytest.mark.parametrize("source", ["address", "netrc", "nothing"])
def test_credentials_come_from_the_address_or_from_netrc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index, source: str
) -> None:
    index.files["things-1.2.3.tar.gz"] = _archive(write(tmp_path / "r"))
    index.authorization = "Basic " + base64.b64encode(b"me:secret").decode()
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n" if source == "netrc" else "")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    address = index.url.replace("://", "://me:secret@") if source == "address" else index.url
    monkeypatch.setenv("PIP_INDEX_URL", address)
    if source == "nothing":
        with pytest.raises(NetworkError, match="returns status 401"):
            fetch("things==1.2.3")
    else:
        assert fetch("things==1.2.3").name == "things-1.2.3"


def test_a_host_that_pip_would_not_trust_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://index.invalid/simple")
    with pytest.raises(
        NetworkError, match=r"http://index.invalid/simple is not https, and its host is not one of pip's"
    ):
        fetch("things==1")


def test_an_index_behind_a_certificate_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index
) -> None:
    index.files["things-1.2.3.tar.gz"] = _archive(write(tmp_path / "r"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").configure_cert(context)
    index.server.socket = context.wrap_socket(index.server.socket, server_side=True)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("http:", "https:"))
    with pytest.raises(NetworkError, match="does not answer"):
        fetch("things==1.2.3")
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "none.pem"))
    with pytest.raises(NetworkError, match=r"none.pem: pip's certificates cannot be read"):
        fetch("things==1.2.3")
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "ca.pem"))
    assert fetch("things==1.2.3").name == "things-1.2.3"
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path / "other"))
    monkeypatch.delenv("PIP_CERT")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "127.0.0.1")
    assert fetch("things==1.2.3").name == "things-1.2.3"


def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_PROXY", "nonsense://x")
    with pytest.raises(NetworkError, match="no package index can be used"):
        fetch("things==1")


@pytest.mark.parametrize("name", ["things-1.2.3-py3-none-any.whl", "things-1.2.3.zip", "other-1.2.3.tar.gz", "things"])
def test_only_source_distributions_of_this_name_count(
    monkeypatch: pytest.MonkeyPatch, index: _Index, name: str
) -> None:
    index.files = {name: b"", "things-1.tar.gz": b""}
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(NotFoundError, match=r"the nearest releases are 1 \(1 in all\)"):
        fetch("things==1.2.3")


def test_broken_answers(monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    index.files["things-1.2.3.tar.gz"] = b"no archive"
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(DocumentError, match="this is not an archive"):
        fetch("things==1.2.3")
    index.kind = "text/plain"
    with pytest.raises(NetworkError, match="returns text/plain, which is not a page of a package index"):
        fetch("things==1.2.3")
    index.kind, index.form = None, "broken"
    with pytest.raises(NetworkError, match="returns an invalid page"):
        fetch("things==1.2.3")


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_file_that_is_not_the_promised_one(monkeypatch: pytest.MonkeyPatch, index: _Index, form: str) -> None:
    index.files["things-1.2.3.tar.gz"] = b"another"
    index.form, index.wrong_sums = form, True
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(HostileError) as caught:
        fetch("things==1.2.3")
    assert str(caught.value) == (
        f"{index.url.removesuffix('/simple')}/files/things-1.2.3.tar.gz: the file does not have the sha256 "
        "checksum that the index gives; try again; if the error stays, do not trust the index."
    )


def test_a_weak_sum_that_agrees_does_not_make_up_for_a_strong_one_that_differs(index: _Index) -> None:
    index.files["things-1.2.3.tar.gz"] = data = b"another"
    sums = {"md5": hashlib.md5(data).hexdigest(), "sha256": "0" * 64}
    address = f"{index.url.removesuffix('/simple')}/files/things-1.2.3.tar.gz"
    with Indexes(PipConfig((index.url,))) as indexes, pytest.raises(HostileError, match="sha256"):
        indexes.download(Package("things", "1.2.3", Link(address, hashes=sums)))


@pytest.mark.parametrize("local", [True, False])
def test_a_file_that_is_too_large_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index, local: bool
) -> None:
    monkeypatch.setattr("parsers.index.MAX_ARCHIVE_BYTES", 1000)
    index.files["things-1.2.3.tar.gz"] = b"x" * 2000
    (tmp_path / "things-1.2.3.tar.gz").write_bytes(b"x" * 2000)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    if local:
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(HostileError, match="larger than 1,000 bytes"):
        fetch("things==1.2.3")


def test_a_file_that_the_index_lists_and_does_not_have(monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    index.listed = ["things-1.2.3.tar.gz"]
    index.files["things-1.tar.gz"] = b""
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(NetworkError, match=r"files/things-1.2.3.tar.gz returns status 404"):
        fetch("things==1.2.3")


@pytest.mark.parametrize("text", ["things==", "things = 1", "./none", "none.inc", "http://127.0.0.1:9/x"])
def test_what_is_neither_path_nor_requirement(text: str) -> None:
    with pytest.raises(NotFoundError, match="is not a requirement either"):
        open_source(text)


def test_a_release_without_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: _Index) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r/README.rst").write_text("Nothing.\n")
    index.files["things-1.2.3.tar.gz"] = _archive(tmp_path / "r")
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(NotFoundError, match=r"^things==1.2.3: the release contains no API reference"):
        open_source("things==1.2.3")


def test_withdrawn_releases_and_pre_releases_are_a_last_resort(index: _Index) -> None:
    index.files = {f"things-{version}.tar.gz": b"" for version in ("1.0.0", "2.0.0", "2.5.0", "3.0.0rc1")}
    index.yanked = ["things-2.5.0.tar.gz"]
    with Indexes(PipConfig((index.url,))) as indexes:

        def found(text: str) -> str | None:
            return indexes.find(Requirement(text)).version

        assert found("things") == "2.0.0"
        assert found("things>2") == "2.5.0"
        assert found("things==3.0.0rc1") == found("things>2.6") == "3.0.0rc1"


def test_pip_is_read_as_pip_reads_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pip.conf"
    path.write_text(
        "[global]\nindex-url = https://a.example/simple/\nextra-index-url =\n  file:///b\n  https://c.example/s\n"
        "timeout = 7\n[download]\nno_index = false\n[install]\nindex-url = https://not.example\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "none"))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "none"))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip/pip.conf").write_text("[global]\nproxy = http://user.example\n")
    config = read_pip_config()
    assert config.proxy is None  # PIP_CONFIG_FILE stands in for the user's own file
    assert config.indexes == ("https://a.example/simple", "file:///b", "https://c.example/s")
    assert config.timeout == 7
    monkeypatch.setenv("PIP_INDEX_URL", "https://e.example/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "e.example")
    assert read_pip_config().indexes[0] == "https://e.example/simple"
    assert read_pip_config().trusted_hosts == ("e.example",)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    assert read_pip_config().proxy == "http://user.example"


def test_a_section_of_pip_goes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, text in (
        ("machine/pip", "[download]\nindex-url = https://section.example\n[global]\nproxy = http://one.example\n"),
        ("user/pip", "[global]\nindex-url = https://file.example\nproxy = http://two.example\n"),
    ):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "pip.conf").write_text(text)
    monkeypatch.delenv("PIP_CONFIG_FILE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "machine"))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "none"))
    config = read_pip_config()
    assert (config.indexes, config.proxy) == (("https://section.example",), "http://two.example")


def test_no_index_named_is_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (index,) = read_pip_config().indexes
    assert index.startswith("https://")
    monkeypatch.setenv("PIP_NO_INDEX", "true")
    assert read_pip_config().indexes == ()
