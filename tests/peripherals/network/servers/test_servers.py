"""In-world servers: echo, sinks, HTTP, their records, and how they are started and stopped."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers.http import RequestParser
from tests.peripherals.network.bench import Bench, joined

WEB = """
servers:
  web:
    type: http
    port: 80
    pages:
      /: hello
      /teapot: {status: 418, text: short, content_type: text/tea}
      /odd: {status: 599}
"""


def ask(bench: Bench, request: bytes) -> bytes:
    stream, events = bench.connect(80)
    stream.send(request)
    bench.run()
    return bytes(events.data)


def test_a_page_is_served(tmp_path: Path) -> None:
    bench = joined(tmp_path, WEB)
    answer = ask(bench, b"GET /?q=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
        b"Connection: close\r\n\r\nhello"
    )
    assert not bench.world.server("web").open_connections
    assert bench.world.server("web").requests[0].headers == {"host": "a", "connection": "close"}


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /teapot HTTP/1.1", b"418 I'm a Teapot"),
        (b"GET /odd HTTP/1.1", b"599 Status"),
        (b"GET /none HTTP/1.1", b"404 Not Found"),
        (b"DELETE / HTTP/1.1", b"405 Method Not Allowed"),
        (b"GET /", b"400 Bad Request"),
        (b"GET / HTTP/2.0", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nno colon here", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nContent-Length: -1", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999", b"413"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked", b"501 Not Implemented"),
        (b"GET / HTTP/1.1\r\nX: " + bytes(20_000), b"431"),
    ],
)
def test_statuses(tmp_path: Path, request_line: bytes, status: bytes) -> None:
    bench = joined(tmp_path, WEB + "link: {window: 65536}")
    assert ask(bench, request_line + b"\r\n\r\n").startswith(b"HTTP/1.1 " + status)


def test_connections_stay_for_further_requests(tmp_path: Path) -> None:
    bench = joined(tmp_path, WEB)
    request = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    answer = ask(bench, b"\r\n" + request * 2 + b"HEAD / HTTP/1.0\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b"hello") == 2
    bodies = [request.body for request in bench.world.server("web").requests]
    assert bodies == [b"abc", b"abc", b""]


def test_a_page_can_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "logo.bin").write_bytes(bytes(300))
    bench = joined(
        tmp_path, "servers: {web: {type: http, port: 80, pages: {/logo: {file: logo.bin}}}}"
    )
    assert ask(bench, b"GET /logo HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\n" + bytes(300))


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_requests_or_a_problem(data: bytes, size: int) -> None:
    """Cut anywhere, the outcome is the same."""
    whole, pieces = RequestParser(), RequestParser()
    data = b"GET / HTTP/1.1\r\n" + data + b"\r\n\r\n"
    requests = whole.feed(data)
    cut = []
    for start in range(0, len(data), size):
        cut += pieces.feed(data[start : start + size])
    assert (cut, pieces.problem) == (requests, whole.problem)


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
