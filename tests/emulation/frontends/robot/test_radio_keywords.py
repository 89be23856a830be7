"""What the radio was asked, as Robot sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

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
