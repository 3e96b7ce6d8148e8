"""Policies: the account's own, made and deleted, and the provider's, which are there."""

from typing import Annotated

from localyun import catalogue
from localyun.model import Policy
from localyun.model.identity import POLICY_NAME, Holder, PolicyType
from localyun.operations.common import having_tags
from localyun.operations.context import Context
from localyun.operations.identities import catalogue_policy
from localyun.operations.ram.common import (
    Description,
    Marker,
    MaxItems,
    PolicyName,
    PolicyType_,
    Tags,
    TagsView,
    WantedTags,
    check_description,
    check_document,
    check_name,
    check_type,
    is_taken,
    page,
    tags_given,
    tags_view,
)
from localyun.operations.ram.product import RAM
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, Request, Unset, View, param
from localyun.wire import times

LONGEST_POLICY_NAME = 128
VERSION = "v1"
"""The only version that a policy has here: none of these operations adds another."""


class CreatePolicy(Request):
    """Make a policy of one's own."""

    policy_name: PolicyName
    policy_document: Annotated[
        str, param("The policy, up to 6,144 characters.", missing=errors.NAMED_MISSING)
    ]
    description: Description = None
    tag: Tags = ()


class NewPolicy(View):
    """The policy that was made."""

    default_version: str
    description: str
    policy_name: str
    create_date: str
    policy_type: str


class CreatePolicyAnswer(Answer):
    """The policy that was made."""

    policy: NewPolicy


@RAM.operation(
    errors=(
        errors.RAM_POLICY_NAME_LENGTH,
        errors.RAM_POLICY_NAME_CHARS,
        errors.RAM_DESCRIPTION_LENGTH,
        errors.RAM_POLICY_DOCUMENT_LENGTH,
        errors.RAM_POLICY_MALFORMED,
        errors.RAM_POLICY_EXISTS,
        errors.RAM_POLICIES_QUOTA,
    )
)
def create_policy(ctx: Context, request: CreatePolicy) -> CreatePolicyAnswer:
    """It may have the name of one of the provider's: the type tells them apart."""
    check_name(
        request.policy_name,
        POLICY_NAME,
        LONGEST_POLICY_NAME,
        errors.RAM_POLICY_NAME_LENGTH,
        errors.RAM_POLICY_NAME_CHARS,
    )
    check_description(request.description)
    check_document(request.policy_document)
    tags = tags_given(request.tag)
    own = ctx.identities.policies()
    if is_taken(request.policy_name, own):
        raise errors.RAM_POLICY_EXISTS()
    if len(own) >= ctx.limits.policies_per_account:
        raise errors.RAM_POLICIES_QUOTA()
    policy = Policy(
        account=ctx.account,
        name=request.policy_name,
        document=request.policy_document,
        created_at=ctx.now,
        description=request.description or "",
        tags=tags,
    )
    ctx.identities.keep(policy)
    return CreatePolicyAnswer(
        policy=NewPolicy(
            default_version=VERSION,
            description=policy.description,
            policy_name=policy.name,
            create_date=times.seconds(policy.created_at),
            policy_type=PolicyType.CUSTOM,
        )
    )


class GetPolicy(Request):
    """Show a policy with its document."""

    policy_type: PolicyType_
    policy_name: PolicyName


class WholePolicy(View):
    """A policy, as GetPolicy shows it."""

    default_version: str
    update_date: str
    description: str
    policy_document: str
    attachment_count: int
    policy_name: str
    create_date: str
    policy_type: str


class DefaultPolicyVersion(View):
    """The version that holds."""

    is_default_version: bool
    policy_document: str
    version_id: str
    create_date: str


class GetPolicyAnswer(Answer):
    """A policy and the version of it that holds."""

    policy: WholePolicy
    default_policy_version: DefaultPolicyVersion


@RAM.operation(errors=(errors.RAM_POLICY_TYPE, errors.RAM_POLICY_NOT_FOUND), changes=False)
def get_policy(ctx: Context, request: GetPolicy) -> GetPolicyAnswer:
    """Attachments are counted within the account, for the provider's policies as well."""
    policy = existing(ctx, request.policy_type, request.policy_name)
    created = times.seconds(policy.created_at)
    return GetPolicyAnswer(
        policy=WholePolicy(
            default_version=VERSION,
            update_date=created,
            description=policy.description,
            policy_document=policy.document,
            attachment_count=len(ctx.identities.attachments_of(request.policy_type, policy.name)),
            policy_name=policy.name,
            create_date=created,
            policy_type=request.policy_type,
        ),
        default_policy_version=DefaultPolicyVersion(
            is_default_version=True,
            policy_document=policy.document,
            version_id=VERSION,
            create_date=created,
        ),
    )


class ListPolicies(Request):
    """List the account's own policies, the provider's, or both."""

    policy_type: Annotated[str | None, param("System or Custom; both without it.")] = None
    marker: Marker = None
    max_items: MaxItems = 100
    tag: WantedTags = ()


class PolicyView(View):
    """A policy in the list."""

    default_version: str
    description: str
    update_date: str
    attachment_count: int
    policy_name: str
    create_date: str
    policy_type: str
    tags: TagsView


class Policies(View):
    """A page of the policies."""

    policy: list[PolicyView]


class ListPoliciesAnswer(Answer):
    """A page of the policies, and where the next one begins."""

    is_truncated: bool
    policies: Policies
    marker: str | Unset = UNSET


@RAM.operation(errors=(errors.RAM_POLICY_TYPE,), changes=False)
def list_policies(ctx: Context, request: ListPolicies) -> ListPoliciesAnswer:
    """One's own come first, each kind by name."""
    if request.policy_type is not None:
        check_type(request.policy_type)
    found: list[tuple[str, Policy]] = []
    if request.policy_type != PolicyType.SYSTEM:
        found += [(PolicyType.CUSTOM, policy) for policy in ctx.identities.policies()]
    if request.policy_type != PolicyType.CUSTOM:
        provided = (catalogue_policy(name) for name in sorted(catalogue.system_policies()))
        found += [(PolicyType.SYSTEM, policy) for policy in provided if policy]
    fitting = [(type_, policy) for type_, policy in found if having_tags(policy.tags, request.tag)]
    shown, marker = page(fitting, request.marker, request.max_items)
    return ListPoliciesAnswer(
        is_truncated=bool(marker),
        marker=marker or UNSET,
        policies=Policies(
            policy=[
                PolicyView(
                    default_version=VERSION,
                    description=policy.description,
                    update_date=times.seconds(policy.created_at),
                    attachment_count=len(ctx.identities.attachments_of(type_, policy.name)),
                    policy_name=policy.name,
                    create_date=times.seconds(policy.created_at),
                    policy_type=type_,
                    tags=tags_view(policy.tags),
                )
                for type_, policy in shown
            ]
        ),
    )


class DeletePolicy(Request):
    """Delete a policy of one's own."""

    policy_name: PolicyName
    cascading_delete: Annotated[bool, param("Take it off all users and roles first.")] = False


@RAM.operation(errors=(errors.RAM_POLICY_NOT_FOUND, errors.RAM_POLICY_OF_USER, errors.RAM_POLICY_OF_ROLE))
def delete_policy(ctx: Context, request: DeletePolicy) -> Empty:
    """One that is attached stays, unless it is to be taken off everywhere."""
    policy = existing(ctx, PolicyType.CUSTOM, request.policy_name)
    attachments = ctx.identities.attachments_of(PolicyType.CUSTOM, policy.name)
    if not request.cascading_delete:
        if any(one.holder == Holder.USER for one in attachments):
            raise errors.RAM_POLICY_OF_USER()
        if attachments:
            raise errors.RAM_POLICY_OF_ROLE()
    for attachment in attachments:
        ctx.identities.forget(attachment)
    ctx.identities.forget(policy)
    return Empty()


def existing(ctx: Context, type_: str, name: str) -> Policy:
    """Return a policy, or raise `InvalidParameter.PolicyType` or `EntityNotExist.Policy`."""
    check_type(type_)
    policy = ctx.identities.policy(type_, name)
    if policy is None:
        raise errors.RAM_POLICY_NOT_FOUND()
    return policy
