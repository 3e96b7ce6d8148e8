"""The policy language: reading a document, and deciding what its statements allow.

Source: "Policy elements" and "Policy structure and syntax" of RAM, as of 2025. Whatever denies wins over
whatever allows, and what nothing allows is denied.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal, TypeVar

import msgspec

from localyun.model.conditions import Condition, ConditionError, Facts, condition
from localyun.model.globs import Glob, any_of

T = TypeVar("T")
Texts = str | list[str]
Scalar = str | bool | int | float
CACHED = 4096
"""How many documents are kept as they were read: users come back."""


class PolicyError(ValueError):
    """A document that isn't a policy; the text says where and why."""


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="pascal"):
    """A part of a document; a name that isn't of the language is a mistake."""


class _Statement(_Form, frozen=True):
    effect: Literal["Allow", "Deny"]
    action: Texts | None = None
    not_action: Texts | None = None
    resource: Texts | None = None
    not_resource: Texts | None = None
    condition: dict[str, dict[str, Scalar | list[Scalar]]] = {}


class _Document(_Form, frozen=True):
    version: Literal["1"]
    statement: Annotated[list[_Statement], msgspec.Meta(min_length=1)] | _Statement


class _TrustStatement(_Form, frozen=True):
    effect: Literal["Allow", "Deny"]
    action: Texts
    principal: dict[Literal["RAM", "Service", "Federated"], Texts]
    condition: dict[str, dict[str, Scalar | list[Scalar]]] = {}


class _Trust(_Form, frozen=True):
    version: Literal["1"]
    statement: Annotated[list[_TrustStatement], msgspec.Meta(min_length=1)] | _TrustStatement


RAM = "ram"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do: an action on a resource, and what is known of the circumstances."""

    action: str
    resource: str
    """As policies are asked: a name of RAM's is in lower case."""
    facts: Facts


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy, ready to be asked."""

    allows: bool
    actions: Glob
    but_actions: bool
    resources: Glob
    but_resources: bool
    conditions: tuple[Condition, ...]
    policy: str
    """Where it stands, for people: the name of its policy."""
    number: int
    """Its place there, from 1."""

    def is_about(self, action: str) -> bool:
        """Whether the statement speaks of an action at all."""
        return self.actions(action.lower()) is not self.but_actions

    def holds(self, facts: Facts) -> bool:
        """Whether its conditions are met."""
        return all(one.holds(facts) for one in self.conditions)

    def __str__(self) -> str:
        """Say which statement this is."""
        effect = "allows" if self.allows else "denies"
        return f"statement {self.number} of policy {self.policy} {effect} it"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a wish is granted, and by which statement; by none where nothing allows it."""

    allowed: bool
    by: Statement | None

    @property
    def explicit(self) -> bool:
        """Whether a statement denies it, rather than none allowing it."""
        return not self.allowed and self.by is not None

    def __str__(self) -> str:
        """Say which statement decided."""
        return str(self.by) if self.by else "no statement of any policy allows it"


class Permissions:
    """All statements that hold for somebody, sorted by action as they are asked for."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Take the statements of all policies together."""
        self.statements = tuple(statements)
        self._about: dict[str, tuple[Statement, ...]] = {}

    def decide(self, wish: Wish) -> Ruling:
        """Grant a wish or not: a denying statement wins over any that allows."""
        about = self._about.get(wish.action)
        if about is None:
            ordered = sorted(self.statements, key=lambda one: one.allows)
            about = self._about[wish.action] = tuple(one for one in ordered if one.is_about(wish.action))
        resource = wish.resource
        for statement in about:
            # Most statements are about other resources: they are asked no further.
            if statement.resources(resource) is not statement.but_resources and statement.holds(wish.facts):
                return Ruling(statement.allows, statement)
        return Ruling(False, None)


@lru_cache(CACHED)
def read(document: str, policy: str = "") -> tuple[Statement, ...]:
    """Return the statements of a policy, or raise `PolicyError` for what isn't one."""
    found = _decoded(document, _Document).statement
    return tuple(
        _statement(one, policy, number)
        for number, one in enumerate(found if isinstance(found, list) else [found], 1)
    )


def _statement(form: _Statement, policy: str, number: int) -> Statement:
    if (form.action is None) == (form.not_action is None):
        raise PolicyError(f"statement {number} has either Action or NotAction")
    if (form.resource is None) == (form.not_resource is None):
        raise PolicyError(f"statement {number} has either Resource or NotResource")
    actions, resources = form.action or form.not_action or [], form.resource or form.not_resource or []
    for action in _listed(actions):
        if action != "*" and not _ACTION.fullmatch(action):
            raise PolicyError(f"statement {number}: {action!r} is no action")
    for resource in _listed(resources):
        if resource != "*" and not resource.startswith("acs:"):
            raise PolicyError(f"statement {number}: {resource!r} is no resource")
    return Statement(
        allows=form.effect == "Allow",
        actions=any_of(action.lower() for action in _listed(actions)),
        but_actions=form.not_action is not None,
        resources=any_of(spelling for one in _listed(resources) for spelling in _spellings(one)),
        but_resources=form.not_resource is not None,
        conditions=_conditions(form.condition, number),
        policy=policy,
        number=number,
    )


def _spellings(resource: str) -> set[str]:
    """Return how a pattern is compared: letter case tells no two names of RAM's apart."""
    product = resource.split(":")[1:2]
    return (
        {resource.lower()}
        if product == [RAM]
        else {resource, resource.lower()}
        if "*" in product
        else {resource}
    )


_ACTION = re.compile(r"[A-Za-z0-9_*?-]+:[A-Za-z0-9_*?/:.-]+")


@dataclass(frozen=True, slots=True)
class TrustStatement:
    """One statement of a trust policy: who may take the role on, or mustn't."""

    allows: bool
    principals: dict[str, Glob]
    conditions: tuple[Condition, ...]

    def applies(self, kind: str, names: Sequence[str], facts: Facts) -> bool:
        """Whether it speaks of a principal, which has several names (a user, and the account's root)."""
        glob = self.principals.get(kind)
        return (
            glob is not None
            and any(glob(name) for name in names)
            and all(one.holds(facts) for one in self.conditions)
        )


@lru_cache(CACHED)
def read_trust(document: str) -> tuple[TrustStatement, ...]:
    """Return the statements of a role's trust policy, or raise `PolicyError` for what isn't one."""
    found = _decoded(document, _Trust).statement
    return tuple(
        _trust_statement(one, number)
        for number, one in enumerate(found if isinstance(found, list) else [found], 1)
    )


def _trust_statement(form: _TrustStatement, number: int) -> TrustStatement:
    if {action.lower() for action in _listed(form.action)} - {"sts:assumerole", "sts:*", "*"}:
        raise PolicyError(f"statement {number} of a trust policy is about sts:AssumeRole")
    for name in _listed(form.principal.get("RAM", [])):
        if name != "*" and not name.startswith("acs:ram:"):
            raise PolicyError(f"statement {number}: {name!r} is no principal")
    return TrustStatement(
        form.effect == "Allow",
        {kind: any_of(_listed(names)) for kind, names in form.principal.items()},
        _conditions(form.condition, number),
    )


def trusts(document: str, kind: str, names: Sequence[str], facts: Facts) -> bool:
    """Whether a trust policy lets a principal of a kind (`RAM`, `Service`) take its role on."""
    effects = [one.allows for one in read_trust(document) if one.applies(kind, names, facts)]
    return bool(effects) and all(effects)


def _decoded(document: str, form: type[T]) -> T:
    try:
        return msgspec.json.decode(document, type=form)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PolicyError(str(error)) from None


def _conditions(form: dict[str, dict[str, Scalar | list[Scalar]]], number: int) -> tuple[Condition, ...]:
    try:
        return tuple(
            condition(
                operator, key, [_text(one) for one in (values if isinstance(values, list) else [values])]
            )
            for operator, keys in form.items()
            for key, values in keys.items()
        )
    except ConditionError as error:
        raise PolicyError(f"statement {number}: {error}") from None


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(texts: Texts) -> list[str]:
    return [texts] if isinstance(texts, str) else texts
