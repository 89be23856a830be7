"""The monitor in a terminal emulator, as a person has it: tmux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("prompt_toolkit", reason="pip install 'renode-wifi[monitor]'")
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")

ROOT = Path(__file__).resolve().parents[4]
TIMEOUT = 60
ANSWER = 2
"""Seconds until a key that fell between two readers of the terminal is pressed again."""
PROMPT = "(b_l475e_iot01a)"


class Terminal:
    """A window of tmux, with a server of its own."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "socket"), "-f", os.devnull]
        self._marks = 0

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def type(self, *keys: str) -> None:
        self("send-keys", *keys)

    def enter(self, line: str) -> None:
        self.type(line, "Enter")

    def mark(self) -> None:
        """Give up whatever is being typed, and wait until the prompt takes keys."""
        self._marks += 1
        mark = f"mark {self._marks}"

        def tried() -> bool:
            self.type("C-c")
            self.enter(f'echo "{mark}"')
            return self._within(ANSWER, lambda: self.rows()[-2:] == [mark, PROMPT])

        assert self._within(TIMEOUT, tried), self.rows()

    def interrupt(self, line: str, text: str) -> None:
        """Enter a line and press Ctrl-C until it says so; anew where the line was given up."""

        def tried() -> bool:
            if self.rows()[-1] == PROMPT:
                self.enter(line)
                self.wait_for(f"{PROMPT} {line}")
            self.type("C-c")
            return self._within(ANSWER, lambda: any(text in row for row in self.rows()))

        assert self._within(TIMEOUT, tried), self.rows()

    @staticmethod
    def _within(seconds: float, condition: Callable[[], bool]) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
        return False

    def rows(self) -> list[str]:
        """What is on the screen, without empty rows."""
        return [row.rstrip() for row in self("capture-pane", "-p").split("\n") if row.strip()]

    def wait_for(self, *texts: str) -> list[str]:
        """Until all of the texts are on the screen."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            rows = self.rows()
            screen = "\n".join(rows)
            if all(text in screen for text in texts):
                return rows
        raise AssertionError(f"no {texts!r} on\n{screen}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The monitor of a board whose program has been loaded, with a prompt."""
    made = Terminal(tmp_path)
    command = [sys.executable, "-m", "renode_wifi.emulation", "monitor", "b_l475e_iot01a"]
    image = ROOT / "firmware" / "talk" / "b_l475e_iot01a.elf"
    command += ["-e", f"$bin=@{image}", "-e", "runMacro $reset", "-e", "showAnalyzer usart1"]
    window = ["new-session", "-d", "-x", "100", "-y", "30", "-e", f"XDG_STATE_HOME={tmp_path}"]
    made(*window, *command, ";", "set-option", "-g", "remain-on-exit", "on")
    try:
        made.wait_for("(b_l475e_iot01a)")
        yield made
    finally:
        made("kill-server")


def test_a_person_works_with_it(terminal: Terminal) -> None:
    terminal.type("sysbus.usart1 Wr", "Tab")
    rows = terminal.wait_for("WriteChar", "WriteDoubleWord")  # the menu of completions
    assert rows[-1].strip() == "WriteWord"
    terminal.type("L", "Tab")
    terminal.wait_for("sysbus.usart1 WriteLine")
    terminal.type("C-c")  # gives up the line
    terminal.wait_for(f"WriteLine\n{PROMPT}")
    terminal.enter("frob")
    terminal.wait_for(f"No such command or device: frob\n  `help` lists the commands\n{PROMPT}")
    terminal.enter("start")
    terminal.wait_for(f"start\n{PROMPT}")
    terminal.enter("run 0.5")
    terminal.wait_for("third value=42 unit=mV", r"\x1b[1;32mgreen\x1b[0m line", f"talk>\n{PROMPT}")
    terminal.interrupt("run 100000000", "stopped at")  # ends the run, not the session
    terminal.mark()
    terminal.type("Up", "Up", "Up")
    terminal.wait_for(f"{PROMPT} run 0.5")
    terminal.mark()
    terminal.type("C-r", "fro")
    terminal.wait_for("(reverse-i-search)`fro': frob")
    terminal.mark()
    terminal.enter("help")
    terminal.wait_for(
        "wifi_world",
        f"lets a second of virtual time pass, as an empty line does; `run 10` ten\n{PROMPT}",
    )


def test_the_window_changes_its_size(terminal: Terminal) -> None:
    terminal("resize-window", "-x", "50", "-y", "12")
    long = "a text that is longer than a row of this window is"
    terminal.type(f'echo "{long} wide"', "Enter")
    terminal.wait_for(f"\n{long}\n wide\n{PROMPT}")
    terminal.type("peripherals", "Enter")
    terminal.wait_for("usb (UsbHost)\n(b_l475e_iot01a)")
    terminal("resize-window", "-x", "120", "-y", "40")
    terminal.type("C-l", f'echo "{long} wider"', "Enter")
    terminal.wait_for(f"\n{long} wider\n{PROMPT}")
    terminal.type("quit", "Enter")
    terminal.wait_for("Pane is dead (status 0")
