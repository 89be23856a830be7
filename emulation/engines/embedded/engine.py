"""A board on the embedded engine: its script run over machines with a core of this package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi.emulation.engines.embedded.cpu import Core
from renode_wifi.emulation.engines.engine import RunControl
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform import lockstep
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.trace import TraceListener
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.monitor import new_monitor
from renode_wifi.peripherals.base.uart import Uart

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
    """Implements `emulation.engines.engine.Engine`. A fault of the guest ends the run.

    script: what composes the machines, and carries out commands.
    """

    name = "embedded"

    def __init__(self) -> None:
        self.script = new_script()
        self.script.run_all = self._run_all
        self._listeners: list[tuple[TraceListener, str | None]] = []
        self._machine: Machine | None = None
        self.is_running = False
        self.control: RunControl | None = None
        """What runs it instead, for a debugger."""
        self._observed: list[Machine] = []
        """Machines that the listeners listen to."""

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
        engine.machine.core.stop_on_fault = True
        return engine

    @classmethod
    def empty(cls) -> EmbeddedEngine:
        return cls()

    @property
    def machine(self) -> Machine:
        """The machine that the script has selected."""
        return self._machine or self.script.current

    @staticmethod
    def core_of(machine: Machine) -> Core:
        """The core of one of its machines, with all that this engine's cores can do."""
        assert isinstance(machine.core, Core)
        return machine.core

    @property
    def now(self) -> int:
        return self.machine.now

    @property
    def instructions(self) -> int:
        return self.machine.core.instructions

    @property
    def crash(self) -> Crash | None:
        for machine in (self.machine, *self._machines):
            if machine.core.last_fault is not None:
                return machine.core.last_fault
        return None

    @property
    def world(self) -> World | None:
        return self.machine.world

    def load(self, image: Image) -> None:
        self.machine.load(image)
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
        return lockstep.run(self._machines, self.machine, until)

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
        for byte in data:
            uart.receive(byte)

    def execute(self, command: str) -> str:
        try:
            return self.script.execute(command)
        finally:
            self._follow_selection()

    def read_memory(self, address: int, length: int) -> bytes:
        return self.machine.bus.read_bytes(address, length)

    def save(self) -> bytes:
        return lockstep.save(self._machines)

    def restore(self, state: bytes) -> None:
        lockstep.restore(self._machines, state)

    def close(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None
        for machine in self.script.machines.values():
            machine.close()
        self.script.machines.clear()
        self._observed.clear()
        self.script.machine = self._machine = None

    @property
    def _machines(self) -> list[Machine]:
        """In the order in which they were made; an error without any."""
        return list(self.script.machines.values()) or [self.machine]

    def _follow_selection(self) -> None:
        """Drive the machine that the script has selected by now, and listen to all."""
        machines = list(self.script.machines.values())
        self._machine = self.script.machine or next(iter(machines), None)
        for machine in machines:
            if machine not in self._observed:
                self._observed.append(machine)
                for listener, event in self._listeners:
                    machine.subscribe(listener, event)
