"""Hooks, breakpoints, single steps and registers by name."""

from __future__ import annotations

from typing import Any

import pytest

from renode_wifi.emulation.engines.embedded import CoreError
from renode_wifi.emulation.platform.core import Access, Stop, Watchpoint
from renode_wifi.emulation.platform.state.decoder import Decoder
from renode_wifi.emulation.platform.state.encoder import Encoder
from renode_wifi.emulation.platform.state.trust import Known
from tests.emulation.engines.embedded.guest import FLASH, RAM, Guest

CALLS = """
reset:
    mov r4, #0
1:  mov r0, r4
    bl function
    add r4, #1
    cmp r4, #5
    bne 1b
    log_register r5
    b .
    .align 2
function:
    nop
    add r5, r0
    bx lr
"""


def function_of(guest: Guest) -> int:
    """Where the instructions NOP, ADD r5, r0 are."""
    return FLASH + guest.code.rindex(b"\x00\xbf\x05\x44")


def test_hook_sees_registers_at_a_functions_entry() -> None:
    guest = Guest(CALLS)
    seen: list[int] = []
    guest.core.debug.add_hook(function_of(guest) | 1, lambda: seen.append(guest.register("r0")))
    assert guest.run().log == [10]
    assert seen == [0, 1, 2, 3, 4]


def test_hook_takes_no_time() -> None:
    plain, hooked = Guest(CALLS).run(), Guest(CALLS)
    hooked.core.debug.add_hook(function_of(hooked), lambda: None)
    hooked.run()
    assert hooked.rig.times == plain.rig.times


def test_hooks_can_be_several_and_be_removed() -> None:
    guest = Guest(CALLS)
    seen: list[str] = []
    address = function_of(guest)

    def once() -> None:
        seen.append("once")
        guest.core.debug.remove_hook(address, once)

    guest.core.debug.add_hook(address, once)
    guest.core.debug.add_hook(address, lambda: seen.append("each"))
    guest.run()
    assert seen == ["once", *["each"] * 5]


def test_hook_on_code_that_has_run_before() -> None:
    guest = Guest(CALLS.replace("b .", "b reset"))
    guest.run()
    seen: list[int] = []
    guest.core.debug.add_hook(function_of(guest), lambda: seen.append(1))
    guest.run()
    assert len(seen) > 5


def test_stop_in_a_hook_stops_before_the_function() -> None:
    guest = Guest(CALLS)
    seen: list[int] = []

    def stop() -> None:
        seen.append(guest.register("r0"))
        guest.core.request_stop()

    guest.core.debug.add_hook(function_of(guest), stop)
    for i in range(5):
        assert guest.core.run(10**6) is Stop.REQUEST
        assert guest.register("pc") == function_of(guest)
        assert guest.register("r5") == sum(range(i))
    assert guest.core.run(10**6) is Stop.TIME
    assert seen == [0, 1, 2, 3, 4]
    assert guest.log == [10]


def test_exception_of_a_hook_comes_out_of_the_run() -> None:
    guest = Guest(CALLS)

    def fail() -> None:
        raise RuntimeError("hook")

    guest.core.debug.add_hook(function_of(guest), fail)
    with pytest.raises(RuntimeError, match="hook"):
        guest.run()
    guest.core.debug.remove_hook(function_of(guest), fail)
    assert guest.run().log == [10]


@pytest.mark.parametrize("offset", [0, 2], ids=["block start", "mid-block"])
def test_breakpoint_stops_before_its_instruction(offset: int) -> None:
    guest = Guest(CALLS)
    address = function_of(guest) + offset
    guest.core.debug.add_breakpoint(address)
    for i in range(5):
        assert guest.core.run(10**6) is Stop.BREAKPOINT
        assert guest.register("pc") == address
        assert guest.register("r0") == i
        assert guest.register("r5") == sum(range(i))
    assert guest.core.run(10**6) is Stop.TIME
    assert guest.log == [10]


def test_breakpoint_does_not_change_time() -> None:
    plain, broken = Guest(CALLS).run(), Guest(CALLS)
    broken.core.debug.add_breakpoint(function_of(broken) + 2)
    while broken.core.run(100_000) is Stop.BREAKPOINT:
        pass
    assert broken.rig.times == plain.rig.times
    assert broken.core.instructions == plain.core.instructions


def test_breakpoint_and_hook_at_one_address() -> None:
    guest = Guest(CALLS)
    address = function_of(guest)
    seen: list[int] = []
    guest.core.debug.add_hook(address, lambda: seen.append(1))
    guest.core.debug.add_breakpoint(address)
    guest.core.debug.add_breakpoint(address)
    stops = 0
    while guest.core.run(10**6) is Stop.BREAKPOINT:
        stops += 1
    assert (stops, len(seen)) == (5, 5)


def test_removed_breakpoint_does_not_stop() -> None:
    guest = Guest(CALLS)
    guest.core.debug.add_breakpoint(function_of(guest))
    assert guest.core.run(10**6) is Stop.BREAKPOINT
    guest.core.debug.remove_breakpoint(function_of(guest))
    assert guest.core.run(10**6) is Stop.TIME
    assert guest.log == [10]


def test_steps_execute_one_instruction_each() -> None:
    guest = Guest("reset:\n mov r0, #1\n add r0, #1\n svc #0\n mov r2, #9\n b .\nsvc:\n bx lr\n")
    start = guest.register("pc")
    places = []
    for _ in range(5):
        before = guest.core.instructions
        assert guest.core.step() is Stop.BREAKPOINT
        assert guest.core.instructions == before + 1
        places.append(guest.register("pc") - start)
    assert places[:2] == [4, 8]
    assert guest.register("r0") == 2
    assert places[2] != 10  # in the handler
    assert places[3] == 10  # and back
    assert guest.register("r2") == 9


def test_breakpoint_instruction_halts_for_a_debugger() -> None:
    guest = Guest("reset:\n bkpt #0\n log 1\n b .\n")
    guest.core.debug.attached = True
    assert guest.core.debug.attached
    assert guest.core.run(10**6) is Stop.BREAKPOINT
    assert guest.faults == []
    guest.core.write_register("pc", guest.register("pc") + 2)
    assert guest.run().log == [1]


def test_registers_are_read_and_written_by_name() -> None:
    guest = Guest("reset:\n wfi\n b .\n").run()
    values = {"r3": 33, "R12": 12, "lr": 5, "msp": RAM, "psp": RAM + 64, "primask": 1}
    values |= {"basepri": 0x40, "d3": 1 << 62, "fpscr": 1 << 28}
    for name, value in values.items():
        guest.core.write_register(name, value)
        assert guest.register(name) == value
    assert guest.register("sp") == RAM
    assert guest.register("r13") == RAM
    guest.core.write_register("r15", FLASH | 1)
    assert guest.register("pc") == FLASH
    with pytest.raises(CoreError, match="r16"):
        guest.register("r16")


def test_special_registers_are_reachable_while_the_thread_is_unprivileged() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x4000}
    msr psp, r0
    mov r0, #3
    msr control, r0
    isb
    b .
"""
    guest = Guest(source).run()
    assert guest.register("psp") == guest.register("sp") == RAM + 0x4000
    assert guest.register("msp") == 0x2000_8000
    assert guest.register("control") == 3
    assert guest.register("xpsr") & 0x1FF == 0
    guest.core.write_register("msp", RAM)
    assert guest.register("msp") == RAM
    assert guest.register("sp") == RAM + 0x4000


def test_closed_engine_keeps_its_time_and_ignores_its_inputs() -> None:
    guest = Guest("reset:\n b .\n").run()
    time, cycles = guest.core.now, guest.core.instructions
    guest.core.close()
    guest.core.close()
    guest.core.nvic.on_gpio(1, True)
    guest.core.nvic.pend(1)
    assert (guest.core.now, guest.core.instructions) == (time, cycles)
    assert guest.core.clock.now == time


def test_run_within_a_run_is_refused() -> None:
    guest = Guest("reset:\n put 0x40000018, 0\n b .\n")
    guest.rig.actions[0] = lambda: guest.core.run(10**9)
    with pytest.raises(CoreError, match="runs already"):
        guest.run()


@pytest.mark.parametrize(("irqs", "bits"), [(0, 4), (241, 4), (10, 0), (10, 9)])
def test_impossible_interrupt_controllers_are_refused(irqs: int, bits: int) -> None:
    from renode_wifi.emulation.engines.embedded import Core

    with pytest.raises(CoreError):
        Core(irq_count=irqs, priority_bits=bits)


def test_priority_mask_can_be_set_later() -> None:
    source = "reset:\n put IPR0, 0xFFFFFFFF\n log_word IPR0\n b .\n"
    guest = Guest(source)
    guest.core.set_priority_mask(0xC0)
    assert guest.run().log == [0xC0C0C0C0]


def test_interrupt_can_be_pended_by_the_host() -> None:
    guest = Guest("reset:\n put ISER0, 4\n1: wfi\n b 1b\nirq2:\n log 1\n bx lr\n").run()
    guest.core.nvic.pend(2)
    assert guest.run().log == [1]


@pytest.mark.parametrize("damage", ["format", "size", "core", "memories", "time", "cycles"])
def test_foreign_snapshots_are_refused(damage: str) -> None:
    guest = Guest("reset:\n b .\n").run()
    state: Any = Decoder(memoryview(guest.core.save()), Known()).decode()
    size = len(state["core"])
    state |= {
        "format": {"format": 99},
        "size": {"core": b""},
        "core": {"core": b"\xff" * size},
        "memories": {"memories": {}},
        "time": {"time": (0, 0, 0)},
        "cycles": {"cycles": -1},
    }[damage]
    before = guest.core.save()
    with pytest.raises(CoreError, match="snapshot"):
        guest.core.restore(Encoder(Known()).encode(state))
    assert guest.core.save() == before


def test_snapshot_brings_back_code_in_ram_and_flash() -> None:
    source = f"""
reset:
    put {RAM + 0x2000}, 0x47702001
1:  load r4, {RAM + 0x2001}
    blx r4
    log_register r0
    wfi
    b 1b
"""
    guest = Guest(source).run()
    state = guest.core.save()
    guest.core.bus.write(RAM + 0x2000, 7, 1)
    guest.core.write_register("pc", FLASH + guest.code.rindex(b"\x30\xbf") + 2)
    guest.run()
    guest.core.restore(state)
    guest.core.write_register("pc", FLASH + guest.code.rindex(b"\x30\xbf") + 2)
    assert guest.run().log == [1, 7, 1]


def test_snapshot_of_an_unprivileged_thread_and_of_a_handler() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x4000}
    msr psp, r0
    mov r0, #0x20
    msr basepri, r0
    mov r0, #3
    msr control, r0
    isb
    mov r1, #11
    b 1f
1:  b 2f
2:  svc #0
    log_register r1
    b .
svc:
    b 3f
3:  mrs r2, psp
    log_register r2
    log_register lr
    bx lr
"""
    reference = Guest(source).run()
    whole = reference.log
    for steps in range(4, 40):
        guest, fresh = Guest(source), Guest(source)
        for _ in range(steps):
            guest.core.step()
        fresh.core.restore(guest.core.save())
        fresh.log[:] = guest.log
        fresh.run()
        assert fresh.log == whole
        names = ["r1", "sp", "msp", "psp", "control", "basepri"]
        assert [fresh.register(n) for n in names] == [reference.register(n) for n in names]


WRITES = f"""
reset:
    load r1, {RAM + 0x100}
    mov r0, #7
    mov r4, #0
1:  add r4, #1
    str r4, [r1]
    ldrb r5, [r1, #1]
    strh r0, [r1, #8]
    cmp r4, #3
    bne 1b
    log_register r4
    b .
"""


def stops(guest: Guest) -> list[tuple[int, bool, int]]:
    """What was watched, up to the program's end: address, is it a store, R4."""
    found = []
    while guest.core.run(10**6) is Stop.BREAKPOINT:
        assert guest.core.debug.watched is not None
        found.append((*guest.core.debug.watched, guest.register("r4")))
    assert guest.core.debug.watched is None
    return found


@pytest.mark.parametrize(
    ("start", "size", "reads", "writes", "expected"),
    [
        (0x100, 4, False, True, [(0x100, True)]),
        (0x102, 1, False, True, [(0x100, True)]),
        (0x100, 4, True, False, [(0x101, False)]),
        (0x101, 1, True, True, [(0x100, True), (0x101, False)]),
        (0x104, 4, True, True, []),
        (0x0, 0x109, True, True, [(0x100, True), (0x101, False), (0x108, True)]),
        (0xFFF, 0x2, True, True, []),
    ],
)
def test_watchpoint_stops_behind_the_access(
    start: int, size: int, reads: bool, writes: bool, expected: list[tuple[int, bool]]
) -> None:
    guest = Guest(WRITES)
    guest.core.debug.set_watchpoints([Watchpoint(RAM + start, size, reads, writes)])
    assert stops(guest) == [
        (RAM + address, is_write, count) for count in (1, 2, 3) for address, is_write in expected
    ]
    assert guest.log == [3]


def test_watchpoint_on_a_register_of_a_peripheral() -> None:
    guest = Guest("reset:\n log 1\n mov r3, #5\n log 2\n b .\n")
    guest.core.debug.set_watchpoints([Watchpoint(0x4000_0000, 4, False, True)])
    assert guest.core.run(10**6) is Stop.BREAKPOINT
    assert guest.core.debug.watched == (0x4000_0000, True)
    assert (guest.log, guest.register("r3")) == ([1], 0)
    guest.core.debug.set_watchpoints([])
    assert guest.run().log == [1, 2]


def test_watchpoints_do_not_change_time() -> None:
    plain, watched = Guest(WRITES).run(), Guest(WRITES)
    watched.core.debug.set_watchpoints([Watchpoint(RAM + 0x100, 16, True, True)])
    assert len(stops(watched)) == 9
    assert watched.rig.times == plain.rig.times
    watched.core.debug.set_watchpoints([])
    assert watched.core.run(watched.core.now + 10**6) is Stop.TIME


def test_stepping_executes_one_instruction_per_run() -> None:
    guest = Guest(CALLS)
    with guest.core.debug.stepping():
        for count in range(1, 20):
            assert guest.core.run(10**6) is Stop.BREAKPOINT
            assert guest.core.instructions == count
    assert guest.core.run(10**6) is Stop.TIME
    assert guest.log == [10]


def test_steps_over_breakpoints_and_hooks_go_on() -> None:
    guest = Guest(CALLS)
    address, seen = function_of(guest), []
    guest.core.debug.add_breakpoint(address + 2)
    guest.core.debug.add_code_hook(address, lambda: seen.append(guest.register("pc")))
    with guest.core.debug.stepping():
        for count in range(1, 40):
            assert guest.core.run(10**6) is Stop.BREAKPOINT
            assert guest.core.instructions == count
    assert seen == [address] * len(seen)
    assert len(seen) > 3


def test_code_hooks_do_not_end_the_run_and_watch_hooks_see_values() -> None:
    guest = Guest(WRITES)
    places: list[int] = []
    seen: list[Access] = []
    guest.core.debug.add_code_hook(guest.register("pc"), lambda: places.append(1))
    watchpoint = Watchpoint(RAM + 0x100, 16, True, True)
    guest.core.debug.add_watch_hook(watchpoint, seen.append)
    assert guest.core.run(10**6) is Stop.TIME
    assert places == [1]
    one = [
        Access(RAM + 0x100, 1, 4, True),
        Access(RAM + 0x101, 0, 1, False),
        Access(RAM + 0x108, 7, 2, True),
    ]
    assert seen[:3] == one
    assert len(seen) == 9
    guest.core.debug.remove_watch_hook(watchpoint, seen.append)
    assert guest.log == [3]


CONDITIONAL = f"""
reset:
    load r6, {RAM}
    load r4, 0x11223344
    cmp r4, r4
    itttt eq
    addeq r4, #1
    streq r4, [r6]
    ldreq r5, [r6]
    addeq r5, #1
    log_register r5
    b .
"""


def test_steps_and_breakpoints_stop_within_it_blocks() -> None:
    """Before their instruction, with nothing of the rest executed; the run then goes on as ever."""
    plain, guest = Guest(CONDITIONAL).run(), Guest(CONDITIONAL)
    core = guest.core
    first = FLASH + guest.code.index(b"\x01\x34\x34\x60\x35\x68")
    core.debug.add_breakpoint(first + 2)
    assert core.run(core.now + 100_000) is Stop.BREAKPOINT
    stops = [(core.read_register("pc") - first, guest.register("r4"), guest.register("r5"))]
    for _ in range(3):
        assert core.step() is Stop.BREAKPOINT
        stops.append((core.read_register("pc") - first, guest.register("r4"), guest.register("r5")))
    assert stops == [
        (2, 0x11223345, 0),
        (4, 0x11223345, 0),
        (6, 0x11223345, 0x11223345),
        (8, 0x11223345, 0x11223346),
    ]
    guest.run()
    assert (guest.log, guest.rig.times) == (plain.log, plain.rig.times)
