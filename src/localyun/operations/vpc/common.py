"""What the operations on networks share: paging, names, tags, lists of ids."""

from collections.abc import Collection
from typing import Annotated, TypeVar

from localyun.model import Resource, Tag, access
from localyun.operations.common import PlainTagItem
from localyun.operations.context import Context
from localyun.spec.declare import View, param
from localyun.spec.faults import ErrorSpec

R = TypeVar("R", bound=Resource)

MOST_IDS = 20

SmallPageSize = Annotated[int, param("Entries a page, 1 to 50.", ge=1, le=50)]
IsDefault = Annotated[bool | None, param("Only default ones, of which there are none, or only the others.")]
OwnerId = Annotated[int | None, param("Only those of this account, which is the caller or finds nothing.")]
NewTags = Annotated[tuple[PlainTagItem, ...], param("Its tags, up to 21.", max_length=21)]
WantedTags = Annotated[tuple[PlainTagItem, ...], param("Only those with these tags.", max_length=20)]
Name = Annotated[str | None, param("1 to 128 characters, not beginning with http:// or https://.")]
Description = Annotated[str | None, param("1 to 256 characters, not beginning with http:// or https://.")]


class TagView(View):
    """A tag in an answer."""

    key: str
    value: str


class Tags(View):
    """The tags of a resource."""

    tag: list[TagView]


class VSwitchIds(View):
    """The vSwitches in a network."""

    vswitch_id: list[str]


def tags_view(tags: Collection[Tag]) -> Tags:
    """Show tags."""
    return Tags(tag=[TagView(key=tag.key, value=tag.value) for tag in tags])


def check_words(
    name: str | None, bad_name: ErrorSpec, description: str | None, bad_description: ErrorSpec
) -> None:
    """Raise one of the two unless a network may have this name and description. Source: CreateVpc (2025)."""
    if not _is_text(name or "", 128):
        raise bad_name()
    if not _is_text(description or "", 256):
        raise bad_description()


def _is_text(text: str, longest: int) -> bool:
    return len(text) <= longest and not text.startswith(("http://", "https://"))


def listed_ids(text: str | None, too_many: ErrorSpec) -> list[str] | None:
    """Read ids joined by commas, up to 20; None when absent."""
    ids = None if text is None else [part.strip() for part in text.split(",")]
    if ids and len(ids) > MOST_IDS:
        raise too_many()
    return ids


def everywhere(ctx: Context, kind: type[R]) -> list[R]:
    """Return all of the caller's records of a kind, newest first, in all regions if the call names none."""
    if ctx.region:
        return ctx.mine(kind)
    return ctx.tx.find(kind, owner=ctx.account, order="created_at", descending=True)


def of_owner(account: int | None, resource: Resource) -> bool:
    """Whether a resource is of the account that is asked for, if one is."""
    return account is None or access.owns(str(account), resource)
