"""A board on the embedded engine as `Board` drives it."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.engines import select
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import Stop
from tests.emulation.guest import FLASH, RAM, counter_image

MILLISECOND = 1_000_000
COUNTER = Image(Path("counter.bin"), "binary", [Segment(FLASH, counter_image())])
# ldr r0, [r1] with r1 = 0xB0000000, where nothing is mapped. All faults go to an endless loop.
CODE = FLASH + 0x40
FAULT = Image(
    Path("fault.bin"),
    "binary",
    [
        Segment(
            FLASH,
            (RAM + 0x2000).to_bytes(4, "little")
            + (CODE + 1).to_bytes(4, "little")
            + (CODE + 7).to_bytes(4, "little") * 14
            + bytes.fromhex("4ff030410868fee7"),
        )
    ],
)


@pytest.fixture
def engine() -> EmbeddedEngine:
    return EmbeddedEngine.of_board(boards.find("b_l475e_iot01a"), None, 5)


def count(engine: EmbeddedEngine) -> int:
    return int.from_bytes(engine.read_memory(RAM, 4), "little")


def test_board_is_composed_with_its_world_and_seed(engine: EmbeddedEngine) -> None:
    assert engine.name == "embedded"
    assert engine.now == 0
    assert engine.world.seed == 5
    assert engine.execute("mach").startswith("Current machine: b_l475e_iot01a")


def test_image_runs(engine: EmbeddedEngine) -> None:
    engine.load(COUNTER)
    assert engine.run(MILLISECOND) is Stop.TIME
    # The chip starts at 4 MHz; each round takes three instructions.
    assert count(engine) == pytest.approx(4000 / 3, rel=0.05)
    assert engine.instructions == pytest.approx(4000, rel=0.05)
    assert engine.crash is None


def test_image_loaded_later_starts_with_a_reset(engine: EmbeddedEngine) -> None:
    events: list[dict[str, Any]] = []
    engine.subscribe(lambda time, source, event, fields: events.append(fields))
    engine.load(COUNTER)
    engine.run(MILLISECOND)
    engine.load(COUNTER)
    assert events == [{"cause": "pin"}]
    engine.run(engine.now + 100_000)
    assert count(engine) < 200


def test_reset_pin(engine: EmbeddedEngine) -> None:
    engine.load(COUNTER)
    engine.run(MILLISECOND)
    engine.reset()
    engine.run(engine.now + 100_000)
    assert count(engine) < 200


def test_fault_ends_the_run(engine: EmbeddedEngine) -> None:
    engine.load(FAULT)
    assert engine.run(MILLISECOND) is Stop.CRASH
    assert engine.crash is not None
    assert engine.crash.address == 0xB000_0000


def test_stop_can_be_requested(engine: EmbeddedEngine) -> None:
    engine.load(COUNTER)
    engine.machine.clock.schedule(MILLISECOND, engine.request_stop)
    assert engine.run(1000 * MILLISECOND) is Stop.REQUEST


def test_state_is_saved_and_restored(engine: EmbeddedEngine) -> None:
    engine.load(COUNTER)
    engine.run(MILLISECOND)
    state, before = engine.save(), count(engine)
    engine.run(2 * MILLISECOND)
    engine.restore(state)
    assert count(engine) == before


def test_bytes_for_a_serial_port(engine: EmbeddedEngine) -> None:
    engine.execute("rcc WriteDoubleWord 0x60 0x4000")  # USART1EN: without a clock bytes are lost.
    engine.execute("usart1 WriteDoubleWord 0xC 35; usart1 WriteDoubleWord 0 0x5")
    engine.load(COUNTER)
    engine.write_uart("usart1", b"A")
    engine.run(MILLISECOND)
    assert engine.execute("usart1 ReadDoubleWord 0x24") == "0x00000041"


def test_unknown_serial_port_names_the_others(engine: EmbeddedEngine) -> None:
    with pytest.raises(RenodeWifiError, match="no serial port 'uart9'") as caught:
        engine.write_uart("uart9", b"A")
    assert "usart1" in (caught.value.cure or "")


def test_empty_engine_has_no_machine_yet() -> None:
    engine = EmbeddedEngine.empty()
    with pytest.raises(RenodeWifiError, match="No machine selected"):
        _ = engine.now
    engine.execute('mach create "mine"')
    assert engine.now == 0
    engine.close()


@pytest.mark.parametrize("frozen", [False, True])
def test_what_a_start_makes_is_not_looked_through_for_garbage_at_its_end(
    frozen: bool, request: pytest.FixtureRequest
) -> None:
    looks: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and len(gc.get_objects(0)) > gc.get_threshold()[0] * 4:
            looks.append(info["generation"])

    if frozen:
        # Of the caller's own: it stays so.
        gc.freeze()
        request.addfinalizer(gc.unfreeze)
    kept = gc.get_freeze_count()
    gc.callbacks.append(look)
    request.addfinalizer(lambda: gc.callbacks.remove(look))
    started = select.start("embedded", boards.find("b_l475e_iot01a"), None, 5)
    request.addfinalizer(started.close)
    assert gc.isenabled()
    assert bool(gc.get_freeze_count()) is bool(kept)
    assert frozen or not looks
