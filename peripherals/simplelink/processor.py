"""Takes the host's messages, hands them to the silo they are for, and sends the answers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.station import Lease, Station, World
from renode_wifi.peripherals.simplelink.faults import FaultKind, FaultPlan
from renode_wifi.peripherals.simplelink.link import Link
from renode_wifi.peripherals.simplelink.opcodes import Opcode, name_of
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.wire import (
    COMMAND_BIT,
    Command,
    Status,
    WireError,
    emit,
    parse,
)

Handler = Callable[[Command], None]

ABORT_MALFORMED = 0x22
"""Code of the abort event for a message that cannot be understood."""
CONNECTED = 0x01
DROPPED_EVENTS = 0x02
"""Bits of the device status."""
FIRST_POOL = 2
"""Transmit buffers that the host assumes before the first message (source/flowcont.h)."""
EVENT_MASKS = {
    Opcode.GENERAL_ERROR: (1, 0x01),
    Opcode.WLAN_CONNECTED: (2, 0x01),
    Opcode.WLAN_DISCONNECTED: (2, 0x02),
    Opcode.WLAN_STATION_ADDED: (2, 0x04),
    Opcode.WLAN_STATION_REMOVED: (2, 0x08),
    Opcode.TX_FAILED: (3, 0x01),
    Opcode.IP_ACQUIRED: (4, 0x01),
    Opcode.IP_LEASED: (4, 0x04),
    Opcode.IP_RELEASED: (4, 0x08),
    Opcode.IP_LOST: (4, 0x10),
    Opcode.DHCP_TIMEOUT: (4, 0x20),
}
"""Class and bit by which the host masks an event (device.h)."""
GARBAGE_TOLD = 8
"""Stray words told of in one power cycle; what follows is the same trouble."""


class Processor:
    """The network processor from power-on to power-off.

    Silos register a handler for each opcode they answer. A handler answers by `respond`, now or
    later, and tells of what happens by itself by `event`.
    """

    def __init__(self, machine: Machine, name: str, profile: NwpProfile, link: Link) -> None:
        self.machine = machine
        self.name = name
        self.profile = profile
        self.link = link
        self.world: World | None = None
        self.station: Station | None = None
        self.lease: Lease | None = None
        """The address in use, as a station or as an access point."""
        self.faults = FaultPlan()
        self.status = Status()
        self.powered = False
        self.aborted = False
        self.hung = False
        self.stopping = False
        """The host has asked to stop, so that power may go."""
        self.locked = False
        """Too many security alerts: the host gets at the file system no more."""
        self.masks: dict[int, int] = {}
        """Events that the host doesn't want, one bit each, by class."""
        self.generation = 0
        """Counts power cycles: what was scheduled in an earlier one is void."""
        self.told_pool = 0
        """Transmit buffers that the host believes to be free."""
        self._update: Event | None = None
        self._garbage = 0
        self._handlers: dict[int, Handler] = {}
        self._on_power_on: list[Callable[[], None]] = []
        self._on_start: list[Callable[[], None]] = []
        self._on_stop: list[Callable[[], None]] = []
        self._on_restore: list[Callable[[], None]] = []

    def handle(self, opcode: Opcode, handler: Handler) -> None:
        self._handlers[opcode] = handler

    def on_power_on(self, callback: Callable[[], None]) -> None:
        """Call when power comes."""
        self._on_power_on.append(callback)

    def on_start(self, callback: Callable[[], None]) -> None:
        """Call when the processor has booted."""
        self._on_start.append(callback)

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Call when power goes: forget what does not survive it."""
        self._on_stop.append(callback)

    def on_restore(self, callback: Callable[[], None]) -> None:
        """Call when the configuration returns to what the factory gave it."""
        self._on_restore.append(callback)

    def restore(self) -> None:
        for callback in self._on_restore:
            callback()

    # From the link

    def on_power(self, level: bool) -> None:
        self.powered = level
        self.generation += 1
        self._update = None
        self._garbage = 0
        self.machine.trace(self.name, "power", on=level)
        if level:
            self.aborted = self.hung = self.stopping = False
            self.masks.clear()
            self.told_pool = FIRST_POOL
            self.status = Status(
                tx_pool=self.profile.tx_pool, minimum_payload=self.profile.minimum_payload
            )
            for callback in self._on_power_on:
                callback()
            self.after(self.profile.boot_time_us * MICROSECOND, self._booted)
        else:
            for callback in self._on_stop:
                callback()

    def on_garbage(self, word: int) -> None:
        self._garbage += 1
        if self._garbage <= GARBAGE_TOLD:
            self.machine.log.warning(
                "%s: word 0x%08X from the host belongs to no message; is the link out of step?",
                self.name,
                word,
            )

    def receive(self, message: bytes) -> None:
        """A whole message from the host."""
        if not self.powered or self.aborted or self.hung:
            return
        try:
            command = parse(message)
        except WireError as error:
            self.abort(str(error))
            return
        self.machine.trace(
            self.name,
            "message",
            direction="command",
            opcode=name_of(command.opcode),
            body=command.body,
        )
        self.after(self.profile.command_time_us * MICROSECOND, partial(self._execute, command))

    # For the silos

    def after(self, delay: int, callback: Callable[[], None]) -> Event:
        """Call back in `delay` ns, unless the processor has lost power by then."""
        return self.machine.clock.schedule(
            delay, partial(self._if_same_power, self.generation, callback)
        )

    def respond(self, command: Command, body: bytes) -> None:
        self._send(command.response, body, "response")

    def respond_status(self, command: Command, status: int = 0) -> None:
        """The basic response: status and sender."""
        self.respond(command, struct.pack("<hH", status, 0))

    def event(self, opcode: Opcode, body: bytes = b"") -> None:
        group, bit = EVENT_MASKS.get(opcode, (0, 0))
        if self.masks.get(group, 0) & bit:
            return
        self._send(opcode, body, "event")

    def abort(self, reason: str, code: int = ABORT_MALFORMED) -> None:
        """Tell the host of a fatal error; nothing is answered until the next power-on.

        The host takes the code from where the socket bits are in other messages.
        """
        if self.aborted:
            return
        self.machine.log.error("%s: fatal error: %s", self.name, reason)
        self.status.transmit_failures = code
        self.status.non_blocking = 0
        self.event(Opcode.ABORT, struct.pack("<II", 0, 0))
        self.aborted = True

    def spent(self, buffers: int) -> None:
        """The host sent data and took buffers off its count; it is due the true count soon."""
        self.told_pool -= buffers
        self.owe_update()

    def owe_update(self) -> None:
        """Tell the host of free buffers, unless another message does it before."""
        if self._update is None and self.told_pool < self.status.tx_pool:
            delay = self.profile.flow_update_us * MICROSECOND
            self._update = self.after(delay, self._tell_pool)

    # Inner

    def _tell_pool(self) -> None:
        self._update = None
        if self.told_pool < self.status.tx_pool:
            self.event(Opcode.DUMMY)

    def _booted(self) -> None:
        for callback in self._on_start:
            callback()

    def _if_same_power(self, generation: int, callback: Callable[[], None]) -> None:
        if generation == self.generation and self.powered:
            callback()

    def _execute(self, command: Command) -> None:
        if self.aborted or self.hung:
            return
        name = name_of(command.opcode)
        for fault in self.faults.striking(self.machine.clock.now, name):
            self.machine.trace(self.name, "fault", kind=fault.kind.value, command=name)
            if fault.kind is FaultKind.HANG:
                self.hung = True
                return
            if fault.kind is FaultKind.ABORT:
                self.abort(f"injected at {name}", fault.size)
                return
            if fault.kind is FaultKind.SLOW:
                self.after(fault.size * MICROSECOND, partial(self._dispatch, command))
                return
            if fault.kind is FaultKind.ERROR:
                self.respond_status(command, -abs(fault.size))
                return
            if fault.kind is FaultKind.UNANSWERED:
                return
        self._dispatch(command)

    def _dispatch(self, command: Command) -> None:
        if self.aborted or self.hung:
            return
        handler = self._handlers.get(command.opcode)
        if handler is None:
            self.machine.log.warning("%s: command 0x%04X is not known", self.name, command.opcode)
            self.respond_status(command, self.profile.unknown_command_status)
            return
        try:
            handler(command)
        except (struct.error, WireError) as error:
            self.abort(f"{name_of(command.opcode)}: {error}")

    def _send(self, opcode: int, body: bytes, direction: str) -> None:
        if not self.powered or self.aborted or self.hung:
            return
        name = name_of(opcode | COMMAND_BIT if direction == "response" else opcode)
        message = emit(opcode, self.status, body)
        now = self.machine.clock.now
        interrupt = not self.faults.take(FaultKind.LOST_INTERRUPT, now, name)
        if self.faults.take(FaultKind.LOST_MESSAGE, now, name):
            return
        if self.faults.take(FaultKind.MALFORMED_REPLY, now, name):
            message = bytes(4) + message[4:]
        self.machine.trace(
            self.name, "message", direction=direction, opcode=name, body=body, interrupt=interrupt
        )
        if self.link.send(message, interrupt):
            self.told_pool = self.status.tx_pool
            self.status.device &= ~DROPPED_EVENTS
        elif not self.status.device & DROPPED_EVENTS:
            self.status.device |= DROPPED_EVENTS
            self.machine.log.warning(
                "%s: %s is dropped: the host doesn't read its messages", self.name, name
            )
