"""Which addresses instances can have."""

from ipaddress import IPv4Address

from localyun.model.addresses import CLASSIC, INTERNET, address_from_id, free_addresses, usable


def test_the_first_address_and_the_last_three_are_not_for_instances() -> None:
    """Of a /29, four are left."""
    assert list(free_addresses("10.0.0.8/29", ())) == ["10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12"]
    assert len(usable("10.0.0.0/24")) == 252


def test_taken_addresses_are_passed_over() -> None:
    """The lowest free one comes first."""
    assert next(free_addresses("10.0.0.0/24", {"10.0.0.1", "10.0.0.2", "10.0.0.4"})) == "10.0.0.3"


def test_an_id_has_one_address_in_a_network() -> None:
    """Always the same, another than most others have."""
    addresses = {address_from_id(INTERNET, f"i-{number}") for number in range(100)}

    assert address_from_id(INTERNET, "i-1") == address_from_id(INTERNET, "i-1")
    assert len(addresses) > 95
    assert all(IPv4Address(address) in INTERNET for address in addresses)
    assert IPv4Address(address_from_id(CLASSIC, "i-1")) in CLASSIC
