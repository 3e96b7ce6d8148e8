"""vSwitches, as their owner and as others see them."""

from typing import Any

import pytest

from tests.operations.made import an_instance
from tests.operations.networks import ZONE, a_vpc, a_vswitch
from tests.people import ECS, REGION, VPC, Person, Refusal, World

NOT_FOUND = Refusal(404, "InvalidVSwitchId.NotFound", "VSwitch not exist.")
NO_VPC = Refusal(404, "InvalidVpcId.NotFound", "Specified VPC does not exist.")


@pytest.fixture
def vpc(alice: Person) -> str:
    """A VPC of alice's with the block 10.0.0.0/8."""
    return a_vpc(alice, CidrBlock="10.0.0.0/8", ResourceGroupId="rg-1")


def listed(person: Person, **filters: Any) -> list[dict[str, Any]]:
    """Return the vSwitches that a person sees."""
    answer = person.call("DescribeVSwitches", version=VPC, **filters)
    vswitches: list[dict[str, Any]] = answer["VSwitches"]["VSwitch"]
    return vswitches


def ids(person: Person, **filters: Any) -> list[str]:
    """Return the ids of the vSwitches that a person sees."""
    return [vswitch["VSwitchId"] for vswitch in listed(person, **filters)]


@pytest.mark.parametrize("version", [ECS, VPC])
def test_a_vswitch_is_pending_then_available(world: World, alice: Person, vpc: str, version: str) -> None:
    """Under the VPC's own version, and under the ECS's, which Packer calls."""
    created = alice.call("CreateVSwitch", version=version, VpcId=vpc, CidrBlock="10.0.0.0/24", ZoneId=ZONE)

    (before,) = alice.call("DescribeVSwitches", version=version)["VSwitches"]["VSwitch"]
    world.later()
    (after,) = alice.call("DescribeVSwitches", version=version)["VSwitches"]["VSwitch"]

    assert created["VSwitchId"].startswith("vsw-bp1")
    assert (before["Status"], after["Status"]) == ("Pending", "Available")


def test_a_vswitch_is_shown_with_its_vpcs_route_table(alice: Person, vpc: str) -> None:
    """And with how many addresses are free: all but the provider's four."""
    tags = [{"Key": "env", "Value": "test"}]
    vswitch = a_vswitch(alice, vpc, VSwitchName="sub", Description="for tests", Tag=tags)
    (network,) = alice.call("DescribeVpcs", version=VPC)["Vpcs"]["Vpc"]

    (view,) = listed(alice)

    assert view == {
        "VSwitchId": vswitch,
        "VSwitchName": "sub",
        "Description": "for tests",
        "VpcId": vpc,
        "ZoneId": ZONE,
        "CidrBlock": "10.0.0.0/24",
        "Status": "Available",
        "CreationTime": "2026-03-01T08:01:00Z",
        "AvailableIpAddressCount": 252,
        "OwnerId": int(alice.id),
        "IsDefault": False,
        "ResourceGroupId": "rg-1",
        "NetworkAclId": "",
        "ShareType": "",
        "Ipv6CidrBlock": "",
        "EnabledIpv6": False,
        "RouteTable": {
            "RouteTableId": network["RouterTableIds"]["RouterTableIds"][0],
            "RouteTableType": "System",
        },
        "Tags": {"Tag": [{"Key": "env", "Value": "test"}]},
    }
    assert network["VSwitchIds"] == {"VSwitchId": [vswitch]}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"VSwitchName": "http://sub"},
            Refusal(400, "InvalidVSwitchName.Malformed", "Specified virtual switch name is not valid."),
        ),
        (
            {"Description": "d" * 257},
            Refusal(
                400,
                "InvalidVSwitchDiscription.Malformed",
                "Specified  virtual switch description is not valid.",
            ),
        ),
        (
            {"Tag": [{"Key": "k"}, {"Key": "k"}]},
            Refusal(400, "InvalidParameter", 'The specified parameter "Tag.2.Key" is not valid.'),
        ),
        ({"VpcId": "vpc-none"}, NO_VPC),
        ({"RegionId": "cn-beijing", "ZoneId": "cn-beijing-a"}, NO_VPC),
        (
            {"ZoneId": "cn-beijing-a"},
            Refusal(400, "InvalidZoneId.NotFound", "Specified zone does not exist."),
        ),
        (
            {"ZoneId": "cn-hangzhou-none"},
            Refusal(400, "InvalidZoneId.NotFound", "Specified zone does not exist."),
        ),
        (
            {"CidrBlock": "10.0.0.1/24"},
            Refusal(400, "InvalidCidrBlock.Malformed", "Specified CIDR block is not valid."),
        ),
        (
            {"CidrBlock": "10.0.0.0/8"},
            Refusal(400, "InvalidCirdrBlock.MaskLength", "Specified CIDR block is not valid ."),
        ),
        (
            {"CidrBlock": "192.168.0.0/24"},
            Refusal(400, "InvalidParameter", "Specified CIDR block is not valid in VPC."),
        ),
        (
            {"CidrBlock": "10.7.0.0/28"},
            Refusal(
                400, "InvalidCidrBlock.Overlapped", "Specified CIDR block overlapped with other subnets."
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_new_vswitch_is_said(
    alice: Person, vpc: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """And there is no further one afterwards."""
    there = a_vswitch(alice, vpc, "10.7.0.0/24")
    given = {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "ZoneId": ZONE, **parameters}

    assert alice.refused("CreateVSwitch", version=VPC, **given) == expected
    assert ids(alice) == [there]


def test_a_pending_vpc_takes_no_vswitches(alice: Person) -> None:
    """Clients wait for Available."""
    vpc = alice.call("CreateVpc", version=VPC, CidrBlock="10.0.0.0/8")["VpcId"]

    refusal = alice.refused("CreateVSwitch", version=VPC, VpcId=vpc, ZoneId=ZONE, CidrBlock="10.0.0.0/24")

    assert refusal == Refusal(
        400, "IncorrectVpcStatus", "Current VPC status does not support this operation."
    )


def test_there_are_150_vswitches_a_vpc_at_most(alice: Person, vpc: str) -> None:
    """Here as at the provider."""
    for number in range(150):
        a_vswitch(alice, vpc, f"10.{number}.0.0/16")

    refusal = alice.refused("CreateVSwitch", version=VPC, VpcId=vpc, ZoneId=ZONE, CidrBlock="10.200.0.0/16")

    assert refusal == Refusal(400, "QuotaExceeded.VSwitch", "Virtual switch quota exceeded.")


def test_vswitches_are_found_by_what_they_are(alice: Person, vpc: str) -> None:
    """Filters narrow, and what isn't there is nothing found."""
    other = a_vpc(alice, CidrBlock="10.0.0.0/8")
    one = a_vswitch(alice, vpc, VSwitchName="one", Tag=[{"Key": "n", "Value": "1"}])
    two = a_vswitch(alice, other, VSwitchName="two", ZoneId="cn-hangzhou-i")
    route_table = listed(alice, VSwitchId=one)[0]["RouteTable"]["RouteTableId"]

    assert ids(alice) == [two, one]
    assert ids(alice, RegionId=None) == [two, one]
    assert ids(alice, VpcId=vpc) == [one]
    assert ids(alice, VpcId=f"{vpc},{other}") == [two, one]
    assert ids(alice, VSwitchId=f"{two},vsw-none") == [two]
    assert ids(alice, ZoneId="cn-hangzhou-i") == [two]
    assert ids(alice, VSwitchName="one") == [one]
    assert ids(alice, RouteTableId=route_table) == [one]
    assert ids(alice, ResourceGroupId="rg-1") == [one]
    assert ids(alice, Tag=[{"Key": "n", "Value": "1"}]) == [one]
    assert ids(alice, VSwitchOwnerId=alice.id) == [two, one]
    assert ids(alice, VSwitchOwnerId=1) == []
    assert ids(alice, IsDefault="true") == []
    assert ids(alice, RegionId="cn-beijing") == []


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (
            "VpcId",
            Refusal(400, "InvalidVpcIdNumber.NotSupported", "The number of vpcIds exceeds the limit."),
        ),
        (
            "VSwitchId",
            Refusal(
                400, "InvalidVSwitchIdNumber.NotSupported", "The number of vSwitchIds exceeds the limit."
            ),
        ),
    ],
)
def test_twenty_ids_are_asked_for_at_most(alice: Person, parameter: str, expected: Refusal) -> None:
    """In one call."""
    assert alice.refused("DescribeVSwitches", version=VPC, **{parameter: ",".join(["x"] * 21)}) == expected


def test_vswitches_come_page_by_page(alice: Person, vpc: str) -> None:
    """The total counts all of them."""
    made = [a_vswitch(alice, vpc, f"10.{number}.0.0/16") for number in range(3)]

    answer = alice.call("DescribeVSwitches", version=VPC, PageNumber=2, PageSize=2)

    assert [vswitch["VSwitchId"] for vswitch in answer["VSwitches"]["VSwitch"]] == made[:1]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (3, 2, 2)


def test_a_vswitch_is_its_owners_alone(alice: Person, bob: Person, vpc: str) -> None:
    """To others it doesn't exist, and neither does its VPC."""
    vswitch = a_vswitch(alice, vpc)

    assert ids(bob) == []
    assert ids(bob, VSwitchId=vswitch) == []
    assert bob.call("DescribeVSwitchAttributes", version=VPC, VSwitchId=vswitch)["VSwitchId"] == ""
    assert bob.refused("DeleteVSwitch", version=VPC, VSwitchId=vswitch) == NOT_FOUND
    assert (
        bob.refused("ModifyVSwitchAttribute", version=VPC, VSwitchId=vswitch, VSwitchName="mine").code
        == NOT_FOUND.code
    )
    assert (
        bob.refused("CreateVSwitch", version=VPC, VpcId=vpc, ZoneId=ZONE, CidrBlock="10.9.0.0/24") == NO_VPC
    )


def test_one_vswitch_is_described_as_in_the_list(alice: Person, vpc: str) -> None:
    """With a region or without."""
    vswitch = a_vswitch(alice, vpc)

    for region in (REGION, None):
        answer = alice.call("DescribeVSwitchAttributes", version=VPC, VSwitchId=vswitch, RegionId=region)
        del answer["RequestId"]
        assert [answer] == listed(alice)


def test_a_vswitch_that_is_not_there_is_described_by_empty_texts(alice: Person, vpc: str) -> None:
    """That is how Terraform learns that it is deleted."""
    vswitch = a_vswitch(alice, vpc)
    alice.call("DeleteVSwitch", version=VPC, VSwitchId=vswitch)

    answer = alice.call("DescribeVSwitchAttributes", version=VPC, VSwitchId=vswitch)

    assert (answer["VSwitchId"], answer["Status"], answer["VpcId"]) == ("", "", "")
    assert answer["RouteTable"]["RouteTableId"] == ""


def test_a_vswitch_changes_its_name(alice: Person, vpc: str) -> None:
    """What isn't given stays."""
    vswitch = a_vswitch(alice, vpc, VSwitchName="old", Description="as it was")

    alice.call("ModifyVSwitchAttribute", version=VPC, VSwitchId=vswitch, VSwitchName="new", RegionId=None)

    (view,) = listed(alice)
    assert (view["VSwitchName"], view["Description"]) == ("new", "as it was")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"VSwitchName": "n" * 129},
            Refusal(400, "InvalidVSwitchName.Malformed", "Specified virtual switch name is not valid."),
        ),
        (
            {"Description": "https://d"},
            Refusal(
                400,
                "InvalidVSwitchDiscription.Malformed",
                "Specified virtual switch description is not valid.",
            ),
        ),
        (
            {"VSwitchId": "vsw-none"},
            Refusal(404, "InvalidVSwitchId.NotFound", "The specified virtual switch does not exists."),
        ),
    ],
)
def test_what_is_wrong_with_a_change_is_said(
    alice: Person, vpc: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """In the operation's own words."""
    given = {"VSwitchId": a_vswitch(alice, vpc), **parameters}

    assert alice.refused("ModifyVSwitchAttribute", version=VPC, **given) == expected


@pytest.mark.parametrize("version", [ECS, VPC])
def test_an_empty_vswitch_is_deleted(alice: Person, vpc: str, version: str) -> None:
    """Its block is free again."""
    vswitch = a_vswitch(alice, vpc)

    alice.call("DeleteVSwitch", version=version, VSwitchId=vswitch)

    assert ids(alice) == []
    assert alice.refused("DeleteVSwitch", version=version, VSwitchId=vswitch) == NOT_FOUND
    a_vswitch(alice, vpc)


def test_a_vswitch_is_not_deleted_while_an_instance_is_in_it(alice: Person, vpc: str) -> None:
    """It takes an address, too."""
    vswitch = a_vswitch(alice, vpc)
    an_instance(alice, vswitch=vswitch)

    refusal = alice.refused("DeleteVSwitch", version=VPC, VSwitchId=vswitch)

    assert refusal == Refusal(
        400, "DependencyViolation", "Resources deployed in the vSwitch have not been deleted."
    )
    assert listed(alice)[0]["AvailableIpAddressCount"] == 251


def test_a_pending_vswitch_is_not_deleted(alice: Person, vpc: str) -> None:
    """Clients wait for Available."""
    vswitch = alice.call(
        "CreateVSwitch", version=VPC, VpcId=vpc, ZoneId=ZONE, CidrBlock="10.0.0.0/24", RegionId=None
    )["VSwitchId"]

    refusal = alice.refused("DeleteVSwitch", version=VPC, VSwitchId=vswitch)

    assert refusal == Refusal(400, "IncorrectVSwitchStatus", "vpc subnet is in middle status.")


def test_deleting_in_an_unknown_region_is_refused(alice: Person) -> None:
    """In the operation's own words."""
    refusal = alice.refused("DeleteVSwitch", version=VPC, VSwitchId="vsw-1", RegionId="cn-atlantis")

    assert refusal == Refusal(400, "InvalidRegionId.NotFound", "The specified region is not found.")
