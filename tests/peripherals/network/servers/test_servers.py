"""In-world servers: echo, sinks, their records, and how they are started and stopped."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers import TYPES, base, class_of
from renode_wifi.peripherals.network.servers.records import MAX_BYTES, MAX_RECORDS, Records
from tests.peripherals.network.rig import joined, saved


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_a_class(name: str) -> None:
    assert issubclass(class_of(name), base.Server)


def test_records_of_connections(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    first, _ = rig.connect(7)
    second, _ = rig.connect(7)
    first.send(b"one")
    second.send(b"two!")
    rig.run()
    first.close()
    rig.run()
    server = rig.world.server("echo")
    one, two = server.connections
    assert (one.received_count, one.sent_count, one.number) == (3, 3, 1)
    assert (bytes(two.received), two.number) == (b"two!", 2)
    assert one.remote[0] == IPv4Address("10.10.0.50")
    assert one.closed_at is not None
    assert one.closed_at > one.opened_at
    assert server.open_connections == [two]
    assert server.received_bytes == b"onetwo!"


def test_servers_stop_and_start(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7, start: false}}")
    server = rig.world.server("echo")
    assert rig.connect(7)[1].log == [Failure.REFUSED]
    server.start()
    server.start()
    _, events = rig.connect(7)
    server.stop()
    server.stop()
    rig.run()
    assert events.log == ["connected", ("closed", Failure.RESET)]
    assert rig.connect(7)[1].log == [Failure.REFUSED]
    assert not server.running


# Bounds


def test_open_connections_and_records_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MAX_OPEN", 2)
    monkeypatch.setattr(base, "MAX_CONNECTIONS", 3)
    monkeypatch.setattr(base, "MAX_BYTES", 5)
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7, tls: true}}")
    logs = []
    for number in range(4):
        _, events = rig.connect(7)
        logs.append(events.log)
        rig.run()
        assert len(rig.world.server("echo").open_connections) <= 2, number
    server = rig.world.server("echo")
    assert [log[-1] for log in logs] == [*[("closed", Failure.RESET)] * 2, *["connected"] * 2]
    assert [connection.number for connection in server.connections] == [2, 3, 4]
    ended = server.connections[1]
    ended.received += b"what a test reads"
    rig.connect(7)
    assert ended.received == b""


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


def test_what_a_server_has_closed_goes_with_the_station(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {web: {type: http, port: 80, pages: {/: x}}}")
    host = rig.world.internet.host(IPv4Address("10.10.0.1"))
    for _ in range(3):
        stream, _ = rig.connect(80)
        stream.send(b"GET / HTTP/1.0\r\n\r\n")
        rig.run()
        rig.station.leave()
        rig.join()
    assert host.connections == []
