"""Where Unicorn computes otherwise than a Cortex-M4: ARM DDI 0403E, A7.7."""

from __future__ import annotations

import struct

import pytest

from tests.emulation.engines.embedded.guest import logged

NEAREST, UP, DOWN, TO_ZERO = range(4)
IXC = 0x10


def float_bits(value: float) -> int:
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    return int(bits)


@pytest.mark.parametrize("mode", [NEAREST, UP, DOWN, TO_ZERO])
@pytest.mark.parametrize("interpret", [True, False])
def test_conversion_from_fixed_point_rounds_to_nearest(mode: int, interpret: bool) -> None:
    """A7.7.228; the conversion from integers, A7.7.226, rounds as FPSCR.RMode says."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    isb
    load r1, {mode << 22}
    vmsr fpscr, r1
    load r0, 0x7FFFFFFF
    load r2, 0x80000081
    vmov s1, r0
    vmov s4, r2
    vmov s5, r2
    vmov s6, r2
    vcvt.f32.s32 s1, s1, #1
    cmp r0, r0
    ite ne
    vcvtne.f32.u32 s4, s4, #31
    vcvteq.f32.u32 s4, s4, #32
    vcvt.f32.u32 s5, s5
    vcvt.f32.s16 s6, s6, #4
    vmov r0, s1
    log_register r0
    vmov r0, s4
    log_register r0
    vmov r0, s5
    log_register r0
    vmov r0, s6
    log_register r0
    vmrs r0, fpscr
    log_register r0
    b .
"""
    integer = 0x4F000000 if mode in (DOWN, TO_ZERO) else 0x4F000001
    assert logged(source, interpret=interpret) == [
        float_bits(2.0**30), float_bits(0x80000100 / 2**32), integer, float_bits(0x81 / 16),
        mode << 22 | IXC,
    ]  # fmt: skip


@pytest.mark.parametrize("instruction", ["smlad", "smladx"])
@pytest.mark.parametrize("place", ["", "    ldr r0, [sp, #-4]\n    ldr r1, [sp, #-8]\n"])
def test_saturation_flag_of_smlad_is_for_the_whole_sum(instruction: str, place: str) -> None:
    """A7.7.138: the products' sum alone may overflow, if the accumulator brings it back."""
    source = f"""
reset:
    load r0, 0x80008000
    mov r1, r0
    str r0, [sp, #-4]
    str r1, [sp, #-8]
    load r2, 0xF0000000
    mov r3, #0
    b 1f
1:
{place}
    {instruction} r4, r0, r1, r2
    mrs r5, apsr
    cmp r0, r0
    it eq
    {instruction}eq r6, r0, r1, r3
    mrs r7, apsr
    log_register r4
    log_register r5
    log_register r6
    log_register r7
    b .
"""
    for interpret in (True, False):
        first, before, second, after = logged(source, interpret=interpret)
        assert (first, before & 1 << 27) == (0x70000000, 0)
        assert (second, after & 1 << 27) == (0x80000000, 1 << 27)


def test_more_instructions_than_can_be_watched_are_still_looked_at() -> None:
    """A3.2.1: whatever was looked at before, an LDM of an unaligned address faults."""
    load = "    str r2, [r1, #-4]\n    ldr r0, [r1, #{}]\n    ldm r0, {{r2, r3}}\n    b 1f\n1:\n"
    loads = load.format(0) * 400 + load.format(28)
    source = f"""
reset:
    put SHCSR, 7 << 16
    mov r1, sp
    sub r1, #64
    sub r0, r1, #64
    mov r2, #0
1:  str r0, [r1, r2]
    add r2, #4
    cmp r2, #32
    bne 1b
    bl all
    log 1
    add r0, r1, #2
    str r0, [r1, #28]
    bl all
    b .
all:
    push {{lr}}
{loads}
    pop {{pc}}
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source, 1000) == [1, 1 << 24]
