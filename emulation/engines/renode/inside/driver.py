# ironpython: executed by Renode
"""Lets Python outside of Renode drive it: included in a Renode that `RenodeEngine` has started.

Connects to it and carries out its requests one by one, each answered before the next:

    execute <command>         a monitor command -> what it prints
    run <time> <slice> <what> virtual time on to `time` in ns at most, in slices of so many, until
                              the end of one in which something was said or `stop` has come
                              -> now, instructions
    stop                      ends a run under way; has no answer
    write <uart> <bytes>      into a UART's RX pin, by the name of its source
    read <address> <length>   memory -> bytes
    program <address> <bytes> into memory
    registers                 r0 to r15, xPSR and PSP of the selected machine's core
    reset                     of the machine
    machines                  their names
    selected                  the name of the machine that requests are for; "" without any
    clear                     all machines and variables go
    source <name> <machine>   what `name` of a machine is called, "" being the only one

What the guest sent meanwhile comes as `uart <time> <name> <byte>` before the answer's end.
"""

import System
from Antmicro.Renode import Emulator
from Antmicro.Renode.Time import TimeInterval
from Antmicro.Renode.UserInterface import CommandInteractionEater
from Antmicro.Renode.Utilities import TemporaryFilesManager
from System.IO import Directory, StreamReader, StreamWriter
from System.Text import UTF8Encoding
from System.Threading import Thread, ThreadStart

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside import commands, emulation
from renode_wifi.emulation.engines.renode.inside.assemblies import (
    IPAddress,
    Process,
    SelectMode,
    TcpClient,
)
from renode_wifi.emulation.engines.renode.inside.log import message_of

UART = "uart"
STOP = "stop"
SECOND = 1000000000
WATCH_MS = 500
MAX_SLICES = 200
"""In one request. Each takes Renode some ms: a thread for each core, which it starts and ends."""
EVERYTHING = "everything"
"""What somebody listens to: this, or bytes of UARTs alone."""
LAST_LOOKS = 20
"""So many looks in a row find nobody there before a request that is under way is given up."""


class DriverError(Exception):
    """A request that cannot be carried out."""


class UartListener(object):
    """Notes what one UART sends. name: that of the source."""

    def __init__(self, driver, machine, name):
        # type: (Driver, typing.Any, str) -> None
        self._driver = driver
        self._machine = machine
        self._name = name

    def on_byte(self, byte):
        # type: (int) -> None
        # A mistake here would end Renode.
        try:
            self._driver.sent.append((now_of(self._machine), self._name, int(byte)))
        except System.Exception:
            self._driver.sent.append((0, self._name, int(byte)))


def now_of(machine):
    # type: (typing.Any) -> int
    running, cpu = machine.SystemBus.TryGetCurrentCPU()
    if running:
        cpu.SyncTime()
    ticks = int(machine.ElapsedVirtualTime.TimeElapsed.Ticks)
    return ticks * SECOND // int(TimeInterval.TicksPerSecond)


def ticks_of(time):
    # type: (int) -> int
    """Of Renode's, in so many ns."""
    return time * int(TimeInterval.TicksPerSecond) // SECOND


def end():
    # type: () -> None
    """Ends Renode, which nobody drives any more."""
    try:  # noqa: SIM105
        Emulator.DisposeAll()
    except System.Exception:
        # It ends all the same.
        pass
    vanish()


def vanish():
    # type: () -> None
    """The process and its temporary folder go at once.

    An exit in good order would leave the folder under .NET, where finalizers no longer run, and it
    may fail on what other threads do meanwhile.
    """
    try:  # noqa: SIM105
        Directory.Delete(TemporaryFilesManager.Instance.EmulatorTemporaryPath, True)
    except System.Exception:
        # Somebody was faster.
        pass
    Process.GetCurrentProcess().Kill()


class Driver(object):
    """monitor: Renode's. where: port:token of its driver, and ":stay" where its end isn't ours."""

    def __init__(self, monitor, where):
        # type: (typing.Any, str) -> None
        self._monitor = monitor
        self.sent = []  # type: list[tuple[int, str, int]]
        self._followed = []  # type: list[typing.Any]
        self._uarts = {}  # type: dict[str, typing.Any]
        """By the names of their sources."""
        self._where = where
        self._stay = where.endswith(":stay")
        self._client = None  # type: typing.Any
        self._reader = None  # type: typing.Any
        self._writer = None  # type: typing.Any
        self._requests = {  # type: dict[str, typing.Callable[..., list[str]]]
            "execute": self._execute,
            "run": self._run,
            "write": self._write,
            "read": self._read,
            "program": self._program,
            "registers": self._registers,
            "reset": self._reset,
            "source": self._source,
            "machines": self._machines,
            "selected": self._selected,
            "clear": self._clear,
        }

    def start(self):
        # type: () -> None
        """On a thread: who includes us has to go on, also a driver in this process."""
        _start_thread(self._serve)

    def _serve(self):
        # type: () -> None
        try:
            self._connect()
            while True:
                line = self._reader.ReadLine()
                if line is None:
                    break
                if line != STOP:
                    self._answer(line)
        except System.Exception:
            # The connection broke: the same as its end.
            pass
        if not self._stay:
            end()

    def _watch(self):
        # type: () -> None
        """Ends Renode, too, where a request goes on and on after its driver has gone."""
        looks = 0
        while looks < LAST_LOOKS:
            Thread.Sleep(WATCH_MS)
            looks = looks + 1 if self._hung_up() else 0
        vanish()

    def _hung_up(self):
        # type: () -> bool
        try:
            connection = self._client.Client
            return bool(connection.Poll(0, SelectMode.SelectRead)) and connection.Available == 0
        except System.Exception:
            return True

    def _connect(self):
        # type: () -> None
        port, token = self._where.split(":")[:2]
        self._client = TcpClient()
        self._client.Connect(IPAddress.Loopback, int(port))
        self._client.NoDelay = True
        if not self._stay:
            _start_thread(self._watch)
        encoding = UTF8Encoding(False)
        self._reader = StreamReader(self._client.GetStream(), encoding)
        self._writer = StreamWriter(self._client.GetStream(), encoding)
        self._say(protocol.greeting(token))
        protocol.check_greeting(self._reader.ReadLine() or "", token)

    def _say(self, line):
        # type: (str) -> None
        self._writer.Write(line + "\n")
        self._writer.Flush()

    def _answer(self, line):
        # type: (str) -> None
        lines = []  # type: list[str]
        try:
            fields = protocol.decode(line)
            values = self._requests[fields[0]](*fields[1:])
            end = protocol.encode([protocol.DONE, protocol.NEVER] + values)
        except System.Exception as error:
            end = protocol.encode([protocol.ERROR, message_of(error)])
        sent, self.sent = self.sent, []
        for time, name, byte in sent:
            lines.append(protocol.encode([UART, str(time), name, str(byte)]))
        self._say("\n".join(lines + [end]))

    def _machine(self):
        # type: () -> typing.Any
        """The selected machine, else the first one."""
        machine = self._monitor.Machine
        if machine is not None:
            return machine
        for first in emulation.machines():
            return first
        raise DriverError("there is no machine yet")

    def _named(self, name):
        # type: (str) -> typing.Any
        """The machine of that name; "": the only one there is."""
        machines = emulation.machines()
        names = [emulation.name_of(machine) for machine in machines]
        if not name and len(machines) == 1:
            return machines[0]
        if name in names:
            return machines[names.index(name)]
        known = ", ".join(names) or "none"
        if name:
            raise DriverError("there is no machine %r; machines: %s" % (str(name), known))
        raise DriverError("there are several machines; name one: %s" % known)

    def _machines(self):
        # type: () -> list[str]
        return [protocol.pack_text(emulation.name_of(machine)) for machine in emulation.machines()]

    def _selected(self):
        # type: () -> list[str]
        if not emulation.machines():
            return [protocol.pack_text("")]
        return [protocol.pack_text(emulation.name_of(self._machine()))]

    def _source(self, name, machine):
        # type: (str, str) -> list[str]
        if not machine and not emulation.machines():
            return [protocol.pack_text(name)]
        return [protocol.pack_text(emulation.prefix_of(self._named(machine)) + name)]

    def _execute(self, command):
        # type: (str) -> list[str]
        eater = CommandInteractionEater()
        # Commands of an included script print to the monitor's own.
        own, self._monitor.Interaction = self._monitor.Interaction, eater
        try:
            good = self._monitor.Parse(command, eater)
        finally:
            self._monitor.Interaction = own
        text = str(eater.GetContents())
        trouble = str(eater.GetError()).strip()
        if trouble or not good:
            raise DriverError(trouble or "the monitor refuses %r" % command)
        for machine in emulation.machines():
            if machine not in self._followed:
                self._follow(machine)
        return [protocol.pack_text(text)]

    def _follow(self, machine):
        # type: (typing.Any) -> None
        """Listen to a machine's UARTs, once it has any."""
        prefix = emulation.prefix_of(machine)
        for entry in machine.GetRegisteredPeripherals():
            if hasattr(entry.Peripheral, "CharReceived"):
                source = prefix + str(entry.Name)
                self._uarts[source] = entry.Peripheral
                listener = UartListener(self, machine, source)
                entry.Peripheral.CharReceived += listener.on_byte
                if machine not in self._followed:
                    self._followed.append(machine)

    def _run(self, until, slice_, what):
        # type: (str, str, str) -> list[str]
        machine = self._machine()
        if emulation.runs():
            raise DriverError("the emulation runs by itself: no script may start it")
        asked = self._asked()

        def wanted():
            # type: () -> bool
            if self.sent or (what == EVERYTHING and self._asked() != asked):
                return True
            # Before the answer comes nothing but `stop`, or the connection's end.
            return bool(self._client.Client.Poll(0, SelectMode.SelectRead))

        slice_time = protocol.whole(slice_)
        length = min(protocol.whole(until) - now_of(machine), MAX_SLICES * slice_time)
        if length > 0:
            emulation.Stretch(ticks_of(length), ticks_of(slice_time), wanted).run()
        instructions = 0
        for cpu in machine.SystemBus.GetCPUs():
            instructions += int(cpu.ExecutedInstructions)
        return [protocol.pack_integer(now_of(machine)), protocol.pack_integer(instructions)]

    def _asked(self):
        # type: () -> int
        """How often worlds were asked for something, and may have reported it."""
        return sum([machine.world.asked for machine in commands.machines])

    def _write(self, name, data):
        # type: (str, str) -> list[str]
        uart = self._uarts.get(name)
        if uart is None:
            known = ", ".join(sorted(self._uarts)) or "none yet"
            raise DriverError("there is no serial port %r; there are: %s" % (str(name), known))
        for byte in protocol.unpack(data):
            uart.WriteChar(System.Byte(byte))
        return []

    def _read(self, address, length):
        # type: (str, str) -> list[str]
        bus = self._machine().SystemBus
        # Renode itself would give zeros.
        if bus.WhatPeripheralIsAt(System.UInt64(int(address))) is None:
            raise DriverError("nothing is mapped at 0x%08X" % int(address))
        data = bus.ReadBytes(System.UInt64(int(address)), int(length))
        return [protocol.pack_bytes(bytes(bytearray([int(byte) for byte in data])))]

    def _program(self, address, data):
        # type: (str, str) -> list[str]
        values = [System.Byte(byte) for byte in protocol.unpack(data)]
        self._machine().SystemBus.WriteBytes(
            System.Array[System.Byte](values), System.UInt64(int(address))
        )
        return []

    def _registers(self):
        # type: () -> list[str]
        for cpu in self._machine().SystemBus.GetCPUs():
            values = [int(cpu.GetRegister(number).RawValue) for number in range(16)]
            values.append(int(cpu.XProgramStatusRegister))
            # Renode keeps the stack pointer that is in use, and the other one.
            uses_process_stack = int(cpu.CurrentSP.RawValue)
            values.append(int((cpu.SP if uses_process_stack else cpu.OtherSP).RawValue))
            return [protocol.pack_integer(value) for value in values]
        return []

    def _clear(self):
        # type: () -> list[str]
        """As when Renode has just started."""
        self._followed = []
        self._uarts = {}
        self._monitor.Parse("Clear")
        self.sent = []
        commands.forget()
        return []

    def _reset(self):
        # type: () -> list[str]
        """As by the reset pin."""
        machine = self._machine()
        for ours in commands.machines:
            if ours.renode == machine:
                ours.reset_cause = "pin"
        machine.Reset()
        return []


def _start_thread(work):
    # type: (typing.Callable[[], None]) -> None
    thread = Thread(ThreadStart(work))
    thread.IsBackground = True
    thread.Start()


MYPY = False
if MYPY:
    import typing  # noqa: F401
