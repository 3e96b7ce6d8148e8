"""Security Token Service."""

from localyun.spec.declare import Product

STS = Product("sts", "2015-04-01")
