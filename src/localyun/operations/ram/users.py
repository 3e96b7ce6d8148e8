"""Users: made, shown, listed and deleted."""

import re
from typing import Annotated

from localyun.model import User
from localyun.model.identity import USER_NAME, Holder
from localyun.operations.context import Context
from localyun.operations.ram.common import Marker, MaxItems, UserName, check_name, is_taken, page
from localyun.operations.ram.product import RAM
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, Request, Unset, View, param
from localyun.wire import times

LONGEST_USER_NAME = 64
LONGEST_TEXT = 128

DISPLAY_NAME = re.compile(r"[\w@.-]+")
MOBILE_PHONE = re.compile(r"\d{1,4}-\d{5,15}", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class CreateUser(Request):
    """Make a user, who may do nothing until a policy is attached."""

    user_name: UserName
    display_name: Annotated[str | None, param("The name that is shown; the user's name without it.")] = None
    mobile_phone: Annotated[str | None, param("A phone number, as 86-18600008888.")] = None
    email: Annotated[str | None, param("An address for mail.")] = None
    comments: Annotated[str | None, param("Up to 128 characters.")] = None


class NewUser(View):
    """The user that was made."""

    display_name: str
    email: str
    mobile_phone: str
    user_id: str
    comments: str
    create_date: str
    user_name: str


class CreateUserAnswer(Answer):
    """The user that was made."""

    user: NewUser


@RAM.operation(
    errors=(
        errors.RAM_USER_NAME_LENGTH,
        errors.RAM_USER_NAME_CHARS,
        errors.RAM_DISPLAY_NAME_LENGTH,
        errors.RAM_DISPLAY_NAME_CHARS,
        errors.RAM_MOBILE_PHONE,
        errors.RAM_EMAIL,
        errors.RAM_COMMENTS_LENGTH,
        errors.RAM_USER_EXISTS,
        errors.RAM_USERS_QUOTA,
    )
)
def create_user(ctx: Context, request: CreateUser) -> CreateUserAnswer:
    """A user's name is one only in its account, and never changes."""
    check_user(request)
    users = ctx.identities.users()
    if is_taken(request.user_name, users):
        raise errors.RAM_USER_EXISTS()
    if len(users) >= ctx.limits.users_per_account:
        raise errors.RAM_USERS_QUOTA()
    user = User(
        account=ctx.account,
        name=request.user_name,
        id=ctx.world.ids.identity(),
        created_at=ctx.now,
        display_name=request.display_name or request.user_name,
        mobile_phone=request.mobile_phone or "",
        email=request.email or "",
        comments=request.comments or "",
    )
    ctx.identities.keep(user)
    return CreateUserAnswer(
        user=NewUser(
            display_name=user.display_name,
            email=user.email,
            mobile_phone=user.mobile_phone,
            user_id=user.id,
            comments=user.comments,
            create_date=times.seconds(user.created_at),
            user_name=user.name,
        )
    )


def check_user(request: CreateUser) -> None:
    """Raise the row of the first thing that can't be what it should."""
    check_name(
        request.user_name,
        USER_NAME,
        LONGEST_USER_NAME,
        errors.RAM_USER_NAME_LENGTH,
        errors.RAM_USER_NAME_CHARS,
    )
    if request.display_name is not None:
        check_name(
            request.display_name,
            DISPLAY_NAME,
            LONGEST_TEXT,
            errors.RAM_DISPLAY_NAME_LENGTH,
            errors.RAM_DISPLAY_NAME_CHARS,
        )
    if request.mobile_phone is not None and not MOBILE_PHONE.fullmatch(request.mobile_phone):
        raise errors.RAM_MOBILE_PHONE()
    if request.email is not None and not EMAIL.fullmatch(request.email):
        raise errors.RAM_EMAIL()
    if len(request.comments or "") > LONGEST_TEXT:
        raise errors.RAM_COMMENTS_LENGTH()


class GetUser(Request):
    """Show a user."""

    user_name: UserName


class UserView(View):
    """A user in the list."""

    display_name: str
    email: str
    update_date: str
    mobile_phone: str
    user_id: str
    comments: str
    create_date: str
    user_name: str


class WholeUser(UserView):
    """A user, as GetUser shows it."""

    last_login_date: str | Unset = UNSET


class GetUserAnswer(Answer):
    """A user."""

    user: WholeUser


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND,), changes=False)
def get_user(ctx: Context, request: GetUser) -> GetUserAnswer:
    """Only the account whose user it is sees it."""
    return GetUserAnswer(user=shown(existing(ctx, request.user_name)))


class ListUsers(Request):
    """List the users of the account."""

    marker: Marker = None
    max_items: MaxItems = 100


class Users(View):
    """A page of the users."""

    user: list[UserView]


class ListUsersAnswer(Answer):
    """A page of the users, and where the next one begins."""

    is_truncated: bool
    users: Users
    marker: str | Unset = UNSET


@RAM.operation(changes=False)
def list_users(ctx: Context, request: ListUsers) -> ListUsersAnswer:
    """They come by name."""
    users, marker = page(ctx.identities.users(), request.marker, request.max_items)
    return ListUsersAnswer(
        is_truncated=bool(marker), marker=marker or UNSET, users=Users(user=[shown(user) for user in users])
    )


class DeleteUser(Request):
    """Delete a user who has neither access keys nor policies."""

    user_name: UserName


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND, errors.RAM_USER_WITH_KEYS, errors.RAM_USER_WITH_POLICIES))
def delete_user(ctx: Context, request: DeleteUser) -> Empty:
    """Whoever has the name later has nothing of this user's."""
    user = existing(ctx, request.user_name)
    if ctx.identities.keys(user.name):
        raise errors.RAM_USER_WITH_KEYS()
    if ctx.identities.attached(Holder.USER, user.name):
        raise errors.RAM_USER_WITH_POLICIES()
    ctx.identities.forget(user)
    return Empty()


def existing(ctx: Context, name: str) -> User:
    """Return a user of the account, or raise `EntityNotExist.User`."""
    user = ctx.identities.user(name)
    if user is None:
        raise errors.RAM_USER_NOT_FOUND()
    return user


def shown(user: User) -> WholeUser:
    """Show a user; none has ever logged in, for there is no console of the provider's."""
    return WholeUser(
        display_name=user.display_name,
        email=user.email,
        update_date=times.seconds(user.created_at),
        mobile_phone=user.mobile_phone,
        user_id=user.id,
        comments=user.comments,
        create_date=times.seconds(user.created_at),
        user_name=user.name,
    )
