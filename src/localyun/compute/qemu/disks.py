"""Disks as files: made of an image or a snapshot, frozen, copied, grown, put back, and collected.

A disk is a layer on what it was made from; snapshots and images never change. To keep what is on a disk its
layer becomes the snapshot, and the disk goes on in a new one on top: that takes no time and no space. What
is encrypted lies only on what is encrypted with the same key, else it is a full copy. Everything here can be
done a second time, after a crash in the middle of the first.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path

from localyun.compute.qemu import tool
from localyun.compute.qemu.folders import SUFFIX, Folders, linked, written
from localyun.compute.qemu.qcow2 import chain, header
from localyun.files import PART, synced

MOST_LAYERS = 12
"""What is on a disk of more layers than this is copied to be kept: each of them makes reading slower."""


class DiskStore:
    """The files below one folder. `secret` returns what encrypts with a key, by the key's name."""

    def __init__(self, folders: Folders, secret: Callable[[str], bytes]) -> None:
        """Keep files in these folders; those of keys that aren't named, "", aren't encrypted."""
        self.folders = folders
        self._secret = secret

    def make(
        self, target: Path, size: int, *, key: str = "", source: Path | None = None, source_key: str = ""
    ) -> None:
        """Make a disk of at least `size` bytes, empty or with what is in `source`, in place of what was."""
        if source is None:
            with written(target) as part:
                self._create(part, size, key)
        elif key == source_key:
            with written(target) as part:
                self._create(part, max(size, header(source).size), key, self._relative(source, target))
        else:
            self.copy(source, target, key=key, source_key=source_key, size=size)

    def copy(self, source: Path, target: Path, *, key: str = "", source_key: str = "", size: int = 0) -> None:
        """Make a full copy, encrypted anew, of a file and all that it lies on; `size` makes it larger."""
        secrets, names = self._secrets(source_key, key)
        with written(target, allocated(source)) as part:
            options = ",".join(["compat=1.1", *tool.encryption(names[1])])
            opened = tool.opened(source, names[0])
            tool.run("convert", "-U", "-O", "qcow2", "-o", options, opened, str(part), secrets=secrets)
            if size > header(part).size:
                self._resize(part, size, key)

    def freeze(self, disk: Path, snapshot: Path, key: str = "") -> None:
        """Keep what is on a disk as a snapshot, while no machine has the disk."""
        if (overlay := self.begin_freeze(disk, snapshot, key)) is not None:
            self.end_freeze(disk, overlay)

    def begin_freeze(self, disk: Path, snapshot: Path, key: str = "", *, at_rest: bool = True) -> Path | None:
        """Give a disk's layer the snapshot's name, too, and return a new layer on it, which isn't used yet.

        None if the disk has gone on since, or if it need not: one on many layers that is `at_rest`, without
        a machine that writes to it, is copied. Until it has gone on, what is written to it changes the
        snapshot: `cancel_freeze` it if it can't.
        """
        if snapshot.exists() and not snapshot.samefile(disk):
            return None
        if at_rest and not snapshot.exists() and len(chain(disk)) > MOST_LAYERS:
            self.copy(disk, snapshot, key=key, source_key=key)
            return None
        overlay = disk.with_name(f"{disk.name.removesuffix(SUFFIX)}+{snapshot.name}")
        if not overlay.exists():
            with written(overlay) as part:
                self._create(part, header(disk).size, key, self._relative(snapshot, overlay))
        linked(disk, snapshot)
        return overlay

    def cancel_freeze(self, disk: Path, snapshot: Path, overlay: Path) -> None:
        """Let a disk be as it was, and there be no snapshot."""
        if snapshot.exists() and snapshot.samefile(disk):
            snapshot.unlink()
        overlay.unlink(missing_ok=True)

    def end_freeze(self, disk: Path, overlay: Path) -> None:
        """Let a disk go on in its new layer from now on."""
        overlay.rename(disk)
        synced(disk.parent)

    def grow(self, disk: Path, size: int, key: str = "") -> None:
        """Make a disk larger that no machine has; one that is as large stays as it is."""
        if header(disk).size < size:
            self._resize(disk, size, key)
            synced(disk)

    def remove(self, path: Path) -> None:
        """Forget a disk; layers that it lay on stay."""
        path.unlink(missing_ok=True)
        for overlay in path.parent.glob(f"{path.name.removesuffix(SUFFIX)}+*"):
            overlay.unlink()

    def collect(self, wanted: Collection[Path]) -> list[Path]:
        """Remove every file that isn't wanted and that no wanted one lies on; return what was removed."""
        needed = {layer for path in wanted if path.exists() for layer in chain(path.resolve())}
        left = [path for path in self.folders.all() if path.resolve() not in needed]
        for path in left:
            if not path.name.endswith(PART):
                path.unlink(missing_ok=True)
        return left

    def _create(self, target: Path, size: int, key: str, backing: str = "") -> None:
        secrets, (name,) = self._secrets(key)
        options = [*tool.encryption(name), "compat=1.1"]
        lies_on = ["-u", "-F", "qcow2", "-b", backing] if backing else []
        arguments = ["-f", "qcow2", "-o", ",".join(options), *lies_on, str(target), str(size)]
        tool.run("create", "-q", *arguments, secrets=secrets)

    def _resize(self, disk: Path, size: int, key: str) -> None:
        secrets, (name,) = self._secrets(key)
        tool.run("resize", "-q", tool.opened(disk, name), str(size), secrets=secrets)

    def _secrets(self, *keys: str) -> tuple[list[bytes], list[str]]:
        """Return the secrets of the keys that there are, and what each is called, "" where there is none."""
        secrets = [self._secret(key) for key in keys if key]
        names = iter(f"secret{number}" for number in range(len(secrets)))
        return secrets, [next(names) if key else "" for key in keys]

    def _relative(self, source: Path, target: Path) -> str:
        """Return how a file names another one, so that the folder of all can be moved."""
        return os.path.relpath(source, target.parent)


def allocated(path: Path) -> int:
    """How many bytes a file and all that it lies on take."""
    return sum(layer.stat().st_blocks * 512 for layer in chain(path))
