"""Intel HEX (Hexadecimal Object File Format Specification, revision A, 1988).

Files that were joined are read as a whole: records may follow an end record, and start addresses
may come several times, since the chip's vector table decides where it starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats.records import records
from renode_wifi.emulation.image.segments import Collector, Overlap

KIND = "Intel HEX"
SUFFIXES = (".hex", ".ihex", ".ihx")
FIRST_RECORD = re.compile(rb"([\s\0]|[#;][^\n]*\n)*:[0-9A-Fa-f]{10}")

DATA, END, SEGMENT_BASE, SEGMENT_START, LINEAR_BASE, LINEAR_START = range(6)
LENGTHS = {END: 0, SEGMENT_BASE: 2, SEGMENT_START: 4, LINEAR_BASE: 2, LINEAR_START: 4}


def read(data: bytes) -> Content:
    """Raises Damaged, with the line."""
    collector = Collector()
    base, entry, ended = 0, None, False
    for line, kind, offset, payload in _records(data):
        ended = False
        if kind == DATA:
            collector.add((base + offset) & 0xFFFFFFFF, payload)
        elif kind == END:
            ended, base = True, 0
        elif kind == SEGMENT_BASE:
            base = int.from_bytes(payload) << 4
        elif kind == LINEAR_BASE:
            base = int.from_bytes(payload) << 16
        elif kind == LINEAR_START:
            entry = int.from_bytes(payload)
        elif kind != SEGMENT_START:
            raise Damaged(f"the Intel HEX file has a record of unknown type {kind}", line=line)
    try:
        segments = collector.segments()
    except Overlap as error:
        raise Damaged(
            f"the Intel HEX file has {error}", cure="join files that have nothing in common"
        ) from None
    if not ended:
        raise Damaged("the Intel HEX file is truncated: its end record is missing")
    if not segments:
        raise Damaged("the Intel HEX file has no data", cure="build it again")
    return Content(KIND, segments, entry=entry)


def _records(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """(line, type, offset, payload) of each record."""
    for number, text in records(data):
        try:
            record = bytes.fromhex(text[1:])
        except ValueError:
            record = b""
        if text[0] != ":" or len(record) < 5 or len(record) != record[0] + 5:
            raise Damaged(f"the Intel HEX file has a damaged record: {text[:60]!r}", line=number)
        if sum(record) & 0xFF:
            right = -sum(record[:-1]) & 0xFF
            raise Damaged(
                f"the Intel HEX file has a record whose checksum is {record[-1]:02X}"
                f" where {right:02X} would be right",
                line=number,
            )
        kind = record[3]
        if len(record) - 5 != LENGTHS.get(kind, len(record) - 5):
            raise Damaged(
                f"the Intel HEX file has a record of type {kind} with {record[0]} bytes",
                line=number,
            )
        yield number, kind, int.from_bytes(record[1:3]), record[4:-1]
