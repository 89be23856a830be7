"""Interrupts of the guest: priorities, masks, pending bits, tail-chaining, vectors: ARM DDI 0403E,
B1.5.3, B1.5.4 and B3.4.
"""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import ENABLE_IRQS, RAM, STACK, Guest, logged

PREEMPTED = f"""
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


def test_higher_priority_preempts_and_lower_waits() -> None:
    assert logged(PREEMPTED) == [0, 2, 0xFFFFFFF1, 10, 1, 99]


def test_a_listener_sees_handlers_begin_and_return() -> None:
    """Preemption, return, tail-chaining, and the return to thread mode."""
    guest = Guest(PREEMPTED)
    seen: list[tuple[int, int]] = []
    log = guest.core.log_exceptions(0, 0, 0)
    log.listeners.append(lambda entries: seen.extend(entry[2:4] for entry in entries))
    assert guest.run().log == [0, 2, 0xFFFFFFF1, 10, 1, 99]
    log.flush()
    assert seen == [(16, 0), (18, 0), (16, 18), (17, 16), (0, 17)]


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
