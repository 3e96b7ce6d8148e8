"""Location."""

from localyun.spec.declare import Product

LOCATION = Product("location", "2015-06-12")
"""Where products are reached."""
