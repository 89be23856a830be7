"""The messages of a TLS handshake as they pass, by name (RFC 5246 section 7.4)."""

from __future__ import annotations

HANDSHAKE, CHANGE_CIPHER_SPEC, APPLICATION_DATA = 22, 20, 23
HEADER = 5
"""Bytes of a record's header (RFC 5246 section 6.2.1)."""

BY_CLIENT = {1: "client-hello", 11: "client-certificate", 15: "certificate-verify"}
BY_CLIENT |= {16: "client-key-exchange"}
BY_SERVER = {2: "server-hello", 11: "server-certificate", 12: "server-key-exchange"}
BY_SERVER |= {13: "certificate-request", 14: "server-hello-done"}
FINISHED = {True: "server-finished", False: "client-finished"}
"""By whether the server sends it."""
MESSAGES = (
    "client-hello",
    "server-hello",
    "server-certificate",
    "server-key-exchange",
    "certificate-request",
    "server-hello-done",
    "client-certificate",
    "client-key-exchange",
    "certificate-verify",
    "client-finished",
    "server-finished",
)
"""In the order of a handshake of TLS 1.2; with 1.3 all behind server-hello count as finished."""

ABORTS = ("reset", "end", "alert")
INTERNAL_ERROR = bytes((21, 3, 3, 0, 2, 2, 80))
"""A fatal alert (RFC 5246 section 7.2)."""


class Passing:
    """One direction of a handshake. by_server: that of the server."""

    def __init__(self, by_server: bool) -> None:
        self.by_server = by_server
        self._names = BY_SERVER if by_server else BY_CLIENT
        self._records = bytearray()
        self._messages = bytearray()
        self._encrypted = False

    def before(self, data: bytes, message: str) -> int | None:
        """How many bytes of `data` pass before the record with `message`; None: it isn't there.

        A message may be in several pieces: what passed in an earlier one has passed.
        """
        start = -len(self._records)
        self._records += data
        place = 0
        while len(self._records) >= place + HEADER:
            size = HEADER + int.from_bytes(self._records[place + 3 : place + HEADER])
            if len(self._records) < place + size:
                break
            record = bytes(self._records[place : place + size])
            if message in self._names_in(record):
                del self._records[:]
                return max(0, start + place)
            place += size
        del self._records[:place]
        return None

    def _names_in(self, record: bytes) -> list[str]:
        kind = record[0]
        if kind == CHANGE_CIPHER_SPEC:
            self._encrypted = True
        elif kind == APPLICATION_DATA or (kind == HANDSHAKE and self._encrypted):
            return [FINISHED[self.by_server]]
        elif kind == HANDSHAKE:
            self._messages += record[HEADER:]
        names = []
        while len(self._messages) >= 4:
            size = 4 + int.from_bytes(self._messages[1:4])
            if len(self._messages) < size:
                break
            names.append(self._names.get(self._messages[0], ""))
            del self._messages[:size]
        return names
