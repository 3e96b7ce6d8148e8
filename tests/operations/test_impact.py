"""What taking an image back would do, compared with what it does."""

from localyun.model.impact import Affected
from localyun.operations.impact import Impact, impact_of
from tests.operations.made_instances import disks, image_of, run, shared_image, stopped
from tests.people import Person, World


def told(world: World, image: str, *unshare: str) -> Impact:
    """Return the impact of unsharing, or of deleting if nobody is named."""
    with world.app.store.reading(0) as tx:
        found = impact_of(tx, image, unshare or None)
    assert found is not None
    return found


def test_what_is_told_is_what_happens(world: World, alice: Person, bob: Person) -> None:
    """Once it is unshared, just that disk can't be re-initialized and that instance not replaced."""
    image = shared_image(alice, bob)
    instance = stopped(bob, ImageId=image)
    other = stopped(bob)
    (affected,) = told(world, image, bob.id).accounts

    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    (disk,) = disks(bob, instance)
    assert [(loss.id, loss.instance, loss.operation) for loss in affected.losses] == [
        (disk["DiskId"], instance, "ReInitDisk"),
        (instance, instance, "ReplaceSystemDisk"),
    ]
    assert bob.refused("ReInitDisk", DiskId=disk["DiskId"]).code == "SharedImageDeleted"
    assert bob.refused("ReplaceSystemDisk", InstanceId=instance, ImageId=image).status == 404
    bob.call("ReInitDisk", DiskId=disks(bob, other)[0]["DiskId"])
    assert told(world, image, bob.id).accounts == ()


def test_images_that_came_from_it_are_named(world: World, alice: Person, bob: Person) -> None:
    """Copies, and images of the instances made from it, even when these are gone."""
    image = shared_image(alice, bob)
    copy = bob.call("CopyImage", ImageId=image)["ImageId"]
    instance = run(bob, ImageId=image)
    made = image_of(bob, instance)
    image_of(bob, run(bob))
    bob.call("DeleteInstance", InstanceId=instance, Force=True)

    (affected,) = told(world, image, bob.id).accounts

    assert isinstance(affected, Affected)
    assert (affected.losses, sorted(affected.derived)) == ((), sorted([copy, made]))


def test_an_image_that_isnt_there_has_no_impact(world: World) -> None:
    """Nor has one of the provider's."""
    with world.app.store.reading(0) as tx:
        assert impact_of(tx, "m-none", None) is None
