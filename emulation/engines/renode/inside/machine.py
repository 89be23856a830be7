# ironpython: executed by Renode
"""Renode as the `machine` that the models ask: bus, random source, trace, resets, the world."""

import System

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside.clock import RenodeClock
from renode_wifi.emulation.engines.renode.inside.emulation import StopNotifier
from renode_wifi.emulation.engines.renode.inside.flash_writes import FlashWrites
from renode_wifi.emulation.engines.renode.inside.log import Log, message_of
from renode_wifi.emulation.engines.renode.inside.stm32_port import HeldPins, follow_ports
from renode_wifi.emulation.engines.renode.inside.stm32_timer import follow_timers
from renode_wifi.emulation.engines.renode.inside.systick import SysTick
from renode_wifi.emulation.engines.renode.inside.world import Member


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

    def handle_writes(self, start, size, handler):
        # type: (int, int, typing.Any) -> None
        self._machine.flash_writes = FlashWrites(self._machine, start, size, handler)

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


class RenodeMachine(Member):
    """Implements `peripherals.base.machine.Machine` over a Renode machine and its world.

    name: the machine's in the emulation.
    """

    def __init__(self, renode, name, world):
        # type: (typing.Any, str, World) -> None
        self.log = Log()
        self.log.element = renode
        Member.__init__(self, renode, name, RenodeClock(renode, self.log))
        self.world = world
        self.closed = False
        self.bus = RenodeBus(self)
        self.models = {}  # type: dict[str, typing.Any]
        self.adapters = {}  # type: dict[str, typing.Any]
        self.links = {}  # type: dict[str, typing.Any]
        self.reset_cause = "power-on"
        self.cpu_frequency = 0
        self.flash_writes = None  # type: FlashWrites | None
        self._systick = None  # type: SysTick | None
        self.pins = HeldPins()
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
        self.cpu_frequency = hertz
        for cpu in self.renode.SystemBus.GetCPUs():
            cpu.PerformanceInMips = System.UInt32(max(1, hertz // 1000000))
        self.mend_blocks().set_frequency(hertz)

    def wires_changed(self):
        # type: () -> None
        """Renode follows its own connections."""

    def set_clock(self, block, gate):
        # type: (str, str) -> None
        """Every block always has its clock here."""

    def mend_blocks(self):
        # type: () -> SysTick
        """Mend Renode's own blocks; to be called once they are there."""
        if self._systick is None:
            self._systick = SysTick(self.renode, self.log)
            follow_timers(self.renode, self.log)
            follow_ports(self.renode, self)
            if self.world.has_helper:
                StopNotifier(self.renode, self.log, self._on_stop)
        return self._systick

    def _on_stop(self, stopping):
        # type: (bool) -> None
        self.world.set_stopping(self, stopping)

    def on_deep_sleep(self, listener):
        # type: (typing.Callable[[int], None]) -> None
        """Renode doesn't say when its core sleeps deeply: it sleeps as without SLEEPDEEP."""

    def on_sleep(self, listener):
        # type: (typing.Callable[[int], None]) -> None
        """Nor when it sleeps otherwise; every block always has its clock here."""

    def follow_sleep(self, follows):
        # type: (bool) -> None
        """See `on_sleep`."""

    def set_firewall(self, segments, listener):
        # type: (typing.Any, typing.Callable[[int, int], None]) -> None
        """Renode doesn't guard: segments are as open as all memory."""

    def power_down(self):
        # type: () -> None
        """Never asked for, as nobody learns of deep sleep here."""

    def request_reset(self, cause):
        # type: (str) -> None
        self.reset_cause = cause
        self.renode.RequestReset()

    def _after_reset(self, _):
        # type: (typing.Any) -> None
        """A reset that none of our models asks for is the core's own."""
        self.reset_cause = "software"

    # The world.

    def ask(self, request, *fields):
        # type: (str, *str) -> list[typing.Any]
        """Ask the world at the present time something of this machine."""
        return self.world.ask(self, request, self.name, *fields)

    def call(self, radio, method, values):
        # type: (str, str, list[typing.Any]) -> None
        """The processor of a radio calls its link."""
        arguments = [bytes(value) if isinstance(value, bytearray) else value for value in values]
        try:
            getattr(self.links[radio], method)(*arguments)
        except System.Exception as error:
            self.log.error("%s: %s failed: %s", radio, method, message_of(error))

    def close(self):
        # type: () -> None
        """The machine is gone."""
        if not self.closed:
            self.closed = True
            self.world.remove(self)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.world import World  # noqa: F401
