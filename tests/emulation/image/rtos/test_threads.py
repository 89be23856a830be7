"""Threads of ThreadX, Zephyr and RTX5, in guests with a kernel's memory and debug information."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.registers import CoreRegister
from renode_wifi.emulation.frontends.gdb.target import DebugTarget
from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.layouts import Layout, Layouts
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.rtos.known import known
from renode_wifi.emulation.image.rtos.threads import Rtos, Thread
from renode_wifi.emulation.image.rtos.view import ImageView

GUESTS = Path(__file__).resolve().parents[4] / "firmware" / "threads"
RAM, SIZE = 0x2000_0000, 0x2000
FRAME = 20 * 4
"""Of a guest's stack, where the exception's frame begins."""
KERNELS = ((1, "_tx_thread_created_ptr"), (2, "_kernel"), (3, "osRtxInfo"))
"""Indices into what `known` returns, and a symbol of each."""


@pytest.fixture(params=["threadx", "zephyr", "rtx5"])
def board(request: pytest.FixtureRequest) -> Iterator[Board]:
    with Board("b_l475e_iot01a", GUESTS / f"{request.param}.elf") as made:
        made.run(0.01)
        yield made


class Guest:
    """Memory of a guest, which a test changes."""

    def __init__(self, name: str) -> None:
        self.image = load_image(GUESTS / f"{name}.elf")
        with Board("b_l475e_iot01a", self.image.path) as board:
            board.run(0.01)
            self.memory = bytearray(board.engine.read_memory(RAM, SIZE))
            self.flash = board.engine.read_memory(0x0800_0000, SIZE)
        self.rtos = self.kernel(self.image.layouts.get)

    def kernel(self, layout: object) -> Rtos:
        assert callable(layout)
        index = next(n for n, kernel in KERNELS if kernel in self.image.symbols)
        data = () if index == 1 else (each for each in self.image.symbols if each.size)
        names = {each.address: each.name for each in data if not each.is_function}
        view = ImageView(
            self.address,
            self.read,
            layout,
            lambda address: names.get(address, ""),
            self.image.layouts.objects,
        )
        return known(view)[index]

    def address(self, name: str) -> int | None:
        return symbol_address([self.image], name)

    def read(self, address: int, length: int) -> bytes:
        for start, data in ((RAM, self.memory), (0x0800_0000, self.flash)):
            if start <= address <= start + len(data) - length:
                return bytes(data[address - start : address - start + length])
        raise RenodeWifiError("nothing is there")

    def put(self, address: int, data: bytes | int) -> None:
        raw = data.to_bytes(4, "little") if isinstance(data, int) else data
        self.memory[address - RAM : address - RAM + len(raw)] = raw

    def member(self, thread: Thread, name: str) -> int:
        threadx = self.image.layouts.get("TX_THREAD_STRUCT")
        layout = threadx or self.image.layouts.get("k_thread") or {}
        return thread.id + layout[f"tx_thread_{name}" if threadx else name]

    def thread(self, name: str) -> Thread:
        return next(thread for thread in self.rtos.threads() if thread.name == name)

    def waits(self, name: str) -> str:
        return self.rtos.wait(self.thread(name)).text

    def states(self) -> dict[str, str]:
        return {thread.name: thread.state for thread in self.rtos.threads()}


@pytest.fixture
def threadx() -> Guest:
    return Guest("threadx")


@pytest.fixture
def zephyr() -> Guest:
    return Guest("zephyr")


@pytest.fixture
def rtx5() -> Guest:
    return Guest("rtx5")


@pytest.fixture
def unlisted() -> Guest:
    """Zephyr without CONFIG_THREAD_MONITOR and CONFIG_THREAD_NAME."""
    return Guest("zephyr_unlisted")


def test_a_report_lists_the_threads_and_what_they_wait_for(board: Board) -> None:
    text = board.whereabouts()
    assert "deadlock: plato waits for socrates waits for plato" in text
    assert "in waits_here (threads.h:" in text
    if "ThreadX" in text:
        assert "waits for mutex left fork, held by plato" in text
        assert "waits to receive from queue jobs (0 of 4)" in text
        assert "stack overflow of task worker" in text
    elif "RTX5" in text:
        assert "waits for mutex left_fork, held by plato" in text
        assert "waits to receive from queue jobs (0 of 4)" in text
        assert "waits for the end of plato" in text
        assert "stack overflow of task worker" in text
    else:
        assert "Tasks of Zephyr" in text
        assert "waits for mutex left_fork, held by plato" in text
        assert "waits for the end of sleeper" in text
        assert "stack overflow of task sleeper" in text
    assert text.count("stack overflow") == 1


def test_a_debugger_sees_the_threads(board: Board) -> None:
    assert isinstance(board.engine, EmbeddedEngine)
    machine = board.engine.machine
    target = DebugTarget(machine, machine.core.debug, board.engine.execute)
    threads = {thread.name: thread for thread in target.threads()}
    assert {"main", "plato", "socrates"} < set(threads)
    assert target.current_thread().name == "main"
    assert target.read_register(CoreRegister("r4"), threads["plato"]) == 0x1234


def test_states_of_threadx(threadx: Guest) -> None:
    assert threadx.states() == {
        "main": "Running, priority 1",
        "plato": "Blocked, priority 2",
        "socrates": "Blocked, priority 3",
        "worker": "Blocked, priority 4",
    }
    place = threadx.member(threadx.thread("worker"), "state")
    for number, state in ((0, "Ready"), (1, "Completed"), (3, "Suspended"), (4, "Sleeping")):
        threadx.put(place, number)
        assert threadx.states()["worker"] == f"{state}, priority 4"
        assert threadx.waits("worker") == ""


def test_without_a_running_thread_threadx_is_idle(threadx: Guest) -> None:
    threadx.put(threadx.address("_tx_thread_current_ptr") or 0, 0)
    idle = threadx.thread("(idle)")
    assert (idle.is_current, threadx.rtos.stack(idle).unused) == (True, None)
    assert threadx.states()["main"] == "Ready, priority 1"


def test_objects_of_threadx(threadx: Guest) -> None:
    jobs = threadx.address("jobs") or 0
    threadx.put(jobs + 16, 4)
    assert threadx.waits("worker") == "to send to queue jobs (4 of 4)"
    place = threadx.member(threadx.thread("worker"), "state")
    for number, kind in ((6, "semaphore"), (7, "event flags"), (8, "block pool"), (9, "byte pool")):
        threadx.put(place, number)
        assert threadx.waits("worker") == f"{kind} jobs"
    threadx.put(jobs + 4, 0)
    assert threadx.waits("worker") == f"byte pool 0x{jobs:08X}"


def test_registers_of_threadx_with_and_without_floating_point(threadx: Guest) -> None:
    thread = threadx.thread("plato")
    bottom = int.from_bytes(threadx.read(threadx.member(thread, "stack_start"), 4), "little")
    registers = threadx.rtos.registers(thread)
    assert (registers["r4"], registers["sp"]) == (0x1234, bottom + FRAME + 32)
    assert "d8" not in registers
    top = RAM + 0x1800
    threadx.put(threadx.member(thread, "stack_ptr"), top)
    threadx.put(top, 0xFFFFFFED)
    threadx.put(top + 4, 0x88)
    threadx.put(top + 68, 4)
    registers = threadx.rtos.registers(thread)
    assert (registers["d8"], registers["r4"]) == (0x88, 4)
    assert registers["sp"] == top + 4 + 64 + 32 + 32 + 72


def test_a_stack_pointer_below_the_stack_is_an_overflow(threadx: Guest, zephyr: Guest) -> None:
    for guest, name in ((threadx, "stack_ptr"), (zephyr, "callee_saved.psp")):
        thread = guest.thread("plato")
        assert guest.rtos.stack(thread).unused == 16
        assert not guest.rtos.stack(thread).overflown
        guest.put(guest.member(thread, name), RAM + 4)
        assert guest.rtos.stack(thread).overflown


def test_states_of_zephyr(zephyr: Guest) -> None:
    assert zephyr.states() == {
        "main": "Running, priority 0",
        "plato": "Pending, priority -1",
        "socrates": "Pending, priority 5",
        "sleeper": "Sleeping, priority 7",
        "parent": "Pending, priority 8",
    }
    place = zephyr.member(zephyr.thread("sleeper"), "base.thread_state")
    for bits, state in ((0x80, "Ready"), (8, "Dead"), (0x14, "Suspended"), (0x20, "Aborting")):
        zephyr.put(place, bytes([bits]))
        assert zephyr.states()["sleeper"] == f"{state}, priority 7"
    zephyr.put(place, b"\x10")
    zephyr.put(zephyr.member(zephyr.thread("sleeper"), "base.timeout.node"), RAM)
    assert zephyr.states()["sleeper"] == "Sleeping, priority 7"


def test_what_is_no_object_of_zephyr_is_an_address(zephyr: Guest) -> None:
    place = zephyr.member(zephyr.thread("plato"), "base.pended_on")
    other = (zephyr.address("right_fork") or 0) + 4
    zephyr.put(place, other)
    assert zephyr.waits("plato") == f"0x{other:08X}"
    zephyr.put(place, 0)
    assert zephyr.waits("plato") == ""


def test_a_sentinel_at_the_bottom_of_a_stack_of_zephyr_is_no_use_of_it(zephyr: Guest) -> None:
    thread = zephyr.thread("plato")
    bottom = int.from_bytes(zephyr.read(zephyr.member(thread, "stack_info.start"), 4), "little")
    zephyr.put(bottom, 0xF0F0F0F0)
    assert zephyr.rtos.stack(thread).unused == 16


def test_threads_of_zephyr_that_are_not_listed_are_found_in_variables(unlisted: Guest) -> None:
    assert unlisted.states() == {
        "main": "Pending, priority 0",
        "idle": "Running, priority 15",
        "diners[0]": "Pending, priority 5",
        "diners[1]": "Pending, priority 5",
        "k_sys_work_q.thread": "Pending, priority -1",
        "visitor": "Pending, priority 0",
    }
    assert unlisted.waits("diners[0]") == "mutex forks[1]"
    assert unlisted.waits("k_sys_work_q.thread") == "queue k_sys_work_q.queue"
    assert unlisted.waits("visitor") == "the end of diners[1]"
    assert unlisted.waits("main") == "events of k_poll"


def test_a_report_and_a_debugger_have_threads_that_are_not_listed() -> None:
    with Board("b_l475e_iot01a", GUESTS / "zephyr_unlisted.elf") as board:
        board.run(0.01)
        text = board.whereabouts()
        assert "deadlock: diners[0] waits for diners[1] waits for diners[0]" in text
        assert "overflow" not in text
        assert isinstance(board.engine, EmbeddedEngine)
        machine = board.engine.machine
        target = DebugTarget(machine, machine.core.debug, board.engine.execute)
        assert {"idle", "diners[1]"} < {thread.name for thread in target.threads()}


def test_a_thread_of_zephyr_in_no_variable_is_listed_while_it_runs(unlisted: Guest) -> None:
    allocated = RAM + 0x1000
    thread = unlisted.thread("diners[0]")
    unlisted.put(allocated, unlisted.read(thread.id, 128))
    unlisted.put((unlisted.address("_kernel") or 0) + 4, allocated)
    assert unlisted.states()[f"0x{allocated:08X}"] == "Running, priority 5"
    unlisted.put(unlisted.member(Thread(allocated), "base.thread_state"), b"\x01")
    assert unlisted.states() == {}  # The kernel's own, before it starts.


def test_a_user_thread_of_zephyr_in_a_system_call_has_its_privileged_stack(
    unlisted: Guest,
) -> None:
    thread = unlisted.thread("visitor")
    assert not unlisted.rtos.stack(thread).overflown
    pointer = unlisted.member(thread, "callee_saved.psp")
    unlisted.put(pointer, RAM + 4)
    assert unlisted.rtos.stack(thread).overflown


def test_floating_point_registers_of_zephyr_2(unlisted: Guest) -> None:
    thread = unlisted.thread("diners[0]")
    assert "d8" not in unlisted.rtos.registers(thread)
    unlisted.put(unlisted.member(thread, "arch.mode"), 4)
    unlisted.put(unlisted.member(thread, "arch.preempt_float"), 0x88)
    assert unlisted.rtos.registers(thread)["d8"] == 0x88


def test_lists_that_are_damaged_end_somewhere(threadx: Guest, zephyr: Guest) -> None:
    for guest, name in ((threadx, "created_next"), (zephyr, "next_thread")):
        first, second = guest.rtos.threads()[:2]
        guest.put(guest.member(second, name), first.id)
        assert len(guest.rtos.threads()) == 2
    for guest, name in ((threadx, "created_next"), (zephyr, "next_thread")):
        guest.put(guest.member(guest.rtos.threads()[1], name), 0x40000000)
        assert guest.rtos.threads() == []


def test_without_debug_information_or_a_kernel_that_runs_there_are_none(
    threadx: Guest, zephyr: Guest
) -> None:
    def nothing(tag: str) -> Layout | None:
        return None

    for guest, count in ((threadx, "_tx_thread_created_count"), (zephyr, "_kernel")):
        assert guest.kernel(nothing).threads() == []
        assert guest.kernel(nothing).registers(Thread(RAM)) == {}
        guest.put(guest.address(count) or 0, bytes(12))
        assert guest.rtos.threads() == []


def test_layouts_look_into_structures_unions_and_arrays(zephyr: Guest) -> None:
    kernel = zephyr.image.layouts.get("z_kernel")
    thread = zephyr.image.layouts.get("k_thread")
    assert kernel == {"cpus": 0, "cpus.nested": 0, "cpus.current": 4, "threads": 8}
    assert thread is not None
    assert (thread["base.prio"], thread["base.preempt"], thread["base.thread_state"]) == (
        14,
        14,
        16,
    )
    assert zephyr.image.layouts.get("nothing") is None


def test_objects_are_found_in_arrays_and_structures(unlisted: Guest) -> None:
    layouts = unlisted.image.layouts
    names = [each.name for each in layouts.objects({"k_thread", "k_queue"})]
    assert sorted(names) == [
        "_k_thread_obj_visitor",
        "diners[0]",
        "diners[1]",
        "k_sys_work_q.queue",
        "k_sys_work_q.thread",
        "never_started",
        "z_idle_threads[0]",
        "z_main_thread",
    ]
    first, second = (each.address for each in layouts.objects({"k_mutex"}))
    assert second - first == 12
    assert layouts.objects({"nothing"}) == []


def test_files_without_debug_information_have_no_layouts(tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(b"\x7fELF and no more")
    layouts = Layouts((path, tmp_path / "missing.elf"))
    assert layouts.get("k_thread") is None
    assert layouts.objects({"k_thread"}) == []


def test_states_and_waits_of_rtx5(rtx5: Guest) -> None:
    assert rtx5.states() == {
        "main": "Running, priority 24",
        "rtx_idle": "Ready, priority 1",
        "parent": "Blocked, priority 8",
        "plato": "Blocked, priority 25",
        "socrates": "Blocked, priority 32",
        "worker": "Blocked, priority 40",
    }
    assert rtx5.waits("plato") == "mutex right fork"
    state = rtx5.thread("worker").id + 1
    for bits, waits in (
        (0x13, ""),
        (0x33, "its thread flags"),
        (0x43, "event flags jobs"),
        (0x63, "semaphore jobs"),
        (0x73, "memory pool jobs"),
        (0x93, "to send to queue jobs (0 of 4)"),
    ):
        rtx5.put(state, bytes([bits]))
        assert rtx5.waits("worker") == waits
    rtx5.put(state, b"\x13")
    assert rtx5.states()["worker"] == "Sleeping, priority 40"


def test_who_waits_behind_another_waits_for_the_same_object_of_rtx5(rtx5: Guest) -> None:
    rtx5.put(rtx5.thread("plato").id + 12, rtx5.thread("socrates").id)
    assert rtx5.waits("plato") == "mutex left_fork"
    rtx5.put(rtx5.thread("socrates").id + 12, rtx5.thread("plato").id)  # A circle.
    assert rtx5.waits("plato") == ""


def test_registers_and_stacks_of_rtx5(rtx5: Guest) -> None:
    thread = rtx5.thread("plato")
    bottom = int.from_bytes(rtx5.read(thread.id + 48, 4), "little")
    assert rtx5.rtos.registers(thread)["sp"] == bottom + FRAME + 32
    assert rtx5.rtos.stack(thread).unused == 16
    top = RAM + 0x1800
    rtx5.put(thread.id + 34, b"\xed")  # EXC_RETURN: with floating-point registers.
    rtx5.put(thread.id + 56, top)
    rtx5.put(top, 0x88)
    rtx5.put(top + 64, 4)
    registers = rtx5.rtos.registers(thread)
    assert (registers["d8"], registers["r4"]) == (0x88, 4)
    assert registers["sp"] == top + 64 + 32 + 32 + 72
    rtx5.put(thread.id + 56, RAM)
    assert rtx5.rtos.stack(thread).overflown
    assert rtx5.rtos.stack(rtx5.thread("worker")).overflown  # Its lowest word was written.


def test_memory_without_a_running_rtx5_has_no_threads(rtx5: Guest) -> None:
    info = rtx5.address("osRtxInfo") or 0
    for current in (0, RAM + 4, 0xFFFF_FFF0):
        rtx5.put(info + 20, current)
        assert rtx5.rtos.threads() == []
