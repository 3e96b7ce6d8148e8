"""Who does the jobs: threads of one server process, each thing's in the order in which they were asked for.

A job is deleted, and what it is about gets its status, in one transaction once it is done. What a server
leaves undone when it ends is done by the next one.
"""

import fcntl
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from localyun.clock import Clock
from localyun.compute.qemu.disks import DiskStore
from localyun.compute.qemu.driver import KINDS, QemuCompute
from localyun.compute.qemu.execution import Execution, Unanswered
from localyun.model import Disk, Image, Job, Record, Snapshot, Task
from localyun.model.jobs import Work
from localyun.model.record import OPEN
from localyun.store.interface import Store, StoreUnavailable, Transaction

log = logging.getLogger("localyun")

THREADS = 4
LOOK_SECONDS = 0.02
"""How soon it is looked for a job that was written, but whose transaction isn't kept yet."""
LOOKS = 100
IDLE_SECONDS = 1.0
"""How soon it is looked for jobs of other processes."""


class Settle(Protocol):
    """How the operations are told that something is done."""

    def __call__(self, tx: Transaction, kind: type[Record], id: str, *, failure: str) -> None:
        """Give a thing its status; `failure` says why it couldn't be done, if so."""


class _Canceled(Exception):
    """What is being done isn't wanted any more."""


class Worker:
    """Does the jobs of one database."""

    def __init__(
        self,
        driver: QemuCompute,
        disks: DiskStore,
        execution: Execution,
        store: Store,
        clock: Clock,
        settle: Settle,
        look_after: Callable[[], None] = lambda: None,
    ) -> None:
        """Do what the driver wrote into the store; `look_after` the machines now and then."""
        self._driver = driver
        self._disks = disks
        self._execution = execution
        self._store = store
        self._clock = clock
        self._settle = settle
        self._look_after = look_after
        self._woken, self._stopping = driver.woken, threading.Event()
        self._thread = threading.Thread(target=self._run, name="localyun-worker", daemon=True)
        self._lease: IO[bytes] | None = None

    def start(self) -> None:
        """Begin to work, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being done, and end; machines go on."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def recover(self) -> None:
        """Remove what an ended server was writing."""
        for path in self._disks.folders.tidy():
            log.warning("%s was left unfinished and is removed", path)

    def drain(self) -> None:
        """Do all jobs that there are, here and now."""
        while jobs := self._jobs():
            self._do(_group(jobs))

    def collect(self) -> list[Path]:
        """Remove the files that nothing needs any more; no job may be under way. Return what was removed."""
        folders = self._disks.folders
        with self._store.reading(self._clock.wall()) as tx:
            if tx.count(Job):
                return []
            wanted = {folders.disk(disk.region, disk.id) for disk in tx.find(Disk)}
            wanted |= {folders.snapshot(one.region, one.id) for one in tx.find(Snapshot)}
            for image in tx.find(Image):
                wanted.update(folders.images(image.region, image.id, image.disks))
        kept = (path for path in folders.root.glob("*/images/*") if self._driver.system_images.is_kept(path))
        return self._disks.collect({*wanted, *kept})

    def _jobs(self) -> list[Job]:
        with self._store.reading(self._clock.wall()) as tx:
            return tx.find(Job, order="id")

    def _run(self) -> None:
        """Work until told to stop, once no other process does."""
        while not self._stopping.is_set() and not self._take_lease():
            self._stopping.wait(IDLE_SECONDS)
        if self._lease is None:
            return
        self.recover()
        under_way: dict[Future[None], frozenset[str]] = {}
        looks, busy = 0, True
        with ThreadPoolExecutor(THREADS, "localyun-job") as pool, self._lease:
            while not self._stopping.is_set():
                looks = LOOKS if self._woken.is_set() else max(0, looks - 1)
                self._woken.clear()
                try:
                    busy = self._round(pool, under_way) or busy
                    if not under_way and not looks:
                        self._look_after()
                        if busy:
                            self.collect()
                        busy = False
                except StoreUnavailable as error:
                    log.warning("the database can't be asked for jobs: %s", error)
                if under_way or looks:
                    self._stopping.wait(LOOK_SECONDS)
                else:
                    self._woken.wait(IDLE_SECONDS)

    def _round(self, pool: ThreadPoolExecutor, under_way: dict[Future[None], frozenset[str]]) -> bool:
        """Begin what nothing stands in the way of; return whether there was anything to do."""
        for done in [one for one in under_way if one.done()]:
            del under_way[done]
            if error := done.exception():
                log.error("a job can't be ended and is done again: %s", error)
        taken = frozenset[str]().union(*under_way.values())
        jobs = self._jobs()
        while jobs:
            group = _group(jobs)
            jobs = jobs[len(group) :]
            touches = frozenset[str]().union(*(job.touches for job in group))
            if not touches & taken:
                # What is under way is still in the list, and stands in its own way.
                under_way[pool.submit(self._do, group)] = touches
            taken |= touches
        return bool(under_way)

    def _do(self, jobs: Sequence[Job]) -> None:
        """Do jobs, and tell what came of it. Raises `Unanswered` if they have to be done again."""
        failure = ""
        try:
            if any(self._is_wanted(job) for job in jobs):
                self._execution.do(jobs, partial(self._tell, jobs[0]))
        except _Canceled:
            log.info("%s of %s was canceled", jobs[0].work, jobs[0].subject)
        except Unanswered:
            raise
        except Exception as error:
            failure = str(error) or type(error).__name__
            for job in jobs:
                log.warning("%s of %s failed: %s", job.work, job.subject or job.instance, failure)
            log.debug("this is where", exc_info=True)
        with self._store.writing(self._clock.wall()) as tx:
            for job in jobs:
                tx.delete(job)
                self._driver.progress.pop(job.subject, None)
            left = {(job.kind, job.subject) for job in tx.find(Job)}
            for job in jobs:
                if job.subject and ((job.kind, job.subject) not in left or failure):
                    self._settle(tx, KINDS[job.kind], job.subject, failure=failure)

    def _tell(self, job: Job, percent: int) -> None:
        """Have it known how far an import or export is; it ends if it was canceled meanwhile."""
        self._driver.progress[job.subject] = percent
        if not self._is_wanted(job):
            raise _Canceled

    def _is_wanted(self, job: Job) -> bool:
        """Whether a job is still to be done: what it makes may be deleted by now, or its task canceled."""
        if job.work in (Work.IMPORT, Work.EXPORT):
            with self._store.reading(self._clock.wall()) as tx:
                tasks = tx.find(Task, resource=job.subject)
            return any(one.created_at == job.asked_at and one.phase.ends_at == OPEN for one in tasks)
        if job.work not in (Work.MAKE, Work.COPY, Work.LINK, Work.FREEZE):
            return True
        with self._store.reading(self._clock.wall()) as tx:
            return tx.get(KINDS[job.kind], job.subject) is not None

    def _take_lease(self) -> bool:
        """Become the one that works, unless another process is; also it ends with its process."""
        root = self._disks.folders.root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lease = (root / "worker.lock").open("ab")
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lease.close()
            return False
        self._lease = lease
        return True


def _group(jobs: Sequence[Job]) -> Sequence[Job]:
    """Return the first job, with those after it that freeze further disks of its instance for one call."""
    first = jobs[0]
    length = 1
    if first.work is Work.FREEZE and first.instance:
        while length < len(jobs) and _belongs(jobs[length], first):
            length += 1
    return jobs[:length]


def _belongs(job: Job, first: Job) -> bool:
    return (job.work, job.instance, job.asked_at) == (first.work, first.instance, first.asked_at)
