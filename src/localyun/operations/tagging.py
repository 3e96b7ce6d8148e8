"""Putting tags on any kind of resource, taking them off, and finding them: what ECS and VPC share."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from localyun.model import Image, KeyPair, Resource, Tag
from localyun.model.access import Action
from localyun.model.tagging import tagged, untagged
from localyun.operations.context import Context
from localyun.spec.declare import Answer, View
from localyun.spec.faults import ErrorSpec

MOST_IDS, MOST_TAGS = 50, 20
"""How many resources and how many tags a call may name."""

Kinds = Mapping[str, type[Resource]]
"""The kinds of resources that a product can tag, by what it calls them in `ResourceType`."""


class TagResource(View):
    """A tag and what it is on."""

    resource_type: str
    resource_id: str
    tag_key: str
    tag_value: str


class TagResourceViews(View):
    """Tags and what each is on."""

    tag_resource: list[TagResource]


class TagResourceList(Answer):
    """A page of the tags asked for."""

    next_token: str
    tag_resources: TagResourceViews


class Refusals(NamedTuple):
    """How a resource that is named is refused; `received` is an image that isn't the caller's to tag."""

    missing: ErrorSpec
    received: ErrorSpec | None = None


def id_of(resource: Resource) -> str:
    """Return what a call names a resource by: its id, but a key pair's name."""
    return resource.name if isinstance(resource, KeyPair) else resource.id


def named(ctx: Context, kind: type[Resource], id: str, refusals: Refusals) -> Resource:
    """Return the caller's resource of a kind that is called so, or raise one of the refusals."""
    if kind is Image:
        image, verdict = ctx.images.judge(id, ctx.region, to=Action.MODIFY)
        if image and verdict.allowed:
            return image
        seen = ctx.images.judge(id, ctx.region, to=Action.DESCRIBE)[1].allowed
        raise (refusals.received if seen and refusals.received else refusals.missing)()
    if kind is KeyPair:
        for pair in ctx.tx.find(KeyPair, owner=ctx.account, region=ctx.region, name=id):
            return pair
        raise refusals.missing()
    return ctx.own(kind, id, refusals.missing)


def all_named(ctx: Context, kind: type[Resource], ids: Iterable[str], refusals: Refusals) -> list[Resource]:
    """Return what `named` does of each, once each."""
    return [named(ctx, kind, id, refusals) for id in dict.fromkeys(ids)]


def keep(ctx: Context, resource: Resource) -> None:
    """Keep a changed resource in place of what it was."""
    if isinstance(resource, Image):
        ctx.images.keep(resource)
    else:
        ctx.tx.put(resource)


def add_tags(ctx: Context, resources: Iterable[Resource], tags: Sequence[Tag], quota: ErrorSpec) -> None:
    """Put tags on all of these resources; `quota` is raised where one would have too many."""
    for resource in resources:
        more = tagged(resource.tags, tags, limit=ctx.limits.tags_per_resource, quota=quota)
        keep(ctx, msgspec.structs.replace(resource, tags=more))


def remove_tags(ctx: Context, resources: Iterable[Resource], keys: Collection[str] | None) -> None:
    """Take the tags with these keys off all of these resources, or every tag for None."""
    for resource in resources:
        keep(ctx, msgspec.structs.replace(resource, tags=untagged(resource.tags, keys)))


def tags_of(
    type_: str, resources: Iterable[Resource], *, wanted: Callable[[Resource], bool]
) -> list[TagResource]:
    """Return every tag of the wanted resources, with what it is on."""
    return [
        TagResource(resource_type=type_, resource_id=id_of(resource), tag_key=tag.key, tag_value=tag.value)
        for resource in resources
        if wanted(resource)
        for tag in resource.tags
    ]
