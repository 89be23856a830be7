# ironpython: executed by Renode
"""Lets a GPIO port finish a write before what that brings about reaches its other pins.

Renode's STM32_GPIOPort sets its sixteen pins one after the other to the levels that it has read
before. A level that a pin gets meanwhile, as RDY of the ISM43362 after an edge of NSS, would be
written over.
"""

import System
from Antmicro.Renode.Core import Range

from renode_wifi.emulation.engines.renode.inside.log import message_of

PORTS = "ABCDEFGH"
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
        self._waiting = []  # type: list[tuple[typing.Any, bool]]

    def set(self, gpio, level):
        # type: (typing.Any, bool) -> None
        if self._writes:
            self._waiting.append((gpio, level))
        else:
            gpio.Set(level)

    def write(self, port, offset, value):
        # type: (typing.Any, int, int) -> None
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
        # type: (typing.Any, typing.Any, HeldPins, typing.Any) -> None
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


def follow_ports(renode, log, pins):
    # type: (typing.Any, typing.Any, HeldPins) -> None
    """Those that the machine has."""
    for letter in PORTS:
        try:
            port = renode["sysbus.gpioPort" + letter]
        except System.Exception:
            continue
        PortWrites(renode, log, pins, port)


MYPY = False
if MYPY:
    import typing  # noqa: F401
