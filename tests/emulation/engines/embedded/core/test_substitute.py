"""Instructions that the core executes in Unicorn's place, or faults at."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, STACK, logged


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize(
    ("instruction", "faults"), [("vldr s0, [r2]", True), ("vcvt.f32.s32 s0, s0, #4", False)]
)
def test_context_begins_with_an_instruction_that_faults_or_the_core_executes(
    instruction: str, faults: bool, interpret: bool
) -> None:
    """A2.5.7: ExecuteFPCheck comes before everything else; in another rounding mode."""
    source = f"""
reset:
    put SHCSR, 7 << 16
    put CPACR, 0x00F00000
    isb
    load r1, 0x00C00000
    vmsr fpscr, r1
    load r2, {RAM + 0x201}
    mov r0, #0
    msr control, r0
    isb
    {instruction}
    mrs r0, control
    log_register r0
    b .
usagefault:
    log_register lr
    ldr r0, [sp, #24]
    add r0, #4
    str r0, [sp, #24]
    bx lr
"""
    stacked = [0xFFFFFFE9] if faults else []
    assert logged(source, interpret=interpret) == [*stacked, 4]


@pytest.mark.parametrize("change", ["msr msp, r3", "msr psp, r3", "cpsid i", "msr basepri, r3"])
def test_what_unicorn_executes_behind_an_instruction_of_the_core_is_undone(change: str) -> None:
    """It can't stop within an IT block, and executes the rest of the block first."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    isb
    load r1, 0x00C00000
    vmsr fpscr, r1
    load r3, {RAM + 0x4040}
    b 1f
1:  cmp r3, r3
    it eq
    vcvteq.f32.s32 s0, s0, #4
    mrs r0, msp
    mrs r1, psp
    mrs r4, primask
    mrs r5, basepri
    {change}
    log_register r0
    log_register r1
    log_register r4
    log_register r5
    b .
"""
    assert logged(source) == [STACK, 0, 0, 0]


@pytest.mark.parametrize("control", [0, 1])
def test_a_context_begins_within_an_it_block_of_unprivileged_code_too(control: int) -> None:
    """B1.5.7: FPSCR is FPDSCR's then. CONTROL.FPCA is all that unprivileged code changes."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    isb
    load r1, 0x00C00000
    vmsr fpscr, r1
    mov r0, #{control}
    msr control, r0
    isb
    b 1f
1:  cmp r3, r3
    it eq
    vcvteq.f32.s32 s0, s0, #4
    vmrs r1, fpscr
    log_register r1
    b .
"""
    assert logged(source) == [0]


@pytest.mark.parametrize("flags", [0, 15 << 28])
def test_a_branch_that_looks_like_it_makes_nothing_conditional(flags: int) -> None:
    """The second half of B.W begins with 0xBF, too."""
    source = f"""
reset:
    put SHCSR, 7 << 16
    load r2, {RAM + 0x202}
    load r5, {flags}
    msr apsr_nzcvq, r5
    b 1f
    .hword 0xF7FF, 0xBF82
1:  msr basepri, r4
    ldmia r2, {{r4, r5}}
    b .
usagefault:
    log_register r2
    b .
"""
    assert logged(source) == [RAM + 0x202]


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize("control", [0, 1])
@pytest.mark.parametrize("fpdscr", [0, 0x01000000])
@pytest.mark.parametrize(
    ("condition", "used", "begins"),
    [("ne", "vmov s0, r3", True), ("ne", "nop", False), ("eq", "vmov s0, r3", True)],
)
def test_a_context_begins_behind_a_skipped_use_of_the_fpu(
    condition: str, used: str, begins: bool, fpdscr: int, control: int, interpret: bool
) -> None:
    """A2.5.7: what is executed begins it. Unicorn, as QEMU 7.2, asks once in a block."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    put 0xE000EF3C, {fpdscr}
    isb
    mov r0, #{control}
    msr control, r0
    isb
    mov r5, #{1 if control else 3}
1:  cmp r3, r3
    it {condition}
    vmov{condition} s1, r3
    {used}
    svc #0
    mov r0, #0
    msr control, r0
    subs r5, #1
    bne 1b
    b .
svc:
    log_register lr
    tst lr, #16
    bne 1f
    vmov r2, s0
    ldr r2, [sp, #0x60]
    log_register r2
1:  bx lr
"""
    basic = 0xFFFFFFF9
    once = [basic & ~0x10, fpdscr] if begins else [basic]
    assert logged(source, interpret=interpret) == once * (1 if control else 3)


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize("condition", ["", "eq", "ne"])
def test_basepri_has_the_bits_of_a_priority_only(condition: str, interpret: bool) -> None:
    """B1.4.3, B5.2.3: bits that a chip lacks read as 0, but BASEPRI_MAX compares all."""
    within = f"it {condition}" if condition else "nop"
    source = f"""
reset:
    mov r5, #3
1:  svc #0
    mov r4, #0
    msr basepri, r4
    mov r4, #0x9F
    cmp r4, r4
    {within}
    msr{condition} basepri, r4
    mrs r0, basepri
    log_register r0
    mov r4, #0x98
    msr basepri_max, r4
    mrs r0, basepri_max
    log_register r0
    mov r4, #0x0F
    msr basepri_max, r4
    mrs r0, basepri
    log_register r0
    subs r5, #1
    bne 1b
    b .
svc:
    bx lr
"""
    written = [0, 0x90, 0] if condition == "ne" else [0x90, 0x90, 0]
    assert logged(source, interpret=interpret) == written * 3
