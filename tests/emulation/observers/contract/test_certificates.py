"""A certificate that expires soon, by the date of the world or that of the radio."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor
from renode_wifi.emulation.observers.contract.port import PORTS
from renode_wifi.emulation.observers.contract.rules.certificates import NEAR_EXPIRY, near_expiry

ROOT = Path(__file__).parents[4]
ANSWER = r"^= -?\d+"
CALLS = ("on", "join renode-wifi no-board-farm", "socket", "tls 0", "connect 0 10.10.0.1 9012")
DAY = 86_400
NOW = 1_800_000_000


@pytest.mark.parametrize("board", PORTS)
@pytest.mark.parametrize(("date", "is_found"), [("2049-12-20", True), ("2049-06-01", False)])
def test_a_session_with_a_certificate_near_its_end_is_found(
    tmp_path: Path, board: str, date: str, is_found: bool
) -> None:
    """The world's own expire at the end of 2049."""
    world = tmp_path / "world.yaml"
    home = (ROOT / "platforms/worlds/home.yaml").read_text()
    world.write_text(f"date: {date}\n{home}")
    with Board(board, ROOT / f"firmware/sockets/{board}.elf", world) as running:
        monitor = ContractMonitor(running)
        running.wait_for_line("ready")
        for call in CALLS:
            running.write(f"{call}\n")
            running.wait_for_line(ANSWER)
        findings = [each for each in monitor.findings if each.rule is NEAR_EXPIRY]
        monitor.end()
    assert [each.call.partition("(")[0] for each in findings] == ["SOCKETS_Connect"] * is_found
    for finding in findings:
        assert finding.message == "a certificate expires on 2049-12-31, and it is 2049-12-20"


@pytest.mark.parametrize(
    ("fields", "world_date", "is_near"),
    [
        ({"expires": NOW + 30 * DAY, "date": NOW}, None, True),
        ({"expires": NOW + 31 * DAY, "date": NOW}, None, False),
        ({"expires": NOW - DAY, "date": NOW}, None, True),
        ({"expires": NOW + DAY, "date": None}, NOW, True),
        ({"expires": NOW + DAY, "date": NOW - 99 * DAY}, NOW, False),
        ({"expires": NOW + DAY, "date": None}, None, False),
        ({"expires": None, "date": NOW}, None, False),
        ({"expires": NOW + DAY, "date": NOW, "problem": "certificate expired"}, None, False),
    ],
)
def test_the_radios_date_comes_before_the_worlds(
    fields: dict[str, object], world_date: int | None, is_near: bool
) -> None:
    assert bool(near_expiry(fields, world_date)) is is_near
