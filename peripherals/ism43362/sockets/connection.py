"""One TCP connection of the module, plain or with TLS, whichever side opened it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.idle_timer import IdleTimer
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.contract.station import Station
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.expiry import first_expiry
from renode_wifi.peripherals.network.tls.settings import TlsSettings, TlsVerdict

Remote = tuple[IPv4Address, int]


class StreamConnection:
    """Listens to a stream and notifies its socket that something changed.

    Opened with a finished stream (a server's) or by `connect`, which calls `opened(problem)` when
    it is ready for data (problem "") or has failed.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        profile: ModuleProfile,
        number: int,
        changed: Callable[[], None],
        remote: Remote,
    ) -> None:
        self.surroundings = surroundings
        self.profile = profile
        self.number = number
        self.changed = changed
        self.remote = remote
        self.stream: Stream | None = None
        self.alive = False
        """Carries data; False before it is open and once either side has closed it."""
        self._opened: Callable[[str], None] | None = None
        self._tls: TlsSettings | None = None
        self._handshaking = False
        self._deadline: Event | None = None
        self._keep_alive = 0
        self._idle: IdleTimer | None = None

    def connect(
        self, station: Station, tls: TlsSettings | None, opened: Callable[[str], None]
    ) -> None:
        self._tls = tls
        self._opened = opened
        self._within(self.profile.connect_timeout_ms)
        self._trace("connecting", secure=tls is not None)
        self.stream = station.connect(self.remote, self)

    def take_over(self, stream: Stream) -> None:
        """Own a connection that a peer opened."""
        self.stream = stream
        stream.events = self
        self.alive = True
        self._watch()
        self._trace("open", accepted=True)

    def keep_alive(self, period: int) -> None:
        """period: ns without traffic until the peer is probed; 0: never."""
        self._keep_alive = period
        if self.alive:
            self._watch()

    def _watch(self) -> None:
        if self._idle is not None:
            self._idle.stop()
        clock, period = self.surroundings.clock, self._keep_alive
        self._idle = IdleTimer(clock, period, self._probe) if period else None

    def _probe(self) -> None:
        if self.stream is not None:
            self.stream.probe()

    def _touch(self) -> None:
        if self._idle is not None:
            self._idle.touch()

    @property
    def available(self) -> int:
        return self.stream.available if self.stream is not None and not self._handshaking else 0

    def receive(self, limit: int) -> bytes:
        return self.stream.receive(limit) if self.stream is not None else b""

    def send(self, data: bytes) -> int:
        self._touch()
        return self.stream.send(data) if self.stream is not None and self.alive else 0

    def close(self) -> None:
        """Let go in good order; there are no further events."""
        if self.stream is not None:
            self._end("closed by the host")
            self.stream.close()
        self._forget()

    def abort(self) -> None:
        """The connection is lost at once, with what was buffered."""
        if self.stream is not None:
            self._end("dropped")
            self.stream.abort()
        self._forget()

    def on_connected(self, stream: Stream) -> None:
        if self._tls is None:
            self._open()
            return
        self._handshaking = True
        self._within(self.profile.handshake_timeout_ms)
        self.stream = TlsStream(
            stream, self._tls, self, self.surroundings.clock, self.surroundings.random("tls")
        )

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        self._handshaking = False
        self.surroundings.trace(
            "tls",
            socket=self.number,
            problem=verdict.problem.value if verdict.problem is not None else "",
            detail=verdict.detail,
            version=verdict.version,
            cipher=verdict.cipher,
            expires=first_expiry(stream.peer_chain),
            date=self.profile.certificate_time or None,
        )
        if verdict.problem is None:
            self._open()
        else:
            self._fail(verdict.problem.value)

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        if failure is Failure.REFUSED and self.profile.refusal_is_timeout:
            self.stream = None  # the deadline ends it
        else:
            self._fail(failure.value)

    def on_data(self, stream: Stream) -> None:
        self._touch()
        self.changed()

    def on_writable(self, stream: Stream) -> None:
        self.changed()

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if self._opened is not None:
            self._fail("closed by peer" if failure is None else failure.value)
        elif self.alive:
            self._end("closed by peer" if failure is None else failure.value)
            self.changed()

    def _open(self) -> None:
        opened = self._settle()
        self.alive = True
        self._watch()
        self._trace("open")
        if opened is not None:
            opened("")

    def _end(self, reason: str) -> None:
        if self.alive:
            self.alive = False
            if self._idle is not None:
                self._idle.stop()
                self._idle = None
            self._trace("closed", reason=reason)

    def _fail(self, reason: str) -> None:
        opened = self._settle()
        self._trace("failed", reason=reason)
        if self.stream is not None:
            self.stream.abort()
        self._forget()
        if opened is not None:
            opened(reason)

    def _settle(self) -> Callable[[str], None] | None:
        opened, self._opened = self._opened, None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        return opened

    def _forget(self) -> None:
        self._settle()
        self.stream = None
        self.alive = False
        self._handshaking = False

    def _within(self, milliseconds: int) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.surroundings.clock.schedule(
            milliseconds * MILLISECOND, self._too_late
        )

    def _too_late(self) -> None:
        self._deadline = None
        self._fail("no answer")

    def _trace(self, state: str, **fields: object) -> None:
        self.surroundings.trace(
            "socket",
            socket=self.number,
            state=state,
            remote=f"{self.remote[0]}:{self.remote[1]}",
            **fields,
        )
