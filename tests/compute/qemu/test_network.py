"""What the rules of security groups let through to a machine."""

import pytest

from localyun.compute.qemu.network import SHIFT, Forward, forwards
from localyun.model import SecurityGroup
from localyun.model.networks import Rule, Traffic

ADDRESS, PRIVATE = "127.64.0.9", "172.16.0.5"


def group(*rules: str) -> SecurityGroup:
    """A group with rules such as `tcp 22/22 Accept 1 0.0.0.0/0`, maybe with a block of its own side."""
    made = []
    for number, rule in enumerate(rules):
        protocol, ports, policy, priority, peer, *own = rule.split()
        traffic = Traffic(
            "ingress", protocol, ports, policy, priority, "intranet", peer_cidr=peer, own_cidr="".join(own)
        )
        made.append(Rule(id=f"sgr-{number}", traffic=traffic, created_at=0))
    return SecurityGroup(id="sg-1", region="cn-hangzhou", owner="1", created_at=0, name="", rules=tuple(made))


def opened(*groups: SecurityGroup) -> set[str]:
    """The ports that are forwarded, such as `tcp 22`."""
    return {f"{one.protocol} {one.guest_port}" for one in forwards(groups, ADDRESS, PRIVATE)}


@pytest.mark.parametrize(
    ("rules", "open_ports"),
    [
        ([], set()),
        (["TCP 22/22 Accept 1 0.0.0.0/0"], {"tcp 22"}),
        (["UDP 53/54 Accept 1 0.0.0.0/0"], {"udp 53", "udp 54"}),
        (["TCP 22/22 Accept 1 127.0.0.0/8"], {"tcp 22"}),
        (["TCP 22/22 Accept 1 203.0.113.0/24"], set()),
        (["TCP 22/22 Accept 1 ::/0"], set()),
        (["TCP 22/22 Accept 1 0.0.0.0/0 172.16.0.0/24"], {"tcp 22"}),
        (["TCP 22/22 Accept 1 0.0.0.0/0 172.16.9.0/24"], set()),
        (["ICMP -1/-1 Accept 1 0.0.0.0/0"], set()),
        (["TCP 22/23 Accept 2 0.0.0.0/0", "TCP 22/22 Drop 1 0.0.0.0/0"], {"tcp 23"}),
        (["TCP 22/23 Accept 1 0.0.0.0/0", "TCP 22/22 Drop 1 0.0.0.0/0"], {"tcp 23"}),
        (["TCP 22/22 Accept 1 0.0.0.0/0", "ALL -1/-1 Drop 2 0.0.0.0/0"], {"tcp 22"}),
    ],
)
def test_a_port_is_open_as_the_rules_say(rules: list[str], open_ports: set[str]) -> None:
    """The highest priority decides, a drop wins among equals, and what no rule is about is closed."""
    assert opened(group(*rules)) == open_ports


def test_the_rules_of_all_groups_count_together() -> None:
    """One group's drop closes what another opens, if it comes first."""
    first, second = group("TCP 22/22 Drop 1 0.0.0.0/0"), group("TCP 22/23 Accept 5 0.0.0.0/0")

    assert opened(first, second) == {"tcp 23"}


def test_a_wide_range_opens_the_known_ports_in_it() -> None:
    """65535 sockets would be too many; SSH is among those that are opened."""
    wide = opened(group("ALL -1/-1 Accept 1 0.0.0.0/0"))

    assert {"tcp 22", "tcp 80", "udp 53"} <= wide
    assert len(wide) < 50


def test_without_an_address_nothing_is_forwarded() -> None:
    """A machine that isn't in the internet can't be reached from it."""
    assert forwards([group("TCP 22/22 Accept 1 0.0.0.0/0")], "", PRIVATE) == frozenset()


def test_ports_of_root_are_moved_for_others() -> None:
    """Who isn't root finds SSH at 10022."""
    rules = group("TCP 22/22 Accept 1 0.0.0.0/0", "TCP 8080/8080 Accept 1 0.0.0.0/0")

    assert forwards([rules], ADDRESS, PRIVATE, lowest_port=1024) == {
        Forward("tcp", ADDRESS, 22 + SHIFT, 22),
        Forward("tcp", ADDRESS, 8080, 8080),
    }
