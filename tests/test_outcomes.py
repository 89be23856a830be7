"""docs/faults.md has every fault of each board, as it is found."""

from __future__ import annotations

import re

import pytest

from renode_wifi.peripherals.network.worldfile.fault_kinds import KINDS
from tests.outcomes import BOARDS, NO_EFFECT, PAGE, Outcome, Rig, applicable, outcome, table

ROW = re.compile(r"\| `(?P<fault>[a-z0-9-]+)` \| (?P<board>\w+) \| ")


@pytest.mark.parametrize("board", BOARDS)
def test_the_table_has_every_fault_of_the_board(board: str) -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    listed = {fault for fault, other in rows if other == board}
    assert listed == {kind.name for kind in applicable(BOARDS[board])}


@pytest.mark.parametrize(
    ("board", "fault"),
    [
        ("b_l475e_iot01a", "out-of-step"),
        ("b_l475e_iot01a", "stuck-high"),
        ("b_l475e_iot01a", "power-cut"),
        ("cc3220sf_launchxl", "tx-failure"),
        ("cc3220sf_launchxl", "malformed-reply"),
    ],
)
def test_a_row_is_what_is_found(board: str, fault: str) -> None:
    found = outcome(Rig(board), KINDS[fault])
    row = table([found]).splitlines()[-1]
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_a_fault_without_effect_has_no_cure() -> None:
    row = table([Outcome("slow", "b_l475e_iot01a", NO_EFFECT, "", 0.0)]).splitlines()[-1]
    assert row == "| `slow` | b_l475e_iot01a | none |  |  |"
