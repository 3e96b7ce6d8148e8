"""How something new is encrypted, as plain functions of what is asked and what is there."""

from typing import Any

import pytest

from localyun.model import Image, Phase
from localyun.model.encryption import (
    PLAIN,
    Cipher,
    Wish,
    check_shareable,
    check_usable,
    check_wish,
    new_cipher,
    refusals,
    system_cipher,
)
from localyun.model.images import AVAILABLE, DiskMapping
from localyun.operations.ecs.encryption import COPY, LAUNCH, LAUNCH_KEY
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec
from tests.model.test_keys import key

THEIRS = Cipher(encrypted=True, kms_key="theirs", encrypt_algorithm="sm4-128")
SERVICES = Cipher(encrypted=True, encrypt_algorithm="aes-256")


def raised(call: Any, *args: Any, **named: Any) -> ErrorSpec | None:
    """The row that a rule raises, or None."""
    try:
        call(*args, **named)
    except ApiError as error:
        return error.spec
    return None


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (Wish(), None),
        (Wish(True, "k", "AES-256"), None),
        (Wish(True, None, "sm4-128"), None),
        (Wish(None, "k"), errors.KEY_WITHOUT_ENCRYPTED),
        (Wish(False, "k"), errors.KEY_AND_DECLINED),
        (Wish(None, None, "aes-256"), errors.ALGORITHM_WITHOUT_ENCRYPTED),
        (Wish(False, None, "aes-256"), errors.ALGORITHM_WITHOUT_ENCRYPTED),
        (Wish(True, None, "des"), errors.ALGORITHM_UNKNOWN),
    ],
)
def test_key_and_algorithm_go_with_encryption(wish: Wish, refusal: ErrorSpec | None) -> None:
    """Neither without it, and the algorithm is a known one, in capitals or not."""
    assert raised(check_wish, wish, LAUNCH) == refusal


@pytest.mark.parametrize(
    ("wish", "source", "inherits", "by_default", "cipher"),
    [
        (Wish(), PLAIN, True, False, PLAIN),
        (Wish(False), PLAIN, True, False, PLAIN),
        (Wish(), PLAIN, True, True, SERVICES),
        (Wish(True), PLAIN, True, False, SERVICES),
        (
            Wish(True, "k"),
            PLAIN,
            False,
            False,
            Cipher(encrypted=True, kms_key="k", encrypt_algorithm="aes-256"),
        ),
        (Wish(), THEIRS, True, False, THEIRS),
        (Wish(True), THEIRS, True, True, THEIRS),
        (Wish(True, "theirs", "SM4-128"), THEIRS, True, False, THEIRS),
        (
            Wish(True, "k"),
            THEIRS,
            False,
            False,
            Cipher(encrypted=True, kms_key="k", encrypt_algorithm="sm4-128"),
        ),
    ],
)
def test_what_is_encrypted_how(
    wish: Wish, source: Cipher, inherits: bool, by_default: bool, cipher: Cipher
) -> None:
    """As asked, else as its source if that is one's own, else as the account does."""
    found = new_cipher(wish, source, inherits=inherits, by_default=by_default, rows=LAUNCH)

    assert found == cipher


@pytest.mark.parametrize(
    ("wish", "source", "inherits", "by_default", "refusal"),
    [
        (Wish(False), PLAIN, True, True, errors.ENCRYPTED_BY_DEFAULT),
        (Wish(False), THEIRS, True, False, errors.ENCRYPTED_NOT_MATCH_SNAPSHOT),
        (Wish(True, "k"), THEIRS, True, False, errors.KEY_NOT_OF_SNAPSHOT),
        (Wish(True, None, "aes-256"), THEIRS, True, False, errors.ALGORITHM_NOT_OF_SNAPSHOT),
        (Wish(), THEIRS, False, False, errors.OWN_KEY_FOR_IMAGE),
        (Wish(True), THEIRS, False, True, errors.OWN_KEY_FOR_IMAGE),
        (Wish(True, "k", "aes-256"), THEIRS, False, False, errors.ALGORITHM_CHANGED),
    ],
)
def test_what_is_not_encrypted_so(
    wish: Wish, source: Cipher, inherits: bool, by_default: bool, refusal: ErrorSpec
) -> None:
    """Nothing encrypted becomes plain; one's own keeps its key; a received one gets another, and says so."""
    assert raised(new_cipher, wish, source, inherits=inherits, by_default=by_default, rows=LAUNCH) == refusal


def test_a_copy_is_encrypted_anew_if_that_is_said() -> None:
    """With any key and algorithm; the source's doesn't go on by itself."""
    fresh = new_cipher(Wish(True, None, "aes-256"), THEIRS, inherits=False, by_default=False, rows=COPY)

    assert fresh == SERVICES
    for wish in (Wish(), Wish(False)):
        assert (
            raised(new_cipher, wish, THEIRS, inherits=False, by_default=False, rows=COPY)
            == errors.COPY_ENCRYPTED
        )


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, None),
        ({"state": "Disabled"}, errors.KEY_NOT_ACTIVE),
        ({"state": "PendingImport"}, errors.KEY_NOT_ACTIVE),
        ({"state": "PendingDeletion", "deleted_at": 11}, errors.KEY_NOT_ACTIVE),
        ({"state": "PendingDeletion", "deleted_at": 10}, errors.KEY_NOT_FOUND),
    ],
)
def test_only_enabled_keys_are_usable(fields: dict[str, Any], refusal: ErrorSpec | None) -> None:
    """One that is gone looks as if it had never been."""
    assert raised(check_usable, key(**fields), "id", 10, LAUNCH_KEY) == refusal
    assert raised(check_usable, None, "id", 10, LAUNCH_KEY) == errors.KEY_NOT_FOUND


def image(*disks: DiskMapping) -> Image:
    """An image with these disks."""
    return Image(
        id="m-1",
        region="cn-hangzhou",
        owner="1",
        created_at=0,
        phase=Phase(AVAILABLE),
        size=40,
        disks=disks,
    )


SYSTEM = THEIRS.on(DiskMapping(device="/dev/xvda", size=40, snapshot="s-1"))
PLAIN_SYSTEM = PLAIN.on(SYSTEM)
DATA = DiskMapping(device="/dev/xvdb", size=40, kind="data", snapshot="s-2")


def test_an_image_is_encrypted_as_its_system_disk() -> None:
    """Whatever else it brings along."""
    assert system_cipher(image(SYSTEM, DATA)) == THEIRS
    assert system_cipher(image(PLAIN_SYSTEM, THEIRS.on(DATA))) == PLAIN
    assert system_cipher(image()) == PLAIN


@pytest.mark.parametrize(
    ("disks", "there", "services", "refusal"),
    [
        ((PLAIN_SYSTEM, DATA), False, False, None),
        ((SYSTEM,), True, False, None),
        ((PLAIN_SYSTEM, THEIRS.on(DATA)), True, False, errors.SHARE_ENCRYPTED_SNAPSHOT),
        ((SYSTEM,), False, False, errors.SHARE_ENCRYPTED_SNAPSHOT),
        ((SYSTEM,), True, True, errors.SHARE_SERVICE_KEY),
        ((SYSTEM, DATA), True, True, errors.SHARE_SERVICE_KEY),
        ((SYSTEM, DATA), True, False, errors.SHARE_FULL_IMAGE),
    ],
)
def test_which_encrypted_images_can_be_shared(
    disks: tuple[DiskMapping, ...], there: bool, services: bool, refusal: ErrorSpec | None
) -> None:
    """One disk, encrypted with a key of the owner's that is still there."""
    behind = key(creator="Ecs" if services else "1") if there else None

    assert raised(check_shareable, image(*disks), behind) == refusal


def test_each_refusal_is_named_once() -> None:
    """In the order of checking, those that an operation hasn't left out."""
    rows = LAUNCH._replace(own_key=None, key_policy=LAUNCH.key_asymmetric)

    assert refusals(rows).count(LAUNCH.key_asymmetric) == 1
    assert errors.OWN_KEY_FOR_IMAGE not in refusals(rows)
    assert refusals(LAUNCH)[:2] == (LAUNCH.key_declined, LAUNCH.key_unencrypted)
