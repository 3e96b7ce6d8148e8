"""What a new instance may be called and be told. Source: RunInstances (2025)."""

import base64
import re
from collections.abc import Iterable

from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

LARGEST_USER_DATA = 32 * 1024
LARGEST_HIBERNATING_MEMORY = 64
"""In GiB."""

_NAME = re.compile(r"(?!https?://)[^\W\d_][\w.:\-]{1,127}")
_NUMBERED = re.compile(r"([^\[\]]*)\[(?:(\d{0,6}),([1-6]?))?\]([^\[\]]*)", re.ASCII)
_HOST_LABEL = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SPECIAL = frozenset("()`~!@#$%^&*-_+=|{}[]:;'<>,.?/")

SUFFIX = "001"
"""What UniqueSuffix adds to the first name; to the others, as much."""

WIDEST = 6
"""Digits of a numbered name when it doesn't say, or says too few for its first number."""


def is_instance_name(text: str) -> bool:
    """Whether a text may name an instance or a disk; unlike an image's, it may begin with `aliyun`."""
    return _NAME.fullmatch(text) is not None


def numbered_names(pattern: str, count: int, *, unique_suffix: bool) -> list[str]:
    """Return the names of several instances.

    `web-[1,3]-cn` makes `web-001-cn`, `web-002-cn`; both numbers may be left out. A name without brackets
    is that of all, unless `unique_suffix` adds 001, 002 and so on where there are several.

    Raises `InvalidInstanceName.CustomMalformed`.
    """
    if "[" not in pattern and "]" not in pattern:
        return list(_suffixed([pattern] * count, when=unique_suffix and count > 1))
    if not (match := _NUMBERED.fullmatch(pattern)):
        raise errors.NUMBERED_NAME_MALFORMED()
    before, first, digits, after = match.groups(default="")
    width = int(digits or WIDEST)
    width = width if len(first) <= width else WIDEST
    names = [
        f"{before}{number:0{width}}{after}" for number in range(int(first or 0), int(first or 0) + count)
    ]
    return list(_suffixed(names, when=unique_suffix and count > 1 and after != ""))


def _suffixed(names: Iterable[str], *, when: bool) -> Iterable[str]:
    return (f"{name}{number:03}" for number, name in enumerate(names, 1)) if when else names


def is_host_name(text: str, os_type: str) -> bool:
    """Whether a text may be an instance's host name; Windows takes shorter and simpler ones."""
    if os_type == "windows":
        return 2 <= len(text) <= 15 and _HOST_LABEL.fullmatch(text) is not None and not text.isdigit()
    return 2 <= len(text) <= 64 and all(_HOST_LABEL.fullmatch(label) for label in text.split("."))


def default_host_name(instance: str, os_type: str) -> str:
    """The host name of an instance for which none was asked."""
    name = f"iZ{instance.removeprefix('i-')}Z"
    return name[:15] if os_type == "windows" else name


def check_password(password: str | None, *, inherited: bool = False) -> None:
    """Raise `InvalidPasswordParam.Mismatch` or `InvalidPassword.Malformed` unless a password is all right."""
    if password and inherited:
        raise errors.PASSWORD_AND_INHERIT()
    if password and not is_password(password):
        raise errors.PASSWORD_MALFORMED()


def is_password(text: str) -> bool:
    """Whether a text may be a password: 8 to 30 characters, of three of the four kinds at least."""
    kinds = (str.islower, str.isupper, str.isdigit, _SPECIAL.__contains__)
    fit = text.isascii() and all(c.isalnum() or c in _SPECIAL for c in text)
    return fit and 8 <= len(text) <= 30 and sum(any(map(kind, text)) for kind in kinds) >= 3


def is_remote_password(text: str) -> bool:
    """Whether a text may be the password of a remote connection: 6 letters and digits."""
    return len(text) == 6 and text.isascii() and text.isalnum()


def check_user_data(text: str | None, *, malformed: ErrorSpec) -> None:
    """Raise `malformed` unless user data is Base64, and `InvalidUserData.SizeExceeded` above 32 KB."""
    if text is None:
        return
    try:
        size = len(base64.b64decode(text, validate=True))
    except ValueError:
        raise malformed() from None
    if size > LARGEST_USER_DATA:
        raise errors.USER_DATA_TOO_LARGE()


def check_hibernation(*, memory: float, is_old: bool, encrypted_image: bool, system_disk: int) -> None:
    """Check that an instance can hibernate: that its memory can be written, encrypted, to its system disk.

    Sizes are in GiB. Raises `HibernationConfigured.InstanceTypeNotSupport`, `.MemorySizeTooBig`,
    `.ImageNotEncrypted`, `InvalidSystemDiskSize.LessThanMemSize`.
    """
    if is_old:
        raise errors.HIBERNATION_TYPE()
    if memory > LARGEST_HIBERNATING_MEMORY:
        raise errors.HIBERNATION_MEMORY()
    if not encrypted_image:
        raise errors.HIBERNATION_IMAGE()
    if system_disk < memory:
        raise errors.SYSTEM_DISK_LESS_THAN_MEMORY()
