"""The only place where the world touches sockets of the host computer.

No error of the host's sockets is an exception here: each becomes what the network would show, a
connection that fails or a datagram that is lost.
"""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.stack.outside import Target

READ_SIZE = 65_536
MAX_LOOKUPS = 16
"""Lookups under way at once, a thread each; more fail at once."""

CONNECT_FAILURES = {
    errno.ECONNREFUSED: Failure.REFUSED,
    errno.ECONNRESET: Failure.RESET,
    errno.ETIMEDOUT: Failure.TIMED_OUT,
}
"""Everything else (no route, no memory, no descriptors left, not permitted) is UNREACHABLE."""

# Neither needs a descriptor of its own, and poll() takes descriptors of any number.
Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)

MayConnect = Callable[[IPv4Address], bool]
"""Asked about the address that a name has turned out to have."""


class HostPort(Protocol):
    """Sockets by handle; nothing blocks but `wait`."""

    def open_stream(self, target: Target, allowed: MayConnect) -> int: ...

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

    def open_datagrams(self, target: Target, allowed: MayConnect) -> int: ...

    def start_lookup(self, name: str) -> int: ...

    def lookup_result(self, handle: int) -> list[IPv4Address] | Failure | None:
        """None: not yet."""

    def is_own(self, address: IPv4Address) -> bool:
        """Whether the host computer has this address."""

    def wait(self, duration: int) -> None:
        """Until something can be read or has connected, but no longer than `duration` ns."""

    def wall_time(self) -> int:
        """ns of the host's clock."""

    def close_all(self) -> None: ...


class SocketPort:
    """Implements `HostPort`."""

    NOT_SAVED = True
    """A snapshot holds no socket of the host."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._connecting: set[int] = set()
        self._quiet: set[int] = set()
        """Sockets whose end has been read: always readable, and of no more interest."""
        self._failed: dict[int, Failure] = {}
        """Handles that never got a socket, or whose connect failed at once."""
        self._named: dict[int, tuple[int, int, MayConnect]] = {}
        """Handles that wait for a lookup (its handle), the port, and who allows the address."""
        self._unsent: dict[int, list[bytes]] = {}
        """Datagrams that wait for a lookup, by handle."""
        self._lookups: set[int] = set()
        self._answers: dict[int, list[IPv4Address] | Failure] = {}
        self._next = 0
        try:
            self._bell, self._ring = socket.socketpair()
        except OSError as error:
            raise RenodeWifiError(
                f"the host gives no sockets: {error.strerror}",
                cure="raise the limit of open files (ulimit -n)",
            ) from None
        self._bell.setblocking(False)
        self._ring.setblocking(False)

    def _handle(self) -> int:
        self._next += 1
        return self._next

    # Streams

    def open_stream(self, target: Target, allowed: MayConnect) -> int:
        return self._open(target, allowed, socket.SOCK_STREAM)

    def _open(self, target: Target, allowed: MayConnect, kind: int) -> int:
        handle = self._handle()
        host, port = target
        try:
            address = IPv4Address(host)
        except AddressValueError:
            self._named[handle] = (self.start_lookup(host), port, allowed)
            if kind == socket.SOCK_DGRAM:
                self._unsent[handle] = []
            return handle
        self._connect(handle, address, port, allowed, kind)
        return handle

    def _connect(
        self, handle: int, address: IPv4Address, port: int, allowed: MayConnect, kind: int
    ) -> None:
        if not allowed(address):
            self._failed[handle] = Failure.DENIED
            return
        try:
            new = socket.socket(socket.AF_INET, kind)
        except OSError as error:
            self._failed[handle] = CONNECT_FAILURES.get(error.errno or 0, Failure.UNREACHABLE)
            return
        self._sockets[handle] = new
        try:
            new.setblocking(False)
            if kind == socket.SOCK_STREAM:
                new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = new.connect_ex((str(address), port))
        except OSError as error:
            code = error.errno or errno.EHOSTUNREACH
        if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
            self._connecting.add(handle)
        elif code:
            self._failed[handle] = CONNECT_FAILURES.get(code, Failure.UNREACHABLE)

    def _follow_lookup(self, handle: int) -> None:
        """Connect a socket whose name has been looked up meanwhile."""
        if handle not in self._named:
            return
        lookup, port, allowed = self._named[handle]
        answer = self.lookup_result(lookup)
        if answer is None:
            return
        del self._named[handle]
        waiting = self._unsent.pop(handle, None)
        if isinstance(answer, Failure):
            self._failed[handle] = answer
            return
        kind = socket.SOCK_STREAM if waiting is None else socket.SOCK_DGRAM
        address = next(filter(allowed, answer), answer[0])
        self._connect(handle, address, port, allowed, kind)
        for data in waiting or ():
            self.send(handle, data)

    def connected(self, handle: int) -> bool | Failure:
        self._follow_lookup(handle)
        if handle in self._failed:
            return self._failed[handle]
        if handle in self._named:
            return False
        own = self._sockets[handle]
        if handle in self._connecting:
            with Selector() as selector:
                selector.register(own, selectors.EVENT_WRITE)
                if not selector.select(0):
                    return False
            self._connecting.discard(handle)
            code = own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return CONNECT_FAILURES.get(code, Failure.UNREACHABLE)
        return True

    def send(self, handle: int, data: bytes) -> int | Failure:
        self._follow_lookup(handle)
        if handle in self._unsent:
            if len(self._unsent[handle]) < MAX_LOOKUPS:
                self._unsent[handle].append(data)
            return len(data)
        own = self._sockets.get(handle)
        if own is None:
            return Failure.RESET
        try:
            return own.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return Failure.RESET

    def receive(self, handle: int) -> bytes | Failure | None:
        self._follow_lookup(handle)
        own = self._sockets.get(handle)
        if own is None:
            return b""
        try:
            data = own.recv(READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            if own.type == socket.SOCK_DGRAM:
                # An ICMP error about an earlier datagram; reading has cleared it.
                return b""
            self._quiet.add(handle)
            return Failure.RESET
        if not data and own.type == socket.SOCK_STREAM:
            self._quiet.add(handle)
            return None
        return data

    def shutdown(self, handle: int) -> None:
        try:
            self._sockets[handle].shutdown(socket.SHUT_WR)
        except (OSError, KeyError):
            self._quiet.add(handle)

    def close(self, handle: int, *, reset: bool = False) -> None:
        own = self._sockets.pop(handle, None)
        self._connecting.discard(handle)
        self._quiet.discard(handle)
        self._failed.pop(handle, None)
        self._unsent.pop(handle, None)
        lookup = self._named.pop(handle, None)
        if lookup is not None:
            self._answers.pop(lookup[0], None)
        if own is not None:
            if reset:
                # A linger time of 0 makes close send RST (tcp(7)).
                linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
                with suppress(OSError):
                    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            with suppress(OSError):
                own.close()

    # Listeners

    def listen(self, target: Target, where: str) -> int:
        try:
            new = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            raise self._cannot_listen(target, where, error) from None
        try:
            new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            new.bind(target)
            new.listen()
            new.setblocking(False)
        except OSError as error:
            new.close()
            raise self._cannot_listen(target, where, error) from None
        handle = self._handle()
        self._sockets[handle] = new
        return handle

    @staticmethod
    def _cannot_listen(target: Target, where: str, error: OSError) -> RenodeWifiError:
        return RenodeWifiError(
            f"cannot listen on {target[0]}:{target[1]} of the host: {error.strerror}",
            where=where,
            cure="another program has the port, or it needs privileges: choose another one",
        )

    def accept(self, handle: int) -> int | None:
        try:
            new, _ = self._sockets[handle].accept()
            new.setblocking(False)
        except OSError:
            return None
        client = self._handle()
        self._sockets[client] = new
        return client

    # Datagrams

    def open_datagrams(self, target: Target, allowed: MayConnect) -> int:
        return self._open(target, allowed, socket.SOCK_DGRAM)

    # Names

    def start_lookup(self, name: str) -> int:
        handle = self._handle()
        if len(self._lookups) >= MAX_LOOKUPS:
            self._answers[handle] = Failure.TIMED_OUT
            return handle
        self._lookups.add(handle)
        thread = threading.Thread(target=self._look_up, args=(handle, name), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the host has no threads left
            self._lookups.discard(handle)
            self._answers[handle] = Failure.TIMED_OUT
        return handle

    def _look_up(self, handle: int, name: str) -> None:
        answer: list[IPv4Address] | Failure
        try:
            found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
            answer = [IPv4Address(entry[4][0]) for entry in found] or Failure.UNREACHABLE
        except (OSError, UnicodeError, ValueError):
            answer = Failure.UNREACHABLE
        self._answers[handle] = answer
        self._lookups.discard(handle)
        with suppress(OSError):
            self._ring.send(b"!")

    def lookup_result(self, handle: int) -> list[IPv4Address] | Failure | None:
        return self._answers.pop(handle, None)

    def is_own(self, address: IPv4Address) -> bool:
        # Only the host's own addresses can be bound. Without a socket to try, assume the worst.
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind((str(address), 0))
        except OSError as error:
            return error.errno not in (errno.EADDRNOTAVAIL, errno.EACCES)
        return True

    # Time

    def wait(self, duration: int) -> None:
        with Selector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            for handle, own in self._sockets.items():
                if handle in self._connecting:
                    selector.register(own, selectors.EVENT_WRITE)
                elif handle not in self._quiet and handle not in self._failed:
                    selector.register(own, selectors.EVENT_READ)
            selector.select(max(0, duration) / 1e9)
        with suppress(OSError):
            self._bell.recv(READ_SIZE)

    def wall_time(self) -> int:
        return time.monotonic_ns()

    def close_all(self) -> None:
        for handle in self._all_handles():
            self.close(handle)
        self._bell.close()
        self._ring.close()

    def _all_handles(self) -> Iterable[int]:
        return [*self._sockets, *self._named, *self._failed]
