"""How fast an account may call an operation in one region, where that is published."""

from functools import cache

from localyun.catalogue.files import DataFile, Entry, read


class Rate(Entry, frozen=True, kw_only=True):
    """So many calls in so many seconds."""

    product: str
    operation: str
    calls: int
    seconds: int


class _Rates(DataFile, frozen=True, kw_only=True):
    rates: list[Rate]


@cache
def rates() -> dict[tuple[str, str], Rate]:
    """The published rates, by product and operation."""
    return {(rate.product, rate.operation): rate for rate in read("rates.json", _Rates).rates}
