from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.renode import install
from renode_wifi.emulation.engines.renode.install import Archive
from renode_wifi.emulation.errors import RenodeWifiError

SCRIPT = b"#!/bin/sh\necho 'Renode v9.9.9.1'\n"


def packed(folder: str, name: str = "renode") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo(f"{folder}/{name}")
        entry.size = len(SCRIPT)
        entry.mode = 0o755
        archive.addfile(entry, io.BytesIO(SCRIPT))
    return buffer.getvalue()


GOOD = packed("renode_9.9.9_portable")
OTHER = packed("renode_8.8.8_portable")


def archive_of(content: bytes, version: str = "9.9.9", suffix: str = "tar.gz") -> Archive:
    system, machine = install.this_system()
    digest = hashlib.sha256(content).hexdigest()
    return Archive(version, system, machine, f"renode-{version}.{suffix}", digest)


ARCHIVES = (archive_of(GOOD), archive_of(OTHER, "8.8.8"))


class Server(ThreadingHTTPServer):
    """Serves one content for every path, like a release page: whole, in ranges, or cut short."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = GOOD
        self.cut_at: int | None = None
        self.ranges = True
        self.requests: list[tuple[str, str | None]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        content = self.server.content
        if not content:
            self.send_error(404)
            return
        if wanted and self.server.ranges:
            first = int(wanted.removeprefix("bytes=").rstrip("-"))
            if first >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            content = content[first:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.server.cut_at])

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        port = running.server_address[1]
        monkeypatch.setenv(install.DOWNLOADS_VARIABLE, f"http://127.0.0.1:{port}/download/")
        yield running
        running.shutdown()
        thread.join()


def leftovers(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_a_good_archive_is_installed(server: Server, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    folder = install.install("9.9.9", None, lambda *step: steps.append(step), ARCHIVES)
    assert (folder / "renode").read_bytes() == SCRIPT
    assert (folder / "renode").stat().st_mode & 0o100
    assert steps[-1] == (len(GOOD), len(GOOD))
    assert server.requests == [("/download/v9.9.9/renode-9.9.9.tar.gz", None)]
    assert leftovers(tmp_path) == ["renode"]


def test_a_corrupt_archive_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = GOOD[:-1] + b"?"
    with pytest.raises(RenodeWifiError, match="damaged"):
        install.install("9.9.9", archives=ARCHIVES)
    assert leftovers(tmp_path) == []


def test_a_truncated_download_goes_on_where_it_ended(server: Server, tmp_path: Path) -> None:
    server.cut_at = 20
    with pytest.raises(RenodeWifiError, match="run it again to go on"):
        install.install("9.9.9", archives=ARCHIVES)
    server.cut_at = None
    folder = install.install("9.9.9", archives=ARCHIVES)
    assert [wanted for _, wanted in server.requests] == [None, "bytes=20-"]
    assert (folder / "renode").exists()


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.cut_at = 20
    with pytest.raises(RenodeWifiError):
        install.install("9.9.9", archives=ARCHIVES)
    server.cut_at, server.ranges = None, False
    assert (install.install("9.9.9", archives=ARCHIVES) / "renode").exists()


def test_a_download_that_was_complete_is_taken(server: Server, tmp_path: Path) -> None:
    partial = tmp_path / "renode-wifi" / "downloads" / "renode-9.9.9.tar.gz.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(GOOD)
    assert (install.install("9.9.9", archives=ARCHIVES) / "renode").exists()


def test_another_versions_archive_is_reported(server: Server, tmp_path: Path) -> None:
    server.content = OTHER
    with pytest.raises(RenodeWifiError, match=r"this is Renode 8\.8\.8"):
        install.install("9.9.9", archives=ARCHIVES)
    assert leftovers(tmp_path) == []


def test_a_missing_file_and_a_missing_server_are_reported(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.content = b""
    with pytest.raises(RenodeWifiError, match="refuses: 404"):
        install.install("9.9.9", archives=ARCHIVES)
    monkeypatch.setenv(install.DOWNLOADS_VARIABLE, "http://127.0.0.1:1")
    with pytest.raises(RenodeWifiError, match="cannot download"):
        install.install("9.9.9", archives=ARCHIVES)


def test_a_file_at_hand_needs_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = tmp_path / "downloaded.tar.gz"
    file.write_bytes(GOOD)
    folder = install.install("9.9.9", file, archives=ARCHIVES)
    assert (folder / "renode").exists()
    assert file.exists()
    with pytest.raises(RenodeWifiError, match="installed already"):
        install.install("9.9.9", file, archives=ARCHIVES)
    with pytest.raises(RenodeWifiError, match="cannot read"):
        install.install("8.8.8", tmp_path / "nowhere", archives=ARCHIVES)


def test_what_has_no_renode_in_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for content, problem in (
        (packed("something", "else"), "no Renode in the archive"),
        (b"not an archive", "cannot unpack"),
    ):
        file = tmp_path / "file"
        file.write_bytes(content)
        with pytest.raises(RenodeWifiError, match=problem):
            install.install("9.9.9", file, archives=(archive_of(content),))
    assert leftovers(tmp_path) == ["file"]


def test_zip_archives_are_unpacked_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("renode_9.9.9/renode.exe", SCRIPT)
    file = tmp_path / "file.zip"
    file.write_bytes(buffer.getvalue())
    entry = archive_of(buffer.getvalue(), suffix="zip")
    assert (install.install("9.9.9", file, archives=(entry,)) / "renode.exe").exists()


@pytest.mark.parametrize(
    ("version", "machine", "problem"),
    [("1.0.0", "x86_64", "choose one of"), ("1.17.0", "vax", "no portable archive")],
)
def test_versions_and_machines_without_an_archive_are_reported(
    monkeypatch: pytest.MonkeyPatch, version: str, machine: str, problem: str
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(RenodeWifiError, match=problem):
        install.choose(version)


@pytest.mark.parametrize("version", ["1.17.0", "1.16.1"])
def test_each_version_has_its_own_file_name(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    archive = install.choose(version)
    assert archive.file.startswith(f"renode-{version}.linux-portable")
    # From 1.17 on the plain name is that of the .NET build.
    assert ("dotnet" in archive.file) == (version == "1.16.1")
