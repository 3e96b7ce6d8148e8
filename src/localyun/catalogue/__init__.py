"""What the provider sells and where: regions, zones, endpoints, instance types, disks, system images.

The facts lie in the JSON files beside this one, each with its source and date.
A file is read when first asked for, once a process, and never on import.
"""

from localyun.catalogue.actions import versions_with
from localyun.catalogue.disks import DiskCategory, SizeRange, disk_categories, disk_category
from localyun.catalogue.images import SystemImage, system_image, system_images
from localyun.catalogue.machines import InstanceType, instance_type, instance_types
from localyun.catalogue.marketplace import MarketplaceImage, is_sold, marketplace_images
from localyun.catalogue.places import (
    DOMAIN,
    Region,
    Zone,
    endpoint,
    is_public,
    region,
    region_for_mark,
    region_of_host,
    regions,
    zone,
)
from localyun.catalogue.policies import SystemPolicy, system_policies
from localyun.catalogue.rates import Rate, rates

__all__ = [
    "DOMAIN",
    "DiskCategory",
    "InstanceType",
    "MarketplaceImage",
    "Rate",
    "Region",
    "SizeRange",
    "SystemImage",
    "SystemPolicy",
    "Zone",
    "disk_categories",
    "disk_category",
    "endpoint",
    "instance_type",
    "instance_types",
    "is_public",
    "is_sold",
    "marketplace_images",
    "rates",
    "region",
    "region_for_mark",
    "region_of_host",
    "regions",
    "system_image",
    "system_images",
    "system_policies",
    "versions_with",
    "zone",
]
