"""Tags on the resources of ECS."""

from collections.abc import Callable, Sequence
from typing import Annotated

from localyun.model import Disk, Image, Instance, KeyPair, Resource, SecurityGroup, Snapshot
from localyun.operations.common import PlainTagItem, RegionId, check_tag_key, fuzzy, has_tags, new_tags
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.ecs.product import ECS
from localyun.operations.tagging import (
    MOST_IDS,
    MOST_TAGS,
    Kinds,
    Refusals,
    TagResourceList,
    TagResourceViews,
    add_tags,
    all_named,
    remove_tags,
    tags_of,
)
from localyun.spec import errors
from localyun.spec.declare import Empty, Group, Request, param
from localyun.spec.support import Support

KINDS: Kinds = {
    "instance": Instance,
    "image": Image,
    "disk": Disk,
    "snapshot": Snapshot,
    "securitygroup": SecurityGroup,
    "keypair": KeyPair,
}
"""What there is to tag, by its `ResourceType`."""

GAPS = f"Of the types of resources there are {', '.join(KINDS)}."

MOST_FILTER_VALUES = 5

ENTRIES = 50
"""How many tags ListTagResources answers at a time."""

RESOURCE_GROUP_KEY = "acs:rm:rgId"
"""The key by which ListTagResources finds what is in a resource group."""

NOT_TAGGED = Refusals(errors.TAGGED_NOT_FOUND, errors.TAGGED_NOT_SUPPORTED)

Type = Annotated[str, param("instance, image, disk, snapshot, securitygroup or keypair.", example="image")]
Keys = Annotated[tuple[str, ...], param("The keys of up to 20 tags.", malformed=errors.TAG_COUNT)]


def kind_of(type_: str) -> type[Resource]:
    """Return the kind of resource that is called so. Raises `InvalidResourceType.NotFound`."""
    if type_ not in KINDS:
        raise errors.REGIONS_RESOURCE_TYPE()
    return KINDS[type_]


class TagResources(Request):
    """Put tags on resources."""

    region_id: Annotated[RegionId, param("The resources' region.", missing=errors.TAG_NO_REGION)]
    resource_type: Annotated[Type, param("What they are.", missing=errors.TAG_NO_TYPE)]
    resource_id: Annotated[
        tuple[str, ...],
        param("1 to 50 of one's own; a key pair by its name.", missing=errors.TAG_NO_RESOURCES),
    ]
    tag: Annotated[
        tuple[PlainTagItem, ...],
        param("1 to 20 tags.", missing=errors.TAG_NO_TAGS, malformed=errors.TAG_COUNT),
    ]


@ECS.operation(
    errors=(
        errors.TAG_RESOURCES_TOO_MANY,
        errors.RUN_TAGS,
        errors.TAG_MISMATCH,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.TAG_KEYS_ALIKE,
        errors.REGIONS_RESOURCE_TYPE,
        errors.TAGGED_NOT_SUPPORTED,
        errors.TAGGED_NOT_FOUND,
        errors.TAG_QUOTA,
    ),
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    support=Support.PARTIAL,
    gaps=GAPS,
)
def tag_resources(ctx: Context, request: TagResources) -> Empty:
    """All of the resources or none. A key that is there has its value replaced.

    Source: TagResources (2025).
    """
    if len(request.resource_id) > MOST_IDS:
        raise errors.TAG_RESOURCES_TOO_MANY()
    if len(request.tag) > MOST_TAGS:
        raise errors.RUN_TAGS()
    tags = new_tags(request.tag, no_key=errors.TAG_MISMATCH, only_case=errors.TAG_KEYS_ALIKE)
    resources = all_named(ctx, kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    add_tags(ctx, resources, tags, errors.TAG_QUOTA)
    return Empty()


class UntagResources(Request):
    """Take tags off resources."""

    region_id: Annotated[RegionId, param("The resources' region.", missing=errors.UNTAG_NO_REGION)]
    resource_type: Annotated[Type, param("What they are.", missing=errors.UNTAG_NO_TYPE)]
    resource_id: Annotated[
        tuple[str, ...],
        param("1 to 50 of one's own; a key pair by its name.", missing=errors.UNTAG_NO_RESOURCES),
    ]
    all: Annotated[bool, param("Every tag, instead of those with certain keys.")] = False
    tag_key: Keys = ()


@ECS.operation(
    errors=(
        errors.UNTAG_RESOURCES_TOO_MANY,
        errors.UNTAG_KEYS_TOO_MANY,
        errors.UNTAG_ALL_AND_KEYS,
        errors.UNTAG_NO_KEYS,
        errors.UNTAG_RESERVED,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.REGIONS_RESOURCE_TYPE,
        errors.TAGGED_NOT_SUPPORTED,
        errors.TAGGED_NOT_FOUND,
    ),
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    support=Support.PARTIAL,
    gaps=GAPS,
)
def untag_resources(ctx: Context, request: UntagResources) -> Empty:
    """All or certain keys, not both; a key that a resource doesn't have is no error.

    Source: UntagResources (2025).
    """
    if len(request.resource_id) > MOST_IDS:
        raise errors.UNTAG_RESOURCES_TOO_MANY()
    if len(request.tag_key) > MOST_TAGS:
        raise errors.UNTAG_KEYS_TOO_MANY()
    if request.all and request.tag_key:
        raise errors.UNTAG_ALL_AND_KEYS()
    if not request.all and not request.tag_key:
        raise errors.UNTAG_NO_KEYS()
    for number, key in enumerate(request.tag_key, 1):
        check_tag_key(key, number, bad_key=errors.TAG_KEY_MALFORMED, reserved=errors.UNTAG_RESERVED)
    if len(set(request.tag_key)) < len(request.tag_key):
        raise errors.TAG_KEY_TWICE()
    resources = all_named(ctx, kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    remove_tags(ctx, resources, None if request.all else request.tag_key)
    return Empty()


class TagFilterItem(Group):
    """A key and what its value may be; in both, `*` stands for anything."""

    tag_values: Annotated[tuple[str, ...], param("Up to 5 values, one of which it has; any by default.")] = ()
    tag_key: Annotated[str | None, param("The key.")] = None


class ListTagResources(Request):
    """List the tags of resources, found by id or by tags."""

    region_id: Annotated[RegionId, param("The resources' region.", missing=errors.TAG_NO_REGION)]
    resource_type: Annotated[Type, param("What they are.", missing=errors.TAG_NO_TYPE)]
    next_token: Annotated[str | None, param("Where to go on, as the answer before gave it.")] = None
    resource_id: Annotated[tuple[str, ...], param("Up to 50 of one's own; a key pair by its name.")] = ()
    tag: Annotated[
        tuple[PlainTagItem, ...],
        param(
            "Up to 20 tags, all of which the resource has; or the key `acs:rm:rgId` alone, with the id of a "
            "resource group.",
            malformed=errors.TAG_COUNT,
        ),
    ] = ()
    tag_filter: Annotated[
        tuple[TagFilterItem, ...],
        param("Instead of tags, patterns of them, all of which are met.", malformed=errors.TAG_FILTERS),
    ] = ()


@ECS.operation(
    errors=(
        errors.TAG_RESOURCES_TOO_MANY,
        errors.RUN_TAGS,
        errors.TAGS_AND_FILTERS,
        errors.LIST_TAGS_OF_NOTHING,
        errors.TAG_AND_RESOURCE_GROUP,
        errors.TAG_OF_DEFAULT_GROUP,
        errors.TAG_MISMATCH,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.TAG_FILTER_MALFORMED,
        errors.TAG_FILTER_VALUES,
        errors.REGIONS_RESOURCE_TYPE,
        errors.TAGGED_NOT_SUPPORTED,
        errors.TAGGED_NOT_FOUND,
        errors.LIST_TAGS_NEXT_TOKEN,
    ),
    changes=False,
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
    support=Support.PARTIAL,
    gaps=GAPS,
)
def list_tag_resources(ctx: Context, request: ListTagResources) -> TagResourceList:
    """What is named must be there; what is looked for by tags needn't. Source: ListTagResources (2025)."""
    if len(request.resource_id) > MOST_IDS:
        raise errors.TAG_RESOURCES_TOO_MANY()
    if len(request.tag) > MOST_TAGS:
        raise errors.RUN_TAGS()
    if request.tag and request.tag_filter:
        raise errors.TAGS_AND_FILTERS()
    if not (request.resource_id or request.tag or request.tag_filter):
        raise errors.LIST_TAGS_OF_NOTHING()
    wanted = _by_filters(request.tag_filter) if request.tag_filter else _by_tags(request.tag)
    kind = kind_of(request.resource_type)
    ids = request.resource_id
    resources = all_named(ctx, kind, ids, NOT_TAGGED) if ids else ctx.mine(kind)
    found = tags_of(request.resource_type, resources, wanted=wanted)
    shown, next_token = page_from(request.next_token, found, ENTRIES, errors.LIST_TAGS_NEXT_TOKEN())
    return TagResourceList(next_token=next_token, tag_resources=TagResourceViews(tag_resource=[*shown]))


def _by_tags(items: Sequence[PlainTagItem]) -> Callable[[Resource], bool]:
    """Return a test for having all of these tags, or for being in the resource group that they name."""
    groups = [item.tag().value for item in items if item.key == RESOURCE_GROUP_KEY]
    if groups and len(items) > 1:
        raise errors.TAG_AND_RESOURCE_GROUP()
    if groups == [""]:
        raise errors.TAG_OF_DEFAULT_GROUP()
    if groups:
        return lambda resource: resource.resource_group == groups[0]
    new_tags(items, no_key=errors.TAG_MISMATCH)
    return lambda resource: has_tags(resource, items)


def _by_filters(items: Sequence[TagFilterItem]) -> Callable[[Resource], bool]:
    """Return a test for having, for each of these filters, a tag that meets it."""
    if not all(item.tag_key for item in items):
        raise errors.TAG_FILTER_MALFORMED()
    if any(len(item.tag_values) > MOST_FILTER_VALUES for item in items):
        raise errors.TAG_FILTER_VALUES()
    filters = [
        (fuzzy(item.tag_key or ""), [fuzzy(value) for value in item.tag_values] or [fuzzy("*")])
        for item in items
    ]
    return lambda resource: all(
        any(key(tag.key) and any(value(tag.value) for value in values) for tag in resource.tags)
        for key, values in filters
    )
