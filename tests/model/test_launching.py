"""What a new instance may be called and be told."""

import pytest

from localyun.model.launching import (
    check_hibernation,
    check_password,
    default_host_name,
    is_host_name,
    is_instance_name,
    is_password,
    numbered_names,
)
from localyun.spec import errors
from localyun.spec.faults import ApiError


@pytest.mark.parametrize("name", ["ab", "aliyun-web", "服务器", "a.b_c:d-e", "a" * 128])
def test_a_letter_begins_a_name(name: str) -> None:
    """Then come letters, digits and four signs, 128 characters in all at most."""
    assert is_instance_name(name)


@pytest.mark.parametrize("name", ["a", "8a", "_a", "a b", "http://a", "https://a", "a" * 129])
def test_what_begins_otherwise_is_no_name(name: str) -> None:
    """Nor what is too short or too long, or is an address."""
    assert not is_instance_name(name)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web", ["web", "web"]),
        ("web[]", ["web000000", "web000001"]),
        ("web[,]", ["web000000", "web000001"]),
        ("web[7,]", ["web000007", "web000008"]),
        ("web[,2]", ["web00", "web01"]),
        ("web-[9,2]-cn", ["web-09-cn", "web-10-cn"]),
        ("web[123,2]", ["web000123", "web000124"]),
    ],
)
def test_names_are_numbered_as_their_brackets_say(pattern: str, names: list[str]) -> None:
    """First number and digits, both of which may be left out."""
    assert numbered_names(pattern, 2, unique_suffix=False) == names


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web", ["web001", "web002"]),
        ("web[1,2]", ["web01", "web02"]),
        ("web[1,2]cn", ["web01cn001", "web02cn002"]),
    ],
)
def test_a_unique_suffix_comes_last(pattern: str, names: list[str]) -> None:
    """But not where the number is last already."""
    assert numbered_names(pattern, 2, unique_suffix=True) == names


def test_a_single_instance_needs_no_suffix() -> None:
    """It is told apart from nothing."""
    assert numbered_names("web", 1, unique_suffix=True) == ["web"]


@pytest.mark.parametrize("pattern", ["web[", "web]", "web[1]", "web[x,2]", "web[1,7]", "web[1,2][1,2]"])
def test_brackets_hold_two_numbers(pattern: str) -> None:
    """Anything else in them is refused."""
    with pytest.raises(ApiError) as refused:
        numbered_names(pattern, 2, unique_suffix=False)

    assert refused.value.spec is errors.NUMBERED_NAME_MALFORMED


@pytest.mark.parametrize("name", ["web", "web-1.example", "a" * 64, "12"])
def test_a_host_name_of_linux_has_parts(name: str) -> None:
    """Up to 64 letters, digits, hyphens, with dots between."""
    assert is_host_name(name, "linux")


@pytest.mark.parametrize("name", ["w", "-web", "web-", "a..b", "a--b", "a_b", "a" * 65])
def test_signs_stand_inside_a_host_name_and_alone(name: str) -> None:
    """Neither first nor last, nor next to another."""
    assert not is_host_name(name, "linux")


@pytest.mark.parametrize(
    ("name", "fits"), [("web-1", True), ("a" * 15, True), ("a" * 16, False), ("a.b", False), ("12", False)]
)
def test_a_host_name_of_windows_is_one_short_part(name: str, fits: bool) -> None:
    """15 characters, not digits alone."""
    assert is_host_name(name, "windows") is fits


@pytest.mark.parametrize("os_type", ["linux", "windows"])
def test_a_host_name_by_default_is_one(os_type: str) -> None:
    """What is made of an id fits the rule."""
    assert is_host_name(default_host_name("i-bp1exampleexampleab", os_type), os_type)


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("Abcdefg1", True),
        ("abcdefg1!", True),
        ("ABCDEFG1!", True),
        ("Abcdefgh", False),
        ("Abcdef1", False),
        ("Abcdefg1" * 4, False),
        ("Abcdefg1 ", False),
        ("Äbcdefg1", False),
    ],
)
def test_a_password_has_three_kinds_of_characters(password: str, fits: bool) -> None:
    """Of lower case, upper case, digits and signs; 8 to 30 of them."""
    assert is_password(password) is fits


def test_no_password_is_all_right() -> None:
    """It isn't needed, inherited or not."""
    check_password(None)
    check_password(None, inherited=True)


@pytest.mark.parametrize(
    ("memory", "is_old", "encrypted", "disk", "code"),
    [
        (8, True, True, 40, "HibernationConfigured.InstanceTypeNotSupport"),
        (65, False, True, 100, "HibernationConfigured.MemorySizeTooBig"),
        (8, False, False, 40, "HibernationConfigured.ImageNotEncrypted"),
        (64, False, True, 63, "InvalidSystemDiskSize.LessThanMemSize"),
    ],
)
def test_memory_is_written_to_an_encrypted_disk_with_room(
    memory: float, is_old: bool, encrypted: bool, disk: int, code: str
) -> None:
    """Of a type that can, and no more than 64 GiB."""
    check_hibernation(memory=64, is_old=False, encrypted_image=True, system_disk=64)
    with pytest.raises(ApiError) as refusal:
        check_hibernation(memory=memory, is_old=is_old, encrypted_image=encrypted, system_disk=disk)

    assert refusal.value.code == code
