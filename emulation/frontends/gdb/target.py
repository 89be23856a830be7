"""What the protocol needs of a machine: registers, memory, breakpoints, threads."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from renode_wifi.emulation.frontends.gdb.memory_map import Region
from renode_wifi.emulation.frontends.gdb.registers import CoreRegister, CoreRegisters
from renode_wifi.emulation.frontends.gdb.threads import PROCESSOR
from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.layouts import Layout, Variable
from renode_wifi.emulation.image.rtos.known import known
from renode_wifi.emulation.image.rtos.threads import Rtos, Thread
from renode_wifi.emulation.image.rtos.view import ImageView
from renode_wifi.emulation.platform.core import DebugUnit, Watchpoint
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.cortex_m import CORES, CortexM
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.stock.semihosting import SemihostingUart
from renode_wifi.emulation.platform.trace import TraceFields

WORD = 4
EXCEPTIONS_STACK = "msp"
"""All threads have the same; GDB asks for it where a call chain ends."""
SEMIHOSTING = "semihosting"


@dataclass
class Stops:
    """Where the debugger wants to stop."""

    breakpoints: set[int] = field(default_factory=set)
    watchpoints: list[Watchpoint] = field(default_factory=list)


class DebugTarget:
    """One machine. execute(command): carries out a monitor command; returns what it prints."""

    def __init__(self, machine: Machine, debug: DebugUnit, execute: Callable[[str], str]) -> None:
        self.machine = machine
        self.execute = execute
        self.registers = CoreRegisters(self._has_fpu())
        self.stops = Stops()
        self.debugger_symbols: dict[str, int] = {}
        """What the debugger says of its own symbol table, which comes first."""
        view = ImageView(
            self._symbol,
            self.read_memory,
            self._layout,
            objects=self._objects,
            function_at=self._function_at,
        )
        self.kernels = known(view)
        self._rtos: Rtos = self.kernels[0]
        self._debug = debug
        self._print: Callable[[int], None] | None = None
        self._semihosting = ""
        """Name of the model that serves the calls; empty before it is asked for."""

    def _has_fpu(self) -> bool:
        models = self.machine.peripherals.values()
        return any(CORES[model.cpu_type] for model in models if isinstance(model, CortexM))

    def _symbol(self, name: str) -> int | None:
        found = self.debugger_symbols.get(name)
        return symbol_address(self.machine.images, name) if found is None else found

    def _function_at(self, address: int) -> str:
        names = (image.symbols.function_at(address) for image in reversed(self.machine.images))
        return next(filter(None, names), "")

    def _layout(self, tag: str) -> Layout | None:
        found = (image.layouts.get(tag) for image in reversed(self.machine.images))
        return next((layout for layout in found if layout is not None), None)

    def _objects(self, tags: Set[str]) -> list[Variable]:
        images = reversed(self.machine.images)
        return [found for image in images for found in image.layouts.objects(tags)]

    # -- threads ------------------------------------------------------------------------------

    def threads(self) -> list[Thread]:
        for kernel in self.kernels:
            threads = kernel.threads()
            if threads:
                self._rtos = kernel
                return threads
        return [Thread(PROCESSOR)]

    def current_thread(self) -> Thread:
        return next(thread for thread in self.threads() if thread.is_current)

    # -- registers ----------------------------------------------------------------------------

    def read_register(self, register: CoreRegister, thread: Thread) -> int | None:
        """None: of a thread that doesn't run, it isn't known."""
        if thread.is_current or register.name == EXCEPTIONS_STACK:
            return self.machine.core.read_register(register.name)
        return self._rtos.registers(thread).get(register.name)

    def write_register(self, register: CoreRegister, value: int) -> None:
        # A write ends WFI and the like: what stays the same isn't written.
        if value != self.machine.core.read_register(register.name):
            self.machine.core.write_register(register.name, value)

    # -- memory -------------------------------------------------------------------------------

    def read_memory(self, address: int, length: int) -> bytes:
        """Registers are read by words where they are asked for whole. Raises RenodeWifiError."""
        bus = self.machine.bus
        if bus.is_memory(address, length, False):
            return bus.read_bytes(address, length)
        parts = []
        for at, width in _accesses(address, length):
            parts.append(bus.read(at, width).to_bytes(width, "little"))
        return b"".join(parts)

    def write_memory(self, address: int, data: bytes) -> None:
        """Flash is written as RAM is: a programmer has erased it. Raises RenodeWifiError."""
        bus = self.machine.bus
        if bus.is_memory(address, len(data), False):
            bus.write_bytes(address, data)
            return
        for at, width in _accesses(address, len(data)):
            part = data[at - address : at - address + width]
            bus.write(at, int.from_bytes(part, "little"), width)

    def flash(self) -> list[Region]:
        """Memory that the CPU's stores don't change."""
        bus = self.machine.bus
        return [
            Region(area.start, area.size)
            for name, areas in self.machine.places.items()
            if isinstance(self.machine.peripherals.get(name), Memory)
            for area in areas
            if not bus.is_memory(area.start, WORD, True)
        ]

    def erase(self, address: int, length: int) -> None:
        self.write_memory(address, b"\xff" * length)

    def program(self, parts: dict[int, bytes]) -> None:
        """Write what was downloaded to flash; a machine without an image starts from it."""
        for address, data in parts.items():
            self.write_memory(address, data)
        if parts and self.machine.vector_table is None:
            self.machine.vector_table = min(parts)

    # -- stops --------------------------------------------------------------------------------

    def add_breakpoint(self, address: int) -> None:
        self.stops.breakpoints.add(address & ~1)
        self._debug.add_breakpoint(address)

    def remove_breakpoint(self, address: int) -> None:
        if address & ~1 in self.stops.breakpoints:
            self.stops.breakpoints.remove(address & ~1)
            self._debug.remove_breakpoint(address)

    def add_watchpoint(self, watchpoint: Watchpoint) -> None:
        self.stops.watchpoints.append(watchpoint)
        self._debug.set_watchpoints(self.stops.watchpoints)

    def remove_watchpoint(self, watchpoint: Watchpoint) -> None:
        if watchpoint in self.stops.watchpoints:
            self.stops.watchpoints.remove(watchpoint)
            self._debug.set_watchpoints(self.stops.watchpoints)

    def remove_stops(self) -> None:
        for address in list(self.stops.breakpoints):
            self.remove_breakpoint(address)
        if self.stops.watchpoints:
            self.stops.watchpoints.clear()
            self._debug.set_watchpoints([])

    @property
    def watched(self) -> tuple[int, bool] | None:
        """The access that ended the last run: its address; is it a store."""
        return self._debug.watched

    # -- semihosting --------------------------------------------------------------------------

    def serve_semihosting(self, on_byte: Callable[[int], None] | None) -> None:
        """Serve the calls of the program; on_byte: takes what it prints, None: nobody does.

        A platform with a `UART.SemihostingUart` serves them itself.
        """
        self._print = on_byte
        if on_byte is None or self._semihosting:
            return
        self._semihosting = self._named(SemihostingUart)
        if not self._semihosting:
            self._semihosting = SEMIHOSTING
            line = f"{SEMIHOSTING}: UART.SemihostingUart @ {self._named(CortexM)}"
            self.execute(f'machine LoadPlatformDescriptionFromString "{line}"')
        self.machine.subscribe(self._on_uart, "uart")

    def _named(self, kind: type[object]) -> str:
        models = self.machine.peripherals.items()
        return next((name for name, model in models if isinstance(model, kind)), "")

    def _on_uart(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        byte = fields["byte"]
        if self._print is not None and source == self._semihosting and isinstance(byte, int):
            self._print(byte)

    # -- reset --------------------------------------------------------------------------------

    def reset(self) -> None:
        """Pull the reset pin; the first instruction is still to come."""
        self.machine.reset("pin")


def _accesses(address: int, length: int) -> list[tuple[int, int]]:
    """Addresses and widths that cover a range, as wide as alignment allows."""
    found = []
    end = address + length
    while address < end:
        width = next(w for w in (4, 2, 1) if address % w == 0 and address + w <= end)
        found.append((address, width))
        address += width
    return found
