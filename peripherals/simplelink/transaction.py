"""A command on its way to its answer, and what silos may ask of the processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from renode_wifi.peripherals.base.clock import Event
from renode_wifi.peripherals.base.handlers import AnyHandler, HasHandlers
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.simplelink.faults import FaultPlan
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.network import NetworkAccess
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.profile import NwpProfile

Outcome = TypeVar("Outcome")


class Emits(Protocol):
    """A message to the host."""

    def emit(self) -> bytes: ...


class HostLink(Protocol):
    """The way to the host, and time that ends with the processor's power."""

    def respond(self, opcode: int, message: Emits) -> None:
        """Answer the command `opcode`."""

    def event(self, opcode: Opcode, message: Emits) -> None:
        """Notify the host, unless it has masked the event."""

    def stage(self, image: bytes) -> None:
        """What the chip boots when it starts next; empty: what it booted first."""

    def after(self, delay: int, callback: Callable[[], None]) -> Event:
        """Call back in `delay` ns, unless the processor has lost power by then."""

    def while_powered(self, callback: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
        """`callback`, which is no longer called once the processor has lost power."""


class Transaction:
    """One command. A handler that returns None has answered it, or answers it later."""

    __slots__ = ("host", "opcode")

    def __init__(self, host: HostLink, opcode: int) -> None:
        self.host = host
        self.opcode = opcode

    def respond(self, message: Emits) -> None:
        self.host.respond(self.opcode, message)

    def status(self, status: int) -> None:
        """The basic response."""
        self.host.respond(self.opcode, BasicResponse(status))


@dataclass(frozen=True)
class Services:
    """What silos share."""

    surroundings: Surroundings
    profile: NwpProfile
    host: HostLink
    faults: FaultPlan
    network: NetworkAccess


class Silo:
    """A part of the processor: tables of handlers, and what becomes of it with power."""

    HANDLERS: tuple[AnyHandler, ...] = ()

    @property
    def parts(self) -> tuple[HasHandlers, ...]:
        """Everything of this silo that has handlers."""
        return (self,)

    def started(self) -> None:
        """The processor has booted."""

    def stopped(self) -> None:
        """Power goes: forget what does not survive it."""

    def volatile(self) -> tuple[tuple[object, str], ...]:
        """Owner and attribute of what is forgotten where settings don't outlive power."""
        return ()

    def restore(self) -> None:
        """The configuration returns to what the factory gave it."""
