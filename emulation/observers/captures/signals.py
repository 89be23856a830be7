"""Which signals of a board a logic analyser would be connected to: `usart1`, `led1=gpioPortA.5`, …

A selection is a list of items, separated by commas or spaces:

- `usart1`: both wires of a serial port;
- `spi3`: clock and data of an SPI bus; lines that belong to it stand behind it, each after a plus
  sign: `spi3+nss=gpioPortE.0`;
- `gpioPortA.5`: an output of a model, or a pin of a port, by the names of the board's description;
- `NAME=` before a line gives it a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.probes.words import SpiController, SpiDevice
from renode_wifi.peripherals.base.uart import WiredUart

SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True)
class LineSignal:
    name: str
    line: Line


@dataclass(frozen=True)
class UartSignal:
    name: str
    port: WiredUart


@dataclass(frozen=True)
class SpiSignal:
    """A bus with its device, and the lines that keep their place between its words."""

    name: str
    controller: SpiController
    device: SpiDevice
    lines: tuple[LineSignal, ...]
    select: tuple[str, bool] | None
    """The line that selects the device, the first of them, and at which level: that of a controller
    is high while it selects, a pin low."""


Signal = LineSignal | UartSignal | SpiSignal


def find_signals(machine: Machine, selection: str) -> list[Signal]:
    """What a selection names. Raises RenodeWifiError."""
    found = [_find(machine, item) for item in SEPARATORS.split(selection) if item]
    if not found:
        raise RenodeWifiError("no signals are named", cure="such as usart1,gpioPortA.5")
    names = [name for signal in found for name in _names(signal)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RenodeWifiError(
            f"two signals are called {twice}", cure="give one another name: other=gpioPortA.5"
        )
    return found


def _names(signal: Signal) -> list[str]:
    lines = [line.name for line in signal.lines] if isinstance(signal, SpiSignal) else []
    return [signal.name, *lines]


def _find(machine: Machine, item: str) -> Signal:
    first, *others = item.split("+")
    if "=" not in first and "." not in first:
        model = machine.peripherals.get(first)
        if isinstance(model, WiredUart) and not others:
            return UartSignal(first, model)
        device = _device_on(machine, first)
        if hasattr(model, "bit_time") and hasattr(model, "mode") and device is not None:
            controller: SpiController = model  # type: ignore[assignment]
            lines = tuple(_line(machine, each) for each in others)
            select = None
            if lines:
                source = others[0].rpartition("=")[2]
                select = lines[0].name, source.partition(".")[0] == first
            return SpiSignal(first, controller, device, lines, select)
    if others:
        raise RenodeWifiError(
            f"{first} is no SPI bus with a device on it",
            cure="lines that belong to a bus stand behind it: spi3+nss=gpioPortE.0",
        )
    return _line(machine, first)


def _device_on(machine: Machine, bus: str) -> SpiDevice | None:
    place = f"{machine.full_name(bus)}."
    for name, model in machine.peripherals.items():
        if machine.full_name(name).startswith(place) and hasattr(model, "exchange"):
            device: SpiDevice = model
            return device
    return None


def _line(machine: Machine, item: str) -> LineSignal:
    name, _, source = item.rpartition("=")
    block, _, output = source.partition(".")
    lines = getattr(machine.peripherals.get(block), "lines", {})
    line = lines.get(int(output) if output.isdecimal() else output)
    if not isinstance(line, Line):
        raise RenodeWifiError(
            f"there is no signal {source!r}", cure=_cure(machine, block, list(lines))
        )
    return LineSignal(name or source.replace(".", "_"), line)


def _cure(machine: Machine, block: str, outputs: list[object]) -> str:
    if outputs:
        return f"{block} has {', '.join(f'{block}.{output}' for output in outputs)}"
    near = close_matches(block, machine.peripherals)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}name a pin (gpioPortA.5), a serial port (usart1) or an SPI bus (spi3)"
