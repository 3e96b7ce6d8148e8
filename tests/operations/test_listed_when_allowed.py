"""An image is listed exactly when the rule allows it: two ways to the same answer, held together."""

from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localyun.model import Image, Phase, Share, access
from localyun.model.access import Action, Relation
from localyun.model.images import EVERYBODY
from localyun.operations.images import published
from tests.operations.made import images_seen, put
from tests.people import Person, World

REGIONS = ("cn-hangzhou", "cn-beijing")
OWNER, SHAREE, GUEST, COMMUNITY = Relation.OWNER, Relation.SHAREE, Relation.GUEST, Relation.COMMUNITY


class Given(NamedTuple):
    """Of an image: whose it is, where, with whom it is shared since when, and how it is given otherwise."""

    owner: str
    region: str
    shares: dict[str, int]
    public: bool
    hidden: bool


someone = st.sampled_from(["alice", "bob", "mallory"])
somebody = st.sampled_from(["alice", "bob", "mallory", EVERYBODY])
images = st.lists(
    st.builds(
        Given,
        someone,
        st.sampled_from(REGIONS),
        st.dictionaries(somebody, st.integers(1, 3)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=images)
def test_an_image_is_listed_exactly_when_it_may_be_described(
    world: World, people: dict[str, Person], images: list[Given]
) -> None:
    """To everybody, in every region, under every alias and by id; and nothing is listed twice.

    Community images are, where they are asked for; hidden ones are, where they are named.
    """
    made = remade(world, people, images)

    for person in people.values():
        for region in REGIONS:
            allowed = {
                image.id: verdict.relation
                for image, shared_with in made
                if image.region == region
                for shared in [bool(shared_with & {person.id, EVERYBODY})]
                for verdict in [access.may(person.id, Action.DESCRIBE, image, shared=shared)]
                if verdict.allowed
            }
            every_id = ",".join(image.id for image, _ in made)

            def those(*relations: Relation, allowed: dict[str, Relation] = allowed) -> list[str]:
                return sorted(id for id, relation in allowed.items() if relation in relations)

            def seen(region: str = region, person: Person = person, **asked: Any) -> list[str]:
                return sorted(images_seen(person, RegionId=region, **asked))

            assert seen() == those(OWNER, SHAREE)
            assert seen(ImageId=every_id) == those(OWNER, SHAREE, GUEST)
            assert seen(ImageOwnerAlias="self") == those(OWNER)
            assert seen(ImageOwnerAlias="others") == those(SHAREE)
            assert seen(ImageOwnerAlias="others", ImageId=every_id) == those(SHAREE, GUEST)
            assert seen(ImageOwnerAlias="others", IsPublic=True) == those(COMMUNITY)
            assert seen(ImageOwnerAlias="others", IsPublic=True, ImageId=every_id) == those(COMMUNITY)


def remade(
    world: World, people: dict[str, Person], images: list[Given]
) -> list[tuple[Image, frozenset[str]]]:
    """Have these images and shares in the world and no others; return each with whom it is shared with."""
    with world.app.store.writing(0) as tx:
        for old in (*tx.find(Image), *tx.find(Share)):
            tx.delete(old)
    made = []
    for number, (owner, region, shares, public, hidden) in enumerate(images):
        image = Image(
            id=f"m-{number}",
            region=region,
            owner=people[owner].id,
            created_at=number,
            phase=Phase("Available"),
            size=20,
            public=public,
            hidden=hidden,
        )
        shared_with = {
            EVERYBODY if name == EVERYBODY else people[name].id: since
            for name, since in shares.items()
            if name != owner
        }
        put(
            people[owner],
            image,
            *(
                Share(image=image.id, account=a, region=region, since=at).of(image)
                for a, at in shared_with.items()
            ),
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
