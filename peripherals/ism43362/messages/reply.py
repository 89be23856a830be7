"""Replies: what stands around the data of a command ("AT Command Response").

Drivers look for the OK tail or for the line ERROR, byte for byte; what a firmware version words
otherwise is a `Style`.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.late import late_dataclass

OK_TAIL = b"\r\nOK\r\n> "
PROMPT = b"\r\n> "
ERROR = b"\r\nERROR"
USAGE = b"\r\nUSAGE: "


@late_dataclass(frozen=True)
class Style:
    """How a firmware words its replies."""

    error_text: bool = True
    """The reason follows ERROR."""
    extra_line_before_ok: bool = False
    """An OK without data has one more empty line."""
    connection_lost: bytes = b"\r\n-1\r\nERROR\r\n> "
    """R0 and S3 on a connection that is gone or was never there."""
    listing_end: bytes = PROMPT
    """Ends each line but the last of a scan with F0=2."""


DEFAULT = Style()


@late_dataclass(frozen=True)
class Ok:
    """The command was executed."""

    data: bytes = b""

    def emit(self, style: Style = DEFAULT) -> bytes:
        data = self.data
        if not data and style.extra_line_before_ok:
            data = b"\r\n"
        return b"\r\n" + data + OK_TAIL


DONE = Ok()
"""The usual answer to a setting."""


@late_dataclass(frozen=True)
class Error:
    """The command failed. data: goes ahead of ERROR."""

    reason: str = ""
    data: bytes = b""

    def emit(self, style: Style = DEFAULT) -> bytes:
        before = b"\r\n" + self.data if self.data else b""
        reason = self.reason if style.error_text else ""
        return before + ERROR + (b": " + _text(reason) if reason else b"") + PROMPT


@late_dataclass(frozen=True)
class Usage:
    """The request cannot be understood."""

    reason: str = ""

    def emit(self, style: Style = DEFAULT) -> bytes:
        return ERROR + USAGE + _text(self.reason if style.error_text else "") + PROMPT


@late_dataclass(frozen=True)
class ConnectionLost:
    """There is no connection to read from or to write to."""

    def emit(self, style: Style = DEFAULT) -> bytes:
        return style.connection_lost


@late_dataclass(frozen=True)
class ListingLine:
    """One line of a listing that goes on with the next `MR`."""

    line: bytes

    def emit(self, style: Style = DEFAULT) -> bytes:
        return b"\r\n" + self.line + style.listing_end


Reply = Ok | Error | Usage | ConnectionLost | ListingLine


def parse(data: bytes, style: Style = DEFAULT) -> Reply:
    """The reply in `data`, without padding. Raises ValueError for bytes that are none."""
    if data == style.connection_lost:
        return ConnectionLost()
    if data.startswith(b"\r\n") and data.endswith(OK_TAIL) and len(data) >= len(Ok().emit()):
        text = data[2 : -len(OK_TAIL)]
        return Ok(b"" if style.extra_line_before_ok and text == b"\r\n" else text)
    before, error, after = data.rpartition(ERROR)
    if error and after.endswith(PROMPT):
        after = after[: -len(PROMPT)]
        if after.startswith(USAGE) and not before:
            return Usage(after[len(USAGE) :].decode("latin-1"))
        stands_alone = not before or (before.startswith(b"\r\n") and len(before) > 2)
        if stands_alone and (not after or (after.startswith(b": ") and len(after) > 2)):
            return Error(after[2:].decode("latin-1"), before[2:])
    end = style.listing_end
    if data.startswith(b"\r\n") and data.endswith(end) and len(data) >= 2 + len(end):
        return ListingLine(data[2 : -len(end)])
    raise ValueError(f"{data!r} is no reply")


def _text(reason: str) -> bytes:
    return reason.encode("latin-1", "replace")
