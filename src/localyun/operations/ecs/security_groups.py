"""Security groups: created, listed, changed, deleted. Their rules are in `security_group_rules`."""

from typing import Annotated, Literal

import msgspec

from localyun.model import Instance, SecurityGroup, Vpc
from localyun.model.networks import ACCEPT, DROP, ENTERPRISE, NORMAL
from localyun.model.standing import Condition
from localyun.operations.common import (
    ClientToken,
    DryRun,
    PageNumber,
    PageSize,
    RegionId,
    ResourceGroupId,
    TagItem,
    Tags,
    check_resource_group,
    fuzzy,
    has_tags,
    id_list,
    is_description,
    is_name,
    new_tags,
    tags_view,
)
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.listing import chosen, page_by_number_or_token
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, NotEmulated, Request, Unset, View, param
from localyun.spec.faults import ErrorSpec
from localyun.wire import times

SecurityGroupId = Annotated[str, param("The security group.", example="sg-bp1exampleexample")]
Name = Annotated[str | None, param("2 to 128 characters, a letter first.")]
Description = Annotated[str | None, param("2 to 256 characters, not beginning with http:// or https://.")]


HELD_BACK = {Condition.NOT_AUTHORIZED: errors.SECURITY_GROUP_NOT_AUTHORIZED}
"""What keeps an account from changing its security groups, as the operator sets it."""

BY_ANOTHER = "The security group is managed by another product."


def check_group_id(id: str) -> None:
    """Raise `InvalidSecurityGroupId.Malformed` unless a text has the shape of a security group's id."""
    if not id.startswith("sg-"):
        raise errors.SECURITY_GROUP_IDS_MALFORMED()


def own_group(ctx: Context, id: str, missing: ErrorSpec = errors.SECURITY_GROUP_NOT_FOUND) -> SecurityGroup:
    """Return the caller's security group, to change it.

    Raises `missing`, one of `HELD_BACK` and `InvalidOperation.ResourceManagedByCloudProduct`.
    """
    ctx.check_standing(HELD_BACK)
    if ctx.is_in(Condition.MANAGED):
        raise errors.SECURITY_GROUP_MANAGED(BY_ANOTHER)
    return ctx.own(SecurityGroup, id, missing)


class CreateSecurityGroup(Request):
    """Create a security group without rules."""

    region_id: RegionId
    description: Description = None
    client_token: ClientToken = None
    security_group_name: Name = None
    vpc_id: Annotated[str | None, param("Its VPC; without one it is of the classic network.")] = None
    security_group_type: Annotated[
        Literal["normal", "enterprise"],
        param(
            "`enterprise` takes more instances and fewer kinds of rules.",
            malformed=errors.SECURITY_GROUP_TYPE,
        ),
    ] = "normal"
    service_managed: NotEmulated[bool] = False
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[TagItem, ...], param("Its tags, up to 20.")] = ()


class CreatedSecurityGroup(Answer):
    """The new security group."""

    security_group_id: str


@ECS.operation(
    unknown_region=errors.CREATE_SECURITY_GROUP_REGION,
    errors=(
        errors.SECURITY_GROUP_NAME_MALFORMED,
        errors.SECURITY_GROUP_DESCRIPTION_MALFORMED,
        errors.SECURITY_GROUP_TAG_KEY,
        errors.SECURITY_GROUP_TAG_VALUE,
        errors.TAG_KEY_TWICE,
        errors.CREATE_TAGS,
        errors.RESOURCE_GROUP_NOT_FOUND,
        errors.SECURITY_GROUP_MANAGED,
        errors.SECURITY_GROUP_TYPE_NEEDS_VPC,
        errors.VPC_NOT_FOUND,
        errors.VPC_STATUS,
        errors.SECURITY_GROUP_QUOTA,
    ),
)
def create_security_group(ctx: Context, request: CreateSecurityGroup) -> CreatedSecurityGroup:
    """Names needn't differ. It is there at once."""
    _check_words(request.security_group_name, errors.SECURITY_GROUP_NAME_MALFORMED, request.description)
    tags = new_tags(
        request.tag, bad_key=errors.SECURITY_GROUP_TAG_KEY, bad_value=errors.SECURITY_GROUP_TAG_VALUE
    )
    if len(tags) > ctx.limits.tags_per_resource:
        raise errors.CREATE_TAGS(f"There can be {ctx.limits.tags_per_resource} tags at most.")
    check_resource_group(request.resource_group_id)
    if ctx.is_in(Condition.MANAGED):
        raise errors.SECURITY_GROUP_MANAGED(BY_ANOTHER)
    if request.security_group_type == ENTERPRISE and not request.vpc_id:
        raise errors.SECURITY_GROUP_TYPE_NEEDS_VPC()
    if request.vpc_id:
        vpc = ctx.own(Vpc, request.vpc_id, errors.VPC_NOT_FOUND)
        if not vpc.phase.settled(ctx.now):
            raise errors.VPC_STATUS()
    there = ctx.tx.count(SecurityGroup, owner=ctx.account, region=ctx.region)
    if there >= ctx.limits.security_groups_per_region:
        raise errors.SECURITY_GROUP_QUOTA()
    group = SecurityGroup(
        id=ctx.new_id("sg"),
        region=ctx.region,
        owner=ctx.account,
        created_at=ctx.now,
        name=request.security_group_name or "",
        description=request.description or "",
        resource_group=request.resource_group_id or "",
        tags=tags,
        vpc=request.vpc_id or "",
        kind=request.security_group_type,
        inner_access_policy=ACCEPT if request.security_group_type == NORMAL else DROP,
    )
    ctx.tx.put(group)
    return CreatedSecurityGroup(security_group_id=group.id)


def _check_words(name: str | None, bad_name: ErrorSpec, description: str | None) -> None:
    if name and not is_name(name):
        raise bad_name()
    if description and not is_description(description):
        raise errors.SECURITY_GROUP_DESCRIPTION_MALFORMED()


class DescribeSecurityGroups(Request):
    """List security groups."""

    region_id: Annotated[RegionId, param("The region.", missing=errors.DESCRIBE_SECURITY_GROUPS_NO_REGION)]
    security_group_ids: Annotated[str | None, param("Only these: ids in a JSON array.")] = None
    vpc_id: Annotated[str | None, param("Only those of this VPC.")] = None
    security_group_type: Annotated[
        Literal["normal", "enterprise"] | None,
        param("Only those of this type.", malformed=errors.SECURITY_GROUP_TYPE_FILTER),
    ] = None
    next_token: Annotated[str | None, param("Where the page before ended.")] = None
    max_results: Annotated[int | None, param("Entries a page when paged by token.", ge=1, le=100)] = None
    network_type: Annotated[str | None, param("`vpc` or `classic`.")] = None
    security_group_name: Annotated[str | None, param("Only those of this name.")] = None
    is_query_ecs_count: Annotated[bool, param("Whether to count the instances in each.")] = False
    resource_group_id: ResourceGroupId = None
    tag: Annotated[tuple[TagItem, ...], param("Only those with these tags.", max_length=20)] = ()
    dry_run: DryRun = False
    security_group_id: Annotated[str | None, param("Only this one.")] = None
    fuzzy_query: Annotated[bool, param("Whether `*` in the name stands for anything.")] = False
    page_number: PageNumber = 1
    page_size: PageSize = 10
    service_managed: Annotated[
        bool | None, param("Only the provider's own, of which there are none, or only the others.")
    ] = None


class SecurityGroupView(View):
    """A security group."""

    security_group_id: str
    security_group_name: str
    description: str
    security_group_type: str
    vpc_id: str
    creation_time: str
    resource_group_id: str
    service_managed: bool
    tags: Tags
    rule_count: int
    group_to_group_rule_count: int
    ecs_count: int | Unset = UNSET
    available_instance_amount: int | Unset = UNSET
    service_id: int | Unset = msgspec.field(name="ServiceID", default=UNSET)


class SecurityGroups(View):
    """A page of security groups."""

    security_group: list[SecurityGroupView]


class DescribedSecurityGroups(Answer):
    """A page of security groups."""

    region_id: str
    next_token: str
    security_groups: SecurityGroups
    total_count: int
    page_number: int
    page_size: int


@ECS.operation(
    changes=False,
    errors=(
        errors.SECURITY_GROUP_NAME_MALFORMED,
        errors.SECURITY_GROUP_IDS_MALFORMED,
        errors.SECURITY_GROUP_NEXT_TOKEN,
    ),
)
def describe_security_groups(ctx: Context, request: DescribeSecurityGroups) -> DescribedSecurityGroups:
    """The caller's own, newest first; an id that there isn't is nothing found."""
    if request.security_group_name and not request.fuzzy_query:
        _check_words(request.security_group_name.strip("*"), errors.SECURITY_GROUP_NAME_MALFORMED, None)
    ids = id_list(request.security_group_ids, errors.SECURITY_GROUP_IDS_MALFORMED)
    named = fuzzy(request.security_group_name or "*")
    found = [
        group
        for group in chosen(ctx, SecurityGroup, ids)
        if request.security_group_id in (None, group.id)
        and request.vpc_id in (None, group.vpc)
        and request.security_group_type in (None, group.kind)
        and request.network_type in (None, "vpc" if group.vpc else "classic")
        and (named(group.name) if request.fuzzy_query else request.security_group_name in (None, group.name))
        and request.resource_group_id in (None, group.resource_group)
        and request.service_managed in (None, False)
        and has_tags(group, request.tag)
    ]
    shown, next_token = page_by_number_or_token(
        found,
        request.page_number,
        request.page_size,
        token=request.next_token,
        most=request.max_results,
        malformed=errors.SECURITY_GROUP_NEXT_TOKEN(),
    )
    return DescribedSecurityGroups(
        region_id=ctx.region,
        next_token=next_token,
        security_groups=SecurityGroups(
            security_group=[
                SecurityGroupView(
                    security_group_id=group.id,
                    security_group_name=group.name,
                    description=group.description,
                    security_group_type=group.kind,
                    vpc_id=group.vpc,
                    creation_time=times.seconds(group.created_at),
                    ecs_count=len(members_of(ctx, group)) if request.is_query_ecs_count else UNSET,
                    resource_group_id=group.resource_group,
                    service_managed=False,
                    tags=tags_view(group.tags),
                    rule_count=len(group.rules),
                    group_to_group_rule_count=group.group_rules,
                )
                for group in shown
            ]
        ),
        total_count=len(found),
        page_number=request.page_number,
        page_size=request.page_size,
    )


def members_of(ctx: Context, group: SecurityGroup) -> list[Instance]:
    """The instances in a group, which are its owner's."""
    instances = ctx.tx.find(Instance, owner=group.owner, region=group.region)
    return [instance for instance in instances if group.id in instance.security_groups]


class ModifySecurityGroupAttribute(Request):
    """Change a security group's name or description."""

    security_group_id: SecurityGroupId
    region_id: RegionId
    description: Description = None
    security_group_name: Name = None


@ECS.operation(
    errors=(
        errors.SECURITY_GROUP_NEW_NAME_MALFORMED,
        errors.SECURITY_GROUP_DESCRIPTION_MALFORMED,
        errors.SECURITY_GROUP_NOT_FOUND,
    )
)
def modify_security_group_attribute(ctx: Context, request: ModifySecurityGroupAttribute) -> Empty:
    """What isn't given stays."""
    _check_words(request.security_group_name, errors.SECURITY_GROUP_NEW_NAME_MALFORMED, request.description)
    group = ctx.own(SecurityGroup, request.security_group_id, errors.SECURITY_GROUP_NOT_FOUND)
    ctx.tx.put(
        msgspec.structs.replace(
            group,
            name=request.security_group_name or group.name,
            description=request.description or group.description,
        )
    )
    return Empty()


class ModifySecurityGroupPolicy(Request):
    """Say whether the instances of a security group may talk to one another."""

    security_group_id: SecurityGroupId
    region_id: Annotated[RegionId, param("The region.", missing=errors.SECURITY_GROUP_POLICY_NO_REGION)]
    inner_access_policy: Annotated[str, param("`Accept` or `Drop`, in any case.")]
    client_token: ClientToken = None


@ECS.operation(
    errors=(
        errors.SECURITY_GROUP_POLICY,
        errors.SECURITY_GROUP_NOT_FOUND,
        errors.SECURITY_GROUP_POLICY_FIXED,
    )
)
def modify_security_group_policy(ctx: Context, request: ModifySecurityGroupPolicy) -> Empty:
    """Only normal groups have the choice."""
    policy = request.inner_access_policy.capitalize()
    if policy not in (ACCEPT, DROP):
        raise errors.SECURITY_GROUP_POLICY()
    group = ctx.own(SecurityGroup, request.security_group_id, errors.SECURITY_GROUP_NOT_FOUND)
    if group.kind != NORMAL:
        raise errors.SECURITY_GROUP_POLICY_FIXED()
    ctx.tx.put(msgspec.structs.replace(group, inner_access_policy=policy))
    return Empty()


class DeleteSecurityGroup(Request):
    """Delete a security group and its rules."""

    region_id: Annotated[RegionId, param("The region.", missing=errors.DELETE_SECURITY_GROUP_NO_REGION)]
    security_group_id: SecurityGroupId


@ECS.operation(
    errors=(
        *HELD_BACK.values(),
        errors.SECURITY_GROUP_MANAGED,
        errors.DELETE_SECURITY_GROUP_NOT_FOUND,
        errors.SECURITY_GROUP_IN_USE,
        errors.SECURITY_GROUP_REFERENCED,
    )
)
def delete_security_group(ctx: Context, request: DeleteSecurityGroup) -> Empty:
    """Not while an instance is in it or another group's rule names it."""
    group = own_group(ctx, request.security_group_id, errors.DELETE_SECURITY_GROUP_NOT_FOUND)
    if members_of(ctx, group):
        raise errors.SECURITY_GROUP_IN_USE()
    if any(rule.traffic.peer_group == group.id for other in ctx.mine(SecurityGroup) for rule in other.rules):
        raise errors.SECURITY_GROUP_REFERENCED()
    ctx.tx.delete(group)
    return Empty()
