"""Resource Access Management."""

from localyun.spec.declare import Product
from localyun.spec.errors import RAM_NO_PERMISSION

RAM = Product("ram", "2015-05-01", denied=RAM_NO_PERMISSION)
