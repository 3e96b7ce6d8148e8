"""A machine: a folder with what QEMU and we need to find each other, whichever of us was restarted."""

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from secrets import token_bytes, token_hex

from localyun.compute.qemu.accelerator import QEMU, accelerator
from localyun.compute.qemu.command import NET, Drive, Layer, MachineSpec, Opening, command_line, device
from localyun.compute.qemu.metadata import Metadata
from localyun.compute.qemu.network import Forward
from localyun.compute.qemu.processes import Process
from localyun.compute.qemu.qmp import Failed, Monitor, connect

__all__ = ["Drive", "Failed", "Layer", "Machine", "MachineSpec"]

SECONDS_TO_START = 60.0
SECONDS_TO_QUIT = 5.0
SECONDS_TO_UNPLUG = 20.0
LONGEST_LOG = 1024 * 1024
"""What is kept of a guest's console, at least; half of it at the moment when the older half goes."""
_FORWARDED = re.compile(r"(TCP|UDP)\[HOST_FORWARD\]\s+\S+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)")


class Machine:
    """The machine whose folder this is. Making the object asks and changes nothing."""

    def __init__(self, folder: Path) -> None:
        """Speak of the machine in this folder, running or not."""
        self.folder = folder
        self._process = Process(folder / "pid")

    @classmethod
    def all(cls, root: Path) -> Iterator["Machine"]:
        """All machines whose folders are in this one."""
        if root.is_dir():
            yield from (cls(folder) for folder in sorted(root.iterdir()) if folder.is_dir())

    # What is true of it.

    @property
    def running(self) -> bool:
        """Whether there is a process, be the guest up or paused."""
        return self._process.pid is not None

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it took since it was started."""
        return self._process.cpu_seconds

    def status(self) -> str | None:
        """What QEMU calls its state, such as `running` or `paused`; None if it doesn't run."""
        if not self.running:
            return None
        try:
            with self._monitor() as monitor:
                return str(monitor("query-status")["status"])
        except Failed:
            if self.stopped(0):
                return None
            raise

    def stopped(self, within: float) -> bool:
        """Wait until it is off, at most so many seconds, and return whether it is."""
        return self._process.ended(within)

    # On and off.

    def write_metadata(self, metadata: Metadata) -> None:
        """Let the guest read this from now on. Tokens that it has stay good."""
        self._make_folder()
        secret = self.folder / "secret"
        if not secret.exists():
            self._write("secret", token_bytes(32))
        self._write("metadata.json", metadata.document(secret.read_bytes()))

    def start(self, spec: MachineSpec, forwards: Iterable[Forward] = ()) -> frozenset[Forward]:
        """Make the machine and let it run; return those ports that couldn't be opened.

        It goes on when we end. When this returns it runs; the guest takes its time to be up.
        """
        self._make_folder()
        self._trim_log()
        openings = [Opening(drive.layers) for drive in spec.drives]
        with contextlib.ExitStack() as stack:
            keys = {name: _pipe(key, stack) for one in openings for name, key in one.secrets.items()}
            files = {name: f"/dev/fd/{number}" for name, number in keys.items()}
            metadata = self.folder / "metadata.json"
            self._launch(command_line(spec, openings, files, metadata, accelerator()), keys.values())
        try:
            with self._monitor() as monitor:
                refused = _forward(monitor, frozenset(forwards))
                monitor("cont")
        except Failed:
            self.kill()
            raise
        return refused

    def power_button(self) -> None:
        """Press it; what the guest does then is its own affair."""
        with self._monitor() as monitor:
            monitor("system_powerdown")

    def shutdown(self, within: float) -> None:
        """Press the power button, and pull the plug if the guest isn't off after so many seconds."""
        with contextlib.suppress(Failed):
            self.power_button()
        if not self.stopped(within):
            self.kill()

    def kill(self) -> None:
        """Pull the plug. What the guest wrote to its disks until now is in their files."""
        if not self.running:
            return
        with contextlib.suppress(Failed), Monitor(self._socket, SECONDS_TO_QUIT) as monitor:
            monitor("quit")
        if not self.stopped(SECONDS_TO_QUIT):
            self._process.kill()
            if not self.stopped(SECONDS_TO_QUIT):
                raise Failed("The machine's process can't be ended.")

    def reset(self) -> None:
        """Push the reset button."""
        with self._monitor() as monitor:
            monitor("system_reset")

    def pause(self) -> None:
        """Let the guest stand still."""
        with self._monitor() as monitor:
            monitor("stop")

    def resume(self) -> None:
        """Let the guest go on."""
        with self._monitor() as monitor:
            monitor("cont")

    def remove(self) -> None:
        """Pull the plug, and leave nothing of the machine but its disks."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Disks.

    def snapshot(self, layers: Mapping[str, Layer]) -> None:
        """Write to new layers from now on, for all these disks at the same moment.

        Each layer is a file that exists, is empty and is based on what was written to until now.
        """
        with self._monitor() as monitor:
            present = _nodes(monitor)
            openings = {disk: Opening((layer,)) for disk, layer in layers.items()}
            added: list[Opening] = []
            try:
                for opening in openings.values():
                    _add(monitor, opening, backing=None)
                    added.append(opening)
                actions = [
                    {
                        "type": "blockdev-snapshot",
                        "data": {"node": present[Drive(disk, ()).device], "overlay": opening.name},
                    }
                    for disk, opening in openings.items()
                ]
                monitor("transaction", actions=actions)
            except (Failed, KeyError) as problem:
                for opening in added:
                    _take(monitor, opening.name)
                if isinstance(problem, KeyError):
                    raise Failed(f"The machine has no {problem.args[0]}.") from problem
                raise

    def attach(self, drive: Drive) -> None:
        """Plug in a disk."""
        opening = Opening(drive.layers)
        with self._monitor() as monitor:
            _add(monitor, opening)
            try:
                monitor.run({"execute": "device_add", "arguments": device(drive, opening.name)})
            except Failed:
                _take(monitor, opening.name)
                raise

    def detach(self, disk: str, within: float = SECONDS_TO_UNPLUG) -> None:
        """Unplug a disk, which the guest has to agree to."""
        name = Drive(disk, ()).device
        with self._monitor() as monitor:
            if (node := _nodes(monitor).get(name)) is None:
                raise Failed(f"The machine has no {name}.")
            monitor("device_del", id=name)
            monitor.wait_for("DEVICE_DELETED", within, device=name)
            _take(monitor, node)

    def resize(self, disk: str, size: int) -> None:
        """Make a disk larger, in bytes; the guest sees it at once."""
        with self._monitor() as monitor:
            if (node := _nodes(monitor).get(Drive(disk, ()).device)) is None:
                raise Failed(f"The machine has no {Drive(disk, ()).device}.")
            monitor("block_resize", node_name=node, size=size)

    def files(self) -> dict[str, Path]:
        """The file that each disk is written to now, by the disk's id."""
        with self._monitor() as monitor:
            named = {
                one["node-name"]: _file(one["image"]["filename"])
                for one in monitor("query-named-block-nodes", flat=True)
                if one.get("node-name") and "filename" in one.get("image", {})
            }
            return {device.removeprefix("disk-"): named[node] for device, node in _nodes(monitor).items()}

    # The world outside.

    def forward(self, forwards: Iterable[Forward]) -> frozenset[Forward]:
        """Lead these ports to the machine and no others; return those that couldn't be opened."""
        with self._monitor() as monitor:
            return _forward(monitor, frozenset(forwards))

    def console(self, limit: int = 65536) -> bytes:
        """The last of what the guest said on its serial console, now and before it was last started."""
        self._trim_log()
        try:
            with (self.folder / "serial.log").open("rb") as log:
                log.seek(max(log.seek(0, os.SEEK_END) - limit, 0))
                return log.read(limit)
        except FileNotFoundError:
            return b""

    def serial(self) -> socket.socket:
        """A connection to the serial console, which one can have at a time."""
        try:
            return connect(self.folder / "serial.sock")
        except OSError as problem:
            raise Failed("The machine's serial console can't be reached.") from problem

    def screenshot(self) -> bytes:
        """What is on the screen, as PNG."""
        picture = self.folder / f"screen-{token_hex(4)}.png"
        try:
            with self._monitor() as monitor:
                monitor("screendump", filename=str(picture), format="png")
            return picture.read_bytes()
        finally:
            picture.unlink(missing_ok=True)

    @property
    def _socket(self) -> Path:
        return self.folder / "qmp.sock"

    def _monitor(self) -> Monitor:
        if not self.running:
            raise Failed("The machine isn't running.")
        return Monitor(self._socket)

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in its place, whole or not at all; only we may read it."""
        new = self.folder / f".{name}.{token_hex(4)}"
        new.touch(mode=0o600)
        new.write_bytes(content)
        new.rename(self.folder / name)

    def _launch(self, command: list[str], keys: Iterable[int]) -> None:
        """Run QEMU, which detaches itself once it has made the machine."""
        if self.running:
            raise Failed("The machine is running.")
        if not (self.folder / "metadata.json").exists():
            raise Failed("The machine has no metadata.")
        problem = ""
        try:
            with (self.folder / "qemu.log").open("wb") as log:
                status = subprocess.run(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=tuple(keys),
                    start_new_session=True,
                    timeout=SECONDS_TO_START,
                    check=False,
                ).returncode
        except FileNotFoundError:
            problem = f"{QEMU} isn't installed; it comes with the package qemu-system-x86."
        except subprocess.TimeoutExpired:
            problem = f"QEMU didn't make the machine within {SECONDS_TO_START:.0f} seconds."
            self._process.kill()
        else:
            if status:
                said = (self.folder / "qemu.log").read_text(errors="replace").strip()
                problem = f"QEMU didn't make the machine: {said or f'exit status {status}'}."
        if problem:
            raise Failed(problem)

    def _trim_log(self) -> None:
        """Keep the newer part of a long console log. QEMU appends, so it goes on behind it."""
        log = self.folder / "serial.log"
        with contextlib.suppress(FileNotFoundError), log.open("r+b") as file:
            if (size := file.seek(0, os.SEEK_END)) > 2 * LONGEST_LOG:
                file.seek(size - LONGEST_LOG)
                rest = file.read()
                file.seek(0)
                file.write(rest)
                file.truncate()


def _pipe(key: bytes, stack: contextlib.ExitStack) -> int:
    """A pipe from which a key can be read once: neither arguments nor files show it."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(key)
    return reading


def _file(name: str) -> Path:
    """The file that QEMU names: by JSON, where it was told more of it than the file says itself."""
    return Path(
        json.loads(name.removeprefix("json:"))["file"]["filename"] if name.startswith("json:") else name
    )


def _nodes(monitor: Monitor) -> dict[str, str]:
    """The node that each disk's device writes to, by the device's name."""
    return {
        one["qdev"].split("/")[3]: one["inserted"]["node-name"]
        for one in monitor("query-block")
        if one.get("inserted") and one.get("qdev", "").startswith("/machine/peripheral/")
    }


def _add(monitor: Monitor, opening: Opening, **more: None) -> None:
    """Open the files of a drive. With `backing=None` what a file is based on isn't opened with it."""
    made: list[str] = []
    try:
        for name, key in opening.secrets.items():
            data = base64.b64encode(key).decode()
            monitor("object-add", qom_type="secret", id=name, data=data, format="base64")
            made.append(name)
        monitor.run({"execute": "blockdev-add", "arguments": opening.node | more})
    except Failed:
        for name in made:
            monitor("object-del", id=name)
        raise


def _take(monitor: Monitor, node: str) -> None:
    """Close the files of a drive, and forget its keys."""
    monitor("blockdev-del", node_name=node)
    for one in monitor("qom-list", path="/objects"):
        if one["name"] == f"{node}.key" or re.fullmatch(re.escape(node) + r"\.\d+\.key", one["name"]):
            monitor("object-del", id=one["name"])


def _forward(monitor: Monitor, wanted: frozenset[Forward]) -> frozenset[Forward]:
    present = {
        Forward("tcp" if kind == "TCP" else "udp", address, int(port), int(guest_port))
        for kind, address, port, guest_port in _FORWARDED.findall(monitor.typed("info usernet"))
    }
    for forward in present - wanted:
        monitor.typed(f"hostfwd_remove {NET} {forward.listening}")
    return frozenset(
        forward
        for forward in sorted(wanted - present)
        if monitor.typed(f"hostfwd_add {NET} {forward.rule}").strip()
    )
