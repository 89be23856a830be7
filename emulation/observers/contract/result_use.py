"""Whether the code behind a call reads the result in R0 (Armv7-M Architecture Reference Manual,
DDI0403E, chapter A5: encodings of 16-bit Thumb instructions)."""

from __future__ import annotations

R0 = 0
MAX_INSTRUCTIONS = 16


def is_ignored(code: bytes) -> bool:
    """True: R0 is overwritten before anything reads it, on the straight way behind the call.

    False, too, where that cannot be said: at branches, returns and 32-bit instructions that may
    have to do with R0.
    """
    offset = 0
    for _ in range(MAX_INSTRUCTIONS):
        if offset + 4 > len(code):
            return False
        first = int.from_bytes(code[offset : offset + 2], "little")
        if first >> 11 >= 0x1D:  # 32 bits.
            second = int.from_bytes(code[offset + 2 : offset + 4], "little")
            verdict = _wide(first, second)
            offset += 4
        elif first & 0xF800 == 0xE000:  # B (T2)
            distance = (first & 0x7FF) - (first & 0x400) * 2
            offset += 4 + 2 * distance
            if offset < 0:
                return False
            continue
        else:
            verdict = _narrow(first)
            offset += 2
        if verdict is not None:
            return verdict
    return False


def _narrow(word: int) -> bool | None:
    """True: R0 is overwritten; False: it is read, or the way is not straight; None: neither."""
    for mask, pattern, reads, writes in _NARROW:
        if word & mask == pattern:
            if R0 in (word >> shift & 7 for shift in reads):
                return False
            return True if R0 in (word >> shift & 7 for shift in writes) else None
    if word & 0xFF00 == 0x4600:  # MOV (T1), any registers
        if word >> 3 & 15 == R0:
            return False
        return True if (word >> 4 & 8 | word & 7) == R0 else None
    if word & 0xFE00 == 0xB400:  # PUSH
        return False if word & 1 else None
    if word & 0xFF00 in (0xB000, 0xBF00):  # ADD, SUB (SP plus immediate); hints and IT
        return None if word & 0xFF00 == 0xB000 or not word & 15 else False
    return False


_NARROW: tuple[tuple[int, int, tuple[int, ...], tuple[int, ...]], ...] = (
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
)
"""Mask, pattern, and at which bits the registers are that it reads and writes."""


def _wide(first: int, second: int) -> bool | None:
    if first & 0xF800 == 0xF000 and second & 0xD000 == 0xD000:  # BL
        return False  # It may take R0 as an argument.
    source, target = first & 15, second >> 8 & 15
    if first & 0xFBE0 == 0xF040 and source == 15:  # MOV (immediate)
        return True if target == R0 else None
    if first & 0xFBF0 == 0xF240:  # MOV (16-bit immediate)
        return True if target == R0 else None
    if first & 0xFF70 == 0xF850:  # LDR
        if source == R0:
            return False
        return True if second >> 12 == R0 else None
    if first & 0xFF70 == 0xF840:  # STR
        return False if R0 in (source, second >> 12) else None
    return False
