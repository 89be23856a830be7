"""What FreeRTOS's tasks wait for, and what is left of their stacks.

Sources: FreeRTOS-Kernel V8 to V11, queue.c (Queue_t), tasks.c (tskSTACK_FILL_BYTE, TCB_t).
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.memory import KernelMemory
from renode_wifi.emulation.image.rtos.threads import Stack, Thread, Wait

# TCB_t: pxTopOfStack, xEventListItem.pvContainer, pxStack.
TCB_TOP, TCB_EVENT_LIST, TCB_STACK = 0, 40, 48
STACK_FILL = 0xA5
# Queue_t: pcHead (uxQueueType, null for a mutex), pcWriteTo, u.xSemaphore.xMutexHolder,
# xTasksWaitingToSend, xTasksWaitingToReceive, uxMessagesWaiting, uxLength, uxItemSize.
QUEUE_SEND, QUEUE_RECEIVE, QUEUE_WORDS = 16, 36, 17
MAX_LENGTH = 10_000


class Waits:
    """name_of(queue): its name, "" without one."""

    def __init__(self, memory: KernelMemory, name_of: Callable[[int], str]) -> None:
        self._memory = memory
        self._name_of = name_of

    def of(self, thread: Thread) -> Wait:
        """What a blocked task waits for."""
        try:
            place = self._memory.word(thread.id + TCB_EVENT_LIST)
            for offset, verb in ((QUEUE_RECEIVE, "receive from"), (QUEUE_SEND, "send to")):
                found = self._queue(place - offset, place, verb) if place else None
                if found is not None:
                    return found
        except RenodeWifiError:
            pass
        return Wait()

    def _queue(self, queue: int, place: int, verb: str) -> Wait | None:
        fields = self._memory.words(queue, QUEUE_WORDS)
        head, holder, waiting, length, item_size = fields[0], fields[2], *fields[14:17]
        if not 0 < length < MAX_LENGTH or waiting > length:
            return None
        # Who receives waits while it is empty, who sends while it is full.
        if (verb == "send to") != (waiting == length):
            return None
        name = self._name_of(queue) or f"0x{queue:08X}"
        if item_size:
            return Wait(f"to {verb} queue {name} ({waiting} of {length})")
        if head:
            return Wait(f"semaphore {name}")
        return Wait(f"mutex {name}", holder)

    def stack(self, thread: Thread) -> Stack:
        """What is left of a task's stack."""
        try:
            bottom = self._memory.word(thread.id + TCB_STACK)
            return self._memory.stack(bottom, self._memory.word(thread.id + TCB_TOP), STACK_FILL)
        except RenodeWifiError:
            return Stack()
