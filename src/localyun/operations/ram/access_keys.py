"""Access keys of users, and of the account itself."""

from typing import Annotated, Literal

from localyun.model import AccessKey, KeyUse
from localyun.operations.context import Context
from localyun.operations.ram.product import RAM
from localyun.operations.ram.users import existing
from localyun.spec import errors
from localyun.spec.declare import UNSET, Answer, Empty, Request, Unset, View, param
from localyun.wire import times

ACTIVE, INACTIVE = "Active", "Inactive"

WhoseKey = Annotated[str | None, param("The user's name; whoever calls without it means its own keys.")]
KeyId = Annotated[str, param("The access key's id.", missing=errors.NAMED_MISSING)]


class CreateAccessKey(Request):
    """Make an access key; its secret is shown this once."""

    user_name: WhoseKey = None


class NewAccessKey(View):
    """The key with its secret."""

    status: str
    access_key_secret: str
    create_date: str
    access_key_id: str


class CreateAccessKeyAnswer(Answer):
    """The key with its secret."""

    access_key: NewAccessKey


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND, errors.RAM_KEYS_QUOTA))
def create_access_key(ctx: Context, request: CreateAccessKey) -> CreateAccessKeyAnswer:
    """The limit is a user's own, and the account's."""
    user = whose(ctx, request.user_name)
    if len(ctx.identities.keys(user)) >= ctx.limits.keys_per_user:
        raise errors.RAM_KEYS_QUOTA()
    id, secret = ctx.world.ids.access_key()
    key = AccessKey(id=id, account=ctx.account, secret=secret, user=user, created_at=ctx.now)
    ctx.tx.put(key)
    return CreateAccessKeyAnswer(
        access_key=NewAccessKey(
            status=ACTIVE,
            access_key_secret=secret,
            create_date=times.seconds(key.created_at),
            access_key_id=id,
        )
    )


class ListAccessKeys(Request):
    """List access keys without their secrets."""

    user_name: WhoseKey = None


class AccessKeyView(View):
    """A key in the list."""

    status: str
    access_key_id: str
    create_date: str


class AccessKeys(View):
    """The keys."""

    access_key: list[AccessKeyView]


class ListAccessKeysAnswer(Answer):
    """The keys."""

    access_keys: AccessKeys


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND,), changes=False)
def list_access_keys(ctx: Context, request: ListAccessKeys) -> ListAccessKeysAnswer:
    """The oldest comes first."""
    return ListAccessKeysAnswer(
        access_keys=AccessKeys(
            access_key=[
                AccessKeyView(
                    status=ACTIVE if key.active else INACTIVE,
                    access_key_id=key.id,
                    create_date=times.seconds(key.created_at),
                )
                for key in ctx.identities.keys(whose(ctx, request.user_name))
            ]
        )
    )


class UpdateAccessKey(Request):
    """Disable an access key, or enable it again."""

    user_access_key_id: KeyId
    status: Annotated[
        Literal["Active", "Inactive"], param("Active or Inactive.", missing=errors.NAMED_MISSING)
    ]
    user_name: WhoseKey = None


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND, errors.RAM_KEY_NOT_FOUND))
def update_access_key(ctx: Context, request: UpdateAccessKey) -> Empty:
    """It holds from the next call on, for calls that were signed before as well."""
    key = the_key(ctx, request.user_name, request.user_access_key_id)
    ctx.tx.put(
        AccessKey(
            id=key.id,
            account=key.account,
            secret=key.secret,
            user=key.user,
            created_at=key.created_at,
            active=request.status == ACTIVE,
        )
    )
    return Empty()


class DeleteAccessKey(Request):
    """Delete an access key for good."""

    user_access_key_id: KeyId
    user_name: WhoseKey = None


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND, errors.RAM_KEY_NOT_FOUND))
def delete_access_key(ctx: Context, request: DeleteAccessKey) -> Empty:
    """Its nonces stay spent."""
    key = the_key(ctx, request.user_name, request.user_access_key_id)
    ctx.tx.delete(key)
    ctx.tx.delete(KeyUse(access_key=key.id))
    return Empty()


class GetAccessKeyLastUsed(Request):
    """Ask when an access key was last used."""

    user_access_key_id: KeyId
    user_name: WhoseKey = None


class LastUse(View):
    """The last use."""

    last_used_date: str | Unset = UNSET
    """Not given for a key that was never used."""


class GetAccessKeyLastUsedAnswer(Answer):
    """The last use."""

    access_key_last_used: LastUse


@RAM.operation(errors=(errors.RAM_USER_NOT_FOUND, errors.RAM_KEY_NOT_FOUND), changes=False)
def get_access_key_last_used(ctx: Context, request: GetAccessKeyLastUsed) -> GetAccessKeyLastUsedAnswer:
    """A call counts that proved to be made with the key, whether it was refused afterwards or not."""
    key = the_key(ctx, request.user_name, request.user_access_key_id)
    at = ctx.world.key_uses.last(key.id, ctx.tx)
    return GetAccessKeyLastUsedAnswer(
        access_key_last_used=LastUse(last_used_date=UNSET if at is None else times.seconds(at))
    )


def whose(ctx: Context, name: str | None) -> str:
    """Return whose keys are meant: the named user's, or else the caller's own."""
    return existing(ctx, name).name if name else ctx.caller.user


def the_key(ctx: Context, user: str | None, id: str) -> AccessKey:
    """Return an access key, or raise `EntityNotExist.User.AccessKey`."""
    named = [key for key in ctx.identities.keys(whose(ctx, user)) if key.id == id]
    if not named:
        raise errors.RAM_KEY_NOT_FOUND()
    return named[0]
