"""The provider's own command line."""

from shlex import quote

from localyun.samples.described import Described

TITLE, FILE = "aliyun CLI", "call.sh"


def write(call: Described) -> str:
    """Return a command that calls and prints the answer."""
    given = "".join(f" \\\n  --{name} {quote(value)}" for name, value in call.parameters.items())
    return f"""\
aliyun {call.operation.product} {call.action}{given} \\
  --region {call.region} --mode AK --access-key-id {call.aim.key_id} \\
  --access-key-secret {call.aim.secret} --endpoint {call.aim.address} --insecure
"""
