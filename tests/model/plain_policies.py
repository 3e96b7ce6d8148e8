"""The policy language once more, as plainly as it goes: no compiling, no sharing, nothing of localyun's."""

import ipaddress
from datetime import datetime
from typing import Any


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern with `*` and `?`, tried letter by letter."""
    row = [True, *[False] * len(text)]
    for letter in pattern:
        if letter == "*":
            for place in range(len(text)):
                row[place + 1] = row[place + 1] or row[place]
        else:
            row = [
                False,
                *(row[place] and letter in ("?", text[place]) for place in range(len(text))),
            ]
    return row[-1]


def decide(documents: list[dict[str, Any]], action: str, resource: str, facts: dict[str, str]) -> bool:
    """Whether policies allow an action on a resource."""
    effects = [
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if applies(statement, action, resource, facts)
    ]
    return "Deny" not in effects and "Allow" in effects


def applies(statement: dict[str, Any], action: str, resource: str, facts: dict[str, str]) -> bool:
    """Whether a statement speaks of this action on this resource, as things are."""
    lower = action.lower()
    if "Action" in statement and not any(fits(one.lower(), lower) for one in listed(statement["Action"])):
        return False
    if "NotAction" in statement and any(fits(one.lower(), lower) for one in listed(statement["NotAction"])):
        return False
    if "Resource" in statement and not any(fits(one, resource) for one in listed(statement["Resource"])):
        return False
    if "NotResource" in statement and any(fits(one, resource) for one in listed(statement["NotResource"])):
        return False
    return all(
        holds(operator, facts.get(key), listed(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def holds(operator: str, known: str | None, values: list[str]) -> bool:
    """Whether a condition holds for what is known."""
    name = operator.removesuffix("IfExists")
    negated = "Not" in name
    if known is None:
        return negated or operator != name
    return any(one_holds(name.replace("Not", ""), known, value) for value in values) != negated


def one_holds(operator: str, known: str, value: str) -> bool:
    """Whether a value fits what is known, by an operator without its Not."""
    if operator.startswith("String"):
        equal = {
            "StringEquals": known == value,
            "StringEqualsIgnoreCase": known.lower() == value.lower(),
            "StringLike": fits(value, known),
        }
        return equal[operator]
    if operator == "Bool":
        return known.lower() == value.lower()
    if operator == "IpAddress":
        return in_network(known, value)
    kind, order = ("Numeric", operator[7:]) if operator.startswith("Numeric") else ("Date", operator[4:])
    try:
        left, right = (
            (float(known), float(value))
            if kind == "Numeric"
            else (datetime.fromisoformat(known).timestamp(), datetime.fromisoformat(value).timestamp())
        )
    except ValueError:
        return False
    return {
        "Equals": left == right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }[order]


def in_network(known: str, value: str) -> bool:
    """Whether an address is in a network, by counting bits."""
    try:
        address = int(ipaddress.IPv4Address(known))
    except ValueError:
        return False
    start, _, length = value.partition("/")
    drop = 32 - int(length or 32)
    return address >> drop == int(ipaddress.IPv4Address(start)) >> drop


def listed(value: str | list[str]) -> list[str]:
    """A value or several."""
    return [value] if isinstance(value, str) else value
