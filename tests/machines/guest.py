"""A tiny Linux as a disk image: Debian's kernel, busybox, dropbear, scp, with nothing mounted on the way."""

import gzip
import lzma
import os
import re
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent / "guest"
UNPACKED = Path.home() / ".cache/localyun/guest"
"""Where `make test` unpacks a kernel on a CI machine."""
MODULES = ("virtio_pci", "virtio_blk", "virtio_net", "ext4", "crc32c_generic", "button", "evdev")
PROGRAMS = (Path("/usr/sbin/dropbear"), Path("/usr/bin/scp"))
"""What lets people in, and what takes the files that they bring."""
MASTER_BOOT_RECORD = Path("/usr/lib/syslinux/mbr/mbr.bin")
TOOLS = {
    "busybox": "busybox-static",
    "dropbear": "dropbear-bin",
    "mcopy": "mtools",
    "mke2fs": "e2fsprogs",
    "qemu-img": "qemu-utils",
    "qemu-system-x86_64": "qemu-system-x86",
    "scp": "openssh-client",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "syslinux": "syslinux",
}
"""What is needed on the way, and Debian's package with it."""
MIB = 1024 * 1024
BOOT_START, BOOT_SIZE, ROOT_SIZE = 1 * MIB, 20 * MIB, 42 * MIB
FOLDERS = (
    *("bin", "dev", "etc/acpi/PWRF", "etc/dropbear", "proc", "root/.ssh", "run", "sys", "tmp", "usr/bin"),
    *("usr/sbin", "var/log", "var/run"),
)
FAT16_LBA, LINUX = 0x0E, 0x83


def missing() -> list[str]:
    """Return the packages of Debian that have to be installed before an image can be made."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    packages = {package for tool, package in TOOLS.items() if not shutil.which(tool, path=path)}
    if not any(_kernels()):
        packages.add("linux-image-amd64")
    return sorted(packages)


def build(target: Path) -> None:
    """Write a raw disk image that boots."""
    with TemporaryDirectory(prefix="localyun-guest-") as folder:
        boot, root = Path(folder, "boot.img"), Path(folder, "root.img")
        _make_boot(boot)
        _make_root(root, Path(folder, "root"))
        with target.open("wb") as disk:
            disk.write(_boot_record())
            disk.seek(BOOT_START)
            disk.write(boot.read_bytes())
            disk.write(root.read_bytes())


def _boot_record() -> bytes:
    """The first sector: code that starts the active partition, and where the two partitions lie."""
    table = b"".join(
        struct.pack("<B3sB3sII", active, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", start // 512, size // 512)
        for active, kind, start, size in (
            (0x80, FAT16_LBA, BOOT_START, BOOT_SIZE),
            (0, LINUX, BOOT_START + BOOT_SIZE, ROOT_SIZE),
        )
    )
    return MASTER_BOOT_RECORD.read_bytes().ljust(446, b"\0") + table.ljust(64, b"\0") + b"\x55\xaa"


def _make_boot(image: Path) -> None:
    """A FAT file system with the boot loader, the kernel and what finds the root file system."""
    image.write_bytes(b"")
    os.truncate(image, BOOT_SIZE)
    sectors, hidden = BOOT_SIZE // 512, BOOT_START // 512
    _run("mformat", "-i", image, "-T", sectors, "-h", 16, "-s", 32, "-H", hidden, "::")
    folder = image.parent
    kernel, _ = _kernel()
    (folder / "initrd").write_bytes(_initramfs())
    (folder / "syslinux.cfg").write_text(
        "default linux\nprompt 0\nlabel linux\nkernel vmlinuz\n"
        "append initrd=initrd console=ttyS0 quiet panic=1 random.trust_cpu=on net.ifnames=0 tsc=reliable\n"
    )
    _run("mcopy", "-i", image, kernel, "::vmlinuz")
    _run("mcopy", "-i", image, folder / "initrd", folder / "syslinux.cfg", "::")
    _run("syslinux", "--install", image)


def _initramfs() -> bytes:
    _, modules = _kernel()
    order = list(dict.fromkeys(path for name in MODULES for path in _with_needed(modules, name)))
    entries: dict[str, tuple[int, bytes]] = {
        "bin": (stat.S_IFDIR | 0o755, b""),
        "bin/busybox": (stat.S_IFREG | 0o755, _program("busybox").read_bytes()),
        "init": (stat.S_IFREG | 0o755, (HERE / "initramfs").read_bytes()),
        "modules": (stat.S_IFDIR | 0o755, b""),
        "modules/order": (stat.S_IFREG | 0o644, "\n".join(_bare(path) for path in order).encode()),
    }
    for path in order:
        entries[f"modules/{_bare(path)}"] = (stat.S_IFREG | 0o644, _plain(path))
    return gzip.compress(_archive(entries), 1, mtime=0)


def _archive(entries: dict[str, tuple[int, bytes]]) -> bytes:
    """A cpio archive in the form that the kernel unpacks."""
    archive = bytearray()
    for number, (name, (mode, content)) in enumerate((entries | {"TRAILER!!!": (0, b"")}).items(), start=1):
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        archive += b"\0" * (-len(archive) % 4) + content
        archive += b"\0" * (-len(archive) % 4)
    return bytes(archive)


def _make_root(image: Path, tree: Path) -> None:
    """An ext4 file system with everything that runs."""
    for folder in FOLDERS:
        (tree / folder).mkdir(parents=True, exist_ok=True)
    (tree / "sbin").symlink_to("bin")
    busybox = tree / "bin/busybox"
    shutil.copy(_program("busybox"), busybox)
    for name in subprocess.check_output([busybox, "--list"], text=True).split():
        if name != "busybox":
            (tree / "bin" / name).symlink_to("busybox")
    for path in {*PROGRAMS, *(library for program in PROGRAMS for library in _libraries(program))}:
        copy = tree / path.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    power_button = tree / "etc/acpi/PWRF/00000080"
    power_button.write_text("#!/bin/sh\nexec /bin/poweroff\n")
    for name, mode in (("inittab", 0o644), ("rc", 0o755), ("udhcpc", 0o755)):
        shutil.copy(HERE / name, tree / "etc")
        (tree / "etc" / name).chmod(mode)
    power_button.chmod(0o755)
    (tree / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (tree / "etc/shadow").write_text("root:*:19700:0:99999:7:::\n")
    (tree / "etc/group").write_text("root:x:0:\n")
    (tree / "etc/os-release").write_text('ID=tiny\nPRETTY_NAME="A tiny Linux"\n')
    (tree / "root/.ssh").chmod(0o700)
    (tree / "root").chmod(0o700)
    _run("mke2fs", "-q", "-t", "ext4", "-E", "root_owner=0:0", "-d", tree, image, f"{ROOT_SIZE // 1024}k")


def _libraries(program: Path) -> Iterator[Path]:
    """The shared libraries of a program, by the names that it looks for."""
    for found in re.finditer(r"(/\S+) \(0x", subprocess.check_output(["ldd", program], text=True)):
        yield Path(found[1])


def _kernels() -> Iterator[tuple[Path, Path]]:
    for root in (UNPACKED, Path("/")):
        for kernel in sorted(root.glob("boot/vmlinuz-*"), reverse=True):
            for library in ("lib/modules", "usr/lib/modules"):
                modules = root / library / kernel.name.removeprefix("vmlinuz-")
                if (modules / "kernel").is_dir():
                    yield kernel, modules


@cache
def _kernel() -> tuple[Path, Path]:
    """A kernel and the folder of its modules."""
    return next(_kernels())


def _with_needed(modules: Path, name: str) -> Iterator[Path]:
    """The module of this name, after those that it needs."""
    found = [path for path in modules.rglob("*.ko*") if _bare(path) == name.replace("-", "_") + ".ko"]
    if not found:
        return  # built into the kernel
    information = re.findall(rb"\0depends=([^\0]*)", b"\0" + _plain(found[0]))
    for needed in filter(None, b",".join(information).decode().split(",")):
        yield from _with_needed(modules, needed)
    yield found[0]


def _bare(path: Path) -> str:
    return re.sub(r"\.ko.*", ".ko", path.name).replace("-", "_")


def _plain(path: Path) -> bytes:
    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


def _program(name: str) -> Path:
    return Path(str(shutil.which(name)))


def _run(*command: object) -> None:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(
        [*map(str, command)],
        env={"PATH": path, "MTOOLS_SKIP_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
