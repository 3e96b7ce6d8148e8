"""Other names for keys."""

import re
from typing import Annotated

from localyun.model import Alias
from localyun.model.keys import PENDING_DELETION, RESERVED
from localyun.operations.common import page
from localyun.operations.context import Context
from localyun.operations.kms.keys import InRegion, OfKey, check_key_id, is_alias
from localyun.operations.kms.product import KMS
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, View, param

NAME = re.compile(r"alias/[A-Za-z0-9_/-]{1,255}")


class CreateAlias(OfKey, kw_only=True):
    """Give a key another name."""

    alias_name: Annotated[str, param("`alias/` and 1 to 255 letters, digits and `/ _ -`; not `alias/acs/…`.")]


@KMS.operation(
    errors=(errors.PARAMETER_NOT_VALID, errors.KMS_KEY_NOT_FOUND), malformed=errors.PARAMETER_NOT_VALID
)
def create_alias(ctx: Context, request: CreateAlias) -> Empty:
    """A name is one key's at a time; a key may have several. Source: CreateAlias (2025)."""
    check_key_id(request.key_id)
    name = request.alias_name
    if is_alias(request.key_id) or not NAME.fullmatch(name) or name.startswith(RESERVED):
        raise errors.PARAMETER_NOT_VALID()
    key = ctx.keys.named(request.key_id, ctx.region)
    if key is None:
        raise errors.KMS_KEY_NOT_FOUND()
    if key.is_services or key.state == PENDING_DELETION or ctx.keys.named(name, ctx.region):
        raise errors.PARAMETER_NOT_VALID()
    ctx.tx.put(Alias(owner=ctx.account, region=ctx.region, name=name, key=key.id))
    return Empty()


class ListAliases(InRegion):
    """List the other names of the keys of a region."""

    page_number: Annotated[int, param("The page, from 1.", ge=1)] = 1
    page_size: Annotated[int, param("Entries a page, 0 to 100.", ge=0, le=100)] = 10


class ListedAlias(View):
    """Another name for a key."""

    key_id: str
    alias_arn: str
    alias_name: str


class ListedAliasList(View):
    """A page of names."""

    alias: list[ListedAlias]


class ListedAliases(Answer):
    """A page of names, the newest key's first."""

    page_number: int
    page_size: int
    total_count: int
    aliases: ListedAliasList


@KMS.operation(errors=(errors.PARAMETER_NOT_VALID,), malformed=errors.PARAMETER_NOT_VALID, changes=False)
def list_aliases(ctx: Context, request: ListAliases) -> ListedAliases:
    """A key that is gone has no names any more. Source: ListAliases (2025)."""
    aliases = ctx.keys.aliases(ctx.region)
    return ListedAliases(
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(aliases),
        aliases=ListedAliasList(
            alias=[
                ListedAlias(key_id=alias.key, alias_arn=alias.arn, alias_name=alias.name)
                for alias in page(aliases, request.page_number, request.page_size)
            ]
        ),
    )
