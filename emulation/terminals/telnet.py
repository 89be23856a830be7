"""The part of telnet that a serial port needs (RFC 854): a greeting, and escapes of byte 255."""

from __future__ import annotations

IAC, SE, SB, WILL, WONT, DO, DONT = 255, 240, 250, 251, 252, 253, 254
BINARY, ECHO, SUPPRESS_GO_AHEAD, LINEMODE = 0, 1, 3, 34

GREETING = bytes(
    (IAC, DO, BINARY, IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, WONT, LINEMODE)
)
"""What Renode's terminal sends to a client: characters go out as they are typed, and the board
echoes."""


class TelnetFilter:
    """Takes a client's commands out of what it types, however the bytes are cut."""

    def __init__(self) -> None:
        self._command = bytearray()
        """From IAC on, while it is incomplete."""

    def received(self, data: bytes) -> bytes:
        typed = bytearray()
        for byte in data:
            if not self._command:
                if byte == IAC:
                    self._command.append(byte)
                else:
                    typed.append(byte)
                continue
            self._command.append(byte)
            if self._command == bytes((IAC, IAC)):
                typed.append(IAC)
            if self._is_complete():
                self._command.clear()
        return bytes(typed)

    def _is_complete(self) -> bool:
        kind = self._command[1]
        if kind == SB:
            # An option's text may be long; its end is all that counts.
            ended = self._command[-2:] == bytes((IAC, SE)) and len(self._command) > 3
            del self._command[3:-1]
            return ended
        return len(self._command) == (3 if kind in (WILL, WONT, DO, DONT) else 2)
