"""DescribeImages: the images that an account may see in a region, and what is shown of each."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from localyun import catalogue
from localyun.model import Image
from localyun.model.access import Relation
from localyun.model.image_rules import is_usable, runs_on, suits
from localyun.model.images import AVAILABLE, STATUSES
from localyun.model.standing import Condition
from localyun.operations.common import (
    DryRun,
    FilterItem,
    PageNumber,
    PageSize,
    RegionId,
    TagItem,
    created_within,
    fuzzy,
    having,
    page,
    tags_asked_for,
)
from localyun.operations.context import Context
from localyun.operations.ecs.image_views import ALIASES, ImageView, image_view, usage
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Accepted, Answer, Request, View, param

ALL = "ALL"
"""Stands for every status; it comes alone."""

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
    action_type: Annotated[
        Literal["CreateEcs", "ChangeOS"] | None,
        param("What it is for: one with data disks can't replace a system disk (ChangeOS)."),
    ] = None
    resource_group_id: Annotated[str | None, param("The resource group.")] = None
    tag: Annotated[tuple[TagItem, ...], param("Up to 20 tags, all of which the image has.")] = ()
    filter: Annotated[
        tuple[FilterItem, ...],
        param("CreationStartTime and CreationEndTime (yyyy-MM-ddTHH:mmZ), NetworkType (vpc, classic)."),
    ] = ()
    is_public: Annotated[bool, param("Community images, which ask for the owner alias others.")] = False
    image_owner_id: Annotated[int | None, param("The account that shares; asks for the alias others.")] = None
    usable: Annotated[bool | None, param("Whether instances can be made from it.")] = None


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
    if request.action_type is not None:
        conditions.append(lambda image: suits(image, request.action_type))
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
        conditions.append(lambda image: usage(ctx, image) == request.usage)
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
