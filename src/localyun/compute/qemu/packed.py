"""Packed disk files: gzip, alone or around a tar of one file.

A disk is mostly zeros, which are written as holes; in what we pack, each MiB of them is the same few bytes.
"""

import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from localyun.compute.qemu.headers import Refused

GZIP = b"\x1f\x8b"
CHUNK = 1 << 20
ZEROS = bytes(CHUNK)
BLOCK = 512
WITH_GZIP_HEADER = 31
TAR_MARK = b"ustar"
LARGEST_TAR_HEADER = 64 << 10
PLAIN_FILES = (b"0", b"\0", b"7")
EXTENSION, ELSE = b"x", b"gL"
"""Kinds of entries before the one of the file: one that may tell its size, and others."""


def is_packed(file: BinaryIO) -> bool:
    """Whether a file begins as one of gzip's."""
    file.seek(0)
    return file.read(len(GZIP)) == GZIP


def unpack(
    source: BinaryIO, target: Path, *, largest: int, most_data: int, heard: Callable[[int], None]
) -> None:
    """Write what is packed in a file to another, or refuse it.

    `largest` is the size that it may have, and `most_data` how much of that may be anything but zeros.
    `heard` is told again and again how much of the source is read.
    """
    written = data = 0
    with target.open("xb") as file:
        for chunk in _only_file(_Unpacked(_members(source, heard))):
            written += len(chunk)
            if chunk.count(0) == len(chunk):
                file.seek(len(chunk), os.SEEK_CUR)
            else:
                data += len(chunk)
                file.write(chunk)
            if written > largest:
                raise Refused(f"The file unpacks to more than {largest} bytes.")
            if data > most_data:
                raise Refused("The file unpacks to far more than it has.")
        file.truncate(written)


def pack(source: Path, name: str, target: Path, heard: Callable[[int], None]) -> None:
    """Write a file, called `name`, into a tar, and that through gzip. `heard` is told what is done of it."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = source.stat().st_size, 0o644
    with source.open("rb") as file, target.open("xb") as packed:
        packed.write(_member(entry.tobuf(tarfile.GNU_FORMAT)))
        zeros = _member(ZEROS)
        while chunk := file.read(CHUNK):
            packed.write(zeros if chunk == ZEROS else _member(chunk))
            heard(file.tell())
        packed.write(_member(bytes(-entry.size % BLOCK + 2 * BLOCK)))


def _member(content: bytes) -> bytes:
    """A whole member of a gzip file, of which there may be any number."""
    packer = zlib.compressobj(1, zlib.DEFLATED, WITH_GZIP_HEADER)
    return packer.compress(content) + packer.flush()


def _members(source: BinaryIO, heard: Callable[[int], None]) -> Iterator[bytes]:
    """Yield what is in a gzip file, a little at a time, however much that is."""
    source.seek(0)
    unpacker, left, whole = zlib.decompressobj(WITH_GZIP_HEADER), b"", False
    while content := left or source.read(CHUNK):
        try:
            yield unpacker.decompress(content, CHUNK)
        except zlib.error as error:
            raise Refused("The file can't be unpacked: it isn't sound gzip.") from error
        left, whole = unpacker.unconsumed_tail, unpacker.eof
        if whole:
            left = unpacker.unused_data.lstrip(b"\0")
            unpacker = zlib.decompressobj(WITH_GZIP_HEADER)
        heard(source.tell())
    if not whole:
        raise Refused("The file is cut off.")


class _Unpacked:
    """Bytes that come bit by bit, to be read in portions."""

    def __init__(self, bits: Iterator[bytes]) -> None:
        self._bits, self._held = bits, b""

    def portion(self, length: int) -> bytes:
        """The next so many bytes, fewer at the end."""
        parts, missing = [self._held], length - len(self._held)
        while missing > 0 and (bit := next(self._bits, None)) is not None:
            parts.append(bit)
            missing -= len(bit)
        content = b"".join(parts)
        self._held = content[length:]
        return content[:length]

    def portions(self, length: int | None) -> Iterator[bytes]:
        """Yield so many bytes, or all; refuse to yield fewer."""
        while length is None or length > 0:
            portion = self.portion(CHUNK if length is None else min(CHUNK, length))
            if not portion:
                if length is None:
                    return
                raise Refused("The file is cut off.")
            yield portion
            if length is not None:
                length -= len(portion)


def _only_file(unpacked: _Unpacked) -> Iterator[bytes]:
    """Yield the file that is in a tar, or all, if it is none."""
    head = unpacked.portion(BLOCK)
    if head[257:262] != TAR_MARK:
        yield head
        yield from unpacked.portions(None)
        return
    stated: int | None = None
    while head[156:157] not in PLAIN_FILES:
        kind, size = head[156:157], _size(head)
        if kind not in EXTENSION + ELSE or size > LARGEST_TAR_HEADER:
            raise Refused("The archive doesn't begin with a plain file.")
        extension = b"".join(unpacked.portions(size + -size % BLOCK))[:size]
        stated = _stated_size(extension) if kind == EXTENSION else stated
        head = unpacked.portion(BLOCK)
    size = _size(head) if stated is None else stated
    yield from unpacked.portions(size)
    unpacked.portion(-size % BLOCK)
    if any(unpacked.portion(BLOCK)):
        raise Refused("The archive holds more than one file.")


def _size(head: bytes) -> int:
    field = head[124:136]
    if len(head) < BLOCK:
        raise Refused("The file is cut off.")
    try:
        return int.from_bytes(field[1:]) if field[0] & 0x80 else int(field.strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise Refused("The archive isn't sound.") from error


def _stated_size(extension: bytes) -> int | None:
    """The size in an extended header, whose lines are `LENGTH KEY=VALUE`."""
    for line in extension.split(b"\n"):
        key, _, value = line.partition(b" ")[2].partition(b"=")
        if key == b"size" and value.isdigit():
            return int(value)
    return None
