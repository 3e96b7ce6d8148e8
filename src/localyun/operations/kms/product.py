"""Key Management Service."""

from localyun.spec import errors
from localyun.spec.declare import Product

KMS = Product("kms", "2016-01-20", region_by_address=True, denied=errors.KMS_NO_PERMISSION)
