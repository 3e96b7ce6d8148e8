"""Resource Access Management."""

from localyun.spec.declare import Product

RAM = Product("ram", "2015-05-01")
