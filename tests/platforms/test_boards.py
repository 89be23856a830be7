"""What holds for every board."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform import boards, catalogue
from renode_wifi.emulation.platform.parser import parse_file
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.peripherals.base.uart import Uart
from tests.platforms.conftest import composed

PROBES = boards.PLATFORMS.parent / "firmware" / "probe"
CHIPS = sorted((boards.PLATFORMS / "cpus").glob("*.repl"))
EACH = pytest.mark.parametrize("name", boards.names())


@EACH
def test_run_cut_by_snapshots_is_the_run_in_one_go(name: str) -> None:
    probe = PROBES / f"{name}.elf"
    with Board(name, probe, engine="embedded") as whole, Board(name, probe) as cut:
        whole.run(0.4)
        for moment in (0.01, 0.06, 0.2, 0.31):
            cut.run(moment - cut.now)
            snapshot = cut.snapshot()
            cut.run(0.02)
            cut.restore(snapshot)
        cut.run(0.4 - cut.now)
        assert cut.uart.lines == whole.uart.lines
        for memory in boards.find(name).ram:
            place = (memory.start, memory.size)
            assert cut.engine.read_memory(*place) == whole.engine.read_memory(*place)


@pytest.mark.parametrize("chip", CHIPS, ids=[chip.stem for chip in CHIPS])
def test_chip_description_names_stock_types_only(chip: Path) -> None:
    """So that it loads in Renode on its own."""
    for entry in parse_file(chip).entries:
        if entry.type is not None:
            found = catalogue.find(entry.type)
            assert found is not None
            assert found.where == catalogue.STOCK


@EACH
def test_what_is_said_of_a_board_is_what_its_script_composes(name: str) -> None:
    board, machine = boards.find(name), composed(name).current
    for memory in (*board.flash, *board.ram):
        assert Range(memory.start, memory.start + memory.size) in machine.places[memory.name]
    assert isinstance(machine.peripheral(board.uart), Uart)
    assert board.vector_table in board.flash[0]


@EACH
def test_ranges_do_not_touch(name: str) -> None:
    places = composed(name).current.places.values()
    areas = list(itertools.chain.from_iterable(places))
    assert all(isinstance(area, Range) for area in areas)
    spans = sorted((area.start, area.end) for area in areas)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
