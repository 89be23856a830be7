"""Exception entry and return, priorities and masks: ARM DDI 0403E, B1.5."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, STACK, Guest, logged

ENABLE_IRQS = "    put ISER0, 0xFFFFFFFF\n"


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


def test_higher_priority_preempts_and_lower_waits() -> None:
    source = f"""
reset:
    put IPR0, 0x00408060          @ irq0 0x60, irq1 0x80, irq2 0x40
{ENABLE_IRQS}
    put RAISE, 0
    put LOWER, 0
    isb
    log 99
    b .
irq0:
    log 0
    put RAISE, 1
    put LOWER, 1
    put RAISE, 2
    put LOWER, 2
    mov r0, r0
    b 1f
1:  log 10
    bx lr
irq1:
    log 1
    bx lr
irq2:
    log 2
    log_register lr
    bx lr
"""
    assert logged(source) == [0, 2, 0xFFFFFFF1, 10, 1, 99]


def test_equal_priorities_are_taken_by_number_and_do_not_preempt() -> None:
    source = f"""
reset:
    cpsid i
{ENABLE_IRQS}
    put ISPR0, 0b11010
    cpsie i
    isb
    log 99
    b .
irq1:
    log 1
    put ISPR0, 1
    isb
    log 11
    bx lr
irq0:
    log 0
    bx lr
irq3:
    log 3
    bx lr
irq4:
    log 4
    bx lr
"""
    assert logged(source) == [1, 11, 0, 3, 4, 99]


@pytest.mark.parametrize(
    ("prigroup", "expected"),
    [
        (3, [0, 1, 10]),  # all four bits are group: 0x40 preempts 0x50
        (4, [0, 10, 1]),  # bits 7:5 are group: both are 0x40
    ],
)
def test_subpriority_orders_but_does_not_preempt(prigroup: int, expected: list[int]) -> None:
    source = f"""
reset:
    put AIRCR, 0x05FA0000 | ({prigroup} << 8)
    put IPR0, 0x4050
    cpsid i
{ENABLE_IRQS}
    put ISPR0, 1
    cpsie i
    isb
    b .
irq0:
    log 0
    put ISPR0, 2
    isb
    log 10
    bx lr
irq1:
    log 1
    bx lr
"""
    assert logged(source) == expected


def test_subpriority_decides_between_pending_interrupts_of_a_group() -> None:
    source = f"""
reset:
    put AIRCR, 0x05FA0500
    put IPR0, 0x7060
    cpsid i
{ENABLE_IRQS}
    put IPR0, 0x6070
    put ISPR0, 3
    cpsie i
    isb
    b .
irq0:
    log 0
    bx lr
irq1:
    log 1
    bx lr
"""
    assert logged(source) == [1, 0]


@pytest.mark.parametrize(("bits", "stored"), [(4, 0xF0), (3, 0xE0), (8, 0xFF)])
def test_unimplemented_priority_bits_read_zero(bits: int, stored: int) -> None:
    source = """
reset:
    put IPR0, 0xFFFFFFFF
    log_word IPR0
    put SHPR3, 0xFFFFFFFF
    log_word SHPR3
    b .
"""
    # SHPR3 has no byte for exception 13 (B3.2.12).
    assert logged(source, priority_bits=bits) == [stored * 0x01010101, stored * 0x01010001]


def test_priorities_are_byte_accessible() -> None:
    source = """
reset:
    load r0, IPR0
    mov r1, #0x30
    strb r1, [r0, #2]
    ldrb r2, [r0, #2]
    log_register r2
    log_word IPR0
    mov r1, #0x5040
    strh r1, [r0]
    log_word IPR0
    load r0, SHPR1
    mov r1, #0x20
    strb r1, [r0, #7]
    log_word SHPR2
    b .
"""
    assert logged(source) == [0x30, 0x00300000, 0x00305040, 0x20000000]


def test_tail_chaining_leaves_the_frame_where_it_is() -> None:
    source = f"""
reset:
    cpsid i
{ENABLE_IRQS}
    put ISPR0, 3
    cpsie i
    isb
    log_register sp
    b .
irq0:
    log_register sp
    log_register lr
    mov r0, #0
    str r0, [sp, #24]             @ only a frame that is read again shows it
    mov r0, #0x1234
    str r0, [sp]
    bx lr
irq1:
    log_register sp
    log_register lr
    ldr r0, [sp]
    log_register r0
    adr r0, 1f
    str r0, [sp, #24]
    bx lr
    .align 2
1:  log 77
    b .
"""
    frame = STACK - 0x20
    assert logged(source) == [frame, 0xFFFFFFF9, frame, 0xFFFFFFF9, 0x1234, 77]


def test_pendsv_follows_all_interrupts() -> None:
    source = f"""
reset:
    put SHPR3, 0x00FF0000
{ENABLE_IRQS}
    put ISPR0, 1
    isb
    log 99
    b .
irq0:
    log 1
    put ICSR, 1 << 28
    put ISPR0, 2
    log 2
    bx lr
irq1:
    log 3
    bx lr
pendsv:
    log 4
    bx lr
"""
    assert logged(source) == [1, 2, 3, 4, 99]


def test_pending_bits_of_icsr_set_and_clear() -> None:
    source = """
reset:
    cpsid i
    put ICSR, 1 << 28
    put ICSR, 1 << 26
    log_word ICSR
    put ICSR, 1 << 27
    log_word ICSR
    put ICSR, 1 << 25
    log_word ICSR
    cpsie i
    isb
    log 99
    b .
"""
    both = 1 << 28 | 1 << 26 | 14 << 12
    assert logged(source) == [both, 1 << 26 | 15 << 12, 0, 99]


def test_primask_holds_interrupts_back_until_the_instruction_that_clears_it() -> None:
    source = f"""
reset:
{ENABLE_IRQS}
    cpsid i
    put RAISE, 5
    put LOWER, 5
    log 1
    cpsie i
    log 2
    b .
irq5:
    log 5
    bx lr
"""
    assert logged(source) == [1, 5, 2]


def test_basepri_masks_from_its_priority_on() -> None:
    source = f"""
reset:
    put IPR0, 0x00305060
{ENABLE_IRQS}
    mov r0, #0x50
    msr basepri, r0
    put ISPR0, 7
    isb
    log 1
    mov r0, #0x60
    msr basepri, r0
    isb
    log 2
    mov r0, #0
    msr basepri, r0
    isb
    log 3
    b .
irq0:
    log 10
    bx lr
irq1:
    log 11
    bx lr
irq2:
    log 12
    bx lr
"""
    assert logged(source) == [12, 1, 11, 2, 10, 3]


def test_faultmask_lets_only_nmi_through_and_clears_on_return() -> None:
    source = f"""
reset:
{ENABLE_IRQS}
    cpsid f
    put ISPR0, 1
    isb
    log 1
    put ICSR, 1 << 31
    isb
    log 2
    mrs r0, faultmask
    log_register r0
    cpsie f
    isb
    svc #0
    mrs r0, faultmask
    log_register r0
    b .
nmi:
    log 3
    bx lr
irq0:
    log 4
    bx lr
svc:
    cpsid f
    bx lr
"""
    # NMI's return leaves FAULTMASK set, SVCall's clears it.
    assert logged(source) == [1, 3, 2, 1, 4, 0]


def test_nmi_input_is_not_maskable() -> None:
    source = """
reset:
    cpsid i
    cpsid f
    mov r0, #7
    put 0x40000018, 0
    b 1f
1:  log 1
    b .
nmi:
    log_word ICSR
    bx lr
"""
    guest = Guest(source)

    def pulse() -> None:
        guest.core.nmi.on_gpio(0, True)
        guest.core.nmi.on_gpio(0, False)

    guest.rig.actions[0] = pulse
    assert guest.run().log == [0x802, 1]


def test_disabled_interrupt_stays_pending_until_enabled() -> None:
    source = f"""
reset:
    put RAISE, 3
    put LOWER, 3
    log_word ISPR0
    log_word ICSR
{ENABLE_IRQS}
    isb
    put ICER0, 8
    log_word ISER0
    b .
irq3:
    log 3
    log_word IABR0
    log_word ISPR0
    bx lr
"""
    assert logged(source) == [8, 1 << 22, 3, 8, 0, 0xFFFFFFF7]


def test_registers_of_interrupts_that_do_not_exist_are_zero() -> None:
    source = """
reset:
    log_word ICTR
    put ISER0, 0xFFFFFFFF
    log_word ISER0
    put ISPR0, 0xFFF00000
    log_word ISPR0
    put IPR0 + 20, 0xFFFFFFFF
    log_word IPR0 + 20
    log_word 0xE000E300 + 0xF4 + 0x100
    put STIR, 21
    log_word ISPR0
    b .
"""
    assert logged(source, irq_count=20) == [0, 0xFFFFF, 0, 0, 0, 0]


def test_level_that_stays_high_interrupts_again() -> None:
    source = f"""
reset:
{ENABLE_IRQS}
    mov r4, #0
    put RAISE, 2
    isb
    log 99
    b .
irq2:
    add r4, #1
    log_register r4
    cmp r4, #3
    it eq
    beq 1f
    bx lr
1:  put LOWER, 2
    bx lr
"""
    assert logged(source) == [1, 2, 3, 99]


def test_pulse_during_the_handler_interrupts_once_more() -> None:
    source = f"""
reset:
{ENABLE_IRQS}
    put RAISE, 2
    isb
    log 99
    b .
irq2:
    put LOWER, 2
    log 2
    cbnz r4, 1f
    mov r4, #1
    put RAISE, 2
    put LOWER, 2
    log_word ISPR0
1:  bx lr
"""
    assert logged(source) == [2, 4, 2, 99]


def test_clearing_the_pending_bit_of_a_high_level_has_no_effect() -> None:
    source = """
reset:
    put RAISE, 2
    put ICPR0, 4
    log_word ISPR0
    put LOWER, 2
    log_word ISPR0
    put ICPR0, 4
    log_word ISPR0
    b .
"""
    assert logged(source) == [4, 4, 0]


def test_software_trigger_pends_an_interrupt() -> None:
    source = f"""
reset:
{ENABLE_IRQS}
    put STIR, 9
    isb
    b .
irq9:
    log 9
    bx lr
"""
    assert logged(source) == [9]


def test_vector_table_moves_with_vtor() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x1000}
    adr r1, other
    orr r1, r1, #1
    str r1, [r0, #44]
    put VTOR, {RAM + 0x1000}
    svc #0
    log 2
    b .
svc:
    log 0xBAD
    bx lr
    .align 2
other:
    log 1
    bx lr
"""
    assert logged(source) == [1, 2]


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
