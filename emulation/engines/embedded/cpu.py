"""The core of the embedded engine: a Cortex-M4F with its memories, its peripherals and its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import unicorn

from renode_wifi.emulation.engines.embedded.bus import CoreBus, NvicInputs
from renode_wifi.emulation.engines.embedded.debug import Debug
from renode_wifi.emulation.engines.embedded.logs.signals import SignalLog
from renode_wifi.emulation.engines.embedded.memory_map import CoreMemory, MemoryMap
from renode_wifi.emulation.engines.embedded.native_core import CoreError, NativeCore, register_index
from renode_wifi.emulation.engines.embedded.peripheral_map import PeripheralMap
from renode_wifi.emulation.engines.embedded.report import CrashReport, HandledFault, crash_report
from renode_wifi.emulation.engines.embedded.timebase import SECOND, TimeBase
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.clock import VirtualClock

__all__ = ["Core", "CoreError", "CoreMemory"]

NEVER = (1 << 64) - 1
SLICE = 1_000_000
"""Cycles after which the interpreter gets a chance to see signals and other threads: 1 to 10 ms."""

NMI = 2
STATE_FORMAT = 5
TIME_NUMBERS = 4
"""Cycles, and the frequency with the cycle and the time since when."""


class _Outcome:
    """`enum outcome`."""

    DEADLINE, PAUSE, STOP, FAULT, RESET, BREAKPOINT, UNICORN_ERROR = range(7)


_STOPS = {_Outcome.STOP: Stop.REQUEST, _Outcome.BREAKPOINT: Stop.BREAKPOINT}


class Core:
    """A Cortex-M4F.

    cpu_frequency: Hz after reset. priority_bits: implemented bits of an interrupt priority (4 on
    STM32, 3 on CC3220). irq_count: interrupts of the NVIC. systick_divider: core cycles per tick
    of SysTick's reference clock. strict_reserved: an access between the registers of a peripheral
    page is a bus fault instead of reading 0; on_reserved(address, is_write) is called otherwise.

    skip_waiting, interpret: see `use_fast_paths`.

    on_fault(report) is called for every fault taken; with `stop_on_fault` the run then ends.
    """

    def __init__(
        self,
        cpu_frequency: int = 80_000_000,
        priority_bits: int = 4,
        irq_count: int = 96,
        systick_divider: int = 8,
        systick_calibration: int = 0,
        clock: VirtualClock | None = None,
        strict_reserved: bool = False,
        skip_waiting: bool = True,
        interpret: bool = True,
    ) -> None:
        if not 1 <= irq_count <= 240 or not 1 <= priority_bits <= 8:
            raise CoreError("an NVIC has 1 to 240 interrupts and 1 to 8 priority bits")
        self._native = NativeCore(irq_count, priority_bits, systick_divider, systick_calibration)
        self._library, self._handle = self._native.library, self._native.handle
        self._shared = self._native.shared
        self.irq_count = irq_count
        self.vector_table = 0
        self.memory_map = MemoryMap(self._native)
        self.peripheral_map = PeripheralMap(self._native)
        self.set_clock = self.peripheral_map.set_clock
        self.set_firewall = self.memory_map.guard
        self.wires_changed = self.peripheral_map.wires_changed
        self.debug = Debug(self._native, self.memory_map)
        self._time = TimeBase(cpu_frequency).share(self._shared)
        self._until: int | None = None
        self._end = 0
        self.on_trace, self.log_exceptions = self._native.on_trace, self._native.log_exceptions
        self.on_semihosting = self._native.on_semihosting
        self.on_deep_sleep, self.on_sleep = self._native.on_deep_sleep, self._native.on_sleep
        self.follow_sleep = self._native.follow_sleep
        self.request_stop, self.is_stopping = self._native.request_stop, self._native.is_stopping
        self._has_fpu = True
        self.on_fault: Callable[..., None] | None = None
        self.stop_on_fault = self.stop_on_handled = False
        self.last_fault: CrashReport | None = None
        self._handled: HandledFault | None = None
        self.bus = CoreBus(self._native, self.memory_map, self.peripheral_map)
        self.nvic = NvicInputs(self._native)
        self.nmi = NvicInputs(self._native, NMI)
        self._on_reserved: Callable[[int, int], None] = self._ignore_reserved
        self._strict_reserved = strict_reserved
        self._apply_reserved_policy()
        self.use_fast_paths(skip_waiting, interpret)
        self._clock = VirtualClock()
        self.clock = self._clock if clock is None else clock

    def close(self) -> None:
        """Free everything but the time reached; the guest cannot be run or looked at any more."""
        for inputs in (self.nvic, self.nmi):
            inputs.disconnect()
        self._native.close()
        self._shared, self._handle = self._native.shared, None

    def __del__(self) -> None:
        # Before what the native core has pointers to.
        if getattr(self, "nmi", None) is not None:
            self.close()

    # What is on the bus -------------------------------------------------------------------------

    def map_memory(
        self, base: int, size: int, name: str, fill: int = 0, kind: str = "ram"
    ) -> CoreMemory:
        """See `MemoryMap.add`."""
        return self.memory_map.add(base, size, name, fill, kind)

    def map_alias(self, base: int, target: int, size: int) -> None:
        """See `MemoryMap.alias`."""
        self.memory_map.alias(base, target, size)

    def map_peripheral(self, base: int, size: int, model: BusPeripheral, offset: int = 0) -> None:
        """See `PeripheralMap.add`."""
        self.peripheral_map.add(base, size, model, offset)

    def log_signals(self, full: Callable[[], None], settle: Callable[[int], None]) -> SignalLog:
        """See `platform.core.Core.log_signals`."""
        places = self.peripheral_map.registers_of
        return SignalLog(self._library, self._handle, places, full, settle)

    @property
    def on_reserved(self) -> Callable[[int, int], None]:
        """Called with (address, is write) for accesses between a peripheral's registers."""
        return self._on_reserved

    @on_reserved.setter
    def on_reserved(self, handler: Callable[[int, int], None]) -> None:
        self._on_reserved = handler
        self._apply_reserved_policy()

    def _apply_reserved_policy(self) -> None:
        self._library.core_reserved_policy(self._handle, self._strict_reserved, self._on_reserved)

    @staticmethod
    def _ignore_reserved(address: int, is_write: int) -> None:
        """On these chips nothing happens."""

    # Time ---------------------------------------------------------------------------------------

    @property
    def clock(self) -> VirtualClock:
        return self._clock

    @clock.setter
    def clock(self, clock: VirtualClock) -> None:
        self._clock.source = self._clock.listener = None
        self._clock = clock
        clock.source = self._now
        clock.listener = self._on_next_event

    def _now(self) -> int:
        # `TimeBase.time_at`, without another call: models ask for the time all the time.
        time = self._time
        cycles: int = self._shared.cycles
        return time.time + (cycles - time.cycles) * SECOND // time.frequency

    now = property(_now, doc="Virtual time in ns.")

    @property
    def instructions(self) -> int:
        """Core cycles since power-on: instructions executed and time slept."""
        return int(self._shared.cycles)

    @property
    def iterations_skipped(self) -> int:
        """Iterations of idle loops that were counted instead of executed."""
        return int(self._shared.iterations_skipped)

    @property
    def interpreted(self) -> int:
        """Instructions that the core executed itself."""
        return int(self._shared.interpreted)

    def use_fast_paths(self, skip: bool, interpret: bool, serve: bool = True) -> None:
        """Between runs: count iterations of idle loops instead of executing them; execute what
        follows an exception without Unicorn; serve models without Python. Only speed shows it."""
        self._library.core_skip_idle_loops(self._handle, skip)
        self._library.core_interpret(self._handle, interpret)
        self.peripheral_map.serve(serve)

    @property
    def cpu_frequency(self) -> int:
        return self._time.frequency

    def set_priority_mask(self, mask: int) -> None:
        """The bits of an interrupt priority that the chip implements."""
        self._library.core_set_priority_mask(self._handle, mask)

    def set_fpu(self, present: bool) -> None:
        """Whether the chip's Cortex-M4 has an FPU; without, CPACR cannot enable one."""
        self._has_fpu = present
        self._library.core_set_fpu(self._handle, present)

    def set_mpu(self, regions: int) -> None:
        """The regions of the chip's MPU: 8, or 0 where it has none."""
        self._library.core_set_mpu(self._handle, regions)

    def set_frequency(self, hertz: int) -> None:
        """From now on an instruction takes 1/hertz seconds."""
        shared = self._shared
        self._time.change(hertz, shared.cycles).share(shared)
        pause = shared.pause
        if self._until is not None:
            self._end = self._time.cycles_at(self._until)
            pause = min(shared.cycles + SLICE, self._end)
        self._library.core_set_bounds(self._handle, self._deadline(), pause)

    def _deadline(self) -> int:
        time = self._clock.next_time
        return NEVER if time is None else self._time.cycles_at(time)

    def _on_next_event(self, time: int | None) -> None:
        shared = self._shared
        deadline = NEVER if time is None else self._time.cycles_at(time)
        if self._handled is not None:
            deadline = min(deadline, self._time.cycles_at(self._handled.until))
        shared.deadline = deadline
        shared.limit = min(deadline, shared.limit)

    # Running ------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Reset the core (not its memories, peripherals or time) and start at `vector_table`."""
        if not self._library.core_reset(self._handle, self.vector_table):
            raise CoreError(
                f"no vector table at 0x{self.vector_table:08X}: no memory is mapped there"
            )
        self.last_fault = self._handled = None

    def run(self, until: int) -> Stop | None:
        """Run to virtual time `until` (ns): to the first end of a block at or after it.

        None: the guest (SYSRESETREQ) or `request_reset` asked for a reset, which is the caller's to
        do. Stop.CRASH: a lockup, or a fault with `stop_on_fault`; one that is taken by a handler
        of its own only if that does not return (`HandledFault`).
        """
        shared, clock = self._shared, self._clock
        core, run_core, run_due = self._handle, self._library.core_run, clock.run_due
        if self._until is not None:
            raise CoreError("the engine runs already", cure="stop it first, and then run it")
        shared.watched_access = 0
        self._until = until
        self._end = self._time.cycles_at(until)
        self.peripheral_map.wire(clock.sequence)
        self._library.core_watch(core, True)
        try:
            while True:
                due = run_due()
                deadline = NEVER if due is None else self._time.cycles_at(due)
                if self._handled is not None and self.now >= self._handled.until:
                    handled, self._handled = self._handled, None
                    if handled.is_active(self.bus):
                        self.last_fault = handled.report
                        return Stop.CRASH
                if self._handled is not None:
                    deadline = min(deadline, self._time.cycles_at(self._handled.until))
                pause = shared.cycles + SLICE
                outcome = run_core(core, deadline, pause if pause < self._end else self._end)
                if outcome == _Outcome.DEADLINE:
                    continue
                if outcome == _Outcome.PAUSE:
                    if shared.cycles >= self._end:
                        return Stop.TIME
                elif outcome == _Outcome.FAULT:
                    if self._report_fault():
                        return Stop.CRASH
                elif outcome == _Outcome.RESET:
                    return None
                elif outcome == _Outcome.BREAKPOINT and self.debug.call_back(shared.stop_address):
                    shared.watched_access = 0
                elif outcome in _STOPS:
                    return _STOPS[outcome]
                else:
                    raise CoreError(
                        f"Unicorn failed at 0x{self.read_register('pc'):08X}:"
                        f" {unicorn.UcError(shared.unicorn_error)}"
                    )
        finally:
            self._library.core_watch(core, False)
            self._until = None
            self.peripheral_map.unwire()

    @property
    def is_running(self) -> bool:
        """Within `run`."""
        return self._until is not None

    def request_reset(self) -> None:
        """Come back from `run` at the next block with None."""
        self._shared.reset_requested = 1
        self._shared.limit = 0

    def _report_fault(self) -> bool:
        """Report a fault; True: the run is to end."""
        process_stack = self.read_register("psp")
        fault = self._shared.fault
        report = crash_report(fault, process_stack, self.now, self.bus, self._has_fpu)
        if self.on_fault is not None:
            self.on_fault(report)
        if self.stop_on_fault and not self.stop_on_handled and HandledFault.fits(report):
            self._handled = HandledFault(report, self.now)
            return False
        self.last_fault = report
        return self.stop_on_fault or report.lockup

    def power_down(self) -> None:
        """From now on only a reset ends the sleep."""
        self._library.core_power_down(self._handle)

    # Looking at the guest -----------------------------------------------------------------------

    def read_register(self, name: str) -> int:
        """A register by its name in any case: r0..r15, sp, lr, pc, xpsr, msp, primask, d0, …"""
        return int(self._library.core_register(self._handle, register_index(name)))

    def write_register(self, name: str, value: int) -> None:
        self._library.core_set_register(self._handle, register_index(name), value)

    def step(self) -> Stop | None:
        """Execute one instruction; `Stop.BREAKPOINT` is the normal outcome."""
        with self.debug.stepping():
            return self.run(self.now + SECOND)

    # Snapshots ----------------------------------------------------------------------------------

    def save(self) -> bytes:
        """CPU, core peripherals, memories and time; to be taken between runs."""
        from renode_wifi.emulation.platform.state.encoder import Encoder
        from renode_wifi.emulation.platform.state.trust import Known

        core, exclusive = self._native.save()
        saved = {
            "format": STATE_FORMAT,
            "core": core,
            "exclusive": exclusive,
            "cycles": int(self._shared.cycles),
            "time": (self._time.frequency, self._time.cycles, self._time.time),
            "memories": self.memory_map.save(),
        }
        return Encoder(Known()).encode(saved)

    def check(self, state: bytes) -> None:
        """Whether `restore` can take a state. Raises CoreError, ValueError and the like."""
        self._read(state)

    def restore(self, state: bytes) -> None:
        """Go back to a saved state, of this core or of one with the same memory map.

        The clock and its events are the board's to restore: set `clock` afterwards. Raises
        CoreError, ValueError and the like; nothing has changed then.
        """
        saved = self._read(state)
        self.memory_map.restore(saved["memories"])
        self._shared.cycles = saved["cycles"]
        self._time = TimeBase(*saved["time"]).share(self._shared)
        self._native.restore(saved["core"], saved["exclusive"])
        self.peripheral_map.refresh()

    def _read(self, state: bytes) -> dict[str, Any]:
        from renode_wifi.emulation.platform.state.decoder import Decoder
        from renode_wifi.emulation.platform.state.trust import Known

        saved = Decoder(memoryview(state), Known()).decode()
        if not isinstance(saved, dict):
            raise CoreError("the snapshot holds no core")
        if saved["format"] != STATE_FORMAT:
            raise CoreError("the snapshot was taken by another version of the engine")
        self._native.check(saved["core"], saved["exclusive"])
        numbers = (saved["cycles"], *saved["time"])
        if not all(type(number) is int and 0 <= number < NEVER for number in numbers):
            raise CoreError("the snapshot has a time that no core comes to")
        if len(numbers) != TIME_NUMBERS or not numbers[1]:
            raise CoreError("the snapshot has a frequency that no core has")
        self.memory_map.check(saved["memories"])
        return saved
