"""The conditions of policies: an operator, a key, and the values it is compared with.

Source: "Policy elements" of RAM, "Condition operators" (2025). A condition on several values holds when one
of them fits, and a negated one when none does. When nothing is known of the key, only negated conditions and
those with `IfExists` hold.
"""

import ipaddress
import operator as op
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from localyun.model.globs import any_of

Facts = Callable[[str], str | None]
"""What is known of a call: the value of a condition's key, or None."""

IF_EXISTS = "IfExists"


class ConditionError(ValueError):
    """A condition that can't be understood."""


class Condition(NamedTuple):
    """A condition, ready to be asked."""

    key: str
    fits: Callable[[str], bool]
    negated: bool
    if_exists: bool

    def holds(self, facts: Facts) -> bool:
        """Whether it is met; a value that isn't of the operator's type fits nothing."""
        value = facts(self.key)
        if value is None:
            return self.negated or self.if_exists
        try:
            return self.fits(value) is not self.negated
        except (ValueError, OverflowError):
            return self.negated


def condition(operator: str, key: str, values: list[str]) -> Condition:
    """Return a condition, or raise `ConditionError` when the operator or a value can't be understood."""
    name = operator.removesuffix(IF_EXISTS)
    if name not in OPERATORS:
        raise ConditionError(f"{operator!r} is no condition operator")
    if not values:
        raise ConditionError(f"{operator} of {key!r} has no value")
    make, negated = OPERATORS[name]
    try:
        fits = make(values)
    except (ValueError, OverflowError):
        raise ConditionError(f"a value of {key!r} doesn't suit {operator}") from None
    return Condition(key, fits, negated, operator.endswith(IF_EXISTS))


Make = Callable[[list[str]], Callable[[str], bool]]


def _equal(values: list[str]) -> Callable[[str], bool]:
    return frozenset(values).__contains__


def _equal_ignoring_case(values: list[str]) -> Callable[[str], bool]:
    wanted = frozenset(value.casefold() for value in values)
    return lambda value: value.casefold() in wanted


def _bool(values: list[str]) -> Callable[[str], bool]:
    wanted = {value.lower() for value in values}
    if wanted - {"true", "false"}:
        raise ValueError("neither true nor false")
    return lambda value: value.lower() in wanted


def _compared(read: Callable[[str], Any], holds: Callable[[Any, Any], bool]) -> Make:
    def make(values: list[str]) -> Callable[[str], bool]:
        wanted = [read(value) for value in values]

        def fits(value: str) -> bool:
            known = read(value)
            return any(holds(known, one) for one in wanted)

        return fits

    return make


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _within(values: list[str]) -> Callable[[str], bool]:
    networks = [ipaddress.ip_network(value, strict=False) for value in values]

    def fits(value: str) -> bool:
        address = _address(value)
        return any(address in network for network in networks)

    return fits


@lru_cache(1024)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address; one of version 4 that is written as one of version 6 is the former."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _comparisons(kind: str, read: Callable[[str], Any]) -> dict[str, tuple[Make, bool]]:
    return {
        f"{kind}Equals": (_compared(read, op.eq), False),
        f"{kind}NotEquals": (_compared(read, op.eq), True),
        f"{kind}LessThan": (_compared(read, op.lt), False),
        f"{kind}LessThanEquals": (_compared(read, op.le), False),
        f"{kind}GreaterThan": (_compared(read, op.gt), False),
        f"{kind}GreaterThanEquals": (_compared(read, op.ge), False),
    }


OPERATORS: dict[str, tuple[Make, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (any_of, False),
    "StringNotLike": (any_of, True),
    **_comparisons("Numeric", float),
    **_comparisons("Date", _instant),
    "Bool": (_bool, False),
    "IpAddress": (_within, False),
    "NotIpAddress": (_within, True),
}
"""Each operator: what makes the test of its values, and whether it holds where that doesn't."""
