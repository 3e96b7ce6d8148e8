"""What holds an account or a region back, as the operator of a server sets it: for testing against refusals.

The provider refuses accounts that owe money, and has regions that lack a feature. Nothing that a call does
leads there, so that the operator says so.
"""

from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec


class Condition(StrEnum):
    """Something that holds an account back, whatever it calls."""

    ARREARS = "arrears"
    """It owes money: nothing that costs is made."""
    ABNORMAL = "abnormal"
    """It can't order anything."""
    EXPIRED = "expired"
    """Its instances have expired."""
    DISKS_EXPIRED = "disks-expired"
    """Its disks have expired."""
    NOT_READY = "not-ready"
    """Its instances aren't ready for use."""
    REPAIRING = "repairing"
    """The hosts of its instances are being repaired."""
    MANAGED = "managed"
    """Its instances are managed by another of the provider's products."""
    DEREGISTERED = "deregistered"
    """The enterprise behind it is no longer registered."""
    NO_SNAPSHOTS = "no-snapshots"
    """It hasn't opened the snapshot service."""
    NO_COMMUNITY = "no-community"
    """It doesn't see community images."""
    NOT_AUTHORIZED = "not-authorized"
    """It isn't authorized for what the provider opens account by account."""
    NOT_LISTED = "not-listed"
    """It isn't on the list of those who copy snapshots, name keys for copies, or use disks."""
    NO_KMS = "no-kms"
    """It hasn't opened the key management service."""
    NO_KMS_ACCESS = "no-kms-access"
    """It hasn't given ECS access to its keys."""
    UNTAGGED_KEYS = "untagged-keys"
    """The tag by which ECS knows the keys that it may use was taken off its keys."""
    ENCRYPTED_DISKS = "encrypted-disks"
    """All its new disks are encrypted, whether that is asked for or not."""
    NO_TRANSFER = "no-image-transfer"
    """It is on the list neither of those who import images nor of those who export them."""
    NO_OBJECT_STORAGE = "no-oss"
    """Object storage is closed to it."""
    LOCKED = "locked"
    """Its instances are locked for security reasons."""
    FAILING = "failing"
    """The images and snapshots that it has made fail, a moment later; keys for encrypted copies at once."""
    INVALID = "invalid"
    """It can't order anything until the provider's service has looked at it."""
    LOW_BALANCE = "low-balance"
    """It hasn't the money for what it orders."""
    NO_CREDIT = "no-credit"
    """The agent behind it has no credit left."""
    NO_COUPONS = "no-coupons"
    """Its coupons are used up or have expired."""
    NO_PAYMENT = "no-payment"
    """It has no means of payment."""
    WRONG_PAYMENT = "wrong-payment"
    """Its means of payment isn't taken."""
    RESTRICTED_PAYMENT = "restricted-payment"
    """It may pay only so much."""
    NO_TERMS = "no-terms"
    """It hasn't agreed to the terms of payment."""
    UNPAID = "unpaid"
    """It has an order that is still to be paid."""
    NO_PRICES = "no-prices"
    """It doesn't see what something costs that is paid for in advance."""
    UNIDENTIFIED = "unidentified"
    """Nobody has proved who is behind it."""
    UNVERIFIED = "unverified"
    """Its card isn't verified."""
    RISKY = "risky"
    """It looks as if it were misused."""
    TEST_ONLY = "test-only"
    """It is one of the provider's own for tests, and makes no instances."""
    RESELLER = "reseller"
    """It is a reseller's customer, and can't order at the moment."""
    RESELLER_BANNED = "reseller-banned"
    """Its reseller may not order."""
    OFFICIAL_ONLY = "official-only"
    """It may only order what the provider itself sells by use."""
    NO_USER_DATA = "no-user-data"
    """It may not send user data to new instances."""
    NO_SPOT = "no-spot"
    """It can't order spot instances."""
    NO_SPOT_UID = "no-spot-uid"
    """It isn't among those who may order spot instances."""
    NO_SPOT_PARAMETERS = "no-spot-parameters"
    """It may not say how long a spot instance runs, or for what price."""


class Feature(StrEnum):
    """Something that not every region has; what is about disks, not every zone and family of types either."""

    COPIES = "copies"
    """Copies of images, to it and from it."""
    COPIES_FROM = "copies-from"
    """Copies of images from it to other regions."""
    COPIES_TO = "copies-to"
    """Copies of images from other regions to it."""
    COPIES_WITHIN = "copies-within"
    """Copies of images within it, which it hadn't in former times."""
    FOREIGN_DATA = "foreign-data"
    """Copies to it that comply with the law."""
    IMAGE_TRANSFER = "image-transfer"
    """Import and export of images."""
    IMAGE_FORMATS = "image-formats"
    """Import of images in other formats than RAW."""
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
    CHANGE_OF_SYSTEM = "change-of-system"
    """System disks with Linux that are replaced by ones with Windows, and the other way round."""
    MULTI_ATTACH = "multi-attach"
    """Disks that several instances share."""
    RESIZE_ONLINE = "resize-online"
    """Disks that grow while the instance runs."""
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
    SNAPSHOT_ENCRYPTION = "snapshot-encryption"
    """Encrypted disks made from what isn't encrypted."""
    SHARED_ENCRYPTION = "shared-encryption"
    """Instances made from encrypted images of other accounts."""
    OWN_KEYS = "own-keys"
    """Copies that are encrypted with a key that is named."""
    SM4 = "sm4"
    """Encryption with the algorithm sm4-128."""


class Lack(StrEnum):
    """Something that a region or a zone lacks for new instances."""

    REGION = "region"
    """It is closed."""
    REGION_FORBIDDEN = "region-forbidden"
    """The account may not use it."""
    RATIONED = "rationed"
    """Its resources are rationed."""
    RESOURCES = "resources"
    """There are none left."""
    CLASSIC_NETWORK = "classic-network"
    """Instances are in a VPC."""
    PUBLIC_ADDRESSES = "public-addresses"
    """It isn't reached from the internet."""
    PUBLIC_ADDRESS_STOCK = "public-address-stock"
    """Its addresses in the internet are used up."""
    SALE = "sale"
    """Nothing is sold there any more."""
    OPENING = "opening"
    """It isn't open yet."""
    PERMISSION = "permission"
    """No instances may be made there."""
    VSWITCHES = "vswitches"
    """Its vSwitches take no new instances."""
    TYPE_ON_SALE = "type-on-sale"
    """An instance type isn't sold any more."""
    TYPE_FOR_ALL = "type-for-all"
    """An instance type is for invited accounts."""
    TYPE = "type"
    """An instance type isn't there."""
    TYPE_IN_RANGE = "type-in-range"
    """An instance type is beyond what may be ordered."""
    TYPE_OR_ZONE = "type-or-zone"
    """An instance type or the zone isn't available."""
    STOCK = "stock"
    """Of an instance type there are only so many."""
    POST_PAID = "post-paid"
    """Nothing is sold that is paid for by use."""
    PRE_PAID = "pre-paid"
    """Nothing is sold that is paid for in advance."""
    SPOT_DURATION = "spot-duration"
    """A spot instance has no hour of safety there."""
    SPOT_DURATION_OF_TYPE = "spot-duration-of-type"
    """A spot instance of a type has no hour of safety."""
    SPOT_DURATION_NOW = "spot-duration-now"
    """A spot instance has no hour of safety at the moment."""
    SPOT_PRICE = "spot-price"
    """A spot instance of a type costs so much an hour."""
    CATEGORY = "category"
    """A category of disk isn't there."""
    SYSTEM_CATEGORY = "system-category"
    """A category of disk isn't there for system disks."""
    CATEGORY_FOR_ALL = "category-for-all"
    """A category of system disk is for invited accounts."""
    CATEGORY_ON_SALE = "category-on-sale"
    """A category of disk isn't sold."""
    LEVEL = "level"
    """Disks of a performance level aren't there."""


class Shortage(msgspec.Struct, frozen=True):
    """What a region or a zone lacks: of an instance type, a category or a level, and how many there are.

    `place` and `thing` may contain `*`.
    """

    lack: Lack
    place: str
    thing: str = "*"
    number: float = 0

    @classmethod
    def read(cls, text: str) -> "Shortage":
        """Read one that is written `LACK@PLACE/THING=NUMBER`; thing and number may be left out.

        Raises `ValueError`.
        """
        what, _, number = text.partition("=")
        lack, _, where = what.partition("@")
        place, _, thing = where.partition("/")
        return cls(Lack(lack), place or "*", thing or "*", float(number or 0))

    def holds(self, lack: Lack, places: tuple[str, ...], thing: str) -> bool:
        """Whether it is about this lack, one of the places, and the thing."""
        return (
            self.lack is lack
            and fnmatchcase(thing, self.thing)
            and any(fnmatchcase(place, self.place) for place in places)
        )
