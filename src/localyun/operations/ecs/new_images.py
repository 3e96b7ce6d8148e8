"""What CreateImage, CopyImage, ImportImage and ModifyImageAttribute have in common."""

from typing import Literal

from localyun.model.image_rules import has_reserved_words
from localyun.operations.common import is_name
from localyun.operations.context import Context
from localyun.spec import errors
from localyun.spec.declare import Answer
from localyun.spec.faults import ErrorSpec

Platform = Literal[
    "Aliyun",
    "Anolis",
    "CentOS",
    "Ubuntu",
    "CoreOS",
    "SUSE",
    "Debian",
    "OpenSUSE",
    "FreeBSD",
    "RedHat",
    "Kylin",
    "UOS",
    "Fedora",
    "Fedora CoreOS",
    "CentOS Stream",
    "AlmaLinux",
    "Rocky Linux",
    "Gentoo",
    "Customized Linux",
    "Others Linux",
    "Windows Server 2022",
    "Windows Server 2019",
    "Windows Server 2016",
    "Windows Server 2012",
    "Windows Server 2008",
    "Windows Server 2003",
]
BootMode = Literal["BIOS", "UEFI", "UEFI-Preferred"]


MOST_DISKS = 17
"""One system disk and 16 data disks."""


class MadeImage(Answer):
    """The id of a new image, which isn't available yet."""

    image_id: str


def check_name(name: str | None, *, reserved: ErrorSpec) -> None:
    """Refuse what can't be an image's name: `reserved` is for words that are the provider's or an address."""
    if name is None or is_name(name):
        return
    raise reserved() if has_reserved_words(name) else errors.IMAGE_NAME_MALFORMED()


def check_family(ctx: Context, family: str | None, *, images: ErrorSpec, families: ErrorSpec) -> None:
    """Refuse a further image in a family that has enough (`images`), or a further family (`families`)."""
    if not family:
        return
    there = ctx.images.count_of_family(family, ctx.region)
    if there >= ctx.limits.images_per_family:
        raise images()
    most = ctx.limits.image_families_per_region
    if not there and ctx.images.count(ctx.region) >= most and len(ctx.images.families(ctx.region)) >= most:
        raise families()
