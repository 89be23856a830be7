"""Connections of the driven Renode with this process: its driver's, and those of its radios."""

from __future__ import annotations

import contextlib
import errno
import queue
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.lines import read_line
from renode_wifi.emulation.platform.trace import TraceListener

if TYPE_CHECKING:
    from renode_wifi.emulation.engines.renode.service import Service

GREETING_TIMEOUT = 10.0
"""Seconds for a whole greeting."""
MAX_GREETING = 32
"""Clients whose greeting is awaited at once; more wait to be accepted."""


class LoopbackListener:
    """A port on the loopback interface for those who know its token.

    Anybody on this machine can connect. Each client has a thread and a time for its greeting, so
    that one that says nothing, or a byte now and then, keeps nobody else out.
    """

    def __init__(self) -> None:
        self.token = secrets.token_hex(32)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self._known: queue.SimpleQueue[socket.socket | None] = queue.SimpleQueue()
        self._greeting = threading.BoundedSemaphore(MAX_GREETING)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def where(self) -> str:
        return f"{self.socket.getsockname()[1]}:{self.token}"

    def accept(self, timeout: float | None = None) -> socket.socket:
        """The next connection that knows the token.

        TimeoutError when none comes within `timeout` seconds; OSError once the port is closed.
        """
        try:
            connection = self._known.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if connection is None:
            self._known.put(None)
            raise OSError(errno.EBADF, "the port is closed")
        return connection

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                self._known.put(None)
                return
            self._greeting.acquire()
            threading.Thread(target=self._greet, args=(connection,), daemon=True).start()

    def _greet(self, connection: socket.socket) -> None:
        try:
            deadline = time.monotonic() + GREETING_TIMEOUT
            protocol.check_greeting(read_line(connection, deadline), self.token)
            connection.sendall(f"{protocol.greeting(self.token)}\n".encode())
            connection.settimeout(None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, protocol.ProtocolError):
            connection.close()
        else:
            self._known.put(connection)
        finally:
            self._greeting.release()

    def close(self) -> None:
        # A thread in accept() comes back from a shutdown, not from a close.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Worlds:
    """The worlds of the machines in Renode, each answering on a thread of its own."""

    def __init__(self, listener: TraceListener) -> None:
        self.port = LoopbackListener()
        self.services: list[Service] = []
        self._listener = listener
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def load(self) -> None:
        """Import what answers: it takes long, and whoever waits for Renode has the time."""
        from renode_wifi.emulation.engines.renode import helper, service

        self._serve, self._new_service = helper.serve, service.Service

    def _accept(self) -> None:
        while True:
            try:
                connection = self.port.accept()
            except OSError:
                return
            self.load()
            service = self._new_service()
            service.listeners.append(self._listener)
            self.services.append(service)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, service), daemon=True).start()

    def service_of(self, machine: str) -> Service | None:
        """That of the world which a machine is in; "": of the world that was made last.

        None for a machine without a world of ours, as one of Renode's own boards.
        """
        for service in reversed(self.services):
            if not machine or machine in service.machines:
                return service
        return None

    def set_stopping(self, stopping: bool) -> None:
        """Whether the emulation is to stop; safe from any thread and from signal handlers."""
        for service in self.services:
            service.stopping = stopping

    def forget(self) -> None:
        """Of machines that are gone: their connections end."""
        self._end_connections()
        self.services.clear()
        self._connections.clear()

    def close(self) -> None:
        self.port.close()
        self._end_connections()

    def _end_connections(self) -> None:
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
