"""Where a firmware is when what was waited for does not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import BoardTimeout
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.whereabouts import describe, polled_register

TALK = Path(__file__).resolve().parents[3] / "firmware" / "talk" / "b_l475e_iot01a.elf"


def test_a_timeout_says_where_the_firmware_is_and_what_it_polls() -> None:
    with Board("b_l475e_iot01a", TALK) as board:
        with pytest.raises(BoardTimeout, match="never") as caught:
            board.wait_for_line("never", timeout=0.5)
        assert caught.value.cure is not None
        for text in ("The firmware is at", "board_get", "it polls 0x4001381C", "main+"):
            assert text in caught.value.cure


def test_without_registers_nothing_is_said() -> None:
    assert describe(None, {}, lambda address, length: b"") == ""


STACK = 128


@pytest.mark.parametrize(
    ("code", "polled"),
    [
        ("d869 9106 fbd5", 0x4000001C),  # ldr r0, [r3, #28]; lsls; bpl to the load
        ("d3f81c00 9106 fad5", 0x4000001C),  # the same as ldr.w
        ("d869 9106 00bf", None),  # no loop
        ("1868 9106 fbd5", 0x40000000),
        # ldr r3, [pc, #4]; ldr r3, [r3, #4]; lsls; bpl: as without optimization
        ("014b 5b68 9106 fbd5 0c000240", 0x40020010),
        # The address is in a structure: ldr r2, [sp, #0]; ldr r2, [r2, #4]; ldrh; lsls; bpl
        ("009a 5268 1289 9106 fad5 0000 0c000240", 0x40020014),
        ("c046 9106 fbd5 1868", None),  # a load behind the loop
    ],
)
def test_polled_registers(code: str, polled: int | None) -> None:
    data = bytes(32) + bytes.fromhex(code).ljust(64, b"\0")
    registers = dict.fromkeys([f"r{n}" for n in range(13)], 0x40000000)
    registers |= {"pc": 32, "xpsr": 0, "sp": STACK}
    data += bytes(STACK - len(data)) + (32 + 8).to_bytes(4, "little")
    assert polled_register(registers, lambda at, size: data[at : at + size]) == polled


def test_code_that_cannot_be_read_polls_nothing() -> None:
    def read(address: int, length: int) -> bytes:
        raise RenodeWifiError("nothing is there")

    assert polled_register({"pc": 0x60000000}, read) is None
