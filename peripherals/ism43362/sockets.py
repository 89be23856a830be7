"""The `P`, `R` and `S` commands, which act on the socket chosen by `P0`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.ism43362.at import BadRequest, Request
from renode_wifi.peripherals.ism43362.socket import ANY, Socket

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

SOCKETS = 4
LONGEST_TIMEOUT = 0xFFFFFFFF
"""ms; ST's driver prints a 32-bit number."""
MOST_BACKLOG = 6


class Sockets:
    """The commands, and the choice of the socket they act on."""

    COMMANDS = {
        "P0": "select",
        "P1": "set_protocol",
        "P2": "set_local_port",
        "P3": "set_remote_address",
        "P4": "set_remote_port",
        "P5": "serve",
        "P6": "connect",
        "P7": "accept",
        "P8": "set_backlog",
        "P9": "set_verification",
        "PK": "set_keep_alive",
        "PR": "set_bypass",
        "P?": "settings_line",
        "R0": "read",
        "R1": "set_read_size",
        "R2": "set_read_timeout",
        "R3": "set_read_mode",
        "R?": "read_settings_line",
        "S0": "write_fixed",
        "S1": "set_write_size",
        "S2": "set_write_timeout",
        "S3": "write",
        "S?": "write_settings_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.all = [Socket(processor, number) for number in range(SOCKETS)]
        self.current = self.all[0]

    @staticmethod
    def data_of(request: Request) -> bytes:
        """The data that a request brings for a connection, for observers."""
        if request.name == "S3" and request.argument is not None and request.argument.isdigit():
            return request.rest[: int(request.argument)]
        return b""

    def reset(self) -> None:
        for socket in self.all:
            socket.reset()
        self.all = [Socket(self.processor, number) for number in range(SOCKETS)]
        self.current = self.all[0]

    def drop(self, number: int | None) -> None:
        """Lose the connection of one socket; None: the current one."""
        (self.current if number is None else self.all[number]).drop()

    def drop_all(self) -> None:
        for socket in self.all:
            socket.drop()

    def select(self, transaction: Transaction) -> bytes:
        self.current = self.all[transaction.request.number(SOCKETS - 1)]
        return self.processor.ok()

    def set_protocol(self, transaction: Transaction) -> bytes:
        self.current.protocol = transaction.request.number(4)
        return self.processor.ok()

    def set_local_port(self, transaction: Transaction) -> bytes:
        self.current.local_port = transaction.request.number(0xFFFF)
        return self.processor.ok()

    def set_remote_address(self, transaction: Transaction) -> bytes:
        self.current.remote_address = transaction.request.address()
        return self.processor.ok()

    def set_remote_port(self, transaction: Transaction) -> bytes:
        self.current.remote_port = transaction.request.number(0xFFFF)
        return self.processor.ok()

    def serve(self, transaction: Transaction) -> bytes:
        """`P5`: 0 stop, 1 start, 10 close the client, 11 start and accept one after another."""
        mode = transaction.request.number(11)
        socket = self.current
        if mode in (1, 11):
            socket.accept_loop = mode == 11
            return socket.serve()
        if mode == 10:
            socket.close_client()
            socket.next_client()
        elif mode == 0:
            socket.close()
        else:
            raise BadRequest("P5=<0|1|10|11>")
        return self.processor.ok()

    def connect(self, transaction: Transaction) -> bytes | None:
        if transaction.request.number(1):
            return self.current.connect(transaction)
        self.current.close()
        return self.processor.ok()

    def accept(self, transaction: Transaction) -> bytes:
        """`P7`: 0 or 1 set the accept loop, 2 closes the client, 3 turns to the next."""
        mode = transaction.request.number(3)
        if mode < 2:
            self.current.accept_loop = mode == 1
        elif mode == 2:
            self.current.close_client()
        else:
            self.current.next_client()
        return self.processor.ok()

    def set_backlog(self, transaction: Transaction) -> bytes:
        self.current.backlog = transaction.request.number(MOST_BACKLOG)
        return self.processor.ok()

    def set_verification(self, transaction: Transaction) -> bytes:
        self.current.verification = transaction.request.number(2)
        return self.processor.ok()

    def set_keep_alive(self, transaction: Transaction) -> bytes:
        enabled, milliseconds = transaction.request.fields(2)
        self.current.keep_alive = (at.number(enabled, 1), at.number(milliseconds, LONGEST_TIMEOUT))
        return self.processor.ok()

    def set_bypass(self, transaction: Transaction) -> bytes:
        """Bypass mode of the UART variants; on SPI it can only be off."""
        transaction.request.number(0)
        return self.processor.ok()

    def settings_line(self, transaction: Transaction) -> bytes:
        """`P?`: the second field is 0.0.0.0 until there is a connection.

        Of a server it is the client's address: ST's driver waits for that and takes it from there.
        """
        socket = self.current
        lease = self.processor.wlan.lease
        connection = socket.connection
        client, port = ANY, socket.local_port
        if connection is not None and connection.alive and connection.stream is not None:
            client, port = connection.stream.local
            if socket.serving:
                client = connection.remote[0]
        elif socket.datagrams is not None and socket.datagrams.port is not None:
            client = lease.address if lease is not None else ANY
            port = socket.datagrams.port.port
        fields = [
            socket.protocol,
            client,
            port,
            socket.remote_address,
            socket.remote_port,
            int(socket.serving and not socket.is_udp),
            int(socket.serving and socket.is_udp),
            socket.backlog,
            int(socket.accept_loop),
            socket.read_mode,
        ]
        return self.processor.ok(",".join(map(str, fields)).encode())

    def read(self, transaction: Transaction) -> bytes | None:
        return self.current.read(transaction)

    def set_read_size(self, transaction: Transaction) -> bytes:
        self.current.read_size = transaction.request.number(self.processor.profile.longest_read, 1)
        return self.processor.ok()

    def set_read_timeout(self, transaction: Transaction) -> bytes:
        self.current.read_timeout = transaction.request.number(LONGEST_TIMEOUT)
        return self.processor.ok()

    def set_read_mode(self, transaction: Transaction) -> bytes:
        self.current.read_mode = transaction.request.number(1)
        return self.processor.ok()

    def read_settings_line(self, transaction: Transaction) -> bytes:
        socket = self.current
        return self.processor.ok(
            b"%d,%d,%d" % (socket.read_size, socket.read_timeout, socket.read_mode)
        )

    def write_fixed(self, transaction: Transaction) -> bytes | None:
        """`S0`: as many bytes as `S1` has set."""
        return self.current.write(transaction, transaction.request.payload(self.current.write_size))

    def set_write_size(self, transaction: Transaction) -> bytes:
        limit = self.processor.profile.longest_write
        self.current.write_size = transaction.request.number(limit, 1)
        return self.processor.ok()

    def set_write_timeout(self, transaction: Transaction) -> bytes:
        self.current.write_timeout = transaction.request.number(LONGEST_TIMEOUT)
        return self.processor.ok()

    def write(self, transaction: Transaction) -> bytes | None:
        request = transaction.request
        length = request.number(self.processor.profile.longest_write)
        return self.current.write(transaction, request.payload(length))

    def write_settings_line(self, transaction: Transaction) -> bytes:
        socket = self.current
        return self.processor.ok(b"%d,%d" % (socket.write_size, socket.write_timeout))
