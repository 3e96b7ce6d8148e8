"""Sharing an image with other accounts, and seeing with whom it is shared."""

from typing import Annotated

from localyun.model import Image, Share, images
from localyun.model.access import Action
from localyun.model.sharing import plan_sharing
from localyun.operations.common import DryRun, PageNumber, PageSize, RegionId, page
from localyun.operations.context import Context
from localyun.operations.ecs.product import ECS
from localyun.spec import errors
from localyun.spec.declare import Answer, Empty, NotEmulated, Request, View, param
from localyun.wire import times

MOST_ACCOUNTS = 10
"""Of AddAccount and RemoveAccount, items numbered above this are ignored."""

Accounts_ = Annotated[
    tuple[str, ...], param("Account ids; those numbered above 10 are ignored.", first=MOST_ACCOUNTS)
]
Groups = Annotated[tuple[str, ...], param("Undocumented share groups; the only one there is, is `all`.")]


class ModifyImageSharePermission(Request):
    """Share a custom image with other accounts, or stop sharing it."""

    region_id: RegionId
    image_id: Annotated[str, param("The custom image.", example="m-bp1exampleexample")]
    launch_permission: NotEmulated[str] = None
    add_account: Accounts_ = ()
    remove_account: Accounts_ = ()
    is_public: NotEmulated[bool] = False
    dry_run: DryRun = False
    add_group: Groups = ()
    remove_group: Groups = ()


@ECS.operation(
    errors=(
        errors.GROUP_MALFORMED,
        errors.IMAGE_NOT_FOUND,
        errors.SHARE_DEPRECATED,
        errors.ACCOUNT_NOT_FOUND,
        errors.SHARED_WITH_SELF,
        errors.SHARE_ENCRYPTED_SNAPSHOT,
        errors.SHARE_QUOTA,
        errors.SHARED_IMAGES_QUOTA,
    ),
)
def modify_image_share_permission(ctx: Context, request: ModifyImageSharePermission) -> Empty:
    """Everything is decided before anything changes; one call is all or nothing."""
    if any(group != "all" for group in (*request.add_group, *request.remove_group)):
        raise errors.GROUP_MALFORMED()
    image = ctx.images.get(request.image_id, ctx.region, to=Action.SHARE)
    if image.phase.at(ctx.now) == images.DEPRECATED:
        raise errors.SHARE_DEPRECATED()
    shares = {share.account: share for share in ctx.tx.find(Share, image=image.id)}
    plan = plan_sharing(
        image.owner,
        shared_with=shares,
        add=request.add_account,
        remove=request.remove_account,
        exists=ctx.account_exists,
        limit=ctx.limits.shares_per_image,
    )
    if plan.gain and image.encrypted:
        raise errors.SHARE_ENCRYPTED_SNAPSHOT()
    if plan.gain and not shares and _images_shared_by(ctx) >= ctx.limits.shared_images_per_account:
        raise errors.SHARED_IMAGES_QUOTA()
    for account in plan.lose:
        ctx.tx.delete(shares[account])
    for account in plan.gain:
        ctx.tx.put(Share(image=image.id, account=account, region=image.region, since=ctx.now))
    return Empty()


def _images_shared_by(ctx: Context) -> int:
    """How many of the caller's images, in all regions, are shared with somebody."""
    return sum(1 for image in ctx.tx.find(Image, owner=ctx.account) if ctx.tx.count(Share, image=image.id))


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
    shares = ctx.tx.find(Share, order="since", image=image.id)
    return ImageSharePermission(
        region_id=image.region,
        image_id=image.id,
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=len(shares),
        share_groups=ShareGroups(share_group=[]),
        accounts=Accounts(
            account=[
                SharedAccount(aliyun_id=share.account, shared_time=times.seconds(share.since))
                for share in page(shares, request.page_number, request.page_size)
            ]
        ),
    )
