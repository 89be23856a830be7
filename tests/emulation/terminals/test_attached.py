"""Which bytes reach which terminal and port, and in what time."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.terminals.attached import MAX_HELD, SLICE, Terminals
from renode_wifi.emulation.terminals.pace import MAX_LAG, RealTime
from renode_wifi.emulation.terminals.terminal import MAX_PENDING, Pending


class Recorder:
    """A terminal whose user types `typed` at the next look."""

    def __init__(self, is_live: bool = True) -> None:
        self.is_live = is_live
        self.seen = b""
        self.typed = b""
        self.closed = False

    def write(self, byte: int) -> None:
        self.seen += bytes((byte,))

    def poll(self) -> bytes:
        typed, self.typed = self.typed, b""
        return typed

    def close(self) -> None:
        self.closed = True


class Board:
    """Virtual time, and what was typed at which moment of it."""

    def __init__(self) -> None:
        self.now = 0
        self.typed: list[tuple[int, str, bytes]] = []
        self.listens = 0
        self.terminals = Terminals()
        self.terminals.type = lambda port, data: self.typed.append((self.now, port, data))
        self.terminals.listen = self.listen

    def listen(self) -> None:
        self.listens += 1

    def send(self, port: str, data: bytes) -> None:
        for byte in data:
            self.terminals.on_uart(self.now, port, "uart", {"byte": byte})

    def advance(self, until: int) -> Stop:
        self.now = until
        return Stop.TIME

    def run(self, until: int) -> Stop:
        return self.terminals.run(self.advance, lambda: self.now, until)


def test_bytes_go_to_all_terminals_of_a_port_and_to_no_other() -> None:
    board, first, second, other = Board(), Recorder(), Recorder(), Recorder()
    for name, terminal in (("a", first), ("b", second), ("c", other)):
        board.terminals.add(name, terminal)
    board.terminals.connect("usart1", first)
    board.terminals.connect("usart1", second)
    board.terminals.connect("usart1", second)
    board.terminals.connect("two/usart1", other)
    board.send("usart1", b"ab")
    assert (first.seen, second.seen, other.seen) == (b"ab", b"ab", b"")
    assert board.listens == 1
    board.terminals.disconnect("usart1", second)
    board.send("usart1", b"c")
    board.terminals.disconnect("usart1")
    board.send("usart1", b"d")
    assert (first.seen, second.seen) == (b"abc", b"ab")


def test_what_is_typed_arrives_between_slices() -> None:
    board, terminal = Board(), Recorder()
    board.terminals.add("t", terminal)
    board.terminals.connect("usart1", terminal)
    terminal.typed = b"x"
    moments = []

    def advance(until: int) -> Stop:
        moments.append(until)
        if len(moments) == 2:
            terminal.typed = b"y"
        return board.advance(until)

    assert board.terminals.run(advance, lambda: board.now, 3 * SLICE) is Stop.TIME
    assert moments == [SLICE, 2 * SLICE, 3 * SLICE]
    assert board.typed == [(0, "usart1", b"x"), (2 * SLICE, "usart1", b"y")]


def test_what_is_typed_early_waits_until_the_port_receives() -> None:
    board = Board()
    recorder = Recorder()
    board.terminals.add("a", recorder)
    board.terminals.connect("uart", recorder)
    board.terminals.is_receiving = lambda port: board.now >= 2 * SLICE
    recorder.typed = b"help\r"
    board.run(SLICE)
    assert board.typed == []
    recorder.typed = b"more"
    board.run(3 * SLICE)
    assert board.typed == [(2 * SLICE, "uart", b"help\rmore")]


def test_a_deaf_port_does_not_hold_without_end() -> None:
    board = Board()
    recorder = Recorder()
    board.terminals.add("a", recorder)
    board.terminals.connect("uart", recorder)
    board.terminals.is_receiving = lambda port: False
    recorder.typed = bytes(MAX_HELD + 1)
    board.run(SLICE)
    assert board.typed == [(0, "uart", bytes(MAX_HELD + 1))]


def test_without_terminals_a_run_is_one_piece() -> None:
    board = Board()
    moments = []

    def advance(until: int) -> Stop:
        moments.append(until)
        return board.advance(until)

    board.terminals.run(advance, lambda: board.now, 1000 * SLICE)
    assert moments == [1000 * SLICE]


def test_a_stop_ends_the_run_and_shows_what_was_sent() -> None:
    board, terminal = Board(), Recorder()
    board.terminals.add("t", terminal)
    board.terminals.connect("usart1", terminal)
    stopped = board.terminals.run(lambda until: Stop.REQUEST, lambda: board.now, SLICE)
    assert stopped is Stop.REQUEST


def test_a_removed_terminal_is_closed_and_gets_nothing_more() -> None:
    board, terminal = Board(), Recorder()
    board.terminals.add("t", terminal)
    board.terminals.connect("usart1", terminal)
    assert board.terminals.is_live
    board.terminals.remove("t")
    board.send("usart1", b"x")
    assert terminal.closed
    assert terminal.seen == b""
    assert not board.terminals.is_live


def test_a_name_is_given_once() -> None:
    board, second = Board(), Recorder()
    board.terminals.add("t", Recorder())
    with pytest.raises(RenodeWifiError, match="there is a terminal 't' already"):
        board.terminals.add("t", second)
    assert second.closed


class HostTime:
    """ns; sleeping makes it pass."""

    def __init__(self) -> None:
        self.now = 5
        self.slept = 0

    def clock(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += round(seconds * 1e9)
        self.now += round(seconds * 1e9)


def test_virtual_time_waits_for_real_time() -> None:
    board, host = Board(), HostTime()
    board.terminals.pace = RealTime(host.clock, host.sleep)
    board.run(10 * SLICE)
    # Both begin at the end of the first slice, and nobody waits at the end of a run.
    assert host.slept == 8 * SLICE
    board.run(20 * SLICE)
    assert host.slept == 18 * SLICE


def test_a_slow_host_is_not_made_up_for() -> None:
    host = HostTime()
    pace = RealTime(host.clock, host.sleep)
    pace.wait(0)
    host.now += 2 * MAX_LAG
    pace.wait(1000)
    assert host.slept == 0
    pace.wait(3000)
    assert host.slept == 2000


def test_a_slow_reader_gets_what_is_newest() -> None:
    pending = Pending()
    for _ in range(MAX_PENDING):
        pending.append(1)
    pending.append(2)
    assert len(pending) == MAX_PENDING // 2 + 1
    assert pending.dropped == MAX_PENDING // 2
    assert pending.data[-1] == 2
