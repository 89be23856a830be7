"""TCP and UDP servers on the module, as the drivers run them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.ism43362.faults import Fault, FaultKind
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.stack.host import Host
from tests.peripherals.ism43362.drivers import Status, StPort
from tests.peripherals.ism43362.rig import Rig

MODULE = IPv4Address("10.10.0.50")


class Peer:
    """Someone in the module's network."""

    def __init__(self, rig: Rig, address: str = "10.10.0.200") -> None:
        self.host: Host = rig.world.internet.host(IPv4Address(address))
        self.rig = rig
        self.closed = False
        self.failed: Failure | None = None
        self.received: list[tuple[tuple[IPv4Address, int], bytes]] = []

    def connect(self, port: int) -> Stream:
        self.stream: Stream = self.host.connect((MODULE, port), self, 0)
        self.rig.wires.wait_ms(20)
        return self.stream

    def read(self) -> bytes:
        self.rig.wires.wait_ms(20)
        return self.stream.receive(10_000)

    def on_connected(self, stream: Stream) -> None: ...

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self.failed = failure

    def on_data(self, stream: Stream) -> None: ...

    def on_writable(self, stream: Stream) -> None: ...

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.closed = True

    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None:
        self.received.append((sender, data))


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    return rig.joined()


def start(port: StPort, mode: bytes = b"11") -> bytes:
    return port.ok(b"P0=0\r", b"PK=1,3000\r", b"P1=0\r", b"P8=2\r", b"P2=80\r", b"P5=%s\r" % mode)


def test_server_of_st_s_driver(rig: Rig, port: StPort) -> None:
    """Poll `MR` and `P?` until the second field of `P?` is the client."""
    assert start(port) == b"[TCP SVR] Waiting on connection..."
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"
    assert port.ok(b"P?\r").startswith(b"0,0.0.0.0,80,")
    peer = Peer(rig)
    peer.connect(80).send(b"GET /")
    rig.wires.wait_ms(20)
    assert port.ok(b"MR\r").startswith(b"[SOMA][TCP SVR] Accepted 10.10.0.200:")
    fields = port.ok(b"P?\r").split(b",")
    assert fields[:2] == [b"0", b"10.10.0.200"]
    assert fields[3] == b"10.10.0.200"
    assert fields[5:9] == [b"1", b"0", b"2", b"1"]
    assert port.receive_some(0, 100) == b"GET /"
    assert port.send_some(0, b"200 OK") == 6
    assert peer.read() == b"200 OK"
    port.ok(b"P5=10\r")
    rig.wires.wait_ms(20)
    assert peer.closed
    assert port.ok(b"P?\r").startswith(b"0,0.0.0.0,80,")


def test_clients_wait_for_their_turn(rig: Rig, port: StPort) -> None:
    start(port)
    first, second = Peer(rig), Peer(rig, "10.10.0.201")
    first.connect(80)
    second.connect(80)
    assert b"10.10.0.200" in port.ok(b"MR\r")
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"
    first.stream.close()
    rig.wires.wait_ms(20)
    assert port.receive_some(0, 10) is None
    port.ok(b"P5=10\r")
    assert b"10.10.0.201" in port.ok(b"MR\r")
    second.stream.send(b"my turn")
    rig.wires.wait_ms(20)
    assert port.receive_some(0, 10) == b"my turn"


def test_backlog_is_limited(rig: Rig, port: StPort) -> None:
    start(port)
    peers = [Peer(rig, f"10.10.0.{200 + number}") for number in range(4)]
    for peer in peers:
        peer.connect(80)
    rig.wires.wait_ms(20)
    assert [peer.closed for peer in peers] == [False, False, False, True]


def test_client_that_left_while_it_waited_is_passed_over(rig: Rig, port: StPort) -> None:
    start(port)
    peers = [Peer(rig, f"10.10.0.{200 + number}") for number in range(3)]
    for peer in peers:
        peer.connect(80)
    peers[1].stream.abort()
    rig.wires.wait_ms(20)
    port.ok(b"MR\r", b"P5=10\r")
    assert b"10.10.0.202" in port.ok(b"MR\r")


def test_accept_loop_with_p7(rig: Rig, port: StPort) -> None:
    start(port, b"1")
    port.ok(b"P7=1\r")
    first, second = Peer(rig), Peer(rig, "10.10.0.201")
    first.connect(80)
    second.connect(80)
    port.ok(b"MR\r", b"P7=2\r")
    rig.wires.wait_ms(20)
    assert first.closed
    port.ok(b"P7=3\r")
    assert b"10.10.0.201" in port.ok(b"MR\r")
    port.ok(b"P7=0\r")
    assert port.ok(b"P?\r").split(b",")[8] == b"0"


def test_read_before_anyone_has_come_is_empty(port: StPort) -> None:
    start(port)
    port.ok(b"R2=10\r")
    assert port.receive_data() == (Status.OK, b"")


def test_stopped_server_refuses(rig: Rig, port: StPort) -> None:
    start(port)
    peer = Peer(rig)
    peer.connect(80)
    port.ok(b"P5=0\r")
    rig.wires.wait_ms(20)
    assert peer.closed
    late = Peer(rig)
    late.connect(80)
    assert late.failed is Failure.REFUSED


def test_port_that_is_taken(port: StPort) -> None:
    start(port)
    port.ok(b"P0=1\r", b"P1=0\r", b"P2=80\r")
    assert b"local port is taken" in port.execute(b"P5=1\r")[1]
    assert port.ok(b"P?\r").split(b",")[5] == b"0"


def test_server_needs_a_network(port: StPort) -> None:
    assert port.disconnect()
    assert b"not joined" in port.execute(b"P5=1\r")[1]


def test_silent_accept(rig: Rig, port: StPort) -> None:
    start(port)
    rig.module.inject(Fault(FaultKind.ACCEPT_SILENT))
    Peer(rig).connect(80)
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"


def test_reset_ends_a_server_without_a_word(rig: Rig, port: StPort) -> None:
    start(port)
    peers = [Peer(rig, f"10.10.0.{200 + number}") for number in range(2)]
    for peer in peers:
        peer.connect(80)
    assert port.reset()
    assert port.ok(b"P0=0\r", b"P?\r").startswith(b"0,0.0.0.0,0,")
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"


def start_udp(port: StPort) -> None:
    port.ok(b"P0=1\r", b"P1=1\r", b"P2=5000\r", b"P5=1\r", b"R1=100\r", b"R2=50\r")
    assert port.ok(b"P?\r").split(b",")[5:7] == [b"0", b"1"]


def send_datagram(rig: Rig) -> tuple[Peer, bytes]:
    """To port 5000, and who sent it."""
    peer = Peer(rig)
    socket = peer.host.datagrams(0, peer)
    assert not isinstance(socket, Failure)
    socket.send_to((MODULE, 5000), b"hello")
    rig.wires.wait_ms(20)
    return peer, b"10.10.0.200:%d" % socket.port


def test_udp_server() -> None:
    rig = Rig(brokenUdpServer=False)
    port = rig.joined()
    start_udp(port)
    peer, sender = send_datagram(rig)
    assert port.ok(b"MR\r") == b"[SOMA][UDP SVR] Accepted " + sender + b"[EOMA]"
    assert port.receive_data() == (Status.OK, b"hello")
    fields = port.ok(b"P?\r").split(b",")
    assert b":".join(fields[3:5]) == sender
    assert port.send_data(b"S3=0002\r", b"yo")[0] is Status.OK
    rig.wires.wait_ms(20)
    assert peer.received == [((MODULE, 5000), b"yo")]
    port.ok(b"P5=0\r")
    assert port.receive_data()[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_broken_udp_server(rig: Rig, port: StPort) -> None:
    start_udp(port)
    send_datagram(rig)
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"
    assert port.receive_data() == (Status.OK, b"")


def test_udp_port_that_is_taken(port: StPort) -> None:
    port.ok(b"P0=0\r", b"P1=1\r", b"P2=5000\r", b"P5=1\r", b"P0=1\r", b"P1=1\r", b"P2=5000\r")
    assert b"local port is taken" in port.execute(b"P5=1\r")[1]


def test_messages_ahead_of_data_where_the_profile_has_it() -> None:
    rig = Rig(messages_in_reads=True)
    port = rig.joined()
    start(port)
    peer = Peer(rig)
    peer.connect(80).send(b"data")
    rig.wires.wait_ms(20)
    data = port.receive_some(0, 100)
    assert data is not None
    assert data.startswith(b"[SOMA][TCP SVR] Accepted 10.10.0.200:")
    assert data.endswith(b"[EOMA]data")
