"""ActionTrail."""

from localyun.spec.declare import Product

ACTIONTRAIL = Product("actiontrail", "2020-07-06")
