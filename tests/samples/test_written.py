"""What is written of a call, in every language; none of it is run here."""

import importlib
import json
import re

import pytest

from localyun.clock import SystemClock
from localyun.operations import OPERATIONS
from localyun.samples import python_v2, terraform
from localyun.samples.clients import Aim
from localyun.samples.described import Described
from localyun.samples.languages import written
from localyun.spec.declare import Operation
from tests.people import ECS

AIM = Aim("127.0.0.1:4577", "key", "secret")
NASTY = "a\"b'c\\d${x}\n$(touch here)`"


def described(action: str, **parameters: str) -> Described:
    """A call of an ECS operation."""
    operation = OPERATIONS.find(ECS, action)
    assert operation
    return Described(operation=operation, version=ECS, parameters=parameters, aim=AIM)


def dotted(action: str, parameters: dict[str, str]) -> Described:
    """The same, for names that have dots."""
    call = described(action)
    return Described(operation=call.operation, version=ECS, parameters=parameters, aim=AIM)


def test_parameters_become_values() -> None:
    """Lists, groups, numbers and booleans are what they are declared to be."""
    call = dotted(
        "RunInstances",
        {
            "ImageId": "m-1",
            "Amount": "2",
            "DryRun": "true",
            "SystemDisk.Category": "cloud_essd",
            "Tag.2.Key": "b",
            "Tag.1.Key": "a",
            "Tag.1.Value": "1",
            "DataDisk.1.Size": "40",
        },
    )

    assert call.tree == {
        "ImageId": "m-1",
        "Amount": 2,
        "DryRun": True,
        "SystemDisk": {"Category": "cloud_essd"},
        "Tag": [{"Key": "a", "Value": "1"}, {"Key": "b"}],
        "DataDisk": [{"Size": 40}],
    }


def test_what_doesnt_fit_its_type_is_sent_as_it_is() -> None:
    """The server is to say what is wrong with it."""
    assert described("RunInstances", Amount="two", DryRun="perhaps").tree == {
        "Amount": "two",
        "DryRun": "perhaps",
    }


@pytest.mark.parametrize("operation", OPERATIONS.operations, ids=lambda one: one.name)
def test_every_operation_is_written_in_every_language(operation: Operation) -> None:
    """Python is compiled; what the SDK calls the operation, it has."""
    call = Described(operation=operation, version=operation.versions[0], parameters={}, aim=AIM)
    samples = {sample.title: sample.text for sample in written(call, SystemClock())}

    assert set(samples) >= {"Python", "Python V1", "Node / TypeScript", "Go", "Java", "aliyun CLI", "curl"}
    for title in ("Python", "Python V1"):
        compile(samples[title], title, "exec")
    package = python_v2.PACKAGES.get(operation.product)
    if package is None or importlib.util.find_spec(package) is None:
        return
    client = importlib.import_module(f"{package}.client").Client
    assert callable(getattr(client, call.snake, None)), call.snake
    if operation.own_fields:
        assert hasattr(importlib.import_module(f"{package}.models"), f"{operation.name}Request")


def test_no_value_breaks_out_of_its_quotes() -> None:
    """Whatever somebody typed."""
    call = described("ModifyImageAttribute", ImageId="m-1", Description=NASTY, RegionId=NASTY)
    samples = {sample.title: sample.text for sample in written(call, SystemClock())}

    quoted = json.dumps(NASTY, ensure_ascii=False)
    for title in ("Python", "Python V1", "Node / TypeScript", "Go", "Java"):
        assert quoted in samples[title], title
    assert "--Description 'a\"b'\"'\"'c\\d${x}\n$(touch here)`'" in samples["aliyun CLI"]
    assert "touch" not in re.sub(r"'[^']*'", "", samples["curl"])
    assert 'region_id="cn-hangzhou"' in samples["Python"]


def test_terraform_shares_with_each_account_by_itself() -> None:
    """Its resource knows one; what it can't do, it isn't written for."""
    call = dotted("ModifyImageSharePermission", {"ImageId": "m-1", "AddAccount.1": "1", "AddAccount.2": "2"})
    text = terraform.write(call)

    assert text.count('resource "alicloud_image_share_permission"') == 2
    assert '  image_id   = "m-1"\n  account_id = "2"\n' in text
    assert '"$${x}"' in terraform.write(described("CreateVpc", VpcName="${x}"))
    assert terraform.write(described("DescribeImageSharePermission")) == ""


def test_terraform_works_in_the_calls_region() -> None:
    """As its provider's region says."""
    assert 'region       = "cn-beijing"' in terraform.write(described("CreateVpc", RegionId="cn-beijing"))
    assert 'source_region_id = "cn-hangzhou"' in terraform.write(described("CopyImage", ImageId="m-1"))
    assert terraform.write(described("CopyImage", ImageId="m-1", DestinationRegionId="cn-beijing")) == ""
