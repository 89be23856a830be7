"""Where a firmware is, for reports of time-outs and interruptions: code, polled register, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.image.call_chain import call_chain
from renode_wifi.emulation.image.crash import (
    CALL_CHAIN_DEPTH,
    IPSR,
    Crash,
    place,
    render_call_chain,
)
from renode_wifi.emulation.image.image import Image, symbol_address
from renode_wifi.emulation.image.rtos.known import known
from renode_wifi.emulation.image.rtos.threads import Rtos, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView

ReadMemory = Callable[[int, int], bytes]

PERIPHERALS = (range(0x40000000, 0x60000000), range(0xE0000000, 0xE0100000))
LOOP = 16
"""Instructions behind the program counter in which a loop is looked for."""
DEPTH = 8
NEAR = 0x1000
"""Bytes below a stack in which a stack pointer is that stack's."""


def describe(image: Image | None, registers: Mapping[str, int], read_memory: ReadMemory) -> str:
    """Where it is, as text. registers: r0 to r12, sp, lr, pc, xpsr."""
    if not registers:
        return ""
    exception = registers["xpsr"] & IPSR
    mode = f" in exception {exception}" if exception else ""
    rows = [f"The firmware is at {place(registers['pc'], image)}{mode}"]
    polled = polled_register(registers, read_memory)
    if polled is not None:
        rows.append(f"  it polls 0x{polled:08X}")
    rows += render_call_chain(registers, image, read_memory, DEPTH)
    if image is not None:
        rows += _tasks(image, registers, read_memory)
    return "\n".join(rows)


def tasks_at_crash(
    crash: Crash, image: Image | None, read_memory: ReadMemory
) -> tuple[list[str], str | None]:
    """Lines about the task that crashed and stacks that overflowed; what to try in that case."""
    if image is None:
        return [], None
    for kernel in _kernels(image, read_memory):
        damage = kernel.damage()
        if damage is not None:
            rows = [f"  the data of {kernel.name} was overwritten, as by a stack: {damage.text}"]
            return _culprits(kernel, rows, damage.tasks, crash.registers)
        threads = kernel.threads()
        if not threads:
            continue
        rows = [
            f"  in task {_shown(thread)} of {kernel.name} ({thread.state})"
            for thread in threads
            if thread.is_current
        ]
        stacks = _stacks(kernel, threads, crash.registers)
        over = _overflows(threads, stacks, crash.registers)
        return rows + over, "give that task a larger stack" if over else None
    return [], None


def _culprits(
    kernel: Rtos, rows: list[str], tasks: Sequence[Thread], registers: Mapping[str, int]
) -> tuple[list[str], str]:
    """Which of the tasks that are left may have written over the kernel's data."""
    stacks = {task.id: kernel.stack(task) for task in tasks}
    pointer = _stack_pointer(registers)
    # The stack that begins next above the pointer and has nothing left.
    used = [task for task in tasks if not (_fills(stacks) and stacks[task.id].unused)]
    above = [task for task in used if _is_below(stacks[task.id], pointer)]
    running = min(above, key=lambda task: stacks[task.id].bottom, default=None)
    named = [replace(task, is_current=task is running) for task in tasks]
    if running is not None:
        stacks[running.id] = replace(stacks[running.id], overflown=True)
    over = _overflows(named, stacks, registers)
    if over:
        return rows + over, "give that task a larger stack"
    return rows, "look for the task whose stack lies above that data, and give it more"


def _stack_pointer(registers: Mapping[str, int]) -> int:
    """Of the task that runs; in a handler, where that is not known, 0."""
    return registers.get("psp", 0) if registers["xpsr"] & IPSR else registers["sp"]


def _shown(thread: Thread) -> str:
    return thread.name or f"at 0x{thread.id:08X}"


def polled_register(registers: Mapping[str, int], read_memory: ReadMemory) -> int | None:
    """The peripheral register that a short loop around the program counter loads."""
    pc = registers["pc"] & ~1
    try:
        code = read_memory(pc - 2 * LOOP, 4 * LOOP)
    except RenodeWifiError:
        return None
    halfwords = [int.from_bytes(code[i : i + 2], "little") for i in range(0, len(code), 2)]
    begin = _loop_begin(halfwords)
    for first, second in _instructions(halfwords, begin) if begin is not None else ():
        load = thumb.loaded(first, second)
        if load is not None:
            address = registers.get(f"r{load[0]}", 0) + load[1]
            if any(address in area for area in PERIPHERALS):
                return address
    return None


def _instructions(halfwords: list[int], begin: int) -> Iterator[tuple[int, int]]:
    """The first two halfwords of each instruction; the second may be the next one's."""
    index = begin
    while index + 1 < len(halfwords):
        yield halfwords[index], halfwords[index + 1]
        index += thumb.size(halfwords[index]) // 2


def _loop_begin(halfwords: list[int]) -> int | None:
    """Index of the first halfword of a loop that goes over the middle; None without one."""
    index = LOOP
    for first, second in _instructions(halfwords, LOOP):
        distance = thumb.conditional_jump(first)
        if distance is None:
            distance = thumb.jump(first, second)
        if distance is not None and 0 <= index + distance // 2 <= LOOP:
            return index + distance // 2
        index += thumb.size(first) // 2
    return None


# -- tasks ------------------------------------------------------------------------------------


def _tasks(image: Image, registers: Mapping[str, int], read_memory: ReadMemory) -> list[str]:
    for kernel in _kernels(image, read_memory):
        threads = kernel.threads()
        if threads:
            return _tasks_of(kernel, threads, image, registers, read_memory)
    return []


def _kernels(image: Image, read_memory: ReadMemory) -> tuple[Rtos, ...]:
    data = (symbol for symbol in image.symbols if not symbol.is_function)
    # Labels of the linker script, which have no size, may be at a variable's address.
    ordered = sorted(data, key=lambda each: each.size)
    names = {symbol.address: symbol.name for symbol in ordered}
    return known(
        ImageView(
            lambda name: symbol_address([image], name),
            read_memory,
            image.layouts.get,
            lambda address: names.get(address, ""),
            image.layouts.objects,
            image.symbols.function_at,
            [range(each.address, each.address + each.size) for each in ordered if each.size],
        )
    )


def _tasks_of(
    kernel: Rtos,
    threads: list[Thread],
    image: Image,
    registers: Mapping[str, int],
    read_memory: ReadMemory,
) -> list[str]:
    by_id = {thread.id: thread for thread in threads}
    found = {thread.id: waits for thread in threads if (waits := kernel.wait(thread)).text}
    rows = [f"Tasks of {kernel.name} (bytes of stack that were never used)"]
    stacks = _stacks(kernel, threads, registers)
    fills = _fills(stacks)
    for thread in sorted(threads, key=lambda t: t.name):
        where = "" if thread.is_current else _waiting_in(kernel, thread, image, read_memory)
        wait = _wait_text(found.get(thread.id, Wait()), by_id)
        left = stacks[thread.id].unused if fills else None
        shown = "?" if left is None else str(left)
        row = f"  {_shown(thread):<16} {thread.state:<24} {shown:>6}  {where}{wait}"
        rows.append(row.rstrip())
    rows += _overflows(threads, stacks, registers)
    rows += _deadlocks(found, by_id)
    return rows


def _stacks(kernel: Rtos, threads: list[Thread], registers: Mapping[str, int]) -> dict[int, Stack]:
    """By task. Of the one that runs the processor has the stack pointer."""
    stacks = {thread.id: kernel.stack(thread) for thread in threads}
    for thread in threads:
        stack = stacks[thread.id]
        if thread.is_current and _is_below(stack, _stack_pointer(registers)):
            stacks[thread.id] = replace(stack, overflown=True)
    return stacks


def _is_below(stack: Stack, pointer: int) -> bool:
    return 0 < stack.bottom - pointer < NEAR and pointer not in stack.privileged


def _fills(stacks: Mapping[int, Stack]) -> bool:
    """Whether the kernel fills stacks, so that what was never used is known."""
    return any(stack.unused for stack in stacks.values())


def _overflows(
    threads: list[Thread], stacks: Mapping[int, Stack], registers: Mapping[str, int]
) -> list[str]:
    fills = _fills(stacks)
    rows = []
    for thread in threads:
        stack = stacks[thread.id]
        if stack.overflown or (fills and stack.unused == 0):
            pointer = _stack_pointer(registers)
            below = thread.is_current and _is_below(stack, pointer)
            where = (
                f": sp 0x{pointer:08X} is below it, it begins at 0x{stack.bottom:08X}"
                if below
                else ""
            )
            rows.append(f"  stack overflow of task {_shown(thread)}{where}")
    return rows


def _waiting_in(kernel: Rtos, thread: Thread, image: Image, read_memory: ReadMemory) -> str:
    """The function that called the kernel, which the task left through."""
    registers = kernel.registers(thread)
    if not registers:
        return ""
    callers = call_chain(registers, image, read_memory, CALL_CHAIN_DEPTH)
    for site in (registers["pc"], *(caller.address for caller in callers)):
        found = image.symbols.at(site)
        if found is not None and not kernel.kernel.match(found[0].name):
            return f"in {place(site, image).split(' ', 1)[-1]}"
    return ""


def _wait_text(wait: Wait, tasks: dict[int, Thread]) -> str:
    if not wait.text:
        return ""
    holder = tasks.get(wait.holder)
    held = f", held by {holder.name}" if holder is not None else ""
    return (
        f", waits for {wait.text}{held}"
        if not wait.text.startswith("to ")
        else (f", waits {wait.text}")
    )


def _deadlocks(waits: dict[int, Wait], tasks: dict[int, Thread]) -> list[str]:
    """Circles of tasks, each of which waits for a mutex of the next."""
    rows, seen = [], set[int]()
    for start in waits:
        chain = [start]
        while (after := waits.get(chain[-1], Wait()).holder) in waits and after not in chain:
            chain.append(after)
        if after in chain and not seen & set(chain):
            circle = chain[chain.index(after) :]
            seen |= set(circle)
            names = [tasks[task].name for task in circle]
            rows.append(f"  deadlock: {' waits for '.join([*names, names[0]])}")
    return rows
