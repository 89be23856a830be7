"""The tasks of a SYS/BIOS kernel whose structures a test lays out in memory."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.layouts import Variable
from renode_wifi.emulation.image.rtos.threads import Thread
from renode_wifi.emulation.image.rtos.tirtos import (
    COUNT,
    ROOT,
    SEMAPHORE,
    STATE,
    TABLE,
    TASK,
    TiRtos,
)
from renode_wifi.emulation.image.rtos.view import ImageView

BASE = 0x2000_0000
MODULE, LINKS, TASK_DESC, SEM_DESC, NUMBER = (BASE + 0x100 * n for n in range(5))
FIXED = BASE + 0x800
"""Two tasks of the configuration."""
SIZE = 76 + 4
CREATED = BASE + 0xA00
CONSTRUCTED_TASK = BASE + 0xB00
SEM = BASE + 0xC00
NAMES = BASE + 0xD00
STACKS = BASE + 0x1000
STACK_SIZE = 0x100
FUNCTIONS = {0x100: "idle", 0x200: "blink", 0x300: "listen", 0x400: "work"}


class SysBios:
    """Memory with a kernel in it: idle runs, blink sleeps, listen waits, work is ready."""

    def __init__(self) -> None:
        self.memory = bytearray(0x2000)
        self.symbols = {STATE: MODULE, ROOT: LINKS, TASK: TASK_DESC, SEMAPHORE: SEM_DESC}
        self.symbols |= {TABLE: FIXED, COUNT: NUMBER}
        self.view = ImageView(
            self.symbols.get,
            self.read,
            objects=lambda tags: [Variable("work", CONSTRUCTED_TASK, min(tags))],
            function_at=lambda address: FUNCTIONS.get(address & ~1, ""),
        )
        self.rtos = TiRtos(self.view)
        self.put(NUMBER, 2)
        self.put(TASK_DESC, 0xFFFFFFFF, LINKS, 4, 0, 76, 8 + SIZE)
        self.put(SEM_DESC, 0xFFFFFFFF, 0, 4, 0, 24, 8 + 28)
        self.put(MODULE, 0, 1, 0, 2, FIXED)
        self.put(LINKS, CREATED - 8, CREATED - 8)
        self.put(CREATED - 8, LINKS, LINKS)
        self.task(FIXED, 0, mode=0, function=0x101)
        self.task(FIXED + SIZE, 1, mode=2, function=0x201)
        self.task(CREATED, 2, mode=2, function=0x301)
        self.task(CONSTRUCTED_TASK, 3, mode=1, function=0x401)
        self.pending(FIXED + SIZE, None)
        self.pending(CREATED, SEM)

    def read(self, address: int, length: int) -> bytes:
        if not BASE <= address <= BASE + len(self.memory) - length:
            raise RenodeWifiError("nothing is there")
        return bytes(self.memory[address - BASE : address - BASE + length])

    def put(self, address: int, *words: int) -> None:
        struct.pack_into(f"<{len(words)}I", self.memory, address - BASE, *words)

    def text(self, address: int, text: bytes) -> None:
        self.memory[address - BASE : address - BASE + len(text) + 1] = text + b"\0"

    def task(self, place: int, number: int, mode: int, function: int) -> None:
        bottom = STACKS + STACK_SIZE * number
        self.memory[bottom - BASE : bottom - BASE + STACK_SIZE] = b"\xbe" * STACK_SIZE
        top = bottom + 0x80
        self.put(top, *range(4, 12), 0x2001, *range(20))
        self.put(place, place, place, number, 1 << number, top, mode, 0, STACK_SIZE, bottom)
        self.put(place + 40, function)
        self.put(place + 76, 0)

    def pending(self, place: int, semaphore: int | None) -> None:
        """What a blocked task keeps on its stack."""
        element = self.words(place + 32)[0] + 0xC0
        self.put(place + 24, element)
        head = element if semaphore is None else semaphore + 16
        self.put(element, head, head, place)
        if semaphore is not None:
            self.put(head, element, element)

    def words(self, address: int, count: int = 1) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self.read(address, 4 * count))

    def thread(self, name: str) -> Thread:
        return next(thread for thread in self.rtos.threads() if thread.name == name)


@pytest.fixture
def kernel() -> SysBios:
    return SysBios()


def test_tasks_have_names_states_and_priorities(kernel: SysBios) -> None:
    assert [(thread.name, thread.state) for thread in kernel.rtos.threads()] == [
        ("idle", "Running, priority 0"),
        ("blink", "Sleeping, priority 1"),
        ("listen", "Blocked, priority 2"),
        ("work", "Ready, priority 3"),
    ]
    kernel.text(NAMES, b"console")
    kernel.put(CREATED + 76, NAMES)
    kernel.put(CREATED + 8, 0xFFFFFFFF)
    thread = kernel.thread("console")
    assert (thread.id, thread.state) == (CREATED, "Blocked, priority -1")


def test_a_task_waits_for_a_semaphore(kernel: SysBios) -> None:
    assert kernel.rtos.wait(kernel.thread("listen")).text == f"semaphore 0x{SEM:08X}"
    kernel.text(NAMES, b"received")
    kernel.put(SEM + 24, NAMES)
    assert kernel.rtos.wait(kernel.thread("listen")).text == "semaphore received"
    # Of two in its queue, the second, too; and where semaphores have no names.
    listen, blink = (kernel.words(kernel.thread(name).id + 24)[0] for name in ("listen", "blink"))
    kernel.put(listen, blink, SEM + 16)
    kernel.put(blink, SEM + 16, listen)
    assert kernel.rtos.wait(kernel.thread("listen")).text == "semaphore received"
    assert kernel.thread("blink").state == "Blocked, priority 1"
    kernel.put(SEM_DESC + 16, 0, 8 + 24)
    assert kernel.rtos.wait(kernel.thread("blink")).text == f"semaphore 0x{SEM:08X}"


@pytest.mark.parametrize("name", ["idle", "blink", "work"])
def test_others_wait_for_nothing(kernel: SysBios, name: str) -> None:
    assert kernel.rtos.wait(kernel.thread(name)).text == ""


def test_registers_are_those_that_a_switch_pushes(kernel: SysBios) -> None:
    registers = kernel.rtos.registers(kernel.thread("listen"))
    assert [registers[f"r{number}"] for number in range(4, 12)] == list(range(4, 12))
    top = STACKS + 2 * STACK_SIZE + 0x80 + 36
    assert (registers["pc"], registers["sp"], registers["msp"]) == (0x2000, top, top)


def test_what_is_left_of_a_stack(kernel: SysBios) -> None:
    stack = kernel.rtos.stack(kernel.thread("listen"))
    assert (stack.unused, stack.overflown) == (0x80, False)
    kernel.put(stack.bottom, 0)
    assert kernel.rtos.stack(kernel.thread("listen")).unused == 0


@pytest.mark.parametrize("place", [MODULE + 16, FIXED + 28, FIXED + 20, FIXED + 16])
def test_words_of_no_kernel_are_no_tasks(kernel: SysBios, place: int) -> None:
    kernel.put(place, 0x77777777)
    assert kernel.rtos.threads() == []


def test_an_image_without_the_kernel_has_no_tasks(kernel: SysBios) -> None:
    kernel.symbols.clear()
    assert kernel.rtos.threads() == []


def test_lists_without_an_end_are_left(kernel: SysBios) -> None:
    kernel.put(CREATED - 8, CREATED - 8)
    kernel.put(NUMBER, 0xFFFFFFFF)
    assert "listen" in [thread.name for thread in kernel.rtos.threads()]
    kernel.put(LINKS, 0x50)
    assert "listen" not in [thread.name for thread in kernel.rtos.threads()]


def test_memory_that_is_gone_is_no_error(kernel: SysBios) -> None:
    thread = kernel.thread("listen")
    del kernel.memory[0x800:]
    assert kernel.rtos.threads() == []
    assert kernel.rtos.registers(thread) == {}
    assert kernel.rtos.wait(thread).text == ""
    assert kernel.rtos.stack(thread).bottom == 0
