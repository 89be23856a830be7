# ironpython: executed by Renode
"""The shared models as Renode peripherals, and Renode as the `machine` that they ask.

An exception that leaves a callback ends Renode. So whatever Renode calls is guarded: a mistake in a
model shows in the log, and the guest reads 0.
"""

import heapq

import System
from Antmicro.Renode.Core import GPIO, IGPIO, IGPIOReceiver, INumberedGPIOOutput
from Antmicro.Renode.Logging import Logger, LogLevel
from Antmicro.Renode.Peripherals import IKnownSize
from Antmicro.Renode.Peripherals.Bus import IBytePeripheral, IDoubleWordPeripheral, IWordPeripheral
from Antmicro.Renode.Time import TimeInterval
from System.Collections.Generic import Dictionary

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.flash_trap import FlashTrap
from renode_wifi.emulation.engines.renode.remote import Helper, HelperError, message_of
from renode_wifi.emulation.engines.renode.stm32_timer import follow_timers
from renode_wifi.emulation.engines.renode.systick import SysTick
from renode_wifi.peripherals.base.line import Receiver

SECOND = 1000000000
DEFAULT_SIZE = 0x400
LOG_LEVELS = {
    "debug": LogLevel.Debug,
    "info": LogLevel.Info,
    "warning": LogLevel.Warning,
    "error": LogLevel.Error,
}


class Log(object):
    """What models write to, in the words of `logging.Logger`, into Renode's log."""

    def __init__(self):
        # type: () -> None
        self.element = None  # type: typing.Any

    def write(self, level, text):
        # type: (str, str) -> None
        Logger.LogAs(self.element, LOG_LEVELS[level], "{0}", text)

    def debug(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("debug", text % arguments)

    def info(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("info", text % arguments)

    def warning(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("warning", text % arguments)

    def error(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("error", text % arguments)


class Event(object):
    """One call that is due; `cancel` takes it back."""

    def __init__(self, time, callback):
        # type: (int, typing.Callable[[], None]) -> None
        self.time = time
        self.callback = callback  # type: typing.Any

    def cancel(self):
        # type: () -> None
        self.callback = None


class RenodeClock(object):
    """Renode's virtual time in ns, and the models' events on it, ordered as everywhere."""

    def __init__(self, machine, log):
        # type: (typing.Any, Log) -> None
        self._machine = machine
        self._log = log
        self._heap = []  # type: list[tuple[int, int, Event]]
        self._sequence = 0
        self._armed = -1
        self._ticks_per_second = int(TimeInterval.TicksPerSecond)

    @property
    def now(self):
        # type: () -> int
        running, cpu = self._machine.SystemBus.TryGetCurrentCPU()
        if running:
            cpu.SyncTime()
        ticks = int(self._machine.ElapsedVirtualTime.TimeElapsed.Ticks)
        return ticks * SECOND // self._ticks_per_second

    def schedule(self, delay, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        return self.schedule_at(self.now + max(0, delay), callback)

    def schedule_at(self, time, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        self._sequence += 1
        event = Event(time, callback)
        heapq.heappush(self._heap, (time, self._sequence, event))
        self._arm()
        return event

    def _arm(self):
        # type: () -> None
        while self._heap and self._heap[0][2].callback is None:
            heapq.heappop(self._heap)
        if not self._heap:
            return
        time = self._heap[0][0]
        if self._armed < 0 or time < self._armed:
            self._armed = time
            ticks = max(1, (time - self.now) * self._ticks_per_second // SECOND)
            delay = TimeInterval.FromTicks(System.UInt64(ticks))
            self._machine.ScheduleAction(delay, self._run)

    def _run(self, _):
        # type: (typing.Any) -> None
        try:
            now = self.now
            if now < self._armed:
                # An earlier one was armed after this one, and has been here.
                return
            self._armed = -1
            while self._heap and self._heap[0][0] <= now:
                event = heapq.heappop(self._heap)[2]
                callback, event.callback = event.callback, None
                if callback is not None:
                    try:
                        callback()
                    except System.Exception as error:
                        self._log.error("an event failed: %s", message_of(error))
            self._arm()
        except System.Exception as error:
            self._log.error("the clock failed: %s", message_of(error))


class RenodeBus(object):
    """Renode's system bus as a bus master sees it."""

    def __init__(self, machine):
        # type: (RenodeMachine) -> None
        self._machine = machine
        self._bus = machine.renode.SystemBus

    def read(self, address, width):
        # type: (int, int) -> int
        if width == 4:
            return int(self._bus.ReadDoubleWord(System.UInt64(address)))
        if width == 2:
            return int(self._bus.ReadWord(System.UInt64(address)))
        return int(self._bus.ReadByte(System.UInt64(address)))

    def write(self, address, value, width):
        # type: (int, int, int) -> None
        if width == 4:
            self._bus.WriteDoubleWord(System.UInt64(address), System.UInt32(value))
        elif width == 2:
            self._bus.WriteWord(System.UInt64(address), System.UInt16(value))
        else:
            self._bus.WriteByte(System.UInt64(address), System.Byte(value))

    def read_bytes(self, address, length):
        # type: (int, int) -> bytes
        data = self._bus.ReadBytes(System.UInt64(address), length)
        return bytes(bytearray([int(byte) for byte in data]))

    def write_bytes(self, address, data):
        # type: (int, bytes) -> None
        values = System.Array[System.Byte]([System.Byte(byte) for byte in bytearray(data)])
        self._bus.WriteBytes(values, System.UInt64(address))

    def trap_writes(self, start, size, handler):
        # type: (int, int, typing.Any) -> None
        self._machine.flash_trap = FlashTrap(self._machine, start, size, handler)

    # Renode shows every access to its user, in logs and hooks: none is left out.

    def is_memory(self, address, length, written):
        # type: (int, int, bool) -> bool
        return False

    def model_at(self, address):
        # type: (int) -> tuple[typing.Any, int] | None
        return None


class RemoteRandom(object):
    """A random stream of the world: the same numbers as on the embedded engine."""

    def __init__(self, machine, stream):
        # type: (RenodeMachine, str) -> None
        self._machine = machine
        self._stream = stream
        self._words = []  # type: list[int]

    def getrandbits(self, bits):
        # type: (int) -> int
        if not self._words:
            self._words = self._machine.ask(protocol.RANDOM, self._stream) or [0]
            self._words.reverse()
        return self._words.pop() >> (32 - bits)


class NativePeripheral(object):
    """A peripheral of Renode's own, as far as our models have to do with it."""

    def __init__(self, peripheral):
        # type: (typing.Any) -> None
        self._peripheral = peripheral

    def reset(self):
        # type: () -> None
        self._peripheral.Reset()


class RenodeMachine(object):
    """Implements `peripherals.base.machine.Machine` over a Renode machine and the helper."""

    def __init__(self, renode):
        # type: (typing.Any) -> None
        self.renode = renode
        self.log = Log()
        self.log.element = renode
        self.clock = RenodeClock(renode, self.log)
        self.bus = RenodeBus(self)
        self.models = {}  # type: dict[str, typing.Any]
        self.adapters = {}  # type: dict[str, typing.Any]
        self.links = {}  # type: dict[str, typing.Any]
        self.reset_cause = "power-on"
        self.flash_trap = None  # type: typing.Any
        self._systick = None  # type: SysTick | None
        self.helper = Helper(self.log.write, self._on_call)
        self.inputs_open = 0
        """So many calls of a model's input are under way."""
        self._wake = None  # type: typing.Any
        renode.MachineReset += self._after_reset

    def random(self, stream):
        # type: (str) -> RemoteRandom
        return RemoteRandom(self, stream)

    def peripheral(self, name):
        # type: (str) -> typing.Any
        if name in self.models:
            return self.models[name]
        try:
            return NativePeripheral(self.renode["sysbus." + name])
        except System.Exception:
            raise KeyError(name)  # noqa: B904

    def trace(self, source, event, **fields):
        # type: (str, str, **typing.Any) -> None
        values = []  # type: list[str]
        for name in sorted(fields):
            value = fields[name]
            values.append(name)
            values.append(
                protocol.pack_text(value)
                if isinstance(value, str)
                else protocol.pack_integer(value)
            )
        self.ask(protocol.TRACE, source, event, *values)

    def set_cpu_frequency(self, hertz):
        # type: (int) -> None
        """One instruction per cycle, as on the embedded engine; Renode counts in whole MIPS."""
        for cpu in self.renode.SystemBus.GetCPUs():
            cpu.PerformanceInMips = System.UInt32(max(1, hertz // 1000000))
        self.follow_time().set_frequency(hertz)

    def follow_time(self):
        # type: () -> SysTick
        """Mend what Renode's own blocks make of time; to be called once they are there."""
        if self._systick is None:
            self._systick = SysTick(self.renode, self.log)
            follow_timers(self.renode, self.log)
        return self._systick

    def request_reset(self, cause):
        # type: (str) -> None
        self.reset_cause = cause
        self.renode.RequestReset()

    def _after_reset(self, _):
        # type: (typing.Any) -> None
        """A reset that none of our models asks for is the core's own."""
        self.reset_cause = "software"

    # The helper.

    def ask(self, request, *fields):
        # type: (str, *str) -> list[typing.Any]
        """Ask the helper at the present time, and see to it that it gets its time."""
        values = self.helper.request(request, str(self.clock.now), *fields)
        self._schedule_wake()
        return values

    def _schedule_wake(self):
        # type: () -> None
        time = self.helper.next_time
        if self._wake is not None:
            if self._wake.time == time:
                return
            self._wake.cancel()
            self._wake = None
        if time >= 0:
            self._wake = self.clock.schedule_at(time, self._advance)

    def _advance(self):
        # type: () -> None
        self._wake = None
        self.ask(protocol.ADVANCE)

    def _on_call(self, method, values):
        # type: (str, list[typing.Any]) -> None
        """The radio's processor calls its link: name, method, values."""
        name = values[0]
        arguments = [
            bytes(value) if isinstance(value, bytearray) else value for value in values[1:]
        ]
        try:
            getattr(self.links[name], method)(*arguments)
        except System.Exception as error:
            self.log.error("%s: %s failed: %s", name, method, message_of(error))

    def close(self):
        # type: () -> None
        self.helper.close()


class Pin(Receiver):
    """An output line of a model, as a GPIO of Renode's.

    Renode's STM32 port writes all its pins one after the other. What an input's change brings about
    on another pin of the port has to wait until it is through, or it would be written over.
    """

    def __init__(self, machine, gpio, waits):
        # type: (RenodeMachine, typing.Any, bool) -> None
        self._machine = machine
        self._gpio = gpio
        self._waits = waits
        self._waiting = []  # type: list[bool]

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if self._waits and (self._machine.inputs_open or self._waiting):
            self._waiting.append(level)
            self._machine.clock.schedule(0, self._follow)
        else:
            self._gpio.Set(level)

    def _follow(self):
        # type: () -> None
        self._gpio.Set(self._waiting.pop(0))


def numbered(lines, outputs):
    # type: (dict[int | str, Line], typing.Sequence[int | str]) -> list[tuple[int, Line]]
    """Outputs with the numbers that they have in descriptions: their own, or in order."""
    result = []
    for position, output in enumerate(outputs):
        result.append((position if isinstance(output, str) else output, lines[output]))
    return result


class Adapter(IGPIOReceiver, INumberedGPIOOutput, System.IDisposable):
    """A model with pins. Disposed of with its machine, it ends the helper as well.

    waits: whether its outputs are on a port, see `Pin`.
    """

    def __init__(self, machine, model, waits=False):
        # type: (RenodeMachine, typing.Any, bool) -> None
        self.machine = machine
        self.model = model
        self._reset = getattr(model, "reset", None)
        self._on_gpio = getattr(model, "on_gpio", None)
        self._connections = Dictionary[int, IGPIO]()
        lines = getattr(model, "lines", {})
        for number, line in numbered(lines, getattr(model, "OUTPUTS", sorted(lines))):
            gpio = GPIO()
            self._connections[number] = gpio
            line.connect(Pin(machine, gpio, waits), number)

    @property
    def Connections(self):
        # type: () -> typing.Any
        return self._connections

    def OnGPIO(self, number, value):
        # type: (int, bool) -> None
        self.machine.inputs_open += 1
        try:
            if self._on_gpio is not None:
                self._on_gpio(number, value)
        except System.Exception as error:
            self._failed("input %d" % number, error)
        finally:
            self.machine.inputs_open -= 1

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

    def __init__(self, machine, model, size):
        # type: (RenodeMachine, typing.Any, int) -> None
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
    """The flash controller, with the trap of stores into its array."""

    def WriteDoubleWord(self, offset, value):
        # type: (int, int) -> None
        BusAdapter.WriteDoubleWord(self, offset, value)
        try:
            self.machine.flash_trap.follow(self.model.registers["CR"])
        except System.Exception as error:
            self._failed("trap", error)

    def Reset(self):
        # type: () -> None
        BusAdapter.Reset(self)
        try:
            self.machine.flash_trap.follow(self.model.registers["CR"])
        except System.Exception as error:
            self._failed("trap", error)


__all__ = [
    "Adapter",
    "BusAdapter",
    "FlashAdapter",
    "HelperError",
    "RenodeMachine",
]

MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.line import Line  # noqa: F401
