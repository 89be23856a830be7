"""What an agent may do, without the protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.mcp.verbs import MAX_REAL, MAX_SNAPSHOTS, Verbs

BOARD = "b_l475e_iot01a"
WORLDS = {"<home>": Path("<home>")}


@pytest.fixture
def verbs(tmp_path: Path) -> Iterator[Verbs]:
    made = Verbs(tmp_path, WORLDS)
    yield made
    made.close()


def test_without_a_board_there_is_one_answer(verbs: Verbs) -> None:
    for act in (lambda: verbs.run(1), verbs.console, verbs.registers, verbs.trace):
        with pytest.raises(RenodeWifiError, match=r"there is no board\n.*boot one"):
            act()


@pytest.mark.parametrize("image", ["../x.elf", "/etc/passwd", "<x/../../x.elf", "a/../../b"])
def test_images_outside_of_the_folder_are_refused(verbs: Verbs, image: str) -> None:
    with pytest.raises(RenodeWifiError, match="outside of the server's folder"):
        verbs.boot(BOARD, image)


def test_a_link_does_not_lead_out_of_the_folder(verbs: Verbs, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(RenodeWifiError, match="outside of the server's folder"):
        verbs.boot(BOARD, "link/etc/passwd")


@pytest.mark.parametrize("world", ["own.yaml", "<qualification>", "/etc/passwd"])
def test_worlds_are_those_that_the_server_was_given(verbs: Verbs, world: str) -> None:
    with pytest.raises(RenodeWifiError, match=f"no world is called '{world}'"):
        verbs.boot(BOARD, "<node>", world)


def test_a_board_by_its_verbs(verbs: Verbs) -> None:
    assert "board b_l475e_iot01a: " in verbs.list_boards()
    assert "fault ap-vanishes: " in verbs.list_boards()
    verbs.boot(BOARD, "<shell>")
    assert "shell: b_l475e_iot01a" in verbs.wait_for_line("shell:")
    assert verbs.run(0.01).startswith("> "), "what was shown is not shown again"
    verbs.type_text("nonsense\r")
    assert "unknown command" in verbs.run(0.1)
    assert "unknown command" in verbs.console()
    verbs.inject_fault("ap-vanishes", {"for": "20 s"})
    assert "USART1" not in verbs.registers()
    assert "UE" in verbs.registers("usart1")["CR1"]
    assert len(verbs.read_memory(0x0800_0000, 4).split()) == 4
    assert "main" in verbs.whereabouts()
    assert json.loads(verbs.server("echo"))
    verbs.stop_server("echo")
    verbs.start_server("echo")
    verbs.reset()
    assert "shell:" in verbs.wait_for_line("shell:")


def test_an_answer_comes_after_a_minute_at_the_latest(tmp_path: Path) -> None:
    clock = iter(range(0, 10**6, 25))
    verbs = Verbs(tmp_path, WORLDS, lambda: float(next(clock)))
    verbs.boot(BOARD, "<shell>")
    with pytest.raises(RenodeWifiError, match=rf"{MAX_REAL:g} s of real time .* 1\.500000 s"):
        verbs.run(100)
    verbs.close()


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 1e9])
def test_times_are_bounded(verbs: Verbs, seconds: float) -> None:
    verbs.boot(BOARD, "<shell>")
    with pytest.raises(RenodeWifiError, match="no time to wait"):
        verbs.run(seconds)


def test_snapshots_are_bounded(verbs: Verbs) -> None:
    verbs.boot(BOARD, "<shell>")
    for number in range(MAX_SNAPSHOTS):
        verbs.take_snapshot(str(number))
    verbs.take_snapshot("0")
    with pytest.raises(RenodeWifiError, match="use one of their names"):
        verbs.take_snapshot("more")
    with pytest.raises(RenodeWifiError, match="there is no snapshot 'more'"):
        verbs.restore_snapshot("more")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda verbs: verbs.wait_for_line("("), "is not a regular expression"),
        (lambda verbs: verbs.inject_fault("no-such"), "no-such"),
        (lambda verbs: verbs.inject_fault("ap-vanishes", {"for": 1.5}), "without a unit"),
        (lambda verbs: verbs.server('x" "y'), "no server"),
        (lambda verbs: verbs.registers("usart1 Reset"), "no registers of"),
        (lambda verbs: verbs.registers("sysbus"), "no registers of"),
    ],
)
def test_mistakes_are_answers(verbs: Verbs, act: object, message: str) -> None:
    verbs.boot(BOARD, "<shell>")
    assert callable(act)
    with pytest.raises(RenodeWifiError, match=message):
        act(verbs)
