"""Python in the monitor: what hooks and `python` execute, and the names they find there.

Renode runs such scripts in IronPython 2.7, here they are Python 3. Objects have Renode's names:
`self.DebugLog("…")`, `cpu.GetRegister(0)`, `machine.SystemBus.ReadDoubleWord(0x20000000)`,
`monitor.Parse("pause")`.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from types import CodeType
from typing import Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.values import Unpadded

PRINT = re.compile(r"(?m)^(\s*)print[ \t]+([^\n;]+?)[ \t]*$")
"""The statement of Python 2, in which Renode's scripts are written."""
NOISY = 1


class LogLevel:
    """Renode's levels."""

    Noisy, Debug, Info, Warning, Error = (
        NOISY,
        logging.DEBUG,
        logging.INFO,
        logging.WARNING,
        logging.ERROR,
    )


class MemberNumber(int):
    """A number that may be asked for its `RawValue`."""

    @property
    def RawValue(self) -> int:
        return int(self)


class RegisterValue(MemberNumber):
    """A register of the processor, shown as in Renode."""

    def __str__(self) -> str:
        return f"0x{int(self):x}"

    def __format__(self, form: str) -> str:
        return format(int(self), form) if form else str(self)


class DeviceView:
    """A device as scripts see it: members by Renode's names, and methods that log."""

    def __init__(self, device: object, name: str, interpreter: Interpreter) -> None:
        self.__dict__.update(_device=device, _name=name, _interpreter=interpreter)

    def __getattr__(self, member: str) -> Any:
        level = getattr(LogLevel, member.removesuffix("Log"), None)
        if member == "Log":
            return self._log
        if member.endswith("Log") and level is not None:
            return lambda text, *values: self._log(level, text, *values)
        value = self._interpreter.devices.member(self._name, self._device, member)
        if callable(value):
            return lambda *arguments: _shown(value(*arguments))
        return _shown(value)

    def __setattr__(self, member: str, value: object) -> None:
        self._interpreter.devices.set_member(self._name, self._device, member, value)

    def _log(self, level: int, text: object, *values: object) -> None:
        message = str(text).format(*values) if values else str(text)
        name = self._name.removeprefix(f"{SYSBUS}.")
        self._interpreter.current.log.log(level, "%s: %s", name, message)


def _shown(value: object) -> object:
    if isinstance(value, Unpadded):
        return RegisterValue(value)
    return MemberNumber(value) if type(value) is int else value


class MachineView(DeviceView):
    """`machine`: also its devices, as `machine["sysbus.usart1"]`."""

    @property
    def SystemBus(self) -> DeviceView:
        return view(self._interpreter, SYSBUS)

    def __getitem__(self, name: str) -> DeviceView:
        return view(self._interpreter, name)


class Monitor:
    """`monitor`: Parse carries out a line and returns what it prints."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def Parse(self, line: str) -> str:
        return self._interpreter.execute(line)

    @property
    def Machine(self) -> MachineView | None:
        """The selected one."""
        return None if self._interpreter.machine is None else machine_view(self._interpreter)


def view(interpreter: Interpreter, name: str) -> DeviceView:
    """A device by its name. Raises RenodeWifiError where there is none."""
    device = interpreter.devices.find(name)
    if device is None:
        raise interpreter.error(f"No such device: {name}", "`peripherals` lists them")
    return DeviceView(device, name, interpreter)


def machine_view(interpreter: Interpreter) -> MachineView:
    return MachineView(interpreter.devices.find("machine"), "machine", interpreter)


def variables(interpreter: Interpreter) -> dict[str, object]:
    """What every script finds."""
    monitor = Monitor(interpreter)
    found: dict[str, object] = {"monitor": monitor, "self": monitor, "LogLevel": LogLevel}
    if interpreter.machine is not None:
        found["machine"] = machine_view(interpreter)
    return found


class HookScript:
    """A hook's script. Its globals last from call to call. where: for messages."""

    def __init__(self, interpreter: Interpreter, machine: Machine, text: str, where: str) -> None:
        self._interpreter = interpreter
        self._machine = machine
        self._where = where
        self._code = compiled(interpreter, text, where)
        self._scope = variables(interpreter)
        self._is_running = False

    def run(self, values: dict[str, object]) -> dict[str, object]:
        """Execute it with some variables set; returns them all. What goes wrong is logged: the
        machine runs on. What the script itself does calls it no second time."""
        if self._is_running:
            return values
        self._scope.update(values)
        self._is_running = True
        try:
            exec(self._code, self._scope)
        except Exception as error:
            if type(error).__module__.startswith("robot."):
                # The end of a test's time, or Ctrl-C: nothing that the script did.
                raise
            text = error.message if isinstance(error, RenodeWifiError) else repr(error)
            self._machine.log.error("%s: %s", self._where, text)
        finally:
            self._is_running = False
        return self._scope


def compiled(interpreter: Interpreter, text: str, where: str) -> CodeType:
    try:
        return compile(text, where, "exec")
    except SyntaxError as error:
        with suppress(SyntaxError):
            return compile(PRINT.sub(r"\1print(\2)", text), where, "exec")
        raise interpreter.error(
            f"{where}: SyntaxError: {error.msg} in line {error.lineno}", "scripts are Python 3 here"
        ) from None
