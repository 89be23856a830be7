"""What Renode's extension methods add to kinds of devices: registers, lines, bytes, typing."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from renode_wifi.emulation.platform.create import python_name
from renode_wifi.emulation.script.values import Sized
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.uart import Uart


def extras(device: object) -> list[object]:
    """What Renode's extension methods add to a kind of device."""
    found: list[object] = []
    registers = getattr(device, "registers", None)
    if isinstance(registers, RegisterFile):
        found.append(RegisterAccess(registers))
    lines = getattr(device, "lines", None)
    if isinstance(lines, dict):
        found.append(OutputLines(lines))
    if isinstance(device, Accessible):
        found.append(BusAccess(device))
    if isinstance(device, Uart):
        found.append(Typing(device))
    return found


@runtime_checkable
class Accessible(Protocol):
    """Registers, or the bytes of a memory."""

    def read(self, offset: int, width: int) -> int: ...

    def write(self, offset: int, value: int, width: int) -> None: ...


class RegisterAccess:
    """Registers of a model by name: their values by field, without the effects of a read."""

    _registers: RegisterFile
    _names: dict[str, str]

    def __init__(self, registers: RegisterFile) -> None:
        self.__dict__["_registers"] = registers
        self.__dict__["_names"] = {python_name(name): name for name in registers.names()}

    def __dir__(self) -> list[str]:
        """Nothing: `describe` lists the registers by the names of the manual."""
        return []

    def names(self) -> list[str]:
        return list(self._names.values())

    def __getattr__(self, attribute: str) -> str:
        if attribute.startswith("_") or attribute not in self._names:
            raise AttributeError(attribute)
        return self._registers.describe(self._names[attribute])

    def __setattr__(self, attribute: str, value: object) -> None:
        """A store of the CPU."""
        if not isinstance(value, int):
            raise TypeError(f"{value!r} is not a number")
        registers = self._registers
        offset = registers.offset_of(self._names[attribute])
        registers.owner.write(offset, value & 0xFFFFFFFF, 4)


class OutputLines:
    """Output lines of a model by name, such as IRQ."""

    def __init__(self, lines: dict[int | str, Line]) -> None:
        self.__dict__.update(
            (python_name(name), LineView(line))
            for name, line in lines.items()
            if isinstance(name, str)
        )


class LineView:
    """An output as Renode's GPIO."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def is_set(self) -> bool:
        return bool(self._line.level)

    def set(self, value: bool = True) -> None:
        self._line.set(value)

    def unset(self) -> None:
        self._line.set(False)

    def toggle(self) -> None:
        self._line.set(not self._line.level)

    def __str__(self) -> str:
        return f"GPIO: {'set' if self.is_set else 'unset'}"


class BusAccess:
    """Registers of a peripheral, or bytes of a memory, by offset."""

    def __init__(self, device: Accessible) -> None:
        self._device = device

    def read_byte(self, offset: int) -> int:
        return Sized(int(self._device.read(offset, 1)), 1)

    def read_word(self, offset: int) -> int:
        return Sized(int(self._device.read(offset, 2)), 2)

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
        """A character arrives at the port's RX pin."""
        self._device.receive((ord(value) if isinstance(value, str) else value) & 0xFF)

    def write_line(self, text: str = "") -> None:
        """A text and CR arrive at the port's RX pin, as from a terminal."""
        for byte in f"{text}\r".encode():
            self._device.receive(byte)
