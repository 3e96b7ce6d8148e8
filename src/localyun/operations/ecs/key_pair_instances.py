"""Which instances people log in to with a key pair."""

from typing import Annotated, NamedTuple

from msgspec.structs import replace

from localyun.model import Instance
from localyun.operations.common import RegionId, id_list
from localyun.operations.context import Context
from localyun.operations.ecs.key_pairs import KeyPairName, key_pair_named
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Answer, Request, View, param
from localyun.spec.faults import ErrorSpec

MOST_INSTANCES = 50

InstanceIds = Annotated[str, param("A JSON array of up to 50 of one's own Linux instances.")]


class AttachKeyPair(Request):
    """Let people log in to instances with a key pair, in the place of any other."""

    region_id: RegionId
    key_pair_name: KeyPairName
    instance_ids: InstanceIds


class DetachKeyPair(Request):
    """Let nobody log in to instances with a key pair any more."""

    region_id: RegionId
    key_pair_name: KeyPairName
    instance_ids: InstanceIds


class Result(View):
    """What became of an instance."""

    code: str
    message: str
    instance_id: str
    success: str


class Results(View):
    """What became of each instance."""

    result: list[Result]


class KeyPairResults(Answer):
    """What became of each instance; the counts and `Success` are texts."""

    key_pair_name: str
    total_count: str
    fail_count: str
    results: Results


class _Named(NamedTuple):
    key_pair: str
    instances: list[Instance]


@ECS.operation(
    errors=(
        errors.KEY_PAIR_INSTANCE_IDS,
        errors.KEY_PAIR_INSTANCES_TOO_MANY,
        errors.KEY_PAIR_NOT_FOUND,
        errors.ATTACH_KEY_PAIR_TO_WINDOWS,
    )
)
def attach_key_pair(ctx: Context, request: AttachKeyPair) -> KeyPairResults:
    """All of the instances or none. Source: AttachKeyPair (2025)."""
    named = _named(ctx, request, errors.ATTACH_KEY_PAIR_TO_WINDOWS)
    for instance in named.instances:
        ctx.tx.put(replace(instance, key_pair=named.key_pair))
    return _all_done(named)


@ECS.operation(
    errors=(
        errors.KEY_PAIR_INSTANCE_IDS,
        errors.KEY_PAIR_INSTANCES_TOO_MANY,
        errors.KEY_PAIR_NOT_FOUND,
        errors.KEY_PAIR_OF_WINDOWS,
    )
)
def detach_key_pair(ctx: Context, request: DetachKeyPair) -> KeyPairResults:
    """An instance that has another key pair, or none, stays as it is. Source: DetachKeyPair (2025)."""
    named = _named(ctx, request, errors.KEY_PAIR_OF_WINDOWS)
    for instance in named.instances:
        if instance.key_pair == named.key_pair:
            ctx.tx.put(replace(instance, key_pair=""))
    return _all_done(named)


def _named(ctx: Context, request: AttachKeyPair | DetachKeyPair, windows: ErrorSpec) -> _Named:
    ids = id_list(request.instance_ids, errors.KEY_PAIR_INSTANCE_IDS) or []
    if not ids:
        raise errors.KEY_PAIR_INSTANCE_IDS()
    if len(ids) > MOST_INSTANCES:
        raise errors.KEY_PAIR_INSTANCES_TOO_MANY()
    key_pair = key_pair_named(ctx, request.key_pair_name, errors.KEY_PAIR_NOT_FOUND)
    instances = [ctx.own(Instance, id, errors.KEY_PAIR_INSTANCE_IDS) for id in dict.fromkeys(ids)]
    if any(instance.os_type == "windows" for instance in instances):
        raise windows()
    return _Named(key_pair.name, instances)


def _all_done(named: _Named) -> KeyPairResults:
    return KeyPairResults(
        key_pair_name=named.key_pair,
        total_count=str(len(named.instances)),
        fail_count="0",
        results=Results(
            result=[
                Result(code="200", message="successful", instance_id=instance.id, success="true")
                for instance in named.instances
            ]
        ),
    )
