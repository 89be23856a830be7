"""Macronix MX25R6435F, the 64 Mbit serial flash of the board (data sheet, command description)."""

from __future__ import annotations

from typing import Any

from renode_wifi.peripherals.base.machine import Machine

SIZE = 8 * 1024 * 1024
PAGE = 256
SR_WEL, SR_QE = 1 << 1, 1 << 6
STATUS_WRITABLE = 0xFC
CONFIGURATION_WRITABLE = (0x48, 0x02)

WRITE_STATUS, PAGE_PROGRAM, READ_SLOW, WRITE_DISABLE = 0x01, 0x02, 0x03, 0x04
READ_STATUS, WRITE_ENABLE, READ_CONFIGURATION = 0x05, 0x06, 0x15
READ_SECURITY, RESET, READ_IDENTITY = 0x2B, 0x99, 0x9F
READ_PARAMETERS = 0x5A
RELEASE_AND_SIGNATURE = 0xAB
READS = (READ_SLOW, 0x0B, 0x3B, 0x6B, 0xBB, 0xEB)
PROGRAMS = (PAGE_PROGRAM, 0x38)
ERASES = {0x20: 0x1000, 0x52: 0x8000, 0xD8: 0x10000, 0x60: SIZE, 0xC7: SIZE}
IDENTITY = (0xC2, 0x28, 0x17)
SIGNATURE = 0x17
ANSWERS = {READ_SECURITY: (0,), READ_IDENTITY: IDENTITY, RELEASE_AND_SIGNATURE: (SIGNATURE,)}
PARAMETERS_AT = 0x30
# RDSFDP (JESD216B section 6): the header, that of the basic table (revision 1.6, 16 double words),
# and the table, which says: erased by 4, 32 and 64 KiB, reads by one, two and four lines, 64 Mbit,
# pages of 256 bytes. The manufacturer's own table is left out.
PARAMETERS = (
    bytes.fromhex("53464450 060100ff 00060110 300000ff").ljust(PARAMETERS_AT, b"\xff")
    + bytes.fromhex("e520f1ff ffffff03 44eb086b 083b04bb eeffffff ffff00ff ffff00ff 0c200f52")
    + bytes.fromhex("10d800ff 2372f500 82ed04cc 44836844 30b030b0 f7c4d55c 00be29ff f0d0ffff")
)


class SparseMemory:
    """Erased bytes cost nothing."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def read(self, offset: int, width: int) -> int:
        page = self._pages.get(offset // PAGE)
        return 0xFF if page is None else page[offset % PAGE]

    def write(self, offset: int, value: int, width: int) -> None:
        page = self._pages.setdefault(offset // PAGE, bytearray(b"\xff" * PAGE))
        page[offset % PAGE] = value

    def erase(self, offset: int, length: int) -> None:
        first, last = offset // PAGE, (offset + length) // PAGE
        for page in [page for page in self._pages if first <= page < last]:
            del self._pages[page]


class Macronix_MX25R:
    """underlyingMemory: what holds the bytes, with `read(offset, width)` and `write(offset, value,
    width)`; without it they are kept here. Contents and settings outlive a reset of the chip.
    """

    def __init__(self, machine: Machine, name: str, underlyingMemory: object = None) -> None:
        self.machine = machine
        self.name = name
        self._memory: Any = underlyingMemory if underlyingMemory is not None else SparseMemory()
        self._status = 0
        self._configuration = [0, 0]
        self._instruction = 0
        self._address = 0
        self._position = 0

    def reset(self) -> None:
        """The part has no reset pin; it keeps what it has."""

    def start(self, instruction: int, address: int) -> None:
        self._instruction = instruction
        self._address = address % SIZE
        self._position = 0

    def answer(self, instruction: int) -> tuple[int, ...]:
        """The bytes that it reads over and over until another instruction comes; (): it depends."""
        if instruction == READ_STATUS:
            return (self._status,)
        if instruction == READ_CONFIGURATION:
            return tuple(self._configuration)
        return ANSWERS.get(instruction, ())

    def read(self) -> int:
        """The next byte of the answer; what has no answer leaves the lines high."""
        position, self._position = self._position, self._position + 1
        answer = self.answer(self._instruction)
        if answer:
            return answer[position % len(answer)]
        if self._instruction == READ_PARAMETERS:
            at = self._address + position
            return PARAMETERS[at] if at < len(PARAMETERS) else 0xFF
        if self._instruction in READS:
            return int(self._memory.read((self._address + position) % SIZE, 1))
        return 0xFF

    def write(self, byte: int) -> None:
        position, self._position = self._position, self._position + 1
        if not self._status & SR_WEL:
            return
        if self._instruction == WRITE_STATUS:
            if position == 0:
                self._status = self._status & ~STATUS_WRITABLE | byte & STATUS_WRITABLE
            elif position <= 2:
                self._configuration[position - 1] = byte & CONFIGURATION_WRITABLE[position - 1]
        elif self._instruction in PROGRAMS:
            # Beyond the end of a page it goes on at its start.
            page = self._address & ~(PAGE - 1)
            target = page | (self._address + position) % PAGE
            self._memory.write(target, self._memory.read(target, 1) & byte, 1)

    def finish(self) -> None:
        """The instruction is complete: chip select rises."""
        instruction = self._instruction
        if instruction == WRITE_ENABLE:
            self._status |= SR_WEL
        elif instruction in (WRITE_DISABLE, WRITE_STATUS, RESET, *PROGRAMS):
            self._status &= ~SR_WEL
        elif instruction in ERASES and self._status & SR_WEL:
            self._erase(ERASES[instruction])
            self._status &= ~SR_WEL

    def _erase(self, length: int) -> None:
        start = self._address & ~(length - 1)
        if isinstance(self._memory, SparseMemory):
            self._memory.erase(start, length)
            return
        for offset in range(start, start + length, 4):
            self._memory.write(offset, 0xFFFFFFFF, 4)
