"""What the console shows of declarations, rules and troubles, to somebody who reads Chinese."""

from tests.console.browsing import Browser, element, notice, said
from tests.operations.made import an_image
from tests.operations.ram.made import a_user, statement
from tests.people import ECS, Person, World


def chinese(world: World) -> Browser:
    """Somebody whose browser prefers Chinese."""
    return Browser(world, language="zh-CN")


def test_operations_and_their_parameters_are_described(world: World) -> None:
    """In the list of the explorer, in a form, and what exists besides."""
    listing = said(chinese(world).get("explorer/").text)
    form = chinese(world).get(f"explorer/{ECS}/ModifyImageSharePermission")

    assert "ModifyImageSharePermission 把自定义镜像共享给其他账号、发布到社区，或收回。" in listing
    assert "云服务器 ECS" in listing
    assert "账号 ID；编号大于 10 的会被忽略。" in said(form.text)
    assert "华东1（杭州）" in form.text
    assert "Account ids" not in form.text


def test_it_is_said_why_somebody_may(world: World, alice: Person, bob: Person) -> None:
    """And why not."""
    image = an_image(alice)
    alice.call("ModifyImageSharePermission", ImageId=image, AddAccount=[bob.id])

    why = element(chinese(world).get(f"images/{image}", f"as={bob.id}"), "why")

    assert "创建实例 是 镜像已共享给该账号" in why
    assert "删除 否 镜像已共享给该账号，但只有所有者可以删除" in why


def test_it_is_said_which_statement_decided(world: World, alice: Person) -> None:
    """Of a call that a user made, or that none allows."""
    image = an_image(alice)
    ci = a_user(alice, "ci", statement("ecs:Delete*", Effect="Deny"))
    refused = ci.send("DeleteImage", ImageId=image).request_id
    not_allowed = ci.send("ModifyImageAttribute", ImageId=image, Description="x").request_id

    browser = chinese(world)

    assert "权限策略 ci-policy 的第 1 条语句拒绝" in said(browser.get("audit/", f"q={refused}").text)
    assert "没有任何权限策略允许" in said(browser.get("audit/", f"q={not_allowed}").text)


def test_what_cannot_be_done_is_told(world: World) -> None:
    """With what was typed in it."""
    answer = chinese(world).post("accounts/", do="create", name="alice")

    assert notice(answer) == "名为 'alice' 的账号已存在：请换一个名称"
