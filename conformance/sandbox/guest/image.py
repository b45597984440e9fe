"""Stand-in for Glance: the client behind Nova's image code, with filters, owners and statuses.

It takes the place of the Glance client, so that Nova's own translation and its rotation of backups run.
"""

import copy
import datetime
import uuid

import glanceclient.exc
import nova.image.glance

_BASE = (
    *("id", "name", "status", "visibility", "protected", "owner", "checksum", "size", "virtual_size"),
    *("min_ram", "min_disk", "container_format", "disk_format", "created_at", "updated_at", "tags", "self"),
    *("os_hidden", "os_hash_algo", "os_hash_value", "file", "schema", "direct_url", "locations"),
)
_SCHEMA = {
    "name": "image",
    "properties": {name: {"description": name, "type": "string"} for name in _BASE},
    "additionalProperties": {"type": "string"},
}
_SCHEMA["properties"]["disk_format"]["enum"] = ["qcow2", "raw", "vhd", "iso"]

# Name, bytes, properties. The smallest is first; the last can rescue a server whose disk is a volume.
STOCK = (
    ("sandbox-small", 16 * 1024 * 1024, {}),
    ("sandbox-other", 32 * 1024 * 1024, {"architecture": "x86_64"}),
    ("sandbox-rescue", 48 * 1024 * 1024, {"hw_rescue_device": "disk", "hw_rescue_bus": "virtio"}),
)


class Record(dict):
    """An image as glanceclient returns it: a mapping whose keys are attributes too."""

    schema = _SCHEMA

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class _Schema:
    def raw(self):
        return copy.deepcopy(_SCHEMA)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ImageStore:
    """All images of the cloud, and the methods of the Glance client that Nova calls.

    Args:
        stock: name, bytes and properties of the public images; None: those of `STOCK`.

    """

    def __init__(self, stock=None) -> None:
        self.images: dict[str, Record] = {}
        self.members: dict[str, set[str]] = {}
        for name, size, properties in stock or STOCK:
            image = self._new(None, name=name, visibility="public", **properties)
            image.update(status="active", size=size, disk_format="raw", container_format="bare")

    def install(self, test) -> None:
        """Take the place of Glance inside `test`, a started Nova test case."""
        store = self

        class Wrapper:
            def __init__(self, context=None, endpoint=None):
                pass

            def call(self, context, version, method, controller=None, args=None, kwargs=None):
                name = f"{controller or 'images'}_{method}"
                return getattr(store, name)(context, *(args or ()), **(kwargs or {}))

        test.stub_out("nova.image.glance.GlanceClientWrapper", Wrapper)

    def _new(self, owner: str | None, **fields) -> Record:
        created = _now()
        image = Record(
            id=str(uuid.uuid4()),
            name=None,
            status="queued",
            visibility="shared",
            protected=False,
            owner=owner,
            checksum=None,
            size=None,
            virtual_size=None,
            min_ram=0,
            min_disk=0,
            container_format=None,
            disk_format=None,
            tags=[],
            created_at=created,
            updated_at=created,
        )
        image.update(fields)
        self.images[image["id"]] = image
        return image

    def _visible(self, context, image: Record) -> bool:
        return (
            context.is_admin
            or image["visibility"] in ("public", "community")
            or image["owner"] == context.project_id
            or context.project_id in self.members.get(image["id"], ())
        )

    def _get(self, context, image_id: str) -> Record:
        image = self.images.get(str(image_id))
        if image is None or not _reads(context) or not self._visible(context, image):
            raise glanceclient.exc.HTTPNotFound(f"No image found with ID {image_id}")
        return image

    def _own(self, context, image_id: str) -> Record:
        image = self._get(context, image_id)
        # By Glance's default policy only members of an image's project may change the image.
        if not context.is_admin and (image["owner"] != context.project_id or "member" not in (context.roles or ())):
            raise glanceclient.exc.HTTPForbidden("You are not permitted to change this image.")
        return image

    # The names below are those of the client's controllers and methods.

    def schemas_get(self, context, name):
        """Return the schema of an image."""
        return _Schema()

    def images_get(self, context, image_id):
        """Return one image; raise 404 for one that the project may not see."""
        return copy.deepcopy(self._get(context, image_id))

    def images_list(
        self,
        context,
        filters=None,
        limit=None,
        page_size=None,
        marker=None,
        sort_key=None,
        sort_dir=None,
        **_kwargs,
    ):
        """Return the matching images, the newest first by default."""
        if not _reads(context):
            raise glanceclient.exc.HTTPForbidden("You are not permitted to see images.")
        rows = [i for i in self.images.values() if self._visible(context, i) and _matches(i, filters or {})]
        rows.sort(
            key=lambda i: (str(i.get(sort_key or "created_at")), i["id"]),
            reverse=(sort_dir or "desc") == "desc",
        )
        if marker:
            ids = [i["id"] for i in rows]
            if marker not in ids:
                raise glanceclient.exc.HTTPBadRequest(f"Marker {marker} could not be found")
            rows = rows[ids.index(marker) + 1 :]
        return iter(copy.deepcopy(rows[: int(limit)] if limit else rows))

    def images_create(self, context, **fields):
        """Create a record without data: status `queued`."""
        if fields.get("id") in self.images:
            raise glanceclient.exc.HTTPConflict("Image ID already exists.")
        return copy.deepcopy(self._new(context.project_id, **fields))

    def images_update(self, context, image_id, remove_props=None, **fields):
        """Change fields and properties of an image."""
        image = self._own(context, image_id)
        for name in remove_props or ():
            image.pop(name, None)
        image.update(fields, updated_at=_now())
        return copy.deepcopy(image)

    def images_upload(self, context, image_id, data):
        """Accept the data of an image, which becomes active."""
        image = self._own(context, image_id)
        content = data.read() if hasattr(data, "read") else data
        image.update(status="active", size=len(content), updated_at=_now())
        image["disk_format"] = image["disk_format"] or "raw"
        image["container_format"] = image["container_format"] or "bare"

    def images_data(self, context, image_id, **_kwargs):
        """Return the data of an image: there is none."""
        self._get(context, image_id)
        return iter(())

    def images_delete(self, context, image_id):
        """Delete an image; 403 for another project's and for a protected one."""
        if self._own(context, image_id)["protected"]:
            raise glanceclient.exc.HTTPForbidden(f"Image {image_id} is protected and cannot be deleted.")
        del self.images[str(image_id)]

    def images_image_import(self, context, image_id, **_kwargs):
        """Refuse: there is one store only."""
        raise glanceclient.exc.HTTPConflict("There is only one store.")

    def image_members_create(self, context, image_id, member_id):
        """Let another project see an image."""
        self._own(context, image_id)
        self.members.setdefault(str(image_id), set()).add(member_id)

    def finish(self, context, image_id) -> None:
        """Activate an image as the upload of a snapshot does. A missing image is not an error."""
        if str(image_id) in self.images:
            nova.image.glance.API().update(
                context,
                image_id,
                {"disk_format": "raw", "container_format": "bare"},
                data=b"snapshot",
                purge_props=False,
            )


def _reads(context) -> bool:
    """True if the request has at least the role reader, which Glance's default policy requires to see images.

    Without it, a list is refused with 403, and an image with 404, which hides that it exists.
    """
    return context.is_admin or not context.roles or "reader" in context.roles


def _matches(image: Record, filters: dict) -> bool:
    for key, want in filters.items():
        if key in ("size_min", "size_max"):
            size = image["size"] or 0
            if not (size >= int(want) if key == "size_min" else size <= int(want)):
                return False
        elif key in ("created_at", "updated_at") and ":" in str(want):
            operator, _, moment = str(want).partition(":")
            if not _compare(operator, image[key], moment):
                return False
        elif key == "member_status":
            continue
        elif str(image.get(key)) != str(want):
            return False
    return True


def _compare(operator: str, have: str, moment: str) -> bool:
    try:
        then = datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        raise glanceclient.exc.HTTPBadRequest(f"Invalid time {moment}") from None
    if then.tzinfo is None:
        then = then.replace(tzinfo=datetime.UTC)
    at = datetime.datetime.fromisoformat(have.replace("Z", "+00:00"))
    table = {"gte": at >= then, "gt": at > then, "lte": at <= then, "lt": at < then, "eq": at == then}
    return table.get(operator, False)
