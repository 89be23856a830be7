"""The `P`, `R` and `S` commands, which act on the socket chosen by `P0`."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.ism43362.messages.argument import (
    ANY,
    Address,
    Bare,
    Milliseconds,
    Port,
    Switch,
    taken,
    within,
)
from renode_wifi.peripherals.ism43362.messages.data import (
    PacketSize,
    ReadSettings,
    Write,
    WriteFixed,
    WriteSettings,
)
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.transport import (
    SOCKETS,
    AcceptLoop,
    Backlog,
    BypassMode,
    KeepAlive,
    Protocol,
    ProtocolNumber,
    ServerCommand,
    ServerMode,
    SocketNumber,
    TransportSettings,
    Verification,
)
from renode_wifi.peripherals.ism43362.sockets.environment import Environment
from renode_wifi.peripherals.ism43362.sockets.socket import Socket
from renode_wifi.peripherals.ism43362.transaction import Transaction


class Sockets:
    """The commands, and the choice of the socket they act on."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._make()

    def _make(self) -> None:
        self.all = [Socket(self.environment, number) for number in range(SOCKETS)]
        self.current = self.all[0]

    def reset(self) -> None:
        for socket in self.all:
            socket.reset()
        self._make()

    def drop(self, number: int | None) -> None:
        """Lose the connection of one socket; None: the current one."""
        (self.current if number is None else self.all[number]).drop()

    def drop_all(self) -> None:
        for socket in self.all:
            socket.drop()

    def select(self, transaction: Transaction, message: SocketNumber) -> Reply:
        self.current = self.all[message.value]
        return DONE

    def set_protocol(self, transaction: Transaction, message: ProtocolNumber) -> Reply:
        self.current.protocol = Protocol(message.value)
        return DONE

    def set_local_port(self, transaction: Transaction, message: Port) -> Reply:
        self.current.local_port = message.value
        return DONE

    def set_remote_address(self, transaction: Transaction, message: Address) -> Reply:
        self.current.remote_address = message.value
        return DONE

    def set_remote_port(self, transaction: Transaction, message: Port) -> Reply:
        self.current.remote_port = message.value
        return DONE

    def serve(self, transaction: Transaction, message: ServerCommand) -> Reply:
        socket = self.current
        if message.mode in (ServerMode.START, ServerMode.START_LOOP):
            socket.accept_loop = message.mode is ServerMode.START_LOOP
            return socket.serve()
        if message.mode is ServerMode.CLOSE_CLIENT:
            socket.close_client()
            socket.next_client()
        else:
            socket.close()
        return DONE

    def connect(self, transaction: Transaction, message: Switch) -> Reply | None:
        if message.value:
            return self.current.connect(transaction)
        self.current.close()
        return DONE

    def accept(self, transaction: Transaction, message: AcceptLoop) -> Reply:
        if message.value < AcceptLoop.CLOSE_CLIENT:
            self.current.accept_loop = message.value == 1
        elif message.value == AcceptLoop.CLOSE_CLIENT:
            self.current.close_client()
        else:
            self.current.next_client()
        return DONE

    def set_backlog(self, transaction: Transaction, message: Backlog) -> Reply:
        self.current.backlog = message.value
        return DONE

    def set_verification(self, transaction: Transaction, message: Verification) -> Reply:
        self.current.verification = message.value
        return DONE

    def set_keep_alive(self, transaction: Transaction, message: KeepAlive) -> Reply:
        self.current.set_keep_alive(message.milliseconds * MILLISECOND if message.enabled else 0)
        return DONE

    def set_bypass(self, transaction: Transaction, message: BypassMode) -> Reply:
        return DONE

    def show_settings(self, transaction: Transaction, message: Bare) -> Reply:
        """The local address is 0.0.0.0 until there is a connection.

        Of a server it is the client's address: ST's driver waits for that and takes it from there.
        """
        socket = self.current
        lease = self.environment.access.lease
        connection = socket.connection
        local, port = ANY, socket.local_port
        if connection is not None and connection.alive and connection.stream is not None:
            local, port = connection.stream.local
            if socket.serving:
                local = connection.remote[0]
        elif socket.datagrams is not None and socket.datagrams.port is not None:
            local = lease.address if lease is not None else ANY
            port = socket.datagrams.port.port
        shown = TransportSettings(
            socket.protocol,
            local,
            port,
            socket.remote_address,
            socket.remote_port,
            socket.serving and not socket.is_udp,
            socket.serving and socket.is_udp,
            socket.backlog,
            socket.accept_loop,
            socket.read_mode,
        )
        return Ok(shown.emit())

    def read(self, transaction: Transaction, message: Bare) -> Reply | None:
        return self.current.read(transaction)

    def set_read_size(self, transaction: Transaction, message: PacketSize) -> Reply:
        limit = self.environment.profile.longest_read
        self.current.read_size = within(message.value, limit, 1)
        return DONE

    def set_read_timeout(self, transaction: Transaction, message: Milliseconds) -> Reply:
        self.current.read_timeout = message.value
        return DONE

    def set_read_mode(self, transaction: Transaction, message: Switch) -> Reply:
        self.current.read_mode = message.value
        return DONE

    def show_read_settings(self, transaction: Transaction, message: Bare) -> Reply:
        socket = self.current
        return Ok(ReadSettings(socket.read_size, socket.read_timeout, socket.read_mode).emit())

    def write_fixed(self, transaction: Transaction, message: WriteFixed) -> Reply | None:
        socket = self.current
        return socket.write(transaction, taken(message.payload, socket.write_size))

    def set_write_size(self, transaction: Transaction, message: PacketSize) -> Reply:
        limit = self.environment.profile.longest_write
        self.current.write_size = within(message.value, limit, 1)
        return DONE

    def set_write_timeout(self, transaction: Transaction, message: Milliseconds) -> Reply:
        self.current.write_timeout = message.value
        return DONE

    def write(self, transaction: Transaction, message: Write) -> Reply | None:
        within(len(message.data), self.environment.profile.longest_write)
        return self.current.write(transaction, message.data)

    def show_write_settings(self, transaction: Transaction, message: Bare) -> Reply:
        socket = self.current
        return Ok(WriteSettings(socket.write_size, socket.write_timeout).emit())

    HANDLERS = (
        Handler("P0", SocketNumber, select),
        Handler("P1", ProtocolNumber, set_protocol),
        Handler("P2", Port, set_local_port),
        Handler("P3", Address, set_remote_address),
        Handler("P4", Port, set_remote_port),
        Handler("P5", ServerCommand, serve),
        Handler("P6", Switch, connect),
        Handler("P7", AcceptLoop, accept),
        Handler("P8", Backlog, set_backlog),
        Handler("P9", Verification, set_verification),
        Handler("PK", KeepAlive, set_keep_alive),
        Handler("PR", BypassMode, set_bypass),
        Handler("P?", Bare, show_settings),
        Handler("R0", Bare, read),
        Handler("R1", PacketSize, set_read_size),
        Handler("R2", Milliseconds, set_read_timeout),
        Handler("R3", Switch, set_read_mode),
        Handler("R?", Bare, show_read_settings),
        Handler("S0", WriteFixed, write_fixed),
        Handler("S1", PacketSize, set_write_size),
        Handler("S2", Milliseconds, set_write_timeout),
        Handler("S3", Write, write),
        Handler("S?", Bare, show_write_settings),
    )
