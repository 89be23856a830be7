"""The project's own guests under a real GDB."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.gdb import serve
from tests.emulation.frontends.gdb.client import connected

FIRMWARE = Path(__file__).resolve().parents[4] / "firmware"
NODE = FIRMWARE / "node" / "b_l475e_iot01a.elf"
GDB = shutil.which("gdb-multiarch") or shutil.which("arm-none-eabi-gdb")
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
SETTINGS = ("set pagination off", "set confirm off", "set width 0", "set print address off")

pytestmark = pytest.mark.skipif(GDB is None, reason="no GDB for ARM: apt-get install gdb-multiarch")


@dataclass(frozen=True)
class Result:
    """output: of GDB. console: of the board, with time stamps."""

    output: str
    console: list[str]


def debug(board: str, *commands: str, until: str = "probe: PASSED") -> Result:
    """`renode-wifi run --gdb` of the probe, with GDB executing commands, up to a line."""
    image = FIRMWARE / "probe" / f"{board}.elf"
    options = ("--board", board, "--image", str(image), "--until", until, "--gdb", "0")
    with subprocess.Popen(
        [sys.executable, "-m", "renode_wifi.emulation", "run", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        printed = run.stderr.readline()
        found = re.search(r"GDB server on (\S+);", printed)
        assert found is not None, printed + run.stderr.read()
        output = gdb(image, f"target remote {found.group(1)}", *commands)
        console, _ = run.communicate(timeout=120)
    return Result(output, console.splitlines())


def gdb(image: Path, *commands: str) -> str:
    """What GDB prints that executes commands."""
    arguments = [part for line in (*SETTINGS, *commands) for part in ("-ex", line)]
    assert GDB is not None
    done = subprocess.run(
        [GDB, "-nx", "-batch", *arguments, str(image)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def debug_program(folder: Path, program: str, *options: str) -> tuple[str, str]:
    """A debugger at the board of a test runner's; what GDB and the runner print."""
    with subprocess.Popen(
        [sys.executable, "-m", program, *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        printed = ""
        limit = Timer(120, run.kill)
        limit.start()
        while (found := re.search(r"target remote (\S+)", printed)) is None:
            line = run.stdout.readline()
            assert line, printed
            printed += line
        output = gdb(
            NODE,
            f"target remote {found.group(1)}",
            "tbreak connect_to_broker",
            "continue",
            "detach",
        )
        printed += run.communicate(timeout=120)[0]
        limit.cancel()
    assert run.returncode == 0, printed
    return output, printed


@pytest.mark.parametrize("board", BOARDS)
def test_a_session_leaves_the_transcript_as_it_is_without(board: str) -> None:
    result = debug(
        board,
        "break main",
        "continue",
        "backtrace",
        "next",
        "tbreak print",
        "continue",
        "info args",
        "finish",
        "stepi",
        "monitor time",
        "delete",
        "detach",
    )
    assert "Breakpoint 1, main () at probe/probe.c" in result.output
    assert "#0  main () at probe/probe.c" in result.output
    assert 'text = "' in result.output
    assert "00:00:00.0" in result.output
    with Board(board, FIRMWARE / "probe" / f"{board}.elf") as plain:
        plain.wait_for_line("probe: PASSED")
        assert result.console == [str(line) for line in plain.uart.lines]


def test_registers_threads_watchpoints_and_a_download() -> None:
    result = debug(
        "b_l475e_iot01a",
        "info registers primask control msp",
        "print $d0",
        "info threads",
        "tbreak main",
        "continue",
        "watch milliseconds",
        "continue",
        "delete",
        "info mem",
        "load",
        "compare-sections",
        "monitor reset halt",
        "maintenance flush register-cache",
        "info symbol $pc",
        "detach",
    )
    output = result.output
    assert re.search(r"^primask +0x0", output, re.MULTILINE)
    assert re.search(r"^msp +0x20018000", output, re.MULTILINE)
    assert re.search(r"Thread 1 .*on_reset", output)
    assert "Hardware watchpoint 2" in output
    assert "Old value" in output
    assert re.search(r"flash blocksize 0x800", output)
    assert "Transfer rate" in output
    assert "MIS-MATCHED" not in output
    assert "on_reset in section" in output
    assert "probe: PASSED" in result.console[-1]


def test_killing_ends_the_run() -> None:
    result = debug("b_l475e_iot01a", "tbreak main", "continue", "kill")
    assert "Temporary breakpoint 1, main ()" in result.output
    assert not any("PASSED" in line for line in result.console)


def test_each_test_of_pytest_waits_for_a_debugger(tmp_path: Path) -> None:
    (tmp_path / "test_node.py").write_text(
        "def test_it_connects(board):\n    board.wait_for_line('MQTT connected', timeout=30)\n"
    )
    output, printed = debug_program(
        tmp_path,
        "pytest",
        *("--board", "b_l475e_iot01a", "--image", "<node>", "--gdb", "0"),
        *("-p", "no:cacheprovider", "-p", "no:labgrid", "-p", "no:hypothesispytest"),
    )
    assert "Temporary breakpoint 1, connect_to_broker ()" in output
    assert "1 passed" in printed


def test_each_board_of_robot_waits_for_a_debugger(tmp_path: Path) -> None:
    (tmp_path / "node.robot").write_text(
        """\
*** Settings ***
Library    renode_wifi.RenodeWifi

*** Test Cases ***
It Connects
    Create Board    b_l475e_iot01a    image=<node>
    Wait For Line On Uart    MQTT connected    timeout=30
"""
    )
    options = ("--variable", "GDB:0", "--outputdir", "out", "node.robot")
    output, printed = debug_program(tmp_path, "robot", *options)
    assert "Temporary breakpoint 1, connect_to_broker ()" in output
    assert "1 test, 1 passed" in printed


def test_a_second_debugger_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    board = Board("b_l475e_iot01a", "<node>")
    with board, ThreadPoolExecutor(1) as pool:
        server = serve(board.engine, 0)
        target = f"target remote {server.host}:{server.port}"
        run = pool.submit(board.wait_for_line, "MQTT connected")
        with connected(server.port) as first:
            assert first.ask("?").startswith("T05")
            assert "another debugger is connected" in gdb(NODE, target)
            assert first.ask("D") == "OK"
        assert "MQTT connected" in run.result(60).text
