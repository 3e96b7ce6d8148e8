"""What RunInstances and CreateInstance refuse of what they are asked, row by row."""

from typing import Any

import pytest

from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec
from tests.operations.made_instances import ARM_TYPE, TYPE, WINDOWS, asked, network, run
from tests.operations.refusals import seen
from tests.people import Person

Row = ErrorSpec | ApiError
RUN, CREATE, BOTH = ("RunInstances",), ("CreateInstance",), ("RunInstances", "CreateInstance")
BASIC = "ecs.t6-c1m1.large"
SPOT = {"SpotStrategy": "SpotAsPriceGo"}
LIMITED = {"SpotStrategy": "SpotWithPriceLimit", "ZoneId": "cn-hangzhou-h"}
ORDER = {"InstanceChargeType": "PrePaid", "Period": 1}
TARGET = {"MatchCriteria": "Target", "Id": "eap-1"}


def interface(**parameters: Any) -> dict[str, Any]:
    """A call with one secondary network interface."""
    return {"NetworkInterface": [{"SecurityGroupId": "sg-1", **parameters}]}


PAYMENT: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (BOTH, {"InstanceChargeType": "Monthly"}, errors.INSTANCES_CHARGE_TYPE),
    (BOTH, {"InstanceChargeType": "PrePaid"}, errors.NO_PERIOD),
    (BOTH, {**ORDER, "Period": 10}, errors.PERIOD_INVALID),
    (BOTH, {**ORDER, "Period": "long"}, errors.PERIOD_INVALID),
    (BOTH, {**ORDER, "Period": 5, "PeriodUnit": "Week"}, errors.PERIOD_INVALID),
    (RUN, {**ORDER, "PeriodUnit": "Day"}, errors.RUN_PERIOD_UNIT),
    (CREATE, {**ORDER, "PeriodUnit": "Day"}, errors.CREATE_PERIOD_UNIT),
    (RUN, {**ORDER, "AutoRenew": "true", "AutoRenewPeriod": 5}, errors.RUN_RENEWAL),
    (CREATE, {**ORDER, "AutoRenew": "true", "AutoRenewPeriod": 5}, errors.CREATE_RENEWAL),
    (BOTH, {**ORDER, "DeletionProtection": "true"}, errors.PROTECTED_AND_NOT_POST_PAID),
    (BOTH, {**SPOT, "ZoneId": "cn-hangzhou-h", "DeletionProtection": "true"},
     errors.PROTECTED_AND_NOT_POST_PAID),
    (RUN, {"AutoPay": "false"}, errors.AUTO_PAY_OF_POST_PAID),
    (RUN, {"AutoReleaseTime": "tomorrow"}, errors.RELEASE_TIME_MALFORMED),
    (RUN, {"AutoReleaseTime": "2026-03-01T08:10:00Z"}, errors.RELEASE_TIME_MALFORMED),
    (BOTH, {"SpotStrategy": "Sometimes"}, errors.ZONES_SPOT_STRATEGY),
    (BOTH, {**ORDER, **SPOT}, errors.SPOT_PRE_PAID),
    (BOTH, {**LIMITED, "SpotPriceLimit": 1, "SpotDuration": 7}, errors.SPOT_DURATION),
    (BOTH, {**LIMITED}, errors.SPOT_PRICE),
    (BOTH, {**LIMITED, "SpotPriceLimit": "0.0001"}, errors.SPOT_PRICE),
    (BOTH, {**LIMITED, "SpotPriceLimit": "cheap"}, errors.SPOT_PRICE),
    (BOTH, {"SpotInterruptionBehavior": "Explode"},
     errors.SPOT_BEHAVIOR("SpotInterruptionBehavior")),
    (BOTH, {**SPOT, "ZoneId": "cn-hangzhou-h", "SpotInterruptionBehavior": "Stop"},
     errors.SPOT_STOPPED_IN_CLASSIC),
    (RUN, SPOT, errors.RUN_SPOT_WITHOUT_ZONE),
    (CREATE, SPOT, errors.CREATE_SPOT_WITHOUT_ZONE),
]  # fmt: skip

PLACEMENT: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (BOTH, {"Tenancy": "rent"}, errors.TENANCY_INVALID),
    (BOTH, {"Affinity": "love"}, errors.AFFINITY_INVALID),
    (RUN, {"Tenancy": "host"}, errors.RUN_NO_HOST),
    (CREATE, {"Affinity": "host"}, errors.CREATE_NO_HOST),
    (BOTH, {"DedicatedHostId": "dh-1"}, errors.HOST_IN_CLASSIC),
    (BOTH, {"DedicatedHostId": "dh-1", "DeploymentSetId": "ds-1"}, errors.HOST_AND_DEPLOYMENT_SET(
        "DedicatedHostId and DeploymentSetId cannot be specified at the same time.")),
    (RUN, {"DedicatedHostId": "dh-1", "SchedulerOptions": {"DedicatedHostClusterId": "dc-1"}},
     errors.SCHEDULER_AND_HOST),
    (RUN, {"SchedulerOptions": {"DedicatedHostClusterId": "1"}}, errors.HOST_CLUSTER_INVALID),
    (RUN, {"SchedulerOptions": {"DedicatedHostClusterId": "dc-1"}}, errors.HOST_CLUSTER_NOT_FOUND),
    (BOTH, {"DeploymentSetId": "1"}, errors.DEPLOYMENT_SET_INVALID),
    (BOTH, {"DeploymentSetId": "ds-1"}, errors.DEPLOYMENT_SET_NOT_FOUND),
    (RUN, {"DeploymentSetGroupNo": 1}, errors.DEPLOYMENT_GROUP_INVALID),
    (RUN, {"DeploymentSetGroupNo": 8, "DeploymentSetId": "ds-1"}, errors.DEPLOYMENT_GROUP_INVALID),
    (BOTH, {"HpcClusterId": "1"}, errors.HPC_CLUSTER_NOT_FOUND),
    (BOTH, {"HpcClusterId": "hpc-1"}, errors.HPC_CLUSTER_UNNECESSARY),
    (BOTH, {"StorageSetId": "ss-1"}, errors.STORAGE_SET_ZONE),
    (BOTH, {"StorageSetId": "ss-1", "ZoneId": "cn-hangzhou-h"}, errors.STORAGE_SET_MALFORMED),
    (BOTH, {"StorageSetPartitionNumber": 2}, errors.STORAGE_SET_PARTITION),
    (BOTH, {"StorageSetPartitionNumber": "x"}, errors.STORAGE_SET_PARTITION),
    (BOTH, {"SystemDisk": {"StorageClusterId": "dbsc-1"}}, errors.STORAGE_CLUSTER_WITHOUT_ZONE),
    (BOTH, {"SystemDisk": {"StorageClusterId": "dbsc-1"}, "ZoneId": "cn-hangzhou-h"},
     errors.STORAGE_CLUSTER_WITHOUT_SIZE),
    (BOTH, {"DataDisk": [{"StorageClusterId": "dbsc-1", "Size": 20}], "ZoneId": "cn-hangzhou-h"},
     errors.STORAGE_CLUSTER_NOT_FOUND),
    (BOTH, {"PrivatePoolOptions": {"MatchCriteria": "Perhaps"}}, errors.POOL_CRITERIA),
    (BOTH, {"PrivatePoolOptions": {"MatchCriteria": "Target"}}, errors.POOL_WITHOUT_ID),
    (BOTH, {"PrivatePoolOptions": TARGET}, errors.POOL_AND_CLASSIC),
    (BOTH, {"Arn": [{"Rolearn": "acs:ram::1:role/r"}]}, errors.ARNS_INVALID),
    (CREATE, {"ClusterId": "c-1"}, errors.CLUSTER_NOT_FOUND),
    (CREATE, {"NodeControllerId": "1"}, errors.NODE_CONTROLLER_MALFORMED),
    (CREATE, {"VlanId": "1"}, errors.VLAN_INVALID),
    (CREATE, {"InnerIpAddress": "here"}, errors.INNER_ADDRESS_MALFORMED),
    (CREATE, {"InnerIpAddress": "10.0.0.1"}, errors.INNER_ADDRESS_UNUSABLE),
    (RUN, {"LaunchTemplateId": "lt-1"},
     errors.LAUNCH_TEMPLATE_NOT_FOUND("The launch template lt-1 does not exist.")),
    (RUN, {"LaunchTemplateVersion": 2},
     errors.LAUNCH_TEMPLATE_VERSION_NOT_FOUND("The launch template version 2 does not exist.")),
    (BOTH, {"ResourceGroupId": "group"}, errors.RESOURCE_GROUP_NOT_FOUND),
]  # fmt: skip

SYSTEM: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (RUN, {"IoOptimized": "perhaps"}, errors.RUN_IO_OPTIMIZED),
    (CREATE, {"IoOptimized": "perhaps"}, errors.CREATE_IO_OPTIMIZED),
    (BOTH, {"IoOptimized": "none"}, errors.MUST_BE_IO_OPTIMIZED),
    (RUN, {"IoOptimized": "none", "UserData": "eA=="}, errors.USER_DATA_OF_CLASSIC),
    (CREATE, {"IoOptimized": "none", "UserData": "eA=="}, errors.CREATE_USER_DATA_NOT_SUPPORTED),
    (BOTH, {"CreditSpecification": "Endless"}, errors.CREDIT_SPECIFICATION),
    (BOTH, {"KeyPairName": "none"}, errors.LAUNCH_KEY_PAIR_NOT_FOUND),
    (RUN, {"HostName": "web", "HostNames": ["a1"]}, errors.HOST_NAMES_TWO_WAYS(
        "HostName and HostNames cannot be specified at the same time.")),
    (RUN, {"HostNames": ["a1", "a2"]},
     errors.HOST_NAMES_COUNT("The number of HostNames must equal Amount.")),
    (RUN, {"HostNames": ["-"]}, errors.HOST_NAME_MALFORMED),
    (RUN, {"HostName": "x" * 62, "UniqueSuffix": "true", "Amount": 2}, errors.HOST_NAME_WITH_SUFFIX),
    (RUN, {"InstanceName": "x" * 126, "UniqueSuffix": "true", "Amount": 2},
     errors.INSTANCE_NAME_WITH_SUFFIX),
    (RUN, {"ImageId": WINDOWS, "HostName": "a" * 16}, errors.RUN_HOST_NAME_OF_SYSTEM),
    (CREATE, {"ImageId": WINDOWS, "HostName": "a.b"}, errors.CREATE_HOST_NAME_OF_SYSTEM),
    (RUN, {"ImageId": WINDOWS, "InstanceType": ARM_TYPE}, errors.WINDOWS_ON_TYPE),
    (CREATE, {"ImageId": WINDOWS, "InstanceType": ARM_TYPE}, errors.IMAGE_AND_INSTANCE_TYPE),
    (RUN, {"Tag": [{"Value": "red"}]}, errors.TAG_MISMATCH),
    (RUN, {"Tag": [{"Key": "acs:team"}]}, errors.RUN_SYSTEM_TAG),
    (BOTH, {"HibernationOptions": {"Configured": "true"}, "InstanceType": BASIC}, errors.HIBERNATION_TYPE),
    (BOTH, {"HibernationOptions": {"Configured": "true"}}, errors.HIBERNATION_IMAGE),
    (RUN, {"ImageOptions": {"LoginAsNonRoot": "true"}}, errors.LOGIN_AS_NON_ROOT),
]  # fmt: skip

DISKS: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (RUN, {"SystemDisk": {"Size": -1}},
     errors.SYSTEM_DISK_SIZE_MALFORMED("The specified parameter SystemDisk.Size is invalid.")),
    (CREATE, {"SystemDisk": {"Size": "big"}}, errors.SYSTEM_DISK_SIZE_MALFORMED("SystemDisk.Size")),
    (CREATE, {"SystemDisk": {"Size": -1}}, errors.CREATE_SYSTEM_SIZE_INVALID),
    (BOTH, {"SystemDisk": {"Category": "cloud_essd_entry"}}, errors.ATTACH_TYPE_CATEGORY),
    (BOTH, {"DataDisk": [{"Category": "cloud_essd_entry", "Size": 20}]}, errors.CATEGORY_NOT_FOR_TYPE),
    (BOTH, {"DataDisk": [{"Size": "big"}]}, errors.DATA_DISK_SIZE_NOT_SUPPORTED),
    (BOTH, {"DataDisk": [{"Category": "elastic_ephemeral_disk_standard", "Size": 64,
                          "DeleteWithInstance": "false"}]}, errors.EPHEMERAL_KEPT),
    (RUN, {"DataDisk": [{"SnapshotId": "snapshot"}]}, errors.SNAPSHOT_ID_MALFORMED),
    (RUN, {"SystemDisk": {"AutoSnapshotPolicyId": "sp-1"}}, errors.SNAPSHOT_POLICY_NOT_FOUND),
    (RUN, {"SystemDisk": {"ProvisionedIops": 100}}, errors.NEW_DISK_IOPS_CATEGORY),
    (RUN, {"SystemDisk": {"Category": "cloud_auto", "Size": 40, "ProvisionedIops": 50_000}},
     errors.NEW_DISK_IOPS_LIMIT),
    (RUN, {"DataDisk": [{"BurstingEnabled": "true", "Size": 20}]}, errors.BURSTING_CATEGORY),
    (RUN, {"DataDisk": [{"Category": "cloud_auto", "BurstingEnabled": "true", "Size": 3}]},
     errors.BURSTING_SIZE),
]  # fmt: skip

NETWORK: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (RUN, {"SecurityGroupId": "group"}, errors.GROUP_ID_INVALID),
    (CREATE, {"SecurityGroupId": "group"}, errors.SECURITY_GROUP_NOT_FOUND),
    (RUN, {"Ipv6AddressCount": 1}, errors.NETWORK_NEEDS_VSWITCH),
    (RUN, {"Ipv6AddressCount": 1, "Ipv6Address": ["::1"]}, errors.IPV6_TWO_WAYS(
        "Ipv6Address and Ipv6AddressCount cannot be specified at the same time.")),
    (RUN, {"NetworkInterfaceQueueNumber": 0}, errors.QUEUE_NUMBER_INVALID("0 is no number of queues.")),
    (RUN, {"NetworkInterfaceQueueNumber": 99}, errors.QUEUES_TOO_MANY(f"{TYPE} takes 2 queues.")),
    (RUN, {"Isp": "telecom"}, errors.ISP_IN_CLASSIC("Isp is not supported in the classic network.")),
]  # fmt: skip

FEATURES: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (RUN, {"CpuOptions": {"Core": 0}}, errors.CPU_CORE),
    (RUN, {"CpuOptions": {"Core": 99}}, errors.CPU_CORE_OF_TYPE(f"{TYPE} has 2 virtual processors.")),
    (RUN, {"CpuOptions": {"ThreadsPerCore": 3}}, errors.CPU_THREADS),
    (RUN, {"CpuOptions": {"ThreadsPerCore": 1}, "InstanceType": BASIC}, errors.CPU_THREADS_OF_TYPE),
    (RUN, {"CpuOptions": {"Numa": "3"}}, errors.CPU_NUMA),
    (RUN, {"CpuOptions": {"Numa": "1"}}, errors.CPU_NUMA_OF_TYPE(f"{TYPE} is no bare metal type.")),
    (RUN, {"CpuOptions": {"TopologyType": "Star"}}, errors.CPU_TOPOLOGY("CpuOptions.TopologyType")),
    (RUN, {"CpuOptions": {"TopologyType": "DiscreteCoreToHTMapping"}, "InstanceType": BASIC},
     errors.CPU_TOPOLOGY_OF_TYPE("CpuOptions.TopologyType")),
    (RUN, {"CpuOptions": {"TopologyType": "DiscreteCoreToHTMapping"}},
     errors.UNSUPPORTED_PARAMETER("CpuOptions.TopologyType")),
    (RUN, {"CpuOptions": {"TurboMode": "FAST"}}, errors.CPU_TURBO),
    (RUN, {"CpuOptions": {"TurboMode": "SINGLE CORE MAX"}, "InstanceType": BASIC},
     errors.CPU_TURBO_OF_TYPE),
    (RUN, {"CpuOptions": {"EnableVISST": "true"}, "InstanceType": BASIC}, errors.CPU_VISST_OF_TYPE),
    (RUN, {"CpuOptions": {"EnableVRDT": "true"}, "InstanceType": BASIC}, errors.CPU_VRDT_OF_TYPE),
    (RUN, {"SecurityOptions": {"TrustedSystemMode": "TPM"}}, errors.TRUSTED_MODE),
    (RUN, {"SecurityOptions": {"TrustedSystemMode": "vTPM"}, "InstanceType": BASIC}, errors.TRUSTED_TYPE),
    (RUN, {"SecurityOptions": {"TrustedSystemMode": "vTPM"}}, errors.TRUSTED_IMAGE),
    (RUN, {"SecurityOptions": {"ConfidentialComputingMode": "Secret"}}, errors.CONFIDENTIAL_MODE),
    (RUN, {"SecurityOptions": {"ConfidentialComputingMode": "TDX"}},
     errors.UNSUPPORTED_PARAMETER("SecurityOptions.ConfidentialComputingMode")),
    (RUN, {"SecurityOptions": {"ConfidentialComputingMode": "TDX", "TrustedSystemMode": "vTPM"}},
     errors.TRUSTED_AND_CONFIDENTIAL),
    (RUN, {"NetworkOptions": {"EnableNetworkEncryption": "true"}, "InstanceType": BASIC},
     errors.ENCRYPTED_NETWORK_OF_TYPE),
    (RUN, {"NetworkOptions": {"EnableNetworkEncryption": "true"}},
     errors.UNSUPPORTED_PARAMETER("NetworkOptions.EnableNetworkEncryption")),
    (RUN, {"NetworkOptions": {"BandwidthWeighting": "All"}},
     errors.WEIGHTING("NetworkOptions.BandwidthWeighting")),
    (RUN, {"NetworkOptions": {"BandwidthWeighting": "Vpc-L1"}, "InstanceType": BASIC},
     errors.WEIGHTING_OF_TYPE),
    (RUN, {"ClockOptions": {"PtpStatus": "on"}}, errors.PTP_STATUS("ClockOptions.PtpStatus")),
    (RUN, {"ClockOptions": {"PtpStatus": "enabled"}, "InstanceType": BASIC}, errors.PTP_OF_TYPE),
]  # fmt: skip

TABLE = [
    pytest.param(action, parameters, row, id=f"{action}-{parameters}"[:90])
    for theme in (PAYMENT, PLACEMENT, SYSTEM, DISKS, NETWORK, FEATURES)
    for actions, parameters, row in theme
    for action in actions
]


@pytest.mark.parametrize(("action", "parameters", "row"), TABLE)
def test_what_is_asked_wrongly_is_refused(
    alice: Person, action: str, parameters: dict[str, Any], row: Row
) -> None:
    """One parameter, or two that don't go together, in a call that is right else."""
    assert alice.refused(action, **asked(**parameters)) == seen(row)
    assert alice.call("DescribeInstances")["TotalCount"] == 0


IN_VPC: list[tuple[tuple[str, ...], dict[str, Any], Row]] = [
    (BOTH, {"PrivatePoolOptions": {**TARGET, "Id": "Pool!"}}, errors.POOL_ID_INVALID),
    (BOTH, {"PrivatePoolOptions": TARGET}, errors.POOL_NOT_FOUND),
    (BOTH, {"PrivatePoolOptions": TARGET, **SPOT}, errors.POOL_AND_SPOT),
    (BOTH, {"PrivatePoolOptions": TARGET, "DedicatedHostId": "dh-1"}, errors.POOL_AND_HOST),
    (BOTH, {"DedicatedHostId": "dh-1"}, errors.HOST_NOT_FOUND),
    (RUN, {"Isp": "telecom"}, errors.ISP_WITHOUT_BANDWIDTH),
    (RUN, {"Isp": "telecom", "InternetMaxBandwidthOut": 1},
     errors.ISP_CHARGE_TYPE("Isp is not supported with PayByTraffic.")),
    (RUN, {"Isp": "telecom", "InternetMaxBandwidthOut": 1, "InternetChargeType": "PayByBandwidth"},
     errors.ISP_REGION("telecom is not supported in this region.")),
    (RUN, {"Ipv6AddressCount": 1}, errors.IPV6_OFF("The vSwitch has no IPv6 CIDR block.")),
    (RUN, {"Ipv6AddressCount": 11}, errors.IPV6_TOO_MANY(f"{TYPE} takes 6 IPv6 addresses.")),
    (RUN, interface(NetworkInterfaceName="1"),
     errors.INTERFACE_NAME_MALFORMED("The specified NetworkInterfaceName is not valid.")),
    (RUN, interface(Description="x"), errors.INTERFACE_DESCRIPTION_MALFORMED),
    (RUN, interface(NetworkInterfaceId="eni-1"), errors.INTERFACE_ID_AND_MORE(
        "NetworkInterfaceId cannot be specified with the parameters of a new network interface.")),
    (RUN, {"NetworkInterface": [{"NetworkInterfaceId": "eni-1"}]},
     errors.INTERFACE_NOT_FOUND("eni-1 does not exist.")),
    (RUN, interface(InstanceType="Third"),
     errors.INTERFACE_TYPE("NetworkInterface.1.InstanceType")),
    (RUN, interface(NetworkInterfaceTrafficMode="Wild"),
     errors.INTERFACE_TRAFFIC_MODE("NetworkInterface.1.NetworkInterfaceTrafficMode")),
    (RUN, interface(NetworkInterfaceTrafficMode="HighPerformance"), errors.INTERFACE_HIGH_PERFORMANCE(
        "The instance type supports the Standard traffic mode only.")),
    (RUN, interface(QueuePairNumber=1), errors.INTERFACE_QUEUE_PAIRS(
        "QueuePairNumber must be empty in the Standard traffic mode.")),
    (RUN, interface(QueuePairNumber=0, NetworkInterfaceTrafficMode="HighPerformance"),
     errors.INTERFACE_QUEUE_PAIRS_INVALID),
    (RUN, interface(QueueNumber=0), errors.QUEUE_NUMBER_INVALID("0 is no number of queues.")),
    (RUN, interface(QueueNumber=99), errors.INTERFACE_QUEUES_TOO_MANY(f"{TYPE} takes 2 queues.")),
    (RUN, interface(RxQueueSize=512), errors.INTERFACE_QUEUE_SIZES),
    (RUN, interface(RxQueueSize=512, TxQueueSize=512), errors.INTERFACE_QUEUE_SIZE_INVITED),
    (RUN, interface(NetworkCardIndex=-1), errors.INTERFACE_CARD_INVALID),
    (RUN, interface(NetworkCardIndex=1), errors.INTERFACE_CARD_INVITED),
    (RUN, interface(SecondaryPrivateIpAddressCount=0), errors.INTERFACE_IPV4_COUNT),
    (RUN, interface(SecondaryPrivateIpAddressCount=99),
     errors.INTERFACE_IPV4_TOO_MANY(f"{TYPE} takes fewer private addresses.")),
    (RUN, interface(SecurityGroupIds=["sg-1"]), errors.SECURITY_GROUPS_TWO_WAYS(
        "SecurityGroupId and SecurityGroupIds cannot be specified at the same time.")),
    (RUN, interface(Ipv6Address=["::1"], Ipv6AddressCount=1), errors.IPV6_TWO_WAYS(
        "Ipv6Address and Ipv6AddressCount cannot be specified at the same time.")),
    (RUN, interface(Ipv6AddressCount=1), errors.IPV6_OFF("The vSwitch has no IPv6 CIDR block.")),
    (RUN, interface(PrimaryIpAddress="here"),
     errors.INTERFACE_ADDRESS_MALFORMED("here is not an IP address.")),
    (RUN, {"NetworkInterface": [{"PrimaryIpAddress": "10.0.0.9"}] * 2}, errors.INTERFACE_ADDRESS_TWICE(
        "The primary IP addresses of network interfaces are repeated.")),
    (RUN, {"PrivateIpAddress": "10.0.0.9", **interface(PrimaryIpAddress="10.0.0.9")},
     errors.INTERFACE_ADDRESS_AND_OUTER("10.0.0.9 is specified more than once.")),
    (RUN, {"Amount": 2, **interface(PrimaryIpAddress="10.0.0.9")}, errors.INTERFACE_SECONDARY_ADDRESS),
    (RUN, {"NetworkInterface": [{"InstanceType": "Primary"}] * 2}, errors.INTERFACES_PRIMARY_TWICE(
        "An instance has one primary network interface.")),
    (RUN, interface(InstanceType="Primary"), errors.INTERFACE_AND_OUTER(
        "VSwitchId, security groups and PrivateIpAddress cannot be specified with a primary interface.")),
    (RUN, {"NetworkInterface": [{"QueueNumber": 1}] * 9},
     errors.INTERFACES_TOO_MANY(f"{TYPE} takes 3 network interfaces.")),
    (RUN, interface(), errors.UNSUPPORTED_PARAMETER("NetworkInterface.1.InstanceType")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "parameters", "row"),
    [
        pytest.param(action, parameters, row, id=f"{action}-{parameters}"[:90])
        for actions, parameters, row in IN_VPC
        for action in actions
    ],
)
def test_what_is_asked_wrongly_in_a_vpc_is_refused(
    alice: Person, action: str, parameters: dict[str, Any], row: Row
) -> None:
    """What is looked at only where there is a vSwitch."""
    vswitch, _ = network(alice)

    assert alice.refused(action, **asked(VSwitchId=vswitch, **parameters)) == seen(row)


@pytest.mark.parametrize(
    ("primary", "row"),
    [
        ({"VSwitchId": "vsw-none"}, errors.INTERFACE_VSWITCH_NOT_FOUND("vsw-none")),
        ({"PrimaryIpAddress": "10.0.1.1"}, errors.INTERFACE_ADDRESS_OUTSIDE("10.0.1.1")),
        ({"PrimaryIpAddress": "10.0.0.1"}, errors.INTERFACE_ADDRESS_TAKEN("10.0.0.1")),
    ],
)
def test_the_place_of_a_primary_interface_is_checked_in_its_own_words(
    alice: Person, primary: dict[str, Any], row: Row
) -> None:
    """Its vSwitch and address have errors that VSwitchId and PrivateIpAddress don't have."""
    vswitch, _ = network(alice)
    run(alice, VSwitchId=vswitch)
    given = {"InstanceType": "Primary", "VSwitchId": vswitch, **primary}

    assert alice.refused("RunInstances", **asked(NetworkInterface=[given])) == seen(row)


def test_a_primary_address_is_for_one_instance(alice: Person) -> None:
    """Several can't have it."""
    vswitch, _ = network(alice)
    primary = {"InstanceType": "Primary", "VSwitchId": vswitch, "PrimaryIpAddress": "10.0.0.9"}

    refusal = alice.refused("RunInstances", **asked(Amount=2, NetworkInterface=[primary]))

    assert refusal == seen(errors.INTERFACE_ADDRESS_OF_SEVERAL)
