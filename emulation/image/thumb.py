"""What reports read from Thumb instructions: sizes, branches, calls, loads, registers in use.

They look at code that stands still, whichever engine runs it. What executes code decodes all of it,
in the native core (engines/embedded/core/decode). Source: Armv7-M Architecture Reference Manual,
DDI0403E, chapters A5 and A7.7; `first` and `second` are an instruction's halfwords.
"""

from __future__ import annotations

from typing import NamedTuple

PC = 15


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


def loaded(first: int, second: int) -> tuple[int, int] | None:
    """Base register and offset of LDR (immediate, T1 and T3); None for others (A7.7.43)."""
    if first & 0xF800 == 0x6800:
        return first >> 3 & 7, (first >> 6 & 31) * 4
    if first & 0xFFF0 == 0xF8D0 and first & 15 != PC:
        return first & 15, second & 0xFFF
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
