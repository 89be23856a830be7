"""TI-TXT, which TI's hex utility writes (`--ti_txt`; SLAU131, "TI-TXT Hex Format").

Sections of `@ADDRESS` and lines of bytes in hexadecimal, closed by `q`. Files that were joined are
read as a whole.
"""

from __future__ import annotations

import re

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats.records import records
from renode_wifi.emulation.image.segments import Collector, Overlap

KIND = "TI-TXT"
FIRST_RECORD = re.compile(
    rb"([\s\0]|[#;][^\n]*\n)*@[0-9A-Fa-f]{1,8}[ \t]*\r?\n[ \t]*[0-9A-Fa-f]{2}\s"
)
SECTION = re.compile(r"@([0-9A-Fa-f]{1,8})")
END = ("q", "Q")


def read(data: bytes) -> Content:
    """Raises Damaged, with the line."""
    collector = Collector()
    address: int | None = None
    ended = False
    for line, text in records(data):
        section = SECTION.fullmatch(text)
        ended = text in END
        if ended:
            address = None
        elif section is not None:
            address = int(section[1], 16)
        else:
            payload = _bytes(text, line)
            if address is None:
                raise Damaged("the TI-TXT file has bytes in front of an address", line=line)
            collector.add(address, payload)
            address += len(payload)
    try:
        segments = collector.segments()
    except Overlap as error:
        raise Damaged(
            f"the TI-TXT file has {error}", cure="join files that have nothing in common"
        ) from None
    if not ended:
        raise Damaged("the TI-TXT file is truncated: its end (q) is missing")
    if not segments:
        raise Damaged("the TI-TXT file has no data", cure="build it again")
    return Content(KIND, segments)


def _bytes(text: str, line: int) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Damaged(f"the TI-TXT file has a damaged line: {text[:60]!r}", line=line) from None
