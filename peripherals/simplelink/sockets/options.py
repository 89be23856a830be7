"""Options of a socket (SimpleLink SDK, sl_socket.h), as far as the network processor heeds them."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.messages.sockets import Timeval, number
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

TIMEOUT_STEP = 10 * MILLISECOND
"""Granularity of time-outs."""

SOCKET_OPTIONS = {
    RECEIVE_BUFFER: 4,
    KEEP_ALIVE: 4,
    LINGER: 8,
    RECEIVE_TIMEOUT: 8,
    NON_BLOCKING: 4,
    METHOD: 1,
    CIPHER_MASK: 4,
    SECURE_FILES: 4,
    KEY_FILE: 0,
    CERTIFICATE_FILE: 0,
    CA_FILE: 0,
    PEER_FILE: 0,
    KEEP_ALIVE_TIME: 4,
    DISABLE_STORE: 0,
    NO_BOUNDARY: 4,
    ALPN: 4,
    CHALLENGE: 0,
    DOMAIN_NAME: 0,
    OCSP: 0,
    ALPN_GENERAL: 0,
}
"""Options that may be set, and how many bytes they need at least."""

IP_OPTIONS = range(60, 90)
"""Multicast membership and time to live."""
PHY_OPTIONS = range(100, 120)

DEFAULT_METHOD, LAST_METHOD = 4, 5
"""SL_SO_SEC_METHOD_SSLv3_TLSV1_2 and SL_SO_SEC_METHOD_DLSV1."""
DEFAULTS = {METHOD: bytes((DEFAULT_METHOD,))}
"""Those that aren't zero."""


class Options:
    """What was set on one socket, by level and number."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, int], bytes] = {}

    def set(self, level: int, name: int, value: bytes) -> int:
        """0, or the error."""
        if level == LEVEL_SOCKET:
            if name not in SOCKET_OPTIONS:
                return Error.NO_PROTOCOL_OPTION
            if len(value) < SOCKET_OPTIONS[name]:
                return Error.INVALID
            if name == METHOD and value[0] > LAST_METHOD:
                return Error.INVALID
        elif level == LEVEL_IP:
            if name not in IP_OPTIONS:
                return Error.NO_PROTOCOL_OPTION
        elif level != LEVEL_PHY or name not in PHY_OPTIONS:
            return Error.NO_PROTOCOL_OPTION
        self.values[level, name] = value
        return 0

    def get(self, level: int, name: int) -> bytes | None:
        """The value as set, or the default; None for an option that doesn't exist."""
        if (level, name) in self.values:
            return self.values[level, name]
        if level == LEVEL_SOCKET and name in SOCKET_OPTIONS:
            return DEFAULTS.get(name, bytes(SOCKET_OPTIONS[name]))
        return None

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
