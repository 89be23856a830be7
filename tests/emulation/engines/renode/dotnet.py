"""As much of .NET and Renode as the files that Renode executes ask of them, in CPython.

Importing it makes `clr`, `System` and `Antmicro` importable. As in IronPython on .NET, a type is
there once its assembly is referenced.
"""

from __future__ import annotations

import heapq
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.emulation.engines.renode.dotnet_parts import files
from tests.emulation.engines.renode.dotnet_parts.emit import REFLECTION, ClrType
from tests.emulation.engines.renode.dotnet_parts.system import (
    KILLS,
    Process,
    ProcessStartInfo,
    StreamReader,
    StreamWriter,
    TcpClient,
    TcpListener,
)

__all__ = ["KILLS"]


class _Generic:
    """A generic .NET class: indexing it with types gives the class."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make

    def __getitem__(self, types: Any) -> Callable[..., Any]:
        return self.make


class _Interface:
    """Any of the interfaces."""


class Event:
    """A .NET event."""

    def __init__(self) -> None:
        self.handlers: list[Callable[..., None]] = []

    def __iadd__(self, handler: Callable[..., None]) -> Event:
        self.handlers.append(handler)
        return self

    def __isub__(self, handler: Callable[..., None]) -> Event:
        self.handlers.remove(handler)
        return self

    def __call__(self, *arguments: Any) -> None:
        for handler in self.handlers:
            handler(*arguments)


class Gpio:
    def __init__(self) -> None:
        self.changes: list[bool] = []

    @property
    def is_set(self) -> bool:
        return bool(self.changes) and self.changes[-1]

    def Set(self, level: bool) -> None:
        self.changes.append(level)


class TimeInterval:
    TicksPerSecond = 1_000_000_000

    def __init__(self, ticks: int) -> None:
        self.Ticks = ticks

    @staticmethod
    def FromTicks(ticks: int) -> TimeInterval:
        return TimeInterval(ticks)


class _Array:
    def __getitem__(self, kind: Any) -> Callable[[list[int]], list[int]]:
        return list

    @staticmethod
    def CreateInstance(kind: type, length: int) -> list[Any]:
        return [kind()] * length


class Memory:
    """Mapped memory of the fake bus."""


@dataclass(frozen=True)
class RegisterValue:
    RawValue: int


class Cpu:
    TimeHandle: Any

    def __init__(self) -> None:
        self.PerformanceInMips = 0
        self.ExecutedInstructions = 0
        self.syncs = 0
        self.values = [*range(0x100, 0x110)]
        self.XProgramStatusRegister = 0x0100000E
        self.CurrentSP = RegisterValue(0)
        self.OtherSP = RegisterValue(0x20001000)

    @property
    def SP(self) -> RegisterValue:
        return self.GetRegister(13)

    def GetRegister(self, number: int) -> RegisterValue:
        return RegisterValue(self.values[number])

    def SyncTime(self) -> None:
        self.syncs += 1


class Hooks:
    """Hooks of the memory by type, and those of other peripherals, which name a range."""

    def __init__(self) -> None:
        self.by_type: dict[str, Callable[[int, int], int]] = {}
        self.by_peripheral: dict[Any, Callable[[int, int], int]] = {}
        self.of: dict[tuple[Any, str], Callable[[int, int], int]] = {}

    def __getitem__(self, kind: Any) -> Callable[..., None]:
        def hook(peripheral: Any, handler: Callable[[int, int], int], subrange: Any = None) -> None:
            if subrange is None:
                self.by_type[kind.__name__] = handler
            else:
                self.by_peripheral[peripheral] = handler
                self.of[peripheral, kind.__name__] = handler

        return hook


class TimeHandle:
    """The time of a core: that of its machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.PauseRequested = Event()
        self.StartRequested = Event()

    @property
    def TotalElapsedTime(self) -> TimeInterval:
        return TimeInterval(self._machine.now)


PORT_START, PORT_SIZE = 0x4800_1000, 0x400


class SystemBus:
    def __init__(self, machine: Machine) -> None:
        self.bytes: dict[int, int] = {}
        self.registered: list[tuple[Any, Any]] = []
        self.cpu = Cpu()
        self.on_cpu = False
        self.cpu.TimeHandle = TimeHandle(machine)
        self.pages: set[int] = set()
        self.unmapped: set[int] = set()
        self.SetHookBeforePeripheralWrite = Hooks()

    def TryGetCurrentCPU(self) -> tuple[bool, Cpu]:
        return self.on_cpu, self.cpu

    def GetCPUs(self) -> list[Cpu]:
        return [self.cpu]

    def Register(self, adapter: Any, place: Any) -> None:
        self.registered.append((adapter, place))

    def GetRegistrationPoints(self, peripheral: Any) -> list[Any]:
        area = SimpleNamespace(StartAddress=PORT_START, Size=PORT_SIZE)
        return [SimpleNamespace(Range=area)]

    def ReadBytes(self, address: int, length: int) -> list[int]:
        return [self.bytes.get(address + i, 0xFF) for i in range(length)]

    def WriteBytes(self, data: list[int], address: int) -> None:
        for i, byte in enumerate(data):
            self.bytes[address + i] = byte

    def _read(self, address: int, width: int) -> int:
        return int.from_bytes(bytes(self.ReadBytes(address, width)), "little")

    def ReadByte(self, address: int) -> int:
        return self._read(address, 1)

    def ReadWord(self, address: int) -> int:
        return self._read(address, 2)

    def ReadDoubleWord(self, address: int) -> int:
        return self._read(address, 4)

    def WriteByte(self, address: int, value: int) -> None:
        self.WriteBytes([value], address)

    def WriteWord(self, address: int, value: int) -> None:
        self.WriteBytes(list(value.to_bytes(2, "little")), address)

    def WriteDoubleWord(self, address: int, value: int) -> None:
        self.WriteBytes(list(value.to_bytes(4, "little")), address)

    def WhatPeripheralIsAt(self, address: int) -> Memory | None:
        return None if address in self.unmapped else Memory()

    def SetPageAccessViaIo(self, address: int) -> None:
        self.pages.add(address)

    def ClearPageAccessViaIo(self, address: int) -> None:
        self.pages.discard(address)


class Native:
    """A peripheral of Renode's own."""

    def __init__(self) -> None:
        self.resets = 0
        self.Frequency = 0
        self.stores: list[tuple[int, int]] = []

    def Reset(self) -> None:
        self.resets += 1

    def WriteDoubleWord(self, offset: int, value: int) -> None:
        self.stores.append((offset, value))


class PortPin:
    """A pin of a port. leads_to: is called with its levels."""

    def __init__(self) -> None:
        self.leads_to: Callable[[bool], None] | None = None
        self._level = False
        self._hooks: list[Callable[[bool], None]] = []

    def AddStateChangedHook(self, hook: Callable[[bool], None]) -> None:
        self._hooks.append(hook)

    def Set(self, level: bool) -> None:
        if level == self._level:
            return
        self._level = level
        for listener in (self.leads_to, *self._hooks):
            if listener is not None:
                listener(level)


class PortPins(dict[int, PortPin]):
    @property
    def Values(self) -> list[PortPin]:
        return list(self.values())


class GpioPort(Native):
    """Sets all pins, one after the other, to what they are to be by what it has read before."""

    ODR, BSRR, BRR = 0x14, 0x18, 0x28

    def __init__(self) -> None:
        super().__init__()
        self.pins = [False] * 16
        self.Connections = PortPins({number: PortPin() for number in range(16)})

    def OnGPIO(self, number: int, level: bool) -> None:
        self.pins[number] = level
        self.Connections[number].Set(level)

    def ReadDoubleWord(self, offset: int) -> int:
        return sum(level << number for number, level in enumerate(self.pins))

    def WriteDoubleWord(self, offset: int, value: int) -> None:
        super().WriteDoubleWord(offset, value)
        state = self.ReadDoubleWord(self.ODR)
        if offset == self.ODR:
            state = value
        elif offset == self.BSRR:
            state = (state | value & 0xFFFF) & ~(value >> 16)
        elif offset == self.BRR:
            state &= ~value
        for number in range(16):
            level = bool(state >> number & 1)
            self.pins[number] = level
            self.Connections[number].Set(level)


class Uart(Native):
    def __init__(self) -> None:
        super().__init__()
        self.CharReceived = Event()
        self.written: list[int] = []

    def WriteChar(self, byte: int) -> None:
        self.written.append(byte)


class Machine:
    """A machine whose time is moved by hand."""

    def __init__(self) -> None:
        EMULATION.add(self)
        self.SystemBus = SystemBus(self)
        self.MachineReset = Event()
        self.now = 0
        self.paused = 0
        self.resets = 0
        self.children: list[tuple[Any, Any]] = []
        self.names: dict[str, Any] = {}
        self.peripherals: dict[str, Any] = {
            "sysbus.cpu": SimpleNamespace(VectorTableOffset=0),
            "sysbus.nvic": Native(),
            "sysbus.usart1": Uart(),
            "sysbus.tim2": Native(),
            "sysbus.gpioPortE": GpioPort(),
        }
        self._actions: list[tuple[int, int, Callable[[Any], None]]] = []
        self._sequence = itertools.count()

    @property
    def ElapsedVirtualTime(self) -> Any:
        return SimpleNamespace(TimeElapsed=TimeInterval(self.now))

    def ScheduleAction(self, delay: TimeInterval, action: Callable[[Any], None]) -> None:
        heapq.heappush(self._actions, (self.now + delay.Ticks, next(self._sequence), action))

    def Start(self) -> None:
        """It waits for time."""

    def advance(self, duration: int) -> None:
        end = self.now + duration
        while self._actions and self._actions[0][0] <= end:
            time, _, action = heapq.heappop(self._actions)
            self.now = max(self.now, time)
            action(None)
        self.now = end

    def __getitem__(self, name: str) -> Any:
        return self.peripherals[name]

    def RegisterAsAChildOf(self, parent: Any, child: Any, point: Any) -> None:
        self.children.append((parent, child))

    def SetLocalName(self, peripheral: Any, name: str) -> None:
        self.names[name] = peripheral

    def GetRegisteredPeripherals(self) -> list[Any]:
        return [
            SimpleNamespace(Peripheral=peripheral, Name=name.removeprefix("sysbus."))
            for name, peripheral in self.peripherals.items()
        ]

    def RequestReset(self) -> None:
        self.Reset()

    def Reset(self) -> None:
        self.resets += 1
        for adapter, _ in self.SystemBus.registered:
            adapter.Reset()
        self.MachineReset(self)

    def ObtainPausedState(self, internal: bool) -> Any:
        self.paused += 1
        return SimpleNamespace(Dispose=self._resume)

    def _resume(self) -> None:
        self.paused -= 1


class Eater:
    def __init__(self) -> None:
        self.text = ""
        self.trouble = ""

    def GetContents(self) -> str:
        return self.text

    def GetError(self) -> str:
        return self.trouble


class Monitor:
    """Understands `echo`, and refuses the rest."""

    def __init__(self, machine: Machine | None) -> None:
        self.Machine = machine
        self.Interaction: Eater | None = None

    def Parse(self, command: str, eater: Eater) -> bool:
        if command.startswith("echo "):
            eater.text = command[5:]
            return True
        eater.trouble = f"no command {command}"
        return False


class MasterTimeSource:
    """Runs on the thread that starts it."""

    def __init__(self, emulation: Emulation) -> None:
        self.emulation = emulation
        self.Quantum = TimeInterval(1_000_000)
        self.SyncHook = Event()
        self.running = False

    @property
    def ElapsedVirtualTime(self) -> TimeInterval:
        assert self.emulation.machine is not None
        return TimeInterval(self.emulation.machine.now)

    def Start(self) -> None:
        self.running = True
        while self.running:
            self.pass_(self.Quantum.Ticks)
            self.SyncHook(self.ElapsedVirtualTime)

    def Stop(self) -> None:
        self.running = False

    def pass_(self, ticks: int) -> None:
        machine = self.emulation.machine
        assert machine is not None
        machine.advance(ticks)
        machine.SystemBus.cpu.ExecutedInstructions += ticks // 10


class Emulation:
    """serial: whether one machine runs after the other. pauses: of all machines."""

    def __init__(self) -> None:
        self.machine: Machine | None = None
        self.Machines: list[Machine] = []
        self.serial = False
        self.bag: dict[str, Any] = {}
        self.AddOrUpdateInBag = _Generic(self.bag.__setitem__)
        self.IsStarted = False
        self.ExternalsManager = SimpleNamespace(Start=lambda: None)
        self.MasterTimeSource = MasterTimeSource(self)
        self.pauses = 0
        self._names: dict[int, str] = {}

    def add(self, machine: Machine) -> None:
        self._names[id(machine)] = f"machine-{len(self.Machines)}"
        self.Machines.append(machine)

    def clear(self) -> None:
        self.Machines.clear()
        self.bag.clear()
        self.pauses = 0
        self.serial = False

    def __getitem__(self, machine: Machine) -> str:
        return self._names[id(machine)]

    def RemoveMachine(self, machine: Machine) -> None:
        self.Machines.remove(machine)
        for adapter, _ in machine.SystemBus.registered:
            if hasattr(adapter, "Dispose"):
                adapter.Dispose()

    def set_serial(self, serial: bool) -> None:
        self.serial = serial

    def RunFor(self, interval: TimeInterval) -> None:
        self.MasterTimeSource.pass_(interval.Ticks)
        self.PauseAll()

    def PauseAll(self) -> None:
        self.pauses += 1


EMULATION = Emulation()
LOGGED: list[tuple[str, str]] = []
FOLDERS: list[str] = []
"""What was removed."""


def _dispose() -> None:
    raise RuntimeError("another thread was faster")


def _remove(path: str, recursive: bool) -> None:
    FOLDERS.append(path)
    raise RuntimeError("another thread was faster")


def _log(element: Any, level: str, pattern: str, text: str) -> None:
    LOGGED.append((level, text))


def _kind(name: str) -> type:
    return type(name, (int,), {})


class ManualResetEvent:
    def __init__(self, is_set: bool) -> None:
        event = threading.Event()
        self.Set, self.WaitOne = event.set, event.wait


class Thread:
    def __init__(self, target: Callable[[], None]) -> None:
        self.IsBackground = False
        self.Start = threading.Thread(target=target, daemon=True).start

    @staticmethod
    def Sleep(milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)


CORE_LIBRARY: dict[str, dict[str, Any]] = {
    "System": {
        "Exception": Exception,
        "IDisposable": _Interface,
        "Object": object,
        "UInt64": int,
        "Array": _Array(),
        "AppDomain": SimpleNamespace(),
        "Type": type,
        "String": str,
        "Void": type(None),
        "Boolean": bool,
        "Action": _Generic(lambda method: method),
        "Activator": SimpleNamespace(CreateInstance=lambda kind: kind()),
        **{name: _kind(name) for name in ("UInt32", "UInt16", "Byte", "IntPtr")},
        "Environment": SimpleNamespace(GetEnvironmentVariable=os.environ.get),
    },
    "System.Collections.Generic": {"Dictionary": _Generic(dict)},
    "System.IO": {
        "Directory": SimpleNamespace(Delete=_remove, Exists=files.folder_exists),
        "File": files.File,
        "Path": files.Path,
        "StreamReader": StreamReader,
        "StreamWriter": StreamWriter,
    },
    **REFLECTION,
    "System.Text": {
        "UTF8Encoding": lambda mark: None,
        "Encoding": SimpleNamespace(
            GetEncoding=lambda page: SimpleNamespace(
                GetString=lambda data: bytes(data).decode("latin-1")
            )
        ),
    },
    "System.Threading": {
        "Monitor": SimpleNamespace(Enter=lambda lock: None, Exit=lambda lock: None),
        "ManualResetEvent": ManualResetEvent,
        "Thread": Thread,
        "ThreadStart": lambda target: target,
    },
}

INFRASTRUCTURE: dict[str, dict[str, Any]] = {
    "Antmicro.Renode": {"Emulator": SimpleNamespace(DisposeAll=_dispose)},
    "Antmicro.Renode.Core": {
        "GPIO": Gpio,
        "Range": lambda start, size: (start, size),
        "EmulationManager": SimpleNamespace(Instance=SimpleNamespace(CurrentEmulation=EMULATION)),
        **{name: type(name, (), {}) for name in ("IGPIO", "IGPIOReceiver", "INumberedGPIOOutput")},
    },
    "Antmicro.Renode.Core.Structure": {"NullRegistrationPoint": SimpleNamespace(Instance=None)},
    "Antmicro.Renode.Exceptions": {"RecoverableException": RuntimeError},
    "Antmicro.Renode.Logging": {
        "Logger": SimpleNamespace(LogAs=_log),
        "LogLevel": SimpleNamespace(Debug="debug", Info="info", Warning="warning", Error="error"),
    },
    "Antmicro.Renode.Peripherals": {"IKnownSize": type("IKnownSize", (), {})},
    "Antmicro.Renode.Peripherals.Bus": {
        "BusRangeRegistration": lambda *place: place if len(place) > 1 else place[0],
        **{
            name: type(name, (), {})
            for name in ("IBytePeripheral", "IWordPeripheral", "IDoubleWordPeripheral")
        },
    },
    "Antmicro.Renode.Time": {"TimeInterval": TimeInterval},
    "Antmicro.Renode.Utilities": {
        "TemporaryFilesManager": SimpleNamespace(
            Instance=SimpleNamespace(EmulatorTemporaryPath="renode-folder")
        )
    },
    "Antmicro.Renode.UserInterface": {
        "CommandInteractionEater": Eater,
        "MonitorTimeExtensions": SimpleNamespace(
            SetGlobalAdvanceImmediately=lambda emulation, value: None,
            SetGlobalSerialExecution=Emulation.set_serial,
        ),
    },
}

ASSEMBLIES: dict[str, dict[str, dict[str, Any]]] = {
    "System.Private.CoreLib": CORE_LIBRARY,
    "Infrastructure": INFRASTRUCTURE,
    "Migrant": {"Antmicro.Migrant.Hooks": {"PreSerializationAttribute": Exception}},
    "System.Console": {"System": {"Console": SimpleNamespace(Error=sys.stderr)}},
    "System.Diagnostics.Process": {
        "System.Diagnostics": {"Process": Process, "ProcessStartInfo": ProcessStartInfo}
    },
    "System.Net.Primitives": {"System.Net": {"IPAddress": SimpleNamespace(Loopback="127.0.0.1")}},
    "System.Net.Sockets": {
        "System.Net.Sockets": {
            "SelectMode": SimpleNamespace(SelectRead="read"),
            "TcpClient": TcpClient,
            "TcpListener": TcpListener,
        }
    },
    "System.Security.Cryptography": {
        "System.Security.Cryptography": {"RandomNumberGenerator": files.RandomNumberGenerator}
    },
}
"""What is used of each assembly of .NET 8, by namespace."""

REFERENCED = ("System.Private.CoreLib", "Infrastructure", "System.Console")
"""What IronPython in Renode 1.16 imports from without a reference."""


def add_reference(assembly: str) -> None:
    """As `clr.AddReference`. Raises OSError where there is no such assembly."""
    if assembly not in ASSEMBLIES:
        raise OSError(f"Could not add reference to assembly {assembly}")
    for namespace, types in ASSEMBLIES[assembly].items():
        parent = None
        for part in namespace.split("."):
            name = part if parent is None else f"{parent.__name__}.{part}"
            module = sys.modules.setdefault(name, ModuleType(name))
            if parent is not None:
                setattr(parent, part, module)
            parent = module
        sys.modules[namespace].__dict__.update(types)


def _provide() -> None:
    clr = ModuleType("clr")
    clr.__dict__["AddReference"] = add_reference
    clr.__dict__["GetClrType"] = lambda kind: ClrType(kind.__name__)
    sys.modules["clr"] = clr
    for assembly in REFERENCED:
        add_reference(assembly)


_provide()
