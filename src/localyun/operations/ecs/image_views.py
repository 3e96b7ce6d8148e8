"""What is shown of an image, by what it is to the account that asks."""

from localyun.model import Image, Instance
from localyun.model.access import RECEIVED, Relation
from localyun.model.image_rules import is_usable
from localyun.model.images import CREATING, WAITING
from localyun.model.standing import Condition
from localyun.operations.common import Tags, progress, tags_view
from localyun.operations.context import Context
from localyun.spec.declare import UNSET, Unset, View
from localyun.wire import times

ALIASES = {
    Relation.OWNER: "self",
    Relation.SHAREE: "others",
    Relation.GUEST: "others",
    Relation.COMMUNITY: "others",
    Relation.PUBLIC: "system",
    Relation.MARKETPLACE: "marketplace",
}
"""What an image's owner is called, by what the image is to the caller."""


class DiskDeviceMapping(View):
    """A disk of an image."""

    type: str
    progress: str
    snapshot_id: str
    device: str
    size: str
    format: str
    encrypted: bool
    import_oss_bucket: str | Unset = UNSET
    import_oss_object: str | Unset = UNSET
    remain_time: int | Unset = UNSET


class DiskDeviceMappings(View):
    """The disks of an image, the system disk first."""

    disk_device_mapping: list[DiskDeviceMapping]


class DetectionItem(View):
    """One finding of the image check."""

    name: str | Unset = UNSET
    value: str | Unset = UNSET
    risk_level: str | Unset = UNSET
    risk_code: str | Unset = UNSET


class DetectionItems(View):
    """What the image check found."""

    item: list[DetectionItem]


class DetectionOptions(View):
    """The image check."""

    status: str | Unset = UNSET
    items: DetectionItems | Unset = UNSET


class Features(View):
    """What an image can do."""

    nvme_support: str
    imds_support: str
    cpu_online_upgrade: str | Unset = UNSET
    cpu_online_downgrade: str | Unset = UNSET
    memory_online_upgrade: str | Unset = UNSET
    memory_online_downgrade: str | Unset = UNSET


class SecureBoot(View):
    """How an image starts securely."""

    secure_boot_support: str | Unset = UNSET


class ImageView(View):
    """An image, as the caller sees it."""

    creation_time: str
    status: str
    image_family: str
    progress: str
    is_copied: bool
    is_support_io_optimized: bool
    image_owner_alias: str
    is_support_cloudinit: bool
    image_version: str
    usage: str
    is_self_shared: str
    description: str
    size: int
    resource_group_id: str
    platform: str
    os_name_en: str
    image_name: str
    os_name: str
    image_id: str
    os_type: str
    is_subscribed: bool
    product_code: str
    architecture: str
    boot_mode: str
    disk_device_mappings: DiskDeviceMappings
    tags: Tags
    is_public: bool
    login_as_non_root_supported: bool
    features: Features
    license_type: str
    usable: bool
    image_owner_id: int | Unset = UNSET
    supplier_name: str | Unset = UNSET
    detection_options: DetectionOptions | Unset = UNSET
    secure_boot_options: SecureBoot | Unset = UNSET


def usage(ctx: Context, image: Image) -> str:
    """Whether the caller has instances made from an image; other accounts' aren't told."""
    return "instance" if ctx.tx.count(Instance, image=image.id, owner=ctx.account) else "none"


def image_view(ctx: Context, image: Image, relation: Relation) -> ImageView:
    """Show an image. Only its owner learns that it is shared, only a sharee whose it is."""
    status = image.phase.at(ctx.now)
    done = progress(image.phase, image.created_at, ctx.now, ctx.compute.progress(image.id))
    shared = relation is Relation.OWNER and ctx.images.is_shared(image)
    return ImageView(
        creation_time=times.seconds(image.created_at),
        status=status,
        image_family=image.family,
        progress=done,
        is_copied=bool(image.copied_from),
        is_support_io_optimized=image.supports_io_optimized,
        image_owner_alias=ALIASES[relation],
        is_support_cloudinit=image.supports_cloudinit,
        image_version=image.version,
        usage=usage(ctx, image),
        is_self_shared="true" if shared else "",
        description=image.description,
        size=image.size,
        resource_group_id=image.resource_group,
        platform=image.platform,
        os_name_en=image.os_name_en,
        image_name=image.name,
        os_name=image.os_name,
        image_id=image.id,
        os_type=image.os_type,
        is_subscribed=relation is Relation.MARKETPLACE and not ctx.is_in(Condition.NOT_SUBSCRIBED),
        product_code=image.product_code,
        architecture=image.architecture,
        boot_mode=image.boot_mode,
        disk_device_mappings=DiskDeviceMappings(
            disk_device_mapping=[
                DiskDeviceMapping(
                    type=disk.kind,
                    progress=done,
                    snapshot_id=disk.snapshot,
                    device=disk.device,
                    size=str(disk.size),
                    format=disk.format,
                    encrypted=disk.encrypted,
                )
                for disk in image.disks
            ]
        ),
        tags=tags_view(image.tags),
        is_public=image.is_published or image.public,
        image_owner_id=int(image.owner) if relation in RECEIVED else UNSET,
        login_as_non_root_supported=False,
        features=Features(nvme_support=image.nvme_support, imds_support=image.imds_support),
        license_type=image.license_type,
        usable=is_usable(status),
        supplier_name=image.supplier or UNSET,
        detection_options=_detection(status) if image.checked else UNSET,
    )


def _detection(status: str) -> DetectionOptions:
    """The check of an image, which begins when the image is made and finds nothing."""
    done = status not in (CREATING, WAITING)
    return DetectionOptions(status="Finished" if done else "Processing", items=DetectionItems(item=[]))
