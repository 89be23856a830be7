"""The server's sockets: one debugger at a time, on a port of this host."""

from __future__ import annotations

import contextlib
import select
import socket
import time

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.packets import encode
from renode_wifi.emulation.frontends.gdb.session import GdbSession, Mode, PacketCommand
from renode_wifi.emulation.frontends.gdb.target import DebugTarget

LOCALHOST = "127.0.0.1"
REFUSAL = encode(b"E.another debugger is connected already")
MAX_REFUSED = 4
"""Debuggers that are answered so at the same time."""
SEND_TIMEOUT = 5.0
"""Seconds for which a debugger may not read what it asked for."""


class GdbServer:
    """port: 0 for any that is free. commands: those of the protocol."""

    def __init__(
        self,
        target: DebugTarget,
        commands: tuple[PacketCommand, ...],
        port: int,
        host: str = LOCALHOST,
    ) -> None:
        self.target = target
        self.session: GdbSession | None = None
        self._commands = commands
        self._client: socket.socket | None = None
        self._refused: list[socket.socket] = []
        """Debuggers that came second. Each gets an answer to its first packets: one that is cut
        off at once reports a broken pipe instead."""
        try:
            self._listener = socket.create_server((host, port), backlog=4)
        except (OSError, OverflowError) as error:
            raise RenodeWifiError(
                f"no GDB server on {host}:{port}: {getattr(error, 'strerror', None) or error}",
                cure="give a port that is free, or 0 for any",
            ) from error
        self._listener.setblocking(False)
        self.host, self.port = self._listener.getsockname()[:2]

    @property
    def is_connected(self) -> bool:
        return self._client is not None

    def sockets(self) -> list[socket.socket]:
        """Those from which something may come."""
        mine = [self._client] if self._client is not None else []
        return [self._listener, *mine, *self._refused]

    def poll(self) -> None:
        """Take what has come; never waits."""
        ready, _, _ = select.select(self.sockets(), [], [], 0)
        if self._listener in ready:
            self._accept()
        if self._client is not None and self._client in ready:
            self._receive()
        for each in [each for each in self._refused if each in ready]:
            self._refuse(each)
        self.flush()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # It went away again.
        if self._client is not None:
            client.setblocking(False)
            self._refused.append(client)
            if len(self._refused) > MAX_REFUSED:
                self._refused.pop(0).close()
            return
        client.settimeout(SEND_TIMEOUT)
        with contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        self.session = GdbSession(self.target, self._commands)

    def _refuse(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
            if b"$" in data:
                client.sendall(b"+" + REFUSAL)
        except OSError:
            data = b""
        if not data:
            self._refused.remove(client)
            client.close()

    def _receive(self) -> None:
        assert self._client is not None
        assert self.session is not None
        try:
            data = self._client.recv(65536)
        except OSError:
            data = b""
        if data:
            self.session.receive(data)
        else:
            self.disconnect()

    def flush(self) -> None:
        """Send what the session has to say, and end the connection if it is over."""
        if self._client is None or self.session is None:
            return
        output = self.session.take_output()
        try:
            if output:
                self._client.sendall(output)
        except OSError:
            self.disconnect()
            return
        if self.session.mode in (Mode.DETACHED, Mode.KILLED):
            self.disconnect()

    def disconnect(self) -> None:
        """Forget the debugger and what it has set; the machine runs on."""
        if self._client is not None:
            self._client.close()
        self._client = None
        if self.session is not None:
            if self.session.is_killed:
                self.session.mode = Mode.KILLED
            if self.session.mode is not Mode.KILLED:
                self.session.mode = Mode.DETACHED
            self.target.remove_stops()

    def close(self) -> None:
        self.disconnect()
        for each in self._refused:
            each.close()
        self._refused.clear()
        self._listener.close()


def wait_for(servers: list[GdbServer], seconds: float) -> None:
    """Come back when something has come for one of them, or after a while."""
    sockets = [each for server in servers for each in server.sockets()]
    if sockets:
        select.select(sockets, [], [], seconds)
    else:
        time.sleep(seconds)
