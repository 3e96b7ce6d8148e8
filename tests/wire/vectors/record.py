"""Record what the official Python SDKs sign and send, as cases for tests/wire/test_signing.py.

Needs alibabacloud-tea-openapi and aliyun-python-sdk-core. Their nonce and clock are fixed and their calls to
HMAC and to the request hash are listened to; otherwise they run as they are, against a server on loopback.
"""

import hmac
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlsplit

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdkcore.utils import parameter_helper
from darabonba.runtime import RuntimeOptions

KEY_ID, SECRET, TOKEN = "testid", "testsecret", "test+token/=="
ACTION, VERSION = "ModifyImageSharePermission", "2014-05-26"
NONCE, TIME = "3ee8c1b883d344afa94f4e0ad82fd6cf", "2025-01-02T03:04:05Z"
PORT = 14577  # part of what is signed, so the same at every recording

BASE = {"RegionId": "cn-hangzhou", "ImageId": "m-bp1example"}
UNICODE = {**BASE, "ImageName": "生产镜像 Ünï 😀", "Tag.1.Key": "用途", "Tag.1.Value": "é"}
PUNCTUATION = {
    **BASE,
    "Description": " a b*c~d!e'f(g)h+i/j=k&l%m%20n?o#p\"q<r>s:t;u,v@w$x[y]z{|}^`\\ ",
    "InstanceIds": '["i-1", "i-2"]',
    "LaunchPermission": "",
}
FORM = {**PUNCTUATION, **UNICODE, "ImageId": "m-bp1in-the-form"}  # a name of the query as well
ITEMS = {**BASE, **{f"AddAccount.{n}": f"{10**15 + n}" for n in range(1, 13)}}

CASES = {
    "v1-core-get-unicode": ("core", "GET", UNICODE, {}, None),
    "v1-core-post-punctuation": ("core", "POST", PUNCTUATION, {}, None),
    "v1-core-post-many-items": ("core", "POST", ITEMS, {}, None),
    "v1-core-post-query-and-form": ("core", "POST", BASE, FORM, TOKEN),
    "v1-tea-unicode": ("tea-v1", "POST", UNICODE, {}, None),
    "v1-tea-punctuation": ("tea-v1", "POST", PUNCTUATION, {}, TOKEN),
    "v1-tea-query-and-form": ("tea-v1", "POST", BASE, FORM, None),
    "v3-tea-get-unicode": ("tea-v3", "GET", UNICODE, {}, None),
    "v3-tea-punctuation": ("tea-v3", "POST", PUNCTUATION, {}, None),
    "v3-tea-many-items": ("tea-v3", "POST", ITEMS, {}, None),
    "v3-tea-form": ("tea-v3", "POST", {}, FORM, None),
    "v3-tea-query-form-and-token": ("tea-v3", "POST", BASE, FORM, TOKEN),
}


class Listener(BaseHTTPRequestHandler):
    """Keeps the last call and answers it with an empty success."""

    def do_POST(self):
        """Keep the call and answer it."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.call = (self.path, headers, body.decode())
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST

    def log_message(self, *_):
        """Stay quiet."""


def call_core(endpoint, method, query, body, token):
    """Make one call with aliyun-python-sdk-core."""
    credential = StsTokenCredential(KEY_ID, SECRET, token) if token else AccessKeyCredential(KEY_ID, SECRET)
    request = CommonRequest(domain=endpoint, version=VERSION, action_name=ACTION)
    request.set_method(method)
    for name, value in query.items():
        request.add_query_param(name, value)
    for name, value in body.items():
        request.add_body_params(name, value)
    AcsClient(region_id=BASE["RegionId"], credential=credential).do_action_with_exception(request)


def call_tea(endpoint, method, query, body, token, *, algorithm=None):
    """Make one call with alibabacloud-tea-openapi."""
    config = Config(
        access_key_id=KEY_ID,
        access_key_secret=SECRET,
        security_token=token,
        endpoint=endpoint,
        protocol="HTTP",
        signature_algorithm=algorithm,
    )
    params = Params(
        action=ACTION,
        version=VERSION,
        method=method,
        protocol="HTTP",
        pathname="/",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    Client(config).call_api(params, OpenApiRequest(query=query, body=body or None), RuntimeOptions())


def heard_by(listener, function):
    """Return the function, with its arguments noted at every call."""

    def wrapper(*args, **options):
        listener.append(args)
        return function(*args, **options)

    return wrapper


def record(name, server, signed, hashed):
    """Make the call of one case, and write what was signed and what was sent into its folder."""
    client, method, query, body, token = CASES[name]
    endpoint = f"127.0.0.1:{PORT}"
    if client == "core":
        package = "aliyun-python-sdk-core"
        call_core(endpoint, method, query, body, token)
    else:
        package = "alibabacloud-tea-openapi"
        call_tea(endpoint, method, query, body, token, algorithm="v2" if client == "tea-v1" else None)
    target, headers, sent_body = server.call
    sent = parse_qsl(urlsplit(target).query, keep_blank_values=True)
    string_to_sign = signed[-1][1]
    texts = {"string_to_sign": string_to_sign.decode()}
    case = {
        "source": f"{package} {version(package)}",
        "secret": SECRET,
        "method": method,
        "target": target,
        "body": sent_body,
    }
    if client == "tea-v3":
        authorization = headers.pop("authorization")
        canonical_request = hashed[-1][0].decode()
        case |= {"query": sent, "headers": headers}
        texts |= {
            "canonical_query": canonical_request.split("\n")[2],
            "payload_hash": headers["x-acs-content-sha256"],
            "canonical_request": canonical_request,
            "signature": authorization.rsplit("=", 1)[1],
            "authorization": authorization,
        }
    else:
        parameters = dict(sent + parse_qsl(sent_body, keep_blank_values=True))
        texts |= {
            "canonical_query": unquote(texts["string_to_sign"].split("&")[2]),
            "signature": parameters.pop("Signature"),
        }
        case["parameters"] = parameters
    folder = Path(__file__).parent / name
    folder.mkdir(exist_ok=True)
    (folder / "case.json").write_text(json.dumps(case, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for stage, text in texts.items():
        (folder / f"{stage}.txt").write_text(text + "\n", "utf-8")


def main():
    """Record every case again."""
    signed, hashed = [], []
    hmac.new = heard_by(signed, hmac.new)
    Utils.hash = staticmethod(heard_by(hashed, Utils.hash))
    Utils.get_nonce = staticmethod(lambda: NONCE)
    Utils.get_timestamp = staticmethod(lambda: TIME)
    parameter_helper.get_uuid = lambda: NONCE
    parameter_helper.get_iso_8061_date = lambda: TIME
    server = HTTPServer(("127.0.0.1", PORT), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    for name in CASES:
        record(name, server, signed, hashed)
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
