"""Address blocks: which a VPC and its vSwitches may have, and how they lie in one another."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

VPC_MASKS = range(8, 29)
VSWITCH_MASKS = range(16, 30)
MOST_USER_CIDRS = 3

_METADATA = IPv4Network("100.64.0.0/10")
_NOT_FOR_VPCS = (
    _METADATA,
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/4"),
)
_BLOCK = re.compile(r"[\d.]+/\d\d?", re.ASCII)


def block(text: str, malformed: ErrorSpec) -> IPv4Network:
    """Read `10.0.0.0/8`. Raises `malformed` on anything else, and if the address has bits beyond the mask."""
    if not _BLOCK.fullmatch(text):
        raise malformed()
    try:
        return IPv4Network(text)
    except ValueError:
        raise malformed() from None


def check_vpc(text: str) -> None:
    """Raise unless a new VPC may have this block. Source: CreateVpc (2025).

    Raises `InvalidParameter`, `IllegalParam.CidrBlockMask`.
    """
    wanted = block(text, errors.VPC_CIDR_INVALID)
    if wanted.prefixlen not in VPC_MASKS:
        raise errors.VPC_CIDR_MASK(str(wanted.prefixlen))
    if any(wanted.subnet_of(other) for other in _NOT_FOR_VPCS):
        raise errors.VPC_CIDR_INVALID()


def check_changed_vpc(text: str, *, vswitches: Iterable[str]) -> None:
    """Raise unless a VPC with these vSwitches may have this block instead of its own.

    Raises `InvalidCidrBlock.Malformed`, `IllegalCidrBlock`.
    """
    wanted = block(text, errors.CIDR_MALFORMED)
    if wanted.prefixlen not in VPC_MASKS or any(wanted.subnet_of(other) for other in _NOT_FOR_VPCS):
        raise errors.CIDR_MALFORMED()
    if not all(IPv4Network(vswitch).subnet_of(wanted) for vswitch in vswitches):
        raise errors.VPC_NEW_CIDR_TOO_NARROW()


def check_vswitch(text: str, *, vpc: str, siblings: Iterable[str]) -> None:
    """Raise unless a VPC with these vSwitches has room for another with this block.

    It may take up the whole VPC. Source: CreateVSwitch (2025).

    Raises `InvalidCidrBlock.Malformed`, `InvalidCirdrBlock.MaskLength`, `InvalidParameter`,
    `InvalidCidrBlock.Overlapped`.
    """
    wanted = block(text, errors.CIDR_MALFORMED)
    if wanted.prefixlen not in VSWITCH_MASKS:
        raise errors.VSWITCH_CIDR_MASK()
    if not wanted.subnet_of(IPv4Network(vpc)):
        raise errors.VSWITCH_CIDR_OUTSIDE()
    if any(wanted.overlaps(IPv4Network(sibling)) for sibling in siblings):
        raise errors.VSWITCH_CIDR_OVERLAPPED()


def user_cidrs(text: str) -> tuple[str, ...]:
    """Read the blocks, joined by commas, that a VPC routes by its own table. Source: CreateVpc (2025).

    Raises `IllegalParam.UserCidr`, `InvalidUserCidr.Quota`, `InvalidUserCidr.Malformed`.
    """
    wanted = [block(part.strip(), errors.USER_CIDR_ILLEGAL) for part in text.split(",")]
    if len(wanted) > MOST_USER_CIDRS:
        raise errors.USER_CIDR_QUOTA()
    if any(part.overlaps(_METADATA) for part in wanted):
        raise errors.USER_CIDR_RESERVED()
    return tuple(map(str, wanted))
