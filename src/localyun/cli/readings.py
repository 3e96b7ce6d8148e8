"""What the texts of `localyun serve`'s options mean; what means nothing ends the command with a sentence."""

from typing import TYPE_CHECKING, Annotated

from localyun.cli.output import fail

if TYPE_CHECKING:
    from localyun.model.limits import Limits
    from localyun.model.standing import Feature, Shortage
    from localyun.throttling import Most


def listed(text: str) -> frozenset[str]:
    """Read a list in an option, whose items commas separate."""
    return frozenset(item.strip() for item in text.split(",") if item.strip())


def regions_of(regions: frozenset[str]) -> frozenset[str]:
    """Return these regions, all of which there are."""
    from localyun import catalogue

    if unknown := sorted(region for region in regions if catalogue.region(region) is None):
        fail(f"there is no region {unknown[0]!r}: `localyun call DescribeRegions` lists them")
    return regions


def features_of(text: str) -> "frozenset[tuple[Feature, str]]":
    """Read which regions lack which features."""
    from localyun.model.standing import Feature

    known = {feature.value: feature for feature in Feature}
    pairs = [item.partition("@")[::2] for item in listed(text)]
    if unknown := sorted(name for name, _ in pairs if name not in known):
        fail(f"there is no feature {unknown[0]!r}: there are {', '.join(known)}")
    from localyun import catalogue

    families = {machine.family for machine in catalogue.instance_types()}
    places = {place for _, place in pairs if not (catalogue.zone(place) or place in families)}
    regions_of(frozenset(places))
    return frozenset((known[name], region) for name, region in pairs)


def shortages_of(text: str) -> "tuple[Shortage, ...]":
    """Read what regions and zones lack."""
    from localyun.model.standing import Lack, Shortage

    try:
        return tuple(Shortage.read(item) for item in sorted(listed(text)))
    except ValueError as error:
        fail(f"a shortage is written stock@cn-hangzhou-h/ecs.g7.*=2 ({error}); there are {', '.join(Lack)}")


def limits_of(text: str) -> "Limits":
    """Read the quotas that differ."""
    import msgspec

    from localyun.model.limits import Limits

    given = dict(item.partition("=")[::2] for item in listed(text))
    if unknown := sorted(given.keys() - set(Limits.__struct_fields__)):
        fail(f"there is no limit {unknown[0]!r}: there are {', '.join(Limits.__struct_fields__)}")
    try:
        numbers = msgspec.convert(given, dict[str, Annotated[int, msgspec.Meta(ge=0)]], strict=False)
    except msgspec.ValidationError as error:
        fail(f"a limit is a whole number, from 0: {error}")
    return Limits(**numbers)


def throttle_of(text: str) -> "Most":
    """Read how many calls are let through."""
    if text == "documented":
        return "documented"
    if not (text.isascii() and text.isdigit()):
        fail("--throttle takes a whole number of calls a second, from 0, or the word documented")
    return int(text)


def check_objects(place: str) -> None:
    """Say at the start what is wrong with the place of object storage."""
    if not place:
        return
    from localyun.objects.places import PlaceError, objects_at

    try:
        objects_at(place)
    except PlaceError as error:
        fail(f"--oss: {error}: name a folder, or s3://KEY:SECRET@HOST:PORT")
