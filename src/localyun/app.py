"""The parts of localyun, put together. Two apps can live in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from localyun.clock import Clock, SystemClock
from localyun.compute.interface import Driver
from localyun.compute.simulated import SimulatedCompute
from localyun.config import Settings
from localyun.ids import Ids
from localyun.metrics import Metrics
from localyun.missing import Missing
from localyun.model import Record
from localyun.objects.interface import Objects
from localyun.objects.places import objects_at
from localyun.operations import OPERATIONS
from localyun.operations.context import World
from localyun.operations.outcomes import settle
from localyun.spec.declare import Registry
from localyun.store.interface import Store, Transaction
from localyun.throttling import Throttle

if TYPE_CHECKING:
    from localyun.compute.qemu.assembly import Real


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything a call needs: where state is kept, what time it is, what is offered, how it behaves."""

    store: Store
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=Ids)
    settings: Settings = field(default_factory=Settings)
    operations: Registry = OPERATIONS

    @cached_property
    def compute(self) -> Driver:
        """What instances run on."""
        return self.real.driver if self.real else SimulatedCompute(self.settings.time_scale)

    @cached_property
    def real(self) -> "Real | None":
        """What runs real machines, if any do."""
        folder = self.settings.machines
        if folder is None:
            return None
        from localyun.compute.qemu.assembly import assemble

        return assemble(
            folder,
            store=self.store,
            clock=self.clock,
            objects=self.objects,
            settle=self.settled,
            system_images=self.settings.system_images,
            most=self.settings.max_machines,
            time_scale=self.settings.time_scale,
        )

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do what calls ask of real machines, as long as the block lasts."""
        if self.real is None:
            yield
            return
        self.real.worker.start()
        try:
            yield
        finally:
            self.real.worker.stop()

    def settled(self, tx: Transaction, kind: type[Record], id: str, *, failure: str) -> None:
        """Give a thing the status that it has now that what was asked for is done."""
        settle(tx, kind, id, self.clock.now(), self.settings.limits.copies_at_once, failure=failure)

    @cached_property
    def objects(self) -> Objects:
        """Where images are imported from and exported to."""
        return objects_at(self.settings.oss)

    @cached_property
    def world(self) -> World:
        """What every handler is given."""
        return World(
            ids=self.ids,
            compute=self.compute,
            objects=self.objects,
            limits=self.settings.limits,
            accept_unknown_accounts=self.settings.accept_unknown_accounts,
            without_community_images=self.settings.without_community_images,
            without=self.settings.without | (self.real.without if self.real else frozenset()),
            shortages=self.settings.shortages,
            sensitive_words=self.settings.sensitive_words,
            grant_quotas=self.settings.grant_quotas,
        )

    @cached_property
    def missing(self) -> Missing:
        """What was asked for and isn't emulated."""
        return Missing()

    @cached_property
    def metrics(self) -> Metrics:
        """What is counted of the calls that are answered."""
        return Metrics(self.settings.metrics)

    @cached_property
    def throttle(self) -> Throttle:
        """What refuses calls that come too fast."""
        return Throttle(self.settings.throttle)
