"""Elastic addresses: got, put on instances, seen there, taken off and given back."""

from typing import Any

import pytest

from localyun.model.standing import Condition
from tests.operations.held import hold
from tests.operations.made_instances import network, run, seen, stopped
from tests.people import ECS, VPC, Person, Refusal

NONE = {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""}
NOT_FOUND = Refusal(404, "InvalidAllocationId.NotFound", "Specified allocation ID is not found.")


def allocated(person: Person, **more: Any) -> str:
    """Get an elastic address."""
    id: str = person.call("AllocateEipAddress", version=VPC, **more)["AllocationId"]
    return id


def shown(person: Person, **filters: Any) -> list[dict[str, Any]]:
    """List elastic addresses."""
    answer = person.call("DescribeEipAddresses", version=VPC, **filters)
    listed: list[dict[str, Any]] = answer["EipAddresses"]["EipAddress"]
    assert answer["TotalCount"] == len(listed)
    return listed


def in_a_vpc(person: Person, **more: Any) -> str:
    """Run an instance in a VPC."""
    vswitch, group = network(person)
    return run(person, VSwitchId=vswitch, SecurityGroupId=group, **more)


def put_on(person: Person, eip: str, instance: str, **more: Any) -> None:
    """Put an address on an instance and wait until it is there."""
    person.call("AssociateEipAddress", version=VPC, AllocationId=eip, InstanceId=instance, **more)
    person.world.later()


def refused(person: Person, action: str, **given: Any) -> Refusal:
    """Call an operation of VPC that must be refused."""
    return person.refused(action, version=VPC, **given)


@pytest.mark.parametrize("version", [VPC, ECS])
def test_an_address_goes_on_an_instance_and_off_again(alice: Person, version: str) -> None:
    """Each status is seen on the way, and the instance shows the address while it has it."""
    instance = in_a_vpc(alice)
    made = alice.call("AllocateEipAddress", version=version, Bandwidth="20", Name="web")
    eip, address = made["AllocationId"], made["EipAddress"]
    on = {"AllocationId": eip, "InstanceId": instance}

    statuses = [shown(alice)[0]["Status"]]
    for action in ("AssociateEipAddress", "UnassociateEipAddress"):
        alice.call(action, version=version, **on)
        statuses.append(shown(alice)[0]["Status"])
        alice.world.later()
        statuses.append(shown(alice)[0]["Status"])
        if action == "AssociateEipAddress":
            assert shown(alice)[0]["InstanceId"] == instance
            assert seen(alice, instance)["EipAddress"] == {
                "AllocationId": eip,
                "IpAddress": address,
                "InternetChargeType": "PayByBandwidth",
                "Bandwidth": 20,
                "IsSupportUnassociate": True,
            }
            attributes = alice.call("DescribeInstanceAttribute", InstanceId=instance)
            assert attributes["EipAddress"]["IpAddress"] == address
            found = alice.call("DescribeInstances", EipAddresses=f'["{address}"]')
            assert [one["InstanceId"] for one in found["Instances"]["Instance"]] == [instance]

    assert statuses == ["Available", "Associating", "InUse", "Unassociating", "Available"]
    assert seen(alice, instance)["EipAddress"] == NONE
    alice.call("ReleaseEipAddress", version=version, AllocationId=eip)
    assert shown(alice) == []


def test_an_address_outlives_its_instance(alice: Person) -> None:
    """When the instance is deleted, the address is the account's, and free."""
    instance, eip = in_a_vpc(alice), allocated(alice)
    put_on(alice, eip, instance)

    alice.call("DeleteInstance", InstanceId=instance, Force=True)
    alice.world.later()

    assert [(one["Status"], one["InstanceId"]) for one in shown(alice)] == [("Available", "")]


def test_what_is_asked_for_is_kept_and_changed(alice: Person) -> None:
    """Name, description, bandwidth, line and tags; what isn't given stays."""
    eip = allocated(alice, Name="web", Description="for the web", ISP="BGP_PRO", Tag=[{"Key": "team"}])

    alice.call(
        "ModifyEipAddressAttribute", version=VPC, AllocationId=eip, Bandwidth="7", Name="mail", RegionId=None
    )
    (now,) = shown(alice)

    assert (now["Name"], now["Description"], now["Bandwidth"], now["ISP"]) == (
        "mail",
        "for the web",
        "7",
        "BGP_PRO",
    )
    assert now["Tags"] == {"Tag": [{"Key": "team", "Value": ""}]}


def test_filters_narrow_the_list(alice: Person) -> None:
    """Each filter finds the one it means and nothing else."""
    instance = in_a_vpc(alice)
    first, second = allocated(alice, Name="one", Tag=[{"Key": "k", "Value": "v"}]), allocated(alice)
    put_on(alice, first, instance)
    address = shown(alice, AllocationId=first)[0]["IpAddress"]

    for found_by in (
        {"AllocationId": f"{first},eip-none"},
        {"EipAddress": address},
        {"Status": "InUse"},
        {"EipName": "one"},
        {"AssociatedInstanceType": "EcsInstance"},
        {"AssociatedInstanceId": instance},
        {"Tag": [{"Key": "k", "Value": "v"}]},
    ):
        assert [one["AllocationId"] for one in shown(alice, **found_by)] == [first], found_by
    assert [one["AllocationId"] for one in shown(alice, ChargeType="PostPaid")] == [second, first]
    for nothing in ({"ChargeType": "PrePaid"}, {"LockReason": "financial"}, {"ISP": "BGP_PRO"}):
        assert shown(alice, **nothing) == []


def test_an_address_is_its_accounts_own(alice: Person, bob: Person) -> None:
    """For others it isn't there, nor is an instance that isn't theirs."""
    eip, theirs = allocated(alice), allocated(bob)
    instance = in_a_vpc(alice)

    assert shown(bob, AllocationId=eip) == []
    for action in ("AssociateEipAddress", "ReleaseEipAddress"):
        assert refused(bob, action, AllocationId=eip, InstanceId=instance) == NOT_FOUND
    assert refused(bob, "UnassociateEipAddress", AllocationId=eip) == Refusal(
        404, "InvalidAllocationId.NotFound", "Specified allocation ID is not found"
    )
    assert refused(bob, "ModifyEipAddressAttribute", AllocationId=eip) == Refusal(
        404, "InvalidAllocationId.NotFound", "Specified allocation id is not found."
    )
    assert refused(bob, "AssociateEipAddress", AllocationId=theirs, InstanceId=instance) == Refusal(
        404, "InvalidInstanId.NotFound", "Specified instance does not exist."
    )


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"Bandwidth": "0"}, "InvalidBandwidth.Malformed", "The specified Bandwidth is invalid."),
        ({"Bandwidth": "501"}, "InvalidBandwidth.Malformed", "The specified Bandwidth is invalid."),
        ({"Bandwidth": "-5"}, "InvalidBandwidth.Malformed", "The specified Bandwidth is invalid."),
        ({"ISP": "ChinaNet"}, "IllegalParam.Isp", "The param of isp is illegal."),
        ({"Name": "http://x"}, "InvalidName.Malformed", "The attribute name is illegal."),
        ({"Description": "x" * 257}, "InvalidDescription.Malformed", "The Description is illeagl."),
    ],
)
def test_what_an_address_cannot_be_is_refused(
    alice: Person, given: dict[str, str], code: str, message: str
) -> None:
    """Each malformed value has an error of its own."""
    assert refused(alice, "AllocateEipAddress", **given) == Refusal(400, code, message)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"Bandwidth": "many"}, "InvalidParameter", 'Specified value of "Bandwidth" is not supported.'),
        ({"Name": "https://x"}, "InvalidEipAddressName.Malformed", "The specified Name is not valid."),
        ({"Description": "http://x"}, "InvalidDescription.Malformed", "Invalid description."),
    ],
)
def test_what_an_address_cannot_become_is_refused(
    alice: Person, given: dict[str, str], code: str, message: str
) -> None:
    """Each malformed value has an error of its own."""
    eip = allocated(alice)

    assert refused(alice, "ModifyEipAddressAttribute", AllocationId=eip, **given) == Refusal(
        400, code, message
    )


def test_an_account_has_twenty_addresses_and_pays_for_them(alice: Person, bob: Person) -> None:
    """The quota is counted for each region; who owes money gets none."""
    for _ in range(20):
        allocated(alice)
    hold(bob, Condition.ARREARS)

    assert refused(alice, "AllocateEipAddress") == Refusal(
        400, "QuotaExceeded.Eip", "Elastic IP address quota exceeded"
    )
    assert allocated(alice, RegionId="cn-beijing")
    assert refused(bob, "AllocateEipAddress") == Refusal(
        400, "InsufficientBalance", "Your account does not have enough balance."
    )


def test_only_one_free_address_goes_on_an_instance_that_can_have_it(alice: Person) -> None:
    """Refused are one in use, a second one, an instance of another region, network or status."""
    instance = in_a_vpc(alice)
    first, second = allocated(alice), allocated(alice)
    elsewhere = allocated(alice, RegionId="cn-beijing")
    classic = run(alice)
    with_public = in_a_vpc(alice, InternetMaxBandwidthOut=5)
    stopping = in_a_vpc(alice)
    alice.call("StopInstance", InstanceId=stopping)

    def refusal(eip: str, instance: str) -> tuple[str, str]:
        answer = refused(alice, "AssociateEipAddress", AllocationId=eip, InstanceId=instance, RegionId=None)
        assert answer.status == 400
        return answer.code, answer.message

    assert refusal(second, stopping) == (
        "IncorrectInstanceStatus",
        "Current instance status does not support this operation.",
    )
    put_on(alice, first, instance)
    assert refusal(first, instance) == (
        "IncorrectEipStatus",
        "Current elastic IP status does not support this operation",
    )
    assert refusal(second, instance) == (
        "InvalidAssociation.Duplicated",
        "Specified instance already is associated.",
    )
    assert refusal(elsewhere, instance) == (
        "InvalidParameter.Mismatch",
        "Specified elastic IP address and ECS instance are not in the same region.",
    )
    assert refusal(second, classic) == ("OperationDenied", "Specified instance is not in VPC.")
    assert refusal(second, with_public) == (
        "EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP",
        "instance already bind natpublicip,cannot bind eip.",
    )


@pytest.mark.parametrize("action", ["AssociateEipAddress", "UnassociateEipAddress"])
def test_an_address_goes_on_instances_only(alice: Person, action: str) -> None:
    """There are no gateways, balancers and interfaces to put it on."""
    given = {"InstanceId": "ngw-1", "InstanceType": "Nat"}

    assert refused(alice, action, AllocationId=allocated(alice), **given) == Refusal(
        400,
        "InvalidInstanceType.ValueNotSupported",
        "The specified value of InstanceType is not supported.",
    )


def test_only_what_is_on_an_instance_is_taken_off(alice: Person) -> None:
    """Refused are one on none, another instance's name, and an instance on its way."""
    instance, eip = in_a_vpc(alice), allocated(alice)
    other = stopped(alice)
    not_now = Refusal(400, "IncorrectEipStatus", "Current elastic IP status does not support this operation.")

    assert refused(alice, "UnassociateEipAddress", AllocationId=eip) == not_now
    put_on(alice, eip, instance)
    assert refused(alice, "ReleaseEipAddress", AllocationId=eip) == not_now
    assert refused(alice, "UnassociateEipAddress", AllocationId=eip, InstanceId=other) == Refusal(
        404, "InvalidBindInstance.NotFound", "The specified bind instance does not exist."
    )
    alice.call("StopInstance", InstanceId=instance)
    assert refused(alice, "UnassociateEipAddress", AllocationId=eip) == Refusal(
        400,
        "IncorrectInstanceStatus",
        "The current status of instance does not support this operation.",
    )


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        (
            "AllocateEipAddress",
            Refusal(404, "InvalidRegionId.NotFound", 'Specified value of "RegionId" is not supported.'),
        ),
        (
            "AssociateEipAddress",
            Refusal(
                404,
                "Forbidden.RegionNotFound",
                "Specified instance is not found during access authentication.",
            ),
        ),
        *(
            (
                action,
                Refusal(
                    404,
                    "Forbidden.RegionNotFound",
                    "Specified region is not found during access authentication.",
                ),
            )
            for action in (
                "UnassociateEipAddress",
                "ReleaseEipAddress",
                "ModifyEipAddressAttribute",
                "DescribeEipAddresses",
            )
        ),
    ],
)
def test_an_unknown_region_has_rows_of_its_own(alice: Person, action: str, refusal: Refusal) -> None:
    """Each operation words it in its own way."""
    given = {"AllocationId": "eip-1", "RegionId": "cn-nowhere"}
    if action == "AssociateEipAddress":
        given["InstanceId"] = "i-1"

    assert refused(alice, action, **given) == refusal
