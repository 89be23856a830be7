"""The module's command processor: one command at a time, each answered in modelled time.

The commands are tables, one in each part of the module; this file puts them together. A handler
gets the `Transaction` and either returns the reply or keeps the transaction and finishes it when
the network has answered. What a handler cannot make sense of, it raises as `BadRequest`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.ism43362.at import BadRequest, Request
from renode_wifi.peripherals.ism43362.credentials import Credentials
from renode_wifi.peripherals.ism43362.dns import Dns
from renode_wifi.peripherals.ism43362.faults import LINK_FAULTS, Fault, FaultKind, FaultPlan
from renode_wifi.peripherals.ism43362.messages import Messages
from renode_wifi.peripherals.ism43362.ping import Ping
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.scan import Scan
from renode_wifi.peripherals.ism43362.sockets import Sockets
from renode_wifi.peripherals.ism43362.softap import SoftAccessPoint
from renode_wifi.peripherals.ism43362.system import System
from renode_wifi.peripherals.ism43362.wlan import Wlan
from renode_wifi.peripherals.network.contract.station import Station, World

# fmt: off
UNMODELLED = frozenset((
    "B2", "B3", "B?", "D1", "D2", "E2", "G2", "G3", "G4", "G?", "MF", "MS",
    "MT", "PA", "PB", "PC", "PD", "PM", "PS", "PT", "PW", "PY", "U0", "U2",
    "U?", "WL", "Z2", "Z3", "Z8", "Z9", "ZC", "ZD", "ZF", "ZO", "ZU",
))
# fmt: on
"""Listed by drivers (stm32duino/WiFi-ISM43362-M3G-L44), with an effect that no source tells."""

Handler = Callable[["Transaction"], bytes | None]


class Host(Protocol):
    """What the processor asks of the link: bytes to the host, and faults on the way."""

    def booted(self) -> None: ...

    def reply(self, data: bytes) -> None: ...

    def fail(self, failure: str) -> None: ...


class Transaction:
    """One command on its way to its reply."""

    __slots__ = ("extra_time", "faults", "finished", "processor", "request", "started")

    def __init__(self, processor: Processor, request: Request) -> None:
        self.processor = processor
        self.request = request
        self.started = processor.machine.clock.now
        self.extra_time = 0
        """ns that the reply takes beyond that of a simple command."""
        self.faults: list[Fault] = []
        self.finished = False

    @property
    def current(self) -> bool:
        """False once it is answered, or a reset has swept it away."""
        return self.processor.transaction is self

    def finish(self, reply: bytes) -> None:
        if self.current and not self.finished:
            self.finished = True
            self.processor.finish(self, reply)


class Processor:
    """The module behind its link."""

    def __init__(self, machine: Machine, name: str, profile: ModuleProfile, host: Host) -> None:
        self.machine = machine
        self.name = name
        self.profile = profile
        self._command_time = profile.command_time_us * MICROSECOND
        self.host = host
        self.world: World | None = None
        self.station: Station | None = None
        self.transaction: Transaction | None = None
        self.faults = FaultPlan()
        self.hung = False
        self._event: Event | None = None

        self.messages = Messages(self)
        self.system = System(self)
        self.wlan = Wlan(self)
        self.scan = Scan(self)
        self.dns = Dns(self)
        self.ping = Ping(self)
        self.credentials = Credentials(self)
        self.sockets = Sockets(self)
        self.softap = SoftAccessPoint(self)
        self._parts: tuple[Any, ...] = (
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
        self.handlers: dict[str, Handler] = {
            command: getattr(part, method)
            for part in self._parts
            for command, method in part.COMMANDS.items()
        }

    def connect_world(self, world: World) -> None:
        self.world = world
        self._attach()

    def _attach(self) -> None:
        if self.world is not None and (self.station is None or self.station.mac != self.system.mac):
            if self.station is not None:
                self.station.events = None
            self.station = self.world.station(self.system.mac)
            self.station.events = self.wlan

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
            # First, so that nobody on the network hears of what the sockets give up.
            self.station.leave()
        for part in self._parts:
            part.reset()

    def _booted(self) -> None:
        self._event = None
        self._attach()
        self.machine.trace(self.name, "booted", firmware=self.profile.firmware)
        self.host.booted()
        self.wlan.on_boot()

    def execute(self, window: bytes) -> None:
        """Carry out the command in `window`, the bytes of one command window."""
        if self.hung:
            return
        try:
            request = at.parse(window)
        except BadRequest as problem:
            self.transaction = Transaction(self, Request(_printable(window)))
            self.transaction.finish(self.usage(str(problem)))
            return
        transaction = self.transaction = Transaction(self, request)
        if self.faults.waiting and self._strike(transaction):
            return
        handler = self.handlers.get(request.name)
        if handler is None:
            empty = request.name in UNMODELLED and self.profile.unmodelled_succeed
            transaction.finish(self.ok() if empty else self.usage("no such command"))
            return
        try:
            reply = handler(transaction)
        except BadRequest as problem:
            reply = self.usage(str(problem))
        if reply is not None:
            transaction.finish(reply)

    def finish(self, transaction: Transaction, reply: bytes) -> None:
        """Give the reply to the host once the command has taken its time."""
        clock = self.machine.clock
        if transaction.faults:
            reply = self._spoil(transaction, reply)
        delay = transaction.started + self._command_time - clock.now
        delay = transaction.extra_time + (delay if delay > 0 else 0)
        self._event = clock.schedule(delay, partial(self._answer, transaction, reply))

    def _answer(self, transaction: Transaction, reply: bytes) -> None:
        self._event = None
        self.transaction = None
        if self.machine.hears("at"):
            request = transaction.request
            self.machine.trace(
                self.name,
                "at",
                request=request.text,
                data=self.sockets.data_of(request),
                reply=reply,
                started=transaction.started,
                finished=self.machine.clock.now,
            )
        self.host.reply(reply)

    def _strike(self, transaction: Transaction) -> bool:
        """Let the faults waiting for this command begin; True if it gets no further."""
        stop = False
        for fault in self.faults.striking(transaction.started, transaction.request.name):
            self.machine.trace(
                self.name, "fault", kind=fault.kind.value, request=transaction.request.text
            )
            if fault.kind in LINK_FAULTS:
                self.host.fail(LINK_FAULTS[fault.kind])
            elif fault.kind is FaultKind.HANG:
                self.hung = stop = True
            elif fault.kind is FaultKind.CONNECTION_DROPPED:
                self.sockets.drop(fault.amount)
            elif fault.kind is FaultKind.ERROR:
                transaction.finish(self.error("injected"))
                stop = True
            else:
                transaction.faults.append(fault)
        return stop

    def _spoil(self, transaction: Transaction, reply: bytes) -> bytes:
        """The reply as the faults that hit the command leave it."""
        for fault in transaction.faults:
            if fault.kind is FaultKind.LEADING_PADS:
                reply = b"\x15" * fault.size + reply
            elif fault.kind is FaultKind.PADS_WITHOUT_DATA:
                reply = b"\x15" * fault.size + at.OK
            elif fault.kind is FaultKind.TRUNCATED:
                reply = reply[: fault.size]
            elif fault.kind is FaultKind.OVERSIZED:
                reply = reply.ljust(fault.size, b"#")
            elif fault.kind is FaultKind.SHORT_CLOSED_FORM:
                reply = b"\r\n-1" + at.PROMPT
            elif fault.kind is FaultKind.SLOW:
                transaction.extra_time += fault.size * MICROSECOND
        return reply

    def inject(self, fault: Fault) -> None:
        self.faults.add(fault)

    def ok(self, data: bytes = b"") -> bytes:
        if not data and self.profile.extra_line_before_ok:
            data = b"\r\n"
        return at.success(data)

    def error(self, reason: str = "", data: bytes = b"") -> bytes:
        return at.error(reason if self.profile.error_text else "", data)

    def usage(self, reason: str) -> bytes:
        return at.usage(reason if self.profile.error_text else "")

    def flash_time(self, transaction: Transaction) -> None:
        """The command stores something for good, which takes longer."""
        transaction.extra_time += self.profile.flash_time_us * MICROSECOND

    def _after(self, delay: int, callback: Callable[[], None]) -> Event:
        return self.machine.clock.schedule(delay, callback)


def _printable(window: bytes) -> str:
    """What was received instead of a command, short enough for a trace."""
    return window[:64].decode("latin-1").encode("unicode_escape").decode("ascii")
