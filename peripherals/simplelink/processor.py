"""Takes the host's messages, hands them to the silo they are for, and sends the answers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

from renode_wifi.peripherals.base.machine import Machine
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
"""Value of the abort event for a message that cannot be understood."""


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
        self.status = Status()
        self.powered = False
        self.aborted = False
        self.generation = 0
        """Counts power cycles: what was scheduled in an earlier one is void."""
        self._handlers: dict[int, Handler] = {}
        self._on_start: list[Callable[[], None]] = []
        self._on_stop: list[Callable[[], None]] = []

    def handle(self, opcode: Opcode, handler: Handler) -> None:
        self._handlers[opcode] = handler

    def on_start(self, callback: Callable[[], None]) -> None:
        """Call when the processor has booted, before InitComplete."""
        self._on_start.append(callback)

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Call when power goes: forget what does not survive it."""
        self._on_stop.append(callback)

    # From the link

    def on_power(self, level: bool) -> None:
        self.powered = level
        self.generation += 1
        self.machine.trace(self.name, "power", on=level)
        if level:
            self.aborted = False
            self.status = Status(
                tx_pool=self.profile.tx_pool, minimum_payload=self.profile.minimum_payload
            )
            self.after(self.profile.boot_time_us * 1_000, self._booted)
        else:
            for callback in self._on_stop:
                callback()

    def on_garbage(self, word: int) -> None:
        self.machine.log.warning(
            "%s: word 0x%08X from the host belongs to no message; is the link out of step?",
            self.name,
            word,
        )

    def receive(self, message: bytes) -> None:
        """A whole message from the host."""
        if not self.powered or self.aborted:
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
        self.after(self.profile.command_time_us * 1_000, partial(self._execute, command))

    # For the silos

    def after(self, delay: int, callback: Callable[[], None]) -> Any:
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
        self._send(opcode, body, "event")

    def abort(self, reason: str) -> None:
        """Tell the host of a fatal error; nothing is answered until the next power-on."""
        self.machine.log.error("%s: fatal error: %s", self.name, reason)
        self.event(Opcode.ABORT, struct.pack("<II", ABORT_MALFORMED, 0))
        self.aborted = True

    # Inner

    def _booted(self) -> None:
        for callback in self._on_start:
            callback()

    def _if_same_power(self, generation: int, callback: Callable[[], None]) -> None:
        if generation == self.generation and self.powered:
            callback()

    def _execute(self, command: Command) -> None:
        if self.aborted:
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
        if not self.powered or self.aborted:
            return
        self.machine.trace(
            self.name,
            "message",
            direction=direction,
            opcode=name_of(opcode | COMMAND_BIT if direction == "response" else opcode),
            body=body,
        )
        self.link.send(emit(opcode, self.status, body))
