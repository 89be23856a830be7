"""A guest with a serial port over USB, and the world's host at its connector."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.terminals.sockets import ServerSocketTerminal

ROOT = Path(__file__).resolve().parents[2]
GUEST = ROOT / "firmware" / "usb" / "cdc_echo.elf"
DATA = bytes(range(256)) * 2 + b"end"


class Echo:
    """The board with the guest, and what its USB port has sent."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.sent = bytearray()
        self.times: list[int] = []
        board.engine.subscribe(self._on_uart, "uart")

    def _on_uart(self, time: int, source: str, event: str, fields: dict[str, object]) -> None:
        if source == "usb":
            self.sent.append(fields["byte"])  # type: ignore[arg-type]
            self.times.append(time)


@pytest.fixture
def echo() -> Echo:
    with Board("b_l475e_iot01a", GUEST) as board:
        yield Echo(board)


def test_without_somebody_at_the_port_no_host_is_found(echo: Echo) -> None:
    echo.board.run(1)
    assert all(line.text.startswith("ok: ") for line in echo.board.uart.lines)


def test_a_host_configures_the_port_and_data_come_back(echo: Echo) -> None:
    echo.board.write(DATA, "usb")
    echo.board.run(1)
    lines = [line.text for line in echo.board.uart.lines]
    assert lines[3:] == ["configured", "line coding 0001C200", "DTR"]
    assert echo.sent == DATA


def test_a_port_is_a_socket_of_this_host(echo: Echo) -> None:
    engine = echo.board.engine
    engine.execute('emulation CreateServerSocketTerminal 0 "term" false')
    engine.execute("connector Connect usb term")
    server = engine.terminals.by_name["term"]
    assert isinstance(server, ServerSocketTerminal)
    with socket.create_connection((server.host, server.port)) as client:
        client.settimeout(5)
        client.sendall(b"over TCP")
        echo.board.run(1)
        assert client.recv(100) == b"over TCP"


def test_a_run_that_is_saved_goes_on_as_if_it_had_not_been(echo: Echo) -> None:
    echo.board.write(DATA, "usb")
    while len(echo.sent) < len(DATA) // 2:
        echo.board.run(0.0001)
    state = echo.board.engine.save()
    known = len(echo.sent)
    echo.board.run(0.5)
    assert echo.sent == DATA
    whole = bytes(echo.sent[known:]), echo.times[known:]
    echo.sent.clear()
    echo.times.clear()
    echo.board.engine.restore(state)
    echo.board.run(0.5)
    assert whole[0]
    assert (bytes(echo.sent), echo.times) == whole


def test_a_reset_of_the_chip_is_a_new_device_for_the_host(echo: Echo) -> None:
    echo.board.write(b"before", "usb")
    echo.board.run(1)
    echo.board.reset()
    echo.board.run(1)
    echo.board.write(b" after", "usb")
    echo.board.run(0.1)
    assert echo.sent == b"before after"
