"""What a machine consists of, and the command line that makes QEMU build it."""

import json
import shlex
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from localyun.compute.qemu import metadata_service
from localyun.compute.qemu.accelerator import KVM, QEMU
from localyun.compute.qemu.metadata import SERVICE
from localyun.compute.qemu.network import GUEST, NETWORK

MANUFACTURER, PRODUCT = "Alibaba Cloud", "Alibaba Cloud ECS"
"""What guests know the provider by: cloud-init's data source asks for the product."""
NET = "net0"
_IDS = uuid.UUID("7f5e2f83-8e1c-4b0e-9a55-6c1d2d1c6f11")


@dataclass(frozen=True, slots=True)
class Layer:
    """A qcow2 file; `key` is the passphrase if its contents are encrypted."""

    path: Path
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Drive:
    """A disk: what is written to comes first, below it what that is based on.

    Without encryption the first layer is enough: QEMU follows the names in the files. With it, each layer has
    to be told.
    """

    id: str
    layers: tuple[Layer, ...]
    serial: str = ""

    @property
    def device(self) -> str:
        """The name of the device that the guest sees."""
        return f"disk-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """A machine: `memory` in MiB, of the drives the first one boots."""

    id: str
    memory: int
    cpus: int = 1
    drives: tuple[Drive, ...]
    mac: str
    serial_number: str
    online: bool = False
    """Whether the guest reaches the internet, and with it whatever listens on this computer."""


class Opening:
    """How a drive is opened: a node of QEMU's for each layer, and a secret for each key."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        """Give the topmost node a name that none had before, and name those below after it."""
        self.name = f"n{token_hex(8)}"
        self.secrets: dict[str, bytes] = {}
        self.node = self._node(layers, 0)

    def _node(self, layers: tuple[Layer, ...], depth: int) -> dict[str, Any]:
        layer, below = layers[depth], layers[depth + 1 :]
        name = f"{self.name}.{depth}" if depth else self.name
        node: dict[str, Any] = {
            "driver": "qcow2",
            "node-name": name,
            "discard": "unmap",
            "file": {"driver": "file", "filename": str(layer.path)},
        }
        if layer.key is not None:
            self.secrets[f"{name}.key"] = layer.key
            node["encrypt"] = {"format": "luks", "key-secret": f"{name}.key"}
        if below:
            node["backing"] = self._node(layers, depth + 1)
        if depth:
            node["read-only"] = True
        return node


def device(drive: Drive, node: str) -> dict[str, Any]:
    """The device that shows a drive to the guest."""
    return {"driver": "virtio-blk-pci", "id": drive.device, "drive": node, "serial": drive.serial[:20]}


def command_line(
    spec: MachineSpec, openings: list[Opening], secrets: dict[str, str], metadata: Path, accelerator: str
) -> list[str]:
    """Return the command that makes the machine, paused. `secrets` are files from which keys are read."""
    emulated = [] if accelerator == KVM else ["-cpu", "max"]
    arguments = [
        *(QEMU, "-name", f"guest={spec.id}", "-uuid", str(uuid.uuid5(_IDS, spec.id))),
        *("-machine", "pc,usb=off", "-accel", accelerator, *(emulated or ["-cpu", "host"])),
        *("-m", f"{spec.memory}M", "-smp", str(spec.cpus), "-rtc", "base=utc"),
        *("-nodefaults", "-no-user-config", "-boot", "strict=on,menu=off", "-S", "-daemonize"),
        *("-sandbox", "on,obsolete=deny,resourcecontrol=deny"),
        *("-display", "none", "-device", "VGA"),
        *("-smbios", f"type=1,manufacturer={MANUFACTURER},product={PRODUCT},serial={spec.serial_number}"),
        *("-chardev", "socket,id=serial,path=serial.sock,server=on,wait=off,logfile=serial.log,logappend=on"),
        *("-serial", "chardev:serial", "-qmp", "unix:qmp.sock,server=on,wait=off", "-pidfile", "pid"),
        *("-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng"),
        *("-netdev", _network(spec, metadata)),
        *("-device", f"virtio-net-pci,netdev={NET},mac={spec.mac},romfile="),
    ]
    for name, path in secrets.items():
        arguments += ["-object", f"secret,id={name},file={path}"]
    for number, (drive, opening) in enumerate(zip(spec.drives, openings, strict=True), start=1):
        arguments += ["-blockdev", json.dumps(opening.node)]
        arguments += ["-device", json.dumps(device(drive, opening.name) | {"bootindex": number})]
    return arguments


def _network(spec: MachineSpec, metadata: Path) -> str:
    """A network of the guest's own, with the metadata service in it, one process for each connection."""
    service = shlex.join([sys.executable, "-I", "-S", str(metadata_service.__file__), str(metadata)])
    return ",".join(
        [
            f"user,id={NET},net={NETWORK},dhcpstart={GUEST}",
            f"restrict={'off' if spec.online else 'on'}",
            f"guestfwd=tcp:{SERVICE}:80-cmd:{service.replace(',', ',,')}",
        ]
    )
