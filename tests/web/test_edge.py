"""The edge: calls that wait share a transaction, and nothing is told before it is durable."""

import asyncio
import json
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from localyun import attempts
from localyun.app import App
from localyun.clock import MINUTE, Instant
from localyun.config import Settings
from localyun.model import Image, Phase
from localyun.model.sharing import plan_sharing
from localyun.operations.ecs import sharing
from localyun.store.interface import StoreBusy, StoreUnavailable, Transaction
from localyun.store.sqlite import SqliteStore
from localyun.web import edge
from localyun.web.edge import Edge
from localyun.wire.call import RawRequest
from localyun.wire.render import Reply
from tests.people import REGION, Person, World

IMAGE = "m-bp1test"
SHARE, LIST = "ModifyImageSharePermission", "DescribeImageSharePermission"
UNAVAILABLE = (503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")

Outcome = tuple[int, str, str]
"""Status, code and message; the last two are empty for a success."""
DONE: Outcome = (200, "", "")


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world in which images can be shared with anybody."""
    return make_world(accept_unknown_accounts=True)


@pytest.fixture(autouse=True)
def image(world: World, alice: Person) -> None:
    """Alice has an image."""
    fields = {"id": IMAGE, "region": REGION, "owner": alice.id, "name": "web"}
    with world.app.store.writing(0) as tx:
        tx.put(Image(**fields, created_at=0, phase=Phase("Available"), size=20))


class Unsent(World):
    """A world in which a request is handed back instead of being sent."""

    def send(self, raw: RawRequest) -> Reply:
        """Hand back the request."""
        return raw  # type: ignore[return-value]


def signed(person: Person, action: str, **parameters: Any) -> RawRequest:
    """A call that a person has signed and not sent."""
    unsent = replace(person, world=Unsent(person.world.app, person.world.clock))
    return unsent.send(action, ImageId=IMAGE, **parameters)  # type: ignore[return-value]


def scope_of(raw: RawRequest) -> dict[str, Any]:
    """A request's head, as the HTTP server hands it on."""
    return {
        "type": "http",
        "method": raw.method,
        "path": raw.path,
        "raw_path": raw.path.encode(),
        "query_string": raw.query,
        "headers": [(name.encode(), value.encode()) for name, value in raw.headers.items()],
        "client": ("127.0.0.1", 4577),
        "scheme": "http",
    }


def no_pages() -> Any:
    """Nobody asks for pages here."""
    raise AssertionError("a call went to the pages")


async def ask(
    asked: Edge, raw: RawRequest, *pieces: dict[str, Any], log: list[str] | None = None
) -> Outcome | None:
    """Ask an edge, sending the body in these pieces; None if it has nothing to say."""
    sent = await told(asked, scope_of(raw), *(pieces or (part(raw.body, more=False),)), log=log)
    if not sent:
        return None
    start, rest = sent
    assert dict(start["headers"])[b"content-length"] == str(len(rest["body"])).encode()
    body = json.loads(rest["body"])
    assert dict(start["headers"])[b"x-acs-request-id"] == body["RequestId"].encode()
    return start["status"], body.get("Code", ""), body.get("Message", "")


async def told(
    asked: Edge, scope: dict[str, Any], *messages: dict[str, Any], log: list[str] | None = None
) -> list[MutableMapping[str, Any]]:
    """Tell an edge something; what it says."""
    coming = iter(messages)
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(coming)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)
        if log is not None:
            log.append("sent")

    await asked(scope, receive, send)
    return sent


def part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    """A piece of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def ask_at_once(app: App, *raws: RawRequest) -> list[Outcome | None]:
    """Ask an edge for several things in the same instant."""

    async def all_of_it() -> list[Outcome | None]:
        asked = Edge(app, no_pages)
        return await asyncio.gather(*(ask(asked, raw) for raw in raws))

    return asyncio.run(all_of_it())


def shared_with(alice: Person) -> set[str]:
    """The accounts that alice's image is shared with."""
    accounts = alice.call(LIST, ImageId=IMAGE)["Accounts"]["Account"]
    return {account["AliyunId"] for account in accounts}


@dataclass
class Watched:
    """A store whose transactions are told of, and in whose way a test can get."""

    store: Any
    log: list[str] = field(default_factory=list)
    before_the_end: Callable[[], None] = lambda: None
    at_once: int = 1

    def reading(self, now: Instant) -> AbstractContextManager[Transaction]:
        """Begin to read."""
        return self._told("read", self.store.reading(now))

    def writing(
        self, now: Instant, *, patience: Instant = MINUTE, alone: bool = True
    ) -> AbstractContextManager[Transaction]:
        """Begin to change."""
        return self._told("written", self.store.writing(now, patience=patience))

    @contextmanager
    def _told(self, done: str, begun: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        with begun as tx:
            yield tx
            self.before_the_end()
        self.log.append(done)


# Groups


def test_calls_that_wait_share_a_transaction(
    world: World, alice: Person, bob: Person, mallory: Person
) -> None:
    """One commit for all that change something, one for all that read."""
    store = Watched(world.app.store)
    calls = [
        signed(alice, SHARE, AddAccount=[bob.id]),
        signed(alice, LIST),
        signed(alice, SHARE, AddAccount=[mallory.id]),
        signed(alice, LIST),
    ]

    outcomes = ask_at_once(replace(world.app, store=store), *calls)

    assert outcomes == [DONE] * 4
    assert sorted(store.log) == ["read", "written"]
    assert shared_with(alice) == {bob.id, mallory.id}


def test_nothing_is_sent_before_the_commit(world: World, alice: Person, bob: Person) -> None:
    """Not to any caller of the group."""
    store = Watched(world.app.store)

    async def share() -> None:
        asked = Edge(replace(world.app, store=store), no_pages)
        calls = [signed(alice, SHARE, AddAccount=[bob.id]) for _ in range(3)]
        await asyncio.gather(*(ask(asked, call, log=store.log) for call in calls))

    asyncio.run(share())

    assert store.log == ["written", *["sent"] * 6]


def test_a_refused_call_undoes_nothing_but_itself(
    world: World, alice: Person, bob: Person, mallory: Person
) -> None:
    """Neighbours in its transaction, before and after it, are kept."""
    oneself = (404, "InvalidAccount.Forbbiden", "The specified Account does not yourself.")
    calls = [
        signed(alice, SHARE, AddAccount=[bob.id]),
        signed(alice, SHARE, AddAccount=[mallory.id, alice.id]),
        signed(bob, SHARE, AddAccount=[mallory.id]),
        signed(alice, SHARE, AddAccount=[mallory.id]),
    ]

    outcomes = ask_at_once(world.app, *calls)

    assert outcomes[:2] == [DONE, oneself]
    assert outcomes[2] == (404, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
    assert outcomes[3] == DONE
    assert shared_with(alice) == {bob.id, mallory.id}


def test_a_call_that_breaks_undoes_nothing_but_itself(
    world: World, alice: Person, bob: Person, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of ours is an InternalError for one caller; nobody else notices."""

    def break_for_mallory(owner: str, **how: Any) -> Any:
        if mallory.id in how["add"]:
            raise ZeroDivisionError
        return plan_sharing(owner, **how)

    monkeypatch.setattr(sharing, "plan_sharing", break_for_mallory)
    added = [[bob.id], [mallory.id], [bob.id]]

    outcomes = ask_at_once(world.app, *(signed(alice, SHARE, AddAccount=ids) for ids in added))

    assert [outcome and outcome[:2] for outcome in outcomes] == [(200, ""), (500, "InternalError"), (200, "")]
    assert shared_with(alice) == {bob.id}


def test_one_nonce_in_two_calls_of_a_group_serves_one_of_them(world: World, alice: Person) -> None:
    """A call that is sent twice in the same instant is answered once."""
    call = signed(alice, LIST)

    outcomes = ask_at_once(world.app, call, call, signed(alice, LIST))

    used = (400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    assert outcomes == [DONE, used, DONE]


# Failures


def fail(error: BaseException) -> None:
    """Raise an error."""
    raise error


@pytest.mark.parametrize("error", [StoreUnavailable("disk I/O error"), ZeroDivisionError()])
def test_when_the_commit_fails_every_call_is_told_so(
    world: World, alice: Person, bob: Person, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """The refused ones too. Nothing is kept, and the next call works."""
    store = Watched(world.app.store, before_the_end=partial(fail, error))
    app = replace(world.app, store=store)
    calls = [
        signed(alice, SHARE, AddAccount=[bob.id]),
        signed(alice, SHARE, AddAccount=[alice.id]),
        signed(alice, LIST),
    ]

    outcomes = ask_at_once(app, *calls)

    assert outcomes == [UNAVAILABLE] * 3
    assert "2 calls lost their transaction" in caplog.messages
    assert shared_with(alice) == set()
    store.before_the_end = lambda: None
    assert ask_at_once(app, signed(alice, SHARE, AddAccount=[bob.id])) == [DONE]


def test_when_the_disk_fills_up_within_a_call_nothing_of_its_group_is_kept(
    world: World, alice: Person, bob: Person
) -> None:
    """SQLite drops the transaction by itself then: calls before and after in the group are told, too."""
    state = world.app.store._state.connection  # type: ignore[attr-defined]
    (used,) = state.execute("PRAGMA page_count").fetchone()
    many = [[str(10**15 + n + 10 * m) for n in range(10)] for m in range(4)]

    state.execute(f"PRAGMA max_page_count = {used}")
    outcomes = ask_at_once(
        world.app,
        signed(alice, SHARE, AddAccount=[bob.id]),
        *(signed(alice, SHARE, AddAccount=ids) for ids in many),
        signed(alice, SHARE, RemoveAccount=[bob.id]),
    )
    state.execute("PRAGMA max_page_count = 1000000")

    assert outcomes == [UNAVAILABLE] * 6
    assert shared_with(alice) == set()
    assert ask_at_once(world.app, signed(alice, SHARE, AddAccount=many[0])) == [DONE]


# Several processes


@pytest.fixture
def shared_world(world: World, tmp_path: Path) -> Iterator[tuple[World, SqliteStore]]:
    """The world in files, and the store of another process on it."""
    with closing(SqliteStore(tmp_path)) as store, closing(SqliteStore(tmp_path)) as other:
        with store.writing(0) as tx:
            for record in world.app.store.dump():
                tx.put(record)
        yield World(replace(world.app, store=store), world.clock), other


def test_changes_wait_for_another_process_and_readings_go_on(
    shared_world: tuple[World, SqliteStore], alice: Person, bob: Person, mallory: Person
) -> None:
    """Those that have come meanwhile are answered together as soon as the other is done."""
    (world, other), added = shared_world, (bob, mallory)
    alice.world = world
    store = Watched(world.app.store)

    async def all_of_it() -> None:
        asked = Edge(replace(world.app, store=store), no_pages)
        with other.writing(0):
            waiting = []
            for person in added:
                share = ask(asked, signed(alice, SHARE, AddAccount=[person.id]))
                waiting.append(asyncio.create_task(share))
                assert await ask(asked, signed(alice, LIST)) == DONE
            assert not any(task.done() for task in waiting)
        assert await asyncio.gather(*waiting) == [DONE, DONE]

    asyncio.run(all_of_it())

    assert store.log == ["read", "read", "written"]
    assert shared_with(alice) == {bob.id, mallory.id}


def test_changes_wait_only_so_long(
    shared_world: tuple[World, SqliteStore], alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then their callers are told to come again; once the other is done, all is as before."""
    world, other = shared_world
    alice.world = world
    monkeypatch.setattr(attempts, "PATIENCE_SECONDS", 0.02)

    async def share(asked: Edge) -> Outcome | None:
        return await ask(asked, signed(alice, SHARE, AddAccount=[bob.id]))

    async def all_of_it() -> None:
        asked = Edge(world.app, no_pages)
        with other.writing(0):
            assert await share(asked) == UNAVAILABLE
        assert await share(asked) == DONE

    asyncio.run(all_of_it())


def test_a_nonce_that_another_process_sees_at_the_same_time_costs_only_its_call(
    shared_world: tuple[World, SqliteStore], alice: Person, bob: Person
) -> None:
    """The group is answered anew: the call is refused, its neighbours aren't."""
    world, other = shared_world
    alice.world = world
    key = alice.credentials.access_key_id

    def meanwhile() -> None:
        store.before_the_end = lambda: None
        with other.reading(0) as tx:
            assert tx.spend_nonce(key, "alice-1", world.clock.wall() + MINUTE)

    store = Watched(world.app.store, before_the_end=meanwhile)
    calls = [signed(alice, SHARE, AddAccount=[account]) for account in (bob.id, "1000000000000000")]

    outcomes = ask_at_once(replace(world.app, store=store), *calls)

    used = (400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    assert outcomes == [used, DONE]
    assert shared_with(alice) == {"1000000000000000"}


# Clients that leave, and bodies


LEFT = {"type": "http.disconnect"}


def posted(raw: RawRequest) -> RawRequest:
    """The same call with its parameters in a form."""
    headers = {**raw.headers, "content-type": "application/x-www-form-urlencoded"}
    return structs.replace(raw, query=b"", headers=headers, body=raw.query)


def test_a_body_may_come_in_pieces(world: World, alice: Person) -> None:
    """Empty ones among them."""
    call = posted(signed(alice, LIST))
    pieces = [part(call.body[:7]), part(b""), part(call.body[7:90]), part(call.body[90:], more=False)]

    assert asyncio.run(ask(Edge(world.app, no_pages), call, *pieces)) == DONE


@pytest.mark.parametrize("pieces", [[LEFT], [part(b"Action=Descr"), LEFT]])
def test_a_client_that_leaves_before_it_has_said_all_is_not_answered(
    world: World, alice: Person, pieces: list[dict[str, Any]]
) -> None:
    """No transaction is begun for it."""
    store = Watched(world.app.store)

    outcome = asyncio.run(ask(Edge(replace(world.app, store=store), no_pages), signed(alice, LIST), *pieces))

    assert outcome is None
    assert store.log == []


def test_a_client_that_leaves_while_it_waits_holds_up_nobody(
    world: World, alice: Person, bob: Person
) -> None:
    """Its neighbours get their answers."""

    async def all_of_it() -> Outcome | None:
        asked = Edge(world.app, no_pages)
        leaving = asyncio.create_task(ask(asked, signed(alice, LIST)))
        staying = asyncio.create_task(ask(asked, signed(alice, SHARE, AddAccount=[bob.id])))
        also_leaving = asyncio.create_task(ask(asked, signed(alice, SHARE, RemoveAccount=[bob.id])))
        asyncio.get_running_loop().call_soon(leaving.cancel)
        asyncio.get_running_loop().call_soon(also_leaving.cancel)
        return await staying

    assert asyncio.run(all_of_it()) == DONE


def test_a_body_that_is_too_large_is_refused_once_it_was_read(world: World, alice: Person) -> None:
    """To its end, so that a client which is still sending sees the answer; the limit itself is allowed."""
    app = replace(world.app, settings=Settings(body_limit=1000))
    call = posted(signed(alice, LIST))
    padding = b"&" * (1000 - len(call.body))
    too_large = (413, "RequestTooLarge", "The request is larger than 1000 bytes.")

    def answer_to(*pieces: dict[str, Any]) -> Outcome | None:
        return asyncio.run(ask(Edge(app, no_pages), call, *pieces))

    assert answer_to(part(call.body), part(padding + b"&"), part(b"&" * 9000, more=False)) == too_large
    assert answer_to(part(call.body), part(padding, more=False)) == DONE


def test_a_header_that_comes_twice_is_one_with_both_values(world: World, alice: Person) -> None:
    """As HTTP has it."""
    scope = scope_of(signed(alice, LIST))
    scope["headers"] += [(b"x-acs-date", b"1"), (b"X-Acs-Date", b"2")]

    assert edge._raw(scope, b"").headers == {"host": "test", "x-acs-date": "1,2"}


# What isn't a call


def test_a_web_socket_is_closed(world: World) -> None:
    """Nothing here speaks it."""
    sent = asyncio.run(told(Edge(world.app, no_pages), {"type": "websocket"}, {"type": "websocket.connect"}))

    assert sent == [{"type": "websocket.close"}]


def test_start_and_stop_are_acknowledged(world: World) -> None:
    """The server waits for both."""
    messages = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}

    sent = asyncio.run(told(Edge(world.app, no_pages), {"type": "lifespan"}, *messages))

    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


# Calls beside each other


@dataclass
class Crowded(Watched):
    """A store with which several calls go on at once, in whose way others get so many times."""

    at_once: int = 4
    in_the_way: int = 0
    alone: list[bool] = field(default_factory=list)

    def writing(
        self, now: Instant, *, patience: Instant = MINUTE, alone: bool = True
    ) -> AbstractContextManager[Transaction]:
        """Begin to change."""
        self.alone.append(alone)
        return self._crossed(super().writing(now, patience=patience, alone=alone))

    @contextmanager
    def _crossed(self, begun: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
        with begun as tx:
            yield tx
            if self.in_the_way:
                self.in_the_way -= 1
                raise StoreBusy("somebody got in the way")


def test_calls_beside_each_other_have_transactions_of_their_own(
    world: World, alice: Person, bob: Person, mallory: Person
) -> None:
    """One each, and all are answered."""
    store = Crowded(world.app.store)
    calls = [
        signed(alice, SHARE, AddAccount=[bob.id]),
        signed(alice, LIST),
        signed(alice, SHARE, AddAccount=[mallory.id]),
    ]

    assert ask_at_once(replace(world.app, store=store), *calls) == [DONE] * 3
    assert sorted(store.log) == ["read", "written", "written"]
    assert store.alone == [False, False]
    assert shared_with(alice) == {bob.id, mallory.id}


@pytest.mark.parametrize("times", [1, attempts.TRIES_TOGETHER, attempts.TRIES_TOGETHER + 2])
def test_a_call_in_whose_way_others_get_is_tried_again_and_at_last_alone(
    world: World, alice: Person, bob: Person, times: int
) -> None:
    """With its nonce, and once in the end."""
    store = Crowded(world.app.store, in_the_way=times)

    outcomes = ask_at_once(replace(world.app, store=store), signed(alice, SHARE, AddAccount=[bob.id]))

    assert outcomes == [DONE]
    assert store.alone == [n >= attempts.TRIES_TOGETHER for n in range(times + 1)]
    assert shared_with(alice) == {bob.id}


def test_a_call_is_tried_only_so_long(
    world: World, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then its caller is told to come again, and nothing of it is kept, its nonce neither."""
    monkeypatch.setattr(attempts, "PATIENCE_SECONDS", 0.02)
    store = Crowded(world.app.store, in_the_way=1000)
    call = signed(alice, SHARE, AddAccount=[bob.id])

    refused = ask_at_once(replace(world.app, store=store), call)
    store.in_the_way = 0
    again = ask_at_once(replace(world.app, store=store), call)

    assert (refused, again) == ([UNAVAILABLE], [DONE])


def test_a_call_beside_others_whose_outcome_is_unknown_is_not_tried_again(
    world: World, alice: Person, bob: Person
) -> None:
    """It might be done twice."""

    def fail() -> None:
        raise StoreUnavailable("the answer was lost")

    store = Crowded(world.app.store, before_the_end=fail)

    outcomes = ask_at_once(replace(world.app, store=store), signed(alice, SHARE, AddAccount=[bob.id]))

    assert outcomes == [UNAVAILABLE]
    assert store.alone == [False]
