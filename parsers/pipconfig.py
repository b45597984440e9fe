"""Which package indexes pip is configured for, read the way pip reads it; where nothing is, pip's own default."""

from __future__ import annotations

import configparser
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pip._internal.models.index import PyPI

DEFAULT_INDEX = str(PyPI.simple_url)
_SECTIONS = ("global", "download")


@dataclass(frozen=True)
class PipConfig:
    """What of pip's configuration concerns finding and fetching a file.

    Attributes:
        indexes: simple indexes, the main one first; empty under ``no-index``.
        find_links: directories and pages that hold files.
        certificate, client_certificate: paths for TLS; proxy: address of a proxy.
        trusted_hosts: hosts whose certificate is not checked.
        timeout: seconds.

    """

    indexes: tuple[str, ...] = (DEFAULT_INDEX,)
    find_links: tuple[str, ...] = ()
    certificate: str | None = None
    client_certificate: str | None = None
    proxy: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 15.0


def read_pip_config() -> PipConfig:
    """Read pip's configuration files and environment; what comes later goes before what comes earlier."""
    values: dict[str, str] = {}
    for path in _files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in _SECTIONS:
            if parser.has_section(section):
                values.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            values[name[4:].lower().replace("_", "-")] = value
    main = values.get("index-url") or values.get("pypi-url") or DEFAULT_INDEX
    indexes = () if _true(values.get("no-index")) else (main, *values.get("extra-index-url", "").split())
    try:
        timeout = float(values.get("timeout") or values.get("default-timeout") or 15)
    except ValueError:
        timeout = 15.0
    return PipConfig(
        indexes=tuple(dict.fromkeys(url.rstrip("/") for url in indexes)),
        find_links=tuple(values.get("find-links", "").split()),
        certificate=values.get("cert"),
        client_certificate=values.get("client-cert"),
        proxy=values.get("proxy"),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        timeout=min(timeout, 60.0),
    )


def _true(value: str | None) -> bool:
    return (value or "").strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _files() -> list[Path]:
    """Return pip's configuration files in the order in which it reads them."""
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return []
    home = Path.home()
    if sys.platform == "win32":
        found = [
            Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip/pip.ini",
            home / "pip/pip.ini",
            Path(os.environ.get("APPDATA", str(home))) / "pip/pip.ini",
            Path(sys.prefix) / "pip.ini",
        ]
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME", home / ".config"))
        shared = [
            Path(part) / "pip/pip.conf"
            for part in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)
            if part
        ]
        mac = [Path("/Library/Application Support/pip/pip.conf")] if sys.platform == "darwin" else []
        found = [
            *mac,
            *shared,
            Path("/etc/pip.conf"),
            home / ".pip/pip.conf",
            base / "pip/pip.conf",
            Path(sys.prefix) / "pip.conf",
        ]
    return [*found, Path(own)] if own else found
