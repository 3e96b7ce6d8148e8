"""Operations that aren't emulated: refused by name, and told in the log."""

import logging

import pytest

from tests.people import Person


def test_the_log_tells_what_was_asked_for_and_how_often(
    alice: Person, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """At the first call, the tenth and so on, whoever calls; what nobody has isn't told."""
    with caplog.at_level(logging.WARNING, logger="localyun"):
        for person in (alice, bob) * 6:
            refusal = person.refused("CreateLaunchTemplate")
            assert refusal.code == "UnsupportedOperation.CreateLaunchTemplate"
        alice.refused("CreateAutoSnapshotPolicy")
        alice.refused("ShareEverything")

    assert [record.getMessage() for record in caplog.records] == [
        "2014-05-26 CreateLaunchTemplate isn't emulated; calls so far: 1",
        "2014-05-26 CreateLaunchTemplate isn't emulated; calls so far: 10",
        "2014-05-26 CreateAutoSnapshotPolicy isn't emulated; calls so far: 1",
    ]
