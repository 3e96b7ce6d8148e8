"""Roles: made, shown, listed and deleted."""

from typing import Annotated

from localyun.model import Role
from localyun.model.identity import ROLE_NAME, Holder
from localyun.operations.common import having_tags
from localyun.operations.context import Context
from localyun.operations.ram.common import (
    Description,
    Marker,
    MaxItems,
    RoleName,
    Tags,
    TagsView,
    WantedTags,
    check_description,
    check_name,
    check_trust,
    is_taken,
    page,
    tags_given,
    tags_view,
)
from localyun.operations.ram.product import RAM
from localyun.spec import errors
from localyun.spec.declare import UNSET, Accepted, Answer, Empty, Request, Unset, View, param
from localyun.wire import times

LONGEST_ROLE_NAME = 64


class CreateRole(Request):
    """Make a role, and say who may take it on."""

    role_name: RoleName
    assume_role_policy_document: Annotated[
        str, param("The trust policy: who may take the role on.", missing=errors.NAMED_MISSING)
    ]
    description: Description = None
    max_session_duration: Annotated[
        int, param("How long a session may last, 3,600 to 43,200 seconds.", ge=3_600, le=43_200)
    ] = 3_600
    tag: Tags = ()
    allow_console_login: Accepted[bool] = None


class NewRole(View):
    """The role that was made."""

    assume_role_policy_document: str
    description: str
    max_session_duration: int
    role_name: str
    create_date: str
    role_id: str
    arn: str
    allow_console_login: bool | Unset = UNSET


class CreateRoleAnswer(Answer):
    """The role that was made."""

    role: NewRole


@RAM.operation(
    errors=(
        errors.RAM_ROLE_NAME_LENGTH,
        errors.RAM_ROLE_NAME_CHARS,
        errors.RAM_DESCRIPTION_LENGTH,
        errors.RAM_POLICY_DOCUMENT_LENGTH,
        errors.RAM_POLICY_MALFORMED,
        errors.RAM_ROLE_EXISTS,
        errors.RAM_ROLES_QUOTA,
    )
)
def create_role(ctx: Context, request: CreateRole) -> CreateRoleAnswer:
    """The trust policy has to be one, but its principals need not exist."""
    check_name(
        request.role_name,
        ROLE_NAME,
        LONGEST_ROLE_NAME,
        errors.RAM_ROLE_NAME_LENGTH,
        errors.RAM_ROLE_NAME_CHARS,
    )
    check_description(request.description)
    check_trust(request.assume_role_policy_document)
    tags = tags_given(request.tag)
    roles = ctx.identities.roles()
    if is_taken(request.role_name, roles):
        raise errors.RAM_ROLE_EXISTS()
    if len(roles) >= ctx.limits.roles_per_account:
        raise errors.RAM_ROLES_QUOTA()
    role = Role(
        account=ctx.account,
        name=request.role_name,
        id=ctx.world.ids.identity(),
        trust=request.assume_role_policy_document,
        created_at=ctx.now,
        description=request.description or "",
        max_session_seconds=request.max_session_duration,
        tags=tags,
    )
    ctx.identities.keep(role)
    return CreateRoleAnswer(
        role=NewRole(
            assume_role_policy_document=role.trust,
            description=role.description,
            max_session_duration=role.max_session_seconds,
            role_name=role.name,
            create_date=times.seconds(role.created_at),
            role_id=role.id,
            arn=role.arn,
        )
    )


class GetRole(Request):
    """Show a role with its trust policy."""

    role_name: RoleName


class LatestDeletionTask(View):
    """The last attempt to delete a role of a service, which there are none of here."""

    create_date: str | Unset = UNSET
    deletion_task_id: str | Unset = UNSET


class WholeRole(View):
    """A role, as GetRole shows it."""

    assume_role_policy_document: str
    update_date: str
    description: str
    max_session_duration: int
    role_name: str
    create_date: str
    role_id: str
    arn: str
    is_service_linked_role: bool
    role_principal_name: str
    allow_console_login: bool | Unset = UNSET
    latest_deletion_task: LatestDeletionTask | Unset = UNSET


class GetRoleAnswer(Answer):
    """A role."""

    role: WholeRole


@RAM.operation(errors=(errors.RAM_ROLE_NOT_FOUND,), changes=False)
def get_role(ctx: Context, request: GetRole) -> GetRoleAnswer:
    """Only the account whose role it is sees it."""
    role = existing(ctx, request.role_name)
    return GetRoleAnswer(
        role=WholeRole(
            assume_role_policy_document=role.trust,
            update_date=times.seconds(role.created_at),
            description=role.description,
            max_session_duration=role.max_session_seconds,
            role_name=role.name,
            create_date=times.seconds(role.created_at),
            role_id=role.id,
            arn=role.arn,
            is_service_linked_role=False,
            role_principal_name=f"{role.name.lower()}@role.{role.account}.onaliyunservice.com",
        )
    )


class ListRoles(Request):
    """List the roles of the account."""

    marker: Marker = None
    max_items: MaxItems = 100
    tag: WantedTags = ()


class RoleView(View):
    """A role in the list."""

    description: str
    update_date: str
    max_session_duration: int
    role_name: str
    create_date: str
    role_id: str
    arn: str
    tags: TagsView
    allow_console_login: bool | Unset = UNSET


class Roles(View):
    """A page of the roles."""

    role: list[RoleView]


class ListRolesAnswer(Answer):
    """A page of the roles, and where the next one begins."""

    is_truncated: bool
    roles: Roles
    marker: str | Unset = UNSET


@RAM.operation(changes=False)
def list_roles(ctx: Context, request: ListRoles) -> ListRolesAnswer:
    """They come by name."""
    fitting = [role for role in ctx.identities.roles() if having_tags(role.tags, request.tag)]
    shown, marker = page(fitting, request.marker, request.max_items)
    return ListRolesAnswer(
        is_truncated=bool(marker),
        marker=marker or UNSET,
        roles=Roles(
            role=[
                RoleView(
                    description=role.description,
                    update_date=times.seconds(role.created_at),
                    max_session_duration=role.max_session_seconds,
                    role_name=role.name,
                    create_date=times.seconds(role.created_at),
                    role_id=role.id,
                    arn=role.arn,
                    tags=tags_view(role.tags),
                )
                for role in shown
            ]
        ),
    )


class DeleteRole(Request):
    """Delete a role; its sessions end with it."""

    role_name: RoleName


@RAM.operation(errors=(errors.RAM_ROLE_NOT_FOUND, errors.RAM_ROLE_WITH_POLICIES))
def delete_role(ctx: Context, request: DeleteRole) -> Empty:
    """A role with policies stays."""
    role = existing(ctx, request.role_name)
    if ctx.identities.attached(Holder.ROLE, role.name):
        raise errors.RAM_ROLE_WITH_POLICIES()
    ctx.identities.forget(role)
    return Empty()


def existing(ctx: Context, name: str) -> Role:
    """Return a role of the account, or raise `EntityNotExist.Role`."""
    role = ctx.identities.role(name)
    if role is None:
        raise errors.RAM_ROLE_NOT_FOUND()
    return role
