"""When an access key was last used."""

from localyun.app import App
from localyun.ids import Ids
from localyun.model import KeyUse
from localyun.operations.key_uses import WRITTEN_EVERY
from localyun.spec import errors
from tests.operations.ram.made import a_user
from tests.people import RAM, STS, Person, Refusal, World


def last_use(asker: Person, key: str, user: str | None = None) -> str | None:
    """When a key was last used, as somebody is told."""
    given = {"UserName": user, "UserAccessKeyId": key}
    answer = asker.call("GetAccessKeyLastUsed", version=RAM, **given)
    found: str | None = answer["AccessKeyLastUsed"].get("LastUsedDate")
    return found


def test_a_new_key_was_never_used(alice: Person) -> None:
    """Then no date is given."""
    ci = a_user(alice)

    assert last_use(alice, ci.credentials.access_key_id, "ci") is None


def test_each_call_is_a_use(alice: Person) -> None:
    """Also one that is refused, once the key has proven to be the caller's."""
    ci, key = (user := a_user(alice)), user.credentials.access_key_id

    ci.call("GetCallerIdentity", version=STS)
    alice.world.later(90)
    first = last_use(alice, key, "ci")
    ci.refused("DescribeImages")
    second = last_use(alice, key, "ci")

    assert (first, second) == ("2026-03-01T08:00:00Z", "2026-03-01T08:01:30Z")


def test_asking_for_ones_own_key_is_a_use_of_it(alice: Person) -> None:
    """Without a name it is the account's."""
    assert last_use(alice, alice.credentials.access_key_id) == "2026-03-01T08:00:00Z"


def test_a_wrong_signature_is_no_use(alice: Person) -> None:
    """Anybody may write somebody's key id."""
    ci = a_user(alice)
    forger = Person(alice.world, ci.credentials.__class__(ci.id, "x", "", ci.credentials.access_key_id, "no"))

    assert forger.send("DescribeImages").code == "SignatureDoesNotMatch"
    assert last_use(alice, ci.credentials.access_key_id, "ci") is None


def test_keys_of_others_are_unknown(alice: Person, bob: Person) -> None:
    """To another account, and to a user whose key it isn't."""
    ci = a_user(alice)
    key = ci.credentials.access_key_id

    of_bob = bob.refused("GetAccessKeyLastUsed", version=RAM, UserAccessKeyId=key)
    of_nobody = alice.refused("GetAccessKeyLastUsed", version=RAM, UserAccessKeyId=key, UserName="x")
    unnamed = alice.refused("GetAccessKeyLastUsed", version=RAM)

    assert of_bob == Refusal.of(errors.RAM_KEY_NOT_FOUND())
    assert of_nobody == Refusal.of(errors.RAM_USER_NOT_FOUND())
    assert unnamed == Refusal.of(errors.NAMED_MISSING("UserAccessKeyId"))


def test_a_use_is_written_down_now_and_then(alice: Person, world: World) -> None:
    """With the first call, and again when what is written is ten minutes old."""

    def written() -> int:
        with world.app.store.reading(0) as tx:
            use = tx.get(KeyUse, alice.credentials.access_key_id)
        assert use is not None
        return use.at - world.clock.at

    alice.call("DescribeRegions")
    world.clock.advance(WRITTEN_EVERY / 1000 - 1)
    alice.call("DescribeRegions")
    early = written()
    world.clock.advance(1)
    alice.call("DescribeRegions")

    assert (early, written()) == (0, WRITTEN_EVERY)


def test_another_process_sees_what_is_written_down(alice: Person, world: World) -> None:
    """It may be ten minutes behind, and knows its own calls at once."""
    other = World(App(store=world.app.store, clock=world.clock, ids=Ids("other")), world.clock)
    ci = a_user(alice)
    key = ci.credentials.access_key_id
    ci.call("GetCallerIdentity", version=STS)
    world.later(30)
    ci.call("GetCallerIdentity", version=STS)

    there = last_use(Person(other, alice.credentials, _nonces=iter(range(900, 999))), key, "ci")

    assert (there, last_use(alice, key, "ci")) == ("2026-03-01T08:00:00Z", "2026-03-01T08:00:30Z")


def test_a_deleted_key_leaves_nothing(alice: Person, world: World) -> None:
    """Of its uses."""
    ci = a_user(alice)
    key = ci.credentials.access_key_id
    ci.call("GetCallerIdentity", version=STS)

    alice.call("DeleteAccessKey", version=RAM, UserName="ci", UserAccessKeyId=key)

    with world.app.store.reading(0) as tx:
        assert [use.access_key for use in tx.find(KeyUse)] == [alice.credentials.access_key_id]
