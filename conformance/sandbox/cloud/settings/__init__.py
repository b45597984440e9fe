"""The configuration of the six services, as sections and options, and the files that are written from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from conformance.sandbox.cloud.layout import SERVICES, Layout
from conformance.sandbox.cloud.settings import compute, identity, image, network, placement, volume
from conformance.sandbox.cloud.settings.common import Sections, common, merged

_OWN: Mapping[str, Callable[[Layout], Sections]] = {
    "keystone": identity.sections,
    "placement": placement.sections,
    "glance": image.sections,
    "cinder": volume.sections,
    "neutron": network.sections,
    "nova": compute.sections,
}
_SHIPPED = {
    "glance": (image.PASTE,),
    "cinder": (volume.PASTE, volume.FILTERS),
    "neutron": (network.PASTE,),
    "nova": (compute.PASTE,),
}
"""Files of a release that are copied unchanged into the folder of the service's configuration."""

__all__ = ["Sections", "files", "render", "write"]


def render(sections: Sections) -> str:
    """Return the text of a configuration file."""
    return "\n".join(
        line
        for section, options in sections.items()
        for line in (f"[{section}]", *(f"{name} = {_text(value)}" for name, value in options.items()), "")
    )


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ",".join(str(one) for one in value)
    # For oslo.config a dollar begins the name of another option.
    return str(value).replace("$", "$$")


def files(layout: Layout) -> dict[Path, str]:
    """Return path -> text of all configuration files of a cloud."""
    written = {}
    for service in SERVICES:
        sections = merged(common(layout, service.name), _OWN[service.name](layout))
        name = "glance-api" if service.name == "glance" else service.name
        written[layout.configuration(service.name) / f"{name}.conf"] = render(sections)
    plugins = layout.configuration("neutron") / "plugins" / "ml2" / "ml2_conf.ini"
    written[plugins] = render(network.plugin_sections())
    if not layout.as_installed:
        written[layout.configuration("nova") / compute.POLICY] = compute.policy()
    return written | network.entry_points(layout)


def write(layout: Layout) -> None:
    """Write the configuration of a cloud. Raises OSError: a file cannot be written or read."""
    for path, text in files(layout).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for service, names in _SHIPPED.items():
        for name in names:
            shutil.copyfile(layout.shipped(service, name), layout.configuration(service) / name)
