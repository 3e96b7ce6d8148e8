"""Keys made through the API, for tests of what is done with them."""

from typing import Any

from tests.people import KMS, Person, Refusal


def kms(person: Person, action: str, **parameters: Any) -> dict[str, Any]:
    """Call an operation on keys that must succeed."""
    return person.call(action, version=KMS, **parameters)


def kms_refused(person: Person, action: str, **parameters: Any) -> Refusal:
    """Call an operation on keys that must be refused."""
    return person.refused(action, version=KMS, **parameters)


def a_key(person: Person, **parameters: Any) -> str:
    """Make a key and return its id."""
    return str(kms(person, "CreateKey", **parameters)["KeyMetadata"]["KeyId"])


def state(person: Person, key: str) -> str:
    """Return the state of a key."""
    return str(kms(person, "DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"])
