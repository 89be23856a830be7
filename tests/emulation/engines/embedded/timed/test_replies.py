"""Commands that the core sends by itself: as if their controller's model did."""

from __future__ import annotations

import struct
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import mx25r, quadspi
from renode_wifi.peripherals.stm32l4.mx25r import Macronix_MX25R
from renode_wifi.peripherals.stm32l4.quadspi import STM32H7_QuadSPI
from tests.emulation.engines.embedded.guest import ENABLE_IRQS, RAM, Guest

QUADSPI = 0xA000_1000
HERTZ = 80_000_000
TABLE = RAM + 0x1000
BYTE, WORD = 1, 2
"""Added to the address of a register that is loaded and logged."""
PROGRAM = f"""
reset:
{ENABLE_IRQS}
    load r0, {TABLE}
1:  ldmia r0!, {{r1, r2, r3}}
    cbz r1, 5f
    tst r1, #3
    bne 2f
    str r2, [r1]
    b 3f
2:  tst r1, #{BYTE}
    bic r1, #3
    ite ne
    ldrbne r4, [r1]
    ldreq r4, [r1]
    log_register r4
3:  subs r3, #1
    bne 3b
    b 1b
5:  get r4, {QUADSPI + quadspi.SR.offset}
    log_register r4
    mov r3, #100
4:  subs r3, #1
    bne 4b
    b 5b
irq1:
    get r4, {QUADSPI + quadspi.SR.offset}
    log_register r4
    put {QUADSPI + quadspi.FCR.offset}, 0x1B
    bx lr
"""
Step = tuple[int, int, int]
"""Address, what is stored there, and a wait."""


class Polling:
    """A guest that drives a controller as its table says."""

    def __init__(self, steps: list[Step], served: bool, interpret: bool = True) -> None:
        self.guest = guest = Guest(PROGRAM, cpu_frequency=HERTZ, interpret=interpret)
        machine = BenchMachine()
        machine.clock, machine.bus = guest.core.clock, guest.core.bus
        machine.cpu_frequency = HERTZ
        self.quadspi = STM32H7_QuadSPI(machine, "quadspi")
        self.flash = Macronix_MX25R(machine, "flash")
        self.quadspi.attach(self.flash)
        self.quadspi.lines["IRQ"].connect(guest.core.nvic, 1)
        guest.core.map_peripheral(QUADSPI, 0x400, self.quadspi)
        table = b"".join(struct.pack("<3I", *step) for step in steps)
        guest.core.bus.write_bytes(TABLE, table + bytes(12))
        if not served:
            guest.core.peripheral_map._bindings[id(self.quadspi)].reply = None

    def outcome(self) -> tuple[Any, ...]:
        rig = self.guest.rig
        lines = [line.level for line in self.quadspi.lines.values()]
        registers = list(self.quadspi.registers.values)
        return rig.log, rig.times, lines, registers, self.flash.answer(mx25r.READ_STATUS)


def at(register: Any, load: int = 0) -> int:
    return int(QUADSPI + register.offset) + load


WAITS = st.one_of(st.integers(1, 20), st.integers(1, 200))
READ_COMMAND = 1 << 26 | 1 << 24 | 1 << 8
READS = [mx25r.READ_STATUS, mx25r.READ_CONFIGURATION, mx25r.READ_IDENTITY, mx25r.READ_SECURITY]
COMMANDS = st.one_of(
    st.sampled_from(READS).map(lambda code: READ_COMMAND | code),
    st.just(READ_COMMAND | mx25r.READ_STATUS),
    st.sampled_from([mx25r.WRITE_ENABLE, mx25r.WRITE_DISABLE]).map(lambda code: 1 << 8 | code),
    st.just(1 << 24 | 1 << 8 | mx25r.WRITE_STATUS),
    st.just(READ_COMMAND | 1 << 10 | 2 << 12 | mx25r.READ_SLOW),
    st.just(2 << 26 | 1 << 24 | 1 << 8 | mx25r.READ_STATUS),
)
STEPS = st.one_of(
    st.tuples(st.just(at(quadspi.CCR)), COMMANDS, WAITS),
    st.tuples(st.just(at(quadspi.DLR)), st.sampled_from([0, 0, 1, 2, 3, 6]), st.just(1)),
    st.tuples(st.just(at(quadspi.FCR)), st.sampled_from([2, 2, 0x1B]), WAITS),
    st.tuples(st.just(at(quadspi.DR, BYTE)), st.just(0), WAITS),
    st.tuples(st.just(at(quadspi.DR, WORD)), st.just(0), WAITS),
    st.tuples(st.just(at(quadspi.SR, WORD)), st.just(0), WAITS),
    st.tuples(st.just(at(quadspi.AR)), st.integers(0, 0xFFFF), WAITS),
    st.tuples(st.just(at(quadspi.DR)), st.integers(0, 0xFF), WAITS),
    st.tuples(
        st.just(at(quadspi.CR)),
        st.sampled_from([0x0000_0001, 0x0100_0001, 0x0100_0301, 0x0002_0001, 0x0100_0003, 0x5]),
        WAITS,
    ),
    st.tuples(st.just(at(quadspi.DCR)), st.sampled_from([0, 0x700]), st.just(1)),
)


def poll(length: int, code: int, wait: int) -> list[Step]:
    """As drivers do; whether it has come by then or not."""
    command = (at(quadspi.CCR), READ_COMMAND | code, wait)
    taken = [(at(quadspi.SR, WORD), 0, 1), (at(quadspi.DR, BYTE), 0, 1), (at(quadspi.FCR), 2, 1)]
    return [(at(quadspi.DLR), length, 1), command, *taken, (at(quadspi.SR, WORD), 0, 5)]


POLLS = st.builds(poll, st.sampled_from([0, 0, 1, 3]), st.sampled_from(READS), WAITS)
TABLES = st.lists(
    st.one_of(POLLS, POLLS.map(lambda steps: steps * 3), st.lists(STEPS, max_size=5)), max_size=7
).map(lambda parts: [(at(quadspi.CR), 1, 1), *(step for part in parts for step in part)])


@settings(max_examples=50, deadline=None)
@given(TABLES, st.lists(st.integers(1, 30_000), max_size=6), st.booleans())
def test_served_commands_show_in_nothing(
    steps: list[Step], slices: list[int], interpret: bool
) -> None:
    """Whoever sends them, however the run is cut, saved and restored."""
    outcomes = []
    for served, cuts in ((False, []), (True, []), (True, slices)):
        polling = Polling(steps, served, interpret)
        core, end = polling.guest.core, 100_000
        for cut in cuts:
            core.run(min(core.now + cut, end))
            core.restore(core.save())
        core.run(end)
        outcomes.append(polling.outcome())
        core.close()
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]


def test_polling_the_status_needs_no_model() -> None:
    polling = Polling([(at(quadspi.CR), 1, 1), *(poll(0, mx25r.READ_STATUS, 60) * 9)], True)
    core = polling.guest.core
    core.run(100_000)
    assert polling.guest.log[:2] == [quadspi.SR.BUSY | 2 | 4 | 1 << 8, 0]
    # The settings, and the first command, which the model has to see.
    assert core.peripheral_map._bindings[id(polling.quadspi)].record.python_accesses <= 4
