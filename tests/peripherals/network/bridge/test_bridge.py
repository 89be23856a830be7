"""The bridge to the host: the rules of time, what crosses, and its bounds; with a fake host."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.bridge import bridge
from renode_wifi.peripherals.network.contract.dns_messages import DnsMessage, Question
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from tests.peripherals.network.bridge.rig import FORWARD, REMOTE, Bridged, FakeHost
from tests.peripherals.network.rig import Recorder, saved

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


@pytest.mark.parametrize(
    ("name", "kind", "code", "found"),
    [
        ("known.test", 1, 0, ["1.2.3.4"]),
        ("known.test", 28, 0, []),
        ("absent.test", 1, 3, []),
        ("4.3.2.1.in-addr.arpa", 12, 3, []),
    ],
)
def test_the_world_s_name_server_asks_the_host(
    tmp_path: Path, name: str, kind: int, code: int, found: list[str]
) -> None:
    """A name without an address of the type that is asked for is there all the same."""
    host = FakeHost()
    host.names["absent.test"] = []
    bridged = Bridged(tmp_path, "dns: {pass_through: true}", host)
    events = Recorder()
    socket: Any = bridged.station.datagrams(0, events)
    socket.send_to((IPv4Address("10.10.0.1"), 53), DnsMessage((Question(name, kind),)).emit())
    bridged.run(50 * MILLISECOND)
    ((_, answer),) = events.log
    assert answer[3] & 0xF == code
    assert [str(record.address) for record in DnsMessage.parse(answer).answers] == found


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


def test_a_run_that_is_to_end_waits_for_no_peer(tmp_path: Path) -> None:
    host = FakeHost()
    host.delay = 60 * SECOND
    bridged = Bridged(tmp_path, FORWARD, host)
    bridged.station.connect((REMOTE, 1883), Recorder())
    host.waits.clear()

    def wait(duration: int) -> None:
        host.wall += duration
        host.waits.append(duration)
        bridged.machine.stopping = True

    host.wait = wait  # type: ignore[method-assign]
    bridged.run(MILLISECOND)
    (looked,) = host.waits[:1]
    assert looked <= 100 * MILLISECOND
    assert host.wall <= 200 * MILLISECOND
    # Whoever goes on finds the clock standing still again.
    bridged.machine.stopping = False
    before = host.wall
    host.wait = FakeHost.wait.__get__(host)  # type: ignore[method-assign]
    bridged.run(MILLISECOND)
    assert host.wall - before >= 5 * SECOND


def test_datagrams_without_end_do_not_stop_the_clock(tmp_path: Path) -> None:
    host = FakeHost()
    rule = 'forwards: [{from: "10.10.0.9:53", to: "127.0.0.1:5353", udp: true}]'
    bridged = Bridged(tmp_path, rule, host)
    events = Recorder()
    flow = bridged.station.datagrams(4_000, events)
    assert not isinstance(flow, Failure)
    flow.send_to((REMOTE, 53), b"one")
    host.receive = lambda handle: b"x"  # type: ignore[method-assign]
    bridged.run(10 * MILLISECOND)
    assert 1 <= len(events.log) <= 20 * bridge.MAX_TAKEN


def test_clients_without_end_do_not_stop_the_clock(tmp_path: Path) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, 'expose: [{listen: "127.0.0.1:8080", port: 80}]', host)
    host.inbox[7] = []
    host.accept = lambda handle: 7  # type: ignore[method-assign]
    before = bridged.now
    bridged.run(20 * MILLISECOND)
    assert bridged.now == before + 20 * MILLISECOND
    assert bridged.world.bridge is not None
    assert len(bridged.world.bridge.exposed) <= bridge.MAX_EXPOSED


def test_a_restored_world_has_lost_its_connections(tmp_path: Path) -> None:
    bridged = Bridged(
        tmp_path,
        FORWARD + "dns: {pass_through: true}\nbridge: {grace: 1 ms}",
        FakeHost(),
    )
    opened, opening, closing = Recorder(), Recorder(), Recorder()
    streams = [bridged.station.connect((REMOTE, 1883), opened)]
    bridged.run(MILLISECOND)
    host: Any = bridged.world.bridge.port  # type: ignore[union-attr]
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
    assert world.bridge.streams == []
    world.close()


def test_flows_and_connections_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MAX_STREAMS", 2)
    host = FakeHost()
    host.answers = False
    bridged = Bridged(tmp_path, FORWARD + "egress: ['93.184.216.0/24:*']", host)
    own: Any = bridged.station.datagrams(4_000, Recorder())
    for number in range(bridge.MAX_FLOWS + 3):
        own.send_to((IPv4Address("93.184.216.0") + number, 9), b"x")
        bridged.run(MILLISECOND)
    flows = bridged.world.bridge.flows  # type: ignore[union-attr]
    assert len(flows) == bridge.MAX_FLOWS
    assert [handle for handle, _ in host.closed] == [0, 1, 2]
    bridged.run(bridge.FLOW_IDLE + SECOND)
    assert flows == []
    host.allowed.clear()
    for _ in range(3):
        bridged.station.connect((REMOTE, 1883), Recorder())
    forwarded = IPv4Address("127.0.0.1")
    assert [allowed(forwarded) for allowed in host.allowed] == [True, True, False]


def test_a_forward_to_a_name_does_not_follow_it_everywhere(tmp_path: Path) -> None:
    host = FakeHost()
    host.own = ["192.168.1.5"]
    bridged = Bridged(
        tmp_path,
        "forwards:\n"
        '  - {from: "10.10.0.9:1", to: "lan.test:1"}\n'
        '  - {from: "10.10.0.9:2", to: "localhost:2"}\n',
        host,
    )
    for port in (1, 2):
        bridged.station.connect((REMOTE, port), Recorder())
    named, local = host.allowed
    addresses = ["192.168.1.4", "192.168.1.5", "127.0.0.1", "169.254.169.254", "224.0.0.1"]
    assert [named(IPv4Address(address)) for address in addresses] == [True] + [False] * 4
    assert local(IPv4Address("127.0.0.1"))


# Secrets


def hello(bridged: Bridged, address: IPv4Address, port: int) -> bytes:
    """The random of a TLS client's hello (RFC 5246 section 7.4.1.2)."""
    stream = bridged.station.connect((address, port), Recorder())
    bridged.run(20 * MILLISECOND)
    TlsStream(stream, TlsSettings(verify=False), Recorder(), bridged.machine.clock, Random(1))
    sent = [
        fields["data"]
        for _, _, event, fields in bridged.machine.traced
        if event == "data" and fields["destination"] == f"{address}:{port}"
    ]
    return bytes(sent[0][11:43])


def test_the_seed_makes_no_secrets_for_peers_outside_the_world(tmp_path: Path) -> None:
    randoms: dict[str, list[bytes]] = {"inside": [], "outside": []}
    for _ in range(2):
        host = FakeHost()
        host.answers = False
        bridged = Bridged(
            tmp_path, FORWARD + "servers: {tls: {type: echo, port: 443, tls: true}}", host
        )
        randoms["inside"].append(hello(bridged, IPv4Address("10.10.0.1"), 443))
        randoms["outside"].append(hello(bridged, REMOTE, 1883))
    assert randoms["inside"][0] == randoms["inside"][1]
    assert randoms["outside"][0] != randoms["outside"][1]


@pytest.mark.parametrize("name", ["", "a b", "\0", "-x", "a" * 64, "a..b"])
def test_the_host_is_not_asked_for_what_is_no_name(tmp_path: Path, name: str) -> None:
    host = FakeHost()
    bridged = Bridged(tmp_path, "dns: {pass_through: true}", host)
    bridged.station.resolve(name, bridged.answers.append)
    bridged.run(MILLISECOND)
    assert bridged.answers[-1] is Failure.UNREACHABLE
    assert host.opened == []
