"""Giving an image to others than accounts: to the community, or in a hidden way to whoever names it.

Source: ModifyImageSharePermission (2025) and "Publish a community image". What a hidden share grants isn't
documented; the two values of LaunchPermission are those that a publisher's public scripts send.
"""

from collections.abc import Collection
from typing import Protocol

from msgspec.structs import replace

from localyun.model import Image
from localyun.model.encryption import SHARE_KEY, check_shareable, system_cipher
from localyun.model.images import AVAILABLE
from localyun.model.sharing import contains_any
from localyun.operations.context import Context
from localyun.operations.ecs.encryption import check_readable
from localyun.operations.lending import is_lent
from localyun.spec import errors

HIDDEN, PRIVATE = "HIDDEN", "PRIVATE"


class Wish(Protocol):
    """What of a call says to whom beyond accounts and groups an image is given."""

    @property
    def is_public(self) -> bool | None:
        """Whether the image shall be the community's."""

    @property
    def launch_permission(self) -> str | None:
        """Whether it shall be shared in a hidden way."""


def check_wish(ctx: Context, wish: Wish, *, shares: bool) -> None:
    """Refuse what doesn't go together; `shares` says whether the call names accounts or groups."""
    if wish.is_public and (shares or wish.launch_permission):
        raise errors.PUBLIC_AND_SHARED()
    if wish.launch_permission is None:
        return
    if shares:
        raise errors.LAUNCH_PERMISSION_AND_ACCOUNTS()
    if wish.launch_permission not in (HIDDEN, PRIVATE):
        raise errors.LAUNCH_PERMISSION()
    profile = ctx.profile()
    if profile is None or not profile.invited:
        raise errors.NOT_INVITED()


def given_as_wished(ctx: Context, image: Image, wish: Wish, *, shares: bool) -> Image:
    """Return the image as it is after the call, or refuse.

    `IsPublic=false` is the default. Where a call asks for something else too, it isn't refused for an image
    that isn't the community's.
    """
    if wish.is_public:
        _check_publishing(ctx, image)
    elif wish.is_public is False and not (image.public or shares or wish.launch_permission):
        raise errors.IMAGE_NOT_PUBLIC()
    if wish.is_public is None and wish.launch_permission is None:
        return image
    return replace(
        image,
        public=image.public if wish.is_public is None else wish.is_public,
        hidden=image.hidden if wish.launch_permission is None else wish.launch_permission == HIDDEN,
    )


def _check_publishing(ctx: Context, image: Image) -> None:
    if ctx.region in ctx.world.without_community_images:
        raise errors.REGION_WITHOUT_COMMUNITY()
    profile = ctx.profile()
    if profile is None or not profile.agreed:
        raise errors.AGREEMENT_NOT_SIGNED()
    if image.public:
        raise errors.IMAGE_PUBLIC()
    if image.phase.at(ctx.now) != AVAILABLE:
        raise errors.SHARE_DEPRECATED()


def check_may_be_given(ctx: Context, image: Image, *, to: Collection[str], to_all: bool) -> None:
    """Refuse an image that these accounts can't have, or if `to_all` everybody.

    The key of an encrypted one is lent to accounts that are named, never to all.
    """
    if image.encrypted:
        cipher = system_cipher(image)
        if to_all:
            raise errors.SHARE_ENCRYPTED_SNAPSHOT()
        check_shareable(image, ctx.keys.there(cipher.kms_key))
        check_readable(ctx, cipher, SHARE_KEY)
        if not all(is_lent(ctx.tx, image.owner, account) for account in to):
            raise errors.SHARE_WITHOUT_ROLE()
    if contains_any(image.name, ctx.world.sensitive_words):
        raise errors.SENSITIVE_NAME()
    if contains_any(image.description, ctx.world.sensitive_words):
        raise errors.SENSITIVE_DESCRIPTION()
