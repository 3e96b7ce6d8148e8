"""Resource names, as far as snapshots need them: of places to keep them in, and of roles to copy them by."""

import re

_CLOUD_BOX = re.compile(r"arn:acs:cloudbox:([a-z0-9-]+):\d+:cloudbox/cb-\w+")
_ROLE = re.compile(r"acs:ram::\d+:role/[\w.-]+")


def region_of_cloud_box(arn: str) -> str | None:
    """Return the region in the name of a CloudBox, or None if it is no such name."""
    found = _CLOUD_BOX.fullmatch(arn)
    return found and found[1]


def is_role(arn: str) -> bool:
    """Whether a text is the resource name of a role."""
    return _ROLE.fullmatch(arn) is not None
