"""The parts of the cloud that a variant of the sandbox changes; the parent sends them as JSON.

This module imports nothing of Nova, so that the parent can use it too.
"""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Changes:
    """The differences of a cloud from the ordinary sandbox.

    Attributes:
        options: (group, name, value) of Nova's options, set after those of `settings`.
        images: (name, bytes, properties) of all public images; None: those of `image.STOCK`.
        local_disks: False if no flavor has a disk, so that servers boot from volumes only.
        floating_pool: False if there is no network of floating IPs.
        floating_ips: the number of floating IPs that a project may have; None: any number.
        block_storage: False if the catalogue names no block storage service.
        volumes: the number of volumes that a project may have; None: any number.
        bare_metal: False if the cloud has no bare metal service.
        readers_only: False if the policy has Nova's own defaults, which let every token use some operations.
    """

    options: tuple[tuple[str | None, str, object], ...] = ()
    images: tuple[tuple[str, int, dict[str, str]], ...] | None = None
    local_disks: bool = True
    floating_pool: bool = True
    floating_ips: int | None = None
    block_storage: bool = True
    volumes: int | None = None
    bare_metal: bool = True
    readers_only: bool = True

    def text(self) -> str:
        """Return the fields as JSON."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def read(cls, text: str) -> "Changes":
        """Read the JSON of `text`; an unknown field is a TypeError."""
        return cls(**json.loads(text))
