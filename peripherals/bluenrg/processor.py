"""The module's processor: commands to those who carry them out, and events back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, Self

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, Event
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.connections import BleConnections
from renode_wifi.peripherals.bluenrg.messages.events import (
    CommandComplete,
    CommandStatus,
    Initialized,
)
from renode_wifi.peripherals.bluenrg.messages.hci import (
    ACL,
    AclPacket,
    CommandPacket,
    EventPacket,
    StatusOnly,
)
from renode_wifi.peripherals.network.bluetooth.air import BluetoothAir

BOOT = 5 * MILLISECOND
COMMAND_TIME = 500 * MICROSECOND
"""What a command takes; those that access flash take longer."""


class AciMessage(Protocol):
    @classmethod
    def parse(cls, body: bytes) -> Self: ...

    def emit(self) -> bytes: ...


@late_dataclass(frozen=True)
class AciHandler:
    """method: called with the message; a status or a response. starts: it only begins something,
    which is answered by Command Status instead of Command Complete."""

    message: type[AciMessage]
    method: Callable[..., AciMessage | AciStatus]
    starts: bool = False


class AciPort(Protocol):
    """What those who carry commands out have of the processor."""

    machine: Machine
    connections: BleConnections

    @property
    def air(self) -> BluetoothAir: ...

    def send(self, event: EventPacket) -> None: ...

    def give(self, data: AclPacket) -> None: ...


class BlueNrgProcessor:
    """emit: to the link. booted: called when it is up."""

    def __init__(
        self,
        machine: Machine,
        name: str,
        emit: Callable[[bytes], None],
        booted: Callable[[], None],
    ) -> None:
        self.machine = machine
        self.name = name
        self.connections = BleConnections()
        self.handlers: dict[int, AciHandler] = {}
        self.resets: list[Callable[[], None]] = []
        """Called at each reset, by the pin or a command."""
        self.pin_resets: list[Callable[[], None]] = []
        """Called at those by the pin."""
        self.take: Callable[[AclPacket], None] | None = None
        """Called with data of the application."""
        self._air = BluetoothAir(machine.clock)
        self._emit = emit
        self._booted = booted
        self._boot: Event | None = None
        self._is_up = False

    @property
    def air(self) -> BluetoothAir:
        return self._air

    def connect_air(self, air: BluetoothAir) -> None:
        self._air = air

    def reset(self, asserted: bool) -> None:
        """The RESET pin."""
        self._is_up = False
        if self._boot is not None:
            self._boot.cancel()
            self._boot = None
        for forget in self.pin_resets:
            forget()
        self.reset_stack()
        if not asserted:
            self._boot = self.machine.clock.schedule(BOOT, self._up)

    def reset_stack(self) -> None:
        """All that the application has set up is gone."""
        for reset in self.resets:
            reset()
        self.connections.drop_all()

    def _up(self) -> None:
        self._boot = None
        self._is_up = True
        self._booted()
        self.send(Initialized().packet())

    def send(self, event: EventPacket) -> None:
        self._emit(event.emit())

    def give(self, data: AclPacket) -> None:
        """Data for the application."""
        self._emit(data.emit())

    def execute(self, raw: bytes) -> None:
        try:
            if raw[:1] == bytes([ACL]):
                self.machine.clock.schedule(COMMAND_TIME, partial(self._take, AclPacket.parse(raw)))
                return
            command = CommandPacket.parse(raw)
        except ValueError as error:
            self.machine.log.warning("%s: %s", self.name, error)
            return
        self.machine.clock.schedule(COMMAND_TIME, partial(self._run, command))

    def _take(self, packet: AclPacket) -> None:
        if self._is_up and self.take is not None:
            self.take(packet)

    def _run(self, command: CommandPacket) -> None:
        if not self._is_up:
            return
        handler = self.handlers.get(command.opcode)
        if handler is None:
            self.machine.log.warning("%s: command 0x%04X isn't modelled", self.name, command.opcode)
            self._answer(command.opcode, AciStatus.UNKNOWN_COMMAND, True)
            return
        try:
            message = handler.message.parse(command.parameters)
        except ValueError as error:
            self.machine.log.warning("%s: %s", self.name, error)
            self._answer(command.opcode, AciStatus.INVALID_HCI_PARAMETERS, handler.starts)
            return
        self._answer(command.opcode, handler.method(message), handler.starts)

    def _answer(self, opcode: int, response: AciMessage | AciStatus, starts: bool) -> None:
        name = AciOpcode(opcode).name if opcode in list(AciOpcode) else f"0x{opcode:04X}"
        status = int(response) if isinstance(response, AciStatus) else response.emit()[0]
        self.machine.trace(self.name, "aci", command=name, status=status)
        if isinstance(response, AciStatus) and starts:
            self.send(CommandStatus(response, 1, opcode).packet())
            return
        body = StatusOnly(response) if isinstance(response, AciStatus) else response
        self.send(CommandComplete(1, opcode, body.emit()).packet())
