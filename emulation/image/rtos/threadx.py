"""ThreadX's threads, read from memory: names, states, what they wait for, and their registers.

Sources: ThreadX 5 and 6, tx_api.h (TX_THREAD, TX_QUEUE, TX_MUTEX; states; TX_STACK_FILL) and
ports/cortex_m4/gnu/src/tx_thread_schedule.S (what PendSV stacks). Members are found by the image's
DWARF: ports and options extend the structures.
"""

from __future__ import annotations

import re

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.memory import NO_FP_FRAME
from renode_wifi.emulation.image.rtos.threads import Damage, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView

THREAD_ID = 0x54485244
"""TX_THREAD_ID, which tx_thread_id of every created thread is."""
MAX_THREADS = 256
STACK_FILL = 0xEF
QUEUE, MUTEX = 5, 13
STATES = {
    0: "Ready",
    1: "Completed",
    2: "Terminated",
    3: "Suspended",
    4: "Sleeping",
    10: "Blocked in a driver",
    11: "Blocked on a file",
    12: "Blocked on TCP/IP",
    14: "Changing priority",
}
OBJECTS = {
    QUEUE: "queue",
    6: "semaphore",
    7: "event flags",
    8: "block pool",
    9: "byte pool",
    MUTEX: "mutex",
}
"""Of the states in which tx_thread_suspend_control_block is the object waited for."""
IDLE = 1
"""Id of what stands for the processor while no thread runs."""
OBJECT_NAME = 4
"""Every object begins with its id and a pointer to its name."""


class ThreadX:
    name = "ThreadX"
    kernel = re.compile(r"_*txe?_|(?:SVC|PendSV|SysTick)_Handler")
    symbols: tuple[str, ...] = (
        "_tx_thread_created_ptr",
        "_tx_thread_created_count",
        "_tx_thread_current_ptr",
    )

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._memory = view.memory

    def threads(self) -> list[Thread]:
        places = [self._view.symbol(name) for name in self.symbols]
        try:
            first, count, current = (
                0 if place is None else self._memory.word(place) for place in places
            )
            if not first or not 0 < count <= MAX_THREADS:
                return []
            return self._created(first, count, current)
        except (RenodeWifiError, KeyError):
            return []  # The words are not those of a kernel that runs, or have no layout.

    def _created(self, first: int, count: int, current: int) -> list[Thread]:
        threads: dict[int, Thread] = {}
        place = first
        while len(threads) < count and place not in threads:
            if self._member(place, "id") != THREAD_ID:
                break
            threads[place] = self._thread(place, place == current)
            place = self._member(place, "created_next")
        found = list(threads.values())
        if found and current not in threads:  # The scheduler waits.
            found.append(Thread(IDLE, "(idle)", "Running"))
        return found

    def _thread(self, place: int, is_current: bool) -> Thread:
        name = self._memory.text(self._member(place, "name"))
        number = self._member(place, "state")
        state = "Running" if is_current else STATES.get(number, "Blocked")
        priority = self._member(place, "priority")
        return Thread(place, name, f"{state}, priority {priority}", is_current)

    def _member(self, place: int, name: str, kind: str = "thread") -> int:
        layout = self._view.layout(f"TX_{kind.upper()}_STRUCT") or {}
        return self._memory.word(place + layout[f"tx_{kind}_{name}"])

    def damage(self) -> Damage | None:
        return None

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            top = self._member(thread.id, "stack_ptr")
            exc_return = self._memory.word(top)
            top += 4
            has_fp = not exc_return & NO_FP_FRAME
            registers: dict[str, int] = {}
            if has_fp:
                registers |= self._memory.doubles(top, 8)
                top += 64
            registers |= self._memory.saved(top)
            return registers | self._memory.frame(top + 32, has_fp)
        except (RenodeWifiError, KeyError):
            return {}

    def wait(self, thread: Thread) -> Wait:
        if thread.is_current:
            return Wait()
        try:
            state = self._member(thread.id, "state")
            kind = OBJECTS.get(state)
            place = self._member(thread.id, "suspend_control_block")
            if kind is None or not place:
                return Wait()
            name = self._view.object_name(place, OBJECT_NAME)
            if state == QUEUE:
                return Wait(self._queue(place, name))
            holder = self._member(place, "owner", "mutex") if state == MUTEX else 0
            return Wait(f"{kind} {name}", holder)
        except (RenodeWifiError, KeyError):
            return Wait()

    def _queue(self, place: int, name: str) -> str:
        """Who receives waits while it is empty, who sends while it is full."""
        try:
            waiting = self._member(place, "enqueued", "queue")
            capacity = self._member(place, "capacity", "queue")
        except KeyError:
            return f"queue {name}"
        return (
            f"to {'send to' if waiting else 'receive from'} queue {name} ({waiting} of {capacity})"
        )

    def stack(self, thread: Thread) -> Stack:
        if thread.id == IDLE:
            return Stack()
        try:
            bottom = self._member(thread.id, "stack_start")
            size = self._member(thread.id, "stack_size")
            top = self._member(thread.id, "stack_ptr")
            return self._memory.stack(bottom, top, STACK_FILL, size)
        except (RenodeWifiError, KeyError):
            return Stack()
