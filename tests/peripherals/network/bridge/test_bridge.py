"""The bridge to the host: a fake host for the rules of time, real sockets for the rest."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.bridge.host_port import SocketPort, Target
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, State, TlsEndpoint
from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.read import read_world_file
from tests.peripherals.network.bench import ACCESS_POINT, MAC, Recorder, saved

REMOTE = IPv4Address("10.10.0.9")


class FakeHost:
    """A host whose wall clock moves only in `wait`, and whose peers answer after `delay` ns."""

    def __init__(self) -> None:
        self.wall = 0
        self.delay = 30 * MILLISECOND
        self.answers = True
        self.due: list[tuple[int, int, Any]] = []
        self.opened: list[Target] = []
        self.sent: dict[int, bytearray] = {}
        self.inbox: dict[int, list[Any]] = {}
        self.up: dict[int, bool | Failure] = {}
        self.closed: list[tuple[int, bool]] = []
        self.room = 1_000_000
        self.waits: list[int] = []
        self.refuse = False

    def wall_time(self) -> int:
        return self.wall

    def wait(self, duration: int) -> None:
        self.waits.append(duration)
        end = self.wall + duration
        if self.due:
            end = max(self.wall, min(end, min(time for time, _, _ in self.due)))
        self.wall = end
        for entry in [entry for entry in self.due if entry[0] <= self.wall]:
            self.due.remove(entry)
            _, handle, what = entry
            if isinstance(what, bool | Failure):
                self.up[handle] = what
            else:
                self.inbox[handle].append(what)

    def open_stream(self, target: Target) -> int:
        handle = len(self.opened)
        self.opened.append(target)
        self.sent[handle], self.inbox[handle] = bytearray(), []
        self.up[handle] = False
        outcome: bool | Failure = Failure.REFUSED if self.refuse else True
        self.due.append((self.wall + self.delay, handle, outcome))
        return handle

    def open_datagrams(self, target: Target) -> int:
        handle = self.open_stream(target)
        self.due.pop()
        return handle

    def connected(self, handle: int) -> bool | Failure:
        return self.up[handle]

    def send(self, handle: int, data: bytes) -> int | Failure:
        taken = data[: self.room]
        self.sent[handle] += taken
        if self.answers and taken:
            self.due.append((self.wall + self.delay, handle, taken.upper()))
        return len(taken)

    def receive(self, handle: int) -> bytes | Failure | None:
        return self.inbox[handle].pop(0) if self.inbox[handle] else b""

    def shutdown(self, handle: int) -> None:
        self.due.append((self.wall + self.delay, handle, None))

    def close(self, handle: int, *, reset: bool = False) -> None:
        self.closed.append((handle, reset))

    def listen(self, target: Target, where: str) -> int:
        return 99

    def accept(self, handle: int) -> int | None:
        return None

    def start_lookup(self, name: str) -> int:
        handle = self.open_stream((name, 0))
        self.due.pop()
        if name == "known.test":
            self.due.append((self.wall + self.delay, handle, "1.2.3.4"))
        return handle

    def lookup_result(self, handle: int) -> IPv4Address | Failure | None:
        return IPv4Address(self.inbox[handle].pop()) if self.inbox[handle] else None

    def close_all(self) -> None:
        self.opened.clear()


class Bridged:
    def __init__(self, folder: Path, text: str, host: Any = None) -> None:
        file = folder / "world.yaml"
        file.write_text(ACCESS_POINT + "mode: bridged\n" + text, encoding="utf-8")
        self.machine: Any = BenchMachine()
        self.world = World(read_world_file(file), self.machine, None, host)
        self.station = self.world.station(MAC)
        self.answers: list[Any] = []
        self.station.join(b"lab", b"lab-secret", None, self.answers.append)
        self.machine.clock.advance(2 * SECOND)

    @property
    def now(self) -> int:
        return self.machine.clock.now

    def run(self, duration: int) -> None:
        self.machine.clock.advance(duration)

    def until(self, condition: Any) -> None:
        """Real sockets take what time they take; virtual time is bounded."""
        for _ in range(5_000):
            if condition():
                return
            self.run(2 * MILLISECOND)
        raise AssertionError("it never happened")


FORWARD = 'forwards: [{from: "10.10.0.9:1883", to: "127.0.0.1:18830"}]\n'


# The rules of time


def test_a_connection_and_an_answer_cost_no_virtual_time(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD, host)
    events = Recorder()
    stream = bridged.station.connect((REMOTE, 1883), events)
    bridged.run(MILLISECOND)
    assert events.log == ["connected"]
    assert host.opened == [("127.0.0.1", 18830)]
    stream.send(b"hello")
    bridged.run(2 * MILLISECOND)
    assert bytes(events.data) == b"HELLO"
    assert host.wall >= 60 * MILLISECOND


def test_a_silent_peer_leaves_timeouts_exact(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD + "bridge: {grace: 100 ms}", host)
    stream = bridged.station.connect((REMOTE, 1883), Recorder())
    bridged.run(MILLISECOND)
    host.answers = False
    stream.send(b"anybody?")
    start, wall = bridged.now, host.wall
    fired: list[int] = []
    bridged.machine.clock.schedule(2 * SECOND, _Note(bridged.machine, fired))
    bridged.run(3 * SECOND)
    assert fired == [start + 2 * SECOND]
    # The clock stood still for the grace, and was paced for the rest.
    assert 3 * SECOND <= host.wall - wall <= 3 * SECOND + 110 * MILLISECOND


class _Note:
    def __init__(self, machine: BenchMachine, log: list[int]) -> None:
        self.machine, self.log = machine, log

    def __call__(self) -> None:
        self.log.append(self.machine.clock.now)


def test_one_way_traffic_stops_to_wait_for_answers(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD + "bridge: {grace: 64 ms}", host)
    stream = bridged.station.connect((REMOTE, 1883), Recorder())
    bridged.run(MILLISECOND)
    host.answers = False
    wall = host.wall
    for _ in range(100):
        stream.send(b"news")
        bridged.run(2 * MILLISECOND)
    assert host.wall - wall < 200 * MILLISECOND + 2 * 64 * MILLISECOND + LAG_AND_ROUNDING
    host.answers = True
    stream.send(b"question")
    bridged.run(60 * MILLISECOND)
    assert stream.events.data == b"QUESTION"  # type: ignore[attr-defined]


LAG_AND_ROUNDING = 30 * MILLISECOND


def test_a_slow_emulation_is_not_held_up(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD, host)
    bridged.station.connect((REMOTE, 1883), Recorder())
    bridged.run(MILLISECOND)
    host.waits.clear()
    for _ in range(50):
        host.wall += 5 * MILLISECOND
        bridged.run(MILLISECOND)
    assert host.waits == []


def test_nothing_is_paced_without_connections(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD, host)
    stream = bridged.station.connect((REMOTE, 1883), Recorder())
    bridged.run(MILLISECOND)
    stream.close()
    wall = host.wall
    bridged.run(10 * SECOND)
    assert host.wall - wall < 10 * MILLISECOND
    assert host.closed == [(0, False)]


def test_backpressure_of_the_host(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD + "bridge: {grace: 1 ms}", host)
    events = Recorder()
    stream = bridged.station.connect((REMOTE, 1883), events)
    bridged.run(MILLISECOND)
    host.room, host.answers = 0, False
    assert stream.send(bytes(20_000)) == 16_384
    bridged.run(10 * MILLISECOND)
    assert events.log == ["connected"]
    host.room = 5_000
    bridged.run(10 * MILLISECOND)
    assert events.log == ["connected", "writable"]
    assert len(host.sent[0]) == 16_384
    host.room = 0
    stream.send(b"unsent")
    stream.close()
    bridged.run(5 * MILLISECOND)
    assert host.closed == []
    host.room = 100
    bridged.run(5 * MILLISECOND)
    assert host.sent[0].endswith(b"unsent")
    assert host.closed == [(0, False)]


def test_ends_of_connections(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, FORWARD, host)

    def connect() -> tuple[Any, Recorder]:
        events = Recorder(keep_reading=False)
        stream = bridged.station.connect((REMOTE, 1883), events)
        bridged.run(MILLISECOND)
        return stream, events

    stream, events = connect()
    stream.send(b"last")
    stream.shutdown()
    assert stream.send(b"late") == 0
    bridged.run(100 * MILLISECOND)
    assert events.log[-1] == ("closed", None)
    assert (stream.available, stream.peek(2), stream.receive(9)) == (4, b"LA", b"LAST")
    assert not stream.open
    stream, events = connect()
    stream.abort()
    stream.abort()
    assert host.closed[-1] == (1, True)
    stream, events = connect()
    host.inbox[2].append(Failure.RESET)
    bridged.run(2 * MILLISECOND)
    assert events.log[-1] == ("closed", Failure.RESET)
    stream, events = connect()
    bridged.station.leave()
    assert host.closed[-1] == (3, True)
    assert not stream.open
    assert events.log == ["connected"]


def test_connections_that_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    host = FakeHost()
    host.refuse = True
    bridged = Bridged(tmp_path, FORWARD, host)
    events = Recorder()
    bridged.station.connect((REMOTE, 1883), events)
    bridged.run(MILLISECOND)
    assert events.log == [Failure.REFUSED]
    assert "nothing answers at 127.0.0.1:18830" in caplog.text
    assert "world.yaml:6:12" in caplog.text or "world.yaml:5:12" in caplog.text
    stream = bridged.station.connect((REMOTE, 1883), events)
    stream.close()
    bridged.run(MILLISECOND)
    assert events.log == [Failure.REFUSED]


def test_only_what_the_file_allows_leaves(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    host = FakeHost()
    bridged = Bridged(
        tmp_path,
        'egress: ["93.184.216.0/24:443", "*.test:99"]\ndns: {pass_through: true}\n'
        "servers: {echo: {type: echo, port: 443, address: 93.184.216.7}}\n",
        host,
    )
    allowed = [("93.184.216.34", 443)]
    denied = [("93.184.216.34", 80), ("8.8.8.8", 443), ("0.0.0.0", 443), ("127.0.0.1", 443)]
    inside = [("93.184.216.7", 443)]
    outcomes = []
    for address, port in allowed + denied + inside:
        events = Recorder()
        bridged.station.connect((IPv4Address(address), port), events)
        bridged.run(50 * MILLISECOND)
        outcomes.append(events.log[0])
    assert outcomes == ["connected", *[Failure.DENIED] * 4, "connected"]
    assert host.opened == [("93.184.216.34", 443)]
    assert 'egress: ["8.8.8.8:443"]' in caplog.text

    bridged.station.resolve("known.test", bridged.answers.append)
    bridged.run(2 * MILLISECOND)
    assert bridged.answers[-1] == IPv4Address("1.2.3.4")
    events = Recorder()
    bridged.station.connect((IPv4Address("1.2.3.4"), 99), events)
    bridged.run(2 * MILLISECOND)
    assert events.log == ["connected"]


def test_datagrams_cross(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(
        tmp_path, 'forwards: [{from: "10.10.0.9:53", to: "127.0.0.1:5353", udp: true}]', host
    )
    events = Recorder()
    socket_ = bridged.station.datagrams(4_000, events)
    assert not isinstance(socket_, Failure)
    for data in (b"one", b"two"):
        socket_.send_to((REMOTE, 53), data)
        bridged.run(2 * MILLISECOND)
    assert events.log == [((REMOTE, 53), b"ONE"), ((REMOTE, 53), b"TWO")]
    assert host.opened == [("127.0.0.1", 5353)]


def test_a_restored_world_has_lost_its_connections(tmp_path: Path) -> None:
    bridged = Bridged(
        tmp_path,
        FORWARD + "dns: {pass_through: true}\nbridge: {grace: 1 ms}",
        FakeHost(),
    )
    opened, opening, closing = Recorder(), Recorder(), Recorder()
    streams = [bridged.station.connect((REMOTE, 1883), opened)]
    bridged.run(MILLISECOND)
    host: Any = bridged.world.internet.bridge.port  # type: ignore[union-attr]
    streams.append(bridged.station.connect((REMOTE, 1883), closing))
    bridged.run(MILLISECOND)
    host.room = 0
    streams[1].send(b"unsent")
    streams[1].close()
    streams.append(bridged.station.connect((REMOTE, 1883), opening))
    bridged.station.resolve("unknown.test", bridged.answers.append)
    machine, world, answers, opened, opening, closing = saved(
        (bridged.machine, bridged.world, bridged.answers, opened, opening, closing)
    )
    machine.clock.advance(2 * MILLISECOND)
    assert opened.log == ["connected", ("closed", Failure.RESET)]
    assert opening.log == [Failure.TIMED_OUT]
    assert closing.log == ["connected"]
    assert answers[-1] is Failure.TIMED_OUT
    assert world.internet.bridge.streams == []
    world.close()


# Real sockets


class EchoProcess(threading.Thread):
    """A server of the host computer."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                while data := client.recv(1_000):
                    client.sendall(data)


@pytest.fixture
def echo() -> Iterator[EchoProcess]:
    process = EchoProcess()
    process.start()
    yield process
    process.listener.close()


def test_a_guest_talks_to_a_server_of_the_host(tmp_path: Path, echo: EchoProcess) -> None:
    bridged = Bridged(tmp_path, f'forwards: [{{from: "10.10.0.9:7", to: "localhost:{echo.port}"}}]')
    events = Recorder()
    stream = bridged.station.connect((REMOTE, 7), events)
    bridged.until(lambda: events.log)
    assert events.log == ["connected"]
    message = bytes(range(256)) * 200
    sent = 0
    while sent < len(message):
        sent += stream.send(message[sent:])
        bridged.run(MILLISECOND)
    bridged.until(lambda: len(events.data) == len(message))
    assert bytes(events.data) == message
    stream.shutdown()
    bridged.until(lambda: events.log[-1] == ("closed", None))
    stream.close()
    bridged.world.close()


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    bridged = Bridged(tmp_path, f'forwards: [{{from: "10.10.0.9:7", to: "127.0.0.1:{port}"}}]')
    events = Recorder()
    bridged.station.connect((REMOTE, 7), events)
    bridged.until(lambda: events.log)
    assert events.log == [Failure.REFUSED]
    bridged.world.close()


def test_a_forward_to_a_name_that_is_none(tmp_path: Path) -> None:
    bridged = Bridged(tmp_path, 'forwards: [{from: "10.10.0.9:7", to: "no-such-host.invalid:7"}]')
    events = Recorder()
    bridged.station.connect((REMOTE, 7), events)
    bridged.until(lambda: events.log)
    assert events.log == [Failure.UNREACHABLE]
    bridged.world.close()


def test_tls_with_a_server_of_the_host(tmp_path: Path) -> None:
    authority = Authority("host")
    certificate, key = authority.server(("localhost",))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        settings = EndpointSettings(server=True, certificate=certificate, key=key)
        endpoint = TlsEndpoint(settings, b"host")
        with client:
            while endpoint.state in (State.HANDSHAKE, State.OPEN):
                endpoint.feed(client.recv(1_000))
                if data := endpoint.take_plaintext():
                    endpoint.write(data)
                client.sendall(endpoint.take_outgoing())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    bridged = Bridged(tmp_path, f'forwards: [{{from: "10.10.0.9:7", to: "127.0.0.1:{port}"}}]')
    events = Recorder()
    stream = bridged.station.connect((REMOTE, 7), events)
    bridged.until(lambda: events.log)
    settings = TlsSettings(ca=authority.certificate, server_name="localhost", check_name=True)
    secure = TlsStream(stream, settings, events, bridged.machine.clock, Random(1))
    bridged.until(lambda: events.verdict is not None)
    assert events.verdict is not None
    assert events.verdict.problem is None
    secure.send(b"over the bridge")
    bridged.until(lambda: len(events.data) == 15)
    secure.close()
    thread.join(20)
    assert not thread.is_alive()
    listener.close()
    bridged.world.close()


def test_a_program_of_the_host_talks_to_the_guest(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    bridged = Bridged(tmp_path, f'expose: [{{listen: "127.0.0.1:{port}", port: 80}}]')
    accepted: list[Any] = []
    server = Recorder()
    bridged.station.listen(80, accepted.append)
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"GET /")
    bridged.until(lambda: accepted)
    accepted[0].events = server
    bridged.until(lambda: accepted[0].available or server.data)
    server.data += accepted[0].receive(100)
    assert bytes(server.data) == b"GET /"
    accepted[0].send(b"hello from the board")
    client.setblocking(False)
    heard = bytearray()
    bridged.until(lambda: _hear(client, heard) == b"hello from the board")
    accepted[0].close()
    bridged.until(lambda: _ended(client))
    client.close()
    refused = socket.create_connection(("127.0.0.1", port))
    bridged.station.leave()
    bridged.until(lambda: _ended(refused))
    refused.close()
    with pytest.raises(RenodeWifiError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
        Bridged(tmp_path, f'expose: [{{listen: "127.0.0.1:{port}", port: 80}}]')
    assert caught.value.where is not None
    assert "world.yaml" in caught.value.where
    bridged.world.close()


def _hear(client: socket.socket, heard: bytearray) -> bytes:
    """All that has come so far."""
    with suppress(BlockingIOError):
        heard += client.recv(100)
    return bytes(heard)


def _ended(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_the_hosts_resolver_is_asked(tmp_path: Path) -> None:
    bridged = Bridged(tmp_path, "dns: {pass_through: true}")
    for name, expected in (
        ("localhost", IPv4Address("127.0.0.1")),
        ("no-such-name.invalid", Failure.UNREACHABLE),
    ):
        bridged.answers.clear()
        bridged.station.resolve(name, bridged.answers.append)
        bridged.until(lambda: bridged.answers)
        assert bridged.answers == [expected]
    bridged.world.close()


def test_datagrams_over_real_sockets(tmp_path: Path) -> None:
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))
    port = peer.getsockname()[1]
    bridged = Bridged(
        tmp_path, f'forwards: [{{from: "10.10.0.9:53", to: "127.0.0.1:{port}", udp: true}}]'
    )
    events = Recorder()
    own = bridged.station.datagrams(4_000, events)
    assert not isinstance(own, Failure)
    own.send_to((REMOTE, 53), b"question")
    data, sender = peer.recvfrom(100)
    assert data == b"question"
    peer.sendto(b"answer", sender)
    bridged.until(lambda: events.log)
    assert events.log == [((REMOTE, 53), b"answer")]
    peer.close()
    bridged.world.close()


def test_a_port_tells_of_broken_sockets() -> None:
    port = SocketPort()
    listener = socket.create_server(("127.0.0.1", 0))
    handle = port.open_stream(("127.0.0.1", listener.getsockname()[1]))
    client, _ = listener.accept()
    while port.connected(handle) is not True:
        port.wait(SECOND)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    port.wait(SECOND)
    assert port.receive(handle) is Failure.RESET
    assert port.send(handle, b"x") is Failure.RESET
    port.shutdown(handle)
    port.close(handle, reset=True)
    port.close(handle)
    listener.close()
    port.close_all()
