"""The rules of sharing as values: what a call changes, or why it changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localyun.model.sharing import Plan, plan_sharing
from localyun.spec.faults import ApiError

OWNER = "1000"


def plan(add: list[str], remove: list[str], *, shared: list[str] | None = None, limit: int = 50) -> Plan:
    """Plan a call of the owner's in a world where every account exists that doesn't begin with 9."""
    return plan_sharing(
        OWNER,
        shared_with=shared or [],
        add=add,
        remove=remove,
        exists=lambda account: not account.startswith("9"),
        limit=limit,
    )


def code(add: list[str], remove: list[str], **more: object) -> str:
    """The code with which a call is refused."""
    with pytest.raises(ApiError) as refusal:
        plan(add, remove, **more)  # type: ignore[arg-type]
    return refusal.value.code


def test_those_who_have_it_gain_nothing_and_those_who_lack_it_lose_nothing() -> None:
    """Adding one that is there and removing one that isn't are no errors."""
    assert plan(["1", "2"], ["3"], shared=["1"]) == Plan(gain=("2",), lose=())


def test_an_account_in_both_lists_ends_up_without() -> None:
    """Whether it had the image before or not."""
    assert plan(["1"], ["1"]) == Plan((), ())
    assert plan(["1"], ["1"], shared=["1"]) == Plan((), ("1",))


def test_no_account_at_all_is_a_success() -> None:
    """Packer calls without any."""
    assert plan([], []) == Plan((), ())


def test_an_account_named_twice_counts_once() -> None:
    """The lists are sets that have an order."""
    assert plan(["1", "1"], ["2", "2"], shared=["2"], limit=1) == Plan(("1",), ("2",))


def test_the_limit_counts_the_outcome() -> None:
    """A place that the same call frees can be taken."""
    full = [str(n) for n in range(1, 51)]

    assert plan(["51"], ["1"], shared=full) == Plan(("51",), ("1",))
    assert code(["51"], [], shared=full) == "QuotaExceed.ShareImageUser"
    assert code(["51", "52"], ["1"], shared=full) == "QuotaExceed.ShareImageUser"


def test_an_image_over_a_lowered_limit_can_still_lose_accounts() -> None:
    """Whoever only takes back is never refused for the quota."""
    assert plan([], ["1"], shared=["1", "2", "3"], limit=1) == Plan((), ("1",))


@pytest.mark.parametrize("account", ["abc", "12a", "1" * 21, "\N{FULLWIDTH DIGIT ONE}", "-1", "1 "])
def test_what_is_no_account_id_does_not_exist(account: str) -> None:
    """An ill-formed id looks like one that nobody has, in either list."""
    assert code([account], []) == "InvalidAccount.NotFound"
    assert code([], [account]) == "InvalidAccount.NotFound"


def test_unknown_accounts_and_oneself_are_refused_in_either_list() -> None:
    """The first that is wrong is named."""
    assert code(["1", "9"], []) == "InvalidAccount.NotFound"
    assert code([], ["9"]) == "InvalidAccount.NotFound"
    assert code([OWNER], []) == "InvalidAccount.Forbbiden"
    assert code([], [OWNER]) == "InvalidAccount.Forbbiden"


def test_an_account_that_is_gone_can_still_be_removed() -> None:
    """It had the image, so it is known to the image."""
    assert plan([], ["9"], shared=["9"]) == Plan((), ("9",))


accounts = st.lists(st.sampled_from([str(n) for n in range(1, 9)]), max_size=12)


@given(add=accounts, remove=accounts, shared=accounts.map(set), limit=st.integers(0, 8))
def test_a_plan_is_what_sets_say(add: list[str], remove: list[str], shared: set[str], limit: int) -> None:
    """For any lists: the outcome is (shared and added) without the removed, or nothing if it has too many."""
    outcome = (shared | set(add)) - set(remove)
    grows = bool(outcome - shared)

    if grows and len(outcome) > limit:
        assert code(add, remove, shared=list(shared), limit=limit) == "QuotaExceed.ShareImageUser"
    else:
        made = plan(add, remove, shared=list(shared), limit=limit)
        assert (shared | set(made.gain)) - set(made.lose) == outcome
        assert not set(made.gain) & shared
        assert set(made.lose) <= shared
