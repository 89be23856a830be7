"""The socket silo put together: what the sockets notify, and who goes on."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.handlers import HasHandlers
from renode_wifi.peripherals.network.contract.station import Station
from renode_wifi.peripherals.network.contract.stream import Stream
from renode_wifi.peripherals.network.tls.settings import TlsVerdict
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.flow_control import FlowControl
from renode_wifi.peripherals.simplelink.messages.sockets import Address
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.sockets.client import Clients
from renode_wifi.peripherals.simplelink.sockets.closing import Closing
from renode_wifi.peripherals.simplelink.sockets.creation import Creation
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.handshakes import Handshakes
from renode_wifi.peripherals.simplelink.sockets.keep_alive import KeepAlives
from renode_wifi.peripherals.simplelink.sockets.selection import Selector
from renode_wifi.peripherals.simplelink.sockets.server import Servers
from renode_wifi.peripherals.simplelink.sockets.settings import SocketSettings
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transfer import Transfers
from renode_wifi.peripherals.simplelink.transaction import Services, Silo

LOOPBACK_TIME = 100 * MICROSECOND


class Sockets(Silo):
    """Owner of the sockets."""

    def __init__(
        self,
        services: Services,
        power: PowerState,
        flow: FlowControl,
        device: Device,
        files: FileSystem,
    ) -> None:
        self.services = services
        self.slots = SocketTable(services, power, flow)
        self.selector = Selector(services, self.slots)
        self.transfers = Transfers(services, power, flow, self.slots)
        self.handshakes = Handshakes(services, self.slots, device, files, self)
        self.servers = Servers(services, self, self.slots, self.handshakes)
        self.clients = Clients(services, self.slots, self.handshakes, self.selector)
        self.creation = Creation(services, self, self.slots, device)
        self.closing = Closing(
            services,
            self.slots,
            self.servers,
            self.clients,
            self.transfers,
            self.handshakes,
            self.selector,
        )
        self.keep_alives = KeepAlives(services)
        self.settings = SocketSettings(
            services, self.slots, self.transfers, self.handshakes, self.keep_alives
        )

    @property
    def parts(self) -> tuple[HasHandlers, ...]:
        return (
            self.creation,
            self.closing,
            self.servers,
            self.clients,
            self.transfers,
            self.selector,
            self.settings,
        )

    @property
    def table(self) -> list[Socket | None]:
        """`table[n]` is socket n."""
        return self.slots.places

    def stopped(self) -> None:
        """Everything is gone at once."""
        self.selector.reset()
        for socket in (*self.slots.all(), *self.slots.detached):
            socket.stop_receiving()
            socket.release()
        self.slots.clear()

    # From the WLAN silo

    def joined(self, socket: StreamSocket | None = None) -> None:
        """There is an address: for all sockets, or for one that listens."""
        if socket is not None:
            self.servers.open_listener(socket)
            return
        for other in self.slots.all():
            other.joined()

    def lost(self) -> None:
        for socket in (*self.slots.all(), *self.slots.detached):
            socket.lost()

    # From the sockets

    @property
    def station(self) -> Station | None:
        return self.services.network.joined

    def free_port(self) -> int:
        return self.slots.free_port()

    def trace(self, socket: Socket, **fields: object) -> None:
        self.slots.trace(socket, **fields)

    def refresh(self) -> None:
        self.slots.refresh()

    def loop_back(self, sender: Address, port: int, data: bytes) -> None:
        """The driver wakes its own `select` so."""
        self.services.host.after(LOOPBACK_TIME, partial(self._looped, sender, port, data))

    def _looped(self, sender: Address, port: int, data: bytes) -> None:
        for socket in self.slots.all():
            if isinstance(socket, DatagramSocket) and socket.port == port:
                socket.on_datagram(sender, data)

    def changed(self, socket: Socket) -> None:
        if isinstance(socket, StreamSocket) and socket.closing:
            return
        self.transfers.try_receive(socket)
        if isinstance(socket, StreamSocket):
            self.servers.try_accept(socket)
        self.selector.look()

    def flushed(self, socket: StreamSocket) -> None:
        if socket.closing and not socket.outbox:
            self.closing.ended(socket, unsent=False)
        else:
            self.selector.look()

    def connected(self, socket: StreamSocket) -> None:
        self.clients.connected(socket)

    def opened(self, socket: StreamSocket) -> None:
        self.keep_alives.watch(socket)

    def connect_failed(self, socket: StreamSocket, status: int) -> None:
        self.clients.failed(socket, status)

    def handshake_done(self, socket: StreamSocket, verdict: TlsVerdict) -> None:
        self.handshakes.done(socket, verdict)

    def tls_ended(self, socket: StreamSocket, stream: Stream) -> None:
        self.handshakes.ended(socket)

    def broken(self, socket: StreamSocket) -> None:
        unsent = bool(socket.outbox)
        socket.outbox.clear()
        if socket.state is StreamState.HANDSHAKE:
            self.handshakes.failed(socket, Error.TLS_CLOSED)
            return
        socket.become(StreamState.BROKEN)
        if socket.closing:
            self.closing.ended(socket, unsent)
            return
        if unsent:
            self.slots.notify(Opcode.TX_FAILED, Error.NOT_CONNECTED, socket.number)
        self.changed(socket)

    # From the handshakes

    def secured(self, socket: StreamSocket, status: int) -> None:
        """A handshake in a connect or an accept has come to its end."""
        if socket.acceptor is None:
            self.clients.done(socket, status)
        elif socket.state is StreamState.OPEN:
            socket.acceptor.secured.append(socket)
            self.changed(socket.acceptor)
        else:
            self.servers.not_accepted(socket, status)
