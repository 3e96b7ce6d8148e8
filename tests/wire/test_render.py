"""Answers and errors in JSON and XML, to the element."""

from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localyun.spec.declare import UNSET, Answer, Unset, View
from localyun.spec.faults import ErrorSpec
from localyun.wire.call import Call, RawRequest
from localyun.wire.render import render, render_error, xml


class Item(View):
    """An element."""

    image_id: str
    usable: bool
    size: int | Unset = UNSET


class Items(View):
    """A wrapper."""

    item: list[Item]


class Things(Answer):
    """An answer."""

    total_count: int
    items: Items
    zone: list[str]


def call(format: str) -> Call:
    """A call that wants a format."""
    query = f"Action=DescribeThings&Version=V&Format={format}".encode()
    return Call.read(RawRequest("GET", "/", query, {"host": "h"}, b""), "REQUEST-ID")


def things() -> Things:
    """An answer with all that answers are made of."""
    items = [Item(image_id="a<b>&\u0001", usable=True), Item(image_id="", usable=False, size=3)]
    return Things(total_count=2, items=Items(item=items), zone=["x", "y"])


def test_json_is_the_documented_tree() -> None:
    """Wrappers, numbers and booleans as such, what isn't set left out."""
    reply = render(things(), call("JSON"))

    assert (reply.status, reply.content_type) == (200, "application/json;charset=utf-8")
    assert msgspec.json.decode(reply.body) == {
        "RequestId": "REQUEST-ID",
        "TotalCount": 2,
        "Items": {
            "Item": [{"ImageId": "a<b>&\u0001", "Usable": True}, {"ImageId": "", "Usable": False, "Size": 3}]
        },
        "Zone": ["x", "y"],
    }


def test_xml_repeats_the_elements_of_lists() -> None:
    """Root after the action; characters that XML can't hold are replaced."""
    reply = render(things(), call("XML"))

    assert reply.content_type == "text/xml;charset=utf-8"
    assert reply.body.decode() == (
        "<?xml version='1.0' encoding='UTF-8'?><DescribeThingsResponse>"
        "<TotalCount>2</TotalCount>"
        "<Items><Item><ImageId>a&lt;b&gt;&amp;\N{REPLACEMENT CHARACTER}</ImageId><Usable>true</Usable></Item>"
        "<Item><ImageId></ImageId><Usable>false</Usable><Size>3</Size></Item></Items>"
        "<Zone>x</Zone><Zone>y</Zone>"
        "<RequestId>REQUEST-ID</RequestId></DescribeThingsResponse>"
    )


@pytest.mark.parametrize("format", ["JSON", "XML"])
def test_an_error_has_the_documented_envelope(format: str) -> None:
    """Five elements, in both formats."""
    error = ErrorSpec(404, "Some.Code", "What & why")()
    reply = render_error(error, call(format), "http://h/x?a=1&b=2")

    if format == "JSON":
        content = msgspec.json.decode(reply.body)
    else:
        root = ElementTree.fromstring(reply.body)
        assert root.tag == "Error"
        content = {child.tag: child.text for child in root}
    assert (reply.status, reply.code) == (404, "Some.Code")
    assert content == {
        "RequestId": "REQUEST-ID",
        "HostId": "h",
        "Code": "Some.Code",
        "Message": "What & why",
        "Recommend": "http://h/x?a=1&b=2",
    }


@given(st.text())
def test_any_key_makes_an_element(key: str) -> None:
    """Keys of free maps are callers' own: none can break out of its element's name."""
    root = ElementTree.fromstring(xml("Root", {key.encode(errors="replace").decode(): "text"}))

    assert [child.text for child in root] == ["text"]


@given(st.dictionaries(st.sampled_from(["A", "B", "C"]), st.text()))
def test_any_text_makes_well_formed_xml(content: dict[str, str]) -> None:
    """No value can break out of its element."""
    tree = {name: text.encode(errors="replace").decode() for name, text in content.items()}

    root = ElementTree.fromstring(xml("Root", tree))

    assert [child.tag for child in root] == list(content)
