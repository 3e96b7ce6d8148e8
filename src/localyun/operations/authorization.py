"""Whether whoever calls may act so for the account: the question that policies answer.

It is asked before any other about the call's subject. Whether the account may use an image is asked after
it, of `model.access`.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import NamedTuple

from localyun.model import (
    Account,
    Attachment,
    Caller,
    Disk,
    Image,
    Instance,
    Policy,
    Resource,
    Role,
    SecurityGroup,
    Snapshot,
    Vpc,
    VSwitch,
    access,
    policies,
)
from localyun.model.access import Action, Relation, Verdict
from localyun.model.conditions import Facts
from localyun.model.identity import Holder, PolicyType
from localyun.model.policies import Permissions, Ruling, Wish
from localyun.operations.context import Context
from localyun.operations.identities import catalogue_policy
from localyun.operations.images import Images
from localyun.operations.resources import Kind, resources
from localyun.spec import errors
from localyun.spec.declare import Operation, Request
from localyun.spec.faults import ApiError, ErrorSpec
from localyun.store.interface import Transaction
from localyun.wire import times
from localyun.wire.call import RawRequest

REMEMBERED = 4_096
"""How many callers' permissions are kept as they were put together."""

NAMES_OF_SOURCES = {
    Relation.OWNER: "self",
    Relation.PUBLIC: "system",
    Relation.MARKETPLACE: "marketplace",
}
"""What ecs:ImageSource says of an image, as ImageOwnerAlias does; any other one is `others`."""

TAGGED: dict[str, type[Resource]] = {
    "image": Image,
    "snapshot": Snapshot,
    "disk": Disk,
    "instance": Instance,
    "securitygroup": SecurityGroup,
    "vpc": Vpc,
    "vswitch": VSwitch,
}
"""The records of the resources that have tags, by what their names begin with."""


def authorize(operation: Operation, ctx: Context, request: Request, raw: RawRequest) -> None:
    """Refuse a call that names another account, or that the caller's policies don't allow.

    Raises `InvalidOwnerAccount`, and what the product has for calls that aren't allowed.
    """
    check_owner(ctx, request)
    caller = ctx.caller
    if caller.is_root or operation.for_everybody or (operation.exempt and operation.exempt(request)):
        return
    circumstances = Circumstances(ctx, request, raw)
    held = held_by(ctx.tx, caller, ctx.world.permissions)
    for action, resource, denied in wishes(operation, ctx, request):
        ruling, layer = judge(held, Wish(action, resource, circumstances.of(resource)))
        if not ruling.allowed:
            raise denial(denied, ctx, action, ruling, layer)


def check_owner(ctx: Context, request: Request) -> None:
    """Refuse a call that names an account which isn't the caller's, in any of the four ways."""
    names = (request.owner_account, request.resource_owner_account)
    ids = (request.owner_id, request.resource_owner_id)
    if names == (None, None) == ids:
        return
    profile = ctx.profile()
    if profile is None or not all(
        access.is_named(profile, name, lambda user: ctx.identities.user(user) is not None)
        for name in (*names, *map(str, filter(None, ids)))
        if name
    ):
        raise errors.OWNER_ACCOUNT()


def wishes(operation: Operation, ctx: Context, request: Request) -> Iterator[tuple[str, str, ErrorSpec]]:
    """Yield every action and resource that a call takes rights on, with the refusal where they lack."""
    refusal = operation.denied or errors.FORBIDDEN_RAM
    action = f"{operation.product}:{operation.name}"

    def resolve(kind: Kind, id: str) -> str:
        key = ctx.keys.named(id, ctx.region) if kind == Kind("kms", "key") else None
        return key.id if key else id

    for resource in resources(operation, request, ctx.account, ctx.region, resolve):
        yield action, resource, refusal
    for need in operation.dependent:
        if (name := getattr(request, need.attribute)) is not None:
            yield need.action, need.resource.format(account=ctx.account, name=name.lower()), need.denied


class Held(NamedTuple):
    """What somebody may do: what its policies say and, in a session, what narrows them."""

    identity: Permissions
    session: Permissions | None


def judge(held: Held, wish: Wish) -> tuple[Ruling, str]:
    """Decide about a wish, and say which kind of policy did: every layer must allow it."""
    ruling = held.identity.decide(wish)
    if not ruling.allowed or held.session is None:
        return ruling, "AccountLevelIdentityBasedPolicy"
    narrowed = held.session.decide(wish)
    return (ruling, "AccountLevelIdentityBasedPolicy") if narrowed.allowed else (narrowed, "SessionPolicy")


def held_by(tx: Transaction, caller: Caller, known: dict[tuple[str, ...], Held]) -> Held:
    """Return what a caller may do; read once for each state of the account's identities."""
    session = caller.session
    key = (
        caller.account,
        caller.identities,
        session.id if session else caller.user,
        "role" if session else "",
    )
    held = known.get(key)
    if held is None:
        if len(known) >= REMEMBERED:
            known.clear()
        held = known[key] = _read(tx, caller)
    return held


def _read(tx: Transaction, caller: Caller) -> Held:
    session = caller.session
    if session is None:
        return Held(Permissions(_statements(tx, caller.account, Holder.USER, caller.user)), None)
    role = tx.get(Role, session.account, session.role)
    # A role of the same name that was made since is another one.
    there = role is not None and role.id == session.role_id
    return Held(
        Permissions(_statements(tx, session.account, Holder.ROLE, session.role) if there else ()),
        Permissions(policies.read(session.policy, "of the session")) if session.policy else None,
    )


def _statements(tx: Transaction, account: str, holder: Holder, name: str) -> Iterator[policies.Statement]:
    for one in tx.find(Attachment, account=account, holder=holder.value, holder_name=name):
        policy = (
            catalogue_policy(one.policy)
            if one.policy_type == PolicyType.SYSTEM
            else tx.get(Policy, account, one.policy)
        )
        if policy is not None:
            yield from policies.read(policy.document, policy.name)


class Circumstances:
    """What conditions can ask about one call."""

    def __init__(self, ctx: Context, request: Request, raw: RawRequest) -> None:
        """Look at a call; what takes a query is looked up when a condition asks for it."""
        self._ctx = ctx
        self._request = request
        self._raw = raw

    def of(self, resource: str) -> Facts:
        """Return what is known of the call as far as it concerns one of its resources."""

        def fact(key: str) -> str | None:
            name, slash, tag = key.partition("/")
            if slash:
                return self._tags(name, resource).get(tag)
            return FACTS[name](self) if name in FACTS else None

        return fact

    def source_ip(self) -> str | None:
        """The address that it came from."""
        return self._raw.client or None

    def secure_transport(self) -> str:
        """Whether it came over TLS."""
        return str(self._raw.secure).lower()

    def current_time(self) -> str:
        """The world's time."""
        return times.seconds(self._ctx.now)

    def image_owner(self) -> str | None:
        """Whose image the call names."""
        image, _ = self._image()
        return image.owner if image else None

    def image_source(self) -> str | None:
        """What the image is to the account."""
        image, relation = self._image()
        return NAMES_OF_SOURCES.get(relation, "others") if image else None

    def image_platform(self) -> str | None:
        """The image's platform."""
        image, _ = self._image()
        return image.platform if image else None

    def _image(self) -> tuple[Image | None, Relation]:
        """Return the image that the call names, if the account may see it."""
        id: str | None = getattr(self._request, "image_id", None)
        if not id:
            return None, Relation.NONE
        image, verdict = self._ctx.images.judge(id, self._ctx.region, to=Action.DESCRIBE)
        return (image if verdict.allowed else None), verdict.relation

    def _tags(self, key: str, resource: str) -> dict[str, str]:
        """Return the tags of the call, or of one of the account's own resources.

        A resource that is being made has the call's.
        """
        type_, _, id = resource.rpartition(":")[2].partition("/")
        kind = TAGGED.get(type_)
        if key == "acs:RequestTag" or (key in TAGS_OF_RESOURCES and id == "*"):
            tags = tuple(item.tag() for item in getattr(self._request, "tag", ()))
        elif key in TAGS_OF_RESOURCES and kind and (found := self._ctx.owned(kind, id)):
            tags = found.tags
        else:
            tags = ()
        return {tag.key: tag.value for tag in tags}


TAGS_OF_RESOURCES = ("acs:ResourceTag", "ecs:tag")

FACTS: dict[str, Callable[[Circumstances], str | None]] = {
    "acs:SourceIp": Circumstances.source_ip,
    "acs:SecureTransport": Circumstances.secure_transport,
    "acs:CurrentTime": Circumstances.current_time,
    "acs:MFAPresent": lambda _: "false",
    "ecs:ImageOwnerId": Circumstances.image_owner,
    "ecs:ImageSource": Circumstances.image_source,
    "ecs:ImagePlatform": Circumstances.image_platform,
}
"""What conditions can ask for; a call by an access key is never one with a second factor."""


def denial(row: ErrorSpec, ctx: Context, action: str, ruling: Ruling, layer: str) -> ApiError:
    """Return the refusal, with the fields that say who was denied what.

    Source: "Access denied errors" of RAM, and DecodeDiagnosticMessage (2025).
    """
    caller = ctx.caller
    refusal = row()
    refusal.because = str(ruling)
    refusal.detail = {
        "AuthAction": action,
        "AuthPrincipalDisplayName": caller.session.principal if caller.session else caller.user,
        "AuthPrincipalOwnerId": caller.account,
        "AuthPrincipalType": "AssumedRoleUser" if caller.session else "SubUser",
        "EncodedDiagnosticMessage": b64encode(ctx.request_id.encode()).decode(),
        "NoPermissionType": "ExplicitDeny" if ruling.explicit else "ImplicitDeny",
        "PolicyType": layer,
    }
    return refusal


OPERATIONS_ON_IMAGES = {
    Action.DESCRIBE: "DescribeImages",
    Action.RUN: "RunInstances",
    Action.REPLACE: "ReplaceSystemDisk",
    Action.REINIT: "ReInitDisk",
    Action.COPY: "CopyImage",
    Action.SHARE: "ModifyImageSharePermission",
    Action.MODIFY: "ModifyImageAttribute",
    Action.DELETE: "DeleteImage",
    Action.EXPORT: "ExportImage",
}
"""By which operation an image is used for what, for the question whether somebody may."""


def judge_as(
    tx: Transaction, account: Account, user: str, id: str, region: str, action: Action, images: Images
) -> tuple[Image | None, Verdict]:
    """Return an image and whether an account, or a user of it, may do this with it, and why.

    Of a user, policies are asked first, on the image alone; conditions on a call's circumstances fail.
    """
    image, verdict = images.judge(id, region, to=action)
    if not user or image is None:
        return image, verdict
    caller = Caller(account.id, "", account.site, user, None, account.identities)
    name = OPERATIONS_ON_IMAGES[action]
    wish = Wish(f"ecs:{name}", f"acs:ecs:{region}:{account.id}:image/{id}", lambda key: None)
    ruling, _ = judge(held_by(tx, caller, {}), wish)
    if ruling.allowed:
        return image, Verdict(verdict.allowed, verdict.relation, f"{ruling}; {verdict.reason}")
    return image, Verdict(False, verdict.relation, f"ecs:{name}: {ruling}")
