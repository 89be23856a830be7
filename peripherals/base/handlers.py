"""Tables of handlers: which message a request is, and which method of which part answers it.

Both radios are such tables. A line has the key of a request (an AT command, an opcode), the type of
its message, and the method that gets the message as a value. Parsing is the message's business, so
that a handler sees no bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MethodType
from typing import Any, Generic, Protocol, Self, TypeVar


class Message(Protocol):
    """A request or a reply as an immutable value, with its two directions side by side."""

    @classmethod
    def parse(cls, data: bytes, /) -> Self:
        """The message in `data`. Raises the error of its protocol for bytes that are none."""

    def emit(self) -> bytes:
        """The bytes that `parse` reads."""


Key = TypeVar("Key")
Part = TypeVar("Part")
Transaction = TypeVar("Transaction")
Request = TypeVar("Request", bound=Message)
Reply = TypeVar("Reply", covariant=True)


@dataclass(frozen=True)
class Handler(Generic[Key, Part, Transaction, Request, Reply]):
    """One line of a table.

    function: a method of the part whose table it is. It gets the transaction and the message, and
    returns the reply, or None when it answers the transaction itself, now or later.
    """

    key: Key
    message: type[Request]
    function: Callable[[Part, Transaction, Request], Reply | None]


AnyHandler = Handler[Any, Any, Any, Any, Any]
"""A line of some table."""

Bound = tuple[type[Message], Callable[[Any, Any], Any]]
"""A message type, and the method of a certain part that answers it."""


class HasHandlers(Protocol):
    """A part of a radio."""

    @property
    def HANDLERS(self) -> Iterable[AnyHandler]: ...


def bind(part: HasHandlers) -> dict[object, Bound]:
    """The table of `part`, with its methods bound to it, as snapshots keep them."""
    return {
        handler.key: (handler.message, MethodType(handler.function, part))
        for handler in part.HANDLERS
    }
