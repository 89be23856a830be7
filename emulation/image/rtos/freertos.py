"""FreeRTOS's tasks, read from memory: names, states, and the registers of those that wait.

Sources: FreeRTOS-Kernel V8 to V11, list.h (List_t, ListItem_t), tasks.c (TCB_t) and
portable/GCC/ARM_CM3 and ARM_CM4F/port.c (what xPortPendSVHandler stacks). The structures are those
of a kernel without MPU wrappers and without configUSE_LIST_DATA_INTEGRITY_CHECK_BYTES.
"""

from __future__ import annotations

import re

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.rtos.memory import MAX_NAME, NO_FP_FRAME
from renode_wifi.emulation.image.rtos.threads import Damage, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView
from renode_wifi.emulation.image.rtos.waits import TCB_EVENT_LIST, Waits

__all__ = ["MAX_NAME", "TCB_NAME", "FreeRtos"]

# List_t: uxNumberOfItems, pxIndex, xListEnd (xItemValue, pxNext, pxPrevious).
LIST_SIZE = 20
LIST_END = 8
END_VALUE = 0xFFFFFFFF
"""portMAX_DELAY, which xListEnd.xItemValue of every initialised list is."""
# ListItem_t: xItemValue, pxNext, pxPrevious, pvOwner, pvContainer.
ITEM_NEXT, ITEM_OWNER = 4, 12
# TCB_t: uxPriority, pcTaskName; pvOwner of xStateListItem and of xEventListItem, which are the task
# itself as long as nobody writes over it.
TCB_PRIORITY, TCB_NAME = 44, 52
TCB_OWNERS = (16, 36)
TCB_SIZE = TCB_NAME + 4
"""That of the shortest name."""
OVERWRITTEN = "overwritten"

MAX_PRIORITIES = 64
MAX_TASKS = 256
MAX_REGISTERED = 16
"""Names of queues that are looked at (configQUEUE_REGISTRY_SIZE)."""

EXC_RETURN = 0xFFFFFF00

BLOCKED, SUSPENDED = "Blocked", "Suspended"
LISTS = {
    "xPendingReadyList": "Ready",
    "xDelayedTaskList1": BLOCKED,
    "xDelayedTaskList2": BLOCKED,
    "xSuspendedTaskList": SUSPENDED,
    "xTasksWaitingTermination": "Deleted",
}


class FreeRtos:
    name = "FreeRTOS"
    kernel = re.compile(r"(?:x|v|pv|prv|ul|ux|pc|px)[A-Z]|(?:SVC|PendSV|SysTick)_Handler")
    symbols = ("pxCurrentTCB", "uxCurrentNumberOfTasks", "pxReadyTasksLists", *LISTS)

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._memory = view.memory
        self._waits = Waits(self._memory, self._queue_name)

    def threads(self) -> list[Thread]:
        try:
            current = self._word_of("pxCurrentTCB")
            count = self._word_of("uxCurrentNumberOfTasks")
            ready = self._view.symbol("pxReadyTasksLists")
            if not current or not count or count > MAX_TASKS or ready is None:
                return []
            return self._tasks(current, ready)
        except RenodeWifiError:
            return []  # The words are not those of a kernel that runs.

    def damage(self) -> Damage | None:
        try:
            current = self._word_of("pxCurrentTCB")
        except RenodeWifiError:
            return None
        if not current or self._is_whole(current):
            return None
        whole = tuple(self._thread(task, "", False) for task in self._whole_tasks())
        try:
            self._memory.read(current, TCB_NAME + MAX_NAME)
        except RenodeWifiError:
            return Damage(f"pxCurrentTCB is 0x{current:08X}", whole)
        if not whole:
            return None  # A kernel of another layout.
        return Damage(f"so was the task at 0x{current:08X}, which was to run", whole)

    def _is_whole(self, task: int) -> bool:
        try:
            return all(self._memory.word(task + at) == task for at in TCB_OWNERS)
        except RenodeWifiError:
            return False

    def _whole_tasks(self) -> list[int]:
        """Tasks anywhere in variables, such as the heap."""
        found: list[int] = []
        for area in self._view.data:
            if len(area) < TCB_SIZE:
                continue
            try:
                data = self._memory.read(area.start, len(area))
            except RenodeWifiError:
                continue
            first = -area.start % 4
            for at in range(first, len(data) - TCB_SIZE + 1, 4):
                own = (area.start + at).to_bytes(4, "little")
                if all(data[at + owner : at + owner + 4] == own for owner in TCB_OWNERS):
                    found.append(area.start + at)
        return found

    def _tasks(self, current: int, ready: int) -> list[Thread]:
        states: dict[int, str] = {}
        for priority in range(MAX_PRIORITIES):
            items = self._items(ready + priority * LIST_SIZE)
            if items is None:
                break
            states |= dict.fromkeys(items, "Ready")
        for name, state in LISTS.items():
            place = self._view.symbol(name)
            items = None if place is None else self._items(place)
            states |= dict.fromkeys(items or (), state)
        states[current] = "Running"
        whole = [task for task in states if self._is_whole(task)]
        # In a kernel of another layout none seems to be whole.
        lost = states.keys() - whole if whole else set[int]()
        return [
            Thread(task, "", OVERWRITTEN, task == current)
            if task in lost
            else self._thread(task, state, task == current)
            for task, state in states.items()
        ]

    def _thread(self, task: int, state: str, is_current: bool) -> Thread:
        name = self._memory.text(task + TCB_NAME)
        priority = self._memory.word(task + TCB_PRIORITY)
        if state == SUSPENDED and self._memory.word(task + TCB_EVENT_LIST):
            state = BLOCKED  # It waits for a queue or semaphore without a time-out.
        return Thread(task, name, f"{state}, priority {priority}", is_current)

    def _items(self, place: int) -> list[int] | None:
        """The tasks in a list; None where there is no initialised list."""
        count, _, end, item, _ = self._memory.words(place, LIST_SIZE // 4)
        if end != END_VALUE or count > MAX_TASKS:
            return None
        tasks: list[int] = []
        for _ in range(count):
            if item == place + LIST_END:
                break
            try:
                owner, item = (self._memory.word(item + at) for at in (ITEM_OWNER, ITEM_NEXT))
                self._memory.read(owner, TCB_NAME + MAX_NAME)
            except RenodeWifiError:
                break  # Something was written over the list: what comes behind is lost.
            tasks.append(owner)
        return tasks

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            return self._stacked(self._memory.word(thread.id))
        except RenodeWifiError:
            return {}

    def _stacked(self, top: int) -> dict[str, int]:
        registers = self._memory.saved(top)
        top += 32
        has_fp = False
        exc_return = self._memory.word(top)
        if exc_return & EXC_RETURN == EXC_RETURN:  # ARM_CM4F keeps it, ARM_CM3 doesn't.
            top += 4
            has_fp = not exc_return & NO_FP_FRAME
        if has_fp:
            registers |= self._memory.doubles(top, 8)
            top += 64
        return registers | self._memory.frame(top, has_fp)

    def wait(self, thread: Thread) -> Wait:
        return self._waits.of(thread) if BLOCKED in thread.state else Wait()

    def stack(self, thread: Thread) -> Stack:
        if thread.state == OVERWRITTEN:
            return Stack()
        return self._waits.stack(thread)

    def _queue_name(self, queue: int) -> str:
        return self._registered(queue) or self._view.variable_at(queue)

    def _registered(self, queue: int) -> str:
        """The name that vQueueAddToRegistry gave a queue, semaphore or mutex."""
        place = self._view.symbol("xQueueRegistry")
        if place is None:
            return ""
        try:
            # QueueRegistryItem_t: pcQueueName, xHandle.
            items = self._memory.words(place, 2 * MAX_REGISTERED)
            for name, handle in zip(items[::2], items[1::2], strict=True):
                if handle == queue and name:
                    return self._memory.text(name)
        except RenodeWifiError:
            pass  # What follows a small registry need not be readable.
        return ""

    def _word_of(self, name: str) -> int | None:
        place = self._view.symbol(name)
        return None if place is None else self._memory.word(place)
