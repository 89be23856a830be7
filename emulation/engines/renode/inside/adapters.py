# ironpython: executed by Renode
"""The shared models as Renode peripherals.

An exception that leaves a callback ends Renode. So whatever Renode calls is guarded: a mistake in a
model shows in the log, and the guest reads 0.
"""

import System
from Antmicro.Renode.Core import GPIO, IGPIO, IGPIOReceiver, INumberedGPIOOutput
from Antmicro.Renode.Peripherals import IKnownSize
from Antmicro.Renode.Peripherals.Bus import IBytePeripheral, IDoubleWordPeripheral, IWordPeripheral
from System.Collections.Generic import Dictionary

from renode_wifi.emulation.engines.renode.inside.log import message_of
from renode_wifi.peripherals.base.line import Receiver


class Pin(Receiver):
    """An output line of a model, as a GPIO of Renode's."""

    def __init__(self, pins, gpio):
        # type: (ModelPins, RenodeGpio) -> None
        self._set = pins.set
        self._gpio = gpio

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        self._set(self._gpio, level)


def numbered(lines, outputs):
    # type: (dict[int | str, Line], typing.Sequence[int | str]) -> list[tuple[int, Line]]
    """Outputs with the numbers that they have in descriptions: their own, or in order."""
    result = []
    for position, output in enumerate(outputs):
        result.append((position if isinstance(output, str) else output, lines[output]))
    return result


class Adapter(IGPIOReceiver, INumberedGPIOOutput, System.IDisposable):
    """A model with pins. Disposed of with its machine, it takes ours along."""

    INTERFACES = (IGPIOReceiver, INumberedGPIOOutput, System.IDisposable)  # type: typing.Any

    def __init__(self, machine, model):
        # type: (AdapterMachine, typing.Any) -> None
        self.machine = machine
        self.model = model
        self._reset = getattr(model, "reset", None)
        self._on_gpio = getattr(model, "on_gpio", None)
        self._connections = Dictionary[int, IGPIO]()
        lines = getattr(model, "lines", {})
        for number, line in numbered(lines, getattr(model, "OUTPUTS", sorted(lines))):
            gpio = GPIO()
            self._connections[number] = gpio
            line.connect(Pin(machine.pins, gpio), number)

    @property
    def Connections(self):
        # type: () -> typing.Any
        return self._connections

    def OnGPIO(self, number, value):
        # type: (int, bool) -> None
        try:
            if self._on_gpio is not None:
                self._on_gpio(number, value)
        except System.Exception as error:
            self._failed("input %d" % number, error)

    def Reset(self):
        # type: () -> None
        try:
            if self._reset is not None:
                self._reset()
        except System.Exception as error:
            self._failed("reset", error)

    def Dispose(self):
        # type: () -> None
        try:
            self.machine.close()
        except System.Exception as error:
            self._failed("end", error)

    def _failed(self, what, error):
        # type: (str, typing.Any) -> None
        self.machine.log.error("%s: %s failed: %s", self.model.name, what, message_of(error))


class BusAdapter(Adapter, IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize):
    """A model with registers."""

    INTERFACES = Adapter.INTERFACES + (
        IBytePeripheral,
        IWordPeripheral,
        IDoubleWordPeripheral,
        IKnownSize,
    )  # type: typing.Any

    def __init__(self, machine, model, size):
        # type: (AdapterMachine, typing.Any, int) -> None
        Adapter.__init__(self, machine, model)
        self._size = size
        self._read = model.read  # type: typing.Callable[[int, int], int]
        self._write = model.write  # type: typing.Callable[[int, int, int], None]

    @property
    def Size(self):
        # type: () -> int
        return self._size

    def ReadByte(self, offset):
        # type: (int) -> int
        try:
            return self._read(offset, 1)
        except System.Exception as error:
            self._failed("read of 0x%03X" % offset, error)
            return 0

    def ReadWord(self, offset):
        # type: (int) -> int
        try:
            return self._read(offset, 2)
        except System.Exception as error:
            self._failed("read of 0x%03X" % offset, error)
            return 0

    def ReadDoubleWord(self, offset):
        # type: (int) -> int
        try:
            return self._read(offset, 4)
        except System.Exception as error:
            self._failed("read of 0x%03X" % offset, error)
            return 0

    def WriteByte(self, offset, value):
        # type: (int, int) -> None
        try:
            self._write(offset, int(value), 1)
        except System.Exception as error:
            self._failed("write to 0x%03X" % offset, error)

    def WriteWord(self, offset, value):
        # type: (int, int) -> None
        try:
            self._write(offset, int(value), 2)
        except System.Exception as error:
            self._failed("write to 0x%03X" % offset, error)

    def WriteDoubleWord(self, offset, value):
        # type: (int, int) -> None
        try:
            self._write(offset, int(value), 4)
        except System.Exception as error:
            self._failed("write to 0x%03X" % offset, error)


class FlashAdapter(BusAdapter):
    """The flash controller, with the handler of stores into its array."""

    def WriteDoubleWord(self, offset, value):
        # type: (int, int) -> None
        BusAdapter.WriteDoubleWord(self, offset, value)
        self._follow_writes()

    def Reset(self):
        # type: () -> None
        BusAdapter.Reset(self)
        self._follow_writes()

    def _follow_writes(self):
        # type: () -> None
        writes = self.machine.flash_writes
        try:
            if writes is not None:
                writes.follow(self.model.registers["CR"])
        except System.Exception as error:
            self._failed("store", error)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.contract import (  # noqa: F401
        AdapterMachine,
        ModelPins,
        RenodeGpio,
    )
    from renode_wifi.peripherals.base.line import Line  # noqa: F401
