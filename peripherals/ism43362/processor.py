"""The module's command processor: one command at a time, each answered in modelled time.

The commands are tables of handlers, one in each part of the module; this file puts them together. A
handler returns the reply, or keeps the transaction and finishes it when the network has answered.
What a message or a handler cannot make sense of, it raises as `BadRequest`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Protocol, TypeVar

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.handlers import Bound, HasHandlers, Message, bind
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.asynchronous import AsynchronousMessages
from renode_wifi.peripherals.ism43362.credentials import Credentials
from renode_wifi.peripherals.ism43362.dns import Dns
from renode_wifi.peripherals.ism43362.faults import (
    BOOT_PROMPT,
    LINK_FAULTS,
    Fault,
    FaultKind,
    FaultPlan,
    slowness,
    spoiled,
)
from renode_wifi.peripherals.ism43362.link import CURSOR
from renode_wifi.peripherals.ism43362.messages.data import Write
from renode_wifi.peripherals.ism43362.messages.reply import (
    DONE,
    Error,
    Reply,
    Usage,
)
from renode_wifi.peripherals.ism43362.messages.request import BadRequest, Request, printable
from renode_wifi.peripherals.ism43362.ping import Ping
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.scan import Scan
from renode_wifi.peripherals.ism43362.sockets.commands import Sockets
from renode_wifi.peripherals.ism43362.sockets.environment import Environment
from renode_wifi.peripherals.ism43362.softap import SoftAccessPoint
from renode_wifi.peripherals.ism43362.system import System
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.ism43362.wlan import Wlan
from renode_wifi.peripherals.network.contract.station import Lease, Station, World

# fmt: off
UNMODELLED = frozenset((
    "B2", "B3", "B?", "D1", "D2", "E2", "G2", "G3", "G4", "G?", "MF", "MS",
    "MT", "PA", "PB", "PC", "PD", "PM", "PS", "PT", "PW", "PY", "U0", "U2",
    "U?", "WL", "Z2", "Z8", "Z9", "ZC", "ZD", "ZF", "ZO", "ZU",
))
# fmt: on
"""Listed by drivers (stm32duino/WiFi-ISM43362-M3G-L44), whose effect no source describes."""


Value = TypeVar("Value", bound=Message)


class HostLink(Protocol):
    """What the processor asks of the link: bytes to the host, and faults on the way."""

    def booted(self, prompt: bytes) -> None: ...

    def reply(self, data: bytes) -> None: ...

    def fail(self, failure: str) -> None: ...


class Resettable(Protocol):
    """A part of the module that RESET takes back to what is in flash."""

    def reset(self) -> None: ...


class Processor:
    """The module behind its link."""

    def __init__(self, machine: Machine, name: str, profile: ModuleProfile, host: HostLink) -> None:
        surroundings = Surroundings(machine, name)
        self.surroundings = surroundings
        self.clock = surroundings.clock
        self.profile = profile
        self.host = host
        self.access = NetworkAccess()
        self.transaction: Transaction | None = None
        self.faults = FaultPlan(FaultKind, self.clock)
        self.hung = False
        self._command_time = profile.command_time_us * MICROSECOND
        self._style = profile.style
        self._event: Event | None = None

        access = self.access
        self.scan = Scan(self.clock, access, profile)
        self.messages = AsynchronousMessages(surroundings, self.scan)
        self.dns = Dns(access, profile, self.faults)
        self.ping = Ping(self.clock, access, profile)
        self.credentials = Credentials(profile)
        self.sockets = Sockets(
            Environment(
                surroundings,
                access,
                profile,
                self.faults,
                self.messages,
                self.credentials,
                self.dns,
            )
        )
        self.wlan = Wlan(surroundings, access, profile, self.messages, self.sockets)
        self.system = System(surroundings, profile, self.wlan, self.credentials, self.reboot)
        self.softap = SoftAccessPoint(surroundings, access, profile, self.system, self.messages)
        self._resettable: tuple[Resettable, ...] = (
            self.messages,
            self.system,
            self.scan,
            self.dns,
            self.ping,
            self.sockets,
            self.softap,
        )
        parts: tuple[HasHandlers, ...] = (
            self.messages,
            self.system,
            self.wlan,
            self.scan,
            self.dns,
            self.ping,
            self.credentials,
            self.sockets,
            self.softap,
        )
        self.handlers: dict[object, Bound] = {}
        for part in parts:
            self.handlers.update(bind(part))

    # The world

    @property
    def station(self) -> Station | None:
        return self.access.station

    def connect_world(self, world: World) -> None:
        self.access.world = world
        self.access.attach(self.system.mac, self)

    def on_link_lost(self, reason: str) -> None:
        self.wlan.on_link_lost(reason)

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        self.softap.on_station_joined(mac, lease)

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        self.softap.on_station_left(mac, lease)

    # RESET

    def reset(self, asserted: bool) -> None:
        """The RESET pin: everything but what is stored in flash is forgotten."""
        self._forget()
        if not asserted:
            self._event = self._after(self.profile.boot_time_us * MICROSECOND, self._booted)

    def reboot(self) -> None:
        """The module restarts by itself."""
        self._forget()
        self._event = self._after(self.profile.boot_time_us * MICROSECOND, self._booted)

    def _forget(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self.transaction = None
        self.hung = False
        if self.station is not None:
            # First, so that nobody on the network notices what the sockets give up.
            self.station.leave()
        for part in self._resettable:
            part.reset()

    def _booted(self) -> None:
        self._event = None
        self.access.attach(self.system.mac, self)
        self.surroundings.trace("booted", firmware=self.profile.firmware)
        faults = self.faults.striking_prompt()
        for fault in faults:
            self.surroundings.trace("fault", kind=fault.kind.value, request=BOOT_PROMPT)
            if fault.kind in LINK_FAULTS:
                self.host.fail(LINK_FAULTS[fault.kind])
            elif fault.kind is FaultKind.HANG:
                self.hung = True
        if self.hung:
            return
        offer = partial(self._offer_prompt, spoiled(CURSOR, faults))
        delay = slowness(faults)
        if delay:
            self._event = self._after(delay, offer)
        else:
            offer()

    def _offer_prompt(self, prompt: bytes) -> None:
        self._event = None
        self.host.booted(prompt)
        self.wlan.on_boot()

    # Commands

    def execute(self, window: bytes) -> None:
        """Carry out the command in `window`, the bytes of one command window."""
        if self.hung:
            return
        try:
            request = _parse(Request, window)
        except BadRequest as problem:
            request = Request(printable(window), b"")
            transaction = self.transaction = Transaction(self, request, self.clock.now)
            transaction.finish(Usage(problem.reason(request.name)))
            return
        name = request.name
        transaction = self.transaction = Transaction(self, request, self.clock.now)
        if self.faults.waiting and self._strike(transaction):
            return
        handler = self.handlers.get(name)
        if handler is None:
            empty = name in UNMODELLED and self.profile.unmodelled_succeed
            transaction.finish(DONE if empty else Usage("no such command"))
            return
        message_type, method = handler
        try:
            transaction.message = message = _parse(message_type, request.data)
            reply = method(transaction, message)
        except BadRequest as problem:
            reply = Usage(problem.reason(name))
        if reply is not None:
            transaction.finish(reply)

    def finish(self, transaction: Transaction, reply: Reply) -> None:
        data = reply.emit(self._style)
        if transaction.faults:
            data = spoiled(data, transaction.faults)
            transaction.extra_time += slowness(transaction.faults)
        delay = transaction.started + self._command_time - self.clock.now
        delay = transaction.extra_time + (delay if delay > 0 else 0)
        self._event = self.clock.schedule(delay, partial(self._answer, transaction, data))

    def _answer(self, transaction: Transaction, data: bytes) -> None:
        self._event = None
        self.transaction = None
        if self.surroundings.observed("at"):
            message = transaction.message
            self.surroundings.trace(
                "at",
                request=transaction.request.text,
                data=message.data if isinstance(message, Write) else b"",
                reply=data,
                started=transaction.started,
                finished=self.clock.now,
            )
        self.host.reply(data)

    # Faults

    def inject(self, fault: Fault) -> None:
        self.faults.add(fault)

    def _strike(self, transaction: Transaction) -> bool:
        """Let the faults waiting for this command begin; True if it gets no further."""
        stop = False
        request = transaction.request
        for fault in self.faults.striking(transaction.started, request.name):
            self.surroundings.trace("fault", kind=fault.kind.value, request=request.text)
            if fault.kind in LINK_FAULTS:
                self.host.fail(LINK_FAULTS[fault.kind])
            elif fault.kind is FaultKind.HANG:
                self.hung = stop = True
            elif fault.kind is FaultKind.RESET:
                self.reboot()
                stop = True
            elif fault.kind is FaultKind.CONNECTION_DROPPED:
                self.sockets.drop(fault.amount)
            elif fault.kind is FaultKind.ERROR:
                transaction.finish(Error("injected"))
                stop = True
            else:
                transaction.faults.append(fault)
        return stop

    def _after(self, delay: int, callback: Callable[[], None]) -> Event:
        return self.clock.schedule(delay, callback)


@lru_cache(maxsize=512)
def _parse(message_type: type[Value], data: bytes) -> Value:
    """Messages are immutable, and drivers send the same few over and over."""
    return message_type.parse(data)
