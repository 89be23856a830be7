"""Pauses, steps, breakpoints and snapshots anywhere leave the run as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.platform.core import Watchpoint
from renode_wifi.peripherals.base.clock import VirtualClock
from tests.emulation.engines.embedded.guest import Guest

# A guest with everything that moves: SysTick, PendSV switching tasks that use the FPU, an interrupt
# with a level, WFI with and without masks, SVC within IT blocks, exclusive accesses, div traps.
BUSY = """
    .equ STACKS, 0x20006000
reset:
    put CPACR, 0x00F00000
    put SHPR3, 0xE0F00000
    put IPR0, 0x00008040
    put ISER0, 7
    load r9, 0x20004000
    load r8, STACKS - 0x44
    str r8, [r9]
    load r0, 0xFFFFFFFD
    str r0, [r8, #0x20]
    adr r0, second_task
    str r0, [r8, #0x24 + 24]
    load r0, 0x01000000
    str r0, [r8, #0x24 + 28]
    load r0, 0x20005000
    msr psp, r0
    mov r0, #2
    msr control, r0
    isb
    put SYST_RVR, 7000
    put SYST_CVR, 0
    put SYST_CSR, 7
    mov r7, #0
1:  vmov s1, r7
    vcvt.f32.u32 s2, s1
    vmla.f32 s16, s2, s2
    add r7, #1
    tst r7, #3
    itt eq
    svceq #1
    addeq r6, #1
    tst r7, #7
    bne 2f
    load r5, 0x20004100
3:  ldrex r4, [r5]
    add r4, r7
    strex r3, r4, [r5]
    cmp r3, #0
    bne 3b
2:  tst r7, #31
    bne 1b
    mov r0, #0x60
    msr basepri, r0
    put 0x40000100, 1             @ the device arms its timer
    .rept 30
    add r6, r7
    .endr
    mov r0, #0
    msr basepri, r0
    cpsid i
    wfi
    cpsie i
    b 1b
    .align 2
second_task:
    vmov.f32 s16, #2.0
1:  vadd.f32 s17, s16, s16
    vmov r0, s17
    eor r6, r0
    add r6, #3
    load r1, 200
2:  subs r1, #1
    bne 2b
    load r1, 0x20004200           @ wait for the next tick
    ldr r2, [r1]
3:  push {r1, r2, lr}
    ldr r0, [r1]
    pop {r1, r2, lr}
    cmp r0, r2
    beq 3b
    put ICSR, 1 << 28
    b 1b
svc:
    ldr r0, [sp, #24]
    put 0x40000104, 1
    bx lr
systick:
    log_word SYST_CVR
    load r0, 0x20004200
    ldr r1, [r0]
    add r1, #1
    str r1, [r0]
    put ICSR, 1 << 28
    bx lr
irq0:
    put 0x40000108, 1             @ lowers the line
    log 0x100
    log_register lr
    bx lr
irq1:
    log 0x101
    put ICSR, 1 << 28
    bx lr
pendsv:
    mrs r0, psp
    tst lr, #0x10
    it eq
    vstmdbeq r0!, {s16-s31}
    stmdb r0!, {r4-r11, lr}
    load r9, 0x20004000
    ldr r1, [r9]
    str r0, [r9]
    ldmia r1!, {r4-r11, lr}
    tst lr, #0x10
    it eq
    vldmiaeq r1!, {s16-s31}
    msr psp, r1
    isb
    bx lr
"""


class Timer:
    """A device whose events can be saved: it raises interrupts a varying time after it is armed."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.count = 0
        self.due: list[tuple[int, str]] = []

    def read(self, offset: int, width: int) -> int:
        return self.count

    def write(self, offset: int, value: int, width: int) -> None:
        self.count += 1
        nvic = self.guest.core.nvic
        if offset == 0x100:
            self.arm(3000 + 1237 * (self.count % 7), "level")
        elif offset == 0x104:
            self.arm(50 * (self.count % 5), "pulse")
        elif offset == 0x108:
            nvic.on_gpio(0, False)

    def arm(self, delay: int, what: str) -> None:
        self.due.append((self.guest.core.now + delay, what))
        self.guest.core.clock.schedule(delay, self.fire)

    def fire(self) -> None:
        now = self.guest.core.now
        for entry in [entry for entry in self.due if entry[0] <= now]:
            self.due.remove(entry)
            if entry[1] == "level":
                self.guest.core.nvic.on_gpio(0, True)
            else:
                self.guest.core.nvic.on_gpio(1, True)
                self.guest.core.nvic.on_gpio(1, False)


def busy_guest(**options: Any) -> Guest:
    guest = Guest(BUSY, **options)
    timer = Timer(guest)
    guest.core.map_peripheral(0x4000_0400, 0x400, timer)
    plain_write = guest.rig.write

    def write(offset: int, value: int, width: int) -> None:
        if offset >= 0x100:
            timer.write(offset, value, width)
        else:
            plain_write(offset, value, width)

    guest.rig.write = write  # type: ignore[method-assign]
    guest.core.map_peripheral(0x4000_0000, 0x400, guest.rig)
    guest.timer = timer  # type: ignore[attr-defined]
    return guest


def fingerprint(guest: Guest) -> tuple[Any, ...]:
    core = guest.core
    names = [*(f"r{i}" for i in range(13)), "lr", "pc", "xpsr", "msp", "psp", "control", "basepri"]
    return (
        tuple(guest.log),
        tuple(guest.rig.times),
        core.instructions,
        tuple(core.read_register(name) for name in names),
        tuple(core.read_register(f"d{i}") for i in range(16)),
        core.bus.read_bytes(0x2000_0000, 0x10000),
    )


END = 2_000_000


@pytest.fixture(scope="module")
def reference() -> tuple[Any, ...]:
    guest = busy_guest()
    guest.core.run(END)
    assert not guest.faults
    assert {0x100, 0x101} < set(guest.log)
    assert len(guest.log) > 70
    return fingerprint(guest)


@pytest.mark.parametrize("skip_waiting", [True, False])
def test_two_runs_are_alike(reference: tuple[Any, ...], skip_waiting: bool) -> None:
    guest = busy_guest(skip_waiting=skip_waiting)
    guest.core.run(END)
    assert fingerprint(guest) == reference


@settings(max_examples=25, deadline=None)
@given(slices=st.lists(st.integers(1, 80_000), min_size=20, max_size=150))
def test_pauses_anywhere_change_nothing(reference: tuple[Any, ...], slices: list[int]) -> None:
    guest = busy_guest()
    for slice_ in slices:
        if guest.core.now + slice_ >= END:
            break
        guest.core.run(guest.core.now + slice_)
    guest.core.run(END)
    assert fingerprint(guest) == reference


@settings(max_examples=10, deadline=None)
@given(stops=st.lists(st.integers(1, 300), min_size=5, max_size=60))
def test_single_steps_and_breakpoints_anywhere_change_nothing(
    reference: tuple[Any, ...], stops: list[int]
) -> None:
    guest = busy_guest()
    core = guest.core
    for stop in stops:
        for _ in range(stop % 4):
            core.step()
        address = core.read_register("pc")
        core.debug.add_breakpoint(address)
        core.run(core.now + 100 * stop)
        core.debug.remove_breakpoint(address)
    core.run(END)
    assert fingerprint(guest) == reference


@settings(max_examples=10, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.integers(0, 0x7FFF), st.integers(1, 64), st.integers(1, 3)),
        min_size=1,
        max_size=8,
    )
)
def test_watchpoints_anywhere_change_nothing(
    reference: tuple[Any, ...], places: list[tuple[int, int, int]]
) -> None:
    guest = busy_guest()
    core = guest.core
    for index, (offset, size, access) in enumerate(places):
        watchpoint = Watchpoint(0x2000_0000 + offset, size, bool(access & 1), bool(access & 2))
        core.debug.set_watchpoints([watchpoint])
        for _ in range(40):
            core.run((index + 1) * END // len(places))
    core.debug.set_watchpoints([])
    core.run(END)
    assert fingerprint(guest) == reference


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(1, 90_000), st.integers(0, 2)), min_size=3, max_size=20))
def test_snapshots_restored_here_or_elsewhere_change_nothing(
    reference: tuple[Any, ...], cuts: list[tuple[int, int]]
) -> None:
    guest = busy_guest()
    for length, action in cuts:
        if guest.core.now + length >= END:
            break
        guest.core.run(guest.core.now + length)
        if action == 0:
            continue
        saved = save(guest)
        if action == 1:  # run on, then back
            guest.core.run(guest.core.now + 30_000)
            load(guest, saved)
        else:  # go on in a fresh core
            guest.core.close()
            guest = busy_guest()
            load(guest, saved)
    guest.core.run(END)
    assert fingerprint(guest) == reference


def save(guest: Guest) -> tuple[Any, ...]:
    timer = guest.timer  # type: ignore[attr-defined]
    return (
        guest.core.save(),
        list(guest.log),
        list(guest.rig.times),
        timer.count,
        list(timer.due),
    )


def load(guest: Guest, saved: tuple[Any, ...]) -> None:
    state, log, times, count, due = saved
    timer = guest.timer  # type: ignore[attr-defined]
    guest.core.restore(state)
    guest.core.clock = VirtualClock()
    guest.log[:], guest.rig.times[:] = log, times
    timer.count, timer.due = count, list(due)
    for time, _ in due:
        guest.core.clock.schedule(time - guest.core.now, timer.fire)
