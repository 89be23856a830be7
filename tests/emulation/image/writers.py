"""Firmware files of every format, as other tools write them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.segments import Segment

PROBE = Path(__file__).resolve().parents[3] / "firmware" / "probe" / "b_l475e_iot01a.elf"


def outcome(read: Callable[[bytes], Content], data: bytes) -> list[Segment] | str:
    """What a reader makes of a file, or its cure for the damage; nothing else may come of it."""
    try:
        return read(data).segments
    except Damaged as error:
        return error.cure


HEX_END = ":00000001FF"


def hex_record(kind: int, offset: int, data: bytes) -> str:
    record = bytes([len(data)]) + struct.pack(">HB", offset, kind) + data
    return f":{(record + bytes([-sum(record) & 0xFF])).hex().upper()}"


def intel_hex(segments: Iterable[Segment], width: int = 16, start: int | None = None) -> str:
    """start: address for a record of type 05."""
    lines = []
    upper = 0
    for segment in segments:
        for at in range(segment.address, segment.end, width):
            if at >> 16 != upper:
                upper = at >> 16
                lines.append(hex_record(4, 0, struct.pack(">H", upper)))
            chunk = segment.data[at - segment.address :][:width]
            # A record doesn't cross 64 KiB.
            here = min(len(chunk), 0x10000 - (at & 0xFFFF))
            lines.append(hex_record(0, at & 0xFFFF, chunk[:here]))
            if here < len(chunk):
                upper += 1
                lines.append(hex_record(4, 0, struct.pack(">H", upper)))
                lines.append(hex_record(0, 0, chunk[here:]))
    if start is not None:
        lines.append(hex_record(5, 0, struct.pack(">I", start)))
    return "\n".join([*lines, HEX_END]) + "\n"


def s_record(kind: str, address: int, data: bytes = b"") -> str:
    size = {"0": 2, "1": 2, "2": 3, "3": 4, "5": 2, "6": 3, "7": 4, "8": 3, "9": 2}[kind]
    body = address.to_bytes(size, "big") + data
    record = bytes([len(body) + 1]) + body
    return f"S{kind}{(record + bytes([~sum(record) & 0xFF])).hex().upper()}"


def srec(segments: Iterable[Segment], kind: str = "3", width: int = 32, start: int = 0) -> str:
    """kind: "1", "2" or "3", by the bytes of an address."""
    lines = [s_record("0", 0, b"HDR")]
    for segment in segments:
        for at in range(segment.address, segment.end, width):
            lines.append(s_record(kind, at, segment.data[at - segment.address :][:width]))
    count = len(lines) - 1
    lines.append(s_record("5" if count < 0x10000 else "6", count))
    lines.append(s_record({"1": "9", "2": "8", "3": "7"}[kind], start))
    return "\r\n".join(lines) + "\r\n"


def uf2(
    segments: Iterable[Segment], family: int | None = 0x00FF6919, payload: int = 256, flags: int = 0
) -> bytes:
    chunks = [
        (at, segment.data[at - segment.address :][:payload])
        for segment in segments
        for at in range(segment.address, segment.end, payload)
    ]
    blocks = []
    for number, (address, data) in enumerate(chunks):
        header = struct.pack(
            "<8I",
            0x0A324655,
            0x9E5D5157,
            flags | (0x2000 if family is not None else 0),
            address,
            len(data),
            number,
            len(chunks),
            family or 0,
        )
        blocks.append((header + data).ljust(508, b"\0") + struct.pack("<I", 0x0AB16F30))
    return b"".join(blocks)


def build_attributes(*vendors: tuple[bytes, bytes]) -> bytes:
    """The section `.ARM.attributes`: (vendor, its attributes of the whole file)."""
    section = b"A"
    for name, attributes in vendors:
        scope = bytes([1]) + struct.pack("<I", len(attributes) + 5) + attributes
        data = name + b"\0" + scope
        section += struct.pack("<I", len(data) + 4) + data
    return section


def elf(
    segments: Iterable[Segment],
    attributes: bytes = b"",
    entry: int = 0,
    symbols: Iterable[tuple[str, int, int]] = (),
) -> bytes:
    """An executable with these segments, build attributes and functions (name, address, size), and
    nothing else."""
    segments = list(segments)
    names = b"\0.ARM.attributes\0.shstrtab\0.symtab\0"
    offset = 52 + 32 * len(segments)
    headers, body = [], b""
    for segment in segments:
        size = len(segment.data)
        headers.append(
            struct.pack(
                "<8I", 1, offset + len(body), segment.address, segment.address, size, size, 5, 4
            )
        )
        body += segment.data
    table = bytes(16)
    for name, address, size in symbols:
        table += struct.pack("<3I2BH", len(names), address | 1, size, 0x12, 0, 0xFFF1)
        names += name.encode() + b"\0"
    sections = [bytes(40)]
    # Name, type, data, section of the names, size of an entry.
    for number, kind, data, link, entry_size in (
        (1, 0x70000003, attributes, 0, 0),
        (17, 3, names, 0, 0),
        (27, 2, table, 2, 16),
    ):
        at = offset + len(body)
        sections.append(
            struct.pack("<10I", number, kind, 0, 0, at, len(data), link, 1, 1, entry_size)
        )
        body += data
    header = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIIIIIHHHHHH",
        2,
        40,
        1,
        entry,
        52,
        offset + len(body),
        0x5000200,
        52,
        32,
        len(segments),
        40,
        len(sections),
        2,
    )
    return header + b"".join(headers) + body + b"".join(sections)
