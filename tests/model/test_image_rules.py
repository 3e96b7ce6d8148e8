"""The rules of making, changing and choosing an image."""

from typing import Any

import msgspec
import pytest

from localyun.model import Image, Phase, Snapshot
from localyun.model.image_rules import (
    WantedDisk,
    can_boot,
    check_status_change,
    is_usable,
    is_version,
    like,
    plan_disks,
    runs_on,
)
from localyun.model.images import STATUSES, DiskMapping
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec


def snapshot(kind: str = "system", size: int = 40, id: str = "s-1", **fields: Any) -> Snapshot:
    """A snapshot of a disk."""
    return Snapshot(
        id=id,
        region="cn-hangzhou",
        owner="1",
        created_at=0,
        phase=Phase("accomplished"),
        size=size,
        disk_kind=kind,
        **fields,
    )


SYSTEM = WantedDisk(snapshot=snapshot())


def test_disks_come_with_the_system_disk_first() -> None:
    """Names and sizes that aren't given are the system disk's, the next free one, and the snapshot's."""
    data = WantedDisk(snapshot=snapshot("data", 100, "s-2"))

    planned = plan_disks([data, SYSTEM, WantedDisk(device="/dev/xvdb")])

    assert planned == (
        DiskMapping(device="/dev/xvda", size=40, kind="system", snapshot="s-1"),
        DiskMapping(device="/dev/xvdb", size=20, kind="data"),
        DiskMapping(device="/dev/xvdc", size=100, kind="data", snapshot="s-2"),
    )


def test_a_disk_is_encrypted_as_its_snapshot_is() -> None:
    """The key goes with it."""
    source = snapshot(encrypted=True, kms_key="key-1")

    (disk,) = plan_disks([WantedDisk(snapshot=source, size=50)])

    assert disk == DiskMapping(
        device="/dev/xvda", size=50, kind="system", snapshot="s-1", encrypted=True, kms_key="key-1"
    )


def test_sixteen_data_disks_find_a_name() -> None:
    """As many as an image may have."""
    planned = plan_disks([SYSTEM, *[WantedDisk()] * 16])

    assert planned[-1].device == "/dev/xvdq"


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ([], errors.MAPPINGS_EMPTY),
        ([WantedDisk(kind="system")], errors.MAPPINGS_EMPTY),
        ([WantedDisk(snapshot=snapshot("data"))], errors.IMAGE_WITHOUT_SYSTEM_DISK),
        ([WantedDisk(snapshot=snapshot(), kind="data")], errors.IMAGE_WITHOUT_SYSTEM_DISK),
        ([SYSTEM, WantedDisk(kind="system")], errors.SYSTEM_SNAPSHOT_MISSING),
        ([SYSTEM, SYSTEM], errors.IMAGE_OF_TWO_SYSTEM_DISKS),
        ([WantedDisk(snapshot=snapshot("data"), kind="system")], errors.DATA_SNAPSHOT_AS_SYSTEM_DISK),
        ([WantedDisk(snapshot=snapshot(), kind="System")], errors.DISK_TYPE_NOT_SUPPORTED),
        ([WantedDisk(snapshot=snapshot(), device="/dev/xvdb")], errors.DEVICE_MALFORMED),
        ([SYSTEM, WantedDisk(device="/dev/xvda")], errors.DEVICE_MALFORMED),
        ([SYSTEM, WantedDisk(device="/dev/xvdB")], errors.DEVICE_MALFORMED),
        ([SYSTEM, *[WantedDisk(device="/dev/xvdb")] * 2], errors.DEVICE_IN_USE),
        ([WantedDisk(snapshot=snapshot(), size=39)], errors.MAPPED_SIZE),
        ([SYSTEM, WantedDisk(size=19)], errors.MAPPED_SIZE),
        ([SYSTEM, WantedDisk(size=32_769)], errors.MAPPED_SIZE),
    ],
)
def test_wrong_disks_are_refused(wanted: list[WantedDisk], refusal: ErrorSpec) -> None:
    """One system disk of a system disk's snapshot, each its own device name, none too small or too large."""
    with pytest.raises(ApiError) as caught:
        plan_disks(wanted)

    assert caught.value.spec is refusal


def test_status_goes_from_available_to_deprecated_and_back() -> None:
    """Of an image that nobody shares; back, either way."""
    check_status_change("Available", "Deprecated", shared=False)
    check_status_change("Deprecated", "Available", shared=False)


@pytest.mark.parametrize(
    ("now", "wanted", "shared", "refusal"),
    [
        ("Available", "Deprecated", True, errors.DEPRECATED_WHILE_SHARED),
        ("Deprecated", "Deprecated", False, errors.IMAGE_NOT_AVAILABLE),
        ("CreateFailed", "Deprecated", False, errors.IMAGE_NOT_AVAILABLE),
        ("Available", "Available", False, errors.IMAGE_NOT_DEPRECATED),
        ("CreateFailed", "Available", False, errors.IMAGE_NOT_DEPRECATED),
    ],
)
def test_any_other_change_of_status_is_refused(
    now: str, wanted: str, shared: bool, refusal: ErrorSpec
) -> None:
    """Nothing stays as it is by being asked for, and a shared image stays available."""
    with pytest.raises(ApiError) as caught:
        check_status_change(now, wanted, shared=shared)

    assert caught.value.spec is refusal


def test_arm_boots_by_uefi_only() -> None:
    """Any other processor boots either way."""
    assert can_boot("arm64", "UEFI")
    assert not can_boot("arm64", "BIOS")
    assert can_boot("x86_64", "BIOS")
    assert can_boot("i386", "UEFI-Preferred")


def test_an_image_runs_on_its_processor_and_boot_mode() -> None:
    """UEFI-Preferred is either mode."""

    def image(architecture: str, boot_mode: str) -> Image:
        return Image(
            id="m-1",
            region="cn-hangzhou",
            owner="1",
            created_at=0,
            phase=Phase("Available"),
            size=20,
            architecture=architecture,
            boot_mode=boot_mode,
        )

    assert runs_on(image("x86_64", "BIOS"), cpu_architecture="X86", boot_modes=("BIOS", "UEFI"))
    assert runs_on(image("i386", "UEFI-Preferred"), cpu_architecture="X86", boot_modes=("BIOS",))
    assert runs_on(image("arm64", "UEFI"), cpu_architecture="ARM", boot_modes=("UEFI",))
    assert not runs_on(image("x86_64", "BIOS"), cpu_architecture="X86", boot_modes=("UEFI",))
    assert not runs_on(image("x86_64", "UEFI"), cpu_architecture="ARM", boot_modes=("UEFI",))
    assert not runs_on(image("arm64", "UEFI"), cpu_architecture="X86", boot_modes=("BIOS", "UEFI"))


def test_what_is_like_an_image_runs_the_same_and_is_nobodys() -> None:
    """Name, tags, disks and all else that makes it this image stay behind."""
    system = {
        "platform": "Windows Server 2022",
        "os_name": "Windows Server  2022 数据中心版 64位",
        "os_name_en": "Windows Server  2022 Datacenter Edition 64bit",
        "os_type": "windows",
        "architecture": "arm64",
        "boot_mode": "UEFI",
        "supports_cloudinit": False,
        "supports_io_optimized": False,
        "nvme_support": "unsupported",
        "imds_support": "v2",
        "license_type": "BYOL",
        "product_code": "p-1",
    }
    image = msgspec.convert(
        {
            **{"id": "m-1", "region": "cn-hangzhou", "owner": "1", "created_at": 5, "size": 20},
            **{"phase": {"after": "Deprecated"}, "name": "web", "family": "web", "version": "7"},
            **{"tags": [{"key": "team"}], "copied_from": "m-0", "resource_group": "rg-1"},
            **system,
        },
        Image,
    )

    other = like(image)

    blank = Image(id="", region="", owner="", created_at=0, phase=Phase("Available"), size=0)
    assert msgspec.to_builtins(other) == {**msgspec.to_builtins(blank), **system}


def test_available_and_deprecated_images_are_usable() -> None:
    """A deprecated one still makes instances."""
    assert [status for status in STATUSES if is_usable(status)] == ["Available", "Deprecated"]


@pytest.mark.parametrize("version", ["1", "1.0-rc.1_b", "v" * 40, "版本1"])
def test_a_version_is_short(version: str) -> None:
    """Letters, digits, dots, dashes and underscores."""
    assert is_version(version)


@pytest.mark.parametrize("version", ["", "1 0", "v" * 41, "1/2"])
def test_other_versions_are_none(version: str) -> None:
    """Neither empty nor long."""
    assert not is_version(version)
