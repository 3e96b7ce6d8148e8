"""How an instance is paid for: by use, in advance for a period, or as a spot instance.

Source: RunInstances, CreateInstance (2025).
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from localyun.clock import DAY, MINUTE, Instant
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec

WEEK, MONTH = "Week", "Month"
POST_PAID, PRE_PAID = "PostPaid", "PrePaid"
NO_SPOT, SPOT_LIMITED, SPOT_ANY = "NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"

_PERIODS = {WEEK: range(1, 5), MONTH: (*range(1, 10), 12, 24, 36, 48, 60)}
_RENEWALS = {WEEK: range(1, 4), MONTH: (1, 2, 3, 6, 12, 24, 36, 48, 60)}

LONGEST_SPOT_DURATION = 6
SOONEST_RELEASE, LATEST_RELEASE = 30 * MINUTE, 3 * 365 * DAY


def check_period(period: int | None, unit: str) -> None:
    """Raise `MissingParamter` or `InvalidPeriod` unless somebody can order for so long."""
    if period is None:
        raise errors.NO_PERIOD()
    if period not in _PERIODS[unit]:
        raise errors.PERIOD_INVALID()


def check_renewal(period: int | None, unit: str, invalid: ErrorSpec) -> None:
    """Raise `invalid` unless an order can be renewed by so long; 1 by default."""
    if (1 if period is None else period) not in _RENEWALS[unit]:
        raise invalid()


def expiry(ordered: Instant, period: int, unit: str) -> Instant:
    """Return when an order ends; a month ends on its last day when it has no such day."""
    start = datetime.fromtimestamp(ordered / 1000, UTC)
    if unit == WEEK:
        end = start + timedelta(weeks=period)
    else:
        years, month = divmod(start.month - 1 + period, 12)
        year, month = start.year + years, month + 1
        end = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
    return round(end.timestamp() * 1000)


def check_spot(strategy: str, duration: int, price: float | None, *, pre_paid: bool) -> None:
    """Raise `InvalidSpotPrepaid`, `InvalidSpotDuration` or `InvalidSpotPriceLimit` unless all fits together.

    A price is above 0, has three decimals at most, and comes with SpotWithPriceLimit.
    """
    if pre_paid:
        raise errors.SPOT_PRE_PAID()
    if not 0 <= duration <= LONGEST_SPOT_DURATION:
        raise errors.SPOT_DURATION()
    if strategy == SPOT_LIMITED and (price is None or price <= 0 or round(price, 3) != price):
        raise errors.SPOT_PRICE()


def check_release(at: Instant, now: Instant) -> None:
    """Raise `InvalidAutoReleaseTime.Malformed` unless an instant is half an hour to three years ahead."""
    if not SOONEST_RELEASE <= at - now <= LATEST_RELEASE:
        raise errors.RELEASE_TIME_MALFORMED()
