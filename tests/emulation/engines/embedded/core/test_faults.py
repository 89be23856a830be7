"""Faults, their escalation and the report to the user: ARM DDI 0403E, B1.5.9 to B1.5.15."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.engines.embedded import AccessKind
from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.embedded.guest import (
    ENABLE_FAULTS,
    FLASH,
    RAM,
    RIG,
    STACK,
    Guest,
    Rig,
    logged,
)

FLASH_INFORMATION = 0x1FFF_7000

LOG_AND_HANG = """
    log_word CFSR
    log_word HFSR
    b .
"""


@pytest.mark.parametrize(
    ("instructions", "handler", "cfsr"),
    [
        ("load r0, 0x60000004\n ldr r0, [r0]", "busfault", 0x8200),
        ("load r0, 0x60000004\n str r0, [r0]", "busfault", 0x8200),
        ("load r0, 0x60000005\n bx r0", "busfault", 0x100),
        ("load r0, 0x40000001\n bx r0", "memmanage", 0x1),
        ("mov r0, #0x100\n str r0, [r0]", "busfault", 0x8200),
        ("udf #0", "usagefault", 0x10000),
        ("mov r0, #0x200\n bx r0", "usagefault", 0x20000),
    ],
    ids=["read", "write", "fetch", "execute-never", "store to ROM", "undefined", "ARM state"],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_each_fault_has_its_handler_or_escalates(
    instructions: str, handler: str, cfsr: int, enabled: bool
) -> None:
    source = f"""
reset:
{ENABLE_FAULTS if enabled else ""}
    {instructions}
    b .
{handler}:
    log 1
{LOG_AND_HANG}
hardfault:
    log 2
{LOG_AND_HANG}
"""
    assert logged(source) == ([1, cfsr, 0] if enabled else [2, cfsr, 1 << 30])


def test_fault_stops_before_the_instruction_has_any_effect() -> None:
    source = f"""
reset:
    load r0, {RAM + 0xFFF8}
    mov r1, #1
    mov r2, #2
    mov r3, #3
    mov r4, #4
    ldmia r0!, {{r1, r2, r3, r4}}
    b .
hardfault:
    log_register r0
    log_register r3
    log_word BFAR
    ldr r0, [sp, #24]
    log_register r0
    b .
"""
    # The base register is as before, so that the instruction can be repeated.
    guest = Guest(source).run()
    assert guest.log[:3] == [RAM + 0xFFF8, 3, RAM + 0x10000]
    assert guest.faults[0].pc == guest.log[3]


@pytest.mark.parametrize(
    ("instruction", "offset"),
    [
        ("ldr r1, [r0, #8]", 8),
        ("str r1, [r0, r2]", 12),
        ("ldrb r1, [r0, #3]", 3),
        ("strh r1, [r0, #6]", 6),
        ("ldm r0!, {r1, r3}", 0),
        ("ldr.w r1, [r0, #257]", 257),
        ("ldr r1, [r0, #4]!", 4),
        ("ldr r1, [r3, #-4]", 0x100),
        ("ldr r1, [r3], #4", 0x104),
        ("str.w r1, [r0, r2, lsl #2]", 48),
        ("stmdb r3!, {r1, r2}", 0x104 - 8),
        ("ldrd r1, r2, [r0, #16]", 16),
        ("strd r1, r2, [r3, #-8]", 0x104 - 8),
        ("strd r1, r2, [r3], #-8", 0x104),
        ("ldrex r1, [r0, #20]", 20),
        ("ldrexb r1, [r3]", 0x104),
        ("ldrexh r1, [r3]", 0x104),
        ("tbb [r0, r2]", 12),
        ("tbh [r0, r2, lsl #1]", 24),
        ("vldr s0, [r0, #36]", 36),
        ("vstr s0, [r3, #-4]", 0x100),
        ("vstmdb r3!, {s0-s3}", 0x104 - 16),
        ("vldmia r0, {s0-s3}", 0),
        ("mov sp, r3\n push {r1, r2, lr}", 0x104 - 12),
        ("mov sp, r3\n pop {r1, r2}", 0x104),
        ("mov sp, r0\n ldr r1, [sp, #32]", 32),
    ],
)
def test_fault_address_is_that_of_the_access(instruction: str, offset: int) -> None:
    source = f"""
reset:
    put CPACR, 0x00F00000
    isb
    load r0, 0x60000000
    load r3, 0x60000104
    mov r2, #12
    {instruction}
    b .
hardfault:
    load r0, {STACK}
    mov sp, r0
    log_word BFAR
    b .
"""
    assert logged(source)[0] == 0x60000000 + offset


def test_fault_address_of_a_literal_and_of_an_access_across_pages() -> None:
    source = f"""
reset:
    load r0, {RAM + 0xFFFE}
    ldr r1, [r0]
    b .
hardfault:
    log_word BFAR
    b .
"""
    assert logged(source) == [RAM + 0x10000]


def test_repaired_fault_resumes_at_the_instruction() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    load r0, 0x60000000
    mov r1, #1
    cmp r1, #1
    itt eq
    ldreq r2, [r0]
    moveq r3, #3
    log_register r2
    log_register r3
    b .
busfault:
    load r0, {FLASH}
    str r0, [sp]
    bx lr
"""
    assert logged(source) == [STACK, 3]


def test_fault_status_bits_clear_by_writing_one() -> None:
    source = """
reset:
    udf #0
hardfault:
    put CFSR, 0
    log_word CFSR
    load r0, CFSR
    mov r1, #1
    strb r1, [r0, #2]
    log_word CFSR
    put HFSR, 1 << 30
    log_word HFSR
    b .
"""
    assert logged(source) == [0x10000, 0, 0]


def test_breakpoint_without_a_debugger_is_a_hard_fault() -> None:
    source = f"""
reset:
    bkpt #1
hardfault:
{LOG_AND_HANG}
"""
    guest = Guest(source).run()
    assert guest.log == [0, 1 << 31]
    assert guest.faults[0].registers["pc"] == guest.faults[0].frame[6]


def test_svc_where_masked_escalates() -> None:
    source = f"""
reset:
    cpsid i
    svc #0
    log 9
svc:
    log 1
hardfault:
    log 2
{LOG_AND_HANG}
"""
    assert logged(source) == [2, 0, 1 << 30]


def test_fault_handler_that_cannot_preempt_escalates() -> None:
    """B1.5.14: to a HardFault, not to a lockup."""
    source = f"""
reset:
{ENABLE_FAULTS}
    put SHPR1, 0x00800000
    mov r0, #0x40
    msr basepri, r0
    udf #0
usagefault:
    log 1
hardfault:
    log 2
{LOG_AND_HANG}
"""
    assert logged(source) == [2, 0x10000, 1 << 30]


def test_stack_outside_of_memory_is_reported_and_the_handler_runs() -> None:
    source = """
reset:
    mov r0, #0
    mov sp, r0
    svc #0
hardfault:
    log_word CFSR
    b .
"""
    guest = Guest(source).run()
    assert guest.log == [0x1000]
    report = guest.faults[0]
    assert report.frame_address is None
    assert report.address == 0xFFFFFFE0
    assert "stack overflow" in report.cause


def test_frame_lost_on_return_is_a_bus_fault() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    svc #0
svc:
    load r0, 0x60000000
    msr psp, r0
    load lr, 0xFFFFFFFD
    bx lr
busfault:
    log_word CFSR
    b .
"""
    assert logged(source) == [0x800]


def test_corrupt_frame_is_an_invalid_return() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    svc #0
svc:
    mov r0, #0x01000003           @ a handler's xPSR in a thread's frame
    str r0, [sp, #28]
    bx lr
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source.replace("mov r0, #0x01000003", "load r0, 0x01000003")) == [0x40000]


def test_return_to_arm_state_is_an_invalid_state() -> None:
    source = f"""
reset:
{ENABLE_FAULTS}
    svc #0
    log 9
svc:
    mov r0, #0
    str r0, [sp, #28]
    bx lr
usagefault:
    log_word CFSR
    b .
"""
    assert logged(source) == [0x20000]


@pytest.mark.parametrize("handler", ["hardfault", "nmi"])
def test_fault_in_the_last_handler_locks_up(handler: str) -> None:
    """B1.5.15."""
    source = f"""
reset:
    put {"ICSR, 1 << 31" if handler == "nmi" else "0x60000000, 0"}
    isb
    b .
{handler}:
    log 1
    udf #0
    log 2
"""
    guest = Guest(source)
    assert guest.core.run(1_000_000) is Stop.CRASH
    assert guest.log == [1]
    report = guest.core.last_fault
    assert report is not None
    assert report.lockup
    assert report.cause.startswith("lockup in")
    # Time goes on, as a watchdog needs; nothing else does.
    assert guest.core.run(5_000_000) is Stop.TIME
    assert guest.core.now == 5_000_000
    assert guest.log == [1]


def test_vector_table_outside_of_memory_locks_up() -> None:
    """B1.5.15."""
    source = """
reset:
    put VTOR, 0x60000000
    svc #0
    log 1
"""
    guest = Guest(source)
    assert guest.core.run(1_000_000) is Stop.CRASH
    report = guest.core.last_fault
    assert report is not None
    assert "vector table" in report.cause
    assert report.address is not None


def test_reset_ends_a_lockup() -> None:
    guest = Guest("reset:\n    udf #0\nhardfault:\n    udf #0\n")
    assert guest.core.run(1_000) is Stop.CRASH
    guest.core.bus.write_bytes(FLASH, Guest("reset:\n    log 1\n    b .\n").code)
    guest.core.reset()
    assert guest.run().log == [1]
    assert guest.core.last_fault is None


def test_a_fault_of_a_handler_has_the_stack_pointer_of_its_thread() -> None:
    source = """
reset:
    load r0, 0x20000400
    msr psp, r0
    mov r0, #2
    msr control, r0
    isb
    svc #0
svc:
    udf #0
hardfault:
    b .
"""
    (report,) = Guest(source).run().faults
    assert (report.during, report.registers["psp"]) == (11, 0x200003E0)
    assert report.registers["sp"] == STACK


def test_report_names_cause_place_registers_and_frame() -> None:
    source = """
reset:
    mov r7, #77
    load r0, 0x60000004
    mov r1, #5
    str r1, [r0]
hardfault:
    b .
"""
    guest = Guest(source).run()
    (report,) = guest.faults
    assert report.cause == (
        "HardFault in thread mode: access where nothing is mapped: write at 0x60000004"
    )
    assert report.access is AccessKind.WRITE
    assert report.address == 0x60000004
    assert (report.raised, report.taken, report.during) == (5, 3, 0)
    assert report.escalated
    assert not report.lockup
    assert report.registers["r7"] == 77
    assert report.registers["sp"] == STACK
    assert report.pc == report.frame[6]
    assert report.frame[:2] == (0x60000004, 5)
    assert report.frame_address == STACK - 0x20
    assert report.fault_status == {"CFSR": 0x8200, "HFSR": 1 << 30}
    assert guest.core.last_fault is report


def test_fault_in_an_interrupt_names_it() -> None:
    source = """
reset:
    put ISER0, 8
    put ISPR0, 8
    isb
irq3:
    udf #0
hardfault:
    b .
"""
    assert Guest(source).run().faults[0].cause.startswith("HardFault in IRQ 3: undefined")


def test_run_can_end_at_the_fault() -> None:
    guest = Guest("reset:\n    udf #0\nhardfault:\n    log 1\n    b .\n")
    guest.core.stop_on_fault = True
    assert guest.core.run(1_000_000) is Stop.CRASH
    assert guest.log == []
    assert guest.register("xpsr") & 0x1FF == 3
    assert guest.core.run(1_000_000) is Stop.TIME
    assert guest.log == [1]


RECOVERS = """
reset:
    put SHCSR, (1 << 17)
    load r4, 0x50000000
    ldr.w r5, [r4]
    nop
    log 1
    b .
busfault:
    ldr r0, [sp, #24]
    adds r0, #4
    str r0, [sp, #24]
    {then}
"""


def test_a_fault_that_its_own_handler_deals_with_is_no_crash() -> None:
    guest = Guest(RECOVERS.format(then="bx lr"))
    guest.core.stop_on_fault = True
    assert guest.core.run(10**9) is Stop.TIME
    assert guest.log == [1]
    assert guest.core.last_fault is None


def test_a_fault_whose_own_handler_never_returns_is_a_crash() -> None:
    guest = Guest(RECOVERS.format(then="b ."))
    guest.core.stop_on_fault = True
    assert guest.core.run(10**9) is Stop.CRASH
    assert guest.core.last_fault is not None
    assert "BusFault" in guest.core.last_fault.cause
    assert guest.core.now < 10**9


def test_strict_reserved_are_bus_faults() -> None:
    source = f"""
reset:
    put {RIG + 0x800}, 1
    b 1f
1:  log 1
    b .
hardfault:
    log_word CFSR
    b .
"""
    assert logged(source, strict_reserved=True) == [0x400]
    assert logged(source, strict_reserved=False) == [1]


def test_reserved_addresses_among_memories_are_bus_faults() -> None:
    """DDI 0403E, B3.1: below 0x40000000 there are memories, whose bus says what it lacks."""
    guest = Guest(
        f"""
reset:
    put {FLASH_INFORMATION + 0x800}, 1
    b 1f
1:  log 1
    b .
hardfault:
    log_word CFSR
    b .
"""
    )
    guest.core.map_peripheral(FLASH_INFORMATION, 0x400, Rig(guest.core))
    guest.run(100)
    assert guest.log == [0x400]
    assert guest.faults[0].address == FLASH_INFORMATION + 0x800


def test_a_stack_that_has_left_its_memory_is_called_so() -> None:
    guest = Guest(f"reset:\n load r0, {RAM + 8}\n mov sp, r0\n push {{r0-r7}}\n b .\n")
    guest.run(100)
    assert (
        guest.faults[0].cure == "the stack pointer is where no memory is: give the stack more room"
    )
