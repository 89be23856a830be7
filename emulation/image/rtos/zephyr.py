"""Zephyr's threads, read from memory: names, states, what they wait for, and their registers.

Sources: Zephyr 2.0 to 4.2, include/zephyr/kernel/thread.h (k_thread), kernel_structs.h (z_kernel,
states), arch/arm/thread.h (_callee_saved, _thread_arch). CONFIG_THREAD_MONITOR lists the threads;
without it they are those that the image's variables hold. Members are found by the image's DWARF,
since most of them are options.
"""

from __future__ import annotations

import re
from dataclasses import replace

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.layouts import Layout
from renode_wifi.emulation.image.rtos.memory import NO_FP_FRAME
from renode_wifi.emulation.image.rtos.threads import Damage, Stack, Thread, Wait
from renode_wifi.emulation.image.rtos.view import ImageView

MAX_THREADS = 256
STACK_FILL = 0xAA
"""By CONFIG_INIT_STACKS."""
SENTINEL = 0xF0F0F0F0
"""By CONFIG_STACK_SENTINEL, in the lowest word of a stack."""
DUMMY, PENDING, DEAD, SUSPENDED = 1 << 0, 1 << 1, 1 << 3, 1 << 4
USER = 1 << 2
"""Of user_options: the thread runs unprivileged, and its system calls on a stack of their own."""
PRIVILEGED_STACK = 1024
"""Default of CONFIG_PRIVILEGED_STACK_SIZE, which images have as a symbol."""
HAS_FP = 1 << 2
"""Of _thread_arch.mode, until 2.7: CONTROL.FPCA."""
STATES = (
    (DEAD, "Dead"),
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
THREAD = "k_thread"
OBJECTS = frozenset((THREAD, *KINDS))
QUEUES = ("wait_q", "_queue.wait_q")
JOINING = ("join_queue", "base.join_waiters")
"""Queue of threads that wait for a thread's end; the latter in 2.x."""
POLLING = re.compile(r"wait_q(\.\d+)?")
"""The queue inside k_poll."""
GIVEN = re.compile(r"_k_thread_obj_(?P<defined>\w+)|z_(?P<own>main|idle)_threads?(?:\[0\])?")
"""Variables of threads whose names K_THREAD_DEFINE or the kernel made."""


class Zephyr:
    name = "Zephyr"
    kernel = re.compile(r"_|(?:z|k|arch|sys)_|(?:un)?pend_|halt_thread|swap")
    symbols: tuple[str, ...] = ("_kernel",)

    def __init__(self, view: ImageView) -> None:
        self._view = view
        self._memory = view.memory

    def threads(self) -> list[Thread]:
        kernel = self._view.symbol("_kernel")
        if kernel is None:
            return []
        try:
            layout = self._view.layout("z_kernel") or {}
            current = self._memory.word(kernel + layout["cpus.current"])
            if "threads" in layout:
                places = self._listed(self._memory.word(kernel + layout["threads"]))
            else:
                places = self._declared(current)
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

    def _declared(self, current: int) -> list[int]:
        """Those in variables, and the one that runs, which may have been allocated."""
        found = [each.address for each in self._view.objects(OBJECTS) if each.tag == THREAD]
        places = [place for place in dict.fromkeys(found) if self._lives(place)][:MAX_THREADS]
        if places and current and current not in places and self._lives(current):
            places.append(current)
        return places

    def _lives(self, place: int) -> bool:
        ended = self._byte(place, "base.thread_state") & (DUMMY | DEAD)
        return not ended and bool(self._member(place, "callee_saved.psp"))

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
        return Thread(place, self._name(place), f"{state}, priority {priority}", is_current)

    def _name(self, place: int) -> str:
        """As CONFIG_THREAD_NAME has it; without it, that of the variable."""
        if "name" in self._members():
            name = self._memory.text(self._at(place, "name"))
            if name:
                return name
        for each in self._view.objects(OBJECTS):
            if each.address == place and each.tag == THREAD:
                given = GIVEN.fullmatch(each.name)
                return (given["defined"] or given["own"]) if given else each.name
        return f"0x{place:08X}"

    def _has_timeout(self, place: int) -> bool:
        """Whether its node is in a list of time-outs."""
        return "base.timeout.node" in self._members() and bool(
            self._member(place, "base.timeout.node")
        )

    def _members(self) -> Layout:
        return self._view.layout(THREAD) or {}

    def _at(self, place: int, name: str) -> int:
        return place + self._members()[name]

    def _member(self, place: int, name: str) -> int:
        return self._memory.word(self._at(place, name))

    def _byte(self, place: int, name: str) -> int:
        return self._memory.read(self._at(place, name), 1)[0]

    def damage(self) -> Damage | None:
        return None

    def registers(self, thread: Thread) -> dict[str, int]:
        try:
            has_fp = self._has_fp_frame(thread.id)
            registers = self._memory.saved(self._at(thread.id, "callee_saved.v1"))
            if has_fp and "arch.preempt_float" in self._members():
                registers |= self._memory.doubles(self._at(thread.id, "arch.preempt_float"), 8)
            top = self._member(thread.id, "callee_saved.psp")
            return registers | self._memory.frame(top, has_fp)
        except (RenodeWifiError, KeyError):
            return {}

    def _has_fp_frame(self, place: int) -> bool:
        members = self._members()
        if "arch.mode_exc_return" in members:
            return not self._byte(place, "arch.mode_exc_return") & NO_FP_FRAME
        if "arch.mode" in members and "arch.preempt_float" in members:
            return bool(self._byte(place, "arch.mode") & HAS_FP)
        return False

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
        offsets = [self._members()[name] for name in JOINING if name in self._members()]
        for thread in self.threads():
            if queue - thread.id in offsets:
                return Wait(f"the end of {thread.name}")
        for each in self._view.objects(OBJECTS):
            layout = self._view.layout(each.tag) or {}
            offsets = [layout[name] for name in QUEUES if name in layout]
            if each.tag in KINDS and queue - each.address in offsets:
                holder = 0
                if each.tag == "k_mutex" and "owner" in layout:
                    holder = self._memory.word(each.address + layout["owner"])
                return Wait(f"{KINDS[each.tag]} {each.name}", holder)
        if POLLING.fullmatch(self._view.variable_at(queue)):
            return Wait("events of k_poll")
        return Wait(f"0x{queue:08X}")

    def stack(self, thread: Thread) -> Stack:
        try:
            bottom = self._member(thread.id, "stack_info.start")
            size = self._member(thread.id, "stack_info.size")
            top = self._member(thread.id, "callee_saved.psp")
            skip = 4 if self._memory.word(bottom) == SENTINEL else 0
            privileged = self._privileged(thread.id)
            if thread.is_current or top in privileged:  # Of the former the saved one is old.
                top = bottom
            stack = self._memory.stack(bottom, top, STACK_FILL, size, skip)
            return replace(stack, privileged=privileged)
        except (RenodeWifiError, KeyError):
            return Stack()

    def _privileged(self, place: int) -> range:
        """The stack of a user thread's system calls."""
        members = self._members()
        if "arch.priv_stack_start" not in members:
            return range(0)
        if not self._byte(place, "base.user_options") & USER:
            return range(0)
        start = self._member(place, "arch.priv_stack_start")
        size = self._view.symbol("CONFIG_PRIVILEGED_STACK_SIZE") or PRIVILEGED_STACK
        return range(start, start + size + 1)
