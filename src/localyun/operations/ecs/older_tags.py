"""The older operations on tags, one resource at a time, and the resource group of a resource."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Literal

import msgspec

from localyun.model import Tag
from localyun.operations.common import (
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    TagItem,
    check_resource_group,
    check_tag_key,
    has_tags,
    new_tags,
    page,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.tags import GAPS, KINDS, Type, kind_of
from localyun.operations.tagging import Refusals, add_tags, id_of, keep, named, remove_tags
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, Request, View, param
from localyun.spec.support import Support

NOT_TAGGED = Refusals(errors.ADD_TAGS_NOT_FOUND, errors.TAGGED_NOT_SUPPORTED)

WantedTags = Annotated[
    tuple[TagItem, ...],
    param("Up to 20 tags; one without value is met by any.", max_length=20, malformed=errors.TAG_COUNT),
]
OnlyType = Annotated[str | None, param("Only resources of this type.")]


class AddTags(Request):
    """Put tags on a resource."""

    region_id: RegionId
    resource_type: Type
    resource_id: Annotated[str, param("One's own resource.", example="m-bp1exampleexample")]
    tag: Annotated[tuple[TagItem, ...], param("1 to 20 tags.", max_length=20, malformed=errors.TAG_COUNT)]


@ECS.operation(
    errors=(
        errors.TAG_MISMATCH,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.TAG_KEYS_ALIKE,
        errors.REGIONS_RESOURCE_TYPE,
        errors.TAGGED_NOT_SUPPORTED,
        errors.ADD_TAGS_NOT_FOUND,
        errors.TAG_QUOTA,
    ),
    support=Support.PARTIAL,
    gaps=GAPS,
)
def add_tags_to_resource(ctx: Context, request: AddTags) -> Empty:
    """A key that is there has its value replaced. Source: AddTags (2025), which calls it deprecated."""
    tags = new_tags(request.tag, no_key=errors.TAG_MISMATCH, only_case=errors.TAG_KEYS_ALIKE)
    resource = named(ctx, kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    add_tags(ctx, [resource], tags, errors.TAG_QUOTA)
    return Empty()


class RemoveTags(Request):
    """Take tags off a resource."""

    region_id: RegionId
    resource_type: Type
    resource_id: Annotated[str, param("One's own resource.", example="m-bp1exampleexample")]
    tag: Annotated[
        tuple[TagItem, ...],
        param(
            "Up to 20 tags, of which the keys count; every tag without it.",
            max_length=20,
            malformed=errors.TAG_COUNT,
        ),
    ] = ()


@ECS.operation(
    errors=(
        errors.TAG_KEY_MALFORMED,
        errors.REGIONS_RESOURCE_TYPE,
        errors.TAGGED_NOT_SUPPORTED,
        errors.ADD_TAGS_NOT_FOUND,
    ),
    support=Support.PARTIAL,
    gaps=GAPS,
)
def remove_tags_from_resource(ctx: Context, request: RemoveTags) -> Empty:
    """A key that the resource doesn't have is no error.

    Source: RemoveTags (2025), which calls it deprecated.
    """
    keys = [item.tag().key for item in request.tag]
    for number, key in enumerate(keys, 1):
        check_tag_key(key, number, bad_key=errors.TAG_KEY_MALFORMED)
    resource = named(ctx, kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    remove_tags(ctx, [resource], keys or None)
    return Empty()


class DescribeTags(Request):
    """List the tags in use, and on how many resources each is."""

    region_id: RegionId
    page_size: PageSize = 50
    page_number: PageNumber = 1
    resource_type: OnlyType = None
    resource_id: Annotated[str | None, param("Only those on this resource.")] = None
    category: Annotated[
        Literal["custom", "system", "all"] | None,
        param(
            "Only those made by people, or only the provider's, of which there are none.",
            malformed=errors.DESCRIBE_TAGS_CATEGORY,
        ),
    ] = None
    tag: WantedTags = ()


class ResourceTypeCount(View):
    """On how many resources of each type a tag is."""

    instance: int = 0
    image: int = 0
    ddh: int = 0
    snapshot_policy: int = 0
    securitygroup: int = 0
    snapshot: int = 0
    reserved_instance: int = 0
    launch_template: int = 0
    eni: int = 0
    disk: int = 0
    key_pair: int = 0
    volume: int = 0


class UsedTag(View):
    """A tag in use."""

    tag_key: str
    tag_value: str
    resource_type_count: ResourceTypeCount


class UsedTags(View):
    """A page of tags in use."""

    tag: list[UsedTag]


class UsedTagList(Answer):
    """The tags asked for."""

    page_size: int
    page_number: int
    total_count: int
    tags: UsedTags


@ECS.operation(
    errors=(errors.DESCRIBE_TAGS_KEY, errors.DESCRIBE_TAGS_VALUE, errors.REGIONS_RESOURCE_TYPE),
    changes=False,
    support=Support.PARTIAL,
    gaps=GAPS,
)
def describe_tags(ctx: Context, request: DescribeTags) -> UsedTagList:
    """By key, then value. A resource that isn't the caller's has none, and is no error.

    Terraform asks for the tags of every image that it lists. Source: DescribeTags (2025).
    """
    new_tags(
        request.tag,
        bad_key=errors.DESCRIBE_TAGS_KEY,
        bad_value=errors.DESCRIBE_TAGS_VALUE,
        twice=errors.DESCRIBE_TAGS_KEY,
    )
    counts = {} if request.category == "system" else _counts(ctx, request)
    wanted = [item.tag() for item in request.tag]
    tags = [tag for tag in sorted(counts, key=lambda tag: (tag.key, tag.value)) if _is_wanted(tag, wanted)]
    return UsedTagList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(tags),
        tags=UsedTags(
            tag=[
                UsedTag(
                    tag_key=tag.key,
                    tag_value=tag.value,
                    resource_type_count=ResourceTypeCount(**counts[tag]),
                )
                for tag in page(tags, request.page_number, request.page_size)
            ]
        ),
    )


def _counts(ctx: Context, request: DescribeTags) -> dict[Tag, Counter[str]]:
    counts: dict[Tag, Counter[str]] = {}
    for type_ in _types(request.resource_type):
        field = "key_pair" if type_ == "keypair" else type_
        for resource in ctx.mine(KINDS[type_]):
            if request.resource_id in (None, id_of(resource)):
                for tag in resource.tags:
                    counts.setdefault(tag, Counter())[field] += 1
    return counts


def _types(asked: str | None) -> Collection[str]:
    """Return the types of resources asked for. Raises `InvalidResourceType.NotFound`."""
    if asked and kind_of(asked):
        return [asked]
    return KINDS


def _is_wanted(tag: Tag, wanted: Sequence[Tag]) -> bool:
    return not wanted or any(tag.key == one.key and one.value in ("", tag.value) for one in wanted)


class DescribeResourceByTags(Request):
    """List the resources that have tags."""

    region_id: RegionId
    page_size: PageSize = 50
    page_number: PageNumber = 1
    resource_type: OnlyType = None
    tag: WantedTags = ()


class TaggedResource(View):
    """A resource."""

    resource_type: str
    resource_id: str
    region_id: str


class TaggedResources(View):
    """A page of resources."""

    resource: list[TaggedResource]


class TaggedResourceList(Answer):
    """The resources asked for."""

    page_size: int
    page_number: int
    total_count: int
    resources: TaggedResources


@ECS.operation(errors=(errors.REGIONS_RESOURCE_TYPE,), changes=False, support=Support.PARTIAL, gaps=GAPS)
def describe_resource_by_tags(ctx: Context, request: DescribeResourceByTags) -> TaggedResourceList:
    """Those with all of the tags, or with any tag where none is asked for; type by type, newest first.

    Source: DescribeResourceByTags (2025), which calls it deprecated.
    """
    found = [
        TaggedResource(resource_type=type_, resource_id=id_of(resource), region_id=resource.region)
        for type_ in _types(request.resource_type)
        for resource in ctx.mine(KINDS[type_])
        if resource.tags and has_tags(resource, request.tag)
    ]
    return TaggedResourceList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        resources=TaggedResources(resource=[*page(found, request.page_number, request.page_size)]),
    )


class JoinResourceGroup(Request):
    """Put a resource into a resource group."""

    resource_type: Annotated[
        str | None, param("instance, image, disk, snapshot, securitygroup or keypair.")
    ] = None
    resource_id: Annotated[str | None, param("One's own resource; a key pair by its name.")] = None
    region_id: RegionId | None = None
    resource_group_id: ResourceGroupId = None


@ECS.operation(
    errors=(
        errors.JOIN_NO_RESOURCE,
        errors.REGIONS_RESOURCE_TYPE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.JOIN_NOT_FOUND,
        errors.JOIN_SAME_GROUP,
    ),
    support=Support.PARTIAL,
    gaps=f"{GAPS} Every id of a resource group that begins with `rg-` is taken for one that exists.",
)
def join_resource_group(ctx: Context, request: JoinResourceGroup) -> Empty:
    """A resource leaves the group that it was in. All four parameters are needed, though called optional.

    Source: JoinResourceGroup (2025).
    """
    if not request.resource_id:
        raise errors.JOIN_NO_RESOURCE()
    if not ctx.region:
        raise errors.MISSING_PARAMETER("RegionId")
    kind = kind_of(request.resource_type or "")
    if not request.resource_group_id:
        raise errors.RESOURCE_GROUP_NOT_FOUND()
    check_resource_group(request.resource_group_id)
    resource = named(ctx, kind, request.resource_id, Refusals(errors.JOIN_NOT_FOUND))
    if resource.resource_group == request.resource_group_id:
        raise errors.JOIN_SAME_GROUP()
    keep(ctx, msgspec.structs.replace(resource, resource_group=request.resource_group_id))
    return Empty()
