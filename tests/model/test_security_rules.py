"""What a rule of a security group may say."""

import pytest

from localyun.model.networks import EGRESS, INGRESS
from localyun.model.security_rules import Asked, check, is_meant, traffic
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec

SSH = Asked(
    where="Permissions.1",
    alone=False,
    ip_protocol="tcp",
    port_range="22/22",
    source_port_range=None,
    policy=None,
    priority=None,
    nic_type=None,
    description=None,
    peer_cidr="10.0.0.0/8",
    peer_ipv6=None,
    peer_group=None,
    own_cidr=None,
    own_ipv6=None,
    peer_prefix_list=None,
    port_range_list=None,
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"ip_protocol": "ALL", "port_range": "-1/-1", "source_port_range": "-1/-1"},
        {"ip_protocol": "icmpv6", "port_range": "-1/-1", "peer_cidr": None, "peer_ipv6": "2001:db8::/32"},
        {"peer_cidr": "10.1.2.3", "own_cidr": "10.9.9.9/8", "source_port_range": "1/65535"},
        {"policy": "DROP", "priority": "100", "nic_type": "intranet", "description": "d" * 512},
        {"peer_cidr": None, "peer_group": "sg-1"},
    ],
)
@pytest.mark.parametrize("direction", [INGRESS, EGRESS])
def test_what_the_manual_allows_is_allowed(direction: str, change: dict[str, str]) -> None:
    """In either direction."""
    check(SSH._replace(**change), direction)


@pytest.mark.parametrize(
    ("change", "expected", "named"),
    [
        ({"ip_protocol": None}, errors.MISSING_PARAMETER, "Permissions.1.IpProtocol"),
        ({"ip_protocol": "sctp"}, errors.RULE_PROTOCOL, "Permissions.1.IpProtocol"),
        ({"port_range": None}, errors.RULE_PORTS_MISSING, ""),
        ({"port_range": "22"}, errors.RULE_PORTS, "Permissions.1.PortRange"),
        ({"port_range": "23/22"}, errors.RULE_PORTS, "Permissions.1.PortRange"),
        ({"port_range": "1/65536"}, errors.RULE_PORTS, "Permissions.1.PortRange"),
        ({"port_range": "-1/-1"}, errors.RULE_PORTS_MISMATCH, ""),
        ({"ip_protocol": "icmp"}, errors.RULE_PORTS_MISMATCH, ""),
        ({"source_port_range": "0/1"}, errors.RULE_SOURCE_PORTS, ""),
        ({"policy": "allow"}, errors.RULE_POLICY, ""),
        ({"priority": "0"}, errors.RULE_PRIORITY, "Permissions.1.Priority"),
        ({"priority": "101"}, errors.RULE_PRIORITY, "Permissions.1.Priority"),
        ({"priority": "-1"}, errors.RULE_PRIORITY, "Permissions.1.Priority"),
        ({"priority": "²"}, errors.RULE_PRIORITY, "Permissions.1.Priority"),
        ({"nic_type": "extranet"}, errors.RULE_NIC_TYPE, ""),
        ({"own_ipv6": "2001:db8::/32"}, errors.RULE_FAMILIES_MIXED, ""),
        ({"peer_cidr": None, "peer_ipv6": "::/0", "ip_protocol": "icmp", "port_range": "-1/-1"},
         errors.RULE_FAMILY_IPV4_ONLY, ""),
        ({"ip_protocol": "icmpv6", "port_range": "-1/-1"}, errors.RULE_FAMILY_IPV6_ONLY, ""),
        ({"description": "d" * 513}, errors.RULE_DESCRIPTION, "Permissions.1.Description"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_either_direction(change: dict[str, str], expected: ErrorSpec, named: str) -> None:
    """Each has its row, filled with the parameter's name where the row has a place for it."""
    for direction in (INGRESS, EGRESS):
        with pytest.raises(ApiError) as caught:
            check(SSH._replace(**change), direction)

        assert (caught.value.spec, caught.value.message) == (
            expected,
            expected.message % named if named else expected.message,
        )


@pytest.mark.parametrize(
    ("change", "coming_in", "going_out"),
    [
        ({"peer_cidr": None}, errors.RULE_SOURCE_MISSING, errors.RULE_DEST_MISSING),
        ({"peer_ipv6": "::/0"}, errors.RULE_SOURCE_TWICE, errors.RULE_DEST_TWICE),
        ({"peer_cidr": "10.0.0.0/99"}, errors.RULE_SOURCE_CIDR, errors.RULE_DEST_CIDR),
        ({"peer_cidr": None, "peer_ipv6": "::x"}, errors.RULE_SOURCE_IPV6, errors.RULE_DEST_IPV6),
        ({"own_cidr": "everywhere"}, errors.RULE_DEST_CIDR, errors.EGRESS_SOURCE_CIDR),
        ({"own_cidr": "10.0.0.0/8", "own_ipv6": "::/0"}, errors.RULE_DEST_TWICE, errors.RULE_SOURCE_TWICE),
        ({"peer_cidr": None, "peer_group": "sg-1", "own_ipv6": "::x"}, errors.RULE_DEST_IPV6,
         errors.RULE_SOURCE_IPV6),
    ],
)  # fmt: skip
def test_the_ends_are_called_by_their_direction(
    change: dict[str, str], coming_in: ErrorSpec, going_out: ErrorSpec
) -> None:
    """The peer is the source of what comes in and the destination of what goes out."""
    for direction, expected in ((INGRESS, coming_in), (EGRESS, going_out)):
        with pytest.raises(ApiError) as caught:
            check(SSH._replace(**change), direction)

        assert caught.value.spec == expected


def test_a_rule_is_kept_in_the_providers_spelling() -> None:
    """What wasn't said has its default; in a VPC there are only inner interfaces."""
    kept = traffic(SSH._replace(nic_type="internet"), INGRESS, in_vpc=True)

    assert (kept.protocol, kept.policy, kept.priority, kept.nic_type) == ("TCP", "Accept", "1", "intranet")
    assert traffic(SSH, INGRESS, in_vpc=False).nic_type == "internet"


def test_a_block_wins_over_a_group() -> None:
    """When both are given."""
    kept = traffic(SSH._replace(peer_group="sg-1"), INGRESS, in_vpc=True)

    assert (kept.peer_cidr, kept.peer_group) == ("10.0.0.0/8", "")


def test_a_rule_to_revoke_is_found_by_what_it_is_about() -> None:
    """Without a priority, whatever its priority; the description is no matter."""
    there = traffic(SSH._replace(priority="7"), INGRESS, in_vpc=True)

    assert is_meant(there, SSH._replace(ip_protocol="Tcp", description="x"), in_vpc=True)
    assert is_meant(there, SSH._replace(priority="7"), in_vpc=True)
    assert not is_meant(there, SSH._replace(priority="1"), in_vpc=True)
    assert not is_meant(there, SSH._replace(port_range="80/80"), in_vpc=True)
