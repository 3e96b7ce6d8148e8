"""What the provider's operations do: one folder a product, one module a family.

Importing this package declares them all; `OPERATIONS` finds them.
"""

from localyun.operations.actiontrail import events
from localyun.operations.actiontrail.product import ACTIONTRAIL
from localyun.operations.ecs import (
    account_attributes,
    available_resources,
    copy_image,
    copy_snapshot,
    create_disk,
    create_image,
    create_instance,
    describe_disks,
    describe_images,
    describe_instances,
    describe_snapshots,
    disk_attachments,
    disk_contents,
    disks,
    export_image,
    image_copies,
    image_families,
    images,
    import_image,
    instance_attributes,
    instance_batches,
    instance_details,
    instance_roles,
    instance_types,
    instance_upkeep,
    instances,
    key_pair_instances,
    key_pairs,
    modify_instance_attribute,
    modify_instance_spec,
    network_interfaces,
    older_tags,
    regions,
    replace_system_disk,
    reset_disk,
    resize_disk,
    run_instances,
    security_group_members,
    security_group_rules,
    security_groups,
    sharing,
    snapshot_attributes,
    snapshots,
    tags,
    tasks,
)
from localyun.operations.ecs.product import ECS
from localyun.operations.kms import aliases, key_states, key_tags, keys
from localyun.operations.kms.product import KMS
from localyun.operations.location import endpoints
from localyun.operations.location.product import LOCATION
from localyun.operations.quotas import applications, product_quotas
from localyun.operations.quotas.product import QUOTAS
from localyun.operations.ram import access_keys, attachments, policies, roles, users
from localyun.operations.ram.product import RAM
from localyun.operations.sts import assume_role, identity
from localyun.operations.sts.product import STS
from localyun.operations.vpc import (
    describe_eips,
    eips,
    network_tags,
    route_tables,
    routers,
    vpc_attributes,
    vpcs,
    vswitch_attributes,
    vswitches,
)
from localyun.operations.vpc.product import VPC
from localyun.spec.declare import Registry

OPERATIONS = Registry.of(
    ECS,
    VPC,
    STS,
    KMS,
    RAM,
    QUOTAS,
    ACTIONTRAIL,
    LOCATION,
)
