"""SysTick, sleep and the system control space: ARM DDI 0403E, B3.2 to B3.5, C1."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import ENABLE_IRQS, RAM, Guest, logged


def test_systick_interrupts_at_its_period() -> None:
    source = """
reset:
    put SYST_RVR, 7999
    put SYST_CVR, 0
    put SYST_CSR, 7
1:  wfi
    b 1b
systick:
    log 1
    bx lr
"""
    guest = Guest(source).run(1000)
    distances = {b - a for a, b in zip(guest.rig.times[1:], guest.rig.times[2:], strict=False)}
    assert distances == {100_000}  # 8000 cycles of 12.5 ns
    assert len(guest.log) == 9


def test_systick_on_the_reference_clock_counts_slower() -> None:
    source = """
reset:
    put SYST_RVR, 999
    put SYST_CVR, 0
    put SYST_CSR, 3
1:  wfi
    b 1b
systick:
    log 1
    bx lr
"""
    guest = Guest(source, systick_divider=8).run(1000)
    assert guest.rig.times[2] - guest.rig.times[1] == 100_000


def test_systick_counts_down_and_wraps_to_its_reload_value() -> None:
    source = """
reset:
    put SYST_RVR, 99
    put SYST_CVR, 5
    log_word SYST_CVR
    put SYST_CSR, 5
    mov r2, #200
1:  load r10, SYST_CVR
    ldr r0, [r10]
    b 2f
2:  cmp r0, r3
    it hi
    movhi r3, r0
    subs r2, #1
    bne 1b
    log_register r3
    log_word SYST_CSR
    log_word SYST_CSR
    put SYST_CSR, 4
    b 1f
1:  log_word SYST_CSR
    get r0, SYST_CVR
    b 1f
1:  get r1, SYST_CVR
    sub r0, r1
    log_register r0
    b .
"""
    log = logged(source)
    assert log[0] == 0
    assert 90 < log[1] <= 99
    assert log[2] == 0x10005  # COUNTFLAG
    assert log[3] == 5  # which the first read cleared
    assert log[4] & 0xFFFF == 4
    assert log[5] == 0  # stopped


def test_write_to_the_counter_clears_it_and_countflag() -> None:
    source = """
reset:
    put SYST_RVR, 9
    put SYST_CSR, 5
    .rept 20
    nop
    .endr
    b 1f
1:  put SYST_RVR, 0xFFFFF
    put SYST_CVR, 77
    log_word SYST_CVR
    log_word SYST_CSR
    b .
"""
    assert logged(source) == [0, 5]


def test_systick_with_reload_zero_stops() -> None:
    source = """
reset:
    put SYST_RVR, 0
    put SYST_CVR, 0
    put SYST_CSR, 7
    b 1f
1:  log_word SYST_CVR
    b .
systick:
    log 9
    bx lr
"""
    assert logged(source, 1000) == [0]


def test_reload_zero_ends_the_counting_at_the_next_zero() -> None:
    source = """
reset:
    put SYST_RVR, 999
    put SYST_CVR, 0
    put SYST_CSR, 7
    b 1f
1:  put SYST_RVR, 0
    b .
systick:
    log 9
    bx lr
"""
    assert logged(source, 1000) == [9]


def test_calibration_value_is_the_chips() -> None:
    assert logged("reset:\n log_word SYST_CALIB\n b .\n", systick_calibration=0x4000270F) == [
        0x4000270F
    ]


def test_identification_registers_are_those_of_a_cortex_m4() -> None:
    source = """
reset:
    log_word CPUID
    log_word AIRCR
    log_word CCR
    log_word 0xE000ED90
    log_word 0xE000EF40
    log_word 0xE000EF44
    log_word 0xE000ED40
    log_word 0xE000EDF0
    log_word VTOR
    b .
"""
    assert logged(source) == [
        0x410FC241, 0xFA050000, 0x200, 0x800, 0x10110021, 0x11000011, 0x30, 0, 0x08000000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("register", "written", "read"),
    [
        ("VTOR", 0x20000099, 0x20000080),
        ("SCR", 0xFFFFFFFF, 0x16),
        ("CCR", 0x3, 0x3),
        ("CPACR", 0xFFFFFFFF, 0x00F00000),
        ("AIRCR", 0x05FA0700, 0xFA050700),
        ("AIRCR", 0x00000700, 0xFA050000),
        ("MMFAR", 0x12345678, 0x12345678),
        ("BFAR", 0x12345678, 0x12345678),
        ("FPCCR", 0xFFFFFFFF, 0xC0000000),
        ("FPCAR", 0xFFFFFFFF, 0xFFFFFFF8),
        ("0xE000EF3C", 0xFFFFFFFF, 0x07C00000),
        ("0xE000E008", 0x7, 0x7),
        ("0xE000EDFC", 0x01000000, 0x01000000),
        ("0xE000ED94", 0xFFFFFFFF, 7),
        ("0xE000ED98", 0x5, 0x5),
        ("0xE0000E80", 0x1, 0x1),
        ("0xE0000E00", 0xF, 0xF),
        ("0xE0000E40", 0xF, 0xF),
        ("0xE0001020", 0x1234, 0x1234),
        ("0xE0001000", 0x1, 0x40000001),
        ("0xE0002000", 0x1, 0),
        ("0xE000E2F0", 0x1, 0),
        ("0xE000EFFC", 0x1, 0),
    ],
)
def test_registers_keep_the_bits_they_have(register: str, written: int, read: int) -> None:
    """B3.2: bits that ignore writes."""
    source = f"""
reset:
    put {register}, {written}
    log_word {register}
    b .
"""
    assert logged(source) == [read]


def test_half_and_byte_writes_touch_their_lanes_only() -> None:
    source = """
reset:
    load r0, CPACR
    mov r1, #0xF0
    strb r1, [r0, #2]
    log_word CPACR
    load r0, MMFAR
    load r1, 0x1234
    strh r1, [r0, #2]
    log_word MMFAR
    ldrb r1, [r0, #3]
    log_register r1
    load r0, 0xE0001020
    mov r1, #0x55
    strb r1, [r0, #1]
    log_word 0xE0001020
    b .
"""
    assert logged(source) == [0x00F00000, 0x12340000, 0x12, 0x5500]


def test_instrumentation_trace_is_always_ready() -> None:
    assert logged("reset:\n log_word 0xE0000000\n put 0xE0000000, 65\n b .\n") == [1]


def test_mpu_regions_are_kept_by_number_and_by_alias() -> None:
    source = f"""
reset:
    put 0xE000ED98, 2
    put 0xE000ED9C, {RAM}
    put 0xE000EDA0, 0x03010021
    put 0xE000EDA4, {RAM + 0x1000} | 0x13
    put 0xE000EDA8, 0x0302000B
    log_word 0xE000ED98
    log_word 0xE000ED9C
    log_word 0xE000EDA0
    put 0xE000ED98, 2
    log_word 0xE000ED9C
    log_word 0xE000EDB4
    log_word 0xE000EDB8
    b .
"""
    second = [RAM + 2, RAM + 2, 0x03010021]
    assert logged(source) == [3, RAM + 0x1003, 0x0302000B, *second]


def test_cycle_counter_counts_core_cycles_while_enabled() -> None:
    """C1.8.8: DWT_CYCCNT."""
    source = """
reset:
    log_word 0xE0001004
    put 0xE000EDFC, 1 << 24
    put 0xE0001000, 1
    b 1f
1:  get r0, 0xE0001004
    b 1f
1:  .rept 100
    nop
    .endr
    b 1f
1:  get r1, 0xE0001004
    b 1f
1:  sub r1, r0
    log_register r1
    put 0xE0001004, 1000
    b 1f
1:  put 0xE0001000, 0
    log_word 0xE0001004
    b 1f
1:  log_word 0xE0001004
    b .
"""
    log = logged(source)
    assert log[0] == 0
    assert log[1] == 105  # 100 NOPs, a branch, and the block of the second `get`
    assert log[2] == log[3]
    assert 1000 < log[2] < 1020


def test_system_reset_request_comes_out_of_the_run() -> None:
    source = """
reset:
    log 1
    put AIRCR, 0x05FA0004
1:  b 1b
"""
    guest = Guest(source)
    assert guest.core.run(10**6) is None
    assert guest.core.run(10**6) is None
    guest.core.reset()
    assert guest.core.run(10**6) is None
    assert guest.log == [1, 1]


def test_reset_brings_the_core_to_its_first_state() -> None:
    source = """
reset:
    mrs r0, control
    log_register r0
    mrs r0, primask
    log_register r0
    mrs r0, basepri
    log_register r0
    log_word SYST_CSR
    log_word ISER0
    log_word VTOR
    log_register lr
    log_register sp
    cmp r5, #0
    bne .
    load r5, 0x20004000
    msr psp, r5
    cpsid i
    mov r0, #0x40
    msr basepri, r0
    put SYST_RVR, 1000
    put SYST_CSR, 7
    put ISER0, 255
    put VTOR, 0x20001000
    mov r0, #3
    msr control, r0
    isb
    b .
"""
    guest = Guest(source).run()
    first = list(guest.log)
    guest.core.reset()
    guest.run()
    assert guest.log == first * 2
    assert guest.register("r5") == 0x20004000


@pytest.mark.parametrize(
    ("prigroup", "basepri", "expected"),
    [(3, 0x40, [1, 99, 2]), (6, 0x40, [99, 1, 2]), (6, 0x90, [1, 99, 2]), (6, 0x05, [1, 2, 99])],
)
def test_basepri_masks_by_its_group_priority(
    prigroup: int, basepri: int, expected: list[int]
) -> None:
    """B1.5.4: without its subpriority, which may leave 0; bits that aren't implemented are none."""
    source = f"""
reset:
    put AIRCR, 0x05FA0000 | {prigroup << 8}
    put IPR0, 0x00C02000
{ENABLE_IRQS}
    mov r0, #{basepri}
    msr basepri, r0
    put ISPR0, 6
    isb
    log 99
    mov r0, #0
    msr basepri, r0
    isb
    b .
irq1:
    log 1
    bx lr
irq2:
    log 2
    bx lr
"""
    assert logged(source) == expected
