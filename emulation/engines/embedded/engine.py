"""A board on the embedded engine: its script run over machines with a core of this package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi.emulation.engines.embedded.cpu import Core
from renode_wifi.emulation.engines.embedded.faults import FaultWatch
from renode_wifi.emulation.engines.engine import RunControl
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import REGISTERS, Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform import lockstep
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.led import Led
from renode_wifi.emulation.platform.trace import TraceListener
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.monitor import new_monitor
from renode_wifi.peripherals.base.uart import PluggedUart, Uart

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

MAX_IRQS = 240
"""What the architecture allows: chips with fewer leave the rest unwired."""


def new_machine(name: str) -> Machine:
    """A machine without models yet, on a core of its own."""
    return Machine(Core(irq_count=MAX_IRQS), name)


def new_script() -> Interpreter:
    """The monitor, whose scripts make such machines."""
    return new_monitor(new_machine)


class EmbeddedEngine:
    """Implements `emulation.engines.engine.Engine`.

    script: what composes the machines, and carries out commands.
    """

    name = "embedded"

    def __init__(self) -> None:
        self.script = new_script()
        self.script.run_all = self._run_all
        self.terminals = self.script.terminals
        self.terminals.type = self.write_uart
        self.terminals.is_receiving = self.is_receiving
        self.terminals.listen = self._listen_for_terminals
        self.script.save_machines = self._save_machines
        self.script.restore_machines = self._restore_machines
        self._listeners: list[tuple[TraceListener, str | None]] = []
        self._machine: Machine | None = None
        self.is_running = False
        self.control: RunControl | None = None
        """What runs it instead, for a debugger."""
        self._observed: list[Machine] = []
        """Machines that the listeners listen to."""
        self._watches: dict[Machine, FaultWatch] = {}
        self._on_fault = OnFault.REPORT
        self.fault_listeners: list[Callable[[Crash], None]] = []

    @classmethod
    def of_board(cls, board: BoardType, world: Path | None, seed: int | None) -> EmbeddedEngine:
        engine = cls()
        script = engine.script
        script.set_variable("name", board.name)
        script.set_variable("world", (world or board.default_world).absolute())
        if seed is not None:
            script.set_variable("seed", seed)
        script.execute_script(board.script)
        engine._follow_selection()
        if engine.machine.vector_table is None:
            engine.machine.vector_table = board.vector_table
        return engine

    @classmethod
    def empty(cls) -> EmbeddedEngine:
        return cls()

    @property
    def machine(self) -> Machine:
        """The machine that the script has selected."""
        return self._machine or self.script.current

    @property
    def now(self) -> int:
        return self.machine.now

    @property
    def instructions(self) -> int:
        return self.machine.core.instructions

    @property
    def crash(self) -> Crash | None:
        for watch in self._watches.values():
            if watch.crash is not None:
                return watch.crash
        return None

    @property
    def on_fault(self) -> OnFault:
        return self._on_fault

    @on_fault.setter
    def on_fault(self, policy: OnFault) -> None:
        self._on_fault = policy

    @property
    def machines(self) -> list[str]:
        return list(self.script.machines)

    def peripherals(self, machine: str) -> dict[str, str]:
        owner = self.script.machines[machine]
        return {owner.full_name(name): _kind(item) for name, item in owner.peripherals.items()}

    @property
    def world(self) -> World | None:
        return self.machine.world

    def load(self, image: Image) -> None:
        self.machine.load(image)
        if self.machine.world is not None:
            self.machine.world.report_missing_sensors(self.machine.peripherals, self.machine.log)
        if self.now == 0:
            self.machine.start(image)
        else:
            self.machine.reset("pin")

    def run(self, until: int) -> Stop:
        self.is_running = True
        try:
            return self.run_freely(until) if self.control is None else self.control.run(until)
        finally:
            self.is_running = False

    def run_freely(self, until: int) -> Stop:
        """Run as `run` does without `control`."""
        return self.terminals.run(self._run_machines, lambda: self.now, until)

    def _run_machines(self, until: int) -> Stop:
        return lockstep.run(self._machines, self.machine, until, self._run_one, self.script.quantum)

    def _listen_for_terminals(self) -> None:
        self.subscribe(self.terminals.on_uart, "uart")

    def _run_one(self, machine: Machine, until: int) -> Stop:
        watch = self._watches[machine]
        # A debugger looks at every fault.
        watch.on_fault = self._on_fault if self.control is None else OnFault.STOP
        watch.is_debugged = self.control is not None
        return watch.run(until)

    def _run_all(self, duration: int) -> None:
        """The script lets time pass."""
        self._follow_selection()
        if self._machine is None:
            self._machine = next(iter(self._machines), None)
        self.run(self.now + duration)

    def request_stop(self) -> None:
        if self.control is not None:
            self.control.request_stop()
        for machine in self._machines:
            machine.request_stop()

    def reset(self) -> None:
        self.machine.reset("pin")

    def subscribe(self, listener: TraceListener, event: str | None = None) -> None:
        self._listeners.append((listener, event))
        for machine in self._observed:
            machine.subscribe(listener, event)

    def source(self, name: str, machine: str | None = None) -> str:
        if machine is None and len(self.script.machines) < 2:
            return self.machine.prefix + name if self.script.machines else name
        known = ", ".join(self.script.machines) or "none"
        if machine is None:
            raise RenodeWifiError(
                f"there are several machines with a {name}", cure=f"name one: {known}"
            )
        if machine not in self.script.machines:
            raise RenodeWifiError(f"there is no machine {machine!r}", cure=f"machines: {known}")
        return self.script.machines[machine].prefix + name

    def write_uart(self, name: str, data: bytes) -> None:
        uart = self._uart(name)
        if isinstance(uart, PluggedUart):
            uart.plug()
        for byte in data:
            uart.receive(byte)

    def is_receiving(self, name: str) -> bool:
        return bool(getattr(self._uart(name), "is_receiving", True))

    def _uart(self, name: str) -> Uart:
        prefix, slash, port = name.rpartition("/")
        machine = self.machine
        for other in self._machines:
            if other.prefix == prefix + slash:
                machine = other
        uart = machine.peripherals.get(port)
        if not isinstance(uart, Uart):
            ports = [key for key, item in machine.peripherals.items() if isinstance(item, Uart)]
            raise RenodeWifiError(
                f"the board has no serial port {name!r}", cure=f"it has {', '.join(ports)}"
            )
        return uart

    def execute(self, command: str) -> str:
        try:
            return self.script.execute(command)
        finally:
            self._follow_selection()

    def read_memory(self, address: int, length: int) -> bytes:
        return self.machine.bus.read_bytes(address, length)

    def registers(self) -> dict[str, int]:
        core = self.machine.core
        return {name: core.read_register(name) for name in (*REGISTERS, "psp")}

    def save(self) -> bytes:
        return self._save_machines(self._machines)

    def restore(self, state: bytes) -> None:
        self._restore_machines(self._machines, state)

    def _save_machines(self, machines: Sequence[Machine]) -> bytes:
        from renode_wifi.emulation.engines.embedded.fault_state import with_faults

        return with_faults(lockstep.save(machines), self._watches_of(machines))

    def _restore_machines(self, machines: Sequence[Machine], state: bytes) -> None:
        from renode_wifi.emulation.engines.embedded.fault_state import without_faults

        watches = self._watches_of(machines)
        saved, faults = without_faults(state, len(watches))
        lockstep.restore(machines, saved)
        for watch, kept in zip(watches, faults, strict=True):
            watch.crash, watch.is_over, watch.watched = kept

    def _watches_of(self, machines: Sequence[Machine]) -> list[FaultWatch]:
        # A command that is under way may have made machines.
        self._follow_selection()
        return [self._watches[machine] for machine in machines]

    def close(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None
        self.terminals.close()
        for machine in self.script.machines.values():
            machine.close()
        self.script.machines.clear()
        self._observed.clear()
        self._watches.clear()
        self.script.machine = self._machine = None

    @property
    def _machines(self) -> list[Machine]:
        """In the order in which they were made; an error without any."""
        return list(self.script.machines.values()) or [self.machine]

    def _follow_selection(self) -> None:
        """Drive the machine that the script has selected by now, and listen to all."""
        machines = list(self.script.machines.values())
        self._machine = self.script.machine or next(iter(machines), None)
        for gone in [each for each in self._observed if each not in machines]:
            self._observed.remove(gone)
            del self._watches[gone]
        for machine in machines:
            if machine not in self._observed:
                self._observed.append(machine)
                self._watches[machine] = FaultWatch(machine, self._on_fault, self._on_handled)
                for listener, event in self._listeners:
                    machine.subscribe(listener, event)

    def _on_handled(self, fault: Crash) -> None:
        for listener in self.fault_listeners:
            listener(fault)


def _kind(model: object) -> str:
    """What a model is to a tester."""
    if isinstance(model, Uart):
        return "uart"
    return "led" if isinstance(model, Led) else ""
