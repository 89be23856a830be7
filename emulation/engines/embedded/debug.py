"""What a debugger and observers put into the guest: hooks, breakpoints, watchpoints, single steps.

None of it takes virtual time or changes what the guest sees.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.embedded.logs.calls import CallLog
from renode_wifi.emulation.engines.embedded.memory_map import MemoryMap
from renode_wifi.emulation.engines.embedded.native_core import PAGE, NativeCore
from renode_wifi.emulation.platform.core import (
    Access,
    LoggedFunction,
    WatchCallback,
    Watchpoint,
)


class Debug:
    """Addresses are those of instructions; bit 0 doesn't matter."""

    def __init__(self, core: NativeCore, memory_map: MemoryMap) -> None:
        self._native = core
        self._memory_map = memory_map
        self._hooks: dict[int, list[Callable[[], None]]] = {}
        self._hooked: ctypes.Array[ctypes.c_uint32] | None = None
        self._on_hooked_block = self._call_hooks
        self._calls: CallLog | None = None
        self._breakpoints: dict[int, int] = {}
        self._stops: set[int] = set()
        """Breakpoints of a debugger; others only call back."""
        self._callbacks: dict[int, list[Callable[[], None]]] = {}
        self._watched: Sequence[Watchpoint] = ()
        self._watch_hooks: list[tuple[Watchpoint, WatchCallback]] = []
        self._steps = 0
        self._on_unaligned: Callable[[int, int], None] | None = None
        self._unaligned = self._report_unaligned
        self._on_uninitialised: Callable[[int, int], None] | None = None
        self._uninitialised = self._report_uninitialised
        # The core holds bare pointers: these references keep what they point to.
        self._addresses: ctypes.Array[ctypes.c_uint32] | None = None
        self._watchpoints: ctypes.Array[native.WatchpointRecord] | None = None

    def halt(self, halted: bool) -> None:
        """Execute nothing and take no exception until it is ended, here or by a reset."""
        self._native.library.core_halt(self._native.handle, halted)

    @property
    def is_halted(self) -> bool:
        return bool(self._native.library.core_is_halted(self._native.handle))

    def add_hook(self, address: int, callback: Callable[[], None]) -> None:
        """Call back whenever a block starts at `address` (a function's entry), before it runs.

        Takes no virtual time and costs nothing elsewhere. `request_stop` in the callback stops
        right there.
        """
        self._hooks.setdefault(address & ~1, []).append(callback)
        self._apply_hooks()

    def remove_hook(self, address: int, callback: Callable[[], None]) -> None:
        callbacks = self._hooks[address & ~1]
        callbacks.remove(callback)
        if not callbacks:
            del self._hooks[address & ~1]
        self._apply_hooks()

    def log_calls(self, functions: Sequence[LoggedFunction], task: int, name: int) -> CallLog:
        """See `platform.core.DebugUnit`."""
        library, handle = self._native.library, self._native.handle
        self._calls = CallLog(functions, task, name, partial(library.core_call_context, handle))
        library.core_log_calls(handle, ctypes.addressof(self._calls.record))
        return self._calls

    def _apply_hooks(self) -> None:
        addresses = sorted(self._hooks)
        hooked = (ctypes.c_uint32 * len(addresses))(*addresses)
        # The core looks at those set before.
        self._native.library.core_hook_code(
            self._native.handle, hooked, len(addresses), self._on_hooked_block
        )
        self._hooked = hooked

    def _call_hooks(self, address: int) -> None:
        for callback in list(self._hooks.get(address, ())):
            callback()

    def add_breakpoint(self, address: int) -> None:
        """Make `run` come back before the instruction at `address`, in mid-block too."""
        self._stops.add(address & ~1)
        self._place(address & ~1)

    def remove_breakpoint(self, address: int) -> None:
        self._stops.remove(address & ~1)
        self._displace(address & ~1)

    def add_code_hook(self, address: int, callback: Callable[[], None]) -> None:
        """Call back before the instruction at `address`, in mid-block too.

        Takes no virtual time, and some microseconds of real time whenever it is called.
        """
        self._callbacks.setdefault(address & ~1, []).append(callback)
        self._place(address & ~1)

    def remove_code_hook(self, address: int, callback: Callable[[], None]) -> None:
        address &= ~1
        self._callbacks[address].remove(callback)
        if not self._callbacks[address]:
            del self._callbacks[address]
        self._displace(address)

    def _place(self, address: int) -> None:
        if address not in self._breakpoints:
            self._breakpoints[address] = self._native.library.core_add_breakpoint(
                self._native.handle, address
            )
            self._apply_breakpoints(address)

    def _displace(self, address: int) -> None:
        if address not in self._stops and address not in self._callbacks:
            self._native.library.core_remove_breakpoint(
                self._native.handle, self._breakpoints.pop(address)
            )
            self._apply_breakpoints(address)

    def _apply_breakpoints(self, changed: int) -> None:
        addresses = (ctypes.c_uint32 * len(self._breakpoints))(*sorted(self._breakpoints))
        self._native.library.core_set_breakpoints(self._native.handle, addresses, len(addresses))
        self._addresses = addresses
        self._retranslate(changed)

    def _retranslate(self, address: int) -> None:
        memory, offset, _ = self._memory_map.at(address)
        if memory is not None and memory.pages[offset // PAGE] & native.PAGE_EXECUTED:
            self._native.uc.ctl_remove_cache(address, address + 2)

    def set_watchpoints(self, watchpoints: Sequence[Watchpoint]) -> None:
        """Make `run` come back behind the instruction that accesses one of these ranges.

        They replace those set before. Exception entry and exit don't count.
        """
        self._watched = tuple(watchpoints)
        self._apply_watchpoints()

    def add_watch_hook(self, watchpoint: Watchpoint, callback: WatchCallback) -> None:
        """Call back behind an instruction that accesses a range. While there is such a hook, code
        is executed at about a tenth of the usual speed."""
        self._watch_hooks.append((watchpoint, callback))
        self._apply_watchpoints()

    def remove_watch_hook(self, watchpoint: Watchpoint, callback: WatchCallback) -> None:
        self._watch_hooks.remove((watchpoint, callback))
        self._apply_watchpoints()

    def report_unaligned(self, callback: Callable[[int, int], None] | None) -> None:
        """See `platform.core.DebugUnit`."""
        self._on_unaligned = callback
        self._native.library.core_report_unaligned(
            self._native.handle, callback is not None, self._unaligned
        )

    def _report_unaligned(self, instruction: int, access: int) -> int:
        if self._on_unaligned is not None:
            self._on_unaligned(instruction, access)
        return 0

    def report_uninitialised(self, callback: Callable[[int, int], None] | None) -> None:
        """See `platform.core.DebugUnit`."""
        self._on_uninitialised = callback
        self._memory_map.follow_fresh(callback is not None)
        self._native.library.core_report_fresh(
            self._native.handle, callback is not None, self._uninitialised
        )

    def _report_uninitialised(self, instruction: int, access: int) -> int:
        if self._on_uninitialised is not None:
            self._on_uninitialised(instruction, access)
        return 0

    def _apply_watchpoints(self) -> None:
        watchpoints = [*self._watched, *(watchpoint for watchpoint, _ in self._watch_hooks)]
        records = (native.WatchpointRecord * len(watchpoints))()
        for record, each in zip(records, watchpoints, strict=True):
            record.start, record.size = each.start, each.size
            record.accesses = each.reads * native.WATCH_READ | each.writes * native.WATCH_WRITE
        self._native.shared.watched_access = 0
        self._native.library.core_set_watchpoints(self._native.handle, records, len(records))
        self._watchpoints = records
        self._retranslate_all()

    def call_back(self, pc: int) -> bool:
        """The run has stopped at `pc`: call hooks. True: nothing else asked for the stop."""
        shared = self._native.shared
        if shared.watched_access:
            access = Access(
                int(shared.watched_address),
                int(shared.watched_value),
                int(shared.watched_width),
                shared.watched_access == native.WATCH_WRITE,
            )
            for watchpoint, callback in list(self._watch_hooks):
                if access.hits(watchpoint):
                    callback(access)
            if any(access.hits(watchpoint) for watchpoint in self._watched):
                return False
            shared.watched_access = 0
            return not self._steps
        callbacks = self._callbacks.get(pc, [])
        for call in list(callbacks):
            call()
        return bool(callbacks) and pc not in self._stops and not self._steps

    @property
    def watched(self) -> tuple[int, bool] | None:
        """The access that hit a watchpoint and ended the last run: its address; is it a store."""
        shared = self._native.shared
        if not shared.watched_access:
            return None
        return int(shared.watched_address), shared.watched_access == native.WATCH_WRITE

    @contextmanager
    def stepping(self) -> Iterator[None]:
        """Within, each `run` executes one instruction."""
        library, handle = self._native.library, self._native.handle
        step = library.core_begin_step(handle)
        self._steps += 1
        self._retranslate_all()
        try:
            yield
        finally:
            self._steps -= 1
            library.core_end_step(handle, step)
            self._retranslate_all()

    def _retranslate_all(self) -> None:
        self._native.flush_tlb()
        self._native.uc.ctl_flush_tb()

    @property
    def attached(self) -> bool:
        """With a debugger BKPT halts the run; without it is a HardFault."""
        return bool(self._native.shared.debugger)

    @attached.setter
    def attached(self, attached: bool) -> None:
        self._native.shared.debugger = attached
