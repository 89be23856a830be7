"""Keil RTX5's threads (CMSIS-RTOS2, Mbed OS), read from memory: names, states, waits, registers.

Sources: RTX 5.1 to 5.9, rtx_os.h (osRtxInfo_t, osRtxThread_t, osRtxMutex_t, osRtxMessageQueue_t),
rtx_thread.c (osRtxThreadListRoot, osRtxThreadStackCheck), irq_armv7m.S (what SVC and PendSV stack).
No option moves the members that are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.memory import NO_FP_FRAME
from renode_wifi.emulation.image.rtos.threads import Damage, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView

MAX_THREADS = 256
STACK_FILL = 0xCC
STACK_MAGIC = 0xE25A2EA5
"""osRtxStackMagicWord, in the lowest word of a stack."""

# osRtxInfo_t: thread.run.curr, thread.ready.thread_list, thread.delay_list, thread.wait_list.
INFO_CURRENT, INFO_READY, INFO_DELAYED, INFO_WAITING = 20, 36, 44, 48
# All objects.
OBJECT_NAME = 4
# osRtxThread_t.
THREAD_ID = 0xF1
STATE, NEXT, PREVIOUS, DELAY_NEXT, JOINING = 1, 8, 12, 16, 24
PRIORITY, STACK_FRAME, STACK, STACK_SIZE, TOP = 32, 34, 48, 52, 56
# osRtxMutex_t, osRtxMessageQueue_t.
MUTEX_OWNER, QUEUE_CAPACITY, QUEUE_USED = 12, 12, 16

STATES = {0: "Inactive", 1: "Ready", 2: "Running", 3: "Blocked", 4: "Terminated"}
"""By the lower four bits of `state`."""
DELAY, JOIN, THREAD_FLAGS, MUTEX, MESSAGE_GET, MESSAGE_PUT = 1, 2, 3, 5, 8, 9
OBJECTS = {4: "event flags", MUTEX: "mutex", 6: "semaphore", 7: "memory pool"}
"""By the upper four bits of a blocked thread's `state`."""


class Rtx5:
    name = "RTX5"
    kernel = re.compile(r"_*(?:osRtx|svcRtx|isrRtx|os[A-Z])|(?:SVC|PendSV|SysTick)_Handler")
    symbols: tuple[str, ...] = ("osRtxInfo",)

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._memory = view.memory

    def threads(self) -> list[Thread]:
        info = self._view.symbol("osRtxInfo")
        if info is None:
            return []
        try:
            current = self._memory.word(info + INFO_CURRENT)
            if not self._is_thread(current):
                return []
            places = dict.fromkeys((current, *self._listed(info)))
            return [self._thread(place, place == current) for place in places]
        except RenodeWifiError:
            return []  # The words are not those of a kernel that runs.

    def _listed(self, info: int) -> Iterator[int]:
        """Those that are ready, and those that wait with and without a time-out."""
        lists = ((INFO_READY, NEXT), (INFO_DELAYED, DELAY_NEXT), (INFO_WAITING, DELAY_NEXT))
        found: set[int] = set()
        for first, following in lists:
            place = self._memory.word(info + first)
            while place not in found and len(found) < MAX_THREADS and self._is_thread(place):
                found.add(place)
                yield place
                place = self._memory.word(place + following)

    def _is_thread(self, place: int) -> bool:
        return bool(place) and self._byte(place) == THREAD_ID

    def _thread(self, place: int, is_current: bool) -> Thread:
        name = self._memory.text(self._memory.word(place + OBJECT_NAME))
        bits = self._byte(place + STATE)
        state = STATES.get(bits & 0xF, "Unknown")
        if state == "Blocked" and bits >> 4 == DELAY:
            state = "Sleeping"
        if is_current:
            state = "Running"
        priority = int.from_bytes(self._memory.read(place + PRIORITY, 1), "little", signed=True)
        return Thread(place, name, f"{state}, priority {priority}", is_current)

    def _byte(self, place: int) -> int:
        return self._memory.read(place, 1)[0]

    def damage(self) -> Damage | None:
        return None

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            top = self._memory.word(thread.id + TOP)
            has_fp = not self._byte(thread.id + STACK_FRAME) & NO_FP_FRAME
            registers: dict[str, int] = {}
            if has_fp:
                registers |= self._memory.doubles(top, 8)
                top += 64
            registers |= self._memory.saved(top)
            return registers | self._memory.frame(top + 32, has_fp)
        except RenodeWifiError:
            return {}

    def wait(self, thread: Thread) -> Wait:
        try:
            bits = self._byte(thread.id + STATE)
            if thread.is_current or STATES.get(bits & 0xF) != "Blocked":
                return Wait()
            reason = bits >> 4
            if reason == JOIN:
                return self._joined(thread.id)
            if reason == THREAD_FLAGS:
                return Wait("its thread flags")
            if reason in OBJECTS:
                place = self._object(thread.id)
                owner = self._memory.word(place + MUTEX_OWNER) if reason == MUTEX else 0
                return Wait(
                    f"{OBJECTS[reason]} {self._view.object_name(place, OBJECT_NAME)}", owner
                )
            if reason in (MESSAGE_GET, MESSAGE_PUT):
                return Wait(self._queue(self._object(thread.id), reason))
        except RenodeWifiError:
            pass
        return Wait()

    def _joined(self, place: int) -> Wait:
        for other in self.threads():
            if self._memory.word(other.id + JOINING) == place:
                return Wait(f"the end of {other.name}")
        return Wait()

    def _object(self, place: int) -> int:
        """What has the list in which a thread waits; the first of a list points back to it."""
        for _ in range(MAX_THREADS):
            place = self._memory.word(place + PREVIOUS)
            if self._byte(place) != THREAD_ID:
                return place
        raise RenodeWifiError("the list of waiting threads has no beginning")

    def _queue(self, place: int, reason: int) -> str:
        capacity = self._memory.word(place + QUEUE_CAPACITY)
        used = self._memory.word(place + QUEUE_USED)
        verb = "receive from" if reason == MESSAGE_GET else "send to"
        name = self._view.object_name(place, OBJECT_NAME)
        return f"to {verb} queue {name} ({used} of {capacity})"

    def stack(self, thread: Thread) -> Stack:
        try:
            bottom = self._memory.word(thread.id + STACK)
            if self._memory.word(bottom) != STACK_MAGIC:
                return Stack(bottom, overflown=True)
            # The saved pointer of the thread that runs is old.
            top = bottom if thread.is_current else self._memory.word(thread.id + TOP)
            size = self._memory.word(thread.id + STACK_SIZE)
            return self._memory.stack(bottom, top, STACK_FILL, size, skip=4)
        except RenodeWifiError:
            return Stack()
