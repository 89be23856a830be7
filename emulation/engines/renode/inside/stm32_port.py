# ironpython: executed by Renode
"""Lets a GPIO port finish a write before what that brings about reaches its other pins, and lets
cores read its pins fast.

Renode's STM32_GPIOPort sets its sixteen pins one after the other to the levels that it has read
before. A level that a pin gets meanwhile, as RDY of the ISM43362 after an edge of NSS, would be
written over.

It puts sixteen flags together for each read of IDR, and a driver that waits for a pin reads it
again and again: nine of ten accesses of the probe. So cores find a register of ours there, which
asks the port after a change only. Other masters, and Renode's user, find the port itself.
"""

from array import array

import System
from Antmicro.Renode.Core import Range
from Antmicro.Renode.Peripherals.Bus import BusRangeRegistration

from renode_wifi.emulation.engines.renode.inside.adapters import BusAdapter
from renode_wifi.emulation.engines.renode.inside.log import message_of
from renode_wifi.emulation.engines.renode.inside.types import Words, shared_types

PORTS = "ABCDEFGH"
IDR = 0x10
IDR_SIZE = 4
ODR = 0x14
BSRR = 0x18
BRR = 0x28
STORES = (ODR, BSRR, BRR)
"""Registers that change pins."""


class HeldPins(object):
    """Levels of our models' pins that wait for the end of a port's write."""

    def __init__(self):
        # type: () -> None
        self._writes = 0
        self._waiting = []  # type: list[tuple[RenodeGpio, bool]]

    def set(self, gpio, level):
        # type: (RenodeGpio, bool) -> None
        if self._writes:
            self._waiting.append((gpio, level))
        else:
            gpio.Set(level)

    def write(self, port, offset, value):
        # type: (RenodePort, int, int) -> None
        """A write to a port, and then what it has brought about."""
        self._writes += 1
        try:
            port.WriteDoubleWord(offset, System.UInt32(value))
        finally:
            self._writes -= 1
        while self._waiting and not self._writes:
            gpio, level = self._waiting.pop(0)
            gpio.Set(level)


class PortWrites(object):
    """The writes of one port."""

    def __init__(self, renode, log, pins, port):
        # type: (typing.Any, Log, HeldModelPins, typing.Any) -> None
        self._log = log
        self._pins = pins
        self._port = port
        hook = renode.SystemBus.SetHookBeforePeripheralWrite
        area = Range(System.UInt64(ODR), System.UInt64(BRR + 4 - ODR))
        hook[System.UInt32](port, self._on_double_word, area)
        hook[System.UInt16](port, self._on_word, area)
        hook[System.Byte](port, self._on_byte, area)

    def _on_double_word(self, value, offset):
        # type: (int, int) -> int
        return self._write(int(value), int(offset), 4)

    def _on_word(self, value, offset):
        # type: (int, int) -> int
        return self._write(int(value), int(offset), 2)

    def _on_byte(self, value, offset):
        # type: (int, int) -> int
        return self._write(int(value), int(offset), 1)

    def _write(self, value, offset, width):
        # type: (int, int, int) -> int
        """What Renode shall write afterwards: nothing that changes a pin."""
        register = offset & ~3
        if register not in STORES:
            return value
        try:
            shift = 8 * (offset & 3)
            mask = (1 << 8 * width) - 1
            stored = value << shift
            if register == ODR:
                stored |= int(self._port.ReadDoubleWord(ODR)) & ~(mask << shift)
            self._pins.write(self._port, register, stored)
            return (int(self._port.ReadDoubleWord(ODR)) >> shift) & mask if register == ODR else 0
        except System.Exception as error:
            self._log.error("port: %s", message_of(error))
            return value


class InputData(object):
    """IDR of a port, as a model for cores. words: what they read without asking it."""

    def __init__(self, name, port):
        # type: (str, typing.Any) -> None
        self.name = name
        self._port = port
        self._values = array("I", [0])  # type: array[int]
        self.words = Words(self._values)
        # Made once: each conversion of a method to a delegate costs Renode some 50 us.
        hook = System.Action[System.Boolean](self._on_change)
        for pin in port.Connections.Values:
            pin.AddStateChangedHook(hook)

    def _on_change(self, _):
        # type: (bool) -> None
        self.words.plain[0] = False

    def read(self, offset, width):
        # type: (int, int) -> int
        # Before the port is asked: a change from here on counts.
        self.words.plain[0] = True
        self._values[0] = value = int(self._port.ReadDoubleWord(IDR))
        return value >> 8 * int(offset) & ((1 << 8 * width) - 1)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        """It is read-only."""

    def reset(self):
        # type: () -> None
        self.words.plain[0] = False


def place_input(renode, machine, name, port):
    # type: (typing.Any, PortMachine, str, typing.Any) -> None
    """Each core of a machine finds IDR of ours, and the port on both sides of it."""
    bus = renode.SystemBus
    area = next(iter(bus.GetRegistrationPoints(port))).Range
    start, size = int(area.StartAddress), int(area.Size)
    data = InputData(name + "_IDR", port)
    adapter = BusAdapter(machine, data, IDR_SIZE)
    register = shared_types().wrap("STM32_IDR", adapter.INTERFACES, adapter, data.words)
    behind = IDR + IDR_SIZE
    pieces = (
        (port, 0, IDR, 0),
        (register, IDR, IDR_SIZE, 0),
        (port, behind, size - behind, behind),
    )
    for cpu in bus.GetCPUs():
        for peripheral, place, length, offset in pieces:
            numbers = [System.UInt64(number) for number in (start + place, length, offset)]
            bus.Register(peripheral, BusRangeRegistration(*(numbers + [cpu])))
    renode.SetLocalName(register, data.name)


def follow_ports(renode, machine):
    # type: (typing.Any, PortMachine) -> None
    """Those that Renode's machine has."""
    for letter in PORTS:
        name = "gpioPort" + letter
        try:
            port = renode["sysbus." + name]
        except System.Exception:
            continue
        place_input(renode, machine, name, port)
        PortWrites(renode, machine.log, machine.pins, port)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.contract import (  # noqa: F401
        HeldModelPins,
        PortMachine,
        RenodeGpio,
        RenodePort,
    )
    from renode_wifi.emulation.engines.renode.inside.log import Log  # noqa: F401
