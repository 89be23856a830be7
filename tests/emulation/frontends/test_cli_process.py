"""The command line as a process: its streams, signals, and what it loads."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BOARD = "b_l475e_iot01a"
RUN = ("run", "--board", BOARD, "--image", str(ROOT / "firmware" / "probe" / f"{BOARD}.elf"))
SHELL = ROOT / "firmware" / "shell" / f"{BOARD}.elf"
TIMEOUT = 120
SUITE = ROOT / "firmware" / "unity" / f"{BOARD}-finishes.elf"
QUALIFY = ("qualify", "--board", BOARD, "--image", str(SUITE))
FOREVER = ("--time", "1000000")
PROGRAM = "import sys; from renode_wifi.emulation.frontends.cli import main; sys.exit(main())"
COMMAND = (sys.executable, "-c", PROGRAM)
NO_ROOM = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (0, 0))


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))


@pytest.mark.parametrize(
    "arguments", [(*RUN, *FOREVER), QUALIFY, ("world", "check", "<home>"), ("doctor",)]
)
def test_a_reader_that_goes_away_ends_the_command_without_a_word(arguments: tuple[str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait() == 141
    process.stderr.close()


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_change_nothing(closed: str) -> None:
    line = f'"$@" {closed}'
    arguments = [*RUN, "--until", "radio: ok"]
    done = subprocess.run(["sh", "-c", line, "sh", *COMMAND, *arguments], capture_output=True)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_folder_that_is_gone_is_reported(tmp_path: Path) -> None:
    line = 'mkdir gone; cd gone; rmdir ../gone; exec "$@"'
    arguments = ["sh", "-c", line, "sh", *COMMAND, *RUN]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "renode-wifi: the current folder does not exist any more"
    )


@pytest.mark.parametrize("command", ["explore", "campaign"])
def test_a_file_in_place_of_the_folder_is_reported(command: str, tmp_path: Path) -> None:
    runs = tmp_path / "runs.yaml"
    runs.write_text(f"images: {{{BOARD}: [{RUN[-1]}]}}\nuntil: probe\ntime: 1 s\n")
    options = {
        "campaign": (str(runs),),
        "explore": (*RUN[1:], "--recover", "probe", "--length", "0.1", "--limit", "1"),
    }
    (tmp_path / "out").touch()
    arguments = [*COMMAND, command, *options[command], "--out", str(tmp_path / "out")]
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"renode-wifi: {tmp_path / 'out'}: cannot write: File exists" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_without_room_is_reported(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w") as out:
        done = subprocess.run(
            [*COMMAND, "world", "check", "<home>"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=NO_ROOM,
        )
    assert done.returncode == 2
    assert done.stderr == "renode-wifi: cannot write the output: File too large\n"


@pytest.mark.parametrize("option", ["--uart-log", "--trace", "--json"])
def test_a_file_without_room_is_named(option: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    done = subprocess.run(
        [*COMMAND, *RUN, "--time", "0.3", option, str(path)],
        capture_output=True,
        text=True,
        preexec_fn=NO_ROOM,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"renode-wifi: {path}: cannot write: File too large\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_keeps_its_report(number: int, tmp_path: Path) -> None:
    report = tmp_path / "outcome.json"
    process = subprocess.Popen(
        [*COMMAND, *RUN, *FOREVER, "--json", str(report)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Ignored signals are inherited, for instance of a nohup around the tests.
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert "probe:" in process.stdout.readline()
    process.send_signal(number)
    _, output = process.communicate()
    assert process.returncode == 130
    assert "interrupted at" in output
    assert '"reason": "interrupted"' in report.read_text()


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe that is full, as to a pager that shows its first page."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for size in (4096, 1):
        with suppress(BlockingIOError):
            while True:
                os.write(writer, bytes(size))
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


def ended_by(number: int, arguments: Sequence[str], log: Path, unread: int) -> int:
    """The exit code of a command that got a signal once it had something to say."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=unread, stderr=unread) as process:
        try:
            while not (log.exists() and log.read_bytes()):
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(number)
            return process.wait(TIMEOUT)
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_whose_output_nobody_reads(
    number: int, tmp_path: Path, unread: int
) -> None:
    log, report = tmp_path / "run.log", tmp_path / "run.json"
    outputs = ("--uart-log", str(log), "--json", str(report))
    assert ended_by(number, [*RUN, *FOREVER, *outputs], log, unread) == 130
    assert json.loads(report.read_text())["reason"] == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_suite_whose_output_nobody_reads(
    number: int, tmp_path: Path, unread: int
) -> None:
    log, report = tmp_path / "suite.log", tmp_path / "suite.json"
    outputs = ("--uart-log", str(log), "--json", str(report))
    assert ended_by(number, [*QUALIFY, *outputs], log, unread) == 130
    assert json.loads(report.read_text())["end"] == "interrupted"


def test_a_run_that_is_killed_leaves_no_report_of_success(tmp_path: Path) -> None:
    report, trace = tmp_path / "outcome.json", tmp_path / "trace.jsonl"
    report.write_text('{"exit_code": 0}')
    trace.write_text("old")
    process = subprocess.Popen(
        [*COMMAND, *RUN, *FOREVER, "--json", str(report), "--trace", str(trace)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "probe:" in process.stdout.readline()
    process.kill()
    process.communicate()
    assert json.loads(report.read_text())["exit_code"] == 2
    assert trace.read_text() == "old"


def test_a_run_that_ends_in_an_error_says_so_in_its_report(tmp_path: Path) -> None:
    report = tmp_path / "outcome.json"
    arguments = [*RUN, "--world", str(tmp_path / "none.yaml"), "--json", str(report)]
    assert subprocess.run([*COMMAND, *arguments], capture_output=True).returncode == 2
    outcome = json.loads(report.read_text())
    assert outcome["exit_code"] == 2
    assert "none.yaml" in outcome["reason"]


@pytest.mark.parametrize("option", ["--uart-log", "--trace", "--json"])
def test_no_link_of_another_user_is_followed(option: str, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("kept")
    link.symlink_to(target)
    subprocess.run([*COMMAND, *RUN, "--time", "0.3", option, str(link)], capture_output=True)
    assert target.read_text() == "kept"


def test_only_the_libraries_of_the_subcommand_are_loaded() -> None:
    program = PROGRAM.replace(
        "sys.exit(main())", "main(['world', 'check', '<home>']); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "renode_wifi.emulation.frontends.cli.subcommands.world" in loaded
    doctor = "renode_wifi.emulation.frontends.cli.subcommands.doctor"
    for other in (doctor, "rich", "unicorn", "cattrs"):
        assert other not in loaded


def test_an_interrupt_ends_a_run_in_the_monitor_and_not_the_session() -> None:
    process = subprocess.Popen(
        [*COMMAND, "monitor", BOARD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(
        f"$bin=@{RUN[-1]}\nrunMacro $reset\nshowAnalyzer usart1\nstart\nrun 1000000\n"
    )
    process.stdin.flush()
    assert "probe:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate('echo "still here"\n')
    assert "still here" in output
    assert (process.returncode, errors) == (0, "")


def test_a_script_types_into_the_console_through_a_socket() -> None:
    arguments = [*RUN[:-1], str(SHELL), "--uart", "usart1=tcp:0,wait", "--until", "unknown command"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    port = int(re.findall(r"usart1 is on 127.0.0.1:(\d+)", process.stderr.readline())[0])
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as client:
        greeting = client.makefile("rb").readline()
        client.sendall(b"hi\r")
        output, _ = process.communicate(timeout=TIMEOUT)
    assert greeting == b"shell: b_l475e_iot01a\r\n"
    assert "unknown command" in output
    assert process.returncode == 0


def test_keys_go_to_the_board_until_a_signal_ends_the_run() -> None:
    pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    user, terminal = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, *RUN[:-1], str(SHELL), "-i"],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "shell: b_l475e_iot01a\n"
    os.write(user, b"hi\r")
    assert process.stdout.readline() == "> hi\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert "interrupted at" in errors
    os.close(user)
    os.close(terminal)


def test_input_from_a_pipe_waits_for_the_firmware() -> None:
    done = subprocess.run(
        [*COMMAND, *RUN[:-1], str(SHELL), "-i", "--until", "unknown command", "--time", "60"],
        input="hi\r",
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "> hi\nerror -1 unknown command" in done.stdout
