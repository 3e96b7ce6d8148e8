"""Builds of the server that are broken on purpose: what the tests must find, if they find anything."""

ANSWERS_BEFORE_COMMIT = """
import asyncio
from contextlib import ExitStack
from localyun.web import edge

class Hasty(edge._Group):
    opened = None

    def _answer_all(self):
        if self.opened is None:
            self.opened = ExitStack()
            self.tx = self.opened.enter_context(self._begin(self._app.clock.wall()))
            asyncio.get_running_loop().call_later(0.1, self._commit)
        answered, self._waiting = self._waiting, []
        for call, future in answered:
            future.set_result(edge.answer(call, self._app, self.tx))

    def _commit(self):
        opened, self.opened = self.opened, None
        opened.close()

honest = edge.Edge.__init__

def init(self, app, pages):
    honest(self, app, pages)
    self._reads = self._writes = Hasty(app, app.store.writing)

edge.Edge.__init__ = init

from localyun.cli import main; main()
"""
"""Commits every tenth of a second, and answers as if it had."""

READS_FROM_A_CACHE = """
import time
from dataclasses import replace
from localyun.web import edge

honest, kept = edge.answer, {}

def answer(call, app, tx):
    reply = honest(call, app, tx)
    if call.action != "DescribeImageSharePermission" or reply.status != 200:
        return reply
    image = call.parameters["ImageId"]
    since, old = kept.get(image, (0, reply))
    if time.monotonic() - since < 0.05:
        return old
    kept[image] = time.monotonic(), reply
    return reply

edge.answer = answer

from localyun.cli import main; main()
"""
"""Says of an image whom it was shared with a moment ago."""

LOSES_SOME = """
from localyun.store import interface, sql

honest, count = sql.SqlTransaction.put, 0

def put(self, record):
    global count
    count += type(record).__name__ == "Share"
    if count % 20 == 19 and type(record).__name__ == "Share":
        count += 1
        return
    honest(self, record)

sql.SqlTransaction.put = put

from localyun.cli import main; main()
"""
"""Forgets every twentieth share, and nothing else."""
