"""Make a PNG small: 256 colours, the common ones as they are, each rare one as the nearest of them."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 256


def smaller(png: bytes) -> bytes:
    """Return a picture in true colours, as browsers write it, with a palette."""
    width, height = struct.unpack(">II", png[16:24])
    size = 4 if png[25] == 6 else 3
    raw = zlib.decompress(b"".join(data for kind, data in _chunks(png) if kind == b"IDAT"))
    pixels = [row[at : at + 3] for row in _rows(raw, width * size, size) for at in range(0, len(row), size)]
    counted = Counter(pixels)
    palette = [colour for colour, _ in counted.most_common(MOST)]
    index = {colour: place for place, colour in enumerate(palette)}
    for colour in counted:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda place: _distance(palette[place], colour))
    lines = (pixels[at : at + width] for at in range(0, width * height, width))
    data = b"".join(b"\0" + bytes(index[pixel] for pixel in line) for line in lines)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    written = (
        (b"IHDR", header),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(data, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in written)


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(raw: bytes, length: int, size: int) -> Iterator[bytes]:
    """Undo each row's filter, as the PNG specification says (section 9)."""
    before = bytes(length)
    for start in range(0, len(raw), length + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        for at in range(length):
            left, up = row[at - size] if at >= size else 0, before[at]
            corner = before[at - size] if at >= size else 0
            guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind] if kind else 0
            row[at] = (row[at] + guess) & 255
        before = bytes(row)
        yield before


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
