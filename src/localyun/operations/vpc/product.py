"""Virtual Private Cloud."""

from localyun.spec.declare import Product

VPC = Product("vpc", "2016-04-28")
