"""curl, with a signature that is valid once, and for a quarter of an hour."""

from shlex import quote

from localyun.client import Client
from localyun.clock import Clock, SystemClock
from localyun.samples.described import Described

TITLE, FILE = "curl", "call.sh"


def write(call: Described, clock: Clock | None = None) -> str:
    """Return a command that calls and prints the answer; it is signed at this moment of the wall clock."""
    client = Client(
        endpoint=call.aim.address,
        access_key_id=call.aim.key_id,
        access_key_secret=call.aim.secret,
        clock=clock or SystemClock(),
    )
    target, _, headers = client.signed(call.action, call.version, call.parameters)
    given = "".join(f" \\\n  -H {quote(f'{name}: {value}')}" for name, value in headers.items())
    return f"""\
curl -sS -X POST {quote(f"http://{call.aim.address}{target}")}{given}
"""
