"""What reports read from Thumb instructions: sizes, branches, calls, loads, registers in use.

They look at code that stands still, whichever engine runs it. What executes code decodes all of it,
in the native core (engines/embedded/core/decode). Source: Armv7-M Architecture Reference Manual,
DDI0403E, chapters A5 and A7.7; `first` and `second` are an instruction's halfwords.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

SP, PC = 13, 15
WORD = 4
"""Bytes."""


class Use(NamedTuple):
    """The general registers that an instruction reads and writes."""

    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()


def size(first: int) -> int:
    """Bytes of the instruction that begins with `first` (A5.1)."""
    return 4 if first >> 11 >= 0x1D else 2


def jump(first: int, second: int) -> int | None:
    """Bytes from an unconditional B to its target; None for other instructions (A7.7.12)."""
    if first & 0xF800 == 0xE000:  # T2
        return 4 + _signed(first, 11) * 2
    if first & 0xF800 == 0xF000 and second & 0xD000 == 0x9000:  # T4
        sign = first >> 10 & 1
        i1 = ~(second >> 13 ^ sign) & 1
        i2 = ~(second >> 11 ^ sign) & 1
        imm = sign << 23 | i1 << 22 | i2 << 21 | (first & 0x3FF) << 11 | second & 0x7FF
        return 4 + _signed(imm, 24) * 2
    return None


def conditional_jump(first: int) -> int | None:
    """Bytes from a B with a condition to its target, 16 bits; None for others (A7.7.12, T1)."""
    if first & 0xF000 == 0xD000 and first & 0xE00 != 0xE00:
        return 4 + _signed(first, 8) * 2
    return None


def call_size(first: int, second: int) -> int:
    """Bytes of the call that ends with `second`: BL, or BLX of a register; 0: there is none."""
    if first & 0xF800 == 0xF000 and second & 0xD000 == 0xD000:  # BL (T1)
        return 4
    return 2 if second & 0xFF87 == 0x4780 else 0  # BLX (T1)


def is_hint(first: int) -> bool:
    """NOP, YIELD, WFE, WFI or SEV (A5.2.5)."""
    return first & 0xFF0F == 0xBF00


def is_breakpoint(first: int) -> bool:
    """BKPT (A7.7.17)."""
    return first & 0xFF00 == 0xBE00


def moved(first: int) -> tuple[int, int] | None:
    """Target and source of MOV (register, T1), any two registers; None for others (A7.7.77)."""
    if first & 0xFF00 != 0x4600:
        return None
    return first >> 4 & 8 | first & 7, first >> 3 & 15


def literal(first: int, second: int) -> tuple[int, int] | None:
    """Target and offset from the aligned PC of LDR (literal); None for others (A7.7.44)."""
    if first & 0xF800 == 0x4800:
        return first >> 8 & 7, (first & 0xFF) * 4
    if first & 0xFF7F == 0xF85F:
        return second >> 12, (second & 0xFFF) * (1 if first & 0x80 else -1)
    return None


def use(first: int, second: int) -> Use | None:
    """None where it isn't known, and for what leads elsewhere or makes others conditional."""
    return _use_t16(first) if size(first) == 2 else _use_t32(first, second)


# Mask, pattern, and at which bits the registers are that it reads and writes.
_T16: tuple[tuple[int, int, tuple[int, ...], tuple[int, ...]], ...] = (
    (0xF800, 0x2000, (), (8,)),  # MOV (immediate)
    (0xF800, 0x2800, (8,), ()),  # CMP (immediate)
    (0xF000, 0x3000, (8,), (8,)),  # ADD, SUB (8-bit immediate)
    (0xFC00, 0x1800, (3, 6), (0,)),  # ADD, SUB (register)
    (0xFC00, 0x1C00, (3,), (0,)),  # ADD, SUB (3-bit immediate)
    (0xE000, 0x0000, (3,), (0,)),  # LSL, LSR, ASR (immediate)
    (0xFC00, 0x4000, (0, 3), (0,)),  # Data processing: most read both
    (0xF800, 0x4800, (), (8,)),  # LDR (literal)
    (0xF800, 0x6000, (0, 3), ()),  # STR (immediate)
    (0xF800, 0x7000, (0, 3), ()),  # STRB (immediate)
    (0xF800, 0x8000, (0, 3), ()),  # STRH (immediate)
    (0xF800, 0x6800, (3,), (0,)),  # LDR (immediate)
    (0xF800, 0x7800, (3,), (0,)),  # LDRB (immediate)
    (0xF800, 0x8800, (3,), (0,)),  # LDRH (immediate)
    (0xF800, 0x9000, (8,), ()),  # STR (SP plus immediate)
    (0xF800, 0x9800, (), (8,)),  # LDR (SP plus immediate)
    (0xF000, 0xA000, (), (8,)),  # ADR, ADD (SP plus immediate)
    (0xFF00, 0xB000, (), ()),  # ADD, SUB (SP plus immediate)
)


def _use_t16(word: int) -> Use | None:
    for mask, pattern, reads, writes in _T16:
        if word & mask == pattern:
            return Use(
                tuple(word >> at & 7 for at in reads), tuple(word >> at & 7 for at in writes)
            )
    move = moved(word)
    if move is not None:
        target, source = move
        return None if target == PC else Use((source,), (target,))
    if word & 0xFE00 == 0xB400:  # PUSH
        return Use(tuple(number for number in range(8) if word >> number & 1))
    return Use() if is_hint(word) else None


def _registers(word: int, places: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(word >> at & 7 for at in places)


def _use_t32(first: int, second: int) -> Use | None:
    source, target = first & 15, second >> 8 & 15
    if first & 0xFBE0 == 0xF040 and source == PC:  # MOV (immediate)
        return Use((), (target,))
    if first & 0xFBF0 == 0xF240:  # MOV (16-bit immediate)
        return Use((), (target,))
    if first & 0xFF70 == 0xF850:  # LDR
        return Use((source,), (second >> 12,))
    if first & 0xFF70 == 0xF840:  # STR
        return Use((source, second >> 12))
    return None


def _signed(word: int, bits: int) -> int:
    """The lowest bits of a word as a signed number."""
    return (word & (1 << bits) - 1) - (word << 1 & 1 << bits)


class Touched(NamedTuple):
    """The bytes that a load or a store accesses."""

    start: int
    size: int
    is_store: bool

    def has(self, address: int, is_store: bool) -> bool:
        return self.is_store == is_store and 0 <= address - self.start < self.size


def touched(first: int, second: int, register: Callable[[int], int]) -> Touched | None:
    """What an instruction loads or stores with these values of registers; None for others, and for
    literals."""
    if size(first) == 2:
        return _touched_t16(first, register)
    base = first & 0xF
    is_store = not first >> 4 & 1
    if base == PC:
        return None
    if first & 0xFE00 == 0xF800:  # a byte, a halfword or a word (A5.3.7 to A5.3.10)
        width = 1 << (first >> 5 & 3)
        if first & 0x80:
            offset = second & 0xFFF
        elif second & 0x800:
            offset = _offset(second >> 10 & 1, second >> 9 & 1, second & 0xFF)
        else:
            offset = register(second & 0xF) << (second >> 4 & 3)
        return _place(register(base) + offset, width, is_store)
    if first & 0xFE40 == 0xE840:  # LDRD, STRD, LDREX, STREX (A5.3.6)
        indexed, adds, writes = first >> 8 & 1, first >> 7 & 1, first >> 5 & 1
        is_pair = bool(indexed or writes)
        offset = _offset(indexed, adds, 4 * (second & 0xFF)) if is_pair else 4 * (second & 0xFF)
        return _place(register(base) + offset, 8 if is_pair else 4, is_store)
    count = 0
    if first & 0xFE40 == 0xE800:  # LDM, STM (A5.3.5)
        count = second.bit_count()
    elif first & 0xFE00 == 0xEC00 and second & 0xE00 == 0xA00:  # VLDR, VSTR, VLDM, VSTM (A6.6)
        count = second & 0xFF
        if first & 0x120 == 0x100:
            offset = _offset(1, first >> 7 & 1, 4 * count)
            return _place(register(base) + offset, 8 if second & 0x100 else 4, is_store)
    if not count:
        return None
    start = register(base) - (4 * count if first & 0x100 else 0)
    return _place(start, 4 * count, is_store)


def _touched_t16(word: int, register: Callable[[int], int]) -> Touched | None:
    """A5.2.4 to A5.2.5, A7.7.41, A7.7.99."""
    middle, imm = word >> 3 & 7, word >> 6 & 0x1F
    is_store = not word >> 11 & 1
    kind = word >> 12
    if kind == 5:
        operation = word >> 9 & 7
        width = (4, 2, 1, 1, 4, 2, 1, 2)[operation]
        return _place(register(middle) + register(word >> 6 & 7), width, operation < 3)
    if kind in (6, 7, 8):
        width = {6: 4, 7: 1, 8: 2}[kind]
        return _place(register(middle) + imm * width, width, is_store)
    if kind == 9:
        return _place(register(SP) + 4 * (word & 0xFF), 4, is_store)
    if kind == 12:
        return _place(register(word >> 8 & 7), 4 * (word & 0xFF).bit_count(), is_store)
    if word & 0xF600 == 0xB400:  # PUSH, POP
        count = (word & 0x1FF).bit_count()
        return _place(register(SP) - (4 * count if is_store else 0), 4 * count, is_store)
    return None


def _offset(indexed: int, adds: int, offset: int) -> int:
    """Post-indexed accesses are at the base itself."""
    return 0 if not indexed else offset if adds else -offset


def _place(start: int, width: int, is_store: bool) -> Touched:
    return Touched(start & 0xFFFF_FFFF, width, is_store)
