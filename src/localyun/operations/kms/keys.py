"""Making, describing and listing keys."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from localyun.model import Key, Tag
from localyun.model.keys import (
    DEFAULT_SPEC,
    ENABLED,
    EXTERNAL,
    OURS,
    PENDING_IMPORT,
    USAGES,
    is_symmetric,
    read_policy,
)
from localyun.operations.common import PageNumber, PageSize, page
from localyun.operations.context import Context
from localyun.operations.kms.product import KMS
from localyun.spec import errors
from localyun.spec.declare import Answer, NotEmulated, Request, View, param
from localyun.wire import times

MALFORMED = errors.PARAMETER_NOT_VALID
LONGEST_DESCRIPTION, LONGEST_POLICY = 8192, 32_768
ROTATION = range(7, 731)
"""How many days may lie between two rotations."""


class InRegion(Request):
    """A call in the region of the address that it is sent to."""

    region_id: Annotated[
        str | None, param("The region; without it, the one in the name of the host that is called.")
    ] = None


class OfKey(InRegion, kw_only=True):
    """A call about one key."""

    key_id: Annotated[str, param("The key's id, resource name, or alias.")]


class CreateKey(InRegion):
    """Make a key."""

    description: Annotated[str | None, param("Up to 8192 characters.", max_length=LONGEST_DESCRIPTION)] = None
    key_usage: Annotated[
        Literal["ENCRYPT/DECRYPT", "SIGN/VERIFY"], param("What it is for; disks need ENCRYPT/DECRYPT.")
    ] = "ENCRYPT/DECRYPT"
    origin: Annotated[
        Literal["Aliyun_KMS", "EXTERNAL"] | None,
        param("Who makes its material; EXTERNAL waits for it for good, since none can be imported."),
    ] = None
    protection_level: Annotated[Literal["SOFTWARE", "HSM"] | None, param("Kept and shown.")] = None
    enable_automatic_rotation: Annotated[bool | None, param("Whether its material is made anew.")] = None
    rotation_interval: Annotated[str | None, param("How often, such as `365d`: 7 to 730 days.")] = None
    key_spec: Annotated[str | None, param("The kind of key; disks need a symmetric one.")] = None
    dkms_instance_id: Annotated[str | None, param("A KMS instance, of which there are none.")] = None
    tags: Annotated[str | None, param('JSON: `[{"TagKey": "…", "TagValue": "…"}]`, up to 20; kept.')] = None
    policy: Annotated[
        str | None, param("JSON: who may do what with it. ECS needs `kms:TagResource`; nothing else is read.")
    ] = None
    key_storage_mechanism: NotEmulated[str] = None


class KeyMetadata(View, kw_only=True):
    """What is known of a key."""

    key_id: str
    next_rotation_date: str = ""
    key_state: str
    rotation_interval: str = ""
    arn: str
    creator: str
    last_rotation_date: str = ""
    delete_date: str = ""
    primary_key_version: str
    description: str
    key_spec: str
    origin: str
    material_expire_time: str = ""
    automatic_rotation: str
    protection_level: str
    key_usage: str
    creation_date: str
    dkms_instance_id: str = ""


class DescribedKeyMetadata(KeyMetadata):
    """What DescribeKey tells beyond it: nothing protects a key from deletion."""

    deletion_protection: str = "Disabled"
    deletion_protection_description: str = ""


class CreatedKey(Answer):
    """The new key."""

    key_metadata: KeyMetadata


class DescribedKey(Answer):
    """A key."""

    key_metadata: DescribedKeyMetadata


class _GivenTag(msgspec.Struct, rename="pascal"):
    tag_key: str
    tag_value: str = ""


@KMS.operation(
    errors=(
        errors.PARAMETER_NOT_VALID,
        errors.KMS_UNSUPPORTED,
        errors.KMS_INSTANCE_NOT_FOUND,
        errors.KMS_QUOTA,
    ),
    malformed=MALFORMED,
)
def create_key(ctx: Context, request: CreateKey) -> CreatedKey:
    """A key that signs, or whose material comes from outside, isn't rotated. Source: CreateKey (2025)."""
    spec = request.key_spec or DEFAULT_SPEC
    if spec not in USAGES:
        raise errors.PARAMETER_NOT_VALID()
    rotation = _rotation(request)
    tags = _tags(request.tags)
    _check_policy(request.policy)
    if request.key_usage not in USAGES[spec]:
        raise errors.KMS_UNSUPPORTED()
    origin = request.origin or OURS
    if rotation and (origin == EXTERNAL or not is_symmetric(spec)):
        raise errors.KMS_UNSUPPORTED()
    if request.dkms_instance_id:
        raise errors.KMS_INSTANCE_NOT_FOUND()
    if len([key for key in ctx.keys.all(ctx.region) if not key.is_services]) >= ctx.limits.keys_per_region:
        raise errors.KMS_QUOTA()
    key = Key(
        id=ctx.world.ids.key(),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        creator=ctx.account,
        description=request.description or "",
        tags=tags,
        state=PENDING_IMPORT if origin == EXTERNAL else ENABLED,
        spec=spec,
        usage=request.key_usage,
        origin=origin,
        protection_level=request.protection_level or "SOFTWARE",
        rotation_days=rotation,
        policy=request.policy or "",
    )
    ctx.tx.put(key)
    return CreatedKey(key_metadata=KeyMetadata(**_metadata(ctx, key)))


def _rotation(request: CreateKey) -> int:
    """How many days lie between two rotations; 0 for none. Raises `InvalidParameter`."""
    if not request.enable_automatic_rotation:
        if request.rotation_interval:
            raise errors.PARAMETER_NOT_VALID()
        return 0
    days = (request.rotation_interval or "").removesuffix("d")
    if not (days.isascii() and days.isdigit() and int(days) in ROTATION):
        raise errors.PARAMETER_NOT_VALID()
    return int(days)


def _tags(text: str | None) -> tuple[Tag, ...]:
    try:
        given = msgspec.json.decode(text or "[]", type=list[_GivenTag])
    except msgspec.DecodeError:
        raise errors.PARAMETER_NOT_VALID() from None
    if len(given) > 20:
        raise errors.PARAMETER_NOT_VALID()
    return tuple(Tag(tag.tag_key, tag.tag_value) for tag in given)


def _check_policy(text: str | None) -> None:
    if text is None:
        return
    try:
        read_policy(text)
    except msgspec.DecodeError:
        raise errors.PARAMETER_NOT_VALID() from None
    if len(text) > LONGEST_POLICY:
        raise errors.PARAMETER_NOT_VALID()


def _metadata(ctx: Context, key: Key) -> dict[str, str]:
    """Return what is shown of a key."""
    turn = key.turns(ctx.now)
    shown = {
        "key_id": key.id,
        "key_state": key.state,
        "arn": key.arn,
        "creator": key.creator,
        "primary_key_version": key.version(turn),
        "description": key.description,
        "key_spec": key.spec,
        "origin": key.origin,
        "automatic_rotation": "Disabled",
        "protection_level": key.protection_level,
        "key_usage": key.usage,
        "creation_date": times.seconds(key.created_at),
        "delete_date": times.seconds(key.deleted_at) if key.deleted_at else "",
    }
    if key.rotation_days:
        shown |= {
            "automatic_rotation": "Enabled" if key.state == ENABLED else "Suspended",
            "rotation_interval": f"{key.rotation_days}d",
            "last_rotation_date": times.seconds(key.turned_at(turn)),
            "next_rotation_date": times.seconds(key.turned_at(turn + 1)),
        }
    return shown


class DescribeKey(OfKey):
    """Describe a key."""


@KMS.operation(
    errors=(errors.PARAMETER_NOT_VALID, errors.KMS_ALIAS_NOT_FOUND, errors.KMS_KEY_NOT_FOUND),
    malformed=MALFORMED,
    changes=False,
)
def describe_key(ctx: Context, request: DescribeKey) -> DescribedKey:
    """A key is found by its alias, too. Source: DescribeKey (2025)."""
    check_key_id(request.key_id)
    key = ctx.keys.named(request.key_id, ctx.region)
    if key is None:
        missing = errors.KMS_ALIAS_NOT_FOUND if is_alias(request.key_id) else errors.KMS_KEY_NOT_FOUND
        raise missing()
    return DescribedKey(key_metadata=DescribedKeyMetadata(**_metadata(ctx, key)))


def is_alias(key_id: str) -> bool:
    """Whether a key is named by its alias."""
    return key_id.startswith("alias/") or ":alias/" in key_id


def check_key_id(key_id: str) -> None:
    """Raise `InvalidParameter` for what can't be the id, resource name or alias of a key."""
    if not (key_id.isascii() and key_id.isprintable() and len(key_id) <= 256) or " " in key_id:
        raise errors.PARAMETER_NOT_VALID()


class ListKeys(InRegion):
    """List the keys of a region."""

    page_number: PageNumber = 1
    page_size: PageSize = 10
    filters: Annotated[
        str | None,
        param('JSON: `[{"Key": "KeyState", "Values": ["Enabled"]}]`, also KeySpec, KeyUsage, CreatorType …'),
    ] = None


class ListedKey(View):
    """A key in a list."""

    key_id: str
    key_arn: str


class ListedKeyList(View):
    """A page of keys."""

    key: list[ListedKey]


class ListedKeys(Answer):
    """A page of keys, newest first."""

    page_number: int
    page_size: int
    total_count: int
    keys: ListedKeyList


class _Filter(msgspec.Struct, rename="pascal"):
    key: str
    values: list[str]


FILTERS: dict[str, Callable[[Key], str]] = {
    "KeyState": lambda key: key.state,
    "KeySpec": lambda key: key.spec,
    "KeyUsage": lambda key: key.usage,
    "ProtectionLevel": lambda key: key.protection_level,
    "CreatorType": lambda key: "Service" if key.is_services else "User",
    "DKMSInstanceId": lambda key: "",
}
"""What keys are filtered by, and what of a key is compared."""


@KMS.operation(changes=False)
def list_keys(ctx: Context, request: ListKeys) -> ListedKeys:
    """A key has to fit every filter, by any of its values. Source: ListKeys (2025)."""
    filters = _filters(request.filters)
    keys = [
        key for key in ctx.keys.all(ctx.region) if all(FILTERS[one.key](key) in one.values for one in filters)
    ]
    return ListedKeys(
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(keys),
        keys=ListedKeyList(
            key=[
                ListedKey(key_id=key.id, key_arn=key.arn)
                for key in page(keys, request.page_number, request.page_size)
            ]
        ),
    )


def _filters(text: str | None) -> list[_Filter]:
    try:
        filters = msgspec.json.decode(text or "[]", type=list[_Filter])
    except msgspec.DecodeError:
        raise errors.INVALID_PARAMETER("Filters") from None
    if any(one.key not in FILTERS for one in filters):
        raise errors.INVALID_PARAMETER("Filters")
    return filters
