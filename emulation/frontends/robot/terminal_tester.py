"""What Renode's terminal tester does with the bytes of one UART; no Robot Framework in it.

Lines that no wait has returned are kept; a wait that succeeds takes them up to the one it found
(Renode 1.16, Emulator/Main/Testing/TerminalTester.cs).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.patterns import compiled
from renode_wifi.peripherals.base.clock import MILLISECOND

NUL, LF, CR, ESC = 0x00, 0x0A, 0x0D, 0x1B
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_NAMED_GROUP = re.compile(r"\(\?<(?![=!])")


class EndLineOption(StrEnum):
    """Which byte ends a line."""

    LINE_FEED = "TreatLineFeedAsEndLine"
    CARRIAGE_RETURN = "TreatCarriageReturnAsEndLine"


@dataclass(frozen=True)
class Match:
    """line: what was found. time: ns of virtual time at which it ended. groups: of the regex.

    failing: a string was found that must not come.
    """

    line: str
    time: int
    groups: tuple[str, ...] = ()
    failing: bool = False


@dataclass(frozen=True)
class Pattern:
    """What a line is to contain, or the regular expression that is to match in it."""

    text: str
    is_regex: bool = False

    def find(self, line: str, any_character: bool = False) -> re.Match[str] | None:
        """any_character: `.` matches line ends, too."""
        return _compiled(self.text, self.is_regex, any_character).search(line)


def _compiled(text: str, is_regex: bool, any_character: bool) -> re.Pattern[str]:
    if not is_regex:
        return re.compile(re.escape(text))
    # .NET writes named groups without the P.
    python = _NAMED_GROUP.sub("(?P<", text)
    try:
        return compiled(python, re.DOTALL if any_character else 0)
    except RenodeWifiError as error:
        raise KeywordException(error.message, f"{error.cure} (two in a Robot file)") from error


Matcher = Callable[[], Match | None]


@dataclass
class Received:
    """What came and was not taken yet. lines: text and the time (ns) at which each ended."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    current: bytearray = field(default_factory=bytearray)
    report: list[str] = field(default_factory=list)
    failing: list[Pattern] = field(default_factory=list)


class TerminalTester:
    """timeout: seconds of virtual time, for waits that give none. on_result: a wait has its match.

    binary: the bytes are looked at as they are, without lines.
    """

    def __init__(
        self,
        uart: str,
        timeout: float,
        end_line: EndLineOption = EndLineOption.LINE_FEED,
        binary: bool = False,
    ) -> None:
        self.uart = uart
        self.timeout = timeout
        self.end_line = end_line
        self.binary = binary
        self.write_delay = 0.0
        """Seconds before each character that is typed."""
        self.on_result: Callable[[], None] = lambda: None
        self.result: Match | None = None
        self._received = Received()
        self._matcher: Matcher | None = None
        self._received_any = False
        self._now = 0

    # -- bytes --------------------------------------------------------------------------------

    def feed(self, time: int, byte: int) -> None:
        """The UART sent a byte at `time` (ns)."""
        self._now = time
        ends = LF if self.end_line is EndLineOption.LINE_FEED else CR
        if not self.binary and (byte == NUL or (byte == CR and ends == LF)):
            return
        if self.binary or byte != ends:
            self._received.current.append(byte)
        else:
            self._received.lines.append((self.current, time))
            self._received.current.clear()
        self._received_any = True
        if self._matcher is not None and self.result is None:
            self.result = self._failing_line() or self._matcher()
            if self.result is not None:
                self._matcher = None
                self.on_result()

    @property
    def current(self) -> str:
        """The line under way, without codes for colours; bytes as characters in binary mode."""
        data = bytes(self._received.current)
        if self.binary:
            return data.decode("latin-1")
        data = _COLOUR.sub(b"", data)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    # -- waiting ------------------------------------------------------------------------------

    def begin(self, matcher: Matcher) -> Match | None:
        """From here on look for what `matcher` finds; what it finds at once."""
        self._received_any = False
        self._matcher = None
        self.result = self._failing_line() or matcher()
        if self.result is None:
            self._matcher = matcher
        return self.result

    def give_up(self, what: str) -> None:
        """The time of a wait is over."""
        self._matcher = None
        self._report(what, "failure", len(self._received.lines), True)

    @property
    def received_any(self) -> bool:
        """Something came since `begin`."""
        return self._received_any

    def line_matcher(self, pattern: Pattern, unfinished: bool, next_only: bool) -> Matcher:
        """Looks for one line. next_only: it has to be the next one, or begin the one under way."""
        seen = 0

        def match() -> Match | None:
            nonlocal seen
            lines = self._received.lines
            last = min(len(lines), 1) if next_only else len(lines)
            for index in range(seen, last):
                found = pattern.find(lines[index][0])
                if found is not None:
                    return self._take(pattern, index, found)
            seen = last
            if unfinished:
                found = pattern.find(self.current, self.binary)
                if found is not None and not (next_only and found.start()):
                    return self._take_current(pattern, found)
            return None

        return match

    def lines_matcher(self, patterns: list[Pattern], unfinished: bool) -> Matcher:
        """Looks for lines that follow each other; with `unfinished` the last is under way."""
        complete = patterns[:-1] if unfinished else patterns

        def match() -> Match | None:
            lines = self._received.lines
            # Before the line under way only the last lines can be.
            first = max(len(lines), len(complete)) if unfinished else len(complete)
            for end in range(first, len(lines) + 1):
                window = lines[end - len(complete) : end]
                if all(p.find(line) for p, (line, _) in zip(complete, window, strict=True)):
                    if not unfinished:
                        return self._take(patterns[0], end - 1, None)
                    found = patterns[-1].find(self.current)
                    if found is not None:
                        return self._take_current(patterns[0], found)
            return None

        return match

    def next_line(self) -> Match | None:
        """A matcher: the next line, whatever it is."""
        return self._take(Pattern("next line"), 0, None) if self._received.lines else None

    def _failing_line(self) -> Match | None:
        for pattern in self._received.failing:
            for index, (line, _) in enumerate(self._received.lines):
                found = pattern.find(line)
                if found is not None:
                    match = self._take(pattern, index, found)
                    return Match(match.line, match.time, match.groups, failing=True)
        return None

    def check_failing(self) -> Match | None:
        """A line that must not come and came while nothing was waited for."""
        return self._failing_line()

    def _take(self, pattern: Pattern, index: int, found: re.Match[str] | None) -> Match:
        line, time = self._received.lines[index]
        self._report(pattern.text, "success", index + 1, False)
        del self._received.lines[: index + 1]
        return Match(printable(line), time, groups_of(found) if pattern.is_regex else ())

    def _take_current(self, pattern: Pattern, found: re.Match[str]) -> Match:
        self._report(pattern.text, "success", len(self._received.lines), True)
        groups = groups_of(found) if pattern.is_regex else ()
        self._received.lines.clear()
        if self.binary:
            del self._received.current[: found.end()]
            return Match(found.group(), self._now, groups)
        line = printable(self.current)
        self._received.current.clear()
        return Match(line, self._now, groups)

    # -- strings that must not come -----------------------------------------------------------

    def register_failing(self, pattern: Pattern) -> None:
        self._received.failing.append(pattern)

    def unregister_failing(self, pattern: Pattern) -> None:
        if pattern not in self._received.failing:
            raise KeywordException(
                "Unable to unregister failing string, entry not found",
                "give the pattern and treatAsRegex as they were registered",
            )
        self._received.failing.remove(pattern)

    # -- report -------------------------------------------------------------------------------

    def report(self) -> str:
        """What waits have found, and what came since, with virtual time in ms."""
        waiting = [stamped(line, time) for line, time in self._received.lines]
        rows = [*self._received.report, *waiting]
        if self._received.current:
            rows.append(
                f"--- Current line buffer contains {len(self.current)} characters:"
                f" >>{self._shown_current()}<<"
            )
        return "\n".join(rows)

    def clear_report(self) -> None:
        """Forget the report and the lines that no wait has taken."""
        self._received.lines.clear()
        self._received.report.clear()

    def _report(self, what: str, outcome: str, lines: int, current: bool) -> None:
        rows = self._received.report
        rows += [stamped(line, time) for line, time in self._received.lines[:lines]]
        if current:
            rows.append(self._shown_current() + ("" if self.binary else " [[no newline]]"))
        rows.append(f"([virt: {self._now // MILLISECOND:7d}] >>{what}<< event: {outcome})")

    def _shown_current(self) -> str:
        return self._received.current.hex(" ") if self.binary else printable(self.current)

    # -- state --------------------------------------------------------------------------------

    def save(self) -> Received:
        return deepcopy(self._received)

    def restore(self, state: Received) -> None:
        """Go back to an earlier moment."""
        self._received = deepcopy(state)
        self.result = self._matcher = None


def stamped(line: str, time: int) -> str:
    return f"[virt: {time // MILLISECOND:7d}] {printable(line)}"


def printable(text: str) -> str:
    """As Renode hands lines over: printable ASCII and line feeds."""
    return "".join(c for c in text if " " <= c <= "~" or c == "\n")


def groups_of(found: re.Match[str] | None) -> tuple[str, ...]:
    return () if found is None else tuple(group or "" for group in found.groups())
