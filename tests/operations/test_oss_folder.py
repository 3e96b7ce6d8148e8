"""A folder as object storage: what is read of it, and what is wrong with one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from localyun import accounts
from localyun.objects.folder import FolderError, FolderObjects
from tests.people import Person, Refusal, World


def test_what_is_not_a_folder_or_says_nonsense_of_buckets_is_refused(tmp_path: Path) -> None:
    """At the start, with a sentence that names the file."""
    with pytest.raises(FolderError, match="none is no folder"):
        FolderObjects(tmp_path / "none")
    (tmp_path / "oss.toml").write_text("[images]\ncolour = 'red'\n")
    with pytest.raises(FolderError, match=r"oss\.toml can't be read: .*colour"):
        FolderObjects(tmp_path)


def test_a_link_out_of_the_bucket_is_no_object(tmp_path: Path) -> None:
    """Nothing but what lies in the bucket's folder is looked at."""
    (tmp_path / "images").mkdir()
    (tmp_path / "secret.raw").write_bytes(b"\0" * 512)
    (tmp_path / "images" / "link.raw").symlink_to(tmp_path / "secret.raw")
    (tmp_path / "images" / "good.raw").write_bytes(b"\0" * 512)
    objects = FolderObjects(tmp_path)

    assert objects.file("images", "link.raw") is None
    assert objects.file("images", "good.raw") is not None
    assert objects.bucket("none") is None


def test_storage_that_does_not_answer_fails_the_call_for_now(make_world: Callable[..., World]) -> None:
    """With an error that clients try again on."""
    world = make_world(oss="s3+http://127.0.0.1:1")
    alice = Person(world, accounts.listed(world.app.store, 0)[0])

    refusal = alice.refused("ImportImage", DiskDeviceMapping=[{"OSSBucket": "images", "OSSObject": "a.raw"}])

    assert refusal == Refusal(
        503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."
    )
