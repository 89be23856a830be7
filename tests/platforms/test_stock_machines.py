"""A machine of Renode's own description runs beside the boards, on either engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines import select
from renode_wifi.emulation.engines.renode import find
from tests.emulation.engines.renode.test_real import needs_renode
from tests.platforms.test_boards_talk import CONSOLES, ST, TI

HERE = Path(__file__).resolve().parent
FIRMWARE = HERE.parents[1] / "firmware"
GUEST = FIRMWARE / "stm32f4" / "stm32f4.elf"
OWN = HERE / "stm32f4.repl"


def stock_machine(session: Session, description: Path) -> str:
    """Adds it; returns the name of its console."""
    session.execute("mach clear")
    session.execute('mach create "stock"')
    session.execute(f"machine LoadPlatformDescription @{description}")
    session.execute(f"sysbus LoadELF @{GUEST}")
    session.execute("cpu VectorTableOffset 0x08000000")
    session.execute('emulation SetGlobalQuantum "0.001"')
    return session.engine.source("usart1", "stock")


def all_pass(engine: str, description: Path, boards: tuple[str, str] = (ST, TI)) -> None:
    """Two boards, each in a world of its own, and the stock machine."""
    session = Session(select.start_empty(engine))
    try:
        consoles = []
        for name, board in zip(("one", "two"), boards, strict=True):
            session.execute("mach clear")
            session.execute(f'$name="{name}"; $bin=@{FIRMWARE / "probe" / board}.elf')
            session.execute(f"include @platforms/{board}.resc")
            session.execute("runMacro $reset")
            consoles.append(session.engine.source(CONSOLES[board], name))
        stock = stock_machine(session, description)
        session.wait_for_line("DONE", 3, stock)
        lines = [line.text for line in session.console(stock).lines]
        assert [line for line in lines if not line.startswith("ok: ")] == ["DONE"]
        assert len(lines) > 8
        for console in consoles:
            assert session.wait_for_line("probe: ", 5, console, start=3).text == "probe: PASSED"
        session.write("beside", stock)
        assert session.wait_for_prompt("beside", 1, stock)
    finally:
        session.close()


PAIRS = pytest.mark.parametrize("boards", [(ST, TI), (ST, ST), (TI, TI)])


@PAIRS
def test_a_stock_machine_runs_beside_two_boards(boards: tuple[str, str]) -> None:
    all_pass("embedded", OWN, boards)


@needs_renode
@PAIRS
def test_a_stock_machine_runs_beside_two_boards_in_renode(boards: tuple[str, str]) -> None:
    all_pass("renode", OWN, boards)


@needs_renode
def test_renodes_own_description_loads_on_the_embedded_engine() -> None:
    all_pass("embedded", find.find().command.parent / "platforms" / "cpus" / "stm32f4.repl")


def test_a_snapshot_of_a_stock_machine_goes_on_where_it_was() -> None:
    session = Session(select.start_empty("embedded"))
    try:
        stock = stock_machine(session, OWN)
        session.wait_for_line("ok: two keys", 1, stock)
        snapshot = session.snapshot()
        session.wait_for_line("DONE", 1, stock)
        whole = session.console(stock).text
        session.restore(snapshot)
        session.wait_for_line("DONE", 1, stock)
        assert session.console(stock).text == whole
    finally:
        session.close()
