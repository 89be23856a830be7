"""Keep-alive of TCP connections: a peer that has vanished is noticed without traffic."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.idle_timer import IdleTimer
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.transaction import Services


class KeepAlives:
    """One timer for each connection, by its options (sl_socket.h, SL_SO_KEEPALIVETIME)."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def watch(self, socket: StreamSocket) -> None:
        """The connection stands, or its options have changed."""
        socket.stop_keep_alive()
        period = socket.options.keep_alive
        if period and socket.state is StreamState.OPEN:
            clock = self.services.surroundings.clock
            socket.keep_alive = IdleTimer(clock, period, partial(self._probe, socket))

    def _probe(self, socket: StreamSocket) -> None:
        if socket.stream is not None:
            socket.stream.probe()
