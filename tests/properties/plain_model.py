"""The rule of sharing, told plainly: who may use which image. It knows nothing of localyun."""

from dataclasses import dataclass, field

NOT_FOUND = "InvalidImageId.NotFound"


@dataclass
class PlainImage:
    """An image that lives until its owner deletes it."""

    owner: str
    shared_with: set[str] = field(default_factory=set)
    deleted: bool = False

    def usable_by(self, account: str) -> bool:
        """Its owner and those it is shared with may use it, while it lives."""
        return not self.deleted and (account == self.owner or account in self.shared_with)


@dataclass
class PlainInstance:
    """An instance, the image its disk was made from, and whether that was its owner's own."""

    owner: str
    image: str
    image_was_own: bool
    running: bool = True


@dataclass
class PlainWorld:
    """Images and instances. Each act returns the code it is refused with, or nothing."""

    images: dict[str, PlainImage] = field(default_factory=dict)
    instances: dict[str, PlainInstance] = field(default_factory=dict)

    def _owned(self, account: str, image: str) -> bool:
        return not self.images[image].deleted and self.images[image].owner == account

    def create(self, account: str, image: str) -> None:
        """Make an image."""
        self.images[image] = PlainImage(account)

    def share(self, account: str, image: str, other: str) -> str:
        """Give another account the image."""
        if not self._owned(account, image):
            return NOT_FOUND
        if other == account:
            return "InvalidAccount.Forbbiden"
        self.images[image].shared_with.add(other)
        return ""

    def unshare(self, account: str, image: str, other: str) -> str:
        """Take it back."""
        if not self._owned(account, image):
            return NOT_FOUND
        if other == account:
            return "InvalidAccount.Forbbiden"
        self.images[image].shared_with.discard(other)
        return ""

    def delete(self, account: str, image: str, *, force: bool) -> str:
        """Delete it: not while shared; not while the owner's own instances use it, unless by force."""
        if not self._owned(account, image):
            return NOT_FOUND
        if self.images[image].shared_with:
            return "ImageUseShared"
        if not force and any(i.image == image and i.owner == account for i in self.instances.values()):
            return "ImageUsingByInstance"
        self.images[image].deleted = True
        return ""

    def run(self, account: str, image: str) -> str:
        """Start an instance from it; whoever may, names it afterwards with `ran`."""
        return "" if self.images[image].usable_by(account) else NOT_FOUND

    def ran(self, account: str, image: str, instance: str) -> None:
        """Remember an instance that was started."""
        self.instances[instance] = PlainInstance(account, image, self.images[image].owner == account)

    def set_running(self, account: str, instance: str, *, running: bool) -> str:
        """Start or stop an instance, whatever became of its image."""
        one = self.instances[instance]
        if one.owner != account:
            return "InvalidInstanceId.NotFound"
        if one.running == running:
            return "IncorrectInstanceStatus"
        one.running = running
        return ""

    def replace(self, account: str, instance: str, image: str) -> str:
        """Give a stopped instance a new system disk, made from an image that its owner may use."""
        one = self.instances[instance]
        if one.owner != account:
            return "InvalidInstanceId.NotFound"
        if not self.images[image].usable_by(account):
            return NOT_FOUND
        if one.running:
            return "IncorrectInstanceStatus"
        one.image, one.image_was_own = image, self.images[image].owner == account
        return ""

    def reinit(self, account: str, instance: str) -> str:
        """Put a stopped instance's system disk back to its image, while its owner may use that."""
        one = self.instances[instance]
        if one.owner != account:
            return "InvalidDiskId.NotFound"
        if one.running:
            return "IncorrectInstanceStatus"
        if self.images[one.image].usable_by(account):
            return ""
        return "InvalidDiskId.OperationNotSupported" if one.image_was_own else "SharedImageDeleted"

    def seen_by(self, account: str) -> set[str]:
        """The images that an account may use."""
        return {name for name, image in self.images.items() if image.usable_by(account)}
