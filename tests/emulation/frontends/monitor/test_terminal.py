"""The monitor in a terminal: keys in, a screen out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("prompt_toolkit", reason="pip install 'renode-wifi[monitor]'")

TIMEOUT = 120
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


LOOP = """\
mach create
machine LoadPlatformDescriptionFromString \"\"\"
cpu: CPU.CortexM @ sysbus { cpuType: "cortex-m4f"; nvic: nvic }
nvic: IRQControllers.NVIC @ sysbus 0xE000E000 { -> cpu@0 }
ram: Memory.MappedMemory @ sysbus 0x20000000 { size: 0x1000 }
\"\"\"
sysbus WriteDoubleWord 0x20000000 0x20001000
sysbus WriteDoubleWord 0x20000004 0x20000009
sysbus WriteDoubleWord 0x20000008 0xe7fee7fe
sysbus.cpu VectorTableOffset 0x20000000
"""
"""A machine whose program is `b .`"""


class Screen:
    """What a program shows on a terminal, without the control sequences."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._text = ""
        self._position = 0

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str) -> None:
        """Wait for a text that wasn't there when something was waited for last."""
        if not self.shows(text, TIMEOUT):
            raise AssertionError(f"no {text!r} in {self._text[self._position :]!r}")

    def shows(self, text: str, seconds: float) -> bool:
        """The text comes; False: nothing came for that long."""
        while (found := self._text.find(text, self._position)) < 0:
            ready, _, _ = select.select([self._descriptor], [], [], seconds)
            if not ready:
                return False
            data = os.read(self._descriptor, 65536)
            if b"\x1b[6n" in data:  # prompt_toolkit asks where the cursor is.
                os.write(self._descriptor, b"\x1b[1;1R")
            self._text += CONTROL.sub("", data.decode("utf-8", "replace"))
        self._position = found + len(text)
        return True

    @property
    def text(self) -> str:
        return self._text

    @property
    def is_prompting(self) -> bool:
        """The prompt reads keys itself: Ctrl-C is a key, not a signal."""
        return not termios.tcgetattr(self._descriptor)[3] & termios.ISIG


@contextmanager
def monitor(folder: Path, *arguments: str) -> Iterator[tuple[Screen, subprocess.Popen[bytes]]]:
    outer, inner = pty.openpty()
    environment = os.environ | {"XDG_STATE_HOME": str(folder), "TERM": "xterm", "LINES": "40"}
    process = subprocess.Popen(
        [sys.executable, "-m", "renode_wifi.emulation", "monitor", *arguments],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env=environment,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(inner)
    try:
        yield Screen(outer), process
    finally:
        process.kill()
        process.wait()
        os.close(outer)


def _take_terminal() -> None:
    """Make standard input the controlling terminal, so that Ctrl-C is a signal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_keys_complete_recall_and_interrupt(tmp_path: Path) -> None:
    script = tmp_path / "loop.resc"
    script.write_text(LOOP)
    with monitor(tmp_path, str(script)) as (screen, process):
        screen.wait_for("(machine-0)")
        screen.type("vers\t")  # Tab
        screen.wait_for("ion")
        screen.type("\r")
        screen.wait_for("embedded engine")
        screen.type("\x1b[A\r")  # Up
        screen.wait_for("embedded engine")
        screen.type("unfinished\x03")  # Ctrl-C gives up the line ...
        screen.type("start\r")
        screen.wait_for("start")
        screen.type("run 100000000\r")
        screen.wait_for("run 100000000\n")
        screen.type("\x03")  # ... and ends a run, not the session.
        screen.type("wrong\r")
        screen.wait_for("No such command or device: wrong")
        screen.type("quit\r")
        assert process.wait(TIMEOUT) == 0
    history = (tmp_path / "renode-wifi" / "monitor-history").read_text()
    assert "+version" in history
    assert "unfinished" not in history
    with monitor(tmp_path) as (screen, process):
        screen.wait_for("(monitor)")
        while not screen.shows("wrong", 0.5):
            screen.type("\x1b[A")  # Up: lines of the session before, once they are read.
        screen.type("\x03\x04")  # Ctrl-D ends the session.
        assert process.wait(TIMEOUT) == 0


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """Of a monitor whose machine is started and spins."""
    folder = tmp_path_factory.mktemp("monitor")
    script = folder / "loop.resc"
    script.write_text(LOOP)
    with monitor(folder, str(script), "-e", "start") as (screen, process):
        screen.wait_for("(machine-0)")
        yield screen
        screen.type("quit\r")
        assert process.wait(TIMEOUT) == 0


def test_keys_typed_while_no_prompt_reads_wait_for_it(screen: Screen) -> None:
    screen.type("run 20\r")
    screen.wait_for("run 20")
    # The terminal would take these for itself: erase, kill, end of file.
    screen.type('echo "onex\x7f"\rrubbish\x15echo "two"\recho "three"\r')
    screen.type('cho "four"\x01e\r echo "five"\x1b[H\x04\r')
    for word in ("one", "two", "three", "four", "five"):
        screen.wait_for(f"\n{word}\n")


def test_ctrl_c_in_a_run_forgets_what_was_typed_before_it(screen: Screen) -> None:
    screen.type('run 100000000\recho "lost"\r')
    screen.wait_for("run 100000000\n")
    screen.type('echo "lost"\r\x03echo "kept"\r')
    screen.wait_for("\nkept\n")
    assert "\nlost" not in screen.text


def test_ctrl_c_is_not_lost_between_enter_and_the_run(screen: Screen) -> None:
    for number in range(10):
        screen.type("run 100000000\r")
        screen.wait_for("run 100000000\n")  # Enter was read.
        screen.type(f'\x03echo "next {number}"\r')
        screen.wait_for(f"\nnext {number}\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("running", [False, True], ids=["at the prompt", "while it runs"])
def test_a_signal_ends_the_session_and_leaves_the_terminal_as_it_was(
    number: int, running: bool, tmp_path: Path
) -> None:
    script = tmp_path / "loop.resc"
    script.write_text(LOOP)
    log = tmp_path / "session.log"
    with monitor(tmp_path, str(script), "-e", f"logFile @{log}") as (screen, process):
        screen.wait_for("(machine-0)")
        while not screen.is_prompting:
            pass
        if running:
            screen.type("start\rrun 100000000\r")
            screen.wait_for("run 100000000")
            while screen.is_prompting:
                pass
        process.send_signal(number)
        assert process.wait(TIMEOUT) == 130
        assert not screen.is_prompting
    assert log.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_session_without_a_terminal(number: int, tmp_path: Path) -> None:
    script = tmp_path / "loop.resc"
    script.write_text(LOOP)
    process = subprocess.Popen(
        [sys.executable, "-m", "renode_wifi.emulation", "monitor", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ignored signals are inherited, for instance of a nohup around the tests.
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("start\nversion\nrun 100000000\n")
    process.stdin.flush()
    assert "embedded engine" in process.stdout.readline()
    process.send_signal(number)
    assert process.wait(TIMEOUT) == 130
