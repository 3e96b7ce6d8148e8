"""The checker of traces is checked: it must see what a server does wrong."""

import pytest

from tests.durability.trace import violations

WRITE = '7 pwrite64(9</data/localyun.db-wal>, "\\0\\0{\\"account\\":\\"1001\\"}", 4096, 24) = 4096'
OTHER = '7 pwrite64(9</data/localyun.db-wal>, "\\0\\0{\\"account\\":\\"1002\\"}", 4096, 24) = 4096'
SYNC = "7 fdatasync(9</data/localyun.db-wal>) = 0"
SEND = '7 write(12<TCP:[127.0.0.1:4577->127.0.0.1:9]>, "HTTP/1.1 200 OK\\r\\n...R-1...", 99) = 99'

SYNC_BEGINS = "7 fdatasync(9</data/localyun.db-wal> <unfinished ...>"
SYNC_ENDS = "7 <... fdatasync resumed>) = 0"
EARLY = ["1001 was acknowledged before it was on the disk"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([WRITE, SYNC, SEND], []),
        ([WRITE, SYNC_BEGINS, SYNC_ENDS, SEND], []),
        ([SYNC, WRITE, SEND], EARLY),
        ([SEND, WRITE, SYNC], EARLY),
        ([WRITE, SEND, SYNC], EARLY),
        ([SYNC, SEND], EARLY),
        ([WRITE, SYNC, OTHER, SEND], EARLY),
        ([WRITE, SYNC_BEGINS, SEND, SYNC_ENDS], EARLY),
        ([SYNC_BEGINS, WRITE, SYNC_ENDS, SEND], EARLY),
        ([WRITE, SYNC.replace("= 0", "= -1 EIO (Input/output error)"), SEND], EARLY),
        ([WRITE, SYNC.replace("-wal", ""), SEND], EARLY),
        ([WRITE.replace("localyun.db", "nonces.db"), SYNC, SEND], EARLY),
        ([WRITE, SYNC], ["the answer about 1001 never left"]),
    ],
)
def test_an_answer_may_leave_only_after_the_sync_that_covers_it(
    lines: list[str], expected: list[str]
) -> None:
    """Written, then synced to the end and successfully, then sent; in this order and to this file."""
    assert violations("\n".join(lines), {"R-1": "1001"}) == expected
