"""Virtual networks: VPCs, vSwitches in them, and security groups."""

from localyun.model.record import Phase, Resource, stored


@stored("vpc", key=("id",), indexes=(("owner", "region", "created_at"),))
class Vpc(Resource, frozen=True):
    """A private network of one region."""

    cidr_block: str
    phase: Phase
    vrouter: str
    route_table: str
    user_cidrs: tuple[str, ...] = ()
    ipv6_cidr_block: str = ""


@stored("vswitch", key=("id",), indexes=(("owner", "region", "created_at"), ("vpc",)))
class VSwitch(Resource, frozen=True):
    """A subnet of a VPC, in one zone."""

    zone: str
    vpc: str
    cidr_block: str
    phase: Phase
    ipv6_cidr_block: str = ""


@stored("security_group", key=("id",), indexes=(("owner", "region", "created_at"), ("vpc",)))
class SecurityGroup(Resource, frozen=True):
    """A set of rules on who may talk to the instances in it."""

    vpc: str = ""
    kind: str = "normal"
