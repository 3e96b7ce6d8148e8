"""Key pairs, with which people log in to their instances."""

from localyun.model.record import Resource, stored


@stored("key_pair", key=("id",), indexes=(("owner", "region", "name"), ("owner", "region", "created_at")))
class KeyPair(Resource, frozen=True):
    """The public half of a pair; the private one is given away when the pair is made, and kept nowhere.

    Its name says which one it is, among those of one account in one region.
    """

    public_key: str
    fingerprint: str
