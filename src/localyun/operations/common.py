"""What many operations share: parameters, paging, filters, tags."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, TypeVar

import msgspec

from localyun.clock import Instant
from localyun.model import Phase, Resource, Tag
from localyun.model.record import OPEN
from localyun.spec import errors
from localyun.spec.declare import Group, View, param
from localyun.spec.faults import ErrorSpec
from localyun.wire import times

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


class PlainTagItem(Group):
    """A tag: `Tag.N.Key` and `Tag.N.Value`."""

    key: Annotated[str | None, param("1 to 128 characters.")] = None
    value: Annotated[str | None, param("Up to 128 characters.")] = None

    def tag(self) -> Tag:
        """The tag as it is kept."""
        return Tag(self.key or "", self.value or "")


class TagItem(PlainTagItem):
    """A tag; the spelling in lower case is ECS's older one."""

    old_key: Annotated[str | None, param("Older spelling.")] = msgspec.field(name="key", default=None)
    old_value: Annotated[str | None, param("Older spelling.")] = msgspec.field(name="value", default=None)

    def tag(self) -> Tag:
        """The tag, whichever spelling was used."""
        return Tag(self.key or self.old_key or "", self.value or self.old_value or "")


class FilterItem(Group):
    """A filter: `Filter.N.Key` and `Filter.N.Value`."""

    key: Annotated[str | None, param("CreationStartTime or CreationEndTime.")] = None
    value: Annotated[str | None, param("A time as `yyyy-MM-ddTHH:mmZ`, in UTC.")] = None


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


def has_tags(resource: Resource, wanted: Sequence[PlainTagItem]) -> bool:
    """Whether a resource has every wanted tag; a wanted one without value is met by any value."""
    return having_tags(resource.tags, wanted)


def having_tags(tags: Sequence[Tag], wanted: Sequence[PlainTagItem]) -> bool:
    """Whether every wanted tag is among these, as `has_tags` says."""
    have = {tag.key: tag.value for tag in tags}
    return all(t.key in have and t.value in ("", have[t.key]) for t in (item.tag() for item in wanted))


def new_tags(
    items: Sequence[PlainTagItem],
    *,
    bad_key: ErrorSpec = errors.TAG_KEY_MALFORMED,
    bad_value: ErrorSpec = errors.TAG_VALUE_MALFORMED,
    twice: ErrorSpec = errors.TAG_KEY_TWICE,
    no_key: ErrorSpec | None = None,
    reserved: ErrorSpec | None = None,
    only_case: ErrorSpec | None = None,
) -> tuple[Tag, ...]:
    """Return the tags to put on a resource, or raise one of the errors.

    A key has 1 to 128 characters and doesn't begin with `aliyun` or `acs:`, a value has up to 128; neither
    contains http:// or https://. Source: CreateImage, CreateSnapshot (2025). Some operations have rows of
    their own for a key that is absent or `reserved`, or that differs from another one in its case only.
    """
    tags = tuple(item.tag() for item in items)
    for number, tag in enumerate(tags, 1):
        check_tag_key(tag.key, number, bad_key=bad_key, no_key=no_key, reserved=reserved)
        if len(tag.value) > 128 or _has_address(tag.value):
            raise bad_value.naming(f"Tag.{number}.Value")
        before = [other.key for other in tags[: number - 1]]
        if tag.key in before:
            raise twice.naming(f"Tag.{number}.Key")
        if only_case and tag.key.casefold() in map(str.casefold, before):
            raise only_case()
    return tags


def check_tag_key(
    key: str,
    number: int,
    *,
    bad_key: ErrorSpec,
    no_key: ErrorSpec | None = None,
    reserved: ErrorSpec | None = None,
) -> None:
    """Raise one of the errors unless a tag may have this key."""
    if not key:
        raise (no_key or bad_key).naming(f"Tag.{number}.Key")
    if key.startswith(("aliyun", "acs:")):
        raise (reserved or bad_key).naming(f"Tag.{number}.Key")
    if len(key) > 128 or _has_address(key):
        raise bad_key.naming(f"Tag.{number}.Key")


def _has_address(text: str) -> bool:
    return "http://" in text or "https://" in text


def tags_asked_for(
    items: Sequence[TagItem], *, mismatch: ErrorSpec = errors.TAG_MISMATCH, many: ErrorSpec = errors.TAG_COUNT
) -> Callable[[Resource], bool]:
    """Return a test for having every wanted tag: 20 at most, none with a value but no key."""
    if len(items) > 20:
        raise many()
    if any(not item.tag().key for item in items):
        raise mismatch()
    return lambda resource: has_tags(resource, items)


def created_within(
    items: Sequence[FilterItem], *, unknown: ErrorSpec, malformed: ErrorSpec
) -> Callable[[Resource], bool]:
    """Return a test for having been created within `CreationStartTime` and `CreationEndTime`, both included.

    Raises `unknown` for any other key, `malformed` for a value that isn't `yyyy-MM-ddTHH:mmZ`.
    """
    limits: dict[str, Instant] = {}
    for item in items:
        if item.key not in ("CreationStartTime", "CreationEndTime"):
            raise unknown.naming(item.key or "")
        try:
            limits[item.key] = times.parse(item.value or "")
        except ValueError:
            raise malformed.naming(item.key) from None
    first, last = limits.get("CreationStartTime"), limits.get("CreationEndTime")
    return lambda resource: (
        (first is None or first <= resource.created_at) and (last is None or resource.created_at <= last)
    )


def having(**wanted: str | bool | None) -> Callable[[Resource], bool]:
    """Return a test that fields have the values asked for; None asks for nothing."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    return lambda resource: all(getattr(resource, name) == value for name, value in asked.items())


def progress(phase: Phase, began: Instant, now: Instant, told: int = 0) -> str:
    """How far a change is that began at an instant, or begins later, as `40%`; as told if its end is open."""
    if phase.settled(now):
        return "100%"
    if phase.ends_at == OPEN:
        return f"{told}%"
    began = max(began, phase.begins_at)
    return f"{max(0, 100 * (now - began) // (phase.ends_at - began))}%"


def page(items: Sequence[T], number: int, size: int) -> Sequence[T]:
    """Return one page of a list; empty beyond its end."""
    return items[(number - 1) * size : number * size]


def id_list(text: str | None, malformed: ErrorSpec, *named: str) -> list[str] | None:
    """Read a JSON array of ids in a string, as most Describe operations take it; None when absent.

    Raises `malformed`, filled with `named`.
    """
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise malformed(*named) from None


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


def check_resource_group(id: str | None) -> None:
    """Refuse what can't be a resource group's id, as nobody has a group of that name; any other is taken."""
    if id is not None and not RESOURCE_GROUP.fullmatch(id):
        raise errors.RESOURCE_GROUP_NOT_FOUND()


RESOURCE_GROUP = re.compile(r"rg-[0-9a-zA-Z]+")
