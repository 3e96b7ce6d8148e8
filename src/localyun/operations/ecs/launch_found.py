"""What a call that makes instances names, found: what they are made of, and where."""

from dataclasses import dataclass

from localyun.catalogue import InstanceType
from localyun.model import Image, SecurityGroup, Snapshot, VSwitch
from localyun.model.access import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The records behind the ids of a call."""

    machine: InstanceType
    image: Image
    relation: Relation
    zone: str
    vswitch: VSwitch | None
    security_groups: tuple[SecurityGroup, ...]
    snapshots: dict[str, Snapshot]

    @property
    def vpc(self) -> str:
        """The VPC, empty for the classic network."""
        return self.vswitch.vpc if self.vswitch else ""
