"""A board with the calls of pytest-embedded's `Dut` and pexpect: expect, expect_exact, write.

Source of names and results: pytest-embedded 1.x, Dut; pexpect 4, spawn.expect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.patterns import compiled
from renode_wifi.emulation.suites.unity import TestResult
from renode_wifi.emulation.suites.unity_output import SUMMARY, unity_results

DEFAULT_TIMEOUT = 30.0
"""Seconds of virtual time, as many as pytest-embedded's of real time."""
Pattern = str | bytes | re.Pattern[bytes]


class Dut:
    """Looks at all bytes of a console that no earlier call has gone past. Times are virtual."""

    def __init__(self, board: Session, uart: str | None = None) -> None:
        self.board = board
        self._console = board.uart if uart is None else board.console(uart)
        self.before = b""
        """What came before that which was expected last."""
        self.unity_results: list[TestResult] = []
        """Firmware tests that `expect_unity_test_output` has seen."""
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

    def expect_unity_test_output(
        self,
        remove_asci_escape_code: bool = True,
        timeout: float = 60,
        extra_before: str | bytes | None = None,
    ) -> None:
        """Run until Unity's summary comes, and add its tests to `unity_results`.

        With the pytest plugin each is reported as a test, and the test fails at its end if one of
        them has failed. extra_before: what earlier calls of `expect` went past. Raises
        BoardTimeout.
        """
        __tracebackhide__ = True
        self.expect(SUMMARY, timeout)
        text = self.before
        if extra_before is not None:
            extra = extra_before.encode() if isinstance(extra_before, str) else extra_before
            text = extra + text
        decoded = text.decode("utf-8", "backslashreplace")
        self.unity_results += unity_results(decoded, colors=remove_asci_escape_code)

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
            self.board.run_to_stop(lambda: search() is not None, timeout)
        finally:
            self._console.byte_listeners.remove(on_byte)
        match = search()
        if match is None:
            wanted = " or ".join(repr(p.pattern.decode("utf-8", "replace")) for p in patterns)
            came = self._received.decode("utf-8", "replace")
            raise self.board.timed_out(
                f"{wanted} did not come", timeout, f"what came since:\n{came}"
            )
        self.before = bytes(self._received[: match.start()])
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
        patterns.append(compiled(re.escape(raw) if exact else raw, re.DOTALL))
    return patterns
