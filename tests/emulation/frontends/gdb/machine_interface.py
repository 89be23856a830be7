"""A debugger as editors drive it: GDB's machine interface over pipes."""

from __future__ import annotations

import subprocess
from types import TracebackType


class MachineInterface:
    """A GDB that takes MI commands. gdb: the program."""

    def __init__(self, gdb: str) -> None:
        self._process = subprocess.Popen(
            [gdb, "-nx", "-q", "--interpreter=mi2"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._token = 0
        self._stops: list[str] = []

    def __enter__(self) -> MachineInterface:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "GDB has ended"
        return line.rstrip()

    def send(self, command: str) -> str:
        """What it prints up to its result, and the result."""
        assert self._process.stdin is not None
        self._token += 1
        self._process.stdin.write(f"{self._token}-{command}\n")
        printed = []
        while not printed or not printed[-1].startswith(f"{self._token}^"):
            printed.append(self._line())
            if printed[-1].startswith("*stopped"):
                self._stops.append(printed[-1])
        return "\n".join(printed)

    def done(self, command: str) -> str:
        """The same for a command that does not fail."""
        printed = self.send(command)
        assert f"{self._token}^error" not in printed, printed
        return printed

    def run(self, command: str) -> str:
        """The stop behind a command that lets the board run."""
        self._stops.clear()
        self.done(command)
        return self.stop()

    def stop(self) -> str:
        """The next stop that was not asked for yet."""
        while not self._stops:
            line = self._line()
            if line.startswith("*stopped"):
                self._stops.append(line)
        return self._stops.pop(0)
