"""What FreeRTOS's tasks wait for, and what is left of their stacks.

Sources: FreeRTOS-Kernel V8 to V11, queue.c (Queue_t), tasks.c (tskSTACK_FILL_BYTE, TCB_t).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.freertos import FreeRtos
from renode_wifi.emulation.image.rtos.threads import Thread

# TCB_t.
TCB_TOP, TCB_EVENT_LIST, TCB_STACK = 0, 40, 48
STACK_FILL = 0xA5
MAX_STACK = 64 * 1024
CHUNK = 256
# Queue_t: pcHead (uxQueueType, null for a mutex), pcWriteTo, u.xSemaphore.xMutexHolder,
# xTasksWaitingToSend, xTasksWaitingToReceive, uxMessagesWaiting, uxLength, uxItemSize.
QUEUE_SEND, QUEUE_RECEIVE, QUEUE_SIZE = 16, 36, 68
MAX_LENGTH = 10_000


@dataclass(frozen=True)
class Wait:
    """text: what for. holder: TCB of the task that holds the mutex, 0 where it is none."""

    text: str = ""
    holder: int = 0


@dataclass(frozen=True)
class Stack:
    """bottom: its lowest address. unused: bytes that were never written; None: not known."""

    bottom: int
    unused: int | None
    overflown: bool


class Waits:
    """symbol_of(address): name of a variable there, "" without one."""

    def __init__(
        self,
        kernel: FreeRtos,
        read_memory: Callable[[int, int], bytes],
        symbol_of: Callable[[int], str],
    ) -> None:
        self._kernel = kernel
        self._read_memory = read_memory
        self._symbol_of = symbol_of

    def of(self, thread: Thread) -> Wait:
        """What a blocked task waits for."""
        try:
            place = self._word(thread.id + TCB_EVENT_LIST)
            for offset, verb in ((QUEUE_RECEIVE, "receive from"), (QUEUE_SEND, "send to")):
                found = self._queue(place - offset, place, verb) if place else None
                if found is not None:
                    return found
        except RenodeWifiError:
            pass
        return Wait()

    def _queue(self, queue: int, place: int, verb: str) -> Wait | None:
        fields = struct.unpack("<17I", self._read_memory(queue, QUEUE_SIZE))
        head, holder, waiting, length, item_size = fields[0], fields[2], *fields[14:17]
        if not 0 < length < MAX_LENGTH or waiting > length:
            return None
        # Who receives waits while it is empty, who sends while it is full.
        if (verb == "send to") != (waiting == length):
            return None
        name = self._symbol_of(queue) or f"0x{queue:08X}"
        if item_size:
            return Wait(f"to {verb} queue {name} ({waiting} of {length})")
        if head:
            return Wait(f"semaphore {name}")
        return Wait(f"mutex {name}", holder)

    def stack(self, thread: Thread) -> Stack:
        """What is left of a task's stack."""
        try:
            bottom = self._word(thread.id + TCB_STACK)
            top = self._word(thread.id + TCB_TOP)
            unused = 0
            while unused < MAX_STACK:
                data = self._read_memory(bottom + unused, CHUNK)
                same = len(data) - len(data.lstrip(bytes([STACK_FILL])))
                unused += same
                if same < len(data):
                    break
        except RenodeWifiError:
            return Stack(0, None, False)
        return Stack(bottom, unused, top < bottom)

    def _word(self, place: int) -> int:
        return int.from_bytes(self._read_memory(place, 4), "little")
