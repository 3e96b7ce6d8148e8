"""The pages on images, instances, accounts, errors and the world: what they show, and what they do."""

import pytest

from localyun import accounts
from localyun.model import Account
from localyun.model.images import CREATING
from localyun.model.record import Phase
from tests.console.browsing import Browser, element, notice, said
from tests.operations.keys import a_key, kms
from tests.operations.lent import lent_image
from tests.operations.made import an_image, an_instance
from tests.people import Person, World


def sharees(alice: Person, image: str) -> list[str]:
    """With whom an image is shared, as its owner sees it."""
    answer = alice.call("DescribeImageSharePermission", ImageId=image, PageSize=100)
    return [one["AliyunId"] for one in answer["Accounts"]["Account"]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_speaks_both_languages(world: World, alice: Person, language: str) -> None:
    """Those of the navigation, and those of a thing."""
    an_image(alice, "m-1")
    an_instance(alice, image="m-1")
    browser = Browser(world, language)
    greetings = {"en": "Skip to the content", "zh": "跳到正文"}

    for path in (
        "",
        "explorer/",
        "images/",
        "images/m-1",
        "instances/",
        "accounts/",
        "quotas/",
        "world/",
        "/_localyun/errors/",
    ):
        page = browser.get(path)
        assert page.status == 200, path
        assert greetings[language] in page.text


def test_an_image_is_shared_with_several_at_once(browser: Browser, world: World, alice: Person) -> None:
    """By name or id, with more than one call takes; each is told about while it is typed."""
    image = an_image(alice)
    team = [world.person(f"team-{number}") for number in range(12)]
    typed = "\n".join((team[0].id, *(one.credentials.name for one in team[1:])))

    preview = browser.post(f"images/{image}", do="preview", accounts=f"{typed} alice nobody 123")
    assert sharees(alice, image) == []
    done = browser.post(f"images/{image}", do="share", accounts=typed)

    checked = element(preview, "check")
    assert "alice — owns the image" in checked
    assert "nobody — there is no account of this name" in checked
    assert "123 — there is no account with this id" in checked
    assert "team-3 — team-3" in checked
    assert sorted(sharees(alice, image)) == sorted(one.id for one in team)
    assert notice(done).startswith("Shared with team-0, team-1, ")


def test_a_share_that_is_refused_is_told_with_its_code(browser: Browser, alice: Person, bob: Person) -> None:
    """What was typed stays."""
    image = an_image(alice)

    page = browser.post(f"images/{image}", do="share", accounts="bob alice")

    assert notice(page).startswith("404 InvalidAccount.Forbbiden: The specified Account does not yourself.")
    assert ">bob alice</textarea>" in page.text
    assert sharees(alice, image) == []


def test_a_share_is_taken_back(browser: Browser, alice: Person, bob: Person) -> None:
    """From one account, and from all."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id], AddGroup=["all"])

    first = browser.post(f"images/{image}", do="unshare", account=bob.id)
    second = browser.post(f"images/{image}", do="unshare", account="all")

    assert notice(first) == "No longer shared with bob."
    assert notice(second) == "No longer shared with everybody."
    assert "Nobody but its owner." in element(second, "shares")


def test_an_image_is_deleted(browser: Browser, alice: Person) -> None:
    """Or it is said why not, and then forced."""
    image = an_image(alice)
    an_instance(alice, image=image)

    refused = browser.post(f"images/{image}", do="delete")
    done = browser.post(f"images/{image}", do="delete", force="yes")

    assert notice(refused).startswith("403 ImageUsingByInstance")
    assert (done.status, notice(done)) == (404, "The image is deleted.")


def test_images_are_narrowed(browser: Browser, alice: Person, bob: Person) -> None:
    """By owner, region, and name."""
    an_image(alice, "m-1", name="golden")
    an_image(bob, "m-2", name="other")

    def shown(query: str) -> list[str]:
        text = browser.get("images/", query).text
        return [id for id in ("m-1", "m-2") if f"images/{id}" in text]

    assert shown("") == ["m-1", "m-2"]
    assert shown(f"owner={alice.id}") == ["m-1"]
    assert shown("q=GOLD") == ["m-1"]
    assert shown("region=cn-beijing") == []


def test_an_orphaned_image_is_nobodys_to_share(browser: Browser, alice: Person) -> None:
    """Its owner's account is gone, and with it the key that would sign."""
    image = an_image(alice)
    accounts.delete(alice.world.app.store, 0, "alice")

    page = browser.post(f"images/{image}", do="share", accounts="bob")

    assert notice(page) == "The owner's account is deleted: nobody can act for it."


def test_instances_are_started_stopped_and_deleted(browser: Browser, world: World, bob: Person) -> None:
    """As their owner."""
    instance = an_instance(bob)

    stopped = browser.post("instances/", do="stop", id=instance)
    world.later()
    started = browser.post("instances/", do="start", id=instance)
    world.later()
    deleted = browser.post("instances/", do="delete", id=instance)

    assert notice(stopped) == f"StopInstance is done: {instance}."
    assert notice(started) == f"StartInstance is done: {instance}."
    assert notice(deleted) == f"DeleteInstance is done: {instance}."
    assert notice(browser.post("instances/", do="stop", id=instance)) == "Nobody can do that any more."


def test_an_instance_of_an_image_that_was_taken_back_stands_out(
    browser: Browser, alice: Person, bob: Person
) -> None:
    """Its system disk can't be put back any more."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])
    an_instance(bob, image=image)

    before = element(browser.get("instances/"), "list")
    alice.call("ModifyImageSharePermission", ImageId=image, RemoveAccount=[bob.id])

    assert ("received" in before, "taken back" in before) == (True, False)
    assert "taken back" in element(browser.get("instances/", f"owner={bob.id}"), "list")


def test_an_account_is_made_and_deleted(browser: Browser, world: World) -> None:
    """Its key is there to be copied."""
    made = browser.post("accounts/", do="create", name="carol", id="42", site="alibabacloud.com")
    key = accounts.listed(world.app.store, 0)[-1]
    again = browser.post("accounts/", do="create", name="carol", id="")
    gone = browser.post("accounts/", do="delete", id="42")

    assert notice(made) == "The account carol is there, with a key."
    assert (key.name, key.id, key.site) == ("carol", "42", "alibabacloud.com")
    assert f'data-copy="{key.access_key_secret}"' in made.text
    assert notice(again) == "there is an account named 'carol' already: choose another name"
    assert notice(gone) == "The account carol is deleted; what it owned stays."


@pytest.mark.parametrize(("do", "granted"), [("agree", "community"), ("invite", "hidden sharing")])
def test_an_account_is_let_do_more(browser: Browser, alice: Person, do: str, granted: str) -> None:
    """As `localyun accounts` does."""
    page = browser.post("accounts/", do=do, id=alice.id)

    assert f'<span class="badge accent">{granted}</span>' in page.text


def test_time_is_turned_and_set_back(browser: Browser, world: World, alice: Person) -> None:
    """What was under way is done then, in the pages too."""
    ready = world.clock.now() + 3_600_000
    an_image(alice, "m-1", phase=Phase("Available", CREATING, ready))
    before = element(browser.get("images/m-1"), "facts")

    turned = browser.post("world/", do="turn", by="3600")
    after = element(browser.get("images/m-1"), "facts")
    browser.post("world/", do="back")

    assert "Creating" in before
    assert notice(turned) == "It is now 2026-03-01T09:00:00Z."
    assert "Available" in after
    assert "Creating" in element(browser.get("images/m-1"), "facts")


@pytest.mark.parametrize("by", ["", "-1", "x", "1e9", "99999999999"])
def test_time_is_turned_by_whole_seconds(browser: Browser, world: World, by: str) -> None:
    """Forward, within reason."""
    assert notice(browser.post("world/", do="turn", by=by)) == "Give whole seconds, up to ten years."
    assert world.clock.offset == 0


def test_several_processes_dont_turn_time(make_world: type[World]) -> None:
    """Each has a clock of its own."""
    world = make_world(turnable=False)  # type: ignore[call-arg]
    browser = Browser(world)

    browser.post("world/", do="turn", by="60")

    assert world.clock.offset == 0
    assert "Several processes serve" in said(browser.get("world/").text)


def test_everything_is_forgotten(browser: Browser, world: World, alice: Person) -> None:
    """Once somebody is sure; the first accounts are there anew."""
    an_image(alice)

    unsure = browser.post("world/", do="reset")
    assert "1" in element(browser.get("images/"), "list")
    sure = browser.post("world/", do="reset", sure="yes")

    assert notice(unsure) == "Say that you are sure: this forgets everything."
    assert notice(sure) == "Everything is forgotten. The accounts and their keys are new."
    people = accounts.listed(world.app.store, 0)
    assert [one.name for one in people] == ["alice", "bob", "mallory"]
    assert alice.id not in {one.id for one in people}


def test_errors_are_searched(browser: Browser) -> None:
    """By code, message and words, without a script too."""
    found = said(browser.get("/_localyun/errors/", "q=does not yourself").text)

    assert "InvalidAccount.Forbbiden" in found
    assert "InvalidImageId.NotFound" not in found


def test_an_error_says_who_raises_it(browser: Browser) -> None:
    """With the way to the operation; cause and way out are told."""
    page = said(browser.get("/_localyun/errors/InvalidAccount.Forbbiden").text)

    assert "ModifyImageSharePermission" in page
    assert "Way out" in page


def test_what_a_reader_types_is_set_as_code(browser: Browser) -> None:
    """Commands in the words on an error."""
    page = browser.get("/_localyun/errors/InvalidAccessKeyId.NotFound")

    assert "Run <code>localyun accounts list</code> and" in page.text


def test_an_account_is_held_back_and_let_go(browser: Browser, alice: Person) -> None:
    """As `localyun accounts hold` does: its calls are refused accordingly."""
    held = browser.post(
        "accounts/", ("condition", "arrears"), ("condition", "no-kms"), do="hold", id=alice.id
    )
    free = browser.post("accounts/", do="hold", id=alice.id)

    assert notice(held) == "The account alice is held back by: arrears, no-kms."
    assert '<span class="badge bad">arrears</span>' in held.text
    assert notice(free) == "The account alice is held back by: nothing."


def test_it_is_said_who_may_do_what_and_why(browser: Browser, alice: Person, bob: Person) -> None:
    """As `localyun explain` says it."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    why = element(browser.get(f"images/{image}", f"as={bob.id}"), "why")

    assert "run yes the image is shared with the account" in why
    assert "share no the image is shared with the account, but only its owner may share it" in why
    assert "yes" not in element(browser.get(f"images/{image}"), "why")


def test_it_is_said_which_key_is_behind_an_image(
    browser: Browser, alice: Person, bob: Person, mallory: Person
) -> None:
    """In which state it is, and whether it is lent to whom is asked for."""
    key = a_key(alice)
    image = lent_image(alice, bob, key)
    kms(alice, "DisableKey", KeyId=key)

    said = f"It is encrypted with a key, which is Disabled. {key}"
    assert said in element(browser.get(f"images/{image}"), "why")
    assert "not lent" not in element(browser.get(f"images/{image}", f"as={bob.id}"), "why")
    assert "not lent to the account" in element(browser.get(f"images/{image}", f"as={mallory.id}"), "why")


def test_a_keys_last_use_is_shown(browser: Browser, world: World, alice: Person) -> None:
    """To the second; of keys that nobody has used it is said that nobody has."""
    before = browser.get("accounts/").text
    alice.call("DescribeRegions")

    after = browser.get("accounts/").text

    assert (before.count("never used"), after.count("never used")) == (3, 2)
    assert "last used 2026-03-01 08:00:00" in after


def test_of_very_many_accounts_one_is_named(browser: Browser, world: World) -> None:
    """Lists would be as long as the world; the accounts page finds whom it doesn't show."""
    with world.app.store.writing(0) as tx:
        for number in range(600):
            tx.put(Account(id=f"{number:016}", name=f"number{number}", created_at=number))

    images, everybody = browser.get("images/"), browser.get("accounts/")
    found = browser.get("accounts/", "q=number599")

    assert '<input id="owner" name="owner"' in images.text
    assert "There are more than the 300 shown." in said(everybody.text)
    assert everybody.text.count('scope="row"') == 300
    assert found.text.count('scope="row"') == 1
    assert "number599" in said(found.text)
