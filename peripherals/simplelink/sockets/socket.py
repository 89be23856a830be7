"""What every socket of the network processor has."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, ClassVar, Protocol

from renode_wifi.peripherals.base.clock import Event
from renode_wifi.peripherals.network.contract.station import Station
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.tls.settings import TlsVerdict
from renode_wifi.peripherals.simplelink.messages.sockets import Address
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.sockets.options import Options, SocketKind

if TYPE_CHECKING:
    # The owner and its sockets know each other.
    from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket

LOOPBACK = IPv4Address("127.0.0.1")

FAILURES = {
    Failure.NOT_JOINED: Error.UNREACHABLE,
    Failure.REFUSED: Error.REFUSED,
    Failure.UNREACHABLE: Error.UNREACHABLE,
    Failure.DENIED: Error.UNREACHABLE,
    Failure.TIMED_OUT: Error.TIMED_OUT,
    Failure.RESET: Error.GENERAL,
    Failure.ADDRESS_IN_USE: Error.ADDRESS_IN_USE,
}


class Owner(Protocol):
    """What a socket asks of the silo, and what it notifies it of."""

    @property
    def station(self) -> Station | None:
        """The radio in the world, while there is an address."""

    def free_port(self) -> int: ...

    def loop_back(self, sender: Address, port: int, data: bytes) -> None:
        """A datagram to the processor itself."""

    def trace(self, socket: Socket, **fields: object) -> None: ...

    def refresh(self) -> None:
        """Bring the status of sockets and buffers in every message up to date."""

    def changed(self, socket: Socket) -> None:
        """Data, a peer or an end has come."""

    def flushed(self, socket: StreamSocket) -> None:
        """There is room in the network again."""

    def connected(self, socket: StreamSocket) -> None:
        """TCP stands."""

    def connect_failed(self, socket: StreamSocket, status: int) -> None: ...

    def handshake_done(self, socket: StreamSocket, verdict: TlsVerdict) -> None: ...

    def tls_ended(self, socket: StreamSocket, stream: Stream) -> None:
        """The peer has closed TLS in good order."""

    def broken(self, socket: StreamSocket) -> None:
        """The connection is lost."""

    def opened(self, socket: StreamSocket) -> None:
        """A connection stands, with TLS where that was asked for."""

    def joined(self, socket: StreamSocket) -> None:
        """There is a network for a socket that listens."""


class Receiving:
    """A receive command that waits for data. opcode: of it, which decides the answer's form."""

    def __init__(self, opcode: int, length: int) -> None:
        self.opcode = opcode
        self.length = length
        self.deadline: Event | None = None


class Socket:
    """secure: made as a secure one, or made so by STARTTLS."""

    kind: ClassVar[SocketKind]

    def __init__(self, owner: Owner, number: int, secure: bool = False) -> None:
        self.owner = owner
        self.number = number
        self.secure = secure
        self.options = Options()
        self.port = 0
        """Local port, as bound; 0: none yet."""
        self.receiving: Receiving | None = None

    def stop_receiving(self) -> Receiving | None:
        receiving, self.receiving = self.receiving, None
        if receiving is not None and receiving.deadline is not None:
            receiving.deadline.cancel()
        return receiving

    @property
    def reserved(self) -> int:
        """Further sockets that are kept free for it."""
        return 0

    @property
    def hidden(self) -> bool:
        """The host doesn't know it: not yet, or no longer."""
        return False

    @property
    def readable(self) -> bool:
        """For `select`: a receive (or accept) would not wait."""
        raise NotImplementedError

    @property
    def writable(self) -> bool:
        raise NotImplementedError

    @property
    def fails_to_send(self) -> bool:
        """The host's next send on it is to fail."""
        return False

    @property
    def unsent(self) -> int:
        """Bytes taken from the host and not yet by the network."""
        return 0

    def joined(self) -> None:
        """The processor has got an address."""

    def lost(self) -> None:
        """The station has lost its network."""

    def release(self) -> None:
        """Let go of everything outside."""
