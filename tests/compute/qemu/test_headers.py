"""What is refused before any program of QEMU's sees it."""

import io
import struct

import pytest

from localyun.compute.qemu.headers import Refused, check
from localyun.model.disk_files import QCOW2, RAW, VHD, VMDK
from tests.compute.qemu.files import GIB, qcow2_header, vmdk_file
from tests.operations import oss

SOUND_DESCRIPTOR = """# Disk DescriptorFile
version=1
CID=deadbeef
parentCID=ffffffff
createType="monolithicSparse"
RW 2048 SPARSE "disk.vmdk"
"""


def vhd(content: bytes, kind: int) -> bytes:
    """Say of which kind a VHD file is, in all its footers."""
    found = bytearray(content)
    for start in (0, len(content) - 512):
        if content[start:].startswith(b"conectix"):
            struct.pack_into(">I", found, start + 60, kind)
    return bytes(found)


@pytest.mark.parametrize(
    ("stated", "content", "size"),
    [
        (RAW, bytes(1024), 1024),
        (QCOW2, qcow2_header(), GIB),
        (QCOW2, qcow2_header(features=1 | 8 | 16), GIB),
        (VHD, vhd(oss.dynamic_vhd(GIB), 3), GIB),
        (VHD, vhd(oss.fixed_vhd(4096), 2), 4096),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR), 2048 * 512),
    ],
)
def test_a_sound_file_tells_the_size_of_its_disk(stated: str, content: bytes, size: int) -> None:
    """In bytes."""
    assert check(io.BytesIO(content), stated, GIB) == size


@pytest.mark.parametrize(
    ("stated", "content", "sentence"),
    [
        (RAW, bytes(1000), "The file doesn't consist of whole sectors of 512 bytes."),
        (RAW, b"", "The disk in the file is empty."),
        (QCOW2, bytes(1024), "The file isn't a QCOW2 one of version 2 or 3."),
        (QCOW2, b"QFI\xfb", "The file is cut off."),
        (QCOW2, qcow2_header(backing=112), "The QCOW2 file names a backing file."),
        (QCOW2, qcow2_header(features=4), "The QCOW2 file keeps its data in another file."),
        (QCOW2, qcow2_header(cipher=2), "The QCOW2 file is encrypted."),
        (QCOW2, qcow2_header(features=2), "The QCOW2 file is marked as corrupt."),
        (QCOW2, qcow2_header(features=64), "The QCOW2 file has features that aren't known."),
        (QCOW2, qcow2_header(table=1 << 40), "The QCOW2 file's tables are outside the file."),
        (QCOW2, qcow2_header().replace(struct.pack(">I", 16), struct.pack(">I", 60), 1),
         "The QCOW2 file has clusters of a size that there isn't."),
        (VHD, bytes(2048), "The file isn't a VHD one."),
        (VHD, bytes(512), "The file isn't a VHD one."),
        (VHD, vhd(oss.dynamic_vhd(1024), 4),
         "The VHD file isn't a disk of its own: it is neither fixed nor dynamic."),
        (VHD, vhd(oss.fixed_vhd(1024), 2)[512:], "The VHD file is cut off."),
        (VHD, vhd(oss.dynamic_vhd(1024), 3)[512:], "The VHD file is cut off."),
        (VHD, vhd(oss.fixed_vhd(1024), 3)[-512:] + bytes(512) + vhd(oss.fixed_vhd(1024), 2)[-512:],
         "The VHD file begins and ends with different words on the disk in it."),
        (VMDK, SOUND_DESCRIPTOR.encode().ljust(1024),
         "The file isn't a VMDK one that holds a disk: of several files none can be imported."),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR, capacity=0), "The VMDK file has no descriptor of its own."),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR.replace("ffffffff", "cafecafe")), "The VMDK file names a parent."),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR + 'parentFileNameHint="/etc/shadow"'),
         "The VMDK file names a parent."),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR.replace("monolithicSparse", "monolithicFlat")),
         "The VMDK file isn't monolithicSparse or streamOptimized."),
        (VMDK, vmdk_file(SOUND_DESCRIPTOR + 'RW 1 FLAT "/etc/shadow" 0\n'),
         "The VMDK file consists of several files."),
    ],
)  # fmt: skip
def test_another_file_is_refused(stated: str, content: bytes, sentence: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(Refused) as refusal:
        check(io.BytesIO(content), stated, 1024)

    assert str(refusal.value) == sentence


def test_a_disk_may_be_so_large() -> None:
    """And not larger, however small the file is."""
    with pytest.raises(Refused) as refusal:
        check(io.BytesIO(qcow2_header(size=5 * GIB // 2)), QCOW2, 2 * GIB)

    assert str(refusal.value) == "The disk in the file has 2.5 GiB, and 2 are allowed."


def test_a_stream_is_what_its_end_says() -> None:
    """The header at the end of a streamed VMDK file counts, and has to say the same as the first."""
    head = bytearray(vmdk_file(SOUND_DESCRIPTOR.replace("monolithicSparse", "streamOptimized")))
    struct.pack_into("<Q", head, 56, 0xFFFFFFFFFFFFFFFF)
    first = bytes(head[:512])
    other = first[:12] + struct.pack("<Q", 1 << 40) + first[20:]

    assert check(io.BytesIO(bytes(head) + bytes(512) + first + bytes(512)), VMDK, GIB) == 2048 * 512
    with pytest.raises(Refused, match="cut off"):
        check(io.BytesIO(bytes(head) + bytes(512) + other + bytes(512)), VMDK, GIB)
