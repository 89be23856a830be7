"""Random and directed instruction sequences for firmware/differential, as machine code.

Bases of loads and stores are R6, R7 and SP, which nothing but small write-backs changes, so that no
sequence reaches beyond its own memory. Branches go forward.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

SIZE = 64
"""Bytes of a sequence, with SVC behind it."""
SVC = struct.pack("<H", 0xDF00)
DATA = 0x2002_0000
DATA_SIZE = 0x400
FREE = (0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
"""Registers that a sequence may write."""

Draw = random.Random
Template = Callable[[Draw], bytes]


def half(code: int) -> bytes:
    return struct.pack("<H", code & 0xFFFF)


def wide(first: int, second: int) -> bytes:
    return struct.pack("<HH", first & 0xFFFF, second & 0xFFFF)


def low(draw: Draw) -> int:
    return draw.randrange(6)


def free(draw: Draw) -> int:
    return draw.choice(FREE)


def source(draw: Draw) -> int:
    return draw.choice((*FREE, 6, 7))


def t16_data(draw: Draw) -> bytes:
    kind = draw.randrange(6)
    if kind == 0:  # shifts by immediate
        return half(draw.randrange(3) << 11 | draw.randrange(32) << 6 | low(draw) << 3 | low(draw))
    if kind == 1:  # add, subtract
        return half(
            0x1800 | draw.randrange(4) << 9 | draw.randrange(8) << 6 | low(draw) << 3 | low(draw)
        )
    if kind == 2:
        return half(0x2000 | draw.randrange(4) << 11 | low(draw) << 8 | draw.randrange(256))
    if kind == 3:
        return half(0x4000 | draw.randrange(16) << 6 | low(draw) << 3 | low(draw))
    if kind == 4:  # high registers: ADD, CMP, MOV
        d = free(draw)
        return half(
            0x4400 | draw.choice((0, 0x100, 0x200)) | (d & 8) << 4 | source(draw) << 3 | d & 7
        )
    return half(
        draw.choice((0xB200, 0xB240, 0xB280, 0xB2C0, 0xBA00, 0xBA40, 0xBAC0))
        | low(draw) << 3
        | low(draw)
    )


def immediate(draw: Draw) -> tuple[int, int]:
    return draw.randrange(2) << 10, draw.randrange(8) << 12 | draw.randrange(256)


def t32_data(draw: Draw) -> bytes:
    operation = draw.choice((0, 1, 2, 3, 4, 8, 10, 11, 13, 14))
    d, n, m = free(draw), free(draw), free(draw)
    flags = draw.randrange(2) << 4
    if draw.random() < 0.5:
        i, second = immediate(draw)
        return wide(0xF000 | i | operation << 5 | flags | n, second | d << 8)
    shift = draw.randrange(8) << 12 | draw.randrange(4) << 6 | draw.randrange(4) << 4
    return wide(0xEA00 | operation << 5 | flags | n, shift | d << 8 | m)


def t32_plain(draw: Draw) -> bytes:
    d, n = free(draw), free(draw)
    low_bit, width = draw.randrange(32), draw.randrange(32)
    operation = draw.choice((0x00, 0x0A, 0x04, 0x0C, 0x10, 0x12, 0x14, 0x16, 0x18, 0x1A, 0x1C))
    second = d << 8 | (low_bit >> 2) << 12 | (low_bit & 3) << 6 | width
    if operation in (0x00, 0x0A, 0x04, 0x0C):
        i, second = immediate(draw)
        return wide(0xF200 | i | operation << 4 | n, second | d << 8)
    return wide(0xF300 & ~0x100 | operation << 4 | n, second)


def multiply(draw: Draw) -> bytes:
    d, n, m, a = (free(draw) for _ in range(4))
    kind = draw.randrange(5)
    if kind == 0:
        return wide(0xFB00 | n, draw.choice((a, 15)) << 12 | d << 8 | m)
    if kind == 1:
        return wide(0xFB00 | n, a << 12 | d << 8 | 0x10 | m)
    if kind == 2:  # divisions
        return wide(draw.choice((0xFB90, 0xFBB0)) | n, 0xF0F0 | d << 8 | m)
    if a == d:
        a = (d + 1) % 6
    if kind == 3:  # long ones
        first, extra = draw.choice(
            (
                (0xFB80, 0),
                (0xFBA0, 0),
                (0xFBC0, 0),
                (0xFBE0, 0),
                (0xFBE0, 0x60),
                (0xFBC0, 0x80),
                (0xFBC0, 0x90),
                (0xFBC0, 0xA0),
                (0xFBC0, 0xB0),
                (0xFBC0, 0xC0),
                (0xFBC0, 0xD0),
                (0xFBD0, 0xC0),
                (0xFBD0, 0xD0),
            )
        )
        return wide(first | n, a << 12 | d << 8 | extra | m)
    first = draw.choice((0xFB10, 0xFB20, 0xFB30, 0xFB40, 0xFB50, 0xFB60, 0xFB70))
    return wide(
        first | n,
        draw.choice((a, 15)) << 12 | d << 8 | draw.randrange(4 if first == 0xFB10 else 2) << 4 | m,
    )


def dsp(draw: Draw) -> bytes:
    d, n, m = free(draw), free(draw), free(draw)
    kind = draw.randrange(5)
    if kind == 0:  # parallel sums
        return wide(
            0xFA80 | draw.choice((0, 1, 2, 4, 5, 6)) << 4 | n,
            0xF000 | d << 8 | draw.choice((0, 1, 2, 4, 5, 6)) << 4 | m,
        )
    if kind == 1:  # saturating sums, SEL, REV, CLZ
        if draw.random() < 0.5:
            return wide(0xFA80 | n, 0xF080 | d << 8 | draw.randrange(4) << 4 | m)
        return draw.choice(
            (
                wide(0xFAA0 | n, 0xF080 | d << 8 | m),
                wide(0xFAB0 | m, 0xF080 | d << 8 | m),
                wide(0xFA90 | m, 0xF080 | d << 8 | draw.randrange(4) << 4 | m),
            )
        )
    if kind == 2:  # extensions
        return wide(
            0xFA00 | draw.randrange(6) << 4 | draw.choice((n, 15)),
            0xF080 | d << 8 | draw.randrange(4) << 4 | m,
        )
    if kind == 3:  # SSAT, USAT
        return wide(
            draw.choice((0xF300, 0xF320, 0xF380, 0xF3A0)) | n,
            d << 8 | draw.randrange(8) << 12 | draw.randrange(4) << 6 | draw.randrange(32),
        )
    return wide(0xFA00 | draw.randrange(8) << 4 | n, 0xF000 | d << 8 | m)


def base(draw: Draw) -> int:
    return draw.choice((6, 7))


def memory(draw: Draw) -> bytes:
    t, n = free(draw), base(draw)
    kind = draw.randrange(9)
    if kind == 0:
        return half(
            draw.choice((0x6000, 0x6800, 0x7000, 0x7800, 0x8000, 0x8800))
            | draw.randrange(32) << 6
            | n << 3
            | low(draw)
        )
    if kind == 1:
        size = draw.choice((0xF880, 0xF890, 0xF8A0, 0xF8B0, 0xF8C0, 0xF8D0, 0xF990, 0xF9B0))
        return wide(size | n, t << 12 | draw.randrange(128))
    if kind == 2:
        size = draw.choice((0xF800, 0xF810, 0xF820, 0xF830, 0xF840, 0xF850, 0xF910, 0xF930))
        return wide(
            size | n,
            t << 12
            | draw.choice((0x900, 0xB00, 0xC00, 0xD00, 0xF00, 0xE00))
            | 4 * draw.randrange(8),
        )
    if kind == 3:  # LDRD, STRD
        t2 = free(draw)
        mode = draw.choice(
            (0xE860, 0xE870, 0xE8E0, 0xE8F0, 0xE940, 0xE950, 0xE960, 0xE9C0, 0xE9D0, 0xE9E0, 0xE9F0)
        )
        if mode & 0x10 and t2 == t:
            t2 = (t + 1) % 6
        return wide(mode | n, t << 12 | t2 << 8 | draw.randrange(8))
    if kind == 4:  # LDM, STM
        registers = draw.sample(FREE, draw.randrange(2, 6))
        mode = draw.choice((0xE880, 0xE890, 0xE8A0, 0xE8B0, 0xE900, 0xE910, 0xE920, 0xE930))
        return wide(mode | n, sum(1 << register for register in registers))
    if kind == 5:  # PUSH, POP
        registers = draw.randrange(1, 0x40)
        return half(draw.choice((0xB400, 0xBC00)) | registers)
    if kind == 6:  # exclusive
        return draw.choice(
            (
                wide(0xE850 | n, t << 12 | 0xF00 | draw.randrange(8)),
                wide(0xE840 | n, 5 << 12 | draw.choice((0, 1, 2, 3)) << 8 | draw.randrange(8)),
                wide(0xE8D0 | n, t << 12 | 0xF4F),
                wide(0xE8D0 | n, t << 12 | 0xF5F),
            )
        )
    if kind == 7:
        return half(draw.choice((0x9000, 0x9800)) | low(draw) << 8 | draw.randrange(16))
    return half(draw.choice((0xC000, 0xC800)) | n << 8 | draw.randrange(1, 0x40))


def fixed_point(draw: Draw, bit_d: int, vd: int) -> bytes:
    """VCVT between floating point and fixed point, A7.7.228; VMOV of a constant."""
    if draw.random() < 0.2:
        return wide(0xEEB0 | bit_d | draw.randrange(16), vd | 0xA00 | draw.randrange(16))
    is_word, to_fixed = draw.randrange(2), draw.randrange(2)
    immediate = draw.randrange(32 if is_word else 17)
    return wide(
        0xEEBA | bit_d | to_fixed << 2 | draw.randrange(2),
        vd | 0xA40 | is_word << 7 | (immediate & 1) << 5 | immediate >> 1,
    )


def fpu(draw: Draw) -> bytes:
    d, n, m = (draw.randrange(32) for _ in range(3))
    vd, bit_d = d >> 1 << 12, (d & 1) << 6
    vn, bit_n = n >> 1, (n & 1) << 7
    vm, bit_m = m >> 1, (m & 1) << 5
    kind = draw.randrange(8)
    if kind == 7:
        return fixed_point(draw, bit_d, vd)
    if kind < 3:
        first, second = draw.choice(
            (
                (0xEE20, 0),
                (0xEE20, 0x40),
                (0xEE30, 0),
                (0xEE30, 0x40),
                (0xEE80, 0),
                (0xEE00, 0),
                (0xEE00, 0x40),
                (0xEE10, 0),
                (0xEE10, 0x40),
                (0xEE90, 0),
                (0xEE90, 0x40),
                (0xEEA0, 0),
                (0xEEA0, 0x40),
            )
        )
        return wide(first | bit_d | vn, vd | 0xA00 | bit_n | second | bit_m | vm)
    if kind == 3:
        first, second = draw.choice(
            (
                (0xEEB0, 0x40),
                (0xEEB0, 0xC0),
                (0xEEB1, 0x40),
                (0xEEB1, 0xC0),
                (0xEEB4, 0x40),
                (0xEEB4, 0xC0),
                (0xEEB8, 0x40),
                (0xEEB8, 0xC0),
                (0xEEBC, 0x40),
                (0xEEBC, 0xC0),
                (0xEEBD, 0x40),
                (0xEEBD, 0xC0),
                (0xEEB6, 0x40),
                (0xEEB2, 0x40),
                (0xEEB3, 0x40),
                (0xEEB2, 0xC0),
                (0xEEB3, 0xC0),
                (0xEEB5, 0x40),
                (0xEEB5, 0xC0),
            )
        )
        return wide(first | bit_d, vd | 0xA00 | second | bit_m | vm)
    if kind == 4:  # VMRS to the flags or to a register; VMOV
        return draw.choice(
            (
                wide(0xEEF1, 0xFA10),
                wide(0xEEF1, 0x0A10 | free(draw) << 12),
                wide(0xEE00 | draw.choice((0, 0x10)) | vn, free(draw) << 12 | 0xA10 | bit_n),
            )
        )
    if kind == 5:
        return wide(
            0xED00 | 0x80 | draw.choice((0, 0x10)) | bit_d | base(draw),
            vd | 0xA00 | draw.randrange(32),
        )
    return wide(
        draw.choice((0xEC80, 0xEC90, 0xECA0, 0xECB0, 0xED20, 0xED30)) | base(draw),
        draw.randrange(8) << 12 | 0xA00 | draw.randrange(1, 5),
    )


APSR, IPSR, MSP, PSP, PRIMASK, BASEPRI, FAULTMASK, CONTROL = 0, 5, 8, 9, 16, 17, 19, 20
"""Special registers, B5.1.1; up to 3 are forms of the APSR, 18 is BASEPRI_MAX."""
SPECIALS = (0, 1, 2, 3, IPSR, 6, 7, MSP, PSP, PRIMASK, BASEPRI, 18, FAULTMASK, CONTROL)


def mrs(d: int, number: int) -> bytes:
    return wide(0xF3EF, 0x8000 | d << 8 | number)


def msr(number: int, n: int, mask: int = 2) -> bytes:
    return wide(0xF380 | n, 0x8000 | mask << 10 | number)


def special(draw: Draw) -> bytes:
    """MRS; MSR of what may have any value; CPS of PRIMASK."""
    kind = draw.randrange(5)
    if kind < 2:
        return mrs(free(draw), draw.choice(SPECIALS))
    if kind == 2:
        return msr(draw.randrange(4), free(draw), draw.randrange(1, 4))
    if kind == 3:
        return msr(draw.choice((PRIMASK, BASEPRI, BASEPRI, 18, CONTROL)), free(draw))
    return msr(PSP, base(draw))


def masks(draw: Draw) -> bytes:
    """FAULTMASK for a moment, in which nothing faults; the main stack, if it isn't used; CPS."""
    kind = draw.randrange(3)
    first, second, third = draw.sample(FREE, 3)
    if kind == 0:
        return msr(FAULTMASK, first) + mrs(second, FAULTMASK) + half(0xB661)
    if kind == 1:
        return half(0xB662 | draw.randrange(2) << 4)
    # In unprivileged mode, or on the main stack, nothing of it may be changed for good.
    return mrs(first, MSP) + msr(MSP, second) + mrs(third, MSP) + msr(MSP, first)


def jump(draw: Draw) -> bytes:
    ahead = draw.randrange(1, 4)
    nops = half(0xBF00) * ahead
    if draw.random() < 0.5:
        return half(0xD000 | draw.randrange(14) << 8 | ahead - 1) + nops
    return half(0xB100 | draw.randrange(2) << 11 | (ahead - 1) << 3 | low(draw)) + nops


PLAIN: tuple[Template, ...] = (t16_data, t32_data, t32_plain, multiply, dsp, memory, fpu, special)


def conditional(draw: Draw) -> bytes:
    """An IT block of one to four instructions."""
    condition, count = draw.randrange(14), draw.randrange(1, 5)
    mask = 1 << (4 - count)
    for place in range(1, count):
        mask |= (condition & 1 ^ draw.randrange(2)) << (4 - place)
    body = b"".join(draw.choice(PLAIN)(draw) for _ in range(count))
    return half(0xBF00 | condition << 4 | mask) + body


TEMPLATES: tuple[Template, ...] = (*PLAIN, *PLAIN, conditional, conditional, jump, masks)


def sequence(draw: Draw) -> bytes:
    code = b""
    for _ in range(draw.randrange(1, 10)):
        more = draw.choice(TEMPLATES)(draw)
        if len(code) + len(more) + 2 > SIZE:
            break
        code += more
    return code + SVC * ((SIZE - len(code)) // 2)


def value(draw: Draw) -> int:
    kind = draw.randrange(6)
    if kind == 0:
        return draw.randrange(64)
    if kind == 1:
        return draw.choice(
            (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x80008000, 0x7FFF7FFF, 0xFFFF0000)
        )
    return draw.getrandbits(32)


def context(draw: Draw) -> bytes:
    """R0 to R12, a spare word, LR and xPSR."""
    words = [value(draw) for _ in range(16)]
    for register in (6, 7):
        words[register] = DATA + 0x180 + 4 * draw.randrange(32)
        if draw.random() < 0.1:
            words[register] += draw.randrange(4)
    return struct.pack("<16I", *words)
