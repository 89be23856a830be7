"""A board with the calls of pytest-embedded's `Dut` and pexpect: expect, expect_exact, write.

Source of names and results: pytest-embedded 1.x, Dut; pexpect 4, spawn.expect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from renode_wifi.emulation.board.session import BoardTimeout, Session

DEFAULT_TIMEOUT = 30.0
"""Seconds of virtual time, as many as pytest-embedded's of real time."""
Pattern = str | bytes | re.Pattern[bytes]


class Dut:
    """Looks at all bytes of a console that no earlier call has gone past. Times are virtual."""

    def __init__(self, board: Session, uart: str | None = None) -> None:
        self.board = board
        self._console = board.uart if uart is None else board.console(uart)
        self._received = bytearray(self._console.text.encode())
        self._console.byte_listeners.append(lambda time, byte: self._received.append(byte))

    def write(self, data: str | bytes) -> None:
        """Type into the console, with a line feed behind it if it has none, as `Dut.write` does."""
        raw = data.encode() if isinstance(data, str) else data
        self.board.write(raw if raw.endswith(b"\n") else raw + b"\n", self._console.name)

    def expect(
        self, pattern: Pattern | Sequence[Pattern], timeout: float = DEFAULT_TIMEOUT
    ) -> re.Match[bytes]:
        """Run until a regular expression matches; the match. Raises BoardTimeout."""
        return self._wait(_compiled(pattern, exact=False), timeout)

    def expect_exact(
        self, pattern: Pattern | Sequence[Pattern], timeout: float = DEFAULT_TIMEOUT
    ) -> bytes:
        """Run until a text comes; the text. Raises BoardTimeout."""
        return self._wait(_compiled(pattern, exact=True), timeout).group()

    def _wait(self, patterns: list[re.Pattern[bytes]], timeout: float) -> re.Match[bytes]:
        __tracebackhide__ = True  # Of pytest: the line of the test is what counts.

        def search() -> re.Match[bytes] | None:
            found = [match for p in patterns if (match := p.search(bytes(self._received)))]
            return min(found, key=lambda match: match.start(), default=None)

        def on_byte(time: int, byte: int) -> None:
            if search() is not None:
                self.board.stop()

        self._console.byte_listeners.append(on_byte)
        try:
            self.board.run_until(lambda: search() is not None, timeout)
        finally:
            self._console.byte_listeners.remove(on_byte)
        match = search()
        if match is None:
            wanted = " or ".join(repr(p.pattern.decode("utf-8", "replace")) for p in patterns)
            where = self.board.whereabouts()
            raise BoardTimeout(
                f"{wanted} did not come within {timeout:g} s of virtual time",
                cure=f"what came since:\n{self._received.decode('utf-8', 'replace')}\n{where}",
            )
        del self._received[: match.end()]
        return match


def _compiled(pattern: Pattern | Sequence[Pattern], exact: bool) -> list[re.Pattern[bytes]]:
    if isinstance(pattern, (str, bytes, re.Pattern)):
        pattern = [pattern]
    patterns = []
    for each in pattern:
        if isinstance(each, re.Pattern):
            patterns.append(each)
            continue
        raw = each.encode() if isinstance(each, str) else each
        patterns.append(re.compile(re.escape(raw) if exact else raw, re.DOTALL))
    return patterns
