"""Regions, their zones, and the public address of each product in them."""

from functools import cache

from localyun.catalogue.files import DataFile, Entry, read

DEFAULT_REGION = "cn-hangzhou"
"""Where a call goes that names no region by any means."""

DOMAIN = "aliyuncs.com"
"""All of the provider's API hosts are below this domain."""


class Zone(Entry, frozen=True, kw_only=True):
    """A part of a region that fails on its own."""

    id: str
    region: str
    local_name: str
    local_name_en: str


class Region(Entry, frozen=True, kw_only=True):
    """A place where the provider has data centres.

    `id_mark` stands in the ids of the region's resources: `m-bp1…` is an image in cn-hangzhou.
    `invented` names the fields that no public page shows and that are therefore our own.
    """

    id: str
    local_name: str
    local_name_en: str
    city: str
    city_en: str
    id_mark: str
    zone_letters: str
    invented: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """The public address of ECS in the region."""
        return _endpoints()["ecs"][self.id]

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The region's zones, by letter."""
        # After a digit the letter follows at once: cn-hangzhou-h, but ap-southeast-1a.
        stem = self.id if self.id[-1].isdigit() else f"{self.id}-"
        return tuple(
            Zone(
                id=f"{stem}{letter}",
                region=self.id,
                local_name=f"{self.city} 可用区{letter.upper()}",
                local_name_en=f"{self.city_en} Zone {letter.upper()}",
            )
            for letter in self.zone_letters
        )


class _Regions(DataFile, frozen=True, kw_only=True):
    regions: tuple[Region, ...]


class _Endpoints(DataFile, frozen=True, kw_only=True):
    products: dict[str, dict[str, str]]


@cache
def regions() -> tuple[Region, ...]:
    """Every region that has an ECS endpoint, in the provider's order."""
    return read("regions.json", _Regions).regions


def region(region_id: str) -> Region | None:
    """The region of that id."""
    return _regions_by_id().get(region_id)


def region_of_host(host: str) -> str:
    """The region whose product an address stands for (`kms.cn-beijing.aliyuncs.com`), or the default one."""
    labels = host.partition(":")[0].split(".")
    return next((label for label in labels if region(label)), DEFAULT_REGION)


def is_public(host: str) -> bool:
    """Whether a host, with or without a port, is one of the provider's API hosts."""
    return f".{host.partition(':')[0].lower()}".endswith(f".{DOMAIN}")


def region_for_mark(mark: str) -> Region | None:
    """The region whose resources carry that mark in their ids."""
    return _regions_by_mark().get(mark)


def zone(zone_id: str) -> Zone | None:
    """The zone of that id, in whichever region."""
    return _zones_by_id().get(zone_id)


def endpoint(product: str, region_id: str) -> str | None:
    """The public address of a product (`ecs`, `vpc`, `sts`, …) in a region."""
    return _endpoints().get(product, {}).get(region_id)


@cache
def _regions_by_id() -> dict[str, Region]:
    return {entry.id: entry for entry in regions()}


@cache
def _regions_by_mark() -> dict[str, Region]:
    return {entry.id_mark: entry for entry in regions()}


@cache
def _zones_by_id() -> dict[str, Zone]:
    return {entry.id: entry for place in regions() for entry in place.zones}


@cache
def _endpoints() -> dict[str, dict[str, str]]:
    return read("endpoints.json", _Endpoints).products
