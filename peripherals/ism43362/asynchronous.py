"""Asynchronous messages, which the host fetches one by one with `MR`."""

from __future__ import annotations

from collections import deque

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.messages.argument import Bare
from renode_wifi.peripherals.ism43362.messages.asynchronous import AsynchronousMessage
from renode_wifi.peripherals.ism43362.messages.reply import Ok, Reply
from renode_wifi.peripherals.ism43362.scan import Scan
from renode_wifi.peripherals.ism43362.transaction import Transaction

MAX_PENDING = 32
"""Beyond it the oldest is lost: a host need never ask."""


class AsynchronousMessages:
    """What happened since the host last asked."""

    def __init__(self, surroundings: Surroundings, scan: Scan) -> None:
        self.surroundings = surroundings
        self.scan = scan
        self.pending: deque[bytes] = deque(maxlen=MAX_PENDING)

    def reset(self) -> None:
        self.pending.clear()

    def post(self, text: bytes) -> None:
        self.pending.append(text)
        self.surroundings.trace("message", text=text.decode("latin-1"))

    def take(self) -> bytes:
        """The oldest message, or b""."""
        return self.pending.popleft() if self.pending else b""

    def read(self, transaction: Transaction, message: Bare) -> Reply:
        """Also goes on with a scan that reports one access point at a time."""
        line = self.scan.next_line()
        if line is not None:
            return line
        return Ok(AsynchronousMessage(self.take()).emit())

    HANDLERS = (Handler("MR", Bare, read),)
