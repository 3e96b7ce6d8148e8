"""Key pairs: made, imported, listed, deleted."""

from typing import Annotated

from localyun import keys
from localyun.model import Instance, KeyPair
from localyun.model.launching import is_instance_name
from localyun.operations.common import (
    PageNumber,
    PlainTagItem,
    RegionId,
    ResourceGroupId,
    Tags,
    check_resource_group,
    fuzzy,
    has_tags,
    id_list,
    new_tags,
    page,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, Request, Unset, View, param
from localyun.spec.faults import ErrorSpec
from localyun.wire import times

MOST_NAMES = 100
"""How many key pairs one call may delete."""

KeyPairName = Annotated[str, param("2 to 128 characters, a letter first.", example="web")]
NewTags = Annotated[tuple[PlainTagItem, ...], param("Up to 20.")]


def key_pair_named(ctx: Context, name: str, missing: ErrorSpec, region: str = "") -> KeyPair:
    """Return the caller's key pair of this name in the call's region, or another, or raise `missing`."""
    for found in ctx.tx.find(KeyPair, owner=ctx.account, region=region or ctx.region, name=name):
        return found
    raise missing()


class CreateKeyPair(Request):
    """Make a key pair. Its private key is in the answer, and nowhere else."""

    region_id: RegionId
    key_pair_name: KeyPairName
    resource_group_id: ResourceGroupId = None
    tag: NewTags = ()


class NewKeyPair(Answer):
    """The pair; the private key is an unencrypted RSA key in PEM."""

    private_key_body: str
    key_pair_name: str
    key_pair_id: str
    key_pair_finger_print: str


@ECS.operation(
    errors=(
        errors.CREATE_TAGS,
        errors.KEY_PAIR_NAME_MALFORMED,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.KEY_PAIR_TAKEN,
        errors.KEY_PAIR_QUOTA,
    ),
    unknown_region=errors.LAUNCH_REGION_NOT_FOUND,
)
def create_key_pair(ctx: Context, request: CreateKeyPair) -> NewKeyPair:
    """RSA, of 2048 bits. Source: CreateKeyPair (2025)."""
    if len(request.tag) > ctx.limits.tags_per_resource:
        raise errors.CREATE_TAGS(f"There can be {ctx.limits.tags_per_resource} tags at most.")
    _check(ctx, request)
    made = keys.make()
    kept = _kept(ctx, request, made.public)
    return NewKeyPair(
        private_key_body=made.private,
        key_pair_name=kept.name,
        key_pair_id=kept.id,
        key_pair_finger_print=kept.fingerprint,
    )


class ImportKeyPair(Request):
    """Take in the public key of a pair that was made elsewhere."""

    region_id: RegionId
    key_pair_name: KeyPairName
    public_key_body: Annotated[
        str, param("One line, as in `id_rsa.pub`.", missing=errors.KEY_PAIR_NO_PUBLIC_KEY)
    ]
    resource_group_id: ResourceGroupId = None
    tag: NewTags = ()


class ImportedKeyPair(Answer):
    """The pair."""

    key_pair_name: str
    key_pair_finger_print: str


@ECS.operation(
    errors=(
        errors.PUBLIC_KEY_MALFORMED,
        errors.KEY_PAIR_NAME_MALFORMED,
        errors.TAG_KEY_MALFORMED,
        errors.TAG_VALUE_MALFORMED,
        errors.TAG_KEY_TWICE,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.KEY_PAIR_TAKEN,
        errors.KEY_PAIR_QUOTA,
    )
)
def import_key_pair(ctx: Context, request: ImportKeyPair) -> ImportedKeyPair:
    """Any kind of key that SSH knows. Source: ImportKeyPair (2025)."""
    if not keys.is_public(request.public_key_body):
        raise errors.PUBLIC_KEY_MALFORMED()
    _check(ctx, request)
    kept = _kept(ctx, request, request.public_key_body)
    return ImportedKeyPair(key_pair_name=kept.name, key_pair_finger_print=kept.fingerprint)


def _check(ctx: Context, request: CreateKeyPair | ImportKeyPair) -> None:
    """Check what both ways to a key pair have in common: its words, and that there is room for it."""
    name = request.key_pair_name
    if not is_instance_name(name):
        raise errors.KEY_PAIR_NAME_MALFORMED()
    new_tags(request.tag)
    check_resource_group(request.resource_group_id)
    if ctx.tx.count(KeyPair, owner=ctx.account, region=ctx.region, name=name):
        raise errors.KEY_PAIR_TAKEN()
    if ctx.tx.count(KeyPair, owner=ctx.account, region=ctx.region) >= ctx.limits.key_pairs_per_region:
        raise errors.KEY_PAIR_QUOTA()


def _kept(ctx: Context, request: CreateKeyPair | ImportKeyPair, public_key: str) -> KeyPair:
    kept = KeyPair(
        id=ctx.new_id("ssh"),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.key_pair_name,
        resource_group=request.resource_group_id or "",
        tags=new_tags(request.tag),
        public_key=public_key.strip(),
        fingerprint=keys.fingerprint(public_key),
    )
    ctx.tx.put(kept)
    return kept


class DescribeKeyPairs(Request):
    """List key pairs."""

    region_id: RegionId
    key_pair_name: Annotated[str | None, param("The name; `*` stands for anything.")] = None
    key_pair_finger_print: Annotated[str | None, param("The fingerprint.")] = None
    page_number: PageNumber = 1
    page_size: Annotated[int, param("Entries a page, 1 to 50.", ge=1, le=50)] = 10
    include_public_key: Annotated[bool, param("Whether the public keys are shown.")] = False
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[PlainTagItem, ...], param("Tags, all of which it has.")] = ()


class KeyPairView(View):
    """A key pair."""

    creation_time: str
    key_pair_name: str
    key_pair_finger_print: str
    resource_group_id: str
    tags: Tags
    public_key: str | Unset = UNSET


class KeyPairs(View):
    """A page of key pairs."""

    key_pair: list[KeyPairView]


class KeyPairList(Answer):
    """The key pairs asked for, newest first."""

    page_size: int
    page_number: int
    total_count: int
    key_pairs: KeyPairs


@ECS.operation(changes=False)
def describe_key_pairs(ctx: Context, request: DescribeKeyPairs) -> KeyPairList:
    """What isn't there makes an empty list. Source: DescribeKeyPairs (2025)."""
    named = fuzzy(request.key_pair_name or "*")
    found = [
        one
        for one in ctx.mine(KeyPair)
        if named(one.name)
        and request.key_pair_finger_print in (None, one.fingerprint)
        and request.resource_group_id in (None, one.resource_group)
        and has_tags(one, request.tag)
    ]
    return KeyPairList(
        page_size=request.page_size,
        page_number=request.page_number,
        total_count=len(found),
        key_pairs=KeyPairs(
            key_pair=[
                KeyPairView(
                    creation_time=times.seconds(one.created_at),
                    key_pair_name=one.name,
                    key_pair_finger_print=one.fingerprint,
                    resource_group_id=one.resource_group,
                    tags=tags_view(one.tags),
                    public_key=one.public_key if request.include_public_key else UNSET,
                )
                for one in page(found, request.page_number, request.page_size)
            ]
        ),
    )


class DeleteKeyPairs(Request):
    """Delete key pairs."""

    region_id: RegionId
    key_pair_names: Annotated[
        str, param("A JSON array of up to 100 names.", missing=errors.KEY_PAIR_NO_NAMES)
    ]


@ECS.operation(
    errors=(
        errors.KEY_PAIR_NAMES_MALFORMED,
        errors.KEY_PAIR_NAMES_TOO_MANY,
        errors.KEY_PAIR_ATTACHED,
    )
)
def delete_key_pairs(ctx: Context, request: DeleteKeyPairs) -> Empty:
    """All or none: not while an instance has one of them. A name that isn't there is no error.

    Source: DeleteKeyPairs (2025).
    """
    names = id_list(request.key_pair_names, errors.KEY_PAIR_NAMES_MALFORMED) or []
    if not names:
        raise errors.KEY_PAIR_NAMES_MALFORMED()
    if len(names) > MOST_NAMES:
        raise errors.KEY_PAIR_NAMES_TOO_MANY()
    if any(instance.key_pair in names for instance in ctx.mine(Instance)):
        raise errors.KEY_PAIR_ATTACHED()
    for key_pair in ctx.mine(KeyPair):
        if key_pair.name in names:
            ctx.tx.delete(key_pair)
    return Empty()
