"""Tags on VPCs, vSwitches and elastic addresses."""

from collections.abc import Sequence
from typing import Annotated

from localyun.model import Eip, Resource, Vpc, VSwitch
from localyun.operations.common import PlainTagItem, RegionId, check_tag_key, has_tags, new_tags
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
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
from localyun.operations.vpc.product import VPC
from localyun.spec import errors
from localyun.spec.declare import Empty, Request, param
from localyun.spec.support import Support

KINDS: Kinds = {"VPC": Vpc, "VSWITCH": VSwitch, "EIP": Eip}
"""What there is to tag, by its `ResourceType`."""

GAPS = f"Of the types of resources there are {', '.join(KINDS)}."

NOT_TAGGED = Refusals(errors.VPC_TAGGED_NOT_FOUND)

Type = Annotated[str, param("VPC, VSWITCH or EIP.", example="VPC")]
Ids = Annotated[tuple[str, ...], param("1 to 50 of one's own resources.", example="vpc-bp1exampleexample")]


def _kind_of(type_: str) -> type[Resource]:
    if type_ not in KINDS:
        raise errors.VPC_TAGGED_TYPE()
    return KINDS[type_]


def _check_ids(ids: Sequence[str]) -> None:
    if len(ids) > MOST_IDS:
        raise errors.VPC_TAGGED_TOO_MANY()
    if len(set(ids)) < len(ids):
        raise errors.VPC_TAGGED_TWICE()


class TagResources(Request):
    """Put tags on VPCs, vSwitches or elastic addresses."""

    resource_type: Type
    resource_id: Ids
    region_id: RegionId
    tag: Annotated[tuple[PlainTagItem, ...], param("1 to 20 tags.", missing=errors.VPC_NO_TAGS)]


@VPC.operation(
    errors=(
        errors.VPC_TAGGED_TOO_MANY,
        errors.VPC_TAGGED_TWICE,
        errors.VPC_TAGS_TOO_MANY,
        errors.VPC_TAG_NO_KEY,
        errors.VPC_TAG_RESERVED,
        errors.VPC_TAG_KEY,
        errors.VPC_TAG_VALUE,
        errors.VPC_TAG_KEY_TWICE,
        errors.VPC_TAGGED_TYPE,
        errors.VPC_TAGGED_NOT_FOUND,
        errors.VPC_TAG_QUOTA,
    ),
    support=Support.PARTIAL,
    gaps=GAPS,
)
def tag_resources(ctx: Context, request: TagResources) -> Empty:
    """All of the resources or none. A key that is there has its value replaced.

    Source: TagResources (2025).
    """
    _check_ids(request.resource_id)
    if len(request.tag) > MOST_TAGS:
        raise errors.VPC_TAGS_TOO_MANY()
    tags = new_tags(
        request.tag,
        no_key=errors.VPC_TAG_NO_KEY,
        reserved=errors.VPC_TAG_RESERVED,
        bad_key=errors.VPC_TAG_KEY,
        bad_value=errors.VPC_TAG_VALUE,
        twice=errors.VPC_TAG_KEY_TWICE,
    )
    resources = all_named(ctx, _kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    add_tags(ctx, resources, tags, errors.VPC_TAG_QUOTA)
    return Empty()


class UnTagResources(Request):
    """Take tags off VPCs, vSwitches or elastic addresses."""

    resource_type: Type
    resource_id: Ids
    region_id: RegionId
    all: Annotated[bool | None, param("Every tag; only without keys.")] = None
    tag_key: Annotated[tuple[str, ...], param("The keys of up to 20 tags.")] = ()


@VPC.operation(
    errors=(
        errors.VPC_TAGGED_TOO_MANY,
        errors.VPC_TAGGED_TWICE,
        errors.VPC_TAGS_TOO_MANY,
        errors.VPC_NO_KEYS,
        errors.VPC_TAG_RESERVED,
        errors.VPC_TAG_KEY,
        errors.VPC_TAG_KEY_TWICE,
        errors.VPC_TAGGED_TYPE,
        errors.VPC_TAGGED_NOT_FOUND,
    ),
    support=Support.PARTIAL,
    gaps=GAPS,
)
def un_tag_resources(ctx: Context, request: UnTagResources) -> Empty:
    """`All` counts only where no keys are named; a key that isn't there is no error.

    Source: UnTagResources (2025).
    """
    _check_ids(request.resource_id)
    if len(request.tag_key) > MOST_TAGS:
        raise errors.VPC_TAGS_TOO_MANY()
    if not (request.tag_key or request.all):
        raise errors.VPC_NO_KEYS("The parameter TagKey is missing.")
    for number, key in enumerate(request.tag_key, 1):
        check_tag_key(key, number, bad_key=errors.VPC_TAG_KEY, reserved=errors.VPC_TAG_RESERVED)
    if len(set(request.tag_key)) < len(request.tag_key):
        raise errors.VPC_TAG_KEY_TWICE()
    resources = all_named(ctx, _kind_of(request.resource_type), request.resource_id, NOT_TAGGED)
    remove_tags(ctx, resources, request.tag_key or None)
    return Empty()


class ListTagResources(Request):
    """List the tags of VPCs, vSwitches or elastic addresses, found by id or by tags."""

    resource_type: Annotated[Type, param("VPC, VSWITCH or EIP.", missing=errors.VPC_NO_TYPE)]
    region_id: RegionId
    next_token: Annotated[str | None, param("Where to go on, as the answer before gave it.")] = None
    max_results: Annotated[int, param("Tags a page, 1 to 50.", ge=1, le=50)] = 50
    resource_id: Annotated[tuple[str, ...], param("Up to 50 of one's own.")] = ()
    tag: Annotated[tuple[PlainTagItem, ...], param("Up to 20 tags, all of which the resource has.")] = ()


@VPC.operation(
    errors=(
        errors.VPC_TAGGED_TOO_MANY,
        errors.VPC_TAGS_TOO_MANY,
        errors.VPC_LIST_TAGS_OF_NOTHING,
        errors.VPC_TAG_RESERVED,
        errors.VPC_TAG_KEY,
        errors.VPC_TAG_VALUE,
        errors.VPC_TAG_KEY_TWICE,
        errors.VPC_TAGGED_TYPE,
        errors.VPC_TAGGED_NOT_FOUND,
    ),
    changes=False,
    support=Support.PARTIAL,
    gaps=GAPS,
)
def list_tag_resources(ctx: Context, request: ListTagResources) -> TagResourceList:
    """What is named must be there; what is looked for by tags needn't. Source: ListTagResources (2025)."""
    if len(request.resource_id) > MOST_IDS:
        raise errors.VPC_TAGGED_TOO_MANY()
    if len(request.tag) > MOST_TAGS:
        raise errors.VPC_TAGS_TOO_MANY()
    if not (request.resource_id or request.tag):
        raise errors.VPC_LIST_TAGS_OF_NOTHING()
    new_tags(
        request.tag,
        reserved=errors.VPC_TAG_RESERVED,
        bad_key=errors.VPC_TAG_KEY,
        bad_value=errors.VPC_TAG_VALUE,
        twice=errors.VPC_TAG_KEY_TWICE,
    )
    kind = _kind_of(request.resource_type)
    ids = request.resource_id
    resources = all_named(ctx, kind, ids, NOT_TAGGED) if ids else ctx.mine(kind)
    found = tags_of(request.resource_type, resources, wanted=lambda resource: has_tags(resource, request.tag))
    malformed = errors.INVALID_PARAMETER("NextToken")
    shown, next_token = page_from(request.next_token, found, request.max_results, malformed)
    return TagResourceList(next_token=next_token, tag_resources=TagResourceViews(tag_resource=[*shown]))
