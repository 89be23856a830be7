"""TI-RTOS's tasks (SYS/BIOS 6), read from memory: names, states, waits, stacks and registers.

Sources: SYS/BIOS 6.45 to 6.76, ti/sysbios/knl/Task.xdc and Semaphore.xdc (Instance_State,
Module_State, PendElem, Mode; stacks are filled with 0xBE), xdc/runtime/Core.xdc (ObjDesc),
ti/sysbios/family/arm/m3/TaskSupport_asm.sv7M (what a switch pushes). The kernel is generated for
each configuration and comes without debug information; its descriptors say what varies. Tasks that
`Task_construct` made at run time are in no list: those in variables of the program are found by its
debug information.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.threads import Damage, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView

PREFIX = "ti_sysbios_knl_"
STATE = f"{PREFIX}Task_Module__state__V"
ROOT = f"{PREFIX}Task_Module__root__V"
TASK = f"{PREFIX}Task_Object__DESC__C"
SEMAPHORE = f"{PREFIX}Semaphore_Object__DESC__C"
TABLE, COUNT = f"{PREFIX}Task_Object__table__V", f"{PREFIX}Task_Object__count__C"
CONSTRUCTED = frozenset((f"{PREFIX}Task_Struct", "Task_Struct"))

MAX_TASKS = 256
HEADER = 8
"""Bytes in front of an object that is made at run time: the links of all of them."""
# Module_State.
CURRENT = 16
# Object: its link in a queue, priority, saved stack pointer, mode, PendElem, stack, function.
PRIORITY, CONTEXT, MODE, PENDING, STACK_SIZE, STACK, FUNCTION = 8, 16, 20, 24, 28, 32, 40
# ObjDesc.
OBJECT_NAME, OBJECT_SIZE = 16, 20
# PendElem: its link in the queue of what is waited for, and the task.
PENDING_TASK = 8
QUEUE = 8
"""Bytes of a queue's head, the last member of a semaphore but its name."""

MODES = {0: "Running", 1: "Ready", 2: "Blocked", 3: "Terminated", 4: "Inactive"}
BLOCKED = 2
STACK_FILL = 0xBE
SAVED = tuple(f"r{number}" for number in range(4, 12))


class TiRtos:
    name = "TI-RTOS"
    kernel = re.compile(r"(?:ti_sysbios|xdc_runtime|ti_catalog)_")
    symbols: tuple[str, ...] = (STATE, ROOT, TASK, SEMAPHORE, TABLE, COUNT)

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._memory = view.memory

    def threads(self) -> list[Thread]:
        state = self._view.symbol(STATE)
        if state is None:
            return []
        try:
            current = self._memory.word(state + CURRENT)
            if not current or not self._is_task(current):
                return []
            places = dict.fromkeys((*self._fixed(), *self._created(), *self._constructed()))
            places.setdefault(current)
            return [self._thread(place, place == current) for place in places]
        except RenodeWifiError:
            return []  # The words are not those of a kernel that runs.

    def _fixed(self) -> Iterator[int]:
        """Those of the configuration."""
        table, count = self._view.symbol(TABLE), self._view.symbol(COUNT)
        size = self._described(TASK, OBJECT_SIZE) - HEADER
        if table is not None and count is not None and size > FUNCTION:
            for index in range(min(self._memory.word(count), MAX_TASKS)):
                if self._is_task(table + index * size):
                    yield table + index * size

    def _created(self) -> Iterator[int]:
        """Those of `Task_create`."""
        root = self._view.symbol(ROOT)
        if root is None:
            return
        place = self._memory.word(root)
        for _ in range(MAX_TASKS):
            if place in (0, root) or not self._is_task(place + HEADER):
                return
            yield place + HEADER
            place = self._memory.word(place)

    def _constructed(self) -> Iterator[int]:
        """Those of `Task_construct`."""
        for variable in self._view.objects(CONSTRUCTED):
            if self._is_task(variable.address):
                yield variable.address

    def _is_task(self, place: int) -> bool:
        try:
            mode, size = self._mode(place), self._memory.word(place + STACK_SIZE)
            inside = self._memory.word(place + CONTEXT) - self._memory.word(place + STACK)
        except RenodeWifiError:
            return False
        return mode in MODES and 0 < size < 1 << 20 and 0 <= inside <= size

    def _mode(self, place: int) -> int:
        # The compiler's options say whether an enumeration is a byte or a word.
        return self._memory.read(place + MODE, 1)[0]

    def _described(self, descriptor: str, offset: int) -> int:
        """0 where the image doesn't say."""
        place = self._view.symbol(descriptor)
        return 0 if place is None else self._memory.word(place + offset)

    def _thread(self, place: int, is_current: bool) -> Thread:
        (priority,) = self._memory.words(place + PRIORITY, 1)
        mode = self._mode(place)
        state = "Running" if is_current else MODES.get(mode, "Unknown")
        if mode == BLOCKED and not is_current and not self._queue(place):
            state = "Sleeping"
        signed = priority - (1 << 32) if priority >> 31 else priority
        return Thread(place, self._name(place), f"{state}, priority {signed}", is_current)

    def _name(self, place: int) -> str:
        """Its own, or its function's."""
        name = self._label(place, self._described(TASK, OBJECT_NAME))
        return name or self._view.function_at(self._memory.word(place + FUNCTION))

    def _label(self, place: int, offset: int) -> str:
        """To which an object's word points; "" where objects have no names, or this one."""
        named = self._memory.word(place + offset) if offset else 0
        return self._memory.text(named) if named else ""

    def damage(self) -> Damage | None:
        return None

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            top = self._memory.word(thread.id + CONTEXT)
            words = self._memory.words(top, len(SAVED) + 1)
        except RenodeWifiError:
            return {}
        registers = dict(zip(SAVED, words, strict=False))
        top += 4 * len(words)
        return registers | {"pc": words[-1] & ~1, "sp": top, "msp": top}

    def wait(self, thread: Thread) -> Wait:
        try:
            if thread.is_current or self._mode(thread.id) != BLOCKED:
                return Wait()
            queue = self._queue(thread.id)
            size, name = (self._described(SEMAPHORE, at) for at in (OBJECT_SIZE, OBJECT_NAME))
            if not queue or not size:
                return Wait()
            # The queue's head is the last member, or the name is.
            end = name or size - HEADER
            place = queue - (end - QUEUE)
            shown = self._label(place, name) or self._view.variable_at(place) or f"0x{place:08X}"
            return Wait(f"semaphore {shown}")
        except RenodeWifiError:
            return Wait()

    def _queue(self, place: int) -> int:
        """Head of the queue in which a task waits; 0: it waits for time only."""
        first = self._memory.word(place + PENDING)
        element = first
        for _ in range(MAX_TASKS if first else 0):
            element = self._memory.word(element)
            if element == first:
                return 0
            owner = self._memory.word(element + PENDING_TASK)
            waits = owner and self._is_task(owner)
            if not waits or self._memory.word(owner + PENDING) != element:
                return element
        return 0

    def stack(self, thread: Thread) -> Stack:
        try:
            bottom = self._memory.word(thread.id + STACK)
            size = self._memory.word(thread.id + STACK_SIZE)
            # The saved pointer of the task that runs is old.
            top = bottom if thread.is_current else self._memory.word(thread.id + CONTEXT)
            return self._memory.stack(bottom, top, STACK_FILL, size)
        except RenodeWifiError:
            return Stack()
