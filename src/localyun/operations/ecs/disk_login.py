"""How people log in to a system that is put on a disk."""

from typing import Annotated

from localyun.operations.context import Context
from localyun.operations.ecs.key_pairs import key_pair_named
from localyun.spec import errors
from localyun.spec.declare import param

Password = Annotated[str | None, param("8 to 30 characters of three kinds; checked, never kept.")]
KeyPairName = Annotated[str | None, param("One's own key pair; kept and shown; not for Windows.")]


def check_key_pair(ctx: Context, name: str | None, region: str, os_type: str) -> None:
    """Raise `DependencyViolation.WindowsInstance`, `InvalidKeyPairName.NotFound` unless a key pair fits."""
    if name and os_type == "windows":
        raise errors.KEY_PAIR_OF_WINDOWS()
    if name:
        key_pair_named(ctx, name, errors.DISK_KEY_PAIR_NOT_FOUND, region)
