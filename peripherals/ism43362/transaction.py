"""One command on its way to its reply, and what the parts of the module share of that."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.handlers import Message
from renode_wifi.peripherals.ism43362.faults import Fault
from renode_wifi.peripherals.ism43362.messages.reply import Reply
from renode_wifi.peripherals.ism43362.messages.request import Request


class Executor(Protocol):
    """Who has the command carried out."""

    transaction: Transaction | None

    def finish(self, transaction: Transaction, reply: Reply) -> None:
        """Give the reply to the host once the command has taken its time."""


class Transaction:
    """One command. message: its request as a value, once that is understood."""

    __slots__ = (
        "executor",
        "extra_time",
        "faults",
        "finished",
        "message",
        "request",
        "started",
    )

    def __init__(self, executor: Executor, request: Request, now: int) -> None:
        self.executor = executor
        self.request = request
        self.message: Message | None = None
        self.started = now
        self.extra_time = 0
        """ns that the reply takes beyond that of a simple command."""
        self.faults: list[Fault] = []
        self.finished = False

    @property
    def current(self) -> bool:
        """False once it is answered, or a reset has swept it away."""
        return self.executor.transaction is self

    def finish(self, reply: Reply) -> None:
        if self.current and not self.finished:
            self.finished = True
            self.executor.finish(self, reply)
