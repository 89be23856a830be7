"""TCP, UDP and ping on virtual time."""

from __future__ import annotations

import gc
import weakref
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.stack import host as host_module
from tests.peripherals.network.rig import GATEWAY, Recorder, Rig, joined, saved

ECHO = "servers: {echo: {type: echo, port: 7}, slow: {type: tarpit, port: 8}}"


def test_a_connection_takes_one_round_trip(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO + "\nlink: {latency: 5 ms}")
    events = Recorder()
    rig.station.connect((GATEWAY, 7), events)
    rig.clock.advance(10 * MILLISECOND - 1)
    assert events.log == []
    rig.clock.advance(1)
    assert events.log == ["connected"]


def test_bytes_come_back(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(7, keep_reading=False)
    assert stream.open
    assert stream.send(b"hello world") == 11
    rig.run()
    assert stream.available == 11
    assert stream.peek(5) == b"hello"
    assert stream.receive(5) == b"hello"
    assert stream.receive(100) == b" world"
    assert stream.receive(1) == b""
    assert rig.world.server("echo").received_bytes == b"hello world"
    assert events.log == ["connected"]


@pytest.mark.parametrize(
    ("address", "port", "failure"),
    [
        ("10.10.0.1", 9, Failure.REFUSED),
        ("0.0.0.0", 7, Failure.DENIED),
        ("10.10.0.1", 0, Failure.DENIED),
        ("127.0.0.1", 7, Failure.DENIED),
        ("224.0.0.1", 7, Failure.DENIED),
        ("255.255.255.255", 7, Failure.DENIED),
        ("10.10.0.200", 7, Failure.UNREACHABLE),
        ("93.184.216.34", 443, Failure.DENIED),
    ],
)
def test_connections_that_cannot_be_fail(
    tmp_path: Path, address: str, port: int, failure: Failure
) -> None:
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(port, IPv4Address(address))
    rig.run(5)
    assert events.log == [failure]
    assert not stream.open
    assert stream.send(b"x") == 0
    stream.abort()


def test_a_denied_destination_is_logged_once_with_the_line_to_add(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = joined(tmp_path, "names: {shop.test: 93.184.216.34}")
    for _ in range(2):
        rig.connect(443, IPv4Address("93.184.216.34"))
    (message,) = caplog.messages
    assert "93.184.216.34:443 (shop.test)" in message
    assert "servers:" in message
    assert "forwards:" in message


def test_a_reader_that_does_not_read_holds_the_sender_up(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO + "\nlink: {window: 1000}")
    stream, events = rig.connect(8)
    assert stream.send(bytes(1_500)) == 1_000
    assert stream.send(b"x") == 0
    rig.run(10)
    assert events.log == ["connected"]
    rig.world.server("slow").connections[0].stream.receive(400)
    rig.run()
    assert events.log == ["connected", "writable"]
    assert stream.send(bytes(1_500)) == 400


def test_a_stopped_reader_gets_everything_once_it_reads(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO + "\nlink: {window: 600}")
    stream, _ = rig.connect(7, keep_reading=False)
    message = bytes(range(256)) * 40
    sent, received = 0, b""
    for _ in range(200):
        sent += stream.send(message[sent:])
        rig.run(0.1)
        received += stream.receive(333)
    assert received == message


def test_shutdown_ends_one_direction(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(7)
    stream.send(b"last words")
    stream.shutdown()
    assert stream.send(b"more") == 0
    rig.run()
    assert bytes(events.data) == b"last words"
    assert events.log[-1] == ("closed", None)
    assert not rig.world.server("echo").connections[0].open


@pytest.mark.parametrize("how", ["close", "abort", "leave"])
def test_a_connection_that_is_over_lets_go_of_its_owner(tmp_path: Path, how: str) -> None:
    """Servers keep a record of their connections, and with it the other ends."""
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(7)
    if how == "leave":
        rig.station.leave()
    else:
        getattr(stream, how)()
    rig.run()
    owner = weakref.ref(events)
    del events
    gc.collect()
    assert rig.world.server("echo").connections
    assert owner() is None


def test_close_lets_no_further_event_through(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(7)
    stream.send(b"bye")
    stream.close()
    rig.run()
    assert events.log == ["connected"]
    assert bytes(events.data) == b""
    assert not rig.world.server("echo").open_connections


def test_closing_before_the_connection_stands(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    events = Recorder()
    stream = rig.station.connect((GATEWAY, 7), events)
    stream.close()
    rig.run()
    stream = rig.station.connect((GATEWAY, 7), events)
    rig.clock.advance(1_500_000)
    stream.close()
    rig.run()
    assert events.log == []
    assert not rig.world.server("echo").open_connections


def test_data_for_a_closed_end_is_answered_with_a_reset(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {sink: {type: discard, port: 9}}")
    stream, _ = rig.connect(9)
    (connection,) = rig.world.server("sink").connections
    stream.close()
    connection.send(b"late")
    rig.run()
    assert not connection.open


def test_an_abort_resets_the_peer(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, _ = rig.connect(7)
    stream.abort()
    rig.run()
    (connection,) = rig.world.server("echo").connections
    assert connection.failure is Failure.RESET


def test_a_server_may_reset(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, events = rig.connect(7)
    rig.world.server("echo").reset_connections()
    rig.run()
    assert events.log[-1] == ("closed", Failure.RESET)
    assert not stream.open


def test_local_ports_are_distinct_and_can_be_chosen(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    ports = {rig.connect(7)[0].local[1] for _ in range(5)}
    assert len(ports) == 5
    stream = rig.station.connect((GATEWAY, 7), Recorder(), 1234)
    assert stream.local == (IPv4Address("10.10.0.50"), 1234)


def test_a_station_can_be_a_server(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    accepted: list[Any] = []
    listener = rig.station.listen(80, accepted.append)
    assert not isinstance(listener, Failure)
    assert rig.station.listen(80, accepted.append) is Failure.ADDRESS_IN_USE
    client = Recorder()
    assert rig.station.lease is not None
    target = rig.station.lease.address
    gateway = rig.world.internet.host(GATEWAY)
    gateway.connect((target, 80), client)
    rig.run()
    assert client.log == ["connected"]
    assert accepted[0].remote[0] == GATEWAY
    listener.close()
    gateway.connect((target, 80), client)
    rig.run()
    assert client.log[-1] is Failure.REFUSED
    port_zero = rig.station.listen(0, accepted.append)
    assert not isinstance(port_zero, Failure)
    assert port_zero.port > 1024


def test_closed_connections_that_the_peer_keeps_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "MAX_LINGERING", 5)
    rig = joined(tmp_path, "")
    accepted: list[Any] = []
    rig.station.listen(80, accepted.append)
    assert rig.station.lease is not None
    target = rig.station.lease.address
    gateway = rig.world.internet.host(GATEWAY)
    for _ in range(20):
        stream = gateway.connect((target, 80), Recorder())
        rig.run(0.1)
        stream.close()
        rig.run(0.1)
    assert len(accepted) == 20
    assert 5 <= len(gateway.connections) <= 7


def test_connections_of_a_host_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_module, "MAX_CONNECTIONS", 3)
    rig = joined(tmp_path, ECHO)
    logs = [rig.connect(7)[1].log for _ in range(4)]
    rig.run()
    assert logs == [["connected"]] * 3 + [[Failure.ADDRESS_IN_USE]]


def test_lost_packets_delay_data_and_lose_none(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO + "\nlink: {loss: 0.5, jitter: 3 ms}", seed=3)
    events = Recorder()
    stream = rig.station.connect((GATEWAY, 7), events)
    rig.run(300)
    assert events.log == ["connected"]
    for number in range(20):
        stream.send(bytes([number]) * 10)
    rig.run(300)
    assert bytes(events.data) == b"".join(bytes([number]) * 10 for number in range(20))


@given(
    sizes=st.lists(st.integers(0, 3_000), max_size=12),
    reads=st.lists(st.integers(1, 2_000), min_size=1, max_size=12),
    window=st.integers(512, 5_000),
    latency=st.integers(0, 50),
    jitter=st.integers(0, 20),
    loss=st.floats(0, 0.6),
    seed=st.integers(0, 1_000),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_bytes_are_conserved_whatever_the_link(
    tmp_path: Path,
    sizes: list[int],
    reads: list[int],
    window: int,
    latency: int,
    jitter: int,
    loss: float,
    seed: int,
) -> None:
    rig = joined(tmp_path, ECHO, seed=seed)
    stream, events = rig.connect(7, keep_reading=False)
    rig.world.internet.link.change(
        window=window, latency=latency * MILLISECOND, jitter=jitter * MILLISECOND, loss=loss
    )
    message = bytes(index * 7 % 251 for index in range(sum(sizes)))
    sent, received = 0, b""
    for turn in range(400):
        size = sizes[turn % len(sizes)] if sizes else 0
        sent += stream.send(message[sent : sent + size])
        rig.run(1)
        received += stream.receive(reads[turn % len(reads)])
        if len(received) == len(message):
            break
    while len(received) < len(message):
        before = len(received)
        sent += stream.send(message[sent:])
        rig.run(200)
        received += stream.receive(100_000)
        assert len(received) > before
    assert received == message
    assert events.log[0] == "connected"


def test_a_snapshot_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    def transcript(restore: bool) -> Any:
        rig = joined(tmp_path, ECHO + "\nlink: {jitter: 4 ms, loss: 0.2}", seed=9)
        stream, events = rig.connect(7)
        rig.run(60)
        for number in range(30):
            stream.send(bytes([number]) * 100)
            rig.run(0.0123)
            if restore and number % 5 == 0:
                rig, stream, events = saved((rig, stream, events))
        rig.run(60)
        return bytes(events.data), rig.machine.traced

    assert transcript(True) == transcript(False)


# UDP


def test_datagrams_come_back_and_know_their_sender(tmp_path: Path) -> None:
    rig = joined(
        tmp_path, "servers: {echo: {type: udp-echo, port: 7}, sink: {type: udp-discard, port: 9}}"
    )
    events = Recorder()
    socket = rig.station.datagrams(0, events)
    assert not isinstance(socket, Failure)
    socket.send_to((GATEWAY, 7), b"ping")
    socket.send_to((GATEWAY, 9), b"gone")
    socket.send_to((GATEWAY, 7), bytes(70_000))
    socket.send_to((IPv4Address("1.2.3.4"), 7), b"nowhere")
    rig.run()
    assert events.log == [((GATEWAY, 7), b"ping")]
    assert rig.world.server("sink").datagrams[0][1] == b"gone"
    assert rig.station.datagrams(socket.port, events) is Failure.ADDRESS_IN_USE
    socket.close()
    socket.send_to((GATEWAY, 7), b"closed")
    socket.close()
    rig.run()
    assert len(events.log) == 1
    rig.world.server("echo").stop()
    rig.world.server("echo").send((GATEWAY, 9), b"stopped")
    rig.run()
    assert len(rig.world.server("sink").datagrams) == 1


def test_broadcasts_reach_the_subnet(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {sink: {type: udp-discard, port: 9}}")
    socket = rig.station.datagrams(5_000, Recorder())
    assert not isinstance(socket, Failure)
    for address in ("255.255.255.255", "10.10.0.255", "224.0.0.251"):
        socket.send_to((IPv4Address(address), 9), address.encode())
    rig.run()
    assert [data for _, data in rig.world.server("sink").datagrams] == [
        b"255.255.255.255",
        b"10.10.0.255",
        b"224.0.0.251",
    ]


def test_lost_datagrams_stay_lost(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {sink: {type: udp-discard, port: 9}}\nlink: {loss: 0.5}")
    socket = rig.station.datagrams(5_000, Recorder())
    assert not isinstance(socket, Failure)
    for _ in range(100):
        socket.send_to((GATEWAY, 9), b"x")
    rig.run()
    assert 20 < len(rig.world.server("sink").datagrams) < 80


# Ping


def test_ping_measures_the_link(tmp_path: Path) -> None:
    rig = joined(tmp_path, "link: {latency: 3 ms}")
    times: list[int | None] = []
    rig.station.ping(GATEWAY, SECOND, times.append)
    rig.station.ping(GATEWAY, 5 * MILLISECOND, times.append)
    rig.station.ping(IPv4Address("10.10.0.99"), SECOND, times.append)
    rig.run(2)
    assert times == [None, 6 * MILLISECOND, None]


def test_the_order_of_events_is_traced(tmp_path: Path) -> None:
    rig = joined(tmp_path, ECHO)
    stream, _ = rig.connect(7)
    stream.send(b"abc")
    rig.run()
    (first, second) = rig.events("data")
    assert first["flow"] == second["flow"]
    assert (first["origin"], first["destination"]) == (second["destination"], second["origin"])
    assert first["data"] == second["data"] == b"abc"
    assert [event for _, _, event, _ in rig.machine.traced][:5] == [
        "join",
        "associated",
        "dhcp",
        "joined",
        "connect",
    ]


def test_an_unknown_server_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    rig = Rig(tmp_path, ECHO)
    with pytest.raises(Exception, match="its servers: echo, slow"):
        rig.world.server("eco")
