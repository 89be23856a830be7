"""No fast path of the embedded engine shows in anything but speed: guests that are slow without.

A run as a whole, cut into slices, with a snapshot in between, and with nothing but Unicorn and the
models' own methods: the ends are the same.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from renode_wifi import Board
from renode_wifi.emulation.board.session import Snapshot
from renode_wifi.emulation.engines.embedded import Core
from renode_wifi.peripherals.base.clock import MICROSECOND

FIRMWARE = Path(__file__).resolve().parents[4] / "firmware" / "worst"
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
LENGTH, WITH_TICK = 200 * MICROSECOND, 1200 * MICROSECOND
SOURCES = {BOARDS[0]: ("core", BOARDS[0]), BOARDS[1]: (BOARDS[1],)}
"""What lists the guests of a board's image, in their order."""


def _listed(board: str) -> list[str]:
    texts = [(FIRMWARE / f"{name}.c").read_text(encoding="utf-8") for name in SOURCES[board]]
    return [name for text in texts for name in re.findall(r'^ {4}\{"(.+)", \w+\},$', text, re.M)]


def _length(guest: str) -> int:
    return WITH_TICK if "tick" in guest else LENGTH


GUESTS = [(board, name) for board in BOARDS for name in _listed(board)]


class End(NamedTuple):
    """Where a run arrives: processor, memories and time; what the console got, and when."""

    core: bytes
    lines: list[tuple[int, str]]
    rest: str


class Choice:
    """A board whose firmware waits for a byte that chooses a guest, any number of times."""

    def __init__(self, board: str) -> None:
        self.board = Board(board, FIRMWARE / f"{board}.elf")
        self.board.wait_for_line("choose", 10)
        self.names = self.board.uart.text.split("choose")[0].splitlines()
        self.start = self.board.snapshot()
        core = self.board.engine.machine.core
        assert isinstance(core, Core)
        self.core = core

    def begin(self, guest: str) -> int:
        """The time at which it is to end."""
        self.board.restore(self.start)
        self.board.write(bytes([ord("A") + self.names.index(guest)]))
        return self.board.engine.now + _length(guest)

    def use_fast_paths(self, enabled: bool) -> None:
        self.core.use_fast_paths(enabled, enabled, enabled)

    def end(self, until: int) -> End:
        self.board.engine.run(until)
        console = self.board.uart
        return End(
            self.core.save(), [(line.time, line.text) for line in console.lines], console.text
        )

    def continued(self, snapshot: Snapshot, until: int) -> End:
        self.board.restore(snapshot)
        return self.end(until)


@pytest.fixture(scope="module")
def choices() -> Iterator[dict[str, Choice]]:
    choices = {board: Choice(board) for board in BOARDS}
    yield choices
    for choice in choices.values():
        choice.board.close()


def test_every_guest_is_listed(choices: dict[str, Choice]) -> None:
    assert [(board, name) for board in BOARDS for name in choices[board].names] == GUESTS


@pytest.mark.parametrize(("board", "guest"), GUESTS)
def test_ends_alike_cut_continued_and_without_fast_paths(
    choices: dict[str, Choice], board: str, guest: str
) -> None:
    choice, draw, length = choices[board], random.Random(guest), _length(guest)
    whole = choice.end(choice.begin(guest))

    until = choice.begin(guest)
    cuts = sorted(draw.randrange(length) for _ in range(6))
    for cut in cuts:
        choice.board.engine.run(until - length + cut)
        if cut == cuts[1]:
            snapshot = choice.board.snapshot()
    assert choice.end(until) == whole
    assert choice.continued(snapshot, until) == whole

    until = choice.begin(guest)
    try:
        choice.use_fast_paths(False)
        assert choice.end(until) == whole
    finally:
        choice.use_fast_paths(True)


COUNT = re.compile("poll|interrupts|64 words|AES|cycles|storm|fed")
COUNTING = [each for each in GUESTS if COUNT.search(each[1])]


@pytest.mark.parametrize(("board", "guest"), COUNTING)
def test_guests_do_not_wait_for_what_never_comes(
    choices: dict[str, Choice], board: str, guest: str
) -> None:
    """Their figures would be those of an idle loop."""
    choice = choices[board]
    until = choice.begin(guest)
    choice.board.engine.run(until + WITH_TICK)
    machine = choice.board.engine.machine
    (symbol,) = (s for image in machine.images for s in image.symbols if s.name == "counter")
    before = machine.bus.read(symbol.address, 4)
    choice.board.engine.run(until + 2 * WITH_TICK)
    assert machine.bus.read(symbol.address, 4) != before
