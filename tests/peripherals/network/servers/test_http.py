"""The web server: what RFC 9110 and RFC 9112 ask of it, on the date of the world."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers.http_requests import (
    MAX_BODY,
    MAX_HEAD,
    HttpRequest,
    RequestParser,
)
from tests.peripherals.network.rig import Rig, joined, saved

WEB = """
date: 2017-06-01
servers:
  web:
    type: http
    port: 80
    pages:
      /: hello
      /fw.bin: {text: "0123456789abcdef", content_type: application/octet-stream}
      /teapot: {status: 418, text: short, content_type: text/tea}
      /odd: {status: 599}
      /empty: {status: 204}
"""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return joined(tmp_path, WEB)


def ask(rig: Rig, request: bytes) -> bytes:
    stream, events = rig.connect(80)
    stream.send(request)
    rig.run()
    return bytes(events.data)


def get(rig: Rig, line: str, *headers: str) -> tuple[str, dict[str, str], bytes]:
    request = "\r\n".join((f"{line} HTTP/1.1", "Host: web", *headers, "", ""))
    head, _, body = ask(rig, request.encode()).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status.partition(" ")[2], dict(line.split(": ", 1) for line in lines), body


def test_a_page_is_served(rig: Rig) -> None:
    answer = ask(rig, b"GET /?q=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer == (
        b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jun 2017 00:00:21 GMT\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nAccept-Ranges: bytes\r\n"
        b"Content-Length: 5\r\nConnection: close\r\n\r\nhello"
    )
    assert not rig.world.server("web").open_connections
    assert rig.world.server("web").requests[0].headers == {"host": "a", "connection": "close"}


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /teapot HTTP/1.1\r\nHost: a", b"418 I'm a Teapot"),
        (b"GET /odd HTTP/1.1\r\nHost: a", b"599 Status"),
        (b"GET /none HTTP/1.1\r\nHost: a", b"404 Not Found"),
        (b"DELETE / HTTP/1.1\r\nHost: a", b"405 Method Not Allowed"),
        (b"GET /", b"400 Bad Request"),
        (b"GET / HTTP/1.1", b"400 Bad Request"),
        (b"GET / HTTP/2.0\r\nHost: a", b"505"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon here", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999", b"413"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip", b"501 Not Implemented"),
        (b"GET / HTTP/1.1\r\nHost: " + b"x" * 40_000, b"431"),
    ],
)
def test_statuses(tmp_path: Path, request_line: bytes, status: bytes) -> None:
    rig = joined(tmp_path, WEB + "link: {window: 65536}")
    assert ask(rig, request_line + b"\r\n\r\n").startswith(b"HTTP/1.1 " + status)


def test_connections_stay_for_further_requests(rig: Rig) -> None:
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    answer = ask(rig, b"\r\n" + request * 2 + b"HEAD / HTTP/1.0\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b"hello") == 2
    bodies = [request.body for request in rig.world.server("web").requests]
    assert bodies == [b"abc", b"abc", b""]


@pytest.mark.parametrize(
    ("wanted", "place", "body"),
    [
        ("bytes=0-0", "0-0", b"0"),
        ("BYTES=0-0", "0-0", b"0"),
        ("bytes=4-7", "4-7", b"4567"),
        ("bytes=10-", "10-15", b"abcdef"),
        ("bytes=10-99", "10-15", b"abcdef"),
        ("bytes=-3", "13-15", b"def"),
        ("bytes=-99", "0-15", b"0123456789abcdef"),
    ],
)
def test_a_range_of_a_page(rig: Rig, wanted: str, place: str, body: bytes) -> None:
    status, headers, answer = get(rig, "GET /fw.bin", f"Range: {wanted}")
    assert (status, headers["Content-Range"]) == ("206 Partial Content", f"bytes {place}/16")
    assert (answer, headers["Content-Length"]) == (body, str(len(body)))


@pytest.mark.parametrize("wanted", ["bytes=16-", "bytes=99-100", "bytes=-0"])
def test_a_range_beyond_the_page(rig: Rig, wanted: str) -> None:
    status, headers, answer = get(rig, "GET /fw.bin", f"Range: {wanted}")
    assert status.startswith("416")
    assert (headers["Content-Range"], answer) == ("bytes */16", b"")


@pytest.mark.parametrize(
    "headers",
    [
        ["Range: bytes=5-3"],
        ["Range: lines=1-2"],
        ["Range: bytes=0-0,2-3"],
        ["Range: bytes=" + "9" * 5000 + "-"],
        ["Range: bytes=0-0", 'If-Range: "other"'],
    ],
)
def test_a_range_that_is_none_gets_the_whole_page(rig: Rig, headers: list[str]) -> None:
    status, _, answer = get(rig, "GET /fw.bin", *headers)
    assert (status, answer) == ("200 OK", b"0123456789abcdef")


def test_ranges_are_for_get(rig: Rig) -> None:
    status, headers, answer = get(rig, "HEAD /fw.bin", "Range: bytes=0-0")
    assert (status, headers["Content-Length"], answer) == ("200 OK", "16", b"")


def test_an_upload_in_chunks(rig: Rig) -> None:
    line = b"PUT /fw.bin HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = ask(rig, line + b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert rig.world.server("web").requests[0].body == b"hello world"


def test_lines_may_end_in_a_bare_line_feed(rig: Rig) -> None:
    assert b"200 OK" in ask(rig, b"GET / HTTP/1.1\nHost: a\n\n")


def test_a_client_that_waits_may_continue(rig: Rig) -> None:
    stream, events = rig.connect(80)
    head = b"PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    stream.send(head)
    rig.run()
    assert bytes(events.data) == b"HTTP/1.1 100 Continue\r\n\r\n"
    stream.send(b"ok")
    rig.run()
    assert events.data.count(b"100 Continue") == 1
    assert b"HTTP/1.1 200 OK" in events.data
    assert rig.world.server("web").requests[0].method == "PATCH"


def test_what_a_server_lets_clients_do(rig: Rig) -> None:
    status, headers, body = get(rig, "OPTIONS /")
    assert (status, headers["Allow"]) == (
        "204 No Content",
        "GET, HEAD, POST, PUT, PATCH, OPTIONS",
    )
    assert (body, "Content-Length" in headers) == (b"", False)
    assert "Allow" in get(rig, "DELETE /")[1]
    assert get(rig, "GET /empty")[0] == "204 No Content"


def test_a_page_can_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "logo.bin").write_bytes(bytes(300))
    rig = joined(
        tmp_path, "servers: {web: {type: http, port: 80, pages: {/logo: {file: logo.bin}}}}"
    )
    assert ask(rig, b"GET /logo HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\n" + bytes(300))


def test_pages_for_a_client_that_does_not_read_are_made_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(100_000))
    rig = joined(tmp_path, "servers: {web: {type: http, port: 80, pages: {/big: {file: big}}}}")
    stream, events = rig.connect(80, keep_reading=False)
    stream.send(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n" * 50)
    rig.run()
    (connection,) = rig.world.server("web").connections
    assert connection.unsent < 120_000
    events.keep_reading = True
    events.on_data(stream)
    rig.run(20)
    assert events.data.count(b"200 OK") == 50


def all_of(parser: RequestParser) -> list[HttpRequest]:
    return list(iter(parser.next, None))


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_requests_or_a_problem(data: bytes, size: int) -> None:
    """Cut anywhere, and saved in between, the outcome is the same."""
    whole, pieces = RequestParser(), RequestParser()
    data = b"GET / HTTP/1.1\r\nHost: x\r\n" + data + b"\r\n\r\n"
    whole.feed(data)
    requests = all_of(whole)
    cut = []
    for start in range(0, len(data), size):
        pieces.feed(data[start : start + size])
        cut += all_of(pieces)
        pieces = saved(pieces)
    assert (cut, pieces.problem) == (requests, whole.problem)


def test_a_body_without_end_ends_the_connection() -> None:
    parser = RequestParser()
    parser.feed(b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(MAX_BODY // 0x8000 + 1):
        parser.feed(b"8000\r\n" + bytes(0x8000) + b"\r\n")
        assert parser.next() is None
    assert parser.problem == 413


@pytest.mark.parametrize(
    "target", ["http://web.test/fw.bin?x=1", "/fw%2Ebin", "/%66w.bin", "/fw.bin?a=http://b/"]
)
def test_targets_of_every_form_lead_to_the_page(rig: Rig, target: str) -> None:
    """RFC 9112 section 3.2.2, RFC 3986 section 6.2.2.2."""
    assert get(rig, f"GET {target}")[2] == b"0123456789abcdef"


def test_an_address_without_a_path_is_the_start_page(rig: Rig) -> None:
    assert get(rig, "GET http://web.test")[2] == b"hello"


@pytest.mark.parametrize("size", [1000, 2 * MAX_HEAD])
def test_a_long_head_is_refused_in_parts_and_at_once(size: int) -> None:
    request = f"GET /{'a' * MAX_HEAD} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    parser = RequestParser()
    for start in range(0, len(request), size):
        parser.feed(request[start : start + size])
        assert parser.next() is None
    assert parser.problem == 431
