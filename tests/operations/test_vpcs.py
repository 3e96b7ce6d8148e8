"""VPCs, as their owner and as others see them."""

from typing import Any

import pytest

from tests.operations.networks import a_security_group, a_vpc, a_vswitch
from tests.people import ECS, REGION, VPC, Person, Refusal, World

NOT_FOUND = Refusal(404, "InvalidVpcId.NotFound", "Specified VPC does not exist.")
PENDING = Refusal(400, "IncorrectVpcStatus", "Current VPC status does not support this operation.")


def listed(person: Person, **filters: Any) -> list[dict[str, Any]]:
    """Return the VPCs that a person sees."""
    vpcs: list[dict[str, Any]] = person.call("DescribeVpcs", version=VPC, **filters)["Vpcs"]["Vpc"]
    return vpcs


def ids(person: Person, **filters: Any) -> list[str]:
    """Return the ids of the VPCs that a person sees."""
    return [vpc["VpcId"] for vpc in listed(person, **filters)]


def test_a_new_vpc_has_a_router_and_a_route_table(alice: Person) -> None:
    """Its ids carry the region's mark."""
    answer = alice.call("CreateVpc", version=VPC, ResourceGroupId="rg-1")

    assert answer["VpcId"].startswith("vpc-bp1")
    assert answer["VRouterId"].startswith("vrt-bp1")
    assert answer["RouteTableId"].startswith("vtb-bp1")
    assert answer["ResourceGroupId"] == "rg-1"


@pytest.mark.parametrize("version", [ECS, VPC])
def test_a_vpc_is_pending_then_available(world: World, alice: Person, version: str) -> None:
    """Under the VPC's own version, and under the ECS's, which Packer calls."""
    alice.call("CreateVpc", version=version, CidrBlock="10.0.0.0/8", VpcName="net")

    (before,) = alice.call("DescribeVpcs", version=version)["Vpcs"]["Vpc"]
    world.later()
    (after,) = alice.call("DescribeVpcs", version=version)["Vpcs"]["Vpc"]

    assert (before["Status"], after["Status"]) == ("Pending", "Available")
    assert (after["CidrBlock"], after["VpcName"]) == ("10.0.0.0/8", "net")


def test_a_vpc_is_shown_with_every_list_that_clients_look_into(alice: Person) -> None:
    """Empty ones too, since some clients break without them."""
    created = alice.call(
        "CreateVpc",
        version=VPC,
        Description="for tests",
        UserCidr="30.0.0.0/8,31.0.0.0/8",
        Tag=[{"Key": "env", "Value": "test"}],
    )
    alice.world.later()

    (vpc,) = listed(alice)

    assert vpc == {
        "VpcId": created["VpcId"],
        "VpcName": "",
        "Description": "for tests",
        "Status": "Available",
        "CreationTime": "2026-03-01T08:00:00Z",
        "RegionId": REGION,
        "OwnerId": int(alice.id),
        "IsDefault": False,
        "CidrBlock": "172.16.0.0/12",
        "VRouterId": created["VRouterId"],
        "RouterTableIds": {"RouterTableIds": [created["RouteTableId"]]},
        "ResourceGroupId": "",
        "UserCidrs": {"UserCidr": ["30.0.0.0/8", "31.0.0.0/8"]},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": []},
        "VSwitchIds": {"VSwitchId": []},
        "NatGatewayIds": {"NatGatewayIds": []},
        "Ipv6CidrBlock": "",
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
        "EnabledIpv6": False,
        "DnsHostnameStatus": "DISABLED",
        "Tags": {"Tag": [{"Key": "env", "Value": "test"}]},
    }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"VpcName": "http://net"},
            Refusal(400, "InvalidVpcName.Malformed", "Specified VPC name is not valid."),
        ),
        (
            {"VpcName": "n" * 129},
            Refusal(400, "InvalidVpcName.Malformed", "Specified VPC name is not valid."),
        ),
        (
            {"Description": "d" * 257},
            Refusal(400, "InvalidVpcDiscription.Malformed", "Specified VPC description is not valid."),
        ),
        (
            {"Tag": [{"Key": "aliyun"}]},
            Refusal(400, "InvalidParameter", 'The specified parameter "Tag.1.Key" is not valid.'),
        ),
        (
            {"CidrBlock": "10.0.0.1/8"},
            Refusal(400, "InvalidParameter", "Specified CIDR block is not valid"),
        ),
        (
            {"CidrBlock": "100.64.0.0/16"},
            Refusal(400, "InvalidParameter", "Specified CIDR block is not valid"),
        ),
        (
            {"CidrBlock": "10.0.0.0/29"},
            Refusal(400, "IllegalParam.CidrBlockMask", "The param of CidrBlock Mask [29] is illegal."),
        ),
        (
            {"UserCidr": "10.0.0.1/8"},
            Refusal(400, "IllegalParam.UserCidr", "UserCidr is not a valid or strict address."),
        ),
        (
            {"UserCidr": "1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8"},
            Refusal(400, "InvalidUserCidr.Quota", "Specified  UserCidr number is greater than 3."),
        ),
        (
            {"UserCidr": "100.64.0.0/16"},
            Refusal(
                400, "InvalidUserCidr.Malformed", "Specified  UserCidr  overlapping in of 100.64.0.0/10."
            ),
        ),
        (
            {"RegionId": "cn-atlantis"},
            Refusal(400, "InvalidRegionId.NotFound", 'Specified value of "regionId" is not supported.'),
        ),
        (
            {"EnableIpv6": "true"},
            Refusal(
                400,
                "UnsupportedParameter.EnableIpv6",
                'localyun does not emulate the parameter "EnableIpv6".',
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_new_vpc_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """And there is none afterwards."""
    assert alice.refused("CreateVpc", version=VPC, **parameters) == expected
    assert listed(alice) == []


def test_there_are_ten_vpcs_a_region_at_most(alice: Person, bob: Person) -> None:
    """Other regions and other accounts have their own ten."""
    for _ in range(10):
        a_vpc(alice)

    refusal = alice.refused("CreateVpc", version=VPC)

    assert refusal == Refusal(400, "QuotaExceeded.Vpc", "VPC quota exceeded.")
    a_vpc(alice, RegionId="cn-beijing")
    a_vpc(bob)


def test_a_repeated_call_makes_one_vpc(alice: Person) -> None:
    """Under one ClientToken."""
    made = {alice.call("CreateVpc", version=VPC, ClientToken="once")["VpcId"] for _ in range(2)}

    assert made == set(ids(alice))
    assert len(made) == 1


def test_vpcs_are_found_by_what_they_are(alice: Person) -> None:
    """Filters narrow, and what isn't there is nothing found."""
    one = a_vpc(alice, VpcName="one", ResourceGroupId="rg-1", Tag=[{"Key": "n", "Value": "1"}])
    two = a_vpc(alice, VpcName="two", Tag=[{"Key": "n", "Value": "2"}])

    assert ids(alice) == [two, one]
    assert ids(alice, VpcId=one) == [one]
    assert ids(alice, VpcId=f"{one},{two}, vpc-none") == [two, one]
    assert ids(alice, VpcName="two") == [two]
    assert ids(alice, ResourceGroupId="rg-1") == [one]
    assert ids(alice, Tag=[{"Key": "n"}]) == [two, one]
    assert ids(alice, Tag=[{"Key": "n", "Value": "2"}]) == [two]
    assert ids(alice, VpcOwnerId=alice.id) == [two, one]
    assert ids(alice, VpcOwnerId=1) == []
    assert ids(alice, IsDefault="false") == [two, one]
    assert ids(alice, IsDefault="true") == []
    assert ids(alice, RegionId="cn-beijing") == []


def test_twenty_vpcs_are_asked_for_at_most(alice: Person) -> None:
    """In one call."""
    refusal = alice.refused("DescribeVpcs", version=VPC, VpcId=",".join(["vpc-1"] * 21))

    assert refusal == Refusal(
        400, "InvalidVpcIdNumber.NotSupported", "The number of vpcIds exceeds the limit."
    )


def test_vpcs_come_page_by_page(alice: Person) -> None:
    """The total counts all of them."""
    made = [a_vpc(alice) for _ in range(3)]

    answer = alice.call("DescribeVpcs", version=VPC, PageNumber=2, PageSize=2)

    assert [vpc["VpcId"] for vpc in answer["Vpcs"]["Vpc"]] == made[:1]
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (3, 2, 2)


def test_a_vpc_is_its_owners_alone(alice: Person, bob: Person) -> None:
    """To others it doesn't exist, whatever they do with it."""
    vpc = a_vpc(alice)

    assert ids(bob, VpcId=vpc) == []
    assert bob.refused("DescribeVpcAttribute", version=VPC, VpcId=vpc) == NOT_FOUND
    assert bob.refused("ModifyVpcAttribute", version=VPC, VpcId=vpc, VpcName="mine") == NOT_FOUND
    assert bob.refused("DeleteVpc", version=VPC, VpcId=vpc) == NOT_FOUND
    assert ids(alice) == [vpc]


def test_one_vpc_is_described_with_what_is_in_it(alice: Person) -> None:
    """All that the list says of it, and more."""
    vpc = a_vpc(alice, VpcName="net")
    vswitch = a_vswitch(alice, vpc, "172.16.0.0/24")

    answer = alice.call("DescribeVpcAttribute", version=VPC, VpcId=vpc)

    (view,) = listed(alice)
    shared = view.keys() & answer.keys()
    assert {name: answer[name] for name in shared} == {name: view[name] for name in shared}
    assert (answer["VpcName"], answer["VSwitchIds"]) == ("net", {"VSwitchId": [vswitch]})
    assert answer["ClassicLinkEnabled"] is False
    assert answer["AssociatedCens"] == {"AssociatedCen": []}
    assert {"ResourceType": "VSwitch", "ResourceCount": 1} in answer["CloudResources"]["CloudResourceSetType"]


def test_no_vpc_is_a_default_one(alice: Person) -> None:
    """Asked for as such, it isn't found."""
    vpc = a_vpc(alice)

    assert alice.refused("DescribeVpcAttribute", version=VPC, VpcId=vpc, IsDefault="true") == NOT_FOUND


def test_a_vpc_changes_its_name_and_its_block(alice: Person) -> None:
    """What isn't given stays."""
    vpc = a_vpc(alice, CidrBlock="10.0.0.0/16", Description="as it was")

    alice.call("ModifyVpcAttribute", version=VPC, VpcId=vpc, VpcName="new", CidrBlock="10.0.0.0/8")

    (view,) = listed(alice)
    assert (view["VpcName"], view["CidrBlock"], view["Description"]) == ("new", "10.0.0.0/8", "as it was")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"VpcName": "https://x"},
            Refusal(400, "InvalidVpcName.Malformed", "Specified VPC name is not valid."),
        ),
        (
            {"Description": "http://x"},
            Refusal(400, "InvalidVpcDiscription.Malformed", "Specified VPC description is not valid."),
        ),
        (
            {"CidrBlock": "10.0.0.1/8"},
            Refusal(400, "InvalidCidrBlock.Malformed", "Specified CIDR block is not valid."),
        ),
        (
            {"CidrBlock": "10.1.0.0/16"},
            Refusal(400, "IllegalCidrBlock", "Some subnet cidrBlock is not in the cidrBlock."),
        ),
        (
            {"RegionId": "cn-atlantis"},
            Refusal(400, "InvalidRegion.Malformed", "Specified RegionId is not vaild."),
        ),
        ({"RegionId": "cn-beijing"}, NOT_FOUND),
    ],
)
def test_what_is_wrong_with_a_change_is_said(
    alice: Person, parameters: dict[str, Any], expected: Refusal
) -> None:
    """And nothing changes."""
    vpc = a_vpc(alice, CidrBlock="10.0.0.0/16")
    a_vswitch(alice, vpc)

    assert alice.refused("ModifyVpcAttribute", version=VPC, VpcId=vpc, **parameters) == expected
    assert listed(alice)[0]["CidrBlock"] == "10.0.0.0/16"


def test_a_pending_vpc_can_be_neither_changed_nor_deleted(alice: Person) -> None:
    """Clients wait for Available."""
    vpc = alice.call("CreateVpc", version=VPC)["VpcId"]

    assert alice.refused("ModifyVpcAttribute", version=VPC, VpcId=vpc, VpcName="new") == PENDING
    assert alice.refused("DeleteVpc", version=VPC, VpcId=vpc) == PENDING


@pytest.mark.parametrize("version", [ECS, VPC])
def test_an_empty_vpc_is_deleted(alice: Person, version: str) -> None:
    """No region need be named."""
    vpc = a_vpc(alice)

    alice.call("DeleteVpc", version=version, VpcId=vpc, RegionId=None, ForceDelete="true")

    assert listed(alice) == []
    assert alice.refused("DescribeVpcAttribute", version=VPC, VpcId=vpc) == NOT_FOUND
    assert alice.refused("DeleteVpc", version=version, VpcId=vpc) == NOT_FOUND


def test_a_vpc_is_not_deleted_before_what_is_in_it(alice: Person) -> None:
    """First the vSwitches, then the security groups, then the VPC."""
    vpc = a_vpc(alice)
    vswitch = a_vswitch(alice, vpc, "172.16.0.0/24")
    group = a_security_group(alice, VpcId=vpc)

    with_both = alice.refused("DeleteVpc", version=VPC, VpcId=vpc)
    alice.call("DeleteVSwitch", version=VPC, VSwitchId=vswitch)
    with_group = alice.refused("DeleteVpc", version=VPC, VpcId=vpc)
    alice.call("DeleteSecurityGroup", SecurityGroupId=group)

    assert with_both == Refusal(
        400, "DependencyViolation.VSwitch", "Specified object has dependent resources"
    )
    assert with_group == Refusal(
        400,
        "DependencyViolation.SecurityGroup",
        "Specified object has dependent resources SecurityGroup.",
    )
    alice.call("DeleteVpc", version=VPC, VpcId=vpc)


def test_a_dry_run_changes_nothing(alice: Person) -> None:
    """Success is an error."""
    refusal = alice.refused("CreateVpc", version=VPC, DryRun="true")

    assert refusal == Refusal(
        400, "DryRunOperation", "Request validation has been passed with DryRun flag set."
    )
    assert listed(alice) == []


def test_deleting_in_an_unknown_region_is_refused(alice: Person) -> None:
    """In the operation's own words."""
    refusal = alice.refused("DeleteVpc", version=VPC, VpcId="vpc-1", RegionId="cn-atlantis")

    assert refusal == Refusal(400, "InvalidRegionId.NotFound", "The specified region is not found.")


def test_each_vpc_has_one_route_table(alice: Person, bob: Person) -> None:
    """Terraform reads a VPC's from this list."""
    created = alice.call("CreateVpc", version=VPC)
    alice.world.later()

    def tables(person: Person, **filters: Any) -> list[dict[str, Any]]:
        answer = person.call("DescribeRouteTableList", version=VPC, **filters)
        found: list[dict[str, Any]] = answer["RouterTableList"]["RouterTableListType"]
        assert answer["TotalCount"] == len(found)
        assert (answer["Code"], answer["Success"]) == ("200", True)
        return found

    (table,) = tables(alice)
    assert (table["RouteTableId"], table["RouteTableType"]) == (created["RouteTableId"], "System")
    assert (table["VpcId"], table["RouterId"]) == (created["VpcId"], created["VRouterId"])
    assert (table["Status"], table["RouterType"], table["OwnerId"]) == ("Available", "VRouter", int(alice.id))
    matching = {
        "VpcId": created["VpcId"],
        "RouterId": created["VRouterId"],
        "RouteTableId": created["RouteTableId"],
        "RouteTableType": "System",
        "RouterType": "VRouter",
    }
    assert tables(alice, **matching) == [table]
    for name in matching:
        assert tables(alice, **{name: "other"}) == []
    for none_has in (
        {"RouteTableName": "x"},
        {"ResourceGroupId": "rg-1"},
        {"Tag": [{"Key": "k"}]},
        {"PageNumber": 2},
    ):
        answer = alice.call("DescribeRouteTableList", version=VPC, **none_has)
        assert answer["RouterTableList"]["RouterTableListType"] == []
    assert tables(bob) == []


def test_routers_and_their_routes_are_listed(alice: Person, bob: Person) -> None:
    """Each VPC has one router; its table leads to every vSwitch and to the provider's services."""
    created = alice.call("CreateVpc", version=VPC, CidrBlock="10.0.0.0/8")
    alice.world.later()
    vswitch = alice.call(
        "CreateVSwitch",
        version=VPC,
        VpcId=created["VpcId"],
        ZoneId="cn-hangzhou-h",
        CidrBlock="10.1.0.0/16",
    )["VSwitchId"]
    router, table_id = created["VRouterId"], created["RouteTableId"]

    (listed,) = alice.call("DescribeVRouters", version=VPC, VRouterId=router)["VRouters"]["VRouter"]
    (table,) = alice.call("DescribeRouteTables", version=VPC, RouterId=router)["RouteTables"]["RouteTable"]

    assert (listed["VpcId"], listed["RouteTableIds"]) == (created["VpcId"], {"RouteTableId": [table_id]})
    assert (table["RouteTableId"], table["VRouterId"]) == (table_id, router)
    assert table["VSwitchIds"] == {"VSwitchId": [vswitch]}
    assert [
        (entry["DestinationCidrBlock"], entry["NextHopType"]) for entry in table["RouteEntrys"]["RouteEntry"]
    ] == [("10.1.0.0/16", "local"), ("100.64.0.0/10", "service")]
    (without,) = alice.call("DescribeRouteTables", version=VPC, Type="Custom")["RouteTables"]["RouteTable"]
    assert without["RouteEntrys"] == {"RouteEntry": []}
    assert alice.call("DescribeRouteTables", version=VPC, RouterType="VBR")["TotalCount"] == 0
    assert bob.call("DescribeVRouters", version=VPC)["TotalCount"] == 0


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        (
            {"VRouterId": "vrt-x"},
            Refusal(400, "InvalidVRouterId.NotFound", "Specified virtual router does not exist."),
        ),
        (
            {"RouterId": "vrt-x"},
            Refusal(
                400,
                "OperationFailed.VRouterNotExist",
                "Operation failed because the VRouter does not exist.",
            ),
        ),
        ({"Type": "Odd"}, Refusal(400, "IllegalParam.Type", "The parameter of Type is illegal.")),
    ],
)
def test_route_tables_are_refused(alice: Person, parameters: dict[str, str], refusal: Refusal) -> None:
    """For routers that aren't there and types that don't exist."""
    assert alice.refused("DescribeRouteTables", version=VPC, **parameters) == refusal
