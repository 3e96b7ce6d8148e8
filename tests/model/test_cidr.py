"""Which address blocks VPCs and vSwitches may have."""

from collections.abc import Callable

import pytest

from localyun.model import cidr
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec


def refusal(check: Callable[[], object]) -> ApiError:
    """Return what a check raises."""
    with pytest.raises(ApiError) as caught:
        check()
    return caught.value


@pytest.mark.parametrize("text", ["10.0.0.0/8", "172.16.0.0/12", "192.168.255.240/28", "30.1.0.0/16"])
def test_private_and_other_blocks_of_8_to_28_bits_suit_a_vpc(text: str) -> None:
    """The block needn't be a private one."""
    cidr.check_vpc(text)


@pytest.mark.parametrize(
    "text", ["", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/255.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "fd00::/8"]
)
def test_what_is_no_ipv4_block_suits_nothing(text: str) -> None:
    """Also refused is an address with bits beyond the mask."""
    assert refusal(lambda: cidr.check_vpc(text)).spec == errors.VPC_CIDR_INVALID
    assert (
        refusal(lambda: cidr.check_vswitch(text, vpc="10.0.0.0/8", siblings=())).spec == errors.CIDR_MALFORMED
    )


@pytest.mark.parametrize(
    "text", ["100.64.0.0/10", "100.64.8.0/24", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/8"]
)
def test_the_provider_keeps_some_blocks_from_vpcs(text: str) -> None:
    """Neither these blocks nor parts of them."""
    assert refusal(lambda: cidr.check_vpc(text)).spec == errors.VPC_CIDR_INVALID
    assert refusal(lambda: cidr.check_changed_vpc(text, vswitches=())).spec == errors.CIDR_MALFORMED


@pytest.mark.parametrize("mask", [7, 29])
def test_a_vpc_is_neither_too_large_nor_too_small(mask: int) -> None:
    """The refusal names the mask."""
    error = refusal(lambda: cidr.check_vpc(f"192.0.0.0/{mask}"))

    assert error.message == f"The param of CidrBlock Mask [{mask}] is illegal."


def test_a_changed_vpc_still_holds_its_vswitches() -> None:
    """It may grow and shrink as long as they fit."""
    cidr.check_changed_vpc("10.0.0.0/8", vswitches=["10.1.0.0/24", "10.2.0.0/24"])

    error = refusal(lambda: cidr.check_changed_vpc("10.1.0.0/16", vswitches=["10.1.0.0/24", "10.2.0.0/24"]))

    assert error.spec == errors.VPC_NEW_CIDR_TOO_NARROW


def test_a_vswitch_may_take_up_its_whole_vpc() -> None:
    """There is room for no other then."""
    cidr.check_vswitch("10.0.0.0/16", vpc="10.0.0.0/16", siblings=())

    error = refusal(lambda: cidr.check_vswitch("10.0.1.0/24", vpc="10.0.0.0/16", siblings=["10.0.0.0/16"]))

    assert error.spec == errors.VSWITCH_CIDR_OVERLAPPED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.0/15", errors.VSWITCH_CIDR_MASK),
        ("10.0.0.0/30", errors.VSWITCH_CIDR_MASK),
        ("11.0.0.0/24", errors.VSWITCH_CIDR_OUTSIDE),
        ("10.0.7.128/25", errors.VSWITCH_CIDR_OVERLAPPED),
        ("10.0.0.0/16", errors.VSWITCH_CIDR_OVERLAPPED),
    ],
)
def test_a_vswitch_lies_in_its_vpc_and_beside_its_siblings(text: str, expected: ErrorSpec) -> None:
    """Its mask is 16 to 29 bits long."""
    error = refusal(lambda: cidr.check_vswitch(text, vpc="10.0.0.0/8", siblings=["10.0.7.0/24"]))

    assert error.spec == expected


def test_user_blocks_are_read_in_their_order() -> None:
    """Spaces round the commas are no matter."""
    assert cidr.user_cidrs("10.0.0.0/8, 30.0.0.0/8") == ("10.0.0.0/8", "30.0.0.0/8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1/8", errors.USER_CIDR_ILLEGAL),
        ("10.0.0.0/8,,", errors.USER_CIDR_ILLEGAL),
        ("1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8", errors.USER_CIDR_QUOTA),
        ("100.0.0.0/8", errors.USER_CIDR_RESERVED),
    ],
)
def test_user_blocks_are_three_at_most_and_leave_the_providers_alone(text: str, expected: ErrorSpec) -> None:
    """Overlapping with 100.64.0.0/10 is enough to be refused."""
    assert refusal(lambda: cidr.user_cidrs(text)).spec == expected
