"""Guests of one block each, which print what they find beside what RM0351 promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board

GUESTS = sorted((Path(__file__).resolve().parents[2] / "firmware" / "blocks").glob("*.c"))
SECONDS = 5
"""Of virtual time, within which each is done."""


@pytest.mark.parametrize("source", GUESTS, ids=[path.stem for path in GUESTS])
def test_a_block_keeps_what_the_manual_promises(source: Path) -> None:
    with Board("b_l475e_iot01a", source.with_suffix(".elf")) as board:
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert [line for line in lines if line.startswith("differs: ")] == []
    assert [line for line in lines if line.startswith("ok: ")]


BLUETOOTH = """
access_points: [{ssid: lab, passphrase: lab-secret}]
bluetooth:
  centrals:
    - {name: phone, connects: iot, subscribes: ["1235"], after: 100 ms}
"""


def test_a_central_of_the_world_writes_and_is_notified(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(BLUETOOTH)
    source = next(path for path in GUESTS if path.stem == "bluetooth")
    with Board("b_l475e_iot01a", source.with_suffix(".elf"), world) as board:
        board.write_characteristic("phone", "1235", b"\x5a", SECONDS)
        assert board.wait_for_characteristic("phone", "1235", timeout=SECONDS) == b"\xa5"
        kept = board.snapshot()
        board.write_characteristic("phone", "1235", b"\x01", SECONDS)
        assert board.wait_for_characteristic("phone", "1235", b"\xfe", SECONDS) == b"\xfe"
        assert board.read_characteristic("phone", "1235", SECONDS) == b"\xfe"
        board.restore(kept)
        assert board.read_characteristic("phone", "1235", SECONDS) == b"\xa5"
        board.world.bluetooth.peer("phone").leave()
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert [line for line in lines if line.startswith("differs: ")] == []
    assert "ok: the end (Core 4.1)" in lines


SOUND = """
access_points: [{ssid: lab, passphrase: lab-secret}]
sensors:
  microphone1: {sound: {sine: {mean: 0, amplitude: 0.5, period: 2 ms}}}
  microphone2: {sound: 0.9}
"""


def test_a_recording_holds_the_sound_of_the_world(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(SOUND)
    source = next(path for path in GUESTS if path.stem == "audio")
    with Board("b_l475e_iot01a", source.with_suffix(".elf"), world) as board:
        line = board.wait_for_line("sound", timeout=SECONDS)
        board.set_sensor("microphone1", "sound", 0)
    low, high = (int(word, 16) for word in line.text.split()[1:])
    # Sinc3 of 64 bits has a gain of 64 ** 3; DTRBS is 3.
    peak = 0.5 * 64**3 / 8
    assert 0.99 * peak <= high <= peak
    assert -peak <= low - 2**32 <= -0.99 * peak


def test_a_byte_wakes_the_chip_from_stop() -> None:
    source = next(path for path in GUESTS if path.stem == "usart_stop")
    with Board("b_l475e_iot01a", source.with_suffix(".elf")) as board:
        board.wait_for_line("ready", timeout=SECONDS)
        board.run(0.1)
        board.write(b"w")
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert [line for line in lines if line.startswith("differs: ")] == []
    assert "ok: as it was sent (40.8.10)" in lines


def test_the_button_stamps_the_time() -> None:
    source = next(path for path in GUESTS if path.stem == "rtc_stamp")
    with Board("b_l475e_iot01a", source.with_suffix(".elf")) as board:
        board.wait_for_line("ready", timeout=SECONDS)
        board.execute("sysbus.gpioPortC.button Press")
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert "ok: the button stamps (38.3.13)" in lines


def test_sleep_without_clocks_survives_a_snapshot() -> None:
    source = next(path for path in GUESTS if path.stem == "clock_sleep")
    with Board("b_l475e_iot01a", source.with_suffix(".elf")) as board:
        board.run(0.03)
        kept = board.snapshot()
        board.run(0.01)
        board.restore(kept)
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert [line for line in lines if line.startswith("differs: ")] == []


def test_the_failure_of_an_oscillator_is_an_nmi() -> None:
    source = next(path for path in GUESTS if path.stem == "css")
    with Board("b_l475e_iot01a", source.with_suffix(".elf")) as board:
        board.wait_for_line("ready", timeout=SECONDS)
        board.execute('sysbus.rcc FailOscillator "HSE"')
        board.wait_for_line("DONE", timeout=SECONDS)
        lines = [line.text for line in board.uart.lines]
    assert [line for line in lines if line.startswith("differs: ")] == []
    assert "ok: one NMI (6.2.10)" in lines
