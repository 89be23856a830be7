"""Updates of the MCU's image: what the chip boots after a bundle, a commit and a roll-back."""

from __future__ import annotations

import hashlib
import logging
import struct
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.image.load import load_image
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.simplelink.boot_image import ADDRESS, FLASH, BootImage, binary_of
from renode_wifi.peripherals.simplelink.files.booted import MCU_IMAGE
from renode_wifi.peripherals.simplelink.files.bundle import BundleState
from tests.peripherals.simplelink.rig import Rig

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
BOARD = "cc3220sf_launchxl"


def program(text: bytes) -> bytes:
    return struct.pack("<II", 0x2004_0000, ADDRESS + 9) + text + bytes(4)


def binary(name: str) -> bytes:
    """A guest of this project as a binary for the place where applications are."""
    (segment,) = load_image(FIRMWARE / name / f"{BOARD}.elf").segments
    return segment.data[ADDRESS - segment.address :]


def digested(binary: bytes) -> bytes:
    return hashlib.sha1(binary).digest() + binary


@pytest.mark.parametrize(
    ("image", "started"),
    [
        (program(b"x"), program(b"x")),
        (digested(program(b"x")), program(b"x")),
        (digested(b"firmware"), None),
        (b"firmware" * 8, None),
        (b"", None),
        (struct.pack("<II", 0x2004_0001, ADDRESS + 9) + bytes(8), None),
        (struct.pack("<II", 0x2004_0000, ADDRESS + 8) + bytes(8), None),
        (struct.pack("<II", 0x2004_0000, ADDRESS + 99) + bytes(8), None),
        (program(bytes(0x10_0000)), None),
    ],
)
def test_what_the_chip_can_start(image: bytes, started: bytes | None) -> None:
    assert binary_of(image) == started


def flash(machine: BenchMachine) -> bytes:
    return machine.bus.read_bytes(ADDRESS + 8, 3)


def test_a_staged_image_is_in_flash_from_the_next_start_on() -> None:
    machine = BenchMachine()
    machine.bus.write_bytes(ADDRESS, program(b"old"))
    boot = BootImage(machine)
    boot.stage(program(b"new"))
    for cause in ("lpds", "lpds-enter", "hibernate-enter", "software"):
        boot.start(cause)
        assert flash(machine) == b"old"
    boot.start("hibernate")
    assert flash(machine) == b"new"
    boot.stage(b"")
    boot.start("pin")
    assert flash(machine) == b"old"
    boot.stage(b"")
    machine.bus.write_bytes(ADDRESS, program(b"own"))
    boot.start("lpds")
    assert flash(machine) == b"own"


def test_nothing_to_go_back_to_is_nothing_to_do() -> None:
    machine = BenchMachine()
    machine.bus.write_bytes(FLASH, b"whole")
    boot = BootImage(machine)
    boot.stage(b"")
    boot.start("pin")
    assert machine.bus.read_bytes(FLASH, 5) == b"whole"


def test_an_image_that_is_none_leaves_flash_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    machine = BenchMachine()
    machine.bus.write_bytes(ADDRESS, program(b"old"))
    boot = BootImage(machine)
    boot.stage(b"firmware" * 100)
    with caplog.at_level(logging.ERROR):
        boot.start("pin")
    assert flash(machine) == b"old"
    assert "no program for 0x01000800" in caplog.text


def test_only_the_file_of_the_program_is_staged(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    staged: list[bytes] = []
    monkeypatch.setattr(rig.nwp, "stage", staged.append)
    rig.nwp.files.provision(MCU_IMAGE, b"first")
    rig.nwp.files.provision("other", b"x")
    store, file = rig.nwp.files.volume.store, rig.nwp.files.volume.files[MCU_IMAGE]
    for content in (b"second", b"first", None):
        file.content = content
        store.changed(MCU_IMAGE.upper())
    assert staged == [b"", b"second", b""]


def update(board: Board, content: bytes | None) -> None:
    """The active content of the MCU's image changes; None: it is rolled back."""
    (radio,) = board.engine.machine.radios()  # type: ignore[attr-defined]
    volume: Any = radio.files.volume
    file = volume.files[MCU_IMAGE]
    file.content = volume.factory[MCU_IMAGE].content if content is None else content
    volume.store.changed(MCU_IMAGE)


@pytest.mark.parametrize("with_digest", [False, True])
def test_a_board_boots_its_update_and_goes_back(with_digest: bool) -> None:
    """SWRU455M, Host Application: the boot loader starts the image of the serial flash."""
    content = digested(binary("shell")) if with_digest else binary("shell")
    with Board(BOARD, FIRMWARE / "probe" / f"{BOARD}.elf") as board:
        board.wait_for_line("probe: PASSED", timeout=20)
        update(board, content)
        saved = board.snapshot()
        board.reset()
        board.wait_for_prompt("> ")
        update(board, None)
        board.reset()
        board.wait_for_line("probe: PASSED", timeout=20)
        board.restore(saved)
        board.reset()
        board.wait_for_prompt("> ")


def test_an_update_that_hangs_is_rolled_back_by_the_next_reset() -> None:
    """SWRU455M, Bundle Protection: a restart rolls back what is not committed."""
    hung = bytearray(binary("shell"))
    (entry,) = struct.unpack_from("<I", hung, 4)
    hung[entry - 1 - ADDRESS : entry + 1 - ADDRESS] = b"\xfe\xe7"  # b .
    with Board(BOARD, FIRMWARE / "probe" / f"{BOARD}.elf") as board:
        board.wait_for_line("probe: PASSED", timeout=20)
        (radio,) = board.engine.machine.radios()  # type: ignore[attr-defined]
        volume: Any = radio.files.volume
        stored = volume.files[MCU_IMAGE]
        volume.bundle.opened(stored)
        stored.written(bytes(hung))
        volume.power.stopping = True
        board.reset()
        board.run(1)
        assert volume.bundle.state is BundleState.PENDING_COMMIT
        board.reset()
        board.wait_for_line("probe: PASSED", timeout=20)
        assert volume.bundle.state is BundleState.STOPPED


def test_the_program_of_the_board_is_in_its_file_system() -> None:
    with Board(BOARD, FIRMWARE / "probe" / f"{BOARD}.elf") as board:
        (radio,) = board.engine.machine.radios()  # type: ignore[attr-defined]
        content = radio.files.content(MCU_IMAGE)
        assert content == digested(binary("probe"))
