"""Keep-alive of TCP connections: a peer that has vanished is noticed without traffic."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.simplelink.sockets.stream import State, StreamSocket
from renode_wifi.peripherals.simplelink.transaction import Services


class KeepAlives:
    """One timer for each connection, by its options (sl_socket.h, SL_SO_KEEPALIVETIME)."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def watch(self, socket: StreamSocket) -> None:
        """The connection stands, or its options have changed."""
        socket.stop_keep_alive()
        period = socket.options.keep_alive
        if period and socket.state is State.OPEN:
            self._wait(socket, period)

    def _wait(self, socket: StreamSocket, duration: int) -> None:
        socket.keep_alive = self.services.host.after(duration, partial(self._check, socket))

    def _check(self, socket: StreamSocket) -> None:
        socket.keep_alive = None
        period = socket.options.keep_alive
        if not period or socket.state is not State.OPEN or socket.stream is None:
            return
        idle = self.services.surroundings.clock.now - socket.last_activity
        if idle >= period:
            socket.stream.probe()
            self._wait(socket, period)
        else:
            self._wait(socket, period - idle)
