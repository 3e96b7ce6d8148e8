"""The errors that RunInstances and CreateInstance word differently."""

from typing import NamedTuple

from localyun.model.encryption import CipherRows
from localyun.operations.ecs.encryption import LAUNCH, PlaceRows
from localyun.spec import errors
from localyun.spec.faults import ErrorSpec


class Rows(NamedTuple):
    """One operation's words; each field is one mistake."""

    encryption: CipherRows
    places: PlaceRows
    community_encrypted: ErrorSpec
    zone_without_sharing: ErrorSpec
    region_without_sharing: ErrorSpec
    no_image: ErrorSpec
    market_sale_ended: ErrorSpec
    image_not_bought: ErrorSpec
    role_not_found: ErrorSpec
    image_not_valid: ErrorSpec
    wrong_architecture: ErrorSpec
    cannot_start: ErrorSpec
    windows_on_type: ErrorSpec
    host_name_of_system: ErrorSpec
    security_group_malformed: ErrorSpec
    security_group_not_found: ErrorSpec
    private_ip_malformed: ErrorSpec
    private_ip_outside: ErrorSpec
    private_ip_taken: ErrorSpec
    vswitch_not_found: ErrorSpec
    user_data_malformed: ErrorSpec
    user_data_not_supported: ErrorSpec
    bandwidth_in: ErrorSpec
    bandwidth_out: ErrorSpec
    tags: ErrorSpec
    disk_name_malformed: ErrorSpec
    disk_description_malformed: ErrorSpec
    system_category: ErrorSpec
    system_too_large: ErrorSpec
    system_size_invalid: ErrorSpec
    system_category_not_in_zone: ErrorSpec
    snapshot_failed: ErrorSpec
    snapshot_too_large: ErrorSpec
    renewal: ErrorSpec
    spot_without_zone: ErrorSpec
    spot_price_too_low: ErrorSpec
    no_host: ErrorSpec
    region_forbidden: ErrorSpec
    rationed: ErrorSpec
    zone_closed: ErrorSpec
    zone_not_allowed: ErrorSpec
    vpc_zone: ErrorSpec
    type_beyond: ErrorSpec
    type_or_zone: ErrorSpec
    out_of_stock: ErrorSpec
    no_spot_duration: ErrorSpec
    instance_quota: ErrorSpec
    group_instance_quota: ErrorSpec
    type_quota: ErrorSpec


RUN = Rows(
    encryption=LAUNCH,
    places=PlaceRows(
        zone=errors.ZONE_WITHOUT_SNAPSHOT_ENCRYPTION,
        region=errors.REGION_WITHOUT_SNAPSHOT_ENCRYPTION,
        category=errors.CATEGORY_UNENCRYPTED,
        category_of_snapshot=errors.CATEGORY_OF_SNAPSHOT_ENCRYPTION,
        instance_type=errors.TYPE_WITHOUT_SNAPSHOT_ENCRYPTION,
    ),
    community_encrypted=errors.COMMUNITY_ENCRYPTED,
    zone_without_sharing=errors.ZONE_WITHOUT_SHARED_ENCRYPTION,
    region_without_sharing=errors.REGION_WITHOUT_SHARED_ENCRYPTION,
    no_image=errors.NO_IMAGE_ID,
    market_sale_ended=errors.RUN_MARKET_SALE_ENDED,
    image_not_bought=errors.RUN_IMAGE_NOT_BOUGHT,
    role_not_found=errors.RUN_ROLE_NOT_FOUND,
    image_not_valid=errors.RUN_IMAGE_NOT_VALID,
    wrong_architecture=errors.INSTANCE_TYPE_OF_ARCHITECTURE,
    cannot_start=errors.IMAGE_AND_TYPE_RUN,
    windows_on_type=errors.WINDOWS_ON_TYPE,
    host_name_of_system=errors.RUN_HOST_NAME_OF_SYSTEM,
    security_group_malformed=errors.GROUP_ID_INVALID,
    security_group_not_found=errors.RUN_SECURITY_GROUP_NOT_FOUND,
    private_ip_malformed=errors.RUN_PRIVATE_IP_MALFORMED,
    private_ip_outside=errors.PRIVATE_IP_OUTSIDE,
    private_ip_taken=errors.RUN_PRIVATE_IP_TAKEN,
    vswitch_not_found=errors.LAUNCH_VSWITCH_NOT_FOUND,
    user_data_malformed=errors.RUN_USER_DATA_MALFORMED,
    user_data_not_supported=errors.USER_DATA_OF_CLASSIC,
    bandwidth_in=errors.RUN_BANDWIDTH_IN,
    bandwidth_out=errors.RUN_BANDWIDTH_OUT,
    tags=errors.RUN_TAGS,
    disk_name_malformed=errors.RUN_DISK_NAME_MALFORMED,
    disk_description_malformed=errors.RUN_DISK_DESCRIPTION_MALFORMED,
    system_category=errors.RUN_SYSTEM_DISK_CATEGORY,
    system_too_large=errors.RUN_SYSTEM_DISK_MORE_THAN_MAX,
    system_size_invalid=errors.SYSTEM_DISK_SIZE_MALFORMED,
    system_category_not_in_zone=errors.SYSTEM_CATEGORY_NOT_IN_ZONE,
    snapshot_failed=errors.NEW_DISK_SNAPSHOT_NOT_ALLOWED,
    snapshot_too_large=errors.LAUNCH_SNAPSHOT_LARGER,
    renewal=errors.RUN_RENEWAL,
    spot_without_zone=errors.RUN_SPOT_WITHOUT_ZONE,
    spot_price_too_low=errors.RUN_SPOT_PRICE_TOO_LOW,
    no_host=errors.RUN_NO_HOST,
    region_forbidden=errors.REGION_FORBIDDEN,
    rationed=errors.REGION_CONTROLLED,
    zone_closed=errors.NEW_DISK_ZONE_SOLD_OUT,
    zone_not_allowed=errors.ZONE_NOT_ALLOWED,
    vpc_zone=errors.RUN_VPC_ZONE,
    type_beyond=errors.RUN_TYPE_BEYOND,
    type_or_zone=errors.TYPE_OR_ZONE_DENIED,
    out_of_stock=errors.OUT_OF_STOCK,
    no_spot_duration=errors.RUN_NO_SPOT_DURATION,
    instance_quota=errors.RUN_INSTANCE_QUOTA,
    group_instance_quota=errors.RUN_GROUP_INSTANCE_QUOTA,
    type_quota=errors.RUN_TYPE_QUOTA,
)

CREATE = Rows(
    encryption=LAUNCH._replace(
        key_declined=errors.ENCRYPTED_ILLEGAL,
        received_algorithm=None,
        data_key=errors.CREATE_DATA_KEY_FAILED,
    ),
    places=PlaceRows(
        zone=errors.ALGORITHM_OF_REGION,
        region=errors.ALGORITHM_OF_REGION,
        category=errors.CATEGORY_UNENCRYPTED,
        category_of_snapshot=errors.CATEGORY_OF_ENCRYPTED_SNAPSHOT,
    ),
    community_encrypted=errors.RECEIVED_ENCRYPTED,
    # It takes no key for the system disk, so that it says so before it comes to zones.
    zone_without_sharing=errors.OWN_KEY_FOR_IMAGE,
    region_without_sharing=errors.OWN_KEY_FOR_IMAGE,
    no_image=errors.MISSING_PARAMETER,
    market_sale_ended=errors.IMAGE_REMOVED_FROM_MARKET,
    image_not_bought=errors.CREATE_IMAGE_NOT_BOUGHT,
    role_not_found=errors.LAUNCH_ROLE_NOT_FOUND,
    image_not_valid=errors.CREATE_IMAGE_NOT_VALID,
    wrong_architecture=errors.IMAGE_AND_INSTANCE_TYPE,
    cannot_start=errors.IMAGE_AND_TYPE_CREATE,
    windows_on_type=errors.IMAGE_AND_INSTANCE_TYPE,
    host_name_of_system=errors.CREATE_HOST_NAME_OF_SYSTEM,
    security_group_malformed=errors.SECURITY_GROUP_NOT_FOUND,
    security_group_not_found=errors.SECURITY_GROUP_NOT_FOUND,
    private_ip_malformed=errors.CREATE_PRIVATE_IP_MALFORMED,
    private_ip_outside=errors.PRIVATE_IP_OUTSIDE,
    private_ip_taken=errors.CREATE_PRIVATE_IP_TAKEN,
    vswitch_not_found=errors.LAUNCH_VSWITCH_NOT_FOUND,
    user_data_malformed=errors.CREATE_USER_DATA_MALFORMED,
    user_data_not_supported=errors.CREATE_USER_DATA_NOT_SUPPORTED,
    bandwidth_in=errors.CREATE_BANDWIDTH_IN,
    bandwidth_out=errors.CREATE_BANDWIDTH_OUT,
    tags=errors.CREATE_TAGS,
    disk_name_malformed=errors.CREATE_DISK_NAME_MALFORMED,
    disk_description_malformed=errors.CREATE_DISK_DESCRIPTION_MALFORMED,
    system_category=errors.CREATE_SYSTEM_DISK_CATEGORY,
    system_too_large=errors.SYSTEM_DISK_MORE_THAN_MAX,
    system_size_invalid=errors.CREATE_SYSTEM_SIZE_INVALID,
    system_category_not_in_zone=errors.CATEGORY_NOT_IN_ZONE,
    snapshot_failed=errors.DATA_DISK_SNAPSHOT_NOT_READY,
    snapshot_too_large=errors.CREATE_SNAPSHOT_LARGER,
    renewal=errors.CREATE_RENEWAL,
    spot_without_zone=errors.CREATE_SPOT_WITHOUT_ZONE,
    spot_price_too_low=errors.CREATE_SPOT_PRICE_TOO_LOW,
    no_host=errors.CREATE_NO_HOST,
    region_forbidden=errors.REGION_UNAUTHORIZED_WIDE,
    rationed=errors.NOTHING_AVAILABLE,
    zone_closed=errors.CREATE_ZONE_CLOSED,
    zone_not_allowed=errors.ZONE_NOT_OPEN,
    vpc_zone=errors.CREATE_VPC_ZONE,
    type_beyond=errors.CREATE_TYPE_BEYOND,
    type_or_zone=errors.TYPE_NOT_IN_ZONE,
    out_of_stock=errors.SOLD_OUT,
    no_spot_duration=errors.CREATE_NO_SPOT_DURATION,
    instance_quota=errors.CREATE_INSTANCE_QUOTA,
    group_instance_quota=errors.CREATE_GROUP_INSTANCE_QUOTA,
    type_quota=errors.ELASTIC_QUOTA,
)
