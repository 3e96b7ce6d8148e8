"""How rules of security groups are refused, in either direction and either wording."""

from collections.abc import Iterable
from typing import NamedTuple

from localyun.model.networks import EGRESS, INGRESS
from localyun.model.security_rules import WORDINGS
from localyun.operations.ecs.security_groups import HELD_BACK
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class PeerRows(NamedTuple):
    """How a group that a rule names is refused."""

    not_found: ErrorSpec
    is_same: ErrorSpec
    elsewhere: ErrorSpec
    nic_type: ErrorSpec


PEER_ROWS = {
    INGRESS: PeerRows(
        errors.RULE_SOURCE_GROUP_NOT_FOUND,
        errors.RULE_SOURCE_GROUP_IS_SAME,
        errors.RULE_SOURCE_GROUP_ELSEWHERE,
        errors.RULE_SOURCE_GROUP_NIC_TYPE,
    ),
    EGRESS: PeerRows(
        errors.RULE_DEST_GROUP_NOT_FOUND,
        errors.RULE_DEST_GROUP_IS_SAME,
        errors.RULE_DEST_GROUP_ELSEWHERE,
        errors.RULE_DEST_GROUP_NIC_TYPE,
    ),
}

NIC_TYPE_ROWS = {
    INGRESS: errors.REVOKE_NIC_TYPE_MISMATCH,
    EGRESS: errors.REVOKE_EGRESS_NIC_TYPE_MISMATCH,
}
"""How a rule is refused that is about other interfaces than the one to take back."""


def _worded(rows: Iterable[ErrorSpec], direction: str, revoked: bool) -> Iterable[ErrorSpec]:
    """Return rows as calls have them that word a rule in the newer or in the older way."""
    wordings = (WORDINGS[direction, revoked, False], WORDINGS[direction, revoked, True])
    return dict.fromkeys(words.get(row, row) for row in rows for words in wordings)


def refusals(direction: str, *, revoked: bool) -> tuple[ErrorSpec, ...]:
    """Return what a rule to add or to take back is refused with, in the order of checking."""
    rows = (
        errors.RULE_PROTOCOL,
        errors.RULE_PORT_RANGE_LIST_OF_PROTOCOL,
        errors.RULE_PORT_RANGE_LIST_NOT_FOUND,
        errors.RULE_PORTS_MISSING,
        errors.RULE_PORTS,
        errors.RULE_PORTS_MISMATCH,
        errors.RULE_SOURCE_PORTS,
        errors.RULE_POLICY,
        errors.RULE_PRIORITY,
        errors.RULE_NIC_TYPE,
        errors.RULE_SOURCE_MISSING if direction == INGRESS else errors.RULE_DEST_MISSING,
        errors.RULE_SOURCE_TWICE,
        errors.RULE_SOURCE_CIDR,
        errors.RULE_SOURCE_IPV6,
        errors.RULE_DEST_TWICE,
        errors.RULE_DEST_CIDR,
        errors.RULE_DEST_IPV6,
        errors.RULE_FAMILIES_MIXED,
        errors.RULE_FAMILY_IPV4_ONLY,
        errors.RULE_FAMILY_IPV6_ONLY,
        *(() if revoked else (errors.RULE_ENDS_ARE_SAME,)),
        errors.RULE_DESCRIPTION,
    )
    peer = PEER_ROWS[direction]
    rules = (
        errors.RULES_DUPLICATE,
        errors.RULE_PREFIX_LIST_OF_CLASSIC,
        errors.RULE_PREFIX_LIST_NOT_FOUND,
        errors.RULE_IN_ENTERPRISE_GROUP,
        peer.not_found,
        peer.is_same,
        *(() if revoked else (peer.nic_type, errors.RULE_GROUP_OF_OTHER_NETWORK)),
        peer.elsewhere,
        errors.RULE_OF_ENTERPRISE_GROUP,
    )
    return (
        errors.SECURITY_GROUP_IDS_MALFORMED,
        errors.RULES_BOTH_WAYS,
        *_worded(rows, direction, revoked),
        *HELD_BACK.values(),
        errors.SECURITY_GROUP_MANAGED,
        errors.SECURITY_GROUP_NOT_FOUND,
        *_worded(rules, direction, revoked),
    )


def revoke_refusals(direction: str) -> tuple[ErrorSpec, ...]:
    """Return everything that taking rules back is refused with."""
    return (
        errors.RULE_ID_TWICE,
        errors.RULE_ID_MALFORMED,
        *refusals(direction, revoked=True),
        errors.RULE_ID_NOT_FOUND,
        NIC_TYPE_ROWS[direction],
        errors.REVOKE_GROUP_NOT_AUTHORIZED,
        errors.RULE_NOT_FOUND,
    )
