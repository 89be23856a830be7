"""The boards in a real Renode, where there is one."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import renode_wifi
from renode_wifi import Board
from renode_wifi.emulation.engines.renode import find
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.boards import PLATFORMS
from tests.emulation.engines.renode.compare import (
    Record,
    differences,
    first_difference,
    record,
    until_line,
)
from tests.platforms.test_boards_talk import ST, TI, talk

ROOT = Path(__file__).resolve().parents[4]
PROBE = ROOT / "firmware" / "probe" / "b_l475e_iot01a.elf"
SCRIPT = PLATFORMS / "b_l475e_iot01a.resc"
KILLS = int(os.environ.get("RENODE_WIFI_KILLS", "2"))
"""How many kills the last test tries; a thorough run takes 50."""
LIFETIME = 12.0
END_TIMEOUT = 600.0
"""A run whose guard is killed goes on to its end, which takes long on a busy machine."""
RUNTIME = ("clr-debug-pipe-", "dotnet-diagnostic-")
"""What .NET has in the temporary folder where the user starts it."""
TIMES_IN_RAM = ("milliseconds ",)
"""Variables of the probe that count time. The engines' times differ by less than a millisecond."""


def _missing() -> str:
    try:
        find.find()
    except RenodeWifiError as error:
        return " ".join(str(error).split())
    return ""


REASON = _missing()
needs_renode = pytest.mark.skipif(bool(REASON), reason=REASON)


def test_a_difference_is_shown_with_what_came_before() -> None:
    names = ("embedded", "renode")
    assert first_difference(["a", "b"], ["a", "b"], names) is None
    text = first_difference(["a", "b", "c"], ["a", "b"], names)
    assert text == ("entry 2 differs:\n  a\n  b\n- embedded: c\n+ renode: (nothing more)")
    stamped = (["7 100 [MQTT] connected"], ["7 103 [MQTT] connected"])
    assert first_difference(*stamped, names) is None
    assert first_difference(["7 99 [MQTT] connected"], stamped[1], names) is not None
    text = first_difference(["0" * 500 + "1" + "0" * 500], ["0" * 1001], names)
    zeros = "0" * 80
    assert text == (
        f"entry 0 differs:\n- embedded: …{zeros}1{zeros[1:]}…\n+ renode: …{zeros}0{zeros[1:]}…"
    )


@needs_renode
@pytest.mark.parametrize("board", [ST, TI])
def test_the_engines_agree_on_the_probe(board: str) -> None:
    image = ROOT / "firmware" / "probe" / f"{board}.elf"

    def run(engine: str) -> Record:
        return record(engine, board, image, until_line("probe: (PASSED|FAILED)", 20))

    embedded, renode = run("embedded"), run("renode")
    assert renode.uart[-1] == "probe: PASSED"
    assert len(renode.ram) > 5
    for compared in (embedded, renode):
        compared.ram = [line for line in compared.ram if not line.startswith(TIMES_IN_RAM)]
    assert differences(embedded, renode, ("embedded", "renode")) == {}


@needs_renode
def test_a_hang_in_renode_is_reported_as_on_the_embedded_engine() -> None:
    def functions(engine: str) -> list[str]:
        with Board(ST, image=PROBE, engine=engine) as board:
            board.run(0.7)
            return re.findall(r"0x[0-9A-F]{8} (\w+)\+", board.whereabouts())

    found = functions("renode")
    assert found[-2:] == ["net_join", "main"]
    # The innermost ones poll: they go in and out.
    assert found[-2:] == functions("embedded")[-2:]


@needs_renode
@pytest.mark.parametrize("boards", [(ST, TI), (ST, ST), (TI, TI)])
def test_two_boards_in_one_world_talk_both_ways(boards: tuple[str, str]) -> None:
    talk("renode", boards)


def session(environment: dict[str, str], seconds: str) -> subprocess.Popen[bytes]:
    """Renode as a user starts it, with the board's script."""
    commands = [
        f"$bin=@{PROBE}",
        f"include @{SCRIPT}",
        "runMacro $reset",
        "showAnalyzer usart1",
        "emulation SetAdvanceImmediately true",
        f'emulation RunFor "{seconds}"',
        "quit",
    ]
    return subprocess.Popen(
        [find.find().command, "--disable-xwt", "--plain", "--console", "-e", ";".join(commands)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )


@needs_renode
def test_a_plain_session_boots_the_radio() -> None:
    environment = {**os.environ, "RENODE_WIFI_PYTHON": sys.executable}
    process = session(environment, "0.22")
    output = process.communicate(timeout=300)[0].decode("utf-8", "replace")
    assert "radio: ok ISM43362" in output
    assert "[ERROR]" not in output
    assert "There was an error" not in output


def driven(environment: dict[str, str], seconds: str) -> subprocess.Popen[bytes]:
    """Python that drives Renode."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "renode_wifi.emulation", "run", "--engine", "renode"),
            *("--board", "b_l475e_iot01a", "--image", str(PROBE), "--time", seconds),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )


def marked(mark: str) -> dict[int, str]:
    """Processes that have `mark` in their environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            # It ended while we looked, or is another user's.
            continue
    return found


def ports_of(processes: Iterable[int]) -> set[str]:
    """Sockets, by their inodes, on which these processes listen."""
    owned = set()
    for process in processes:
        try:
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                owned.add(os.readlink(descriptor))
        except OSError:
            # It ended while we looked.
            continue
    return listening() & owned


def listening() -> set[str]:
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{fields[9]}]" for fields in lines if fields[3] == "0A"}


@needs_renode
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
@pytest.mark.parametrize("start", [session, driven])
def test_a_kill_leaves_nothing_behind(
    start: Callable[[dict[str, str], str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    chance = random.Random(start.__name__)
    source = str(Path(renode_wifi.__file__).resolve().parent.parent)
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "RENODE_WIFI_PYTHON": sys.executable,
    }
    killed: Counter[str] = Counter()
    for attempt in range(KILLS):
        mark = f"renode-wifi-kill-{os.getpid()}-{start.__name__}-{attempt}"
        folder = tmp_path / str(attempt)
        folder.mkdir()
        process = start({**environment, "TMPDIR": str(folder), "KILL_MARK": mark}, "9")
        moment = time.monotonic() + chance.uniform(1, LIFETIME)
        while time.monotonic() < moment and process.poll() is None:
            time.sleep(0.01)
        living = marked(mark)
        if process.poll() is not None or not living:
            # A fast machine has come to the end of the run.
            process.communicate(timeout=END_TIMEOUT)
            killed["ended"] += 1
            assert leftovers(folder) == [], f"attempt {attempt}"
            continue
        ports = ports_of(living)
        victim = chance.choice(sorted(living))
        os.kill(victim, signal.SIGKILL)
        killed["started" if victim == process.pid else "other"] += 1
        if victim != process.pid and start is session:
            # Renode goes on without its radio.
            time.sleep(0.5)
            process.kill()
        process.communicate(timeout=END_TIMEOUT)
        deadline = time.monotonic() + 60
        while marked(mark) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert marked(mark) == {}, f"attempt {attempt}"
        assert ports & listening() == set(), f"attempt {attempt}"
        # A Renode in whose session no helper is left leaves its folder to the next Renode.
        if start is driven or (victim == process.pid and len(living) > 1):
            assert leftovers(folder) == [], f"attempt {attempt}: {living[victim]}"
        elif leftovers(folder):
            # Renode looks for what others left behind when it loads a board.
            console = [find.find().command, "--disable-xwt", "--plain", "--console"]
            subprocess.run(
                [*console, "-e", f"include @{SCRIPT}; quit"],
                stdin=subprocess.DEVNULL,
                env={**environment, "TMPDIR": str(folder)},
                check=True,
            )
            # Those of a runtime whose helper was killed before it stay, as of any that is killed.
            left = [name for name in leftovers(folder) if not name.startswith(RUNTIME)]
            assert left == [], f"attempt {attempt}"
    print(f"{start.__name__}: killed {dict(killed)}")


def leftovers(folder: Path) -> list[str]:
    """Temporary files; Renode's own go once somebody who saw it die has removed them."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        left = sorted(path.name for path in folder.iterdir())
        if not left:
            return []
        time.sleep(0.1)
    return left
