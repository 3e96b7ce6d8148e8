"""Clients who share, unshare, look and use at the same time, and the history of what each was answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from localyun.accounts import Credentials
from tests.durability.servers import SUCCESS, Client, Reply, Unanswered
from tests.faults.linearizability import NEVER, Operation, Shares, listed, refused, shared, used, violation

UNAVAILABLE = (503, "ServiceUnavailable")
NO_IMAGE = (404, "InvalidImageId.NotFound")
ONESELF = (404, "InvalidAccount.Forbbiden")
OTHERS = [str(5_300_000_000_000_000 + n) for n in range(6)]
"""Accounts that an image is shared with, beside the two that use it."""
Port = Callable[[], int]


@dataclass(frozen=True)
class Use:
    """A try to start one instance: `instance` is its id, "" if it was refused, None if no answer came."""

    image: str
    account: str
    name: str
    instance: str | None
    begin: float


@dataclass
class Load:
    """So many clients on some images, until they are told to stop.

    Each does the same in every run with the same seed; only how they interleave differs. With `tolerant`, a
    call may be answered `503` or not at all, and its client goes on; else it gives up when no answer comes.
    """

    port: Port
    people: Sequence[Credentials]
    images: Sequence[str]
    seed: str
    clients: int = 16
    tolerant: bool = False
    pause: float = 0
    calls: int = 0
    unanswered: int = 0
    outcomes: Counter[tuple[int, str]] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.answers = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._known: dict[str, Shares] = dict.fromkeys(self.images, frozenset())
        self._history: dict[str, list[Operation[Shares]]] = {image: [] for image in self.images}
        self._open: list[tuple[str, Operation[Shares]]] = []
        self._round = 0
        self._threads: ThreadPoolExecutor | None = None

    def begin(self) -> None:
        """Let the clients loose."""
        self.stop.clear()
        self._round += 1
        self._threads = ThreadPoolExecutor(self.clients)
        self._working = [self._threads.submit(self._work, n) for n in range(self.clients)]

    def end(self) -> None:
        """Wait until every client has stopped, and raise what went wrong with it."""
        self.stop.set()
        assert self._threads is not None
        self._threads.shutdown()
        for working in self._working:
            working.result()

    def run(self, seconds: float) -> None:
        """Let the clients work for so long."""
        self.begin()
        time.sleep(seconds)
        self.end()

    def settle(self) -> None:
        """Look at what is there, now that what wasn't answered has happened or never will; judge the history.

        What was looked at is where the next round begins.
        """
        settled = time.monotonic()
        with ExitStack() as opened:
            owner, *users = (opened.enter_context(Client(self.port(), who)) for who in self.people)
            for image, operation in self._open:
                bounded = Operation(operation.begin, settled, operation.step, operation.said)
                self._history[image].append(bounded)
            for user in users:
                self._count_instances(user, settled)
            for image in self.images:
                found = frozenset(owner.shares(image))
                look = Operation(settled, time.monotonic(), listed(found), f"{image} has {sorted(found)}")
                if wrong := violation([*self._history[image], look], [self._known[image]]):
                    self.violations.append(f"{image}: {wrong}")
                self._known[image] = found
                self._history[image] = []
            for call in self.spent[-3:]:
                if (code := owner.send(call).code) != "SignatureNonceUsed":
                    self.violations.append(f"a nonce served twice: {code or 'success'} for {call}")
        self._open, self.uses, self.spent = [], [], []

    def _count_instances(self, user: Client, settled: float) -> None:
        """Each use that was answered with an instance has made that one, a refused one none, no one two."""
        uses = [use for use in self.uses if use.account == user.credentials.id]
        found: dict[str, list[str]] = {use.name: [] for use in uses}
        for page in range(1, 1000):
            call = user.signed(
                "DescribeInstances",
                InstanceName=f"{self.seed}-{self._round}-*",
                PageSize="100",
                PageNumber=str(page),
            )
            there = user.send(call).body["Instances"]["Instance"]
            for instance in there:
                found.setdefault(instance["InstanceName"], []).append(instance["InstanceId"])
            if len(there) < 100:
                break
        for use in uses:
            there = found.pop(use.name)
            if use.instance is None:
                if there:
                    step = used(use.account, allowed=True)
                    said = f"{use.account} used {use.image}"
                    self._history[use.image].append(Operation(use.begin, settled, step, said))
                right = len(there) <= 1
            else:
                right = there == [use.instance] * bool(use.instance)
            if not right:
                self.violations.append(f"{use} has made {there}")
        self.violations += [f"nobody has asked for {name}" for name in found]

    def _work(self, number: int) -> None:
        chance = Random(f"{self.seed}/{self._round}/{number}")
        done = 0
        while not self.stop.is_set():
            with ExitStack() as opened:
                port = self.port()
                clients = [opened.enter_context(Client(port, who)) for who in self.people]
                try:
                    while not self.stop.is_set():
                        done += 1
                        self._do_something(clients, chance, f"{number}-{done}")
                        self.answers.release()
                        self.stop.wait(self.pause) if self.pause else None
                except Unanswered:
                    if not self.tolerant:
                        return
            self.stop.wait(0.05)

    def _do_something(self, clients: list[Client], chance: Random, name: str) -> None:
        owner, *users = clients
        image, what = chance.choice(self.images), chance.random()
        if what < 0.25:
            self._look(owner, image)
        elif what < 0.5:
            self._use(chance.choice(users), image, f"{self.seed}-{self._round}-{name}")
        else:
            everybody = [*(user.credentials.id for user in users), *OTHERS]
            chosen = chance.sample(everybody, 3)
            cut = chance.randrange(4)
            self._change(owner, image, chosen[:cut], chosen[cut:], refused_too=what > 0.9)

    def _change(
        self, owner: Client, image: str, add: list[str], remove: list[str], *, refused_too: bool
    ) -> None:
        added = [*add, f"54{time.monotonic_ns()}", owner.credentials.id] if refused_too else add
        call = owner.signed(
            "ModifyImageSharePermission",
            ImageId=image,
            **{f"AddAccount_{n}": account for n, account in enumerate(added, 1)},
            **{f"RemoveAccount_{n}": account for n, account in enumerate(remove, 1)},
        )
        said = f"share {image} with {add}, not {remove}" + " (to be refused)" * refused_too
        reply, begin, end = self._sent(owner, call, {SUCCESS, ONESELF} if refused_too else {SUCCESS})
        known = reply is not None and told(reply) != UNAVAILABLE
        if refused_too:
            assert not known or told(reply) == ONESELF  # type: ignore[arg-type]
            self._keep(image, Operation(begin, end, refused(), said))
        elif known:
            self._keep(image, Operation(begin, end, shared(add, remove), said))
            with self._lock:
                self.spent.append(call)
        else:
            step = shared(add, remove, known=False)
            with self._lock:
                self._open.append((image, Operation(begin, NEVER, step, f"{said}?")))
        self._go_on(reply)

    def _look(self, owner: Client, image: str) -> None:
        call = owner.signed("DescribeImageSharePermission", ImageId=image, PageSize="100")
        reply, begin, end = self._sent(owner, call, {SUCCESS})
        if reply and told(reply) == SUCCESS:
            found = [account["AliyunId"] for account in reply.body["Accounts"]["Account"]]
            self._keep(image, Operation(begin, end, listed(found), f"{image} has {sorted(found)}"))
        self._go_on(reply)

    def _use(self, user: Client, image: str, name: str) -> None:
        call = user.signed(
            "RunInstances", ImageId=image, InstanceType="ecs.g7.large", InstanceName=name, ClientToken=name
        )
        reply, begin, end = self._sent(user, call, {SUCCESS, NO_IMAGE})
        account = user.credentials.id
        instance: str | None = None
        if reply and told(reply) != UNAVAILABLE:
            allowed = told(reply) == SUCCESS
            instance = reply.body["InstanceIdSets"]["InstanceIdSet"][0] if allowed else ""
            said = f"{account} {'used' if allowed else 'had no'} {image}"
            self._keep(image, Operation(begin, end, used(account, allowed=allowed), said))
        with self._lock:
            self.uses.append(Use(image, account, name, instance, begin))
        self._go_on(reply)

    def _sent(
        self, client: Client, call: str, expected: Iterable[tuple[int, str]]
    ) -> tuple[Reply | None, float, float]:
        begin = time.monotonic()
        try:
            reply = client.send(call)
        except Unanswered:
            reply = None
        end = time.monotonic()
        with self._lock:
            self.calls += 1
            if reply is None:
                self.unanswered += 1
            else:
                self.outcomes[told(reply)] += 1
                self.latencies.append(end - begin)
        if reply:
            fine = {*expected, UNAVAILABLE} if self.tolerant else {*expected}
            assert told(reply) in fine, (told(reply), call)
        return reply, begin, end

    def _keep(self, image: str, operation: Operation[Shares]) -> None:
        with self._lock:
            self._history[image].append(operation)

    @staticmethod
    def _go_on(reply: Reply | None) -> None:
        if reply is None:
            raise Unanswered


def told(reply: Reply) -> tuple[int, str]:
    """Status and code of an answer."""
    return reply.status, reply.code
