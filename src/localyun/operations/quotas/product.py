"""Quota Center."""

from localyun.spec.declare import Product

QUOTAS = Product("quotas", "2020-05-10")
