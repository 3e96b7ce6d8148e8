"""What many operations share: parameters, paging, filters, tags."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, TypeVar

import msgspec

from localyun.model import Resource, Tag
from localyun.spec.declare import Group, View, param
from localyun.spec.faults import ErrorSpec

T = TypeVar("T")

RegionId = Annotated[str, param("The region, as DescribeRegions lists it.", example="cn-hangzhou")]
ClientToken = Annotated[
    str | None,
    param("Makes a repeated call have the answer of the first; up to 64 ASCII characters.", max_length=64),
]
DryRun = Annotated[bool, param("Check everything, change nothing: success is the error DryRunOperation.")]
ResourceGroupId = Annotated[
    str | None, param("A resource group; kept and shown.", example="rg-bp1exampleexample")
]
PageNumber = Annotated[int, param("The page, from 1.", ge=1)]
PageSize = Annotated[int, param("Entries a page, 1 to 100.", ge=1, le=100)]


class TagItem(Group):
    """A tag: `Tag.N.Key` and `Tag.N.Value`; the spelling in lower case is the provider's older one."""

    key: Annotated[str | None, param("1 to 128 characters.")] = None
    value: Annotated[str | None, param("Up to 128 characters.")] = None
    old_key: Annotated[str | None, param("Older spelling.")] = msgspec.field(name="key", default=None)
    old_value: Annotated[str | None, param("Older spelling.")] = msgspec.field(name="value", default=None)

    def tag(self) -> Tag:
        """The tag, whichever spelling was used."""
        return Tag(self.key or self.old_key or "", self.value or self.old_value or "")


class TagView(View):
    """A tag in an answer."""

    tag_key: str
    tag_value: str


class Tags(View):
    """The tags of a resource."""

    tag: list[TagView]


def tags_view(tags: Collection[Tag]) -> Tags:
    """Show tags."""
    return Tags(tag=[TagView(tag_key=tag.key, tag_value=tag.value) for tag in tags])


def has_tags(resource: Resource, wanted: Sequence[TagItem]) -> bool:
    """Whether a resource has every wanted tag; a wanted one without value is met by any value."""
    have = {tag.key: tag.value for tag in resource.tags}
    return all(t.key in have and t.value in ("", have[t.key]) for t in (item.tag() for item in wanted))


def page(items: Sequence[T], number: int, size: int) -> Sequence[T]:
    """Return one page of a list; empty beyond its end."""
    return items[(number - 1) * size : number * size]


def id_list(text: str | None, malformed: ErrorSpec) -> list[str] | None:
    """Read a JSON array of ids in a string, as most Describe operations take it; None when absent."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise malformed() from None


def fuzzy(pattern: str) -> Callable[[str], bool]:
    """Return a test of a name against a pattern, in which `*` stands for anything."""
    regex = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    return lambda name: regex.fullmatch(name) is not None


NAME = re.compile(r"(?!acs:|aliyun|http://|https://)[^\W\d_][\w.:\-]{1,127}")
"""A name: 2 to 128 characters, a letter first (Latin or Chinese), then letters, digits and `. : _ -`."""


def is_name(text: str) -> bool:
    """Whether a text may name a resource. Source: CreateImage, RunInstances (2025)."""
    return NAME.fullmatch(text) is not None and "http://" not in text and "https://" not in text


def is_description(text: str) -> bool:
    """Whether a text may describe a resource: 2 to 256 characters, not beginning with http:// or https://."""
    return 2 <= len(text) <= 256 and not text.startswith(("http://", "https://"))
