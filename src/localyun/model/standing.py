"""What holds an account or a region back, as the operator of a server sets it: for testing against refusals.

The provider refuses accounts that owe money, and has regions that lack a feature. Nothing that a call does
leads there, so that the operator says so.
"""

from enum import StrEnum


class Condition(StrEnum):
    """Something that holds an account back, whatever it calls."""

    ARREARS = "arrears"
    """It owes money: nothing that costs is made."""
    ABNORMAL = "abnormal"
    """It can't order anything."""
    DEREGISTERED = "deregistered"
    """The enterprise behind it is no longer registered."""
    NO_SNAPSHOTS = "no-snapshots"
    """It hasn't opened the snapshot service."""
    NO_COMMUNITY = "no-community"
    """It doesn't see community images."""
    NOT_AUTHORIZED = "not-authorized"
    """It isn't authorized for what the provider opens account by account."""
    NOT_LISTED = "not-listed"
    """It isn't on the list of those who copy snapshots."""
    LOCKED = "locked"
    """Its instances are locked for security reasons."""
    FAILING = "failing"
    """The images and snapshots that it has made fail, a moment later."""


class Feature(StrEnum):
    """Something that not every region has."""

    COPIES = "copies"
    """Copies of images, to it and from it."""
    COPIES_FROM = "copies-from"
    """Copies of images from it to other regions."""
    COPIES_TO = "copies-to"
    """Copies of images from other regions to it."""
    FOREIGN_DATA = "foreign-data"
    """Copies to it that comply with the law."""
    INSTANT_ACCESS = "instant-access"
    """Snapshots that can be used at once."""
