"""Sockets, pseudo-terminals, files and standard streams at serial ports."""

from __future__ import annotations

import io
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.terminals.sockets import ServerSocketTerminal
from renode_wifi.emulation.terminals.stdio import StdioTerminal
from renode_wifi.emulation.terminals.telnet import GREETING
from renode_wifi.emulation.terminals.terminal import Terminal
from renode_wifi.emulation.terminals.uart_file import UartFile
from renode_wifi.emulation.visible import visible

TIMEOUT = 60.0


def send(terminal: Terminal, data: bytes) -> None:
    for byte in data:
        terminal.write(byte)
    terminal.poll()


def typed(terminal: Terminal, size: int) -> bytes:
    """Looks until that many bytes have come."""
    data = b""
    end = time.monotonic() + TIMEOUT
    while len(data) < size and time.monotonic() < end:
        data += terminal.poll()
    return data


def receive(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (part := client.recv(size - len(data))):
        data += part
    return data


def connect(server: ServerSocketTerminal) -> socket.socket:
    client = socket.create_connection((server.host, server.port), TIMEOUT)
    assert server.wait(TIMEOUT)
    return client


@pytest.fixture
def make_server() -> Iterator[Callable[..., ServerSocketTerminal]]:
    made: list[ServerSocketTerminal] = []

    def make(**options: bool) -> ServerSocketTerminal:
        made.append(ServerSocketTerminal(0, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


MakeServer = Callable[..., ServerSocketTerminal]


def test_a_client_reads_and_types(make_server: MakeServer) -> None:
    server = make_server(telnet=False)
    send(server, b"before\xff")
    assert not server.is_live
    with connect(server) as client:
        send(server, b" after")
        assert receive(client, 13) == b"before\xff after"
        client.sendall(b"\xffhi")
        assert typed(server, 3) == b"\xffhi"
        assert server.is_live


def test_one_client_comes_after_the_other(make_server: MakeServer) -> None:
    server = make_server(telnet=False)
    connect(server).close()
    end = time.monotonic() + TIMEOUT
    while server.is_live and time.monotonic() < end:
        assert server.poll() == b""
    send(server, b"x")
    with connect(server) as client:
        server.poll()
        assert receive(client, 1) == b"x"


def test_telnet_greets_and_escapes(make_server: MakeServer) -> None:
    server = make_server(flush_on_connect=True)
    send(server, b"lost")
    with connect(server) as client:
        send(server, b"a\xffb")
        assert receive(client, 16) == GREETING + b"a\xff\xffb"
        client.sendall(b"\xff\xfd\x01l\xff\xffs")
        assert typed(server, 3) == b"l\xffs"


def test_what_was_sent_last_reaches_the_client(make_server: MakeServer) -> None:
    server = make_server(telnet=False)
    with connect(server) as client:
        for byte in b"bye":
            server.write(byte)
        server.close()
        assert receive(client, 4) == b"bye"


def test_a_taken_port_is_refused(make_server: MakeServer) -> None:
    taken = make_server().port
    with pytest.raises(RenodeWifiError, match=f"no terminal on 127.0.0.1:{taken}"):
        ServerSocketTerminal(taken)
    with pytest.raises(RenodeWifiError, match="no terminal"):
        ServerSocketTerminal(65536)


def test_a_pseudo_terminal_passes_all_bytes(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    assert pty is not None
    from renode_wifi.emulation.terminals.pty import UartPtyTerminal

    everything = bytes(range(256))
    link = tmp_path / "tty"
    terminal = UartPtyTerminal(link)
    with link.open("r+b", buffering=0) as device:
        send(terminal, everything)
        seen = b""
        while len(seen) < 256 and select.select([device], [], [], TIMEOUT)[0]:
            seen += device.read(256)
        assert seen == everything
        device.write(everything)
        assert typed(terminal, 256) == everything
    terminal.close()
    assert not link.is_symlink()


def test_an_older_link_stays_unless_forced(tmp_path: Path) -> None:
    pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    from renode_wifi.emulation.terminals.pty import UartPtyTerminal

    link = tmp_path / "tty"
    link.write_text("mine")
    with pytest.raises(RenodeWifiError, match="File exists"):
        UartPtyTerminal(link)
    assert link.read_text() == "mine"
    forced = UartPtyTerminal(link, force=True)
    assert os.path.realpath(link) == forced.device
    forced.close()


def test_a_file_takes_what_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("older")
    file = UartFile(path)
    send(file, b"\x00new")
    assert path.read_bytes() == b"\x00new"
    assert (tmp_path / "log.1").read_text() == "older"
    file.close()
    UartFile(path, flush=True).close()
    assert (tmp_path / "log.2").read_bytes() == b"\x00new"
    UartFile(path, keep=False).close()
    assert not (tmp_path / "log.3").exists()
    with pytest.raises(RenodeWifiError, match="cannot write"):
        UartFile(tmp_path / "no" / "log")


def test_standard_streams_show_and_type() -> None:
    stdin, user = os.pipe()
    shown = io.StringIO()
    terminal = StdioTerminal(visible, stdin, shown)
    send(terminal, "hö\x1b[2J\r\n> ".encode())
    assert shown.getvalue() == "hö\\x1b[2J\r\n> "
    os.write(user, b"help\r")
    assert typed(terminal, 5) == b"help\r"
    os.close(user)
    assert terminal.poll() == b""
    assert not terminal.is_live
    terminal.close()
    assert shown.getvalue().endswith("> \n")
    os.close(stdin)


def test_a_terminal_passes_on_keys_and_is_as_before_in_the_end() -> None:
    termios = pytest.importorskip("termios", reason="this system has no pseudo-terminals")
    user, stdin = os.openpty()
    before = termios.tcgetattr(stdin)
    terminal = StdioTerminal(visible, stdin, io.StringIO())
    os.write(user, b"x\r")
    assert typed(terminal, 2) == b"x\r"
    terminal.close()
    assert termios.tcgetattr(stdin) == before
    os.close(user)
    os.close(stdin)


def test_no_link_is_followed_to_a_file(tmp_path: Path) -> None:
    link = tmp_path / "log"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RenodeWifiError, match="cannot write"):
        UartFile(link)
    assert not (tmp_path / "elsewhere").exists()
