"""From a signal to the end of the process, in seconds of wall time: 0.5 at most, whatever runs.

Guests are those of firmware/worst and the images that are named (for the ST board; `BOARD:FILE` for
another one). Each is run by the command line and gets SIGINT, SIGTERM or SIGHUP at a random moment;
the other front ends get theirs while one guest runs. `python -m bench.interrupts [IMAGE ...]`

The CPU time from the signal to the end, of the process and what it had started, stands beside the
wall time: it says what a machine that does nothing else would need. `--busy 2` has two loops run
beside, each as eager as the victims.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.worst import BOARDS, FIRMWARE, names

GOAL = 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BIN = Path(sys.executable).parent
COMMAND = (sys.executable, "-m", "renode_wifi.emulation")
SPREAD = 0.5
"""Seconds in which the moment lies."""
START_SPREAD = 5.0
"""As SPREAD, for what doesn't say that it has begun."""
START = 60.0
"""Seconds that a front end has to get so far."""
GUEST = "EXTI"
"""For the front ends: it leaves Python no pause."""
CONSOLES = {"b_l475e_iot01a": "usart1", "cc3220sf_launchxl": "uarta0"}
CHUNK = 1 << 20
WORLD = """mode: bridged
access_points: [{{ssid: lab, passphrase: lab-secret}}]
forwards:
  - {{from: "10.10.0.9:4001", to: "127.0.0.1:{tcp}"}}
  - {{from: "10.10.0.9:4002", to: "127.0.0.1:{udp}", udp: true}}
"""
ENDS = (130, -signal.SIGTERM, -signal.SIGHUP)
"""Exit codes of what was ended by a signal."""


@dataclass(frozen=True)
class Victim:
    """A process with a guest. typed: into its standard input. ready: a line, or "": at once."""

    name: str
    command: tuple[str, ...]
    typed: str = ""
    ready: str = ""
    signals: tuple[signal.Signals, ...] = SIGNALS
    spread: float = SPREAD
    codes: tuple[int, ...] = ENDS


def worst() -> list[Victim]:
    return [
        Victim(
            f"{board[:6]} {name}",
            _run(board, FIRMWARE / f"{board}.elf", "--uart", f"{CONSOLES[board]}=stdio"),
            chr(ord("A") + index),
            "choose",
        )
        for board in BOARDS
        for index, name in enumerate(names(board))
    ]


def images(given: list[str]) -> list[Victim]:
    victims = []
    for each in given:
        board, colon, file = each.rpartition(":")
        victims.append(
            Victim(
                Path(file).name,
                _run(board if colon else BOARDS[0], Path(file)),
                spread=START_SPREAD,
                codes=(*ENDS, -signal.SIGINT),
            )
        )
    return victims


def _run(board: str, image: Path, *more: str) -> tuple[str, ...]:
    return (*COMMAND, "run", "--board", board, "--image", str(image), "--time", "1000000", *more)


class Peers:
    """Servers of the host that mean harm: one never takes a connection, one sends without end."""

    def __init__(self) -> None:
        self.silent = socket.socket()
        self.silent.bind(("127.0.0.1", 0))
        self.silent.listen(0)
        self.waiting = [socket.socket() for _ in range(3)]
        for each in self.waiting:  # No connection is taken while as many wait.
            each.setblocking(False)
            each.connect_ex(self.silent.getsockname())
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind(("127.0.0.1", 0))
        self.process = os.fork()
        if not self.process:
            while True:
                _, guest = self.sender.recvfrom(2000)
                with suppress(OSError):
                    while True:
                        self.sender.sendto(b"x", guest)

    def close(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def hostile(folder: Path, peers: Peers) -> list[Victim]:
    """Guests that talk to them: the shell's commands are typed without waiting for its prompts."""
    world = folder / "bridged.yaml"
    ports = {"tcp": peers.silent.getsockname()[1], "udp": peers.sender.getsockname()[1]}
    world.write_text(WORLD.format(**ports))
    join = "start\rjoin lab lab-secret\r"
    commands = {
        "a peer that does not answer": join + "open tcp 10.10.0.9 4001\r",
        "datagrams without end": join + "open udp 10.10.0.9 4002\rsend 0 x\rsend 1 x\r",
    }
    shell = FIRMWARE.parent / "shell"
    return [
        Victim(
            f"{board[:6]} {name}",
            _run(
                board,
                shell / f"{board}.elf",
                *("--uart", f"{CONSOLES[board]}=stdio", "--world", str(world)),
            ),
            typed,
            "open ",
            spread=2 * SPREAD,
        )
        for board in BOARDS
        for name, typed in commands.items()
    ]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Loops beside it."""
    loops = [subprocess.Popen((sys.executable, "-c", "while True: pass")) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def front_ends(folder: Path) -> list[Victim]:
    board = BOARDS[0]
    image, console = FIRMWARE / f"{board}.elf", CONSOLES[board]
    byte = chr(ord("A") + next(i for i, name in enumerate(names(board)) if GUEST in name))
    test = folder / "test_guest.py"
    test.write_text(
        "def test_guest(board):\n    board.wait_for_line('choose', 10.0)\n"
        f"    board.write({byte!r})\n    print('READY', flush=True)\n    board.run(1e6)\n"
    )
    suite = folder / "guest.robot"
    suite.write_text(
        f"""*** Settings ***
Library    renode_wifi.RenodeWifi
*** Test Cases ***
Guest
    Create Board    {board}    {image}
    Wait For Line On Uart    choose    timeout=10
    Write Line To Uart    {byte}    waitForEcho=False
    Log To Console    READY
    Run For    1000000
"""
    )
    unity = FIRMWARE.parent / "unity" / f"{board}-hangs.elf"
    probe = FIRMWARE.parent / "probe" / f"{board}.elf"
    explore = ("explore", "--board", board, "--image", str(probe), "--recover", "PASSED")
    script = f"$bin=@{image}\nrunMacro $reset\nshowAnalyzer {console}\nstart\nrun 1\n"
    typed = f"{script}sysbus.{console} WriteChar {ord(byte)}\necho READY\nrun 1000000\n"
    return [
        Victim("monitor", (*COMMAND, "monitor", board), typed, "READY", SIGNALS[1:], codes=(130,)),
        Victim(
            "pytest",
            (
                str(BIN / "pytest"),
                "-s",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:hypothesispytest",
                f"--rootdir={folder}",
                str(test),
            )
            + ("--board", board, "--image", str(image)),
            ready="READY",
            signals=SIGNALS[:1],
            codes=(2,),
        ),
        Victim(
            "robot",
            (str(BIN / "robot"), "--output", "NONE", "--report", "NONE", str(suite)),
            ready="READY",
            signals=SIGNALS[:2],
            codes=(1,),
        ),
        Victim(
            "qualify",
            (*COMMAND, "qualify", "--board", board, "--image", str(unity)),
            ready="passes",
        ),
        *(
            Victim(
                f"explore --jobs {jobs}",
                (*COMMAND, *explore, "--jobs", jobs, "--out", str(folder / jobs)),
                ready="cells of a point",
                spread=START_SPREAD,
                codes=(130,),
            )
            for jobs in ("1", "2")
        ),
    ]


class Ended(Exception):
    """The process came to its end by itself."""


@dataclass(frozen=True)
class Outcome:
    """wall, cpu: seconds from the signal to the end. left: processes that are there after it."""

    wall: float
    cpu: float
    code: int
    left: list[int]


def strike(victim: Victim, number: signal.Signals, delay: float) -> Outcome:
    """Raises Ended."""
    process = subprocess.Popen(
        victim.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(victim.typed.encode())
    os.set_blocking(process.stdout.fileno(), False)
    output = b""
    limit = time.monotonic() + START
    while (
        victim.ready.encode() not in output and process.poll() is None and time.monotonic() < limit
    ):
        output += process.stdout.read(CHUNK) or b""
        time.sleep(0.01)
    end = time.monotonic() + delay
    while time.monotonic() < end:
        process.stdout.read(CHUNK)
        time.sleep(0.01)
    if process.poll() is not None:
        raise Ended(process.returncode)
    reaped, used = _children(), _used(process.pid)
    began = time.monotonic()
    process.send_signal(number)
    while process.poll() is None and time.monotonic() < began + START:
        process.stdout.read(CHUNK)
        time.sleep(0.002)
    taken, used = time.monotonic() - began, _children() - reaped - used
    # What it had started ends a little later.
    while (left := _group(process.pid)) and time.monotonic() < began + 2:
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    process.stdin.close()
    process.stdout.close()
    return Outcome(taken, used, code, left)


def _children() -> float:
    """CPU seconds of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _used(process: int) -> float:
    """CPU seconds so far, with those of its ended children."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _group(leader: int) -> list[int]:
    """Processes of a session that are still there."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,stat=", "-s", str(leader)], capture_output=True, text=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, state in rows if not state.startswith("Z")]


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.interrupts", description=__doc__)
    options.add_argument("images", nargs="*", metavar="IMAGE")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", default="", help="those whose names have this word")
    options.add_argument("--busy", type=int, default=0, help="loops that run beside")
    asked = options.parse_args(arguments)
    draw = random.Random(asked.seed)
    late = 0
    peers = Peers()
    worst_wall = worst_cpu = 0.0
    with busy(asked.busy), tempfile.TemporaryDirectory(prefix="wifi-interrupts-") as name:
        folder = Path(name)
        victims = [*worst(), *images(asked.images), *hostile(folder, peers), *front_ends(folder)]
        for victim in victims:
            if asked.only not in victim.name:
                continue
            for _ in range(asked.rounds):
                number = draw.choice(victim.signals)
                try:
                    end = strike(victim, number, draw.uniform(0, victim.spread))
                except Ended as error:
                    print(f"{victim.name}: ended before, exit code {error}", flush=True)
                    continue
                worst_wall, worst_cpu = max(worst_wall, end.wall), max(worst_cpu, end.cpu)
                good = end.wall <= GOAL and end.code in victim.codes and not end.left
                late += not good
                print(
                    f"{victim.name}: {number.name} {end.wall * 1000:.0f} ms,"
                    f" {end.cpu * 1000:.0f} ms of CPU, exit code {end.code}"
                    f"{f', left {end.left}' if end.left else ''}{'' if good else '  <<<'}",
                    flush=True,
                )
    peers.close()
    print(f"worst: {worst_wall * 1000:.0f} ms, {worst_cpu * 1000:.0f} ms of CPU")
    return min(late, 1)


if __name__ == "__main__":
    sys.exit(main())
