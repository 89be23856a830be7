"""`sysbus.usart1 CreateFileBackend @log.txt`: what a serial port sends, in a file."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.peripherals.base.uart import Uart


class UartFiles:
    """Of one port. As by CreateFileBackend of Renode."""

    def __init__(self, interpreter: Interpreter, machine: Machine, port: Uart) -> None:
        self._interpreter = interpreter
        self._port = machine.prefix + port.name

    def create_file_backend(self, path: str, immediate_flush: bool = False) -> None:
        """Write what the port sends to a file. An older one is kept as FILE.1, FILE.2, …"""
        from renode_wifi.emulation.terminals.uart_file import UartFile

        terminals, name = self._interpreter.terminals, _name(path)
        if name in terminals.by_name:
            raise self._interpreter.error(
                f"{path} is written by a serial port already", "CloseFileBackend it first"
            )
        file = UartFile(Path(path), immediate_flush)
        terminals.add(name, file)
        terminals.connect(self._port, file)

    def close_file_backend(self, path: str) -> None:
        """End what `CreateFileBackend` began."""
        if _name(path) not in self._interpreter.terminals.by_name:
            raise self._interpreter.error(
                f"no serial port writes to {path}", "give the path that CreateFileBackend was given"
            )
        self._interpreter.terminals.remove(_name(path))


def _name(path: str) -> str:
    return f"file {Path(path).absolute()}"
