"""DescribeImages: the images that an account may see in a region, and what is shown of each."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from localyun import catalogue
from localyun.model import Image, Instance
from localyun.model.access import RECEIVED, Relation
from localyun.model.image_rules import is_usable, runs_on
from localyun.model.images import AVAILABLE, CREATING, STATUSES, WAITING
from localyun.model.standing import Condition
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    TagItem,
    Tags,
    created_within,
    fuzzy,
    having,
    page,
    progress,
    tags_asked_for,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Request, Unset, View, param
from localyun.wire import times

ALL = "ALL"
"""Stands for every status; it comes alone."""

ALIASES = {
    Relation.OWNER: "self",
    Relation.SHAREE: "others",
    Relation.GUEST: "others",
    Relation.COMMUNITY: "others",
    Relation.PUBLIC: "system",
    Relation.MARKETPLACE: "marketplace",
}
"""What an image's owner is called, by what the image is to the caller."""

LISTED = (Relation.OWNER, Relation.SHAREE, Relation.PUBLIC)
"""What is listed unless community images are asked for, in this order."""


class DescribeImages(Request):
    """List images: one's own, those that others share with one, the provider's, and the community's."""

    region_id: RegionId
    status: Annotated[str, param("Statuses, separated by commas; or ALL.")] = AVAILABLE
    image_id: Annotated[
        str | None, param("Ids, separated by commas; one that isn't visible is no error.")
    ] = None
    show_expired: Accepted[bool] = False
    snapshot_id: Annotated[str | None, param("A snapshot that the image is made from.")] = None
    image_name: Annotated[str | None, param("The exact name, or a pattern in which * is anything.")] = None
    image_family: Annotated[str | None, param("The exact family.")] = None
    image_owner_alias: Annotated[
        Literal["system", "self", "others", "marketplace"] | None,
        param(
            "Whose images; everybody's but the Marketplace's and the community's by default.",
            malformed=errors.IMAGE_OWNER_ALIAS,
        ),
    ] = None
    instance_type: Annotated[str | None, param("An instance type that can start from the image.")] = None
    is_support_io_optimized: Annotated[bool | None, param("Whether it runs on I/O optimized instances.")] = (
        None
    )
    is_support_cloudinit: Annotated[bool | None, param("Whether it supports cloud-init.")] = None
    os_type: Annotated[
        Literal["windows", "linux"] | None, param("The operating system.", malformed=errors.IMAGES_OS_TYPE)
    ] = None
    architecture: Annotated[
        Literal["i386", "x86_64", "arm64"] | None,
        param("The processor's architecture.", malformed=errors.IMAGES_ARCHITECTURE),
    ] = None
    page_number: PageNumber = 1
    page_size: PageSize = 10
    usage: Annotated[
        Literal["instance", "none"] | None,
        param("Whether the caller has instances made from it.", malformed=errors.IMAGES_USAGE),
    ] = None
    dry_run: DryRun = False
    action_type: Accepted[Literal["CreateEcs", "ChangeOS"]] = None
    resource_group_id: Annotated[str | None, param("The resource group.")] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags, all of which the image has.")] = ()
    filter: Annotated[
        tuple[FilterItem, ...],
        param("CreationStartTime and CreationEndTime (yyyy-MM-ddTHH:mmZ), NetworkType (vpc, classic)."),
    ] = ()
    is_public: Annotated[bool, param("Community images, which ask for the owner alias others.")] = False
    image_owner_id: Annotated[int | None, param("The account that shares; asks for the alias others.")] = None
    usable: Annotated[bool | None, param("Whether instances can be made from it.")] = None


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


class ImageViews(View):
    """A page of images."""

    image: list[ImageView]


class ImageList(Answer):
    """The images asked for."""

    page_size: int
    page_number: int
    total_count: int
    region_id: str
    images: ImageViews


@ECS.operation(
    errors=(
        errors.IMAGES_PUBLIC,
        errors.IMAGES_OWNER_ID,
        errors.ACCOUNT_WITHOUT_COMMUNITY,
        errors.IMAGES_PARAMETER,
        errors.IMAGES_INSTANCE_TYPE,
        errors.TAG_COUNT,
        errors.TAG_MISMATCH,
        errors.IMAGES_NETWORK_TYPE,
        errors.IMAGES_FILTER_KEY,
        errors.IMAGES_FILTER_VALUE,
    ),
    changes=False,
    exempt=lambda request: request.image_owner_alias in ("system", "others"),
    malformed=errors.IMAGES_PARAMETER,
)
def describe_images(ctx: Context, request: DescribeImages) -> ImageList:
    """One's own images come first, newest first, then shared ones, last shared first, then the provider's.

    The documentation calls ImageName fuzzy and doesn't say how: `*` stands for anything and a name without it
    is exact, since clients look for a name to learn whether it is free. An id that isn't visible is left out.
    A community image is listed where those are asked for, newest first, one in a hidden way only by its id.
    Source: DescribeImages (2025).
    """
    if request.is_public and request.image_owner_alias != "others":
        raise errors.IMAGES_PUBLIC()
    if request.image_owner_id is not None and request.image_owner_alias != "others":
        raise errors.IMAGES_OWNER_ID()
    if request.is_public:
        ctx.check_standing({Condition.NO_COMMUNITY: errors.ACCOUNT_WITHOUT_COMMUNITY})
    chosen = chooser(ctx, request)
    relations = _relations(request)
    if request == _unfiltered(request):
        first = (request.page_number - 1) * request.page_size
        found_at_once = ctx.images.available(
            ctx.region, relations, ctx.now, offset=first, limit=request.page_size
        )
        if found_at_once is not None:
            return _answer(ctx, request, *found_at_once)
    if request.image_id is None:
        candidates = ctx.images.visible(ctx.region, relations)
    else:
        ids = request.image_id.split(",")
        if Relation.SHAREE in relations:
            relations.append(Relation.GUEST)
        candidates = [one for one in ctx.images.visible_of(ids, ctx.region) if one[1] in relations]
    found = [(image, relation) for image, relation in candidates if chosen(image)]
    return _answer(ctx, request, len(found), page(found, request.page_number, request.page_size))


def _relations(request: DescribeImages) -> list[Relation]:
    """Return which images are listed. The Marketplace's are where they are asked for, or named."""
    for_sale = request.image_owner_alias is not None or request.image_id is not None
    listed = (*LISTED, Relation.MARKETPLACE) if for_sale else LISTED
    return [
        relation
        for relation in ((Relation.COMMUNITY,) if request.is_public else listed)
        if request.image_owner_alias in (None, ALIASES[relation])
    ]


def _unfiltered(request: DescribeImages) -> DescribeImages:
    """Return the request for the same page of all the images that are available, whoever's are asked for."""
    return DescribeImages(
        region_id=request.region_id,
        image_owner_alias=request.image_owner_alias,
        page_number=request.page_number,
        page_size=request.page_size,
    )


def _answer(
    ctx: Context, request: DescribeImages, total: int, shown: Sequence[tuple[Image, Relation]]
) -> ImageList:
    return ImageList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=total,
        region_id=ctx.region,
        images=ImageViews(image=[image_view(ctx, image, relation) for image, relation in shown]),
    )


def chooser(ctx: Context, request: DescribeImages) -> Callable[[Image], bool]:
    """Return a test that an image is asked for, whoever owns it, or refuse what is asked."""
    statuses = _statuses(request.status)
    conditions: list[Callable[[Image], bool]] = [lambda image: image.phase.at(ctx.now) in statuses]
    if request.usable is not None:
        conditions.append(lambda image: is_usable(image.phase.at(ctx.now)) == request.usable)
    if request.instance_type is not None:
        conditions.append(_starts(request.instance_type))
    if request.image_name is not None:
        named = fuzzy(request.image_name)
        conditions.append(lambda image: named(image.name))
    if request.image_owner_id is not None:
        conditions.append(lambda image: image.owner == str(request.image_owner_id))
    if request.snapshot_id is not None:
        conditions.append(lambda image: request.snapshot_id in image.snapshots)
    conditions.append(
        having(
            family=request.image_family,
            os_type=request.os_type,
            architecture=request.architecture,
            supports_io_optimized=request.is_support_io_optimized,
            supports_cloudinit=request.is_support_cloudinit,
            resource_group=request.resource_group_id,
        )
    )
    if request.tag:
        conditions.append(tags_asked_for(request.tag))
    if request.filter:
        conditions.append(_filtered(request.filter))
    if request.usage is not None:
        conditions.append(lambda image: _usage(ctx, image) == request.usage)
    return lambda image: all(condition(image) for condition in conditions)


def _statuses(text: str) -> frozenset[str]:
    if text == ALL:
        return frozenset(STATUSES)
    statuses = frozenset(text.split(","))
    if not statuses <= frozenset(STATUSES):
        raise errors.IMAGES_PARAMETER()
    return statuses


def _starts(instance_type: str) -> Callable[[Image], bool]:
    found = catalogue.instance_type(instance_type)
    if found is None:
        raise errors.IMAGES_INSTANCE_TYPE(instance_type)
    return lambda image: runs_on(
        image, cpu_architecture=found.cpu_architecture, boot_modes=found.supported_boot_modes
    )


def _filtered(items: tuple[FilterItem, ...]) -> Callable[[Image], bool]:
    """Every image suits either kind of network, so that `NetworkType` is checked and narrows nothing."""
    times_asked = [item for item in items if item.key != "NetworkType"]
    if any(item.value not in ("vpc", "classic") for item in items if item.key == "NetworkType"):
        raise errors.IMAGES_NETWORK_TYPE()
    return created_within(times_asked, unknown=errors.IMAGES_FILTER_KEY, malformed=errors.IMAGES_FILTER_VALUE)


def _usage(ctx: Context, image: Image) -> str:
    """Whether the caller has instances made from an image; other accounts' aren't told."""
    return "instance" if ctx.tx.count(Instance, image=image.id, owner=ctx.account) else "none"


def image_view(ctx: Context, image: Image, relation: Relation) -> ImageView:
    """Show an image. Only its owner learns that it is shared, only a sharee whose it is."""
    status = image.phase.at(ctx.now)
    done = progress(image.phase, image.created_at, ctx.now)
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
        usage=_usage(ctx, image),
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
