"""Faults that the guest enables: CCR (ARM DDI 0403E, B3.2.8), and use of the FPU (B3.2.20)."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import (
    ENABLE_FAULTS,
    RAM,
    Guest,
    logged,
)


@pytest.mark.parametrize(
    ("ccr", "instructions", "cfsr"),
    [
        (0x210, "udiv r2, r1, r0", 1 << 25),
        (0x210, "sdiv r2, r1, r0", 1 << 25),
        (0x200, "udiv r2, r1, r0", None),
        (0x210, "udiv r2, r1, r1", None),
        (0x210, "it eq\n udiveq r2, r1, r0", None),
        (0x210, "it ne\n udivne r2, r1, r0\n b 1f\n1:", 1 << 25),
        (0x208, "ldr r2, [r4, #2]", 1 << 24),
        (0x208, "ldrh r2, [r4, #1]", 1 << 24),
        (0x208, "strh r2, [r4, r1]", 1 << 24),
        (0x208, "ldr r2, [r4, r1]", 1 << 24),
        (0x208, "ldr r2, [r5, #1]!", 1 << 24),
        (0x208, "str r2, [r4], #1", None),
        (0x208, "ldr r2, [r4, #-1]", 1 << 24),
        (0x208, "ldr.w r2, [r4, r1, lsl #1]", 1 << 24),
        (0x208, "ldrsh.w r2, [r4, #3]", 1 << 24),
        (0x208, "ldrb r2, [r4, #1]", None),
        (0x208, "ldrsb r2, [r4, r1]", None),
        (0x208, "ldr r2, [r4, #4]", None),
        (0x208, "ldmia r6, {r2, r3}", 1 << 24),
        (0x208, "stmia.w r6, {r2, r8}", 1 << 24),
        (0x208, "ldrd r2, r3, [r6]", 1 << 24),
        (0x208, "ldrexh r2, [r6]", 1 << 24),
        (0x208, "ldrexb r2, [r6]", None),
        (0x208, "vldr s0, [r6, #4]", 1 << 24),
        (0x208, "ldr r2, [sp, #4]", None),
        (0x208, "ldr.w r2, [pc, #4]", None),
        (0x208, "ldrh r2, [r4, #2]", None),
        (0x208, "bfi r2, r4, #1, #3", None),
        (0x208, "vmov d0, r5, r6", None),
        (0x200, "ldr r2, [r4, #2]", None),
    ],
)
def test_traps_of_ccr(ccr: int, instructions: str, cfsr: int | None) -> None:
    """B3.2.8."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    put CCR, {ccr}
    isb
    mov r0, #0
    mov r1, #1
    load r4, {RAM + 0x100}
    load r5, {RAM + 0x100}
    load r6, {RAM + 0x101}
    sub sp, #16
    cmp r0, r1
    {instructions}
    nop
    nop
    log 1
    b .
hardfault:
    log_word CFSR
    b .
"""
    guest = Guest(source).run()
    assert guest.log == [1 if cfsr is None else cfsr]
    if cfsr is not None:
        code = guest.core.bus.read_bytes(guest.faults[0].pc - 4, 4)
        assert code != bytes(4)
        assert "division by zero" in guest.faults[0].cause or "unaligned" in guest.faults[0].cause


USE_FPU = f"""
reset:
{ENABLE_FAULTS}
    b 1f
1:  mov r1, #1
    vmov s0, r1
    mov r1, #2
    log_register r1
    b .
usagefault:
    log_register r1
    log_word CFSR
    put CFSR, 1 << 19
    put CPACR, 0x00F00000
    bx lr
"""


def test_use_of_the_disabled_fpu_faults_until_it_is_enabled() -> None:
    """B3.2.20: UsageFault with NOCP."""
    guest = Guest(USE_FPU).run()
    assert guest.log == [1, 1 << 19, 2]
    assert "disabled coprocessor" in guest.faults[0].cause


def test_core_without_fpu_cannot_enable_it() -> None:
    """B3.2.20: CPACR reads 0 then."""
    guest = Guest(USE_FPU)
    guest.core.set_fpu(False)
    assert guest.run().log[:6] == [1, 1 << 19] * 3


def test_skipped_use_of_the_disabled_fpu_does_not_fault() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    b 1f
1:  cmp r0, r0
    it ne
    vmovne s0, r1
    b 2f
2:  log 1
    mov r0, #1
    cmp r0, #1
    it eq
    vmoveq s0, r1
    b 3f
3:  log 9
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source)[:2] == [1, 1 << 19]


def test_fpu_switched_off_again_faults() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    put CPACR, 0x00F00000
    isb
    mov r4, #2
1:  vmov s0, r1
    log_register r4
    subs r4, #1
    bne 2f
    b .
2:  put CPACR, 0
    isb
    b 1b
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source) == [2, 1 << 19]


def test_traps_can_be_switched_off_again() -> None:
    source = """
reset:
    put CCR, 0x210
    isb
    mov r0, #0
    put CCR, 0x200
    isb
    udiv r1, r0, r0
    log_register r1
    b .
"""
    assert logged(source) == [0]


def test_trap_charges_only_what_was_executed() -> None:
    """The handler's clock continues where the trapped instruction stood."""
    source = """
reset:
    put 0xE000EDFC, 1 << 24
    put 0xE0001000, 1
    put CCR, 0x210
    mov r0, #0
    isb
    put 0xE0001004, 0
    isb
    nop
    udiv r1, r0, r0
    .rept 50
    nop
    .endr
hardfault:
    log_word 0xE0001004
    b .
"""
    assert logged(source)[0] <= 10
