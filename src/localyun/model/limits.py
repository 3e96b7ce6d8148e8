"""How many of each thing there may be: the provider's published quotas."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Quotas. Source: ECS, VPC and RAM "Limits" and Quota Center.

    Those for images, instances and disks aren't published, and are large here.
    """

    shares_per_image: int = 50
    shared_images_per_account: int = 10_000
    images_per_account: int = 1_000
    images_per_family: int = 1_000
    image_families_per_region: int = 1_000
    copies_at_once: int = 5
    """How many copies of an account's images are made in a region at once; further ones wait."""
    copied_image_size: int = 600_000
    """In GiB, all disks together."""
    snapshots_per_disk: int = 256
    snapshots_per_region: int = 1_000_000
    snapshots_under_way: int = 1_000
    """How many of an account's snapshots are made in a region at once."""
    snapshots_under_way_per_disk: int = 1
    exports_at_once: int = 10
    """How many of an account's images are exported in a region at once; not published, nor is the next."""
    exports_per_week: int = 500
    data_disks_per_instance: int = 16
    instances_per_region: int = 10_000
    instances_per_vpc: int = 60_000
    instances_per_security_group: int = 2_000
    instances_per_type: int = 10_000
    """In a region, of one instance type."""
    instances_per_enterprise_group: int = 65_536
    vcpus_per_region: int = 100_000
    internet_bandwidth_per_region: int = 1_000_000
    """In Mbit/s, all instances together."""
    security_groups_per_instance: int = 5
    rules_per_interface: int = 1_000
    portable_disks_per_region: int = 10_000
    """Disks that outlive their instance."""
    disk_capacity_per_instance: int = 600_000
    """In GiB, of one category."""
    prepaid_data_disk_capacity: int = 1_000_000_000
    """In GiB, of data disks that are paid for in advance."""
    key_pairs_per_region: int = 500
    disks_per_region: int = 100_000
    disk_capacity_per_region: int = 1_000_000_000
    """In GiB, of an account's data disks together."""
    disk_capacity_per_zone: int = 1_000_000_000
    """In GiB, of an account's disks of one category together."""
    instances_per_disk: int = 16
    """How many instances share a disk."""
    disks_attaching_at_once: int = 16
    """To one instance."""
    disks_detaching_at_once: int = 16
    """From one instance."""
    tags_per_resource: int = 20
    keys_per_region: int = 200
    vpcs_per_region: int = 10
    eips_per_region: int = 20
    vswitches_per_vpc: int = 150
    security_groups_per_region: int = 100
    rules_per_security_group: int = 200
    group_rules_per_security_group: int = 20
    users_per_account: int = 1_000
    keys_per_user: int = 2
    roles_per_account: int = 1_000
    policies_per_account: int = 1_500
    custom_policies_per_identity: int = 10
    system_policies_per_identity: int = 20
