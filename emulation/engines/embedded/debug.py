"""What a debugger and observers put into the guest's code: hooks and breakpoints."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.embedded.memory_map import MemoryMap
from renode_wifi.emulation.engines.embedded.native_core import PAGE, NativeCore


class Debug:
    """Addresses are those of instructions; bit 0 doesn't matter."""

    def __init__(self, core: NativeCore, memory_map: MemoryMap) -> None:
        self._native = core
        self._memory_map = memory_map
        self._hooks: dict[int, list[Callable[[], None]]] = {}
        self._hooked: ctypes.Array[ctypes.c_uint32] | None = None
        self._on_hooked_block = self._call_hooks
        self._breakpoints: dict[int, int] = {}

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

    def _apply_hooks(self) -> None:
        addresses = sorted(self._hooks)
        self._hooked = (ctypes.c_uint32 * len(addresses))(*addresses)
        self._native.library.core_hook_code(
            self._native.handle, self._hooked, len(addresses), self._on_hooked_block
        )

    def _call_hooks(self, address: int) -> None:
        for callback in list(self._hooks.get(address, ())):
            callback()

    def add_breakpoint(self, address: int) -> None:
        """Make `run` come back before the instruction at `address`, in mid-block too."""
        address &= ~1
        if address not in self._breakpoints:
            self._breakpoints[address] = self._native.library.core_add_breakpoint(
                self._native.handle, address
            )
            self._retranslate(address)

    def remove_breakpoint(self, address: int) -> None:
        address &= ~1
        self._native.library.core_remove_breakpoint(
            self._native.handle, self._breakpoints.pop(address)
        )
        self._retranslate(address)

    def _retranslate(self, address: int) -> None:
        memory, offset, _ = self._memory_map.at(address)
        if memory is not None and memory.pages[offset // PAGE] & native.PAGE_EXECUTED:
            self._native.uc.ctl_remove_cache(address, address + 2)

    @property
    def attached(self) -> bool:
        """With a debugger BKPT halts the run; without it is a HardFault."""
        return bool(self._native.shared.debugger)

    @attached.setter
    def attached(self, attached: bool) -> None:
        self._native.shared.debugger = attached
