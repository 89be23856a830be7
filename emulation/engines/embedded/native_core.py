"""Unicorn and the native core, which belong together: made, flushed and freed as one."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import unicorn
import unicorn.arm_const
from unicorn.unicorn_py3.unicorn import uclib

from renode_wifi.emulation.engines.embedded import exclusive_monitor, native
from renode_wifi.emulation.engines.embedded.logs.exceptions import ExceptionLog
from renode_wifi.peripherals.base.errors import RenodeWifiError

PAGE = 4096
MAX_TRANSLATED = 32 << 20
"""Bytes of translated code: when they are full, Unicorn begins anew. Code that changes without end
would fill Unicorn's own limit of 1 GiB."""


class CoreError(RenodeWifiError):
    """A mapping or a use of the core that cannot be."""


class NativeCore:
    """handle: what the functions of `library` take first. shared: what the core shows of itself."""

    def __init__(
        self, irq_count: int, priority_bits: int, systick_divider: int, systick_calibration: int
    ) -> None:
        self.handle: int | None = None
        self._handlers: dict[str, object] = {}  # the core holds bare pointers to them
        self.library = native.load()
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.uc.ctl_set_tcg_buffer_size(MAX_TRANSLATED)
        self.uc.ctl_set_cpu_model(unicorn.arm_const.UC_CPU_ARM_CORTEX_M4)
        self.uc.ctl_set_page_size(PAGE)
        self.uc.ctl_exits_enabled(True)
        self.uc.ctl_set_exits([])
        self.uc.ctl_set_tlb_mode(unicorn.UC_TLB_VIRTUAL)
        self.uc.mem_map(native.SERVICE_PHYSICAL, PAGE)
        self.uc.mem_write(native.SERVICE_PHYSICAL, native.SERVICE_CODE)
        self.handle = self.library.core_create(
            self._configuration(irq_count, priority_bits, systick_divider, systick_calibration)
        )
        if self.handle is None:
            raise CoreError("the installed Unicorn refuses the core's hooks")
        self.shared = native.Shared.from_address(self.handle)

    def _configuration(
        self, irq_count: int, priority_bits: int, divider: int, calibration: int
    ) -> native.Configuration:
        configuration = native.Configuration()
        handle = self.uc._uch
        configuration.uc = getattr(handle, "value", handle)
        for i, name in enumerate(native.UNICORN_FUNCTIONS):
            configuration.unicorn[i] = ctypes.cast(getattr(uclib, name), native.pointer).value
        for i, name in enumerate(native.PYTHON_FUNCTIONS):
            function = getattr(ctypes.pythonapi, name)
            configuration.python[i] = ctypes.cast(function, native.pointer).value
        for i, name in enumerate(native.REGISTERS):
            configuration.ids[i] = getattr(unicorn.arm_const, f"UC_ARM_REG_{name}")
        configuration.level_name, configuration.state_name = "level", "state"
        configuration.is_true, configuration.is_false = True, False
        configuration.irq_count = irq_count
        configuration.priority_bits = priority_bits
        configuration.systick_divider = divider
        configuration.systick_calibration = calibration
        return configuration

    def on_trace(self, handler: Callable[[int, int, int], None]) -> None:
        """See `Core.on_trace`."""
        self._handlers["trace"] = handler
        self.library.core_on_trace(self.handle, handler)

    def log_exceptions(self, ignored: int, task: int, name: int) -> ExceptionLog:
        """See `Core.log_exceptions`."""
        known = self._handlers.get("exception")
        if isinstance(known, ExceptionLog):
            return known
        log = self._handlers["exception"] = ExceptionLog(ignored, task, name)
        self.library.core_log_exceptions(self.handle, ctypes.addressof(log.record))
        return log

    def on_semihosting(self, handler: Callable[[], int]) -> None:
        """See `Core.on_semihosting`."""
        self._handlers["semihosting"] = handler
        self.library.core_on_semihosting(self.handle, handler)

    def on_deep_sleep(self, handler: Callable[[int], None]) -> None:
        """See `Core.on_deep_sleep`."""
        self._handlers["deep sleep"] = handler
        self.library.core_on_deep_sleep(self.handle, handler)

    def on_sleep(self, handler: Callable[[int], None]) -> None:
        """See `Core.on_sleep`."""
        self._handlers["sleep"] = handler
        self.library.core_on_sleep(self.handle, handler)

    def follow_sleep(self, follows: bool) -> None:
        """See `Core.follow_sleep`."""
        self.library.core_follow_sleep(self.handle, follows)

    def save(self) -> tuple[bytes, tuple[int, ...]]:
        """The core's state, and what its exclusive monitor holds: nothing if it is closed."""
        state, exclusive = ctypes.create_string_buffer(self.library.core_state_size()), None
        if self.library.core_monitor_is_open(self.handle):
            exclusive = exclusive_monitor.read(self.uc)
            if exclusive is None:
                self.library.core_close_monitor(self.handle)
        self.library.core_save(self.handle, state)
        return state.raw, tuple(exclusive or ())

    def check(self, state: object, exclusive: object) -> None:
        """Whether `restore` can take them. Raises CoreError."""
        if not isinstance(state, bytes) or len(state) != self.library.core_state_size():
            raise CoreError("the snapshot was taken by another version of the engine")
        if not self.library.core_accepts(self.handle, state):
            raise CoreError("the snapshot has a state that no core comes to")
        if not exclusive_monitor.is_saved(exclusive):
            raise CoreError("the snapshot has an exclusive monitor that no core has")

    def restore(self, state: bytes, exclusive: tuple[int, ...]) -> None:
        """Go back to what `save` gave."""
        self.library.core_restore(self.handle, state)
        if exclusive:
            exclusive_monitor.write(self.uc, exclusive_monitor.Exclusive(*exclusive))

    def request_stop(self) -> None:
        """Come back from a run at the next block; safe from signal handlers and other threads."""
        self.shared.stop = 1
        self.shared.limit = 0

    def is_stopping(self) -> bool:
        """Whether `request_stop` was called since a run came back."""
        return bool(self.shared.stop)

    def flush_tlb(self) -> None:
        """Make Unicorn ask for every page anew (and translate every block anew)."""
        self.uc.ctl(unicorn.UC_CTL_TLB_FLUSH, unicorn.UC_CTL_IO_WRITE)

    def close(self) -> None:
        """Free everything but what was shown last."""
        if self.handle is not None:
            self.shared = native.Shared.from_buffer_copy(self.shared)
            self.library.core_destroy(self.handle)
            self.handle = None
            del self.uc


_INDICES = {name: index for index, name in enumerate(native.REGISTERS)}
_ALIASES = {"R13": "SP", "R14": "LR", "R15": "PC", "CPSR": "XPSR"}


def register_index(name: str) -> int:
    """The core's number of a register, by its name in any case. Raises CoreError."""
    upper = name.upper()
    index = _INDICES.get(_ALIASES.get(upper, upper))
    if index is None:
        known = "r0..r15, sp, lr, pc, xpsr, msp, psp, …"
        raise CoreError(f"no register is called {name!r}", cure=known)
    return index
