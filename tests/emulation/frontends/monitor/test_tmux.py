"""The monitor in a terminal emulator, as a person has it: tmux."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("prompt_toolkit", reason="pip install 'renode-wifi[monitor]'")
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")

ROOT = Path(__file__).resolve().parents[4]
TIMEOUT = 120
PROMPT = "(b_l475e_iot01a)"


class Terminal:
    """A window of tmux, with a server of its own."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "socket"), "-f", os.devnull]
        self._fifo = folder / "output"
        os.mkfifo(self._fifo)
        self._output = os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK)

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def open(self, folder: Path, *command: str) -> None:
        """Run a command in a window; its status is shown at the end."""
        # bash goes on after Ctrl-C when the command that it waits for did not end by it.
        shell = ["bash", "-c", '"$@"; echo "ended $?"; read wait', "bash", *command]
        self("new-session", "-d", "-x", "100", "-y", "30", "-e", f"XDG_STATE_HOME={folder}", *shell)
        self("pipe-pane", f"cat > {self._fifo}")

    def type(self, *keys: str) -> None:
        self("send-keys", *keys)

    def enter(self, line: str) -> None:
        self.type(line, "Enter")

    def paste(self, text: str) -> None:
        """As a block, which the prompt shows before it is carried out."""
        self("set-buffer", text)
        self("paste-buffer", "-p")

    def resize(self, columns: int, rows: int) -> None:
        self("resize-window", "-x", str(columns), "-y", str(rows))

    def wait_for(self, *texts: str) -> None:
        """Until all of the texts are on the screen, of which empty rows don't count."""
        while True:
            screen = "\n".join(
                row.rstrip() for row in self("capture-pane", "-p").split("\n") if row.strip()
            )
            if all(text in screen for text in texts):
                return
            ready, _, _ = select.select([self._output], [], [], TIMEOUT)
            assert ready, f"no {texts!r} on\n{screen}"
            os.read(self._output, 65536)

    def close(self) -> None:
        self("kill-server")
        os.close(self._output)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The monitor of a board whose program has been loaded, with a prompt."""
    made = Terminal(tmp_path)
    image = ROOT / "firmware" / "talk" / "b_l475e_iot01a.elf"
    commands = [f"$bin=@{image}", "runMacro $reset", "showAnalyzer usart1", "start"]
    options = [word for command in commands for word in ("-e", command)]
    monitor = [sys.executable, "-m", "renode_wifi.emulation", "monitor", "b_l475e_iot01a"]
    made.open(tmp_path, *monitor, *options)
    try:
        made.wait_for(PROMPT)
        yield made
    finally:
        made.close()


def test_a_person_works_with_it(terminal: Terminal) -> None:
    terminal.type("sysbus.usart1 Wr", "Tab")
    terminal.wait_for("WriteChar", "WriteDoubleWord")  # the menu of completions
    terminal.type("L", "Tab")
    terminal.wait_for("sysbus.usart1 WriteLine")
    terminal.type("C-c")  # gives up the line
    terminal.enter("frob")
    terminal.wait_for(f"No such command or device: frob\n  `help` lists the commands\n{PROMPT}")
    terminal.enter("run 0.5")
    terminal.wait_for("third value=42 unit=mV", r"\x1b[1;32mgreen\x1b[0m line", f"talk>\n{PROMPT}")
    terminal.enter("run 100000000")
    terminal.wait_for(f"{PROMPT} run 100000000")
    terminal.type("C-c")  # ends the run, or gives it up before it began; not the session
    terminal.type("Up", "Up")
    terminal.wait_for(f"\n{PROMPT} run 0.5")
    terminal.type("C-c")
    terminal.wait_for(f"{PROMPT} run 0.5\n{PROMPT}")  # Only a prompt asks for pastes in one piece.
    terminal.paste('echo "first"\nrun 100000000\necho "second"')
    terminal.wait_for('\n... echo "second"')
    terminal.type("Enter")
    terminal.wait_for('... echo "second"\nfirst')
    terminal.type("C-c")  # ends the run, and what was pasted behind it
    terminal.wait_for("\nstopped at")
    terminal.type("C-r", "fro")
    terminal.wait_for("(reverse-i-search)`fro': frob")
    terminal.type("C-c")
    terminal.resize(50, 12)
    long = "a text that is longer than a row of this window is"
    terminal.enter(f'echo "{long} wide"')
    terminal.wait_for(f"\n{long}\n wide\n{PROMPT}")
    terminal.resize(120, 40)
    terminal.type("C-l", f'echo "{long} wider"', "Enter", "help", "Enter")
    terminal.wait_for("lets a second of virtual time pass, as an empty line does; `run 10` ten\n")
    terminal.type("quit", "Enter")
    terminal.wait_for("\nended 0")
