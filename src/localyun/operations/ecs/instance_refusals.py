"""What keeps an instance from being started, stopped, rebooted and deleted."""

from localyun.model.encryption import KeyRows
from localyun.model.standing import Condition
from localyun.spec import errors

RELEASING = "StopCharging"
"""The mode of a stop that gives back what the instance was charged for."""

BY_ANOTHER = "it is managed by another product"
"""Why an instance of an account whose instances are managed can't be stopped or deleted."""

STARTING_REFUSED = {
    Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY,
    Condition.EXPIRED: errors.INSTANCE_EXPIRED,
    Condition.ARREARS: errors.INSUFFICIENT_BALANCE,
    Condition.DISKS_EXPIRED: errors.DISK_EXPIRED,
    Condition.NOT_READY: errors.INSTANCE_NOT_READY,
    Condition.REPAIRING: errors.INSTANCE_HOST_REPAIRING,
}
STOPPING_REFUSED = {
    Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY,
    Condition.EXPIRED: errors.INSTANCE_IN_ARREARS,
    Condition.ARREARS: errors.INSTANCE_IN_ARREARS,
}
DELETING_REFUSED = {Condition.LOCKED: errors.INSTANCE_LOCKED_FOR_SECURITY}

START_KEYS = KeyRows(
    errors.KEY_NOT_THERE, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.KEY_UNTAGGED
)
STOP_KEYS = KeyRows(
    errors.STOP_KEY_NOT_FOUND, errors.KEY_NOT_ENABLED, errors.KMS_UNAUTHORIZED, errors.STOP_KEY_UNTAGGED
)
REBOOT_KEYS = KeyRows(
    errors.REBOOT_KEY_NOT_FOUND,
    errors.REBOOT_KEY_NOT_ENABLED,
    errors.REBOOT_KMS_UNAUTHORIZED,
    errors.REBOOT_KEY_UNTAGGED,
)

START_REFUSALS = (
    *STARTING_REFUSED.values(),
    errors.INSTANCE_STATUS,
    errors.INSTANCE_WITHOUT_SYSTEM_DISK,
    errors.INSTANCE_DISK_STATUS,
    *START_KEYS,
    errors.START_SPOT_PRICE,
    errors.ELASTIC_QUOTA,
    errors.START_NO_STOCK,
)
STOP_REFUSALS = (
    *dict.fromkeys(STOPPING_REFUSED.values()),
    errors.INSTANCE_MANAGED,
    errors.INSTANCE_STATUS,
    errors.STOP_CLASSIC,
    errors.STOP_DISK_STATUS,
    errors.STOP_KMS_NOT_OPEN_FOR_KEY,
    errors.KMS_NOT_OPEN,
    *STOP_KEYS,
)
REBOOT_REFUSALS = (
    *dict.fromkeys(STOPPING_REFUSED.values()),
    errors.INSTANCE_STATUS,
    errors.INSTANCE_DISK_STATUS,
    *REBOOT_KEYS,
)
DELETE_REFUSALS = (
    *DELETING_REFUSED.values(),
    errors.INSTANCE_MANAGED,
    errors.INSTANCE_STILL_ORDERED,
    errors.INSTANCE_PROTECTED,
    errors.INSTANCE_INITIALIZING,
    errors.INSTANCE_STATUS,
)
"""What each is refused with, in the order of checking."""
