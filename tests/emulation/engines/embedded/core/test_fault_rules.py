"""What becomes of a fault, by priority and by setting: ARM DDI 0403E, B1.5 and B3.2."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.embedded.guest import ENABLE_IRQS, RAM, RIG, Guest, logged

NOWHERE = 0x60000004
BFHFNMIGN = 0x300


@pytest.mark.parametrize("handler", ["hardfault", "nmi"])
def test_urgent_handler_may_ignore_bus_faults(handler: str) -> None:
    """CCR.BFHFNMIGN, B3.2.8."""
    source = f"""
reset:
    put CCR, {BFHFNMIGN}
    {"udf #0" if handler == "hardfault" else "put ICSR, 1 << 31"}
    b .
{handler}:
    load r0, {NOWHERE}
    mov r1, #0
    mov r2, #2
    ldr r3, [r0]
    str r2, [r0]
    cmp r2, #2
    itte eq
    ldrbeq r3, [r0]
    moveq r1, #5
    movne r1, #6
    log_register r1
    b .
"""
    guest = Guest(source).run()
    assert guest.log == [5]


def test_faultmask_ignores_bus_faults_too() -> None:
    source = f"""
reset:
    put CCR, {BFHFNMIGN}
    cpsid f
    load r0, {NOWHERE}
    ldr r3, [r0]
    strd r2, r3, [r0]
    log 1
    cpsie f
    ldr r3, [r0]
    log 2
hardfault:
    log 3
    b .
"""
    assert logged(source) == [1, 3]


def test_ignored_bus_faults_take_the_time_of_their_instructions() -> None:
    def cycles(address: int) -> int:
        source = f"""
reset:
    put CCR, {BFHFNMIGN}
    cpsid f
    load r0, {address}
    b 1f
1:  mov r1, #1
    ldr r3, [r0]
    ldr r3, [r0]
    mov r1, #2
    b 2f
2:  log 1
    b .
"""
        return Guest(source).run().rig.times[0]

    assert cycles(NOWHERE) == cycles(RAM)


FAULTS_WITHIN_BLOCKS = {
    "load": "ldr r3, [r0]",
    "store": "str r3, [r0]",
    "conditional load": "it ne\n ldrne r3, [r0]",
    "unaligned LDM": "ldm r1, {r2, r3}",
    "unaligned LDREXH": "ldrexh r2, [r1]",
    "division by zero": "udiv r2, r1, r4",
    "disabled FPU": "vmov.f32 s0, #1.0",
    "undefined": "udf #0",
}


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize("fault", FAULTS_WITHIN_BLOCKS)
def test_fault_costs_the_time_of_what_has_run(fault: str, interpret: bool) -> None:
    def times(behind: int) -> list[int]:
        source = f"""
reset:
    put CCR, 0x10
    load r0, {NOWHERE}
    load r1, {RAM + 1}
    mov r4, #0
    mov r6, #3
    adr.w r7, svc
    load r5, LOG
    svc #0
svc:
    str r5, [r5]
    adds r4, #0
    cmp r6, #0
    b 1f
1:  .rept 50
    nop
    .endr
    {FAULTS_WITHIN_BLOCKS[fault]}
    .rept {behind}
    nop
    .endr
    b .
hardfault:
    str r5, [r5]
    str r7, [sp, #24]
    load r2, 0x0100000B
    str r2, [sp, #28]
    subs r6, #1
    beq .
    bx lr
"""
        return Guest(source, interpret=interpret).run(100).rig.times

    assert len(times(0)) == 6
    assert times(0) == times(40) == times(400)


def test_fault_with_faultmask_set_locks_up() -> None:
    """B1.5.15: the priority is that of a HardFault already."""
    guest = Guest("reset:\n    cpsid f\n    udf #0\nhardfault:\n    log 1\n")
    assert guest.core.run(1_000_000) is Stop.CRASH
    assert guest.log == []


def test_fault_with_primask_set_is_a_hard_fault() -> None:
    source = """
reset:
    put SHCSR, 7 << 16
    cpsid i
    udf #0
hardfault:
    log_word HFSR
    b .
"""
    assert logged(source) == [1 << 30]


def test_imprecise_fault_in_a_hard_fault_stays_pending() -> None:
    """B1.5.14: it is asynchronous and doesn't lock up."""
    source = f"""
reset:
    udf #0
    log 4
    b .
hardfault:
    mrs r0, ipsr
    get r1, HFSR
    ands r2, r1, #0
    log 1
    put {RIG + 0x800}, 1
    b 1f
1:  log 2
    ldr r0, [sp, #24]
    add r0, #2
    str r0, [sp, #24]
    get r0, {RAM + 0x200}
    add r0, #1
    load r1, {RAM + 0x200}
    str r0, [r1]
    log_register r0
    cmp r0, #2
    beq .
    bx lr
"""
    assert logged(source, strict_reserved=True) == [1, 2, 1, 1, 2, 2]


def test_imprecise_fault_waits_for_primask() -> None:
    source = f"""
reset:
    put SHCSR, 7 << 16
    cpsid i
    put {RIG + 0x800}, 1
    b 1f
1:  log 1
    log_word SHCSR
    cpsie i
    log 3
    b .
busfault:
    log 2
    bx lr
"""
    log = logged(source, strict_reserved=True)
    assert log[0] == 1
    assert log[1] >> 14 & 1  # BUSFAULTPENDED
    assert log[2:] == [2, 3]


def test_breakpoint_instruction_is_for_the_debug_monitor_if_enabled() -> None:
    """C1.4.1, DEMCR.MON_EN."""
    source = """
reset:
    put 0xE000EDFC, 1 << 16
    b 1f
1:  bkpt #1
    log 2
    b .
debugmonitor:
    log_word 0xE000ED30
    ldr r0, [sp, #24]
    add r0, #2
    str r0, [sp, #24]
    bx lr
"""
    assert logged(source) == [2, 2]


def test_return_to_an_exception_that_does_not_exist_is_invalid() -> None:
    """B1.5.8: the stacked IPSR."""
    source = """
reset:
    put SHCSR, 7 << 16
    put SHPR1, 0
    put ISER0, 1
    put IPR0, 0x40
    put SHPR2, 0x20000000
    put ISPR0, 1
    isb
    b .
irq0:
    svc #0
    log 9
svc:
    load r0, 0x010001FF
    str r0, [sp, #28]
    bx lr
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source) == [1 << 18]


WRITABLE = {
    "ACTLR": (0xE000E008, 0x307),
    "SYST_CSR": (0xE000E010, 0x6),
    "SYST_RVR": (0xE000E014, 0xFFFFFF),
    "VTOR": (0xE000ED08, 0xFFFFFF80),
    "SCR": (0xE000ED10, 0x16),
    "CCR": (0xE000ED14, 0x311),
    "SHPR1": (0xE000ED18, 0x00F0F0F0),
    "SHPR2": (0xE000ED1C, 0xF0000000),
    "SHPR3": (0xE000ED20, 0xF0F000F0),
    "SHCSR": (0xE000ED24, 0x70000),
    "CPACR": (0xE000ED88, 0x00F00000),
    "DEMCR": (0xE000EDFC, 0x010F07F1),
    "FPCCR": (0xE000EF34, 0xC0000000),
    "FPCAR": (0xE000EF38, 0xFFFFFFF8),
    "FPDSCR": (0xE000EF3C, 0x07C00000),
    "ISER2": (0xE000E108, 0xFFFFFFFF),
    "ISER3": (0xE000E10C, 0),
    "IPR24": (0xE000E460, 0),
    "CPUID": (0xE000ED00, None),
    "ICTR": (0xE000E004, None),
    "SYST_CALIB": (0xE000E01C, None),
}


@pytest.mark.parametrize("name", WRITABLE)
def test_registers_store_their_writable_bits_only(name: str) -> None:
    """B3.2, B3.3, B3.4; of the Cortex-M4 and 4 bits of priority."""
    address, mask = WRITABLE[name]
    written = 0xFFFFFFFF if name not in ("SYST_CSR", "CCR", "SHCSR") else (mask or 0) | 0xFFF00000
    source = f"""
reset:
    cpsid i
    log_word {address}
    put {address}, {written}
    log_word {address}
    b .
"""
    before, after = logged(source)
    assert after == (before if mask is None else mask)


@pytest.mark.parametrize("interpret", [True, False])
def test_fp_context_begins_with_fpdscr(interpret: bool) -> None:
    """B1.5.7: FPSCR of a new context is FPDSCR's."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    isb
    put 0xE000EF3C, 0x01C00000
    mov r7, #3
1:  svc #0
    subs r7, #1
    bne 1b
    log 1
    b .
svc:
    load r0, {RAM + 0x200}
    vldr s0, [r0]
    vmrs r1, fpscr
    log_register r1
    mov r1, #0
    vmsr fpscr, r1
    vldr s0, [r0]
    vmrs r1, fpscr
    log_register r1
    bx lr
"""
    assert logged(source, interpret=interpret) == [0x01C00000, 0] * 3 + [1]


@pytest.mark.parametrize(("ccr", "expected"), [(2, [0x10, 0x77, 4]), (0, [4])])
def test_unprivileged_code_triggers_interrupts_only_if_permitted(
    ccr: int, expected: list[int]
) -> None:
    """B3.2.26, B3.2.8 USERSETMPEND: of the system space STIR alone is open, for stores of words."""
    source = f"""
reset:
{ENABLE_IRQS}
    put SHCSR, 7 << 16
    load r0, CCR
    ldr r1, [r0]
    orr r1, #{ccr}
    str r1, [r0]
    mov r0, #1
    msr control, r0
    isb
    load r0, STIR
    mov r1, #3
    mov r2, #0
    str r1, [r0]
    b 1f
1:  log 0x77
    ldr r1, [r0]
    b .
irq3:
    log 0x10
    bx lr
busfault:
    log 4
    b .
"""
    assert logged(source) == expected
