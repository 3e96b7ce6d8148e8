"""How much of a thing is emulated; the coverage page and the refusals are made from it."""

from enum import StrEnum


class Support(StrEnum):
    """A level of support, said of an operation or of one of its parameters."""

    FULL = "full"
    """Works as documented."""
    PARTIAL = "partial"
    """Works, with gaps that its description names."""
    ACCEPTED = "accepted"
    """Taken and checked for its shape; has no effect."""
    NONE = "none"
    """Known, not emulated: asking for it is refused by name."""
