"""The tasks of a FreeRTOS kernel whose structures a test lays out in memory."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.threads import thread_list
from renode_wifi.emulation.image.rtos.freertos import LIST_SIZE, FreeRtos
from renode_wifi.emulation.image.rtos.threads import Thread
from renode_wifi.emulation.image.rtos.view import ImageView

BASE = 0x2000_0000
READY, DELAYED1, DELAYED2, SUSPENDED, CURRENT, COUNT = (
    BASE + offset for offset in (0x0, 0x100, 0x120, 0x140, 0x160, 0x164)
)
TASKS = BASE + 0x1000
TASK_SIZE = 0x100


class Kernel:
    """Memory with a kernel in it."""

    def __init__(self) -> None:
        self.memory = bytearray(0x4000)
        self.symbols = {
            "pxReadyTasksLists": READY,
            "xDelayedTaskList1": DELAYED1,
            "xDelayedTaskList2": DELAYED2,
            "xSuspendedTaskList": SUSPENDED,
            "pxCurrentTCB": CURRENT,
            "uxCurrentNumberOfTasks": COUNT,
        }
        self.rtos = FreeRtos(ImageView(self.symbols.get, self.read))
        for place in (READY, READY + LIST_SIZE, DELAYED1, DELAYED2, SUSPENDED):
            self.list(place)

    def read(self, address: int, length: int) -> bytes:
        if not BASE <= address <= BASE + len(self.memory) - length:
            raise RenodeWifiError("nothing is there")
        return bytes(self.memory[address - BASE : address - BASE + length])

    def put(self, address: int, *words: int) -> None:
        struct.pack_into(f"<{len(words)}I", self.memory, address - BASE, *words)

    def list(self, place: int, *tasks: int) -> None:
        """A list of the tasks with these numbers."""
        items = [TASKS + TASK_SIZE * task + 4 for task in tasks]
        end = place + 8
        self.put(place, len(items), end, 0xFFFFFFFF, (items or [end])[0], (items or [end])[-1])
        for item, following in zip(items, [*items[1:], end], strict=False):
            self.put(item, 0, following, 0, item - 4, place)

    def task(self, number: int, name: bytes, priority: int, top: int = 0, event: int = 0) -> int:
        tcb = TASKS + TASK_SIZE * number
        self.put(tcb, top)
        self.put(tcb + 40, event, priority)
        self.memory[tcb + 52 - BASE : tcb + 52 - BASE + len(name)] = name
        return tcb


@pytest.fixture
def kernel() -> Kernel:
    made = Kernel()
    names = (b"main", b"IDLE", b"net\0old", b"wifi", b"log")
    tasks = [made.task(number, name, number) for number, name in enumerate(names)]
    made.list(READY, 1)
    made.list(READY + LIST_SIZE, 0)
    made.list(DELAYED2, 2)
    made.list(SUSPENDED, 3, 4)
    made.task(4, b"log", 4, event=DELAYED1)
    made.put(CURRENT, tasks[0], len(tasks))
    return made


def test_tasks_have_names_states_and_priorities(kernel: Kernel) -> None:
    threads = {thread.name: thread for thread in kernel.rtos.threads()}
    assert {name: thread.state for name, thread in threads.items()} == {
        "IDLE": "Ready, priority 1",
        "main": "Running, priority 0",
        "net": "Blocked, priority 2",
        "wifi": "Suspended, priority 3",
        "log": "Blocked, priority 4",
    }
    assert [name for name, thread in threads.items() if thread.is_current] == ["main"]
    assert threads["wifi"].id == TASKS + 3 * TASK_SIZE


@pytest.mark.parametrize("missing", ["pxCurrentTCB", "uxCurrentNumberOfTasks", "pxReadyTasksLists"])
def test_without_its_symbols_there_is_no_kernel(kernel: Kernel, missing: str) -> None:
    del kernel.symbols[missing]
    assert kernel.rtos.threads() == []


def test_before_the_scheduler_has_a_task_there_are_none(kernel: Kernel) -> None:
    kernel.put(CURRENT, 0, 0)
    assert kernel.rtos.threads() == []
    kernel.put(CURRENT, TASKS, 0x20202020)
    assert kernel.rtos.threads() == []


def test_lists_that_are_damaged_end_somewhere(kernel: Kernel) -> None:
    item = TASKS + TASK_SIZE + 4
    kernel.put(READY, 200)
    kernel.put(item + 4, item)  # in a circle
    assert any(thread.name == "IDLE" for thread in kernel.rtos.threads())
    kernel.put(item + 4, 0x40000000)  # out of memory
    names = {thread.name for thread in kernel.rtos.threads()}
    assert names == {"main", "IDLE", "net", "wifi", "log"}


STACK = BASE + 0x3000
FRAME = (*range(0x100, 0x104), 0x10C, 0x10E, 0x0800_0100, 0x0100_0000)


def test_registers_of_a_task_of_the_cm3_port(kernel: Kernel) -> None:
    task = kernel.task(2, b"net", 2, STACK)
    kernel.put(STACK, *range(4, 12), *FRAME)
    registers = kernel.rtos.registers(Thread(task))
    assert [registers[f"r{n}"] for n in range(13)] == [*range(0x100, 0x104), *range(4, 12), 0x10C]
    assert (registers["lr"], registers["pc"]) == (0x10E, 0x0800_0100)
    assert registers["sp"] == STACK + 64
    assert "d0" not in registers


def test_registers_of_a_task_of_the_cm4f_port(kernel: Kernel) -> None:
    task = kernel.task(2, b"net", 2, STACK)
    aligned = (*FRAME[:7], 0x0100_0200)
    doubles = [word for number in range(8) for word in (number, 0x40000000)]
    kernel.put(STACK, *range(4, 12), 0xFFFFFFED, *doubles, *aligned, *doubles, 0x9, 0)
    registers = kernel.rtos.registers(Thread(task))
    assert registers["r11"] == 11
    assert registers["d8"] == registers["d0"] == 0x40000000 << 32
    assert registers["d15"] == registers["d7"] == 0x40000000_00000007
    assert registers["fpscr"] == 9
    assert registers["xpsr"] == 0x0100_0000
    assert registers["sp"] == STACK + 36 + 64 + 32 + 72 + 4


def test_registers_of_a_task_whose_stack_is_nowhere(kernel: Kernel) -> None:
    assert kernel.rtos.registers(Thread(kernel.task(2, b"net", 2, 0x10))) == {}


def test_the_list_of_threads_is_xml() -> None:
    text = thread_list([Thread(0x20, 'a<"b"', "R & D"), Thread(1)])
    assert """<thread id="20" name='a&lt;"b"'>R &amp; D</thread>""" in text
    assert '<thread id="1"></thread>' in text
