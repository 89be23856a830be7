"""Calls of the firmware's network API, followed through a run of firmware/calls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.embedded.logs import calls as call_log
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.observers.calls.attach import record_calls, with_symbols
from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.calls.render import LiveCalls
from renode_wifi.emulation.observers.calls.table import read_table
from renode_wifi.emulation.observers.calls.values import CallDecoder

ROOT = Path(__file__).parents[3]
CALLS = ROOT / "firmware/calls/calls.elf"
SHELL = ROOT / "firmware/shell/b_l475e_iot01a.elf"
BOARD = "b_l475e_iot01a"


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """In the order in which they ended."""
    ended: list[Call] = []
    with Board(BOARD, CALLS) as board:
        recorder = record_calls(board)
        recorder.on_return.append(ended.append)
        board.run(0.1)
        recorder.end()
    return ended


def of(calls: list[Call], name: str) -> list[Call]:
    return [call for call in calls if call.name == name]


def test_arguments_and_results_have_names(calls: list[Call]) -> None:
    (connect,) = of(calls, "SOCKETS_Connect")
    assert connect.arguments["pxAddress"] == "10.10.0.1:9001"
    assert connect.result == "SOCKETS_ERROR_NONE"
    (option,) = of(calls, "SOCKETS_SetSockOpt")
    assert option.arguments["lOptionName"] == "SOCKETS_SO_RCVTIMEO"
    assert option.arguments["pvOptionValue"] == 2000
    assert option.arguments["xOptionLength"] == 4  # From the stack.


def test_tasks_blocked_at_once_are_kept_apart(calls: list[Call]) -> None:
    first, second, third, last = of(calls, "SOCKETS_Recv")
    assert (first.task, first.result, first.ending) == ("one", 5, "")
    assert (second.task, second.result) == ("two", "SOCKETS_EWOULDBLOCK")
    assert (third.task, third.result) == ("one", 3)
    assert second.started < first.finished < second.finished  # type: ignore[operator]
    assert last.task == "two"


def test_a_tail_call_returns_with_its_caller(calls: list[Call]) -> None:
    (close,), (shutdown,) = of(calls, "SOCKETS_Close"), of(calls, "SOCKETS_Shutdown")
    assert shutdown.parent is close
    assert close.result == shutdown.result == "SOCKETS_ECLOSED"
    assert close.finished == shutdown.finished


def test_a_call_left_by_longjmp_ends_with_the_next_of_its_task(calls: list[Call]) -> None:
    left, stays = of(calls, "SOCKETS_Send")
    assert (left.ending, left.result) == ("left by a jump", None)
    assert (stays.ending, stays.result) == ("", 5)


def test_a_deleted_task_ends_its_calls(calls: list[Call]) -> None:
    assert of(calls, "SOCKETS_Recv")[-1].ending == "its task was deleted"


def test_tracing_changes_neither_time_nor_instructions() -> None:
    seen = []
    for observed in (False, True):
        with Board(BOARD, CALLS) as board:
            if observed:
                record_calls(board)
            board.run(0.05)
            seen.append((board.engine.instructions, [str(line) for line in board.uart.lines]))
    assert seen[0] == seen[1]


def test_calls_are_traced_beside_what_models_trace() -> None:
    events = []
    with Board(BOARD, CALLS) as board:
        board.subscribe(lambda time, source, event, fields: events.append((source, event, fields)))
        record_calls(board)
        board.run(0.05)
    begins = [fields for source, event, fields in events if (source, event) == ("calls", "call")]
    ends = [fields for source, event, fields in events if (source, event) == ("calls", "return")]
    assert {fields["number"] for fields in ends} == {fields["number"] for fields in begins}
    assert ends[0]["function"] == "SOCKETS_Connect"
    assert ends[0]["value"] == 0


def test_a_restored_snapshot_forgets_calls_of_the_future() -> None:
    with Board(BOARD, CALLS) as board:
        recorder = record_calls(board)
        at_start = board.snapshot()
        ended: list[list[str]] = [[], []]
        for names in ended:
            recorder.on_return.append(lambda call, names=names: names.append(call.name))
            board.run(0.05)
            recorder.on_return.clear()
            board.restore(at_start)
    assert ended[0] == ended[1] != []


@pytest.mark.parametrize("capacity", [call_log.CAPACITY, 34_000])
def test_calls_that_are_looked_at_later_are_those_seen_live(
    capacity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With little room the core asks for it in the middle of the run."""
    monkeypatch.setattr(call_log, "CAPACITY", capacity)
    seen: list[list[object]] = []
    for live in (True, False):
        calls: list[object] = []

        def note(call: Call, calls: list[object] = calls) -> None:
            calls.append((call.name, call.task, call.started, call.finished, call.arguments))
            calls.append((call.caller, call.stack, call.result, call.outputs, call.ending))
            calls.append(call.frames)

        with Board(BOARD, CALLS) as board:
            recorder = record_calls(board, live=live)
            recorder.keep_stacks(2048, ("",))
            recorder.follow(note, note)
            board.run(0.05)
            recorder.end()
        seen.append(calls)
    assert seen[0] == seen[1] != []


def test_registers_of_callers_come_with_their_stacks() -> None:
    seen: list[tuple[dict[str, int], dict[str, int]]] = []
    with Board(BOARD, CALLS) as board:
        recorder = record_calls(board, live=True)
        recorder.keep_stacks(4, ("",))
        core = recorder.machine.core

        def note(call: Call) -> None:
            noted = call.registers
            seen.append((noted, {name: core.read_register(name.upper()) for name in noted}))

        recorder.follow(note, lambda call: None)
        board.run(0.05)
    assert {"r4", "r7", "r11", "sp", "lr"} <= set(seen[0][0])
    assert all(noted == real for noted, real in seen)
    assert len({noted["r4"] for noted, _ in seen}) > 1


def test_calls_that_are_looked_at_later_forget_the_future_too() -> None:
    with Board(BOARD, CALLS) as board:
        recorder = record_calls(board, live=False)
        ended: list[str] = []
        recorder.follow(lambda call: None, lambda call: ended.append(call.name))
        at_start = board.snapshot()
        board.run(0.05)
        recorder.flush()
        first = list(ended)
        board.restore(at_start)
        board.run(0.05)
        recorder.flush()
    assert ended == [*first, *first] != []


def test_live_lines_show_a_quick_call_once_and_a_blocked_one_twice() -> None:
    lines: list[str] = []
    with Board(BOARD, CALLS) as board:
        recorder = record_calls(board)
        LiveCalls(recorder, lines.append)
        board.run(0.05)
    (connect,) = [line for line in lines if "SOCKETS_Connect" in line]
    assert "pxAddress=10.10.0.1:9001" in connect
    assert "= SOCKETS_ERROR_NONE <" in connect
    received = [line for line in lines if "SOCKETS_Recv(" in line and " one " in line]
    assert received[0].endswith("...")
    assert "... SOCKETS_Recv(0, …) = 5" in received[1]


def test_a_stripped_image_takes_symbols_from_a_file(tmp_path: Path) -> None:
    image = load_image(CALLS)
    binary = tmp_path / "calls.bin"
    start = min(segment.address for segment in image.segments)
    content = bytearray(max(segment.end for segment in image.segments) - start)
    for segment in image.segments:
        content[segment.address - start : segment.end - start] = segment.data
    binary.write_bytes(content)
    names = tmp_path / "calls.nm"
    names.write_text(
        "".join(f"{s.address | s.is_function:08x} {'T' if s.is_function else 'D'} {s.name}\n"
                for s in image.symbols)
    )  # fmt: skip
    for file in (CALLS, names):
        stripped = load_image(binary, base=start)
        with Board(BOARD, with_symbols(stripped, [file])) as board:
            ended: list[str] = []
            record_calls(board).on_return.append(lambda call, ended=ended: ended.append(call.name))
            board.run(0.05)
        assert "SOCKETS_Close" in ended


def test_an_image_without_such_functions_is_refused_with_a_cure() -> None:
    with Board(BOARD, SHELL) as board, pytest.raises(RenodeWifiError, match="no such function"):
        record_calls(board)


def test_a_file_without_symbols_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("nothing\n")
    with pytest.raises(RenodeWifiError, match="no symbols in it"):
        with_symbols(load_image(CALLS), [file])


def test_every_type_of_the_table_is_known() -> None:
    table = read_table()
    decoder = CallDecoder(table, lambda address, length: bytes(length))
    known = {"value", "size", "u32", "pointer", "handle", "bool", "ipv4", "text"}
    known |= {"i32", "i16", "u16", "u8", *table.values, *decoder.pointed}
    functions = [function for group in table.groups for function in group.functions]
    used = {argument.type for f in functions for argument in f.arguments}
    assert used | {f.result for f in functions} | set(table.options.values()) <= known


@pytest.mark.parametrize(
    ("kind", "word", "shown"),
    [
        ("secure_status", 0xFFFF_FC12, "SOCKETS_PERIPHERAL_RESET"),
        ("secure_count", 0, 0),
        ("ipv4", 0x0100_0A0A, "10.10.0.1"),
        ("handle", 0xFFFF_FFFF, -1),
        ("u16", 0x1234_5678, 0x5678),
        ("sockaddr", 0, None),
        ("sockaddr", 4, None),
    ],
)
def test_values_are_shown_by_name(kind: str, word: int, shown: object) -> None:
    decoder = CallDecoder(read_table(), lambda address, length: None)
    assert decoder.value(kind, word) == shown


def test_run_shows_calls_on_standard_error() -> None:
    command = [sys.executable, "-m", "renode_wifi.emulation", "run", "--board", BOARD]
    command += ["--image", str(CALLS), "--time", "0.05", "--trace", "sockets"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "SOCKETS_Close(xSocket=-1)" in done.stderr
    assert "SOCKETS" not in done.stdout
