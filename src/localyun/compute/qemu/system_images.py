"""The contents of system images: files that the operator gives, called by the images' ids."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from localyun import catalogue
from localyun.compute.qemu.conversion import convert
from localyun.compute.qemu.folders import SUFFIX, Folders, linked
from localyun.model.disk_files import SUFFIXES

log = logging.getLogger("localyun")


class SystemImages:
    """A folder of files such as `debian_12_5_x64_20G_alibase_20240515.vhd.qcow2`, or of an image family.

    A file may also be called by the family of an image, such as `acs:debian_12_x64.raw`; its suffix tells its
    format. It is read when the first disk is made of it.
    """

    def __init__(self, folder: Path, folders: Folders, read: Callable[..., object] = convert) -> None:
        """Find files in `folder`, which need not be there, and keep what is read in `folders`."""
        self.folder = folder
        self._folders = folders
        self._read = read
        self._lock = threading.Lock()

    def given(self, id: str) -> Path | None:
        """Return the file that the operator gave for an image, if it is a system image."""
        image = catalogue.system_image(id)
        names = (image.id, image.family) if image else ()
        found = (self.folder / f"{name}.{suffix}" for name in names for suffix in SUFFIXES)
        return next((path for path in found if path.is_file()), None)

    def has(self, region: str, id: str) -> bool:
        """Whether an image's contents are there, or can be read when they are needed."""
        return self._kept(region, id).exists() or self.given(id) is not None

    def say_what_is_missing(self, id: str) -> None:
        """Say where the file has to be, to whoever runs the server."""
        log.warning("%s has no contents: put %s.qcow2 into %s", id, id, self.folder)

    def provide(self, target: Path) -> None:
        """Read an image's file, if `target` is the disk of a system image that wasn't read yet."""
        id = _image_of(target)
        with self._lock:
            if target.exists() or (given := self.given(id)) is None:
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            if other := next(self._folders.root.glob(f"*/images/{target.name}"), None):
                linked(other, target)
            else:
                self._read(given, SUFFIXES[given.suffix.removeprefix(".")], target)

    def is_kept(self, path: Path) -> bool:
        """Whether a file is what was read of a system image."""
        return catalogue.system_image(_image_of(path)) is not None

    def _kept(self, region: str, id: str) -> Path:
        return self._folders.image(region, id, "/dev/xvda")


def _image_of(path: Path) -> str:
    """Return the id of the image that a file is a disk of."""
    return path.name.removesuffix(SUFFIX).rpartition("-")[0]
