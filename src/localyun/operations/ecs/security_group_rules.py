"""The rules of security groups: added, taken back, listed."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from localyun.model import SecurityGroup
from localyun.model.networks import DROP, EGRESS, ENTERPRISE, INGRESS, INTERNET, Rule, Traffic
from localyun.model.security_rules import Asked, Refusing, check, is_meant, traffic
from localyun.operations.common import RegionId
from localyun.operations.context import Context
from localyun.operations.continuation import page_from
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.security_group_permissions import (
    EgressRulesRequest,
    IngressRulesRequest,
    NewEgressPermissions,
    OldEgressPermissions,
    rules_asked_for,
)
from localyun.operations.ecs.security_group_refusals import (
    NIC_TYPE_ROWS,
    PEER_ROWS,
    refusals,
    revoke_refusals,
)
from localyun.operations.ecs.security_groups import SecurityGroupId, check_group_id, own_group
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, Request, Unset, View, param
from localyun.wire import times

RuleIds = Annotated[tuple[str, ...], param("The rules' ids, up to 100; then no other words.", max_length=100)]


NOTHING = "<nil>"
"""What Terraform's provider sends as NicType when it has none: Go's word for nothing."""


class AuthorizeSecurityGroup(IngressRulesRequest):
    """Add rules on what comes in to a security group."""


@ECS.operation(
    errors=(*refusals(INGRESS, revoked=False), errors.GROUP_RULES_QUOTA, errors.RULES_QUOTA),
)
def authorize_security_group(ctx: Context, request: AuthorizeSecurityGroup) -> Empty:
    """A rule that is there already is no error and isn't added again."""
    return _authorize(ctx, request, INGRESS)


class AuthorizeSecurityGroupEgress(EgressRulesRequest):
    """Add rules on what goes out to a security group."""

    permissions: NewEgressPermissions = ()


@ECS.operation(
    errors=(*refusals(EGRESS, revoked=False), errors.GROUP_RULES_QUOTA, errors.RULES_QUOTA),
)
def authorize_security_group_egress(ctx: Context, request: AuthorizeSecurityGroupEgress) -> Empty:
    """A rule that is there already is no error and isn't added again."""
    return _authorize(ctx, request, EGRESS)


def _authorize(ctx: Context, request: IngressRulesRequest | EgressRulesRequest, direction: str) -> Empty:
    asked, group = _rules_and_group(ctx, request, direction, revoked=False)
    wanted = {traffic(one, direction, in_vpc=bool(group.vpc)): one.description or "" for one in asked}
    there = {rule.traffic for rule in group.rules}
    added = [
        Rule(id=ctx.new_id("sgr"), traffic=new, created_at=ctx.now, description=description)
        for new, description in wanted.items()
        if new not in there
    ]
    changed = msgspec.structs.replace(group, rules=(*group.rules, *added))
    if changed.group_rules > ctx.limits.group_rules_per_security_group:
        raise errors.GROUP_RULES_QUOTA()
    if len(changed.rules) > ctx.limits.rules_per_security_group:
        raise errors.RULES_QUOTA()
    ctx.tx.put(changed)
    return Empty()


def _rules_and_group(
    ctx: Context, request: IngressRulesRequest | EgressRulesRequest, direction: str, *, revoked: bool
) -> tuple[list[Asked], SecurityGroup]:
    """Return the rules of a call and the group that they are about, once they fit each other."""
    check_group_id(request.security_group_id)
    asked = rules_asked_for(request)
    for one in asked:
        check(one, direction, revoked=revoked)
    group = own_group(ctx, request.security_group_id)
    wanted = [traffic(one, direction, in_vpc=bool(group.vpc)) for one in asked]
    if len(set(wanted)) < len(wanted):
        raise errors.RULES_DUPLICATE()
    for one, new in zip(asked, wanted, strict=True):
        _check_against_group(ctx, group, one, new, revoked=revoked)
    return asked, group


def _check_against_group(
    ctx: Context, group: SecurityGroup, asked: Asked, wanted: Traffic, *, revoked: bool
) -> None:
    """An enterprise group only accepts, and only blocks; another's group looks as if it weren't there."""
    if asked.peer_prefix_list:
        raise errors.RULE_PREFIX_LIST_NOT_FOUND() if group.vpc else errors.RULE_PREFIX_LIST_OF_CLASSIC()
    if group.kind == ENTERPRISE and (wanted.policy == DROP or wanted.peer_group):
        raise errors.RULE_IN_ENTERPRISE_GROUP()
    if not wanted.peer_group:
        return
    refuse = Refusing.of(asked, wanted.direction, revoked=revoked)
    rows = PEER_ROWS[wanted.direction]
    peer = ctx.owned(SecurityGroup, wanted.peer_group)
    if peer is None:
        raise refuse(rows.not_found)
    if peer.id == group.id:
        raise refuse(rows.is_same)
    if not revoked and not group.vpc and asked.nic_type == INTERNET:
        raise refuse(rows.nic_type)
    if not revoked and bool(peer.vpc) != bool(group.vpc):
        raise refuse(errors.RULE_GROUP_OF_OTHER_NETWORK)
    if peer.vpc != group.vpc:
        raise refuse(rows.elsewhere)
    if peer.kind == ENTERPRISE:
        raise refuse(errors.RULE_OF_ENTERPRISE_GROUP)


class RevokeSecurityGroup(IngressRulesRequest):
    """Take rules on what comes in from a security group."""

    security_group_rule_id: RuleIds = ()


@ECS.operation(errors=revoke_refusals(INGRESS))
def revoke_security_group(ctx: Context, request: RevokeSecurityGroup) -> Empty:
    """All or nothing: one rule that isn't there refuses the call. Source: its page (2024-07)."""
    return _revoke(ctx, request, request.security_group_rule_id, INGRESS)


class RevokeSecurityGroupEgress(EgressRulesRequest):
    """Take rules on what goes out from a security group."""

    permissions: OldEgressPermissions = ()
    security_group_rule_id: RuleIds = ()


@ECS.operation(errors=revoke_refusals(EGRESS))
def revoke_security_group_egress(ctx: Context, request: RevokeSecurityGroupEgress) -> Empty:
    """All or nothing: one rule that isn't there refuses the call. Source: its page (2024-07)."""
    return _revoke(ctx, request, request.security_group_rule_id, EGRESS)


def _revoke(
    ctx: Context, request: IngressRulesRequest | EgressRulesRequest, ids: Sequence[str], direction: str
) -> Empty:
    if len(set(ids)) < len(ids):
        raise errors.RULE_ID_TWICE()
    if not all(id.startswith("sgr-") for id in ids):
        raise errors.RULE_ID_MALFORMED()
    if ids:
        check_group_id(request.security_group_id)
        group = own_group(ctx, request.security_group_id)
        asked: list[Asked] = []
    else:
        asked, group = _rules_and_group(ctx, request, direction, revoked=True)
    rules = [rule for rule in group.rules if rule.traffic.direction == direction]
    gone = [rule for rule in rules if rule.id in ids]
    if len(gone) < len(ids):
        raise errors.RULE_ID_NOT_FOUND()
    for one in asked:
        gone += _meant(group, rules, one, direction)
    left = tuple(rule for rule in group.rules if rule not in gone)
    ctx.tx.put(msgspec.structs.replace(group, rules=left))
    return Empty()


def _meant(group: SecurityGroup, rules: Sequence[Rule], asked: Asked, direction: str) -> list[Rule]:
    """Return the rules that a call means to take back; there is one at least."""
    in_vpc = bool(group.vpc)
    if meant := [rule for rule in rules if is_meant(rule.traffic, asked, in_vpc=in_vpc)]:
        return meant
    if any(is_meant(rule.traffic, asked, in_vpc=in_vpc, any_nic=True) for rule in rules):
        raise NIC_TYPE_ROWS[direction]()
    if asked.peer_group and not (asked.peer_cidr or asked.peer_ipv6):
        raise errors.REVOKE_GROUP_NOT_AUTHORIZED()
    raise errors.RULE_NOT_FOUND()


class DescribeSecurityGroupAttribute(Request):
    """Describe one security group and its rules."""

    security_group_id: SecurityGroupId
    region_id: Annotated[RegionId, param("The region.", missing=errors.SECURITY_GROUP_RULES_NO_REGION)]
    nic_type: Annotated[
        Literal["internet", "intranet", "<nil>"],
        param("Of a classic group, the rules of these interfaces.", malformed=errors.RULE_NIC_TYPE),
    ] = "internet"
    direction: Annotated[Literal["egress", "ingress", "all"], param("Only rules of this direction.")] = "all"
    next_token: Annotated[str | None, param("Where the page before ended.")] = None
    max_results: Annotated[int, param("Rules a page, 10 to 1000.", ge=10, le=1000)] = 500
    attribute: Annotated[
        Literal["snapshotPolicyIds"] | None,
        param("Ask for the snapshot policies, of which there are none.", malformed=errors.RULES_ATTRIBUTE),
    ] = None


class Permission(View):
    """A rule."""

    security_group_rule_id: str
    direction: str
    source_group_id: str
    dest_group_owner_account: str
    dest_prefix_list_id: str
    dest_prefix_list_name: str
    source_cidr_ip: str
    ipv6_dest_cidr_ip: str
    create_time: str
    ipv6_source_cidr_ip: str
    dest_group_id: str
    dest_cidr_ip: str
    ip_protocol: str
    priority: str
    dest_group_name: str
    nic_type: str
    policy: str
    description: str
    port_range: str
    source_prefix_list_name: str
    source_prefix_list_id: str
    source_group_owner_account: str
    source_group_name: str
    source_port_range: str
    port_range_list_id: str | Unset = UNSET
    port_range_list_name: str | Unset = UNSET


class Permissions(View):
    """A page of rules."""

    permission: list[Permission]


class SnapshotPolicyIds(View):
    """Snapshot policies."""

    snapshot_policy_id: list[str]


class DescribedSecurityGroup(Answer):
    """A security group and a page of its rules."""

    vpc_id: str
    inner_access_policy: str
    description: str
    security_group_id: str
    security_group_name: str
    region_id: str
    permissions: Permissions
    next_token: str
    snapshot_policy_ids: SnapshotPolicyIds | Unset = UNSET


@ECS.operation(changes=False, malformed=errors.IMAGES_PARAMETER, errors=(errors.SECURITY_GROUP_NOT_FOUND,))
def describe_security_group_attribute(
    ctx: Context, request: DescribeSecurityGroupAttribute
) -> DescribedSecurityGroup:
    """The newest rules first. In a VPC, NicType makes no difference."""
    group = ctx.own(SecurityGroup, request.security_group_id, errors.SECURITY_GROUP_NOT_FOUND)
    nic_type = INTERNET if request.nic_type == NOTHING else request.nic_type
    found = [
        rule
        for rule in reversed(group.rules)
        if request.direction in ("all", rule.traffic.direction)
        and (group.vpc or rule.traffic.nic_type == nic_type)
    ]
    shown, next_token = page_from(request.next_token, found, request.max_results, errors.IMAGES_PARAMETER())
    names = {other.id: other.name for other in ctx.mine(SecurityGroup)}
    return DescribedSecurityGroup(
        vpc_id=group.vpc,
        inner_access_policy=group.inner_access_policy,
        description=group.description,
        security_group_id=group.id,
        security_group_name=group.name,
        region_id=group.region,
        permissions=Permissions(permission=[_permission(rule, names) for rule in shown]),
        next_token=next_token,
        snapshot_policy_ids=SnapshotPolicyIds(snapshot_policy_id=[]) if request.attribute else UNSET,
    )


def _permission(rule: Rule, names: dict[str, str]) -> Permission:
    """Show a rule: source and destination are its two ends, whichever is the peer."""
    about = rule.traffic
    incoming = about.direction == INGRESS
    source, dest = (about.peer_cidr, about.own_cidr) if incoming else (about.own_cidr, about.peer_cidr)
    source_group, dest_group = (about.peer_group, "") if incoming else ("", about.peer_group)
    return Permission(
        security_group_rule_id=rule.id,
        direction=about.direction,
        source_group_id=source_group,
        dest_group_owner_account="",
        dest_prefix_list_id="",
        dest_prefix_list_name="",
        source_cidr_ip=_of_family(source, ipv6=False),
        ipv6_dest_cidr_ip=_of_family(dest, ipv6=True),
        create_time=times.seconds(rule.created_at),
        ipv6_source_cidr_ip=_of_family(source, ipv6=True),
        dest_group_id=dest_group,
        dest_cidr_ip=_of_family(dest, ipv6=False),
        ip_protocol=about.protocol,
        priority=about.priority,
        dest_group_name=names.get(dest_group, ""),
        nic_type=about.nic_type,
        policy=about.policy,
        description=rule.description,
        port_range=about.port_range,
        source_prefix_list_name="",
        source_prefix_list_id="",
        source_group_owner_account="",
        source_group_name=names.get(source_group, ""),
        source_port_range=about.source_port_range,
    )


def _of_family(cidr: str, *, ipv6: bool) -> str:
    """The block if it is of that family, else nothing."""
    return cidr if (":" in cidr) == ipv6 else ""
