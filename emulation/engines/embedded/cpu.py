"""The core of the embedded engine: a Cortex-M4F with its memories, its peripherals and its time."""

from __future__ import annotations

import bisect
import ctypes
import mmap
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import unicorn
import unicorn.arm_const
from unicorn.unicorn_py3.unicorn import uclib

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.embedded.binding import Binding
from renode_wifi.emulation.engines.embedded.bus import CoreBus, CoreError, Nvic
from renode_wifi.emulation.engines.embedded.report import CrashReport, crash_report
from renode_wifi.emulation.engines.embedded.timebase import SECOND, TimeBase
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.clock import VirtualClock
from renode_wifi.peripherals.base.machine import WriteTrap

__all__ = ["Core", "CoreError", "Memory"]

PAGE = 4096
NEVER = (1 << 64) - 1
SLICE = 1_000_000
"""Cycles after which the interpreter gets a chance to see signals and other threads: 1 to 10 ms."""

NMI = 2
STATE_FORMAT = 2


class _Outcome:
    """`enum outcome`."""

    DEADLINE, PAUSE, STOP, FAULT, RESET, BREAKPOINT, UNICORN_ERROR = range(7)


_STOPS = {_Outcome.STOP: Stop.REQUEST, _Outcome.BREAKPOINT: Stop.BREAKPOINT}


@dataclass(eq=False)
class Memory:
    """A piece of memory. data: its bytes, shared with the CPU; write by `Bus.write_bytes` only.

    pages: flags of each page, kept by the core.
    bases: where it is mapped: (address, size, offset in the memory).
    """

    name: str
    size: int
    kind: str
    data: memoryview
    pages: memoryview
    record: native.MemoryRecord
    bases: list[tuple[int, int, int]] = field(default_factory=list)


class Core:
    """A Cortex-M4F.

    cpu_frequency: Hz after reset. priority_bits: implemented bits of an interrupt priority (4 on
    STM32, 3 on CC3220). irq_count: interrupts of the NVIC. systick_divider: core cycles per tick
    of SysTick's reference clock. strict_reserved: an access between the registers of a peripheral
    page is a bus fault instead of reading 0; on_reserved(address, is_write) hears of it otherwise.

    skip_waiting: iterations of idle loops are counted instead of executed.
    interpret: what follows an exception is executed by the core itself for a while, not by Unicorn.
    Nothing but speed shows either.

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
        self._library = native.load()
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self._uc.ctl_set_cpu_model(unicorn.arm_const.UC_CPU_ARM_CORTEX_M4)
        self._uc.ctl_set_page_size(PAGE)
        self._uc.ctl_exits_enabled(True)
        self._uc.ctl_set_exits([])
        self._uc.ctl_set_tlb_mode(unicorn.UC_TLB_VIRTUAL)
        handle = self._library.core_create(
            self._configuration(irq_count, priority_bits, systick_divider, systick_calibration)
        )
        if handle is None:
            raise CoreError("the installed Unicorn refuses the core's hooks")
        self._handle: int | None = handle
        self._shared = native.Shared.from_address(handle)
        self.irq_count = irq_count
        self.vector_table = 0
        self.memories: dict[str, Memory] = {}
        self._map: list[tuple[int, int, Memory, int]] = []
        self._bindings: dict[int, Binding] = {}
        self._windows: dict[tuple[int, int], tuple[Binding, int]] = {}
        self._traps: list[tuple[int, int, WriteTrap]] = []
        self._handlers: list[WriteTrap] = []
        self._hooks: dict[int, list[Callable[[], None]]] = {}
        self._hooked: ctypes.Array[ctypes.c_uint32] | None = None
        self._on_hooked_block = self._call_hooks
        self._wires_known = False
        self._breakpoints: dict[int, int] = {}
        self._time = TimeBase(cpu_frequency)
        self._until: int | None = None
        self._end = 0
        self._has_fpu = True
        self.on_fault: Callable[[CrashReport], None] | None = None
        self.stop_on_fault = False
        self.last_fault: CrashReport | None = None
        self.bus = CoreBus(self)
        self.nvic = Nvic(self)
        self.nmi = Nvic(self, NMI)
        self._on_reserved: Callable[[int, int], None] = self._ignore_reserved
        self._strict_reserved = strict_reserved
        self._apply_reserved_policy()
        self._library.core_skip_idle_loops(self._handle, skip_waiting)
        self.interpret(interpret)
        self._clock = VirtualClock()
        self.clock = self._clock if clock is None else clock

    def _configuration(
        self, irq_count: int, priority_bits: int, divider: int, calibration: int
    ) -> native.Configuration:
        configuration = native.Configuration()
        handle = self._uc._uch
        configuration.uc = getattr(handle, "value", handle)
        for i, name in enumerate(native.UNICORN_FUNCTIONS):
            configuration.unicorn[i] = ctypes.cast(getattr(uclib, name), native.pointer).value
        for i, name in enumerate(native.PYTHON_FUNCTIONS):
            function = getattr(ctypes.pythonapi, name)
            configuration.python[i] = ctypes.cast(function, native.pointer).value
        for i, name in enumerate(native.REGISTERS):
            configuration.ids[i] = getattr(unicorn.arm_const, f"UC_ARM_REG_{name}")
        configuration.level_name = "level"
        configuration.is_true, configuration.is_false = True, False
        configuration.irq_count = irq_count
        configuration.priority_bits = priority_bits
        configuration.systick_divider = divider
        configuration.systick_calibration = calibration
        return configuration

    def close(self) -> None:
        """Free everything but the time reached; the guest cannot be run or looked at any more."""
        if self._handle is not None:
            self._shared = native.Shared.from_buffer_copy(self._shared)
            for inputs in (self.nvic, self.nmi):
                inputs.disconnect()
            self._library.core_destroy(self._handle)
            self._handle = None
            del self._uc

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self.close()

    # Memory map ---------------------------------------------------------------------------------

    def map_memory(
        self, base: int, size: int, name: str, fill: int = 0, kind: str = "ram"
    ) -> Memory:
        """Map memory of `size` bytes, a multiple of 4 KiB, all bytes `fill`.

        kind: "ram"; "flash" or "rom", to which a store of the CPU is a bus fault, unless
        `trap_writes` gives it a handler.
        """
        if kind not in ("ram", "flash", "rom"):
            raise CoreError(f"memory {name}: unknown kind {kind!r}", cure="ram, flash or rom")
        if name in self.memories:
            raise CoreError(
                f"memory {name} is mapped already", cure="use map_alias to show it twice"
            )
        if base % PAGE or size % PAGE or size <= 0 or base + size > 1 << 32:
            raise CoreError(f"memory {name}: base and size must be multiples of {PAGE} bytes")
        data = memoryview(mmap.mmap(-1, size))
        if fill:
            data[:] = bytes([fill]) * size
        pages = memoryview(bytearray(size // PAGE))
        record = native.MemoryRecord()
        record.bytes = ctypes.addressof(ctypes.c_char.from_buffer(data))
        record.size = size
        record.physical = base
        record.writable = kind == "ram"
        record.pages = ctypes.addressof(ctypes.c_char.from_buffer(pages))
        memory = Memory(name, size, kind, data, pages, record)
        self._check_free(name, base, size)
        self._uc.mem_map_ptr(base, size, unicorn.UC_PROT_ALL, record.bytes)
        self.memories[name] = memory
        self._add_mapping(memory, base, size, 0)
        return memory

    def map_alias(self, base: int, target: int, size: int) -> None:
        """Show `size` bytes of the memory at `target` at `base` too."""
        memory, offset, available = self._memory_at(target)
        if memory is None or base % PAGE or size % PAGE or offset % PAGE or size > available:
            raise CoreError(f"alias 0x{base:08X} of 0x{target:08X}: not whole pages of a memory")
        self._check_free(memory.name, base, size)
        self._add_mapping(memory, base, size, offset)

    def _check_free(self, name: str, base: int, size: int) -> None:
        for start, end, other, _ in self._map:
            if base < end and start < base + size:
                raise CoreError(f"memory {name} at 0x{base:08X} overlaps {other.name}")

    def _add_mapping(self, memory: Memory, base: int, size: int, offset: int) -> None:
        memory.bases.append((base, size, offset))
        bisect.insort(self._map, (base, base + size, memory, offset), key=lambda entry: entry[0])
        if not self._library.core_map_memory(
            self._handle, ctypes.byref(memory.record), base, offset, size
        ):
            raise MemoryError
        self._apply_traps()
        self._flush_tlb()

    def _flush_tlb(self) -> None:
        """Make Unicorn ask for every page anew (and translate every block anew)."""
        self._uc.ctl(unicorn.UC_CTL_TLB_FLUSH, unicorn.UC_CTL_IO_WRITE)

    def _memory_at(self, address: int) -> tuple[Memory | None, int, int]:
        """The memory at an address, the offset in it, and the bytes up to its mapping's end."""
        index = bisect.bisect_right(self._map, address, key=lambda entry: entry[0]) - 1
        if index >= 0:
            start, end, memory, offset = self._map[index]
            if address < end:
                return memory, offset + address - start, end - address
        return None, 0, 0

    def _is_memory(self, address: int, length: int, written: bool) -> bool:
        """Whether a range is in one memory, with nothing in it that loads or stores set off."""
        memory, offset, available = self._memory_at(address)
        if memory is None or length > available:
            return False
        if any(base < address + length and address < base + size for base, size in self._windows):
            return False
        if not written:
            return True
        pages = memory.pages[offset // PAGE : (offset + length - 1) // PAGE + 1]
        return memory.kind == "ram" and not any(page & native.PAGE_HANDLED for page in pages)

    def trap_writes(self, start: int, size: int, handler: WriteTrap) -> None:
        """Call `handler(address, value, width)` for the CPU's stores to a range of a memory.

        A store through an alias is told by the address at which the memory was mapped. Memory that
        isn't mapped yet is trapped when it is.
        """
        if size <= 0 or start + size > 1 << 32:
            raise CoreError(
                f"stores cannot be trapped at 0x{start:08X}, {size} bytes",
                cure="check the address and the size of the memory",
            )
        self._traps.append((start, size, handler))
        self._apply_traps()

    def _apply_traps(self) -> None:
        for trap in list(self._traps):
            if self._library.core_handle_writes(self._handle, *trap):
                self._traps.remove(trap)
                self._handlers.append(trap[2])
                self._flush_tlb()

    def _code_changed(self, address: int, size: int) -> None:
        """Memory was written by the host: drop what was translated from it."""
        self._library.core_code_changed(self._handle, address, size)

    # Peripherals --------------------------------------------------------------------------------

    def map_peripheral(self, base: int, size: int, model: BusPeripheral, offset: int = 0) -> None:
        """Map `size` bytes of a model, from its `offset` on. Mapping a range again replaces it."""
        window = (base, size)
        if window in self._windows:
            self.wires_changed()
            self._windows[window][0].bind(model)
            return
        for other, length in self._windows:
            if base < other + length and other < base + size:
                raise CoreError(f"peripheral at 0x{base:08X} overlaps the one at 0x{other:08X}")
        self.wires_changed()
        binding = self._bindings.get(id(model))
        if binding is None:
            binding = self._bindings[id(model)] = Binding(model)
        self._windows[window] = binding, offset
        record = native.WindowRecord(base, size, offset, ctypes.addressof(binding.record), None)
        if not self._library.core_map_window(self._handle, ctypes.byref(record)):
            raise MemoryError
        self._flush_tlb()

    def _model_at(self, address: int) -> tuple[BusPeripheral, int] | None:
        """The model that is mapped at an address, and the offset in it."""
        for (base, size), (binding, offset) in self._windows.items():
            if base <= address < base + size:
                return binding.model, offset + address - base
        return None

    def refresh_peripherals(self) -> None:
        """Take all models' register arrays anew (after a snapshot replaced them)."""
        self.wires_changed()
        for binding in self._bindings.values():
            binding.bind(binding.model)

    def wires_changed(self) -> None:
        """An output got another receiver: until the next run its model tells it."""
        if self._wires_known:
            self._wires_known = False
            for binding in self._bindings.values():
                binding.forget_wires()

    def _wire(self) -> None:
        """Look where the models' lines lead, before the core follows them."""
        bindings = self._bindings.values()
        for binding in bindings:
            binding.look_at_port()
        if not self._wires_known:
            for binding in bindings:
                binding.look_at_edges()
            for binding in bindings:
                binding.look_at_pins(self._edges_of)
            self._wires_known = True
        for binding in bindings:
            binding.serve_pins(self._handle, self._library.core_drive_pin)

    def _unwire(self) -> None:
        for binding in self._bindings.values():
            binding.release_pins()

    def _edges_of(self, model: object) -> native.EdgesRecord | None:
        binding = self._bindings.get(id(model))
        return None if binding is None else binding.edge_wires

    @property
    def on_reserved(self) -> Callable[[int, int], None]:
        """Hears (address, is write) of accesses between the registers of a peripheral page."""
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
        clock.listener = self._on_earlier_event

    def _now(self) -> int:
        # `TimeBase.time_at`, without another call: models ask for the time all the time.
        time = self._time
        cycles: int = self._shared.cycles
        return time.time + (cycles - time.cycles) * SECOND // time.frequency

    @property
    def now(self) -> int:
        """Virtual time in ns."""
        return self._now()

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

    def interpret(self, enabled: bool) -> None:
        """Execute by the core itself from here on, as after an exception; or never."""
        self._library.core_interpret(self._handle, enabled)

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

    def set_frequency(self, hertz: int) -> None:
        """From now on an instruction takes 1/hertz seconds."""
        shared = self._shared
        self._time.change(hertz, shared.cycles)
        pause = shared.pause
        if self._until is not None:
            self._end = self._time.cycles_at(self._until)
            pause = min(shared.cycles + SLICE, self._end)
        self._library.core_set_bounds(self._handle, self._deadline(), pause)

    def _deadline(self) -> int:
        time = self._clock.next_time
        return NEVER if time is None else self._time.cycles_at(time)

    def _on_earlier_event(self, time: int) -> None:
        shared = self._shared
        shared.deadline = deadline = self._time.cycles_at(time)
        if deadline < shared.limit:
            shared.limit = deadline

    # Running ------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Reset the core (not its memories, peripherals or time) and start at `vector_table`."""
        if not self._library.core_reset(self._handle, self.vector_table):
            raise CoreError(
                f"no vector table at 0x{self.vector_table:08X}: no memory is mapped there"
            )
        self.last_fault = None

    def run(self, until: int) -> Stop | None:
        """Run to virtual time `until` (ns): to the first end of a block at or after it.

        None: the guest (SYSRESETREQ) or `request_reset` asked for a reset, which is the caller's to
        do. Stop.CRASH: a lockup, or a fault with `stop_on_fault`.
        """
        shared, clock = self._shared, self._clock
        core, run_core, run_due = self._handle, self._library.core_run, clock.run_due
        if self._until is not None:
            raise CoreError("the engine runs already", cure="stop it first, and then run it")
        self._until = until
        self._end = self._time.cycles_at(until)
        self._wire()
        try:
            while True:
                due = run_due()
                deadline = NEVER if due is None else self._time.cycles_at(due)
                pause = shared.cycles + SLICE
                outcome = run_core(core, deadline, pause if pause < self._end else self._end)
                if outcome == _Outcome.DEADLINE:
                    continue
                if outcome == _Outcome.PAUSE:
                    if shared.cycles >= self._end:
                        return Stop.TIME
                elif outcome == _Outcome.FAULT:
                    if self._tell_fault():
                        return Stop.CRASH
                elif outcome == _Outcome.RESET:
                    return None
                elif outcome in _STOPS:
                    return _STOPS[outcome]
                else:
                    raise CoreError(
                        f"Unicorn failed at 0x{self.read_register('pc'):08X}:"
                        f" {unicorn.UcError(shared.unicorn_error)}"
                    )
        finally:
            self._until = None
            self._unwire()

    def request_stop(self) -> None:
        """Come back from `run` at the next block; safe from signal handlers and other threads."""
        self._shared.stop = 1
        self._shared.limit = 0

    def request_reset(self) -> None:
        """Come back from `run` at the next block with None."""
        self._shared.reset_requested = 1
        self._shared.limit = 0

    def _tell_fault(self) -> bool:
        """Report a fault; True: the run is to end."""
        fault = self._shared.fault
        frame: tuple[int, ...] = ()
        if fault.frame:
            raw = self.bus.read_bytes(fault.frame, 32)
            frame = tuple(memoryview(raw).cast("I"))
        report = crash_report(fault, self.now, frame, self._has_fpu)
        self.last_fault = report
        if self.on_fault is not None:
            self.on_fault(report)
        return self.stop_on_fault or report.lockup

    # Looking at the guest -----------------------------------------------------------------------

    def read_register(self, name: str) -> int:
        """A register by its name in any case: r0..r15, sp, lr, pc, xpsr, msp, primask, d0, …"""
        return int(self._library.core_register(self._handle, _register_index(name)))

    def write_register(self, name: str, value: int) -> None:
        self._library.core_set_register(self._handle, _register_index(name), value)

    @property
    def sleeping_deeply(self) -> bool:
        """SCR.SLEEPDEEP: what WFI asks of the power controller."""
        return bool(self.bus.read(0xE000ED10, 4) & 4)

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
        self._library.core_hook_code(
            self._handle, self._hooked, len(addresses), self._on_hooked_block
        )

    def _call_hooks(self, address: int) -> None:
        for callback in list(self._hooks.get(address, ())):
            callback()

    def add_breakpoint(self, address: int) -> None:
        """Make `run` come back before the instruction at `address`, in mid-block too."""
        address &= ~1
        if address not in self._breakpoints:
            self._breakpoints[address] = self._library.core_add_breakpoint(self._handle, address)
            self._retranslate(address)

    def remove_breakpoint(self, address: int) -> None:
        address &= ~1
        self._library.core_remove_breakpoint(self._handle, self._breakpoints.pop(address))
        self._retranslate(address)

    def _retranslate(self, address: int) -> None:
        memory, offset, _ = self._memory_at(address)
        if memory is not None and memory.pages[offset // PAGE] & native.PAGE_EXECUTED:
            self._uc.ctl_remove_cache(address, address + 2)

    @property
    def debugger_attached(self) -> bool:
        """With a debugger BKPT halts the run; without it is a HardFault."""
        return bool(self._shared.debugger)

    @debugger_attached.setter
    def debugger_attached(self, attached: bool) -> None:
        self._shared.debugger = attached

    def step(self) -> Stop | None:
        """Execute one instruction; `Stop.BREAKPOINT` is the normal outcome."""
        handle = self._library.core_begin_step(self._handle)
        self._uc.ctl_flush_tb()
        try:
            return self.run(self.now + 1_000_000_000)
        finally:
            self._library.core_remove_breakpoint(self._handle, handle)
            self._uc.ctl_flush_tb()

    # Snapshots ----------------------------------------------------------------------------------

    def save(self) -> bytes:
        """CPU, core peripherals, memories and time; to be taken between runs."""
        state = ctypes.create_string_buffer(self._library.core_state_size())
        self._library.core_save(self._handle, state)
        saved = {
            "format": STATE_FORMAT,
            "core": state.raw,
            "cycles": int(self._shared.cycles),
            "time": (self._time.frequency, self._time.cycles, self._time.time),
            "memories": {name: bytes(memory.data) for name, memory in self.memories.items()},
        }
        return pickle.dumps(saved, protocol=pickle.HIGHEST_PROTOCOL)

    def restore(self, state: bytes) -> None:
        """Go back to a saved state, of this core or of one with the same memory map.

        The clock and its events are the board's to restore: set `clock` afterwards.
        """
        saved: dict[str, Any] = pickle.loads(state)
        if saved["format"] != STATE_FORMAT or len(saved["core"]) != self._library.core_state_size():
            raise CoreError("the snapshot was taken by another version of the engine")
        if saved["memories"].keys() != self.memories.keys():
            raise CoreError("the snapshot was taken with other memories")
        for name, data in saved["memories"].items():
            self._restore_memory(self.memories[name], data)
        self._shared.cycles = saved["cycles"]
        self._time = TimeBase(*saved["time"])
        self._library.core_restore(self._handle, saved["core"])
        self.refresh_peripherals()

    def _restore_memory(self, memory: Memory, data: bytes) -> None:
        if memory.data == data:
            return
        changed = [
            page
            for page, flags in enumerate(memory.pages)
            if flags & native.PAGE_EXECUTED
            and memory.data[page * PAGE : (page + 1) * PAGE]
            != data[page * PAGE : (page + 1) * PAGE]
        ]
        memory.data[:] = data
        for page in changed:
            for base, size, offset in memory.bases:
                if offset <= page * PAGE < offset + size:
                    self._code_changed(base + page * PAGE - offset, PAGE)


_ALIASES = {"R13": "SP", "R14": "LR", "R15": "PC", "CPSR": "XPSR"}


def _register_index(name: str) -> int:
    upper = name.upper()
    try:
        return native.REGISTERS.index(_ALIASES.get(upper, upper))
    except ValueError:
        raise CoreError(
            f"no register is called {name!r}", cure="r0..r15, sp, lr, pc, xpsr, msp, psp, …"
        ) from None
