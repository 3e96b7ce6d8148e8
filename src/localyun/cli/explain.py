"""`localyun explain`: why an account may or may not do something with an image, and what an error means."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from localyun.cli.audit import explain_call
from localyun.cli.options import REGION, Data, DatabaseUrl, Json, option
from localyun.cli.output import fail, print_as_json, print_table, say
from localyun.cli.state import existing_store, locate

if TYPE_CHECKING:
    from localyun.model.access import Action
    from localyun.store.interface import Transaction

REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


def explain(
    ctx: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            help="An image's id, an error's code, or a request's id.", metavar="IMAGE_ID|CODE|REQUEST_ID"
        ),
    ],
    account: Annotated[
        str, option("as", "The account, by name or id, or a user of it.", metavar="ACCOUNT[/USER]")
    ] = "alice",
    action: Annotated[str, option("action", "What for: run, copy, share …", show_default="everything")] = "",
    region: Annotated[str, option("region", "The region.", show_default="the image's own")] = "",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Say why an account may use an image, or what an error is.

    Of an error it says what it comes from and the way out; of a call, who made it and which statement of
    which policy decided.
    """
    # The provider's codes begin with a capital, its image ids never do.
    if REQUEST_ID.fullmatch(subject):
        explain_call(subject, json, locate(ctx, data, database_url))
    elif subject[:1].isupper():
        _explain_error(subject, json)
    else:
        _explain_image(subject, account, _actions(action), region, json, locate(ctx, data, database_url))


def _explain_image(
    image_id: str, name_or_id: str, actions: "list[Action]", region: str, json: bool, url: str
) -> None:
    from localyun.accounts import AccountError, find
    from localyun.clock import SystemClock
    from localyun.model import Image, Share, User
    from localyun.operations.authorization import judge_as
    from localyun.operations.images import Images
    from localyun.operations.lending import key_behind
    from localyun.wire import times

    clock = SystemClock()
    name_or_id, _, user = name_or_id.partition("/")
    with existing_store(url) as store, store.reading(clock.wall()) as tx:
        try:
            account = find(tx, name_or_id)
        except AccountError as error:
            fail(str(error))
        if user and tx.get(User, account.id, user) is None:
            fail(f"{account.name} has no user {user!r}: `localyun call ListUsers` shows those there are")
        there = tx.get(Image, image_id)
        place = region or (there.region if there else REGION)
        judged = [
            (one, *judge_as(tx, account, user, image_id, place, one, Images(tx, account.id)))
            for one in actions
        ]
        image = judged[0][1]
        owner = _name_of(tx, image.owner) if image else ""
        behind = key_behind(tx, image, account.id, clock.now()) if image else None
        share = tx.get(Share, image_id, account.id)
    verdicts = [(one.name.lower(), verdict) for one, _, verdict in judged]
    who = f"{account.name}/{user}" if user else account.name
    if json:
        print_as_json(
            {
                "image": image_id,
                "region": place,
                "account": account.id,
                "relation": verdicts[0][1].relation,
                "encryption": behind and behind._asdict(),
                "verdicts": [
                    {"action": name, "allowed": verdict.allowed, "reason": verdict.reason}
                    for name, verdict in verdicts
                ],
            }
        )
        return
    if image:
        say(f"{image_id} in {place}: {image.phase.at(clock.now())}, owned by {owner}")
        if behind:
            say(f"It is {behind}.")
        if share and share.by:
            say(f"shared with {account.name} by {share.by} at {times.seconds(share.since)}")
    elif there:
        say(f"{image_id} isn't in {place} but in {there.region}")
    if image is None and len(verdicts) > 1:
        say(f"{who} may do nothing with {image_id}: {verdicts[0][1].reason} ({place})")
    elif len(verdicts) == 1:
        verdict = verdicts[0][1]
        say(f"{who} {'may' if verdict.allowed else 'may not'} {actions[0]} it: {verdict.reason}")
    else:
        rows = [[name, "yes" if v.allowed else "no", v.reason] for name, v in verdicts]
        print_table([f"may {who} …", "", "because"], rows)


def _actions(name: str) -> "list[Action]":
    from localyun.model.access import Action

    if not name:
        return list(Action)
    if name.upper() not in Action.__members__:
        known = ", ".join(one.lower() for one in Action.__members__)
        fail(f"nothing is called {name!r} that could be done with an image: it is one of {known}")
    return [Action[name.upper()]]


def _name_of(tx: "Transaction", owner: str) -> str:
    from localyun.model import Account
    from localyun.model.images import PROVIDER

    if owner == PROVIDER:
        return "the provider"
    account = tx.get(Account, owner)
    return f"{account.name} ({owner})" if account else f"the deleted account {owner}"


def _explain_error(code: str, json: bool) -> None:
    from difflib import get_close_matches

    from localyun.operations import OPERATIONS
    from localyun.spec import errors
    from localyun.spec.explanations import explain, rows
    from localyun.spec.faults import ErrorSpec

    if not (found := rows(code)):
        known = sorted({row.code for row in vars(errors).values() if isinstance(row, ErrorSpec)})
        close = get_close_matches(code, known, n=1)
        way_out = f"did you mean {close[0]}?" if close else "give the Code of an answer, letter for letter"
        fail(f"there is no error {code}: {way_out}")
    raised_by = sorted({one.name for one in OPERATIONS.operations if set(found) & set(one.errors)})
    words = explain(code)
    if json:
        print_as_json(
            {
                "code": code,
                "answers": [{"status": row.status, "message": row.message} for row in found],
                "cause": words.cause if words else "",
                "way_out": words.way_out if words else "",
                "raised_by": raised_by,
            }
        )
        return
    for row in found:
        say(f"{row.status} {code}: {row.message}", bold=True)
    if words:
        say(f"Cause: {words.cause}\nWay out: {words.way_out}")
    if raised_by:
        say(f"Raised by: {', '.join(raised_by)}")
