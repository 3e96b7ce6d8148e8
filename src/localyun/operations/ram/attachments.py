"""Which policies hold for whom: attached to users and roles, taken off, listed."""

from localyun.model import Attachment
from localyun.model.identity import Holder, PolicyType
from localyun.operations.context import Context
from localyun.operations.ram import policies, roles, users
from localyun.operations.ram.common import PolicyName, PolicyType_, RoleName, UserName
from localyun.operations.ram.product import RAM
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, NotEmulated, Request, View
from localyun.spec.faults import ErrorSpec
from localyun.wire import times


class AttachPolicyToUser(Request):
    """Let a policy hold for a user."""

    policy_type: PolicyType_
    policy_name: PolicyName
    user_name: UserName
    resource_group_id: NotEmulated[str] = None


@RAM.operation(
    errors=(
        errors.RAM_USER_NOT_FOUND,
        errors.RAM_POLICY_TYPE,
        errors.RAM_POLICY_NOT_FOUND,
        errors.RAM_USER_HAS_POLICY,
        errors.RAM_USER_POLICIES_QUOTA,
    )
)
def attach_policy_to_user(ctx: Context, request: AttachPolicyToUser) -> Empty:
    """It holds from the next call on."""
    user = users.existing(ctx, request.user_name)
    policies.existing(ctx, request.policy_type, request.policy_name)
    attach(
        ctx,
        Holder.USER,
        user.name,
        request,
        there=errors.RAM_USER_HAS_POLICY,
        quota=errors.RAM_USER_POLICIES_QUOTA,
    )
    return Empty()


class AttachPolicyToRole(Request):
    """Let a policy hold for whoever takes a role on."""

    policy_type: PolicyType_
    policy_name: PolicyName
    role_name: RoleName
    resource_group_id: NotEmulated[str] = None


@RAM.operation(
    errors=(
        errors.RAM_ROLE_NOT_FOUND,
        errors.RAM_POLICY_TYPE,
        errors.RAM_POLICY_NOT_FOUND,
        errors.RAM_ROLE_HAS_POLICY,
        errors.RAM_ROLE_POLICIES_QUOTA,
    )
)
def attach_policy_to_role(ctx: Context, request: AttachPolicyToRole) -> Empty:
    """It holds from the next call on, for sessions that have begun as well."""
    role = roles.existing(ctx, request.role_name)
    policies.existing(ctx, request.policy_type, request.policy_name)
    attach(
        ctx,
        Holder.ROLE,
        role.name,
        request,
        there=errors.RAM_ROLE_HAS_POLICY,
        quota=errors.RAM_ROLE_POLICIES_QUOTA,
    )
    return Empty()


class DetachPolicyFromUser(Request):
    """Take a policy off a user."""

    policy_type: PolicyType_
    policy_name: PolicyName
    user_name: UserName
    resource_group_id: NotEmulated[str] = None


@RAM.operation(
    errors=(
        errors.RAM_USER_NOT_FOUND,
        errors.RAM_POLICY_TYPE,
        errors.RAM_POLICY_NOT_FOUND,
        errors.RAM_USER_WITHOUT_POLICY,
    )
)
def detach_policy_from_user(ctx: Context, request: DetachPolicyFromUser) -> Empty:
    """It no longer holds from the next call on."""
    user = users.existing(ctx, request.user_name)
    policies.existing(ctx, request.policy_type, request.policy_name)
    detach(ctx, Holder.USER, user.name, request, missing=errors.RAM_USER_WITHOUT_POLICY)
    return Empty()


class DetachPolicyFromRole(Request):
    """Take a policy off a role."""

    policy_type: PolicyType_
    policy_name: PolicyName
    role_name: RoleName
    resource_group_id: NotEmulated[str] = None


@RAM.operation(
    errors=(
        errors.RAM_ROLE_NOT_FOUND,
        errors.RAM_POLICY_TYPE,
        errors.RAM_POLICY_NOT_FOUND,
        errors.RAM_ROLE_WITHOUT_POLICY,
    )
)
def detach_policy_from_role(ctx: Context, request: DetachPolicyFromRole) -> Empty:
    """It no longer holds from the next call on, for sessions that have begun as well."""
    role = roles.existing(ctx, request.role_name)
    policies.existing(ctx, request.policy_type, request.policy_name)
    detach(ctx, Holder.ROLE, role.name, request, missing=errors.RAM_ROLE_WITHOUT_POLICY)
    return Empty()


class ListPoliciesForUser(Request):
    """List the policies that are attached to a user."""

    user_name: UserName


class AttachedPolicy(View):
    """An attached policy, and since when."""

    default_version: str
    description: str
    policy_name: str
    attach_date: str
    policy_type: str


class AttachedPolicies(View):
    """The attached policies."""

    policy: list[AttachedPolicy]


class ListPoliciesForUserAnswer(Answer):
    """The attached policies."""

    policies: AttachedPolicies


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND,), changes=False)
def list_policies_for_user(ctx: Context, request: ListPoliciesForUser) -> ListPoliciesForUserAnswer:
    """One's own come first, each kind by name."""
    user = users.existing(ctx, request.user_name)
    return ListPoliciesForUserAnswer(
        policies=AttachedPolicies(
            policy=[
                AttachedPolicy(
                    default_version=policies.VERSION,
                    description=policies.existing(ctx, one.policy_type, one.policy).description,
                    policy_name=one.policy,
                    attach_date=times.seconds(one.since),
                    policy_type=one.policy_type,
                )
                for one in ctx.identities.attached(Holder.USER, user.name)
            ]
        )
    )


Attaching = AttachPolicyToUser | AttachPolicyToRole | DetachPolicyFromUser | DetachPolicyFromRole


def attach(
    ctx: Context, holder: Holder, name: str, request: Attaching, *, there: ErrorSpec, quota: ErrorSpec
) -> None:
    """Attach a policy, or raise `there` when it is attached, `quota` when there are enough of its type."""
    of_the_type = [
        one for one in ctx.identities.attached(holder, name) if one.policy_type == request.policy_type
    ]
    if any(one.policy == request.policy_name for one in of_the_type):
        raise there()
    own = request.policy_type == PolicyType.CUSTOM
    limits = ctx.limits
    most = limits.custom_policies_per_identity if own else limits.system_policies_per_identity
    if len(of_the_type) >= most:
        raise quota()
    ctx.identities.keep(
        Attachment(
            account=ctx.account,
            holder=holder.value,
            holder_name=name,
            policy_type=request.policy_type,
            policy=request.policy_name,
            since=ctx.now,
        )
    )


def detach(ctx: Context, holder: Holder, name: str, request: Attaching, *, missing: ErrorSpec) -> None:
    """Take a policy off, or raise `missing` when it isn't attached."""
    wanted = (request.policy_type, request.policy_name)
    for one in ctx.identities.attached(holder, name):
        if (one.policy_type, one.policy) == wanted:
            return ctx.identities.forget(one)
    raise missing()
