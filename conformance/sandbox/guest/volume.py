"""Stand-in for Cinder: the client behind Nova's volume code, with volumes, snapshots and attachments.

It replaces the Cinder client, so that Nova's own translation of responses and errors runs.
"""

# ruff: noqa: D102 - the methods are those of the client library, and described there

import copy
import datetime
import types
import uuid

from cinderclient import exceptions as cexc


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


class Resource(types.SimpleNamespace):
    """A resource as the Cinder client returns it: fields are attributes, and `to_dict` returns them all."""

    def to_dict(self) -> dict:
        """Return the fields as a dictionary."""
        return copy.deepcopy(vars(self))


class VolumeStore:
    """All volumes of the cloud.

    Args:
        images: the image stand-in, for the metadata of volumes made from images.
        reimaged: called with (server id, volume id) when a volume has got a new image: Nova waits for this.
        most: the number of volumes that a project may have; None: any number.

    """

    def __init__(self, projects: list[str], images, reimaged, most: int | None = None) -> None:
        self.most = most
        self.images = images
        self.reimaged = reimaged
        self.volumes: dict[str, Resource] = {}
        self.snapshots: dict[str, Resource] = {}
        self.attachments: dict[str, dict] = {}
        for project in projects if most is None else ():
            self.new_volume(project, 1, name="sandbox-boot", bootable="true")

    def install(self, test) -> None:
        """Take the place of Cinder inside `test`, a started Nova test case."""
        test.stub_out("nova.volume.cinder.cinderclient", self.client)

    def client(self, context, microversion=None, skip_version_check=False, check_only=False) -> "Client":
        """Return a client with the rights of the request."""
        return Client(self, context)

    def new_volume(self, project: str | None, size: int, **fields) -> Resource:
        """Make a volume of `size` GiB with the status available."""
        volume = Resource(
            id=str(uuid.uuid4()),
            status="available",
            size=int(size),
            availability_zone="nova",
            created_at=_now(),
            multiattach=False,
            attachments=[],
            name=None,
            description=None,
            volume_type="sandbox",
            snapshot_id=None,
            bootable="false",
            metadata={},
            shared_targets=False,
            service_uuid=None,
            migration_status=None,
            project_id=project,
        )
        vars(volume).update(fields)
        self.volumes[volume.id] = volume
        return volume

    def settle(self, volume: Resource) -> None:
        """Derive the status of a volume and its list of attachments from the attachments.

        An attached volume counts as one that Cinder is about to migrate, because Nova swaps no other volume.
        """
        mine = [a for a in self.attachments.values() if a["volume_id"] == volume.id]
        volume.attachments = [
            {
                "server_id": a["instance"],
                "attachment_id": a["id"],
                "device": a["device"],
                "host_name": a["host"],
            }
            for a in mine
        ]
        volume.migration_status = "migrating" if mine else None
        states = {a["status"] for a in mine}
        volume.status = next(
            (
                s
                for s, when in (("in-use", "attached"), ("attaching", "attaching"), ("reserved", "reserved"))
                if when in states
            ),
            "available",
        )


class Client:
    """A Cinder client of one request, with the controllers that Nova uses."""

    def __init__(self, store: VolumeStore, context) -> None:
        self.volumes = Volumes(store, context)
        self.volume_snapshots = Snapshots(store, context)
        self.attachments = Attachments(store, context)
        self.volume_types = types.SimpleNamespace(list=lambda: [Resource(id=str(uuid.UUID(int=1)), name="sandbox")])
        limits = [Resource(name="totalSnapshotsUsed", value=0), Resource(name="maxTotalSnapshots", value=-1)]
        self.limits = types.SimpleNamespace(get=lambda: Resource(absolute=limits))


class _Controller:
    def __init__(self, store: VolumeStore, context) -> None:
        self.store = store
        self.context = context

    def _mine(self, resource: Resource) -> bool:
        return self.context.is_admin or resource.project_id == self.context.project_id

    def _volume(self, volume_id: str) -> Resource:
        volume = self.store.volumes.get(str(volume_id))
        if volume is None or not self._mine(volume):
            raise cexc.NotFound(404, message=f"Volume {volume_id} could not be found.")
        return volume

    def _snapshot(self, snapshot_id: str) -> Resource:
        snapshot = self.store.snapshots.get(str(snapshot_id))
        if snapshot is None or not self._mine(snapshot):
            raise cexc.NotFound(404, message=f"Snapshot {snapshot_id} could not be found.")
        return snapshot


class Volumes(_Controller):
    """`client.volumes`."""

    def get(self, volume_id):
        return copy.deepcopy(self._volume(volume_id))

    def list(self, detailed=True, search_opts=None):
        wanted = {k: v for k, v in (search_opts or {}).items() if k in ("name", "status")}
        return [
            copy.deepcopy(v)
            for v in self.store.volumes.values()
            if self._mine(v) and all(getattr(v, k) == w for k, w in wanted.items())
        ]

    def create(
        self,
        size,
        snapshot_id=None,
        volume_type=None,
        availability_zone=None,
        metadata=None,
        imageRef=None,  # noqa: N803
        name=None,
        description=None,
    ):
        fields: dict = {}
        mine = sum(v.project_id == self.context.project_id for v in self.store.volumes.values())
        if self.store.most is not None and mine >= self.store.most:
            message = f"VolumeLimitExceeded: Maximum number of volumes allowed ({self.store.most}) exceeded for quota"
            raise cexc.OverLimit(413, message=message)
        if size is None and snapshot_id:
            size = self._snapshot(snapshot_id).size
        if not str(size).isdigit() or int(size) < 1:
            raise cexc.BadRequest(400, message=f"Invalid volume size {size}: an integer above zero is needed.")
        if imageRef:
            image = self.store.images.images_get(self.context, imageRef)
            fields = {
                "bootable": "true",
                "volume_image_metadata": {
                    "image_id": image["id"],
                    "image_name": image["name"] or "",
                    "min_ram": str(image["min_ram"]),
                    "min_disk": str(image["min_disk"]),
                    "disk_format": "raw",
                    "container_format": "bare",
                    "size": str(image["size"]),
                },
            }
        elif snapshot_id:
            source = self.store.volumes.get(self._snapshot(snapshot_id).volume_id)
            fields = {"bootable": source.bootable if source else "false"}
        volume = self.store.new_volume(
            self.context.project_id,
            size,
            name=name,
            description=description,
            snapshot_id=snapshot_id,
            volume_type=volume_type or "sandbox",
            metadata=dict(metadata or {}),
            availability_zone=availability_zone or "nova",
            **fields,
        )
        return copy.deepcopy(volume)

    def delete(self, volume):
        row = self._volume(volume)
        if row.attachments or any(s.volume_id == row.id for s in self.store.snapshots.values()):
            raise cexc.BadRequest(400, message="Volume must not be attached nor have snapshots to be deleted.")
        del self.store.volumes[row.id]

    def begin_detaching(self, volume):
        row = self._volume(volume)
        if row.status != "in-use":
            raise cexc.BadRequest(400, message="Unable to detach volume: its status must be 'in-use'.")
        row.status = "detaching"

    def roll_detaching(self, volume):
        self.store.settle(self._volume(volume))

    def migrate_volume_completion(self, old_volume, new_volume, error):
        # From now on the attachments of the new volume belong to the old one.
        old, new = self._volume(old_volume), self._volume(new_volume)
        for attachment in self.store.attachments.values():
            if attachment["volume_id"] == new.id and not error:
                attachment["volume_id"] = old.id
        self.store.settle(old)
        self.store.settle(new)
        return {"save_volume_id": old.id}

    def get_encryption_metadata(self, volume_id):
        self._volume(volume_id)
        return {}

    def reimage(self, volume, image_id, reimage_reserved=False):
        row = self._volume(volume)
        image = self.store.images.images_get(self.context, image_id)
        row.volume_image_metadata = dict(getattr(row, "volume_image_metadata", {}), image_id=image["id"])
        for attachment in row.attachments:
            self.store.reimaged(attachment["server_id"], row.id)

    def update_status(self, volume, status):
        self._volume(volume).status = status


class Snapshots(_Controller):
    """`client.volume_snapshots`."""

    def get(self, snapshot_id):
        return copy.deepcopy(self._snapshot(snapshot_id))

    def list(self, detailed=True, search_opts=None):
        return [copy.deepcopy(s) for s in self.store.snapshots.values() if self._mine(s)]

    def create(self, volume_id, force=False, name=None, description=None):
        volume = self._volume(volume_id)
        if volume.status != "available" and not force:
            raise cexc.BadRequest(400, message="Volume is in use: its snapshot has to be forced.")
        snapshot = Resource(
            id=str(uuid.uuid4()),
            status="available",
            progress="100%",
            size=volume.size,
            created_at=_now(),
            name=name,
            description=description,
            volume_id=volume.id,
            project_id=self.context.project_id,
        )
        self.store.snapshots[snapshot.id] = snapshot
        return copy.deepcopy(snapshot)

    def delete(self, snapshot):
        del self.store.snapshots[self._snapshot(snapshot).id]

    def update_snapshot_status(self, snapshot, body):
        self._snapshot(snapshot).status = "available" if body["status"] == "creating" else body["status"]


class Attachments(_Controller):
    """`client.attachments`: records of servers that use a volume, from reservation to connection."""

    def _row(self, attachment_id: str) -> dict:
        row = self.store.attachments.get(str(attachment_id))
        if row is None:
            raise cexc.NotFound(404, message=f"Volume attachment {attachment_id} could not be found.")
        return row

    def _answer(self, row: dict) -> dict:
        info = {
            "driver_volume_type": "fake",
            "volume_id": row["volume_id"],
            "attachment_id": row["id"],
            "connector": row["connector"],
        }
        return {
            "id": row["id"],
            "instance": row["instance"],
            "status": row["status"],
            "attach_mode": "rw",
            "attached_at": row["attached_at"],
            "detached_at": "",
            "volume_id": row["volume_id"],
            "connection_info": copy.deepcopy(info) if row["connector"] else {},
        }

    def create(self, volume_id, connector, instance_id):
        volume = self._volume(volume_id)
        others = {a["instance"] for a in self.store.attachments.values() if a["volume_id"] == volume.id}
        # A second attachment for the same server is how a volume moves to another host.
        if volume.status not in ("available", "downloading") and not volume.multiattach and others != {instance_id}:
            raise cexc.BadRequest(
                400,
                message=f"Volume {volume.id} status must be available or downloading to "
                f"reserve, but the current status is {volume.status}.",
            )
        row = {
            "id": str(uuid.uuid4()),
            "volume_id": volume.id,
            "instance": instance_id,
            "connector": None,
            "status": "reserved",
            "device": None,
            "host": None,
            "attached_at": "",
        }
        self.store.attachments[row["id"]] = row
        if connector:
            self._connect(row, connector)
        self.store.settle(volume)
        return self._answer(row)

    def _connect(self, row: dict, connector: dict) -> None:
        row.update(
            connector=copy.deepcopy(connector),
            status="attaching",
            host=connector.get("host"),
            device=connector.get("mountpoint") or connector.get("device"),
        )

    def show(self, attachment_id):
        return Resource(**self._answer(self._row(attachment_id)))

    def list(self, detailed=False, search_opts=None):
        wanted = search_opts or {}
        return [
            Resource(**self._answer(a))
            for a in self.store.attachments.values()
            if wanted.get("instance_id") in (None, a["instance"]) and wanted.get("volume_id") in (None, a["volume_id"])
        ]

    def update(self, attachment_id, connector):
        row = self._row(attachment_id)
        self._connect(row, connector)
        self.store.settle(self.store.volumes[row["volume_id"]])
        return Resource(**self._answer(row))

    def complete(self, attachment_id):
        row = self._row(attachment_id)
        row.update(status="attached", attached_at=_now())
        self.store.settle(self.store.volumes[row["volume_id"]])

    def delete(self, attachment_id):
        row = self.store.attachments.pop(self._row(attachment_id)["id"])
        volume = self.store.volumes.get(row["volume_id"])
        if volume is not None:
            self.store.settle(volume)
