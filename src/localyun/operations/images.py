"""The one door to images: whoever wants one says what for, and `model.access` decides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial

from localyun import catalogue
from localyun.clock import Instant
from localyun.model import Backing, Image, Phase, Share, access
from localyun.model.access import Action, Relation, Verdict
from localyun.model.image_rules import is_image_id
from localyun.model.images import AVAILABLE, EVERYBODY, MARKETPLACE, PROVIDER, DiskMapping
from localyun.spec import errors
from localyun.spec.faults import ApiError, ErrorSpec
from localyun.store.interface import Transaction
from localyun.wire import times

FEW = 100
"""How many images that are shared with all are looked at before any page."""


def _last_shared_first(one: tuple[Image, Share]) -> tuple[int, str]:
    image, share = one
    return -share.since, image.id


@dataclass(frozen=True)
class _Part:
    """Images that will be available, some of which are being made still; `total` doesn't count those."""

    known: int
    being_made: int
    listed: Callable[[int, int], list[Image]]
    """A page of them, given its offset and its size."""
    now: Instant

    @property
    def total(self) -> int:
        """How many are available."""
        return self.known - self.being_made

    def page(self, offset: int, limit: int) -> list[Image]:
        """Return a page of those that are available."""
        if not self.being_made:
            return self.listed(offset, limit)
        found = self.listed(0, offset + limit + self.being_made)
        return [image for image in found if image.phase.settled(self.now)][offset : offset + limit]


def _whole(images: list[Image], now: Instant) -> _Part:
    """Return the part that consists of these, all of which are available."""
    return _Part(len(images), 0, lambda offset, limit: images[offset : offset + limit], now)


class Images:
    """The images as one account sees them."""

    def __init__(self, tx: Transaction, account: str) -> None:
        """See the world of this transaction with the eyes of this account."""
        self._tx = tx
        self._account = account

    def get(self, id: str, region: str, *, to: Action, missing: ErrorSpec = errors.IMAGE_NOT_FOUND) -> Image:
        """Return an image of a region for a stated purpose, or raise `missing`.

        Not there, not in this region, not the caller's and not for this purpose all look the same.
        """
        image, verdict = self.judge(id, region, to=to)
        if image is None or not verdict.allowed:
            raise missing.naming(id)
        return image

    def judge(self, id: str, region: str, *, to: Action) -> tuple[Image | None, Verdict]:
        """Return the image, if there is one, and whether the account may do this with it, and why."""
        image = self._tx.get(Image, id) or published(region).get(id) or marketplace(region).get(id)
        if image is not None and image.region != region:
            image = None
        shared = image is not None and self._has_share(image)
        return image, access.may(self._account, to, image, shared=shared)

    def _has_share(self, image: Image) -> bool:
        """Whether the image is shared with the account; not asked where that makes no difference."""
        if access.relation(self._account, image, shared=True) is not Relation.SHAREE:
            return False
        return any(self._tx.get(Share, image.id, account) for account in (self._account, EVERYBODY))

    def is_shared(self, image: Image) -> bool:
        """Whether the image is shared with anybody, which the community isn't."""
        return image.hidden or self._tx.count(Share, image=image.id) > 0

    def own(self, region: str) -> list[Image]:
        """Return the account's own images of a region, newest first."""
        return self._tx.find(Image, owner=self._account, region=region, order="created_at", descending=True)

    def shared(self, region: str) -> list[Image]:
        """Return the images of a region that others share with the account or with all, last shared first."""
        found = self._tx.images_shared_with(self._account, region)
        if with_all := self._tx.images_shared_with(EVERYBODY, region):
            found = sorted([*found, *with_all], key=_last_shared_first)
        images = {image.id: image for image, _ in found}.values()
        return [
            image for image in images if access.relation(self._account, image, shared=True) is Relation.SHAREE
        ]

    def community(self, region: str) -> list[Image]:
        """Return the images of a region that others give to the community, newest first."""
        public = self._tx.find(Image, public=True, region=region, order="created_at", descending=True)
        return [
            image
            for image in public
            if access.relation(self._account, image, shared=False) is Relation.COMMUNITY
        ]

    def published(self, region: str) -> list[Image]:
        """Return the provider's own images of a region."""
        return list(published(region).values())

    def for_sale(self, region: str) -> list[Image]:
        """Return the Marketplace's images of a region."""
        return list(marketplace(region).values())

    def visible(self, region: str, relations: Iterable[Relation]) -> list[tuple[Image, Relation]]:
        """Return the images of a region that are one of these to the account, each with what it is."""
        found = {
            Relation.OWNER: self.own,
            Relation.SHAREE: self.shared,
            Relation.COMMUNITY: self.community,
            Relation.PUBLIC: self.published,
            Relation.MARKETPLACE: self.for_sale,
        }
        return [(image, relation) for relation in relations for image in found[relation](region)]

    def available(
        self, region: str, relations: Iterable[Relation], now: Instant, *, offset: int, limit: int
    ) -> tuple[int, list[tuple[Image, Relation]]] | None:
        """Return how many of the visible images are available, and a page of those.

        The images are in the order of `visible`, and only those of the page are looked at, and those that
        are shared with all. None where that isn't enough: where those are many, or also shared otherwise.
        """
        relations = tuple(relations)
        given = self._given_to_all(region, now) if Relation.SHAREE in relations else []
        if given is None:
            return None
        parts: dict[Relation, Callable[[str, Instant], _Part]] = {
            Relation.OWNER: self._own_part,
            Relation.SHAREE: partial(self._shared_part, given),
            Relation.PUBLIC: self._published_part,
            Relation.MARKETPLACE: self._part_for_sale,
        }
        total, page = 0, list[tuple[Image, Relation]]()
        for relation in relations:
            part = parts[relation](region, now)
            first = max(0, offset - total)
            total += part.total
            if (wanted := min(limit - len(page), part.total - first)) > 0:
                page += [(image, relation) for image in part.page(first, wanted)]
        return total, page

    def _own_part(self, region: str, now: Instant) -> "_Part":
        mine = {"owner": self._account, "region": region}
        unfinished = self._tx.find(Image, above=("ends_at", now), owner=self._account, region=region)
        being_made = sum(image.status == AVAILABLE for image in unfinished)

        def page(offset: int, limit: int) -> list[Image]:
            return self._tx.find(
                Image,
                order="created_at",
                descending=True,
                limit=limit,
                offset=offset,
                owner=self._account,
                region=region,
                status=AVAILABLE,
            )

        return _Part(self._tx.count(Image, **mine, status=AVAILABLE), being_made, page, now)

    def _given_to_all(self, region: str, now: Instant) -> list[tuple[Image, Share]] | None:
        """Return what others share with all, and is available; None if that isn't all that is to be said."""
        found = self._tx.images_listed_for(EVERYBODY, region, limit=FEW + 1, offset=0)
        received = [
            (image, share)
            for image, share in found
            if access.relation(self._account, image, shared=True) is Relation.SHAREE
        ]
        if len(found) > FEW or any(self._tx.get(Share, image.id, self._account) for image, _ in received):
            return None
        return [(image, share) for image, share in received if image.phase.settled(now)]

    def _shared_part(self, given: list[tuple[Image, Share]], region: str, now: Instant) -> "_Part":
        mine = {"account": self._account, "region": region}
        unfinished = self._tx.find(Share, above=("ends_at", now), account=self._account, region=region)
        being_made = sum(share.listed for share in unfinished)

        def page(offset: int, limit: int) -> list[Image]:
            if not given:
                found = self._tx.images_listed_for(self._account, region, limit=limit, offset=offset)
                return [image for image, _ in found]
            found = self._tx.images_listed_for(self._account, region, limit=offset + limit, offset=0)
            found = sorted([*found, *given], key=_last_shared_first)
            return [image for image, _ in found][offset : offset + limit]

        return _Part(self._tx.count(Share, **mine, listed=True) + len(given), being_made, page, now)

    def _published_part(self, region: str, now: Instant) -> _Part:
        return _whole(self.published(region), now)

    def _part_for_sale(self, region: str, now: Instant) -> _Part:
        return _whole(self.for_sale(region), now)

    def visible_of(self, ids: Iterable[str], region: str) -> list[tuple[Image, Relation]]:
        """Return those of the named images that the account may see, as `visible` does, in this order."""
        judged = [self.judge(id, region, to=Action.DESCRIBE) for id in dict.fromkeys(ids)]
        return [(image, verdict.relation) for image, verdict in judged if image and verdict.allowed]

    def count(self, region: str) -> int:
        """How many images the account has in a region."""
        return self._tx.count(Image, owner=self._account, region=region)

    def name_taken(self, name: str, region: str) -> bool:
        """Whether an image of the account's in a region has this name already."""
        return self._tx.count(Image, owner=self._account, region=region, name=name) > 0

    def newest_of_family(self, family: str, region: str, now: Instant) -> tuple[Image, Relation] | None:
        """Return the newest available image of a family, and what it is to the account.

        Families are one's own, or the provider's, whose names nobody else can use: what others share,
        publish or hide is in none.
        """
        mine = self._tx.find(
            Image, owner=self._account, region=region, family=family, order="created_at", descending=True
        )
        theirs = (image for image in self.published(region) if image.family == family)
        for image in (*mine, *theirs):
            if family and image.phase.at(now) == AVAILABLE:
                return image, access.relation(self._account, image, shared=False)
        return None

    def count_of_family(self, family: str, region: str) -> int:
        """How many images of a family the account has in a region."""
        return self._tx.count(Image, owner=self._account, region=region, family=family)

    def families(self, region: str) -> frozenset[str]:
        """Return the families of the account's images in a region."""
        return frozenset(image.family for image in self.own(region) if image.family)

    def named(self, name: str, region: str) -> Image | None:
        """Return the account's image of a name in a region, if there is one."""
        return next(iter(self._tx.find(Image, owner=self._account, region=region, name=name, limit=1)), None)

    def keep(self, image: Image) -> None:
        """Keep a new image, or a changed one in place of what it was; its disks don't change."""
        self._tx.put(image)
        for share in self._tx.find(Share, image=image.id):
            if (changed := share.of(image)) != share:
                self._tx.put(changed)
        for snapshot in image.snapshots:
            self._tx.put(Backing(snapshot=snapshot, image=image.id))

    def forget(self, image: Image) -> None:
        """Delete an image; its snapshots stay, and are free."""
        self._tx.delete(image)
        for snapshot in image.snapshots:
            self._tx.delete(Backing(snapshot=snapshot, image=image.id))


def missing_image(id: str) -> ApiError:
    """Return the refusal of an image that isn't there: one that can't be a custom image's id is named."""
    return errors.IMAGE_NOT_FOUND() if is_image_id(id) else errors.IMAGE_NAMED_NOT_FOUND(id)


@cache
def published(region: str) -> Mapping[str, Image]:
    """Return the provider's own images of a region, by id."""
    if catalogue.region(region) is None:
        return {}
    return {
        image.id: Image(
            id=image.id,
            region=region,
            owner=PROVIDER,
            name=image.name,
            created_at=times.parse(image.created_at),
            phase=Phase(AVAILABLE),
            size=image.size,
            disks=(DiskMapping(device="/dev/xvda", size=image.size),),
            family=image.family,
            description=image.description,
            platform=image.platform,
            os_name=image.os_name,
            os_name_en=image.os_name_en,
            os_type=image.os_type,
            architecture=image.architecture,
            boot_mode=image.boot_mode,
            supports_cloudinit=image.is_support_cloudinit,
            supports_io_optimized=image.is_support_io_optimized,
        )
        for image in catalogue.system_images()
    }


@cache
def marketplace(region: str) -> Mapping[str, Image]:
    """Return the Marketplace's images of a region, by id."""
    place = catalogue.region(region)
    sold = (image for image in catalogue.marketplace_images() if region in image.regions)
    images = [
        Image(
            id=f"m-{place.id_mark}{image.id_tail}",
            region=region,
            owner=MARKETPLACE,
            name=image.name,
            created_at=PUBLISHED,
            phase=Phase(AVAILABLE),
            size=image.size,
            disks=(DiskMapping(device="/dev/xvda", size=image.size),),
            version=image.version,
            description=image.description,
            platform=image.platform,
            os_name=image.os_name,
            os_name_en=image.os_name_en,
            product_code=image.product_code,
            supplier=image.supplier,
        )
        for image in sold
        if place is not None
    ]
    return {image.id: image for image in images}


PUBLISHED = times.parse("2026-01-01T00:00:00Z")
"""When the Marketplace's images were made: invented as they are."""
