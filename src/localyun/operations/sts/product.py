"""Security Token Service."""

from localyun.spec.declare import Product
from localyun.spec.errors import STS_NO_PERMISSION

STS = Product("sts", "2015-04-01", denied=STS_NO_PERMISSION)
