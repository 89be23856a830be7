"""Options of a socket (SimpleLink SDK, sl_socket.h): which there are, for whom, and their values.

An option that is accepted has an effect; what has none here is refused, and the log says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.messages.sockets import Linger, Timeval, number, word
from renode_wifi.peripherals.simplelink.opcodes import Error

LEVEL_SOCKET, LEVEL_IP, LEVEL_PHY = 1, 2, 3

RECEIVE_BUFFER = 8
KEEP_ALIVE = 9
LINGER = 13
RECEIVE_TIMEOUT = 20
NON_BLOCKING = 24
METHOD = 25
CIPHER_MASK = 26
SECURE_FILES = 27
CHANGE_CHANNEL = 28
KEY_FILE = 30
CERTIFICATE_FILE = 31
CA_FILE = 32
PEER_FILE = 33
START_TLS = 35
CONNECTION_PARAMETERS = 36
KEEP_ALIVE_TIME = 37
DISABLE_STORE = 38
NO_BOUNDARY = 39
ALPN = 40
CHALLENGE = 41
DOMAIN_NAME = 42
OCSP = 43
ALPN_GENERAL = 44

TRANSMIT_RATE, TRANSMIT_POWER, FRAMES_TO_SEND, SHORT_PREAMBLE = 100, 101, 102, 103
CLEARANCE, TRANSMIT_TIMEOUT, ALLOW_ACKS = 104, 105, 106
LIMITS = {
    TRANSMIT_RATE: range(1, 22),
    TRANSMIT_POWER: range(1, 16),
    FRAMES_TO_SEND: range(1, 1 << 32),
    SHORT_PREAMBLE: range(2),
    CLEARANCE: range(1, 7),
    TRANSMIT_TIMEOUT: range(1, 101),
    ALLOW_ACKS: range(2),
}
"""Of options of the physical layer (sl_socket.h, sl_SetSockOpt; time-outs in ms)."""

MULTICAST_IF = 60
MULTICAST_TTL = 61
ADD_MEMBERSHIP = 65
DROP_MEMBERSHIP = 66

TIMEOUT_STEP = 10 * MILLISECOND
"""Granularity of time-outs."""
DEFAULT_METHOD, LAST_METHOD = 4, 5
"""SL_SO_SEC_METHOD_SSLv3_TLSV1_2 and SL_SO_SEC_METHOD_DLSV1."""
DEFAULT_CIPHERS = (1 << 23) - 1
"""SL_SEC_MASK_SECURE_DEFAULT."""
DEFAULT_KEEP_ALIVE_TIME = 300
"""Seconds."""


class SocketKind(Flag):
    """Of a socket."""

    STREAM = auto()
    DATAGRAM = auto()
    RAW = auto()
    ANY = STREAM | DATAGRAM | RAW


@dataclass(frozen=True)
class SocketOption:
    """size: bytes that a value has at least."""

    size: int
    kind: SocketKind = SocketKind.ANY
    default: bytes | None = None


TLS = SocketKind.STREAM
OPTIONS = {
    (LEVEL_SOCKET, RECEIVE_BUFFER): SocketOption(4),
    (LEVEL_SOCKET, KEEP_ALIVE): SocketOption(4, default=word(1)),
    (LEVEL_SOCKET, LINGER): SocketOption(8),
    (LEVEL_SOCKET, RECEIVE_TIMEOUT): SocketOption(8),
    (LEVEL_SOCKET, NON_BLOCKING): SocketOption(4),
    (LEVEL_SOCKET, METHOD): SocketOption(1, TLS, bytes((DEFAULT_METHOD,))),
    (LEVEL_SOCKET, CIPHER_MASK): SocketOption(4, TLS, word(DEFAULT_CIPHERS)),
    (LEVEL_SOCKET, KEY_FILE): SocketOption(0, TLS),
    (LEVEL_SOCKET, CERTIFICATE_FILE): SocketOption(0, TLS),
    (LEVEL_SOCKET, CA_FILE): SocketOption(0, TLS),
    (LEVEL_SOCKET, PEER_FILE): SocketOption(0, TLS),
    (LEVEL_SOCKET, KEEP_ALIVE_TIME): SocketOption(4, default=word(DEFAULT_KEEP_ALIVE_TIME)),
    (LEVEL_SOCKET, DISABLE_STORE): SocketOption(0, TLS),
    (LEVEL_SOCKET, NO_BOUNDARY): SocketOption(4, SocketKind.DATAGRAM),
    (LEVEL_SOCKET, ALPN): SocketOption(4, TLS),
    (LEVEL_SOCKET, DOMAIN_NAME): SocketOption(0, TLS),
    (LEVEL_SOCKET, ALPN_GENERAL): SocketOption(0, TLS),
    (LEVEL_IP, MULTICAST_IF): SocketOption(4, SocketKind.DATAGRAM),
    (LEVEL_IP, MULTICAST_TTL): SocketOption(1, SocketKind.DATAGRAM, b"\1"),
    (LEVEL_IP, ADD_MEMBERSHIP): SocketOption(8, SocketKind.DATAGRAM),
    (LEVEL_IP, DROP_MEMBERSHIP): SocketOption(8, SocketKind.DATAGRAM),
    (LEVEL_SOCKET, CHANGE_CHANNEL): SocketOption(4, SocketKind.RAW),
    (LEVEL_PHY, TRANSMIT_RATE): SocketOption(4, SocketKind.RAW, word(1)),
    (LEVEL_PHY, TRANSMIT_POWER): SocketOption(4, SocketKind.RAW, word(0)),
    (LEVEL_PHY, FRAMES_TO_SEND): SocketOption(4, SocketKind.RAW, word(1)),
    (LEVEL_PHY, SHORT_PREAMBLE): SocketOption(4, SocketKind.RAW, word(0)),
    (LEVEL_PHY, CLEARANCE): SocketOption(4, SocketKind.RAW, word(3)),
    (LEVEL_PHY, TRANSMIT_TIMEOUT): SocketOption(4, SocketKind.RAW, word(100)),
    (LEVEL_PHY, ALLOW_ACKS): SocketOption(4, SocketKind.RAW, word(0)),
}
"""By level and number. Those of raw IP and of IPv6 are missing with these sockets."""

WITHOUT_EFFECT = {
    (LEVEL_SOCKET, SECURE_FILES): "names of files by options 30 to 33",
    (LEVEL_SOCKET, CHALLENGE): "a key in a file by option 30",
    (LEVEL_SOCKET, OCSP): "no revocation check",
}
"""Refused because they aren't modelled, and what to do instead."""


class Options:
    """What was set on one socket, by level and number."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, int], bytes] = {}

    def refusal(self, kind: SocketKind, level: int, name: int, value: bytes) -> int:
        """0, or why a value cannot be set on a socket of this kind."""
        option = OPTIONS.get((level, name))
        if option is None:
            return Error.NO_PROTOCOL_OPTION
        if not option.kind & kind:
            return Error.OPERATION_NOT_SUPPORTED
        if len(value) < option.size:
            return Error.INVALID
        if (level, name) == (LEVEL_SOCKET, METHOD) and value[0] > LAST_METHOD:
            return Error.INVALID
        if level == LEVEL_PHY and number(value) not in LIMITS[name]:
            return Error.INVALID
        return 0

    def set(self, level: int, name: int, value: bytes) -> None:
        self.values[level, name] = value

    def get(self, level: int, name: int) -> bytes | None:
        """The value as set, or the default; None for an option that doesn't exist."""
        option = OPTIONS.get((level, name))
        if option is None:
            return None
        default = bytes(option.size) if option.default is None else option.default
        return self.values.get((level, name), default)

    def number(self, name: int) -> int | None:
        """A numeric option of the socket level; None where it was not set."""
        value = self.values.get((LEVEL_SOCKET, name))
        return None if value is None else number(value)

    def text(self, name: int) -> str:
        """A name, with or without its zero byte."""
        value = self.values.get((LEVEL_SOCKET, name), b"")
        return value.partition(b"\0")[0].decode("latin-1")

    @property
    def non_blocking(self) -> bool:
        return bool(self.number(NON_BLOCKING))

    @property
    def keep_alive(self) -> int:
        """ns without traffic until the peer is probed; 0: never."""
        if self.number(KEEP_ALIVE) == 0:
            return 0
        seconds = self.number(KEEP_ALIVE_TIME)
        return (DEFAULT_KEEP_ALIVE_TIME if seconds is None else seconds) * SECOND

    @property
    def multicast_ttl(self) -> int:
        return self.values.get((LEVEL_IP, MULTICAST_TTL), b"\1")[0]

    @property
    def linger(self) -> int | None:
        """Seconds that a close waits for data to be sent; None: it doesn't wait."""
        value = self.values.get((LEVEL_SOCKET, LINGER))
        if value is None:
            return None
        linger = Linger.parse(value)
        return linger.time if linger.enabled else None

    @property
    def receive_timeout(self) -> int:
        """In ns, a whole number of steps; 0: for ever."""
        value = self.values.get((LEVEL_SOCKET, RECEIVE_TIMEOUT))
        if value is None:
            return 0
        timeout = Timeval.parse(value)
        return in_steps(timeout.seconds * SECOND + timeout.micros * MICROSECOND)


def in_steps(duration: int) -> int:
    """A duration in ns, rounded up to whole steps."""
    return -(-duration // TIMEOUT_STEP) * TIMEOUT_STEP
