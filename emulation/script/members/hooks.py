"""What a monitor session puts into a machine: hooks at code, at accesses, at peripherals; logs of
functions and accesses. Names are Renode's; none of it takes virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TypeVar

from renode_wifi.emulation.platform.core import Access, Watchpoint
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.tap import MemoryTap, Tap
from renode_wifi.emulation.script.scripting import HookScript, view
from renode_wifi.emulation.script.values import Sized
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.base.uart import Uart

ACCESSES = {"Read": (True, False), "Write": (False, True), "ReadAndWrite": (True, True)}
"""Renode's Access, in the order of its numbers from 1 on: are loads meant, and stores."""
WIDTHS = {"Byte": 1, "Word": 2, "DoubleWord": 4, "QuadWord": 8}
"""Renode's SysbusAccessWidth, in bytes."""
CPU = "sysbus.cpu"
CONTINUOUS, SINGLE_STEP = "Continuous", "SingleStep"
LINE_ENDS = b"\r\n"
REGISTER_BYTES = 8
"""Of a register's value that `Step` prints, as in Renode, whose cores may have 64 bits."""

Value = TypeVar("Value")


@late_dataclass()
class MachineHooks:
    """What was put into one machine."""

    machine: Machine
    code: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    watch: list[tuple[Watchpoint, Callable[[Access], None]]] = field(default_factory=list)
    functions: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    taps: dict[str, Tap | MemoryTap] = field(default_factory=dict)
    steps_only: bool = False
    """The processor is halted but for `Step`."""

    def filtered(self, access: Access) -> int:
        """The value with which an access of the monitor to a memory goes on."""
        value = access.value
        for tap in list(self.taps.values()):
            if isinstance(tap, MemoryTap):
                value = tap.seen(replace(access, value=value))
        return value


class CpuHooks:
    """Of a processor."""

    def __init__(self, hooks: MachineHooks, interpreter: Interpreter) -> None:
        self._hooks = hooks
        self._machine = hooks.machine
        self._interpreter = interpreter

    def add_hook(self, addr: int, python_script: str) -> None:
        """Execute Python before the instruction at an address; it knows `self`, `cpu`, `pc`."""
        where = f"hook at 0x{addr:08X}"
        compiled = HookScript(self._interpreter, self._machine, python_script, where)
        cpu = view(self._interpreter, CPU)

        def call() -> None:
            compiled.run({"self": cpu, "cpu": cpu, "pc": addr})

        self._machine.core.debug.add_code_hook(addr, call)
        self._hooks.code.setdefault(addr & ~1, []).append(call)

    def remove_hooks_at(self, addr: int) -> None:
        """Remove what `AddHook` put there."""
        for call in self._hooks.code.pop(addr & ~1, []):
            self._machine.core.debug.remove_code_hook(addr, call)

    def remove_all_hooks(self) -> None:
        """Remove what `AddHook` put anywhere."""
        for address in list(self._hooks.code):
            self.remove_hooks_at(address)

    def log_function_names(
        self, enabled: bool, space_separated_prefixes: str = "", remove_duplicates: bool = False
    ) -> None:
        """Log the entry of every function of the loaded images, or of those with such a prefix."""
        debug = self._machine.core.debug
        for address, call in self._hooks.functions:
            debug.remove_hook(address, call)
        self._hooks.functions.clear()
        if not enabled:
            return
        prefixes = tuple(space_separated_prefixes.split()) or ("",)
        names = {
            symbol.address: symbol.name
            for image in self._machine.images
            for symbol in image.symbols
            if symbol.is_function and symbol.name.startswith(prefixes)
        }
        if not names:
            raise self._interpreter.error(
                "no function of the loaded images has such a name",
                "load an image with symbols: sysbus LoadELF, sysbus LoadSymbolsFrom",
            )
        log = FunctionLog(self._machine, remove_duplicates)
        for address, name in names.items():
            call = log.entry(address, name)
            debug.add_hook(address, call)
            self._hooks.functions.append((address, call))

    @property
    def execution_mode(self) -> str:
        """Continuous, or SingleStep: only `Step` executes instructions, while time passes."""
        return SINGLE_STEP if self._hooks.steps_only else CONTINUOUS

    @execution_mode.setter
    def execution_mode(self, mode: str) -> None:
        if mode not in (CONTINUOUS, SINGLE_STEP):
            raise self._interpreter.error(
                f"{mode} is no mode of execution", f"write {CONTINUOUS} or {SINGLE_STEP}"
            )
        self._hooks.steps_only = mode == SINGLE_STEP
        self._machine.core.debug.halt(self._hooks.steps_only)

    def step(self, count: int = 1) -> int:
        """Execute some instructions. Returns where the processor is then."""
        core = self._machine.core
        if self._hooks.steps_only:
            core.debug.halt(False)
        with core.debug.stepping():
            for _ in range(count):
                self._machine.run(self._machine.now + SECOND)
        if self._hooks.steps_only:
            core.debug.halt(True)
        return Sized(core.read_register("PC"), REGISTER_BYTES)


class FunctionLog:
    """Logs entered functions."""

    def __init__(self, machine: Machine, once_in_a_row: bool) -> None:
        self._machine = machine
        self._once_in_a_row = once_in_a_row
        self._last = ""

    def entry(self, address: int, name: str) -> Callable[[], None]:
        def call() -> None:
            if not (self._once_in_a_row and name == self._last):
                self._machine.log.info("cpu: Entering function %s at 0x%08X", name, address)
            self._last = name

        return call


class BusHooks:
    """Of the system bus."""

    def __init__(self, hooks: MachineHooks, interpreter: Interpreter) -> None:
        self._hooks = hooks
        self._machine = hooks.machine
        self._interpreter = interpreter

    def add_watchpoint_hook(
        self, address: int, width: int | str, access: int | str, python_script: str
    ) -> None:
        """Execute Python behind an access of the processor; it knows `self`, `cpu`, `address`,
        `width`, `value`. width: bytes, or Byte, Word, DoubleWord; access: Read, Write, or
        ReadAndWrite."""
        size = self._one_of("width", width, WIDTHS) if isinstance(width, str) else width
        if isinstance(access, int):
            access = dict(enumerate(ACCESSES, 1)).get(access, str(access))
        reads, writes = self._one_of("access", access, ACCESSES)
        where = f"hook at 0x{address:08X}"
        compiled = HookScript(self._interpreter, self._machine, python_script, where)
        bus = view(self._interpreter, SYSBUS)
        cpu = view(self._interpreter, CPU) if self._interpreter.devices.has(CPU) else None

        def call(seen: Access) -> None:
            values = {"address": seen.address, "width": seen.width, "value": seen.value}
            compiled.run({"self": bus, "cpu": cpu, **values})

        watchpoint = Watchpoint(address, size, reads, writes)
        self._machine.core.debug.add_watch_hook(watchpoint, call)
        self._hooks.watch.append((watchpoint, call))

    def remove_all_watchpoint_hooks(self, address: int) -> None:
        """Remove what `AddWatchpointHook` put there."""
        for each in [entry for entry in self._hooks.watch if entry[0].start == address]:
            self._machine.core.debug.remove_watch_hook(*each)
            self._hooks.watch.remove(each)

    def remove_watchpoint_hook(self, address: int) -> None:
        """The same as `RemoveAllWatchpointHooks`."""
        self.remove_all_watchpoint_hooks(address)

    def set_hook_after_peripheral_read(self, peripheral: object, python_script: str) -> None:
        """Execute Python behind each load of a peripheral's registers; it knows `self`, `offset`,
        `width`, `value`, and may change `value`. An empty script ends it."""
        self._tap(peripheral).on_read = self._filter(peripheral, python_script)
        self._untap(peripheral)

    def set_hook_before_peripheral_write(self, peripheral: object, python_script: str) -> None:
        """Execute Python before each store to a peripheral's registers; it knows `self`, `offset`,
        `width`, `value`, and may change `value`. An empty script ends it."""
        self._tap(peripheral).on_write = self._filter(peripheral, python_script)
        self._untap(peripheral)

    def clear_hook_after_peripheral_read(self, peripheral: object) -> None:
        """End what `SetHookAfterPeripheralRead` began."""
        self.set_hook_after_peripheral_read(peripheral, "")

    def clear_hook_before_peripheral_write(self, peripheral: object) -> None:
        """End what `SetHookBeforePeripheralWrite` began."""
        self.set_hook_before_peripheral_write(peripheral, "")

    def log_peripheral_access(self, peripheral: object, enable: bool = True) -> None:
        """Log each load and store of a peripheral's registers."""
        self._tap(peripheral).is_logged = enable
        self._untap(peripheral)

    def log_all_peripherals_access(self, enable: bool = True) -> None:
        """Log each load and store of any peripheral's registers."""
        for name in self._machine.places:
            model = self._machine.peripherals.get(name)
            if model is not None and Tap.fits(model):
                self.log_peripheral_access(model, enable)

    def _filter(self, peripheral: object, script: str) -> Callable[[int, int, int], int] | None:
        if not script:
            return None
        name = self._name_of(peripheral)
        compiled = HookScript(self._interpreter, self._machine, script, f"hook of {name}")
        device = view(self._interpreter, self._machine.full_name(name))

        def call(offset: int, value: int, width: int) -> int:
            values = {"self": device, "offset": offset, "value": value, "width": width}
            scope = compiled.run(values)
            changed = scope["value"]
            return changed if isinstance(changed, int) else value

        return call

    def _tap(self, peripheral: object) -> Tap | MemoryTap:
        name = self._name_of(peripheral)
        tap = self._hooks.taps.get(name)
        if tap is None:
            areas = self._machine.places.get(name, [])
            if areas and isinstance(peripheral, Memory):
                tap = self._hooks.taps[name] = MemoryTap(self._machine, name, areas)
                tap.insert()
                return tap
            if not areas or not Tap.fits(peripheral):
                raise self._interpreter.error(
                    f"{name} has no registers on the bus", "`peripherals` lists what has"
                )
            tap = self._hooks.taps[name] = Tap(self._machine, name, peripheral, areas)
            tap.insert()
        return tap

    def _untap(self, peripheral: object) -> None:
        tap = self._hooks.taps.get(self._name_of(peripheral))
        if tap is not None and not tap.is_used:
            tap.remove()
            del self._hooks.taps[tap.name]

    def _name_of(self, peripheral: object) -> str:
        for name, model in self._machine.peripherals.items():
            if model is peripheral:
                return name
        raise self._interpreter.error(
            f"{peripheral} is no peripheral", "name one, such as sysbus.usart1"
        )

    def _one_of(self, what: str, name: str, known: dict[str, Value]) -> Value:
        if name not in known:
            raise self._interpreter.error(f"{name} is no {what}", f"write {', '.join(known)}")
        return known[name]


class UartHooks:
    """Of a serial port."""

    def __init__(self, machine: Machine, port: Uart, interpreter: Interpreter) -> None:
        self._machine = machine
        self._port = port
        self._interpreter = interpreter

    def add_line_hook(self, contains: str, python_script: str) -> None:
        """Execute Python behind each line that the port sends and that contains a text; it knows
        `self` and `line`."""
        where = f"hook of {self._port.name}"
        compiled = HookScript(self._interpreter, self._machine, python_script, where)
        source = self._machine.prefix + self._port.name
        device = view(self._interpreter, self._machine.full_name(self._port.name))
        line = bytearray()

        def on_byte(time: int, sender: str, event: str, fields: TraceFields) -> None:
            byte = fields["byte"]
            if sender != source or not isinstance(byte, int):
                return
            if byte not in LINE_ENDS:
                line.append(byte)
                return
            text = line.decode("utf-8", "replace")
            line.clear()
            if contains in text:
                compiled.run({"self": device, "line": text})

        self._machine.subscribe(on_byte, "uart")
