"""Virtual networks: VPCs, vSwitches in them, and security groups."""

import msgspec

from localyun.clock import Instant
from localyun.model.record import Phase, Resource, stored

PENDING, AVAILABLE = "Pending", "Available"
NORMAL, ENTERPRISE = "normal", "enterprise"
ACCEPT, DROP = "Accept", "Drop"
INGRESS, EGRESS = "ingress", "egress"
INTERNET, INTRANET = "internet", "intranet"


@stored("vpc", key=("id",), indexes=(("owner", "region", "created_at"),))
class Vpc(Resource, frozen=True):
    """A private network of one region, with a router and a route table that come and go with it."""

    cidr_block: str
    phase: Phase
    vrouter: str
    route_table: str
    user_cidrs: tuple[str, ...] = ()


@stored("vswitch", key=("id",), indexes=(("owner", "region", "created_at"), ("vpc",)))
class VSwitch(Resource, frozen=True):
    """A subnet of a VPC, in one zone."""

    zone: str
    vpc: str
    cidr_block: str
    phase: Phase


class Traffic(msgspec.Struct, frozen=True):
    """What a rule is about. Two rules about the same traffic in the same way are one rule.

    The peer is the source of what comes in and the destination of what goes out: a block or a group.
    The other end is a block of the group's own side, empty for all of it.
    """

    direction: str
    protocol: str
    port_range: str
    policy: str
    priority: str
    nic_type: str
    peer_cidr: str = ""
    peer_group: str = ""
    own_cidr: str = ""
    source_port_range: str = ""


class Rule(msgspec.Struct, frozen=True):
    """A rule of a security group."""

    id: str
    traffic: Traffic
    created_at: Instant
    description: str = ""


@stored("security_group", key=("id",), indexes=(("owner", "region", "created_at"), ("vpc",)))
class SecurityGroup(Resource, frozen=True):
    """A set of rules on who may talk to the instances in it. Without a VPC it is of the classic network."""

    vpc: str = ""
    kind: str = NORMAL
    inner_access_policy: str = ACCEPT
    """Whether its instances may talk to one another."""
    rules: tuple[Rule, ...] = ()

    @property
    def group_rules(self) -> int:
        """How many of its rules are about another group."""
        return sum(1 for rule in self.rules if rule.traffic.peer_group)
