"""Unpacking a source distribution: dangerous, oversized and broken archives are refused."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from parsers.archive import unpack
from parsers.errors import DocumentError, HostileError


def _tar(*members: tuple[str, bytes | str | None]) -> bytes:
    """Make an archive; a string as content is a link's target, None a device."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
                continue
            member.type = tarfile.CHRTYPE if content is None else tarfile.SYMTYPE
            member.linkname = content or ""
            archive.addfile(member)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "member",
    [("../out.rst", b""), ("/tmp/out.rst", b""), ("a/link.rst", "../../../../etc/passwd"), ("a/device.rst", None)],
)
def test_dangerous_members_are_refused(tmp_path: Path, member: tuple[str, bytes | str | None]) -> None:
    if member[0].startswith("/"):
        # The filter takes the leading slash away: the file lands inside.
        unpack(_tar(member), tmp_path, "here")
        assert (tmp_path / "tmp/out.rst").exists()
        return
    with pytest.raises(HostileError, match="dangerous file"):
        unpack(_tar(member), tmp_path, "here")


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsers.archive._MAX_UNPACKED", 1000)
    with pytest.raises(HostileError, match="unpacks to more"):
        unpack(_tar(("a/b.rst", b"x" * 2000)), tmp_path, "here")


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 100, gzip.compress(b"x" * 100), _tar(("a.rst", b""), ("b.rst", b""))],
    ids=["nothing", "text", "compressed text", "an archive without a folder"],  # archives hold the time of day
)
def test_what_is_no_distribution(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"not an archive|not a source distribution"):
        unpack(data, tmp_path, "here")


def test_program_code_stays_packed(tmp_path: Path) -> None:
    data = _tar(("t/PKG-INFO", b""), ("t/api-ref/source/conf.py", b""), ("t/things/api/server.py", b""))
    top = unpack(data, tmp_path, "here")
    assert sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()) == [
        "PKG-INFO",
        "api-ref/source/conf.py",
    ]
