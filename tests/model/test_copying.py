"""When copies begin: so many at once, the others in their order, and earlier when one is called off."""

from localyun.model import CopyTask, Phase
from localyun.model.copying import moved_up, next_begin, waiting


def task(image: str, begins_at: int, ends_at: int) -> CopyTask:
    """A copy that was asked for in the order of its name."""
    phase = waiting(Phase("Available", "Creating", ends_at), begins_at, 100)
    return CopyTask(
        image=image, source="m-source", owner="1", region="cn-beijing", asked_at=ord(image), phase=phase
    )


def test_a_copy_begins_at_once_while_there_is_room() -> None:
    """What is over takes no room."""
    assert next_begin([], 2, 100) == 100
    assert next_begin([150], 2, 100) == 100
    assert next_begin([100, 99, 150], 2, 100) == 100


def test_a_copy_waits_for_the_first_to_end() -> None:
    """And for the second, if another waits before it."""
    assert next_begin([170, 150], 2, 100) == 150
    assert next_begin([170, 150, 160], 2, 100) == 160


def test_a_phase_waits_then_is_under_way_then_is_over() -> None:
    """As an instant says."""
    phase = waiting(Phase("Available", "Creating", 200), 150, 100)

    assert [phase.at(now) for now in (100, 149, 150, 199, 200)] == [
        "Waiting",
        "Waiting",
        "Creating",
        "Creating",
        "Available",
    ]
    assert waiting(phase, 100, 100) == phase


def test_those_that_wait_move_up_and_take_as_long_as_before() -> None:
    """Of three on two places the first was called off: the third begins now, those under way stay."""
    moved = moved_up([task("c", 150, 180), task("b", 0, 170), task("d", 170, 190)], 2, 110)

    assert [(one.image, one.phase) for one in moved] == [
        ("c", Phase("Available", "Creating", 140)),
        ("d", Phase("Available", "Creating", 160, "Waiting", 140)),
    ]


def test_nothing_moves_where_nothing_waits() -> None:
    """Nor where it can't begin earlier."""
    assert moved_up([task("a", 0, 150), task("b", 0, 170)], 2, 110) == []
    assert moved_up([task("a", 0, 150), task("b", 0, 170), task("c", 150, 180)], 2, 110) == []
