"""Captured signals, decoded again as a logic analyser's program does it."""

from __future__ import annotations

import io
import shutil
import subprocess
from bisect import bisect_right
from pathlib import Path
from typing import Any

import pytest
from vcd.reader import TokenKind, tokenize

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.embedded.cpu import Core
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.observers.captures.vcd import WaveCapture
from renode_wifi.emulation.observers.captures.vcd_writer import VcdWriter
from renode_wifi.emulation.observers.captures.waves import (
    Burst,
    Change,
    Placed,
    SpiWave,
    UartWave,
    step,
)
from renode_wifi.peripherals.base.uart import FrameFormat

ROOT = Path(__file__).parents[3]
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
BAUD = 115200
Wave = list[tuple[int, bool]]


def image(board: str) -> Path:
    return ROOT / f"firmware/probe/{board}.elf"


def waves(text: str) -> dict[str, Wave]:
    """The changes of each signal of a VCD file, whose times never go back."""
    names: dict[str, str] = {}
    found: dict[str, Wave] = {}
    time = 0
    for token in tokenize(io.BytesIO(text.encode())):
        if token.kind is TokenKind.VAR:
            names[token.var.id_code] = token.var.reference
            found[token.var.reference] = []
        elif token.kind is TokenKind.CHANGE_TIME:
            assert token.time_change >= time
            time = token.time_change
        elif token.kind is TokenKind.CHANGE_SCALAR:
            change = token.scalar_change
            found[names[change.id_code]].append((time, change.value == "1"))
    return found


def changes_of(placed: Placed | None) -> list[Change]:
    assert placed is not None
    begin, burst = placed
    return [(begin + offset, wire, is_high) for offset, wire, is_high in burst.changes]


def level(wave: Wave, time: float) -> bool:
    return wave[bisect_right(wave, (time, True)) - 1][1]


def uart_bytes(wave: Wave, bit: float) -> bytes:
    """8N1 frames, read in the middle of their bits."""
    found = bytearray()
    free = 0.0
    for time, is_high in wave[1:]:
        if is_high or time < free:
            continue
        bits = [level(wave, time + (1.5 + index) * bit) for index in range(8)]
        found.append(sum(value << index for index, value in enumerate(bits)))
        assert level(wave, time + 9.5 * bit), "no stop bit"
        free = time + 9.5 * bit
    return bytes(found)


def spi_words(captured: dict[str, Wave], bits: int, data: str) -> list[list[int]]:
    """Of each window in which `nss` is low, read at rising edges of the clock."""
    windows: list[list[int]] = []
    shifted = count = 0
    edges = [(time, is_high, "nss") for time, is_high in captured["nss"]]
    edges += [(time, is_high, "sck") for time, is_high in captured["spi3_sck"] if is_high]
    for time, is_high, wire in sorted(edges):
        if wire == "nss":
            assert count == 0, "half a word"
            if not is_high:
                windows.append([])
            continue
        shifted, count = shifted << 1 | level(captured[data], time), count + 1
        if count == bits:
            windows[-1].append(shifted)
            shifted = count = 0
    return windows


def text_of(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(2, "little") for word in words)


def core_of(board: Board) -> Core:
    assert isinstance(board.engine, EmbeddedEngine)
    core = board.engine.machine.core
    assert isinstance(core, Core)
    return core


def capture(board: str, line: str, selection: str = "") -> tuple[str, Any, list[bytes]]:
    """A VCD of the probe's run up to a line, that run's console, and the AT requests in it."""
    requests: list[bytes] = []
    file = io.StringIO()
    with Board(board, image(board), engine="embedded") as running:
        running.engine.subscribe(
            lambda time, source, event, fields: requests.append(
                str(fields["request"]).encode("latin-1")
            ),
            "at",
        )
        waves = WaveCapture(running, file, selection)
        running.wait_for_line(line)
        waves.close()
        return file.getvalue(), [entry.text for entry in running.uart.lines], requests


@pytest.fixture(scope="module")
def st() -> tuple[str, Any, list[bytes]]:
    return capture(ST, "radio: ok")


def test_the_console_can_be_read_from_the_wire(st: tuple[str, Any, list[bytes]]) -> None:
    text, lines, _ = st
    sent = uart_bytes(waves(text)["usart1_tx"], 1e9 / BAUD)
    assert sent.decode().splitlines() == lines


def test_the_commands_of_the_module_can_be_read_from_the_wire(
    st: tuple[str, Any, list[bytes]],
) -> None:
    text, _, requests = st
    captured = waves(text)
    sent = [text_of(words) for words in spi_words(captured, 16, "spi3_mosi")]
    for request in requests:
        assert any(window.startswith(request) for window in sent), request
    received = b"".join(text_of(words) for words in spi_words(captured, 16, "spi3_miso"))
    assert b"\r\n> " in received
    assert b"ISM43362" in received


def test_data_ready_rises_before_the_host_selects_the_module(
    st: tuple[str, Any, list[bytes]],
) -> None:
    captured = waves(st[0])
    clocks = [time for time, _ in captured["spi3_sck"]]
    edges = [time for time, is_high in captured["nss"] if not is_high and time]
    used = [time for time in edges if clocks[bisect_right(clocks, time)] - time < 20_000]
    assert len(used) >= 3
    assert all(level(captured["ready"], time) for time in used)


def test_the_same_run_gives_the_same_file(st: tuple[str, Any, list[bytes]]) -> None:
    assert capture(ST, "radio: ok")[0] == st[0]


def test_capturing_changes_nothing_in_the_run(st: tuple[str, Any, list[bytes]]) -> None:
    with Board(ST, image(ST), engine="embedded") as plain:
        plain.wait_for_line("radio: ok")
        lines = [entry.text for entry in plain.uart.lines]
    assert lines == st[1]


@pytest.mark.parametrize("selection", ["", "spi3"])
def test_the_core_notes_what_the_models_report(selection: str) -> None:
    """Words and levels in the same order, whether or not a level comes between bursts."""
    texts = []
    for served in (True, False):
        text = io.StringIO()
        with Board(ST, image(ST)) as board:
            capture = WaveCapture(board, text, selection)
            core_of(board).peripheral_map.serve(served)
            board.wait_for_line("radio: ok")
            capture.close()
        texts.append(text.getvalue())
    assert texts[0] == texts[1]


def test_a_capture_leaves_words_and_chip_select_to_the_core() -> None:
    accesses = []
    for captured in (True, False):
        with Board(ST, image(ST)) as board:
            if captured:
                WaveCapture(board, io.StringIO(), "spi3+nss=gpioPortE.0")
            board.wait_for_line("radio: ok")
            assert isinstance(board.engine, EmbeddedEngine)
            models = [board.engine.machine.peripherals[name] for name in ("spi3", "gpioPortE")]
            bindings = core_of(board).peripheral_map._bindings
            accesses.append([bindings[id(model)].record.python_accesses for model in models])
    assert accesses[0] == accesses[1]


def test_a_restored_snapshot_goes_on_with_the_capture() -> None:
    """What is written of the first time stays; the second time the same wires change as often."""
    edges = []
    for rounds in (1, 2):
        text = io.StringIO()
        with Board(ST, image(ST)) as board:
            capture = WaveCapture(board, text, "usart1,spi3+ready=ism43362.0")
            board.run(0.1)
            before = board.snapshot()
            for _ in range(rounds):
                board.restore(before)
                board.run(0.4)
            capture.close()
        edges.append({name: len(wave) for name, wave in waves(text.getvalue()).items()})
    once, twice = edges
    assert once["spi3_sck"] > 100
    assert all(twice[name] > once[name] for name in ("spi3_sck", "ready", "usart1_tx"))


def test_the_network_processors_messages_can_be_read_from_its_bus() -> None:
    text, lines, _ = capture(TI, "radio: ok", "uarta0 lspi+cs=lspi.3 irq=nwp.0")
    captured = waves(text)
    renamed = {**captured, "nss": [(t, not v) for t, v in captured["cs"]]}
    renamed["spi3_sck"] = captured["lspi_sck"]
    words = [word for window in spi_words(renamed, 32, "lspi_mosi") for word in window]
    assert 0x12344321 in words
    assert uart_bytes(captured["uarta0_tx"], 1e9 / BAUD).decode().splitlines() == lines


def test_what_the_guest_receives_is_on_the_wire_before_it_arrives() -> None:
    file = io.StringIO()
    with Board(ST, ROOT / f"firmware/shell/{ST}.elf", engine="embedded") as board:
        board.run(0.2)
        waves_of_it = WaveCapture(board, file, "usart1")
        begun = board.engine.now
        board.write("help\r")
        board.run(0.1)
        waves_of_it.close()
    received = waves(file.getvalue())["usart1_rx"]
    assert uart_bytes(received, 1e9 / BAUD) == b"help\r"
    assert abs(received[1][0] - begun) < 2e9 / BAUD


@pytest.mark.skipif(shutil.which("sigrok-cli") is None, reason="sigrok-cli isn't installed")
def test_sigrok_decodes_both_buses(st: tuple[str, Any, list[bytes]], tmp_path: Path) -> None:
    text, lines, requests = st
    file = tmp_path / "run.vcd"
    file.write_text(text)

    def decoded(decoder: str, annotation: str) -> list[str]:
        command = ["sigrok-cli", "-I", "vcd:downsample=5", "-i", str(file)]
        done = subprocess.run(
            [*command, "-P", decoder, "-A", annotation], capture_output=True, check=True
        )
        return [line.partition(": ")[2] for line in done.stdout.decode().splitlines()]

    sent = decoded(f"uart:rx=usart1_tx:baudrate={BAUD}:format=hex", "uart=rx-data")
    assert bytes.fromhex("".join(sent)).decode().splitlines() == lines
    wires = "clk=spi3_sck:mosi=spi3_mosi:miso=spi3_miso:cs=nss:wordsize=16"
    words = decoded(f"spi:{wires}", "spi=mosi-data")
    commands = text_of([int(word, 16) for word in words])
    assert all(request in commands for request in requests)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ("gpioPortA.99", "there is no signal 'gpioPortA.99'"),
        ("nobody", "there is no signal"),
        ("usart1+nss=gpioPortE.0", "usart1 is no SPI bus"),
        ("a=gpioPortA.1,a=gpioPortA.2", "two signals are called a"),
        (" , ", "no signals are named"),
    ],
)
def test_a_selection_that_names_nothing_is_refused(
    selection: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.vcd"
    with (
        Board(ST, engine="embedded") as board,
        pytest.raises(RenodeWifiError, match=message),
    ):
        record(board, "vcd", file, selection)
    assert not file.exists()


def test_frames_that_software_sends_too_fast_follow_each_other() -> None:
    wave, form = UartWave("tx"), FrameFormat(10, 8, "", 1)
    changes = changes_of(wave.frame(1000, 0x55, form)) + changes_of(wave.frame(1000, 0x55, form))
    assert changes[0] == (1000, "tx", False)
    assert changes[10][0] == 1100


@pytest.mark.parametrize(("parity", "level_of_it"), [("even", True), ("odd", False)])
def test_parity_counts_the_ones(parity: str, level_of_it: bool) -> None:
    changes = changes_of(UartWave("tx").frame(0, 0x01, FrameFormat(10, 8, parity, 2)))
    ninth = [is_high for time, _, is_high in changes if time <= 90][-1]
    assert ninth is level_of_it


@pytest.mark.parametrize("mode", range(4))
def test_data_is_stable_at_the_edge_of_each_mode(mode: int) -> None:
    changes = changes_of(SpiWave("c", "o", "i").word(100, 0xA5, 0x3C, 8, 20, mode))
    by_wire = {wire: [(0, False)] + [(t, v) for t, w, v in changes if w == wire] for wire in "coi"}
    first, second = by_wire["c"][-16::2], by_wire["c"][-15::2]
    edges = second if mode & 1 else first
    for data, expected in (("o", 0xA5), ("i", 0x3C)):
        bits = [level(by_wire[data], time) for time, _ in edges]
        assert int("".join(str(int(bit)) for bit in bits), 2) == expected
        assert level(by_wire[data], edges[-1][0] - 1) == level(by_wire[data], edges[-1][0])
    assert [time for time, _, _ in changes] == sorted(time for time, _, _ in changes)


def spi_with_select(level: bool) -> SpiWave:
    wave = SpiWave("c", "o", "i", select=("cs", level))
    placed = wave.line(0, "cs", not level)
    assert placed is not None
    return wave


@pytest.mark.parametrize("selects", [False, True])
def test_words_of_dma_go_out_after_the_device_is_selected(selects: bool) -> None:
    """They came in one instant, and the driver selects the device an instant later."""
    wave = spi_with_select(selects)
    clocks = [changes_of(wave.word(1000, 0xA5, 0, 8, 20, 0)) for _ in range(3)]
    assert changes_of(wave.line(1030, "cs", selects)) == [(1000, "cs", selects)]
    assert all(time >= 1000 for changes in clocks for time, _, _ in changes)
    assert changes_of(wave.line(1050, "cs", not selects)) == [(1510, "cs", not selects)]


def test_a_device_that_is_deselected_has_its_words_of_dma_first() -> None:
    wave = spi_with_select(False)
    wave.line(990, "cs", False)
    for _ in range(3):
        wave.word(1000, 0xA5, 0, 8, 20, 0)
    assert changes_of(wave.line(1030, "cs", True)) == [(1510, "cs", True)]


def test_words_that_software_sends_to_no_device_go_before_chip_select() -> None:
    """The clocks with which an SD card is woken up, written faster than they go over the wire."""
    wave = spi_with_select(False)
    for time in (1000, 1010, 1020):
        wave.word(time, 0xFF, 0, 8, 20, 0)
    assert changes_of(wave.line(1030, "cs", False)) == [(1510, "cs", False)]


WORD = Burst([(0, "a", True), (10, "b", True), (10, "a", False), (20, "a", True), (30, "a", False)])


def written(bursts: list[tuple[int, Burst]]) -> dict[str, Wave]:
    file = io.StringIO()
    writer = VcdWriter(file)
    for wire in "abc":
        writer.add(wire, False)
    for begin, burst in bursts:
        writer.put(begin, burst)
    writer.close(1000)
    return waves(file.getvalue())


def test_a_burst_that_nothing_interrupts_is_written_as_its_changes_are() -> None:
    changes = [(at, step(wire, is_high)) for at, wire, is_high in changes_of((100, WORD))]
    assert written([(100, WORD)]) == written(changes)


@pytest.mark.parametrize("at", [99, 100, 105, 110, 120, 130, 131])
def test_a_change_in_the_middle_of_a_burst_is_written_in_its_turn(at: int) -> None:
    found = written([(100, WORD), (at, step("c", True))])
    alone = written([(100, WORD)])
    assert found == {**alone, "c": [(0, False), (at, True)]}


def test_a_burst_of_the_past_is_written_at_the_time_that_is_written() -> None:
    """A snapshot was restored."""
    file = io.StringIO()
    writer = VcdWriter(file)
    for wire in "ab":
        writer.add(wire, False)
    writer.put(200, step("b", True))
    writer.write_until(None)
    writer.put(100, WORD)
    writer.close(1000)
    assert waves(file.getvalue())["a"][-1] == (200, False)


def test_a_wire_that_is_there_already_does_not_change() -> None:
    found = written([(50, step("a", True)), (100, WORD)])
    assert found["a"] == [(0, False), (50, True), (110, False), (120, True), (130, False)]
