"""The V2 SDK of VPC, `alibabacloud_vpc20160428`: a network from its making to its end."""

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client

from tests.clients.servers import REGION, ZONE, Server

pytestmark = pytest.mark.clients

NAME = "default-NODELETING"


def test_a_network_is_made_found_and_taken_down(server: Server) -> None:
    """A VPC with a vSwitch can't be deleted; without, it is gone, as Terraform looks for it."""
    alice = Client(server.config(server.alice))

    vpc_id = alice.create_vpc(
        vpc.CreateVpcRequest(region_id=REGION, cidr_block="172.16.0.0/12", vpc_name=NAME)
    ).body.vpc_id
    found = alice.describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION, vpc_name=NAME)).body
    vswitch_id = alice.create_vswitch(
        vpc.CreateVSwitchRequest(region_id=REGION, vpc_id=vpc_id, zone_id=ZONE, cidr_block="172.16.8.0/24")
    ).body.v_switch_id
    vswitches = alice.describe_vswitches(vpc.DescribeVSwitchesRequest(region_id=REGION, vpc_id=vpc_id)).body
    with pytest.raises(ClientException) as in_use:
        alice.delete_vpc(vpc.DeleteVpcRequest(region_id=REGION, vpc_id=vpc_id))
    alice.delete_vswitch(vpc.DeleteVSwitchRequest(region_id=REGION, v_switch_id=vswitch_id))
    alice.delete_vpc(vpc.DeleteVpcRequest(region_id=REGION, vpc_id=vpc_id))
    left = alice.describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION)).body

    assert [(one.vpc_id, one.status, one.cidr_block) for one in found.vpcs.vpc] == [
        (vpc_id, "Available", "172.16.0.0/12")
    ]
    assert [one.v_switch_id for one in vswitches.v_switches.v_switch] == [vswitch_id]
    assert in_use.value.code.startswith("DependencyViolation")
    assert left.total_count == 0


def test_a_network_is_its_owners_alone(server: Server) -> None:
    """Another account doesn't see it."""
    alice, mallory = Client(server.config(server.alice)), Client(server.config(server.mallory))

    vpc_id = alice.create_vpc(vpc.CreateVpcRequest(region_id=REGION, cidr_block="10.0.0.0/8")).body.vpc_id
    seen = mallory.describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION, vpc_id=vpc_id)).body

    assert seen.vpcs.vpc == []
