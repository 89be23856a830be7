"""In-world servers: echo, sinks, their records, and how they are started and stopped."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers import base
from renode_wifi.peripherals.network.servers.records import MAX_BYTES, MAX_RECORDS, Records
from renode_wifi.peripherals.network.stack.host import MAX_LINGERING
from tests.peripherals.network.bench import Bench, joined, saved


def test_records_of_connections(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    first, _ = bench.connect(7)
    second, _ = bench.connect(7)
    first.send(b"one")
    second.send(b"two!")
    bench.run()
    first.close()
    bench.run()
    server = bench.world.server("echo")
    one, two = server.connections
    assert (one.received_count, one.sent_count, one.number) == (3, 3, 1)
    assert (bytes(two.received), two.number) == (b"two!", 2)
    assert one.remote[0] == IPv4Address("10.10.0.50")
    assert one.closed_at is not None
    assert one.closed_at > one.opened_at
    assert server.open_connections == [two]
    assert server.received_bytes == b"onetwo!"


def test_servers_stop_and_start(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7, start: false}}")
    server = bench.world.server("echo")
    assert bench.connect(7)[1].log == [Failure.REFUSED]
    server.start()
    server.start()
    _, events = bench.connect(7)
    server.stop()
    server.stop()
    bench.run()
    assert events.log == ["connected", ("closed", Failure.RESET)]
    assert bench.connect(7)[1].log == [Failure.REFUSED]
    assert not server.running


# Bounds


def test_open_connections_and_records_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MAX_OPEN", 2)
    monkeypatch.setattr(base, "MAX_CONNECTIONS", 3)
    monkeypatch.setattr(base, "MAX_BYTES", 5)
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7, tls: true}}")
    logs = []
    for number in range(4):
        _, events = bench.connect(7)
        logs.append(events.log)
        bench.run()
        assert len(bench.world.server("echo").open_connections) <= 2, number
    server = bench.world.server("echo")
    assert [log[-1] for log in logs] == [*[("closed", Failure.RESET)] * 2, *["connected"] * 2]
    assert [connection.number for connection in server.connections] == [2, 3, 4]
    ended = server.connections[1]
    ended.received += b"what a test reads"
    bench.connect(7)
    assert ended.received == b""


def test_closed_connections_that_the_peer_keeps_are_bounded(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {tar: {type: tarpit, port: 7}}")
    host = bench.station._host
    assert host is not None
    for _ in range(MAX_LINGERING + 10):
        stream, _ = bench.connect(7)
        stream.close()
        bench.run(0.1)
    assert len(host.connections) <= MAX_LINGERING + 2


def test_a_record_drops_the_oldest() -> None:
    kept: Records[int] = Records()
    for number in range(MAX_RECORDS + 1):
        kept.keep(number, 1)
    assert (len(kept), kept[-1]) == (MAX_RECORDS - MAX_RECORDS // 10, MAX_RECORDS)
    kept.keep(-1, MAX_BYTES)
    assert kept == [-1]
    copy = saved(kept)
    copy.keep(-2, 1)
    assert copy == [-2]


# Faults


def test_a_server_that_resets_at_a_time(tmp_path: Path) -> None:
    bench = joined(
        tmp_path,
        "servers: {echo: {type: echo, port: 7}}\n"
        "faults: [{at: 30 s, do: server-resets}, {at: 40 s, do: server-stops, for: 5 s}]",
    )
    _, events = bench.connect(7)
    bench.clock.advance(31 * SECOND - bench.clock.now)
    assert events.log == ["connected", ("closed", Failure.RESET)]
    bench.clock.advance(41 * SECOND - bench.clock.now)
    assert bench.connect(7)[1].log == [Failure.REFUSED]
    bench.run(5)
    assert bench.connect(7)[1].log == ["connected"]


def test_a_server_that_cuts_its_answer_in_two(tmp_path: Path) -> None:
    bench = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}, other: {type: echo, port: 8}}
        faults: [{after: data, count: 4, do: server-cuts, server: echo}]
        """,
    )
    other, _ = bench.connect(8)
    stream, events = bench.connect(7)
    for _ in range(3):
        other.send(b"does not count")
        stream.send(b"12345678")
        bench.run()
    assert bytes(events.data) == b"12345678" * 2 + b"1234"
    assert events.log[-1] == ("closed", Failure.RESET)
    (connection,) = bench.world.server("echo").connections
    assert connection.failure is Failure.RESET
    assert other.open


def test_a_tls_record_is_cut_in_the_middle(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7, tls: true}}")
    stream, events = bench.secure(7)
    bench.world.inject("server-cuts", server="echo")
    stream.send(b"a record")
    bench.run()
    assert bytes(events.data) == b""
    assert events.log[-1] == ("closed", Failure.RESET)


def test_one_byte_cut_in_two_is_none(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = bench.connect(7)
    bench.world.inject("server-cuts", server="echo")
    stream.send(b"x")
    bench.run()
    assert bytes(events.data) == b""
    assert events.log[-1] == ("closed", Failure.RESET)


def test_a_server_that_hangs_for_a_while(tmp_path: Path) -> None:
    bench = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = bench.connect(7)
    bench.world.inject("server-hangs", 10 * SECOND, server="echo")
    stream.send(b"hello?")
    bench.run(9)
    assert bytes(events.data) == b""
    bench.run(2)
    assert bytes(events.data) == b"hello?"


def test_dhcp_and_links_fail_and_come_back(tmp_path: Path) -> None:
    bench = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}}
        faults:
          - {after: joined, delay: 1 s, do: dhcp-fails, for: 60 s}
          - {after: joined, delay: 1 s, do: link, latency: 100 ms, loss: 0.0, for: 60 s}
          - {after: joined, delay: 2 s, do: put-out}
        """,
    )
    assert bench.station.lease is None
    assert bench.join() is not None
    assert bench.station.lease is None
    assert bench.world.internet.link.settings.latency == 100_000_000
    bench.run(60)
    bench.join()
    assert bench.station.lease is not None
    assert bench.world.internet.link.settings.latency == 1_000_000
    assert [fields["do"] for fields in bench.events("fault")] == ["dhcp-fails", "link", "put-out"]


def test_a_fault_waits_for_its_event_number(tmp_path: Path) -> None:
    bench = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}}
        faults: [{after: connected, count: 2, do: server-resets}]
        """,
    )
    _, first = bench.connect(7)
    assert first.log == ["connected"]
    bench.connect(7)
    assert first.log[-1] == ("closed", Failure.RESET)


def test_unknown_faults_are_told(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="there are: ap-vanishes"):
        Bench(tmp_path, "").world.inject("meteor")


@pytest.mark.parametrize(
    ("do", "arguments", "told"),
    [
        ("server-stops", {}, "wants the name of one server\n  there are: one, two"),
        ("server-stops", {"server": "on"}, "no server 'on'"),
        ("server-stops", {"name": "one"}, "does not take name\n  it takes server, duration"),
        ("link", {}, "changes nothing\n  give it latency, jitter, loss"),
        ("link", {"loss": 2}, "loss is 2\n  write a chance"),
        ("link", {"latency": "2 ms"}, "latency is '2 ms'\n  give it in ns"),
    ],
)
def test_faults_that_cannot_happen_are_told(
    tmp_path: Path, do: str, arguments: dict[str, Any], told: str
) -> None:
    servers = "servers: {one: {type: echo, port: 1}, two: {type: echo, port: 2}}"
    with pytest.raises(RenodeWifiError) as caught:
        Bench(tmp_path, servers).world.inject(do, **arguments)
    assert told in str(caught.value)


def test_the_only_server_and_access_point_need_not_be_named(tmp_path: Path) -> None:
    bench = joined(
        tmp_path, "servers: {echo: {type: echo, port: 7}, more: {type: udp-echo, port: 7}}"
    )
    bench.world.inject("server-stops")
    assert not bench.world.server("echo").running
    bench.world.inject("ap-vanishes")
    assert bench.station.lease is None
