"""Every fault of the table happens to a running board of each kind without an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import Snapshot
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.network.tls.messages import ABORTS, MESSAGES
from renode_wifi.peripherals.network.worldfile.fault_kinds import (
    ISM43362,
    KINDS,
    NWP,
    Kind,
    Target,
)

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
RADIOS = {"b_l475e_iot01a": ISM43362, "cc3220sf_launchxl": NWP}
SENSORS = {"b_l475e_iot01a": "hts221", "cc3220sf_launchxl": "tmp006"}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "latency": st.integers(0, 10**9),
    "jitter": st.integers(0, 10**8),
    "loss": st.floats(0, 0.9),
    "passphrase": st.text("abcdefgh", min_size=8, max_size=63),
    "rssi": st.integers(-100, 0),
    "by": st.integers(0, 10**10),
    "every": st.integers(1, 10**9),
    "address": st.just("192.0.2.7"),
    "message": st.sampled_from(MESSAGES),
    "how": st.sampled_from(ABORTS),
    "ciphers": st.just("AES128-SHA"),
    "ppm": st.floats(-1e5, 1e5),
    "volts": st.floats(0, 4),
    "sensor": st.just(""),
    "quantity": st.just("temperature"),
    "value": st.floats(-1e3, 1e3),
    "socket": st.integers(0, 3),
    "page": st.integers(0, 511),
}
SMALL = st.integers(1, 2_000)


class Joined:
    """A board that has joined the network, and the moment to come back to."""

    def __init__(self, board: Board, snapshot: Snapshot) -> None:
        self.board = board
        self.snapshot = snapshot


@pytest.fixture(scope="module", params=list(RADIOS))
def joined(request: pytest.FixtureRequest) -> Iterator[Joined]:
    name = request.param
    with Board(name, FIRMWARE / "probe" / f"{name}.elf") as board:
        board.wait_for_line("joined|address|echo", timeout=20)
        yield Joined(board, board.snapshot())


@st.composite
def entries(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for parameter in kind.parameters:
        if kind.at_least_one or draw(st.booleans()):
            entry[parameter.name] = draw(VALUES.get(parameter.name, SMALL))
    if kind.lasting and draw(st.booleans()):
        entry["duration"] = draw(st.integers(1, 10**8))
    if kind.target is Target.SERVER:
        entry["server"] = "tls12-echo"
    return entry


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_fault_happens_and_the_board_runs_on(joined: Joined, data: st.DataObject) -> None:
    board = joined.board
    radio = RADIOS[board.name]
    # A sensor's name is no number; the test of sensors gives one.
    kinds = [
        kind
        for kind in KINDS.values()
        if radio in (kind.radios or (radio,)) and kind.name != "sensor-reads"
    ]
    kind = data.draw(st.sampled_from(kinds))
    entry = data.draw(entries(kind))
    board.restore(joined.snapshot)
    board.world.inject(kind.name, **entry)
    board.run(0.02)
    board.restore(board.snapshot())
    board.run(0.02)


@pytest.mark.parametrize("name", RADIOS)
def test_power_fails_and_the_program_starts_anew(name: str) -> None:
    with Board(name, FIRMWARE / "probe" / f"{name}.elf") as board:
        board.wait_for_line("probe: PASSED", timeout=30)
        board.world.inject("power-cut")
        board.wait_for_line("probe: PASSED", timeout=30)


@pytest.mark.parametrize("name", RADIOS)
def test_a_sensor_reads_what_the_fault_says(name: str) -> None:
    with Board(name, FIRMWARE / "probe" / f"{name}.elf") as board:
        machine = next(iter(board.engine.script.machines.values()))
        sensor = machine.peripherals[SENSORS[name]]
        board.world.inject("sensor-reads", sensor=SENSORS[name], value=-40.0, duration="10 ms")
        assert sensor.temperature == -40.0
        board.run(0.02)
        assert sensor.temperature == 25.0
        with pytest.raises(RenodeWifiError, match="no sensor nothing measures 'temperature'"):
            board.world.inject("sensor-reads", sensor="nothing")


@pytest.mark.parametrize("name", RADIOS)
def test_a_clock_that_is_fast_gives_more_instructions(name: str) -> None:
    executed = []
    for ppm in (0, 100_000):
        with Board(name, FIRMWARE / "probe" / f"{name}.elf") as board:
            board.world.inject("clock-drift", ppm=ppm)
            board.run(0.01)
            executed.append(board.engine.instructions)
    assert executed[1] > executed[0]


def test_a_supply_that_falls_is_seen_by_the_chip_and_comes_back() -> None:
    with Board("b_l475e_iot01a", FIRMWARE / "probe" / "b_l475e_iot01a.elf") as board:
        board.run(0.01)
        machine = next(iter(board.engine.script.machines.values()))
        pwr = machine.peripherals["pwr"]
        pwr.write(pwr.registers.offset_of("CR2"), 1 | 6 << 1, 4)
        board.world.inject("supply-voltage", volts=2.5, duration="10 ms")
        assert pwr.registers["SR2"] & 1 << 11
        board.run(0.02)
        assert not pwr.registers["SR2"] & 1 << 11


def test_brown_out_resets_the_chip() -> None:
    with Board("b_l475e_iot01a", FIRMWARE / "probe" / "b_l475e_iot01a.elf") as board:
        board.run(0.01)
        before = board.engine.instructions
        board.world.inject("supply-voltage", volts=1.2, duration="10 ms")
        board.run(0.02)
        machine = next(iter(board.engine.script.machines.values()))
        assert machine.reset_cause == "brown-out"
        assert board.engine.instructions > before


@pytest.mark.parametrize(("volts", "resets"), [(2.5, False), (1.8, True)])
def test_the_cc3220sf_starts_anew_after_a_brown_out(volts: float, resets: bool) -> None:
    with Board("cc3220sf_launchxl", FIRMWARE / "probe" / "cc3220sf_launchxl.elf") as board:
        board.run(0.01)
        machine = next(iter(board.engine.script.machines.values()))
        seen: list[object] = []
        machine.subscribe(lambda *trace: seen.append(trace), "reset")
        board.world.inject("supply-voltage", volts=volts)
        board.run(0.01)
        assert bool(seen) == resets
