"""Asynchronous messages, which the host fetches one by one with `MR`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

MOST_PENDING = 32
"""Beyond it the oldest is lost: a host need never ask."""


class Messages:
    """What happened since the host last asked."""

    COMMANDS = {"MR": "read"}

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.pending: deque[bytes] = deque(maxlen=MOST_PENDING)

    def reset(self) -> None:
        self.pending.clear()

    def post(self, text: bytes) -> None:
        self.pending.append(text)
        self.processor.machine.trace(self.processor.name, "message", text=text.decode("latin-1"))

    def take(self) -> bytes:
        """The oldest message, or b""."""
        return self.pending.popleft() if self.pending else b""

    def read(self, transaction: Transaction) -> bytes:
        line = self.processor.scan.next_line()
        if line is not None:
            return line
        return self.processor.ok(b"[SOMA]" + self.take() + b"[EOMA]")
