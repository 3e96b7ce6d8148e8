"""What the operations of RAM share: names, texts, policies and pages."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

from localyun.model import Policy, Role, Tag, User, policies
from localyun.model.identity import PolicyType
from localyun.operations.common import PlainTagItem, new_tags
from localyun.operations.continuation import page_from
from localyun.spec import errors
from localyun.spec.declare import View, param
from localyun.spec.faults import ErrorSpec

T = TypeVar("T")

LONGEST_DOCUMENT = 6_144
LONGEST_DESCRIPTION = 1_024
MOST_TAGS = 20

UserName = Annotated[str, param("A user's name.", example="ci", missing=errors.NAMED_MISSING)]
RoleName = Annotated[str, param("A role's name.", example="ImageReader", missing=errors.NAMED_MISSING)]
PolicyName = Annotated[
    str, param("A policy's name.", example="AliyunECSFullAccess", missing=errors.NAMED_MISSING)
]
PolicyType_ = Annotated[
    str,
    param("System for the provider's policies, Custom for one's own.", missing=errors.NAMED_MISSING),
]
Description = Annotated[str | None, param("Up to 1,024 characters.")]
Tags = Annotated[tuple[PlainTagItem, ...], param("Up to 20 tags, as a JSON text.", as_json=True)]
WantedTags = Annotated[
    tuple[PlainTagItem, ...], param("Only what has all of these tags, as a JSON text.", as_json=True)
]
Marker = Annotated[str | None, param("Where to go on, as the page before said.")]
MaxItems = Annotated[int, param("Entries a page, 1 to 1,000.", ge=1, le=1_000)]


class TagView(View):
    """A tag."""

    tag_key: str
    tag_value: str


class TagsView(View):
    """The tags of a role or a policy."""

    tag: list[TagView]


def tags_view(tags: Sequence[Tag]) -> TagsView:
    """Show tags."""
    return TagsView(tag=[TagView(tag_key=tag.key, tag_value=tag.value) for tag in tags])


def tags_given(items: Sequence[PlainTagItem]) -> tuple[Tag, ...]:
    """Return the tags of a call, or raise `InvalidParameter`."""
    if len(items) > MOST_TAGS:
        raise errors.INVALID_PARAMETER("Tag")
    wrong = errors.INVALID_PARAMETER
    return new_tags(items, bad_key=wrong, bad_value=wrong, twice=wrong)


def check_name(name: str, form: re.Pattern[str], longest: int, length: ErrorSpec, chars: ErrorSpec) -> None:
    """Raise `length` for a name that is too long, `chars` for one that holds something else than allowed."""
    if len(name) > longest:
        raise length()
    if not form.fullmatch(name):
        raise chars()


def is_taken(name: str, there: Iterable[User | Role | Policy]) -> bool:
    """Whether one of these has the name; letter case tells no two of them apart, in policies neither."""
    return any(one.name.lower() == name.lower() for one in there)


def check_description(text: str | None) -> None:
    """Raise `InvalidParameter.Description.Length` for a description that is too long."""
    if len(text or "") > LONGEST_DESCRIPTION:
        raise errors.RAM_DESCRIPTION_LENGTH()


def check_type(type_: str) -> None:
    """Raise `InvalidParameter.PolicyType` for what is no type of policies."""
    if type_ not in list(PolicyType):
        raise errors.RAM_POLICY_TYPE()


def check_document(document: str) -> None:
    """Raise `InvalidParameter.PolicyDocument.Length` or `MalformedPolicyDocument` for what is no policy."""
    if len(document) > LONGEST_DOCUMENT:
        raise errors.RAM_POLICY_DOCUMENT_LENGTH()
    try:
        policies.read(document)
    except policies.PolicyError as error:
        raise errors.RAM_POLICY_MALFORMED(str(error)) from error


def check_trust(document: str) -> None:
    """Raise the same for what is no trust policy."""
    if len(document) > LONGEST_DOCUMENT:
        raise errors.RAM_POLICY_DOCUMENT_LENGTH()
    try:
        policies.read_trust(document)
    except policies.PolicyError as error:
        raise errors.RAM_POLICY_MALFORMED(str(error)) from error


def page(items: Sequence[T], marker: str | None, size: int) -> tuple[Sequence[T], str]:
    """Return a page and where the next one begins, which is empty on the last one."""
    return page_from(marker, items, size, errors.INVALID_PARAMETER("Marker"))
