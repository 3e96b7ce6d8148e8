"""Putting files into object storage, for `localyun images import`: part of the administration."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localyun.app import App
from localyun.model.transfers import check_bucket_name
from localyun.objects.interface import ObjectsUnavailable
from localyun.spec.faults import ApiError

STORAGE = "/_localyun/storage"
OBJECT = "/_localyun/storage/{bucket}/{name:path}"
ROOM_LEFT = 64 << 20
"""What a file leaves free, in bytes."""


class Storage:
    """What is served of object storage."""

    def __init__(self, app: App) -> None:
        """Serve an app's."""
        self._app = app

    async def describe(self, _: Request) -> Response:
        """Say whether objects and images have any content."""
        kept = {"objects": self._app.objects.has_content, "images": self._app.compute.keeps_content}
        return JSONResponse(kept)

    async def put(self, request: Request) -> Response:
        """Make an object of the body, and its bucket if need be."""
        bucket, name = request.path_params["bucket"], request.path_params["name"]
        with tempfile.TemporaryDirectory(prefix="localyun-") as folder:
            announced = request.headers.get("content-length", "0")
            free = shutil.disk_usage(folder).free - ROOM_LEFT
            if int(announced) > free:
                return _failed(507, f"the server has {free} bytes left in {folder}, and the file has more")
            received = Path(folder) / "received"
            await _receive(request.stream(), received)
            try:
                check_bucket_name(bucket)
                await run_in_threadpool(self._keep, bucket, name, received)
            except ApiError as error:
                return _failed(400, error.message)
            except ObjectsUnavailable as error:
                return _failed(503, str(error))
        return JSONResponse({"bucket": bucket, "name": name}, 201)

    def _keep(self, bucket: str, name: str, received: Path) -> None:
        self._app.objects.make_bucket(bucket)
        self._app.objects.keep(bucket, name, received, lambda done: None)


async def _receive(body: AsyncIterator[bytes], target: Path) -> None:
    """Write a body to a file, zeros as holes: a disk is mostly zeros."""
    with target.open("xb") as file:
        async for chunk in body:
            file.seek(len(chunk), os.SEEK_CUR) if chunk.count(0) == len(chunk) else file.write(chunk)
        file.truncate(file.tell())


def _failed(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)
