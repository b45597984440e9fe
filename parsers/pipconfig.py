"""pip's configuration: the places where pip looks for files. Source of the rules: pip's documentation, "Configuration".

`pip config list` is not used: newer releases of pip print it file by file in alphabetical order, so it no longer shows
which of two values takes effect; and an environment need not have pip at all.
"""

from __future__ import annotations

import configparser
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from unearth import PackageFinder

# A later section overrides an earlier one, even from another file; the environment overrides both.
_SECTIONS = ("global", "download")


@dataclass(frozen=True)
class PipConfig:
    """The part of pip's configuration that concerns finding and fetching a file.

    Attributes:
        indexes: simple indexes, the main one first; empty under ``no-index``.
        find_links: directories and pages with files.
        certificate, client_certificate: paths for TLS; proxy: address of a proxy.
        trusted_hosts: hosts whose certificate is not checked, or that need not speak TLS.
        timeout: seconds.

    """

    indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    certificate: str | None = None
    client_certificate: str | None = None
    proxy: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 15.0


def read_pip_config() -> PipConfig:
    """Read pip's configuration files and environment; an empty value counts as none."""
    values = _values()
    # Without an index, unearth uses the public one, as pip does.
    main = values.get("index-url") or values.get("pypi-url") or PackageFinder().sources[0]["url"]
    indexes = () if _true(values.get("no-index")) else (main, *values.get("extra-index-url", "").split())
    try:
        timeout = float(values.get("timeout") or values.get("default-timeout") or 15)
    except ValueError:
        timeout = 15.0
    return PipConfig(
        indexes=tuple(dict.fromkeys(url.rstrip("/") for url in indexes)),
        find_links=tuple(values.get("find-links", "").split()),
        certificate=values.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE"),
        client_certificate=values.get("client-cert"),
        proxy=values.get("proxy"),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        timeout=min(timeout, 60.0),
    )


def _values() -> dict[str, str]:
    sections: dict[str, dict[str, str]] = {name: {} for name in _SECTIONS}
    for path in _files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in filter(parser.has_section, _SECTIONS):
            sections[section].update(parser.items(section))
    environment = {name[4:].lower(): value for name, value in os.environ.items() if name.startswith("PIP_")}
    values: dict[str, str] = {}
    for group in (*sections.values(), environment):
        values.update({key.replace("_", "-"): value for key, value in group.items() if value})
    return values


def _true(value: str | None) -> bool:
    return (value or "").strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _files() -> list[Path]:
    """Return pip's configuration files: of the machine, the user, the environment, and ``PIP_CONFIG_FILE``."""
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return []
    if sys.platform == "darwin":
        machine = [platformdirs.site_data_dir("pip", appauthor=False, multipath=True)]
        user = Path(platformdirs.user_data_dir("pip", appauthor=False))
        user = user if user.is_dir() else Path.home() / ".config/pip"
    else:
        machine = [platformdirs.site_config_dir("pip", appauthor=False, multipath=True), "/etc"]
        user = Path(platformdirs.user_config_dir("pip", appauthor=False))
    folders = [Path(part) for text in machine for part in text.split(os.pathsep)]
    if not own or not Path(own).exists():  # such a file replaces the user's
        folders += [Path.home() / ".pip", user]
    return [*(folder / "pip.conf" for folder in (*folders, Path(sys.prefix))), *([Path(own)] if own else [])]
