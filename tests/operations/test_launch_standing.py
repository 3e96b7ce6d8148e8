"""What the operator can set against new instances: conditions of accounts, shortages, quotas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localyun import accounts
from localyun.model.limits import Limits
from localyun.model.standing import Condition, Feature, Lack, Shortage
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec
from tests.operations.held import hold
from tests.operations.made_instances import asked, network, run
from tests.operations.networks import a_security_group
from tests.operations.refusals import seen
from tests.people import Person, World

Row = ErrorSpec | ApiError
MakeWorld = Callable[..., World]
RUN, CREATE, BOTH = ("RunInstances",), ("CreateInstance",), ("RunInstances", "CreateInstance")
ORDER = {"InstanceChargeType": "PrePaid", "Period": 1}
SPOT = {"SpotStrategy": "SpotAsPriceGo", "ZoneId": "cn-hangzhou-h"}
LIMITED = {"SpotStrategy": "SpotWithPriceLimit", "ZoneId": "cn-hangzhou-h", "SpotPriceLimit": "0.5"}
ESSD = {"SystemDisk": {"Category": "cloud_essd", "PerformanceLevel": "PL0", "Size": 40}}

CONDITIONS: list[tuple[tuple[str, ...], str, dict[str, Any], Row]] = [
    (RUN, "arrears", {}, errors.LAUNCH_ARREARS_RUN),
    (CREATE, "arrears", {}, errors.COPY_ARREARS),
    (BOTH, "invalid", {}, errors.ACCOUNT_INVALID),
    (BOTH, "low-balance", {}, errors.NO_BALANCE),
    (BOTH, "low-balance", ORDER, errors.INSUFFICIENT_BALANCE),
    (RUN, "no-credit", {}, errors.AGENT_CREDIT_TOO_LOW),
    (RUN, "no-coupons", {}, errors.COUPONS_USED_UP),
    (BOTH, "no-payment", {}, errors.NO_PAYMENT_METHOD),
    (BOTH, "wrong-payment", {}, errors.PAY_METHOD_INVALID),
    (BOTH, "restricted-payment", {}, errors.PAYMENT_RESTRICTED),
    (CREATE, "no-terms", {}, errors.PAYMENT_POLICY),
    (RUN, "unpaid", {}, errors.UNPAID_ORDER),
    (BOTH, "no-prices", ORDER, errors.NO_PRICE_PERMISSION),
    (BOTH, "unidentified", {}, errors.NOT_IDENTIFIED),
    (BOTH, "unverified", {}, errors.CARD_NOT_VERIFIED),
    (RUN, "risky", {}, errors.RISK_CONTROL),
    (BOTH, "test-only", {}, errors.TEST_ACCOUNT),
    (BOTH, "reseller", {}, errors.RESELLER_USER),
    (RUN, "reseller-banned", {}, errors.RESELLER_FORBIDDEN),
    (BOTH, "official-only", {}, errors.OFFICIAL_GOODS_ONLY),
    (BOTH, "no-user-data", {"UserData": "eA=="}, errors.USER_DATA_FORBIDDEN),
    (RUN, "no-spot", SPOT, errors.NO_SPOT_FOR_ACCOUNT),
    (BOTH, "no-spot-uid", SPOT, errors.NO_SPOT_FOR_UID),
    (BOTH, "no-spot-parameters", SPOT, errors.SPOT_NOT_AUTHORIZED),
]


@pytest.mark.parametrize(
    ("action", "condition", "parameters", "row"),
    [
        pytest.param(action, condition, parameters, row, id=f"{action}-{condition}-{row.code}")
        for actions, condition, parameters, row in CONDITIONS
        for action in actions
    ],
)
def test_an_account_that_is_held_back_makes_no_instances(
    alice: Person, action: str, condition: str, parameters: dict[str, Any], row: Row
) -> None:
    """Until it is let go."""
    hold(alice, Condition(condition))

    refusal = alice.refused(action, **wanted(**parameters))
    hold(alice)

    assert refusal == seen(row)
    alice.call(action, **wanted(**parameters))


HERE = "ecs.g7.large is not offered in cn-hangzhou-h."

SHORTAGES: list[tuple[tuple[str, ...], str, dict[str, Any], Row]] = [
    (BOTH, "region@cn-hangzhou", {}, errors.REGION_UNAUTHORIZED),
    (RUN, "region-forbidden@cn-hangzhou", {}, errors.REGION_FORBIDDEN(HERE)),
    (CREATE, "region-forbidden@cn-hangzhou", {}, errors.REGION_UNAUTHORIZED_WIDE(HERE)),
    (RUN, "rationed@cn-hangzhou", {}, errors.REGION_CONTROLLED),
    (BOTH, "resources@cn-hangzhou-h", {}, errors.NOTHING_AVAILABLE),
    (RUN, "sale@cn-hangzhou-h", {}, errors.NEW_DISK_ZONE_SOLD_OUT),
    (CREATE, "sale@cn-hangzhou-h", {}, errors.CREATE_ZONE_CLOSED),
    (BOTH, "opening@cn-hangzhou-h", {}, errors.ZONE_NOT_OPEN),
    (RUN, "permission@cn-hangzhou-h", {}, errors.ZONE_NOT_ALLOWED),
    (BOTH, "post-paid@cn-hangzhou", {}, errors.NO_POST_PAID),
    (BOTH, "pre-paid@cn-hangzhou", ORDER, errors.NO_PRE_PAID),
    (BOTH, "classic-network@cn-hangzhou", {}, errors.NO_CLASSIC_NETWORK),
    (BOTH, "classic-network@cn-hangzhou-h", {},
     errors.NO_CLASSIC_IN_ZONE("The zone has no classic network.")),
    (BOTH, "public-addresses@cn-hangzhou", {"InternetMaxBandwidthOut": 1}, errors.NO_PUBLIC_ADDRESSES),
    (BOTH, "public-address-stock@cn-hangzhou", {"InternetMaxBandwidthOut": 1},
     errors.PUBLIC_ADDRESSES_SOLD_OUT),
    (BOTH, "type-on-sale@*/ecs.g7.*", {}, errors.TYPE_OFFLINE(HERE)),
    (BOTH, "type-for-all@*/ecs.g7.*", {}, errors.TYPE_UNAUTHORIZED),
    (RUN, "type-in-range@*/ecs.g7.*", {}, errors.RUN_TYPE_BEYOND),
    (CREATE, "type-in-range@*/ecs.g7.*", {}, errors.CREATE_TYPE_BEYOND),
    (RUN, "type-or-zone@*/ecs.g7.*", {}, errors.TYPE_OR_ZONE_DENIED),
    (BOTH, "type@cn-hangzhou-h/ecs.g7.large", {}, errors.TYPE_NOT_IN_ZONE),
    (BOTH, "spot-duration-of-type@*/ecs.g7.*", SPOT, errors.NO_SPOT_DURATION_OF_TYPE),
    (RUN, "spot-duration@cn-hangzhou", SPOT, errors.RUN_NO_SPOT_DURATION),
    (CREATE, "spot-duration@cn-hangzhou", SPOT, errors.CREATE_NO_SPOT_DURATION),
    (BOTH, "spot-duration-now@cn-hangzhou", SPOT, errors.NO_SPOT_DURATION_NOW),
    (RUN, "spot-price@cn-hangzhou-h/ecs.g7.large=0.6", LIMITED, errors.RUN_SPOT_PRICE_TOO_LOW),
    (CREATE, "spot-price@cn-hangzhou-h/ecs.g7.large=0.6", LIMITED, errors.CREATE_SPOT_PRICE_TOO_LOW),
    (BOTH, "category-on-sale@*/cloud_essd", ESSD, errors.CATEGORY_NOT_SOLD),
    (BOTH, "category-for-all@*/cloud_essd", ESSD, errors.SYSTEM_CATEGORY_UNAUTHORIZED),
    (RUN, "system-category@*/cloud_essd", ESSD, errors.SYSTEM_CATEGORY_NOT_IN_ZONE),
    (BOTH, "category@cn-hangzhou-h/cloud_essd", ESSD, errors.CATEGORY_NOT_IN_ZONE),
    (BOTH, "category@*/cloud_ssd", {"DataDisk": [{"Category": "cloud_ssd", "Size": 20}]},
     errors.CLOUD_SSD_NOT_IN_ZONE),
    (BOTH, "level@cn-hangzhou-h/PL0", ESSD, errors.LEVEL_NOT_IN_ZONE),
    (BOTH, "stock@cn-hangzhou-h/ecs.g7.large", {}, errors.SOLD_OUT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "shortage", "parameters", "row"),
    [
        pytest.param(action, shortage, parameters, row, id=f"{action}-{shortage}")
        for actions, shortage, parameters, row in SHORTAGES
        for action in actions
    ],
)
def test_what_a_place_lacks_is_not_had_there(
    make_world: MakeWorld, action: str, shortage: str, parameters: dict[str, Any], row: Row
) -> None:
    """By `localyun serve --shortages`; other regions have it."""
    alice = first_of(make_world(shortages=(Shortage.read(shortage),)))

    assert alice.refused(action, **wanted(**parameters)) == seen(row)


@pytest.mark.parametrize(
    ("feature", "place", "row"),
    [
        (Feature.CLOUD_ESSD, "cn-hangzhou-h", errors.CATEGORY_NOT_IN_ZONE),
        (Feature.CLOUD_ESSD, "cn-hangzhou", errors.CATEGORY_NOT_IN_ZONE),
        (Feature.PL0, "cn-hangzhou-h", errors.LEVEL_NOT_IN_ZONE),
    ],
)
def test_disks_that_a_place_is_without_are_not_made_with_an_instance(
    make_world: MakeWorld, feature: Feature, place: str, row: ErrorSpec
) -> None:
    """By `localyun serve --without`, which is about disks that are made by themselves, too."""
    alice = first_of(make_world(without=frozenset({(feature, place)})))

    assert alice.refused("RunInstances", **wanted(**ESSD)) == seen(row)
    assert alice.refused("CreateInstance", **wanted(**ESSD)) == seen(row)


def test_a_vswitch_of_a_zone_that_takes_none_makes_no_instances(make_world: MakeWorld) -> None:
    """The words are each operation's own."""
    alice = first_of(make_world(shortages=(Shortage.read("vswitches@cn-hangzhou-h"),)))
    vswitch, _ = network(alice)

    assert alice.refused("RunInstances", **wanted(VSwitchId=vswitch)) == seen(errors.RUN_VPC_ZONE)
    assert alice.refused("CreateInstance", **wanted(VSwitchId=vswitch)) == seen(errors.CREATE_VPC_ZONE)


def test_stock_runs_out(make_world: MakeWorld) -> None:
    """There are so many of a type in a zone, for all accounts together; MinAmount takes what is left."""
    alice = first_of(make_world(shortages=(Shortage.read("stock@cn-hangzhou-h/ecs.g7.*=3"),)))
    run(alice, ZoneId="cn-hangzhou-h")

    too_many = alice.refused("RunInstances", **wanted(Amount=3))
    answer = alice.call("RunInstances", **wanted(Amount=3, MinAmount=1))
    none_left = alice.refused("RunInstances", **wanted())
    elsewhere = alice.call("RunInstances", **wanted(ZoneId="cn-hangzhou-i"))
    given = {"DestinationResource": "InstanceType", "InstanceType": "ecs.g7.large"}
    offered = alice.call("DescribeAvailableResource", **given)["AvailableZones"]["AvailableZone"]

    assert too_many == seen(errors.OUT_OF_STOCK)
    assert len(answer["InstanceIdSets"]["InstanceIdSet"]) == 2
    assert none_left == seen(errors.SOLD_OUT)
    assert elsewhere["InstanceIdSets"]["InstanceIdSet"]
    assert {zone["ZoneId"]: stock_of(zone) for zone in offered if zone["ZoneId"][-1] in "hi"} == {
        "cn-hangzhou-h": ("SoldOut", "WithoutStock"),
        "cn-hangzhou-i": ("Available", "WithStock"),
    }


def stock_of(zone: dict[str, Any]) -> tuple[str, str]:
    """How the first thing is to be had that a zone is said to have."""
    thing = zone["AvailableResources"]["AvailableResource"][0]["SupportedResources"]["SupportedResource"][0]
    return thing["Status"], thing["StatusCategory"]


def test_what_a_place_lacks_is_not_listed_there(make_world: MakeWorld) -> None:
    """Neither types nor disks; a closed zone is said to be so."""
    lacking = ("type@cn-hangzhou-h/ecs.g7.*", "category@cn-hangzhou-h/cloud_essd", "sale@cn-hangzhou-i")
    alice = first_of(make_world(shortages=tuple(map(Shortage.read, lacking))))

    def zones(**parameters: Any) -> dict[str, str]:
        listed = alice.call("DescribeAvailableResource", **parameters)["AvailableZones"]["AvailableZone"]
        return {zone["ZoneId"]: zone["Status"] for zone in listed if zone["ZoneId"][-1] in "hij"}

    types = zones(DestinationResource="InstanceType", InstanceType="ecs.g7.large")
    categories = zones(DestinationResource="SystemDisk", SystemDiskCategory="cloud_essd")

    assert types == categories == {"cn-hangzhou-i": "SoldOut", "cn-hangzhou-j": "Available"}


DATA = {"DataDisk": [{"Size": 50, "DeleteWithInstance": "false"}]}

QUOTAS: list[tuple[tuple[str, ...], dict[str, int], dict[str, Any], Row]] = [
    (RUN, {"instances_per_region": 1}, {}, errors.RUN_INSTANCE_QUOTA),
    (CREATE, {"instances_per_region": 1}, {}, errors.CREATE_INSTANCE_QUOTA("1")),
    (BOTH, {"vcpus_per_region": 3}, {}, errors.ELASTIC_QUOTA),
    (RUN, {"instances_per_type": 1}, {}, errors.RUN_TYPE_QUOTA),
    (CREATE, {"instances_per_type": 1}, {}, errors.ELASTIC_QUOTA),
    (BOTH, {"internet_bandwidth_per_region": 8}, {"InternetMaxBandwidthOut": 5},
     errors.BANDWIDTH_QUOTA("The bandwidth to the internet exceeds the quota")),
    (BOTH, {"disks_per_region": 3}, DATA, errors.DISK_QUOTA_POSTPAID),
    (BOTH, {"portable_disks_per_region": 1}, DATA, errors.DISK_QUOTA_PORTABLE),
    (BOTH, {"disk_capacity_per_zone": 100}, DATA,
     errors.DISK_QUOTA_ZONE_CAPACITY("cloud_efficiency in cn-hangzhou-h")),
    (BOTH, {"disk_capacity_per_region": 70}, DATA, errors.DISK_QUOTA_CAPACITY),
    (BOTH, {"prepaid_data_disk_capacity": 70}, {**DATA, **ORDER}, errors.PRE_PAID_CAPACITY_QUOTA),
]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "limits", "parameters", "row"),
    [
        pytest.param(action, limits, parameters, row, id=f"{action}-{next(iter(limits))}")
        for actions, limits, parameters, row in QUOTAS
        for action in actions
    ],
)
def test_the_second_is_one_too_many(
    make_world: MakeWorld, action: str, limits: dict[str, int], parameters: dict[str, Any], row: Row
) -> None:
    """By `localyun serve --limits`: there is room for one instance, not for two."""
    alice = first_of(make_world(limits=Limits(**limits)))
    alice.call(action, **wanted(**parameters))

    assert alice.refused(action, **wanted(**parameters)) == seen(row)


@pytest.mark.parametrize(
    ("limits", "run_says", "create_says"),
    [
        ("instances_per_vpc", errors.VPC_INSTANCE_QUOTA, errors.VPC_INSTANCE_QUOTA),
        (
            "instances_per_security_group",
            errors.RUN_GROUP_INSTANCE_QUOTA,
            errors.CREATE_GROUP_INSTANCE_QUOTA,
        ),
    ],
)
def test_a_network_takes_so_many_instances(
    make_world: MakeWorld, limits: str, run_says: ErrorSpec, create_says: ErrorSpec
) -> None:
    """A VPC, and a security group."""
    alice = first_of(make_world(limits=Limits(**{limits: 1})))
    vswitch, group = network(alice)
    given = wanted(VSwitchId=vswitch, SecurityGroupId=group)
    alice.call("RunInstances", **given)

    assert alice.refused("RunInstances", **given) == seen(run_says)
    assert alice.refused("CreateInstance", **given) == seen(create_says)


def test_an_enterprise_group_takes_so_many_interfaces(make_world: MakeWorld) -> None:
    """More than a normal one, unless the operator says otherwise."""
    limits = Limits(instances_per_security_group=0, instances_per_enterprise_group=1)
    alice = first_of(make_world(limits=limits))
    vswitch, normal = network(alice)
    vpc = alice.call("DescribeSecurityGroupAttribute", SecurityGroupId=normal)["VpcId"]
    group = a_security_group(alice, VpcId=vpc, SecurityGroupType="enterprise")
    given = wanted(VSwitchId=vswitch, SecurityGroupId=group)
    alice.call("RunInstances", **given)

    assert alice.refused("RunInstances", **given) == seen(errors.ENTERPRISE_GROUP_QUOTA)
    assert alice.refused("CreateInstance", **given) == seen(errors.ENTERPRISE_GROUP_QUOTA)


def test_an_instance_is_in_so_many_groups_with_so_many_rules(make_world: MakeWorld) -> None:
    """Both are limited."""
    alice = first_of(make_world(limits=Limits(security_groups_per_instance=1)))
    ruled = first_of(make_world(limits=Limits(rules_per_interface=0)))
    groups = [a_security_group(alice), a_security_group(alice)]
    group = a_security_group(ruled)
    rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}
    ruled.call("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule])

    too_many_groups = alice.refused("RunInstances", **wanted(SecurityGroupIds=groups))
    too_many_rules = ruled.refused("RunInstances", **wanted(SecurityGroupId=group))

    assert too_many_groups == seen(
        errors.GROUPS_PER_INSTANCE("The number of security groups of an instance is exceeded.")
    )
    assert too_many_rules == seen(
        errors.RULES_PER_INTERFACE("The number of rules per network interface is exceeded.")
    )


@pytest.mark.parametrize("action", BOTH)
def test_disks_of_one_instance_are_limited(make_world: MakeWorld, action: str) -> None:
    """How much of one category it has."""
    alice = first_of(make_world(limits=Limits(disk_capacity_per_instance=80)))

    assert alice.refused(action, **wanted(**DATA)) == seen(errors.CATEGORY_CAPACITY_PER_INSTANCE)


@pytest.mark.parametrize("action", BOTH)
def test_a_type_takes_so_many_disks(make_world: MakeWorld, action: str) -> None:
    """Whatever the limit of the account is."""
    alice = first_of(make_world(limits=Limits(data_disks_per_instance=20)))

    refusal = alice.refused(action, **wanted(DataDisk=[{"Size": 20}] * 17))

    assert refusal == seen(errors.DISKS_OF_TYPE)


def test_the_guide_names_all_that_can_be_set_against_new_instances() -> None:
    """Each lack, and each condition that a row of the table is about."""
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "refusals.md").read_text()
    settable = {*Lack, *(condition for _, condition, _, _ in CONDITIONS)}

    assert {one for one in settable if f"| `{one}` |" not in guide} == set()


def test_a_shortage_is_read_as_it_is_written() -> None:
    """Thing and number may be left out, and the place be a pattern."""
    assert Shortage.read("stock@cn-*/ecs.g7.*=2").number == 2
    assert Shortage.read("region@cn-hangzhou").thing == "*"
    with pytest.raises(ValueError, match="'luck' is not a valid Lack"):
        Shortage.read("luck@cn-hangzhou")


def wanted(**parameters: Any) -> dict[str, Any]:
    """Return what a call says that makes instances in a certain zone."""
    return asked(**{"ZoneId": "cn-hangzhou-h", **parameters})


def first_of(world: World) -> Person:
    """The first account of a world."""
    return Person(world, accounts.listed(world.app.store, 0)[0])
