"""Devices in the monitor: `sysbus.usart1 WriteChar 65`, `cpu PC 0x8000000`, `emulation RunFor "1"`.

Members have the names of Renode's C# classes; in a Python model `WriteDoubleWord` is
`write_double_word`. Everything public of a model can be used: methods are called, attributes read
and written.
"""

from __future__ import annotations

import difflib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, load_image
from renode_wifi.emulation.platform.compose import python_name
from renode_wifi.emulation.platform.machine import SYSBUS
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.emulation.script.tokens import Kind, Token
from renode_wifi.peripherals.base.uart import Uart

if TYPE_CHECKING:
    from renode_wifi.emulation.script.interpreter import Monitor

SECOND = 1_000_000_000
PLAIN_TYPES = {"int": int, "str": str, "bool": bool}
"""Annotations of parameters that are checked before a call."""


class Devices:
    """Names that the monitor knows beside its commands, and what they stand for."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._emulation = Emulation(monitor)
        self._machine = MachineDevice(monitor)
        self._sysbus = SystemBus(monitor)

    def names(self) -> list[str]:
        names = ["emulation"]
        machine = self.monitor.machine
        if machine is not None:
            names += ["machine", SYSBUS]
            full = [machine.full_name(name) for name in machine.peripherals]
            names += full
            for prefix in self.monitor.usings:
                names += [name.removeprefix(prefix) for name in full if name.startswith(prefix)]
        return names

    def has(self, name: str) -> bool:
        return name in self.names()

    def find(self, name: str) -> Any:
        """The object of that name; None where there is none."""
        machine = self.monitor.machine
        if name == "emulation":
            return self._emulation
        if machine is None or name not in self.names():
            return None
        if name == "machine":
            return self._machine
        if name == SYSBUS:
            return self._sysbus
        for candidate in (name, *(prefix + name for prefix in self.monitor.usings)):
            for local, full in machine.full_names.items():
                if full == candidate and local in machine.peripherals:
                    return machine.peripherals[local]
        return machine.peripherals.get(name)

    def act(self, name: str, tokens: list[Token]) -> Any:
        """Do what `tokens` ask of the device; returns what is to be printed, None for nothing."""
        return self._act(name, self.find(name), tokens)

    def _act(self, name: str, device: Any, tokens: list[Token]) -> Any:
        if not tokens:
            return "\n".join(describe(device))
        if tokens[0].kind is not Kind.LITERAL:
            raise self.monitor.error(
                f"{name} does not provide a default-named indexer.", f"`{name}` lists its members"
            )
        member = str(tokens[0].value)
        owner, attribute = self._member(device, member, name)
        value = getattr(owner, attribute)
        arguments = self._arguments(tokens[1:])
        if callable(value):
            return self._call(name, member, value, arguments)
        if not arguments:
            return value
        if len(tokens) > 1 and tokens[1].kind is Kind.LITERAL and hasattr(value, "__dict__"):
            return self._act(f"{name} {member}", value, tokens[1:])
        if len(arguments) > 1:
            raise self.monitor.error(
                f"{name} {member}: one value is enough", f"write {name} {member} {tokens[1]}"
            )
        try:
            setattr(owner, attribute, convert(arguments[0], value))
        except (AttributeError, TypeError, ValueError) as error:
            raise self.monitor.error(
                f"Could not execute this action on property {member}: {error}",
                "some properties can be read only",
            ) from error
        return None

    def _member(self, device: Any, member: str, name: str) -> tuple[Any, str]:
        attribute = python_name(member)
        for owner in (device, *extras(device)):
            if not attribute.startswith("_") and hasattr(owner, attribute):
                return owner, attribute
        known = [
            renode_name(known) for owner in (device, *extras(device)) for known in public(owner)
        ]
        near = difflib.get_close_matches(member, known, n=1)
        raise self.monitor.error(
            f"{name} does not provide a field, method or property {member}.",
            f"did you mean {near[0]}?" if near else f"`{name}` lists what it provides",
        )

    def _arguments(self, tokens: list[Token]) -> list[Any]:
        """Values; `[1, 2]` is a list, the name of a device that device."""
        values: list[Any] = []
        items: list[Any] | None = None
        for token in tokens:
            if token.kind is Kind.LEFT_BRACKET:
                items = []
            elif token.kind is Kind.RIGHT_BRACKET and items is not None:
                values.append(items)
                items = None
            elif token.kind is not Kind.COMMA:
                (values if items is None else items).append(self._value(token))
        return values

    def _value(self, token: Token) -> Any:
        if token.kind is Kind.LITERAL:
            device = self.find(str(token.value))
            return token.value if device is None else device
        return token.value

    def _call(self, name: str, member: str, method: Any, arguments: list[Any]) -> Any:
        signature = inspect.signature(method)
        try:
            bound = signature.bind(*arguments).arguments
            for key, value in bound.items():
                wanted = PLAIN_TYPES.get(str(signature.parameters[key].annotation))
                if wanted is not None and type(value) is not wanted:
                    raise TypeError(key)
        except TypeError:
            parameters = " ".join(
                f"[{p.name}]" if p.default is not p.empty else p.name
                for p in signature.parameters.values()
            )
            raise self.monitor.error(
                f"{name} {member}: the parameters do not fit",
                f"usage: {name} {member} {parameters}".rstrip(),
            ) from None
        try:
            return method(*arguments)
        except RenodeWifiError:
            raise
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            AttributeError,
            OverflowError,
        ) as error:
            raise self.monitor.error(
                f"There was an error executing command '{name} {member}': {error}",
                "check the values",
            ) from error


def convert(value: Any, old: Any) -> Any:
    """A value of the kind that the attribute has."""
    if isinstance(old, bool):
        if isinstance(value, bool):
            return value
        raise ValueError(f"{value!r} is neither true nor false")
    if isinstance(old, (int, float)) and not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    return value


def renode_name(name: str) -> str:
    """`write_double_word` is `WriteDoubleWord`."""
    return "".join(part.capitalize() for part in name.split("_"))


def public(device: Any) -> list[str]:
    return [
        name
        for name in dir(device)
        if not name.startswith("_") and not name.isupper() and name not in ("machine", "monitor")
    ]


def describe(device: Any) -> list[str]:
    lines = ["The following methods and properties are available:"]
    for owner in (device, *extras(device)):
        for name in public(owner):
            value = getattr(owner, name)
            if callable(value):
                parameters = ", ".join(inspect.signature(value).parameters)
                lines.append(f" - {renode_name(name)} ({parameters})")
            else:
                lines.append(f" - {renode_name(name)}")
    return lines


def extras(device: Any) -> list[Any]:
    """What Renode's extension methods add to a kind of device."""
    found: list[Any] = []
    if hasattr(device, "read") and hasattr(device, "write") and not isinstance(device, SystemBus):
        found.append(BusAccess(device))
    if isinstance(device, Uart):
        found.append(Typing(device))
    return found


class BusAccess:
    """Registers of a peripheral, or bytes of a memory, by offset."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def read_byte(self, offset: int) -> int:
        return int(self._device.read(offset, 1))

    def read_word(self, offset: int) -> int:
        return int(self._device.read(offset, 2))

    def read_double_word(self, offset: int) -> int:
        return int(self._device.read(offset, 4))

    def write_byte(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFF, 1)

    def write_word(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFFFF, 2)

    def write_double_word(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFFFFFFFF, 4)


class Typing:
    """Characters for the RX pin of a serial port."""

    def __init__(self, device: Uart) -> None:
        self._device = device

    def write_char(self, value: int | str) -> None:
        self._device.receive((ord(value) if isinstance(value, str) else value) & 0xFF)

    def write_line(self, text: str = "") -> None:
        for byte in f"{text}\r".encode():
            self._device.receive(byte)


class SystemBus:
    """The bus as a debugger sees it."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._images: list[Image] = []

    def load_elf(self, file_name: str) -> None:
        self._load(load_image(file_name))

    def load_hex(self, file_name: str) -> None:
        self._load(load_image(file_name))

    def load_binary(self, file_name: str, load_point: int) -> None:
        self._load(load_image(file_name, load_point))

    def load_symbols_from(self, file_name: str) -> None:
        self._images.append(load_image(file_name))

    def _load(self, image: Image) -> None:
        machine = self._monitor.current
        machine.load(image)
        self._images.append(image)
        machine.start(image)

    def read_byte(self, address: int) -> int:
        return self._monitor.current.bus.read(address, 1)

    def read_word(self, address: int) -> int:
        return self._monitor.current.bus.read(address, 2)

    def read_double_word(self, address: int) -> int:
        return self._monitor.current.bus.read(address, 4)

    def read_bytes(self, address: int, count: int) -> bytes:
        return self._monitor.current.bus.read_bytes(address, count)

    def write_byte(self, address: int, value: int) -> None:
        self._monitor.current.bus.write(address, value & 0xFF, 1)

    def write_word(self, address: int, value: int) -> None:
        self._monitor.current.bus.write(address, value & 0xFFFF, 2)

    def write_double_word(self, address: int, value: int) -> None:
        self._monitor.current.bus.write(address, value & 0xFFFFFFFF, 4)

    def zero_range(self, start: int, size: int) -> None:
        self._monitor.current.bus.write_bytes(start, bytes(size))

    def tag(self, area: Range, tag: str, default_value: int = 0) -> None:
        self._monitor.current.tag(area, tag, default_value)

    def silence_range(self, area: Range) -> None:
        self._monitor.current.tag(area, f"silenced {area}", silent=True)

    def apply_svd(self, path: str) -> None:
        """Register names of chip vendors only make logs readable; the models bring their own."""

    def find_symbol_at(self, address: int) -> str | None:
        for image in reversed(self._images):
            if image.symbols.at(address) is not None:
                return image.symbols.describe(address)
        return None

    def get_symbol_address(self, name: str) -> int:
        for image in reversed(self._images):
            symbol = image.symbols.get(name)
            if symbol is not None:
                return symbol.address
        raise self._monitor.error(
            f"No symbol with name `{name}` found.", "load the image with symbols: sysbus LoadELF"
        )

    def what_is_at(self, address: int) -> str:
        machine = self._monitor.current
        for name, ranges in machine.places.items():
            for area in ranges:
                if area.start <= address < area.end:
                    return f"{machine.full_name(name)} {area}"
        return "nothing"


class MachineDevice:
    """The current machine."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def load_platform_description(self, path: str) -> None:
        self._monitor.composer().load_file(Path(path))

    def load_platform_description_from_string(self, description: str) -> None:
        self._monitor.composer().load(description)

    def reset(self) -> None:
        """Reset the chip, then run the macro `reset` if there is one."""
        machine = self._monitor.current
        machine.reset("pin")
        for name in (f"{self._monitor.scope}.reset", "global.reset"):
            if name in self._monitor.macros:
                self._monitor.run_macro("reset", self._monitor.macros[name])
                return

    def request_reset(self) -> None:
        self._monitor.current.request_reset("pin")


class Emulation:
    """All machines together."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self.single_step_blocking = True

    def run_for(self, period: str | int | float) -> None:
        """Run the current machine for a time: seconds, or hh:mm:ss.fff."""
        machine = self._monitor.current
        machine.run(machine.now + nanoseconds(period))

    def set_global_quantum(self, quantum: str | int | float) -> None:
        """Renode's step of synchronisation. Here events take effect at their exact time."""
        nanoseconds(quantum)

    def set_global_advance_immediately(self, enabled: bool) -> None:
        """Renode's choice to run ahead of real time, which is what the embedded engine does."""

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
