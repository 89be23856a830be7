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
ADDRESSES = 0xFFFFFFFF
NAMES = (*(f"r{number}" for number in range(13)), "sp", "lr", "pc")
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
    values = [registers.get(name, 0) for name in NAMES]
    for index in _loop(halfwords):
        first, second = halfwords[index], halfwords[index + 1]
        literal, used = thumb.literal(first, second), thumb.use(first, second)
        place = thumb.touched(first, second, values.__getitem__)
        loads = place is not None and not place.is_store
        if place is not None and loads and any(place.start in area for area in PERIPHERALS):
            return place.start
        # What the loop itself loads may be the register's address, as without optimization.
        if literal is not None:
            target, offset = literal
            values[target] = _word((pc + 2 * (index - LOOP) + 4 & ~3) + offset, read_memory)
        elif used is not None and place is not None and loads:
            for target in used.writes:
                values[target] = _word(place.start, read_memory)
    return None


def _word(address: int, read_memory: ReadMemory) -> int:
    """0 where nothing is."""
    try:
        return int.from_bytes(read_memory(address & ADDRESSES, 4), "little")
    except RenodeWifiError:
        return 0


def _instructions(halfwords: list[int], begin: int) -> Iterator[int]:
    """Indices of their first halfwords; the next one may be the following instruction's."""
    index = begin
    while index + 1 < len(halfwords):
        yield index
        index += thumb.size(halfwords[index]) // 2


def _loop(halfwords: list[int]) -> list[int]:
    """Indices of the instructions of a loop that goes over the middle; none without one."""
    for index in _instructions(halfwords, LOOP):
        distance = thumb.conditional_jump(halfwords[index])
        if distance is None:
            distance = thumb.jump(halfwords[index], halfwords[index + 1])
        if distance is not None and 0 <= index + distance // 2 <= LOOP:
            body = _instructions(halfwords, index + distance // 2)
            return [place for place in body if place <= index]
    return []


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
