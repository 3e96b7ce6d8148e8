"""Images of the Marketplace: what others sell, each in some regions."""

from functools import cache

from localyun.catalogue.files import DataFile, Entry, read


class MarketplaceImage(Entry, frozen=True, kw_only=True):
    """An image that is for sale. Its id in a region has the region's mark in front of `id_tail`."""

    id_tail: str
    product_code: str
    name: str
    version: str
    supplier: str
    regions: tuple[str, ...]
    platform: str
    os_name: str
    os_name_en: str
    description: str
    size: int


class _Images(DataFile, frozen=True, kw_only=True):
    images: tuple[MarketplaceImage, ...]


@cache
def marketplace_images() -> tuple[MarketplaceImage, ...]:
    """Every image that is for sale anywhere."""
    return read("marketplace_images.json", _Images).images


def is_sold(product_code: str, region: str) -> bool:
    """Whether the image with a product code is published in a region."""
    return any(
        image.product_code == product_code and region in image.regions for image in marketplace_images()
    )
