"""The devices `machine` and `emulation`, which every script has."""

from __future__ import annotations

import time
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import SYSBUS
from renode_wifi.emulation.platform.stock.python_peripheral import PythonPeripheral
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.terminals.pace import RealTime
from renode_wifi.peripherals.base.clock import SECOND


class MachineDevice:
    """The current machine."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def load_platform_description(self, path: str) -> None:
        self._interpreter.composer().load_file(Path(path))

    def load_platform_description_from_string(self, description: str) -> None:
        self._interpreter.composer().load(description)

    def reset(self) -> None:
        """Reset the chip, then run the macro `reset` if there is one."""
        machine = self._interpreter.current
        machine.reset("pin")
        for name in (f"{self._interpreter.scope}.reset", "global.reset"):
            if name in self._interpreter.macros:
                self._interpreter.run_macro("reset", self._interpreter.macros[name])
                return

    def pause_and_request_emulation_pause(self, precise: bool = False) -> None:
        """For hooks: let time stop at the instruction that is about to be executed."""
        self._interpreter.execute("pause")

    def pause(self) -> None:
        """The same as the command `pause`, of the only machine."""
        if len(self._interpreter.machines) > 1:
            raise self._interpreter.error(
                "machines are paused together here", "pause; or sysbus.cpu IsHalted true"
            )
        self._interpreter.execute("pause")

    @property
    def is_paused(self) -> bool:
        """No time passes until `start`, or until it is asked for."""
        return not self._interpreter.requests.started

    def request_reset(self) -> None:
        self._interpreter.current.request_reset("pin")

    def py_dev_from_file(
        self, path: str, address: int, size: int, initable: bool = False, name: str = "pyDev"
    ) -> None:
        """Put a Python peripheral, whose script is a file, on the bus."""
        machine = self._interpreter.current
        self._add_python(PythonPeripheral(machine, name, size, initable, filename=path), address)

    def py_dev_from_string(
        self, script: str, address: int, size: int, initable: bool = False, name: str = "pyDev"
    ) -> None:
        """Put a Python peripheral on the bus."""
        machine = self._interpreter.current
        self._add_python(PythonPeripheral(machine, name, size, initable, script), address)

    def _add_python(self, model: PythonPeripheral, address: int) -> None:
        machine = self._interpreter.current
        if model.name in machine.names():
            raise self._interpreter.error(f"{model.name} exists already", "give another name=")
        machine.add(model.name, model)
        machine.register(model.name, SYSBUS, address)

    @property
    def elapsed_virtual_time(self) -> str:
        return time_text(self._interpreter.current.now)

    def get_time_source_info(self) -> str:
        """Virtual and real time, and how far machines may be ahead of each other."""
        return Emulation(self._interpreter).get_time_source_info()

    def set_quantum(self, interval: str | int | float) -> None:
        """How far, in seconds, a machine may be ahead of another: one value for all of them."""
        Emulation(self._interpreter).set_global_quantum(interval)

    def set_serial_execution(self, val: bool) -> None:
        """The embedded engine has no other."""

    def set_advance_immediately(self, val: bool) -> None:
        """False: virtual time does not run ahead of real time, on all machines."""
        Emulation(self._interpreter).set_global_advance_immediately(val)

    def start_gdb_server(
        self, port: int, autostart_emulation: bool = True, cpu_cluster: str = ""
    ) -> str:
        """Let a debugger come on a port of this host; 0 takes any that is free."""
        requests = self._interpreter.requests
        if requests.start_gdb_server is None:
            raise self._interpreter.error(
                "nobody here serves debuggers",
                "call renode_wifi.emulation.frontends.gdb.offer(session.engine) first",
            )
        return requests.start_gdb_server(self._interpreter.current, port, autostart_emulation)

    def stop_gdb_server(self, port: int | None = None) -> None:
        """End the server on a port, or all of this machine."""
        stop = self._interpreter.requests.stop_gdb_server
        if stop is not None:
            stop(self._interpreter.current, port)


class Emulation:
    """All machines together."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self.single_step_blocking = True

    def run_for(self, period: str | int | float) -> None:
        """Run all machines for a time: seconds, or hh:mm:ss.fff."""
        self._interpreter.run_all(nanoseconds(period))

    @property
    def is_started(self) -> bool:
        """`start` was said: time passes when it is asked for."""
        return self._interpreter.requests.started

    @property
    def machines_count(self) -> int:
        return len(self._interpreter.machines)

    @property
    def names(self) -> list[str]:
        return list(self._interpreter.machines)

    def run_to_nearest_sync_point(self) -> None:
        """Machines are in step whenever no time passes."""

    def set_quantum(self, interval: str | int | float) -> None:
        """The same as `SetGlobalQuantum`."""
        self.set_global_quantum(interval)

    def set_seed(self, seed: int) -> None:
        """The seed of all machines, also of those still to be made. That of worlds is `$seed`."""
        self._interpreter.seed = seed
        for machine in self._interpreter.machines.values():
            machine.seed = seed

    def get_seed(self) -> int:
        machine = self._interpreter.machine
        if machine is not None:
            return int(machine.seed)
        return self._interpreter.seed or 0

    def set_global_quantum(self, quantum: str | int | float) -> None:
        """How far, in seconds, a machine may be ahead of another. Its own events are exact."""
        self._interpreter.quantum = max(1, nanoseconds(quantum))

    def set_global_advance_immediately(self, enabled: bool) -> None:
        """False: virtual time does not run ahead of real time. (As long as nobody says so it does,
        other than in Renode.)"""
        self._interpreter.terminals.pace = None if enabled else RealTime()

    def create_server_socket_terminal(
        self, port: int, name: str, telnet_mode: bool = True, flush_on_connect: bool = False
    ) -> str | None:
        """A terminal on a TCP port of this host; `connector Connect` puts it at a serial port.
        Port 0: any that is free, which is printed."""
        from renode_wifi.emulation.terminals.sockets import ServerSocketTerminal

        terminal = ServerSocketTerminal(port, telnet_mode, flush_on_connect)
        self._interpreter.terminals.add(name, terminal)
        return None if port else f"{name}: port {terminal.port} of {terminal.host}"

    def create_uart_pty_terminal(
        self, name: str, file_name: str, force_create: bool = False
    ) -> None:
        """A terminal as a device of this host, with a symbolic link to it."""
        from renode_wifi.emulation.terminals.pty import UartPtyTerminal

        self._interpreter.terminals.add(name, UartPtyTerminal(Path(file_name), force_create))

    def get_time_source_info(self) -> str:
        """Virtual and real time, and how far machines may be ahead of each other."""
        machines = self._interpreter.machines.values()
        now = max((machine.emulation_time for machine in machines), default=0)
        real = int((time.monotonic() - self._interpreter.started_at) * SECOND)
        lines = {
            "Elapsed Virtual Time": time_text(now, 9),
            "Elapsed Host Time": time_text(real, 9),
            "State": "Idle",
            "Advance immediately": self._interpreter.terminals.pace is None,
            "Quantum": time_text(self._interpreter.quantum, 9),
        }
        return "\n".join(f"{name}: {value}" for name, value in lines.items())

    def set_global_serial_execution(self, enabled: bool) -> None:
        """The embedded engine has no other."""


def nanoseconds(period: str | int | float) -> int:
    """`0.5`, `"0.5"` and `"00:00:00.5"` are half a second."""
    try:
        parts = [float(part) for part in str(period).split(":")]
        total = 0.0
        for part in parts:
            total = total * 60 + part
        result = round(total * SECOND) if min(parts) >= 0 else -1
    except (ValueError, OverflowError):
        result = -1
    if result < 0:
        raise RenodeWifiError(
            f"{period!r} is not a time", cure='write seconds, "0.1", or "00:00:00.1"'
        )
    return result


def time_text(duration: int, digits: int = 6) -> str:
    """ns as Renode's hh:mm:ss.ffffff. digits: of the fraction."""
    seconds, rest = divmod(duration, SECOND)
    fraction = f"{rest:09d}"[:digits]
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction}"
