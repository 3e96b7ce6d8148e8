"""System images: what the provider publishes for everybody, the same ids in each region."""

from functools import cache

from localyun.catalogue.files import DataFile, Entry, read


class SystemImage(Entry, frozen=True, kw_only=True):
    """An image of the provider's. `size` is in GiB; `os_name` is the Chinese display name."""

    id: str
    family: str
    platform: str
    os_name: str
    os_name_en: str
    description: str
    os_type: str = "linux"
    architecture: str = "x86_64"
    size: int = 20
    boot_mode: str = "BIOS"
    nvme_support: str = "supported"
    is_support_cloudinit: bool = True
    is_support_io_optimized: bool = True

    @property
    def name(self) -> str:
        """Its name, which for the provider's images is the id."""
        return self.id

    @property
    def created_at(self) -> str:
        """The day in its name, as an ISO instant."""
        day = self.id.removesuffix(".vhd")[-8:]
        return f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00Z"


class _Images(DataFile, frozen=True, kw_only=True):
    images: tuple[SystemImage, ...]


@cache
def system_images() -> tuple[SystemImage, ...]:
    """Every system image, those for x86 first."""
    return read("system_images.json", _Images).images


def system_image(image_id: str) -> SystemImage | None:
    """The system image of that id."""
    return _system_images_by_id().get(image_id)


@cache
def _system_images_by_id() -> dict[str, SystemImage]:
    return {entry.id: entry for entry in system_images()}
