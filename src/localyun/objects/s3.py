"""Object storage that speaks S3, with buckets in the path of an address, such as MinIO."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from localyun.model.disk_files import DiskFile
from localyun.objects.interface import Bucket, Heard, ObjectsUnavailable
from localyun.objects.looking import look

SCHEMES = {"s3": "https", "s3+http": "http"}
CHUNK = 8 << 20
"""How much is sent or fetched at once; 10,000 times as much is the most that an object may have."""
SHORT, LONG = "10s", "1h"
"""How long an answer may take while a call waits for it, and how long the content of an object."""
NO_OBJECT = ".localyun"
"""What no object's name is expected to begin with: asking for such says whether there is a bucket."""


class AddressError(ValueError):
    """It isn't the address of such a storage."""


class S3Objects:
    """The buckets at an address, `s3://KEY:SECRET@HOST:PORT`, or `s3+http://` without TLS."""

    has_content = True

    def __init__(self, address: str) -> None:
        """Take an address; nothing is asked of it yet. Raises `AddressError`."""
        try:
            url = urlsplit(address)
            host, port = url.hostname, url.port
        except ValueError as error:
            raise AddressError(str(error)) from error
        if url.scheme not in SCHEMES or not host or url.path not in ("", "/"):
            raise AddressError("an address looks like s3://KEY:SECRET@HOST:PORT, or s3+http:// without TLS")
        named = f"[{host}]" if ":" in host else host
        self._endpoint = f"{SCHEMES[url.scheme]}://{named}{f':{port}' if port else ''}"
        self._key, self._secret = unquote(url.username or ""), unquote(url.password or "")

    def bucket(self, name: str) -> Bucket | None:
        """Return a bucket, if there is one; one that isn't ours is nobody's."""
        try:
            obstore.list_with_delimiter(self._store(name), NO_OBJECT)
        except (BaseError, OSError) as error:
            if "NoSuchBucket" in str(error):
                return None
            if "AccessDenied" in str(error):
                return Bucket(accounts=())
            raise _unavailable(error) from error
        return Bucket()

    def make_bucket(self, name: str) -> None:
        """Leave it to those whose storage it is."""
        if self.bucket(name) is None:
            raise ObjectsUnavailable(f"There is no bucket {name} in the storage.")

    def file(self, bucket: str, name: str) -> DiskFile | None:
        """Return what an object shows, of which two parts are fetched."""
        store = self._store(bucket)
        with _speaking():
            try:
                size: int = obstore.head(store, name)["size"]
            except FileNotFoundError:
                return None

            def part(start: int, length: int) -> bytes:
                length = min(length, size - start)
                return bytes(obstore.get_range(store, name, start=start, length=length)) if length else b""

            return look(name, size, part)

    def local(self, bucket: str, name: str, scratch: Path, heard: Heard) -> Path:
        """Fetch an object."""
        target, done = scratch / "fetched", 0
        with target.open("xb") as file, _speaking():
            for chunk in obstore.get(self._store(bucket, LONG), name).stream(min_chunk_size=CHUNK):
                done += file.write(chunk)
                heard(done)
        return target

    def keep(self, bucket: str, name: str, source: Path, heard: Heard) -> None:
        """Send a file, in several parts, of which the storage makes one object at the end."""

        def chunks() -> Iterator[bytes]:
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
                    heard(file.tell())

        with _speaking():
            obstore.put(self._store(bucket, LONG), name, chunks(), chunk_size=CHUNK)

    def _store(self, bucket: str, patience: str = SHORT) -> S3Store:
        return S3Store(
            bucket,
            endpoint=self._endpoint,
            access_key_id=self._key,
            secret_access_key=self._secret,
            skip_signature=not self._key,
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": True, "timeout": patience, "connect_timeout": SHORT},
            retry_config={"max_retries": 1},
        )


@contextmanager
def _speaking() -> Iterator[None]:
    """Say in one way that object storage can't be used."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> ObjectsUnavailable:
    return ObjectsUnavailable(f"Object storage: {str(error).partition(chr(10))[0]}")
