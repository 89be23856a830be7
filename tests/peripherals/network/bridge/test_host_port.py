"""The bridge over real sockets of the host, and what becomes of their errors."""

from __future__ import annotations

import errno
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
from renode_wifi.peripherals.network.bridge.host_port import MAX_LOOKUPS, SocketPort
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint, TlsState
from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from tests.peripherals.network.bridge.rig import FORWARD, REMOTE, Bridged
from tests.peripherals.network.rig import Recorder

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
            while endpoint.state in (TlsState.HANDSHAKE, TlsState.OPEN):
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
    seen = bytearray()
    bridged.until(lambda: _read(client, seen) == b"hello from the board")
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


def _read(client: socket.socket, seen: bytearray) -> bytes:
    """All that has come so far."""
    with suppress(BlockingIOError):
        seen += client.recv(100)
    return bytes(seen)


def _ended(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_the_hosts_resolver_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "one.test": ["93.184.216.34"],
        "two.test": ["10.9.8.7", "93.184.216.35"],
        "inside.test": ["10.9.8.7", "127.0.0.1", "169.254.169.254"],
    }

    def resolve(name: str, *rest: object) -> list[Any]:
        if name not in known:
            raise OSError("no such name")
        return [(0, 0, 0, "", (address, 0)) for address in known[name]]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    bridged = Bridged(tmp_path, "dns: {pass_through: true}")
    for name, expected in (
        ("one.test", IPv4Address("93.184.216.34")),
        ("two.test", IPv4Address("93.184.216.35")),
        ("inside.test", Failure.UNREACHABLE),
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


def anywhere(address: IPv4Address) -> bool:
    return True


def test_a_port_reports_broken_sockets() -> None:
    port = SocketPort()
    listener = socket.create_server(("127.0.0.1", 0))
    handle = port.open_stream(("127.0.0.1", listener.getsockname()[1]), anywhere)
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


class NoSocket(socket.socket):
    """A host whose descriptors are used up."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")


def test_a_host_without_descriptors_is_an_unreachable_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridged = Bridged(tmp_path, FORWARD + "egress: ['93.184.216.34:53']")
    monkeypatch.setattr(socket, "socket", NoSocket)
    events = Recorder()
    bridged.station.connect((REMOTE, 1883), events)
    own = bridged.station.datagrams(4_000, events)
    own.send_to((IPv4Address("93.184.216.34"), 53), b"lost")  # type: ignore[union-attr]
    bridged.run(10 * MILLISECOND)
    assert events.log == [Failure.UNREACHABLE]
    monkeypatch.undo()
    bridged.world.close()


@pytest.mark.parametrize("call", ["setsockopt", "connect_ex"])
def test_a_host_that_fails_half_way_is_an_unreachable_one(
    monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(own: socket.socket, *arguments: object) -> int:
        raise OSError(errno.ENOBUFS, "No buffer space available")

    port = SocketPort()
    monkeypatch.setattr(socket, "socket", type("Socket", (socket.socket,), {call: fail}))
    handle = port.open_stream(("127.0.0.1", 9), anywhere)
    assert port.connected(handle) is Failure.UNREACHABLE
    port.close(handle)
    monkeypatch.undo()
    port.close_all()


def test_what_the_host_refuses_is_what_the_network_shows() -> None:
    port = SocketPort()
    broadcast = port.open_datagrams(("255.255.255.255", 9), anywhere)
    assert port.send(broadcast, b"x") is Failure.RESET
    assert port.receive(broadcast) == b""
    nowhere = port.open_stream(("no-such-name.invalid", 1), anywhere)
    lost = port.open_datagrams(("no-such-name.invalid", 1), anywhere)
    # Accepted while the name is looked up, refused once that has failed.
    assert port.send(lost, b"x") in (1, Failure.RESET)
    while (outcome := port.connected(nowhere)) is False:
        port.wait(SECOND)
    assert outcome is Failure.UNREACHABLE
    denied = port.open_stream(("127.0.0.1", 9), lambda address: False)
    assert port.connected(denied) is Failure.DENIED
    port.shutdown(denied)
    for handle in (broadcast, nowhere, lost, denied):
        port.close(handle)
    port.close_all()


def test_a_name_may_be_datagrams_destination() -> None:
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))
    peer.settimeout(10)
    port = SocketPort()
    handle = port.open_datagrams(("localhost", peer.getsockname()[1]), anywhere)
    port.send(handle, b"early")
    while handle in port._named:
        port.wait(SECOND)
        port.receive(handle)
    assert peer.recv(100) == b"early"
    peer.close()
    port.close_all()


def test_names_that_nobody_knows_cost_nothing_but_their_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(name: str, *rest: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    bridged = Bridged(tmp_path, "dns: {pass_through: true}")
    before = threading.active_count()
    answers: list[IPv4Address | Failure] = []
    for number in range(1_000):
        bridged.station.resolve(f"n{number}.invalid", answers.append)
        if number % 10 == 0:
            bridged.run(5 * MILLISECOND)
            assert threading.active_count() <= before + MAX_LOOKUPS
    bridged.until(lambda: len(answers) == 1_000)
    assert all(isinstance(answer, Failure) for answer in answers)
    assert bridged.world.bridge is not None
    assert not bridged.world.bridge._lookups
    bridged.world.close()


def test_lookups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def resolve(name: str, *rest: object) -> list[Any]:
        go_on.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = SocketPort()
    handles = [port.start_lookup("slow.test") for _ in range(MAX_LOOKUPS + 1)]
    assert [port.lookup_result(handle) for handle in handles[-2:]] == [None, Failure.TIMED_OUT]
    go_on.set()
    while (answer := port.lookup_result(handles[0])) is None:
        port.wait(SECOND)
    assert answer is Failure.UNREACHABLE
    port.close_all()
