"""What QEMU runs guests with: the processor itself where KVM works, else an emulation of it."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from localyun.compute.qemu.qmp import Failed, Monitor

QEMU = "qemu-system-x86_64"
DEVICE = Path("/dev/kvm")
KVM, TCG = "kvm", "tcg"
SECONDS = 10.0


@cache
def accelerator(device: Path = DEVICE, qemu: str = QEMU) -> str:
    """Return `kvm` if a virtual machine can be made with it, else `tcg`; found out once.

    That there is a device doesn't mean that it works: inside other virtual machines QEMU may open it and then
    fail to set up a processor. So one is set up, and never run.
    """
    return KVM if device.exists() and _works(qemu) else TCG


def _works(qemu: str) -> bool:
    with TemporaryDirectory(prefix="localyun-kvm-") as folder:
        command = (
            f"{qemu} -accel kvm -cpu host -machine pc -m 16 -nodefaults -display none -S -daemonize".split()
        )
        command += ["-qmp", "unix:qmp.sock,server=on,wait=off", "-pidfile", "pid"]
        try:
            subprocess.run(
                command,
                cwd=folder,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=True,
            )
            with Monitor(Path(folder, "qmp.sock"), SECONDS) as monitor:
                enabled = bool(monitor("query-kvm")["enabled"])
                monitor("quit")
        except (OSError, subprocess.SubprocessError, Failed):
            return False
        return enabled
