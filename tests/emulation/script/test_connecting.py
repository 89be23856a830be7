"""Serial ports and terminals in the monitor."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.terminals.sockets import ServerSocketTerminal
from renode_wifi.peripherals.base.clock import SECOND

ROOT = Path(__file__).resolve().parents[3]
SHELL = ROOT / "firmware" / "shell" / "b_l475e_iot01a.elf"
GREETING = b"shell: b_l475e_iot01a\r\n> "
START = f"""
include @{ROOT}/platforms/b_l475e_iot01a.resc
sysbus LoadELF @{SHELL}
"""


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine.empty()
    made.execute(START)
    made.execute("start")
    yield made
    made.close()


def test_a_socket_at_a_port(engine: EmbeddedEngine) -> None:
    printed = engine.execute('emulation CreateServerSocketTerminal 0 "term" false')
    assert printed == f"term: port {int(engine.execute('term Port'), 0)} of 127.0.0.1"
    engine.execute("connector Connect sysbus.usart1 term")
    terminal = engine.terminals.by_name["term"]
    assert isinstance(terminal, ServerSocketTerminal)
    with socket.create_connection(("127.0.0.1", int(engine.execute("term Port"), 0)), 60) as client:
        assert terminal.wait(60)
        engine.run(SECOND)
        assert receive(client, len(GREETING)) == GREETING
        client.sendall(b"hi\r")
        for second in range(2, 60):
            engine.run(second * SECOND)
            if engine.terminals.is_live and _has_answered(client):
                break
        assert b"unknown command" in client.recv(4096)


def receive(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (part := client.recv(size - len(data))):
        data += part
    return data


def _has_answered(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return b"\n> " in client.recv(4096, socket.MSG_PEEK)
    except BlockingIOError:
        return False


def test_a_pty_at_a_port(engine: EmbeddedEngine, tmp_path: Path) -> None:
    pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    link = tmp_path / "uart"
    engine.execute(f'emulation CreateUartPtyTerminal "term" "{link}"')
    engine.execute("connector Connect sysbus.usart1 term")
    with link.open("r+b", buffering=0) as device:
        device.write(b"early")
        engine.run(SECOND)
        seen = b""
        while GREETING not in seen and select.select([device], [], [], 60)[0]:
            seen += device.read(100)
    assert GREETING in seen
    engine.close()
    assert not link.is_symlink()


def test_a_file_at_a_port(engine: EmbeddedEngine, tmp_path: Path) -> None:
    path = tmp_path / "uart.log"
    engine.execute(f"sysbus.usart1 CreateFileBackend @{path}")
    engine.run(SECOND)
    engine.execute(f"sysbus.usart1 CloseFileBackend @{path}")
    assert path.read_bytes() == GREETING
    with pytest.raises(RenodeWifiError, match="no serial port writes to"):
        engine.execute(f"sysbus.usart1 CloseFileBackend @{path}")


def test_a_disconnected_port_is_silent(engine: EmbeddedEngine, tmp_path: Path) -> None:
    path = tmp_path / "uart.log"
    engine.execute(f"sysbus.usart1 CreateFileBackend @{path}; connector Disconnect sysbus.usart1")
    engine.run(SECOND)
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("connector Connect sysbus.usart1", "Bad parameters for command connector"),
        ("connector Connect sysbus.usart1 nothing", "there is no terminal nothing"),
        ("connector Connect sysbus.nothing term", "Peripheral not found: sysbus.nothing"),
        ("connector Connect sysbus.spi3 term", "sysbus.spi3 cannot be connected to a terminal"),
        ("connector Join sysbus.usart1 term", "Bad parameters for command connector"),
        ('emulation CreateServerSocketTerminal 70000 "term"', "no terminal on 127.0.0.1:70000"),
    ],
)
def test_mistakes_are_named(engine: EmbeddedEngine, line: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        engine.execute(line)


def test_real_time_on_request(engine: EmbeddedEngine) -> None:
    engine.execute("emulation SetGlobalAdvanceImmediately false")
    assert engine.terminals.pace is not None
    engine.execute("emulation SetGlobalAdvanceImmediately true")
    assert engine.terminals.pace is None
