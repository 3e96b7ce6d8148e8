"""The policy language: it decides as a plain reading of it does, and refuses what isn't of it."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localyun.model import policies
from localyun.model.globs import any_of
from localyun.model.policies import Permissions, PolicyError, Wish, read, read_trust
from tests.model import plain_policies

ACTIONS = ["ecs:RunInstances", "ecs:DescribeImages", "ecs:ModifyImageSharePermission", "ram:CreateUser"]
IMAGE = "acs:ecs:cn-hangzhou:1234:image/m-1"
RESOURCES = [IMAGE, "acs:ecs:cn-hangzhou:1234:image/*", "acs:ram::1234:user/ci", "*"]
patterns = st.sampled_from(
    ["*", "acs:*", "acs:ecs:*:*:image/*", "acs:ecs:*:1234:image/m-?", "acs:ram:*:*:user/c*", *RESOURCES[:3]]
)
actions = st.sampled_from(
    ["*", "ecs:*", "ecs:Describe*", "ECS:runinstances", "ecs:*Share*", "ram:?reateUser", *ACTIONS]
)
numbers = st.sampled_from(["1", "2", "2.0", "10"])
dates = st.sampled_from(
    ["2026-03-01T08:00:00Z", "2026-03-01T16:00:00+08:00", "2026-12-31T00:00:00Z", "2020-01-01T00:00:00Z"]
)
texts = st.sampled_from(["a", "A", "ab", "b", "*", "a*", "?"])
networks = st.sampled_from(["10.0.0.1", "10.0.0.0/8", "192.168.1.0/24", "0.0.0.0/0"])
known = {
    "n": st.one_of(numbers, st.just("many")),
    "d": st.one_of(dates, st.just("soon")),
    "s": texts,
    "b": st.sampled_from(["true", "false"]),
    "ip": st.sampled_from(["10.0.0.1", "10.9.9.9", "192.168.1.77", "somewhere"]),
}
ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
OPERATORS = {
    **{f"Numeric{order}": ("n", numbers) for order in ORDERS},
    **{f"Date{order}": ("d", dates) for order in ORDERS},
    **{
        f"String{name}": ("s", texts)
        for name in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")
    },
    "Bool": ("b", st.sampled_from(["true", "false", "True"])),
    "IpAddress": ("ip", networks),
    "NotIpAddress": ("ip", networks),
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    """Some conditions, each of an operator with values that suit it."""
    found = {}
    for name in draw(st.lists(st.sampled_from(sorted(OPERATORS)), max_size=2, unique=True)):
        key, values = OPERATORS[name]
        suffix = draw(st.sampled_from(["", "IfExists"]))
        found[name + suffix] = {key: draw(st.lists(values, min_size=1, max_size=2))}
    return found


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """A statement, with Action or NotAction, Resource or NotResource."""
    made: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "NotAction"])): draw(st.lists(actions, min_size=1, max_size=2)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(st.lists(patterns, min_size=1, max_size=2)),
    }
    if wanted := draw(conditions()):
        made["Condition"] = wanted
    return made


documents = st.lists(
    st.builds(
        lambda found: {"Version": "1", "Statement": found}, st.lists(statements(), min_size=1, max_size=3)
    ),
    max_size=3,
)


@given(
    documents,
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
    st.fixed_dictionaries({}, optional=known),
)
def test_policies_decide_as_a_plain_reading_does(
    found: list[dict[str, Any]], action: str, resource: str, facts: dict[str, str]
) -> None:
    """Whatever the policies, the action, the resource and the circumstances."""
    read_all = [one for document in found for one in read(json.dumps(document))]

    ruling = Permissions(read_all).decide(Wish(action, resource, facts.get))

    assert ruling.allowed is plain_policies.decide(found, action, resource, facts)


@given(st.text("ab*?\n", max_size=8), st.text("ab\n", max_size=8))
def test_patterns_fit_as_a_plain_reading_says(pattern: str, text: str) -> None:
    """Stars and question marks, line ends included."""
    assert any_of([pattern])(text) is plain_policies.fits(pattern, text)


def test_a_pattern_full_of_stars_takes_no_time() -> None:
    """Whoever writes policies can't make the server search for long."""
    test = any_of(["*a" * 2000 + "b"])
    began = time.perf_counter()

    assert not test("a" * 20_000)
    assert time.perf_counter() - began < 1


def wish(action: str = "ecs:RunInstances", resource: str = IMAGE) -> Wish:
    """A wish of which nothing else is known."""
    return Wish(action, resource, lambda key: None)


def policy(*found: dict[str, Any], name: str = "p") -> tuple[policies.Statement, ...]:
    """A policy of statements that allow everything but for what is said."""
    whole = [{"Effect": "Allow", "Action": "*", "Resource": "*", **one} for one in found]
    return read(json.dumps({"Version": "1", "Statement": whole}), name)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (policy({}, name="all"), "statement 1 of policy all allows it"),
        (
            policy({}, {"Effect": "Deny", "Action": "ecs:Run*"}, name="mixed"),
            "statement 2 of policy mixed denies it",
        ),
        (policy({"Action": "vpc:*"}), "no statement of any policy allows it"),
        ((), "no statement of any policy allows it"),
    ],
)
def test_a_ruling_says_which_statement_decided(found: tuple[policies.Statement, ...], said: str) -> None:
    """By its place and its policy's name."""
    ruling = Permissions(found).decide(wish())

    assert str(ruling) == said
    assert ruling.explicit is (not ruling.allowed and "denies" in said)


def test_a_single_statement_needs_no_list() -> None:
    """As the provider takes it."""
    (one,) = read('{"Version":"1","Statement":{"Effect":"Allow","Action":"ecs:*","Resource":"*"}}')

    assert one.allows


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({"Effect": "Maybe"}, "Invalid enum value 'Maybe' - at `$.Statement[0].Effect`"),
        ({"NotAction": "ecs:*"}, "statement 1 has either Action or NotAction"),
        ({"Action": None}, "statement 1 has either Action or NotAction"),
        ({"NotResource": "*"}, "statement 1 has either Resource or NotResource"),
        ({"Action": "RunInstances"}, "statement 1: 'RunInstances' is no action"),
        ({"Resource": "image/m-1"}, "statement 1: 'image/m-1' is no resource"),
        ({"Principal": {}}, "Object contains unknown field `Principal` - at `$.Statement[0]`"),
        ({"Condition": {"Like": {"k": "v"}}}, "statement 1: 'Like' is no condition operator"),
        ({"Condition": {"Bool": {"k": "yes"}}}, "statement 1: a value of 'k' doesn't suit Bool"),
        ({"Condition": {"IpAddress": {"k": "10"}}}, "statement 1: a value of 'k' doesn't suit IpAddress"),
        ({"Condition": {"StringEquals": {"k": []}}}, "statement 1: StringEquals of 'k' has no value"),
    ],
)
def test_what_is_no_policy_is_refused_with_the_reason(statement: dict[str, Any], said: str) -> None:
    """The reason is for whoever wrote it."""
    with pytest.raises(PolicyError) as refused:
        policy(statement)

    assert str(refused.value) == said


@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps)))
def test_anything_else_is_refused_and_nothing_breaks(document: str) -> None:
    """Neither as a policy nor as a trust policy."""
    for reads in (read, read_trust):
        with pytest.raises(PolicyError):
            reads(document)
