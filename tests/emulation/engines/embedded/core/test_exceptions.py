"""Exception entry and return, priorities and masks: ARM DDI 0403E, B1.5."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, STACK, Guest, logged


def test_svc_enters_the_handler_and_returns_behind_the_instruction() -> None:
    source = """
reset:
    mov r0, #11
    svc #5
    log 2
    b .
svc:
    log 1
    log_register r0
    log_register lr
    log_word ICSR
    ldr r2, [sp, #24]
    ldrb r2, [r2, #-2]
    log_register r2
    bx lr
"""
    # ICSR: VECTACTIVE is SVCall, RETTOBASE as it is the only active exception.
    assert logged(source) == [1, 11, 0xFFFFFFF9, 0x80B, 5, 2]


def test_entry_stacks_eight_words_and_return_takes_them_back() -> None:
    source = """
reset:
    mov r0, #10
    mov r1, #11
    mov r2, #12
    mov r3, #13
    mov r12, #22
    mov lr, #14
    cmp r0, r0
    svc #0
    b .
svc:
    mov r0, #0
    mov r1, #0
    mov r2, #0
    mov r3, #0
    mov r12, #0
    log_register sp
    cmp r0, #1
    bx lr
"""
    guest = Guest(source).run()
    pointer = guest.log[0]
    assert pointer == STACK - 0x20
    frame = memoryview(guest.core.bus.read_bytes(pointer, 32)).cast("I")
    assert list(frame[:6]) == [10, 11, 12, 13, 22, 14]
    assert frame[7] == 0x61000000  # Z and C of the comparison, Thumb
    assert [guest.register(name) for name in ("r0", "r1", "r2", "r3", "r12", "lr", "sp")] == [
        10, 11, 12, 13, 22, 14, STACK,
    ]  # fmt: skip
    assert guest.register("xpsr") == 0x61000000


@pytest.mark.parametrize(("ccr", "offset", "mark"), [(0x200, 0x28, 0x200), (0, 0x24, 0)])
def test_stack_is_realigned_to_eight_bytes_if_ccr_says_so(ccr: int, offset: int, mark: int) -> None:
    source = f"""
reset:
    put CCR, {ccr}
    sub sp, #4
    svc #0
    log_register sp
    b .
svc:
    log_register sp
    ldr r0, [sp, #28]
    and r0, r0, #0x200
    log_register r0
    bx lr
"""
    assert logged(source) == [STACK - offset, mark, STACK - 4]


def test_process_stack_is_used_in_thread_mode_only() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x4000}
    msr psp, r0
    mov r0, #2
    msr control, r0
    isb
    svc #0
    log_register sp
    mrs r0, control
    log_register r0
    b .
svc:
    log_register lr
    log_register sp
    mrs r0, psp
    log_register r0
    mrs r0, control
    log_register r0
    bx lr
"""
    psp = RAM + 0x4000
    assert logged(source) == [0xFFFFFFFD, STACK, psp - 0x20, 0, psp, 2]


def test_unprivileged_thread_gets_its_rights_back_through_svc() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x4000}
    msr psp, r0
    mov r0, #3
    msr control, r0
    isb
    mov r1, #1
    msr primask, r1
    svc #0
    mov r1, #1
    msr primask, r1
    mrs r0, primask
    log_register r0
    b .
svc:
    mrs r0, primask
    log_register r0
    mrs r0, control
    log_register r0
    mov r0, #0
    msr control, r0
    bx lr
"""
    # PRIMASK stays 0 while unprivileged; the handler clears nPRIV for the thread.
    assert logged(source) == [0, 1, 1]


def test_unprivileged_thread_may_not_touch_the_system_control_space() -> None:
    source = """
reset:
    mov r0, #1
    msr control, r0
    isb
    get r1, ICSR
    b .
hardfault:
    log_word CFSR
    log_word BFAR
    b .
"""
    assert logged(source) == [0x8200, 0xE000ED04]


def test_frame_with_floating_point_registers_is_made_after_their_use() -> None:
    """B1.5.7: lazily, with FPCCR.LSPACT and FPCAR."""
    source = """
reset:
    put CPACR, 0x00F00000
    isb
    vmov.f32 s0, #1.0
    vmov.f32 s15, #2.0
    vmov.f32 s16, #3.0
    svc #0
    vmov r0, s0
    log_register r0
    vmov r0, s15
    log_register r0
    vmov r0, s16
    log_register r0
    mrs r0, control
    log_register r0
    b .
svc:
    log_register lr
    log_register sp
    log_word FPCCR
    log_word FPCAR
    mrs r0, control
    log_register r0
    vmov.f32 s0, #5.0
    vmov.f32 s15, #5.0
    log_word FPCCR
    ldr r0, [sp, #32]
    log_register r0
    bx lr
"""
    one, two, three = 0x3F800000, 0x40000000, 0x40400000
    assert logged(source) == [
        0xFFFFFFE9, STACK - 0x68, 0xC0000001, STACK - 0x48, 0, 0xC0000000, one,
        one, two, three, 4,
    ]  # fmt: skip


def test_automatic_floating_point_frames_can_be_switched_off() -> None:
    """B1.5.7, B3.2.21: FPCCR.ASPEN."""
    source = """
reset:
    put FPCCR, 0
    put CPACR, 0x00F00000
    isb
    vmov.f32 s0, #1.0
    svc #0
    b .
svc:
    log_register sp
    log_word FPCCR
    bx lr
"""
    assert logged(source) == [STACK - 0x20, 0]


@pytest.mark.parametrize("interpret", [True, False])
def test_without_automatic_contexts_neither_fpca_nor_fpscr_change(interpret: bool) -> None:
    """B1.5.7, B3.2.21: with FPCCR.ASPEN 0 the use of the FPU begins no context."""
    source = f"""
reset:
    put 0xE000EF3C, 0x01000000
    put FPCCR, 0
    put CPACR, 0x00F00000
    isb
    load r1, 0x02000000
    vmsr fpscr, r1
    mrs r0, control
    log_register r0
    svc #0
    vmrs r1, fpscr
    log_register r1
    put FPCCR, 3 << 30
    b 1f
1:  mrs r0, control
    log_register r0
    b 1f
1:  vmov.f32 s0, #1.0
    vmrs r1, fpscr
    log_register r1
    mrs r0, control
    log_register r0
    b .
svc:
    load r0, {RAM + 0x200}
    vldr s1, [r0]
    vmrs r1, fpscr
    log_register r1
    mrs r0, control
    log_register r0
    log_register lr
    bx lr
"""
    off = [0, 0x02000000, 0, 0xFFFFFFF9, 0x02000000]
    assert logged(source, interpret=interpret) == [*off, 0, 0x01000000, 4]


def test_floating_point_registers_are_stacked_at_once_if_not_lazily() -> None:
    """B1.5.7, B3.2.21: with FPCCR.LSPEN 0 the entry stores them, and LSPACT stays 0."""
    source = """
reset:
    put FPCCR, 1 << 31
    put CPACR, 0x00F00000
    isb
    vmov.f32 s0, #1.0
    vmov.f32 s15, #2.0
    svc #0
    vmov r0, s0
    log_register r0
    b .
svc:
    log_register lr
    log_word FPCCR
    ldr r0, [sp, #32]
    log_register r0
    ldr r0, [sp, #92]
    log_register r0
    vmov.f32 s0, #5.0
    log_word FPCCR
    bx lr
"""
    one, two = 0x3F800000, 0x40000000
    assert logged(source) == [0xFFFFFFE9, 1 << 31, one, two, 1 << 31, one]


def test_context_switch_keeps_each_tasks_floating_point_registers() -> None:
    """As the FreeRTOS port for Cortex-M4F does: PendSV saves S16-S31 if the task used the FPU."""
    source = f"""
    .equ FIRST, {RAM + 0x1000}
    .equ SECOND, {RAM + 0x2000}
reset:
    put CPACR, 0x00F00000
    load r9, {RAM + 0x3000}       @ other task's stack pointer
    load r8, SECOND - 0x44
    str r8, [r9]
    load r0, 0xFFFFFFFD           @ second task: basic frame, EXC_RETURN in the saved registers
    str r0, [r8, #0x20]
    adr r0, second_task
    str r0, [r8, #0x24 + 24]
    load r0, 0x01000000
    str r0, [r8, #0x24 + 28]
    load r0, FIRST
    msr psp, r0
    mov r0, #2
    msr control, r0
    isb
    vmov.f32 s0, #1.0
    vmov.f32 s16, #1.5
1:  put ICSR, 1 << 28
    isb
    vmov r0, s0
    log_register r0
    vmov r0, s16
    log_register r0
    b 1b
    .align 2
second_task:
    vmov.f32 s0, #2.0
    vmov.f32 s16, #2.5
1:  put ICSR, 1 << 28
    isb
    vmov r0, s0
    log_register r0
    vmov r0, s16
    log_register r0
    b 1b
pendsv:
    mrs r0, psp
    tst lr, #0x10
    it eq
    vstmdbeq r0!, {{s16-s31}}
    stmdb r0!, {{r4-r11, lr}}
    load r9, {RAM + 0x3000}
    ldr r1, [r9]
    str r0, [r9]
    ldmia r1!, {{r4-r11, lr}}
    tst lr, #0x10
    it eq
    vldmiaeq r1!, {{s16-s31}}
    msr psp, r1
    isb
    bx lr
"""
    first, second = [0x3F800000, 0x3FC00000], [0x40000000, 0x40200000]
    assert logged(source)[:12] == [*first, *second] * 3


def test_it_block_interrupted_by_svc_goes_on_as_it_began() -> None:
    source = """
reset:
    mov r0, #1
    cmp r0, #1
    itett eq
    svceq #1
    movne r1, #11
    moveq r2, #12
    moveq r3, #13
    log_register r1
    log_register r2
    log_register r3
    b .
svc:
    cmp r0, #9
    bx lr
"""
    assert logged(source) == [0, 12, 13]


@pytest.mark.parametrize(
    ("value", "usable"),
    [(0xFFFFFFF1, False), (0xFFFFFFF5, False), (0xFFFFFFF9, True), (0xFEFFFFF9, False)],
)
def test_invalid_exception_returns_fault(value: int, usable: bool) -> None:
    source = f"""
reset:
    put SHCSR, 1 << 18
    svc #0
    log 1
    b .
svc:
    load lr, {value}
    bx lr
usagefault:
    log_word CFSR
    log_register sp
    b .
"""
    invpc = [0x40000, STACK - 0x20]
    log = logged(source)
    if value >> 24 == 0xFE:  # not an EXC_RETURN at all: a branch to an execute-never address
        assert log == [0xBAD00003]
    else:
        assert log == ([1] if usable else invpc)


def test_return_to_thread_with_nested_exceptions_faults_unless_allowed() -> None:
    source = """
reset:
    put SHCSR, 1 << 18
    put SHPR1, 0
    put SHPR3, 0x00400000
    put SHPR2, 0x80000000
    svc #0
    log 1
    b .
svc:
    put ICSR, 1 << 28
    isb
    log 2
    b .
pendsv:
    load lr, 0xFFFFFFF9
    bx lr
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source) == [0x40000]


def test_handler_address_without_thumb_bit_is_a_usage_fault() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x1000}
    adr r1, odd
    str r1, [r0, #44]
    adr r1, hardfault
    orr r1, r1, #1
    str r1, [r0, #12]
    put VTOR, {RAM + 0x1000}
    svc #0
    b .
    .align 2
odd:
    b .
    .align 2
hardfault:
    log_word CFSR
    log_word HFSR
    b .
"""
    assert logged(source) == [1 << 17, 1 << 30]


def test_shcsr_shows_active_and_pending_exceptions() -> None:
    source = """
reset:
    put SHPR2, 0
    svc #0
    put SHCSR, 7 << 16
    log_word SHCSR
    b .
svc:
    put ICSR, 1 << 26
    log_word SHCSR
    put ICSR, 1 << 25
    bx lr
"""
    assert logged(source) == [1 << 7, 7 << 16]
