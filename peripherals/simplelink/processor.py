"""Takes the host's messages, hands them to the silo they are for, and sends the answers."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.handlers import Bound, bind
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.network.contract.station import Lease, Station, World
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.faults import Fault, FaultKind, FaultPlan
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.flow_control import FlowControl
from renode_wifi.peripherals.simplelink.http import HttpService
from renode_wifi.peripherals.simplelink.http_server.api import HttpApi
from renode_wifi.peripherals.simplelink.http_server.tokens import DeviceTokens
from renode_wifi.peripherals.simplelink.link import Link
from renode_wifi.peripherals.simplelink.messages.device import Abort
from renode_wifi.peripherals.simplelink.messages.header import (
    COMMAND_BIT,
    RESPONSE_BIT,
    Command,
    Status,
    to_host,
)
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.netapp import NetApp
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.netutil import NetUtil
from renode_wifi.peripherals.simplelink.network import NetworkAccess
from renode_wifi.peripherals.simplelink.opcodes import Opcode, name_of
from renode_wifi.peripherals.simplelink.power import DROPPED_EVENTS, PowerState
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets.silo import Sockets
from renode_wifi.peripherals.simplelink.transaction import (
    Emits,
    Outcome,
    Services,
    Silo,
    Transaction,
)
from renode_wifi.peripherals.simplelink.wlan.silo import Wlan

ABORT_MALFORMED = 0x22
"""Code of the abort event for a message that cannot be understood."""
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
MAX_GARBAGE_REPORTS = 8
"""Stray words reported in one power cycle; what follows is the same trouble."""


class Processor:
    """The network processor from power-on to power-off."""

    def __init__(self, machine: Machine, name: str, profile: NwpProfile, link: Link) -> None:
        surroundings = Surroundings(machine, name)
        self.surroundings = surroundings
        self.name = name
        self.profile = profile
        self.link = link
        self.faults = FaultPlan(FaultKind, surroundings.clock)
        self.network = NetworkAccess()
        self.power = PowerState()
        self.flow = FlowControl(profile, self, self.power)
        self.aborted = False
        self.hung = False
        self.generation = 0
        """Counts power cycles: what was scheduled in an earlier one is void."""
        self._garbage = 0

        services = Services(surroundings, profile, self, self.faults, self.network)
        self.device = Device(services, self.power)
        self.files = FileSystem(services, self.power, self.restore)
        self.netcfg = NetCfg(services)
        self.sockets = Sockets(services, self.power, self.flow, self.device, self.files)
        http = HttpService(services, self.files)
        self.wlan = Wlan(
            services, self.power, self.device, self.netcfg, self.sockets, self.files, http
        )
        self.netapp = NetApp(services, http, self.netcfg)
        self.wlan.access_point.pool = self.netapp.addresses
        self.wlan.access_point.lease_time = self.netapp.lease_time
        http.tokens = DeviceTokens(services, self.device, self.netcfg, self.netapp, self.wlan)
        http.apis = HttpApi(services, self.device, self.netcfg, self.netapp, self.wlan)
        self.netutil = NetUtil(services, self.files)
        self.silos: tuple[Silo, ...] = (
            self.device,
            self.files,
            self.netcfg,
            self.sockets,
            self.wlan,
            self.netapp,
            self.netutil,
        )
        self.device.persistence = self._on_persistence
        self._kept: list[tuple[object, str, object]] = []
        """What settings return to without power, where they don't outlive it."""
        self.handlers: dict[object, Bound] = {}
        for silo in self.silos:
            for part in silo.parts:
                self.handlers.update(bind(part))

    @property
    def powered(self) -> bool:
        return self.power.powered

    @property
    def status(self) -> Status:
        return self.power.status

    # The world

    @property
    def station(self) -> Station | None:
        return self.network.station

    @property
    def lease(self) -> Lease | None:
        """The address in use."""
        return self.network.lease

    def connect_world(self, world: World) -> None:
        """Put the radio into a world, before it is first powered."""
        self.network.world = world
        if self.powered:
            self._enter_world()

    def _enter_world(self) -> None:
        self.network.attach(self.netcfg.mac, self)

    def on_link_lost(self, reason: str) -> None:
        self.wlan.on_link_lost(reason)

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        self.wlan.access_point.on_station_joined(mac, lease)

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        self.wlan.access_point.on_station_left(mac, lease)

    # From the link

    def on_power(self, level: bool) -> None:
        self.power.powered = level
        self.generation += 1
        self.flow.reset()
        self._garbage = 0
        self.surroundings.trace("power", on=level)
        if level:
            self.aborted = self.hung = False
            profile = self.profile
            self.power.power_on(
                Status(tx_pool=profile.tx_pool, minimum_payload=profile.minimum_payload)
            )
            self._enter_world()
            self.after(profile.boot_time_us * MICROSECOND, self._booted)
        else:
            for silo in self.silos:
                silo.stopped()
            for owner, name, value in self._kept:
                setattr(owner, name, copy(value))

    def _on_persistence(self, persistent: bool) -> None:
        """The host has decided whether settings outlive power."""
        volatile = [each for silo in self.silos for each in silo.volatile()]
        self._kept = (
            []
            if persistent
            else [(owner, name, copy(getattr(owner, name))) for owner, name in volatile]
        )

    def _booted(self) -> None:
        for silo in self.silos:
            silo.started()

    def on_garbage(self, word: int) -> None:
        self._garbage += 1
        if self._garbage <= MAX_GARBAGE_REPORTS:
            self.surroundings.log.warning(
                "%s: word 0x%08X from the host belongs to no message; is the link out of step?",
                self.name,
                word,
            )

    def receive(self, message: bytes) -> None:
        """A whole message from the host."""
        if not self.powered or self.aborted or self.hung:
            return
        try:
            command = Command.parse(message)
        except WireError as error:
            self.abort(str(error))
            return
        self.power.commands += 1
        self.surroundings.trace(
            "message", direction="command", opcode=name_of(command.opcode), body=command.body
        )
        self.after(self.profile.command_time_us * MICROSECOND, partial(self._execute, command))

    # For the silos

    def stage(self, image: bytes) -> None:
        self.link.stage(image)

    def after(self, delay: int, callback: Callable[[], None]) -> Event:
        return self.surroundings.clock.schedule(
            delay, partial(self._if_same_power, self.generation, callback)
        )

    def _if_same_power(self, generation: int, callback: Callable[[], None]) -> None:
        if generation == self.generation and self.power.powered:
            callback()

    def while_powered(self, callback: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
        return partial(self._with_outcome, self.generation, callback)

    def _with_outcome(
        self, generation: int, callback: Callable[[Outcome], None], outcome: Outcome
    ) -> None:
        if generation == self.generation:
            callback(outcome)

    def respond(self, opcode: int, message: Emits) -> None:
        self._send(opcode & ~COMMAND_BIT | RESPONSE_BIT, message.emit(), "response")

    def event(self, opcode: Opcode, message: Emits) -> None:
        if self.power.masks:
            group, bit = EVENT_MASKS.get(opcode, (0, 0))
            if self.power.masks.get(group, 0) & bit:
                return
        self._send(opcode, message.emit(), "event")

    def abort(self, reason: str, code: int = ABORT_MALFORMED) -> None:
        """Notify the host of a fatal error; nothing is answered until the next power-on."""
        if self.aborted:
            return
        self.surroundings.log.error("%s: fatal error: %s", self.name, reason)
        self.status.transmit_failures = code
        self.status.non_blocking = 0
        self.event(Opcode.ABORT, Abort())
        self.aborted = True

    def restore(self) -> None:
        """The configuration returns to what the factory gave it."""
        for silo in self.silos:
            silo.restore()

    # Commands

    def inject(self, fault: Fault) -> None:
        self.faults.add(fault)

    def _execute(self, command: Command) -> None:
        if self.aborted or self.hung:
            return
        if self.faults.waiting and self._strike(command):
            return
        self._dispatch(command)

    def _strike(self, command: Command) -> bool:
        """Let the faults waiting for this command happen; True if it gets no further."""
        name = name_of(command.opcode)
        for fault in self.faults.striking(self.surroundings.clock.now, name):
            self.surroundings.trace("fault", kind=fault.kind.value, command=name)
            if fault.kind is FaultKind.HANG:
                self.hung = True
            elif fault.kind is FaultKind.ABORT:
                self.abort(f"injected at {name}", fault.size)
            elif fault.kind is FaultKind.SLOW:
                self.after(fault.size * MICROSECOND, partial(self._dispatch, command))
            elif fault.kind is FaultKind.ERROR:
                status = -abs(fault.size)
                if not self.sockets.transfers.refuse(command.opcode, command.body, status):
                    Transaction(self, command.opcode).status(status)
            return True
        return False

    def _dispatch(self, command: Command) -> None:
        if self.aborted or self.hung:
            return
        transaction = Transaction(self, command.opcode)
        handler = self.handlers.get(command.opcode)
        if handler is None:
            self.surroundings.log.warning(
                "%s: command 0x%04X is not known", self.name, command.opcode
            )
            transaction.status(self.profile.unknown_command_status)
            return
        message_type, method = handler
        try:
            reply = method(transaction, message_type.parse(command.body))
        except WireError as error:
            self.abort(f"{name_of(command.opcode)}: {error}")
            return
        if reply is not None:
            self.respond(command.opcode, reply)

    def _send(self, opcode: int, body: bytes, direction: str) -> None:
        power = self.power
        if not power.powered or self.aborted or self.hung:
            return
        name = name_of(opcode | COMMAND_BIT if direction == "response" else opcode)
        message = to_host(opcode, power.status, body)
        interrupt = True
        if self.faults.waiting:
            interrupt = not self.faults.spoils(FaultKind.LOST_INTERRUPT, name)
            if self.faults.spoils(FaultKind.LOST_MESSAGE, name):
                return
            if self.faults.spoils(FaultKind.MALFORMED_REPLY, name):
                message = bytes(4) + message[4:]
        self.surroundings.trace(
            "message", direction=direction, opcode=name, body=body, interrupt=interrupt
        )
        if self.link.send(message, interrupt):
            self.flow.reported()
            power.status.device &= ~DROPPED_EVENTS
        elif not power.status.device & DROPPED_EVENTS:
            power.status.device |= DROPPED_EVENTS
            self.surroundings.log.warning(
                "%s: %s is dropped: the host doesn't read its messages", self.name, name
            )
