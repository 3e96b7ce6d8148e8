"""The vocabulary in which operations are declared, and what is read off a declaration.

A request and its answer are structs whose fields are the parameters and the answer's elements, in the
provider's order. From them come parsing, checking, rendering, the reference, and the coverage page.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, NamedTuple, Self, TypeVar

import msgspec

from localyun.spec.faults import ErrorSpec
from localyun.spec.naming import wire_name
from localyun.spec.support import Support

T = TypeVar("T")
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Group(msgspec.Struct, kw_only=True, rename=wire_name):
    """Parameters that belong together, such as `SystemDisk.Size` and `SystemDisk.Category`."""


class View(msgspec.Struct, kw_only=True, rename=wire_name, omit_defaults=False):
    """An element of an answer. What is left `UNSET` doesn't appear on the wire."""


class Answer(msgspec.Struct, kw_only=True, rename=wire_name, omit_defaults=False):
    """What an operation answers; `request_id` is filled in by the service."""

    request_id: str = ""


class Empty(Answer):
    """An answer that says nothing but that the call succeeded."""


@dataclass(frozen=True, slots=True)
class Param:
    """What is said of a parameter beside its type."""

    description: str = ""
    example: str = ""
    support: Support = Support.FULL
    malformed: ErrorSpec | None = None
    """The error when the value doesn't fit; the operation's own choice when absent."""
    missing: ErrorSpec | None = None
    """The error when a required value is absent; `MissingParameter` when absent."""
    first: int | None = None
    """Of a list, only items numbered up to this count; the rest is ignored, as documented."""
    as_json: bool = False
    """Of a list, whether it comes as one JSON text; numbered items are taken as well."""


def param(
    description: str = "",
    *,
    example: str = "",
    support: Support = Support.FULL,
    malformed: ErrorSpec | None = None,
    missing: ErrorSpec | None = None,
    first: int | None = None,
    as_json: bool = False,
    ge: int | None = None,
    le: int | None = None,
    max_length: int | None = None,
) -> msgspec.Meta:
    """Return the annotation that describes a parameter; bounds are inclusive."""
    about = Param(description, example, support, malformed, missing, first, as_json)
    if max_length is not None:
        return msgspec.Meta(max_length=max_length, extra={"param": about})
    return msgspec.Meta(ge=ge, le=le, extra={"param": about})


NotEmulated = Annotated[T | None, param(support=Support.NONE)]
"""A parameter that is refused by name, unless it carries the default."""
Accepted = Annotated[T | None, param(support=Support.ACCEPTED)]
"""A parameter that is taken and has no effect."""


class Request(msgspec.Struct, kw_only=True, rename=wire_name):
    """The parameters of one operation; the class's name is the action, its docstring the summary.

    Every operation takes the four that name an account, which can only be the one that calls.
    """

    owner_id: Annotated[int | None, param("The account that calls.")] = None
    owner_account: Annotated[str | None, param("The account that calls, or a user of it.")] = None
    resource_owner_id: Annotated[int | None, param("The account that calls.")] = None
    resource_owner_account: Annotated[str | None, param("The account that calls, or a user of it.")] = None


class Field(NamedTuple):
    """A parameter, as read off a request's declaration."""

    name: str
    attribute: str
    type: Any
    required: bool
    default: Any
    about: Param
    group: "tuple[Field, ...]"
    """The parameters inside a `Group`, or inside each item of a list of them."""
    shape: type[Group] | None
    """The `Group` itself. Its parameters are bound one by one, so `type` says no more than how many."""
    repeated: bool


def fields_of(shape: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the declared parameters of a request or a group, in order."""
    hints = typing.get_type_hints(shape, include_extras=True)
    return tuple(_field(hints[f.name], f) for f in msgspec.structs.fields(shape))


def _field(hint: Any, declared: Any) -> Field:
    about = Param()
    plain, constraints = _unwrap(hint)
    for meta in constraints:
        about = (meta.extra or {}).get("param", about)
    repeated = typing.get_origin(plain) is tuple
    item = _unwrap(typing.get_args(plain)[0])[0] if repeated else plain
    shape = item if isinstance(item, type) and issubclass(item, Group) else None
    if shape:
        plain = tuple[Any, ...] if repeated else Any
    bounds = {
        bound: getattr(meta, bound)
        for meta in constraints
        for bound in ("ge", "le", "max_length")
        if getattr(meta, bound) is not None
    }
    default = declared.default
    return Field(
        name=declared.encode_name,
        attribute=declared.name,
        type=Annotated[plain, msgspec.Meta(**bounds)] if bounds else plain,
        required=declared.required,
        default=None if default is msgspec.NODEFAULT else default,
        about=about,
        group=fields_of(shape) if shape else (),
        shape=shape,
        repeated=repeated,
    )


def _unwrap(hint: Any) -> tuple[Any, list[msgspec.Meta]]:
    """Strip `Annotated` and `| None` from a type, and collect what they carried."""
    found: list[msgspec.Meta] = []
    while True:
        if typing.get_origin(hint) is Annotated:
            found += [m for m in hint.__metadata__ if isinstance(m, msgspec.Meta)]
            hint = hint.__origin__
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            options = [a for a in typing.get_args(hint) if a is not type(None)]
            if len(options) != 1:
                raise TypeError(f"a parameter has one type, not {hint}")
            hint = options[0]
        else:
            return hint, found


class Dependent(NamedTuple):
    """An action that a caller must be allowed as well when a parameter is given, on what that names."""

    action: str
    attribute: str
    resource: str
    """The resource's name; `{account}` and `{name}` are filled in."""
    denied: ErrorSpec


Handler = Callable[[Any, Any], Answer]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the provider: what it takes, what it answers, how it can refuse."""

    product: str
    versions: tuple[str, ...]
    request: type[Request]
    answer: type[Answer]
    handler: Handler
    errors: tuple[ErrorSpec, ...]
    changes: bool
    support: Support
    gaps: str
    malformed: ErrorSpec | None
    unknown_region: ErrorSpec | None
    token_reused: ErrorSpec | None
    denied: ErrorSpec | None
    """The error when the caller's policies don't allow it; ECS's when absent."""
    for_everybody: bool
    """Whether policies say nothing about it."""
    exempt: Callable[[Any], bool] | None
    """Which requests policies say nothing about, if there are such."""
    dependent: tuple[Dependent, ...]
    region_by_address: bool
    """Whether a call that names no region is one in the region whose address is called."""

    @property
    def name(self) -> str:
        """The provider's name, as clients send it in `Action`."""
        return self.request.__name__

    @property
    def summary(self) -> str:
        """One sentence on what the operation does."""
        return (self.request.__doc__ or "").strip().split("\n")[0]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The declared parameters, in order, with those that every operation takes."""
        return fields_of(self.request)

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The declared parameters without those that every operation takes."""
        return tuple(field for field in self.fields if field.attribute not in Request.__struct_fields__)

    @cached_property
    def fields_by_name(self) -> Mapping[str, Field]:
        """The declared parameters, by the name on the wire up to its first dot."""
        return {field.name: field for field in self.fields}


class Product:
    """A product of the provider, with its API's versions and operations."""

    def __init__(
        self,
        code: str,
        *versions: str,
        region_by_address: bool = False,
        denied: ErrorSpec | None = None,
    ) -> None:
        """Name the product as the provider does, and the versions under which it is called.

        `denied` is its error when the caller's policies don't allow a call.
        """
        self.code = code
        self.denied = denied
        self.region_by_address = region_by_address
        self.versions = versions
        self.operations: list[Operation] = []

    def operation(
        self,
        *,
        errors: tuple[ErrorSpec, ...] = (),
        changes: bool = True,
        support: Support = Support.FULL,
        gaps: str = "",
        malformed: ErrorSpec | None = None,
        unknown_region: ErrorSpec | None = None,
        token_reused: ErrorSpec | None = None,
        also: tuple[str, ...] = (),
        for_everybody: bool = False,
        exempt: Callable[[Any], bool] | None = None,
        dependent: tuple[Dependent, ...] = (),
    ) -> Callable[[H], H]:
        """Declare the decorated function as an operation.

        The function's two parameters are a context and a `Request`; it returns an `Answer`. `errors` are
        those that it can raise beside the gateway's, in the order in which it checks. `changes` is False
        for an operation that only reads. `also` names further versions under which it is called.
        Policies say nothing about an operation `for_everybody`, nor about requests that are `exempt`;
        `dependent` are the actions that a caller must be allowed besides the operation itself.
        """

        def declare(handler: H) -> H:
            hints = dict(handler.__annotations__)
            answer = hints.pop("return")
            *_, request = hints.values()
            self.operations.append(
                Operation(
                    product=self.code,
                    versions=(*self.versions, *also),
                    request=request,
                    answer=answer,
                    handler=handler,
                    errors=tuple(dict.fromkeys(errors)),
                    changes=changes,
                    support=support,
                    gaps=gaps,
                    malformed=malformed,
                    unknown_region=unknown_region,
                    token_reused=token_reused,
                    denied=self.denied,
                    for_everybody=for_everybody,
                    exempt=exempt,
                    dependent=dependent,
                    region_by_address=self.region_by_address,
                )
            )
            return handler

        return declare


class Registry:
    """All operations, found by version and action as the gateway does."""

    def __init__(self, operations: "tuple[Operation, ...]") -> None:
        """Index the operations; two of one name and version are a mistake of ours."""
        self.operations = operations
        self._by_call: dict[tuple[str, str], Operation] = {}
        for operation in operations:
            for version in operation.versions:
                if (version, operation.name) in self._by_call:
                    raise ValueError(f"{operation.name} ({version}) is declared twice")
                self._by_call[version, operation.name] = operation

    @classmethod
    def of(cls, *products: Product) -> Self:
        """Return the registry of these products' operations."""
        return cls(tuple(operation for product in products for operation in product.operations))

    def find(self, version: str, action: str) -> Operation | None:
        """Return the operation that a call names, or None."""
        return self._by_call.get((version, action))
