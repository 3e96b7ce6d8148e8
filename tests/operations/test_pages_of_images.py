"""Pages of images that nothing is asked of are counted and read at once: what comes out is the same."""

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localyun import accounts
from localyun.model import Image, Phase, Share
from localyun.model.images import EVERYBODY
from tests.operations.made import an_image, put
from tests.people import REGION, Person, World

NOTHING = {"Filter": [{"Key": "CreationStartTime", "Value": "1970-01-01T00:00Z"}]}
"""A filter that every image passes, so that each is looked at."""

statuses = st.sampled_from(["Available", "Deprecated", "CreateFailed"])
grants = st.sampled_from(["nobody", "the other", "the other", "all", "both"])
drawn = st.lists(
    st.tuples(st.sampled_from(["alice", "bob"]), statuses, st.integers(-3, 3), st.booleans(), grants),
    max_size=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=drawn)
def test_each_page_is_what_it_would_be_if_each_image_were_looked_at(
    world: World, people: dict[str, Person], images: list[tuple[str, str, int, bool, str]]
) -> None:
    """Count and images: one's own and shared ones, being made, failed, deprecated and public ones."""
    with world.app.store.writing(0) as tx:
        for old in (*tx.find(Image), *tx.find(Share)):
            tx.delete(old)
    now = world.clock.now()
    for number, (owner, status, late, public, grant) in enumerate(images):
        image = Image(
            id=f"m-{number}",
            region=REGION,
            owner=people[owner].id,
            created_at=number // 2,
            phase=Phase(status, "Creating", now + late),
            size=20,
            public=public,
        )
        other = people["bob" if owner == "alice" else "alice"].id
        shared_with = {"nobody": [], "the other": [other], "all": [EVERYBODY], "both": [other, EVERYBODY]}
        shares = [
            Share(image=image.id, account=account, region=REGION, since=(number + at) // 3).of(image)
            for at, account in enumerate(shared_with[grant])
        ]
        put(people[owner], image, *shares)

    for name in ("alice", "bob", "mallory"):
        for alias in (None, "self", "others", "system"):
            asked = {"ImageOwnerAlias": alias, "PageSize": 4}
            assert list(pages(people[name], **asked)) == list(pages(people[name], **asked, **NOTHING))


def pages(person: Person, **asked: Any) -> Iterator[tuple[int, list[str]]]:
    """The count and the images of each page, one past the end."""
    for number in range(1, 10):
        answer = person.call("DescribeImages", PageNumber=number, **asked)
        listed = [image["ImageId"] for image in answer["Images"]["Image"]]
        yield answer["TotalCount"], listed
        if not listed:
            return


def test_a_share_says_what_became_of_its_image(world: World, alice: Person, bob: Person) -> None:
    """Whoever has it sees it once it is made, and no longer when it is the community's."""
    image = an_image(alice, phase=Phase("Available", "Creating", world.clock.now() + 500))
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    def counted() -> int:
        return int(bob.call("DescribeImages", ImageOwnerAlias="others")["TotalCount"])

    at_first = counted()
    world.later(0.5)
    made = counted()
    accounts.change(world.app.store, 0, alice.id, agreed=True)
    alice.call("ModifyImageSharePermission", ImageId=image, IsPublic=True)
    public = counted()
    alice.call("ModifyImageSharePermission", ImageId=image, IsPublic=False)
    taken_back = counted()
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    assert (at_first, made, public, taken_back, counted()) == (0, 1, 0, 1, 0)
