"""ITM, ROM table, DHCSR and semihosting, as the core offers them: ARM DDI 0403E, part C."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, Guest, logged

ITM = 0xE0000000
ENABLE_TRACE = f"""
    put 0xE000EDFC, 1 << 24
    put {ITM + 0xE80}, 1
    put {ITM + 0xE00}, 5
"""


def test_stores_to_enabled_stimulus_ports_are_reported() -> None:
    """C1.7.1: the size of the store is that of the packet."""
    source = f"""
reset:
    put {ITM}, 0x11
{ENABLE_TRACE}
    load r0, {ITM}
    mov r1, #0x41
    strb r1, [r0]
    load r1, 0x4443
    strh r1, [r0]
    load r1, 0x48474645
    str r1, [r0, #8]
    str r1, [r0, #4]
    put {ITM + 0xE80}, 0
    strb r1, [r0]
    b .
"""
    guest = Guest(source)
    packets: list[tuple[int, int, int]] = []
    guest.core.on_trace(lambda port, value, width: packets.append((port, value, width)))
    guest.run()
    assert packets == [(0, 0x41, 1), (0, 0x4443, 2), (2, 0x48474645, 4)]


def test_rom_table_leads_to_the_units() -> None:
    """C1.2, DDI 0439 table 4-1."""
    source = (
        "reset:\n" + "".join(f"    log_word {0xE00FF000 + 4 * i}\n" for i in range(7)) + "    b .\n"
    )
    *units, end = logged(source)
    bases = [0xE00FF000 + (unit & 0xFFFFF000) & 0xFFFFFFFF for unit in units]
    assert bases == [0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000, 0xE0040000, 0xE0041000]
    assert end == 0


@pytest.mark.parametrize("attached", [False, True])
def test_code_sees_whether_a_debugger_is_attached(attached: bool) -> None:
    """C1.6.2, DHCSR.C_DEBUGEN."""
    guest = Guest("reset:\n    log_word 0xE000EDF0\n    b .\n")
    guest.core.debug.attached = attached
    assert guest.run().log[0] & 1 == attached


SEMIHOSTING = f"""
reset:
    mov r0, #4
    load r1, {RAM}
    mov r4, #7
    cmp r4, #7
    it eq
    bkpteq #0xAB
    log_register r0
    log_register r4
    mov r0, #5
    b 1f
1:  bkpt #0xAB
    log_register r0
    b .
hardfault:
    log 9
    b .
"""


def test_semihosting_calls_are_answered_in_r0() -> None:
    """Semihosting for AArch32 and AArch64, section 4: BKPT 0xAB, operation and answer in R0."""
    guest = Guest(SEMIHOSTING.replace("    it eq\n    bkpteq", "    bkpt"))
    calls: list[tuple[int, int]] = []

    def serve() -> int:
        calls.append((guest.register("r0"), guest.register("r1")))
        return 0x77 + len(calls)

    guest.core.on_semihosting(serve)
    assert guest.run().log == [0x78, 7, 0x79]
    assert calls == [(4, RAM), (5, RAM)]


def test_without_semihosting_its_breakpoint_faults() -> None:
    """C1.3: without halting debug BKPT is a fault, a HardFault where nothing else takes it."""
    guest = Guest(SEMIHOSTING.replace("    it eq\n    bkpteq", "    bkpt"))
    assert guest.run().log == [9]
    assert "semihosting" in (guest.faults[0].cure or "")


def test_another_breakpoint_is_no_call() -> None:
    """Semihosting for AArch32 and AArch64, section 4: BKPT 0xAB only."""
    guest = Guest("reset:\n    bkpt #1\nhardfault:\n    log 9\n    b .\n")
    guest.core.on_semihosting(lambda: 0)
    assert guest.run().log == [9]
