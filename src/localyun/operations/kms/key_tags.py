"""The tags of keys, which are given when keys are made."""

from typing import Annotated

from localyun.operations.common import PlainTagItem, has_tags
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.kms.keys import InRegion
from localyun.operations.kms.product import KMS
from localyun.operations.tagging import TagResourceList, TagResourceViews, tags_of
from localyun.spec import errors
from localyun.spec.declare import param
from localyun.spec.support import Support

ENTRIES = 4_000
"""How many tags are answered at a time."""


class ListTagResources(InRegion, kw_only=True):
    """List the tags of keys, found by id or by tags."""

    resource_type: Annotated[str, param("`key`; secrets aren't kept here.")]
    resource_id: Annotated[tuple[str, ...], param("Keys, by their ids.")] = ()
    tag: Annotated[tuple[PlainTagItem, ...], param("Tags, all of which the key has.")] = ()
    next_token: Annotated[str | None, param("Where to go on, as the answer before gave it.")] = None


@KMS.operation(
    errors=(errors.PARAMETER_NOT_VALID, errors.KMS_KEY_NOT_FOUND),
    changes=False,
    support=Support.PARTIAL,
    gaps="There are keys to list the tags of, and no secrets.",
)
def list_tag_resources(ctx: Context, request: ListTagResources) -> TagResourceList:
    """What is named must be there. Source: the Go SDK's model; the refusals are those of DescribeKey."""
    if request.resource_type != "key":
        raise errors.PARAMETER_NOT_VALID()
    keys = ctx.keys.all(ctx.region)
    if not set(request.resource_id) <= {key.id for key in keys}:
        raise errors.KMS_KEY_NOT_FOUND()
    found = tags_of(
        "key",
        keys,
        wanted=lambda key: (
            (not request.resource_id or key.id in request.resource_id) and has_tags(key, request.tag)
        ),
    )
    shown, next_token = page_from(request.next_token, found, ENTRIES, errors.PARAMETER_NOT_VALID())
    return TagResourceList(next_token=next_token, tag_resources=TagResourceViews(tag_resource=[*shown]))
