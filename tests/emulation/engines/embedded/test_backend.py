"""A board on the embedded engine as `Board` drives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.engines.embedded.backend import EmbeddedBackend
from renode_wifi.emulation.engines.engine import Stop
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.platform import boards
from tests.emulation.guest import FLASH, RAM, counter_image

MILLISECOND = 1_000_000
COUNTER = Image(Path("counter.bin"), "binary", [Segment(FLASH, counter_image())])
# ldr r0, [r1] with r1 = 0x90000000, where nothing is mapped. All faults go to an endless loop.
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
            + bytes.fromhex("4ff010410868fee7"),
        )
    ],
)


@pytest.fixture
def backend() -> EmbeddedBackend:
    return EmbeddedBackend.of_board(boards.find("b_l475e_iot01a"), None, 5)


def count(backend: EmbeddedBackend) -> int:
    return int.from_bytes(backend.read_memory(RAM, 4), "little")


def test_board_is_composed_with_its_world_and_seed(backend: EmbeddedBackend) -> None:
    assert backend.engine == "embedded"
    assert backend.now == 0
    assert backend.world.seed == 5
    assert backend.execute("mach").startswith("Current machine: b_l475e_iot01a")


def test_image_runs(backend: EmbeddedBackend) -> None:
    backend.load(COUNTER)
    assert backend.run(MILLISECOND) is Stop.TIME
    # The chip starts at 4 MHz; each round takes three instructions.
    assert count(backend) == pytest.approx(4000 / 3, rel=0.05)
    assert backend.instructions == pytest.approx(4000, rel=0.05)
    assert backend.crash is None


def test_image_loaded_later_starts_with_a_reset(backend: EmbeddedBackend) -> None:
    heard: list[dict[str, Any]] = []
    backend.subscribe(lambda time, source, event, fields: heard.append(fields))
    backend.load(COUNTER)
    backend.run(MILLISECOND)
    backend.load(COUNTER)
    assert heard == [{"cause": "pin"}]
    backend.run(backend.now + 100_000)
    assert count(backend) < 200


def test_reset_pin(backend: EmbeddedBackend) -> None:
    backend.load(COUNTER)
    backend.run(MILLISECOND)
    backend.reset()
    backend.run(backend.now + 100_000)
    assert count(backend) < 200


def test_fault_ends_the_run(backend: EmbeddedBackend) -> None:
    backend.load(FAULT)
    assert backend.run(MILLISECOND) is Stop.CRASH
    assert backend.crash is not None
    assert backend.crash.address == 0x9000_0000


def test_stop_can_be_requested(backend: EmbeddedBackend) -> None:
    backend.load(COUNTER)
    backend.machine.clock.schedule(MILLISECOND, backend.request_stop)
    assert backend.run(1000 * MILLISECOND) is Stop.REQUEST


def test_state_is_saved_and_restored(backend: EmbeddedBackend) -> None:
    backend.load(COUNTER)
    backend.run(MILLISECOND)
    state, before = backend.save(), count(backend)
    backend.run(2 * MILLISECOND)
    backend.restore(state)
    assert count(backend) == before


def test_bytes_for_a_serial_port(backend: EmbeddedBackend) -> None:
    backend.execute("usart1 WriteDoubleWord 0xC 35; usart1 WriteDoubleWord 0 0x5")
    backend.load(COUNTER)
    backend.write_uart("usart1", b"A")
    backend.run(MILLISECOND)
    assert backend.execute("usart1 ReadDoubleWord 0x24") == "0x00000041"


def test_unknown_serial_port_names_the_others(backend: EmbeddedBackend) -> None:
    with pytest.raises(RenodeWifiError, match="no serial port 'uart9'") as caught:
        backend.write_uart("uart9", b"A")
    assert "usart1" in (caught.value.cure or "")


def test_empty_backend_has_no_machine_yet() -> None:
    backend = EmbeddedBackend.empty()
    with pytest.raises(RenodeWifiError, match="No machine selected"):
        _ = backend.now
    backend.execute('mach create "mine"')
    assert backend.now == 0
    backend.close()
