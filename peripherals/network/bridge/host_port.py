"""The only place where the world touches sockets of the host computer."""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.stream import Failure

READ_SIZE = 65_536

CONNECT_FAILURES = {
    errno.ECONNREFUSED: Failure.REFUSED,
    errno.ETIMEDOUT: Failure.TIMED_OUT,
    errno.EHOSTUNREACH: Failure.UNREACHABLE,
    errno.ENETUNREACH: Failure.UNREACHABLE,
    errno.EADDRNOTAVAIL: Failure.UNREACHABLE,
}

Target = tuple[str, int]


class HostPort(Protocol):
    """Sockets by handle; nothing blocks but `wait`."""

    def open_stream(self, target: Target) -> int: ...

    def connected(self, handle: int) -> bool | Failure:
        """True: yes; False: not yet."""

    def send(self, handle: int, data: bytes) -> int | Failure: ...

    def receive(self, handle: int) -> bytes | Failure | None:
        """b"" when nothing is there; None when the peer has closed."""

    def shutdown(self, handle: int) -> None: ...

    def close(self, handle: int, *, reset: bool = False) -> None: ...

    def listen(self, target: Target, where: str) -> int:
        """Raises RenodeWifiError when the port is taken."""

    def accept(self, handle: int) -> int | None: ...

    def open_datagrams(self, target: Target) -> int: ...

    def start_lookup(self, name: str) -> int: ...

    def lookup_result(self, handle: int) -> IPv4Address | Failure | None:
        """None: not yet."""

    def wait(self, duration: int) -> None:
        """Until something can be read or has connected, but no longer than `duration` ns."""

    def wall_time(self) -> int:
        """ns of the host's clock."""

    def close_all(self) -> None: ...


class SocketPort:
    """Implements `HostPort`."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._connecting: set[int] = set()
        self._quiet: set[int] = set()
        """Sockets whose end has been read: always readable, and of no more interest."""
        self._lookups: dict[int, list[IPv4Address | Failure]] = {}
        self._next = 0
        self._bell, self._ring = socket.socketpair()
        self._bell.setblocking(False)

    def _keep(self, new: socket.socket) -> int:
        new.setblocking(False)
        self._next += 1
        self._sockets[self._next] = new
        return self._next

    # Streams

    def open_stream(self, target: Target) -> int:
        new = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handle = self._keep(new)
        try:
            error = new.connect_ex(target)
        except OSError as problem:  # a name that doesn't resolve
            error = problem.errno or errno.EHOSTUNREACH
        if error in (0, errno.EINPROGRESS):
            self._connecting.add(handle)
        else:
            self._early_failure(handle, error)
        return handle

    def _early_failure(self, handle: int, error: int) -> None:
        """Keep the error of a connect that failed at once for `connected` to tell."""
        self._lookups[handle] = [CONNECT_FAILURES.get(error, Failure.UNREACHABLE)]

    def connected(self, handle: int) -> bool | Failure:
        if handle in self._lookups:
            failure = self._lookups.pop(handle)[0]
            assert isinstance(failure, Failure)
            return failure
        own = self._sockets[handle]
        _, writable, _ = select.select([], [own], [], 0)
        if not writable:
            return False
        self._connecting.discard(handle)
        error = own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            return CONNECT_FAILURES.get(error, Failure.UNREACHABLE)
        return True

    def send(self, handle: int, data: bytes) -> int | Failure:
        try:
            return self._sockets[handle].send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return Failure.RESET

    def receive(self, handle: int) -> bytes | Failure | None:
        try:
            data = self._sockets[handle].recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            self._quiet.add(handle)
            return Failure.RESET
        if not data and self._sockets[handle].type == socket.SOCK_STREAM:
            self._quiet.add(handle)
            return None
        return data

    def shutdown(self, handle: int) -> None:
        try:
            self._sockets[handle].shutdown(socket.SHUT_WR)
        except OSError:
            self._quiet.add(handle)

    def close(self, handle: int, *, reset: bool = False) -> None:
        own = self._sockets.pop(handle, None)
        self._connecting.discard(handle)
        self._quiet.discard(handle)
        self._lookups.pop(handle, None)
        if own is not None:
            if reset:
                # A linger time of 0 makes close send RST (tcp(7)).
                linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            own.close()

    def listen(self, target: Target, where: str) -> int:
        new = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            new.bind(target)
            new.listen()
        except OSError as error:
            new.close()
            raise RenodeWifiError(
                f"cannot listen on {target[0]}:{target[1]} of the host: {error.strerror}",
                where=where,
                cure="another program has the port, or it needs privileges: choose another one",
            ) from None
        return self._keep(new)

    def accept(self, handle: int) -> int | None:
        try:
            new, _ = self._sockets[handle].accept()
        except OSError:
            return None
        return self._keep(new)

    # Datagrams

    def open_datagrams(self, target: Target) -> int:
        new = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        new.connect(target)
        return self._keep(new)

    # Names

    def start_lookup(self, name: str) -> int:
        self._next += 1
        thread = threading.Thread(target=self._look_up, args=(self._next, name), daemon=True)
        thread.start()
        return self._next

    def _look_up(self, handle: int, name: str) -> None:
        answer: IPv4Address | Failure
        try:
            found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
            answer = IPv4Address(found[0][4][0])
        except (OSError, UnicodeError):
            answer = Failure.UNREACHABLE
        self._lookups[handle] = [answer]
        self._ring.send(b"!")

    def lookup_result(self, handle: int) -> IPv4Address | Failure | None:
        answer = self._lookups.pop(handle, None)
        return None if answer is None else answer[0]

    # Time

    def wait(self, duration: int) -> None:
        reading: list[socket.socket] = [self._bell]
        writing = []
        for handle, own in self._sockets.items():
            if handle in self._connecting:
                writing.append(own)
            elif handle not in self._quiet and handle not in self._lookups:
                reading.append(own)
        ready, _, _ = select.select(reading, writing, [], max(0, duration) / 1e9)
        if self._bell in ready:
            self._bell.recv(READ_SIZE)

    def wall_time(self) -> int:
        return time.monotonic_ns()

    def close_all(self) -> None:
        for handle in list(self._sockets):
            self.close(handle)
        self._bell.close()
        self._ring.close()
