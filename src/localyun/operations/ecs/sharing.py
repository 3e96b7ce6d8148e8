"""Sharing an image with other accounts, with all of them, and seeing with whom it is shared."""

from collections.abc import Sequence
from typing import Annotated

from localyun.model import Account, Image, Share, images
from localyun.model.access import Action
from localyun.model.encryption import NOT_SHAREABLE
from localyun.model.images import EVERYBODY
from localyun.model.sharing import changes, plan_sharing
from localyun.model.standing import Condition
from localyun.operations.common import DryRun, PageNumber, PageSize, RegionId, page
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.operations.ecs.publication import check_may_be_given, check_wish, given_as_wished
from localyun.operations.images import missing_image
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, Request, View, param
from localyun.wire import times

MOST_ACCOUNTS = 10
"""Of AddAccount and RemoveAccount, items numbered above this are ignored."""

Accounts_ = Annotated[
    tuple[str, ...], param("Account ids; those numbered above 10 are ignored.", first=MOST_ACCOUNTS)
]
Groups = Annotated[tuple[str, ...], param("Share groups; the only one there is, `all`, is every account.")]


class ModifyImageSharePermission(Request):
    """Share a custom image with other accounts, give it to the community, or take it back."""

    region_id: RegionId
    image_id: Annotated[str, param("The custom image.", example="m-bp1exampleexample")]
    launch_permission: Annotated[
        str | None, param("HIDDEN shares with whoever names the image, PRIVATE ends that; by invitation.")
    ] = None
    add_account: Accounts_ = ()
    remove_account: Accounts_ = ()
    is_public: Annotated[
        bool | None, param("true makes it a community image, false takes that back; alone in its call.")
    ] = None
    dry_run: DryRun = False
    add_group: Groups = ()
    remove_group: Groups = ()


@ECS.operation(
    errors=(
        errors.GROUP_MALFORMED,
        errors.PUBLIC_AND_SHARED,
        errors.LAUNCH_PERMISSION_AND_ACCOUNTS,
        errors.LAUNCH_PERMISSION,
        errors.NOT_INVITED,
        errors.IMAGE_NAMED_NOT_FOUND,
        errors.IMAGE_NOT_FOUND,
        errors.SHARE_DEPRECATED,
        errors.REGION_WITHOUT_COMMUNITY,
        errors.AGREEMENT_NOT_SIGNED,
        errors.IMAGE_PUBLIC,
        errors.IMAGE_NOT_PUBLIC,
        errors.ACCOUNT_MALFORMED,
        errors.ACCOUNT_NOT_FOUND,
        errors.SHARED_WITH_SELF,
        errors.SHARE_QUOTA,
        errors.OTHER_SITE,
        *NOT_SHAREABLE,
        errors.SENSITIVE_NAME,
        errors.SENSITIVE_DESCRIPTION,
        errors.SHARED_IMAGES_QUOTA,
    ),
)
def modify_image_share_permission(ctx: Context, request: ModifyImageSharePermission) -> Empty:
    """Everything is decided before anything changes; one call is all or nothing."""
    grantees = (*request.add_group, *request.remove_group, *request.add_account, *request.remove_account)
    if any(group != EVERYBODY for group in (*request.add_group, *request.remove_group)):
        raise errors.GROUP_MALFORMED()
    check_wish(ctx, request, shares=bool(grantees))
    image, verdict = ctx.images.judge(request.image_id, ctx.region, to=Action.SHARE)
    if image is None or not verdict.allowed:
        raise missing_image(request.image_id)
    if image.phase.at(ctx.now) == images.DEPRECATED:
        raise errors.SHARE_DEPRECATED()
    changed = given_as_wished(ctx, image, request, shares=bool(grantees))
    shares = {share.account: share for share in ctx.tx.find(Share, image=image.id)}
    accounts = plan_sharing(
        image.owner,
        shared_with=shares.keys() - {EVERYBODY},
        add=request.add_account,
        remove=request.remove_account,
        exists=ctx.account_exists,
        limit=ctx.limits.shares_per_image,
    )
    if others := _of_other_sites(ctx, image, accounts.gain):
        raise errors.OTHER_SITE(", ".join(others))
    groups = changes(shares, request.add_group, request.remove_group)
    gain = (*groups.gain, *accounts.gain)
    becomes_shared = bool(gain) or (changed.hidden and not image.hidden)
    if becomes_shared and changed.public:
        raise errors.IMAGE_PUBLIC()
    if becomes_shared or (changed.public and not image.public):
        to_all = not accounts.gain or bool(groups.gain) or changed.hidden
        check_may_be_given(ctx, image, to=accounts.gain, to_all=to_all)
    if becomes_shared and not (shares or image.hidden) and _has_shared_enough(ctx):
        raise errors.SHARED_IMAGES_QUOTA()
    for grantee in (*groups.lose, *accounts.lose):
        ctx.tx.delete(shares[grantee])
    for grantee in gain:
        share = Share(image=image.id, account=grantee, region=image.region, since=ctx.now, by=ctx.caller.arn)
        ctx.tx.put(share.of(changed))
    if changed != image:
        ctx.images.keep(changed)
    return Empty()


def _of_other_sites(ctx: Context, image: Image, accounts: Sequence[str]) -> list[str]:
    """Return the accounts of the other site, if the image goes back to one that was sold on the owner's."""
    if not image.product_code:
        return []
    found = (ctx.tx.get(Account, account) for account in accounts)
    return [account.id for account in found if account and account.site != ctx.caller.site]


def _has_shared_enough(ctx: Context) -> bool:
    """Whether as many of the caller's images, in all regions, are shared with somebody as may be.

    Whoever has fewer images than that is asked no further: each takes a query.
    """
    if ctx.tx.count(Image, owner=ctx.account) < ctx.limits.shared_images_per_account:
        return False
    shared = sum(1 for image in ctx.tx.find(Image, owner=ctx.account) if ctx.images.is_shared(image))
    return shared >= ctx.limits.shared_images_per_account


class ModifyImageShareGroupPermission(Request):
    """Share a custom image with all accounts, or stop sharing it so: the older way to do it."""

    region_id: RegionId
    image_id: Annotated[str, param("The custom image.", example="m-bp1exampleexample")]
    add_group: Groups = ()
    remove_group: Groups = ()


@ECS.operation(
    errors=(
        errors.SHARE_GROUP_NOT_FOUND,
        errors.GROUP_NOT_AUTHORIZED,
        errors.IMAGE_NOT_FOUND,
        errors.SHARE_DEPRECATED,
        errors.IMAGE_PUBLIC,
        errors.SHARE_ENCRYPTED_SNAPSHOT,
        errors.SENSITIVE_NAME,
        errors.SENSITIVE_DESCRIPTION,
        errors.SHARED_IMAGES_QUOTA,
    ),
)
def modify_image_share_group_permission(ctx: Context, request: ModifyImageShareGroupPermission) -> Empty:
    """ModifyImageSharePermission, which replaced it, does the same; only its word on a group differs."""
    if any(group != EVERYBODY for group in (*request.add_group, *request.remove_group)):
        raise errors.SHARE_GROUP_NOT_FOUND()
    ctx.check_standing({Condition.NOT_AUTHORIZED: errors.GROUP_NOT_AUTHORIZED})
    return modify_image_share_permission(
        ctx,
        ModifyImageSharePermission(
            region_id=request.region_id,
            image_id=request.image_id,
            add_group=request.add_group,
            remove_group=request.remove_group,
        ),
    )


class DescribeImageSharePermission(Request):
    """List the accounts with which a custom image is shared."""

    region_id: Annotated[RegionId, param("The image's region.", missing=errors.DESCRIBE_SHARE_NO_REGION)]
    image_id: Annotated[str, param("One's own custom image.", missing=errors.DESCRIBE_SHARE_NO_IMAGE)]
    page_number: PageNumber = 1
    page_size: PageSize = 10


class ShareGroup(View):
    """A group with which the image is shared."""

    group: str


class ShareGroups(View):
    """The groups with which the image is shared."""

    share_group: list[ShareGroup]


class SharedAccount(View):
    """An account with which the image is shared, and since when."""

    aliyun_id: str
    shared_time: str


class Accounts(View):
    """A page of the accounts with which the image is shared."""

    account: list[SharedAccount]


class ImageSharePermission(Answer):
    """With whom an image is shared, first shared first."""

    region_id: str
    image_id: str
    page_number: int
    page_size: int
    total_count: int
    share_groups: ShareGroups
    accounts: Accounts


@ECS.operation(errors=(errors.IMAGE_NAMED_NOT_FOUND,), changes=False)
def describe_image_share_permission(
    ctx: Context, request: DescribeImageSharePermission
) -> ImageSharePermission:
    """Only the owner may ask."""
    image = ctx.images.get(
        request.image_id, ctx.region, to=Action.SHARE, missing=errors.IMAGE_NAMED_NOT_FOUND
    )
    shares = {share.account: share for share in ctx.tx.find(Share, order="since", image=image.id)}
    with_all = shares.pop(EVERYBODY, None)
    return ImageSharePermission(
        region_id=image.region,
        image_id=image.id,
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(shares),
        share_groups=ShareGroups(share_group=[ShareGroup(group=EVERYBODY)] if with_all else []),
        accounts=Accounts(
            account=[
                SharedAccount(aliyun_id=share.account, shared_time=times.seconds(share.since))
                for share in page([*shares.values()], request.page_number, request.page_size)
            ]
        ),
    )
