"""TCP between two ends inside the world: reliable, ordered, windowed, on virtual time.

Segments aren't modelled; what an application can see of TCP is: bytes arrive in order and late, a
sender is held up by a reader that doesn't read, FIN and RST travel behind the data, and a peer that
has gone silent is noticed by nobody until something is sent to it.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND, Clock
from renode_wifi.peripherals.network.contract.packets import TCP
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.link import NetworkLink

GIVE_UP = 60 * SECOND
"""How long unanswered data is repeated before the connection counts as broken."""

Address = tuple[IPv4Address, int]


class TcpState(Enum):
    CONNECTING = "connecting"
    OPEN = "open"
    OVER = "over"
    """Closed by its owner, failed, or reset."""


class Medium(Protocol):
    """What a connection asks of the network that carries it."""

    clock: Clock
    link: NetworkLink

    def trace(self, event: str, **fields: object) -> None: ...


class ConnectionOwner(Protocol):
    """The host that an end of a connection belongs to."""

    def forget(self, connection: Connection) -> None: ...

    def awake(self, time: int) -> int: ...

    def takes(
        self, protocol: int, source: Address, destination: Address, data: bytes = b""
    ) -> bool: ...


class NoEvents:
    """The owner of a stream that nobody has taken yet, or that is over."""

    def on_connected(self, stream: Stream) -> None: ...

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None: ...

    def on_data(self, stream: Stream) -> None: ...

    def on_writable(self, stream: Stream) -> None: ...

    def on_closed(self, stream: Stream, failure: Failure | None) -> None: ...


class Connection:
    """One end of a connection; a `Stream`."""

    def __init__(
        self,
        internet: Medium,
        host: ConnectionOwner,
        local: Address,
        remote: Address,
        events: StreamEvents,
        flow: int,
    ) -> None:
        self.internet = internet
        self.host = host
        self.local = local
        self.remote = remote
        self.events: StreamEvents = events
        self.source = f"{local[0]}:{local[1]}"
        self.destination = f"{remote[0]}:{remote[1]}"
        self.flow = flow
        """Number of the connection, the same at both ends, for observers."""
        self.client = True
        self.hermetic = True
        self.state = TcpState.CONNECTING
        self.peer: Connection | None = None
        self._window = internet.link.settings.window
        self._inbox = bytearray()
        self._unread = 0
        """Bytes sent by this end that the peer's owner hasn't read."""
        self._held_up = False
        self._update_due = False
        self._arrival = 0
        """When the last thing sent arrives: nothing overtakes it."""
        self._fin_sent = False
        self._fin_received = False
        self._silent = False
        """The way is cut: nothing arrives and nothing leaves any more."""
        self._giving_up = False
        self._deaf = False
        """What arrives is dropped before it gets here."""
        self._cut_next = False

    # Stream

    @property
    def open(self) -> bool:
        return self.state is TcpState.OPEN and not self._fin_received and not self._fin_sent

    @property
    def available(self) -> int:
        return len(self._inbox)

    def send(self, data: bytes) -> int:
        if self.state is not TcpState.OPEN or self._fin_sent:
            return 0
        window = self.internet.link.settings.window
        if self.peer is not None:
            window = min(window, self.peer._window)
        room = window - self._unread
        taken = bytes(data[: max(0, room)])
        if len(taken) < len(data):
            self._held_up = True
        if not taken:
            return 0
        if self._cut_next:
            self._cut(taken)
            return len(taken)
        self._unread += len(taken)
        self.internet.trace(
            "data", flow=self.flow, origin=self.source, destination=self.destination, data=taken
        )
        self._transmit("_arrive", taken)
        return len(taken)

    def receive(self, limit: int) -> bytes:
        data = bytes(self._inbox[:limit])
        del self._inbox[:limit]
        peer = self.peer
        if data and peer is not None:
            peer._unread -= len(data)
            if peer._held_up and not peer._update_due and not self._silent:
                peer._update_due = True
                self.internet.clock.schedule(self.internet.link.delay(), peer._window_opened)
        return data

    def peek(self, limit: int) -> bytes:
        return bytes(self._inbox[:limit])

    def set_receive_window(self, size: int) -> None:
        self._window = size

    def probe(self) -> None:
        if self.peer is not None and self.peer._silent:
            self._repeat_in_vain()

    def shutdown(self) -> None:
        if self.state is TcpState.OPEN and not self._fin_sent:
            self._fin_sent = True
            self.internet.trace(
                "fin", flow=self.flow, origin=self.source, destination=self.destination
            )
            self._transmit("_arrive_fin")
            self._forget_if_done()

    @property
    def lingering(self) -> bool:
        """Closed by its owner, and the peer has not closed yet (FIN-WAIT-2)."""
        return self.state is TcpState.OVER and self._fin_sent

    def drop(self) -> None:
        """Reset a connection that lingers."""
        self._send_reset()
        self._leave()

    def close(self) -> None:
        if self.state is TcpState.OPEN:
            self.shutdown()
        elif self.state is TcpState.CONNECTING:
            self._transmit("_arrive_reset")
            self._leave()
        self.state = TcpState.OVER
        self.receive(len(self._inbox))
        self._forget_if_done()

    def abort(self) -> None:
        if self.state is not TcpState.OVER:
            self.state = TcpState.OVER
            self._send_reset()
            self._leave()

    # What the network does to it

    def reset_in_next_data(self) -> None:
        """Fault: of the next bytes sent, half arrive and then a reset."""
        self._cut_next = True

    def go_silent(self) -> None:
        """The station left the air. Its own end is over; the other end is not notified."""
        self._silent = True
        self.state = TcpState.OVER
        self._leave()
        peer = self.peer
        if peer is not None and peer.lingering:
            # It waits for a FIN that will never come; its stack would give up after a minute.
            peer.host.forget(peer)

    def establish(self) -> None:
        self.state = TcpState.OPEN

    def answer(self) -> None:
        """SYN-ACK: the connection stands."""
        self._transmit("_arrive_synack")

    def fail(self, failure: Failure) -> None:
        """The connection attempt ended."""
        if self.state is TcpState.CONNECTING:
            self.state = TcpState.OVER
            events = self._leave()
            self.internet.trace(
                "connect-failed", flow=self.flow, destination=self.destination, failure=failure.name
            )
            events.on_connect_failed(self, failure)

    # Within

    def _transmit(self, handler: str, *arguments: bytes) -> None:
        """Call `handler` at the peer when what is sent now arrives."""
        peer = self.peer
        if peer is None or self._silent:
            return
        if peer._silent:
            self._repeat_in_vain()
            if self._fin_sent:
                self._leave()
            return
        now = self.internet.clock.now
        arrival = peer.host.awake(now + self.internet.link.reliable_delay())
        self._arrival = max(self._arrival, arrival)
        self.internet.clock.schedule(
            self._arrival - now, partial(getattr(peer, handler), *arguments)
        )

    def _repeat_in_vain(self) -> None:
        if not self._giving_up and self.state is TcpState.OPEN:
            self._giving_up = True
            self.internet.clock.schedule(GIVE_UP, self._give_up)

    def _give_up(self) -> None:
        if self.state is TcpState.OPEN:
            self._end(Failure.TIMED_OUT)

    def _cut(self, data: bytes) -> None:
        self._cut_next = False
        half = data[: len(data) // 2]
        self._unread += len(half)
        if half:
            self._transmit("_arrive", half)
        self._send_reset()
        self.internet.clock.schedule(0, partial(self._end, Failure.RESET))

    def _send_reset(self) -> None:
        self.internet.trace(
            "reset", flow=self.flow, origin=self.source, destination=self.destination
        )
        self._transmit("_arrive_reset")
        self.host.forget(self)

    def _arrive(self, data: bytes) -> None:
        if self._silent:
            return
        if self.state is not TcpState.OPEN:
            # Closed here: as a real stack does, answer data that nobody will read with a reset.
            self._transmit("_arrive_reset")
            return
        if self._drops(data):
            return
        self._inbox += data
        self.events.on_data(self)

    def _drops(self, data: bytes = b"") -> bool:
        """The host doesn't take a segment: its sender repeats it until it gives up."""
        if not self._deaf and not self.host.takes(TCP, self.remote, self.local, data):
            self._deaf = True
            if self.peer is not None:
                self.peer._repeat_in_vain()
        return self._deaf

    def _arrive_fin(self) -> None:
        if self._deaf or self._silent or self._fin_received:
            return
        self._fin_received = True
        if self.state is TcpState.OPEN:
            self.events.on_closed(self, None)
        self._forget_if_done()

    def _arrive_reset(self) -> None:
        if self.state is TcpState.CONNECTING:
            self.fail(Failure.REFUSED)
        elif self.state is TcpState.OPEN and not self._silent:
            self._end(Failure.RESET)
        else:
            self._leave()

    def _arrive_synack(self) -> None:
        if self.state is TcpState.CONNECTING and not self._silent and not self._drops():
            self.state = TcpState.OPEN
            self.internet.trace(
                "connected", flow=self.flow, origin=self.source, destination=self.destination
            )
            self.events.on_connected(self)

    def _end(self, failure: Failure) -> None:
        if self.state is TcpState.OPEN:
            self.state = TcpState.OVER
            events = self._leave()
            self.internet.trace("broken", flow=self.flow, origin=self.source, failure=failure.name)
            events.on_closed(self, failure)

    def _window_opened(self) -> None:
        self._update_due = False
        if self._held_up and self.state is TcpState.OPEN and not self._fin_sent:
            self._held_up = False
            self.events.on_writable(self)

    def _forget_if_done(self) -> None:
        if self._fin_sent and self._fin_received:
            self._leave()

    def _leave(self) -> StreamEvents:
        """Nothing happens to this end any more: it lets go of its host and of its owner.

        The other end may be kept for long, as a server's record of its connections is.
        """
        self.host.forget(self)
        events, self.events = self.events, NoEvents()
        return events
