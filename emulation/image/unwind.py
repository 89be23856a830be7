"""One frame to its caller's, by an image's unwind tables.

Two kinds: call frame information (.debug_frame, .eh_frame; DWARF 4 section 6.4), which is right at
every instruction, and the index table of exception handling (.ARM.exidx; Arm IHI 0038, sections 6
and 10.3), which is right at calls.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from elftools.dwarf.callframe import FDE, CFARule, RegisterRule
from elftools.ehabi.ehabiinfo import EHABIInfo
from elftools.elf.elffile import ELFFile

from renode_wifi.emulation.image.debug_frame import DebugFrame

SP, LR, PC = 13, 14, 15
SAVED = range(4, 12)
"""What a function gives back as it was (AAPCS section 6.1.1)."""
EXIDX = ".ARM.exidx"

Registers = dict[int, int]
"""r0 to r15 by number, as far as they are known."""
ReadMemory = Callable[[int, int], bytes]


def word(read: ReadMemory, address: int) -> int:
    return int.from_bytes(read(address, 4), "little")


class FrameRule(Protocol):
    """How to leave a function."""

    def caller(self, state: Registers, read: ReadMemory, at: int) -> Registers | None:
        """at: an address in the function's current instruction. Raises KeyError for a register
        that isn't known."""


@dataclass(frozen=True)
class FrameInformation:
    """Call frame information of a function. entry: decodes it."""

    entry: Callable[[], FDE]

    def caller(self, state: Registers, read: ReadMemory, at: int) -> Registers | None:
        entry = self.entry()
        table = entry.get_decoded().table
        row = next((each for each in reversed(table) if each["pc"] <= at), None)
        information = entry.cie
        if row is None or information is None:
            return None
        rule: CFARule = row["cfa"]
        if rule.reg is None or rule.offset is None:
            # An expression: compilers for these chips write none.
            return None
        frame = (state[rule.reg] + rule.offset) & 0xFFFFFFFF
        found = {number: state[number] for number in SAVED if number in state}
        found[SP] = frame
        returns = information["return_address_register"]
        for number in (*SAVED, SP, returns):
            value = _restored(row.get(number), number, state, read, frame)
            if value is not None:
                found[PC if number == returns else number] = value
        return found if PC in found else None


def _restored(
    rule: RegisterRule | None, number: int, state: Registers, read: ReadMemory, frame: int
) -> int | None:
    if rule is None or rule.type == RegisterRule.SAME_VALUE:
        return frame if number == SP else state.get(number)
    if not isinstance(rule.arg, int):
        return None
    if rule.type == RegisterRule.OFFSET:
        return word(read, frame + rule.arg)
    if rule.type == RegisterRule.VAL_OFFSET:
        return (frame + rule.arg) & 0xFFFFFFFF
    if rule.type == RegisterRule.REGISTER:
        return state.get(rule.arg)
    return None


@dataclass(frozen=True)
class IndexEntry:
    """Instructions of an entry of the index table."""

    code: bytes

    def caller(self, state: Registers, read: ReadMemory, at: int) -> Registers | None:
        frame = _IndexFrame(dict(state), read)
        return frame.caller() if frame.execute(self.code) else None


class _IndexFrame:
    """The registers while instructions unwind them; `vsp` of the specification is SP here."""

    def __init__(self, state: Registers, read: ReadMemory) -> None:
        self._state = state
        self._read = read
        self._has_popped_pc = False

    def caller(self) -> Registers:
        state = self._state
        found = {number: state[number] for number in (*SAVED, SP) if number in state}
        found[PC] = state[PC] if self._has_popped_pc else state[LR]
        return found

    def execute(self, code: bytes) -> bool:
        """Whether all of it could be carried out."""
        rest = iter(code)
        for byte in rest:
            if byte == 0xB0:
                return True
            if byte < 0x40:
                self._state[SP] += (byte << 2) + 4
            elif byte < 0x80:
                self._state[SP] -= ((byte & 0x3F) << 2) + 4
            elif byte < 0x90:
                mask = (byte & 0xF) << 8 | next(rest)
                if not mask:
                    return False
                self._pop(number for number in range(4, 16) if mask >> (number - 4) & 1)
            elif byte < 0xA0:
                self._state[SP] = self._state[byte & 0xF]
            elif byte < 0xB0:
                self._pop(range(4, 5 + (byte & 7)))
                self._pop([LR] if byte & 8 else [])
            elif byte == 0xB1:
                mask = next(rest)
                self._pop(number for number in range(4) if mask >> number & 1)
            elif byte == 0xB2:
                self._state[SP] += 0x204 + (_uleb128(rest) << 2)
            elif byte in (0xB3, 0xC8, 0xC9):
                self._state[SP] += 8 * ((next(rest) & 0xF) + 1) + (4 if byte == 0xB3 else 0)
            elif 0xB8 <= byte < 0xC0:
                self._state[SP] += 8 * ((byte & 7) + 1) + 4
            elif 0xD0 <= byte < 0xD8:
                self._state[SP] += 8 * ((byte & 7) + 1)
            else:
                return False
        return True

    def _pop(self, numbers: Iterable[int]) -> None:
        pointer = self._state[SP]
        is_stack_popped = False
        for number in numbers:
            self._state[number] = word(self._read, pointer)
            pointer += 4
            self._has_popped_pc |= number == PC
            is_stack_popped |= number == SP
        if not is_stack_popped:
            self._state[SP] = pointer


def _uleb128(code: Iterable[int]) -> int:
    value = shift = 0
    for byte in code:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return value


class UnwindTables:
    """Those of an image, read when they are first asked for."""

    def __init__(
        self,
        frames: Iterable[tuple[int, int, FrameRule]],
        index: Iterable[tuple[int, FrameRule | None]],
    ):
        self._frames = sorted(frames, key=lambda each: each[:2])
        self._frame_starts = [start for start, _, _ in self._frames]
        self._index = sorted(index, key=lambda each: each[0])
        self._index_starts = [start for start, _ in self._index]

    @classmethod
    def of(cls, *paths: Path) -> UnwindTables:
        """Those of ELF files; other files have none."""
        frames: list[tuple[int, int, FrameRule]] = []
        index: list[tuple[int, FrameRule | None]] = []
        for path in paths:
            with path.open("rb") as stream:
                # Tables are a comfort: their oddities, in whatever way the reader fails at them,
                # must not hide the crash itself.
                try:
                    elf = ELFFile(stream)
                    index += _index_entries(elf)
                    frames += _frame_entries(elf)
                except Exception:
                    continue
        return cls(frames, index)

    def is_exact(self, address: int) -> bool:
        """Whether the function there is unwound rightly at every instruction."""
        return self._frame_at(address) is not None

    def knows(self, address: int) -> bool:
        """Whether a table says how to leave the function there."""
        return self._rule_at(address) is not None

    def _rule_at(self, address: int) -> FrameRule | None:
        rule = self._frame_at(address)
        if rule is not None:
            return rule
        found = bisect.bisect_right(self._index_starts, address) - 1
        return self._index[found][1] if found >= 0 else None

    def _frame_at(self, address: int) -> FrameRule | None:
        found = bisect.bisect_right(self._frame_starts, address) - 1
        if found < 0:
            return None
        start, length, rule = self._frames[found]
        return rule if address < start + length else None

    def caller(self, state: Registers, read: ReadMemory, at: int) -> Registers | None:
        """The registers after the return from the function at `at`; None: no table knows.

        PC is as it is in LR: bit 0 set. Raises KeyError for a register that isn't known, and
        whatever `read` raises.
        """
        rule = self._rule_at(at & ~1)
        return None if rule is None else rule.caller(state, read, at & ~1)


def _frame_entries(elf: ELFFile) -> list[tuple[int, int, FrameRule]]:
    if not elf.has_dwarf_info():
        return []
    dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
    section = DebugFrame(dwarf)
    found: list[tuple[int, int, FrameRule]] = [
        (address, length, FrameInformation(partial(section.entry, place)))
        for address, length, place in section.entries()
    ]
    for each in dwarf.EH_CFI_entries() if dwarf.has_EH_CFI() else ():
        if isinstance(each, FDE):
            rule = FrameInformation(partial(_known, each))
            found.append((each["initial_location"], each["address_range"], rule))
    # What the linker left out is at 0.
    return [each for each in found if each[0]]


def _known(entry: FDE) -> FDE:
    return entry


def _index_entries(elf: ELFFile) -> list[tuple[int, FrameRule | None]]:
    """By the functions' addresses; None for those that nothing leads out of."""
    section = elf.get_section_by_name(EXIDX)
    if section is None:
        return []
    table = EHABIInfo(section, elf.little_endian)
    # Its function offsets count within the file.
    moved = section["sh_addr"] - section["sh_offset"]
    entries: list[tuple[int, FrameRule | None]] = []
    for number in range(table.num_entry()):
        entry = table.get_entry(number)
        if entry.corrupt or entry.function_offset is None:
            continue
        code = entry.bytecode_array
        rule = None if code is None else IndexEntry(bytes(code))
        entries.append((entry.function_offset + moved, rule))
    return entries
