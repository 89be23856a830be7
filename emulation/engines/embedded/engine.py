"""A board on the embedded engine: its script run by the embedded monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from renode_wifi.emulation.engines.engine import Stop, TraceListener
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Monitor
from renode_wifi.peripherals.base.uart import Uart


class EmbeddedEngine:
    """Implements `emulation.engines.engine.Engine`. A fault of the guest ends the run."""

    name = "embedded"

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._listeners: list[tuple[TraceListener, str | None]] = []
        self._attended: Machine | None = None
        self._attend()

    @classmethod
    def of_board(cls, board: BoardType, world: Path | None, seed: int | None) -> EmbeddedEngine:
        monitor = Monitor()
        monitor.set_variable("name", board.name)
        monitor.set_variable("world", (world or board.default_world).absolute())
        if seed is not None:
            monitor.set_variable("seed", seed)
        monitor.execute_script(board.script)
        engine = cls(monitor)
        if engine.machine.vector_table is None:
            engine.machine.vector_table = board.vector_table
        engine.machine.core.stop_on_fault = True
        return engine

    @classmethod
    def empty(cls) -> EmbeddedEngine:
        return cls(Monitor())

    @property
    def machine(self) -> Machine:
        return self.monitor.current

    @property
    def now(self) -> int:
        return self.machine.now

    @property
    def instructions(self) -> int:
        return self.machine.core.instructions

    @property
    def crash(self) -> Crash | None:
        return self.machine.core.last_fault

    @property
    def world(self) -> Any:
        return self.machine.world

    def load(self, image: Image) -> None:
        self.machine.load(image)
        if self.now == 0:
            self.machine.start(image)
        else:
            self.machine.reset("pin")

    def run(self, until: int) -> Stop:
        return self.machine.run(until)

    def request_stop(self) -> None:
        self.machine.request_stop()

    def reset(self) -> None:
        self.machine.reset("pin")

    def subscribe(self, listener: TraceListener, event: str | None = None) -> None:
        self._listeners.append((listener, event))
        if self._attended is not None:
            self._attended.subscribe(listener, event)

    def write_uart(self, name: str, data: bytes) -> None:
        uart = self.machine.peripherals.get(name)
        if not isinstance(uart, Uart):
            ports = [
                key for key, item in self.machine.peripherals.items() if isinstance(item, Uart)
            ]
            raise RenodeWifiError(
                f"the board has no serial port {name!r}", cure=f"it has {', '.join(ports)}"
            )
        for byte in data:
            uart.receive(byte)

    def execute(self, command: str) -> str:
        printed = self.monitor.execute(command)
        self._attend()
        return printed

    def read_memory(self, address: int, length: int) -> bytes:
        return self.machine.bus.read_bytes(address, length)

    def save(self) -> bytes:
        return self.machine.save()

    def restore(self, state: bytes) -> None:
        self.machine.restore(state)

    def close(self) -> None:
        for machine in self.monitor.machines.values():
            machine.close()
        self.monitor.machines.clear()
        self.monitor.machine = None

    def _attend(self) -> None:
        """Let the listeners hear the machine that the monitor has selected by now."""
        machine = self.monitor.machine
        if machine is None or machine is self._attended:
            return
        for listener, event in self._listeners:
            machine.subscribe(listener, event)
        self._attended = machine
