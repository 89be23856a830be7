"""Several machines in one emulation: each runs, in an order that any cut of the run keeps."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import lockstep
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.peripherals.base.clock import MILLISECOND

PROBES = Path(__file__).resolve().parents[3] / "firmware" / "probe"
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
CONSOLES = {ST: "usart1", TI: "uarta0"}
JOINED = 800 * MILLISECOND
"""By then both probes have got their addresses."""


class Pair:
    """Two boards, in one world where it has a name, with all that they trace."""

    def __init__(self, first: str = ST, second: str = TI, world: str = "lab") -> None:
        self.engine = EmbeddedEngine.empty()
        self.session = Session(self.engine)
        self.events: list[tuple[Any, ...]] = []
        self.engine.subscribe(lambda *event: self.events.append(event))
        self.consoles: list[str] = []
        for name, board in (("one", first), ("two", second)):
            self.session.execute("mach clear")
            self.session.execute(f'$name="{name}"; $world_name="{world}"')
            self.session.execute(f"$bin=@{PROBES / board}.elf")
            self.session.execute(f"include @platforms/{board}.resc")
            self.session.execute("runMacro $reset")
            self.consoles.append(self.engine.source(CONSOLES[board], name))

    def close(self) -> None:
        self.session.close()


@pytest.mark.parametrize(
    ("first", "second", "world"), [(ST, ST, ""), (TI, TI, "lab"), (ST, TI, "lab")]
)
def test_two_boards_run_their_probes(first: str, second: str, world: str) -> None:
    pair = Pair(first, second, world)
    for console in pair.consoles:
        assert pair.session.wait_for_line("probe: ", 3, console, start=3).text == "probe: PASSED"
    assert pair.engine.crash is None
    pair.close()


def test_a_run_in_pieces_with_snapshots_is_the_same_run() -> None:
    whole = Pair()
    assert whole.engine.run(JOINED) is Stop.TIME
    chance = random.Random(1)
    cut = Pair()
    while cut.engine.now < JOINED:
        if chance.random() < 0.3:
            state = cut.engine.save()
            events = list(cut.events)
            cut.engine.run(cut.engine.now + 3 * MILLISECOND)
            cut.engine.restore(state)
            cut.events[:] = events
        step = chance.choice((1, 50_000, lockstep.QUANTUM, 7 * MILLISECOND, 40 * MILLISECOND))
        cut.engine.run(min(cut.engine.now + step, JOINED))
    count = min(len(whole.events), len(cut.events))
    assert count > 150
    assert cut.events[:count] == whole.events[:count]
    assert {event[1].partition("/")[0] for event in whole.events if "/" in event[1]} == {"two"}
    whole.close()
    cut.close()


def test_a_machine_that_comes_later_starts_where_the_others_are() -> None:
    engine = EmbeddedEngine.empty()
    for name in ("one", "two"):
        engine.execute(f'$name="{name}"; $bin=@{PROBES / ST}.elf; include @platforms/{ST}.resc')
        engine.execute("runMacro $reset")
        assert engine.now == 0
        engine.run(5 * MILLISECOND)
    one, two = engine.script.machines.values()
    assert abs(one.emulation_time - two.emulation_time) <= engine.script.quantum
    assert two.now >= 5 * MILLISECOND
    engine.close()


def test_consoles_and_typing_are_by_machine() -> None:
    pair = Pair(ST, ST)
    engine = pair.engine
    assert pair.consoles == ["usart1", "two/usart1"]
    with pytest.raises(RenodeWifiError, match="several machines") as several:
        engine.source("usart1")
    with pytest.raises(RenodeWifiError, match="no machine 'three'") as unknown:
        engine.source("usart1", "three")
    assert several.value.cure == "name one: one, two"
    assert unknown.value.cure == "machines: one, two"
    engine.write_uart("two/usart1", b"x")
    with pytest.raises(RenodeWifiError, match="no serial port 'two/usart9'"):
        engine.write_uart("two/usart9", b"x")
    pair.close()


def test_all_machines_run_whichever_is_selected() -> None:
    pair = Pair(ST, ST)
    pair.session.execute('mach clear; emulation RunFor "0.001"')
    pair.session.execute('mach set "two"; emulation RunFor "0.001"')
    times = [machine.now for machine in pair.engine.script.machines.values()]
    assert all(abs(time - 2 * MILLISECOND) <= pair.engine.script.quantum for time in times)
    pair.session.execute('emulation SetGlobalQuantum "0.00001"; emulation RunFor "0.001"')
    times = [machine.now for machine in pair.engine.script.machines.values()]
    assert abs(times[0] - times[1]) <= 10_100
    pair.session.stop()
    assert pair.engine.run(JOINED) is Stop.REQUEST
    pair.close()
