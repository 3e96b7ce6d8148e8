"""`localyun images import`: a file of this machine as an image, by object storage and ImportImage."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from localyun.cli.options import PORT, REGION, As, Data, DatabaseUrl, Json, Port, Region, option
from localyun.cli.output import Step, fail, print_as_json, progress, say
from localyun.cli.signed import explain_refusal, key_of
from localyun.cli.state import locate

if TYPE_CHECKING:
    from localyun.client import Answer, Client

BUCKET = "localyun-imports"
EVERY_STATUS = "Creating,Waiting,Available,UnAvailable,CreateFailed"
UNDER_WAY = ("Creating", "Waiting")
BETWEEN_LOOKS = 0.25
PATIENCE = 600
"""How many seconds an answer may take: a server has to write a file first."""
CHUNK = 1 << 20
SAME_VERSION = "let it run the same version of localyun as this command"


def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A RAW, VHD, QCOW2 or VMDK file, or one as .tar.gz.", metavar="FILE")
    ],
    account: As = "alice",
    region: Region = REGION,
    name: Annotated[str, option("name", "The image's name.", show_default="its id")] = "",
    file_format: Annotated[
        Literal["RAW", "VHD", "QCOW2", "VMDK"] | None,
        option("file-format", "The file's format.", show_default="what its name says"),
    ] = None,
    size: Annotated[
        int, option("size", "The image's size in GiB.", min=0, show_default="what it needs, 20 at least")
    ] = 0,
    architecture: Annotated[str, option("architecture", "x86_64, arm64 or i386.")] = "x86_64",
    bucket: Annotated[str, option("bucket", "The bucket that the file is put into.")] = BUCKET,
    port: Port = PORT,
    access_key_id: Annotated[str, option("access-key-id", "Sign with this key.", show_default=False)] = "",
    access_key_secret: Annotated[
        str, option("access-key-secret", "The key's secret.", show_default=False)
    ] = "",
    json: Json = False,
    data: Data = "",
    database_url: DatabaseUrl = "",
) -> None:
    """Make an image of a file, by a server on this machine.

    The file is checked, put into object storage and imported, and the image's id is printed once it is
    available.
    """
    from localyun.client import Client, Unreachable

    stated = file_format or _format_of(file)
    gib = _checked(file, stated, size)
    if not access_key_id:
        access_key_id, access_key_secret = key_of(account, locate(ctx, data, database_url))
    client = Client(
        endpoint=f"http://127.0.0.1:{port}",
        access_key_id=access_key_id,
        access_key_secret=access_key_secret,
        timeout=PATIENCE,
    )
    try:
        with progress("checking") as step:
            kept = _storage(client)
            if kept["objects"]:
                _send(client, file, bucket, step)
            wanted = {
                "RegionId": region,
                "Architecture": architecture,
                "DiskDeviceMapping.1.OSSBucket": bucket,
                "DiskDeviceMapping.1.OSSObject": file.name,
                "DiskDeviceMapping.1.Format": stated,
                "DiskDeviceMapping.1.DiskImageSize": str(gib),
            }
            image = _import(client, wanted | ({"ImageName": name} if name else {}), step)
    except Unreachable as error:
        fail(f"{error}: start `localyun serve`, or name another server with --port")
    if json:
        print_as_json({"id": image, "region": region, "size": gib, "content": kept["images"]})
        return
    say(f"{file} is now the image {image} of {gib} GiB in {region}")
    if not kept["images"]:
        say("It is a record only: this server simulates machines, and keeps no bytes of their disks.")


def _format_of(file: Path) -> str:
    from localyun.model.disk_files import format_of

    return format_of(file.name)


def _checked(file: Path, stated: str, size: int) -> int:
    """Return the size of an image of a file in GiB; fail with a sentence if none comes of it."""
    from localyun.model.disk_files import check_importable, flaw, needed_gib
    from localyun.model.transfers import LARGEST_DISK, SMALLEST_SYSTEM_DISK
    from localyun.objects.looking import look
    from localyun.spec.faults import ApiError

    try:
        with file.open("rb") as opened:

            def part(start: int, length: int) -> bytes:
                opened.seek(start)
                return opened.read(length)

            found = look(file.name, file.stat().st_size, part)
    except OSError as error:
        fail(f"{file} can't be read ({error.strerror or error}): name a disk's file that can")
    try:
        check_importable(found, stated)
    except ApiError as error:
        fail(f"{file} can't be imported as {stated}: {error.message} State its format with --file-format.")
    if why := flaw(found, stated):
        fail(f"{file} can't be imported as {stated}: {why} Another format is stated with --file-format.")
    needed = needed_gib(found, stated)
    if needed > LARGEST_DISK:
        fail(f"the disk in {file} has {needed} GiB, and an image {LARGEST_DISK} at most: make it smaller")
    if size and size < needed:
        fail(f"the disk in {file} has {needed} GiB: give a --size of that at least")
    return size or max(needed, SMALLEST_SYSTEM_DISK)


def _storage(client: "Client") -> dict[str, bool]:
    """Ask a server whether its objects and images have content."""
    status, answer = client.administer("GET", "/_localyun/storage")
    if status != 200:
        fail(f"the server doesn't say what it keeps ({answer.get('error', status)}): {SAME_VERSION}")
    return {name: bool(answer.get(name)) for name in ("objects", "images")}


def _send(client: "Client", file: Path, bucket: str, step: Step) -> None:
    from urllib.parse import quote

    size = file.stat().st_size

    def chunks() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while chunk := opened.read(CHUNK):
                yield chunk
                step("sending", opened.tell() / size)

    status, answer = client.administer(
        "PUT", f"/_localyun/storage/{bucket}/{quote(file.name)}", chunks(), size
    )
    if status != 201:
        fail(
            f"{file} can't be put into object storage ({answer.get('error', status)}): mend what --oss names"
        )


def _import(client: "Client", wanted: dict[str, str], step: Step) -> str:
    """Import the image, wait until that is over, and return its id."""
    region = {"RegionId": wanted["RegionId"]}
    started = _called(client, "ImportImage", wanted).content
    id = str(started["ImageId"])
    asked = {**region, "ImageId": id, "Status": EVERY_STATUS}
    while True:
        (image,) = _called(client, "DescribeImages", asked).content["Images"]["Image"] or [{}]
        if image.get("Status") not in UNDER_WAY:
            break
        step("importing", int(image["Progress"].rstrip("%") or 0) / 100)
        time.sleep(BETWEEN_LOOKS)
    if image.get("Status") != "Available":
        _fail_with(client, id, {**region, "TaskId": started["TaskId"]})
    return id


def _fail_with(client: "Client", image: str, task: dict[str, str]) -> NoReturn:
    """Say why an import failed."""
    steps = _called(client, "DescribeTaskAttribute", task).content["OperationProgressSet"]
    why = " ".join(one["ErrorMsg"] for one in steps["OperationProgress"] if one.get("ErrorMsg"))
    why = why or "the server's log says why"
    fail(f"the import failed ({why}): mend the file, and delete {image}, which is of no use")


def _called(client: "Client", action: str, parameters: dict[str, str]) -> "Answer":
    from localyun.catalogue import versions_with

    answer = client.call(action, versions_with(action)[0], parameters)
    if answer.refused:
        explain_refusal(answer)
        raise typer.Exit(1)
    return answer
