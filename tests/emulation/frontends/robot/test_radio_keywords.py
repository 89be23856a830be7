"""What the radio was asked, as Robot sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.library import RenodeWifi

ROOT = Path(__file__).resolve().parents[4]
BOARD = "b_l475e_iot01a"


def test_transactions_are_those_since_the_last_look() -> None:
    keywords = RenodeWifi("embedded")
    keywords.create_board(BOARD, str(ROOT / f"firmware/sockets/{BOARD}.elf"))
    with pytest.raises(RenodeWifiError, match="nobody watches the radio"):
        keywords.radio_transactions()
    keywords.watch_radio()
    for command, expected in (("on", "AT I? -> ISM43362"), ("close 9", ""), ("socket", "")):
        keywords.wait_for_prompt_on_uart(">")
        keywords.write_line_to_uart(command)
        keywords.wait_for_line_on_uart("= ")
        seen = keywords.radio_transactions()
        assert bool(seen) is bool(expected)
        assert all(line.startswith(expected) for line in seen)
    keywords.end_test(None, None)


WORLD = """
access_points: [{ssid: lab, passphrase: lab-secret}]
bluetooth:
  centrals:
    - {name: phone, connects: iot, after: 100 ms}
"""


def test_a_phone_reads_writes_and_is_notified(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(WORLD)
    keywords = RenodeWifi("embedded")
    keywords.create_board(BOARD, str(ROOT / "firmware/blocks/bluetooth.elf"), str(world))
    keywords.subscribe_bluetooth_characteristic("phone", "1235")
    keywords.write_bluetooth_characteristic("phone", "1235", "5A")
    assert keywords.wait_for_bluetooth_value("phone", "1235", "a5") == "a5"
    assert keywords.read_bluetooth_characteristic("phone", "1235") == "a5"
    with pytest.raises(RenodeWifiError, match="no value"):
        keywords.write_bluetooth_characteristic("phone", "1235", "5")
    with pytest.raises(RenodeWifiError, match="found no characteristic 9999"):
        keywords.read_bluetooth_characteristic("phone", "9999", 0.5)
    with pytest.raises(RenodeWifiError, match="got no value"):
        keywords.wait_for_bluetooth_value("phone", "1235", "00", 0.5)
    with pytest.raises(RenodeWifiError, match="is no UUID"):
        keywords.wait_for_bluetooth_value("phone", "lamp")
    keywords.end_test(None, None)


def test_a_board_can_be_saved_while_a_phone_discovers(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(WORLD)
    image = ROOT / "firmware/blocks/bluetooth.elf"
    with Board(BOARD, image, world=str(world), engine="embedded") as board:
        for _ in range(100):
            board.run(0.01)
            if board.world.bluetooth.central("phone").is_connected:
                break
        assert not board.world.bluetooth.central("phone").has_found
        kept = board.snapshot()
        for _ in range(2):
            board.restore(kept)
            assert not board.world.bluetooth.central("phone").has_found
            board.run(2)
            assert board.world.bluetooth.central("phone").has_found
