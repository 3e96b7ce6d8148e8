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
    """It isn't on the list of those who copy snapshots, or use disks."""
    LOCKED = "locked"
    """Its instances are locked for security reasons."""
    FAILING = "failing"
    """The images and snapshots that it has made fail, a moment later."""


class Feature(StrEnum):
    """Something that not every region has; what is about disks, not every zone and family of types either."""

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
    DISKS = "disks"
    """New disks."""
    DISK_SALE = "disk-sale"
    """New disks that are paid for."""
    FORCE_ATTACH = "force-attach"
    """Disks that are taken away from an instance in another zone."""
    HOT_PLUG = "hot-plug"
    """Disks that are attached and detached while the instance runs."""
    PL0 = "PL0"
    """Disks of cloud_essd of that performance level."""
    CLOUD = "cloud"
    CLOUD_EFFICIENCY = "cloud_efficiency"
    CLOUD_SSD = "cloud_ssd"
    CLOUD_ESSD = "cloud_essd"
    CLOUD_ESSD_ENTRY = "cloud_essd_entry"
    CLOUD_AUTO = "cloud_auto"
    CLOUD_REGIONAL_DISK_AUTO = "cloud_regional_disk_auto"
    ELASTIC_EPHEMERAL_DISK_STANDARD = "elastic_ephemeral_disk_standard"
    ELASTIC_EPHEMERAL_DISK_PREMIUM = "elastic_ephemeral_disk_premium"
    """Disks of the category."""
