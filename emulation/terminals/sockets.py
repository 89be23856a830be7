"""A serial port as a TCP server, raw or by telnet, for one client at a time.

Source: Renode, ServerSocketTerminal and SocketServerProvider. Unlike Renode's, it listens on this
host alone.
"""

from __future__ import annotations

import contextlib
import select
import socket

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.terminals.telnet import GREETING, IAC, TelnetFilter
from renode_wifi.emulation.terminals.terminal import Pending

LOCALHOST = "127.0.0.1"


class ServerSocketTerminal:
    """port: 0 for any that is free. flush_on_connect: a client sees nothing of what came before it.

    Raises RenodeWifiError for a port that is taken.
    """

    def __init__(
        self,
        port: int,
        telnet: bool = True,
        flush_on_connect: bool = False,
        host: str = LOCALHOST,
    ) -> None:
        self._flush = flush_on_connect
        self._telnet = TelnetFilter() if telnet else None
        self._pending = Pending()
        self._client: socket.socket | None = None
        try:
            self._listener = socket.create_server((host, port), backlog=1)
        except (OSError, OverflowError) as error:
            raise RenodeWifiError(
                f"no terminal on {host}:{port}: {getattr(error, 'strerror', None) or error}",
                cure="give a port from 1 to 65535 that is free, or 0 for any",
            ) from error
        self._listener.setblocking(False)
        self.host, self.port = self._listener.getsockname()[:2]

    @property
    def is_live(self) -> bool:
        return self._client is not None

    def wait(self, seconds: float) -> bool:
        """Wait that long for a client; whether there is one."""
        if self._client is None:
            select.select([self._listener], [], [], seconds)
            self._accept()
        return self._client is not None

    def write(self, byte: int) -> None:
        self._pending.append(byte)
        if byte == IAC and self._telnet is not None:
            self._pending.append(byte)

    def poll(self) -> bytes:
        if self._client is None:
            self._accept()
        self._send()
        return self._receive()

    def _accept(self) -> None:
        try:
            self._client, _ = self._listener.accept()
        except OSError:
            return  # Nobody has come, or has gone again.
        self._client.setblocking(False)
        with contextlib.suppress(OSError):
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._flush:
            self._pending.clear()
        if self._telnet is not None:
            self._telnet = TelnetFilter()
            with contextlib.suppress(OSError):
                self._client.sendall(GREETING)

    def _send(self) -> None:
        if self._client is None or not self._pending:
            return
        try:
            self._pending.sent(self._client.send(self._pending.data))
        except BlockingIOError:
            return
        except OSError:
            self._hang_up()

    def _receive(self) -> bytes:
        if self._client is None:
            return b""
        try:
            data = self._client.recv(65536)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return b""
        return data if self._telnet is None else self._telnet.received(data)

    def _hang_up(self) -> None:
        """The client is gone; another one may come."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def close(self) -> None:
        """What was sent last still reaches the client."""
        if self._client is not None and self._pending:
            with contextlib.suppress(OSError):
                self._client.settimeout(1.0)
                self._client.sendall(self._pending.data)
        self._hang_up()
        self._listener.close()
