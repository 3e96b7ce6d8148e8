"""How our names and the provider's are told apart: `image_id` here is `ImageId` on the wire."""

from functools import cache

# Words that the provider doesn't write like any other word.
_SPELLINGS = {
    "acu": "ACU",
    "aaaa": "AAAA",
    "cidr": "Cidr",
    "dkms": "DKMS",
    "gpu": "GPU",
    "iops": "IOPS",
    "kms": "KMS",
    "os": "OS",
    "oss": "OSS",
    "qps": "QPS",
    "vswitch": "VSwitch",
    "vswitches": "VSwitches",
    "vrouter": "VRouter",
}


@cache
def wire_name(name: str) -> str:
    """Return the provider's spelling of one of our names (`kms_key_id` is `KMSKeyId`)."""
    return "".join(_SPELLINGS.get(word, word[:1].upper() + word[1:]) for word in name.split("_"))
