"""Files that scripts name by an address."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script import downloads
from tests.emulation.guest import FLASH, counter_image, monitor_with

IMAGE = counter_image()
CHECK = f"-s_{len(IMAGE)}-{hashlib.sha1(IMAGE).hexdigest()}"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """Serves the image under any name but /nothing; `asked` has what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404 if self.path == "/nothing" else 200)
            self.end_headers()
            self.wfile.write(gzip.compress(IMAGE) if self.path.endswith(".gz") else IMAGE)

        def log_message(self, format: str, *args: object) -> None:
            """Not on the terminal of the tests."""

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(downloads, "cache_folder", lambda: tmp_path / "downloads")
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.asked = asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()


def address(server: ThreadingHTTPServer, name: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{name}"


def test_an_image_is_fetched_once_and_checked(server: ThreadingHTTPServer) -> None:
    for _ in range(2):
        monitor = monitor_with()
        where = address(server, f"app.bin{CHECK}")
        monitor.execute(f"$bin=@{where}; sysbus LoadBinary $bin {FLASH:#x}")
        assert monitor.current.bus.read_bytes(FLASH, len(IMAGE)) == IMAGE
    assert server.asked == [f"/app.bin{CHECK}"]  # type: ignore[attr-defined]


def test_what_ends_in_gz_is_unpacked(server: ThreadingHTTPServer) -> None:
    assert downloads.fetch(address(server, "app.bin.gz")).read_bytes() == IMAGE


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "cannot download: Not Found"),
        (f"app.bin-s_{len(IMAGE) + 1}-{'0' * 40}", "size and SHA-1"),
        (f"app.bin-s_{len(IMAGE)}-{'0' * 40}", "size and SHA-1"),
    ],
)
def test_what_is_wrong_is_not_kept(server: ThreadingHTTPServer, name: str, message: str) -> None:
    for _ in range(2):
        with pytest.raises(RenodeWifiError, match=message) as caught:
            downloads.fetch(address(server, name))
        assert caught.value.where == address(server, name)
        assert caught.value.cure
    assert len(server.asked) == 2  # type: ignore[attr-defined]


def test_what_is_too_big_is_not_kept(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MAX_SIZE", 2 * len(IMAGE))
    for name in ("app.bin", "app.bin.gz"):
        assert downloads.fetch(address(server, name)).read_bytes() == IMAGE
    monkeypatch.setattr(downloads, "MAX_SIZE", len(IMAGE) - 1)
    for name in ("other.bin", "other.bin.gz"):
        with pytest.raises(RenodeWifiError, match="more than 0 MiB"):
            downloads.fetch(address(server, name))


@pytest.mark.parametrize(
    "answer", [b"\0\0\n\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"HTTP/1.1 x\n", b""]
)
def test_a_server_that_does_not_speak_http_is_reported(answer: bytes) -> None:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(answer)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        port = server.server_address[1]
        with pytest.raises(RenodeWifiError, match="cannot download"):
            downloads.fetch(f"http://127.0.0.1:{port}/app.bin")
        server.shutdown()


def test_an_svd_file_is_not_fetched(server: ThreadingHTTPServer) -> None:
    """Models have the names of their registers themselves."""
    monitor_with().execute(f"sysbus ApplySVD @{address(server, 'chip.svd')}")
    assert server.asked == []  # type: ignore[attr-defined]
