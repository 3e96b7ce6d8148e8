"""Key Management Service."""

from localyun.spec.declare import Product

KMS = Product("kms", "2016-01-20", region_by_address=True)
