"""What every store promises, whichever database is below it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from msgspec.structs import replace

from localyun.clock import MINUTE, SECOND
from localyun.model import AccessKey, Account, AuditEntry, Image, Phase, Share, Tag
from localyun.model.images import DiskMapping
from localyun.store.interface import Store, StoreBusy, StoreUnavailable, Transaction
from tests.store.engines import Database

ODD_TEXTS = {
    "empty": "",
    "blank": " ",
    "trailing-space": "a ",
    "quotes": 'it\'s "quoted"; -- no comment',
    "wildcards": "100%_*?[a]\\",
    "line-ends": "a\r\n\tb",
    "chinese": "镜像共享",
    "combining": "e\N{COMBINING ACUTE ACCENT}",
    "dotless-i": "\N{LATIN SMALL LETTER DOTLESS I}\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "sharp-s": "ß\N{LATIN CAPITAL LETTER SHARP S}",
    "right-to-left": "\N{RIGHT-TO-LEFT OVERRIDE}אב",
    "astral": "\N{DRAGON}",
    "highest": "\U0010ffff",
    "number": "0012",
    "long": "x" * 100_000,
}
INT64 = (-(2**63), -1, 0, 1, 2**63 - 1)


def an_account(id: str, name: str = "alice") -> Account:
    """An account, whatever its id looks like."""
    return Account(id=id, name=name)


def a_share(image: str, account: str, since: int = 0, region: str = "cn-hangzhou") -> Share:
    """A share of an image with an account."""
    return Share(image=image, account=account, region=region, since=since)


def an_image(id: str, **fields: object) -> Image:
    """An image with something in every kind of field."""
    return Image(
        id=id,
        **{
            "region": "cn-hangzhou",
            "owner": "1",
            "created_at": 1,
            "phase": Phase("Available", during="Creating", ends_at=2),
            "size": 20,
            "tags": (Tag("key", "value"), Tag("empty")),
            "disks": (DiskMapping(device="/dev/xvda", size=20, encrypted=True),),
            **fields,
        },  # type: ignore[arg-type]
    )


def keep(store: Store, *records: Account | Share | Image | AccessKey) -> None:
    """Put records in a transaction of their own."""
    with store.writing(0) as tx:
        for record in records:
            tx.put(record)


def accounts(store: Store) -> list[str]:
    """The ids of the accounts in a store."""
    with store.reading(0) as tx:
        return [account.id for account in tx.find(Account)]


def spend(store: Store, nonce: str, *, key: str = "k", changing: bool = False, now: int = 0) -> bool:
    """Spend a nonce in a transaction of its own, which is tried again when another process got in the way."""
    for _ in range(100):
        try:
            with (store.writing if changing else store.reading)(now) as tx:
                first = tx.spend_nonce(key, nonce, now + MINUTE)
        except StoreBusy:
            continue
        return first
    raise AssertionError("the store stayed busy")


# Records


def test_what_was_put_is_got(store: Store) -> None:
    """A record comes back as it was, with all that is in it."""
    image = an_image("m-1", name="web", description="镜像")

    keep(store, image)

    with store.reading(0) as tx:
        assert tx.get(Image, "m-1") == image


def test_what_was_never_put_is_none(store: Store) -> None:
    """A key without a record gives None, not an error."""
    with store.reading(0) as tx:
        assert tx.get(Image, "m-1") is None
        assert tx.get(Share, "m-1", "1") is None


def test_a_change_is_seen_in_its_own_transaction(store: Store) -> None:
    """What a transaction did, it sees, found and counted."""
    with store.writing(0) as tx:
        tx.put(an_account("1"))

        assert tx.get(Account, "1") == an_account("1")
        assert tx.find(Account, name="alice") == [an_account("1")]
        assert tx.count(Account, name="alice") == 1


def test_a_key_holds_one_record(store: Store) -> None:
    """Putting replaces the record with the same key, and what it is found by."""
    keep(store, an_account("1", "before"))

    keep(store, an_account("1", "after"))

    with store.reading(0) as tx:
        assert tx.find(Account) == [an_account("1", "after")]
        assert tx.find(Account, name="before") == []
        assert tx.count(Account, name="after") == 1


def test_every_part_of_a_key_counts(store: Store) -> None:
    """Two shares of one image, and one account's shares of two images, are three."""
    keep(store, a_share("m-1", "1"), a_share("m-1", "2"), a_share("m-2", "1"))

    with store.reading(0) as tx:
        assert tx.count(Share) == 3
        assert tx.get(Share, "m-1", "2") == a_share("m-1", "2")
        assert tx.get(Share, "m-2", "2") is None


def test_a_deleted_record_is_gone_and_no_other(store: Store) -> None:
    """Deleting goes by the key alone; what isn't there can be deleted."""
    keep(store, a_share("m-1", "1"), a_share("m-1", "2"))

    with store.writing(0) as tx:
        tx.delete(a_share("m-1", "1", since=99))
        tx.delete(a_share("m-9", "9"))

    with store.reading(0) as tx:
        assert tx.find(Share) == [a_share("m-1", "2")]


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_text_is_kept_to_the_letter(store: Store, text: str) -> None:
    """Any text serves as a key, as what is found by, and as contents, and comes back unchanged."""
    account = an_account(text, name=text)

    keep(store, account, an_account("another", "another"))

    with store.reading(0) as tx:
        assert tx.get(Account, text) == account
        assert tx.find(Account, name=text) == [account]


@pytest.mark.parametrize(
    ("text", "lookalike"),
    [
        ("abc", "ABC"),
        ("abc", "abc "),
        ("straße", "strasse"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}", "e\N{COMBINING ACUTE ACCENT}"),
        ("i", "\N{LATIN SMALL LETTER DOTLESS I}"),
        ("1", "01"),
        ("1", "\N{FULLWIDTH DIGIT ONE}"),
        ("a_c", "abc"),
        ("a%", "abc"),
    ],
)
def test_lookalikes_are_different(store: Store, text: str, lookalike: str) -> None:
    """Letter case, spaces, accents and wildcards are never overlooked: an id is a security boundary."""
    keep(store, an_account(text, text))

    with store.reading(0) as tx:
        assert tx.get(Account, lookalike) is None
        assert tx.find(Account, name=lookalike) == []
        assert tx.count(Account, name=lookalike) == 0


def test_numbers_reach_their_bounds(store: Store) -> None:
    """64-bit numbers are kept exactly, and sort as numbers."""
    keep(store, *(a_share("m-1", str(n), since) for n, since in enumerate(INT64)))

    with store.reading(0) as tx:
        assert [share.since for share in tx.find(Share, order="since", image="m-1")] == list(INT64)


def test_a_number_beyond_them_spoils_nothing_else(store: Store) -> None:
    """A record that can't be kept is refused; the transaction goes on."""
    with store.writing(0) as tx:
        tx.put(an_account("1"))
        with pytest.raises(OverflowError), tx.savepoint():
            tx.put(a_share("m-1", "1", since=2**63))
        tx.put(an_account("2"))

    assert accounts(store) == ["1", "2"]


@pytest.mark.parametrize("active", [True, False])
def test_truth_is_kept(store: Store, active: bool) -> None:
    """A flag comes back as a flag."""
    keep(store, AccessKey(id="k", account="1", secret="s", active=active))

    with store.reading(0) as tx:
        key = tx.get(AccessKey, "k")
        assert key is not None
        assert key.active is active


# Finding


SHARES = [
    a_share("m-1", "4", since=10),
    a_share("m-1", "3", since=20),
    a_share("m-1", "2", since=20),
    a_share("m-1", "1", since=30),
    a_share("m-2", "5", since=5),
]


def found(tx: Transaction, **how: object) -> str:
    """The accounts of the shares found, in a word."""
    return "".join(share.account for share in tx.find(Share, **how))  # type: ignore[arg-type]


def test_what_is_found_is_sorted(store: Store) -> None:
    """By the field given, then by key; descending, all of it the other way round."""
    keep(store, *SHARES)

    with store.reading(0) as tx:
        assert found(tx) == "12345"
        assert found(tx, descending=True) == "54321"
        assert found(tx, image="m-1", order="since") == "4231"
        assert found(tx, image="m-1", order="since", descending=True) == "1324"
        assert found(tx, order="account") == "12345"


def test_a_page_is_cut_from_what_is_sorted(store: Store) -> None:
    """Limit and offset, each alone and together, within and past the end."""
    keep(store, *SHARES)

    with store.reading(0) as tx:
        assert found(tx, image="m-1", order="since", limit=2) == "42"
        assert found(tx, image="m-1", order="since", limit=2, offset=2) == "31"
        assert found(tx, image="m-1", order="since", offset=3) == "1"
        assert found(tx, image="m-1", order="since", descending=True, limit=1, offset=1) == "3"
        assert found(tx, limit=0) == ""
        assert found(tx, limit=10, offset=5) == ""
        assert found(tx, limit=10) == "12345"


def test_every_condition_holds(store: Store) -> None:
    """What is found equals all the values given; counting gives as many."""
    keep(store, *SHARES, a_share("m-3", "5", region="us-east-1"))

    with store.reading(0) as tx:
        assert tx.find(Share, account="5", region="us-east-1") == [a_share("m-3", "5", region="us-east-1")]
        assert tx.count(Share, account="5", region="us-east-1") == 1
        assert tx.count(Share, account="5") == 2
        assert tx.count(Share, image="m-1") == 4
        assert tx.count(Share, image="m-1", account="5") == 0


def test_text_sorts_by_code_points(store: Store) -> None:
    """No language's rules apply: capitals first, then small letters, accents, and what is beyond."""
    ids = ["", " ", "10", "9", "Z", "_", "a", "a ", "aa", "b", "é", "中", "\uffee", "\N{DRAGON}"]

    keep(store, *(an_account(id) for id in reversed(ids)))

    assert accounts(store) == ids


def test_images_shared_with_an_account_come_last_shared_first(store: Store) -> None:
    """With their shares, of that region alone, and only those that exist."""
    one, two, three = an_image("m-1"), an_image("m-2"), an_image("m-3")
    shares = a_share("m-1", "2", since=10), a_share("m-2", "2", since=30), a_share("m-3", "2", since=30)
    elsewhere = a_share("m-4", "2", region="us-east-1")

    keep(store, one, two, three, an_image("m-4", region="us-east-1"), elsewhere, *shares)
    keep(store, a_share("m-gone", "2"), a_share("m-1", "3"))

    with store.reading(0) as tx:
        assert tx.images_shared_with("2", "cn-hangzhou") == [
            (two, shares[1]),
            (three, shares[2]),
            (one, shares[0]),
        ]


def test_a_page_of_what_is_listed(store: Store) -> None:
    """As all that is shared, but for what a share says isn't listed."""
    images = [an_image(f"m-{number}") for number in range(4)]
    shares = [replace(a_share(f"m-{number}", "2", since=number), listed=number != 2) for number in range(4)]
    keep(store, *images, *shares)

    with store.reading(0) as tx:
        pages = [
            [image.id for image, _ in tx.images_listed_for("2", "cn-hangzhou", limit=2, offset=offset)]
            for offset in (0, 2, 4)
        ]

    assert pages == [["m-3", "m-1"], ["m-0"], []]


def test_pages_are_turned_while_shares_come_and_go(store: Store) -> None:
    """Each is cut from what is listed then, whichever was asked for before; instants may be equal."""
    images = [an_image(f"m-{number}") for number in range(9)]
    shares = [a_share(f"m-{number}", "2", since=number // 4) for number in range(8)]
    keep(store, *images, *shares)

    def page(tx: Transaction, offset: int) -> str:
        found = tx.images_listed_for("2", "cn-hangzhou", limit=3, offset=offset)
        return "".join(image.id.removeprefix("m-") for image, _ in found)

    with store.reading(0) as tx:
        assert [page(tx, offset) for offset in (0, 3, 6, 3)] == ["456", "701", "23", "701"]
    with store.reading(0) as tx:
        assert page(tx, 3) == "701"

    with store.writing(0) as tx:
        with undone(tx):
            tx.delete(shares[5])
            assert [page(tx, offset) for offset in (0, 3, 6)] == ["467", "012", "3"]
        assert [page(tx, offset) for offset in (0, 3, 6)] == ["456", "701", "23"]
        tx.put(a_share("m-8", "2", since=1))
    with store.reading(0) as tx:
        assert [page(tx, offset) for offset in (0, 3, 6)] == ["456", "780", "123"]

    keep(store, replace(shares[4], listed=False))
    with store.reading(0) as tx:
        assert [page(tx, offset) for offset in (3, 0, 6)] == ["801", "567", "23"]


def test_a_number_can_be_asked_to_be_higher(store: Store) -> None:
    """Than the one given, which isn't enough."""
    keep(store, *(an_image(f"m-{at}", phase=Phase("Available", "Creating", at)) for at in (1, 2, 3)))

    with store.reading(0) as tx:
        found = tx.find(Image, above=("ends_at", 1), owner="1", region="cn-hangzhou")

    assert [image.id for image in found] == ["m-2", "m-3"]


def test_what_is_counted_as_it_comes_and_goes_is_what_there_is(store: Store) -> None:
    """New, replaced, changed, deleted, missing, undone: the count says how many are found."""
    listed = {"account": "2", "region": "cn-hangzhou", "listed": True}

    def counted(**more: object) -> tuple[int, int]:
        with store.reading(0) as tx:
            asked = {**listed, **more}
            return tx.count(Share, **asked), len(tx.find(Share, **asked))  # type: ignore[arg-type]

    keep(store, a_share("m-1", "2"), a_share("m-2", "2"), a_share("m-3", "2"), a_share("m-4", "3"))
    assert counted() == (3, 3)
    keep(store, a_share("m-1", "2", since=9), replace(a_share("m-2", "2"), listed=False))
    assert (counted(), counted(listed=False)) == ((2, 2), (1, 1))
    with store.writing(0) as tx:
        tx.delete(a_share("m-1", "2"))
        tx.delete(a_share("m-none", "2"))
        with undone(tx):
            tx.delete(a_share("m-3", "2"))
            tx.put(a_share("m-5", "2"))
    assert (counted(), counted(account="3"), counted(account="4")) == ((1, 1), (1, 1), (0, 0))
    store.reset()
    assert counted() == (0, 0)


# Undoing


class Refused(Exception):
    """What a handler raises."""


@contextmanager
def undone(tx: Transaction) -> Iterator[None]:
    """A savepoint that is undone because what is inside is refused in the end."""
    with suppress(Refused), tx.savepoint():
        yield
        raise Refused


def test_a_savepoint_undoes_what_is_inside_it_and_nothing_else(store: Store) -> None:
    """One refused call of a group undoes nothing but itself."""
    with store.writing(0) as tx:
        for number, fails in enumerate([False, True, False, True, True, False]):
            with undone(tx) if fails else tx.savepoint():
                tx.put(an_account(str(number)))

    assert accounts(store) == ["0", "2", "5"]


def test_a_savepoint_brings_back_what_was_replaced_and_deleted(store: Store) -> None:
    """What is undone is as it was, indexes included."""
    keep(store, an_account("1", "before"), an_account("2", "there"))

    with store.writing(0) as tx, undone(tx):
        tx.put(an_account("1", "after"))
        tx.delete(an_account("2"))

    with store.reading(0) as tx:
        assert tx.find(Account) == [an_account("1", "before"), an_account("2", "there")]
        assert tx.find(Account, name="before") == [an_account("1", "before")]


def test_savepoints_nest(store: Store) -> None:
    """The inner one is undone alone; the outer one takes the inner along, kept or not."""
    with store.writing(0) as tx:
        with tx.savepoint():
            tx.put(an_account("outer"))
            with undone(tx):
                tx.put(an_account("inner"))
            assert tx.get(Account, "outer") is not None
        with undone(tx):
            tx.put(an_account("undone"))
            with tx.savepoint():
                tx.put(an_account("undone-too"))

    assert accounts(store) == ["outer"]


@pytest.mark.parametrize("error", [Refused, KeyboardInterrupt, GeneratorExit])
def test_a_transaction_that_raises_keeps_nothing(store: Store, error: type[BaseException]) -> None:
    """Whatever it raises; the next one works."""
    keep(store, an_account("1"))

    with pytest.raises(error), store.writing(0) as tx:  # noqa: PT012 - what is inside is what is undone
        tx.put(an_account("2"))
        with tx.savepoint():
            tx.put(an_account("3"))
        raise error
    keep(store, an_account("4"))

    assert accounts(store) == ["1", "4"]


@pytest.mark.parametrize("begin", ["reading", "writing"])
def test_the_audit_trail_is_written_at_the_end(store: Store, begin: str) -> None:
    """Whatever a savepoint undoes, also by one that reads; nothing is left of one that fails."""

    def entry(id: str) -> AuditEntry:
        return AuditEntry(id=id, at=1, account="1", access_key="k", service="", action="", version="")

    with getattr(store, begin)(0) as tx:
        tx.record(entry("a"))
        if begin == "writing":
            with undone(tx):
                tx.record(entry("b"))
        before = tx.count(AuditEntry)
    with pytest.raises(Refused), getattr(store, begin)(0) as tx:  # noqa: PT012 - as above
        tx.record(entry("lost"))
        raise Refused

    with store.reading(0) as tx:
        kept = [one.id for one in tx.find(AuditEntry, order="at", account="1")]
    assert (before, kept) == (0, ["a", "b"] if begin == "writing" else ["a"])


def test_reading_changes_nothing(store: Store) -> None:
    """A handler that is declared to read can't put or delete."""
    keep(store, an_account("1"))

    with store.reading(0) as tx:
        with pytest.raises(RuntimeError, match="begun for reading"):
            tx.put(an_account("2"))
        with pytest.raises(RuntimeError, match="begun for reading"):
            tx.delete(an_account("1"))

    assert accounts(store) == ["1"]


def test_a_transaction_within_another_is_refused(store: Store) -> None:
    """And the first goes on as if nothing had happened."""
    with store.writing(0) as tx:
        tx.put(an_account("1"))
        for begin in (store.reading, store.writing):
            with pytest.raises(StoreUnavailable), begin(0):
                raise AssertionError("begun")
        tx.put(an_account("2"))

    assert accounts(store) == ["1", "2"]


# Nonces


@pytest.mark.parametrize("changing", [False, True])
def test_a_nonce_serves_once_per_key(store: Store, changing: bool) -> None:
    """A second time it is refused; another key's is another nonce, and so is one in other letters."""
    assert spend(store, "n", changing=changing)
    assert not spend(store, "n", changing=changing)
    assert not spend(store, "n", changing=not changing)
    assert spend(store, "N", changing=changing)
    assert spend(store, "n", key="another", changing=changing)


def test_a_nonce_serves_once_within_a_transaction(store: Store) -> None:
    """Two calls of one group can't share it."""
    for begin, nonce in ((store.reading, "read"), (store.writing, "written")):
        with begin(0) as tx:
            assert tx.spend_nonce("k", nonce, MINUTE)
            assert not tx.spend_nonce("k", nonce, MINUTE)


def test_a_nonce_stays_spent_when_its_savepoint_is_undone(store: Store) -> None:
    """A refused call can't be replayed."""
    with store.writing(0) as tx:
        with undone(tx):
            assert tx.spend_nonce("k", "n", MINUTE)
        assert not tx.spend_nonce("k", "n", MINUTE)

    assert not spend(store, "n")


@pytest.mark.parametrize("changing", [False, True])
def test_a_nonce_is_remembered_until_its_time_is_over(store: Store, changing: bool) -> None:
    """To its last millisecond; after that it is forgotten by and by, when other nonces come."""
    assert spend(store, "n", changing=changing)

    assert spend(store, "another", changing=changing, now=MINUTE)
    assert not spend(store, "n", changing=changing, now=MINUTE)
    assert spend(store, "a third", changing=changing, now=MINUTE + SECOND)
    assert spend(store, "n", changing=changing, now=MINUTE + SECOND)


@pytest.mark.parametrize("changing", [False, True])
def test_a_nonce_is_remembered_across_a_restart(database: Database, changing: bool) -> None:
    """Whether its call read or changed."""
    before = database.open()
    spend(before, "n", changing=changing)
    before.close()

    assert not spend(database.open(), "n")


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_a_nonce_serves_once_between_processes(one: Store, other: Store, first: bool, second: bool) -> None:
    """Whichever of the two calls changes something."""
    assert spend(one, "n", changing=first)
    assert not spend(other, "n", changing=second)


def test_of_those_who_race_for_a_nonce_one_wins(database: Database) -> None:
    """Readers and writers of several processes, all at once, twenty times."""
    stores = [database.open() for _ in range(4)]
    together = threading.Barrier(len(stores))

    def race(n: int) -> list[bool]:
        won = []
        for nonce in range(20):
            together.wait()
            won.append(spend(stores[n], str(nonce), changing=n % 2 == 0))
        return won

    with ThreadPoolExecutor(len(stores)) as threads:
        outcomes = list(threads.map(race, range(len(stores))))

    assert [sum(won) for won in zip(*outcomes, strict=True)] == [1] * 20


# Several at once


def test_a_reader_sees_one_moment(one: Store, other: Store) -> None:
    """What is committed meanwhile shows in the next transaction."""
    keep(one, an_account("1"))

    with one.reading(0) as tx:
        assert tx.count(Account) == 1
        keep(other, an_account("2"))
        assert tx.count(Account) == 1
        assert tx.get(Account, "2") is None

    assert accounts(one) == ["1", "2"]


def test_readers_neither_see_nor_wait_for_a_writer(one: Store, other: Store) -> None:
    """What isn't committed doesn't exist; reading calls, nonces and all, go on beside it."""
    with one.writing(0) as tx:
        tx.put(an_account("1"))
        assert tx.spend_nonce("k", "written", MINUTE)

        assert accounts(other) == []
        assert spend(other, "read")

    assert accounts(other) == ["1"]


def test_a_writer_waits_for_another_only_so_long(one: Store, other: Store) -> None:
    """Then it is told that the store is busy; afterwards its turn comes."""
    with one.writing(0) as tx:
        tx.put(an_account("1"))
        for patience in (0, 20):
            with pytest.raises(StoreBusy), other.writing(0, patience=patience):
                raise AssertionError("begun")
    with other.writing(0, patience=0) as tx:
        assert tx.get(Account, "1") is not None


def count_up(store: Store, times: int) -> None:
    """Add one to a number that is kept as an account's name, over and over."""
    for _ in range(times):
        with store.writing(0) as tx:
            tally = tx.get(Account, "tally") or an_account("tally", "0")
            tx.put(an_account("tally", str(int(tally.name) + 1)))


def race(*work: Callable[[], None]) -> None:
    """Do things at once, each in a thread of its own."""
    with ThreadPoolExecutor(len(work)) as threads:
        for done in [threads.submit(one) for one in work]:
            done.result()


def test_no_change_is_lost_between_processes(one: Store, other: Store) -> None:
    """Who reads in order to write has the database to itself."""
    race(lambda: count_up(one, 50), lambda: count_up(other, 50))

    with one.reading(0) as tx:
        assert tx.get(Account, "tally") == an_account("tally", "100")


def test_no_change_is_lost_between_threads(store: Store) -> None:
    """One store can be used from several threads."""
    race(*[lambda: count_up(store, 25)] * 4)

    with store.reading(0) as tx:
        assert tx.get(Account, "tally") == an_account("tally", "100")


# The whole


def test_everything_is_there_after_a_restart(database: Database) -> None:
    """What was put, by whoever opened it."""
    before = database.open()
    keep(before, an_account("1"), an_image("m-1"))
    before.close()

    after = database.open()

    with after.reading(0) as tx:
        assert tx.get(Account, "1") == an_account("1")
        assert tx.get(Image, "m-1") == an_image("m-1")


def test_a_dump_has_every_record(store: Store) -> None:
    """Of every kind, once."""
    records = [an_account("1"), an_account("2"), an_image("m-1"), *SHARES]

    keep(store, *records)

    assert sorted(map(repr, store.dump())) == sorted(map(repr, records))


def test_a_reset_forgets_everything(store: Store) -> None:
    """Records and nonces; the store is as new."""
    keep(store, an_account("1"), an_image("m-1"), *SHARES)
    spend(store, "read")
    spend(store, "written", changing=True)

    store.reset()

    assert list(store.dump()) == []
    assert spend(store, "read")
    assert spend(store, "written", changing=True)


def test_a_reset_is_seen_by_others(one: Store, other: Store) -> None:
    """A server that runs goes on with an empty database."""
    keep(one, an_account("1"))

    other.reset()

    assert accounts(one) == []


def test_a_closed_store_is_of_no_use(store: Store) -> None:
    """Whatever is asked of it; closing it again is no error."""
    store.close()
    store.close()

    for begin in (store.reading, store.writing):
        with pytest.raises(StoreUnavailable), begin(0):
            raise AssertionError("begun")
    with pytest.raises(StoreUnavailable):
        store.reset()
    with pytest.raises(StoreUnavailable):
        list(store.dump())


def test_calls_are_counted_by_all_together(one: Store, other: Store) -> None:
    """Each gets another number, whatever becomes of its transaction; a new period begins anew."""

    def count(store: Store) -> int:
        with store.reading(0) as tx:
            return tx.count_call("describe", 7)

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(count, [one, other] * 20))
    with suppress(KeyError), one.writing(0) as tx:
        lost = tx.count_call("describe", 7)
        raise KeyError
    with other.reading(0) as tx:
        after, late, next_, elsewhere = (
            tx.count_call(*call)
            for call in (("describe", 7), ("describe", 6), ("describe", 8), ("delete", 8))
        )

    assert sorted(numbers) == list(range(1, 41))
    assert (lost, after, late, next_, elsewhere) == (41, 42, 43, 1, 1)


def test_a_reset_forgets_how_many_calls_there_were(store: Store) -> None:
    """As all the rest."""
    with store.reading(0) as tx:
        tx.count_call("describe", 7)
    store.reset()

    with store.reading(0) as tx:
        assert tx.count_call("describe", 7) == 1
