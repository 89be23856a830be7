"""Motorola S-records (SREC, S19, S28, S37, MOT): srec(5) of SRecord has all their types.

Tables of symbols that GNU objcopy puts in front (`-O symbolsrec`, between lines of `$$`) and the
reserved records S4 are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats.records import records
from renode_wifi.emulation.image.segments import Collector, Overlap

KIND = "SREC"
SUFFIXES = (".srec", ".s19", ".s28", ".s37", ".mot", ".mhx")
FIRST_RECORD = re.compile(
    rb"([\s\0]|[#;][^\n]*\n)*(\$\$[^\n]*\n([ \t][^\n]*\n)*\$\$\s*)?[Ss][0-9][0-9A-Fa-f]{6}"
)

HEADER = "0"
DATA = {"1": 2, "2": 3, "3": 4}
COUNT = {"5": 2, "6": 3}
RESERVED = "4"
SYMBOLS = "$$"
END = {"9": 2, "8": 3, "7": 4}
"""Types, and the bytes of their address; that of a count is the number of data records so far."""
ADDRESS_BYTES = {HEADER: 2, RESERVED: 0, **DATA, **COUNT, **END}


def read(data: bytes) -> Content:
    """Raises Damaged, with the line."""
    collector = Collector()
    count, entry, ended = 0, None, False
    for line, kind, address, payload in _records(data):
        ended = kind in END
        if kind in DATA:
            collector.add(address, payload)
            count += 1
        elif kind in COUNT and address != count:
            raise Damaged(
                f"the SREC file says that {address} data records come before, but there are"
                f" {count}",
                line=line,
            )
        elif ended:
            # A file without a start address has 0 here.
            entry, count = address or entry, 0
    try:
        segments = collector.segments()
    except Overlap as error:
        raise Damaged(
            f"the SREC file has {error}", cure="join files that have nothing in common"
        ) from None
    if not ended:
        raise Damaged("the SREC file is truncated: its end record is missing")
    if not segments:
        raise Damaged("the SREC file has no data", cure="build it again")
    return Content(KIND, segments, entry=entry)


def _records(data: bytes) -> Iterator[tuple[int, str, int, bytes]]:
    """(line, type, address, payload) of each record."""
    symbols = False
    for number, text in records(data):
        if text.startswith(SYMBOLS):
            symbols = text != SYMBOLS
            continue
        if symbols:
            continue
        kind = text[1:2]
        try:
            record = bytes.fromhex(text[2:])
        except ValueError:
            record = b""
        width = ADDRESS_BYTES.get(kind)
        if text[0] not in "Ss" or width is None or len(record) < width + 2:
            raise Damaged(f"the SREC file has a damaged record: {text[:60]!r}", line=number)
        if record[0] != len(record) - 1:
            raise Damaged(
                f"the SREC file has a record of {len(record) - 1} bytes that says {record[0]}",
                line=number,
            )
        right = ~sum(record[:-1]) & 0xFF
        if record[-1] != right:
            raise Damaged(
                f"the SREC file has a record whose checksum is {record[-1]:02X}"
                f" where {right:02X} would be right",
                line=number,
            )
        yield number, kind, int.from_bytes(record[1 : width + 1]), record[width + 1 : -1]
