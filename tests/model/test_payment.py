"""How instances are paid for: periods, renewals, spot prices, times of release."""

import pytest

from localyun.clock import DAY, MINUTE
from localyun.model.payment import check_period, check_release, check_renewal, check_spot, expiry
from localyun.spec import errors
from localyun.spec.faults import ApiError
from localyun.wire import times


@pytest.mark.parametrize(
    ("ordered", "period", "unit", "end"),
    [
        ("2026-01-31T10:00:00Z", 1, "Month", "2026-02-28T10:00:00Z"),
        ("2026-11-15T10:00:00Z", 2, "Month", "2027-01-15T10:00:00Z"),
        ("2024-02-29T10:00:00Z", 12, "Month", "2025-02-28T10:00:00Z"),
        ("2026-12-30T10:00:00Z", 1, "Week", "2027-01-06T10:00:00Z"),
    ],
)
def test_an_order_ends_on_the_same_day(ordered: str, period: int, unit: str, end: str) -> None:
    """Or on a month's last day, where it has no such day."""
    assert times.seconds(expiry(times.parse(ordered), period, unit)) == end


@pytest.mark.parametrize(("period", "unit"), [(9, "Month"), (60, "Month"), (4, "Week")])
def test_these_periods_can_be_ordered(period: int, unit: str) -> None:
    """Nine months, five years, four weeks."""
    check_period(period, unit)


@pytest.mark.parametrize(
    ("period", "unit", "code"),
    [
        (None, "Month", "MissingParamter"),
        (0, "Month", "InvalidPeriod"),
        (11, "Month", "InvalidPeriod"),
        (5, "Week", "InvalidPeriod"),
    ],
)
def test_others_cannot(period: int | None, unit: str, code: str) -> None:
    """None at all, and what the provider doesn't sell."""
    with pytest.raises(ApiError) as refusal:
        check_period(period, unit)

    assert refusal.value.code == code


def test_an_order_is_renewed_by_a_period_of_its_own() -> None:
    """One by default; four weeks can be ordered, but not renewed by."""
    check_renewal(None, "Week", errors.RUN_RENEWAL)
    with pytest.raises(ApiError, match=r"InvalidAutoRenewPeriod\.ValueNotSupported"):
        check_renewal(4, "Week", errors.RUN_RENEWAL)


@pytest.mark.parametrize(
    ("duration", "price", "pre_paid", "code"),
    [
        (1, 0.125, True, "InvalidSpotPrepaid"),
        (-1, 0.125, False, "InvalidSpotDuration"),
        (7, 0.125, False, "InvalidSpotDuration"),
        (1, None, False, "InvalidSpotPriceLimit"),
        (1, 0.0, False, "InvalidSpotPriceLimit"),
        (1, 0.1255, False, "InvalidSpotPriceLimit"),
    ],
)
def test_a_limited_price_is_a_price(duration: int, price: float | None, pre_paid: bool, code: str) -> None:
    """Above nothing, to the thousandth, and not for an order."""
    check_spot("SpotWithPriceLimit", 6, 0.125, pre_paid=False)
    with pytest.raises(ApiError) as refusal:
        check_spot("SpotWithPriceLimit", duration, price, pre_paid=pre_paid)

    assert refusal.value.code == code


def test_whoever_pays_any_price_needs_none() -> None:
    """SpotAsPriceGo."""
    check_spot("SpotAsPriceGo", 0, None, pre_paid=False)


@pytest.mark.parametrize("ahead", [30 * MINUTE - 1, 3 * 365 * DAY + 1, -DAY])
def test_an_instance_is_not_released_too_soon_or_too_late(ahead: int) -> None:
    """Half an hour to three years ahead."""
    check_release(10 * DAY + 30 * MINUTE, 10 * DAY)
    with pytest.raises(ApiError, match=r"InvalidAutoReleaseTime\.Malformed"):
        check_release(10 * DAY + ahead, 10 * DAY)
