"""Virtual time: cycles, events, frequency changes, stops; and that pauses change nothing."""

from __future__ import annotations

import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded.cpu import SLICE
from renode_wifi.emulation.engines.embedded.timebase import TimeBase
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.peripherals.base.clock import VirtualClock
from tests.emulation.engines.embedded.guest import FLASH, Guest

COUNT = """
reset:
    mov r0, #0
1:  add r0, #1
    b 1b
"""


@given(
    st.integers(1, 200_000_000),
    st.integers(0, 10**15),
    st.integers(0, 10**15),
    st.integers(0, 10**12),
)
def test_cycles_and_time_convert_without_loss(
    frequency: int, cycles: int, time: int, later: int
) -> None:
    base = TimeBase(frequency, cycles, time)
    cycle = base.cycles_at(time + later)
    assert base.time_at(cycle) >= time + later
    assert cycle == cycles or base.time_at(cycle - 1) < time + later


def test_one_instruction_takes_one_cycle() -> None:
    guest = Guest(COUNT, cpu_frequency=1_000_000)
    guest.core.run(1_000_000)
    assert guest.core.instructions == pytest.approx(1000, abs=2)
    assert guest.register("r0") == pytest.approx(500, abs=2)
    assert guest.core.now >= 1_000_000


def test_every_run_makes_progress() -> None:
    guest = Guest(COUNT)
    for _ in range(10):
        before = guest.core.instructions
        guest.core.run(guest.core.now + 1)
        assert guest.core.instructions > before


def test_events_run_in_order_at_their_time() -> None:
    guest = Guest(COUNT)
    clock = guest.core.clock
    seen: list[tuple[str, int]] = []

    def note(name: str) -> None:
        seen.append((name, guest.core.now))
        if name == "first":
            clock.schedule(1000, lambda: note("nested"))

    clock.schedule(5000, lambda: note("second"))
    clock.schedule(2000, lambda: note("first"))
    clock.schedule(5000, lambda: note("third"))
    clock.schedule(4000, lambda: note("cancelled")).cancel()
    guest.core.run(10_000)
    assert [name for name, _ in seen] == ["first", "nested", "second", "third"]
    assert [time for _, time in seen] == [2000, 3000, 5000, 5000]


def test_event_scheduled_by_a_device_shortens_the_run_under_way() -> None:
    source = """
reset:
    put ISER0, 2
    put 0x40000018, 0
    mov r0, #0
1:  add r0, #1
    b 1b
irq1:
    put LOWER, 1
    log_register r0
    bx lr
"""
    guest = Guest(source)

    def arm() -> None:
        guest.core.clock.schedule(10_000, fire)

    def fire() -> None:
        guest.core.nvic.on_gpio(1, True)

    guest.rig.actions[0] = arm
    guest.core.clock.schedule(50_000, lambda: None)
    guest.run(1000)
    assert guest.log[0] == pytest.approx(400, abs=3)  # 800 cycles of two-instruction loops


def test_sleeping_core_jumps_to_the_event() -> None:
    guest = Guest("reset:\n put ISER0, 1\n1: wfi\n b 1b\nirq0:\n put LOWER, 0\n log 1\n bx lr\n")
    guest.core.clock.schedule(10**9, lambda: guest.core.nvic.on_gpio(0, True))
    assert guest.core.run(2 * 10**9) is Stop.TIME
    assert guest.log == [1]
    assert guest.rig.times[0] == pytest.approx(10**9, abs=500)
    assert guest.core.now == 2 * 10**9


def test_frequency_change_keeps_time_continuous_and_events_in_place() -> None:
    source = """
reset:
    put SYST_RVR, 3999
    put SYST_CVR, 0
    put SYST_CSR, 7
    put 0x40000018, 0
1:  wfi
    b 1b
systick:
    log 1
    bx lr
"""
    guest = Guest(source, cpu_frequency=4_000_000)
    core = guest.core
    seen: list[int] = []
    core.clock.schedule(10_500_000, lambda: seen.append(core.now))
    core.clock.schedule(5_000_000, lambda: core.set_frequency(80_000_000))
    before: list[int] = []

    def change() -> None:
        before.append(core.now)
        core.set_frequency(4_000_001)
        before.append(core.now)

    guest.rig.actions[0] = change
    core.run(10_000_000)
    assert core.cpu_frequency == 80_000_000
    assert before[0] == before[1]
    first = [t for t in guest.rig.times if t < 5_000_000]
    later = [t for t in guest.rig.times if t > 5_100_000]
    assert first[1] - first[0] == pytest.approx(1_000_000, abs=1000)  # 4000 cycles at 4 MHz
    assert later[1] - later[0] == 50_000  # and at 80 MHz
    core.run(11_000_000)
    assert seen[0] == pytest.approx(10_500_000, abs=13)  # a cycle


def test_frequency_change_during_a_run_keeps_its_end() -> None:
    guest = Guest("reset:\n put 0x40000018, 0\n1: b 1b\n", cpu_frequency=1_000_000)
    guest.rig.actions[0] = lambda: guest.core.set_frequency(100_000_000)
    assert guest.core.run(1_000_000) is Stop.TIME
    assert guest.core.now == pytest.approx(1_000_000, abs=100)


def test_another_clock_takes_over() -> None:
    guest = Guest(COUNT)
    old, new = guest.core.clock, VirtualClock()
    guest.core.run(1000)
    guest.core.clock = new
    assert new.now == guest.core.now
    assert old.source is None
    seen: list[int] = []
    new.schedule(1000, lambda: seen.append(1))
    guest.core.run(5000)
    assert seen == [1]


def test_stop_request_from_a_signal_handler_ends_the_run() -> None:
    guest = Guest(COUNT)
    previous = signal.signal(signal.SIGALRM, lambda *_: guest.core.request_stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        assert guest.core.run(10**15) is Stop.REQUEST
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert guest.core.now < 10**15


# Writes to it make the core translate all code anew, thousands of times slower than other stores.
SLOW = "reset:\n load r0, CPACR\n movs r1, 0\n1: str r1, [r0]\n b 1b\n"


def test_a_signal_is_heeded_within_a_slice_that_the_guest_makes_slow() -> None:
    guest = Guest(SLOW)
    seen: list[int] = []

    def on_alarm(*_: object) -> None:
        seen.append(guest.core.instructions)
        guest.core.request_stop()

    previous = signal.signal(signal.SIGALRM, on_alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert guest.core.run(10**15) is Stop.REQUEST
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert seen[0] < SLICE


def test_returning_by_wall_time_changes_nothing_for_the_guest() -> None:
    # No call of the core lasts a period of the watchdog where nothing is slow.
    once, sliced = Guest(SLOW), Guest(SLOW)
    assert once.core.run(100_000) is Stop.TIME
    for end in range(100, 100_001, 100):
        assert sliced.core.run(end) is Stop.TIME
    assert once.core.instructions == sliced.core.instructions
    assert once.core.save() == sliced.core.save()


def test_stop_request_from_another_thread_ends_the_run() -> None:
    guest = Guest(COUNT)
    running = threading.Event()
    guest.core.clock.schedule(1000, running.set)

    def stop() -> None:
        running.wait()
        guest.core.request_stop()

    thread = threading.Thread(target=stop)
    thread.start()
    assert guest.core.run(10**15) is Stop.REQUEST
    thread.join()


def test_keyboard_interrupt_is_seen_during_a_run() -> None:
    # Run before: an interrupt in a measurement of coverage that meets a file for the first time
    # would leave it locked.
    guest = Guest(COUNT).run()
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(KeyboardInterrupt):
            guest.core.run(10**15)
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_stop_request_before_the_run_is_kept() -> None:
    guest = Guest(COUNT)
    guest.core.request_stop()
    assert guest.core.run(1000) is Stop.REQUEST
    assert guest.core.run(1000) is Stop.TIME


def test_reset_request_comes_out_of_the_run() -> None:
    guest = Guest(COUNT)
    guest.core.clock.schedule(1000, guest.core.request_reset)
    assert guest.core.run(10_000) is None
    guest.core.reset()
    assert guest.core.run(10_000) is Stop.TIME


@pytest.mark.parametrize("cut", [0, 1900, 2100, 2500])
def test_an_event_that_a_device_cancels_moves_no_time(cut: int) -> None:
    """A block that would cross an event begins at its time: at that of a cancelled one no more."""
    source = """
reset:
    put 0x40000018, 0
    b 1f
1:  add r0, #1
    add r0, #1
    add r0, #1
    add r0, #1
    add r0, #1
    b 1b
"""
    ends = []
    for delay in (3001, 10**9):
        guest = Guest(source)
        event = guest.core.clock.schedule(delay, guest.core.request_stop)
        guest.rig.actions[0] = event.cancel
        guest.core.run(cut)
        guest.core.run(100_000)
        ends.append((guest.core.now, guest.register("r0")))
    assert ends[0] == ends[1]


def test_the_next_event_is_the_one_behind_a_cancelled_one() -> None:
    clock = VirtualClock()
    seen: list[int | None] = []
    clock.listener = seen.append
    later, first = (clock.schedule(delay, clock.run_due) for delay in (2000, 1000))
    first.cancel()
    first.cancel()
    later.cancel()
    assert seen == [2000, 1000, 2000, None]


LOOP_FROM_ITS_SECOND_INSTRUCTION = """
reset:
    mov r0, #100
    load r4, {address} + 3
    blx r4
    log 1
    b .
"""


def test_code_at_address_0_takes_time() -> None:
    loop = bytes.fromhex("0138 fdd1 7047")  # subs r0, #1; bne back; bx lr
    times = []
    for address in (0, 0x2000_1000):
        guest = Guest(LOOP_FROM_ITS_SECOND_INSTRUCTION.format(address=address))
        guest.core.bus.write_bytes(address or FLASH, loop)
        times.append(guest.run().rig.times)
    assert times[0] == times[1] != []
