"""AT text: requests in, replies out (Inventek eS-WiFi command set, "AT Command Syntax").

A request is `NAME` or `NAME=argument`, ended by a carriage return; commands that carry data have
it directly after that. Drivers add line feeds, padding and surplus bytes, which mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

LONGEST_TEXT = 512
"""Bytes of a request up to its carriage return; a URL or a host name of 255 fits."""

OK = b"\r\nOK\r\n> "
PROMPT = b"\r\n> "
ERROR = b"\r\nERROR"

_NAME = re.compile(rb"[A-Z][A-Z0-9?]")
_NUMBER = re.compile(rb" *(\d{1,10}) *")


class BadRequest(Exception):
    """What is wrong with a request; becomes the text of an error reply."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command. argument None: there was no `=`."""

    name: str
    argument: bytes | None = None
    rest: bytes = b""
    """Everything after the carriage return."""

    @property
    def text(self) -> str:
        """The command as a person would write it."""
        if self.argument is None:
            return self.name
        return f"{self.name}={self.argument.decode('latin-1')}"

    def required(self) -> bytes:
        if self.argument is None:
            raise BadRequest(f"{self.name}=<value>")
        return self.argument

    def number(self, maximum: int, minimum: int = 0) -> int:
        return number(self.required(), maximum, minimum)

    def address(self) -> IPv4Address:
        try:
            return IPv4Address(self.required().decode("ascii").strip())
        except (AddressValueError, UnicodeDecodeError):
            raise BadRequest(f"{self.name}=<a.b.c.d>") from None

    def fields(self, count: int) -> list[bytes]:
        """The argument split at commas, which must give `count` fields."""
        fields = self.required().split(b",")
        if len(fields) != count:
            raise BadRequest(f"{self.name} takes {count} values")
        return fields

    def payload(self, length: int) -> bytes:
        """The `length` bytes of data that the command announced."""
        if len(self.rest) < length:
            raise BadRequest(f"{length} bytes announced, {len(self.rest)} sent")
        return self.rest[:length]


@lru_cache(maxsize=256)
def parse(window: bytes) -> Request:
    """Read the bytes of one command window. Drivers send the same few over and over."""
    text, end, rest = window.partition(b"\r")
    if not end:
        raise BadRequest("no carriage return")
    if len(text) > LONGEST_TEXT:
        raise BadRequest("too long")
    name, equals, argument = text.partition(b"=")
    if _NAME.fullmatch(name) is None:
        raise BadRequest("no such command")
    return Request(name.decode("ascii"), argument if equals else None, rest)


@lru_cache(maxsize=256)
def number(text: bytes, maximum: int, minimum: int = 0) -> int:
    """A decimal number within limits."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise BadRequest("not a number")
    value = int(match.group(1))
    if not minimum <= value <= maximum:
        raise BadRequest(f"not within {minimum} and {maximum}")
    return value


def success(data: bytes = b"") -> bytes:
    return b"\r\n" + data + OK


def error(reason: str = "", data: bytes = b"") -> bytes:
    """Drivers look for the line ERROR and for the missing OK; `data` goes ahead of it."""
    before = b"\r\n" + data if data else b""
    text = b": " + reason.encode("latin-1", "replace") if reason else b""
    return before + ERROR + text + PROMPT


def usage(reason: str) -> bytes:
    """The reply to a request that cannot be understood."""
    return ERROR + b"\r\nUSAGE: " + reason.encode("latin-1", "replace") + PROMPT


def partial(line: bytes) -> bytes:
    """One line of a listing that goes on with the next `MR`."""
    return b"\r\n" + line + PROMPT
