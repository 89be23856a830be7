"""Update events of timers that the core sets by itself: as if their models did."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.platform.stock.combined_input import CombinedInput
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from tests.emulation.engines.embedded.guest import ENABLE_IRQS, Guest

TIMER = 0x4000_1000
HERTZ = 80_000_000
START = f"""
    .equ CR1, {TIMER}
    .equ DIER, {TIMER + 0x0C}
    .equ SR, {TIMER + 0x10}
    .equ CNT, {TIMER + 0x24}
    .equ ARR, {TIMER + 0x2C}
reset:
    put ARR, 159
    put SR, 0
"""
INTERRUPTED = f"""{START}{ENABLE_IRQS}
    put DIER, 1
    put CR1, 1
1:  wfi
    b 1b
irq5:
    put SR, 0xFFFFFFFE
    log_word CNT
    add r7, #1
    cmp r7, #9
    bne 1f
    put ARR, 799
1:  cmp r7, #12
    itt eq
    ldreq r10, =0x40000018
    streq r7, [r10]
    bx lr
    .ltorg
"""
POLLED = f"""{START}
    put CR1, 1
1:  get r0, SR
    tst r0, #1
    beq 1b
    put SR, 0xFFFFFFFE
    get r0, SR
    log_register r0
    add r7, #1
    tst r7, #7
    bne 1b
    mov r0, #200
2:  subs r0, #1
    bne 2b
    b 1b
"""


class Timed:
    """A guest with a basic timer, and events of the host at its period."""

    def __init__(self, source: str, served: bool, combined: bool, period: int) -> None:
        self.guest = guest = Guest(source, cpu_frequency=HERTZ)
        self.machine = machine = BenchMachine()
        machine.clock = guest.core.clock
        self.timer = STM32_Timer(machine, "timer6", HERTZ)
        line = self.timer.lines["IRQ"]
        self.other = CombinedInput(machine, "other", 2)  # type: ignore[arg-type]
        if combined:
            line.connect(self.other, 1)
            line = self.other.lines["OutputLine"]
        line.connect(guest.core.nvic, 5)
        guest.core.map_peripheral(TIMER, 0x400, self.timer)
        guest.rig.actions[12] = self.share
        if not served:
            for binding in guest.core.peripheral_map._bindings.values():
                binding.ticker = None
        self.period = period
        self.events: list[tuple[int, int, int]] = []
        self.event()

    def share(self) -> None:
        """The other input of the OR goes up and down."""
        self.other.on_gpio(0, True)
        self.other.on_gpio(0, False)

    def event(self) -> None:
        clock, timer = self.machine.clock, self.timer
        status = timer.registers["SR"]
        count = timer.read(0x24, 4) if len(self.events) % 3 == 2 else 0
        self.events.append((clock.now, status, count))
        clock.schedule(self.period, self.event)

    def outcome(self) -> tuple[Any, ...]:
        rig = self.guest.rig
        lines = [self.timer.lines["IRQ"].level, self.other.lines["OutputLine"].level]
        registers = list(self.timer.registers.values)
        return rig.log, rig.times, self.events, lines, registers, list(self.other.levels)


@pytest.mark.parametrize("source", [INTERRUPTED, POLLED])
@pytest.mark.parametrize("combined", [False, True])
@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from([2000, 2000, 1000, 700, 1999, 2001, 50_000]),
    st.lists(st.integers(1, 40_000), max_size=8),
)
def test_served_ticks_show_in_nothing(
    source: str, combined: bool, period: int, slices: list[int]
) -> None:
    """Whoever sets the flag, however the run is cut, whatever else is due at the same cycle."""
    outcomes = []
    for served, cuts in ((False, []), (True, []), (True, slices)):
        timed = Timed(source, served, combined, period)
        core, end = timed.guest.core, 100_000
        for cut in cuts:
            core.run(min(core.now + cut, end))
            core.restore(core.save())
        core.run(end)
        outcomes.append(timed.outcome())
        core.close()
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]


def test_served_ticks_need_no_model() -> None:
    timed = Timed(INTERRUPTED.replace("log_word CNT", "log 1"), True, False, 10**9)
    core = timed.guest.core
    core.run(10_000)
    record = core.peripheral_map._bindings[id(timed.timer)].record
    before = record.python_accesses
    calls = len(timed.guest.log)
    core.run(17_000)
    assert len(timed.guest.log) > calls + 2
    assert record.python_accesses <= before + 1  # a run begins with the model
