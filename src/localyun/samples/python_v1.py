"""The older Python SDK, whose core calls any operation by its name."""

from json import dumps

from localyun.samples.described import Described

TITLE, FILE = "Python V1", "call.py"


def write(call: Described) -> str:
    """Return a program that calls and prints the answer."""
    given = "\n".join(
        f"request.add_query_param({dumps(name)}, {dumps(value, ensure_ascii=False)})"
        for name, value in call.parameters.items()
    )
    return f"""\
# pip install aliyun-python-sdk-core
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

client = AcsClient("{call.aim.key_id}", "{call.aim.secret}", "{call.region}")
request = CommonRequest("{call.aim.address}", "{call.version}", "{call.action}")
request.set_protocol_type("http")
request.set_method("POST")
{given}
print(client.do_action_with_exception(request).decode())
"""
