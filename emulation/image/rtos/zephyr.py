"""Zephyr's threads, read from memory: names, states, what they wait for, and their registers.

Sources: Zephyr 2.0 to 4.2, include/zephyr/kernel/thread.h (k_thread), kernel_structs.h (z_kernel,
states), arch/arm/thread.h (_callee_saved, _thread_arch). It takes CONFIG_THREAD_MONITOR, which
lists the threads; members are found by the image's DWARF, since most of them are options.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.layouts import Layout, Variable
from renode_wifi.emulation.image.rtos.memory import NO_FP_FRAME, KernelMemory
from renode_wifi.emulation.image.rtos.threads import Stack, Thread, Wait

MAX_THREADS = 256
STACK_FILL = 0xAA
"""By CONFIG_INIT_STACKS."""
SENTINEL = 0xF0F0F0F0
"""By CONFIG_STACK_SENTINEL, in the lowest word of a stack."""
PENDING, SUSPENDED = 1 << 1, 1 << 4
STATES = (
    (1 << 3, "Dead"),
    (1 << 5, "Aborting"),
    (PENDING, "Pending"),
    (SUSPENDED, "Suspended"),
    (1 << 2, "Sleeping"),  # Until 4.0: not started yet.
)
"""The first whose bit is set in thread_state."""
KINDS = {
    "k_mutex": "mutex",
    "k_sem": "semaphore",
    "k_msgq": "message queue",
    "k_queue": "queue",
    "k_fifo": "queue",
    "k_lifo": "queue",
    "k_stack": "stack",
    "k_condvar": "condition variable",
    "k_event": "event",
    "k_mem_slab": "memory slab",
    "k_pipe": "pipe",
    "k_mbox": "mailbox",
}
"""Kernel objects that threads wait for."""
QUEUES = ("wait_q", "_queue.wait_q")


class Zephyr:
    """See `known` for the parameters."""

    name = "Zephyr"
    kernel = re.compile(r"_|(?:z|k|arch|sys)_|(?:un)?pend_|halt_thread|swap")
    symbols: tuple[str, ...] = ("_kernel",)

    def __init__(
        self,
        symbol: Callable[[str], int | None],
        read_memory: Callable[[int, int], bytes],
        layout: Callable[[str], Layout | None],
        variable: Callable[[int], Variable | None] = lambda address: None,
    ) -> None:
        self._symbol = symbol
        self._memory = KernelMemory(read_memory)
        self._layout = layout
        self._variable = variable

    def threads(self) -> list[Thread]:
        kernel = self._symbol("_kernel")
        if kernel is None:
            return []
        try:
            layout = self._layout("z_kernel") or {}
            first = self._memory.word(kernel + layout["threads"])
            current = self._memory.word(kernel + layout["cpus.current"])
            places = self._listed(first)
            # Before the kernel runs, a thread that isn't in the list stands for the processor.
            if current not in places:
                return []
            return [self._thread(place, place == current) for place in places]
        except (RenodeWifiError, KeyError):
            return []  # The words are not those of a kernel that runs, or have no layout.

    def _listed(self, first: int) -> list[int]:
        places: list[int] = []
        place = first
        while place and place not in places and len(places) < MAX_THREADS:
            places.append(place)
            place = self._member(place, "next_thread")
        return places

    def _thread(self, place: int, is_current: bool) -> Thread:
        bits = self._byte(place, "base.thread_state")
        state = next((text for bit, text in STATES if bits & bit), "Ready")
        if state == "Suspended" and self._has_timeout(place):
            state = "Sleeping"  # As k_sleep has it until 4.0.
        if is_current:
            state = "Running"
        priority = int.from_bytes(
            self._memory.read(self._at(place, "base.prio"), 1), "little", signed=True
        )
        name = ""
        if "name" in self._members():
            name = self._memory.text(self._at(place, "name"))
        return Thread(place, name, f"{state}, priority {priority}", is_current)

    def _has_timeout(self, place: int) -> bool:
        """Whether its node is in a list of time-outs."""
        return "base.timeout.node" in self._members() and bool(
            self._member(place, "base.timeout.node")
        )

    def _members(self) -> Layout:
        return self._layout("k_thread") or {}

    def _at(self, place: int, name: str) -> int:
        return place + self._members()[name]

    def _member(self, place: int, name: str) -> int:
        return self._memory.word(self._at(place, name))

    def _byte(self, place: int, name: str) -> int:
        return self._memory.read(self._at(place, name), 1)[0]

    def damage(self) -> str:
        return ""

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            has_fp = (
                "arch.mode_exc_return" in self._members()
                and not self._byte(thread.id, "arch.mode_exc_return") & NO_FP_FRAME
            )
            registers = self._memory.saved(self._at(thread.id, "callee_saved.v1"))
            if has_fp and "arch.preempt_float" in self._members():
                registers |= self._memory.doubles(self._at(thread.id, "arch.preempt_float"), 8)
            top = self._member(thread.id, "callee_saved.psp")
            return registers | self._memory.frame(top, has_fp)
        except (RenodeWifiError, KeyError):
            return {}

    def wait(self, thread: Thread) -> Wait:
        try:
            if thread.is_current or not self._byte(thread.id, "base.thread_state") & PENDING:
                return Wait()
            queue = self._member(thread.id, "base.pended_on")
            return self._object(queue) if queue else Wait()
        except (RenodeWifiError, KeyError):
            return Wait()

    def _object(self, queue: int) -> Wait:
        """What has this queue of waiting threads."""
        joined = queue - self._members().get("join_queue", 0)
        for thread in self.threads():
            if thread.id == joined:
                return Wait(f"the end of {thread.name or f'0x{joined:08X}'}")
        variable = self._variable(queue)
        layout = (self._layout(variable.tag) if variable else None) or {}
        offsets = [layout[name] for name in QUEUES if name in layout]
        if variable is None or queue - variable.address not in offsets:
            return Wait(f"0x{queue:08X}")
        text = f"{KINDS.get(variable.tag, variable.tag)} {variable.name}"
        if variable.tag != "k_mutex" or "owner" not in layout:
            return Wait(text)
        return Wait(text, self._memory.word(variable.address + layout["owner"]))

    def stack(self, thread: Thread) -> Stack:
        try:
            bottom = self._member(thread.id, "stack_info.start")
            size = self._member(thread.id, "stack_info.size")
            top = self._member(thread.id, "callee_saved.psp")
            skip = 4 if self._memory.word(bottom) == SENTINEL else 0
            if thread.is_current:  # Its saved pointer is an old one.
                top = bottom
            return self._memory.stack(bottom, top, STACK_FILL, size, skip)
        except (RenodeWifiError, KeyError):
            return Stack()
