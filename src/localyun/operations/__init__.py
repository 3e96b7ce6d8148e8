"""What the provider's operations do: one folder a product, one module a family.

Importing this package declares them all; `OPERATIONS` finds them.
"""

from localyun.operations.ecs import sharing
from localyun.operations.ecs.product import ECS
from localyun.spec.declare import Registry

__all__ = ["OPERATIONS", "sharing"]

OPERATIONS = Registry.of(ECS)
