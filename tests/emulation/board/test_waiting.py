"""Waiting for conditions, and for what servers of the world receive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board, BoardTimeout
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker

SHELL = Path(__file__).resolve().parents[3] / "firmware" / "shell" / "b_l475e_iot01a.elf"


@pytest.fixture
def board() -> Iterator[Board]:
    with Board("b_l475e_iot01a", SHELL) as made:
        yield made


def command(board: Board, text: str) -> str:
    board.wait_for_prompt("> ")
    board.write(text + "\r")
    return board.wait_for_line(r"^(ok|error) ", timeout=60).text


def test_a_condition_is_looked_at_while_time_passes(board: Board) -> None:
    assert board.run_until(lambda: board.now >= 0.5, timeout=2)
    assert 0.5 <= board.now < 0.511
    assert board.run_until(lambda: board.now >= 0.6, timeout=2, every=0.001)
    assert board.now < 0.6011
    assert not board.run_until(lambda: False, timeout=0.1)
    with pytest.raises(RenodeWifiError, match="every=0 is no time"):
        board.run_until(lambda: False, every=0)


@pytest.mark.parametrize("seconds", ["1", None, True, -1, float("nan"), float("inf"), b"1"])
def test_what_is_no_time_is_refused(board: Board, seconds: float) -> None:
    for wait in (
        board.run,
        board.wait_for_crash,
        lambda given: board.wait_for_line("x", timeout=given),
        lambda given: board.run_until(lambda: False, every=given),
    ):
        with pytest.raises(RenodeWifiError, match="seconds cannot pass"):
            wait(seconds)
    assert board.now == 0


def test_what_is_no_text_is_refused(board: Board) -> None:
    with pytest.raises(RenodeWifiError, match="5 cannot be typed"):
        board.write(5)  # type: ignore[arg-type]
    with pytest.raises(RenodeWifiError, match="5 is not a regular expression"):
        board.wait_for_line(5)  # type: ignore[arg-type]
    with pytest.raises(RenodeWifiError, match="b'x' is no prompt"):
        board.wait_for_prompt(b"x")  # type: ignore[arg-type]


def test_looking_changes_nothing_in_the_run(board: Board) -> None:
    board.run_until(lambda: False, timeout=0.3, every=0.0007)
    looked = board.engine.instructions
    with Board("b_l475e_iot01a", SHELL) as other:
        other.run(board.now)
        assert other.engine.instructions == looked


def test_what_a_server_has_received(board: Board) -> None:
    assert command(board, "start").startswith("ok")
    assert command(board, "join renode-wifi no-board-farm").startswith("ok")
    handle = command(board, "open tcp 10.10.0.1 9").split()[1]
    board.wait_for_prompt("> ")
    board.write(f"send {handle} order=17\r")
    assert board.wait_for_server("discard", r"order=(\d+)", timeout=30).group(1) == b"17"
    handle = command(board, "open udp 10.10.0.1 7").split()[1]
    command(board, f"send {handle} datagram")
    assert board.wait_for_server("udp-echo", b"^data", timeout=30)
    with pytest.raises(BoardTimeout, match="'discard' received nothing") as caught:
        board.wait_for_server("discard", "order=18", timeout=0.1)
    assert "order=17" in (caught.value.cure or "")


def test_what_a_broker_has_received(board: Board) -> None:
    broker = board.world.server("broker")
    assert isinstance(broker, MqttBroker)
    broker.publish("home/lamp/state", b"on")
    message = board.wait_for_message("broker", "home/+/state", "^o", timeout=1)
    assert (message.topic, message.payload) == ("home/lamp/state", b"on")
    with pytest.raises(BoardTimeout, match="no message on 'home/#' with b'off'") as caught:
        board.wait_for_message("broker", "home/#", "off", timeout=0.1)
    assert "home/lamp/state b'on'" in (caught.value.cure or "")


@pytest.mark.parametrize(
    ("name", "pattern", "message"),
    [("nowhere", "x", "nowhere"), ("echo", "(", "is not a regular expression")],
)
def test_mistakes_are_named(board: Board, name: str, pattern: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        board.wait_for_server(name, pattern)


def test_a_broken_expression_for_a_line_is_named(board: Board) -> None:
    with pytest.raises(RenodeWifiError, match=r"'\(' is not a regular expression"):
        board.wait_for_line("(")


def test_only_brokers_have_messages(board: Board) -> None:
    with pytest.raises(RenodeWifiError, match="'echo' is not an MQTT broker"):
        board.wait_for_message("echo", "#")
