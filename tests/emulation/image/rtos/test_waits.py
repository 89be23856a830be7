"""What tasks wait for, in a kernel that a test lays out in memory."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.image.crash import Crash, render_crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.rtos.memory import KernelMemory
from renode_wifi.emulation.image.rtos.threads import Thread
from renode_wifi.emulation.image.rtos.waits import Waits
from renode_wifi.emulation.image.symbols import Symbol, Symbols
from renode_wifi.emulation.image.whereabouts import describe, tasks_at_crash
from tests.emulation.image.rtos.test_freertos import BASE, CURRENT, DELAYED1, READY, Kernel

QUEUE, MUTEXES, STACKS = BASE + 0x800, (BASE + 0x900, BASE + 0xA00), BASE + 0x2000
SEND, RECEIVE = 16, 36


def put_queue(
    kernel: Kernel, queue: int, waiting: int, length: int, size: int, head: int = 1, holder: int = 0
) -> None:
    kernel.put(queue, head, 0, holder)
    kernel.put(queue + 56, waiting, length, size)


def waits(kernel: Kernel) -> Waits:
    return Waits(KernelMemory(kernel.read), lambda address: "jobs" if address == QUEUE else "")


def waiting(kernel: Kernel, place: int) -> str:
    return waits(kernel).of(Thread(kernel.task(1, b"net", 1, event=place))).text


def test_queues_semaphores_and_mutexes() -> None:
    kernel = Kernel()
    put_queue(kernel, QUEUE, 0, 5, 8)
    assert waiting(kernel, QUEUE + RECEIVE) == "to receive from queue jobs (0 of 5)"
    put_queue(kernel, QUEUE, 5, 5, 8)
    assert waiting(kernel, QUEUE + SEND) == "to send to queue jobs (5 of 5)"
    put_queue(kernel, QUEUE, 0, 1, 0)
    assert waiting(kernel, QUEUE + RECEIVE) == "semaphore jobs"
    put_queue(kernel, QUEUE, 0, 1, 0, head=0)
    assert waiting(kernel, QUEUE + RECEIVE) == "mutex jobs"


def test_what_is_no_queue_is_not_named() -> None:
    kernel = Kernel()
    assert waiting(kernel, 0) == ""
    assert waiting(kernel, QUEUE + RECEIVE) == ""
    assert waiting(kernel, 0x40000000) == ""


def test_what_is_left_of_a_stack() -> None:
    kernel = Kernel()
    task = kernel.task(1, b"net", 1, top=STACKS + 64)
    kernel.put(task + 48, STACKS)
    kernel.memory[STACKS - BASE : STACKS - BASE + 24] = b"\xa5" * 24
    stack = waits(kernel).stack(Thread(task))
    assert (stack.unused, stack.overflown) == (24, False)
    kernel.put(task, STACKS - 8)
    assert waits(kernel).stack(Thread(task)).overflown
    kernel.put(task + 48, 0)
    assert waits(kernel).stack(Thread(task)).unused is None


def test_a_deadlock_and_an_overflown_stack_are_named() -> None:
    kernel = Kernel()
    names = (b"idle", b"left", b"right")
    tasks = [kernel.task(number, name, number) for number, name in enumerate(names)]
    for number, task in enumerate(tasks):
        bottom = STACKS + number * 0x100
        kernel.put(task, bottom + 0x80)
        kernel.put(task + 48, bottom)
        if number != 1:
            kernel.memory[bottom - BASE : bottom - BASE + 16] = b"\xa5" * 16
    for number, mutex in ((1, MUTEXES[0]), (2, MUTEXES[1])):
        put_queue(kernel, mutex, 0, 1, 0, head=0, holder=tasks[3 - number])
        kernel.put(tasks[number] + 40, mutex + RECEIVE)
    kernel.list(READY, 0)
    kernel.list(DELAYED1, 1, 2)
    kernel.put(CURRENT, tasks[0], len(tasks))
    image = image_of(kernel)
    registers = dict.fromkeys([*(f"r{n}" for n in range(13)), "sp", "lr", "pc", "xpsr"], 0)
    text = describe(image, registers, kernel.read)
    assert "waits for mutex 0x20000900, held by right" in text
    assert "deadlock: left waits for right waits for left" in text
    assert "stack overflow of task left" in text
    assert "stack overflow of task right" not in text
    registry = 0x0E00
    kernel.symbols["xQueueRegistry"] = BASE + registry
    kernel.put(BASE + registry, BASE + registry + 0x80, MUTEXES[0])
    kernel.memory[registry + 0x80 : registry + 0x85] = b"fork\0"
    assert "waits for mutex fork, held by right" in describe(
        image_of(kernel), registers, kernel.read
    )


def image_of(kernel: Kernel) -> Image:
    symbols = [Symbol(name, place, 4, False) for name, place in kernel.symbols.items()]
    return Image(Path("firmware.elf"), "ELF", [], Symbols(symbols))


def crashed(sp: int) -> Crash:
    names = (*(f"r{n}" for n in range(13)), "lr", "pc", "xpsr")
    return Crash("HardFault", 0, dict.fromkeys(names, 0) | {"sp": sp}, cure="check the pointer")


def test_a_crash_names_the_task_and_the_stack_that_overflowed() -> None:
    kernel = Kernel()
    task = kernel.task(0, b"digger", 2)
    kernel.put(task, STACKS + 0x80)
    kernel.put(task + 48, STACKS)
    kernel.memory[STACKS - BASE : STACKS - BASE + 16] = b"\xa5" * 16
    kernel.list(READY, 0)
    kernel.put(CURRENT, task, 1)
    where = ["  in task digger of FreeRTOS (Running, priority 2)"]
    image = image_of(kernel)
    assert tasks_at_crash(crashed(STACKS + 8), image, kernel.read) == (where, None)
    assert tasks_at_crash(crashed(STACKS - 8), image, kernel.read) == (
        [
            *where,
            f"  stack overflow of task digger: sp 0x{STACKS - 8:08X} is below it, it begins at"
            f" 0x{STACKS:08X}",
        ],
        "give that task a larger stack",
    )
    kernel.put(CURRENT, 0x02020202)
    rows, cure = tasks_at_crash(crashed(STACKS - 8), image, kernel.read)
    assert rows == [
        "  the data of FreeRTOS was overwritten, as by a stack: pxCurrentTCB is 0x02020202"
    ]
    assert cure
    assert tasks_at_crash(crashed(0), None, kernel.read) == ([], None)
    text = render_crash(crashed(0), None, kernel.read, rows, cure)
    assert text.endswith("\n".join([*rows, f"  {cure}"]))


def whole(kernel: Kernel, task: int) -> None:
    """What the kernel keeps in the list items of a task that nobody has written over."""
    kernel.put(task + 16, task)
    kernel.put(task + 36, task)


def test_a_large_overflow_names_its_task_by_what_is_left() -> None:
    kernel = Kernel()
    names = (b"first", b"second", b"digger")
    tasks = [kernel.task(number, name, 2) for number, name in enumerate(names)]
    for number, task in enumerate(tasks):
        whole(kernel, task)
        kernel.put(task, STACKS + 0x100 * number + 0x80)
        kernel.put(task + 48, STACKS + 0x100 * number)
        if number != 2:
            place = STACKS + 0x100 * number - BASE
            kernel.memory[place : place + 16] = b"\xa5" * 16
    kernel.list(READY, 0, 2)
    kernel.list(DELAYED1, 1)
    heap = Symbol("ucHeap", BASE, 0x2000, False)
    own = [Symbol(name, place, 4, False) for name, place in kernel.symbols.items()]
    image = Image(Path("firmware.elf"), "ELF", [], Symbols([heap, *own]))
    damaged = "  the data of FreeRTOS was overwritten, as by a stack: "
    digger = "  stack overflow of task digger"
    below = f": sp 0x{STACKS + 0x180:08X} is below it, it begins at 0x{STACKS + 0x200:08X}"
    kernel.put(CURRENT, 0x02020202, 3)
    assert tasks_at_crash(crashed(STACKS + 0x180), image, kernel.read) == (
        [f"{damaged}pxCurrentTCB is 0x02020202", digger + below],
        "give that task a larger stack",
    )
    # In a handler the pointer of the task is not always known.
    handler = crashed(0)
    handler.registers["xpsr"] = 15
    assert tasks_at_crash(handler, image, kernel.read)[0] == [
        f"{damaged}pxCurrentTCB is 0x02020202",
        digger,
    ]
    # The task that was to run is among the lost ones.
    kernel.put(CURRENT, tasks[1], 3)
    kernel.put(tasks[1] + 16, 0x55555555)
    rows, _ = tasks_at_crash(handler, image, kernel.read)
    lost = f"so was the task at 0x{tasks[1]:08X}, which was to run"
    assert rows == [f"{damaged}{lost}", digger]
    # One of the others is, which is no task with a stack that overflowed.
    kernel.put(CURRENT, tasks[0], 3)
    rows, _ = tasks_at_crash(handler, image, kernel.read)
    assert rows == ["  in task first of FreeRTOS (Running, priority 2)", digger]
