"""An image is listed exactly when the rule allows it: two ways to the same answer, held together."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localyun.model import Image, Phase, Share, access
from localyun.model.access import Action
from localyun.operations.images import published
from tests.operations.made import images_seen, put
from tests.people import Person, World

REGIONS = ("cn-hangzhou", "cn-beijing")

someone = st.sampled_from(["alice", "bob", "mallory"])
images = st.lists(
    st.tuples(someone, st.sampled_from(REGIONS), st.dictionaries(someone, st.integers(1, 3))), max_size=8
)
"""Of each image: whose it is, where, and with whom it is shared since when."""


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=images)
def test_an_image_is_listed_exactly_when_it_may_be_described(
    world: World, people: dict[str, Person], images: list[tuple[str, str, dict[str, int]]]
) -> None:
    """To everybody, in every region, under every alias and by id; and nothing is listed twice."""
    made = remade(world, people, images)

    for person in people.values():
        for region in REGIONS:
            allowed = {
                image.id
                for image, shared_with in made
                if image.region == region
                and access.may(person.id, Action.DESCRIBE, image, shared=person.id in shared_with).allowed
            }
            owned = {image.id for image, _ in made if access.owns(person.id, image)} & allowed
            every_id = ",".join(image.id for image, _ in made)

            assert sorted(images_seen(person, RegionId=region)) == sorted(allowed)
            assert sorted(images_seen(person, RegionId=region, ImageId=every_id)) == sorted(allowed)
            assert sorted(images_seen(person, RegionId=region, ImageOwnerAlias="self")) == sorted(owned)
            assert sorted(images_seen(person, RegionId=region, ImageOwnerAlias="others")) == sorted(
                allowed - owned
            )


def remade(
    world: World, people: dict[str, Person], images: list[tuple[str, str, dict[str, int]]]
) -> list[tuple[Image, frozenset[str]]]:
    """Have these images and shares in the world and no others; return each with whom it is shared with."""
    with world.app.store.writing(0) as tx:
        for old in (*tx.find(Image), *tx.find(Share)):
            tx.delete(old)
    made = []
    for number, (owner, region, shares) in enumerate(images):
        image = Image(
            id=f"m-{number}",
            region=region,
            owner=people[owner].id,
            created_at=number,
            phase=Phase("Available"),
            size=20,
        )
        shared_with = {people[name].id: since for name, since in shares.items() if name != owner}
        put(
            people[owner],
            image,
            *(Share(image=image.id, account=a, region=region, since=at) for a, at in shared_with.items()),
        )
        made.append((image, frozenset(shared_with)))
    return made


def test_the_providers_images_are_listed_because_everybody_may_describe_them(mallory: Person) -> None:
    """The rule says so of each."""
    for region in REGIONS:
        allowed = [
            image.id
            for image in published(region).values()
            if access.may(mallory.id, Action.DESCRIBE, image, shared=False).allowed
        ]

        assert images_seen(mallory, RegionId=region, ImageOwnerAlias="system") == allowed
