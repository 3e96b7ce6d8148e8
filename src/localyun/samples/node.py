"""Node and TypeScript, by the core package that calls any operation by its name."""

from json import dumps

from localyun.samples.described import Described

TITLE, FILE = "Node / TypeScript", "call.mjs"


def write(call: Described) -> str:
    """Return a program that calls and prints the answer."""
    given = dumps(dict(call.parameters), indent=2, ensure_ascii=False)
    return f"""\
// npm install @alicloud/pop-core
import Core from "@alicloud/pop-core";

const client = new Core({{
  accessKeyId: "{call.aim.key_id}",
  accessKeySecret: "{call.aim.secret}",
  endpoint: "http://{call.aim.address}",
  apiVersion: "{call.version}",
}});
const answer = await client.request("{call.action}", {given}, {{ method: "POST" }});
console.log(JSON.stringify(answer, null, 2));
"""
