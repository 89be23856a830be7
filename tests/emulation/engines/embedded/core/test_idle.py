"""Loops that only wait are counted instead of executed, and nothing shows it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.registers import Register
from tests.emulation.engines.embedded.guest import RAM, Guest

BLOCK = 0x4001_0000

TICK = """
systick:
    load r0, 0x20001000
    ldr r1, [r0]
    add r1, #1
    str r1, [r0]
    log_register r1
    bx lr
"""
START = """
reset:
    put SYST_RVR, 39999
    put SYST_CVR, 0
    put SYST_CSR, 7
    load r4, 0x20001000
"""
SPIN_IN_REGISTERS = f"{START}\n1: b 1b\n{TICK}"
IDLE_TASK = f"""{START}
1:  bl 2f
    ldr r0, [r4, #8]
    cmp r0, #0
    bne 1b
    b 1b
2:  push {{r4, lr}}
    ldr r1, [r4]
    str r1, [r4, #4]
    pop {{r4, pc}}
{TICK}"""
DELAY = f"""{START}
1:  ldr r5, [r4]
2:  bl 3f
    sub r0, r5
    cmp r0, #3
    blo 2b
    log 0x33
    b 1b
3:  ldr r0, [r4]
    bx lr
{TICK}"""
COUNT_IN_REGISTER = f"""{START}
1:  add r7, #1
    b 1b
{TICK}"""
COUNT_IN_MEMORY = f"""{START}
1:  ldr r0, [r4, #16]
    add r0, #1
    str r0, [r4, #16]
    mov r0, #0
    b 1b
{TICK}"""
COUNT_DOWN = f"""{START}
1:  mov r0, #2000
    str r0, [r4, #16]
    b 3f
2:  ldr r3, [r4, #16]
    subs r3, #1
    str r3, [r4, #16]
3:  ldr r3, [r4, #16]
    cmp r3, #0
    bne 2b
    add r6, #1
    b 1b
{TICK}"""
COUNT_UP_TO_LIMIT = f"""{START}
1:  mov r0, #0
    mov r1, #3000
2:  add.w r0, r0, #3
    cmp r0, r1
    blt 2b
    add r6, r0
    b 1b
{TICK}"""
WALK = f"""{START}
1:  add r2, r4, #0x100
    mov r1, #500
2:  ldr r0, [r2]
    add r7, r0
    add r2, #4
    subs r1, #1
    bne 2b
    b 1b
{TICK}"""
COUNT_IN_FPU = f"""
reset:
    put CPACR, 0x00F00000
    isb
    vmov.f32 s1, #1.0
{START.replace("reset:", "")}
1:  vadd.f32 s0, s0, s1
    b 1b
{TICK}"""
ALTERNATE = f"""{START}
1:  ldr r0, [r4, #16]
    eor r0, #1
    str r0, [r4, #16]
    cbz r0, 2f
    mov r0, #0
    nop
2:  b 1b
{TICK}"""
POLL_PLAIN = f"""{START}
    load r5, {BLOCK}
1:  ldr r0, [r5]
    cmp r0, #0
    beq 1b
    log_register r0
    str r1, [r5, #8]
    b 1b
{TICK}"""
POLL_CALLED = POLL_PLAIN.replace("ldr r0, [r5]", "ldr r0, [r5, #4]")
WRITE_PLAIN = f"""{START}
    load r5, {BLOCK}
1:  ldr r0, [r5, #12]
    add r0, #1
    str r0, [r5, #12]
    mov r0, #0
    b 1b
{TICK}"""
READ_COUNTER = f"""{START}
    load r5, SYST_CVR
1:  ldr r0, [r5]
    cmp r0, #100
    ite lo
    addlo r7, #1
    movhs r0, #0
    mov r0, #0
    b 1b
{TICK}"""
CRITICAL = f"""{START}
    load r6, ICSR
1:  bl 2f
    ldr r0, [r4, #8]
    bl 3f
    cpsid i
    cmp r0, #0
    cpsie i
    beq 1b
    b 1b
2:  mov r1, #0x20
    msr basepri, r1
    ldr r2, [r4, #12]
    add r2, #1
    str r2, [r4, #12]
    ldr r3, [r6]
    tst r3, #255
    bne .
    bx lr
3:  ldr r2, [r4, #12]
    sub r2, #1
    str r2, [r4, #12]
    msr basepri, r2
    bx lr
{TICK}"""
GUESTS = {
    name: value for name, value in globals().items() if name.isupper() and "systick:" in str(value)
}
del GUESTS["TICK"]
COUNTING = {"COUNT_IN_REGISTER", "COUNT_IN_MEMORY", "COUNT_DOWN", "COUNT_UP_TO_LIMIT"}
WAITING = {"SPIN_IN_REGISTERS", "IDLE_TASK", "DELAY", "POLL_PLAIN", "CRITICAL"} | COUNTING


class Flags:
    """A status register set by events, plain and through the model."""

    SIZE = 0x400
    REGISTERS = [
        Register("PLAIN", 0),
        Register("CALLED", 4, on_read="called"),
        Register("CLEAR", 8, on_write="clear"),
        Register("FREE", 12),
    ]

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.registers = RegisterFile(self)
        self.read, self.write = self.registers.read, self.registers.write
        self.reads = 0
        guest.core.clock.schedule(123_456, self.set)

    def set(self) -> None:
        self.registers["PLAIN"] = 0x77
        self.guest.core.clock.schedule(234_567, self.set)

    def called(self) -> int:
        self.reads += 1
        return self.registers["PLAIN"]

    def clear(self, value: int, old: int) -> None:
        self.registers["PLAIN"] = 0

    def reset(self) -> None:
        self.registers.reset()


def start(source: str, skip_waiting: bool) -> tuple[Guest, Flags]:
    guest = Guest(source, skip_waiting=skip_waiting)
    flags = Flags(guest)
    guest.core.map_peripheral(BLOCK, 0x400, flags)
    return guest, flags


def state(guest: Guest, flags: Flags) -> tuple[object, ...]:
    registers = [guest.register(f"r{i}") for i in range(16)]
    return (
        guest.log,
        guest.rig.times,
        guest.core.instructions,
        registers,
        guest.register("xpsr"),
        guest.register("d0"),
        guest.core.bus.read_bytes(RAM, 0x10000),
        list(flags.registers.values),
        flags.reads,
    )


@pytest.mark.parametrize("name", GUESTS)
def test_skipping_shows_in_nothing(name: str) -> None:
    executed, skipped = start(GUESTS[name], False), start(GUESTS[name], True)
    for end in (100_000, 100_001, 1_000_000, 1_234_567, 5_000_000):
        executed[0].core.run(end)
        skipped[0].core.run(end)
        assert state(*skipped) == state(*executed)
    assert len(skipped[0].log) >= 9
    assert executed[0].core.iterations_skipped == 0
    if name != "ALTERNATE":  # two iterations make a period: found only if a probe meets one half
        assert (skipped[0].core.iterations_skipped > 1000) == (name in WAITING)


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(sorted(WAITING)), ends=st.lists(st.integers(1, 3_000_000), max_size=30))
def test_pauses_do_not_matter_to_skipping(name: str, ends: list[int]) -> None:
    executed, skipped = start(GUESTS[name], False), start(GUESTS[name], True)
    for end in sorted(ends):
        skipped[0].core.run(end)
    executed[0].core.run(3_000_000)
    skipped[0].core.run(3_000_000)
    assert state(*skipped) == state(*executed)


def test_hook_in_a_waiting_loop_is_called_for_every_iteration() -> None:
    calls = []
    for skip_waiting in (False, True):
        guest, _ = start(DELAY, skip_waiting)
        count: list[int] = []
        guest.core.run(10_000)
        guest.core.debug.add_hook(
            guest.core.read_register("pc"), lambda count=count: count.append(1)
        )
        guest.core.run(1_000_000)
        calls.append(len(count))
    assert calls[0] == calls[1] > 100


def test_interrupt_that_is_masked_ends_skipping_at_its_time() -> None:
    source = """
reset:
    put ISER0, 1
    cpsid i
    load r5, ISPR0
1:  ldr r0, [r5]
    cmp r0, #0
    beq 1b
    log 1
    b .
"""
    times = []
    for skip_waiting in (False, True):
        guest = Guest(source, skip_waiting=skip_waiting)
        guest.core.clock.schedule(500_000, lambda g=guest: g.core.nvic.on_gpio(0, True))
        times.append(guest.run(1000).rig.times)
    assert times[0] == times[1] != []


def test_loop_that_lifts_a_mask_lets_out_what_waits_behind_it() -> None:
    source = """
reset:
    put IPR0, 0x40
    put ISER0, 1
    mov r7, #0
1:  mov r1, #0x20
    msr basepri, r1
    mrs r2, basepri
    mov r1, #0
    msr basepri, r1
    b 1b
irq0:
    put LOWER, 0
    log 1
    bx lr
"""
    times = []
    for skip_waiting in (False, True):
        guest = Guest(source, skip_waiting=skip_waiting)
        for time in range(100_000, 900_000, 7_013):
            guest.core.clock.schedule(time, lambda g=guest: g.core.nvic.on_gpio(0, True))
        times.append(guest.run(1000).rig.times)
        assert (guest.core.iterations_skipped > 100) == skip_waiting
    assert times[0] == times[1]
    assert len(times[0]) == len(range(100_000, 900_000, 7_013))


@pytest.mark.parametrize(
    ("mask", "unmask"),
    [
        ("cpsid i", "cpsie i"),
        ("cpsid f", "cpsie f"),
        ("mov r0, #0x10\n msr basepri, r0", "mov r0, #0\n msr basepri, r0"),
    ],
    ids=["PRIMASK", "FAULTMASK", "BASEPRI"],
)
@pytest.mark.parametrize("interpret", [True, False])
def test_masked_interrupt_is_taken_right_behind_the_unmasking(
    mask: str, unmask: str, interpret: bool
) -> None:
    """While it is held back, loops are skipped as if nothing were pending."""
    source = f"""
reset:
    put SHPR3, 0x80800000
    put SYST_RVR, 999
    put SYST_CVR, 0
    put SYST_CSR, 7
    mov r7, #100
1:  {mask}
    load r5, 20000
2:  subs r5, #1
    bne 2b
    log 1
    {unmask}
    add r7, #1
    log 2
    b 1b
systick:
    log_register r7
    bx lr
"""
    guest = Guest(source, interpret=interpret).run(3000)
    # Behind each 1 comes the handler, before r7 counts on.
    assert guest.log[:9] == [1, 100, 2, 1, 101, 2, 1, 102, 2]
    assert guest.core.iterations_skipped > 10_000


def test_masked_interrupt_does_not_slow_a_loop_down() -> None:
    guest = Guest("reset:\n    cpsid i\n    put ISER0, 1\n    put ISPR0, 1\n    b .\n")
    guest.run(10_000)
    assert guest.core._shared.runs < 100
    assert guest.core.iterations_skipped > 700_000
